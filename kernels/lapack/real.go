package lapack

import (
	"math"
	"unsafe"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/blas"
)

// Real is LAPACK of one real type, generic, with the BLAS that it stands on.
// The zero value computes with the default engine of package kernels. It is
// safe for use by many goroutines.
type Real[T kernels.Float] struct{ blas.Real[T] }

// RealOf returns LAPACK on the given engine, or for nil on the default one.
func RealOf[T kernels.Float](e *kernels.Engine[T]) Real[T] { return Real[T]{blas.RealOf(e)} }

func size[T kernels.Float]() int { var z T; return int(unsafe.Sizeof(z)) }

// unit returns the largest relative error of a rounding, 2^-24 or 2^-53.
func unit[T kernels.Float]() T {
	if size[T]() == 4 {
		return 0x1p-24
	}
	return 0x1p-53
}

// smallest returns the least number whose inverse does not overflow, 2^-126 or
// 2^-1022: the least normal one.
func smallest[T kernels.Float]() T {
	if size[T]() == 4 {
		return 0x1p-126
	}
	x := 0x1p-1022
	return T(x)
}

func abs[T kernels.Float](x T) T { return T(math.Abs(float64(x))) }

// sqrt returns √x, correctly rounded in both types.
func sqrt[T kernels.Float](x T) T { return T(math.Sqrt(float64(x))) }

func copysign[T kernels.Float](x, sign T) T { return T(math.Copysign(float64(x), float64(sign))) }

// lapy2 returns √(x²+y²) without overflow on the way. NaN gives NaN.
func lapy2[T kernels.Float](x, y T) T {
	if x != x || y != y {
		return T(math.NaN())
	}
	x, y = abs(x), abs(y)
	w, z := max(x, y), min(x, y)
	if z == 0 || w-w != 0 {
		return w
	}
	q := z / w
	return T(w * sqrt(1+T(q*q)))
}
