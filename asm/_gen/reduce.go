package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Reductions over virtual lanes: element i goes to lane i mod L, where L is
// what virtualBytes hold, and at the end lanes i and i+h are added for h = L/2,
// L/4, …, 1. The lanes fill eight YMM or four ZMM registers, so both
// instruction sets do the same additions, and they are enough independent
// chains to hide the latency of an addition.

// reduction is one of them: what it does with a vector.
type reduction struct {
	name, signature string
	doc             []string
	// prepare sets the constant, if there is one.
	prepare func(k kernel)
	// step adds the vector or memory operand x to accumulator v. Where only
	// a part of x and y is wanted, w is masked, and x and y are registers whose
	// other lanes are +0. Those lanes must stay as they are, down to the sign
	// of a zero.
	step func(k kernel, w width, x, y Op, v int)
}

const twoVectors = "func(x, y *T, n int) T"

var reductions = []reduction{{
	name: "Sum", signature: "func(x *T, n int) T",
	doc: []string{"returns the sum of n elements."},
	step: func(k kernel, w width, x, _ Op, v int) {
		// A sum that begins with +0 is never -0, so adding +0 changes nothing.
		k.do("VADD", x, k.regs[v], k.regs[v])
	},
}, {
	name: "Asum", signature: "func(x *T, n int) T",
	doc: []string{"returns the sum of the absolute values of n elements."},
	prepare: func(k kernel) {
		// All bits but the sign: shift it out of a vector of ones.
		if k.masks {
			k.VPTERNLOGD(Imm(0xff), k.constant(), k.constant(), k.constant())
		} else {
			k.VPCMPEQD(k.constant(), k.constant(), k.constant())
		}
		if k.elem == f32 {
			k.VPSRLD(Imm(1), k.constant(), k.constant())
		} else {
			k.VPSRLQ(Imm(1), k.constant(), k.constant())
		}
	},
	step: func(k kernel, w width, x, _ Op, v int) {
		t := k.scratch(v)
		k.do("VAND", x, k.constant(), t)
		k.do("VADD", t, k.regs[v], k.regs[v])
	},
}, {
	name: "SumSq", signature: "func(x *T, n int) T",
	doc: []string{"returns the sum of the squares of n elements."},
	step: func(k kernel, w width, x, _ Op, v int) {
		t := k.inRegister(x, v)
		k.do("VFMADD231", t, t, k.regs[v])
	},
}, {
	name: "SqDev", signature: "func(x *T, n int, m T) T",
	doc:     []string{"returns the sum of the squares of x[i]-m of n elements."},
	prepare: func(k kernel) { k.broadcastParam("m", k.constant()) },
	step: func(k kernel, w width, x, _ Op, v int) {
		// m-x has the bits of x-m but for the sign, and can read x from memory.
		d := k.scratch(v)
		k.do("VSUB", x, k.constant(), d)
		if w == masked && !k.masks {
			k.do("VAND", k.partMask(), d, d)
		}
		k.merge(w, "VFMADD231", d, d, k.regs[v])
	},
}, {
	name: "Dot", signature: twoVectors,
	doc: []string{"returns the sum of the products x[i]*y[i] of n elements."},
	step: func(k kernel, w width, x, y Op, v int) {
		acc, t := k.regs[v], k.inRegister(x, v)
		if w != masked || k.masks {
			k.merge(w, "VFMADD231", y, t, acc)
			return
		}
		// A lane may be -0, left by a product that underflowed, and adding the
		// product of two zeros would turn it into +0.
		sum := k.scratch(v)
		k.VMOVAPS(acc, sum)
		k.do("VFMADD231", y, t, sum)
		k.do("VBLENDV", k.partMask(), sum, acc, acc)
	},
}}

func emitReduce(g *emitter) {
	if !g.masks {
		g.tailMasks()
	}
	for _, e := range elems {
		for _, r := range reductions {
			g.reduce(e, r)
		}
	}
}

// Registers of a reduction: accumulators from 0 up and three to work in, and
// from the top down one constant, the mask of a part (AVX2 only) and the two
// operands of a part.
func (k kernel) accumulators() int             { return virtualBytes / k.bytes }
func (k kernel) scratch(v int) reg.VecPhysical { return k.regs[k.accumulators()+v%3] }
func (k kernel) constant() reg.VecPhysical     { return k.regs[len(k.regs)-1] }
func (k kernel) partMask() reg.VecPhysical     { return k.regs[len(k.regs)-2] }
func (k kernel) part(i int) reg.VecPhysical    { return k.regs[len(k.regs)-3-i] }

// inRegister gives x if it is a register, else loads it for accumulator v.
func (k kernel) inRegister(x Op, v int) reg.VecPhysical {
	if r, ok := x.(reg.VecPhysical); ok {
		return r
	}
	k.do("VMOVU", x, k.scratch(v))
	return k.scratch(v)
}

// merge is do for an instruction that leaves the lanes of a masked operation
// as they are, where opmasks can say so.
func (k kernel) merge(w width, stem string, a, b, dst Op) {
	if w == masked && k.masks {
		k.do(stem, a, b, reg.K1, dst)
		return
	}
	k.do(stem, a, b, dst)
}

// reduce emits one reduction.
func (g *emitter) reduce(e *elem, r reduction) {
	k := g.begin(e, r.name+e.suffix, r.signature, r.doc...)
	x, n := k.pointer("x"), k.integer("n")
	ptrs := []reg.GPVirtual{x}
	if r.signature == twoVectors {
		ptrs = append(ptrs, k.pointer("y"))
	}
	if r.prepare != nil {
		r.prepare(k)
	}
	for v := range k.accumulators() {
		k.zero(k.regs[v])
	}
	row := virtualBytes / k.size
	k.sub(row, n)
	k.JL(LabelRef("tail"))
	k.Label("row")
	for v := range k.accumulators() {
		k.reduceVector(r, whole, v, ptrs)
	}
	for _, p := range ptrs {
		k.add(virtualBytes, p)
	}
	k.sub(row, n)
	k.JGE(LabelRef("row"))

	k.Label("tail")
	k.add(row, n)
	k.JLE(LabelRef("tree"))
	if k.masks {
		k.Comment("Less than a row is left: all vectors with masks, which may be empty.")
		for v := range k.accumulators() {
			if v > 0 {
				k.SUBQ(Imm(uint64(k.lanes(e))), n)
				k.JLE(LabelRef("tree"))
			}
			k.maskFor(n, 1)
			k.reduceVector(r, masked, v, ptrs)
		}
	} else {
		lanes := Imm(uint64(k.lanes(e)))
		last := k.accumulators() - 1
		for v := range last {
			k.CMPQ(n, lanes)
			k.JL(LabelRef(label("part", v)))
			k.reduceVector(r, whole, v, ptrs)
			k.SUBQ(lanes, n)
		}
		for v := last; v >= 0; v-- {
			// The last vector's part is where the whole ones end up; the others
			// follow it.
			k.Label(label("part", v))
			if v < last {
				k.TESTQ(n, n)
				k.JZ(LabelRef("tree"))
			}
			k.tailMask(n, k.partMask())
			k.reduceVector(r, masked, v, ptrs)
			if v > 0 {
				k.JMP(LabelRef("tree"))
			}
		}
	}
	k.Label("tree")
	k.tree("VADD", k.accumulators())
	k.VZEROUPPER()
	k.Store(reg.X0, k.ReturnIndex(0))
	k.RET()
}

// reduceVector adds vector v of a row.
func (k kernel) reduceVector(r reduction, w width, v int, ptrs []reg.GPVirtual) {
	in := []Op{nil, nil}
	for i, p := range ptrs {
		m := Mem{Base: p, Disp: v * k.bytes}
		switch {
		case w == whole:
			in[i] = m
		case k.masks:
			k.load(masked, m, k.part(i))
			in[i] = k.part(i)
		default:
			k.do("VMASKMOV", m, k.partMask(), k.part(i))
			in[i] = k.part(i)
		}
	}
	r.step(k, w, in[0], in[1], v)
}

// tree joins the lanes of the first n registers by halving and leaves the
// result in lane 0 of the first. It overwrites the second.
func (k kernel) tree(stem string, n int) {
	k.Comment("Halve the lanes until one is left.")
	k.joinVectors(stem, n, n)
	k.joinLanes(stem)
}

// joinVectors joins n registers by halving, of which only the first c hold
// anything.
func (k kernel) joinVectors(stem string, n, c int) {
	for h := n / 2; h >= 1; h /= 2 {
		for i := range h {
			if i+h < c {
				k.do(stem, k.regs[i+h], k.regs[i], k.regs[i])
			}
		}
	}
}

// joinLanes halves the lanes of the first register until one is left.
func (k kernel) joinLanes(stem string) {
	if k.masks {
		k.VEXTRACTF64X4(Imm(1), reg.Z0, reg.Y1)
		k.do(stem, reg.Y1, reg.Y0, reg.Y0)
	}
	k.VEXTRACTF128(Imm(1), reg.Y0, reg.X1)
	k.do(stem, reg.X1, reg.X0, reg.X0)
	if k.elem == f32 {
		k.VPERMILPD(Imm(1), reg.X0, reg.X1)
		k.do(stem, reg.X1, reg.X0, reg.X0)
		k.VMOVSHDUP(reg.X0, reg.X1)
	} else {
		k.VPERMILPD(Imm(1), reg.X0, reg.X1)
	}
	k.do(stem, reg.X1, reg.X0, reg.X0)
}
