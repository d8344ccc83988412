package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Kernels that compute one vector out of others, element by element.

// elementwise is one of them.
type elementwise struct {
	name, signature string
	doc             []string
	// operands are the pointer parameters; the last one is written. Each is
	// the same memory as another one or overlaps none.
	operands []string
	// complex says that the operands are pairs: n counts complex numbers, and
	// no vector or part of one ends within a pair.
	complex bool
	// prepare, if not nil, sets constants once, for use by compute.
	prepare func(k kernel)
	// compute emits what leaves len(out) consecutive vectors in out; in[i][u]
	// is the place of vector u of operand i.
	compute func(k kernel, w width, in [][]Mem, out []reg.VecPhysical)
}

var vectors = []elementwise{{
	name: "Axpy", signature: "func(alpha T, x, y *T, n int)", operands: []string{"x", "y"},
	doc:     []string{"computes y[i] = fma(alpha, x[i], y[i]) for n elements."},
	prepare: func(k kernel) { k.broadcastParam("alpha", k.constant()) },
	compute: func(k kernel, w width, in [][]Mem, out []reg.VecPhysical) {
		for u, y := range out {
			k.load(w, in[1][u], y)
			k.doAs(w, "VFMADD231", k.operand(w, in[0][u]), k.constant(), y)
		}
	},
}, {
	name: "Scale", signature: "func(alpha T, x, dst *T, n int)", operands: []string{"x", "dst"},
	doc:     []string{"computes dst[i] = alpha*x[i] for n elements.", "dst may be x."},
	prepare: func(k kernel) { k.broadcastParam("alpha", k.constant()) },
	compute: func(k kernel, w width, in [][]Mem, out []reg.VecPhysical) {
		for u, t := range out {
			k.doAs(w, "VMUL", k.operand(w, in[0][u]), k.constant(), t)
		}
	},
}, {
	name: "Fill", signature: "func(dst *T, n int, v T)", operands: []string{"dst"},
	doc: []string{"sets n elements to v."},
	// Nothing to compute: all registers of the result hold v.
	prepare: func(k kernel) {
		k.broadcastParam("v", k.regs[0])
		for u := 1; u <= vectorUnroll; u++ {
			k.do("VMOVA", k.regs[0], k.regs[u])
		}
	},
	compute: func(kernel, width, [][]Mem, []reg.VecPhysical) {},
},
	binary("Add", "VADD", "x[i] + y[i]"),
	binary("Sub", "VSUB", "x[i] - y[i]"),
	binary("Mul", "VMUL", "x[i] * y[i]"),
	binary("Div", "VDIV", "x[i] / y[i]"),
}

func binary(name, stem, formula string) elementwise {
	return elementwise{
		name: name, signature: "func(dst, x, y *T, n int)", operands: []string{"x", "y", "dst"},
		doc: []string{"computes dst[i] = " + formula + " for n elements.", "dst may be x or y."},
		compute: func(k kernel, w width, in [][]Mem, out []reg.VecPhysical) {
			for u, t := range out {
				k.load(w, in[0][u], t)
				k.doAs(w, stem, k.operand(w, in[1][u]), t, t)
			}
		},
	}
}

// vectorUnroll is how many vectors a turn of the main loop does: enough to
// hide the loop's own instructions.
const vectorUnroll = 4

func emitVector(g *emitter) {
	for _, e := range elems {
		for _, v := range vectors {
			k := g.begin(e, v.name+e.suffix, v.signature, v.doc...)
			k.elementwise(v)
			k.end()
		}
	}
}

// operand gives the second operand of an instruction: memory itself where
// the instruction reads all of it, else a register that holds the part.
func (k kernel) operand(w width, m Mem) Op {
	if w != masked {
		return m
	}
	spare := k.regs[vectorUnroll+1]
	k.load(w, m, spare)
	return spare
}

// elementwise emits the loops of v. Registers 0 to vectorUnroll hold results,
// one more is operand's, and constants are counted down from the top.
func (k kernel) elementwise(v elementwise) {
	n := k.integer("n")
	if v.complex {
		k.ADDQ(n, n)
	}
	var at []reg.GPVirtual
	for _, name := range v.operands {
		at = append(at, k.pointer(name))
	}
	if v.prepare != nil {
		v.prepare(k)
	}
	k.loops(v, n, at)
}

// loops emits the loops of v over n elements at pointers, all of which it moves.
// It ends at the label "done".
func (k kernel) loops(v elementwise, n reg.GPVirtual, at []reg.GPVirtual) {
	if k.masks {
		k.clippedLoops(v, n, at)
	} else {
		k.overlappedLoops(v, n, at)
	}
}

// clippedLoops ends with a vector that is cut short by a mask.
func (k kernel) clippedLoops(v elementwise, n reg.GPVirtual, at []reg.GPVirtual) {
	lanes := k.lanes(k.elem)
	k.sub(vectorUnroll*lanes, n)
	k.JL(LabelRef("rest"))
	k.Label("loop")
	k.vectors(v, whole, at, k.regs[:vectorUnroll])
	k.move(at, vectorUnroll*k.bytes)
	k.sub(vectorUnroll*lanes, n)
	k.JGE(LabelRef("loop"))
	k.Label("rest")
	k.add(vectorUnroll*lanes, n)
	k.JLE(LabelRef("done"))
	k.Label("one")
	k.maskFor(n, 1)
	k.vectors(v, masked, at, k.regs[:1])
	k.move(at, k.bytes)
	k.sub(lanes, n)
	k.JG(LabelRef("one"))
	k.Label("done")
}

// overlappedLoops needs no masks, whose stores are slow on AVX2. The vector
// that ends with the last element is computed first, from operands that are
// still untouched, and stored last. The vectors in between begin at the first
// element and may overlap it: there both have the same bits. Fewer elements
// than a vector has are done one by one.
func (k kernel) overlappedLoops(v elementwise, n reg.GPVirtual, at []reg.GPVirtual) {
	lanes := k.lanes(k.elem)
	last := k.regs[vectorUnroll]
	k.CMPQ(n, Imm(uint64(lanes)))
	k.JL(LabelRef("short"))
	k.Comment("The last vector, to be stored at the end.")
	var end []reg.GPVirtual
	for _, p := range at {
		q := k.GP64()
		k.LEAQ(Mem{Base: p, Index: n, Scale: uint8(k.size), Disp: -k.bytes}, q)
		end = append(end, q)
	}
	v.compute(k, whole, places(end, 1, 0), []reg.VecPhysical{last})
	// Vectors before it: (n-1)/lanes.
	k.sub(1+vectorUnroll*lanes, n)
	k.JL(LabelRef("rest"))
	k.Label("loop")
	k.vectors(v, whole, at, k.regs[:vectorUnroll])
	k.move(at, vectorUnroll*k.bytes)
	k.sub(vectorUnroll*lanes, n)
	k.JGE(LabelRef("loop"))
	k.Label("rest")
	k.add((vectorUnroll-1)*lanes, n)
	k.JL(LabelRef("last"))
	k.Label("one")
	k.vectors(v, whole, at, k.regs[:1])
	k.move(at, k.bytes)
	k.sub(lanes, n)
	k.JGE(LabelRef("one"))
	k.Label("last")
	k.store(whole, last, Mem{Base: end[len(end)-1]})
	k.JMP(LabelRef("done"))

	k.Label("short")
	k.TESTQ(n, n)
	k.JLE(LabelRef("done"))
	k.Label("element")
	if v.complex {
		k.vectors(v, couple, at, k.regs[:1])
		k.move(at, 2*k.size)
		k.SUBQ(Imm(2), n)
	} else {
		k.vectors(v, single, at, k.regs[:1])
		k.move(at, k.size)
		k.DECQ(n)
	}
	k.JNZ(LabelRef("element"))
	k.Label("done")
}

// vectors computes and stores the next len(out) vectors.
func (k kernel) vectors(v elementwise, w width, at []reg.GPVirtual, out []reg.VecPhysical) {
	in := places(at, len(out), k.bytes)
	v.compute(k, w, in, out)
	for u, t := range out {
		k.store(w, t, in[len(in)-1][u])
	}
}

// move advances all pointers.
func (k kernel) move(at []reg.GPVirtual, bytes int) {
	for _, p := range at {
		k.add(bytes, p)
	}
}

// places lists n consecutive vectors from each pointer.
func places(at []reg.GPVirtual, n, bytes int) [][]Mem {
	in := make([][]Mem, len(at))
	for i, p := range at {
		for u := range n {
			in[i] = append(in[i], Mem{Base: p, Disp: u * bytes})
		}
	}
	return in
}
