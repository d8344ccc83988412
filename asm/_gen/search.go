package main

import (
	"strings"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Extremes and searches. MAXPS and MINPS forget a NaN when the next number
// comes, so Max and Min carry a second accumulator that a NaN sticks to.

func emitSearch(g *emitter) {
	if !g.masks {
		g.tailMasks()
	}
	signs := map[*elem]Mem{f32: g.notSigns("notSignsF32", 0x7fffffff7fffffff), f64: g.notSigns("notSignsF64", 0x7fffffffffffffff)}
	for _, e := range elems {
		g.extreme(e, "Max", "largest", nil)
		g.extreme(e, "Min", "smallest", nil)
		notSigns := signs[e]
		g.extreme(e, "MaxAbs", "largest absolute value", &notSigns)
		g.absSumComplex(e, notSigns)
		g.index(e, "IndexEq", "func(x *T, n int, v T) int", compareEq, nil,
			"returns the first i < n with x[i] == v, or n.",
			"Zeros of either sign are equal, and a NaN is equal to nothing.")
		g.index(e, "IndexAbsEq", "func(x *T, n int, v T) int", compareEq, &notSigns,
			"returns the first i < n with |x[i]| == v, or n.")
		g.index(e, "IndexNaN", "func(x *T, n int) int", compareUnordered, nil,
			"returns the first i < n with a NaN in x[i], or n.")
	}
}

// Predicates of VCMPPS.
const (
	compareEq        = 0
	compareUnordered = 3
)

// extremeVecs is the number of vectors, and of accumulators, of a turn of the
// main loop.
const extremeVecs = 8

// notSigns emits a vector with all bits set but the signs.
func (g *emitter) notSigns(name string, word uint64) Mem {
	m := g.StaticGlobal(name)
	g.DataAttributes(attrTable)
	for i := 0; i < g.bytes; i += 8 {
		g.AddDatum(i, U64(word))
	}
	return m
}

// extreme emits Max or Min or, without signs, the maximum of absolute values.
func (g *emitter) extreme(e *elem, name, which string, notSigns *Mem) {
	k := g.begin(e, name+e.suffix, "func(x *T, n int) (m T, suspect bool)",
		"returns the "+which+" of n >= 1 elements, provided that none is a NaN.",
		"If one is, suspect is true. It may also be true without one, if there are",
		"infinities. A zero has either sign.")
	stem := "V" + strings.ToUpper(name[:3])
	x, n := k.pointer("x"), k.integer("n")
	best := func(v int) reg.VecPhysical { return k.regs[v%extremeVecs] }
	trap := func(v int) reg.VecPhysical { return k.regs[extremeVecs+v/2%4] }
	value := func(v int) reg.VecPhysical { return k.regs[extremeVecs+4+v%2] }
	clear := k.regs[extremeVecs+4+2]
	if notSigns != nil {
		k.do("VMOVU", *notSigns, clear)
	}
	abs := func(r reg.VecPhysical) {
		if notSigns != nil {
			k.do("VAND", clear, r, r)
		}
	}
	// pair takes two vectors. The product with a NaN is a NaN, and so is the
	// sum with one.
	pair := func(v int, m0, m1 Mem) {
		k.do("VMOVU", m0, value(v))
		k.do("VMOVU", m1, value(v+1))
		abs(value(v))
		abs(value(v + 1))
		k.do(stem, value(v), best(v), best(v))
		k.do(stem, value(v+1), best(v+1), best(v+1))
		k.do("VFMADD231", value(v), value(v+1), trap(v))
	}
	lanes, row := k.lanes(e), extremeVecs*k.lanes(e)
	k.sub(row, n)
	k.JL(LabelRef("short"))
	k.broadcast(Mem{Base: x}, best(0))
	abs(best(0))
	for v := 1; v < extremeVecs; v++ {
		k.do("VMOVA", best(0), best(v))
	}
	for v := 0; v < extremeVecs; v += 2 {
		k.zero(trap(v))
	}
	k.Label("loop")
	for v := 0; v < extremeVecs; v += 2 {
		pair(v, Mem{Base: x, Disp: v * k.bytes}, Mem{Base: x, Disp: (v + 1) * k.bytes})
	}
	k.add(extremeVecs*k.bytes, x)
	k.sub(row, n)
	k.JGE(LabelRef("loop"))
	k.Comment("Part of a turn is left: step back and repeat some elements.")
	k.CMPQ(n, I32(int32(-row)))
	k.JE(LabelRef("join"))
	k.LEAQ(Mem{Base: x, Index: n, Scale: uint8(k.size)}, x)
	k.XORQ(n, n)
	k.JMP(LabelRef("loop"))

	k.Label("join")
	k.do("VADD", trap(0), trap(2), trap(0))
	k.do("VADD", trap(4), trap(6), trap(4))
	k.do("VADD", trap(0), trap(4), trap(0))
	k.joinVectors(stem, extremeVecs, extremeVecs)
	k.Label("lanes")
	bits := k.anyLane(compareUnordered, trap(0), trap(0))
	k.TESTL(bits, bits)
	suspect := k.GP8()
	k.SETNE(suspect)
	k.joinLanes(stem)
	k.VZEROUPPER()
	k.Store(reg.X0, k.Return("m"))
	k.Store(suspect, k.Return("suspect"))
	k.RET()

	k.Label("short")
	k.Comment("Less than one turn: no vector but those that have elements, the last of",
		"which ends with the last element.")
	k.add(row, n)
	k.zero(trap(0))
	k.CMPQ(n, Imm(uint64(lanes)))
	k.JL(LabelRef("part"))
	last := k.GP64()
	k.LEAQ(Mem{Base: x, Index: n, Scale: uint8(k.size), Disp: -k.bytes}, last)
	for c := 1; c < extremeVecs; c++ {
		k.CMPQ(n, I32(int32(c*lanes)))
		k.JLE(LabelRef(label("vectors", c)))
	}
	for c := extremeVecs; c >= 1; c-- {
		k.Label(label("vectors", c))
		for v := range c {
			m := Mem{Base: x, Disp: v * k.bytes}
			if v == c-1 {
				m = Mem{Base: last}
			}
			k.do("VMOVU", m, best(v))
			abs(best(v))
		}
		for v := 0; v < c; v += 2 {
			k.do("VFMADD231", best(v), best(min(v+1, c-1)), trap(0))
		}
		k.joinVectors(stem, extremeVecs, c)
		k.JMP(LabelRef("lanes"))
	}
	k.Label("part")
	k.broadcast(Mem{Base: x}, best(0))
	abs(best(0))
	k.partOf(n, value(1))
	k.loadPart(true, Mem{Base: x}, value(1), value(0))
	abs(value(0))
	k.do("VFMADD231", value(0), value(0), trap(0))
	if k.masks {
		k.do(stem, value(0), best(0), reg.K1, best(0))
	} else {
		k.do("VBLENDV", value(1), value(0), best(0), value(0))
		k.do(stem, value(0), best(0), best(0))
	}
	k.JMP(LabelRef("lanes"))
}

// absSumComplex emits the sums of the absolute values of the parts of complex
// numbers, with registers of AVX2 on both instruction sets.
func (g *emitter) absSumComplex(e *elem, notSigns Mem) {
	k := g.begin(e, "AbsSumComplex"+e.suffix, "func(x *T, n int, dst *T)",
		"sets dst to |re| + |im| of n complex numbers.")
	x, n, dst := k.pointer("x"), k.integer("n"), k.pointer("dst")
	lanes := 32 / k.size
	a, b, bits := reg.Y0, reg.Y1, reg.Y2
	k.do("VMOVU", notSigns, bits)
	k.CMPQ(n, Imm(uint64(lanes)))
	k.JL(LabelRef("short"))
	k.Label("loop")
	k.VANDPS(Mem{Base: x}, bits, a)
	k.VANDPS(Mem{Base: x, Disp: 32}, bits, b)
	k.instr("VHADD"+k.packed, b, a, a)
	k.VPERMPD(Imm(0xd8), a, a)
	k.do("VMOVU", a, Mem{Base: dst})
	k.sub(lanes, n)
	k.JZ(LabelRef("done"))
	k.add(64, x)
	k.add(32, dst)
	k.CMPQ(n, Imm(uint64(lanes)))
	k.JGE(LabelRef("loop"))
	k.Comment("Step back so that the last turn ends with the last number.")
	k.sub(lanes, n)
	k.LEAQ(Mem{Base: dst, Index: n, Scale: uint8(k.size)}, dst)
	k.SHLQ(Imm(1), n)
	k.LEAQ(Mem{Base: x, Index: n, Scale: uint8(k.size)}, x)
	k.MOVQ(U32(lanes), n)
	k.JMP(LabelRef("loop"))
	k.Label("short")
	k.TESTQ(n, n)
	k.JLE(LabelRef("done"))
	k.Label("number")
	for i, r := range []reg.VecPhysical{a, b} {
		k.instr("VMOV"+k.scalar, Mem{Base: x, Disp: i * k.size}, r.AsX())
		k.VANDPS(bits.AsX(), r.AsX(), r.AsX())
	}
	k.instr("VADD"+k.scalar, b.AsX(), a.AsX(), a.AsX())
	k.instr("VMOV"+k.scalar, a.AsX(), Mem{Base: dst})
	k.add(2*k.size, x)
	k.add(k.size, dst)
	k.DECQ(n)
	k.JNZ(LabelRef("number"))
	k.Label("done")
	k.end()
}

// anyLane compares two vectors and gives a bit for each lane. It overwrites a
// register of the compared ones only if that is b.
func (k kernel) anyLane(predicate uint64, a, b Op) reg.GPVirtual {
	bits := k.GP32()
	if k.masks {
		k.do("VCMP", Imm(predicate), a, b, reg.K1)
		k.KMOVW(reg.K1, bits)
	} else {
		k.do("VCMP", Imm(predicate), a, b, b)
		k.do("VMOVMSK", b, bits)
	}
	return bits
}

// indexVecs is how many vectors a turn of a search compares before it
// branches: with eight instead of four AVX2 searches a third faster, and
// AVX-512 has but seven opmasks.
func (s *isa) indexVecs() int {
	if s.masks {
		return 4
	}
	return 8
}

// index emits a search for the first element that compares as predicate says,
// with v or, for compareUnordered, with itself; with notSigns, its absolute
// value.
func (g *emitter) index(e *elem, name, signature string, predicate uint64, notSigns *Mem, doc ...string) {
	k := g.begin(e, name+e.suffix, signature, doc...)
	x, n, i := k.pointer("x"), k.integer("n"), k.GP64()
	wanted := k.regs[len(k.regs)-1]
	if predicate == compareEq {
		k.broadcastParam("v", wanted)
	}
	lanes, vecs := k.lanes(e), k.indexVecs()
	element := func(v int) Mem {
		return Mem{Base: x, Index: i, Scale: uint8(k.size), Disp: v * k.bytes}
	}
	// with gives the two sides of the comparison with the vector at m.
	abs := k.regs[len(k.regs)-2]
	if notSigns != nil {
		k.do("VMOVU", *notSigns, abs)
	}
	with := func(m Mem, t reg.VecPhysical) (Op, Op) {
		switch {
		case notSigns != nil:
			k.do("VAND", m, abs, t)
			return t, wanted
		case predicate == compareEq:
			return m, wanted
		}
		k.do("VMOVU", m, t)
		return t, t
	}
	// part turns what was loaded of the last elements into what is compared.
	part := func(t reg.VecPhysical) Op {
		switch {
		case notSigns != nil:
			k.do("VAND", t, abs, t)
			return wanted
		case predicate == compareEq:
			return wanted
		}
		return t
	}
	k.XORQ(i, i)
	k.sub(vecs*lanes, n)
	k.JL(LabelRef("rest"))
	k.Label("loop")
	for v := range vecs {
		a, b := with(element(v), k.regs[v])
		if k.masks {
			k.do("VCMP", Imm(predicate), a, b, opmasks[v])
		} else {
			k.do("VCMP", Imm(predicate), a, b, k.regs[v])
		}
	}
	// Join them; a hit is then found again by the loop below.
	if k.masks {
		k.KORW(reg.K1, reg.K2, reg.K1)
		k.KORW(reg.K3, reg.K4, reg.K3)
		k.KORTESTW(reg.K1, reg.K3)
	} else {
		for h := vecs / 2; h >= 1; h /= 2 {
			for v := range h {
				k.VORPS(k.regs[v], k.regs[v+h], k.regs[v])
			}
		}
		k.VPTEST(k.regs[0], k.regs[0])
	}
	k.JNZ(LabelRef("rest"))
	k.add(vecs*lanes, i)
	k.sub(vecs*lanes, n)
	k.JGE(LabelRef("loop"))
	k.Label("rest")
	k.Comment("One vector at a time. n counts what is left from here.")
	k.add(vecs*lanes, n)
	k.Label("one")
	hits := k.GP64()
	k.CMPQ(n, Imm(uint64(lanes)))
	k.JL(LabelRef("part"))
	a, b := with(element(0), k.regs[0])
	if k.masks {
		k.do("VCMP", Imm(predicate), a, b, reg.K1)
		k.KMOVW(reg.K1, hits.As32())
	} else {
		k.do("VCMP", Imm(predicate), a, b, k.regs[0])
		k.do("VMOVMSK", k.regs[0], hits.As32())
	}
	k.TESTQ(hits, hits)
	k.JNZ(LabelRef("found"))
	k.add(lanes, i)
	k.sub(lanes, n)
	k.JMP(LabelRef("one"))

	k.Label("part")
	k.TESTQ(n, n)
	k.JLE(LabelRef("none"))
	t := k.regs[0]
	if k.masks {
		k.maskFor(n, 1)
		k.load(masked, element(0), t)
		k.do("VCMP", Imm(predicate), t, part(t), reg.K1, reg.K2)
		k.KMOVW(reg.K2, hits.As32())
	} else {
		k.tailMask(n, k.regs[1])
		k.do("VMASKMOV", element(0), k.regs[1], t)
		k.do("VCMP", Imm(predicate), t, part(t), t)
		k.do("VAND", k.regs[1], t, t)
		k.do("VMOVMSK", t, hits.As32())
	}
	k.TESTQ(hits, hits)
	k.JNZ(LabelRef("found"))
	k.Label("none")
	k.ADDQ(n, i)
	k.JMP(LabelRef("done"))
	k.Label("found")
	k.TZCNTQ(hits, hits)
	k.ADDQ(hits, i)
	k.Label("done")
	k.VZEROUPPER()
	k.Store(i, k.ReturnIndex(0))
	k.RET()
}
