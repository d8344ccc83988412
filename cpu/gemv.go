package cpu

import (
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// A matrix-vector product with A as it is stored is a dot product for each
// row, y[i] = fma(alpha, Dot(A[i], x), start). With A transposed it is a sum
// of the stored rows, y[j] = fma(alpha*x[k], A[k][j], …) in increasing k. Both
// read A once, row by row.

// gemv is one matrix-vector product on contiguous vectors.
type gemv[T op.Float] struct {
	l       *loops[T]
	alpha   T
	beta    T
	rows, n int // of A as stored
	a       []T
	lda     int
	x, y    []T
	per     int
	trans   bool
}

func (l *loops[T]) gemv(p *op.Gemv[T]) {
	single := p.Y.N == 1 && p.A.ColStride != 1
	scaled := p.A.ColStride != 1 && p.Alpha != 1
	if p.X.Inc == 1 && p.Y.Inc == 1 && !single && !scaled {
		l.gemvUnit(p)
		return
	}
	s := getScratch[T]()
	q := *p
	if single {
		// A single element is a dot product however A is stored.
		row := op.Vector[T]{N: p.X.N, Data: p.A.Data, Inc: p.A.ColStride}
		q.A.Data, q.A.ColStride = l.gather(s.b.get(p.X.N), row), 1
	}
	if p.X.Inc != 1 {
		q.X = op.Vector[T]{N: p.X.N, Data: l.gather(s.a.get(p.X.N), p.X), Inc: 1}
	}
	if scaled && !single {
		b := s.a.get(p.X.N) // in place, if it was gathered
		l.longVector(opScale, 1, p.Alpha, b, q.X.Data[:p.X.N], nil)
		q.Alpha, q.X.Data = 1, b
	}
	if p.Y.Inc != 1 {
		q.Y = op.Vector[T]{N: p.Y.N, Data: s.c.get(p.Y.N), Inc: 1}
		if p.Beta != 0 {
			l.gather(q.Y.Data, p.Y)
		}
	}
	l.gemvUnit(&q)
	if p.Y.Inc != 1 {
		for i, v := range q.Y.Data {
			p.Y.Data[i*p.Y.Inc] = v
		}
	}
	putScratch(s)
}

// gemvUnit is gemv on contiguous vectors, with Alpha = 1 if A is transposed.
func (l *loops[T]) gemvUnit(p *op.Gemv[T]) {
	g := gemv[T]{
		l: l, alpha: p.Alpha, beta: p.Beta, trans: p.A.ColStride != 1,
		rows: p.A.Rows, n: p.A.Cols, a: p.A.Data, lda: p.A.RowStride,
		x: p.X.Data[:p.X.N], y: p.Y.Data[:p.Y.N],
	}
	if g.trans {
		g.rows, g.n, g.lda = p.A.Cols, p.A.Rows, p.A.ColStride
	}
	w := share(p.Workers, g.rows*g.n*op.Size[T]() >= minForkBytes)
	items := 1
	if g.trans {
		// Runs of whole pages of A's rows, if there are workers to share them,
		// and of whole cache lines: no two workers write to one.
		page, line := 4096/op.Size[T](), 64/op.Size[T]()
		g.per = gemvColumns
		if w > 1 {
			g.per = min(max((g.n+2*w-1)/(2*w), page), gemvColumns)
		}
		g.per = (g.per + line - 1) / line * line
		items = (g.n + g.per - 1) / g.per
	} else {
		g.per = g.rows
		if w > 1 {
			g.per = max(1, min((g.rows+8*w-1)/(8*w), op.Chunk[T]()/g.n))
			items = (g.rows + g.per - 1) / g.per
		}
	}
	if w > 1 {
		s := getScratch[T]()
		s.gemv = g
		l.fork(w, items, g.work(), s, &s.gemv)
		s.gemv = gemv[T]{}
		putScratch(s)
		return
	}
	for i := 0; i < items && !l.ctl.Stopped(); i++ {
		g.item(i)
		l.ctl.Did(g.work() / float64(items))
	}
}

// work returns the operations that the product counts for. Long dot products
// count for themselves.
func (g *gemv[T]) work() float64 {
	if !g.trans && g.n > op.Chunk[T]() {
		return 0
	}
	return 2 * float64(g.rows) * float64(g.n)
}

// shortGemv is gemv on contiguous vectors, without the detour: on one worker and
// a matrix of m×n as it is stored.
func (l *loops[T]) shortGemv(trans bool, alpha T, a *T, m, n, lda int, x *T, beta T, y *T) {
	g := gemv[T]{
		l: l, alpha: alpha, beta: beta, trans: trans, rows: m, n: n,
		a: unsafe.Slice(a, (m-1)*lda+n), lda: lda,
	}
	switch {
	case !trans:
		g.x, g.y = unsafe.Slice(x, n), unsafe.Slice(y, m)
		g.dots(0, m)
	case n == 1:
		l.gemv(&op.Gemv[T]{
			Workers: 1, Alpha: alpha, Beta: beta,
			A: op.View[T]{Data: g.a, Rows: 1, Cols: m, RowStride: 1, ColStride: lda},
			X: op.Vector[T]{N: m, Data: unsafe.Slice(x, m), Inc: 1}, Y: op.Vector[T]{N: 1, Data: unsafe.Slice(y, 1), Inc: 1},
		})
	default:
		g.x, g.y = unsafe.Slice(x, m), unsafe.Slice(y, n)
		if alpha == 1 {
			g.allColumns()
		} else {
			g.scaledColumns()
		}
	}
}

// allColumns does a product with A transposed, on one worker.
func (g *gemv[T]) allColumns() {
	for lo := 0; lo < g.n && !g.l.ctl.Stopped(); lo += gemvColumns {
		g.columns(lo, min(lo+gemvColumns, g.n))
	}
}

// scaledColumns does one with x times alpha, of which it keeps a few at a time.
func (g *gemv[T]) scaledColumns() {
	var some [dotsAtOnce]T
	d := unsafe.Slice(op.Hide(&some[0]), len(some))
	x, a, m := g.x, g.a, g.rows
	for k := 0; k < m; k += len(d) {
		g.rows = min(len(d), m-k)
		g.x, g.a = d[:g.rows], a[k*g.lda:]
		g.l.set.Scale(g.alpha, &x[k], &d[0], g.rows)
		g.allColumns()
		g.beta = 1
	}
}

// gemvColumns is the most columns that a transposed product does at a time:
// that part of y stays in the first-level cache while rows of A stream by.
const gemvColumns = 8192

// gather copies v to dst, side by side.
func (l *loops[T]) gather(dst []T, v op.Vector[T]) []T {
	for lo := 0; lo < len(dst) && !l.ctl.Stopped(); lo += op.Chunk[T]() {
		for i := lo; i < min(lo+op.Chunk[T](), len(dst)); i++ {
			dst[i] = v.Data[i*v.Inc]
		}
	}
	return dst
}

func (g *gemv[T]) item(i int) {
	if g.trans {
		g.columns(i*g.per, min((i+1)*g.per, g.n))
	} else {
		g.dots(i*g.per, min((i+1)*g.per, g.rows))
	}
}

// dotsAtOnce is how many numbers of a product, dot products or factors, wait on
// the stack for the rest of it.
const dotsAtOnce = 32

// dots does rows lo to hi-1 of a product with A as stored: the dot products of
// some rows, then y = fma(alpha, dots, start) for all of them at once.
func (g *gemv[T]) dots(lo, hi int) {
	s := &g.l.set
	var some [dotsAtOnce]T
	d := unsafe.Slice(op.Hide(&some[0]), len(some))
	if g.l.ctl != nil {
		d = d[:min(max(op.Chunk[T]()/g.n, 1), len(d))]
	}
	for i := lo; i < hi && !g.l.ctl.Stopped(); i += len(d) {
		rows := min(len(d), hi-i)
		g.dotRows(i, d[:rows])
		y := g.y[i : i+rows]
		g.start(y)
		s.Axpy(g.alpha, &d[0], &y[0], rows)
	}
}

// dotRows sets d to the dot products of x and rows i and following.
func (g *gemv[T]) dotRows(i int, d []T) {
	s := &g.l.set
	if s.DotRowsLen == 0 || len(d) < s.DotRowsLen || g.n > op.Chunk[T]() {
		for r := range d {
			d[r] = g.dot(g.a[(i+r)*g.lda:][:g.n])
		}
		return
	}
	if g.n <= op.Lanes[T]() {
		s.DotRowsShort(len(d), &g.a[i*g.lda], g.lda, &g.x[0], g.n, &d[0])
		return
	}
	// As many rows at a time as have the elements of a chunk.
	rows := max(op.Chunk[T]()/g.n, s.DotRowsLen)
	for len(d) >= rows+s.DotRowsLen {
		g.someRows(i, d[:rows])
		i, d = i+rows, d[rows:]
	}
	g.someRows(i, d)
}

//go:noinline
func (g *gemv[T]) someRows(i int, d []T) {
	g.l.set.DotRows(len(d), &g.a[i*g.lda], g.lda, &g.x[0], g.n, &d[0])
}

//go:noinline
func (g *gemv[T]) dot(row []T) T { return g.l.dot(1, row, g.x) }

// start sets y to what chains start from: beta*y, or zero if beta is.
func (g *gemv[T]) start(y []T) {
	switch g.beta {
	case 0:
		clear(y)
	case 1:
	default:
		g.l.set.Scale(g.beta, &y[0], &y[0], len(y))
	}
}

// columns does columns lo to hi-1 of a product with A transposed.
func (g *gemv[T]) columns(lo, hi int) {
	s, y := &g.l.set, g.y[lo:hi]
	g.start(y)
	k := 0
	if len(y) <= 2*s.AxpyRowsShortMax {
		rows := op.ShortRows
		if len(y) > s.AxpyRowsShortMax {
			rows = 32 // both calls find them in the first-level cache
		}
		for ; k < g.rows && !g.l.ctl.Stopped(); k += rows {
			g.axpyShort(k, min(rows, g.rows-k), lo, y)
		}
		return
	}
	for ; k+s.AxpyRowsLen <= g.rows && !g.l.ctl.Stopped(); k += s.AxpyRowsLen {
		g.axpyRows(k, lo, y)
	}
	for ; k < g.rows && !g.l.ctl.Stopped(); k++ {
		s.Axpy(g.x[k], &g.a[k*g.lda+lo], &y[0], len(y))
	}
}

// axpyShort does rows k and following for so few columns that y stays in
// registers, in one or two calls.
//
//go:noinline
func (g *gemv[T]) axpyShort(k, rows, lo int, y []T) {
	s := &g.l.set
	for len(y) > 0 {
		n := min(len(y), s.AxpyRowsShortMax)
		s.AxpyRowsShort(&g.x[k], rows, &g.a[k*g.lda+lo], g.lda, &y[0], n)
		lo, y = lo+n, y[n:]
	}
}

//go:noinline
func (g *gemv[T]) axpyRows(k, lo int, y []T) {
	g.l.set.AxpyRows(&g.x[k], &g.a[k*g.lda+lo], g.lda, &y[0], len(y))
}

// ger is one rank-one update, row by row: a[i][j] = fma(alpha*x[i], y[j], a[i][j]).
type ger[T op.Float] struct {
	l     *loops[T]
	alpha T
	x, y  []T
	a     op.View[T]
	per   int
}

func (l *loops[T]) ger(p *op.Ger[T]) {
	g := ger[T]{l: l, alpha: p.Alpha, x: p.X, y: p.Y, a: p.A, per: len(p.X)}
	w := share(p.Workers, 2*len(g.x)*len(g.y)*op.Size[T]() >= minForkBytes)
	if w == 1 {
		g.item(0)
		l.ctl.Did(g.work())
		return
	}
	s := getScratch[T]()
	g.per = (len(g.x) + 8*w - 1) / (8 * w)
	s.ger = g
	l.fork(w, (len(g.x)+g.per-1)/g.per, g.work(), s, &s.ger)
	s.ger = ger[T]{}
	putScratch(s)
}

// work returns the operations that the update counts for. Long rows count for
// themselves.
func (g *ger[T]) work() float64 {
	if len(g.y) > op.Chunk[T]() {
		return 0
	}
	return 2 * float64(len(g.x)) * float64(len(g.y))
}

func (g *ger[T]) item(i int) {
	chunk := op.Chunk[T]()
	if len(g.y) > chunk {
		for r := i * g.per; r < min((i+1)*g.per, len(g.x)); r++ {
			g.l.axpy(1, g.alpha*g.x[r], g.y, g.a.Data[r*g.a.RowStride:][:len(g.y)])
		}
		return
	}
	// As many rows at a time as have the elements of a chunk.
	rows := min(chunk/len(g.y), op.ShortRows)
	for lo, hi := i*g.per, min((i+1)*g.per, len(g.x)); lo < hi && !g.l.ctl.Stopped(); lo += rows {
		g.rows(lo, min(rows, hi-lo))
	}
}

//go:noinline
func (g *ger[T]) rows(r, n int) {
	g.l.set.Ger(g.alpha, &g.x[r], n, &g.y[0], len(g.y), &g.a.Data[r*g.a.RowStride], g.a.RowStride)
}
