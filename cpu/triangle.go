package cpu

import (
	"github.com/weftgo/weft/fallback"
	"github.com/weftgo/weft/internal/op"
)

// A triangular block meets the columns of B in strips, which don't depend on
// each other and are shared by the workers. Within a strip all but the corners
// of four rows on the diagonal is products, by the micro-kernels of Gemm, on
// rows that lie in the first-level cache or close to it.

// triRows is how many rows are taken at a time. With two vectors of columns
// they are eight chains, which keep two FMA ports with a latency of four cycles
// busy. It is part of the definition of a result.
const triRows = 4

// triPanels is how many panels of columns make a strip: enough for the corner's
// short loops, and few enough for the rows to stay close.
const triPanels = 6

// tri is one call of a triangular block in progress.
type tri[T op.Float] struct {
	l     *loops[T]
	p     op.Tri[T]
	strip int // columns
}

func (l *loops[T]) tri(p *op.Tri[T]) {
	t := tri[T]{l: l, p: *p, strip: min(triPanels*l.set.Gemm.NR, p.B.Cols)}
	strips := (p.B.Cols + t.strip - 1) / t.strip
	w := share(p.Workers, int64(p.N)*int64(p.N)/2*int64(p.B.Cols) >= l.set.Gemm.MinFork)
	if w > 1 && strips > 1 {
		s := getScratch[T]()
		s.tri = t
		l.fork(w, strips, t.work(), s, &s.tri)
		s.tri = tri[T]{}
		putScratch(s)
		return
	}
	for i := 0; i < strips && !l.ctl.Stopped(); i++ {
		t.item(i)
		l.ctl.Did(t.work() / float64(strips))
	}
}

// work returns the operations that the block counts for.
func (t *tri[T]) work() float64 { return float64(t.p.N) * float64(t.p.N) * float64(t.p.B.Cols) }

// item does strip i, in place if its rows lie well: they are contiguous, and
// not so far apart that they share few places in the cache.
func (t *tri[T]) item(i int) {
	b, n, m := &t.p.B, min(t.strip, t.p.B.Cols-i*t.strip), t.p.N
	data := b.Data[i*t.strip*b.ColStride:]
	if b.ColStride == 1 && (m <= triRows || t.l.caches.fitting(b.RowStride*op.Size[T]()) >= m) {
		t.rows(data, b.RowStride, n)
		return
	}
	s := getScratch[T]()
	d := s.a.get(m * n)
	if b.ColStride == 1 {
		for r := range m {
			copy(d[r*n:][:n], data[r*b.RowStride:])
		}
		t.rows(d, n, n)
		for r := range m {
			copy(data[r*b.RowStride:][:n], d[r*n:])
		}
	} else {
		t.l.transpose(n, m, data, b.ColStride, d, n)
		t.rows(d, n, n)
		t.l.transpose(m, n, d, n, data, b.ColStride)
	}
	putScratch(s)
}

// transpose transposes any number of lines of n elements.
func (l *loops[T]) transpose(lines, n int, b []T, bs int, dst []T, ds int) {
	s := &l.set.Gemm
	whole := lines / s.TransposeUnit * s.TransposeUnit
	s.Transpose(whole, n, &b[0], bs, &dst[0], ds)
	if whole < lines {
		fallback.Transpose(lines-whole, n, &b[whole*bs], bs, &dst[whole], ds)
	}
}

// rows does n columns, whose rows start ldb apart.
func (t *tri[T]) rows(b []T, ldb, n int) {
	if t.p.Alpha != 1 {
		for r := range t.p.N {
			row := b[r*ldb:][:n]
			t.l.set.Scale(t.p.Alpha, &row[0], &row[0], n)
		}
	}
	groups := (t.p.N + triRows - 1) / triRows
	for g := range groups {
		if t.l.ctl.Stopped() {
			return
		}
		if t.p.Solve {
			// What is known is what lies behind.
			i, m, known, count := t.group(g)
			t.product(i, m, known, count, b, ldb, n)
			t.corner(i, m, b, ldb, n)
		} else {
			i, m, rest, count := t.group(groups - 1 - g)
			t.corner(i, m, b, ldb, n)
			t.product(i, m, rest, count, b, ldb, n)
		}
	}
}

// group returns the rows of group g, counted from the row that takes nothing
// from others, and those that they take from.
func (t *tri[T]) group(g int) (i, m, others, count int) {
	n := t.p.N
	if t.p.Lower {
		i = g * triRows
		return i, min(triRows, n-i), 0, i
	}
	end := n - g*triRows
	i = max(end-triRows, 0)
	return i, end - i, end, n - end
}

// product adds multiples of some rows to m rows from row i on.
func (t *tri[T]) product(i, m, others, count int, b []T, ldb, n int) {
	if count == 0 {
		return
	}
	blk := block[T]{
		a: t.p.Coef[i*t.p.N+others:], ars: t.p.N, acs: 1,
		b: b[others*ldb:], panel: 1, brs: ldb, c: b[i*ldb:], ldc: ldb, mode: modeAdd, ctl: t.l.ctl,
	}
	t.l.set.Gemm.tiles(&blk, m, n, count)
}

// corner does m rows from row i on among themselves.
//
//go:noinline
func (t *tri[T]) corner(i, m int, b []T, ldb, n int) {
	// Rows are counted from the one that takes nothing.
	first, step := i, 1
	if !t.p.Lower {
		first, step = i+m-1, -1
	}
	var c [triRows * triRows]T
	for r := range m {
		at := first + r*step
		for q := range r {
			c[triRows*r+q] = t.p.Coef[at*t.p.N+first+q*step]
		}
		c[triRows*r+r] = 1
		switch {
		case t.p.Diag == nil:
		case !t.p.Solve:
			c[triRows*r+r] = t.p.Diag[at]
		default:
			c[triRows*r+r] = t.p.Inv[at]
		}
	}
	set, row := &t.l.set, b[first*ldb:]
	switch {
	case m < triRows || t.p.Solve && c[0]*c[5]*c[10]*c[15] == 0:
		t.fewRows(m, &c, first, step, b, ldb, n)
	case t.p.Solve:
		set.TriSolve(op.Hide(&c[0]), &row[0], step*ldb, n)
	default:
		set.TriMul(op.Hide(&c[0]), &row[0], step*ldb, n)
	}
}

// fewRows is corner for fewer rows than a kernel takes, or for ones that are
// divided.
func (t *tri[T]) fewRows(m int, c *[triRows * triRows]T, first, step int, b []T, ldb, n int) {
	set := &t.l.set
	for k := range m {
		r := k
		if !t.p.Solve {
			r = m - 1 - k
		}
		d := c[triRows*r+r]
		to := b[(first+r*step)*ldb:][:n]
		if !t.p.Solve {
			set.Scale(d, &to[0], &to[0], n)
		}
		for q := range r {
			set.Axpy(c[triRows*r+q], &b[(first+q*step)*ldb], &to[0], n)
		}
		switch {
		case !t.p.Solve:
		case d != 0:
			set.Scale(d, &to[0], &to[0], n)
		default:
			for j := range to {
				to[j] /= t.p.Diag[first+r*step]
			}
		}
	}
}
