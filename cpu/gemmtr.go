package cpu

import "github.com/weftgo/weft/internal/op"

// A product of which one triangle is wanted, as in Syrk, is the same loops.
// Tiles beyond the diagonal are left out, and those that it crosses are
// computed in a tile of their own, of which the wanted part is copied.

// part says what of a C is computed.
type part uint8

const (
	whole part = iota
	lower      // on and below the diagonal
	upper      // on and above it
)

func (l *loops[T]) gemmtr(p *op.Gemmtr[T]) {
	g := gemm[T]{l: l, p: p.Gemm, plan: l.plan(&p.Gemm, &complexFactors[T]{}), part: lower}
	if p.Upper {
		g.part = upper
	}
	work := int64(p.C.Rows) * int64(p.C.Cols) * int64(p.A.Cols) / 2
	g.blocked(share(p.Workers, work >= l.set.Gemm.MinFork))
}

// edgeSize is how many elements the largest tile has.
func (s *GemmSet[T]) edgeSize() int {
	return max(len(s.Wide), len(s.Narrow), len(s.NarrowEdge)) * s.NR
}

// triangle computes the wanted tiles of one panel, of cols columns from j on.
func (s *GemmSet[T]) triangle(b *block[T], kernels []Tile[T], j, cols, m, k int) {
	// Rows from first on have the panel's first column, those to last its last.
	first, last := min(max(j-b.diagonal, 0), m), min(max(j+cols-b.diagonal, 0), m)
	if b.part == lower {
		s.crossed(b, kernels, j, cols, first, last, k)
		s.rows(b, kernels, j, cols, last, m, k)
	} else {
		s.rows(b, kernels, j, cols, 0, first, k)
		s.crossed(b, kernels, j, cols, first, last, k)
	}
}

// rows computes rows lo to hi-1 of a panel, all of them.
func (s *GemmSet[T]) rows(b *block[T], kernels []Tile[T], j, cols, lo, hi, k int) {
	if lo < hi {
		some := *b
		some.a, some.c = b.a[lo*b.ars:], b.c[lo*b.ldc:]
		if b.ctl == nil {
			s.column(&some, kernels, j, cols, hi-lo, k)
		} else {
			s.pieces(&some, kernels, j, cols, hi-lo, k)
		}
	}
}

// crossed computes rows lo to hi-1 of a panel, in which the diagonal lies.
func (s *GemmSet[T]) crossed(b *block[T], kernels []Tile[T], j, cols, lo, hi, k int) {
	for i := lo; i < hi && !b.ctl.Stopped(); {
		h := min(len(kernels)-1, hi-i)
		one := *b
		one.a, one.c, one.ldc, one.mode = b.a[i*b.ars:], b.edge[:h*cols], cols, b.mode&^modePrefetch
		one.b = b.b[j*b.panel:]
		wanted := func(r int) (from, to int) {
			at := min(max(i+r+b.diagonal-j, 0), cols)
			if b.part == lower {
				return 0, min(at+1, cols)
			}
			return at, cols
		}
		for r := 0; r < h && one.mode != modeZero; r++ {
			from, to := wanted(r)
			copy(one.c[r*cols+from:r*cols+to], b.c[(i+r)*b.ldc+j+from:])
		}
		s.column(&one, kernels, 0, cols, h, k)
		for r := range h {
			from, to := wanted(r)
			copy(b.c[(i+r)*b.ldc+j+from:][:to-from], one.c[r*cols+from:])
		}
		i += h
	}
}
