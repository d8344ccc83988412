// Command stages takes a functional MRI series through a pipeline: volumes are
// read, smoothed, measured and drawn, each by a stage of its own, several
// volumes at a time, and come out in order. With a name as argument it writes
// them as an animated GIF.
package main

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"io"
	"math"
	"os"
	"os/signal"

	"github.com/weftgo/weft/examples/mri/nifti"
	"github.com/weftgo/weft/kernels/array"
	"github.com/weftgo/weft/kernels/par"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
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
	if err := run(ctx, nifti.Functional, os.Stdout, picture); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// volume is one moment of the series, as far as it has come.
type volume struct {
	t            int
	voxels       *array.Array[float64] // (slice, row, column)
	mean, spread float64
	rough        float64 // mean square of what the filter took away
	frame        *image.Paletted
}

func run(ctx context.Context, file []byte, w, picture io.Writer) error {
	series, err := nifti.Open(file)
	if err != nil {
		return err
	}
	times := func(yield func(int) bool) {
		for t := range series.Len() {
			if !yield(t) {
				return
			}
		}
	}
	read := par.Stage(ctx, par.Source(times), func(_ context.Context, t int) (volume, error) {
		return volume{t: t, voxels: series.Volume(t)}, nil
	})
	filtered := par.Stage(ctx, read, filter, par.WithWorkers(2))
	measured := par.Stage(ctx, filtered, measure)
	drawn := par.Stage(ctx, measured, draw, par.WithWorkers(2))

	movie := &gif.GIF{}
	var before *array.Array[float64]
	fmt.Fprintln(w, "volume    mean  spread  filtered out  change")
	err = par.Each(drawn, func(v volume) error {
		change := "-"
		if before != nil {
			change = fmt.Sprintf("%.1f", rms(array.Sub(v.voxels, before)))
		}
		before = v.voxels
		fmt.Fprintf(w, "%6d  %6.1f  %6.1f  %12.1f  %6s\n", v.t, v.mean, v.spread, v.rough, change)
		movie.Image = append(movie.Image, v.frame)
		movie.Delay = append(movie.Delay, 20) // hundredths of a second
		return nil
	})
	if err != nil {
		return err
	}
	return gif.EncodeAll(picture, movie)
}

// filter smooths each slice along its rows and its columns by weights of 1/4,
// 1/2, 1/4, a voxel at the edge taking the place of its neighbour outside.
func filter(_ context.Context, v volume) (volume, error) {
	smooth := along(along(v.voxels, 1), 2)
	v.rough = rms(array.Sub(v.voxels, smooth))
	v.voxels = smooth
	return v, nil
}

func along(a *array.Array[float64], axis int) *array.Array[float64] {
	a = a.MoveAxis(axis, 0)
	n := a.Dim(0)
	before := array.Concat(0, a.View(array.To(1)), a.View(array.To(n-1)))
	after := array.Concat(0, a.View(array.From(1)), a.View(array.From(n-1)))
	sides := array.Mul(array.Add(before, after), array.Scalar(0.25))
	return array.FMA(a, array.Scalar(0.5), sides).MoveAxis(0, axis)
}

func measure(_ context.Context, v volume) (volume, error) {
	v.mean, v.spread = array.Mean(v.voxels).Item(), array.Std(v.voxels).Item()
	return v, nil
}

func rms(a *array.Array[float64]) float64 { return math.Sqrt(array.Mean(array.Mul(a, a)).Item()) }

var grey = func() color.Palette {
	p := make(color.Palette, 256)
	for i := range p {
		p[i] = color.Gray{uint8(i)}
	}
	return p
}()

// draw puts the slices side by side, the brightest voxel white.
func draw(_ context.Context, v volume) (volume, error) {
	const dots = 6
	a := array.Mul(v.voxels, array.Scalar(255/array.Max(v.voxels).Item()))
	slices, rows, cols := a.Dim(0), a.Dim(1), a.Dim(2)
	v.frame = image.NewPaletted(image.Rect(0, 0, slices*cols*dots, rows*dots), grey)
	for y := range rows * dots {
		for x := range slices * cols * dots {
			v.frame.SetColorIndex(x, y, uint8(a.At(x/dots/cols, rows-1-y/dots, x/dots%cols)))
		}
	}
	return v, nil
}
