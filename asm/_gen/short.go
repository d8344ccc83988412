package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Matrix-vector kernels for short rows. There a call for each row takes longer
// than the row, so these walk down the rows themselves.

// ger emits the rank-one update: Axpy for one row after the other.
func (g *emitter) ger(e *elem) {
	k := g.begin(e, "Ger"+e.suffix, "func(alpha T, x *T, m int, y *T, n int, a *T, lda int)",
		"computes a[i*lda+j] = fma(alpha*x[i], y[j], a[i*lda+j]) for m rows of",
		"n elements, with alpha*x[i] rounded.")
	alpha := k.regs[len(k.regs)-2]
	k.broadcastParam("alpha", alpha)
	x, rows, a, lda := k.pointer("x"), k.integer("m"), k.pointer("a"), k.stride("lda")
	from, to, n := k.GP64(), k.GP64(), k.GP64()
	k.TESTQ(rows, rows)
	k.JLE(LabelRef("end"))
	k.Label("line")
	k.Load(k.Param("y"), from)
	k.Load(k.Param("n"), n)
	k.MOVQ(a, to)
	k.broadcast(Mem{Base: x}, k.constant())
	k.do("VMUL", alpha, k.constant(), k.constant())
	k.loops(vectors[0], n, []reg.GPVirtual{from, to})
	k.ADDQ(lda, a)
	k.add(k.size, x)
	k.DECQ(rows)
	k.JNZ(LabelRef("line"))
	k.Label("end")
	k.end()
}

// shortVecs is the most vectors in a row of AxpyRowsShort.
const shortVecs = 8

// axpyRowsShort emits the transposed product for so few columns that y stays
// in registers.
func (g *emitter) axpyRowsShort(e *elem) {
	k := g.begin(e, "AxpyRowsShort"+e.suffix, "func(x *T, m int, a *T, lda int, y *T, n int)",
		"adds x[r] times row r of a to y, for m rows in increasing order:",
		fmt.Sprintf("y[j] = fma(x[r], a[r*lda+j], y[j]) for 1 <= n <= %d elements.", shortVecs*g.lanes(e)))
	x, rows, a, lda := k.pointer("x"), k.integer("m"), k.pointer("a"), k.stride("lda")
	y, n := k.pointer("y"), k.integer("n")
	lanes, factor, t, mask := k.lanes(e), k.regs[shortVecs], k.regs[shortVecs+1], k.regs[shortVecs+2]
	k.TESTQ(rows, rows)
	k.JLE(LabelRef("done"))
	last := k.GP64()
	// turns emits the loop over rows: whole vectors and then, if there is one,
	// one whose place and width the arguments say.
	turns := func(name string, whole int, end func(base reg.GPVirtual) Mem, w width) {
		vecs := k.regs[:whole+1]
		at := func(base reg.GPVirtual, v int) Mem {
			if v == whole {
				return end(base)
			}
			return Mem{Base: base, Disp: v * k.bytes}
		}
		for v, r := range vecs {
			k.loadPart(v == whole && w == masked, at(y, v), mask, r)
		}
		k.Label(name)
		k.broadcast(Mem{Base: x}, factor)
		for v, r := range vecs {
			if v == whole && w == masked {
				k.loadPart(true, at(a, v), mask, t)
				k.do("VFMADD231", t, factor, r)
			} else {
				k.do("VFMADD231", at(a, v), factor, r)
			}
		}
		k.ADDQ(lda, a)
		k.add(k.size, x)
		k.DECQ(rows)
		k.JNZ(LabelRef(name))
		for v, r := range vecs {
			switch {
			case v != whole || w != masked:
				k.do("VMOVU", r, at(y, v))
			case k.masks:
				k.store(masked, r, at(y, v))
			default:
				k.do("VMASKMOV", r, mask, at(y, v))
			}
		}
		k.JMP(LabelRef("done"))
	}
	k.CMPQ(n, Imm(uint64(lanes)))
	k.JL(LabelRef("part"))
	k.Comment("The last vector ends with the last element. What it has in common with",
		"the one before is computed twice, to the same bits.")
	k.MOVQ(n, last)
	k.SHLQ(Imm(uint64(k.shift())), last)
	k.sub(k.bytes, last)
	for c := 1; c < shortVecs; c++ {
		k.CMPQ(n, I32(int32(c*lanes)))
		k.JLE(LabelRef(label("vectors", c)))
	}
	end := func(base reg.GPVirtual) Mem { return Mem{Base: base, Index: last, Scale: 1} }
	for c := shortVecs; c >= 1; c-- {
		k.Label(label("vectors", c))
		turns(label("rows", c), c-1, end, whole)
	}
	k.Label("part")
	k.partOf(n, mask)
	turns("rows", 0, func(base reg.GPVirtual) Mem { return Mem{Base: base} }, masked)
	k.Label("done")
	k.end()
}

// partOf prepares loadPart for the first n lanes, 0 < n <= lanes.
func (k kernel) partOf(n reg.GPVirtual, mask reg.VecPhysical) {
	if k.masks {
		k.maskFor(n, 1)
	} else {
		k.tailMask(n, mask)
	}
}

// loadPart loads a vector or, if part is set, the lanes that partOf was told
// and +0 elsewhere.
func (k kernel) loadPart(part bool, m Mem, mask, r reg.VecPhysical) {
	switch {
	case !part:
		k.do("VMOVU", m, r)
	case k.masks:
		k.load(masked, m, r)
	default:
		k.do("VMASKMOV", m, mask, r)
	}
}

// dotRowsShort emits the product by rows that are no longer than a row of
// lanes, so that a lane has one element at most and no accumulator is needed.
func (g *emitter) dotRowsShort(e *elem) {
	row := virtualBytes / e.size
	k := g.begin(e, "DotRowsShort"+e.suffix, "func(m int, a *T, lda int, x *T, n int, out *T)",
		fmt.Sprintf("sets out[r] to Dot of row r of a and x, for m >= %d rows of", dotRows),
		fmt.Sprintf("1 <= n <= %d elements.", row))
	w := k.rowGroups()
	x, n := k.pointer("x"), k.integer("n")
	all, lanes := k.accumulators(), k.lanes(e)
	// Registers: x, the results of the rows, what the tree needs on its way,
	// and a mask.
	xs, sums, spare, mask := k.regs[:all], k.regs[all:all+dotRows], k.regs[all+dotRows:all+dotRows+3], k.regs[len(k.regs)-1]
	a := k.rows(w.a, w.lda, dotRows)

	// groups emits the loop over groups of rows with c vectors, the last of which
	// may be short unless full is set.
	groups := func(name string, c int, full bool) {
		for v := range c {
			k.loadPart(v == c-1 && !full, Mem{Base: x, Disp: v * k.bytes}, mask, xs[v])
		}
		k.Label(name)
		for r := range dotRows {
			// node sums vectors i, i+h, i+2h, … of a row as the tree of all does
			// from there on, but for those that the row lacks.
			var node func(i, h int, dst reg.VecPhysical, spare []reg.VecPhysical)
			node = func(i, h int, dst reg.VecPhysical, spare []reg.VecPhysical) {
				switch {
				case h < all:
					node(i, 2*h, dst, spare)
					if i+h < c {
						node(i+h, 2*h, spare[0], spare[1:])
						k.do("VADD", spare[0], dst, dst)
					}
				case full:
					k.zero(dst)
					k.do("VFMADD231", a.at(r, i*k.bytes), xs[i], dst)
				case i == c-1:
					k.loadPart(true, a.at(r, i*k.bytes), mask, dst)
					k.do("VMUL", dst, xs[i], dst)
				default:
					k.do("VMUL", a.at(r, i*k.bytes), xs[i], dst)
				}
			}
			node(0, 1, sums[r], spare)
		}
		k.joinRows(sums, spare)
		if !full {
			k.Comment("Products of zero may be -0; with the +0 of a lane without an element",
				"they are +0.")
			zero := spare[1]
			k.zero(zero)
			k.do("VADD", zero, sums[0], sums[0])
		}
		k.storeRows(sums[0], spare[0], w.out)
		w.next(name)
	}
	k.CMPQ(n, I32(int32(row)))
	k.JE(LabelRef("full"))
	for c := 1; c < all; c++ {
		k.CMPQ(n, I32(int32(c*lanes)))
		k.JLE(LabelRef(label("vectors", c)))
	}
	for c := all; c >= 1; c-- {
		k.Label(label("vectors", c))
		k.sub((c-1)*lanes, n)
		k.partOf(n, mask)
		groups(label("rows", c), c, false)
	}
	k.Label("full")
	groups("rows", all, true)
	k.Label("done")
	k.end()
}

// joinRows halves the lanes of four registers, one for each row, and leaves
// the sums in the first of them, where storeRows finds them.
func (k kernel) joinRows(sums, spare []reg.VecPhysical) {
	if k.masks {
		k.Comment("Rows 0, 1 and rows 2, 3 share a register, first by halves and then by",
			"quarters.")
		k.shuffleAdd(0x44, 0xee, sums[0], sums[1], spare[0], spare[2])
		k.shuffleAdd(0x44, 0xee, sums[2], sums[3], spare[1], spare[2])
		k.shuffleAdd(0x88, 0xdd, spare[0], spare[1], sums[0], spare[2])
		k.VPERMILPD(Imm(0x55), sums[0], spare[1])
		k.do("VADD", spare[1], sums[0], sums[0])
	} else {
		k.Comment("Rows 0, 2 and rows 1, 3 share a register, then all four do.")
		for i := range 2 {
			k.VPERM2F128(Imm(0x20), sums[i+2], sums[i], spare[0])
			k.VPERM2F128(Imm(0x31), sums[i+2], sums[i], spare[1])
			k.do("VADD", spare[1], spare[0], sums[i])
		}
		k.VUNPCKLPD(sums[1], sums[0], spare[0])
		k.VUNPCKHPD(sums[1], sums[0], spare[1])
		k.do("VADD", spare[1], spare[0], sums[0])
	}
	if k.elem == f32 {
		k.VMOVSHDUP(sums[0], spare[1])
		k.do("VADD", spare[1], sums[0], sums[0])
	}
}

// storeRows stores the results of joinRows.
func (k kernel) storeRows(sum, spare reg.VecPhysical, out reg.GPVirtual) {
	switch {
	case k.masks:
		k.Comment("Row r is in the lowest lane of quarter r.")
		k.instr("VMOV"+k.scalar, sum.AsX(), Mem{Base: out})
		for r := 1; r < dotRows; r++ {
			k.VEXTRACTF32X4(Imm(uint64(r)), sum, spare.AsX())
			k.instr("VMOV"+k.scalar, spare.AsX(), Mem{Base: out, Disp: r * k.size})
		}
	case k.elem == f32:
		k.VEXTRACTF128(Imm(1), sum, spare.AsX())
		k.VSHUFPS(Imm(0x88), spare.AsX(), sum.AsX(), spare.AsX())
		k.VMOVUPS(spare.AsX(), Mem{Base: out})
	default:
		k.VMOVUPD(sum, Mem{Base: out})
	}
}
