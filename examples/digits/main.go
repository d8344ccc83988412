// Command digits reads handwritten digits in three ways, on arrays alone: by
// the nearest neighbours among known ones, by the same in the few directions
// in which digits differ most, and by a softmax regression.
package main

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"os"

	"github.com/weftgo/weft/kernels/array"
)

//go:embed digits.csv.gz
var file []byte // README.md says where it is from

const (
	known      = 1297 // the digits to learn from; the other 500 are to be read
	pixels     = 64
	classes    = 10
	neighbours = 3
)

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(w io.Writer) error {
	text, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return err
	}
	table, err := array.ReadCSV[float64](text, ',', 0)
	if err != nil {
		return err
	}
	image := array.Div(table.View(array.All, array.To(pixels)), array.Scalar(16.0))
	label := array.Convert[int64](table.View(array.All, array.At(pixels)))
	learn, read := image.View(array.To(known)), image.View(array.From(known))
	is, want := label.View(array.To(known)), label.View(array.From(known))
	fmt.Fprintf(w, "%d digits to learn from, %d to read, of %d pixels\n", learn.Dim(0), read.Dim(0), pixels)
	zero := array.Equal(is, array.Scalar[int64](0)).View(array.All, array.NewAxis)
	fmt.Fprintf(w, "the mean of all zeros:\n%s", picture(array.Mean(learn, array.Axis(0), array.Where(zero))))

	got := nearest(learn, is, read)
	fmt.Fprintf(w, "%d nearest neighbours: %.1f %% right\n", neighbours, right(got, want))

	directions, share, err := principal(learn)
	if err != nil {
		return err
	}
	for _, n := range []int{2, 5, 10, 20} {
		d := directions.View(array.All, array.To(n))
		got = nearest(array.MatMul(learn, d), is, array.MatMul(read, d))
		fmt.Fprintf(w, "  in %2d directions, which have %.0f %% of the variance: %.1f %%\n",
			n, 100*array.Sum(share.View(array.To(n))).Item(), right(got, want))
	}

	weights, loss := regression(learn, is)
	got = array.ArgMax(array.MatMul(withOne(read), weights), array.Axis(1))
	fmt.Fprintf(w, "softmax regression, cross entropy %.3f: %.1f %% right\n", loss, right(got, want))

	// What it took for what, row by row of what it is.
	confused := array.Bincount(array.Add(array.Mul(want, array.Scalar[int64](classes)), got), classes*classes).Reshape(classes, classes)
	fmt.Fprintln(w, confused)
	return nil
}

// picture draws an image of 8 by 8 pixels, from 0 to 1.
func picture(image *array.Array[float64]) string {
	var b bytes.Buffer
	for _, row := range image.Reshape(8, 8).Along(0) {
		for v := range row.Elements() {
			b.WriteByte(".,:-=+*#%@"[min(int(10*v), 9)])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// right is the percentage of got that is what is wanted.
func right(got, want *array.Array[int64]) float64 {
	return 100 * float64(array.Count(array.Equal(got, want)).Item()) / float64(want.Size())
}

// nearest gives each row of x the label that most of its nearest rows of known
// have; of several the least.
func nearest(known *array.Array[float64], label *array.Array[int64], x *array.Array[float64]) *array.Array[int64] {
	distance := array.Distances(array.SquaredEuclidean, x, known)
	_, at := array.TopK(array.Neg(distance), neighbours, 1)
	votes := array.Take(label, at.Ravel(), 0).Reshape(at.Shape()...)
	got := array.Zeros[int64](x.Dim(0))
	for i, v := range votes.Along(0) {
		got.Set(array.ArgMax(array.Bincount(v, classes)).Item(), i)
	}
	return got
}

// principal returns the directions in which the rows of x vary most, the first
// of them first, as the columns of a matrix, and their shares of the variance.
// (K. Pearson, On lines and planes of closest fit to systems of points in
// space, Philosophical Magazine 2, 1901.)
func principal(x *array.Array[float64]) (directions, share *array.Array[float64], err error) {
	values, vectors, err := array.EigH(array.Cov(x.T()))
	if err != nil {
		return nil, nil, err
	}
	values = values.View(array.All.By(-1)) // the largest first
	return vectors.View(array.All, array.All.By(-1)), array.Div(values, array.Sum(values)), nil
}

// withOne is x with a column of ones.
func withOne(x *array.Array[float64]) *array.Array[float64] {
	return array.Concat(1, x, array.Full(1.0, x.Dim(0), 1))
}

// regression returns the weights W for which softmax(x·W) comes near to the
// labels, by steps down the gradient of the cross entropy, and that.
func regression(x *array.Array[float64], label *array.Array[int64]) (weights *array.Array[float64], loss float64) {
	const steps, rate = 300, 1.0
	x = withOne(x)
	n := array.Scalar(float64(x.Dim(0)))
	target := array.Take(array.Eye[float64](classes), label, 0)
	weights = array.Zeros[float64](x.Dim(1), classes)
	for range steps {
		miss := array.Sub(array.Softmax(array.MatMul(x, weights), 1), target)
		gradient := array.Div(array.MatMul(x.T(), miss), n)
		array.FMATo(weights, gradient, array.Scalar(-rate), weights)
	}
	score := array.MatMul(x, weights)
	likelihood := array.Sub(array.Sum(array.Mul(score, target), array.Axis(1)), array.LogSumExp(score, array.Axis(1)))
	return weights, -array.Mean(likelihood).Item()
}
