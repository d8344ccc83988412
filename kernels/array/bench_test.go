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

// Calls on sixteen elements, with a destination: what a call costs beside its
// work.
func BenchmarkSmall(b *testing.B) {
	b.Run("f32", benchmarkSmall[float32])
	b.Run("f64", benchmarkSmall[float64])
}

func benchmarkSmall[T Float](b *testing.B) {
	x, y, dst := random[T](16), random[T](16), Zeros[T](16)
	m, n, square, row, col := random[T](4, 4), random[T](4, 4), Zeros[T](4, 4), random[T](4), random[T](4, 1)
	one, to, two, less, at := Zeros[T](), Zeros[T](4), Scalar[T](2), Zeros[bool](16), Zeros[int64]()
	mask, flag, some := Less(x, y), Zeros[bool](), random[T](32).View(All.By(2))
	p, q, r := make([]T, 16), x.Values(), y.Values()
	axis0, axis1 := []Option{Axis(0)}, []Option{Axis(1)}
	for _, f := range []workload{
		{"kernels.Add", func() { kernels.Add(p, q, r) }},
		{"add", func() { AddTo(dst, x, y) }},
		{"divide", func() { DivTo(dst, x, y) }},
		{"add 4x4", func() { AddTo(square, m, n) }},
		{"sqrt", func() { SqrtTo(dst, x) }},
		{"abs", func() { AbsTo(dst, x) }},
		{"floor", func() { FloorTo(dst, x) }},
		{"maximum", func() { MaximumTo(dst, x, y) }},
		{"less", func() { LessTo(less, x, y) }},
		{"where", func() { SelectTo(dst, mask, x, y) }},
		{"fma", func() { FMATo(dst, x, y, y) }},
		{"clamp", func() { ClampTo(dst, x, -.5, .5) }},
		{"copy", func() { CopyTo(dst, x) }},
		{"16 + scalar", func() { AddTo(dst, x, two) }},
		{"4x4 + 4", func() { AddTo(square, m, row) }},
		{"4x4 + 4x1", func() { AddTo(square, m, col) }},
		{"4x4 + 4x4.T", func() { AddTo(square, m, n.T()) }},
		{"[::2] + 16", func() { AddTo(dst, some, y) }},
		{"sum", func() { SumTo(one, x) }},
		{"max", func() { MaxTo(one, x) }},
		{"mean", func() { MeanTo(one, x) }},
		{"var", func() { VarTo(one, x) }},
		{"norm", func() { NormTo(one, x, 2) }},
		{"argmax", func() { ArgMaxTo(at, x) }},
		{"any", func() { AnyTo(flag, mask) }},
		{"sum [::2]", func() { SumTo(one, some) }},
		{"sum 0 of 4x4", func() { SumTo(to, m, axis0...) }},
		{"sum 1 of 4x4", func() { SumTo(to, m, axis1...) }},
		{"max 0 of 4x4", func() { MaxTo(to, m, axis0...) }},
		{"max 1 of 4x4", func() { MaxTo(to, m, axis1...) }},
		{"mean 0 of 4x4", func() { MeanTo(to, m, axis0...) }},
		{"mean 1 of 4x4", func() { MeanTo(to, m, axis1...) }},
	} {
		b.Run(f.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				f.f()
			}
		})
	}
}
