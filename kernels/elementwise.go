package kernels

import "github.com/weftgo/weft/internal/op"

// Unary names an elementwise function of one argument. Package vmath has the
// functions themselves.
type Unary = op.Unary

// Binary names an elementwise function of two arguments.
type Binary = op.Binary

// Unary sets dst[i] = f(x[i]). dst may be x itself. It panics with a
// [*ShapeError] if the lengths differ or dst overlaps x in part. Every NaN
// result but those of Abs, Neg and Copysign is the same quiet NaN. The bits
// are the same on every backend.
func (e *Engine[T]) Unary(f Unary, dst, x []T) {
	sameLen(f.String(), "x", len(dst), x, "length of dst")
	if len(dst) == 0 {
		return
	}
	noOverlap(f.String(), "dst", dst, "x", x, true)
	reads(x)
	writes(dst)
	w := e.vectorWidth(dst, x)
	e.table.Unary(w, f, hideSlice(dst), hideSlice(x))
}

// Binary sets dst[i] = f(x[i], y[i]), with the rules of [Engine.Unary]. dst
// may be x or y itself.
func (e *Engine[T]) Binary(f Binary, dst, x, y []T) {
	sameLen(f.String(), "x", len(dst), x, "length of dst")
	sameLen(f.String(), "y", len(dst), y, "length of dst")
	if len(dst) == 0 {
		return
	}
	noOverlap(f.String(), "dst", dst, "x", x, true)
	noOverlap(f.String(), "dst", dst, "y", y, true)
	reads(x)
	reads(y)
	writes(dst)
	w := min(e.vectorWidth(dst, x), e.vectorWidth(y, y))
	e.table.Binary(w, f, hideSlice(dst), hideSlice(x), hideSlice(y))
}

// Comparison names a comparison of two numbers.
type Comparison = op.Comparison

// The comparisons that [Engine.Compare] makes.
const (
	Equal     = op.Equal
	NotEqual  = op.NotEqual
	Less      = op.Less
	LessEqual = op.LessEqual
)

// Compare sets dst[i] to whether x[i] is in the relation c to y[i]. With NaN
// that is false, except that NaN is not equal to anything; -0 equals +0. It
// panics with a [*ShapeError] if the lengths differ. dst goes to the heap.
func (e *Engine[T]) Compare(c Comparison, dst []bool, x, y []T) {
	sameLen(c.String(), "x", len(dst), x, "length of dst")
	sameLen(c.String(), "y", len(dst), y, "length of dst")
	if len(dst) == 0 {
		return
	}
	reads(x)
	reads(y)
	writesBools(dst)
	e.table.Compare(e.vectorWidth(x, y), c, dst, hideSlice(x), hideSlice(y))
}

// Compare sets dst[i] to whether x[i] is in the relation c to y[i], see
// [Engine.Compare].
func Compare[T Float](c Comparison, dst []bool, x, y []T) { def[T]().Compare(c, dst, x, y) }

// MulAdd sets dst[i] = fma(x[i], y[i], z[i]), rounded once, with the rules of
// [Engine.Unary]. dst may be x, y or z itself.
func (e *Engine[T]) MulAdd(dst, x, y, z []T) {
	sameLen("MulAdd", "x", len(dst), x, "length of dst")
	sameLen("MulAdd", "y", len(dst), y, "length of dst")
	sameLen("MulAdd", "z", len(dst), z, "length of dst")
	if len(dst) == 0 {
		return
	}
	noOverlap("MulAdd", "dst", dst, "x", x, true)
	noOverlap("MulAdd", "dst", dst, "y", y, true)
	noOverlap("MulAdd", "dst", dst, "z", z, true)
	reads(x)
	reads(y)
	reads(z)
	writes(dst)
	w := min(e.vectorWidth(dst, x), e.vectorWidth(y, z))
	e.table.MulAdd(w, hideSlice(dst), hideSlice(x), hideSlice(y), hideSlice(z))
}

// MulAdd sets dst[i] = fma(x[i], y[i], z[i]), rounded once. dst may be x, y or
// z itself. It panics with a [*ShapeError] if lengths differ or dst overlaps
// an operand in part. The bits are the same on every backend.
func MulAdd[T Float](dst, x, y, z []T) { def[T]().MulAdd(dst, x, y, z) }
