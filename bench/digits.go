package bench

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"
	"sync"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/mat"
)

// The real workload: 1,797 handwritten digits of 8×8 pixels (E. Alpaydin, 1998;
// data/README.md). Both algorithms are written once and take the matrix product
// as an argument; everything else is the same plain Go for all.

//go:embed data/digits.csv.gz
var digitsFile []byte

const (
	digitCount  = 1797
	digitPixels = 64
	digitLabels = 10

	knnNeighbours = 3
	knnBlock      = 256 // images whose distances are computed at a time

	pcaWanted    = 10 // components
	pcaCarried   = 16 // components that the iteration works on
	pcaIteration = 30
)

// What the products of one call amount to.
const (
	knnFLOPs = 2.0 * digitCount * digitCount * digitPixels
	pcaFLOPs = 2*digitCount*digitPixels*digitPixels +
		pcaIteration*2*digitPixels*pcaCarried*(digitPixels+2*pcaCarried) +
		2*digitPixels*pcaCarried*(digitPixels+2*pcaCarried) +
		2.0*digitCount*digitPixels*pcaCarried
)

// readDigits returns the pixels, row by row, and the labels.
var readDigits = sync.OnceValues(func() (pixels []float64, labels []int) {
	zip, err := gzip.NewReader(bytes.NewReader(digitsFile))
	if err != nil {
		panic(err)
	}
	rows, err := csv.NewReader(zip).ReadAll()
	if err != nil {
		panic(err)
	}
	if len(rows) != digitCount || len(rows[0]) != digitPixels+1 {
		panic(fmt.Sprintf("bench: digits: %d rows of %d columns", len(rows), len(rows[0])))
	}
	for _, row := range rows {
		for i, field := range row {
			v, err := strconv.Atoi(field)
			if err != nil {
				panic(err)
			}
			if i < digitPixels {
				pixels = append(pixels, float64(v))
			} else {
				labels = append(labels, v)
			}
		}
	}
	return pixels, labels
})

// digits is the data with the memory that the algorithms need.
type digits[T kernels.Float] struct {
	x       kernels.Matrix[T] // a row for each image
	labels  []int
	squares []T // of the length of each row
	guess   []int

	scores   kernels.Matrix[T] // knn: a block of distances
	centred  kernels.Matrix[T] // pca: x less the mean image
	cov      kernels.Matrix[T]
	v, cv    kernels.Matrix[T] // the basis, and the covariance times it
	gram     kernels.Matrix[T]
	inverse  kernels.Matrix[T]
	features kernels.Matrix[T]
}

func newDigits[T kernels.Float]() *digits[T] {
	pixels, labels := readDigits()
	matrix := func(rows, cols int) kernels.Matrix[T] {
		return kernels.Matrix[T]{Rows: rows, Cols: cols, Data: aligned[T](rows * cols), Stride: cols}
	}
	d := &digits[T]{
		x: matrix(digitCount, digitPixels), labels: labels,
		squares: make([]T, digitCount), guess: make([]int, digitCount),
		scores:  matrix(knnBlock, digitCount),
		centred: matrix(digitCount, digitPixels), cov: matrix(digitPixels, digitPixels),
		v: matrix(digitPixels, pcaCarried), cv: matrix(digitPixels, pcaCarried),
		gram: matrix(pcaCarried, pcaCarried), inverse: matrix(pcaCarried, pcaCarried),
		features: matrix(digitCount, pcaCarried),
	}
	for i, p := range pixels {
		d.x.Data[i] = T(p)
		d.squares[i/digitPixels] += T(p * p)
	}
	return d
}

// knn guesses each digit from the labels of its nearest neighbours among all
// the others and returns the share it got right.
//
// Of |x-y|² = |x|² - 2x·y + |y|² the first term is the same for all neighbours
// of an image and left out; the product computes the rest. All numbers are
// integers below 2²⁴ and exact, so every library comes to the same guesses.
func (d *digits[T]) knn(mul product[T]) (accuracy float64) {
	right := 0
	for lo := 0; lo < digitCount; lo += knnBlock {
		n := min(knnBlock, digitCount-lo)
		block := kernels.Matrix[T]{Rows: n, Cols: digitPixels, Data: d.x.Data[lo*digitPixels:][:n*digitPixels], Stride: digitPixels}
		scores := d.scores
		scores.Rows, scores.Data = n, scores.Data[:n*digitCount]
		for i := range n {
			copy(scores.Data[i*digitCount:], d.squares)
		}
		mul(kernels.NoTrans, kernels.Trans, -2, block, d.x, 1, scores)
		for i := range n {
			d.guess[lo+i] = d.vote(scores.Data[i*digitCount:][:digitCount], lo+i)
			if d.guess[lo+i] == d.labels[lo+i] {
				right++
			}
		}
	}
	return float64(right) / digitCount
}

// vote returns the label that most of the nearest neighbours of image self
// have, and of those with the same number of votes the one that is nearest.
func (d *digits[T]) vote(scores []T, self int) int {
	inf := T(math.Inf(1))
	scores[self] = inf
	var near [knnNeighbours]int
	var dist [knnNeighbours]T
	for k := range dist {
		dist[k] = inf
	}
	for j, s := range scores {
		if s >= dist[knnNeighbours-1] {
			continue
		}
		k := knnNeighbours - 1
		for ; k > 0 && s < dist[k-1]; k-- {
			dist[k], near[k] = dist[k-1], near[k-1]
		}
		dist[k], near[k] = s, j
	}
	var votes [digitLabels]int
	best := d.labels[near[0]]
	for _, j := range near {
		votes[d.labels[j]]++
	}
	for _, j := range near {
		if l := d.labels[j]; votes[l] > votes[best] {
			best = l
		}
	}
	return best
}

// pca finds the leading principal components of the images and returns the
// share of the variance that they explain.
//
// It is the orthogonal iteration (G. Golub and C. Van Loan, Matrix
// Computations, 2013, ch. 8) on the covariance, with a few columns more than
// wanted, orthonormalised by the Cholesky factor of their Gram matrix; the
// small problem at the end is gonum's, for all libraries.
func (d *digits[T]) pca(mul product[T]) (explained float64) {
	const no, yes = kernels.NoTrans, kernels.Trans
	total := d.centre()
	mul(yes, no, 1.0/(digitCount-1), d.centred, d.centred, 0, d.cov)

	clear(d.v.Data)
	for i := range digitPixels { // columns 0 … 15 take turns: any basis will do
		d.v.Data[i*pcaCarried+i%pcaCarried] = T(1 + i/pcaCarried)
	}
	for range pcaIteration {
		mul(no, no, 1, d.cov, d.v, 0, d.cv)
		mul(yes, no, 1, d.cv, d.cv, 0, d.gram)
		if !d.invertFactor() {
			return math.NaN()
		}
		mul(no, no, 1, d.cv, d.inverse, 0, d.v)
	}

	// The components within the basis (Rayleigh and Ritz).
	mul(no, no, 1, d.cov, d.v, 0, d.cv)
	mul(yes, no, 1, d.v, d.cv, 0, d.gram)
	small := mat.NewSymDense(pcaCarried, nil)
	for i := range pcaCarried {
		for j := i; j < pcaCarried; j++ {
			small.SetSym(i, j, float64(d.gram.Data[i*pcaCarried+j]))
		}
	}
	var eigen mat.EigenSym
	if !eigen.Factorize(small, true) {
		return math.NaN()
	}
	var u mat.Dense
	eigen.VectorsTo(&u) // ascending
	for i := range pcaCarried {
		for j := range pcaCarried {
			d.inverse.Data[i*pcaCarried+j] = T(u.At(i, pcaCarried-1-j))
		}
	}
	mul(no, no, 1, d.v, d.inverse, 0, d.cv)

	// The images in terms of the components.
	mul(no, no, 1, d.centred, d.cv, 0, d.features)
	sum := 0.0
	for i := range digitCount {
		for _, f := range d.features.Data[i*pcaCarried:][:pcaWanted] {
			sum += float64(f) * float64(f)
		}
	}
	return sum / total
}

// centre sets centred and returns the sum of its squares.
func (d *digits[T]) centre() (total float64) {
	var mean [digitPixels]T
	for i := range digitCount {
		for j, v := range d.x.Data[i*digitPixels:][:digitPixels] {
			mean[j] += v
		}
	}
	var squares [digitPixels]T
	for j := range mean {
		mean[j] /= digitCount
	}
	for i := range digitCount {
		out := d.centred.Data[i*digitPixels:][:digitPixels]
		for j, v := range d.x.Data[i*digitPixels:][:digitPixels] {
			v -= mean[j]
			out[j] = v
			squares[j] += v * v
		}
	}
	for _, s := range squares {
		total += float64(s)
	}
	return total
}

// invertFactor sets inverse to R⁻¹ for the upper triangular R with RᵀR = gram.
// It returns false if there is none.
func (d *digits[T]) invertFactor() bool {
	const n = pcaCarried
	r, inv := d.gram.Data, d.inverse.Data
	for j := range n {
		for i := range j {
			s := r[i*n+j]
			for k := range i {
				s -= r[k*n+i] * r[k*n+j]
			}
			r[i*n+j] = s / r[i*n+i]
		}
		s := r[j*n+j]
		for k := range j {
			s -= r[k*n+j] * r[k*n+j]
		}
		if !(s > 0) {
			return false
		}
		r[j*n+j] = T(math.Sqrt(float64(s)))
	}
	clear(inv)
	for j := range n {
		inv[j*n+j] = 1 / r[j*n+j]
		for i := j - 1; i >= 0; i-- {
			var s T
			for k := i + 1; k <= j; k++ {
				s += r[i*n+k] * inv[k*n+j]
			}
			inv[i*n+j] = -s / r[i*n+i]
		}
	}
	return true
}
