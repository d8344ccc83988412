package dist

import (
	"fmt"
	"math"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// Vector is a vector that is spread over the ranks of a communicator in
// consecutive pieces: Local are the elements from Offset on. Pieces begin at
// multiples of the chunks that reductions are defined by (docs/numerics.md),
// 32768 elements of float32 or 16384 of float64, so a reduction of the vector has
// the bits of the one in package kernels of all its elements together, with any
// number of ranks. A vector of fewer chunks than ranks leaves ranks empty.
//
// Elementwise work is that of package kernels on Local: vectors of the same
// length and communicator have the same pieces. All ranks call a method
// together, and all get the result. An error is one of communication.
type Vector[T kernels.Float] struct {
	N, Offset int
	Local     []T
	comm      *Comm
}

// NewVector returns a zero vector of n elements on the ranks of c. It sends
// nothing. It panics with a [*kernels.ShapeError] if n is negative.
func NewVector[T kernels.Float](c *Comm, n int) *Vector[T] {
	if n < 0 {
		panic(&kernels.ShapeError{Func: "NewVector", Arg: "n", Has: fmt.Sprint("the value ", n), Want: "at least 0"})
	}
	x := &Vector[T]{N: n, comm: c}
	lo, hi := x.chunks(c.Rank())
	x.Offset = min(lo*op.Chunk[T](), n)
	x.Local = make([]T, min(hi*op.Chunk[T](), n)-x.Offset)
	return x
}

// all returns the number of chunks.
func (x *Vector[T]) all() int { return (x.N + op.Chunk[T]() - 1) / op.Chunk[T]() }

// chunks returns the first chunk of a rank, and the first one after its last.
func (x *Vector[T]) chunks(rank int) (lo, hi int) {
	m, size := x.all(), x.comm.Size()
	at := func(r int) int { return m/size*r + min(r, m%size) }
	return at(rank), at(rank + 1)
}

// counts returns how many elements each rank has.
func (x *Vector[T]) counts() []int {
	n := make([]int, x.comm.Size())
	for r := range n {
		lo, hi := x.chunks(r)
		n[r] = min(hi*op.Chunk[T](), x.N) - min(lo*op.Chunk[T](), x.N)
	}
	return n
}

// Fill sets each element i to f(i), on its rank.
func (x *Vector[T]) Fill(f func(i int) T) {
	for i := range x.Local {
		x.Local[i] = f(x.Offset + i)
	}
}

// Scatter gives the elements of a, on rank root, to the ranks of x. It panics on
// root with a [*kernels.ShapeError] if a does not have x.N elements.
func (x *Vector[T]) Scatter(root int, a []T) error {
	x.fits("Scatter", root, len(a))
	return Scatterv(x.comm, root, a, x.counts(), x.Local)
}

// Gather collects the elements in a on rank root, as [Vector.Scatter] gives them
// away.
func (x *Vector[T]) Gather(root int, a []T) error {
	x.fits("Gather", root, len(a))
	return Gatherv(x.comm, root, x.Local, a, x.counts())
}

func (x *Vector[T]) fits(call string, root, n int) {
	if x.comm.Rank() == root && n != x.N {
		panic(&kernels.ShapeError{Func: call, Arg: "a", Has: fmt.Sprint(n, " elements"), Want: fmt.Sprint(x.N, " (length of the vector)")})
	}
}

// Sum returns Σ x[i] with the bits of [kernels.Sum].
func (x *Vector[T]) Sum() (T, error) {
	return x.add(func(lo, hi int) T { return kernels.Sum(x.Local[lo:hi]) })
}

// Asum returns Σ |x[i]| with the bits of [kernels.Asum].
func (x *Vector[T]) Asum() (T, error) {
	return x.add(func(lo, hi int) T { return kernels.Asum(x.Local[lo:hi]) })
}

// Dot returns Σ x[i]*y[i] with the bits of [kernels.Dot]. It panics with a
// [*kernels.ShapeError] if the lengths or communicators differ.
func (x *Vector[T]) Dot(y *Vector[T]) (T, error) {
	if y.N != x.N || y.comm != x.comm {
		panic(&kernels.ShapeError{Func: "Dot", Arg: "y", Has: fmt.Sprint(y.N, " elements, on ", y.comm.Size(), " ranks"),
			Want: fmt.Sprint(x.N, " on the communicator of x")})
	}
	return x.add(func(lo, hi int) T { return kernels.Dot(x.Local[lo:hi], y.Local[lo:hi]) })
}

// Mean returns the mean with the bits of [kernels.Mean]: NaN of no elements.
func (x *Vector[T]) Mean() (T, error) {
	s, err := x.Sum()
	return s / T(x.N), err
}

// Nrm2 returns √Σ x[i]² with the bits of [kernels.Nrm2]: without overflow or
// underflow on the way.
func (x *Vector[T]) Nrm2() (T, error) {
	s, err := x.Dot(x)
	tiny, most := 0x1p-960, 1023
	if op.Size[T]() == 4 {
		tiny, most = 0x1p-80, 127
	}
	if err != nil || s != s || float64(s) >= tiny && float64(s) <= math.MaxFloat64 {
		return T(math.Sqrt(float64(s))), err
	}
	largest, err := x.find(kernels.Iamax[T], func(v T) T { return max(v, -v) })
	m := math.Abs(float64(largest.value))
	if err != nil || m == 0 || math.IsInf(m, 0) || largest.at < 0 {
		return T(m), err
	}
	_, e := math.Frexp(m)
	e = min(max(1-e, -most), most)
	by := T(math.Ldexp(1, e))
	z := make([]T, min(op.Chunk[T](), len(x.Local)))
	scaled, err := x.add(func(lo, hi int) T {
		square := func(lo, hi int) T {
			z := z[:hi-lo]
			copy(z, x.Local[lo:hi])
			kernels.Scal(by, z)
			return kernels.Dot(z, z)
		}
		return overChunks[T](lo, hi, square, func(a, b T) T { return a + b })
	})
	return T(float64(math.Sqrt(float64(scaled))) * math.Ldexp(1, -e)), err
}

// add joins by addition, in the tree of chunks, what f returns for runs of
// elements of Local.
func (x *Vector[T]) add(f func(lo, hi int) T) (T, error) {
	leaf := func(lo, hi int) []T { return []T{f(lo, hi)} }
	s, err := reduceTree(x, leaf, func(a, b []T) []T { return []T{a[0] + b[0]} }, []T{0})
	return s[0], err
}

// Var returns the unbiased sample variance with the bits of [kernels.Var]: NaN
// of fewer than two elements.
func (x *Vector[T]) Var() (T, error) {
	if x.N < 2 {
		return T(math.NaN()), nil
	}
	// The moments of a part are its count, mean and sum of squared deviations.
	d := make([]T, min(op.Chunk[T](), len(x.Local)))
	chunk := func(lo, hi int) []float64 {
		s := x.Local[lo:hi]
		mean := kernels.Sum(s) / T(len(s))
		d := d[:len(s)]
		for i, v := range s {
			d[i] = v - mean
		}
		return []float64{float64(len(s)), float64(mean), float64(kernels.Dot(d, d))}
	}
	leaf := func(lo, hi int) []float64 { return overChunks[T](lo, hi, chunk, joinMoments) }
	m, err := reduceTree(x, leaf, joinMoments, make([]float64, 3))
	return T(m[2] / (m[0] - 1)), err
}

// joinMoments returns the moments of two parts taken together (T. Chan, G.
// Golub, R. LeVeque, The American Statistician 37(3), 1983). Each operation is
// rounded.
func joinMoments(a, b []float64) []float64 {
	n := a[0] + b[0]
	d, f := b[1]-a[1], b[0]/n
	return []float64{n, a[1] + float64(d*f), (a[2] + b[2]) + float64(float64(d*d)*float64(a[0]*f))}
}
