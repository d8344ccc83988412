package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// The corner of a triangle: four rows of a matrix among themselves.

// triRows is the number of rows of TriSolve and TriMul.
const triRows = 4

// triangle emits one of them. All coefficients stay in registers, and the four
// elements of a column, too: a call of Axpy and Scale for each pair of rows
// takes ten times as long for the few columns that there are.
func (g *emitter) triangle(e *elem, name string, solve bool, doc ...string) {
	k := g.begin(e, name+e.suffix, "func(t, b *T, ldb, n int)", doc...)
	x := func(r int) reg.VecPhysical { return k.regs[r] }
	factor := func(r, q int) reg.VecPhysical { return k.regs[triRows+r*(r+1)/2+q] }
	mask := k.regs[len(k.regs)-1]
	t := k.pointer("t")
	for r := range triRows {
		for q := range r + 1 {
			k.broadcast(Mem{Base: t, Disp: (triRows*r + q) * k.size}, factor(r, q))
		}
	}
	b, n := k.rows(k.pointer("b"), k.stride("ldb"), triRows), k.integer("n")
	compute := func(i int) {
		r := i
		if !solve {
			r = triRows - 1 - i // the others are still what they were
			k.do("VMUL", factor(r, r), x(r), x(r))
		}
		for q := range r {
			k.do("VFMADD231", x(q), factor(r, q), x(r))
		}
		if solve {
			k.do("VMUL", factor(r, r), x(r), x(r))
		}
	}
	lanes := k.lanes(e)
	k.sub(lanes, n)
	k.JL(LabelRef("tail"))
	k.Label("columns")
	for r := range triRows {
		k.load(whole, b.at(r, 0), x(r))
	}
	for i := range triRows {
		compute(i)
	}
	for r := range triRows {
		k.store(whole, x(r), b.at(r, 0))
	}
	k.add(k.bytes, b.bases[0])
	k.sub(lanes, n)
	k.JGE(LabelRef("columns"))
	k.Label("tail")
	k.add(lanes, n)
	k.JLE(LabelRef("done"))
	if k.masks {
		k.maskFor(n, 1)
	} else {
		k.tailMask(n, mask)
	}
	for r := range triRows {
		if k.masks {
			k.load(masked, b.at(r, 0), x(r))
		} else {
			k.do("VMASKMOV", b.at(r, 0), mask, x(r))
		}
	}
	for i := range triRows {
		compute(i)
	}
	for r := range triRows {
		if k.masks {
			k.store(masked, x(r), b.at(r, 0))
		} else {
			k.do("VMASKMOV", x(r), mask, b.at(r, 0))
		}
	}
	k.Label("done")
	k.end()
}

func (g *emitter) triangles(e *elem) {
	g.triangle(e, "TriSolve", true,
		"solves for four rows of b, n columns each: row r is row 0 with r*ldb",
		"added, and for r = 0, 1, 2, 3 takes in the rows before it, x[r] =",
		"fma(t[4*r+q], x[q], x[r]), and is multiplied by t[5*r]. ldb may be negative.")
	g.triangle(e, "TriMul", false,
		"is the same for a product: for r = 3, 2, 1, 0 row r is multiplied by t[5*r]",
		"and takes in the rows before it, x[r] = fma(t[4*r+q], x[q], x[r]).")
}
