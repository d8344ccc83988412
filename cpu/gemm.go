package cpu

import (
	"github.com/weftgo/weft/internal/op"
)

// A product is the five loops of Goto and van de Geijn (TOMS 34(3), 2008)
// around a micro-kernel (Van Zee and van de Geijn, TOMS 41(3), 2015), turned
// for a C in row-major storage, as measured best:
//
//	jc  columns of B and C, NC at a time
//	pc  steps of k, KC at a time: the block of B, KC×NC, is packed into panels
//	    of NR columns that stay in the second-level cache, shared by all
//	ic  rows of A and C, a sliver of MR at a time: the sliver of A is packed if
//	    that helps and stays in the first-level cache; workers share this loop
//	jr  panels of the block: one tile of C each
//
// A small or thin product skips the packing and loops over panels first.
// Neither can be seen in the result: a tile carries each element's chain of
// fused multiply-adds on from where C left it.

// caches are the sizes, in bytes, that decide the blocking.
type caches struct{ l1, l2 int }

// gemm is one product in progress.
type gemm[T op.Float] struct {
	l *loops[T]
	p op.Gemm[T]

	// The block that workers are busy with.
	jc, nc, pc, kc int
	b              []T // its packed panels
	packing        bool
	packA          bool
	per            int // rows or panels in an item
	cols, perCols  int // items side by side in a row of C, without packing
}

// blocks returns KC and NC for a product of depth k and width n: about equal
// blocks of a KC×NC that takes five eighths of the second-level cache, with
// KC so deep that writing C back is hidden.
func (l *loops[T]) blocks(n, k int) (kc, nc int) {
	kc, nr := 384*4/op.Size[T](), l.set.Gemm.NR
	if op.Size[T]() == 8 {
		kc = 256
	}
	steps := (k + kc - 1) / kc
	kc = (k + steps - 1) / steps
	nc = max(l.caches.l2*5/8/op.Size[T]()/kc/nr, 1) * nr
	steps = (n + nc - 1) / nc
	nc = ((n+steps-1)/steps + nr - 1) / nr * nr
	return kc, nc
}

func (l *loops[T]) gemm(p *op.Gemm[T]) {
	m, n, k := p.C.Rows, p.C.Cols, p.A.Cols
	w := share(p.Workers, m*n*k >= l.set.Gemm.MinFork)
	if l.packs(p) {
		l.packed(w, p)
		return
	}
	if w == 1 && p.Alpha == 1 && k <= maxDepth {
		l.set.Gemm.tiles(p, 0, m, 0, n, 0, k)
		return
	}
	l.direct(w, p)
}

// maxDepth bounds the depth of one call of a micro-kernel, which can't be
// preempted: the largest tile takes about 20 microseconds for it.
const maxDepth = 4096

// packs reports whether copying B pays. It must be done if B's rows are not
// contiguous. It pays when B is reused by many slivers of rows and is too
// large for the second-level cache, or when its rows lie a multiple of 4 KiB
// apart, so that a whole panel competes for a few places in the caches.
func (l *loops[T]) packs(p *op.Gemm[T]) bool {
	if p.B.ColStride != 1 {
		return true
	}
	m, n, k := p.C.Rows, p.C.Cols, p.A.Cols
	size := op.Size[T]()
	if m < 4*len(l.set.Gemm.Wide) || n < l.set.Gemm.NR {
		return false
	}
	if p.B.RowStride*size%4096 == 0 && k >= 128 {
		return true
	}
	return n*k*size > l.caches.l2
}

// tile returns the micro-kernels for what is left of a row of tiles, and how
// many of the n columns they take.
func (s *GemmSet[T]) tile(n int) ([]Tile[T], int) {
	switch {
	case n >= s.NR:
		return s.Wide, s.NR
	case n > s.Lanes:
		return s.Wide, n
	case n == s.Lanes:
		return s.Narrow, n
	}
	return s.NarrowEdge, n
}

// mode returns the mode in which the first tile of a chain, at k = 0, and
// those that carry it on treat C.
func mode[T op.Float](beta T, pc int) int {
	switch {
	case pc > 0 || beta == 1:
		return modeAdd
	case beta == 0:
		return modeZero
	}
	return modeScale
}

// tiles computes rows i0 to i1-1 and columns j0 to j1-1 of C for k from pc to
// pc+kc-1 from operands where they lie, without alpha.
func (s *GemmSet[T]) tiles(p *op.Gemm[T], i0, i1, j0, j1, pc, kc int) {
	a, b, c := &p.A, &p.B, &p.C
	md := mode(p.Beta, pc)
	for j := j0; j < j1; {
		tiles, cols := s.tile(j1 - j)
		bp := &b.Data[pc*b.RowStride+j]
		// Rows in equal parts: a thin last tile would waste registers.
		parts := (i1 - i0 + len(tiles) - 2) / (len(tiles) - 1)
		rows, extra := (i1-i0)/parts, (i1-i0)%parts
		for i := i0; i < i1; {
			h := rows
			if extra > 0 {
				h++
				extra--
			}
			tiles[h](kc, &a.Data[i*a.RowStride+pc*a.ColStride], a.RowStride, a.ColStride,
				bp, b.RowStride, &c.Data[i*c.RowStride+j], c.RowStride, md, p.Beta, cols)
			i += h
		}
		j += cols
	}
}

// run does the items of g, in its own frame or, for others to see, in s.
func (g *gemm[T]) run(w, items int, s *scratch[T]) {
	if w > 1 && items > 1 {
		s.gemm = *g
		fork(w, items, &s.gemm)
		s.gemm = gemm[T]{}
		return
	}
	for i := range items {
		g.item(i)
	}
}

// direct is a product without packing B, cut into rectangles of C.
func (l *loops[T]) direct(w int, p *op.Gemm[T]) {
	s := getScratch[T]()
	m, n := p.C.Rows, p.C.Cols
	g := gemm[T]{l: l, p: *p, per: m, cols: 1, perCols: n}
	if p.Alpha != 1 {
		scaleA(&g.p, &s.a, &l.set)
	}
	mr, nr := len(l.set.Gemm.Wide)-1, l.set.Gemm.NR
	slivers, panels := (m+mr-1)/mr, (n+nr-1)/nr
	if w > 1 {
		// About four items for each worker, so that one who comes late or is
		// held up costs little; whole slivers first, then whole panels.
		rows := min(slivers, 4*w)
		g.per = (slivers + rows - 1) / rows * mr
		if rows < 4*w {
			cols := min(panels, (4*w+rows-1)/rows)
			g.perCols = (panels + cols - 1) / cols * nr
			g.cols = (n + g.perCols - 1) / g.perCols
		}
	}
	g.run(w, (m+g.per-1)/g.per*g.cols, s)
	putScratch(s)
}

// scaleA replaces the A of p by alpha*A in a buffer, in A's own order.
func scaleA[T op.Float](p *op.Gemm[T], buf *buffer[T], s *Set[T]) {
	a := &p.A
	lines, n, stride := a.Rows, a.Cols, a.RowStride
	if a.ColStride != 1 {
		lines, n, stride = a.Cols, a.Rows, a.ColStride
	}
	d := buf.get(lines * n)
	if stride == n {
		lines, n = 1, lines*n
	}
	for i := range lines {
		for o := 0; o < n; o += op.Chunk[T]() {
			s.Scale(p.Alpha, &a.Data[i*stride+o], &d[i*n+o], min(n-o, op.Chunk[T]()))
		}
	}
	a.Data = d
	if a.ColStride != 1 {
		a.ColStride = a.Rows
	} else {
		a.RowStride = a.Cols
	}
	p.Alpha = 1
}

// packed is a product with B packed, block by block.
func (l *loops[T]) packed(w int, p *op.Gemm[T]) {
	s := getScratch[T]()
	g := gemm[T]{l: l, p: *p}
	m, n, k := p.C.Rows, p.C.Cols, p.A.Cols
	mr, nr := len(l.set.Gemm.Wide)-1, l.set.Gemm.NR
	kc, nc := l.blocks(n, k)
	g.b = s.b.get(kc * nc)
	// Rows of A that compete for the same lines of the first-level cache, or
	// elements that lie a row apart, are copied; so is A if alpha must go in.
	g.packA = p.Alpha != 1 || p.A.ColStride != 1 || p.A.RowStride*op.Size[T]()%2048 == 0
	for g.jc = 0; g.jc < n; g.jc += nc {
		g.nc = min(nc, n-g.jc)
		for g.pc = 0; g.pc < k; g.pc += kc {
			g.kc = min(kc, k-g.pc)
			panels := (g.nc + nr - 1) / nr
			g.packing = true
			g.per = max((panels+4*w-1)/(4*w), 1)
			g.run(w, (panels+g.per-1)/g.per, s)
			slivers := (m + mr - 1) / mr
			g.packing = false
			g.per = max((slivers+8*w-1)/(8*w), 1) * mr
			g.run(w, (m+g.per-1)/g.per, s)
		}
	}
	putScratch(s)
}

func (g *gemm[T]) item(i int) {
	switch {
	case g.b == nil:
		i0, j0 := i/g.cols*g.per, i%g.cols*g.perCols
		i1, j1 := min(i0+g.per, g.p.C.Rows), min(j0+g.perCols, g.p.C.Cols)
		for pc := 0; pc < g.p.A.Cols; pc += maxDepth {
			g.rectangle(i0, i1, j0, j1, pc, min(maxDepth, g.p.A.Cols-pc))
		}
	case g.packing:
		g.pack(i*g.per, min((i+1)*g.per, (g.nc+g.l.set.Gemm.NR-1)/g.l.set.Gemm.NR))
	default:
		g.slivers(i*g.per, min((i+1)*g.per, g.p.C.Rows))
	}
}

// rectangle is tiles in pieces of a few panels, each a call of its own.
func (g *gemm[T]) rectangle(i0, i1, j0, j1, pc, kc int) {
	s := &g.l.set.Gemm
	mr := 4 * (len(s.Wide) - 1)
	for j := j0; j < j1; j += s.NR {
		for i := i0; i < i1; i += mr {
			g.piece(i, min(i+mr, i1), j, min(j+s.NR, j1), pc, kc)
		}
	}
}

//go:noinline
func (g *gemm[T]) piece(i0, i1, j0, j1, pc, kc int) {
	g.l.set.Gemm.tiles(&g.p, i0, i1, j0, j1, pc, kc)
}

// pack copies panels lo to hi-1 of the block of B. The columns that the last
// panel lacks are left as they are: no tile reads them.
func (g *gemm[T]) pack(lo, hi int) {
	s, b := &g.l.set.Gemm, &g.p.B
	for j := lo; j < hi; j++ {
		dst := g.b[j*s.NR*g.kc:][:s.NR*g.kc]
		src := b.Data[g.pc*b.RowStride+(g.jc+j*s.NR)*b.ColStride:]
		cols := min(s.NR, g.nc-j*s.NR)
		switch {
		case cols == s.NR && b.ColStride == 1:
			s.Pack(g.kc, &src[0], b.RowStride, &dst[0])
		case cols == s.NR && b.RowStride == 1:
			s.PackTrans(g.kc, &src[0], b.ColStride, &dst[0])
		default:
			for p := range g.kc {
				for c := range cols {
					dst[p*s.NR+c] = src[p*b.RowStride+c*b.ColStride]
				}
			}
		}
	}
}

// slivers computes rows lo to hi-1 of the block's columns of C.
func (g *gemm[T]) slivers(lo, hi int) {
	a, mr := &g.p.A, len(g.l.set.Gemm.Wide)-1
	parts := (hi - lo + mr - 1) / mr
	rows, extra := (hi-lo)/parts, (hi-lo)%parts
	var s *scratch[T]
	if g.packA {
		s = getScratch[T]()
	}
	for i := lo; i < hi; {
		h := rows
		if extra > 0 {
			h++
			extra--
		}
		ap, ars, acs := a.Data[i*a.RowStride+g.pc*a.ColStride:], a.RowStride, a.ColStride
		if g.packA {
			ap, ars, acs = g.sliver(&s.a, ap, h)
		}
		g.sweep(i, h, &ap[0], ars, acs)
		i += h
	}
	if g.packA {
		putScratch(s)
	}
}

// sliver copies h rows of A, times alpha, to buf: rows as rows, columns as
// columns, each run of contiguous elements by one kernel call.
func (g *gemm[T]) sliver(buf *buffer[T], a []T, h int) (ap []T, ars, acs int) {
	if g.p.A.ColStride != 1 {
		d := buf.get(g.kc * h)
		for p := range g.kc {
			g.l.set.Scale(g.p.Alpha, &a[p*g.p.A.ColStride], &d[p*h], h)
		}
		return d, 1, h
	}
	// An odd number of cache lines from row to row spreads rows over the cache.
	line := 64 / op.Size[T]()
	stride := ((g.kc+line-1)/line | 1) * line
	d := buf.get(stride * h)
	for i := range h {
		g.l.set.Scale(g.p.Alpha, &a[i*g.p.A.RowStride], &d[i*stride], g.kc)
	}
	return d, stride, 1
}

// sweep computes one sliver of C: a tile for each panel of the block. It is
// the call between two garbage collections.
//
//go:noinline
func (g *gemm[T]) sweep(i, h int, a *T, ars, acs int) {
	s := &g.l.set.Gemm
	md := mode(g.p.Beta, g.pc) | modePrefetch
	c := g.p.C.Data[i*g.p.C.RowStride+g.jc:]
	for j := 0; j < g.nc; {
		tiles, cols := s.tile(g.nc - j)
		tiles[h](g.kc, a, ars, acs, &g.b[j*g.kc], s.NR, &c[j], g.p.C.RowStride, md, g.p.Beta, cols)
		j += cols
	}
}
