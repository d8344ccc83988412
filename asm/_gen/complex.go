package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Kernels for complex numbers, which lie as pairs of real ones: real part,
// imaginary part. A product with x+iy is one with x of the pair as it lies and
// one with y of the pair turned, which is (-im, re): i times it.
//
// A complex matrix product is a real one (cpu/complex.go). These kernels pack
// its operands so that the real micro-kernels compute it.

func emitComplex(g *emitter) {
	if !g.masks {
		g.tailMasks()
	}
	s := &signs{g.signs("turnF32", 0), g.signs("turnF64", 0), g.signs("conjF32", 1), g.signs("conjF64", 1)}
	for _, e := range elems {
		g.packComplex(e, s)
		g.packComplexTrans(e, s)
		g.transposeComplex(e, s)
		g.scaleComplex(e, s)
		g.axpyComplex(e, s)
		g.dotComplex(e)
	}
}

// signs are vectors whose exclusive or with pairs turns signs around: of the
// real parts or of the imaginary ones.
type signs struct{ turn32, turn64, conj32, conj64 Mem }

func (s *signs) turn(e *elem) Mem {
	if e == f32 {
		return s.turn32
	}
	return s.turn64
}

func (s *signs) conj(e *elem) Mem {
	if e == f32 {
		return s.conj32
	}
	return s.conj64
}

// signs emits the signs of one part of each pair.
func (g *emitter) signs(name string, part int) Mem {
	m := g.StaticGlobal(name)
	g.DataAttributes(attrTable)
	for i := 0; i < g.bytes; i += 8 {
		switch {
		case name[4:] == "F32":
			g.AddDatum(i, U64(uint64(1)<<31<<(32*part)))
		case i/8%2 == part:
			g.AddDatum(i, U64(uint64(1)<<63))
		default:
			g.AddDatum(i, U64(0))
		}
	}
	return m
}

// exchange gives the pairs at m with their parts exchanged.
func (k kernel) exchange(m, r Op) {
	if k.elem == f32 {
		k.VPERMILPS(Imm(0xb1), m, r)
	} else if k.masks && !narrow(r) {
		k.VPERMILPD(Imm(0x55), m, r)
	} else {
		k.VPERMILPD(Imm(0x5), m, r)
	}
}

// narrow reports whether r is a register of less than 64 bytes.
func narrow(r Op) bool {
	v, ok := r.(reg.Register)
	return ok && v.Size() < 64
}

// xor is the exclusive or.
func (k kernel) xor(a, b, dst Op) {
	if k.masks && !narrow(dst) {
		k.VPXORQ(a, b, dst)
	} else {
		k.VXORPS(a, b, dst)
	}
}

// packComplex emits the packing of a B that is stored by rows.
func (g *emitter) packComplex(e *elem, s *signs) {
	k := g.begin(e, "PackComplex"+e.suffix, "func(k int, b *T, brs int, dst *T)",
		"packs k rows of NR/2 complex numbers, with a stride of brs,",
		"each as two rows of NR: the pairs as they lie, and turned: (-im, re).")
	rows := k.integer("k")
	b, brs, dst := k.pointer("b"), k.stride("brs"), k.pointer("dst")
	turn := k.regs[len(k.regs)-1]
	k.do("VMOVU", s.turn(e), turn)
	k.TESTQ(rows, rows)
	k.JLE(LabelRef("done"))
	k.Label("row")
	n := k.panelBytes() / k.bytes
	for v := range n {
		k.do("VMOVU", Mem{Base: b, Disp: v * k.bytes}, k.regs[v])
		k.exchange(k.regs[v], k.regs[n+v])
		k.xor(turn, k.regs[n+v], k.regs[n+v])
	}
	for v := range 2 * n {
		k.do("VMOVU", k.regs[v], Mem{Base: dst, Disp: v * k.bytes})
	}
	k.ADDQ(brs, b)
	k.add(2*k.panelBytes(), dst)
	k.DECQ(rows)
	k.JNZ(LabelRef("row"))
	k.Label("done")
	k.end()
}

// columnsOfPairs emits the two packings of a matrix that is stored the other
// way. They gather one register of pairs from as many lines, on both
// instruction sets with registers of AVX2, and give the conjugates if conj is
// set; store then writes what lies in row, with a spare register, to the row
// of dst, and next moves to the row below.
func (k kernel) columnsOfPairs(s *signs, n, groups, b, bs, dst reg.GPVirtual, store func(row, spare reg.VecPhysical, to reg.GPVirtual), next func(to reg.GPVirtual)) {
	pair := 2 * k.size
	conj := reg.Y15
	k.TESTQ(n, n)
	k.JLE(LabelRef("done"))
	k.VXORPS(conj, conj, conj)
	flag := k.GP64()
	k.Load(k.Param("conj"), flag.As8())
	k.TESTB(flag.As8(), flag.As8())
	k.JZ(LabelRef("plain"))
	k.do("VMOVU", s.conj(k.elem), conj)
	k.Label("plain")
	p, to, rest := k.GP64(), k.GP64(), k.GP64()
	lines := k.rows(p, bs, blockBytes/pair)
	k.Label("group")
	k.MOVQ(b, p)
	k.MOVQ(dst, to)
	k.MOVQ(n, rest)
	k.Label("row")
	row, spare := reg.Y0, reg.Y1
	if k.elem == f32 {
		k.VMOVSD(lines.at(0, 0), row.AsX())
		k.VMOVHPD(lines.at(1, 0), row.AsX(), row.AsX())
		k.VMOVSD(lines.at(2, 0), spare.AsX())
		k.VMOVHPD(lines.at(3, 0), spare.AsX(), spare.AsX())
		k.VINSERTF128(Imm(1), spare.AsX(), row, row)
	} else {
		k.VMOVUPD(lines.at(0, 0), row.AsX())
		k.VINSERTF128(Imm(1), lines.at(1, 0), row, row)
	}
	k.xor(conj, row, row)
	store(row, spare, to)
	k.add(pair, p)
	next(to)
	k.DECQ(rest)
	k.JNZ(LabelRef("row"))
	k.LEAQ(Mem{Base: b, Index: bs, Scale: uint8(blockBytes / pair)}, b)
	k.add(blockBytes, dst)
	k.DECQ(groups)
	k.JNZ(LabelRef("group"))
	k.Label("done")
	k.end()
}

// packComplexTrans emits the packing of a B that is stored by columns.
func (g *emitter) packComplexTrans(e *elem, s *signs) {
	k := g.begin(e, "PackComplexTrans"+e.suffix, "func(k int, b *T, bcs int, dst *T, conj bool)",
		"is PackComplex for a matrix stored by columns of k",
		"complex numbers, with a stride of bcs. It packs their conjugates if conj is set.")
	pitch, turn := k.panelBytes(), reg.Y14
	n, b, bcs, dst, groups := k.integer("k"), k.pointer("b"), k.stride("bcs"), k.pointer("dst"), k.GP64()
	k.do("VMOVU", s.turn(e), turn)
	k.MOVQ(U32(pitch/blockBytes), groups)
	k.columnsOfPairs(s, n, groups, b, bcs, dst, func(row, turned reg.VecPhysical, to reg.GPVirtual) {
		k.exchange(row, turned)
		k.xor(turn, turned, turned)
		k.do("VMOVU", row, Mem{Base: to})
		k.do("VMOVU", turned, Mem{Base: to, Disp: pitch})
	}, func(to reg.GPVirtual) { k.add(2*pitch, to) })
}

// transposeComplex emits the transposition of a matrix of pairs.
func (g *emitter) transposeComplex(e *elem, s *signs) {
	perBlock := blockBytes / (2 * e.size)
	k := g.begin(e, "TransposeComplex"+e.suffix, "func(lines, n int, b *T, bs int, dst *T, ds int, conj bool)",
		fmt.Sprintf("transposes lines of n complex numbers, a multiple of %d lines", perBlock),
		"with a stride of bs: dst[p*ds+2*j] and what follows is b[j*bs+2*p] and what",
		"follows, or its conjugate if conj is set.")
	n, groups, b, bs, dst, ds := k.integer("n"), k.integer("lines"), k.pointer("b"), k.stride("bs"), k.pointer("dst"), k.stride("ds")
	k.SHRQ(Imm(uint64(k.shiftOf(perBlock))), groups)
	k.JZ(LabelRef("done"))
	k.columnsOfPairs(s, n, groups, b, bs, dst, func(row, _ reg.VecPhysical, to reg.GPVirtual) {
		k.do("VMOVU", row, Mem{Base: to})
	}, func(to reg.GPVirtual) { k.ADDQ(ds, to) })
}

// complexFactor loads the parts of a complex parameter: the real one, and the
// imaginary one with the signs that it takes on turned pairs.
func (k kernel) complexFactor(s *signs) {
	k.broadcastParam("re", k.complexRe())
	k.broadcastParam("im", k.complexIm())
	spare := k.regs[len(k.regs)-3]
	k.do("VMOVU", s.turn(k.elem), spare)
	k.xor(spare, k.complexIm(), k.complexIm())
}

func (k kernel) complexRe() reg.VecPhysical { return k.regs[len(k.regs)-1] }
func (k kernel) complexIm() reg.VecPhysical { return k.regs[len(k.regs)-2] }

// scaleComplex emits the product of a vector with a number.
func (g *emitter) scaleComplex(e *elem, s *signs) {
	k := g.begin(e, "ScaleComplex"+e.suffix, "func(re, im T, x, dst *T, n int)",
		"multiplies n complex numbers by re + i*im: the real part is",
		"re*xr - im*xi, the imaginary one re*xi + im*xr, each product rounded.",
		"dst may be x.")
	k.elementwise(elementwise{
		operands: []string{"x", "dst"}, complex: true,
		prepare: func(k kernel) { k.complexFactor(s) },
		compute: func(k kernel, w width, in [][]Mem, out []reg.VecPhysical) {
			for u, t := range out {
				x := k.regs[vectorUnroll+2+u]
				k.load(w, in[0][u], x)
				k.doAs(w, "VMUL", x, k.complexRe(), t)
				k.exchange(k.as(w, x), k.as(w, x))
				k.doAs(w, "VMUL", x, k.complexIm(), x)
				k.doAs(w, "VADD", x, t, t)
			}
		},
	})
	k.end()
}

// axpyComplex emits the sum of a vector and a multiple of another.
func (g *emitter) axpyComplex(e *elem, s *signs) {
	k := g.begin(e, "AxpyComplex"+e.suffix, "func(re, im T, x, y *T, n int)",
		"adds re + i*im times x to y, for n complex numbers:",
		"yr = fma(-im, xi, fma(re, xr, yr)), yi = fma(im, xr, fma(re, xi, yi)).")
	k.elementwise(elementwise{
		operands: []string{"x", "y"}, complex: true,
		prepare: func(k kernel) { k.complexFactor(s) },
		compute: func(k kernel, w width, in [][]Mem, out []reg.VecPhysical) {
			for u, y := range out {
				x := k.regs[vectorUnroll+2+u]
				k.load(w, in[0][u], x)
				k.load(w, in[1][u], y)
				k.doAs(w, "VFMADD231", x, k.complexRe(), y)
				k.exchange(k.as(w, x), k.as(w, x))
				k.doAs(w, "VFMADD231", x, k.complexIm(), y)
			}
		},
	})
	k.end()
}

// dotComplexBytes is the width of a row of DotComplex: half of that of a real
// reduction, since each element goes to two lanes.
const dotComplexBytes = virtualBytes / 2

// dotComplex emits the sums of which complex dot products are made.
func (g *emitter) dotComplex(e *elem) {
	k := g.begin(e, "DotComplex"+e.suffix, "func(x, y *T, n int, out *T)",
		"sums the products of the parts of n complex numbers, those of",
		"x and y as they lie, xr*yr and xi*yi, and those of x with y exchanged, xr*yi",
		"and xi*yr: in this order the elements of out. Each sum is one over lanes.")
	x, y, n := k.pointer("x"), k.pointer("y"), k.integer("n")
	k.ADDQ(n, n)
	vecs := dotComplexBytes / k.bytes
	straight := func(v int) reg.VecPhysical { return k.regs[v] }
	crossed := func(v int) reg.VecPhysical { return k.regs[vecs+v] }
	xs, ys := func(v int) reg.VecPhysical { return k.regs[2*vecs+v] }, k.regs[3*vecs]
	mask, minus := k.regs[len(k.regs)-1], k.regs[len(k.regs)-2]
	for v := range 2 * vecs {
		k.zero(k.regs[v])
	}
	row, lanes := dotComplexBytes/k.size, k.lanes(e)
	k.sub(row, n)
	k.JL(LabelRef("tail"))
	k.Label("row")
	for v := range vecs {
		k.load(whole, Mem{Base: x, Disp: v * k.bytes}, xs(v))
		k.do("VFMADD231", Mem{Base: y, Disp: v * k.bytes}, xs(v), straight(v))
		k.exchange(Mem{Base: y, Disp: v * k.bytes}, ys)
		k.do("VFMADD231", ys, xs(v), crossed(v))
	}
	k.add(dotComplexBytes, x)
	k.add(dotComplexBytes, y)
	k.sub(row, n)
	k.JGE(LabelRef("row"))
	k.Label("tail")
	k.add(row, n)
	k.JLE(LabelRef("tree"))
	if !k.masks {
		k.VPCMPEQD(minus, minus, minus)
		if e == f32 {
			k.VPSLLD(Imm(31), minus, minus)
		} else {
			k.VPSLLQ(Imm(63), minus, minus)
		}
	}
	for v := range vecs {
		mx, my := Mem{Base: x, Disp: v * k.bytes}, Mem{Base: y, Disp: v * k.bytes}
		if k.masks {
			k.maskFor(n, 1)
			k.load(masked, mx, xs(v))
			k.load(masked, my, ys)
			// Merging: a lane that gets no element stays, even if it is -0.
			k.do("VFMADD231", ys, xs(v), reg.K1, straight(v))
			k.exchange(ys, ys)
			k.do("VFMADD231", ys, xs(v), reg.K1, crossed(v))
		} else {
			part, next := label("part", v), label("next", v)
			k.CMPQ(n, Imm(uint64(lanes)))
			k.JL(LabelRef(part))
			k.load(whole, mx, xs(v))
			k.load(whole, my, ys)
			k.JMP(LabelRef(next))
			k.Label(part)
			// Lanes without an element add -0 times +0, which is -0 and changes
			// no lane, be it +0 or -0.
			k.tailMask(n, mask)
			k.do("VMASKMOV", mx, mask, xs(v))
			k.VPANDN(minus, mask, ys)
			k.VORPS(ys, xs(v), xs(v))
			k.do("VMASKMOV", my, mask, ys)
			k.Label(next)
			k.do("VFMADD231", ys, xs(v), straight(v))
			k.exchange(ys, ys)
			k.do("VFMADD231", ys, xs(v), crossed(v))
		}
		if v < vecs-1 {
			k.SUBQ(Imm(uint64(lanes)), n)
			k.JLE(LabelRef("tree"))
		}
	}
	k.Label("tree")
	k.Comment("Halve the lanes until a pair is left.")
	out := k.pointer("out")
	for i, acc := range []func(int) reg.VecPhysical{straight, crossed} {
		for h := vecs / 2; h >= 1; h /= 2 {
			for v := range h {
				k.do("VADD", acc(v+h), acc(v), acc(v))
			}
		}
		// The lowest registers may be written in all their forms.
		sum, half := acc(0), k.regs[3*vecs]
		if k.masks {
			k.VEXTRACTF64X4(Imm(1), sum, half.AsY())
			k.do("VADD", half.AsY(), sum.AsY(), sum.AsY())
		}
		k.VEXTRACTF128(Imm(1), sum.AsY(), half.AsX())
		k.do("VADD", half.AsX(), sum.AsX(), sum.AsX())
		if e == f32 {
			k.VPERMILPD(Imm(1), sum.AsX(), half.AsX())
			k.do("VADD", half.AsX(), sum.AsX(), sum.AsX())
		}
		k.store(couple, sum, Mem{Base: out, Disp: 2 * i * k.size})
	}
	k.end()
}
