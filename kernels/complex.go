package kernels

import (
	"fmt"

	"github.com/weftgo/weft/internal/op"
)

// Complex numbers are pairs of real ones: real part and imaginary part in turn,
// as Go's complex64 and complex128 lie in memory. The methods of this file take
// them as slices of the parts. Package kernels/blas has their usual form.

// ConjTrans is the conjugate transpose, for complex matrices.
const ConjTrans = op.ConjTrans

// GemmComplex computes a product of complex matrices, C = alpha*op(A)*op(B) +
// beta*C, where op is the matrix as it is stored, its transpose or its conjugate
// transpose. Rows, Cols and Stride count complex numbers, Data holds the parts;
// scalars are real part and imaginary part.
//
// Alpha, beta, shapes, overlap and the panics are those of [Engine.Gemm]. The
// parts of an element of C are two chains of fused multiply-adds in increasing
// k, with b the element of alpha*op(B):
//
//	re = fma(a.im, -b.im, fma(a.re, b.re, re))
//	im = fma(a.im,  b.re, fma(a.re, b.im, im))
//
// The bits are the same on every backend (docs/numerics.md, Complex numbers).
func (e *Engine[T]) GemmComplex(tA, tB Transpose, alpha [2]T, a, b Matrix[T], beta [2]T, c Matrix[T]) {
	va, vb := viewComplex("GemmComplex", "tA", tA, "a", &a), viewComplex("GemmComplex", "tB", tB, "b", &b)
	vc := viewComplex("GemmComplex", "", NoTrans, "c", &c)
	switch {
	case vb.Rows != va.Cols:
		mismatch("GemmComplex", "b", vb.Rows, "row", va.Cols, "columns of op(a)")
	case vc.Rows != va.Rows:
		mismatch("GemmComplex", "c", vc.Rows, "row", va.Rows, "rows of op(a)")
	case vc.Cols != vb.Cols:
		mismatch("GemmComplex", "c", vc.Cols, "column", vb.Cols, "columns of op(b)")
	case vc.Rows == 0 || vc.Cols == 0:
		return
	}
	pc := partsOf(&c)
	noOverlapMatrix("GemmComplex", "c", pc, "a", partsOf(&a))
	noOverlapMatrix("GemmComplex", "c", pc, "b", partsOf(&b))
	if raceEnabled {
		readsMatrix(*partsOf(&a))
		readsMatrix(*partsOf(&b))
		writesMatrix(*pc)
	}
	if alpha == [2]T{} || va.Cols == 0 {
		e.scaleRowsComplex(beta, vc)
		return
	}
	w := 1
	if !small[T](2 * vc.Rows * vc.Cols) {
		w = min(e.width(&a.Data[0], &b.Data[0]), e.width(&c.Data[0], &c.Data[0]))
	}
	va.Data, vb.Data, vc.Data = held(va.Data), held(vb.Data), held(vc.Data)
	p := op.GemmComplex[T]{
		Workers: w, Alpha: alpha, Beta: beta, ConjA: tA == ConjTrans, ConjB: tB == ConjTrans,
		A: va, B: vb, C: vc,
	}
	e.table.Complex.Gemm(op.Hide(&p))
}

// GemvComplex adds a product of a complex matrix and a vector to y:
// y += alpha*op(A)*x. Rows, Cols and Stride of a count complex numbers, x and y
// hold the parts. It panics with a [*ShapeError] if shapes don't fit or y
// overlaps A or x. With alpha = 0 nothing is read.
//
// As stored, an element adds alpha times the dot product of a row; transposed,
// y adds alpha*x[k] times the rows in increasing order. The bits are the same on
// every backend (docs/numerics.md, Complex numbers).
func (e *Engine[T]) GemvComplex(tA Transpose, alpha [2]T, a Matrix[T], x, y []T) {
	v := viewComplex("GemvComplex", "tA", tA, "a", &a)
	if len(x) != 2*v.Cols {
		mismatch("GemvComplex", "x", len(x), "part", 2*v.Cols, "twice the columns of op(a)")
	}
	if len(y) != 2*v.Rows {
		mismatch("GemvComplex", "y", len(y), "part", 2*v.Rows, "twice the rows of op(a)")
	}
	if len(x) == 0 || len(y) == 0 || alpha == [2]T{} {
		return
	}
	noOverlap("GemvComplex", "y", y, "x", x, false)
	noOverlapMatrix("GemvComplex", "y", rowOf(y), "a", partsOf(&a))
	if raceEnabled {
		readsMatrix(*partsOf(&a))
		reads(x)
		writes(y)
	}
	w := 1
	if !small[T](2 * a.Rows * a.Cols) {
		w = min(e.width(&a.Data[0], &x[0]), e.width(&y[0], &y[0]))
	}
	v.Data = held(v.Data)
	p := op.GemvComplex[T]{Workers: w, Alpha: alpha, Trans: tA != NoTrans, Conj: tA == ConjTrans, A: v, X: held(x), Y: held(y)}
	e.table.Complex.Gemv(op.Hide(&p))
}

// GerComplex adds a product of complex vectors to a complex matrix: row i of A
// gains alpha*x[i], a product of its own if alpha is not one, times y, as
// [Engine.AxpyComplex] adds it. Rows, Cols and Stride of a count complex numbers,
// x and y hold the parts. It panics with a [*ShapeError] if shapes don't fit or A
// overlaps x or y. With alpha = 0 nothing is read or written. The bits are the
// same on every backend.
func (e *Engine[T]) GerComplex(alpha [2]T, x, y []T, a Matrix[T]) {
	v := viewComplex("GerComplex", "", NoTrans, "a", &a)
	if len(x) != 2*a.Rows {
		mismatch("GerComplex", "x", len(x), "part", 2*a.Rows, "twice the rows of a")
	}
	if len(y) != 2*a.Cols {
		mismatch("GerComplex", "y", len(y), "part", 2*a.Cols, "twice the columns of a")
	}
	if len(x) == 0 || len(y) == 0 || alpha == [2]T{} {
		return
	}
	noOverlapMatrix("GerComplex", "a", partsOf(&a), "x", rowOf(x))
	noOverlapMatrix("GerComplex", "a", partsOf(&a), "y", rowOf(y))
	reads(x)
	reads(y)
	writesMatrix(*partsOf(&a))
	w := 1
	if !small[T](2 * a.Rows * a.Cols) {
		w = min(e.width(&x[0], &y[0]), e.width(&a.Data[0], &a.Data[0]))
	}
	v.Data = held(v.Data)
	p := op.GerComplex[T]{Workers: w, Alpha: alpha, X: held(x), Y: held(y), A: v}
	e.table.Complex.Ger(op.Hide(&p))
}

// AxpyComplex adds alpha*x to y, vectors of as many parts each:
// yr = fma(-im, xi, fma(re, xr, yr)), yi = fma(im, xr, fma(re, xi, yi)) for
// alpha = re + i*im. It panics with a [*ShapeError] if lengths differ or if x and
// y overlap without being the same. The bits are the same on every backend.
func (e *Engine[T]) AxpyComplex(alpha [2]T, x, y []T) {
	wholePairs("AxpyComplex", x)
	sameLen("AxpyComplex", "y", len(x), y, "length of x")
	if len(x) == 0 {
		return
	}
	noOverlap("AxpyComplex", "y", y, "x", x, true)
	reads(x)
	writes(y)
	if len(x) <= op.Chunk[T]() {
		px, py := hide2(&x[0], &y[0])
		e.table.Short.AxpyComplex(alpha[0], alpha[1], px, py, len(x)/2)
		return
	}
	e.table.Complex.Axpy(alpha[0], alpha[1], hideSlice(x), hideSlice(y))
}

// ScalComplex multiplies the complex numbers in x by alpha, each product of
// parts rounded; a real alpha multiplies each part. The bits are the same on
// every backend.
func (e *Engine[T]) ScalComplex(alpha [2]T, x []T) {
	wholePairs("ScalComplex", x)
	if len(x) == 0 {
		return
	}
	writes(x)
	e.table.Complex.Scal(alpha[0], alpha[1], hideSlice(x))
}

// DotComplex returns the four sums of which complex dot products are made, of
// the products of the parts of x and y: Σ xr·yr, Σ xi·yi, Σ xr·yi and Σ xi·yr.
// Each is summed over lanes like [Engine.Dot]. It panics with a [*ShapeError]
// if the lengths differ. The bits are the same on every backend.
func (e *Engine[T]) DotComplex(x, y []T) (sums [4]T) {
	wholePairs("DotComplex", x)
	sameLen("DotComplex", "y", len(x), y, "length of x")
	if len(x) == 0 {
		return sums
	}
	reads(x)
	reads(y)
	if len(x) <= op.Chunk[T]() {
		px, py := hide2(&x[0], &y[0])
		e.table.Short.DotComplex(px, py, len(x)/2, op.Hide(&sums[0]))
		return sums
	}
	return e.table.Complex.Dot(hideSlice(x), hideSlice(y))
}

// IamaxComplex returns the index of the first complex number in x that has a NaN
// or, if there is none, of the first whose |re| + |im| no other exceeds. For an
// empty x it is -1.
func (e *Engine[T]) IamaxComplex(x []T) int {
	wholePairs("IamaxComplex", x)
	if len(x) == 0 {
		return -1
	}
	reads(x)
	return e.table.Complex.Iamax(hideSlice(x))
}

// wholePairs panics if x holds half a complex number.
func wholePairs[T Float](call string, x []T) {
	if len(x)%2 != 0 {
		mismatch(call, "x", len(x), "part", len(x)+1, "two to a complex number")
	}
}

// partsOf returns m as the matrix of its parts.
func partsOf[T Float](m *Matrix[T]) *Matrix[T] {
	return &Matrix[T]{Rows: m.Rows, Cols: 2 * m.Cols, Data: m.Data, Stride: 2 * m.Stride}
}

// viewComplex is view for a complex matrix.
func viewComplex[T Float](call, targ string, t Transpose, arg string, m *Matrix[T]) op.View[T] {
	if p := partsOf(m); !fits(p) {
		unfit(call, arg, p)
	}
	switch t {
	case NoTrans:
		return op.View[T]{Data: m.Data, Rows: m.Rows, Cols: m.Cols, RowStride: m.Stride, ColStride: 1}
	case Trans, ConjTrans:
		return op.View[T]{Data: m.Data, Rows: m.Cols, Cols: m.Rows, RowStride: 1, ColStride: m.Stride}
	}
	panic(&ShapeError{call, targ, fmt.Sprintf("the value %d", t), "NoTrans, Trans or ConjTrans"})
}

// scaleRowsComplex sets c = beta*c, or zero if beta is zero.
func (e *Engine[T]) scaleRowsComplex(beta [2]T, c op.View[T]) {
	if beta[1] == 0 {
		e.scaleRows(beta[0], op.View[T]{Data: c.Data, Rows: c.Rows, Cols: 2 * c.Cols, RowStride: 2 * c.RowStride, ColStride: 1})
		return
	}
	for i := range c.Rows {
		e.ScalComplex(beta, c.Data[2*i*c.RowStride:][:2*c.Cols])
	}
}
