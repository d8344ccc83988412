package array

import (
	"fmt"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/vmath"
)

// Elementwise arithmetic. Operands broadcast by NumPy's rule. Each function
// has a form that returns a new row-major array and one, with To, that writes
// into dst and allocates nothing; dst may be an operand itself, but may not
// share elements with one in any other way. Wrong shapes panic with a
// *kernels.ShapeError before anything is written. Floats follow IEEE 754, each
// operation rounded once, with the same bits on every backend; integers wrap
// around.

// Add returns a + b.
func Add[T Number](a, b *Array[T]) *Array[T] { return map2("Add", a, b, addRun[T]) }

// AddTo is [Add] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func AddTo[T Number](dst *Array[T], a, b *Array[T]) { map2To("AddTo", dst, a, b, addRun[T]) }

// Sub returns a - b.
func Sub[T Number](a, b *Array[T]) *Array[T] { return map2("Sub", a, b, subRun[T]) }

// SubTo is [Sub] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func SubTo[T Number](dst *Array[T], a, b *Array[T]) { map2To("SubTo", dst, a, b, subRun[T]) }

// Mul returns a · b, element by element.
func Mul[T Number](a, b *Array[T]) *Array[T] { return map2("Mul", a, b, mulRun[T]) }

// MulTo is [Mul] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func MulTo[T Number](dst *Array[T], a, b *Array[T]) { map2To("MulTo", dst, a, b, mulRun[T]) }

// Div returns a / b. Division by zero gives an infinity or NaN.
func Div[T Float](a, b *Array[T]) *Array[T] { return map2("Div", a, b, kernels.Div[T]) }

// DivTo is [Div] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func DivTo[T Float](dst *Array[T], a, b *Array[T]) { map2To("DivTo", dst, a, b, kernels.Div[T]) }

// Maximum returns the larger of a and b; NaN if either is NaN, and a if they
// are equal.
func Maximum[T Number](a, b *Array[T]) *Array[T] { return map2("Maximum", a, b, maximumRun[T]) }

// MaximumTo is [Maximum] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func MaximumTo[T Number](dst *Array[T], a, b *Array[T]) {
	map2To("MaximumTo", dst, a, b, maximumRun[T])
}

// Minimum returns the smaller of a and b; NaN if either is NaN, and a if they
// are equal.
func Minimum[T Number](a, b *Array[T]) *Array[T] { return map2("Minimum", a, b, minimumRun[T]) }

// MinimumTo is [Minimum] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func MinimumTo[T Number](dst *Array[T], a, b *Array[T]) {
	map2To("MinimumTo", dst, a, b, minimumRun[T])
}

// FMA returns a·b + c, rounded once.
func FMA[T Float](a, b, c *Array[T]) *Array[T] {
	return map3("FMA", a, b, c, [3]string{"a", "b", "c"}, kernels.MulAdd[T])
}

// FMATo is [FMA] into dst, which has a shape that a, b and c broadcast to.
func FMATo[T Float](dst, a, b, c *Array[T]) {
	map3To("FMATo", dst, a, b, c, [3]string{"a", "b", "c"}, kernels.MulAdd[T])
}

// Neg returns -a.
func Neg[T Number](a *Array[T]) *Array[T] { return map1(a, negRun[T]) }

// NegTo is [Neg] into dst, which has a shape that a broadcasts to.
func NegTo[T Number](dst *Array[T], a *Array[T]) { mapTo("NegTo", dst, a, negRun[T]) }

// Abs returns |a|. The most negative integer stays as it is.
func Abs[T Number](a *Array[T]) *Array[T] { return map1(a, absRun[T]) }

// AbsTo is [Abs] into dst, which has a shape that a broadcasts to.
func AbsTo[T Number](dst *Array[T], a *Array[T]) { mapTo("AbsTo", dst, a, absRun[T]) }

// Sign returns -1, 0 or 1 with the sign of a; NaN for NaN, and 0 for -0.
func Sign[T Number](a *Array[T]) *Array[T] { return map1(a, signRun[T]) }

// SignTo is [Sign] into dst, which has a shape that a broadcasts to.
func SignTo[T Number](dst *Array[T], a *Array[T]) { mapTo("SignTo", dst, a, signRun[T]) }

// Sqrt returns √a, correctly rounded; NaN below zero.
func Sqrt[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Sqrt[T]) }

// SqrtTo is [Sqrt] into dst, which has a shape that a broadcasts to.
func SqrtTo[T Float](dst *Array[T], a *Array[T]) { mapTo("SqrtTo", dst, a, vmath.Sqrt[T]) }

// Floor returns the largest integers not above a.
func Floor[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Floor[T]) }

// FloorTo is [Floor] into dst, which has a shape that a broadcasts to.
func FloorTo[T Float](dst *Array[T], a *Array[T]) { mapTo("FloorTo", dst, a, vmath.Floor[T]) }

// Ceil returns the smallest integers not below a.
func Ceil[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Ceil[T]) }

// CeilTo is [Ceil] into dst, which has a shape that a broadcasts to.
func CeilTo[T Float](dst *Array[T], a *Array[T]) { mapTo("CeilTo", dst, a, vmath.Ceil[T]) }

// Trunc returns a without its fraction.
func Trunc[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Trunc[T]) }

// TruncTo is [Trunc] into dst, which has a shape that a broadcasts to.
func TruncTo[T Float](dst *Array[T], a *Array[T]) { mapTo("TruncTo", dst, a, vmath.Trunc[T]) }

// Round returns the integers nearest to a, of two the even one.
func Round[T Float](a *Array[T]) *Array[T] { return map1(a, vmath.Round[T]) }

// RoundTo is [Round] into dst, which has a shape that a broadcasts to.
func RoundTo[T Float](dst *Array[T], a *Array[T]) { mapTo("RoundTo", dst, a, vmath.Round[T]) }

// Clamp returns a with what is below lo set to lo and what is above hi set to
// hi. NaN stays. It panics with a *kernels.ShapeError unless lo ≤ hi.
func Clamp[T Number](a *Array[T], lo, hi T) *Array[T] {
	r := like[T](&a.layout)
	ClampTo(r, a, lo, hi)
	return r
}

// ClampTo is [Clamp] into dst, which has a shape that a broadcasts to.
func ClampTo[T Number](dst, a *Array[T], lo, hi T) {
	if !(lo <= hi) {
		fail("Clamp", "lo", fmt.Sprint(lo), fmt.Sprintf("at most %v (hi)", hi))
	}
	mapTo("ClampTo", dst, a, func(d, x []T) { clampRun(d, x, lo, hi) })
}

// clampRun compares with blocks of lo and of hi, by the vector code.
func clampRun[T Number](d, x []T, lo, hi T) {
	if len(x) < 32 {
		for i, v := range x {
			switch {
			case v < lo:
				v = lo
			case v > hi:
				v = hi
			}
			d[i] = v
		}
		return
	}
	b := bufferPool.Get().(*buffers)
	n := min(len(x), block)
	low, high := blockOf[T](b, 0)[:n], blockOf[T](b, 1)[:n]
	fill(low, lo)
	fill(high, hi)
	for len(x) > 0 {
		n = min(n, len(x))
		maximumRun(d[:n], x[:n], low[:n])
		minimumRun(d[:n], d[:n], high[:n])
		d, x = d[n:], x[n:]
	}
	bufferPool.Put(b)
}

func addRun[T Number](d, x, y []T) {
	switch kindOf[T]() {
	case kindFloat32:
		kernels.Add(as[float32](d), as[float32](x), as[float32](y))
	case kindFloat64:
		kernels.Add(as[float64](d), as[float64](x), as[float64](y))
	default:
		x, y = x[:len(d)], y[:len(d)]
		for i := range d {
			d[i] = x[i] + y[i]
		}
	}
}

func subRun[T Number](d, x, y []T) {
	switch kindOf[T]() {
	case kindFloat32:
		kernels.Sub(as[float32](d), as[float32](x), as[float32](y))
	case kindFloat64:
		kernels.Sub(as[float64](d), as[float64](x), as[float64](y))
	default:
		x, y = x[:len(d)], y[:len(d)]
		for i := range d {
			d[i] = x[i] - y[i]
		}
	}
}

func mulRun[T Number](d, x, y []T) {
	switch kindOf[T]() {
	case kindFloat32:
		kernels.Mul(as[float32](d), as[float32](x), as[float32](y))
	case kindFloat64:
		kernels.Mul(as[float64](d), as[float64](x), as[float64](y))
	default:
		x, y = x[:len(d)], y[:len(d)]
		for i := range d {
			d[i] = x[i] * y[i]
		}
	}
}

func maximumRun[T Number](d, x, y []T) {
	switch kindOf[T]() {
	case kindFloat32:
		vmath.Larger(as[float32](d), as[float32](x), as[float32](y))
	case kindFloat64:
		vmath.Larger(as[float64](d), as[float64](x), as[float64](y))
	default:
		x, y = x[:len(d)], y[:len(d)]
		for i := range d {
			d[i] = max(x[i], y[i])
		}
	}
}

func minimumRun[T Number](d, x, y []T) {
	switch kindOf[T]() {
	case kindFloat32:
		vmath.Smaller(as[float32](d), as[float32](x), as[float32](y))
	case kindFloat64:
		vmath.Smaller(as[float64](d), as[float64](x), as[float64](y))
	default:
		x, y = x[:len(d)], y[:len(d)]
		for i := range d {
			d[i] = min(x[i], y[i])
		}
	}
}

func negRun[T Number](d, x []T) {
	switch kindOf[T]() {
	case kindFloat32:
		vmath.Neg(as[float32](d), as[float32](x))
	case kindFloat64:
		vmath.Neg(as[float64](d), as[float64](x))
	default:
		for i, v := range x {
			d[i] = -v
		}
	}
}

func absRun[T Number](d, x []T) {
	switch kindOf[T]() {
	case kindFloat32:
		vmath.Abs(as[float32](d), as[float32](x))
	case kindFloat64:
		vmath.Abs(as[float64](d), as[float64](x))
	default:
		for i, v := range x {
			d[i] = max(v, -v)
		}
	}
}

// signRun multiplies numbers until what is not 0 is above e = 2^-80, brings them
// into [-e, e], and multiplies by 1/e: vector code, where branches would often be
// foretold wrongly. The last addition makes a +0 of -0.
func signRun[T Number](d, x []T) {
	switch kindOf[T]() {
	case kindFloat32:
		signFloats(as[float32](d), as[float32](x), 0x1p120)
	case kindFloat64:
		signFloats(as[float64](d), as[float64](x), 0x1p1000)
	default:
		clampRun(d, x, -1, 1)
	}
}

func signFloats[T Float](d, x []T, up T) {
	b := bufferPool.Get().(*buffers)
	n := min(len(x), block)
	ups, one, zeros := blockOf[T](b, 0)[:n], blockOf[T](b, 1)[:n], blockOf[T](b, 2)[:n]
	fill(ups, up)
	fill(one, 0x1p80)
	clear(zeros)
	for len(x) > 0 {
		n = min(n, len(x))
		kernels.Mul(d[:n], x[:n], ups[:n])
		clampRun(d[:n], d[:n], -0x1p-80, 0x1p-80)
		kernels.Mul(d[:n], d[:n], one[:n])
		kernels.Add(d[:n], d[:n], zeros[:n])
		d, x = d[n:], x[n:]
	}
	bufferPool.Put(b)
}
