//go:build amd64 && !noasm

package cpu

import (
	"github.com/weftgo/weft/asm/avx2"
	"github.com/weftgo/weft/asm/avx512"
	"github.com/weftgo/weft/internal/op"
)

// The binding of the elementwise functions, see isa_amd64.go.

func avx512ElementaryF32(s *Set[float32]) {
	s.Unary = [op.NumUnary]func(dst, x *float32, n int){
		op.Exp:      avx512.ExpF32,
		op.Exp2:     avx512.Exp2F32,
		op.Expm1:    avx512.Expm1F32,
		op.Log:      avx512.LogF32,
		op.Log2:     avx512.Log2F32,
		op.Log10:    avx512.Log10F32,
		op.Log1p:    avx512.Log1pF32,
		op.Sin:      beyond(avx512.SinF32, op.Sin, 8),
		op.Cos:      beyond(avx512.CosF32, op.Cos, 8),
		op.Tan:      beyond(avx512.TanF32, op.Tan, 8),
		op.Asin:     avx512.AsinF32,
		op.Acos:     avx512.AcosF32,
		op.Atan:     avx512.AtanF32,
		op.Sinh:     avx512.SinhF32,
		op.Cosh:     avx512.CoshF32,
		op.Tanh:     avx512.TanhF32,
		op.Sigmoid:  avx512.SigmoidF32,
		op.Softplus: avx512.SoftplusF32,
		op.Cbrt:     avx512.CbrtF32,
		op.Erf:      avx512.ErfF32,
		op.Gelu:     avx512.GeluF32,
		op.Sqrt:     avx512.SqrtF32,
		op.Abs:      avx512.AbsF32,
		op.Neg:      avx512.NegF32,
		op.Floor:    avx512.FloorF32,
		op.Ceil:     avx512.CeilF32,
		op.Trunc:    avx512.TruncF32,
		op.Round:    avx512.RoundF32,
	}
	s.Binary = [op.NumBinary]func(dst, x, y *float32, n int){
		op.Pow:      avx512.PowF32,
		op.Atan2:    avx512.Atan2F32,
		op.Minimum:  avx512.MinimumF32,
		op.Maximum:  avx512.MaximumF32,
		op.Copysign: avx512.CopysignF32,
		op.Smaller:  avx512.SmallerF32,
		op.Larger:   avx512.LargerF32,
	}
	s.MulAdd = avx512.MulAddF32
	s.Compare = [op.NumComparison]func(dst *bool, x, y *float32, n int){
		op.Equal:     avx512.EqualF32,
		op.NotEqual:  avx512.NotEqualF32,
		op.Less:      avx512.LessF32,
		op.LessEqual: avx512.LessEqualF32,
	}
}

func avx512ElementaryF64(s *Set[float64]) {
	s.Unary = [op.NumUnary]func(dst, x *float64, n int){
		op.Exp:      avx512.ExpF64,
		op.Exp2:     avx512.Exp2F64,
		op.Expm1:    avx512.Expm1F64,
		op.Log:      avx512.LogF64,
		op.Log2:     avx512.Log2F64,
		op.Log10:    avx512.Log10F64,
		op.Log1p:    avx512.Log1pF64,
		op.Sin:      beyond(avx512.SinF64, op.Sin, 8),
		op.Cos:      beyond(avx512.CosF64, op.Cos, 8),
		op.Tan:      beyond(avx512.TanF64, op.Tan, 8),
		op.Asin:     avx512.AsinF64,
		op.Acos:     avx512.AcosF64,
		op.Atan:     avx512.AtanF64,
		op.Sinh:     avx512.SinhF64,
		op.Cosh:     avx512.CoshF64,
		op.Tanh:     avx512.TanhF64,
		op.Sigmoid:  avx512.SigmoidF64,
		op.Softplus: avx512.SoftplusF64,
		op.Cbrt:     avx512.CbrtF64,
		op.Erf:      avx512.ErfF64,
		op.Gelu:     avx512.GeluF64,
		op.Sqrt:     avx512.SqrtF64,
		op.Abs:      avx512.AbsF64,
		op.Neg:      avx512.NegF64,
		op.Floor:    avx512.FloorF64,
		op.Ceil:     avx512.CeilF64,
		op.Trunc:    avx512.TruncF64,
		op.Round:    avx512.RoundF64,
	}
	s.Binary = [op.NumBinary]func(dst, x, y *float64, n int){
		op.Pow:      avx512.PowF64,
		op.Atan2:    avx512.Atan2F64,
		op.Minimum:  avx512.MinimumF64,
		op.Maximum:  avx512.MaximumF64,
		op.Copysign: avx512.CopysignF64,
		op.Smaller:  avx512.SmallerF64,
		op.Larger:   avx512.LargerF64,
	}
	s.MulAdd = avx512.MulAddF64
	s.Compare = [op.NumComparison]func(dst *bool, x, y *float64, n int){
		op.Equal:     avx512.EqualF64,
		op.NotEqual:  avx512.NotEqualF64,
		op.Less:      avx512.LessF64,
		op.LessEqual: avx512.LessEqualF64,
	}
}

func avx2ElementaryF32(s *Set[float32]) {
	s.Unary = [op.NumUnary]func(dst, x *float32, n int){
		op.Exp:      avx2.ExpF32,
		op.Exp2:     avx2.Exp2F32,
		op.Expm1:    avx2.Expm1F32,
		op.Log:      avx2.LogF32,
		op.Log2:     avx2.Log2F32,
		op.Log10:    avx2.Log10F32,
		op.Log1p:    avx2.Log1pF32,
		op.Sin:      beyond(avx2.SinF32, op.Sin, 4),
		op.Cos:      beyond(avx2.CosF32, op.Cos, 4),
		op.Tan:      beyond(avx2.TanF32, op.Tan, 4),
		op.Asin:     avx2.AsinF32,
		op.Acos:     avx2.AcosF32,
		op.Atan:     avx2.AtanF32,
		op.Sinh:     avx2.SinhF32,
		op.Cosh:     avx2.CoshF32,
		op.Tanh:     avx2.TanhF32,
		op.Sigmoid:  avx2.SigmoidF32,
		op.Softplus: avx2.SoftplusF32,
		op.Cbrt:     avx2.CbrtF32,
		op.Erf:      avx2.ErfF32,
		op.Gelu:     avx2.GeluF32,
		op.Sqrt:     avx2.SqrtF32,
		op.Abs:      avx2.AbsF32,
		op.Neg:      avx2.NegF32,
		op.Floor:    avx2.FloorF32,
		op.Ceil:     avx2.CeilF32,
		op.Trunc:    avx2.TruncF32,
		op.Round:    avx2.RoundF32,
	}
	s.Binary = [op.NumBinary]func(dst, x, y *float32, n int){
		op.Pow:      avx2.PowF32,
		op.Atan2:    avx2.Atan2F32,
		op.Minimum:  avx2.MinimumF32,
		op.Maximum:  avx2.MaximumF32,
		op.Copysign: avx2.CopysignF32,
		op.Smaller:  avx2.SmallerF32,
		op.Larger:   avx2.LargerF32,
	}
	s.MulAdd = avx2.MulAddF32
	s.Compare = [op.NumComparison]func(dst *bool, x, y *float32, n int){
		op.Equal:     avx2.EqualF32,
		op.NotEqual:  avx2.NotEqualF32,
		op.Less:      avx2.LessF32,
		op.LessEqual: avx2.LessEqualF32,
	}
}

func avx2ElementaryF64(s *Set[float64]) {
	s.Unary = [op.NumUnary]func(dst, x *float64, n int){
		op.Exp:      avx2.ExpF64,
		op.Exp2:     avx2.Exp2F64,
		op.Expm1:    avx2.Expm1F64,
		op.Log:      avx2.LogF64,
		op.Log2:     avx2.Log2F64,
		op.Log10:    avx2.Log10F64,
		op.Log1p:    avx2.Log1pF64,
		op.Sin:      beyond(avx2.SinF64, op.Sin, 4),
		op.Cos:      beyond(avx2.CosF64, op.Cos, 4),
		op.Tan:      beyond(avx2.TanF64, op.Tan, 4),
		op.Asin:     avx2.AsinF64,
		op.Acos:     avx2.AcosF64,
		op.Atan:     avx2.AtanF64,
		op.Sinh:     avx2.SinhF64,
		op.Cosh:     avx2.CoshF64,
		op.Tanh:     avx2.TanhF64,
		op.Sigmoid:  avx2.SigmoidF64,
		op.Softplus: avx2.SoftplusF64,
		op.Cbrt:     avx2.CbrtF64,
		op.Erf:      avx2.ErfF64,
		op.Gelu:     avx2.GeluF64,
		op.Sqrt:     avx2.SqrtF64,
		op.Abs:      avx2.AbsF64,
		op.Neg:      avx2.NegF64,
		op.Floor:    avx2.FloorF64,
		op.Ceil:     avx2.CeilF64,
		op.Trunc:    avx2.TruncF64,
		op.Round:    avx2.RoundF64,
	}
	s.Binary = [op.NumBinary]func(dst, x, y *float64, n int){
		op.Pow:      avx2.PowF64,
		op.Atan2:    avx2.Atan2F64,
		op.Minimum:  avx2.MinimumF64,
		op.Maximum:  avx2.MaximumF64,
		op.Copysign: avx2.CopysignF64,
		op.Smaller:  avx2.SmallerF64,
		op.Larger:   avx2.LargerF64,
	}
	s.MulAdd = avx2.MulAddF64
	s.Compare = [op.NumComparison]func(dst *bool, x, y *float64, n int){
		op.Equal:     avx2.EqualF64,
		op.NotEqual:  avx2.NotEqualF64,
		op.Less:      avx2.LessF64,
		op.LessEqual: avx2.LessEqualF64,
	}
}
