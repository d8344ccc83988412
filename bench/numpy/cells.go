package main

import (
	"math/rand/v2"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/array"
)

// cell is one operation at one size, here and as a statement of Python. The
// operands there are made by serve.py, under the same names.
type cell struct {
	name, numpy string
	f           func()
}

// shape returns the sides of a matrix of about n elements, as long as wide or
// half as long.
func shape(n int) (rows, cols int) {
	rows = 1
	for rows*rows*4 <= n {
		rows *= 2
	}
	return rows, n / rows
}

// numbers returns an array of numbers from -1 to 1.
func numbers[T kernels.Float](dims ...int) *array.Array[T] {
	r := rand.New(rand.NewPCG(1, 2))
	return array.FromFunc(func([]int) T { return T(2*r.Float64() - 1) }, dims...)
}

func cells[T kernels.Float](n int) []cell {
	rows, cols := shape(n)
	m := n / 4
	x, y, z := numbers[T](n), numbers[T](n), numbers[T](n)
	mask, less, positive := array.Less(x, y), array.Zeros[bool](n), array.Abs(x)
	wide, back := numbers[T](2*n).View(array.All.By(2)), numbers[T](n).View(array.All.By(-1))
	a, b, d, t := numbers[T](rows, cols), numbers[T](rows, cols), numbers[T](rows, cols), numbers[T](cols, rows).T()
	gaps, every := numbers[T](rows, 2*cols).View(array.All, array.All.By(2)), numbers[T](2*rows, cols).View(array.All.By(2))
	row, col, to0, to1 := numbers[T](cols), numbers[T](rows, 1), numbers[T](cols), numbers[T](rows)
	narrow, flat, three := numbers[T](m, 4), numbers[T](4, m), numbers[T](2, rows, cols/2)
	four, long, to3 := numbers[T](4), numbers[T](m), numbers[T](2, cols/2)
	at0, at1 := array.Zeros[int64](cols), array.Zeros[int64](rows)
	one, two := array.Zeros[T](), array.Scalar[T](2)
	return []cell{
		{"add", "np.add(x, y, out=z)", func() { array.AddTo(z, x, y) }},
		{"multiply", "np.multiply(x, y, out=z)", func() { array.MulTo(z, x, y) }},
		{"divide", "np.divide(x, y, out=z)", func() { array.DivTo(z, x, y) }},
		{"add scalar", "np.add(x, two, out=z)", func() { array.AddTo(z, x, two) }},
		{"maximum", "np.maximum(x, y, out=z)", func() { array.MaximumTo(z, x, y) }},
		{"less", "np.less(x, y, out=less)", func() { array.LessTo(less, x, y) }},
		{"where", "np.where(mask, x, y)", func() { array.SelectTo(z, mask, x, y) }},
		{"clip", "np.clip(x, -.5, .5, out=z)", func() { array.ClampTo(z, x, -.5, .5) }},
		{"sqrt", "np.sqrt(positive, out=z)", func() { array.SqrtTo(z, positive) }},
		{"abs", "np.abs(x, out=z)", func() { array.AbsTo(z, x) }},
		{"negative", "np.negative(x, out=z)", func() { array.NegTo(z, x) }},
		{"sign", "np.sign(x, out=z)", func() { array.SignTo(z, x) }},
		{"floor", "np.floor(x, out=z)", func() { array.FloorTo(z, x) }},
		{"rint", "np.rint(x, out=z)", func() { array.RoundTo(z, x) }},
		{"isnan", "np.isnan(x, out=less)", func() { array.IsNaNTo(less, x) }},
		{"isfinite", "np.isfinite(x, out=less)", func() { array.IsFiniteTo(less, x) }},
		{"copy", "np.copyto(z, x)", func() { array.CopyTo(z, x) }},
		{"matrix + row", "np.add(a, row, out=d)", func() { array.AddTo(d, a, row) }},
		{"matrix + column", "np.add(a, col, out=d)", func() { array.AddTo(d, a, col) }},
		{"narrow * row", "np.multiply(narrow, four, out=narrow)", func() { array.MulTo(narrow, narrow, four) }},
		{"[::2] + y", "np.add(wide, y, out=z)", func() { array.AddTo(z, wide, y) }},
		{"[::2] = x + y", "np.add(x, y, out=wide)", func() { array.AddTo(wide, x, y) }},
		{"[::-1] * y", "np.multiply(back, y, out=z)", func() { array.MulTo(z, back, y) }},
		{"a + b.T", "np.add(a, t, out=d)", func() { array.AddTo(d, a, t) }},
		{"[:, ::2] + b", "np.add(gaps, b, out=d)", func() { array.AddTo(d, gaps, b) }},
		{"[::2] + b", "np.add(every, b, out=d)", func() { array.AddTo(d, every, b) }},
		{"maximum [::2]", "np.maximum(wide, y, out=z)", func() { array.MaximumTo(z, wide, y) }},
		{"less [::2]", "np.less(wide, y, out=less)", func() { array.LessTo(less, wide, y) }},
		{"copy T", "np.copyto(d, t)", func() { array.CopyTo(d, t) }},

		{"sum", "np.sum(x, out=one)", func() { array.SumTo(one, x) }},
		{"max", "np.max(x, out=one)", func() { array.MaxTo(one, x) }},
		{"mean", "np.mean(x, out=one)", func() { array.MeanTo(one, x) }},
		{"var", "np.var(x, out=one)", func() { array.VarTo(one, x) }},
		{"prod", "np.prod(x, out=one)", func() { array.ProdTo(one, x) }},
		{"argmax", "np.argmax(x)", func() { array.ArgMax(x) }},
		{"norm", "np.linalg.norm(x)", func() { array.NormTo(one, x, 2) }},
		{"sum 0", "np.sum(a, 0, out=to0)", func() { array.SumTo(to0, a, array.Axis(0)) }},
		{"sum 1", "np.sum(a, 1, out=to1)", func() { array.SumTo(to1, a, array.Axis(1)) }},
		{"mean 0", "np.mean(a, 0, out=to0)", func() { array.MeanTo(to0, a, array.Axis(0)) }},
		{"mean 1", "np.mean(a, 1, out=to1)", func() { array.MeanTo(to1, a, array.Axis(1)) }},
		{"max 0", "np.max(a, 0, out=to0)", func() { array.MaxTo(to0, a, array.Axis(0)) }},
		{"max 1", "np.max(a, 1, out=to1)", func() { array.MaxTo(to1, a, array.Axis(1)) }},
		{"min 0", "np.min(a, 0, out=to0)", func() { array.MinTo(to0, a, array.Axis(0)) }},
		{"var 0", "np.var(a, 0, out=to0)", func() { array.VarTo(to0, a, array.Axis(0)) }},
		{"var 1", "np.var(a, 1, out=to1)", func() { array.VarTo(to1, a, array.Axis(1)) }},
		{"prod 0", "np.prod(a, 0, out=to0)", func() { array.ProdTo(to0, a, array.Axis(0)) }},
		{"prod 1", "np.prod(a, 1, out=to1)", func() { array.ProdTo(to1, a, array.Axis(1)) }},
		{"argmax 0", "np.argmax(a, 0, out=at0)", func() { array.ArgMaxTo(at0, a, array.Axis(0)) }},
		{"argmax 1", "np.argmax(a, 1, out=at1)", func() { array.ArgMaxTo(at1, a, array.Axis(1)) }},
		{"norm 0", "np.linalg.norm(a, axis=0)", func() { array.NormTo(to0, a, 2, array.Axis(0)) }},
		{"sum 1 of 3", "np.sum(three, 1, out=to3)", func() { array.SumTo(to3, three, array.Axis(1)) }},
		{"max 1 of 3", "np.max(three, 1, out=to3)", func() { array.MaxTo(to3, three, array.Axis(1)) }},
		{"sum 0, n×4", "np.sum(narrow, 0, out=four)", func() { array.SumTo(four, narrow, array.Axis(0)) }},
		{"sum 1, n×4", "np.sum(narrow, 1, out=long)", func() { array.SumTo(long, narrow, array.Axis(1)) }},
		{"max 0, n×4", "np.max(narrow, 0, out=four)", func() { array.MaxTo(four, narrow, array.Axis(0)) }},
		{"max 1, n×4", "np.max(narrow, 1, out=long)", func() { array.MaxTo(long, narrow, array.Axis(1)) }},
		{"sum 0, 4×n", "np.sum(flat, 0, out=long)", func() { array.SumTo(long, flat, array.Axis(0)) }},
		{"max 0, 4×n", "np.max(flat, 0, out=long)", func() { array.MaxTo(long, flat, array.Axis(0)) }},
		{"sum T 0", "np.sum(t, 0, out=to0)", func() { array.SumTo(to0, t, array.Axis(0)) }},
		{"sum T 1", "np.sum(t, 1, out=to1)", func() { array.SumTo(to1, t, array.Axis(1)) }},
		{"max T 0", "np.max(t, 0, out=to0)", func() { array.MaxTo(to0, t, array.Axis(0)) }},
		{"max T 1", "np.max(t, 1, out=to1)", func() { array.MaxTo(to1, t, array.Axis(1)) }},
		{"sum T", "np.sum(t, out=one)", func() { array.SumTo(one, t) }},
		{"max T", "np.max(t, out=one)", func() { array.MaxTo(one, t) }},
		{"sum [::2]", "np.sum(wide, out=one)", func() { array.SumTo(one, wide) }},
		{"max [::2]", "np.max(wide, out=one)", func() { array.MaxTo(one, wide) }},
		{"sum [:, ::2]", "np.sum(gaps, out=one)", func() { array.SumTo(one, gaps) }},
		{"max [:, ::2]", "np.max(gaps, out=one)", func() { array.MaxTo(one, gaps) }},
		{"sum [:, ::2] 0", "np.sum(gaps, 0, out=to0)", func() { array.SumTo(to0, gaps, array.Axis(0)) }},
		{"sum [:, ::2] 1", "np.sum(gaps, 1, out=to1)", func() { array.SumTo(to1, gaps, array.Axis(1)) }},
		{"max [:, ::2] 0", "np.max(gaps, 0, out=to0)", func() { array.MaxTo(to0, gaps, array.Axis(0)) }},
		{"max [:, ::2] 1", "np.max(gaps, 1, out=to1)", func() { array.MaxTo(to1, gaps, array.Axis(1)) }},
		{"sum [::2, :] 0", "np.sum(every, 0, out=to0)", func() { array.SumTo(to0, every, array.Axis(0)) }},
		{"max [::2, :] 0", "np.max(every, 0, out=to0)", func() { array.MaxTo(to0, every, array.Axis(0)) }},
		{"sum [::2, :]", "np.sum(every, out=one)", func() { array.SumTo(one, every) }},
		{"max [::2, :]", "np.max(every, out=one)", func() { array.MaxTo(one, every) }},
		{"cumsum 0", "np.cumsum(a, 0, out=d)", func() { array.CumSumTo(d, a, 0) }},
		{"cumsum 1", "np.cumsum(a, 1, out=d)", func() { array.CumSumTo(d, a, 1) }},
	}
}

// counting is the cells of integers, which have no vector code of their own.
func counting(n int) []cell {
	rows, cols := shape(n)
	whole := func(dims ...int) *array.Array[int64] {
		return array.Convert[int64](array.Mul(numbers[float64](dims...), array.Scalar(100.0)))
	}
	x, y, z, a := whole(n), whole(n), whole(n), whole(rows, cols)
	to0, to1, one, less := whole(cols), whole(rows), array.Zeros[int64](), array.Zeros[bool](n)
	return []cell{
		{"add", "np.add(x, y, out=z)", func() { array.AddTo(z, x, y) }},
		{"multiply", "np.multiply(x, y, out=z)", func() { array.MulTo(z, x, y) }},
		{"maximum", "np.maximum(x, y, out=z)", func() { array.MaximumTo(z, x, y) }},
		{"less", "np.less(x, y, out=less)", func() { array.LessTo(less, x, y) }},
		{"sum", "np.sum(x, out=one)", func() { array.SumTo(one, x) }},
		{"max", "np.max(x, out=one)", func() { array.MaxTo(one, x) }},
		{"sum 0", "np.sum(a, 0, out=to0)", func() { array.SumTo(to0, a, array.Axis(0)) }},
		{"sum 1", "np.sum(a, 1, out=to1)", func() { array.SumTo(to1, a, array.Axis(1)) }},
		{"max 0", "np.max(a, 0, out=to0)", func() { array.MaxTo(to0, a, array.Axis(0)) }},
		{"max 1", "np.max(a, 1, out=to1)", func() { array.MaxTo(to1, a, array.Axis(1)) }},
	}
}

// logical is the cells of bools.
func logical(n int) []cell {
	rows, cols := shape(n)
	x, y, z := array.Less(numbers[float64](n), array.Scalar(0.0)), array.Less(numbers[float64](n), array.Scalar(0.5)), array.Zeros[bool](n)
	a, flag0, flag1 := array.Less(numbers[float64](rows, cols), array.Scalar(0.0)), array.Zeros[bool](cols), array.Zeros[bool](rows)
	at0, at1 := array.Zeros[int64](cols), array.Zeros[int64](rows)
	return []cell{
		{"and", "np.logical_and(x, y, out=z)", func() { array.AndTo(z, x, y) }},
		{"not", "np.logical_not(x, out=z)", func() { array.NotTo(z, x) }},
		{"any 0", "np.any(a, 0, out=flag0)", func() { array.AnyTo(flag0, a, array.Axis(0)) }},
		{"any 1", "np.any(a, 1, out=flag1)", func() { array.AnyTo(flag1, a, array.Axis(1)) }},
		{"all 0", "np.all(a, 0, out=flag0)", func() { array.AllTrueTo(flag0, a, array.Axis(0)) }},
		{"count", "np.count_nonzero(x)", func() { array.Count(x) }},
		{"count 0", "np.count_nonzero(a, 0)", func() { array.CountTo(at0, a, array.Axis(0)) }},
		{"count 1", "np.count_nonzero(a, 1)", func() { array.CountTo(at1, a, array.Axis(1)) }},
	}
}
