package array

import (
	"math"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/vmath"
)

// Comparisons and logic. Shapes, destinations and panics are as for arithmetic.
// Comparisons with NaN are false, except that NaN is not equal to anything.

// Equal returns where a = b.
func Equal[T Element](a, b *Array[T]) *Array[bool] { return map2("Equal", a, b, equalRun[T]) }

// EqualTo is [Equal] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func EqualTo[T Element](dst *Array[bool], a, b *Array[T]) { map2To("EqualTo", dst, a, b, equalRun[T]) }

// NotEqual returns where a ≠ b.
func NotEqual[T Element](a, b *Array[T]) *Array[bool] { return map2("NotEqual", a, b, notEqualRun[T]) }

// NotEqualTo is [NotEqual] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func NotEqualTo[T Element](dst *Array[bool], a, b *Array[T]) {
	map2To("NotEqualTo", dst, a, b, notEqualRun[T])
}

// Less returns where a < b.
func Less[T Number](a, b *Array[T]) *Array[bool] { return map2("Less", a, b, lessRun[T]) }

// LessTo is [Less] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func LessTo[T Number](dst *Array[bool], a, b *Array[T]) { map2To("LessTo", dst, a, b, lessRun[T]) }

// LessEqual returns where a ≤ b.
func LessEqual[T Number](a, b *Array[T]) *Array[bool] {
	return map2("LessEqual", a, b, lessEqualRun[T])
}

// LessEqualTo is [LessEqual] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func LessEqualTo[T Number](dst *Array[bool], a, b *Array[T]) {
	map2To("LessEqualTo", dst, a, b, lessEqualRun[T])
}

// Greater returns where a > b.
func Greater[T Number](a, b *Array[T]) *Array[bool] { return map2("Greater", a, b, greaterRun[T]) }

// GreaterTo is [Greater] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func GreaterTo[T Number](dst *Array[bool], a, b *Array[T]) {
	map2To("GreaterTo", dst, a, b, greaterRun[T])
}

// GreaterEqual returns where a ≥ b.
func GreaterEqual[T Number](a, b *Array[T]) *Array[bool] {
	return map2("GreaterEqual", a, b, greaterEqualRun[T])
}

// GreaterEqualTo is [GreaterEqual] into dst, which has the shape that a and b broadcast to, or
// a larger one that they broadcast to.
func GreaterEqualTo[T Number](dst *Array[bool], a, b *Array[T]) {
	map2To("GreaterEqualTo", dst, a, b, greaterEqualRun[T])
}

// And returns where both a and b are true.
func And(a, b *Array[bool]) *Array[bool] { return map2("And", a, b, andRun) }

// AndTo is [And] into dst.
func AndTo(dst, a, b *Array[bool]) { map2To("AndTo", dst, a, b, andRun) }

// Or returns where a or b is true.
func Or(a, b *Array[bool]) *Array[bool] { return map2("Or", a, b, orRun) }

// OrTo is [Or] into dst.
func OrTo(dst, a, b *Array[bool]) { map2To("OrTo", dst, a, b, orRun) }

// Xor returns where one of a and b is true.
func Xor(a, b *Array[bool]) *Array[bool] { return map2("Xor", a, b, xorRun) }

// XorTo is [Xor] into dst.
func XorTo(dst, a, b *Array[bool]) { map2To("XorTo", dst, a, b, xorRun) }

// Not returns where a is false.
func Not(a *Array[bool]) *Array[bool] { return map1(a, notRun) }

// NotTo is [Not] into dst.
func NotTo(dst, a *Array[bool]) { mapTo("NotTo", dst, a, notRun) }

// IsNaN returns where a is NaN.
func IsNaN[T Float](a *Array[T]) *Array[bool] { return map1(a, isNaNRun[T]) }

// IsNaNTo is [IsNaN] into dst, which has a shape that a broadcasts to.
func IsNaNTo[T Float](dst *Array[bool], a *Array[T]) { mapTo("IsNaNTo", dst, a, isNaNRun[T]) }

// IsInf returns where a is an infinity.
func IsInf[T Float](a *Array[T]) *Array[bool] { return map1(a, isInfRun[T]) }

// IsInfTo is [IsInf] into dst, which has a shape that a broadcasts to.
func IsInfTo[T Float](dst *Array[bool], a *Array[T]) { mapTo("IsInfTo", dst, a, isInfRun[T]) }

// IsFinite returns where a is neither NaN nor an infinity.
func IsFinite[T Float](a *Array[T]) *Array[bool] { return map1(a, isFiniteRun[T]) }

// IsFiniteTo is [IsFinite] into dst, which has a shape that a broadcasts to.
func IsFiniteTo[T Float](dst *Array[bool], a *Array[T]) { mapTo("IsFiniteTo", dst, a, isFiniteRun[T]) }

// Select returns a where cond is true and b where it is false: NumPy's where
// with three arguments. All three broadcast.
func Select[T Element](cond *Array[bool], a, b *Array[T]) *Array[T] {
	return map3("Select", cond, a, b, [3]string{"cond", "a", "b"}, selectRun[T])
}

// SelectTo is [Select] into dst.
func SelectTo[T Element](dst *Array[T], cond *Array[bool], a, b *Array[T]) {
	map3To("SelectTo", dst, cond, a, b, [3]string{"cond", "a", "b"}, selectRun[T])
}

func equalRun[T Element](d []bool, x, y []T) {
	if compareFloats(kernels.Equal, d, x, y) {
		return
	}
	x, y = x[:len(d)], y[:len(d)]
	for i := range d {
		d[i] = x[i] == y[i]
	}
}

func notEqualRun[T Element](d []bool, x, y []T) {
	if compareFloats(kernels.NotEqual, d, x, y) {
		return
	}
	x, y = x[:len(d)], y[:len(d)]
	for i := range d {
		d[i] = x[i] != y[i]
	}
}

func lessRun[T Number](d []bool, x, y []T) {
	if compareFloats(kernels.Less, d, x, y) {
		return
	}
	x, y = x[:len(d)], y[:len(d)]
	for i := range d {
		d[i] = x[i] < y[i]
	}
}

func lessEqualRun[T Number](d []bool, x, y []T) {
	if compareFloats(kernels.LessEqual, d, x, y) {
		return
	}
	x, y = x[:len(d)], y[:len(d)]
	for i := range d {
		d[i] = x[i] <= y[i]
	}
}

// compareFloats compares by the vector code, if T is a type of floats, and
// reports whether it is.
func compareFloats[T Element](c kernels.Comparison, d []bool, x, y []T) bool {
	switch kindOf[T]() {
	case kindFloat32:
		kernels.Compare(c, d, as[float32](x), as[float32](y))
	case kindFloat64:
		kernels.Compare(c, d, as[float64](x), as[float64](y))
	default:
		return false
	}
	return true
}

func greaterRun[T Number](d []bool, x, y []T) { lessRun(d, y, x) }

func greaterEqualRun[T Number](d []bool, x, y []T) { lessEqualRun(d, y, x) }

func isNaNRun[T Float](d []bool, x []T) { kernels.Compare(kernels.NotEqual, d, x, x) }

func isInfRun[T Float](d []bool, x []T) { againstInf(kernels.Equal, d, x) }

func isFiniteRun[T Float](d []bool, x []T) { againstInf(kernels.Less, d, x) }

// againstInf compares absolute values with infinity.
func againstInf[T Float](c kernels.Comparison, d []bool, x []T) {
	b := bufferPool.Get().(*buffers)
	n := min(len(x), block)
	size, inf := blockOf[T](b, 0)[:n], blockOf[T](b, 1)[:n]
	fill(inf, T(math.Inf(1)))
	for len(x) > 0 {
		n = min(n, len(x))
		vmath.Abs(size[:n], x[:n])
		kernels.Compare(c, d[:n], size[:n], inf[:n])
		d, x = d[n:], x[n:]
	}
	bufferPool.Put(b)
}

// selectRun moves elements as integers, for which there is a conditional move: a
// branch would often be foretold wrongly.
func selectRun[T Element](d []T, c []bool, x, y []T) {
	switch kindOf[T]().size() {
	case 1:
		selectBits(as[bool](d), c, as[bool](x), as[bool](y))
	case 4:
		selectBits(as[int32](d), c, as[int32](x), as[int32](y))
	case 8:
		selectBits(as[int64](d), c, as[int64](x), as[int64](y))
	}
}

func selectBits[T bool | int32 | int64](d []T, c []bool, x, y []T) {
	c, x, y = c[:len(d)], x[:len(d)], y[:len(d)]
	for i := range d {
		v, w := x[i], y[i]
		if c[i] {
			w = v
		}
		d[i] = w
	}
}
