package main

import (
	"fmt"
	"io"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// GEMM micro-kernels. The five loops around them, and the names, are those of
//
//	Goto, van de Geijn: Anatomy of High-Performance Matrix Multiplication.
//	ACM TOMS 34(3), 2008.
//	Van Zee, van de Geijn: BLIS: A Framework for Rapidly Instantiating BLAS
//	Functionality. ACM TOMS 41(3), 2015.
//
// A tile of C stays in registers while k runs. Each step loads a row of B and
// multiplies it with one broadcast element of each row of A. Two things differ
// from the textbook. A and B keep any stride, which costs nothing, so that the
// same kernels serve packed and unpacked operands. And C itself is what the
// accumulators start from: then each element is one chain of fused
// multiply-adds in the order of k, and neither the shape of the tile nor the
// blocking of k can show in the result.

// edge is how a tile treats columns that do not fill its vectors.
type edge int

const (
	// full tiles have exactly the columns of their vectors.
	full edge = iota
	// overlapped tiles have their last vector end at the last column, even if
	// it then begins before the end of the vector to its left. Columns under
	// both are computed twice, to the same bits: every load of C comes before
	// the first store. So all accesses are whole, and an edge runs like the
	// interior. VMASKMOV instead took 10 % and more.
	overlapped
	// clipped tiles leave the missing lanes out with masks.
	clipped
)

// tiles is one family of micro-kernels: those of 1 to rows rows.
type tiles struct {
	name       string // of the table, after Gemm and the type's suffix
	rows, vecs int
	edge       edge
	doc        string // what the table's functions want of cols
}

// tileFamilies lists the families of an instruction set, widest first. The
// registers bound the rows: rows*vecs accumulators, vecs of B, one or two
// broadcasts of A and the mask of AVX2. One-vector tiles have more rows: eight
// chains at least keep two FMA ports with a latency of four cycles busy.
func (s *isa) tileFamilies() []tiles {
	if s.masks {
		return []tiles{
			{"x2", 14, 2, clipped, "1 <= cols <= NR"},
			{"x1", 16, 1, clipped, "1 <= cols <= Lanes"},
		}
	}
	return []tiles{
		{"x2", 6, 2, overlapped, "Lanes <= cols <= NR"},
		{"x1", 12, 1, full, "cols == Lanes"},
		{"x1Masked", 12, 1, clipped, "1 <= cols < Lanes"},
	}
}

// modes of a micro-kernel, as in doc.go of the generated packages.
const (
	startMask     = 3 // of mode: how the accumulators start
	startZero     = 0
	startC        = 1
	startBetaC    = 2
	modePrefetch  = 4
	cacheLine     = 64
	gemmSignature = "func(k int, a *T, ars, acs int, b *T, brs int, c *T, ldc int, mode int, beta T, cols int)"
)

func emitGemm(g *emitter) {
	if !g.masks {
		g.tailMasks()
		g.counting()
	}
	for _, e := range elems {
		for _, f := range g.tileFamilies() {
			for rows := 1; rows <= f.rows; rows++ {
				g.gemm(e, f, rows)
			}
		}
	}
}

// fewRows is the most rows of a tile that fetches ahead in B.
const fewRows = 5

// tile is one micro-kernel while it is emitted.
type tile struct {
	kernel
	tiles
	rows int
	// last is the distance in bytes of an overlapped tile's last vector from
	// the first one, in a register.
	last reg.GPVirtual
	mask reg.VecPhysical // of a clipped tile without opmasks
}

func tileName(f tiles, e *elem, rows int) string {
	return fmt.Sprintf("gemm%s%sRows%d", e.suffix, f.name, rows)
}

// gemm emits one micro-kernel.
func (g *emitter) gemm(e *elem, f tiles, rows int) {
	k := g.begin(e, tileName(f, e, rows), gemmSignature)
	t := &tile{kernel: k, tiles: f, rows: rows}
	t.columns()
	t.start()

	a, b := k.pointer("a"), k.pointer("b")
	aRows := k.rows(a, k.stride("ars"), rows)
	acs, brs := k.stride("acs"), k.stride("brs")
	steps := k.integer("k")
	k.Comment("One column of A times one row of B.")
	k.Label("step")
	for v := range f.vecs {
		t.loadVec(t.at(b, v), v, t.b(v))
	}
	t.prefetchB(b)
	for i := range rows {
		t.multiply(i, aRows.at(i, 0))
	}
	for _, base := range aRows.bases {
		k.ADDQ(acs, base)
	}
	k.ADDQ(brs, b)
	k.DECQ(steps)
	k.JNZ(LabelRef("step"))

	k.Comment("Write the tile.")
	c, ldc := k.pointer("c"), k.stride("ldc")
	if f.edge == clipped && !g.masks {
		t.storeClipped(c, ldc)
	} else {
		t.eachC(c, ldc, func(i, v int, m Mem) { t.storeVec(t.acc(i, v), v, m) })
	}
	k.end()
}

// Registers: accumulators row by row, then B, then broadcasts of A.
func (t *tile) acc(i, v int) reg.VecPhysical { return t.regs[i*t.vecs+v] }
func (t *tile) b(v int) reg.VecPhysical      { return t.regs[t.rows*t.vecs+v] }

// spare gives one of the registers that are left, alternating if there are
// two.
func (t *tile) spare(i int) reg.VecPhysical {
	free := t.regs[(t.rows+1)*t.vecs:]
	if t.mask != nil {
		free = free[:len(free)-1]
	}
	return free[i%min(2, len(free))]
}

// columns prepares what the edge needs: masks, or the place of the last
// vector.
func (t *tile) columns() {
	switch {
	case t.edge == overlapped:
		t.last = t.stride("cols")
		t.sub(t.bytes, t.last)
	case t.edge == clipped && t.masks:
		t.maskFor(t.integer("cols"), t.vecs)
	case t.edge == clipped:
		t.mask = t.regs[len(t.regs)-1]
		t.tailMask(t.integer("cols"), t.mask)
	}
}

// at is the place of vector v in a row of B or C.
func (t *tile) at(row reg.Register, v int) Mem {
	if t.edge == overlapped && v > 0 {
		return Mem{Base: row, Index: t.last, Scale: 1}
	}
	return Mem{Base: row, Disp: v * t.bytes}
}

func (t *tile) loadVec(m Mem, v int, r reg.VecPhysical) {
	switch {
	case t.edge != clipped:
		t.do("VMOVU", m, r)
	case t.masks:
		t.do("VMOVU.Z", m, opmasks[v], r)
	default:
		t.do("VMASKMOV", m, t.mask, r)
	}
}

func (t *tile) storeVec(r reg.VecPhysical, v int, m Mem) {
	if t.edge == clipped {
		t.do("VMOVU", r, opmasks[v], m)
	} else {
		t.do("VMOVU", r, m)
	}
}

// storeClipped writes part of one vector per row without VMASKMOV, which
// takes twelve cycles a store on Zen 3: a 12x8 tile with k = 8 would spend
// more time on its stores than on everything else. Instead each row is written
// by two shorter stores, the second of which ends with the last column.
func (t *tile) storeClipped(c, ldc reg.GPVirtual) {
	bytes, second, table := t.stride("cols"), t.mask, t.GP64()
	t.LEAQ(t.iota, table)
	for _, s := range []struct {
		width int
		mov   string
	}{{16, "VMOVUPS"}, {8, "VMOVSD"}, {4, "VMOVSS"}} {
		if s.width < t.size {
			continue
		}
		next := label("below", s.width)
		if s.width > t.size {
			t.CMPQ(bytes, Imm(uint64(s.width)))
			t.JL(LabelRef(next))
		}
		at := bytes
		if s.width == 4 {
			at = nil // one element: no second store
		} else {
			t.sub(s.width, at)
			// Lane i of the second store is lane i + at/4 of the row.
			t.VMOVUPS(Mem{Base: table, Index: at, Scale: 1}, second)
		}
		for i := range t.rows {
			row := t.acc(i, 0)
			t.instr(s.mov, row.AsX(), Mem{Base: c})
			if at != nil {
				t.VPERMPS(row, second, row)
				t.instr(s.mov, row.AsX(), Mem{Base: c, Index: at, Scale: 1})
			}
			if i+1 < t.rows {
				t.ADDQ(ldc, c)
			}
		}
		if s.width > t.size {
			t.end()
			t.Label(next)
		}
	}
}

// eachC calls do for each vector of the tile of C. It moves c, row by row.
func (t *tile) eachC(c, ldc reg.GPVirtual, do func(i, v int, m Mem)) {
	for i := range t.rows {
		for v := range t.vecs {
			do(i, v, t.at(c, v))
		}
		if i+1 < t.rows {
			t.ADDQ(ldc, c)
		}
	}
}

// start prefetches the next tile if asked to and sets the accumulators.
func (t *tile) start() {
	mode, ldc := t.integer("mode"), t.stride("ldc")
	t.TESTB(Imm(modePrefetch), mode.As8())
	t.JZ(LabelRef("start"))
	t.Comment("Prefetch the tile below, which is next: its rows need not be aligned, so",
		"the line of the last byte may be one more.")
	next, rows := t.pointer("c"), t.GP64()
	t.IMUL3Q(U32(t.rows), ldc, rows)
	t.ADDQ(rows, next)
	t.MOVQ(U32(t.rows), rows)
	t.Label("prefetch")
	width := t.vecs * t.bytes
	for line := 0; line < width; line += cacheLine {
		t.PREFETCHT0(Mem{Base: next, Disp: line})
	}
	t.PREFETCHT0(Mem{Base: next, Disp: width - 1})
	t.ADDQ(ldc, next)
	t.DECQ(rows)
	t.JNZ(LabelRef("prefetch"))

	t.Label("start")
	t.ANDL(Imm(startMask), mode.As32())
	t.JZ(LabelRef("zero"))
	t.Comment("Start from C, or from beta*C.")
	t.eachC(t.pointer("c"), ldc, func(i, v int, m Mem) { t.loadVec(m, v, t.acc(i, v)) })
	t.CMPL(mode.As32(), Imm(startBetaC))
	t.JNE(LabelRef("multiply"))
	beta := t.b(0)
	t.broadcastParam("beta", beta)
	for i := range t.rows {
		for v := range t.vecs {
			t.do("VMUL", beta, t.acc(i, v), t.acc(i, v))
		}
	}
	t.JMP(LabelRef("multiply"))

	t.Label("zero")
	for i := range t.rows {
		for v := range t.vecs {
			t.zero(t.acc(i, v))
		}
	}
	t.Label("multiply")
}

// prefetchB fetches what the next tile to the right wants of this row of B, if
// B lies as it is. A product of few rows uses each line once, and no prefetcher
// sees that rows far apart are walked side by side. Full tiles have no
// instruction to spare.
func (t *tile) prefetchB(b reg.GPVirtual) {
	if t.vecs == 1 || t.rows > fewRows {
		return
	}
	width := t.vecs * t.bytes
	for line := 0; line < width; line += cacheLine {
		t.PREFETCHT0(Mem{Base: b, Disp: width + line})
	}
}

// multiply adds the element of A at m times the row of B to row i.
func (t *tile) multiply(i int, m Mem) {
	if t.masks && t.vecs == 1 {
		// A broadcast that is used once can be part of its instruction.
		t.do("VFMADD231.BCST", m, t.b(0), t.acc(i, 0))
		return
	}
	a := t.spare(i)
	t.broadcast(m, a)
	for v := range t.vecs {
		t.do("VFMADD231", t.b(v), a, t.acc(i, v))
	}
}

// gemmTables writes the constants and tables through which the micro-kernels
// of one type are called.
func gemmTables(w io.Writer, s *isa, e *elem) {
	p := "Gemm" + e.suffix
	families := s.tileFamilies()
	wide, narrow := families[0], families[1]
	fmt.Fprintf(w, "\n// Shape of the tiles of %sx2 and %sx1.\nconst (\n", p, p)
	fmt.Fprintf(w, "%sMR = %d // most rows of %sx2\n", p, wide.rows, p)
	fmt.Fprintf(w, "%sNR = %d // most columns of %sx2, and columns of a packed panel\n", p, wide.vecs*s.lanes(e), p)
	fmt.Fprintf(w, "%sMR1 = %d // most rows of %sx1\n", p, narrow.rows, p)
	fmt.Fprintf(w, "%sLanes = %d // columns of one vector\n", p, s.lanes(e))
	fmt.Fprintf(w, ")\n\n// %sTile is a micro-kernel, see the package documentation.\n", p)
	fmt.Fprintf(w, "type %sTile = %s\n", p, specialize(gemmSignature, e))
	for _, f := range families {
		fmt.Fprintf(w, "\n// %s%s holds the tiles %d wide by their rows, for %s.\n", p, f.name, f.vecs*s.lanes(e), f.doc)
		fmt.Fprintf(w, "var %s%s = [%d]%sTile{\n", p, f.name, f.rows+1, p)
		for rows := 1; rows <= f.rows; rows++ {
			fmt.Fprintf(w, "%d: %s,\n", rows, tileName(f, e, rows))
		}
		fmt.Fprintf(w, "}\n")
	}
}
