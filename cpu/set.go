// Package cpu runs weft's functions on the processor: it detects what the
// machine can do, binds a set of kernels to each level, and holds the loops
// around the kernels: chunks and trees of reductions, blocking and packing of
// products, the workers that share them, and the processor in the place of a
// device.
//
// To find one's way: set.go says what a kernel set is, isa_amd64.go which
// kernels each level has, gemm.go and its neighbours are the loops, fork.go
// starts the workers, device.go has placed memory and streams.
package cpu

import (
	"github.com/weftgo/weft/fallback"
	"github.com/weftgo/weft/internal/op"
)

// Set is all that the loops know about one instruction set and element type.
// It starts as the portable set, and an instruction set replaces what it does
// better. Package fallback specifies each field.
type Set[T op.Float] struct {
	// Reductions over at most one chunk.
	Sum, Asum, SumSq func(x *T, n int) T
	SqDev            func(x *T, n int, m T) T
	Dot              func(x, y *T, n int) T
	Max, Min, MaxAbs func(x *T, n int) (T, bool)
	IndexEq          func(x *T, n int, v T) int
	IndexAbsEq       func(x *T, n int, v T) int
	IndexNaN         func(x *T, n int) int

	// Vectors.
	Axpy               func(alpha T, x, y *T, n int)
	Scale              func(alpha T, x, dst *T, n int)
	Add, Sub, Mul, Div func(dst, x, y *T, n int)
	Fill               func(dst *T, n int, v T)

	// Elementwise functions.
	Unary  [op.NumUnary]func(dst, x *T, n int)
	Binary [op.NumBinary]func(dst, x, y *T, n int)
	MulAdd func(dst, x, y, z *T, n int)
	// Compare is for a multiple of 8 elements.
	Compare [op.NumComparison]func(dst *bool, x, y *T, n int)

	// Several rows of a matrix at once. DotRowsLen is the least number of rows for
	// DotRows and DotRowsShort, or zero if there are none.
	AxpyRows    func(x, a *T, lda int, y *T, n int)
	AxpyRowsLen int
	DotRows     func(m int, a *T, lda int, x *T, n int, out *T)
	DotRowsLen  int
	SymvRows    func(a *T, lda int, f, x, y *T, n int, out *T)
	Ger         func(alpha T, x *T, m int, y *T, n int, a *T, lda int)

	// The corner of a triangle: four rows among themselves.
	TriSolve, TriMul func(t, b *T, ldb, n int)

	// The same for m short rows. AxpyRowsShort is for 1 to AxpyRowsShortMax
	// columns, DotRowsShort for rows of 1 to op.Lanes.
	AxpyRowsShort    func(x *T, m int, a *T, lda int, y *T, n int)
	AxpyRowsShortMax int
	DotRowsShort     func(m int, a *T, lda int, x *T, n int, out *T)

	// Complex numbers, as pairs of real ones.
	ScaleComplex func(re, im T, x, dst *T, n int)
	AxpyComplex  func(re, im T, x, y *T, n int)
	DotComplex   func(x, y *T, n int, out *T)
	AbsSum       func(x *T, n int, dst *T)

	Gemm GemmSet[T]
}

// Tile computes a tile of a product, see fallback.Gemm; its number of rows is
// the kernel's own.
type Tile[T op.Float] = func(k int, a *T, ars, acs int, b *T, brs int, c *T, ldc, mode int, beta T, cols int)

// Modes of a tile.
const (
	modeZero     = 0 // c = product
	modeAdd      = 1 // c = c + product
	modeScale    = 2 // c = beta*c + product
	modePrefetch = 4 // and fetch the tile below into the cache
)

// GemmSet is the micro-kernels of a product with what belongs to them. It is
// replaced as a whole.
type GemmSet[T op.Float] struct {
	// Tiles, by their number of rows; entry 0 is nil. Wide takes Lanes to NR
	// columns, Narrow exactly Lanes, NarrowEdge fewer.
	Wide, Narrow, NarrowEdge []Tile[T]
	NR, Lanes                int

	// PanelInL1 says that panels of B should stay in the first-level cache,
	// since a load a step from the second is too slow for the tiles. Where it
	// is not, small products are better off without packing.
	PanelInL1 bool

	// MinFork is how many multiply-adds make a second worker pay: about five
	// microseconds of them.
	MinFork int64

	// Pack copies k rows of NR elements of b, brs apart, to dst. Transpose copies
	// lines to columns; it takes a multiple of TransposeUnit lines.
	Pack          func(k int, b *T, brs int, dst *T)
	Transpose     func(lines, n int, b *T, bs int, dst *T, ds int)
	TransposeUnit int

	// The same for complex matrices, a panel being NR/2 columns of pairs wide.
	// TransposeComplex takes a multiple of TransposeUnit/2 lines.
	PackComplex      func(k int, b *T, brs int, dst *T)
	PackComplexTrans func(k int, b *T, bcs int, dst *T, conj bool)
	TransposeComplex func(lines, n int, b *T, bs int, dst *T, ds int, conj bool)
}

// portable returns the set of kernels in plain Go.
func portable[T op.Float]() Set[T] {
	tiles := make([]Tile[T], fallback.GemmMR+1)
	for rows := 1; rows < len(tiles); rows++ {
		tiles[rows] = func(k int, a *T, ars, acs int, b *T, brs int, c *T, ldc, mode int, beta T, cols int) {
			fallback.Gemm(rows, k, a, ars, acs, b, brs, c, ldc, mode, beta, cols)
		}
	}
	s := Set[T]{
		Sum: fallback.Sum[T], Asum: fallback.Asum[T], SumSq: fallback.SumSq[T],
		SqDev: fallback.SqDev[T], Dot: fallback.Dot[T],
		Max: fallback.Max[T], Min: fallback.Min[T], MaxAbs: fallback.MaxAbs[T],
		IndexEq: fallback.IndexEq[T], IndexAbsEq: fallback.IndexAbsEq[T], IndexNaN: fallback.IndexNaN[T],
		Axpy: fallback.Axpy[T], Scale: fallback.Scale[T],
		Add: fallback.Add[T], Sub: fallback.Sub[T], Mul: fallback.Mul[T], Div: fallback.Div[T],
		Fill:     fallback.Fill[T],
		MulAdd:   fallback.MulAdd[T],
		AxpyRows: fallback.AxpyRows[T], AxpyRowsLen: fallback.Rows, SymvRows: fallback.SymvRows[T], Ger: fallback.Ger[T],
		TriSolve: fallback.TriSolve[T], TriMul: fallback.TriMul[T],
		ScaleComplex: fallback.ScaleComplex[T], AxpyComplex: fallback.AxpyComplex[T], DotComplex: fallback.DotComplex[T],
		AbsSum: fallback.AbsSumComplex[T],
		Gemm: GemmSet[T]{
			Wide: tiles, Narrow: tiles, NarrowEdge: tiles,
			NR: fallback.GemmNR, Lanes: fallback.GemmNR,
			MinFork: 16 * 16 * 16,
			Pack: func(k int, b *T, brs int, dst *T) {
				fallback.Pack(fallback.GemmNR, k, b, brs, dst)
			},
			Transpose: fallback.Transpose[T], TransposeUnit: 2,
			PackComplex: func(k int, b *T, brs int, dst *T) {
				fallback.PackComplex(fallback.GemmNR, k, b, brs, dst)
			},
			PackComplexTrans: func(k int, b *T, bcs int, dst *T, conj bool) {
				fallback.PackComplexTrans(fallback.GemmNR, k, b, bcs, dst, conj)
			},
			TransposeComplex: fallback.TransposeComplex[T],
		},
	}
	for f := range s.Unary {
		s.Unary[f] = fallback.Unary[T](op.Unary(f))
	}
	for f := range s.Binary {
		s.Binary[f] = fallback.Binary[T](op.Binary(f))
	}
	for c := range s.Compare {
		s.Compare[c] = fallback.Compare[T](op.Comparison(c))
	}
	return s
}
