package lapack

import (
	"math"

	"github.com/weftgo/weft/kernels"
)

// givens returns c, s and r with c² + s² = 1, c*f + s*g = r and
// c*g - s*f = 0. Where g is zero, c is 1. (E. Anderson, LAPACK Working Note
// 150, 2000.)
func givens[T kernels.Float](f, g T) (c, s, r T) {
	if g == 0 {
		return 1, 0, f
	}
	if f == 0 {
		return 0, copysign(1, g), abs(g)
	}
	lo := T(0x1p-62)
	if size[T]() == 8 {
		x := 0x1p-500
		lo = T(x)
	}
	hi := 1 / lo
	af, ag := abs(f), abs(g)
	if min(af, ag) > lo && max(af, ag) < hi {
		r = sqrt(T(f*f) + T(g*g))
		c = af / r
		if f < 0 {
			r = -r
		}
		return c, g / r, r
	}
	// A power of two brings the larger one near 1.
	_, e := math.Frexp(float64(max(af, ag)))
	f, g = T(math.Ldexp(float64(f), -e)), T(math.Ldexp(float64(g), -e))
	d := sqrt(T(f*f) + T(g*g))
	r = copysign(d, f)
	return abs(f) / d, g / r, T(math.Ldexp(float64(r), e))
}

// rotate replaces the vectors x and y by c*x + s*y and c*y - s*x.
func rotate[T kernels.Float](x, y []T, c, s T) {
	y = y[:len(x)]
	for i, v := range x {
		w := y[i]
		x[i] = T(c*v) + T(s*w)
		y[i] = T(c*w) - T(s*v)
	}
}

// exponent returns e such that the largest absolute value in the vectors is
// below 2^e and at least half of that. ok is false if an element is NaN or
// infinite. For zeros e is 0.
func exponent[T kernels.Float](vectors ...[]T) (e int, ok bool) {
	var m T
	for _, x := range vectors {
		for _, v := range x {
			v = abs(v)
			if v-v != 0 {
				return 0, false
			}
			m = max(m, v)
		}
	}
	_, e = math.Frexp(float64(m))
	return e, true
}

// scaleTwo multiplies x by 2^e. Only underflow and overflow make it inexact.
func scaleTwo[T kernels.Float](x []T, e int) {
	for e != 0 {
		// Each step is a number that the type has.
		step := max(-100, min(e, 100))
		f := T(math.Ldexp(1, step))
		for i := range x {
			x[i] *= f
		}
		e -= step
	}
}
