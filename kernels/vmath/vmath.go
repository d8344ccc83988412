// Package vmath computes elementary functions of vectors, for float32 and
// float64, with the same bits on every backend.
//
// Each function sets dst[i] to its value at x[i]. dst may be x itself, or any
// operand of several. A function panics with a [*kernels.ShapeError] if lengths
// differ, or if dst overlaps an operand in part; then nothing has been written.
// Nothing is allocated.
//
// The result is the same on every backend, for any number of workers and any
// alignment. Every function of a NaN is NaN, where not said otherwise, and every
// NaN result of an arithmetic function is the same one: quiet, positive,
// without a payload (bits 7fc00000 and 7ff8000000000000). Subnormal numbers are
// taken and given as they are.
//
// Errors are in units of the last place (ulp) of the result. Those of float32
// are below 1 ulp, of most functions below 0.52, and those of float64 below 1
// ulp, but for Erf's and Gelu's, which are below 2; docs/elementary.md has what
// was measured. Functions
// that are not approximated, from Sqrt to Copysign, are exact or rounded once.
//
// The functions run on the default engine, see [kernels.Default].
package vmath

import (
	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// engine returns the default engine; what the environment asks for and can't
// have is a panic, as in package kernels.
func engine[T kernels.Float]() *kernels.Engine[T] {
	e, err := kernels.Default[T]()
	if err != nil {
		panic(err)
	}
	return e
}

// Exp sets dst[i] to e^x[i]. Exp(-Inf) = +0, Exp(+Inf) = +Inf.
func Exp[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Exp, dst, x) }

// Exp2 sets dst[i] to 2^x[i]. It is exact for integers. Exp2(-Inf) = +0,
// Exp2(+Inf) = +Inf.
func Exp2[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Exp2, dst, x) }

// Expm1 sets dst[i] to e^x[i] - 1, also where x[i] is small. Expm1(±0) = ±0,
// Expm1(-Inf) = -1, Expm1(+Inf) = +Inf.
func Expm1[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Expm1, dst, x) }

// Log sets dst[i] to the natural logarithm of x[i]. Log(±0) = -Inf, Log(1) =
// +0, Log(+Inf) = +Inf; below zero it is NaN.
func Log[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Log, dst, x) }

// Log2 sets dst[i] to the binary logarithm of x[i]. It is exact for powers of
// two. Log2(±0) = -Inf, Log2(+Inf) = +Inf; below zero it is NaN.
func Log2[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Log2, dst, x) }

// Log10 sets dst[i] to the decimal logarithm of x[i]. Log10(±0) = -Inf,
// Log10(+Inf) = +Inf; below zero it is NaN.
func Log10[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Log10, dst, x) }

// Log1p sets dst[i] to log(1 + x[i]), also where x[i] is small. Log1p(±0) = ±0,
// Log1p(-1) = -Inf, Log1p(+Inf) = +Inf; below -1 it is NaN.
func Log1p[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Log1p, dst, x) }

// Sin sets dst[i] to the sine of x[i] radians, however large. Sin(±0) = ±0; of
// an infinity it is NaN.
func Sin[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Sin, dst, x) }

// Cos sets dst[i] to the cosine of x[i] radians, however large. Of an infinity
// it is NaN.
func Cos[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Cos, dst, x) }

// Tan sets dst[i] to the tangent of x[i] radians, however large. Tan(±0) = ±0;
// of an infinity it is NaN.
func Tan[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Tan, dst, x) }

// Asin sets dst[i] to the arc sine of x[i], between -π/2 and π/2. Asin(±0) =
// ±0; beyond 1 in magnitude it is NaN.
func Asin[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Asin, dst, x) }

// Acos sets dst[i] to the arc cosine of x[i], between 0 and π. Acos(1) = +0;
// beyond 1 in magnitude it is NaN.
func Acos[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Acos, dst, x) }

// Atan sets dst[i] to the arc tangent of x[i], between -π/2 and π/2. Atan(±0) =
// ±0, Atan(±Inf) = ±π/2.
func Atan[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Atan, dst, x) }

// Sinh sets dst[i] to (e^x[i] - e^-x[i])/2. Sinh(±0) = ±0, Sinh(±Inf) = ±Inf.
func Sinh[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Sinh, dst, x) }

// Cosh sets dst[i] to (e^x[i] + e^-x[i])/2. Cosh(±Inf) = +Inf.
func Cosh[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Cosh, dst, x) }

// Tanh sets dst[i] to the hyperbolic tangent of x[i]. Tanh(±0) = ±0, Tanh(±Inf)
// = ±1.
func Tanh[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Tanh, dst, x) }

// Sigmoid sets dst[i] to 1/(1 + e^-x[i]), the logistic function. Sigmoid(-Inf)
// = +0, Sigmoid(+Inf) = 1.
func Sigmoid[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Sigmoid, dst, x) }

// Softplus sets dst[i] to log(1 + e^x[i]). Softplus(-Inf) = +0, Softplus(+Inf)
// = +Inf.
func Softplus[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Softplus, dst, x) }

// Cbrt sets dst[i] to the cubic root of x[i]. Cbrt(±0) = ±0, Cbrt(±Inf) = ±Inf.
func Cbrt[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Cbrt, dst, x) }

// Erf sets dst[i] to the error function of x[i], 2/√π times the integral of
// e^-t² from 0 to x[i]. Erf(±0) = ±0, Erf(±Inf) = ±1.
func Erf[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Erf, dst, x) }

// Gelu sets dst[i] to x[i]*(1 + erf(x[i]/√2))/2, the Gaussian error linear unit
// (D. Hendrycks, K. Gimpel, arXiv:1606.08415, 2016), not its approximation by
// tanh. Gelu(±0) = ±0, Gelu(-Inf) = -0, Gelu(+Inf) = +Inf.
func Gelu[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Gelu, dst, x) }

// Sqrt sets dst[i] to the square root of x[i], rounded once. Sqrt(±0) = ±0,
// Sqrt(+Inf) = +Inf; below zero it is NaN.
func Sqrt[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Sqrt, dst, x) }

// Abs sets dst[i] to x[i] without its sign. It clears the sign of a NaN, too.
func Abs[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Abs, dst, x) }

// Neg sets dst[i] to -x[i]. It turns the sign of a NaN, too.
func Neg[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Neg, dst, x) }

// Floor sets dst[i] to the largest integer up to x[i]. Zeros and infinities
// stay as they are.
func Floor[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Floor, dst, x) }

// Ceil sets dst[i] to the least integer from x[i] on. Zeros and infinities stay
// as they are; between -1 and 0 it is -0.
func Ceil[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Ceil, dst, x) }

// Trunc sets dst[i] to x[i] without its fraction. Zeros and infinities stay as
// they are; the sign is kept.
func Trunc[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Trunc, dst, x) }

// Round sets dst[i] to the integer nearest to x[i], of two the even one. Zeros
// and infinities stay as they are; the sign is kept.
func Round[T kernels.Float](dst, x []T) { engine[T]().Unary(op.Round, dst, x) }

// Pow sets dst[i] to x[i]^y[i]. Special values are those of C's Annex F: Pow(x,
// ±0) = 1 and Pow(1, y) = 1 even for NaN, Pow(-1, ±Inf) = 1; of a finite x
// below zero and a y that is no integer it is NaN.
func Pow[T kernels.Float](dst, x, y []T) { engine[T]().Binary(op.Pow, dst, x, y) }

// Atan2 sets dst[i] to the angle of the point (x[i], y[i]) from the axis of x,
// between -π and π. Special values are those of C's Annex F: Atan2(±0, x) is ±0
// for positive x and +0 and ±π for negative x and -0, and infinities count as
// equally large.
func Atan2[T kernels.Float](dst, y, x []T) { engine[T]().Binary(op.Atan2, dst, y, x) }

// Minimum sets dst[i] to the lesser of x[i] and y[i], IEEE 754-2019's minimum.
// -0 is less than +0; if one is NaN the result is NaN.
func Minimum[T kernels.Float](dst, x, y []T) { engine[T]().Binary(op.Minimum, dst, x, y) }

// Maximum sets dst[i] to the greater of x[i] and y[i], IEEE 754-2019's maximum.
// +0 is greater than -0; if one is NaN the result is NaN.
func Maximum[T kernels.Float](dst, x, y []T) { engine[T]().Binary(op.Maximum, dst, x, y) }

// Smaller sets dst[i] to the lesser of x[i] and y[i], to x[i] if they are equal,
// -0 and +0 too; if one is NaN the result is NaN.
func Smaller[T kernels.Float](dst, x, y []T) { engine[T]().Binary(op.Smaller, dst, x, y) }

// Larger sets dst[i] to the greater of x[i] and y[i], to x[i] if they are equal,
// -0 and +0 too; if one is NaN the result is NaN.
func Larger[T kernels.Float](dst, x, y []T) { engine[T]().Binary(op.Larger, dst, x, y) }

// Copysign sets dst[i] to x[i] with the sign of y[i]. NaNs have signs, too.
func Copysign[T kernels.Float](dst, x, y []T) { engine[T]().Binary(op.Copysign, dst, x, y) }

// MulAdd sets dst[i] to x[i]*y[i] + z[i], rounded once.
func MulAdd[T kernels.Float](dst, x, y, z []T) { kernels.MulAdd(dst, x, y, z) }
