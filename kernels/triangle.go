package kernels

import "github.com/weftgo/weft/internal/op"

// TriBlock is a small block of a triangular matrix in the form that
// [Engine.TriBlock] takes.
type TriBlock[T Float] = op.TriBlock[T]

// TriBlock multiplies B by a triangular block or solves with it, in place: for
// the columns of B or, if right is set, for its rows. It is what routines like
// Trsm and Trmm of package kernels/blas come down to, beside products; see the
// type for what is computed. It panics with a [*ShapeError] if B has not as many
// rows, or columns, as the block, or overlaps its coefficients. The bits are the
// same on every backend.
func (e *Engine[T]) TriBlock(t *TriBlock[T], right bool, b Matrix[T]) {
	v := view("TriBlock", "", NoTrans, "b", &b)
	if right {
		v = v.T()
	}
	n := t.N
	switch {
	case v.Rows != n:
		mismatch("TriBlock", "b", v.Rows, "row", n, "rows of the block")
	case len(t.Coef) < n*n:
		mismatch("TriBlock", "t.Coef", len(t.Coef), "element", n*n, "of the block")
	case t.Diag != nil && (len(t.Diag) < n || t.Solve && len(t.Inv) < n):
		mismatch("TriBlock", "t.Diag or t.Inv", min(len(t.Diag), len(t.Inv)), "element", n, "rows of the block")
	case n == 0 || v.Cols == 0:
		return
	}
	noOverlapMatrix("TriBlock", "b", &b, "t.Coef", rowOf(t.Coef))
	noOverlapMatrix("TriBlock", "b", &b, "t.Diag", rowOf(t.Diag))
	noOverlapMatrix("TriBlock", "b", &b, "t.Inv", rowOf(t.Inv))
	if raceEnabled {
		reads(t.Coef)
		writesMatrix(b)
	}
	w := 1
	if !small[T](v.Rows * v.Cols) {
		w = min(e.width(&b.Data[0], &t.Coef[0]), e.workers)
	}
	v.Data = held(v.Data)
	p := op.Tri[T]{Workers: w, TriBlock: *t, B: v}
	p.Coef, p.Diag, p.Inv = held(t.Coef), held(t.Diag), held(t.Inv)
	e.table.Tri(op.Hide(&p))
}
