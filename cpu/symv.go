package cpu

import (
	"unsafe"

	"github.com/weftgo/weft/fallback"
	"github.com/weftgo/weft/internal/op"
)

// A symmetric matrix is stored by half, and each element is read once: four
// rows at a time, from the diagonal to the edge of the matrix, give dot products
// to their elements of y, and as columns multiples to the others.
//
// Rows are cut into pieces, by the size of the matrix alone. Each piece sums
// what it gives in a vector of its own, and those are added to y in increasing
// order: workers share the pieces, and their number can't show.

const (
	// symvPiece is how many rows make a piece, as long as there are no more
	// than symvPieces.
	symvPiece  = 256
	symvPieces = 16
	// symvColumns is how many columns a kernel takes at a time.
	symvColumns = 2048
)

// symv is one symmetric product in progress.
type symv[T op.Float] struct {
	l      *loops[T]
	p      op.Symv[T]
	pieces int
	rows   int // in a piece
	part   []T // what each piece gives to all of y
}

func (l *loops[T]) symv(p *op.Symv[T]) {
	n := len(p.X)
	v := symv[T]{l: l, p: *p, pieces: min((n+symvPiece-1)/symvPiece, symvPieces)}
	v.rows = (n + v.pieces - 1) / v.pieces
	v.pieces = (n + v.rows - 1) / v.rows
	s := getScratch[T]()
	v.part = s.a.get(v.pieces * n)
	if w := share(p.Workers, n*n/2*op.Size[T]() >= minForkBytes); w > 1 && v.pieces > 1 {
		s.symv = v
		l.fork(w, v.pieces, v.work(), s, &s.symv)
		s.symv = symv[T]{}
	} else {
		for i := 0; i < v.pieces && !l.ctl.Stopped(); i++ {
			v.item(i)
			l.ctl.Did(v.work() / float64(v.pieces))
		}
	}
	for i := range v.pieces {
		lo, hi := v.extent(i)
		l.longAdd(p.Y[lo:hi], v.part[i*n+lo:i*n+hi])
	}
	putScratch(s)
}

// work returns the operations that the product counts for.
func (v *symv[T]) work() float64 { return 2 * float64(len(v.p.X)) * float64(len(v.p.X)) }

// longAdd adds x to y.
func (l *loops[T]) longAdd(y, x []T) { l.longVector(opAdd, 1, 0, y, y, x) }

// extent returns which elements of y a piece gives something to.
func (v *symv[T]) extent(i int) (lo, hi int) {
	n := len(v.p.X)
	if v.p.Upper {
		return i * v.rows, n
	}
	return 0, min((i+1)*v.rows, n)
}

// item does a piece, the ones with the longest rows first.
func (v *symv[T]) item(i int) {
	n := len(v.p.X)
	if !v.p.Upper {
		i = v.pieces - 1 - i
	}
	lo, hi := i*v.rows, min((i+1)*v.rows, n)
	y := v.part[i*n : (i+1)*n]
	from, to := v.extent(i)
	clear(y[from:to])
	// Groups of four rows; the short one of a piece lies where rows are short.
	r := lo
	if m := (hi - lo) % fallback.Rows; m > 0 && !v.p.Upper {
		v.group(r, m, y)
		r += m
	}
	for ; r+fallback.Rows <= hi; r += fallback.Rows {
		if v.l.ctl.Stopped() {
			return
		}
		v.group(r, fallback.Rows, y)
	}
	if r < hi {
		v.group(r, hi-r, y)
	}
}

// group adds what m ≤ 4 rows from row i on give to y.
func (v *symv[T]) group(i, m int, y []T) {
	x, a, ld := v.p.X, v.p.A.Data, v.p.A.RowStride
	lo, hi := 0, i
	if v.p.Upper {
		lo, hi = i+m, len(x)
	}
	var f, sum [fallback.Rows]T
	for r := range m {
		f[r] = v.p.Alpha * x[i+r]
	}
	for ; lo < hi; lo += symvColumns {
		n := min(symvColumns, hi-lo)
		if m == fallback.Rows {
			v.columns(a[i*ld+lo:], &f, x[lo:lo+n], y[lo:lo+n], &sum)
			continue
		}
		// A short group takes its rows one by one.
		for r := range m {
			row := a[(i+r)*ld+lo:][:n]
			sum[r] += v.l.set.Dot(&row[0], &x[lo], n)
			v.l.set.Axpy(f[r], &row[0], &y[lo], n)
		}
	}
	// The corner on the diagonal; products are rounded before they are added.
	for r := range m {
		row, s := a[(i+r)*ld+i:], sum[r]
		from, to := 0, r
		if v.p.Upper {
			from, to = r+1, m
		}
		for j := from; j < to; j++ {
			s += T(row[j] * x[i+j])
			y[i+j] += T(f[r] * row[j])
		}
		s += T(row[r] * x[i+r])
		y[i+r] += T(v.p.Alpha * s)
	}
}

// columns does some columns of four rows. It is a call of its own, with a stack
// check, since assembly can't be preempted.
//
//go:noinline
func (v *symv[T]) columns(a []T, f *[fallback.Rows]T, x, y []T, sum *[fallback.Rows]T) {
	var out [fallback.Rows]T
	d := unsafe.Slice(op.Hide(&out[0]), len(out))
	v.l.set.SymvRows(&a[0], v.p.A.RowStride, op.Hide(&f[0]), &x[0], &y[0], len(x), &d[0])
	for r := range sum {
		sum[r] += d[r]
	}
}
