package array

import "github.com/weftgo/weft/kernels/vmath"

// Elementary functions: those of package vmath, which has their special values
// and errors (at most 1 ulp; 2 for Erf and Gelu in float64), with broadcasting
// and destinations as in arithmetic. The bits are the same on every backend.

// Exp returns e^a; see [vmath.Exp].
func Exp[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Exp[T]) }

// ExpTo is [Exp] into dst, which has a shape that a broadcasts to.
func ExpTo[T Float](dst, a *Array[T]) { mapTo("ExpTo", dst, a, vmath.Exp[T]) }

// Exp2 returns 2^a; see [vmath.Exp2].
func Exp2[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Exp2[T]) }

// Exp2To is [Exp2] into dst, which has a shape that a broadcasts to.
func Exp2To[T Float](dst, a *Array[T]) { mapTo("Exp2To", dst, a, vmath.Exp2[T]) }

// Expm1 returns e^a - 1, also where a is small; see [vmath.Expm1].
func Expm1[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Expm1[T]) }

// Expm1To is [Expm1] into dst, which has a shape that a broadcasts to.
func Expm1To[T Float](dst, a *Array[T]) { mapTo("Expm1To", dst, a, vmath.Expm1[T]) }

// Log returns the natural logarithm of a; see [vmath.Log].
func Log[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Log[T]) }

// LogTo is [Log] into dst, which has a shape that a broadcasts to.
func LogTo[T Float](dst, a *Array[T]) { mapTo("LogTo", dst, a, vmath.Log[T]) }

// Log2 returns the binary logarithm of a; see [vmath.Log2].
func Log2[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Log2[T]) }

// Log2To is [Log2] into dst, which has a shape that a broadcasts to.
func Log2To[T Float](dst, a *Array[T]) { mapTo("Log2To", dst, a, vmath.Log2[T]) }

// Log10 returns the decimal logarithm of a; see [vmath.Log10].
func Log10[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Log10[T]) }

// Log10To is [Log10] into dst, which has a shape that a broadcasts to.
func Log10To[T Float](dst, a *Array[T]) { mapTo("Log10To", dst, a, vmath.Log10[T]) }

// Log1p returns the natural logarithm of 1 + a, also where a is small; see [vmath.Log1p].
func Log1p[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Log1p[T]) }

// Log1pTo is [Log1p] into dst, which has a shape that a broadcasts to.
func Log1pTo[T Float](dst, a *Array[T]) { mapTo("Log1pTo", dst, a, vmath.Log1p[T]) }

// Sin returns the sine of a, in radians; see [vmath.Sin].
func Sin[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Sin[T]) }

// SinTo is [Sin] into dst, which has a shape that a broadcasts to.
func SinTo[T Float](dst, a *Array[T]) { mapTo("SinTo", dst, a, vmath.Sin[T]) }

// Cos returns the cosine of a, in radians; see [vmath.Cos].
func Cos[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Cos[T]) }

// CosTo is [Cos] into dst, which has a shape that a broadcasts to.
func CosTo[T Float](dst, a *Array[T]) { mapTo("CosTo", dst, a, vmath.Cos[T]) }

// Tan returns the tangent of a, in radians; see [vmath.Tan].
func Tan[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Tan[T]) }

// TanTo is [Tan] into dst, which has a shape that a broadcasts to.
func TanTo[T Float](dst, a *Array[T]) { mapTo("TanTo", dst, a, vmath.Tan[T]) }

// Asin returns the arc sine of a, from -π/2 to π/2; see [vmath.Asin].
func Asin[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Asin[T]) }

// AsinTo is [Asin] into dst, which has a shape that a broadcasts to.
func AsinTo[T Float](dst, a *Array[T]) { mapTo("AsinTo", dst, a, vmath.Asin[T]) }

// Acos returns the arc cosine of a, from 0 to π; see [vmath.Acos].
func Acos[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Acos[T]) }

// AcosTo is [Acos] into dst, which has a shape that a broadcasts to.
func AcosTo[T Float](dst, a *Array[T]) { mapTo("AcosTo", dst, a, vmath.Acos[T]) }

// Atan returns the arc tangent of a, from -π/2 to π/2; see [vmath.Atan].
func Atan[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Atan[T]) }

// AtanTo is [Atan] into dst, which has a shape that a broadcasts to.
func AtanTo[T Float](dst, a *Array[T]) { mapTo("AtanTo", dst, a, vmath.Atan[T]) }

// Sinh returns the hyperbolic sine of a; see [vmath.Sinh].
func Sinh[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Sinh[T]) }

// SinhTo is [Sinh] into dst, which has a shape that a broadcasts to.
func SinhTo[T Float](dst, a *Array[T]) { mapTo("SinhTo", dst, a, vmath.Sinh[T]) }

// Cosh returns the hyperbolic cosine of a; see [vmath.Cosh].
func Cosh[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Cosh[T]) }

// CoshTo is [Cosh] into dst, which has a shape that a broadcasts to.
func CoshTo[T Float](dst, a *Array[T]) { mapTo("CoshTo", dst, a, vmath.Cosh[T]) }

// Tanh returns the hyperbolic tangent of a; see [vmath.Tanh].
func Tanh[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Tanh[T]) }

// TanhTo is [Tanh] into dst, which has a shape that a broadcasts to.
func TanhTo[T Float](dst, a *Array[T]) { mapTo("TanhTo", dst, a, vmath.Tanh[T]) }

// Sigmoid returns 1/(1 + e^-a); see [vmath.Sigmoid].
func Sigmoid[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Sigmoid[T]) }

// SigmoidTo is [Sigmoid] into dst, which has a shape that a broadcasts to.
func SigmoidTo[T Float](dst, a *Array[T]) { mapTo("SigmoidTo", dst, a, vmath.Sigmoid[T]) }

// Softplus returns log(1 + e^a); see [vmath.Softplus].
func Softplus[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Softplus[T]) }

// SoftplusTo is [Softplus] into dst, which has a shape that a broadcasts to.
func SoftplusTo[T Float](dst, a *Array[T]) { mapTo("SoftplusTo", dst, a, vmath.Softplus[T]) }

// Gelu returns a·Φ(a), with the distribution function Φ of the normal distribution; see [vmath.Gelu].
func Gelu[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Gelu[T]) }

// GeluTo is [Gelu] into dst, which has a shape that a broadcasts to.
func GeluTo[T Float](dst, a *Array[T]) { mapTo("GeluTo", dst, a, vmath.Gelu[T]) }

// Cbrt returns the cube root of a; see [vmath.Cbrt].
func Cbrt[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Cbrt[T]) }

// CbrtTo is [Cbrt] into dst, which has a shape that a broadcasts to.
func CbrtTo[T Float](dst, a *Array[T]) { mapTo("CbrtTo", dst, a, vmath.Cbrt[T]) }

// Erf returns the error function of a; see [vmath.Erf].
func Erf[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Erf[T]) }

// ErfTo is [Erf] into dst, which has a shape that a broadcasts to.
func ErfTo[T Float](dst, a *Array[T]) { mapTo("ErfTo", dst, a, vmath.Erf[T]) }

// Pow returns a to the power of b; see [vmath.Pow].
func Pow[T Float](a, b *Array[T]) *Array[T] { return map2("Pow", a, b, vmath.Pow[T]) }

// PowTo is [Pow] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func PowTo[T Float](dst, a, b *Array[T]) { map2To("PowTo", dst, a, b, vmath.Pow[T]) }

// Atan2 returns the angle of the points (b, a) from the axis of the b, from -π to π; see [vmath.Atan2].
func Atan2[T Float](a, b *Array[T]) *Array[T] { return map2("Atan2", a, b, vmath.Atan2[T]) }

// Atan2To is [Atan2] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func Atan2To[T Float](dst, a, b *Array[T]) { map2To("Atan2To", dst, a, b, vmath.Atan2[T]) }

// Copysign returns a with the sign of b; see [vmath.Copysign].
func Copysign[T Float](a, b *Array[T]) *Array[T] { return map2("Copysign", a, b, vmath.Copysign[T]) }

// CopysignTo is [Copysign] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func CopysignTo[T Float](dst, a, b *Array[T]) { map2To("CopysignTo", dst, a, b, vmath.Copysign[T]) }

// LogSumExp returns log Σ e^a over the axes that the options name, without
// overflow: log Σ e^(a-m) + m, where m is the maximum, or 0 if that is not
// finite. NaN gives NaN. It panics where [Max] does.
func LogSumExp[T Float](a *Array[T], opts ...Option) *Array[T] {
	m := Max(a, append(opts[:len(opts):len(opts)], KeepDims())...)
	SelectTo(m, IsFinite(m), m, Scalar[T](0))
	e := Sub(a, m)
	ExpTo(e, e)
	s := Sum(e, opts...)
	LogTo(s, s)
	AddTo(s, s, m.Reshape(s.Shape()...))
	return s
}

// LogSumExpTo is [LogSumExp] into dst, which has the shape of its result.
func LogSumExpTo[T Float](dst, a *Array[T], opts ...Option) {
	deliver("LogSumExpTo", nil, result[T]{"dst", dst, LogSumExp(a, opts...)})
}

// Softmax returns e^(a-m) / Σ e^(a-m) over the given axes, over all if there is
// none, m their maximum: numbers from 0 to 1 whose sum is one. They are all NaN if
// one is NaN, or if m is infinite. It panics where [Max] does.
func Softmax[T Float](a *Array[T], axes ...int) *Array[T] {
	r := like[T](&a.layout)
	SoftmaxTo(r, a, axes...)
	return r
}

// SoftmaxTo is [Softmax] into dst, which has the shape of a and may be a.
func SoftmaxTo[T Float](dst, a *Array[T], axes ...int) {
	if !dst.sameShape(&a.layout) {
		fail("SoftmaxTo", "dst", dst.layout.String(), a.layout.String())
	}
	over := []Option{KeepDims(), Axis(axes...)}
	if len(axes) == 0 {
		over = over[:1]
	}
	SubTo(dst, a, Max(a, over...))
	ExpTo(dst, dst)
	DivTo(dst, dst, Sum(dst, over...))
}
