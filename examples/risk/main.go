// Command risk asks by a million random scenarios what a portfolio may lose in
// a month, and which portfolio is the most careful one for its return, and
// holds the answers against the exact ones: of returns that are jointly normal
// both are known in closed form. The scenarios are the same on every machine.
// With a name as argument it draws risk and return as a PNG image.
package main

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"os"

	"github.com/weftgo/weft/kernels/array"
	"github.com/weftgo/weft/kernels/rand"
)

// The market: what each asset returns in a year on average, how much that
// scatters, and how they go along with each other.
var (
	names        = []string{"shares", "small firms", "bonds", "gold", "property"}
	returns      = []float64{0.070, 0.085, 0.025, 0.030, 0.055}
	scatters     = []float64{0.16, 0.22, 0.05, 0.15, 0.12}
	correlations = []float64{
		1.00, 0.80, -0.10, 0.05, 0.55,
		0.80, 1.00, -0.15, 0.05, 0.60,
		-0.10, -0.15, 1.00, 0.20, 0.10,
		0.05, 0.05, 0.20, 1.00, 0.10,
		0.55, 0.60, 0.10, 0.10, 1.00,
	}
	holding = []float64{0.35, 0.15, 0.30, 0.05, 0.15}
)

const (
	scenarios = 1_000_000
	months    = 12
	seed      = 1
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

type vector = *array.Array[float64]

func run(w, picture io.Writer) error {
	n := len(names)
	mean := array.Div(array.FromSlice(returns, n), array.Scalar(float64(months)))
	sd := array.FromSlice(scatters, n)
	covariance := array.Div(array.Mul(array.FromSlice(correlations, n, n), array.Outer(sd, sd)), array.Scalar(float64(months)))
	held := array.FromSlice(holding, n)

	// A scenario is mean + L·z, with independent normal z and covariance = L·Lᵀ.
	l, err := array.Cholesky(covariance)
	if err != nil {
		return err
	}
	z := make([]float64, scenarios*n)
	rand.Normal(rand.New(seed), z, 0, 1)
	year := array.Add(array.MatMul(array.FromSlice(z, scenarios, n), l.T()), mean)

	// What the portfolio loses: the quantile (value at risk), and the mean of
	// what is beyond it (expected shortfall).
	loss := array.Neg(array.MatMul(year, held))
	mu, sigma := -array.Dot(mean, held), deviation(covariance, held)
	sorted := array.Sort(loss, 0)
	fmt.Fprintf(w, "loss of a portfolio in a month, %d scenarios, in %% of its worth\n", scenarios)
	fmt.Fprintln(w, "          value at risk                     expected shortfall")
	fmt.Fprintln(w, "level   simulated  std. error   exact   simulated  std. error   exact")
	for _, q := range []float64{0.95, 0.99, 0.999} {
		// Of normal losses the quantile's error follows from the density there.
		// (H. David and H. Nagaraja, Order Statistics, 3rd ed., 2003.)
		u := math.Sqrt2 * math.Erfinv(2*q-1)
		density := math.Exp(-u*u/2) / math.Sqrt(2*math.Pi)
		at := array.Quantile(loss, q).Item()
		tail := sorted.View(array.From(int(math.Ceil(q * scenarios))))
		beyond := array.Mean(tail).Item()
		errAt := math.Sqrt(q*(1-q)/scenarios) * sigma / density
		errBeyond := math.Sqrt((array.Var(tail).Item() + q*(beyond-at)*(beyond-at)) / float64(tail.Size()))
		fmt.Fprintf(w, "%4.1f %%  %9.4f  %10.4f  %6.4f   %9.4f  %10.4f  %6.4f\n", 100*q,
			100*at, 100*errAt, 100*(mu+u*sigma), 100*beyond, 100*errBeyond, 100*(mu+sigma*density/(1-q)))
	}

	// The most careful portfolio that returns half a per cent a month, of what
	// is known and of what the scenarios show.
	const target = 0.005
	exact, err := efficient(mean, covariance, target)
	if err != nil {
		return err
	}
	seen, err := efficient(array.Mean(year, array.Axis(0)), array.Cov(year.T()), target)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "the most careful portfolio that returns %.1f %% a month\n", 100*target)
	fmt.Fprintln(w, "              held  simulated  exact   in %")
	for i, name := range names {
		fmt.Fprintf(w, "%-12s %5.1f  %9.2f  %5.2f\n", name, 100*held.At(i), 100*seen.At(i), 100*exact.At(i))
	}
	fmt.Fprintf(w, "%-12s %5.2f  %9.3f  %5.3f\n", "return", 100*array.Dot(mean, held), 100*array.Dot(mean, seen), 100*array.Dot(mean, exact))
	fmt.Fprintf(w, "%-12s %5.2f  %9.3f  %5.3f\n", "scatter", 100*sigma, 100*deviation(covariance, seen), 100*deviation(covariance, exact))
	img, err := plot(mean, covariance)
	if err != nil {
		return err
	}
	return png.Encode(picture, img)
}

// deviation returns the standard deviation of what x returns: √(xᵀ·c·x).
func deviation(c, x vector) float64 { return math.Sqrt(array.Dot(x, array.MatMul(c, x))) }

// efficient returns the x with the smallest xᵀ·c·x among those that sum to 1
// and return target, by Lagrange's multipliers: the solution is c⁻¹·[m 1]·y,
// where [m 1]ᵀ·c⁻¹·[m 1]·y = [target 1]ᵀ. (H. Markowitz, J. Finance 7(1), 1952;
// R. Merton, J. Financial Quant. Anal. 7(4), 1972.)
func efficient(mean, c vector, target float64) (vector, error) {
	m := array.Stack(1, mean, array.Full(1.0, mean.Size()))
	b, err := array.Solve(c, m)
	if err != nil {
		return nil, err
	}
	y, err := array.Solve(array.MatMul(m.T(), b), array.FromSlice([]float64{target, 1}, 2))
	if err != nil {
		return nil, err
	}
	return array.MatMul(b, y), nil
}

// plot draws random portfolios, scatter to the right and return upwards, and
// the efficient ones as a line.
func plot(mean, c vector) (image.Image, error) {
	const size, portfolios = 400, 20_000
	const right, top = 0.065, 0.008 // scatter and return at the edges
	img := image.NewNRGBA(image.Rect(0, 0, size, size))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	dot := func(x vector, radius int, ink color.Color) {
		px := int(deviation(c, x) / right * size)
		py := size - 1 - int(array.Dot(mean, x)/top*size)
		draw.Draw(img, image.Rect(px-radius, py-radius, px+radius+1, py+radius+1), image.NewUniform(ink), image.Point{}, draw.Src)
	}
	// Shares of a unit at random: exponential numbers over their sum.
	shares := make([]float64, portfolios*mean.Size())
	rand.Exponential(rand.New(seed).Split(1), shares, 1)
	x := array.FromSlice(shares, portfolios, mean.Size())
	x = array.Div(x, array.Sum(x, array.Axis(1), array.KeepDims()))
	for i := range portfolios {
		dot(x.View(array.At(i)), 0, color.NRGBA{120, 160, 210, 255})
	}
	for i := range size {
		best, err := efficient(mean, c, top*float64(i)/size)
		if err != nil {
			return nil, err
		}
		dot(best, 1, color.NRGBA{200, 30, 30, 255})
	}
	dot(array.FromSlice(holding, mean.Size()), 3, color.Black)
	return img, nil
}
