package array_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
	. "github.com/weftgo/weft/kernels/array"
)

func random[T Float](shape ...int) *Array[T] {
	rng := rand.New(rand.NewPCG(1, 2))
	return FromFunc(func([]int) T { return T(2*rng.Float64() - 1) }, shape...)
}

type workload struct {
	name string
	f    func()
}

func workloads() []workload {
	a, c, dst := random[float64](1000, 1000), random[float64](1000, 1000), Zeros[float64](1000, 1000)
	row, col := random[float64](1000), random[float64](1000, 1)
	narrow, three, to3 := random[float64](300000, 3), random[float64](3), Zeros[float64](300000, 3)
	batch, batch2, batchTo := random[float64](100, 32, 32), random[float64](100, 32, 32), Zeros[float64](100, 32, 32)
	half := Less(a, Zeros[float64]())
	line, lineTo := Zeros[float64](1000), Zeros[float64](1000)
	long, longTo := random[float64](1000000), Zeros[float64](1000000)
	one, mask := Zeros[float64](), Zeros[bool](1000, 1000)
	small, small2 := random[float64](16), random[float64](16)
	x, y, z := long.Values(), random[float64](1000000).Values(), make([]float64, 1000000)
	return []workload{
		{"kernels.Add", func() { kernels.Add(z, x, y) }},
		{"a+b", func() { AddTo(dst, a, c) }},
		{"a+row", func() { AddTo(dst, a, row) }},
		{"a*row", func() { MulTo(dst, a, row) }},
		{"a*col", func() { MulTo(dst, a, col) }},
		{"a*2", func() { MulTo(dst, a, Scalar(2.0)) }},
		{"a+b.T", func() { AddTo(dst, a, c.T()) }},
		{"small+small", func() { AddTo(small2, small, small2) }},
		{"narrow+3", func() { AddTo(to3, narrow, three) }},
		{"a<b", func() { Less(a, c) }},
		{"kernels.Sum", func() { kernels.Sum(x) }},
		{"sum", func() { SumTo(one, a) }},
		{"lessTo", func() { LessTo(mask, a, c) }},
		{"argmax0", func() { ArgMax(a, Axis(0)) }},
		{"where random", func() { SelectTo(dst, half, a, c) }},
		{"sum0", func() { SumTo(line, a, Axis(0)) }},
		{"sum1", func() { SumTo(line, a, Axis(1)) }},
		{"T.sum0", func() { SumTo(line, a.T(), Axis(0)) }},
		{"T.sum1", func() { SumTo(line, a.T(), Axis(1)) }},
		{"narrow.sum0", func() { SumTo(three, narrow, Axis(0)) }},
		{"narrow.sum1", func() { SumTo(long.View(To(300000)), narrow, Axis(1)) }},
		{"mean0", func() { MeanTo(line, a, Axis(0)) }},
		{"var0", func() { VarTo(line, a, Axis(0)) }},
		{"var1", func() { VarTo(line, a, Axis(1)) }},
		{"max0", func() { MaxTo(line, a, Axis(0)) }},
		{"max1", func() { MaxTo(line, a, Axis(1)) }},
		{"norm0", func() { NormTo(line, a, 2, Axis(0)) }},
		{"cumsum0", func() { CumSumTo(dst, a, 0) }},
		{"cumsum1", func() { CumSumTo(dst, a, 1) }},
		{"T.copy", func() { CopyTo(dst, a.T()) }},
		{"copy", func() { CopyTo(dst, a) }},
		{"sort", func() { SortTo(longTo, long, 0) }},
		{"slices.Sort", func() { copy(z, x); slices.Sort(z) }},
		{"sort1", func() { SortTo(dst, a, 1) }},
		{"sort0", func() { SortTo(dst, a, 0) }},
		{"argsort", func() { ArgSort(long, 0) }},
		{"median", func() { MedianTo(one, long) }},
		{"median1", func() { MedianTo(line, a, Axis(1)) }},
		{"matmul batched", func() { MatMulTo(batchTo, batch, batch2) }},
		{"where", func() { SelectTo(dst, Full(true, 1000, 1000), a, c) }},
		{"sum where", func() { SumTo(lineTo, a, Axis(1), SkipNaN()) }},
	}
}

func BenchmarkArray(b *testing.B) {
	for _, f := range workloads() {
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.f()
			}
		})
	}
}
