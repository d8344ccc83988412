package cpu

import (
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// A complex product is a real one. With the elements of C and A as they lie,
// real and imaginary parts in turn, and with each element x+iy of alpha*op(B)
// as the block
//
//	⎡ x  y⎤
//	⎣-y  x⎦
//
// C = A*B + C is a product of m×2k and 2k×2n real numbers, and takes no more
// arithmetic than the complex one: the parts of an element of C are the chains
//
//	re = … fma(a.im, -b.im, fma(a.re, b.re, re)),
//	im = … fma(a.im,  b.re, fma(a.re, b.im, im)).
//
// The blocks come into being where B is packed, and a transposed A is packed
// by rows; all else is the real product.

// complexFactors is what a product in progress knows of a complex one.
type complexFactors[T op.Float] struct {
	is             bool
	transA, transB bool
	conjA, conjB   bool
	re, im         T // alpha
}

func (l *loops[T]) gemmComplex(p *op.GemmComplex[T]) {
	if p.Beta[1] != 0 {
		for i := range p.C.Rows {
			if l.ctl.Stopped() {
				return
			}
			l.scalComplex(p.Beta[0], p.Beta[1], p.C.Data[2*i*p.C.RowStride:][:2*p.C.Cols])
		}
		p.Beta = [2]T{1, 0}
	}
	// Views of the real product. In a transposed matrix the steps of k are
	// parts, whose mean distance is half of that of elements: offsets to even
	// ones are right, and what is packed takes no others.
	m, n, k := p.C.Rows, p.C.Cols, p.A.Cols
	real := op.Gemm[T]{
		Workers: p.Workers, Alpha: 1, Beta: p.Beta[0],
		A: op.View[T]{Data: p.A.Data, Rows: m, Cols: 2 * k, RowStride: 2 * p.A.RowStride, ColStride: 1},
		B: op.View[T]{Data: p.B.Data, Rows: 2 * k, Cols: 2 * n, RowStride: p.B.RowStride, ColStride: 1},
		C: op.View[T]{Data: p.C.Data, Rows: m, Cols: 2 * n, RowStride: 2 * p.C.RowStride, ColStride: 1},
	}
	c := complexFactors[T]{
		is: true, re: p.Alpha[0], im: p.Alpha[1], conjA: p.ConjA, conjB: p.ConjB,
		transA: p.ConjA || p.A.ColStride != 1, transB: p.ConjB || p.B.ColStride != 1,
	}
	if c.transA {
		real.A.RowStride, real.A.ColStride = 2, p.A.ColStride
	}
	if c.transB {
		real.B.RowStride, real.B.ColStride = 1, p.B.ColStride
	}
	g := gemm[T]{l: l, p: real, plan: l.plan(&real, &c), complex: c}
	work := int64(m) * int64(2*n) * int64(2*k)
	g.blocked(share(p.Workers, work >= l.set.Gemm.MinFork))
}

// packComplex packs a panel of cols columns, real ones, from src.
func (g *gemm[T]) packComplex(dst, src []T, cols int) {
	s, b, c := &g.l.set.Gemm, &g.p.B, &g.complex
	k, by := g.steps/2, 2*b.RowStride
	if c.transB {
		by = 2 * b.ColStride
	}
	if cols < s.NR || c.re != 1 || c.im != 0 {
		// The last panel is filled up. alpha is multiplied in, by lines of src:
		// conj(alpha) if they are conjugated afterwards.
		lines, n := k, cols
		if c.transB {
			lines, n = cols/2, g.steps
		}
		sc := getScratch[T]()
		defer putScratch(sc)
		pitch := max(n, s.NR)
		t := sc.a.get(max(lines, s.NR/2) * pitch)
		for i := range lines {
			line := t[i*pitch:][:n]
			switch im := c.im; {
			case c.re == 1 && im == 0:
				copy(line, src[i*by:])
			case c.conjB:
				g.l.scaleComplex(c.re, -im, src[i*by:][:n], line)
			default:
				g.l.scaleComplex(c.re, im, src[i*by:][:n], line)
			}
		}
		src, by = t, pitch
	}
	if c.transB {
		s.PackComplexTrans(k, &src[0], by, &dst[0], c.conjB)
	} else {
		s.PackComplex(k, &src[0], by, &dst[0])
	}
}

// Vectors of pairs go by chunks, each a call of its own with a stack check.

// scaleComplex sets dst to re+i*im times x; a real factor multiplies each part.
func (l *loops[T]) scaleComplex(re, im T, x, dst []T) {
	for len(x) > 0 && !l.ctl.Stopped() {
		n := min(len(x), op.Chunk[T]())
		l.scaleComplexChunk(re, im, x[:n], dst[:n])
		x, dst = x[n:], dst[n:]
	}
}

//go:noinline
func (l *loops[T]) scaleComplexChunk(re, im T, x, dst []T) {
	if im == 0 {
		l.set.Scale(re, &x[0], &dst[0], len(x))
	} else {
		l.set.ScaleComplex(re, im, &x[0], &dst[0], len(x)/2)
	}
}

func (l *loops[T]) scalComplex(re, im T, x []T) { l.scaleComplex(re, im, x, x) }

func (l *loops[T]) axpyComplex(re, im T, x, y []T) {
	for len(x) > 0 && !l.ctl.Stopped() {
		n := min(len(x), op.Chunk[T]())
		l.axpyComplexChunk(re, im, x[:n], y[:n])
		x, y = x[n:], y[n:]
	}
}

//go:noinline
func (l *loops[T]) axpyComplexChunk(re, im T, x, y []T) {
	l.set.AxpyComplex(re, im, &x[0], &y[0], len(x)/2)
}

// dotComplex returns the four sums of fallback.DotComplex, over chunks that are
// joined as those of a real reduction.
func (l *loops[T]) dotComplex(x, y []T) [4]T {
	n := op.Chunk[T]()
	if len(x) <= n {
		return l.dotComplexChunk(x, y)
	}
	var t [4]pairwise[T]
	for len(x) > 0 && (t[0].n == 0 || !l.ctl.Stopped()) {
		n := min(len(x), n)
		for i, v := range l.dotComplexChunk(x[:n], y[:n]) {
			t[i].add(v)
		}
		x, y = x[n:], y[n:]
	}
	return [4]T{t[0].total(), t[1].total(), t[2].total(), t[3].total()}
}

//go:noinline
func (l *loops[T]) dotComplexChunk(x, y []T) [4]T {
	var out [4]T
	d := unsafe.Slice(op.Hide(&out[0]), len(out))
	l.set.DotComplex(&x[0], &y[0], len(x)/2, &d[0])
	return out
}

// iamaxComplex returns the index of the first number with a NaN or, if there is
// none, of the first whose |re| + |im| no other exceeds.
func (l *loops[T]) iamaxComplex(x []T) int {
	s := getScratch[T]()
	best, at := T(-1), 0
	for lo := 0; lo < len(x) && !l.ctl.Stopped(); lo += op.Chunk[T]() {
		d := s.a.get(min(len(x)-lo, op.Chunk[T]()) / 2)
		if m, nan := l.absMaxChunk(x[lo:], d); nan {
			at = lo/2 + l.set.IndexNaN(&d[0], len(d))
			break
		} else if m > best {
			best, at = m, lo/2+l.set.IndexEq(&d[0], len(d), m)
		}
	}
	putScratch(s)
	return at
}

// absMaxChunk sets d to |re| + |im| of as many numbers, and returns the largest
// and whether there is a NaN.
//
//go:noinline
func (l *loops[T]) absMaxChunk(x, d []T) (T, bool) {
	l.set.AbsSum(&x[0], len(d), &d[0])
	m, suspect := l.set.Max(&d[0], len(d))
	return m, suspect && l.set.IndexNaN(&d[0], len(d)) < len(d)
}

// gemvComplex is one complex matrix-vector product in progress. An item is some
// rows of A as it is stored, or some columns of a transposed one.
type gemvComplex[T op.Float] struct {
	l    *loops[T]
	p    op.GemvComplex[T]
	x    []T // if A is transposed, times alpha
	per  int
	rows int // of A as stored
	cols int
	lda  int
}

func (l *loops[T]) gemvComplex(p *op.GemvComplex[T]) {
	g := gemvComplex[T]{l: l, p: *p, x: p.X, rows: p.A.Rows, cols: p.A.Cols, lda: p.A.RowStride}
	items := g.rows
	if p.Trans {
		g.rows, g.cols, g.lda = p.A.Cols, p.A.Rows, p.A.ColStride
		items = g.cols
	}
	s := getScratch[T]()
	if p.Trans && p.Alpha != [2]T{1, 0} {
		g.x = s.a.get(len(p.X))
		l.scaleComplex(p.Alpha[0], p.Alpha[1], p.X, g.x)
	}
	w := share(p.Workers, 2*g.rows*g.cols*op.Size[T]() >= minForkBytes)
	g.per = items
	if w > 1 {
		// Whole cache lines: no two workers write to one.
		g.per = (max((items+4*w-1)/(4*w), 1) + 31) / 32 * 32
	}
	if p.Trans {
		g.per = min(g.per, gemvColumns/2)
	}
	items = (items + g.per - 1) / g.per
	if w > 1 {
		s.gemvComplex = g
		l.fork(w, items, g.work(), s, &s.gemvComplex)
		s.gemvComplex = gemvComplex[T]{}
	} else {
		for i := 0; i < items && !l.ctl.Stopped(); i++ {
			g.item(i)
			l.ctl.Did(g.work() / float64(items))
		}
	}
	putScratch(s)
}

// work returns the operations that the product counts for.
func (g *gemvComplex[T]) work() float64 { return 8 * float64(g.rows) * float64(g.cols) }

func (g *gemvComplex[T]) item(i int) {
	if g.p.Trans {
		g.columns(i*g.per, min((i+1)*g.per, g.cols))
	} else {
		g.dots(i*g.per, min((i+1)*g.per, g.rows))
	}
}

// dots adds alpha times the dot products of x and rows lo to hi-1 to y.
func (g *gemvComplex[T]) dots(lo, hi int) {
	for i := lo; i < hi && !g.l.ctl.Stopped(); i++ {
		d := g.l.dotComplex(g.p.A.Data[2*i*g.lda:][:2*g.cols], g.x)
		one := [2]T{d[0] - d[1], d[2] + d[3]}
		g.l.set.AxpyComplex(g.p.Alpha[0], g.p.Alpha[1], op.Hide(&one[0]), &g.p.Y[2*i], 1)
	}
}

// columns adds the multiples of all rows to columns lo to hi-1 of y. For the
// conjugate of A that is the conjugate of what conjugate multiples add to the
// conjugate of y.
func (g *gemvComplex[T]) columns(lo, hi int) {
	y := g.p.Y[2*lo : 2*hi]
	if g.p.Conj {
		conjugate(y)
	}
	for k := range g.rows {
		if g.l.ctl.Stopped() {
			break
		}
		im := g.x[2*k+1]
		if g.p.Conj {
			im = -im
		}
		g.l.axpyComplexChunk(g.x[2*k], im, g.p.A.Data[2*(k*g.lda+lo):][:len(y)], y)
	}
	if g.p.Conj {
		conjugate(y)
	}
}

// gerComplex is one rank-one update, row by row.
type gerComplex[T op.Float] struct {
	l   *loops[T]
	p   op.GerComplex[T]
	x   []T // times alpha
	per int // rows in an item
}

func (l *loops[T]) gerComplex(p *op.GerComplex[T]) {
	s := getScratch[T]()
	g := gerComplex[T]{l: l, p: *p, x: p.X, per: p.A.Rows}
	if p.Alpha != [2]T{1, 0} {
		g.x = s.a.get(len(p.X))
		l.scaleComplex(p.Alpha[0], p.Alpha[1], p.X, g.x)
	}
	if w := share(p.Workers, 4*p.A.Rows*p.A.Cols*op.Size[T]() >= minForkBytes); w > 1 {
		g.per = (p.A.Rows + 8*w - 1) / (8 * w)
		s.gerComplex = g
		l.fork(w, (p.A.Rows+g.per-1)/g.per, g.work(), s, &s.gerComplex)
		s.gerComplex = gerComplex[T]{}
	} else {
		g.item(0)
		l.ctl.Did(g.work())
	}
	putScratch(s)
}

// work returns the operations that the update counts for.
func (g *gerComplex[T]) work() float64 { return 8 * float64(g.p.A.Rows) * float64(g.p.A.Cols) }

func (g *gerComplex[T]) item(i int) {
	for r := i * g.per; r < min((i+1)*g.per, g.p.A.Rows) && !g.l.ctl.Stopped(); r++ {
		g.l.axpyComplex(g.x[2*r], g.x[2*r+1], g.p.Y, g.p.A.Data[2*r*g.p.A.RowStride:][:len(g.p.Y)])
	}
}

func conjugate[T op.Float](x []T) {
	for i := 1; i < len(x); i += 2 {
		x[i] = -x[i]
	}
}
