//go:build amd64 && !noasm

package avx512

import (
	"testing"

	"github.com/weftgo/weft/asm/base"
	"github.com/weftgo/weft/asm/internal/kerneltest"
)

func TestF32(t *testing.T) {
	kerneltest.Require(t, kerneltest.AVX512, base.CPUID, base.XGETBV)
	kerneltest.Run(t, setF32)
}

func TestF64(t *testing.T) {
	kerneltest.Require(t, kerneltest.AVX512, base.CPUID, base.XGETBV)
	kerneltest.Run(t, setF64)
}

var setF32 = kerneltest.Set[float32]{
	Sum:           SumF32,
	Asum:          AsumF32,
	SumSq:         SumSqF32,
	SqDev:         SqDevF32,
	Dot:           DotF32,
	Max:           MaxF32,
	Min:           MinF32,
	MaxAbs:        MaxAbsF32,
	IndexEq:       IndexEqF32,
	IndexAbsEq:    IndexAbsEqF32,
	IndexNaN:      IndexNaNF32,
	Axpy:          AxpyF32,
	Scale:         ScaleF32,
	Fill:          FillF32,
	Add:           AddF32,
	Sub:           SubF32,
	Mul:           MulF32,
	Div:           DivF32,
	AxpyRowsCount: AxpyRows, AxpyRows: AxpyRowsF32,
	DotRowsCount: DotRows, DotRows: DotRowsF32, SymvRows: SymvRowsF32,
	TriSolve: TriSolveF32, TriMul: TriMulF32,
	Ger: GerF32, DotRowsShort: DotRowsShortF32,
	AxpyRowsShortMax: AxpyRowsShortF32Max, AxpyRowsShort: AxpyRowsShortF32,
	Tiles: []kerneltest.Tiles[float32]{
		{Name: "x2", ByRows: GemmF32x2[:], MinCols: 1, MaxCols: GemmF32NR},
		{Name: "x1", ByRows: GemmF32x1[:], MinCols: 1, MaxCols: GemmF32Lanes},
	},
	NR: GemmF32NR, Pack: PackF32,
	Transpose: TransposeF32, TransposeUnit: 8,
	PackComplex: PackComplexF32, PackComplexTrans: PackComplexTransF32, TransposeComplex: TransposeComplexF32,
	ScaleComplex: ScaleComplexF32, AxpyComplex: AxpyComplexF32, DotComplex: DotComplexF32, AbsSumComplex: AbsSumComplexF32,
}

var setF64 = kerneltest.Set[float64]{
	Sum:           SumF64,
	Asum:          AsumF64,
	SumSq:         SumSqF64,
	SqDev:         SqDevF64,
	Dot:           DotF64,
	Max:           MaxF64,
	Min:           MinF64,
	MaxAbs:        MaxAbsF64,
	IndexEq:       IndexEqF64,
	IndexAbsEq:    IndexAbsEqF64,
	IndexNaN:      IndexNaNF64,
	Axpy:          AxpyF64,
	Scale:         ScaleF64,
	Fill:          FillF64,
	Add:           AddF64,
	Sub:           SubF64,
	Mul:           MulF64,
	Div:           DivF64,
	AxpyRowsCount: AxpyRows, AxpyRows: AxpyRowsF64,
	DotRowsCount: DotRows, DotRows: DotRowsF64, SymvRows: SymvRowsF64,
	TriSolve: TriSolveF64, TriMul: TriMulF64,
	Ger: GerF64, DotRowsShort: DotRowsShortF64,
	AxpyRowsShortMax: AxpyRowsShortF64Max, AxpyRowsShort: AxpyRowsShortF64,
	Tiles: []kerneltest.Tiles[float64]{
		{Name: "x2", ByRows: GemmF64x2[:], MinCols: 1, MaxCols: GemmF64NR},
		{Name: "x1", ByRows: GemmF64x1[:], MinCols: 1, MaxCols: GemmF64Lanes},
	},
	NR: GemmF64NR, Pack: PackF64,
	Transpose: TransposeF64, TransposeUnit: 4,
	PackComplex: PackComplexF64, PackComplexTrans: PackComplexTransF64, TransposeComplex: TransposeComplexF64,
	ScaleComplex: ScaleComplexF64, AxpyComplex: AxpyComplexF64, DotComplex: DotComplexF64, AbsSumComplex: AbsSumComplexF64,
}
