package array

import (
	"fmt"
	"math"

	"github.com/weftgo/weft/kernels"
)

// Metric says how far two vectors x and y are from each other.
type Metric uint8

const (
	Euclidean        Metric = iota // √Σ(x-y)²
	SquaredEuclidean               // Σ(x-y)²
	Cosine                         // 1 - x·y/(‖x‖‖y‖)
	DotProduct                     // x·y, which is no distance but is asked for in the same place
)

// Distances returns the distances of the rows of x, m×d, from those of y, n×d,
// as an m×n matrix.
//
// Euclidean distances are made from differences, kernels.Dot(x-y, x-y), and not
// from products, which cancel: a row is at distance zero from itself, and close
// rows keep their digits. Cosine and DotProduct are made from kernels.Gemm of
// the rows and, for the lengths, kernels.Nrm2; of a row of zeros the cosine
// distance is NaN.
func Distances[T Float](metric Metric, x, y *Array[T]) *Array[T] {
	if x.nd != 2 || y.nd != 2 {
		fail("Distances", "x and y", fmt.Sprintf("%d and %d dimensions", x.nd, y.nd), "2")
	}
	dst := Zeros[T](x.shape[0], y.shape[0])
	DistancesTo(dst, metric, x, y)
	return dst
}

// DistancesTo is [Distances] into dst, of m×n, which shares nothing with x or y.
func DistancesTo[T Float](dst *Array[T], metric Metric, x, y *Array[T]) {
	const call = "DistancesTo"
	if x.nd != 2 || y.nd != 2 || x.shape[1] != y.shape[1] {
		fail(call, "y", y.layout.String(), fmt.Sprintf("rows as long as those of x (%s)", x.layout.String()))
	}
	if dst.nd != 2 || dst.shape[0] != x.shape[0] || dst.shape[1] != y.shape[0] {
		fail(call, "dst", dst.layout.String(), shapeString([]int{x.shape[0], y.shape[0]}))
	}
	if metric > DotProduct {
		fail(call, "metric", fmt.Sprint(uint8(metric)), "one of the constants")
	}
	writable(call, &dst.layout)
	apart(call, dst, "x", x, false)
	apart(call, dst, "y", y, false)
	if metric == Cosine || metric == DotProduct {
		MatMulTo(dst, x, y.T())
		if metric == Cosine {
			DivTo(dst, dst, Norm(x, 2, Axis(1), KeepDims()))
			DivTo(dst, dst, Norm(y, 2, Axis(1)))
			SubTo(dst, Scalar[T](1), dst)
		}
		return
	}
	m, n, d := x.shape[0], y.shape[0], x.shape[1]
	xs, ys := x.rowMajorData(), y.rowMajorData()
	diff := make([]T, d)
	for i := range m {
		for j := range n {
			kernels.Sub(diff, xs[i*d:(i+1)*d], ys[j*d:(j+1)*d])
			s := kernels.Dot(diff, diff)
			if metric == Euclidean {
				s = T(math.Sqrt(float64(s)))
			}
			dst.data[dst.off+i*dst.stride[0]+j*dst.stride[1]] = s
		}
	}
}

// Cov returns the covariances of the rows of x, each a variable with n
// observations: (x-mean)·(x-mean)ᵀ/(n-1), by kernels.Gemm. It is symmetric to
// the bit. With fewer than two observations it is NaN.
func Cov[T Float](x *Array[T]) *Array[T] { return covariances("Cov", x) }

// CovTo is [Cov] into dst, a square of as many rows as x has.
func CovTo[T Float](dst, x *Array[T]) {
	deliver("CovTo", nil, result[T]{"dst", dst, covariances("CovTo", x)})
}

func covariances[T Float](call string, x *Array[T]) *Array[T] {
	if x.nd != 2 {
		fail(call, "x", x.layout.String(), "two dimensions")
	}
	c := Sub(x, Mean(x, Axis(1), KeepDims()))
	r := MatMul(c, c.T())
	DivTo(r, r, Scalar(T(max(x.shape[1]-1, 0))))
	return r
}

// Corr returns the correlations of the rows of x: the covariances divided by
// the square roots of both variances, brought into [-1, 1]. Of a row that does
// not vary they are NaN.
func Corr[T Float](x *Array[T]) *Array[T] { return correlations("Corr", x) }

// CorrTo is [Corr] into dst, a square of as many rows as x has.
func CorrTo[T Float](dst, x *Array[T]) {
	deliver("CorrTo", nil, result[T]{"dst", dst, correlations("CorrTo", x)})
}

func correlations[T Float](call string, x *Array[T]) *Array[T] {
	r := covariances(call, x)
	s := Sqrt(r.Diagonal(0))
	DivTo(r, r, s.View(All, NewAxis))
	DivTo(r, r, s)
	ClampTo(r, r, -1, 1)
	return r
}
