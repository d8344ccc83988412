//go:build amd64 && !noasm

package avx2

import (
	"testing"

	"github.com/weftgo/weft/asm/base"
	"github.com/weftgo/weft/asm/internal/kerneltest"
	"github.com/weftgo/weft/fallback"
	"github.com/weftgo/weft/internal/op"
)

func TestElementwise(t *testing.T) {
	kerneltest.Require(t, kerneltest.AVX2, base.CPUID, base.XGETBV)
	t.Run("f32", func(t *testing.T) { kerneltest.RunElementwise(t, elementwiseF32) })
	t.Run("f64", func(t *testing.T) { kerneltest.RunElementwise(t, elementwiseF64) })
}

func one[T op.Float](f op.Unary, k func(dst, x *T, n int)) kerneltest.Elementwise[T] {
	return kerneltest.Elementwise[T]{Name: f.String(), Unary: k, WantUnary: fallback.Unary[T](f)}
}

func two[T op.Float](f op.Binary, k func(dst, x, y *T, n int)) kerneltest.Elementwise[T] {
	return kerneltest.Elementwise[T]{Name: f.String(), Binary: k, WantBinary: fallback.Binary[T](f)}
}

func stops[T op.Float](f op.Unary, k func(dst, x *T, n int) int) kerneltest.Elementwise[T] {
	return kerneltest.Elementwise[T]{Name: f.String(), Stops: k, Limit: 1 << 20, WantUnary: fallback.Unary[T](f)}
}

var elementwiseF32 = []kerneltest.Elementwise[float32]{
	one(op.Exp, ExpF32),
	one(op.Exp2, Exp2F32),
	one(op.Expm1, Expm1F32),
	one(op.Log, LogF32),
	one(op.Log2, Log2F32),
	one(op.Log10, Log10F32),
	one(op.Log1p, Log1pF32),
	stops(op.Sin, SinF32),
	stops(op.Cos, CosF32),
	stops(op.Tan, TanF32),
	one(op.Asin, AsinF32),
	one(op.Acos, AcosF32),
	one(op.Atan, AtanF32),
	one(op.Sinh, SinhF32),
	one(op.Cosh, CoshF32),
	one(op.Tanh, TanhF32),
	one(op.Sigmoid, SigmoidF32),
	one(op.Softplus, SoftplusF32),
	one(op.Cbrt, CbrtF32),
	one(op.Erf, ErfF32),
	one(op.Gelu, GeluF32),
	one(op.Sqrt, SqrtF32),
	one(op.Abs, AbsF32),
	one(op.Neg, NegF32),
	one(op.Floor, FloorF32),
	one(op.Ceil, CeilF32),
	one(op.Trunc, TruncF32),
	one(op.Round, RoundF32),
	two(op.Pow, PowF32),
	two(op.Atan2, Atan2F32),
	two(op.Minimum, MinimumF32),
	two(op.Maximum, MaximumF32),
	two(op.Copysign, CopysignF32),
	{Name: "MulAdd", Ternary: MulAddF32, WantTernary: fallback.MulAdd[float32]},
}

var elementwiseF64 = []kerneltest.Elementwise[float64]{
	one(op.Exp, ExpF64),
	one(op.Exp2, Exp2F64),
	one(op.Expm1, Expm1F64),
	one(op.Log, LogF64),
	one(op.Log2, Log2F64),
	one(op.Log10, Log10F64),
	one(op.Log1p, Log1pF64),
	stops(op.Sin, SinF64),
	stops(op.Cos, CosF64),
	stops(op.Tan, TanF64),
	one(op.Asin, AsinF64),
	one(op.Acos, AcosF64),
	one(op.Atan, AtanF64),
	one(op.Sinh, SinhF64),
	one(op.Cosh, CoshF64),
	one(op.Tanh, TanhF64),
	one(op.Sigmoid, SigmoidF64),
	one(op.Softplus, SoftplusF64),
	one(op.Cbrt, CbrtF64),
	one(op.Erf, ErfF64),
	one(op.Gelu, GeluF64),
	one(op.Sqrt, SqrtF64),
	one(op.Abs, AbsF64),
	one(op.Neg, NegF64),
	one(op.Floor, FloorF64),
	one(op.Ceil, CeilF64),
	one(op.Trunc, TruncF64),
	one(op.Round, RoundF64),
	two(op.Pow, PowF64),
	two(op.Atan2, Atan2F64),
	two(op.Minimum, MinimumF64),
	two(op.Maximum, MaximumF64),
	two(op.Copysign, CopysignF64),
	{Name: "MulAdd", Ternary: MulAddF64, WantTernary: fallback.MulAdd[float64]},
}
