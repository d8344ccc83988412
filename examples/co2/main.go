// Command co2 takes the weekly CO2 concentrations of Mauna Loa apart: a trend
// and a yearly cycle, by least squares over the weeks that were measured, from
// which the missing ones are filled in.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/weftgo/weft/kernels/array"
)

//go:embed co2.csv
var file []byte // DATA.md says where it is from

func main() {
	if err := run(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(w io.Writer) error {
	table, err := array.ReadCSV[float64](bytes.NewReader(file), ',', 1)
	if err != nil {
		return err
	}
	co2 := table.View(array.All, array.At(1))
	years := array.FromFunc(func(i []int) float64 { return year(table.At(i[0], 0)) }, table.Dim(0))

	measured := array.Not(array.IsNaN(co2))
	n := array.Count(measured).Item()
	fmt.Fprintf(w, "%d weeks, %d measured, %d missing\n", co2.Size(), n, int64(co2.Size())-n)

	// The columns of the model: a parabola, and the first two waves of a year.
	t := array.Sub(years, array.Scalar(1980.0))
	model := basis(t)
	weeks := array.Nonzero(measured).Ravel()
	x, rank, err := array.Lstsq(array.Take(model, weeks, 0), array.Take(co2, weeks, 0))
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d coefficients:", rank)
	for v := range x.Elements() {
		fmt.Fprintf(w, " %.4f", v)
	}
	fmt.Fprintln(w)

	trend := array.MatMul(model.View(array.All, array.To(3)), x.View(array.To(3)))
	rest := array.Sub(co2, trend)
	cycle := array.MatMul(model.View(array.All, array.From(3)), x.View(array.From(3)))
	noise := array.Sub(rest, cycle)
	skip := array.SkipNaN()
	fmt.Fprintf(w, "spread in ppm: measured %.2f, without trend %.2f, without cycle %.2f\n",
		array.Std(co2, skip).Item(), array.Std(rest, skip).Item(), array.Std(noise, skip).Item())
	at := array.FromSlice([]float64{1960, 1980, 2000})
	t = array.Sub(at, array.Scalar(1980.0))
	level := array.MatMul(basis(t).View(array.All, array.To(3)), x.View(array.To(3)))
	slope := array.FMA(t, array.Scalar(2*x.At(2)), array.Scalar(x.At(1)))
	for i, y := range at.All() {
		fmt.Fprintf(w, "%v: %.1f ppm, rising %.2f a year\n", y, level.At(i...), slope.At(i...))
	}

	// A year of the cycle, day by day.
	day := array.Div(array.Arange(0.0, 365, 1), array.Scalar(365.0))
	wave := array.MatMul(basis(day).View(array.All, array.From(3)), x.View(array.From(3)))
	date := func(i int64) string { return time.Date(2001, 1, 1+int(i), 0, 0, 0, 0, time.UTC).Format("2 January") }
	fmt.Fprintf(w, "the cycle is highest on %s (%+.1f ppm), lowest on %s (%+.1f ppm)\n",
		date(array.ArgMax(wave).Item()), array.Max(wave).Item(), date(array.ArgMin(wave).Item()), array.Min(wave).Item())

	// The mean of each year, measured and with the gaps filled.
	filled := array.Select(measured, co2, array.Add(trend, cycle))
	fmt.Fprintln(w, "year    weeks  measured  filled")
	for y := 1958.0; y < 1967; y++ {
		in := array.And(array.GreaterEqual(years, array.Scalar(y)), array.Less(years, array.Scalar(y+1)))
		where := array.Where(in)
		fmt.Fprintf(w, "%v  %2d of %2d    %.2f  %.2f\n", y, array.Count(measured, where).Item(), array.Count(in).Item(),
			array.Mean(co2, where, skip).Item(), array.Mean(filled, where).Item())
	}
	return nil
}

// basis returns the columns 1, t, t², sin 2πt, cos 2πt, sin 4πt, cos 4πt.
func basis(t *array.Array[float64]) *array.Array[float64] {
	return array.FromFunc(func(i []int) float64 {
		t := t.At(i[0])
		switch k := i[1]; k {
		case 0, 1, 2:
			return math.Pow(t, float64(k))
		case 3, 5:
			return math.Sin(float64(k-1) * math.Pi * t)
		default:
			return math.Cos(float64(k-2) * math.Pi * t)
		}
	}, t.Size(), 7)
}

// year returns a date, written as the number 19580329, as a year and its part.
func year(date float64) float64 {
	d := int(date)
	day := time.Date(d/10000, time.Month(d/100%100), d%100, 0, 0, 0, 0, time.UTC)
	length := time.Date(day.Year(), 12, 31, 0, 0, 0, 0, time.UTC).YearDay()
	return float64(day.Year()) + float64(day.YearDay()-1)/float64(length)
}
