package dist

import (
	"unsafe"

	"github.com/weftgo/weft/kernels"
)

// combiner returns what sets x[i] to op(x[i], y[i]), or nil if there is no such
// operation on that type.
func combiner[T Element](op Op) func(x, y []T) {
	var f any
	switch any(*new(T)).(type) {
	case int:
		f = integers[int](op)
	case int8:
		f = integers[int8](op)
	case int16:
		f = integers[int16](op)
	case int32:
		f = integers[int32](op)
	case int64:
		f = integers[int64](op)
	case uint8:
		f = integers[uint8](op)
	case uint16:
		f = integers[uint16](op)
	case uint32:
		f = integers[uint32](op)
	case uint64:
		f = integers[uint64](op)
	case float32:
		f = floats[float32](op)
	case float64:
		f = floats[float64](op)
	case complex64:
		f = complexes(op, pairs[complex64, float32], mulComplex64)
	case complex128:
		f = complexes(op, pairs[complex128, float64], mulComplex128)
	}
	return f.(func(x, y []T))
}

type integer interface {
	int | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

func integers[T integer](op Op) func(x, y []T) {
	switch op {
	case Sum:
		return func(x, y []T) {
			for i, v := range y {
				x[i] += v
			}
		}
	case Prod:
		return func(x, y []T) {
			for i, v := range y {
				x[i] *= v
			}
		}
	case Min:
		return func(x, y []T) {
			for i, v := range y {
				x[i] = min(x[i], v)
			}
		}
	case Max:
		return func(x, y []T) {
			for i, v := range y {
				x[i] = max(x[i], v)
			}
		}
	}
	return nil
}

func floats[T kernels.Float](op Op) func(x, y []T) {
	switch op {
	case Sum:
		return func(x, y []T) { kernels.Add(x, x, y) }
	case Prod:
		return func(x, y []T) { kernels.Mul(x, x, y) }
	case Min:
		return func(x, y []T) {
			for i, v := range y {
				if u := x[i]; u == u { // a NaN stays
					x[i] = pick(v, min(u, v))
				}
			}
		}
	case Max:
		return func(x, y []T) {
			for i, v := range y {
				if u := x[i]; u == u {
					x[i] = pick(v, max(u, v))
				}
			}
		}
	}
	return nil
}

// pick returns v if it is NaN and m if not: the NaN that built-in functions
// return is one thing on one machine and another on the next.
func pick[T kernels.Float](v, m T) T {
	if v != v {
		return v
	}
	return m
}

// complexes has sums of complex numbers as sums of their parts.
func complexes[C complex64 | complex128, T kernels.Float](op Op, parts func([]C) []T, mul func(x, y C) C) func(x, y []C) {
	switch op {
	case Sum:
		return func(x, y []C) { kernels.Add(parts(x), parts(x), parts(y)) }
	case Prod:
		return func(x, y []C) {
			for i, v := range y {
				x[i] = mul(x[i], v)
			}
		}
	}
	return nil
}

// pairs returns the real and imaginary parts of x, in its memory.
func pairs[C complex64 | complex128, T kernels.Float](x []C) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(x))), 2*len(x))
}

// The products are rounded before they are added, which the compiler would
// leave out on machines with fused multiply-adds.

func mulComplex64(x, y complex64) complex64 {
	a, b, c, d := real(x), imag(x), real(y), imag(y)
	return complex(float32(a*c)-float32(b*d), float32(a*d)+float32(b*c))
}

func mulComplex128(x, y complex128) complex128 {
	a, b, c, d := real(x), imag(x), real(y), imag(y)
	return complex(float64(a*c)-float64(b*d), float64(a*d)+float64(b*c))
}
