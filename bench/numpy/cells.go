package main

import (
	"math/rand/v2"

	"github.com/weftgo/weft/kernels"
	. "github.com/weftgo/weft/kernels/array"
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
func numbers[T kernels.Float](dims ...int) *Array[T] {
	r := rand.New(rand.NewPCG(1, 2))
	return FromFunc(func([]int) T { return T(2*r.Float64() - 1) }, dims...)
}

func cells[T kernels.Float](n int) []cell {
	rows, cols := shape(n)
	m := n / 4
	x, y, z := numbers[T](n), numbers[T](n), numbers[T](n)
	mask, less, positive := Less(x, y), Zeros[bool](n), Abs(x)
	wide, back := numbers[T](2*n).View(All.By(2)), numbers[T](n).View(All.By(-1))
	a, b, d, t := numbers[T](rows, cols), numbers[T](rows, cols), numbers[T](rows, cols), numbers[T](cols, rows).T()
	gaps, every := numbers[T](rows, 2*cols).View(All, All.By(2)), numbers[T](2*rows, cols).View(All.By(2))
	row, col, to0, to1 := numbers[T](cols), numbers[T](rows, 1), numbers[T](cols), numbers[T](rows)
	narrow, flat, three := numbers[T](m, 4), numbers[T](4, m), numbers[T](2, rows, cols/2)
	four, long, to3 := numbers[T](4), numbers[T](m), numbers[T](2, cols/2)
	at0, at1 := Zeros[int64](cols), Zeros[int64](rows)
	one, two := Zeros[T](), Scalar[T](2)
	return []cell{
		{"add", "np.add(x, y, out=z)", func() { AddTo(z, x, y) }},
		{"multiply", "np.multiply(x, y, out=z)", func() { MulTo(z, x, y) }},
		{"divide", "np.divide(x, y, out=z)", func() { DivTo(z, x, y) }},
		{"add scalar", "np.add(x, two, out=z)", func() { AddTo(z, x, two) }},
		{"maximum", "np.maximum(x, y, out=z)", func() { MaximumTo(z, x, y) }},
		{"less", "np.less(x, y, out=less)", func() { LessTo(less, x, y) }},
		{"where", "np.where(mask, x, y)", func() { SelectTo(z, mask, x, y) }},
		{"clip", "np.clip(x, -.5, .5, out=z)", func() { ClampTo(z, x, -.5, .5) }},
		{"sqrt", "np.sqrt(positive, out=z)", func() { SqrtTo(z, positive) }},
		{"abs", "np.abs(x, out=z)", func() { AbsTo(z, x) }},
		{"negative", "np.negative(x, out=z)", func() { NegTo(z, x) }},
		{"sign", "np.sign(x, out=z)", func() { SignTo(z, x) }},
		{"floor", "np.floor(x, out=z)", func() { FloorTo(z, x) }},
		{"rint", "np.rint(x, out=z)", func() { RoundTo(z, x) }},
		{"isnan", "np.isnan(x, out=less)", func() { IsNaNTo(less, x) }},
		{"isfinite", "np.isfinite(x, out=less)", func() { IsFiniteTo(less, x) }},
		{"copy", "np.copyto(z, x)", func() { CopyTo(z, x) }},
		{"matrix + row", "np.add(a, row, out=d)", func() { AddTo(d, a, row) }},
		{"matrix + column", "np.add(a, col, out=d)", func() { AddTo(d, a, col) }},
		{"narrow * row", "np.multiply(narrow, four, out=narrow)", func() { MulTo(narrow, narrow, four) }},
		{"[::2] + y", "np.add(wide, y, out=z)", func() { AddTo(z, wide, y) }},
		{"[::2] = x + y", "np.add(x, y, out=wide)", func() { AddTo(wide, x, y) }},
		{"[::-1] * y", "np.multiply(back, y, out=z)", func() { MulTo(z, back, y) }},
		{"a + b.T", "np.add(a, t, out=d)", func() { AddTo(d, a, t) }},
		{"[:, ::2] + b", "np.add(gaps, b, out=d)", func() { AddTo(d, gaps, b) }},
		{"[::2] + b", "np.add(every, b, out=d)", func() { AddTo(d, every, b) }},
		{"maximum [::2]", "np.maximum(wide, y, out=z)", func() { MaximumTo(z, wide, y) }},
		{"less [::2]", "np.less(wide, y, out=less)", func() { LessTo(less, wide, y) }},
		{"copy T", "np.copyto(d, t)", func() { CopyTo(d, t) }},

		{"sum", "np.sum(x, out=one)", func() { SumTo(one, x) }},
		{"max", "np.max(x, out=one)", func() { MaxTo(one, x) }},
		{"mean", "np.mean(x, out=one)", func() { MeanTo(one, x) }},
		{"var", "np.var(x, out=one)", func() { VarTo(one, x) }},
		{"prod", "np.prod(x, out=one)", func() { ProdTo(one, x) }},
		{"argmax", "np.argmax(x)", func() { ArgMax(x) }},
		{"norm", "np.linalg.norm(x)", func() { NormTo(one, x, 2) }},
		{"sum 0", "np.sum(a, 0, out=to0)", func() { SumTo(to0, a, Axis(0)) }},
		{"sum 1", "np.sum(a, 1, out=to1)", func() { SumTo(to1, a, Axis(1)) }},
		{"mean 0", "np.mean(a, 0, out=to0)", func() { MeanTo(to0, a, Axis(0)) }},
		{"mean 1", "np.mean(a, 1, out=to1)", func() { MeanTo(to1, a, Axis(1)) }},
		{"max 0", "np.max(a, 0, out=to0)", func() { MaxTo(to0, a, Axis(0)) }},
		{"max 1", "np.max(a, 1, out=to1)", func() { MaxTo(to1, a, Axis(1)) }},
		{"min 0", "np.min(a, 0, out=to0)", func() { MinTo(to0, a, Axis(0)) }},
		{"var 0", "np.var(a, 0, out=to0)", func() { VarTo(to0, a, Axis(0)) }},
		{"var 1", "np.var(a, 1, out=to1)", func() { VarTo(to1, a, Axis(1)) }},
		{"prod 0", "np.prod(a, 0, out=to0)", func() { ProdTo(to0, a, Axis(0)) }},
		{"prod 1", "np.prod(a, 1, out=to1)", func() { ProdTo(to1, a, Axis(1)) }},
		{"argmax 0", "np.argmax(a, 0, out=at0)", func() { ArgMaxTo(at0, a, Axis(0)) }},
		{"argmax 1", "np.argmax(a, 1, out=at1)", func() { ArgMaxTo(at1, a, Axis(1)) }},
		{"norm 0", "np.linalg.norm(a, axis=0)", func() { NormTo(to0, a, 2, Axis(0)) }},
		{"sum 1 of 3", "np.sum(three, 1, out=to3)", func() { SumTo(to3, three, Axis(1)) }},
		{"max 1 of 3", "np.max(three, 1, out=to3)", func() { MaxTo(to3, three, Axis(1)) }},
		{"sum 0, n×4", "np.sum(narrow, 0, out=four)", func() { SumTo(four, narrow, Axis(0)) }},
		{"sum 1, n×4", "np.sum(narrow, 1, out=long)", func() { SumTo(long, narrow, Axis(1)) }},
		{"max 0, n×4", "np.max(narrow, 0, out=four)", func() { MaxTo(four, narrow, Axis(0)) }},
		{"max 1, n×4", "np.max(narrow, 1, out=long)", func() { MaxTo(long, narrow, Axis(1)) }},
		{"sum 0, 4×n", "np.sum(flat, 0, out=long)", func() { SumTo(long, flat, Axis(0)) }},
		{"max 0, 4×n", "np.max(flat, 0, out=long)", func() { MaxTo(long, flat, Axis(0)) }},
		{"sum T 0", "np.sum(t, 0, out=to0)", func() { SumTo(to0, t, Axis(0)) }},
		{"sum T 1", "np.sum(t, 1, out=to1)", func() { SumTo(to1, t, Axis(1)) }},
		{"max T 0", "np.max(t, 0, out=to0)", func() { MaxTo(to0, t, Axis(0)) }},
		{"max T 1", "np.max(t, 1, out=to1)", func() { MaxTo(to1, t, Axis(1)) }},
		{"sum T", "np.sum(t, out=one)", func() { SumTo(one, t) }},
		{"max T", "np.max(t, out=one)", func() { MaxTo(one, t) }},
		{"sum [::2]", "np.sum(wide, out=one)", func() { SumTo(one, wide) }},
		{"max [::2]", "np.max(wide, out=one)", func() { MaxTo(one, wide) }},
		{"sum [:, ::2]", "np.sum(gaps, out=one)", func() { SumTo(one, gaps) }},
		{"max [:, ::2]", "np.max(gaps, out=one)", func() { MaxTo(one, gaps) }},
		{"sum [:, ::2] 0", "np.sum(gaps, 0, out=to0)", func() { SumTo(to0, gaps, Axis(0)) }},
		{"sum [:, ::2] 1", "np.sum(gaps, 1, out=to1)", func() { SumTo(to1, gaps, Axis(1)) }},
		{"max [:, ::2] 0", "np.max(gaps, 0, out=to0)", func() { MaxTo(to0, gaps, Axis(0)) }},
		{"max [:, ::2] 1", "np.max(gaps, 1, out=to1)", func() { MaxTo(to1, gaps, Axis(1)) }},
		{"sum [::2, :] 0", "np.sum(every, 0, out=to0)", func() { SumTo(to0, every, Axis(0)) }},
		{"max [::2, :] 0", "np.max(every, 0, out=to0)", func() { MaxTo(to0, every, Axis(0)) }},
		{"sum [::2, :]", "np.sum(every, out=one)", func() { SumTo(one, every) }},
		{"max [::2, :]", "np.max(every, out=one)", func() { MaxTo(one, every) }},
		{"cumsum 0", "np.cumsum(a, 0, out=d)", func() { CumSumTo(d, a, 0) }},
		{"cumsum 1", "np.cumsum(a, 1, out=d)", func() { CumSumTo(d, a, 1) }},
	}
}

// counting is the cells of integers, which have no vector code of their own.
func counting(n int) []cell {
	rows, cols := shape(n)
	whole := func(dims ...int) *Array[int64] { return Convert[int64](Mul(numbers[float64](dims...), Scalar(100.0))) }
	x, y, z, a := whole(n), whole(n), whole(n), whole(rows, cols)
	to0, to1, one, less := whole(cols), whole(rows), Zeros[int64](), Zeros[bool](n)
	return []cell{
		{"add", "np.add(x, y, out=z)", func() { AddTo(z, x, y) }},
		{"multiply", "np.multiply(x, y, out=z)", func() { MulTo(z, x, y) }},
		{"maximum", "np.maximum(x, y, out=z)", func() { MaximumTo(z, x, y) }},
		{"less", "np.less(x, y, out=less)", func() { LessTo(less, x, y) }},
		{"sum", "np.sum(x, out=one)", func() { SumTo(one, x) }},
		{"max", "np.max(x, out=one)", func() { MaxTo(one, x) }},
		{"sum 0", "np.sum(a, 0, out=to0)", func() { SumTo(to0, a, Axis(0)) }},
		{"sum 1", "np.sum(a, 1, out=to1)", func() { SumTo(to1, a, Axis(1)) }},
		{"max 0", "np.max(a, 0, out=to0)", func() { MaxTo(to0, a, Axis(0)) }},
		{"max 1", "np.max(a, 1, out=to1)", func() { MaxTo(to1, a, Axis(1)) }},
	}
}

// logical is the cells of bools.
func logical(n int) []cell {
	rows, cols := shape(n)
	x, y, z := Less(numbers[float64](n), Scalar(0.0)), Less(numbers[float64](n), Scalar(0.5)), Zeros[bool](n)
	a, flag0, flag1 := Less(numbers[float64](rows, cols), Scalar(0.0)), Zeros[bool](cols), Zeros[bool](rows)
	at0, at1 := Zeros[int64](cols), Zeros[int64](rows)
	return []cell{
		{"and", "np.logical_and(x, y, out=z)", func() { AndTo(z, x, y) }},
		{"not", "np.logical_not(x, out=z)", func() { NotTo(z, x) }},
		{"any 0", "np.any(a, 0, out=flag0)", func() { AnyTo(flag0, a, Axis(0)) }},
		{"any 1", "np.any(a, 1, out=flag1)", func() { AnyTo(flag1, a, Axis(1)) }},
		{"all 0", "np.all(a, 0, out=flag0)", func() { AllTrueTo(flag0, a, Axis(0)) }},
		{"count", "np.count_nonzero(x)", func() { Count(x) }},
		{"count 0", "np.count_nonzero(a, 0)", func() { CountTo(at0, a, Axis(0)) }},
		{"count 1", "np.count_nonzero(a, 1)", func() { CountTo(at1, a, Axis(1)) }},
	}
}
