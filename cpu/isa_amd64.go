//go:build amd64 && !noasm

package cpu

import (
	"github.com/weftgo/weft/asm/avx2"
	"github.com/weftgo/weft/asm/avx512"
)

// isaTiers returns the levels with assembly, best first. This file is the
// binding: which kernel of which package stands in which field.
func isaTiers() []tier {
	return []tier{
		{
			name: "avx512", features: "AVX-512 F BW CD DQ VL",
			err: missing("avx512", v4, has),
			f32: avx512F32(), f64: avx512F64(),
		},
		{
			name: "avx2", features: "AVX2 FMA",
			err: missing("avx2", v3, has),
			f32: avx2F32(), f64: avx2F64(),
		},
	}
}

func avx512F32() Set[float32] {
	s := portable[float32]()
	s.Sum, s.Asum, s.SumSq, s.SqDev, s.Dot = avx512.SumF32, avx512.AsumF32, avx512.SumSqF32, avx512.SqDevF32, avx512.DotF32
	s.Max, s.Min, s.IndexEq, s.IndexNaN = avx512.MaxF32, avx512.MinF32, avx512.IndexEqF32, avx512.IndexNaNF32
	s.Axpy, s.Scale, s.Fill = avx512.AxpyF32, avx512.ScaleF32, avx512.FillF32
	s.Add, s.Sub, s.Mul, s.Div = avx512.AddF32, avx512.SubF32, avx512.MulF32, avx512.DivF32
	avx512ElementaryF32(&s)
	s.AxpyRows, s.AxpyRowsLen = avx512.AxpyRowsF32, avx512.AxpyRows
	s.SymvRows, s.Ger, s.DotRowsShort = avx512.SymvRowsF32, avx512.GerF32, avx512.DotRowsShortF32
	s.TriSolve, s.TriMul = avx512.TriSolveF32, avx512.TriMulF32
	s.AxpyRowsShort, s.AxpyRowsShortMax = avx512.AxpyRowsShortF32, avx512.AxpyRowsShortF32Max
	s.DotRows, s.DotRowsLen = avx512.DotRowsF32, avx512.DotRows
	s.ScaleComplex, s.AxpyComplex, s.DotComplex = avx512.ScaleComplexF32, avx512.AxpyComplexF32, avx512.DotComplexF32
	s.MaxAbs, s.IndexAbsEq, s.AbsSum = avx512.MaxAbsF32, avx512.IndexAbsEqF32, avx512.AbsSumComplexF32
	s.Gemm = GemmSet[float32]{
		Wide: avx512.GemmF32x2[:], Narrow: avx512.GemmF32x1[:], NarrowEdge: avx512.GemmF32x1[:],
		NR: avx512.GemmF32NR, Lanes: avx512.GemmF32Lanes,
		Pack: avx512.PackF32, Transpose: avx512.TransposeF32, TransposeUnit: 8,
		PackComplex: avx512.PackComplexF32, PackComplexTrans: avx512.PackComplexTransF32, TransposeComplex: avx512.TransposeComplexF32,
		MinFork: 96 * 96 * 96,
	}
	return s
}

func avx512F64() Set[float64] {
	s := portable[float64]()
	s.Sum, s.Asum, s.SumSq, s.SqDev, s.Dot = avx512.SumF64, avx512.AsumF64, avx512.SumSqF64, avx512.SqDevF64, avx512.DotF64
	s.Max, s.Min, s.IndexEq, s.IndexNaN = avx512.MaxF64, avx512.MinF64, avx512.IndexEqF64, avx512.IndexNaNF64
	s.Axpy, s.Scale, s.Fill = avx512.AxpyF64, avx512.ScaleF64, avx512.FillF64
	s.Add, s.Sub, s.Mul, s.Div = avx512.AddF64, avx512.SubF64, avx512.MulF64, avx512.DivF64
	avx512ElementaryF64(&s)
	s.AxpyRows, s.AxpyRowsLen = avx512.AxpyRowsF64, avx512.AxpyRows
	s.SymvRows, s.Ger, s.DotRowsShort = avx512.SymvRowsF64, avx512.GerF64, avx512.DotRowsShortF64
	s.TriSolve, s.TriMul = avx512.TriSolveF64, avx512.TriMulF64
	s.AxpyRowsShort, s.AxpyRowsShortMax = avx512.AxpyRowsShortF64, avx512.AxpyRowsShortF64Max
	s.DotRows, s.DotRowsLen = avx512.DotRowsF64, avx512.DotRows
	s.ScaleComplex, s.AxpyComplex, s.DotComplex = avx512.ScaleComplexF64, avx512.AxpyComplexF64, avx512.DotComplexF64
	s.MaxAbs, s.IndexAbsEq, s.AbsSum = avx512.MaxAbsF64, avx512.IndexAbsEqF64, avx512.AbsSumComplexF64
	s.Gemm = GemmSet[float64]{
		Wide: avx512.GemmF64x2[:], Narrow: avx512.GemmF64x1[:], NarrowEdge: avx512.GemmF64x1[:],
		NR: avx512.GemmF64NR, Lanes: avx512.GemmF64Lanes,
		Pack: avx512.PackF64, Transpose: avx512.TransposeF64, TransposeUnit: 4,
		PackComplex: avx512.PackComplexF64, PackComplexTrans: avx512.PackComplexTransF64, TransposeComplex: avx512.TransposeComplexF64,
		MinFork: 96 * 96 * 96,
	}
	return s
}

func avx2F32() Set[float32] {
	s := portable[float32]()
	s.Sum, s.Asum, s.SumSq, s.SqDev, s.Dot = avx2.SumF32, avx2.AsumF32, avx2.SumSqF32, avx2.SqDevF32, avx2.DotF32
	s.Max, s.Min, s.IndexEq, s.IndexNaN = avx2.MaxF32, avx2.MinF32, avx2.IndexEqF32, avx2.IndexNaNF32
	s.Axpy, s.Scale, s.Fill = avx2.AxpyF32, avx2.ScaleF32, avx2.FillF32
	s.Add, s.Sub, s.Mul, s.Div = avx2.AddF32, avx2.SubF32, avx2.MulF32, avx2.DivF32
	avx2ElementaryF32(&s)
	s.AxpyRows, s.AxpyRowsLen = avx2.AxpyRowsF32, avx2.AxpyRows
	s.SymvRows, s.Ger, s.DotRowsShort = avx2.SymvRowsF32, avx2.GerF32, avx2.DotRowsShortF32
	s.TriSolve, s.TriMul = avx2.TriSolveF32, avx2.TriMulF32
	s.AxpyRowsShort, s.AxpyRowsShortMax = avx2.AxpyRowsShortF32, avx2.AxpyRowsShortF32Max
	s.DotRows, s.DotRowsLen = avx2.DotRowsF32, avx2.DotRows
	s.ScaleComplex, s.AxpyComplex, s.DotComplex = avx2.ScaleComplexF32, avx2.AxpyComplexF32, avx2.DotComplexF32
	s.MaxAbs, s.IndexAbsEq, s.AbsSum = avx2.MaxAbsF32, avx2.IndexAbsEqF32, avx2.AbsSumComplexF32
	s.Gemm = GemmSet[float32]{
		Wide: avx2.GemmF32x2[:], Narrow: avx2.GemmF32x1[:], NarrowEdge: avx2.GemmF32x1Masked[:],
		NR: avx2.GemmF32NR, Lanes: avx2.GemmF32Lanes,
		Pack: avx2.PackF32, Transpose: avx2.TransposeF32, TransposeUnit: 8,
		PackComplex: avx2.PackComplexF32, PackComplexTrans: avx2.PackComplexTransF32, TransposeComplex: avx2.TransposeComplexF32, PanelInL1: true,
		MinFork: 96 * 96 * 96,
	}
	return s
}

func avx2F64() Set[float64] {
	s := portable[float64]()
	s.Sum, s.Asum, s.SumSq, s.SqDev, s.Dot = avx2.SumF64, avx2.AsumF64, avx2.SumSqF64, avx2.SqDevF64, avx2.DotF64
	s.Max, s.Min, s.IndexEq, s.IndexNaN = avx2.MaxF64, avx2.MinF64, avx2.IndexEqF64, avx2.IndexNaNF64
	s.Axpy, s.Scale, s.Fill = avx2.AxpyF64, avx2.ScaleF64, avx2.FillF64
	s.Add, s.Sub, s.Mul, s.Div = avx2.AddF64, avx2.SubF64, avx2.MulF64, avx2.DivF64
	avx2ElementaryF64(&s)
	s.AxpyRows, s.AxpyRowsLen = avx2.AxpyRowsF64, avx2.AxpyRows
	s.SymvRows, s.Ger, s.DotRowsShort = avx2.SymvRowsF64, avx2.GerF64, avx2.DotRowsShortF64
	s.TriSolve, s.TriMul = avx2.TriSolveF64, avx2.TriMulF64
	s.AxpyRowsShort, s.AxpyRowsShortMax = avx2.AxpyRowsShortF64, avx2.AxpyRowsShortF64Max
	s.DotRows, s.DotRowsLen = avx2.DotRowsF64, avx2.DotRows
	s.ScaleComplex, s.AxpyComplex, s.DotComplex = avx2.ScaleComplexF64, avx2.AxpyComplexF64, avx2.DotComplexF64
	s.MaxAbs, s.IndexAbsEq, s.AbsSum = avx2.MaxAbsF64, avx2.IndexAbsEqF64, avx2.AbsSumComplexF64
	s.Gemm = GemmSet[float64]{
		Wide: avx2.GemmF64x2[:], Narrow: avx2.GemmF64x1[:], NarrowEdge: avx2.GemmF64x1Masked[:],
		NR: avx2.GemmF64NR, Lanes: avx2.GemmF64Lanes,
		Pack: avx2.PackF64, Transpose: avx2.TransposeF64, TransposeUnit: 4,
		PackComplex: avx2.PackComplexF64, PackComplexTrans: avx2.PackComplexTransF64, TransposeComplex: avx2.TransposeComplexF64, PanelInL1: true,
		MinFork: 96 * 96 * 96,
	}
	return s
}
