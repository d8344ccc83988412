// Command epidemic lets two thousand epidemics run their course by chance, each
// as a task with random numbers of its own, and holds what becomes of them
// against what theory says: how many die out early, how many people the others
// reach, and how that number scatters. The results don't depend on the number
// of workers. With a name as argument it draws the epidemics as a PNG image.
package main

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	randv2 "math/rand/v2"
	"os"
	"os/signal"

	"github.com/weftgo/weft/kernels/array"
	"github.com/weftgo/weft/kernels/par"
	"github.com/weftgo/weft/kernels/rand"
)

const (
	people    = 5000
	epidemics = 2000
	contacts  = 2.0 // people that one infects among the healthy: the basic reproduction number
	days      = 20  // in units of the mean time that one is ill
	looks     = 4   // a day
	moments   = days * looks
	seed      = 1
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
	if err := run(ctx, os.Stdout, picture); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, w, picture io.Writer, options ...par.Option) error {
	curves := array.Zeros[float64](epidemics, moments) // ill then
	total := make([]int, epidemics)                    // ever infected
	generator := rand.New(seed)
	err := par.For(ctx, epidemics, func(i int) {
		r := randv2.New(generator.Split(i))
		total[i] = epidemic(r, curves.View(array.At(i)))
	}, options...)
	if err != nil {
		return err
	}

	// Outbreaks reach a tenth of the people; between them and the others there
	// is nothing.
	var reached []float64
	var which []int64
	for i, n := range total {
		if n >= people/10 {
			reached = append(reached, float64(n))
			which = append(which, int64(i))
		}
	}
	sizes := array.FromSlice(reached, len(reached))
	share := float64(len(reached)) / epidemics
	size := finalSize(contacts)
	fmt.Fprintf(w, "%d epidemics among %d people, each ill one infects %.1f\n", epidemics, people, contacts)
	fmt.Fprintln(w, "                            simulated  standard error  theory")
	fmt.Fprintf(w, "dying out early             %9.3f  %14.3f  %6.3f\n", 1-share, math.Sqrt(share*(1-share)/epidemics), 1/contacts)
	sd := array.Std(sizes, array.DDof(1)).Item()
	n := float64(len(reached))
	fmt.Fprintf(w, "people reached by the rest  %9.1f  %14.1f  %6.1f\n", array.Mean(sizes).Item(), sd/math.Sqrt(n), people*size)
	fmt.Fprintf(w, "scatter of that             %9.1f  %14.1f  %6.1f\n", sd, sd/math.Sqrt(2*n), scatter(contacts, size))
	fmt.Fprintln(w, "day  ill: 10 %  median  90 % of the outbreaks, and without chance")
	outbreaks := array.Take(curves, array.FromSlice(which, len(which)), 0)
	low, middle, high := quantile(outbreaks, 0.1), quantile(outbreaks, 0.5), quantile(outbreaks, 0.9)
	mean := meanField()
	for day := 2; day < days; day += 2 {
		m := day * looks
		fmt.Fprintf(w, "%3d  %9.0f  %6.0f  %4.0f  %25.0f\n", day, low.At(m), middle.At(m), high.At(m), mean[m])
	}
	return png.Encode(picture, plot(low, middle, high, mean))
}

// epidemic follows one ill person's epidemic, event by event, and returns how
// many were ever infected. (D. Gillespie, J. Phys. Chem. 81(25), 1977.)
func epidemic(r *randv2.Rand, curve *array.Array[float64]) int {
	healthy, ill := people-1, 1
	m := 0
	for time := 0.0; ill > 0; {
		infection := contacts * float64(healthy) * float64(ill) / people
		time += r.ExpFloat64() / (infection + float64(ill))
		for ; m < moments && float64(m)/looks <= time; m++ {
			curve.Set(float64(ill), m)
		}
		if r.Float64()*(infection+float64(ill)) < infection {
			healthy--
			ill++
		} else {
			ill--
		}
	}
	return people - healthy
}

// finalSize returns the share of people whom a large outbreak reaches: the
// positive solution of z = 1 - exp(-r·z). (W. Kermack and A. McKendrick, Proc.
// R. Soc. A 115, 1927.)
func finalSize(r float64) float64 {
	lo, hi := 1e-9, 1.0
	for range 60 {
		if z := (lo + hi) / 2; 1-math.Exp(-r*z) > z {
			lo = z
		} else {
			hi = z
		}
	}
	return lo
}

// scatter returns the standard deviation of the number of people reached.
// (H. Andersson and T. Britton, Stochastic Epidemic Models, 2000, section 4.)
func scatter(r, z float64) float64 {
	left := 1 - z
	return math.Sqrt(people*z*left*(1+left*r*r)) / (1 - left*r)
}

// meanField returns the number of ill at each moment if there are shares of
// people and no chance: Kermack and McKendrick's equations, by the
// classical method of Runge and Kutta.
func meanField() []float64 {
	const steps, h = 25, 1.0 / looks / 25
	slope := func(s, i float64) (float64, float64) {
		infection := contacts * s * i / people
		return -infection, infection - i
	}
	curve := make([]float64, moments)
	s, i := people-1.0, 1.0
	for m := range curve {
		curve[m] = i
		for range steps {
			s1, i1 := slope(s, i)
			s2, i2 := slope(math.FMA(h/2, s1, s), math.FMA(h/2, i1, i))
			s3, i3 := slope(math.FMA(h/2, s2, s), math.FMA(h/2, i2, i))
			s4, i4 := slope(math.FMA(h, s3, s), math.FMA(h, i3, i))
			s = math.FMA(h/6, s1+2*s2+2*s3+s4, s)
			i = math.FMA(h/6, i1+2*i2+2*i3+i4, i)
		}
	}
	return curve
}

func quantile(a *array.Array[float64], q float64) *array.Array[float64] {
	return array.Quantile(a, q, array.Axis(0))
}

// plot draws the middle 80 % of the outbreaks as a band with their median in
// it, and the curve without chance in red.
func plot(low, middle, high *array.Array[float64], mean []float64) image.Image {
	const width, height = 6, 300 // of a moment, of the picture
	img := image.NewNRGBA(image.Rect(0, 0, width*(moments-1), height))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	chance := array.FromSlice(mean, moments)
	top := max(array.Max(high).Item(), array.Max(chance).Item())
	at := func(a *array.Array[float64], x int) int {
		m, part := x/width, float64(x%width)/width
		v := (1-part)*a.At(m) + part*a.At(min(m+1, moments-1))
		return height - 2 - int(v/top*(height-4))
	}
	column := func(x, y0, y1 int, c color.Color) {
		draw.Draw(img, image.Rect(x, min(y0, y1), x+1, max(y0, y1)+2), image.NewUniform(c), image.Point{}, draw.Src)
	}
	for x := range width * (moments - 1) {
		column(x, at(high, x), at(low, x), color.NRGBA{170, 200, 230, 255})
	}
	for x := range width * (moments - 1) {
		column(x, at(middle, x), at(middle, x+1), color.NRGBA{20, 60, 140, 255})
		column(x, at(chance, x), at(chance, x+1), color.NRGBA{200, 30, 30, 255})
	}
	return img
}
