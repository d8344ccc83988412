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
	// A product of 8×8 takes 20 nanoseconds, so the problem is built in place,
	// word by word, and the checks pass in a straight line.
	var p op.Gemm[T]
	p.A.Data, p.B.Data, p.C.Data = held(a.Data), held(b.Data), held(c.Data)
	setShape(&p.A, &a, tA)
	setShape(&p.B, &b, tB)
	setShape(&p.C, &c, NoTrans)
	m, n, k := p.C.Rows, p.C.Cols, p.A.Cols
	if !fits(&a) || !fits(&b) || !fits(&c) || p.A.Rows != m || p.B.Rows != k || p.B.Cols != n ||
		tA != NoTrans && tA != Trans || tB != NoTrans && tB != Trans {
		badGemm(tA, tB, &a, &b, &c)
	}
	if m == 0 || n == 0 {
		return
	}
	if near(&c, &a) || near(&c, &b) {
		noOverlapMatrix("Gemm", "c", &c, "a", &a)
		noOverlapMatrix("Gemm", "c", &c, "b", &b)
	}
	if alpha == 0 || k == 0 || m == 1 || n == 1 {
		e.thinGemm(tA, tB, alpha, &a, &b, beta, &c)
		return
	}
	if raceEnabled {
		readsMatrix(a)
		readsMatrix(b)
		writesMatrix(c)
	}
	p.Workers, p.Alpha, p.Beta = 1, alpha, beta
	if !small[T](m * n) {
		p.Workers = min(e.width(&a.Data[0], &b.Data[0]), e.width(&c.Data[0], &c.Data[0]))
	}
	e.table.Gemm(op.Hide(&p))
}

// setShape gives v the shape of op(m). It does not check, and leaves the data
// to its caller: a pointer stored through v would count as lost to the heap.
func setShape[T Float](v *op.View[T], m *Matrix[T], t Transpose) {
	if t == NoTrans {
		v.Rows, v.Cols, v.RowStride, v.ColStride = m.Rows, m.Cols, m.Stride, 1
	} else {
		v.Rows, v.Cols, v.RowStride, v.ColStride = m.Cols, m.Rows, 1, m.Stride
	}
}

// thinGemm is Gemm on checked arguments where nothing is to be added, or C has
// a single row or column.
func (e *Engine[T]) thinGemm(tA, tB Transpose, alpha T, a, b *Matrix[T], beta T, c *Matrix[T]) {
	va, vb, vc := view("Gemm", "tA", tA, "a", a), view("Gemm", "tB", tB, "b", b), view("Gemm", "", NoTrans, "c", c)
	switch {
	case alpha == 0 || va.Cols == 0:
		e.scaleRows(beta, vc)
	case vc.Cols == 1:
		e.gemv(alpha, va, column(vb), beta, column(vc))
	default:
		e.gemv(alpha, vb.T(), column(va.T()), beta, column(vc.T()))
	}
}

// badGemm panics with what is wrong with the arguments of Gemm.
func badGemm[T Float](tA, tB Transpose, a, b, c *Matrix[T]) {
	va := view("Gemm", "tA", tA, "a", a)
	vb := view("Gemm", "tB", tB, "b", b)
	vc := view("Gemm", "", NoTrans, "c", c)
	switch {
	case vb.Rows != va.Cols:
		mismatch("Gemm", "b", vb.Rows, "row", va.Cols, "columns of op(a)")
	case vc.Rows != va.Rows:
		mismatch("Gemm", "c", vc.Rows, "row", va.Rows, "rows of op(a)")
	default:
		mismatch("Gemm", "c", vc.Cols, "column", vb.Cols, "columns of op(b)")
	}
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
	e.table.ScaleRows(w, beta, hideView(c))
}
