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
	k := g.begin(e, "DotRows"+e.suffix, "func(m int, a *T, lda int, x *T, n int, out *T)",
		fmt.Sprintf("sets out[r] to Dot of row r of a and x, for m >= %d rows.", dotRows))
	w := k.rowGroups()
	if k.masks {
		k.dotRowsAtOnce(w)
	} else {
		k.Attributes(0) // lanes that wait want a stack that is checked
		end := k.rowEnd()
		k.CMPQ(k.param("n"), I32(int32(dotRowsLong/e.size)))
		k.JGE(LabelRef("long"))
		k.dotRowsInTurn(w, end)
		k.dotRowsInPasses(w, end)
	}
	k.Label("done")
	k.end()
}

// rowGroups walks down the rows of a matrix, dotRows of them at a time, for
// kernels that set out[r] for each row r.
type rowGroups struct {
	kernel
	rows, a, lda, out, back reg.GPVirtual
}

func (k kernel) rowGroups() rowGroups {
	return rowGroups{k, k.integer("m"), k.pointer("a"), k.stride("lda"), k.pointer("out"), k.GP64()}
}

// next goes on to the next group at that label, or to done. The last group ends
// with the last row, even if it repeats some.
func (w rowGroups) next(name string) {
	w.Comment("The last group ends with the last row, even if it repeats some.")
	w.sub(dotRows, w.rows)
	w.JLE(LabelRef("done"))
	w.LEAQ(Mem{Base: w.a, Index: w.lda, Scale: dotRows}, w.a)
	w.add(dotRows*w.size, w.out)
	w.CMPQ(w.rows, Imm(dotRows))
	w.JGE(LabelRef(name))
	w.sub(dotRows, w.rows)
	w.MOVQ(w.rows, w.back)
	w.IMULQ(w.lda, w.back)
	w.ADDQ(w.back, w.a)
	w.LEAQ(Mem{Base: w.out, Index: w.rows, Scale: uint8(w.size)}, w.out)
	w.MOVQ(U32(dotRows), w.rows)
	w.JMP(LabelRef(name))
}

// dotRowsAtOnce keeps the lanes of all rows of a group in registers.
func (k kernel) dotRowsAtOnce(w rowGroups) {
	left, x := k.GP64(), k.GP64()
	a := k.rows(k.GP64(), w.lda, dotRows)
	vecs := k.accumulators()
	acc := func(r, v int) reg.VecPhysical { return k.regs[r*vecs+v] }
	xs := func(v int) reg.VecPhysical { return k.regs[dotRows*vecs+v] }
	k.Label("group")
	k.MOVQ(w.a, a.bases[0])
	k.Load(k.Param("x"), x)
	k.Load(k.Param("n"), left)
	for i := range dotRows * vecs {
		k.zero(k.regs[i])
	}
	row := virtualBytes / k.size
	k.sub(row, left)
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
	k.sub(row, left)
	k.JGE(LabelRef("row"))

	k.Label("tail")
	k.add(row, left)
	k.JLE(LabelRef("tree"))
	for v := range vecs {
		if v > 0 {
			k.SUBQ(Imm(uint64(k.lanes(k.elem))), left)
			k.JLE(LabelRef("tree"))
		}
		k.maskFor(left, 1)
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
	k.storeRows(sums[0], spare[0], w.out)
	w.next("group")
}

// rowEnd is what AVX2 needs for rows that don't fill their lanes: how many elements
// are left at the end of a row, how many of them in its last, incomplete vector,
// that vector of x, and its mask. Lanes without an element add -0 times +0, which
// is -0 and changes no lane, be it +0 or -0.
type rowEnd struct {
	rest, part reg.GPVirtual
	x, mask    reg.VecPhysical
}

// rowEnd prepares the end of rows in the registers below the topmost.
func (k kernel) rowEnd() rowEnd {
	top := len(k.regs) - 1
	e := rowEnd{k.integer("n"), k.GP64(), k.regs[top-2], k.regs[top-1]}
	x, at, t := k.pointer("x"), k.integer("n"), k.regs[0]
	k.ANDQ(I32(int32(virtualBytes/k.size-1)), e.rest)
	k.MOVQ(e.rest, e.part)
	k.ANDQ(I32(int32(k.lanes(k.elem)-1)), e.part)
	k.JZ(LabelRef("whole"))
	k.tailMask(e.part, e.mask)
	k.SUBQ(e.part, at)
	k.do("VMASKMOV", Mem{Base: x, Index: at, Scale: uint8(k.size)}, e.mask, e.x)
	k.VPCMPEQD(t, t, t)
	if k.elem == f32 {
		k.VPSLLD(Imm(31), t, t)
	} else {
		k.VPSLLQ(Imm(63), t, t)
	}
	k.VPANDN(t, e.mask, t)
	k.VORPS(t, e.x, e.x)
	k.Label("whole")
	return e
}

// dotRowsInTurn takes the rows of a group one after the other, and joins their
// last lanes, which suits short rows.
func (k kernel) dotRowsInTurn(w rowGroups, end rowEnd) {
	vecs, lanes := k.accumulators(), k.lanes(k.elem)
	// Registers: the lanes of a row, the result of each row of a group, and what
	// is being loaded.
	sums, t := k.regs[vecs:vecs+dotRows], k.regs[vecs+dotRows]

	// A row and x are addressed from where their last, incomplete row of lanes
	// begins, by the bytes from there, which are negative.
	x, start, at, from := k.pointer("x"), k.integer("n"), k.GP64(), k.GP64()
	k.SUBQ(end.rest, start)
	k.SHLQ(Imm(uint64(k.shift())), start)
	k.ADDQ(start, x)
	k.ADDQ(start, w.a)
	k.NEGQ(start)

	k.Label("group")
	k.MOVQ(w.a, from)
	for r, sum := range sums {
		name := func(what string, i int) LabelRef { return LabelRef(fmt.Sprintf("%s%dOf%d", what, i, r)) }
		step := func(v int, index func(base reg.Register) Mem) {
			k.do("VMOVU", index(x), t)
			k.do("VFMADD231", index(from), t, k.regs[v])
		}
		for v := range vecs {
			k.zero(k.regs[v])
		}
		k.MOVQ(start, at)
		k.TESTQ(at, at)
		k.JZ(name("tail", 0))
		k.Label(string(name("row", 0)))
		for v := range vecs {
			step(v, func(base reg.Register) Mem { return Mem{Base: base, Index: at, Scale: 1, Disp: v * k.bytes} })
		}
		k.add(virtualBytes, at)
		k.JNZ(name("row", 0))
		k.Label(string(name("tail", 0)))
		for v := range vecs {
			if v == vecs-1 {
				k.JMP(name("part", v))
				break
			}
			k.CMPQ(end.rest, Imm(uint64((v+1)*lanes)))
			k.JL(name("part", v))
			step(v, func(base reg.Register) Mem { return Mem{Base: base, Disp: v * k.bytes} })
		}
		for v := range vecs {
			k.Label(string(name("part", v)))
			k.TESTQ(end.part, end.part)
			k.JZ(name("tree", 0))
			k.do("VMASKMOV", Mem{Base: from, Disp: v * k.bytes}, end.mask, t)
			k.do("VFMADD231", end.x, t, k.regs[v])
			if v < vecs-1 {
				k.JMP(name("tree", 0))
			}
		}
		k.Label(string(name("tree", 0)))
		for h := vecs / 2; h >= 1; h /= 2 {
			for v := range h {
				dst := k.regs[v]
				if h == 1 {
					dst = sum
				}
				k.do("VADD", k.regs[v+h], k.regs[v], dst)
			}
		}
		k.ADDQ(w.lda, from)
	}
	k.joinRows(sums, k.regs)
	k.storeRows(sums[0], k.regs[0], w.out)
	w.next("group")
}

// Rows of dotRowsLong bytes and more are worth several passes over a group. Of
// each of its rows dotRowsInPasses takes dotRowsBlock rows of lanes at a
// time: with those of the next block, which are on their way, they fill half of
// a first-level cache. Rows of more than dotRowsFar bytes mostly come from
// memory, which gives more to several streams that go on side by side: there it
// takes fewer.
const (
	dotRowsLong     = 3 * virtualBytes
	dotRowsBlock    = 8
	dotRowsBlockFar = 2
	dotRowsFar      = 8 << 10
)

// dotRowsInPasses shares each load of x among the rows of a group. Their lanes
// fill twice the registers there are, so a block of columns is gone over once
// for each quarter of the lanes, which wait on the stack meanwhile. Each pass
// fetches its share of the next block, so that memory never rests.
func (k kernel) dotRowsInPasses(w rowGroups, end rowEnd) {
	const quarter = 2
	k.Label("long")
	wait := k.GP64() // a store across two pages takes longer than a row
	k.LEAQ(k.AllocLocal(dotRows*virtualBytes+cacheLine).Offset(cacheLine-1), wait)
	k.ANDQ(I32(-cacheLine), wait)
	vecs, lanes, row := k.accumulators(), k.lanes(k.elem), virtualBytes/k.size
	place := func(r, v int) Mem { return Mem{Base: wait, Disp: r*virtualBytes + v*k.bytes} }
	// Registers: a quarter of the lanes, and what is being loaded.
	acc := func(r, v int) reg.VecPhysical { return k.regs[r*quarter+v] }
	t := k.regs[dotRows*quarter:]
	each := func(do func(r, v int)) {
		for r := range dotRows {
			for v := range quarter {
				do(r, v)
			}
		}
	}
	a, x := k.rows(k.GP64(), w.lda, dotRows), k.GP64()
	ahead := matrixRows{[]reg.GPVirtual{k.GP64()}, a.strides}
	left, block, steps := k.GP64(), k.GP64(), k.GP64()
	first, n := k.param("x"), k.param("n")

	k.Label("several")
	k.MOVQ(w.a, a.bases[0])
	k.MOVQ(first, x)
	k.MOVQ(n, left)
	k.SHRQ(Imm(uint64(k.shiftOf(row))), left)
	k.Label("block")
	k.MOVQ(U32(dotRowsBlock), block)
	k.MOVQ(U32(dotRowsBlockFar), steps)
	k.CMPQ(n, I32(int32(dotRowsFar/k.size)))
	k.CMOVQGT(steps, block)
	k.CMPQ(left, block)
	k.CMOVQLT(left, block)
	k.SUBQ(block, left)
	k.SHLQ(Imm(uint64(k.shiftOf(virtualBytes))), block)
	k.Comment("After the last block the next group begins.")
	k.LEAQ(Mem{Base: w.a, Index: w.lda, Scale: dotRows}, steps)
	k.LEAQ(Mem{Base: a.bases[0], Index: block, Scale: 1}, ahead.bases[0])
	k.TESTQ(left, left)
	k.CMOVQEQ(steps, ahead.bases[0])
	walk := []reg.GPVirtual{x, a.bases[0], ahead.bases[0]}
	for p := range vecs / quarter {
		name := func(what string) string { return label(what, p) }
		k.CMPQ(x, first)
		k.JEQ(LabelRef(name("first")))
		each(func(r, v int) { k.do("VMOVU", place(r, p*quarter+v), acc(r, v)) })
		k.JMP(LabelRef(name("rows")))
		k.Label(name("first"))
		each(func(r, v int) { k.zero(acc(r, v)) })
		k.Label(name("rows"))
		k.MOVQ(block, steps)
		k.TESTQ(steps, steps)
		k.JZ(LabelRef(name("tail")))
		k.Label(name("row"))
		for v := range quarter {
			k.do("VMOVU", Mem{Base: x, Disp: (p*quarter + v) * k.bytes}, t[v])
		}
		for r := range dotRows {
			k.PREFETCHT0(ahead.at(r, p*quarter*k.bytes))
			for v := range quarter {
				k.do("VFMADD231", a.at(r, (p*quarter+v)*k.bytes), t[v], acc(r, v))
			}
		}
		k.move(walk, virtualBytes)
		k.sub(virtualBytes, steps)
		k.JNZ(LabelRef(name("row")))

		k.Label(name("tail"))
		k.TESTQ(left, left)
		k.JNZ(LabelRef(name("store")))
		for v := range quarter {
			i := p*quarter + v
			k.CMPQ(end.rest, I32(int32((i+1)*lanes)))
			k.JL(LabelRef(label("part", i)))
			k.do("VMOVU", Mem{Base: x, Disp: i * k.bytes}, t[0])
			for r := range dotRows {
				k.do("VFMADD231", a.at(r, i*k.bytes), t[0], acc(r, v))
			}
		}
		k.JMP(LabelRef(name("store")))
		for v := range quarter {
			i := p*quarter + v
			k.Label(label("part", i))
			k.CMPQ(end.rest, I32(int32(i*lanes)))
			k.JLE(LabelRef(name("store")))
			for r := range dotRows {
				k.do("VMASKMOV", a.at(r, i*k.bytes), end.mask, t[r%2])
				k.do("VFMADD231", end.x, t[r%2], acc(r, v))
			}
			if v < quarter-1 {
				k.JMP(LabelRef(name("store")))
			}
		}
		k.Label(name("store"))
		for _, at := range walk {
			k.SUBQ(block, at)
		}
		each(func(r, v int) { k.do("VMOVU", acc(r, v), place(r, p*quarter+v)) })
	}
	k.ADDQ(block, x)
	k.ADDQ(block, a.bases[0])
	k.TESTQ(left, left)
	k.JNZ(LabelRef("block"))

	k.Comment("Halve the lanes of each row down to one register.")
	sums, v := k.regs[vecs/2:vecs/2+dotRows], k.regs
	for r, sum := range sums {
		for i := range vecs / 2 {
			k.do("VMOVU", place(r, i), v[i])
			k.do("VADD", place(r, i+vecs/2), v[i], v[i])
		}
		for h := vecs / 4; h >= 1; h /= 2 {
			for i := range h {
				dst := v[i]
				if h == 1 {
					dst = sum
				}
				k.do("VADD", v[i+h], v[i], dst)
			}
		}
	}
	k.joinRows(sums, k.regs)
	k.storeRows(sums[0], k.regs[0], w.out)
	w.next("several")
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
