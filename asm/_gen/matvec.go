package main

import (
	"fmt"
	"io"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Matrix-vector kernels: several rows at once, so that the vector that they
// share is read once for all of them.

// axpyRows is the number of rows of AxpyRows: of a vector's loads and its
// store, 1/4 instead of 1/2 are then not the matrix.
const axpyRows = 8

// dotRows is the number of rows of DotRows: with four registers each they
// take half of the 32 of AVX-512.
const dotRows = 4

func emitMatVec(g *emitter) {
	if !g.masks {
		g.tailMasks()
	}
	for _, e := range elems {
		g.axpyRows(e)
		g.dotRows(e)
		g.symvRows(e)
		g.triangles(e)
		g.ger(e)
		g.axpyRowsShort(e)
		g.dotRowsShort(e)
	}
}

// symvBytes is the width of a row of lanes of SymvRows: as many as the
// registers of AVX2 have room for.
const symvBytes = 64

// symvRowsAtOnce is the number of rows of SymvRows.
const symvRowsAtOnce = 4

// symvRows emits the product with a symmetric matrix of which one half is
// stored: what rows give as rows and as columns, reading them once.
func (g *emitter) symvRows(e *elem) {
	k := g.begin(e, "SymvRows"+e.suffix, "func(a *T, lda int, f, x, y *T, n int, out *T)",
		"sets out[r] to the sum of a[r*lda+j]*x[j] over lanes, for four",
		"rows and n columns, and adds f[r] times row r to y, in increasing order:",
		"y[j] = fma(f[r], a[r*lda+j], y[j]).")
	const rows = symvRowsAtOnce
	vecs := symvBytes / k.bytes
	acc := func(r, v int) reg.VecPhysical { return k.regs[r*vecs+v] }
	factor := func(r int) reg.VecPhysical { return k.regs[rows*vecs+r] }
	rest := k.regs[rows*vecs+rows:]
	xs, ys, as := rest[0], rest[1], rest[2]
	mask := k.regs[len(k.regs)-1]
	f := k.pointer("f")
	for r := range rows {
		k.broadcast(Mem{Base: f, Disp: r * k.size}, factor(r))
		for v := range vecs {
			k.zero(acc(r, v))
		}
	}
	x, y, n := k.pointer("x"), k.pointer("y"), k.integer("n")
	a := k.rows(k.pointer("a"), k.stride("lda"), rows)
	row, lanes := symvBytes/k.size, k.lanes(e)
	k.sub(row, n)
	k.JL(LabelRef("tail"))
	k.Label("row")
	step := func(v int) {
		at := v * k.bytes
		k.load(whole, Mem{Base: x, Disp: at}, xs)
		k.load(whole, Mem{Base: y, Disp: at}, ys)
		for r := range rows {
			k.load(whole, a.at(r, at), as)
			k.do("VFMADD231", as, xs, acc(r, v))
			k.do("VFMADD231", as, factor(r), ys)
		}
		k.store(whole, ys, Mem{Base: y, Disp: at})
	}
	for v := range vecs {
		step(v)
	}
	k.add(symvBytes, x)
	k.add(symvBytes, y)
	k.add(symvBytes, a.bases[0])
	k.sub(row, n)
	k.JGE(LabelRef("row"))
	k.Label("tail")
	k.add(row, n)
	k.JLE(LabelRef("tree"))
	for v := range vecs {
		at := v * k.bytes
		if k.masks {
			k.maskFor(n, 1)
			k.load(masked, Mem{Base: x, Disp: at}, xs)
			k.load(masked, Mem{Base: y, Disp: at}, ys)
			for r := range rows {
				k.load(masked, a.at(r, at), as)
				// Merging: a lane that gets no element stays, even if it is -0.
				k.do("VFMADD231", as, xs, reg.K1, acc(r, v))
				k.do("VFMADD231", as, factor(r), ys)
			}
			k.store(masked, ys, Mem{Base: y, Disp: at})
			continue
		}
		part, next := label("part", v), label("next", v)
		k.CMPQ(n, Imm(uint64(lanes)))
		k.JL(LabelRef(part))
		step(v)
		k.JMP(LabelRef(next))
		k.Label(part)
		// Lanes without an element add -0 times +0, which is -0 and changes no
		// lane, be it +0 or -0.
		k.tailMask(n, mask)
		k.do("VMASKMOV", Mem{Base: x, Disp: at}, mask, xs)
		k.VPCMPEQD(as, as, as)
		if e == f32 {
			k.VPSLLD(Imm(31), as, as)
		} else {
			k.VPSLLQ(Imm(63), as, as)
		}
		k.VPANDN(as, mask, as)
		k.VORPS(as, xs, xs)
		k.do("VMASKMOV", Mem{Base: y, Disp: at}, mask, ys)
		for r := range rows {
			k.do("VMASKMOV", a.at(r, at), mask, as)
			k.do("VFMADD231", as, xs, acc(r, v))
			k.do("VFMADD231", as, factor(r), ys)
		}
		k.do("VMASKMOV", ys, mask, Mem{Base: y, Disp: at})
		k.Label(next)
		if v < vecs-1 {
			k.sub(lanes, n)
			k.JLE(LabelRef("tree"))
		}
	}
	k.Label("tree")
	k.Comment("Halve the lanes of each row until one is left.")
	out := k.pointer("out")
	for r := range rows {
		sum, half := acc(r, 0), xs
		if k.masks {
			k.VEXTRACTF64X4(Imm(1), sum, half.AsY())
			k.do("VADD", half.AsY(), sum.AsY(), sum.AsY())
		} else {
			k.do("VADD", acc(r, 1), sum, sum)
		}
		k.VEXTRACTF128(Imm(1), sum.AsY(), half.AsX())
		k.do("VADD", half.AsX(), sum.AsX(), sum.AsX())
		k.VPERMILPD(Imm(1), sum.AsX(), half.AsX())
		k.do("VADD", half.AsX(), sum.AsX(), sum.AsX())
		if e == f32 {
			k.VMOVSHDUP(sum.AsX(), half.AsX())
			k.do("VADD", half.AsX(), sum.AsX(), sum.AsX())
		}
		k.instr("VMOV"+k.scalar, sum.AsX(), Mem{Base: out, Disp: r * k.size})
	}
	k.end()
}

// axpyRows emits the transposed matrix-vector product.
func (g *emitter) axpyRows(e *elem) {
	k := g.begin(e, "AxpyRows"+e.suffix, "func(x *T, a *T, lda int, y *T, n int)",
		"adds x[r] times row r of a to y, for AxpyRows rows in",
		"increasing order: y[j] = fma(x[r], a[r*lda+j], y[j]) for n elements.")
	x := k.pointer("x")
	// The top registers hold x, the lowest ones work.
	factor := func(r int) reg.VecPhysical { return k.regs[len(k.regs)-1-r] }
	for r := range axpyRows {
		k.broadcast(Mem{Base: x, Disp: r * k.size}, factor(r))
	}
	strides := k.rows(nil, k.stride("lda"), axpyRows)
	k.elementwise(elementwise{
		operands: []string{"a", "y"},
		compute: func(k kernel, w width, in [][]Mem, out []reg.VecPhysical) {
			for u, y := range out {
				k.load(w, in[1][u], y)
			}
			// Rows outside, vectors inside: len(out) chains side by side.
			for r := range axpyRows {
				for u, y := range out {
					k.doAs(w, "VFMADD231", k.operand(w, strides.from(in[0][u], r)), factor(r), y)
				}
			}
		},
	})
	k.end()
}

// dotRows emits the matrix-vector product, by rows: for each of them what Dot
// computes.
func (g *emitter) dotRows(e *elem) {
	k := g.begin(e, "DotRows"+e.suffix, "func(a *T, lda int, x *T, n int, out *T)",
		"sets out[r] to Dot of row r of a and x, for DotRows rows.")
	if k.masks {
		k.dotRowsAtOnce()
	} else {
		k.dotRowsByPasses()
	}
	k.end()
}

// dotRowsAtOnce keeps the lanes of all rows in registers.
func (k kernel) dotRowsAtOnce() {
	n, x := k.integer("n"), k.pointer("x")
	a := k.rows(k.pointer("a"), k.stride("lda"), dotRows)
	vecs := k.accumulators()
	acc := func(r, v int) reg.VecPhysical { return k.regs[r*vecs+v] }
	xs := func(v int) reg.VecPhysical { return k.regs[dotRows*vecs+v] }
	for i := range dotRows * vecs {
		k.zero(k.regs[i])
	}
	row := virtualBytes / k.size
	k.sub(row, n)
	k.JL(LabelRef("tail"))
	k.Label("row")
	for v := range vecs {
		k.load(whole, Mem{Base: x, Disp: v * k.bytes}, xs(v))
	}
	for r := range dotRows {
		for v := range vecs {
			k.do("VFMADD231", a.at(r, v*k.bytes), xs(v), acc(r, v))
		}
	}
	k.add(virtualBytes, x)
	k.add(virtualBytes, a.bases[0])
	k.sub(row, n)
	k.JGE(LabelRef("row"))

	k.Label("tail")
	k.add(row, n)
	k.JLE(LabelRef("tree"))
	for v := range vecs {
		if v > 0 {
			k.SUBQ(Imm(uint64(k.lanes(k.elem))), n)
			k.JLE(LabelRef("tree"))
		}
		k.maskFor(n, 1)
		k.load(masked, Mem{Base: x, Disp: v * k.bytes}, xs(v))
		for r := range dotRows {
			// Merging: a lane that gets no element stays, even if it is -0.
			k.do("VFMADD231", a.at(r, v*k.bytes), xs(v), reg.K1, acc(r, v))
		}
	}

	k.Label("tree")
	k.Comment("Halve the lanes of each row down to one register.")
	for h := vecs / 2; h >= 1; h /= 2 {
		for r := range dotRows {
			for v := range h {
				k.do("VADD", acc(r, v+h), acc(r, v), acc(r, v))
			}
		}
	}
	var sums []reg.VecPhysical
	for r := range dotRows {
		sums = append(sums, acc(r, 0))
	}
	spare := k.regs[dotRows*vecs:]
	k.joinRows(sums, spare)
	k.storeRows(sums[0], spare[0], k.pointer("out"))
}

// dotRowsByPasses goes over the rows four times, each time for a quarter of
// the lanes: vectors v and v+4 of every eight. A pass has ten loads for eight
// FMAs, where Dot has sixteen. The price is that the operands are read four
// times, which pays while they are in the first-level cache.
func (k kernel) dotRowsByPasses() {
	const pairs = 4 // of vectors; pair v is vectors v and v+pairs
	x, n := k.pointer("x"), k.integer("n")
	a := k.rows(k.pointer("a"), k.stride("lda"), dotRows)
	// Registers: two accumulators for each row, two vectors of x, the result
	// of each row, a mask, and signs of -0.
	acc := func(r, half int) reg.VecPhysical { return k.regs[2*r+half] }
	xs := func(half int) reg.VecPhysical { return k.regs[2*dotRows+half] }
	even := func(r int) reg.VecPhysical { return k.regs[2*dotRows+2+r] }
	mask, signs := k.regs[14], k.regs[15]
	odd := k.AllocLocal(dotRows * k.bytes)

	row, lanes := virtualBytes/k.size, k.lanes(k.elem)
	start := k.GP64() // of the last, incomplete row of lanes, in bytes
	k.MOVQ(n, start)
	k.ANDQ(I32(int32(-row)), start)
	k.SUBQ(start, n)
	k.SHLQ(Imm(uint64(k.shift())), start)
	k.ADDQ(start, x)
	k.ADDQ(start, a.bases[0])
	k.VPCMPEQD(signs, signs, signs)
	if k.elem == f32 {
		k.VPSLLD(Imm(31), signs, signs)
	} else {
		k.VPSLLQ(Imm(63), signs, signs)
	}
	xp, rows, left := k.GP64(), a, k.GP64()
	rows.bases = []reg.GPVirtual{k.GP64()}
	// Halving the lanes joins pairs 0 and 2 first, 1 and 3 next, and then both.
	for pass, pair := range []int{0, 2, 1, 3} {
		vec := func(half int) int { return pair + half*pairs }
		k.Comment(fmt.Sprintf("Vectors %d and %d of each row of lanes.", vec(0), vec(1)))
		for r := range dotRows {
			k.zero(acc(r, 0))
			k.zero(acc(r, 1))
		}
		k.MOVQ(x, xp)
		k.MOVQ(a.bases[0], rows.bases[0])
		k.MOVQ(start, left)
		k.SUBQ(left, xp)
		k.SUBQ(left, rows.bases[0])
		k.TESTQ(left, left)
		k.JZ(LabelRef(label("tail", pass)))
		k.Label(label("row", pass))
		for half := range 2 {
			k.load(whole, Mem{Base: xp, Disp: vec(half) * k.bytes}, xs(half))
		}
		for r := range dotRows {
			for half := range 2 {
				k.do("VFMADD231", rows.at(r, vec(half)*k.bytes), xs(half), acc(r, half))
			}
		}
		k.add(virtualBytes, xp)
		k.add(virtualBytes, rows.bases[0])
		k.sub(virtualBytes, left)
		k.JNZ(LabelRef(label("row", pass)))

		k.Label(label("tail", pass))
		for half := range 2 {
			part, next := label("part", 2*pass+half), label("next", 2*pass+half)
			k.MOVQ(n, left)
			k.sub(vec(half)*lanes, left)
			k.JLE(LabelRef(label("join", pass)))
			k.CMPQ(left, Imm(uint64(lanes)))
			k.JL(LabelRef(part))
			k.load(whole, Mem{Base: xp, Disp: vec(half) * k.bytes}, xs(half))
			for r := range dotRows {
				k.do("VFMADD231", rows.at(r, vec(half)*k.bytes), xs(half), acc(r, half))
			}
			k.JMP(LabelRef(next))
			k.Label(part)
			// Lanes without an element add -0 times +0, which is -0 and changes
			// no lane, be it +0 or -0.
			k.tailMask(left, mask)
			k.do("VMASKMOV", Mem{Base: xp, Disp: vec(half) * k.bytes}, mask, xs(half))
			k.VPANDN(signs, mask, xs(1-half))
			k.VORPS(xs(1-half), xs(half), xs(half))
			for r := range dotRows {
				k.do("VMASKMOV", rows.at(r, vec(half)*k.bytes), mask, xs(1-half))
				k.do("VFMADD231", xs(1-half), xs(half), acc(r, half))
			}
			k.Label(next)
		}

		k.Label(label("join", pass))
		for r := range dotRows {
			sum := acc(r, 0)
			k.do("VADD", acc(r, 1), sum, sum)
			switch pass {
			case 0:
				k.VMOVAPS(sum, even(r))
			case 1:
				k.do("VADD", sum, even(r), even(r))
			case 2:
				k.VMOVUPS(sum, odd.Offset(r*k.bytes))
			case 3:
				k.do("VADD", odd.Offset(r*k.bytes), sum, sum)
				k.do("VADD", sum, even(r), even(r))
			}
		}
	}

	var sums []reg.VecPhysical
	for r := range dotRows {
		sums = append(sums, even(r))
	}
	k.joinRows(sums, k.regs)
	k.storeRows(sums[0], k.regs[0], k.pointer("out"))
}

// shuffleAdd picks quarters of a and b by two controls and adds what it
// picked, lane by lane: the first control's to the second control's.
func (k kernel) shuffleAdd(low, high uint64, a, b, dst, spare Op) {
	k.VSHUFF64X2(Imm(high), b, a, spare)
	k.VSHUFF64X2(Imm(low), b, a, dst)
	k.do("VADD", spare, dst, dst)
}

// matVecTables writes the rows of the kernels of this file.
func matVecTables(w io.Writer, set *isa) {
	fmt.Fprintf(w, "\n// AxpyRows is the number of rows that AxpyRowsF32 and AxpyRowsF64 work on.\nconst AxpyRows = %d\n", axpyRows)
	fmt.Fprintf(w, "\n// DotRows is the number of rows that DotRowsF32 and DotRowsF64 work on.\nconst DotRows = %d\n", dotRows)
	for _, e := range elems {
		fmt.Fprintf(w, "\n// AxpyRowsShort%s is for rows of up to so many elements.\nconst AxpyRowsShort%sMax = %d\n", e.suffix, e.suffix, shortVecs*set.lanes(e))
	}
}
