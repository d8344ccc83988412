package dist

import (
	"unsafe"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// combiner returns what sets z[i] to op(x[i], y[i]), or nil if there is no such
// operation on that type. The slices have one length, and z may be x or y.
func combiner[T Element](f Op) func(z, x, y []T) {
	var g any
	switch any(*new(T)).(type) {
	case int:
		g = integers[int](f)
	case int8:
		g = integers[int8](f)
	case int16:
		g = integers[int16](f)
	case int32:
		g = integers[int32](f)
	case int64:
		g = integers[int64](f)
	case uint8:
		g = integers[uint8](f)
	case uint16:
		g = integers[uint16](f)
	case uint32:
		g = integers[uint32](f)
	case uint64:
		g = integers[uint64](f)
	case float32:
		g = floats[float32](f)
	case float64:
		g = floats[float64](f)
	case complex64:
		g = complexes(f, pairs[complex64, float32], mulComplex64)
	case complex128:
		g = complexes(f, pairs[complex128, float64], mulComplex128)
	}
	return g.(func(z, x, y []T))
}

type integer interface {
	int | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

func integers[T integer](f Op) func(z, x, y []T) {
	switch f {
	case Sum:
		return func(z, x, y []T) {
			z, x = z[:len(y)], x[:len(y)]
			for i, v := range y {
				z[i] = x[i] + v
			}
		}
	case Prod:
		return func(z, x, y []T) {
			z, x = z[:len(y)], x[:len(y)]
			for i, v := range y {
				z[i] = x[i] * v
			}
		}
	case Min:
		return func(z, x, y []T) {
			z, x = z[:len(y)], x[:len(y)]
			for i, v := range y {
				z[i] = min(x[i], v)
			}
		}
	case Max:
		return func(z, x, y []T) {
			z, x = z[:len(y)], x[:len(y)]
			for i, v := range y {
				z[i] = max(x[i], v)
			}
		}
	}
	return nil
}

func floats[T kernels.Float](f Op) func(z, x, y []T) {
	e := oneWorker[T]()
	switch f {
	case Sum:
		return e.Add
	case Prod:
		return e.Mul
	case Min:
		return func(z, x, y []T) { e.Binary(op.Minimum, z, x, y) }
	case Max:
		return func(z, x, y []T) { e.Binary(op.Maximum, z, x, y) }
	}
	return nil
}

// oneWorker returns the default engine without help: at this moment the other
// ranks of the host combine as much, or wait in MPI, which keeps a processor
// busy. What the environment asks for and can't have is a panic, as in package
// kernels.
func oneWorker[T kernels.Float]() *kernels.Engine[T] {
	e, err := kernels.Default[T]()
	if err != nil {
		panic(err)
	}
	return e.WithWorkers(1)
}

// complexes has sums of complex numbers as sums of their parts.
func complexes[C complex64 | complex128, T kernels.Float](f Op, parts func([]C) []T, mul func(x, y C) C) func(z, x, y []C) {
	switch f {
	case Sum:
		e := oneWorker[T]()
		return func(z, x, y []C) { e.Add(parts(z), parts(x), parts(y)) }
	case Prod:
		return func(z, x, y []C) {
			z, x = z[:len(y)], x[:len(y)]
			for i, v := range y {
				z[i] = mul(x[i], v)
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
