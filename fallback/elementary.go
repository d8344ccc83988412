package fallback

import (
	"math"
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// The elementary functions are in elementary_f32.go and elementary_f64.go,
// written by asm/_gen from the programs that the vector code comes from. Most
// of float32 are computed in float64 and rounded once more.

// nan is the NaN that they return.
var nan = math.Float64frombits(0x7ff8 << 48)

// lesser and greater are the minimum and maximum as instructions have them:
// the second one if either is NaN.
func lesser[T op.Float](a, b T) T {
	if a < b {
		return a
	}
	return b
}

func greater[T op.Float](a, b T) T {
	if a > b {
		return a
	}
	return b
}

func isNaN[T op.Float](x T) bool { return x != x }

func pick[V float32 | float64 | uint32 | uint64](m bool, a, b V) V {
	if m {
		return a
	}
	return b
}

// Unary returns the kernel of a function: dst[i] = f(x[i]) for n elements. dst
// may be x.
func Unary[T op.Float](f op.Unary) func(dst, x *T, n int) {
	if g := plain[T](f); g != nil {
		return unary(g)
	}
	g := unaryF64[f]
	if op.Size[T]() == 4 {
		if s := singleF32[f]; s != nil {
			return unary(func(x T) T { return T(s(float32(x))) })
		}
		g = unaryF32[f]
	}
	return unary(func(x T) T { return T(g(float64(x))) })
}

func unary[T op.Float](f func(x T) T) func(dst, x *T, n int) {
	return func(dst, x *T, n int) {
		d := unsafe.Slice(dst, n)
		for i, v := range unsafe.Slice(x, n) {
			d[i] = f(v)
		}
	}
}

// plain returns a function that is exact or rounded once, or nil.
func plain[T op.Float](f op.Unary) func(x T) T {
	by := func(f func(float64) float64) func(T) T { // exact, or harmlessly rounded twice
		return func(x T) T { return canonical(T(f(float64(x)))) }
	}
	switch f {
	case op.Sqrt:
		return by(math.Sqrt)
	case op.Abs:
		return func(x T) T { return withSign(x, T(1)) }
	case op.Neg:
		return func(x T) T { return -x }
	case op.Floor:
		return by(math.Floor)
	case op.Ceil:
		return by(math.Ceil)
	case op.Trunc:
		return by(math.Trunc)
	case op.Round:
		return by(math.RoundToEven)
	}
	return nil
}

// canonical is x, or for a NaN the one that all functions return.
func canonical[T op.Float](x T) T {
	if x != x {
		return T(nan)
	}
	return x
}

// withSign is x with the sign of y, also of a NaN.
func withSign[T op.Float](x, y T) T {
	switch p := any(&x).(type) {
	case *float32:
		s := math.Float32bits(float32(y)) & (1 << 31)
		*p = math.Float32frombits(math.Float32bits(*p)&^(1<<31) | s)
	case *float64:
		*p = math.Copysign(*p, float64(y))
	}
	return x
}

// Binary returns the kernel of a function: dst[i] = f(x[i], y[i]) for n
// elements. dst may be x or y.
func Binary[T op.Float](f op.Binary) func(dst, x, y *T, n int) {
	var g func(x, y T) T
	switch f {
	case op.Minimum:
		g = func(x, y T) T { return canonical(min(x, y)) }
	case op.Maximum:
		g = func(x, y T) T { return canonical(max(x, y)) }
	case op.Smaller:
		g = func(x, y T) T { return pick(isNaN(x) || isNaN(y), T(nan), lesser(y, x)) }
	case op.Larger:
		g = func(x, y T) T { return pick(isNaN(x) || isNaN(y), T(nan), greater(y, x)) }
	case op.Copysign:
		g = withSign[T]
	default:
		h := binaryF64[f]
		if op.Size[T]() == 4 {
			h = binaryF32[f]
		}
		g = func(x, y T) T { return T(h(float64(x), float64(y))) }
	}
	return func(dst, x, y *T, n int) {
		d, t := unsafe.Slice(dst, n), unsafe.Slice(y, n)
		for i, v := range unsafe.Slice(x, n) {
			d[i] = g(v, t[i])
		}
	}
}

// Compare returns the kernel of a comparison: dst[i] = x[i] c y[i] for n
// elements.
func Compare[T op.Float](c op.Comparison) func(dst *bool, x, y *T, n int) {
	return func(dst *bool, x, y *T, n int) {
		d, s, t := unsafe.Slice(dst, n), unsafe.Slice(x, n), unsafe.Slice(y, n)
		switch c {
		case op.Equal:
			for i := range d {
				d[i] = s[i] == t[i]
			}
		case op.NotEqual:
			for i := range d {
				d[i] = s[i] != t[i]
			}
		case op.Less:
			for i := range d {
				d[i] = s[i] < t[i]
			}
		case op.LessEqual:
			for i := range d {
				d[i] = s[i] <= t[i]
			}
		}
	}
}

// MulAdd sets dst[i] = fma(x[i], y[i], z[i]) for n elements. dst may be any of
// them.
func MulAdd[T op.Float](dst, x, y, z *T, n int) {
	d, t, u := unsafe.Slice(dst, n), unsafe.Slice(y, n), unsafe.Slice(z, n)
	for i, v := range unsafe.Slice(x, n) {
		d[i] = canonical(FMA(v, t[i], u[i]))
	}
}
