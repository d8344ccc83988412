package kernels

import (
	"math"

	"github.com/weftgo/weft/internal/op"
)

// Sum returns Σ x[i], and 0 for an empty x.
//
// The sum is taken over virtual lanes that are joined in a tree, so its error
// grows with the logarithm of len(x) beyond a fixed chunk: |error| ≤
// (520 + log2(len(x)))·ε·Σ|x[i]| (N. Higham, Accuracy and Stability of
// Numerical Algorithms, 2002, ch. 4). A NaN, or infinities of both signs, give
// NaN. The bits are the same on every backend (docs/numerics.md, Sum).
func Sum[T Float](x []T) T { return def[T]().Sum(x) }

// Sum is [Sum] on this engine.
func (e *Engine[T]) Sum(x []T) T {
	if len(x) == 0 {
		return 0
	}
	reads(x)
	if len(x) <= op.Chunk[T]() {
		return e.table.Short.Sum(hide(&x[0]), len(x))
	}
	h := hideSlice(x)
	return e.table.Sum(e.vectorWidth(h, h), h)
}

// Dot returns Σ x[i]*y[i], by fused multiply-adds, and 0 for empty vectors. It
// panics with a [*ShapeError] if the lengths differ.
//
// |error| ≤ (520 + log2(len(x)))·ε·Σ|x[i]*y[i]| unless a product underflows.
// x and y may overlap. NaN, and infinity times zero, give NaN. The bits are
// the same on every backend (docs/numerics.md, Dot).
func Dot[T Float](x, y []T) T { return def[T]().Dot(x, y) }

// Dot is [Dot] on this engine.
func (e *Engine[T]) Dot(x, y []T) T {
	if len(x) != len(y) {
		mismatch("Dot", "y", len(y), "element", len(x), "length of x")
	}
	if len(x) == 0 {
		return 0
	}
	reads(x)
	reads(y)
	if len(x) <= op.Chunk[T]() {
		px, py := hide2(&x[0], &y[0])
		return e.table.Short.Dot(px, py, len(x))
	}
	hx, hy := hideSlice(x), hideSlice(y)
	return e.table.Dot(e.vectorWidth(hx, hy), hx, hy)
}

// Asum returns Σ |x[i]|, and 0 for an empty x. Error and NaN as for [Sum]. The
// bits are the same on every backend (docs/numerics.md, Asum).
func Asum[T Float](x []T) T { return def[T]().Asum(x) }

// Asum is [Asum] on this engine.
func (e *Engine[T]) Asum(x []T) T {
	if len(x) == 0 {
		return 0
	}
	reads(x)
	if len(x) <= op.Chunk[T]() {
		return e.table.Short.Asum(hide(&x[0]), len(x))
	}
	h := hideSlice(x)
	return e.table.Asum(e.vectorWidth(h, h), h)
}

// Nrm2 returns the Euclidean norm √(Σ x[i]²), and 0 for an empty x. Squares
// that overflow or underflow do no harm: where they would, the elements are
// scaled by a power of two first. A NaN gives NaN, an infinity without NaN
// gives +Inf. The bits are the same on every backend (docs/numerics.md, Nrm2).
func Nrm2[T Float](x []T) T { return def[T]().Nrm2(x) }

// Nrm2 is [Nrm2] on this engine.
func (e *Engine[T]) Nrm2(x []T) T {
	if len(x) == 0 {
		return 0
	}
	reads(x)
	if len(x) <= op.Chunk[T]() {
		return e.table.Short.Nrm2(hide(&x[0]), len(x))
	}
	h := hideSlice(x)
	return e.table.Nrm2(e.vectorWidth(h, h), h)
}

// Mean returns Sum(x)/len(x), and NaN for an empty x. The sum may overflow
// where the mean would not. The bits are the same on every backend.
func Mean[T Float](x []T) T { return def[T]().Mean(x) }

// Mean is [Mean] on this engine.
func (e *Engine[T]) Mean(x []T) T { return e.Sum(x) / T(len(x)) }

// Var returns the unbiased sample variance Σ (x[i]-mean)² / (len(x)-1), and
// NaN for fewer than two elements. Each chunk of x is taken in two passes,
// mean first, and the chunks are joined by the update of Chan, Golub and
// LeVeque (The American Statistician 37(3), 1983): no square of a mean is
// subtracted, so nothing cancels when the mean is large. The bits are the same
// on every backend (docs/numerics.md, Var).
func Var[T Float](x []T) T { return def[T]().Var(x) }

// Var is [Var] on this engine.
func (e *Engine[T]) Var(x []T) T {
	if len(x) < 2 {
		return T(math.NaN())
	}
	reads(x)
	h := hideSlice(x)
	return e.table.Var(e.vectorWidth(h, h), h)
}

// Max returns the largest element: x[ArgMax(x)]. If x has a NaN the result is
// NaN; of -0 and +0, which are equal, it is the one that comes first. For an
// empty x it is -Inf. The bits are the same on every backend.
func Max[T Float](x []T) T { return def[T]().Max(x) }

// Max is [Max] on this engine.
func (e *Engine[T]) Max(x []T) T {
	if len(x) == 0 {
		return T(math.Inf(-1))
	}
	reads(x)
	if len(x) <= op.Chunk[T]() {
		return e.table.Short.Max(hide(&x[0]), len(x))
	}
	h := hideSlice(x)
	return e.table.Max(e.vectorWidth(h, h), h)
}

// Min returns the smallest element: x[ArgMin(x)]. If x has a NaN the result is
// NaN; of -0 and +0, which are equal, it is the one that comes first. For an
// empty x it is +Inf. The bits are the same on every backend.
func Min[T Float](x []T) T { return def[T]().Min(x) }

// Min is [Min] on this engine.
func (e *Engine[T]) Min(x []T) T {
	if len(x) == 0 {
		return T(math.Inf(1))
	}
	reads(x)
	if len(x) <= op.Chunk[T]() {
		return e.table.Short.Min(hide(&x[0]), len(x))
	}
	h := hideSlice(x)
	return e.table.Min(e.vectorWidth(h, h), h)
}

// ArgMax returns the index of the first NaN of x or, if there is none, of the
// first element that no other exceeds. -0 and +0 are equal. For an empty x it
// is -1.
func ArgMax[T Float](x []T) int { return def[T]().ArgMax(x) }

// ArgMax is [ArgMax] on this engine.
func (e *Engine[T]) ArgMax(x []T) int {
	if len(x) == 0 {
		return -1
	}
	reads(x)
	if len(x) <= op.Chunk[T]() {
		return e.table.Short.ArgMax(hide(&x[0]), len(x))
	}
	h := hideSlice(x)
	return e.table.ArgMax(e.vectorWidth(h, h), h)
}

// ArgMin returns the index of the first NaN of x or, if there is none, of the
// first element that exceeds no other. -0 and +0 are equal. For an empty x it
// is -1.
func ArgMin[T Float](x []T) int { return def[T]().ArgMin(x) }

// ArgMin is [ArgMin] on this engine.
func (e *Engine[T]) ArgMin(x []T) int {
	if len(x) == 0 {
		return -1
	}
	reads(x)
	if len(x) <= op.Chunk[T]() {
		return e.table.Short.ArgMin(hide(&x[0]), len(x))
	}
	h := hideSlice(x)
	return e.table.ArgMin(e.vectorWidth(h, h), h)
}

// Iamax returns the index of the first NaN of x or, if there is none, of the
// first element whose absolute value no other exceeds. For an empty x it is -1.
func Iamax[T Float](x []T) int { return def[T]().Iamax(x) }

// Iamax is [Iamax] on this engine.
func (e *Engine[T]) Iamax(x []T) int {
	if len(x) == 0 {
		return -1
	}
	reads(x)
	if len(x) <= op.Chunk[T]() {
		return e.table.Short.Iamax(hide(&x[0]), len(x))
	}
	h := hideSlice(x)
	return e.table.Iamax(e.vectorWidth(h, h), h)
}
