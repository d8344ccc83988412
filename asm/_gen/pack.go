package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Packing of B into panels: NR columns side by side, row after row.

func emitPack(g *emitter) {
	for _, e := range elems {
		g.pack(e)
		g.packTrans(e)
	}
}

// panelBytes is a row of a packed panel: as wide as the widest tile.
func (s *isa) panelBytes() int { return s.tileFamilies()[0].vecs * s.bytes }

// pack emits the kernel for a B that is stored by rows.
func (g *emitter) pack(e *elem) {
	k := g.begin(e, "Pack"+e.suffix, "func(k int, b *T, brs int, dst *T)",
		"copies k rows of NR contiguous elements with a",
		"stride of brs to dst, where their stride is NR.")
	rows := k.integer("k")
	b, brs, dst := k.pointer("b"), k.stride("brs"), k.pointer("dst")
	k.TESTQ(rows, rows)
	k.JLE(LabelRef("done"))
	k.Label("row")
	n := k.panelBytes() / k.bytes
	for v := range n {
		k.do("VMOVU", Mem{Base: b, Disp: v * k.bytes}, k.regs[v])
	}
	for v := range n {
		k.do("VMOVU", k.regs[v], Mem{Base: dst, Disp: v * k.bytes})
	}
	k.ADDQ(brs, b)
	k.add(k.panelBytes(), dst)
	k.DECQ(rows)
	k.JNZ(LabelRef("row"))
	k.Label("done")
	k.end()
}

// packTrans emits the kernel for a B that is stored by columns. It transposes
// square blocks of one YMM register's worth of lanes, on both instruction
// sets: wider blocks need more shuffles per element, and the stores are the
// limit already.
func (g *emitter) packTrans(e *elem) {
	k := g.begin(e, "PackTrans"+e.suffix, "func(k int, b *T, bcs int, dst *T)",
		"packs NR columns of k contiguous elements each,",
		"with a stride of bcs: dst[p*NR+j] = b[j*bcs+p].")
	const blockBytes = 32
	side := blockBytes / k.size
	pitch := k.panelBytes()

	n := k.integer("k")
	b, bcs, dst := k.pointer("b"), k.stride("bcs"), k.pointer("dst")
	k.CMPQ(n, Imm(uint64(side)))
	k.JL(LabelRef("short"))

	k.Comment(fmt.Sprintf("Blocks of %d columns and %d rows. The last block of a column ends at", side, side),
		"its last row, even if it repeats rows that are done.")
	groups := k.GP64()
	k.MOVQ(U32(pitch/blockBytes), groups)
	columns := k.rows(b, bcs, side)
	p, rest, to := k.GP64(), k.GP64(), k.GP64()
	k.Label("group")
	k.MOVQ(b, p)
	k.MOVQ(dst, to)
	k.MOVQ(n, rest)
	k.Label("block")
	columns.bases = []reg.GPVirtual{p}
	var done []reg.VecPhysical
	if e == f32 {
		done = transpose8x8(k, columns, avx2.regs)
	} else {
		done = transpose4x4(k, columns, avx2.regs)
	}
	for i := range side {
		k.do("VMOVU", done[i], Mem{Base: to, Disp: i * pitch})
	}
	k.sub(side, rest)
	k.JZ(LabelRef("next"))
	k.add(blockBytes, p)
	k.add(side*pitch, to)
	k.CMPQ(rest, Imm(uint64(side)))
	k.JGE(LabelRef("block"))
	back := k.GP64()
	k.Comment("Step back so that the block ends with the column.")
	k.SUBQ(Imm(uint64(side)), rest)
	k.LEAQ(Mem{Base: p, Index: rest, Scale: uint8(k.size)}, p)
	k.MOVQ(rest, back)
	k.IMUL3Q(I32(int32(pitch)), back, back)
	k.ADDQ(back, to)
	k.MOVQ(U32(side), rest)
	k.JMP(LabelRef("block"))
	k.Label("next")
	k.LEAQ(Mem{Base: b, Index: bcs, Scale: uint8(side)}, b)
	k.add(blockBytes, dst)
	k.DECQ(groups)
	k.JNZ(LabelRef("group"))
	k.JMP(LabelRef("done"))

	k.Label("short")
	k.Comment("Fewer rows than a block has: element by element.")
	k.TESTQ(n, n)
	k.JLE(LabelRef("done"))
	j, from, x := k.GP64(), k.GP64(), k.XMM()
	k.Label("row")
	k.MOVQ(b, from)
	k.MOVQ(U32(pitch/k.size), j)
	k.Label("element")
	k.instr("VMOV"+k.scalar, Mem{Base: from}, x)
	k.instr("VMOV"+k.scalar, x, Mem{Base: dst})
	k.ADDQ(bcs, from)
	k.add(k.size, dst)
	k.DECQ(j)
	k.JNZ(LabelRef("element"))
	k.add(k.size, b)
	k.DECQ(n)
	k.JNZ(LabelRef("row"))
	k.Label("done")
	k.end()
}

// transpose4x4 reads four columns of four float64 and gives the registers
// that hold the four rows.
func transpose4x4(k kernel, columns matrixRows, y []reg.VecPhysical) []reg.VecPhysical {
	// Loading columns j and j+2 into the halves of one register leaves only
	// unpacking to do, within the halves.
	for i := range 4 {
		// y[4+i]: rows 2*(i/2), +1 of columns i%2 and i%2+2
		j, rows := i%2, 16*(i/2)
		k.VMOVUPD(columns.at(j, rows), y[4+i].AsX())
		k.VINSERTF128(Imm(1), columns.at(j+2, rows), y[4+i], y[4+i])
	}
	for i := range 2 {
		k.VUNPCKLPD(y[5+2*i], y[4+2*i], y[2*i])
		k.VUNPCKHPD(y[5+2*i], y[4+2*i], y[2*i+1])
	}
	return y[:4]
}

// transpose8x8 reads eight columns of eight float32 and gives the registers
// that hold the eight rows.
func transpose8x8(k kernel, columns matrixRows, y []reg.VecPhysical) []reg.VecPhysical {
	// y[8+i]: rows 4*(i/4) to +3 of columns i%4 and, in the upper half, i%4+4.
	for i := range 8 {
		j, rows := i%4, 16*(i/4)
		k.VMOVUPS(columns.at(j, rows), y[8+i].AsX())
		k.VINSERTF128(Imm(1), columns.at(j+4, rows), y[8+i], y[8+i])
	}
	// y[4*h+2*c], +1: rows 0, 1 and rows 2, 3 of columns 2*c, 2*c+1 in turn.
	for i := range 4 {
		k.VUNPCKLPS(y[9+2*i], y[8+2*i], y[2*i])
		k.VUNPCKHPS(y[9+2*i], y[8+2*i], y[2*i+1])
	}
	for h := range 2 {
		for r := range 2 {
			from := y[4*h+r:]
			k.VUNPCKLPD(from[2], from[0], y[8+4*h+2*r])
			k.VUNPCKHPD(from[2], from[0], y[8+4*h+2*r+1])
		}
	}
	return y[8:16]
}
