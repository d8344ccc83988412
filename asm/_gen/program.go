package main

import (
	"fmt"
	"math"
)

// Elementary functions are straight-line programs over vectors: no branches,
// each operation rounded once or exact. One program becomes AVX2 code, AVX-512
// code (emit_program.go) and Go code (goprogram.go), so all of them do the
// same operations in the same order. The programs are in elementary.go.

// kind is what the lanes of a value hold.
type kind uint8

const (
	float   kind = iota // a floating-point number
	integer             // as many bits, seen as an integer
	mask                // true or false
)

// opcode is an operation of a program. Operands are a, b, c in order.
type opcode uint8

const (
	opInput opcode = iota // imm is its number
	opConst               // imm is its bits
	opAdd
	opSub
	opMul
	opDiv
	opSqrt
	opFMA   // a*b + c, rounded once
	opFNMA  // c - a*b, rounded once
	opRound // to an integer, in the direction imm of VROUND
	opMin   // a < b ? a : b
	opMax   // a > b ? a : b
	opAnd   // on bits, and so below
	opOr
	opXor
	opAndNot // a &^ b
	opShl    // by imm
	opShr    // unsigned, by imm
	opIAdd
	opISub
	opCmp      // floats, by the predicate imm of VCMP
	opIGreater // signed integers, a > b
	opMaskAnd
	opMaskOr
	opMaskAndNot // a &^ b
	opScale      // a * 2^b for an integer b, rounded once; AVX-512 only
	opSelect     // a ? b : c
	opGuard      // a: lanes that leave the program, see program.guard
)

// Directions of opRound and predicates of opCmp, as the instructions have
// them.
const (
	toEven = 8 | iota // without raising inexact
	toFloor
	toCeil
	toZero
)

const (
	equal     = 0
	less      = 1
	lessEqual = 2
	unordered = 3
)

// node is one operation of a program, and its result.
type node struct {
	op   opcode
	kind kind
	args []*node
	imm  uint64
	id   int // position in the program
}

// program is a function under construction. Its constants and arithmetic are
// of type width; elem is the type of the elements in memory, from and to which
// vectors are converted on the way. Most functions of float32 are computed in
// float64 and rounded at the end. Where width is f32 too, as for the plain
// functions and those of single.go, nothing is converted.
type program struct {
	elem, width *elem
	inputs      int
	nodes       []*node
	known       map[string]*node
	out         []*node // one, or one for each of the vectors side by side
	// usual says that the program is for most arguments only, and may do without
	// what the others need. Its bits are those of the whole program all the same.
	// It has a guard, whose lanes are left to the whole program.
	usual bool
	// guard, if not nil, says which lanes the program is not made for. The
	// vector code stops before a vector with such a lane and returns how many
	// elements it has done, and the Go code calls the function beyond instead.
	guard  *node
	beyond string
	// scales says that there is an instruction for opScale.
	scales bool
}

func newProgram(e *elem, inputs int) *program {
	p := &program{elem: e, width: f64, inputs: inputs, known: map[string]*node{}}
	for i := range inputs {
		p.add(opInput, float, uint64(i))
	}
	return p
}

// double reports whether the function is one of float64.
func (p *program) double() bool { return p.elem == f64 }

// mantissa is the number of bits behind the exponent.
func (p *program) mantissa() uint64 {
	if p.width == f32 {
		return 23
	}
	return 52
}

// add returns the result of an operation, and the same one if it is asked for
// again.
func (p *program) add(op opcode, k kind, imm uint64, args ...*node) *node {
	key := fmt.Sprint(op, k, imm)
	for _, a := range args {
		key += fmt.Sprint(" ", a.id)
	}
	if n := p.known[key]; n != nil {
		return n
	}
	n := &node{op: op, kind: k, args: args, imm: imm, id: len(p.nodes)}
	p.nodes = append(p.nodes, n)
	p.known[key] = n
	return n
}

// x is the first input, y the second.
func (p *program) x() *node { return p.nodes[0] }
func (p *program) y() *node { return p.nodes[1] }

// bits is a constant by its bits.
func (p *program) bits(b uint64) *node {
	return p.add(opConst, integer, b)
}

// num is a constant.
func (p *program) num(v float64) *node {
	if p.width == f32 {
		return p.bits(uint64(math.Float32bits(float32(v))))
	}
	return p.bits(math.Float64bits(v))
}

func (p *program) sum(a, b *node) *node          { return p.add(opAdd, float, 0, a, b) }
func (p *program) sub(a, b *node) *node          { return p.add(opSub, float, 0, a, b) }
func (p *program) mul(a, b *node) *node          { return p.add(opMul, float, 0, a, b) }
func (p *program) div(a, b *node) *node          { return p.add(opDiv, float, 0, a, b) }
func (p *program) sqrt(a *node) *node            { return p.add(opSqrt, float, 0, a) }
func (p *program) fma(a, b, c *node) *node       { return p.add(opFMA, float, 0, a, b, c) }
func (p *program) fnma(a, b, c *node) *node      { return p.add(opFNMA, float, 0, a, b, c) }
func (p *program) round(a *node, d uint64) *node { return p.add(opRound, float, d, a) }
func (p *program) min(a, b *node) *node          { return p.add(opMin, float, 0, a, b) }
func (p *program) max(a, b *node) *node          { return p.add(opMax, float, 0, a, b) }
func (p *program) and(a, b *node) *node          { return p.add(opAnd, integer, 0, a, b) }
func (p *program) or(a, b *node) *node           { return p.add(opOr, integer, 0, a, b) }
func (p *program) xor(a, b *node) *node          { return p.add(opXor, integer, 0, a, b) }
func (p *program) andNot(a, b *node) *node       { return p.add(opAndNot, integer, 0, a, b) }
func (p *program) shl(a *node, n uint64) *node   { return p.add(opShl, integer, n, a) }
func (p *program) shr(a *node, n uint64) *node   { return p.add(opShr, integer, n, a) }
func (p *program) iadd(a, b *node) *node         { return p.add(opIAdd, integer, 0, a, b) }
func (p *program) isub(a, b *node) *node         { return p.add(opISub, integer, 0, a, b) }
func (p *program) less(a, b *node) *node         { return p.add(opCmp, mask, less, a, b) }
func (p *program) lessEqual(a, b *node) *node    { return p.add(opCmp, mask, lessEqual, a, b) }
func (p *program) equal(a, b *node) *node        { return p.add(opCmp, mask, equal, a, b) }
func (p *program) unordered(a, b *node) *node    { return p.add(opCmp, mask, unordered, a, b) }
func (p *program) igreater(a, b *node) *node     { return p.add(opIGreater, mask, 0, a, b) }
func (p *program) both(a, b *node) *node         { return p.add(opMaskAnd, mask, 0, a, b) }
func (p *program) either(a, b *node) *node       { return p.add(opMaskOr, mask, 0, a, b) }
func (p *program) butNot(a, b *node) *node       { return p.add(opMaskAndNot, mask, 0, a, b) }

// pick is m ? a : b.
func (p *program) pick(m, a, b *node) *node {
	k := a.kind
	if b.kind == float {
		k = float
	}
	return p.add(opSelect, k, 0, m, a, b)
}

// except leaves lanes where m is true to the whole program, if p is not that.
func (p *program) except(m *node) {
	if p.usual {
		p.setGuard(m)
	}
}

// sideBySide returns a program that does u vectors, operation by operation, so
// that those of one fill the time in which those of another wait. Input i of
// vector v is number v*inputs + i.
func (p *program) sideBySide(u int) *program {
	q := &program{elem: p.elem, width: p.width, inputs: p.inputs * u, known: map[string]*node{}, usual: p.usual, scales: p.scales}
	clones := make([]map[*node]*node, u)
	for v := range clones {
		clones[v] = map[*node]*node{}
	}
	clone := func(n *node, v int) *node {
		if n.op == opConst {
			return q.bits(n.imm)
		}
		return clones[v][n]
	}
	for _, n := range p.live() {
		var any *node // of the vectors' guards
		for v := range clones {
			var args []*node
			for _, a := range n.args {
				args = append(args, clone(a, v))
			}
			switch n.op {
			case opInput:
				clones[v][n] = q.add(opInput, float, uint64(v*p.inputs)+n.imm)
			case opGuard:
				if any == nil {
					any = args[0]
				} else {
					any = q.either(any, args[0])
				}
			default:
				clones[v][n] = q.add(n.op, n.kind, n.imm, args...)
			}
		}
		if n.op == opGuard {
			q.except(any)
		}
	}
	for v := range clones {
		q.out = append(q.out, clone(p.out[0], v))
	}
	return q
}

// leave names the function for lanes where m is true.
func (p *program) leave(m *node, function string) {
	p.setGuard(m)
	p.beyond = function
}

func (p *program) setGuard(m *node) {
	if p.guard != nil {
		panic("two guards")
	}
	p.guard = p.add(opGuard, mask, 0, m)
}

// live returns the operations that the result needs, in order, but for
// constants. Conditions come as late as they can: there are few registers for
// them.
func (p *program) live() []*node {
	needed := make([]bool, len(p.nodes))
	var visit func(n *node)
	visit = func(n *node) {
		if !needed[n.id] {
			needed[n.id] = true
			for _, a := range n.args {
				visit(a)
			}
		}
	}
	for _, n := range p.out {
		visit(n)
	}
	if p.guard != nil {
		visit(p.guard)
	}
	for i := range p.inputs {
		needed[i] = true
	}
	var live []*node
	done := map[*node]bool{}
	var place func(n *node)
	place = func(n *node) {
		if done[n] || n.op == opConst {
			return
		}
		done[n] = true
		for _, a := range n.args {
			if a.kind == mask {
				place(a)
			}
		}
		live = append(live, n)
	}
	for i, n := range p.nodes {
		if needed[i] && (n.kind != mask || n.op == opGuard) {
			place(n)
		}
	}
	return live
}
