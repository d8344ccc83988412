package cpu

import (
	"github.com/weftgo/weft/fallback"
	"github.com/weftgo/weft/internal/op"
)

// A product is the five loops of Goto and van de Geijn (TOMS 34(3), 2008)
// around a micro-kernel (Van Zee and van de Geijn, TOMS 41(3), 2015):
//
//	jc  columns of B and C, NC at a time
//	pc  steps of k, KC at a time: the KC×NC block of B is packed into panels of
//	    NR columns, which all workers share in the third-level cache
//	ic  rows of A and C, MC at a time: the MC×KC block of A is packed and stays
//	    in its worker's second-level cache; workers share this loop
//	jr  panels of the block of B: one stays in the first-level cache for
//	ir  slivers of MR rows: a tile of C each
//
// Packing either operand can be left out, and small products leave out both.
// Nothing of this shows in the result: a tile carries each element's chain of
// fused multiply-adds on from where C left it.

// caches are the sizes, in bytes, that decide the blocking.
type caches struct{ l1, l2 int }

// plan is how a product is cut.
type plan struct {
	kc, nc, mc   int
	packA, packB bool
	negate       bool // what is packed of B: alpha is -1, and A is not packed
	few          bool // rows: they stay together, and workers take columns
}

// gemm is one product in progress.
type gemm[T op.Float] struct {
	l *loops[T]
	p op.Gemm[T]
	plan
	complex complexFactors[T]
	part    part // of C that is computed

	// The block that workers are busy with: columns from jc and steps of k
	// from pc, with the panels of B if they are packed.
	jc, cols, pc, steps int
	b                   []T
	packing             bool
	own                 bool // an item packs the panels it needs for itself
	panels              int  // panels in an item, to pack
	across, perItem     int  // items side by side in a row of C, columns in an item
}

// block is a rectangle of C with what it is computed from. Element (i, p) of
// its A is a[i*ars+p*acs]. Row p of its panel of B that starts at column j is
// b[j*panel+p*brs:].
type block[T op.Float] struct {
	a          []T
	ars, acs   int
	b          []T
	panel, brs int
	c          []T
	ldc        int
	mode       int
	beta       T
	ctl        *op.Control
	fetch      bool // b comes from memory: tiles are of fetchRows rows at most

	// Of C only part is computed. Element (i, j) lies on its diagonal if j is
	// i+diagonal. Tiles that it crosses are computed in edge.
	part     part
	diagonal int
	edge     []T
}

// fetchRows is the most rows of a tile that fetches the panel to the right.
const fetchRows = 5

// maxDepth bounds the depth of one call of a micro-kernel, which can't be
// preempted: the largest tile takes about 20 microseconds for it.
const maxDepth = 4096

// fitting returns how many lines that are stride bytes apart stay in the
// first-level cache together. It has l1/4096 places for lines that are a
// multiple of 4 KiB apart, and lines that are a power of two apart share few.
func (c caches) fitting(stride int) int {
	apart := stride & -stride // the largest power of two in it
	return c.l1 / 4096 * min(max(4096/apart, 1), 64)
}

// astray reports whether lines that are stride bytes apart, read one after the
// other, are gone from the second-level cache, of eight ways, or their pages from
// what the processor remembers of them, by the time when the first is read again.
func (c caches) astray(lines, stride int) bool {
	apart := max(stride&-stride, 64) // the largest power of two in it, at least a line
	return 4*lines > 3*max(c.l2/apart, 8) || lines*min(stride, 4096) > 1024*4096
}

// streams is how many rows of B are read side by side, at most, if one row of
// tiles is all that needs them: a processor has the addresses of about so many
// pages at hand.
const streams = 64

// shallow is the depth of a block of B that few rows take as it lies.
const shallow = 192

// plan chooses the blocking and what to pack.
// The B of a complex product is always packed, and an A that is transposed.
func (l *loops[T]) plan(p *op.Gemm[T], c *complexFactors[T]) plan {
	m, n, k := p.C.Rows, p.C.Cols, p.A.Cols
	s, size := &l.set.Gemm, op.Size[T]()
	mr, nr := len(s.Wide)-1, s.NR
	kc, mc, nc := l.blocks(m, n, k)

	// B must be packed if its rows are not contiguous. Else it pays if enough
	// rows use it, and it does not stay, as it lies, where the kernels want it:
	// a panel of it in the first-level cache, or all of it in the second.
	packB := c.is || p.B.ColStride != 1
	if !packB && mr < m && m < 8*mr && n >= nr {
		packB = l.caches.astray(k*(nr*size/64), p.B.RowStride*size)
	} else if !packB && m >= 8*mr && n >= nr {
		if s.PanelInL1 {
			lines := k * (nr * size / 64)
			packB = 4*lines > 3*l.caches.fitting(p.B.RowStride*size) || m >= 48*mr && k >= 32
		} else {
			packB = k*n*size > l.caches.l2/2
		}
	}
	// Few rows use a panel too seldom to pay for its packing: they take it as it
	// lies, in blocks of k that stay in the first-level cache or, where lines
	// compete for places there and rows are very few, in the second.
	few, depth := s.PanelInL1 && !c.is && p.B.ColStride == 1 && 2*mr <= m && m <= 16*mr && n >= nr && k > shallow &&
		4*k*(nr*size/64) > 3*l.caches.fitting(p.B.RowStride*size), shallow
	if 4*shallow*(nr*size/64) > 3*l.caches.fitting(p.B.RowStride*size) {
		few, depth = few && m <= 16, streams
	}
	packB = packB && !few
	// A is packed to multiply alpha in, unless a smaller B can take a minus sign; or if
	// enough columns use it, and its sliver competes for few places in the cache
	// or the block is too large.
	negate := p.Alpha == -1 && packB && n <= m
	packA := p.Alpha != 1 && !negate || c.transA
	if !packA && n >= 8*s.Lanes {
		if p.A.ColStride != 1 {
			packA = 4*k > 3*l.caches.fitting(p.A.ColStride*size)
		} else {
			packA = mr > l.caches.fitting(p.A.RowStride*size) || packB && n > 16*nr && m*k*size > l.caches.l2/2
		}
	}
	if !packB {
		// Panels that lie as they are need no blocks, short of the preemption.
		nc, kc = n, min(k, maxDepth)
		if few {
			kc, mc = even(k, depth, 1), m
		}
		if m <= mr && !c.is && k*min(p.B.RowStride*size, 4096) > streams*4096 {
			kc = even(k, streams, 1)
		}
	}
	if packB && s.PanelInL1 && m*n*size > 8*l.caches.l2 {
		// C comes from memory: along its rows, which a prefetcher follows, and page by page.
		mc = min(mc, 2*mr)
	}
	return plan{kc, nc, mc, packA, packB, negate && !packA, few}
}

// blocks returns KC, MC and NC for a product of m×k and k×n, in about equal
// parts. A panel of B twice as large as the first-level cache measured best:
// it and the slivers of A stream in from the second fast enough, and C, which
// in a matrix of a power of two columns finds no place in any cache, is written
// back the less often the deeper the block is. A block of A takes a quarter of
// the second-level cache, a block of B four megabytes.
func (l *loops[T]) blocks(m, n, k int) (kc, mc, nc int) {
	s, size := &l.set.Gemm, op.Size[T]()
	mr := len(s.Wide) - 1
	kc = even(k, max(2*l.caches.l1/size/s.NR, 64), 8)
	mc = even(m, max(l.caches.l2/4/size/kc, mr), mr)
	nc = even(n, max(4<<20/size/kc, s.NR), s.NR)
	return kc, mc, nc
}

// even cuts n into parts of at most limit and about equal size, and returns
// that size, rounded up to a multiple of unit.
func even(n, limit, unit int) int {
	limit = max(limit/unit, 1) * unit
	parts := (n + limit - 1) / limit
	size := (n + parts - 1) / parts
	return (size + unit - 1) / unit * unit
}

// A product of up to maxPiece multiply-adds, some 20 microseconds of them, may
// be done in one go. Up to smallPiece, packing never pays.
const (
	maxPiece   = 1 << 20
	smallPiece = 48 * 48 * 48
)

func (l *loops[T]) gemm(p *op.Gemm[T]) {
	work := int64(p.C.Rows) * int64(p.C.Cols) * int64(p.A.Cols)
	if work <= smallPiece && p.Alpha == 1 && p.B.ColStride == 1 && work < l.set.Gemm.MinFork {
		l.direct(p)
		l.ctl.Did(2 * float64(work))
		return
	}
	w := share(p.Workers, work >= l.set.Gemm.MinFork)
	pl := l.plan(p, &complexFactors[T]{})
	if w == 1 && !pl.packA && !pl.packB && work <= maxPiece {
		l.direct(p)
		l.ctl.Did(2 * float64(work))
		return
	}
	g := gemm[T]{l: l, p: *p, plan: pl}
	g.blocked(w)
}

// direct computes all of C from the operands as they lie.
func (l *loops[T]) direct(p *op.Gemm[T]) {
	if cols := p.C.Cols; cols <= l.set.Gemm.NR {
		if kernels := l.set.Gemm.kernels(cols); p.C.Rows < len(kernels) {
			kernels[p.C.Rows](p.A.Cols, &p.A.Data[0], p.A.RowStride, p.A.ColStride, &p.B.Data[0], p.B.RowStride,
				&p.C.Data[0], p.C.RowStride, mode(p.Beta, 0), p.Beta, cols)
			return
		}
	}
	b := block[T]{
		a: p.A.Data, ars: p.A.RowStride, acs: p.A.ColStride,
		b: p.B.Data, panel: 1, brs: p.B.RowStride,
		c: p.C.Data, ldc: p.C.RowStride, mode: mode(p.Beta, 0), beta: p.Beta, ctl: l.ctl,
	}
	l.set.Gemm.tiles(&b, p.C.Rows, p.C.Cols, p.A.Cols)
}

// mode returns how the tiles for steps of k from pc on treat C.
func mode[T op.Float](beta T, pc int) int {
	switch {
	case pc > 0 || beta == 1:
		return modeAdd
	case beta == 0:
		return modeZero
	}
	return modeScale
}

// tiles computes an m×n block of depth k, panel by panel.
func (s *GemmSet[T]) tiles(b *block[T], m, n, k int) {
	for j := 0; j < n; {
		cols := min(n-j, s.NR)
		if b.panel == 1 && n-j > s.NR && n-j < s.NR+s.Lanes {
			cols = n - j - s.Lanes // 9+8 of 17: no masks
		}
		switch kernels := s.kernels(cols); {
		case b.part != whole:
			s.triangle(b, kernels, j, cols, m, k)
		case b.ctl != nil:
			s.pieces(b, kernels, j, cols, m, k)
		default:
			s.column(b, kernels, j, cols, m, k)
		}
		j += cols
	}
}

// kernels returns the micro-kernels for tiles of up to NR columns.
func (s *GemmSet[T]) kernels(cols int) []Tile[T] {
	switch {
	case cols > s.Lanes:
		return s.Wide
	case cols == s.Lanes:
		return s.Narrow
	}
	return s.NarrowEdge
}

// column computes the tiles of one panel. It is a call of its own, with a
// stack check, because assembly can't be preempted: a garbage collection waits
// for one column of tiles at most. Rows go in equal parts, since a thin last
// tile would waste registers.
//
//go:noinline
func (s *GemmSet[T]) column(b *block[T], kernels []Tile[T], j, cols, m, k int) {
	mr := len(kernels) - 1
	bp := &b.b[j*b.panel]
	if m <= mr {
		kernels[m](k, &b.a[0], b.ars, b.acs, bp, b.brs, &b.c[j], b.ldc, b.mode, b.beta, cols)
		return
	}
	if b.fetch {
		mr = min(mr, fetchRows)
	}
	parts := (m + mr - 1) / mr
	rows, extra := m/parts, m%parts
	for i := 0; i < m; {
		h := rows
		if extra > 0 {
			h++
			extra--
		}
		kernels[h](k, &b.a[i*b.ars], b.ars, b.acs, bp, b.brs, &b.c[i*b.ldc+j], b.ldc, b.mode, b.beta, cols)
		i += h
	}
}

// blocked is the loops jc, pc and ic.
func (g *gemm[T]) blocked(w int) {
	l, s := g.l, getScratch[T]()
	m, n, k := g.p.C.Rows, g.p.C.Cols, g.p.A.Cols
	mr, nr := len(l.set.Gemm.Wide)-1, l.set.Gemm.NR
	// About four items for each worker, so that one who comes late or is held
	// up costs little: shorter blocks of rows first, then several across.
	if w > 1 && !g.few {
		g.mc = min(g.mc, even(m, max(m/(4*w), mr), mr))
	}
	// If A stays in a second-level cache as it is, workers take columns, whose
	// panels nobody else needs: no one waits for the packing of others.
	g.own = w > 1 && g.packB && !g.packA && k <= g.kc && n <= g.nc && n >= 2*w*nr &&
		m*k*op.Size[T]() <= l.caches.l2/2
	if g.own {
		g.mc = m
	}
	down := (m + g.mc - 1) / g.mc
	if g.packB && !g.own {
		g.b = s.b.get(g.kc * g.nc)
	}
	for g.jc = 0; g.jc < n; g.jc += g.nc {
		g.cols = min(g.nc, n-g.jc)
		panels := (g.cols + nr - 1) / nr
		g.across, g.perItem = 1, g.cols
		if w > 1 && down < 4*w {
			g.perItem = (panels + (4*w-1)/down) / ((4*w-1)/down + 1) * nr
			g.across = (g.cols + g.perItem - 1) / g.perItem
		}
		for g.pc = 0; g.pc < k && !l.ctl.Stopped(); g.pc += g.kc {
			g.steps = min(g.kc, k-g.pc)
			if g.packB && !g.own {
				g.packing = true
				g.panels = (panels + 4*w - 1) / (4 * w)
				g.run(w, (panels+g.panels-1)/g.panels, s)
				g.packing = false
			}
			g.run(w, down*g.across, s)
		}
	}
	putScratch(s)
}

// run does items of g, in its own frame or, for others to see, in s.
func (g *gemm[T]) run(w, items int, s *scratch[T]) {
	if w > 1 && items > 1 {
		s.gemm = *g
		g.l.fork(w, items, g.work(), s, &s.gemm)
		s.gemm = gemm[T]{}
		return
	}
	for i := 0; i < items && !g.l.ctl.Stopped(); i++ {
		g.item(i)
		g.l.ctl.Did(g.work() / float64(items))
	}
}

// work returns the operations that a round of items counts for.
func (g *gemm[T]) work() float64 {
	if g.packing {
		return 0
	}
	work := 2 * float64(g.p.C.Rows) * float64(g.cols) * float64(g.steps)
	if g.part != whole {
		work /= 2
	}
	return work
}

func (g *gemm[T]) item(i int) {
	if g.packing {
		nr := g.l.set.Gemm.NR
		lo := i * g.panels * nr
		g.pack(g.b[lo*g.steps:], lo, min(lo+g.panels*nr, g.cols))
		return
	}
	row := i / g.across
	if g.part == lower {
		row = (g.p.C.Rows-1)/g.mc - row // the longest rows first
	}
	g.rectangle(row*g.mc, i%g.across*g.perItem)
}

// packRows is how many rows of B are packed at a time, into all panels. Panel by
// panel, each row would be another page of memory for a line or two.
const packRows = 16

// pack copies columns lo to hi-1 of the block of B to panels. Columns that the
// last panel lacks are left as they are: no tile reads them.
func (g *gemm[T]) pack(to []T, lo, hi int) {
	s, b := &g.l.set.Gemm, &g.p.B
	full := lo
	if b.ColStride == 1 && !g.complex.is {
		full = hi - (hi-lo)%s.NR
		for p := 0; p < g.steps && !g.l.ctl.Stopped(); p += packRows {
			g.packRows(to, lo, full, p)
		}
	}
	for j := full; j < hi && !g.l.ctl.Stopped(); j += s.NR {
		dst := to[(j-lo)*g.steps:][:s.NR*g.steps]
		src := b.Data[g.pc*b.RowStride+(g.jc+j)*b.ColStride:]
		cols := min(s.NR, hi-j)
		switch {
		case g.complex.is:
			g.packComplex(dst, src, cols)
		case cols == s.NR && b.RowStride == 1:
			s.Transpose(s.NR, g.steps, &src[0], b.ColStride, &dst[0], s.NR)
		default:
			for p := range g.steps {
				for c := range cols {
					dst[p*s.NR+c] = src[p*b.RowStride+c*b.ColStride]
				}
			}
		}
	}
	if g.negate {
		g.l.scal(1, -1, to[:(hi-lo+s.NR-1)/s.NR*s.NR*g.steps])
	}
}

// packRows copies the next rows from p on, at most packRows, of whole panels.
//
//go:noinline
func (g *gemm[T]) packRows(to []T, lo, hi, p int) {
	s, b := &g.l.set.Gemm, &g.p.B
	n := min(packRows, g.steps-p)
	for j := lo; j < hi; j += s.NR {
		s.Pack(n, &b.Data[(g.pc+p)*b.RowStride+g.jc+j], b.RowStride, &to[(j-lo)*g.steps+p*s.NR])
	}
}

// rectangle computes the block of C whose first row is i and whose first
// column, within the columns in work, is j.
func (g *gemm[T]) rectangle(i, j int) {
	a, b, c := &g.p.A, &g.p.B, &g.p.C
	m, n := min(g.mc, c.Rows-i), min(g.perItem, g.cols-j)
	if g.part == lower && g.jc+j >= i+m || g.part == upper && g.jc+j+n <= i {
		return
	}
	blk := block[T]{
		a: a.Data[i*a.RowStride+g.pc*a.ColStride:], ars: a.RowStride, acs: a.ColStride,
		c: c.Data[i*c.RowStride+g.jc+j:], ldc: c.RowStride,
		mode: mode(g.p.Beta, g.pc) | modePrefetch, beta: g.p.Beta, ctl: g.l.ctl,
		part: g.part, diagonal: i - g.jc - j,
	}
	nr := g.l.set.Gemm.NR
	var s *scratch[T]
	if g.packA || g.own || g.part != whole {
		s = getScratch[T]()
		defer putScratch(s)
	}
	if g.part != whole {
		blk.edge = s.c.get(g.l.set.Gemm.edgeSize())
	}
	switch {
	case g.own:
		to := s.b.get((n + nr - 1) / nr * nr * g.steps)
		g.pack(to, j, j+n)
		blk.b, blk.panel, blk.brs = to, g.steps, nr
	case g.packB:
		blk.b, blk.panel, blk.brs = g.b[j*g.steps:], g.steps, nr
	default:
		blk.b, blk.panel, blk.brs = b.Data[g.pc*b.RowStride+g.jc+j:], 1, b.RowStride
		blk.fetch = g.few
	}
	if g.packA {
		g.packed(&s.a, &blk, m)
	}
	g.l.set.Gemm.tiles(&blk, m, n, g.steps)
}

// packed replaces the A of blk, of m rows, by a copy times alpha, by rows. (A
// transposed A copied as it lies, by columns, took a fifth longer: each step
// meets another cache line, and no prefetcher follows.)
func (g *gemm[T]) packed(buf *buffer[T], blk *block[T], m int) {
	// An odd number of cache lines from one to the next spreads them over the
	// cache; short ones that lie together stay so and are one.
	set, n, line := &g.l.set, g.steps, 64/op.Size[T]()
	to := ((n+line-1)/line | 1) * line
	trans := blk.acs != 1 || g.complex.transA
	if !trans && blk.ars == n && n < 16*line {
		to = n
	}
	d := buf.get((m-1)*to + n)
	switch {
	case trans && g.complex.is:
		// Steps are parts of pairs, and half of blk.acs is a part's share.
		unit := set.Gemm.TransposeUnit / 2
		whole := n / 2 / unit * unit
		set.Gemm.TransposeComplex(whole, m, &blk.a[0], 2*blk.acs, &d[0], to, g.complex.conjA)
		if rest := n/2 - whole; rest > 0 {
			fallback.TransposeComplex(rest, m, &blk.a[2*whole*blk.acs], 2*blk.acs, &d[2*whole], to, g.complex.conjA)
		}
	case trans:
		g.l.transpose(n, m, blk.a, blk.acs, d, to)
		if g.p.Alpha != 1 {
			for i := range m {
				set.Scale(g.p.Alpha, &d[i*to], &d[i*to], n)
			}
		}
	case to == n && blk.ars == n:
		set.Scale(g.p.Alpha, &blk.a[0], &d[0], m*n)
	default:
		for i := range m {
			set.Scale(g.p.Alpha, &blk.a[i*blk.ars], &d[i*to], n)
		}
	}
	blk.a, blk.ars, blk.acs = d, to, 1
}
