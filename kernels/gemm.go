package kernels

import "github.com/weftgo/weft/internal/op"

// Gemm computes a matrix product, C = alpha*op(A)*op(B) + beta*C, where op(A)
// is A or Aᵀ as tA says, and op(B) likewise. For op(A) of m×k and op(B) of
// k×n, C is m×n. All are row-major.
//
// With alpha = 0 or k = 0, A and B are not read; with beta = 0, C is not read.
// It panics with a [*ShapeError] if shapes don't fit or C overlaps A or B.
//
// Each element of C is one chain of fused multiply-adds in increasing order of
// k that starts from beta*C[i][j], or from zero if beta is zero, with alpha
// multiplied into A. Products with one row or column are those of [Gemv]. With
// n terms, |error| ≤ γ(k+2)·(|alpha|·Σ|a||b| + |beta||c|), γ(n) = n·u/(1-n·u)
// (N. Higham, Accuracy and Stability of Numerical Algorithms, 2002, ch. 3).
// Nothing is skipped because it is zero: zero times NaN or infinity is NaN.
// The bits are the same on every backend (docs/numerics.md, Gemm).
//
// The blocking follows K. Goto and R. van de Geijn (ACM TOMS 34(3), 2008) and
// F. Van Zee and R. van de Geijn (ACM TOMS 41(3), 2015).
func Gemm[T Float](tA, tB Transpose, alpha T, a, b Matrix[T], beta T, c Matrix[T]) {
	def[T]().Gemm(tA, tB, alpha, a, b, beta, c)
}

// Gemm is [Gemm] on this engine.
func (e *Engine[T]) Gemm(tA, tB Transpose, alpha T, a, b Matrix[T], beta T, c Matrix[T]) {
	va := view("Gemm", "tA", tA, "a", &a)
	vb := view("Gemm", "tB", tB, "b", &b)
	vc := view("Gemm", "", NoTrans, "c", &c)
	switch {
	case vb.Rows != va.Cols:
		mismatch("Gemm", "b", vb.Rows, "row", va.Cols, "columns of op(a), after transposition")
	case vc.Rows != va.Rows:
		mismatch("Gemm", "c", vc.Rows, "row", va.Rows, "rows of op(a)")
	case vc.Cols != vb.Cols:
		mismatch("Gemm", "c", vc.Cols, "column", vb.Cols, "columns of op(b)")
	}
	if c.Rows == 0 || c.Cols == 0 {
		return
	}
	noOverlapMatrix("Gemm", "c", &c, "a", &a)
	noOverlapMatrix("Gemm", "c", &c, "b", &b)
	if alpha == 0 || va.Cols == 0 {
		e.scaleRows(beta, vc)
		return
	}
	switch {
	case vc.Cols == 1:
		e.gemv(alpha, va, column(vb), beta, column(vc))
		return
	case vc.Rows == 1:
		e.gemv(alpha, vb.T(), column(va.T()), beta, column(vc.T()))
		return
	}
	if raceEnabled {
		readsView(va)
		readsView(vb)
		writesMatrix(c)
	}
	w := 1
	if !small[T](c.Rows * c.Cols) {
		w = min(e.width(&a.Data[0], &b.Data[0]), e.width(&c.Data[0], &c.Data[0]))
	}
	va.Data, vb.Data, vc.Data = hideSlice(va.Data), hideSlice(vb.Data), hideSlice(vc.Data)
	p := op.Gemm[T]{Workers: w, Alpha: alpha, Beta: beta, A: va, B: vb, C: vc}
	e.table.Gemm(problem(&p))
}

// column returns the only column of v.
func column[T Float](v op.View[T]) op.Vector[T] {
	return op.Vector[T]{N: v.Rows, Data: v.Data, Inc: v.RowStride}
}

// scaleRows sets c = beta*c, or zero if beta is zero.
func (e *Engine[T]) scaleRows(beta T, c op.View[T]) {
	if beta == 1 {
		return
	}
	if raceEnabled {
		for i := range c.Rows {
			writes(c.Data[i*c.RowStride:][:c.Cols])
		}
	}
	w := 1
	if !small[T](c.Rows * c.Cols) {
		w = e.width(&c.Data[0], &c.Data[0])
	}
	c.Data = hideSlice(c.Data)
	e.table.ScaleRows(w, beta, c)
}
