package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Packing of B into panels, NR columns side by side, row after row, and the
// transposition that packs a matrix stored the other way.

func emitPack(g *emitter) {
	for _, e := range elems {
		g.pack(e)
		g.transpose(e)
	}
}

// blockBytes is the side of a block of a transposition, in bytes.
const blockBytes = 32

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

// transpose emits the transposition of a matrix. It works on square blocks of
// one YMM register's worth of lanes, on both instruction sets: wider blocks need
// more shuffles per element, and the stores are the limit already.
func (g *emitter) transpose(e *elem) {
	k := g.begin(e, "Transpose"+e.suffix, "func(lines, n int, b *T, bs int, dst *T, ds int)",
		fmt.Sprintf("transposes lines of n elements, a multiple of %d lines with a", blockBytes/e.size),
		"stride of bs: dst[p*ds+j] = b[j*bs+p].")
	side := blockBytes / k.size

	n, groups := k.integer("n"), k.integer("lines")
	b, bs, dst, ds := k.pointer("b"), k.stride("bs"), k.pointer("dst"), k.stride("ds")
	k.SHRQ(Imm(uint64(k.shiftOf(side))), groups)
	k.JZ(LabelRef("done"))
	k.CMPQ(n, Imm(uint64(side)))
	k.JL(LabelRef("short"))

	k.Comment(fmt.Sprintf("Blocks of %d lines and %d elements. The last block of a line ends at its", side, side),
		"end, even if it repeats elements that are done.")
	p, rest, to := k.GP64(), k.GP64(), k.GP64()
	columns := k.rows(p, bs, side)
	// Of eight rows of dst the last four have a base of their own: there are no
	// registers for more multiples of its stride.
	far, ds3 := k.GP64(), k.GP64()
	k.LEAQ(Mem{Base: ds, Index: ds, Scale: 2}, ds3)
	row := func(i int) Mem {
		m := Mem{Base: to}
		if i >= 4 {
			m.Base = far
		}
		switch i % 4 {
		case 1:
			m.Index, m.Scale = ds, 1
		case 2:
			m.Index, m.Scale = ds, 2
		case 3:
			m.Index, m.Scale = ds3, 1
		}
		return m
	}
	k.Label("group")
	k.MOVQ(b, p)
	k.MOVQ(dst, to)
	k.MOVQ(n, rest)
	k.Label("block")
	var done []reg.VecPhysical
	if e == f32 {
		done = transpose8x8(k, columns, avx2.regs)
		k.LEAQ(Mem{Base: to, Index: ds, Scale: 4}, far)
	} else {
		done = transpose4x4(k, columns, avx2.regs)
	}
	for i := range side {
		k.do("VMOVU", done[i], row(i))
	}
	k.sub(side, rest)
	k.JZ(LabelRef("next"))
	k.add(blockBytes, p)
	k.LEAQ(Mem{Base: to, Index: ds, Scale: 4}, to)
	if side == 8 {
		k.LEAQ(Mem{Base: to, Index: ds, Scale: 4}, to)
	}
	k.CMPQ(rest, Imm(uint64(side)))
	k.JGE(LabelRef("block"))
	back := k.GP64()
	k.Comment("Step back so that the block ends with the line.")
	k.SUBQ(Imm(uint64(side)), rest)
	k.LEAQ(Mem{Base: p, Index: rest, Scale: uint8(k.size)}, p)
	k.MOVQ(ds, back)
	k.IMULQ(rest, back)
	k.ADDQ(back, to)
	k.MOVQ(U32(side), rest)
	k.JMP(LabelRef("block"))
	k.Label("next")
	k.LEAQ(Mem{Base: b, Index: bs, Scale: uint8(side)}, b)
	k.add(blockBytes, dst)
	k.DECQ(groups)
	k.JNZ(LabelRef("group"))
	k.JMP(LabelRef("done"))

	k.Label("short")
	k.Comment("Shorter lines than a block has: element by element.")
	k.TESTQ(n, n)
	k.JLE(LabelRef("done"))
	k.SHLQ(Imm(uint64(k.shiftOf(side))), groups)
	k.Label("line")
	k.MOVQ(b, p)
	k.MOVQ(dst, to)
	k.MOVQ(n, rest)
	k.Label("element")
	x := reg.X0
	k.instr("VMOV"+k.scalar, Mem{Base: p}, x)
	k.instr("VMOV"+k.scalar, x, Mem{Base: to})
	k.add(k.size, p)
	k.ADDQ(ds, to)
	k.DECQ(rest)
	k.JNZ(LabelRef("element"))
	k.ADDQ(bs, b)
	k.add(k.size, dst)
	k.DECQ(groups)
	k.JNZ(LabelRef("line"))
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
