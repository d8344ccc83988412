package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Comparisons, whose results are bytes: the mask of eight elements is spread
// over the bytes of a general register.

var comparisons = []struct {
	name, sign string
	predicate  uint64 // of VCMP, none that signals
}{
	{"Equal", "==", 0x00},
	{"NotEqual", "!=", 0x04},
	{"Less", "<", 0x11},
	{"LessEqual", "<=", 0x12},
}

// compareStep is how many elements a turn takes.
const compareStep = 8

func emitCompare(g *emitter) {
	for _, e := range elems {
		for _, c := range comparisons {
			g.compare(e, c.name, c.sign, c.predicate)
		}
	}
}

func (g *emitter) compare(e *elem, name, sign string, predicate uint64) {
	k := g.begin(e, name+e.suffix, "func(dst *bool, x, y *T, n int)",
		"sets dst[i] = x[i] "+sign+" y[i] for n elements, a multiple of 8.")
	dst, x, y, n := k.pointer("dst"), k.pointer("x"), k.pointer("y"), k.integer("n")
	bits, more, ones := k.GP64(), k.GP64(), k.GP64()
	k.TESTQ(n, n)
	k.JLE(LabelRef("done"))
	k.MOVQ(U64(0x0101010101010101), ones)
	k.Label("next")
	switch {
	case g.masks:
		r := reg.VecPhysical(reg.Z0)
		if e == f32 {
			r = reg.Y0
		}
		k.do("VMOVU", Mem{Base: x}, r)
		k.do("VCMP", Imm(predicate), Mem{Base: y}, r, reg.K1)
		k.KMOVB(reg.K1, bits.As32())
	case e == f32:
		k.VMOVUPS(Mem{Base: x}, reg.Y0)
		k.VCMPPS(Imm(predicate), Mem{Base: y}, reg.Y0, reg.Y0)
		k.VMOVMSKPS(reg.Y0, bits.As32())
	default:
		k.VMOVUPD(Mem{Base: x}, reg.Y0)
		k.VMOVUPD(Mem{Base: x, Disp: 32}, reg.Y1)
		k.VCMPPD(Imm(predicate), Mem{Base: y}, reg.Y0, reg.Y0)
		k.VCMPPD(Imm(predicate), Mem{Base: y, Disp: 32}, reg.Y1, reg.Y1)
		k.VMOVMSKPD(reg.Y0, bits.As32())
		k.VMOVMSKPD(reg.Y1, more.As32())
		k.SHLL(Imm(4), more.As32())
		k.ORL(more.As32(), bits.As32())
	}
	k.PDEPQ(ones, bits, bits)
	k.MOVQ(bits, Mem{Base: dst})
	k.add(compareStep*e.size, x)
	k.add(compareStep*e.size, y)
	k.add(compareStep, dst)
	k.sub(compareStep, n)
	k.JG(LabelRef("next"))
	k.Label("done")
	k.end()
}
