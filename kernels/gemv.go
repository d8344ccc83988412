package kernels

import "github.com/weftgo/weft/internal/op"

// Gemv computes a matrix-vector product, y = alpha*op(A)*x + beta*y, where
// op(A) is A or Aᵀ as tA says. For op(A) of m×n, x has n elements and y has m.
//
// With alpha = 0, A and x are not read; with beta = 0, y is not read. It
// panics with a [*ShapeError] if shapes don't fit or y overlaps A or x.
//
// As stored, each element is a dot product, fma(alpha, Dot(A[i], x), beta*y[i]);
// transposed, it is a chain of fused multiply-adds in increasing order of the
// rows of A, starting from beta*y[j], with alpha multiplied into x. A single
// element is always a dot product. Error: Higham's bound for n terms, as for
// [Gemm]. The bits are the same on every backend (docs/numerics.md, Gemv).
func Gemv[T Float](tA Transpose, alpha T, a Matrix[T], x []T, beta T, y []T) {
	def[T]().Gemv(tA, alpha, a, x, beta, y)
}

// Gemv is [Gemv] on this engine.
func (e *Engine[T]) Gemv(tA Transpose, alpha T, a Matrix[T], x []T, beta T, y []T) {
	// A product with 16×16 takes 30 nanoseconds, so the checks pass in a
	// straight line.
	m, n := a.Rows, a.Cols
	trans := tA != NoTrans
	if trans {
		m, n = n, m
	}
	if !fits(&a) || len(x) != n || len(y) != m || trans && tA != Trans {
		badGemv(tA, &a, x, y)
	}
	if m == 0 {
		return
	}
	if n > 0 {
		extent := (a.Rows-1)*a.Stride + a.Cols
		if !apart(&y[0], m, &a.Data[0], extent) || !apart(&y[0], m, &x[0], n) {
			noOverlap("Gemv", "y", y, "x", x, false)
			noOverlapMatrix("Gemv", "y", rowOf(y), "a", &a)
		}
	}
	if n == 0 || alpha == 0 {
		e.scaleRows(beta, op.View[T]{Data: y, Rows: m, Cols: 1, RowStride: 1, ColStride: 1})
		return
	}
	if a.Rows <= op.ShortRows && m*n <= op.Chunk[T]() {
		if raceEnabled {
			readsMatrix(a)
			reads(x)
			writes(y)
		}
		px, py := hide2(&x[0], &y[0])
		e.table.Short.Gemv(trans, alpha, hide(&a.Data[0]), a.Rows, a.Cols, a.Stride, px, beta, py)
		return
	}
	v := view("Gemv", "tA", tA, "a", &a)
	e.gemv(alpha, v, op.Vector[T]{N: n, Data: x, Inc: 1}, beta, op.Vector[T]{N: m, Data: y, Inc: 1})
}

// badGemv panics with what is wrong with the arguments of Gemv.
func badGemv[T Float](tA Transpose, a *Matrix[T], x, y []T) {
	v := view("Gemv", "tA", tA, "a", a)
	if len(x) != v.Cols {
		mismatch("Gemv", "x", len(x), "element", v.Cols, "columns of op(a)")
	}
	mismatch("Gemv", "y", len(y), "element", v.Rows, "rows of op(a)")
}

// gemv is Gemv on checked arguments, y not empty.
func (e *Engine[T]) gemv(alpha T, a op.View[T], x op.Vector[T], beta T, y op.Vector[T]) {
	if alpha == 0 || a.Cols == 0 {
		e.scaleRows(beta, op.View[T]{Data: y.Data, Rows: y.N, Cols: 1, RowStride: y.Inc, ColStride: 1})
		return
	}
	if raceEnabled {
		readsView(a)
		for i := range x.N {
			reads(x.Data[i*x.Inc:][:1])
		}
		for i := range y.N {
			writes(y.Data[i*y.Inc:][:1])
		}
	}
	w := 1
	if !small[T](a.Rows * a.Cols) {
		w = min(e.width(&a.Data[0], &x.Data[0]), e.width(&y.Data[0], &y.Data[0]))
	}
	a.Data, x.Data, y.Data = held(a.Data), held(x.Data), held(y.Data)
	p := op.Gemv[T]{Workers: w, Alpha: alpha, Beta: beta, A: a, X: x, Y: y}
	e.table.Gemv(op.Hide(&p))
}

// view returns op(m) as a view with one unit stride, after checking m and t.
func view[T Float](call, targ string, t Transpose, arg string, m *Matrix[T]) op.View[T] {
	if !fits(m) {
		unfit(call, arg, m)
	}
	switch t {
	case NoTrans:
		return op.View[T]{Data: m.Data, Rows: m.Rows, Cols: m.Cols, RowStride: m.Stride, ColStride: 1}
	case Trans:
		return op.View[T]{Data: m.Data, Rows: m.Cols, Cols: m.Rows, RowStride: 1, ColStride: m.Stride}
	}
	badTranspose(call, targ, t)
	panic("unreachable")
}

// Ger adds a rank-one product to A: A[i][j] = fma(alpha*x[i], y[j], A[i][j]).
// For A of m×n, x has m elements and y has n. With alpha = 0 nothing is read
// or written. It panics with a [*ShapeError] if shapes don't fit or A overlaps
// x or y. The bits are the same on every backend.
func Ger[T Float](alpha T, x, y []T, a Matrix[T]) { def[T]().Ger(alpha, x, y, a) }

// Ger is [Ger] on this engine.
func (e *Engine[T]) Ger(alpha T, x, y []T, a Matrix[T]) {
	if !fits(&a) || len(x) != a.Rows || len(y) != a.Cols {
		badGer(x, y, &a)
	}
	m, n := len(x), len(y)
	if m == 0 || n == 0 || alpha == 0 {
		return
	}
	if extent := (m-1)*a.Stride + n; !apart(&a.Data[0], extent, &x[0], m) || !apart(&a.Data[0], extent, &y[0], n) {
		noOverlapMatrix("Ger", "a", &a, "x", rowOf(x))
		noOverlapMatrix("Ger", "a", &a, "y", rowOf(y))
	}
	if raceEnabled {
		reads(x)
		reads(y)
		writesMatrix(a)
	}
	if m <= op.ShortRows && m*n <= op.Chunk[T]() {
		px, py := hide2(&x[0], &y[0])
		e.table.Short.Ger(alpha, px, m, py, n, hide(&a.Data[0]), a.Stride)
		return
	}
	w := min(e.width(&x[0], &y[0]), e.width(&a.Data[0], &a.Data[0]))
	p := op.Ger[T]{
		Workers: w, Alpha: alpha, X: held(x), Y: held(y),
		A: op.View[T]{Data: held(a.Data), Rows: m, Cols: n, RowStride: a.Stride, ColStride: 1},
	}
	e.table.Ger(op.Hide(&p))
}

// badGer panics with what is wrong with the arguments of Ger.
func badGer[T Float](x, y []T, a *Matrix[T]) {
	view("Ger", "", NoTrans, "a", a)
	if len(x) != a.Rows {
		mismatch("Ger", "x", len(x), "element", a.Rows, "rows of a")
	}
	mismatch("Ger", "y", len(y), "element", a.Cols, "columns of a")
}

// Symv adds the product of a symmetric matrix and a vector to y: y += alpha*A*x.
// Of A, which is square, only the upper triangle or, if upper is not set, the
// lower one is read, once. It panics with a [*ShapeError] if shapes don't fit or
// y overlaps A or x. With alpha = 0 nothing is read or written. The bits are the
// same on every backend (docs/numerics.md, Symv).
func (e *Engine[T]) Symv(upper bool, alpha T, a Matrix[T], x, y []T) {
	v := view("Symv", "", NoTrans, "a", &a)
	switch {
	case a.Rows != a.Cols:
		mismatch("Symv", "a", a.Rows, "row", a.Cols, "columns of a")
	case len(x) != a.Rows:
		mismatch("Symv", "x", len(x), "element", a.Rows, "rows of a")
	case len(y) != a.Rows:
		mismatch("Symv", "y", len(y), "element", a.Rows, "rows of a")
	case len(x) == 0 || alpha == 0:
		return
	}
	noOverlap("Symv", "y", y, "x", x, false)
	noOverlapMatrix("Symv", "y", rowOf(y), "a", &a)
	if raceEnabled {
		readsMatrix(a)
		reads(x)
		writes(y)
	}
	w := 1
	if !small[T](a.Rows * a.Cols) {
		w = min(e.width(&a.Data[0], &x[0]), e.width(&y[0], &y[0]))
	}
	v.Data = held(v.Data)
	p := op.Symv[T]{Workers: w, Upper: upper, Alpha: alpha, A: v, X: held(x), Y: held(y)}
	e.table.Symv(op.Hide(&p))
}

// rowOf returns x as a matrix of one row.
func rowOf[T Float](x []T) *Matrix[T] {
	return &Matrix[T]{Rows: 1, Cols: len(x), Data: x, Stride: len(x)}
}
