// Command mri reads a functional MRI series, volumes of a brain in time, and
// says how each voxel behaves: its mean, its spread, and how far it goes along
// with the voxel that varies most. With a name as argument it writes the
// correlations there as a PNG image.
package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"

	"github.com/weftgo/weft/examples/mri/nifti"
	"github.com/weftgo/weft/kernels/array"
)

func main() {
	picture := io.Discard
	if len(os.Args) > 1 {
		f, err := os.Create(os.Args[1])
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		defer f.Close()
		picture = f
	}
	if err := run(os.Stdout, picture); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(w, picture io.Writer) error {
	file, err := nifti.Open(nifti.Functional)
	if err != nil {
		return err
	}
	series := file.All()
	fmt.Fprintf(w, "%v voxels (time, slice, row, column), from %.0f to %.0f\n", series.Shape(),
		array.Min(series).Item(), array.Max(series).Item())

	time := array.Axis(0)
	mean, spread := array.Mean(series, time), array.Std(series, time, array.DDof(1))
	fmt.Fprintln(w, "slice   mean  spread in time  mean to spread")
	inSlice := array.Axis(1, 2)
	means, spreads := array.Mean(mean, inSlice), array.Mean(spread, inSlice)
	ratios := array.Median(array.Div(mean, spread), inSlice, array.SkipNaN())
	for z := range series.Dim(1) {
		fmt.Fprintf(w, "%5d  %5.0f  %14.1f  %14.0f\n", z, means.At(z), spreads.At(z), ratios.At(z))
	}

	// Every voxel's series without its mean, in units of its spread.
	z := array.Div(array.Sub(series, mean), spread)
	seed := int(array.ArgMax(spread).Item())
	columns := z.Reshape(z.Dim(0), -1)
	along := array.MatMul(columns.View(array.All, array.At(seed)), columns)
	correlation := array.Div(along, array.Scalar(float64(z.Dim(0)-1))).Reshape(mean.Shape()...)

	rows, cols := mean.Dim(1), mean.Dim(2)
	fmt.Fprintf(w, "voxel (%d, %d, %d) varies most: %.1f around %.0f\n", seed/(rows*cols), seed/cols%rows, seed%cols,
		spread.Ravel().At(seed), mean.Ravel().At(seed))
	strong := array.GreaterEqual(array.Abs(correlation), array.Scalar(0.5))
	fmt.Fprintf(w, "%d of %d voxels correlate with it by 0.5 or more, %.3f on average over all\n",
		array.Count(strong).Item(), strong.Size(), array.Mean(correlation, array.SkipNaN()).Item())
	counts, edges := array.Histogram(correlation, 8, -1, 1)
	for i, n := range counts.All() {
		fmt.Fprintf(w, "%+.2f to %+.2f  %d\n", edges.At(i[0]), edges.At(i[0]+1), n)
	}
	return png.Encode(picture, colours(correlation))
}

// colours draws the slices side by side: red where the correlation is positive,
// blue where it is negative, 12 dots for a voxel.
func colours(a *array.Array[float64]) image.Image {
	const dots = 12
	slices, rows, cols := a.Dim(0), a.Dim(1), a.Dim(2)
	img := image.NewNRGBA(image.Rect(0, 0, slices*cols*dots, rows*dots))
	for y := range rows * dots {
		for x := range slices * cols * dots {
			v := a.At(x/dots/cols, rows-1-y/dots, x/dots%cols)
			fade := uint8(math.Round(255 * (1 - min(math.Abs(v), 1))))
			c := color.NRGBA{255, fade, fade, 255}
			switch {
			case v != v:
				c = color.NRGBA{0, 0, 0, 255}
			case v < 0:
				c = color.NRGBA{fade, fade, 255, 255}
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}
