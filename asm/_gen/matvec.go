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
// take half of the 32. On AVX2 a single row takes half, so it has no DotRows.
const dotRows = 4

func emitMatVec(g *emitter) {
	for _, e := range elems {
		g.axpyRows(e)
		if g.masks {
			g.dotRows(e)
		}
	}
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
			k.SUBQ(Imm(uint64(k.lanes(e))), n)
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
	k.Comment("Then of all rows together: rows 0, 1 and rows 2, 3 share a register,",
		"first by halves and then by quarters.")
	z := func(i int) reg.VecPhysical { return acc(0, 1+i) } // free by now
	k.shuffleAdd(0x44, 0xee, acc(0, 0), acc(1, 0), z(0), z(2))
	k.shuffleAdd(0x44, 0xee, acc(2, 0), acc(3, 0), z(1), z(2))
	k.shuffleAdd(0x88, 0xdd, z(0), z(1), z(0), z(2))
	sum := z(0)
	k.VPERMILPD(Imm(0x55), sum, z(1))
	k.do("VADD", z(1), sum, sum)
	if e == f32 {
		k.VMOVSHDUP(sum, z(1))
		k.do("VADD", z(1), sum, sum)
	}
	k.Comment("Row r is in the lowest lane of quarter r.")
	out := k.pointer("out")
	k.instr("VMOV"+k.scalar, sum.AsX(), Mem{Base: out})
	for r := 1; r < dotRows; r++ {
		k.VEXTRACTF32X4(Imm(uint64(r)), sum, z(1).AsX())
		k.instr("VMOV"+k.scalar, z(1).AsX(), Mem{Base: out, Disp: r * k.size})
	}
	k.end()
}

// shuffleAdd picks quarters of a and b by two controls and adds what it
// picked, lane by lane: the first control's to the second control's.
func (k kernel) shuffleAdd(low, high uint64, a, b, dst, spare Op) {
	k.VSHUFF64X2(Imm(high), b, a, spare)
	k.VSHUFF64X2(Imm(low), b, a, dst)
	k.do("VADD", spare, dst, dst)
}

// matVecTables writes the rows of the kernels of this file.
func matVecTables(w io.Writer, s *isa) {
	fmt.Fprintf(w, "\n// AxpyRows is the number of rows that AxpyRowsF32 and AxpyRowsF64 work on.\nconst AxpyRows = %d\n", axpyRows)
	if s.masks {
		fmt.Fprintf(w, "\n// DotRows is the number of rows that DotRowsF32 and DotRowsF64 work on.\nconst DotRows = %d\n", dotRows)
	}
}
