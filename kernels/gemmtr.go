package kernels

import "github.com/weftgo/weft/internal/op"

// Gemmtr computes one triangle of a matrix product, C = alpha*op(A)*op(B) +
// beta*C: elements (i, j) with j ≤ i or, if upper is set, with j ≥ i. The others
// are neither read nor written. C need not be square. It is what Syrk of package
// kernels/blas comes down to, and LAPACK's name for it.
//
// Operands, panics and errors are those of [Gemm], and so is each element, as one
// chain of fused multiply-adds also if C has a single row or column. The bits are
// the same on every backend (docs/numerics.md, Gemmtr).
func (e *Engine[T]) Gemmtr(upper bool, tA, tB Transpose, alpha T, a, b Matrix[T], beta T, c Matrix[T]) {
	va, vb, vc := view("Gemmtr", "tA", tA, "a", &a), view("Gemmtr", "tB", tB, "b", &b), view("Gemmtr", "", NoTrans, "c", &c)
	switch {
	case vb.Rows != va.Cols:
		mismatch("Gemmtr", "b", vb.Rows, "row", va.Cols, "columns of op(a)")
	case vc.Rows != va.Rows:
		mismatch("Gemmtr", "c", vc.Rows, "row", va.Rows, "rows of op(a)")
	case vc.Cols != vb.Cols:
		mismatch("Gemmtr", "c", vc.Cols, "column", vb.Cols, "columns of op(b)")
	case vc.Rows == 0 || vc.Cols == 0:
		return
	}
	noOverlapMatrix("Gemmtr", "c", &c, "a", &a)
	noOverlapMatrix("Gemmtr", "c", &c, "b", &b)
	if raceEnabled {
		readsMatrix(a)
		readsMatrix(b)
		for i := range vc.Rows {
			writes(rowOfTriangle(upper, vc, i))
		}
	}
	if alpha == 0 || va.Cols == 0 {
		e.scaleTriangle(upper, beta, vc)
		return
	}
	w := 1
	if !small[T](vc.Rows * vc.Cols) {
		w = min(e.width(&a.Data[0], &b.Data[0]), e.width(&c.Data[0], &c.Data[0]))
	}
	va.Data, vb.Data, vc.Data = held(va.Data), held(vb.Data), held(vc.Data)
	p := op.Gemmtr[T]{Gemm: op.Gemm[T]{Workers: w, Alpha: alpha, Beta: beta, A: va, B: vb, C: vc}, Upper: upper}
	e.table.Gemmtr(op.Hide(&p))
}

// scaleTriangle sets a triangle of c to beta*c, or zero if beta is zero.
func (e *Engine[T]) scaleTriangle(upper bool, beta T, c op.View[T]) {
	for i := range c.Rows {
		row := rowOfTriangle(upper, c, i)
		switch beta {
		case 0:
			clear(row)
		case 1:
		default:
			e.Scal(beta, row)
		}
	}
}

// rowOfTriangle returns row i of a triangle of c.
func rowOfTriangle[T Float](upper bool, c op.View[T], i int) []T {
	row := c.Data[i*c.RowStride:][:c.Cols]
	if upper {
		return row[min(i, c.Cols):]
	}
	return row[:min(i+1, c.Cols)]
}
