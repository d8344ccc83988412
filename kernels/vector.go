package kernels

import "github.com/weftgo/weft/internal/op"

// Axpy adds a multiple of x to y: y[i] = fma(alpha, x[i], y[i]), rounded once.
// It panics with a [*ShapeError] if the lengths differ or if x and y overlap
// without being the same. alpha = 0 still turns NaN and infinities of x into
// NaN. The bits are the same on every backend.
func Axpy[T Float](alpha T, x, y []T) { def[T]().Axpy(alpha, x, y) }

// Axpy is [Axpy] on this engine.
func (e *Engine[T]) Axpy(alpha T, x, y []T) {
	sameLen("Axpy", "y", len(x), y, "length of x")
	if len(x) == 0 {
		return
	}
	noOverlap("Axpy", "y", y, "x", x, true)
	reads(x)
	writes(y)
	if len(x) <= op.Chunk[T]() {
		px, py := hide2(&x[0], &y[0])
		e.table.Short.Axpy(alpha, px, py, len(x))
		return
	}
	hx, hy := hideSlice(x), hideSlice(y)
	e.table.Axpy(e.vectorWidth(hx, hy), alpha, hx, hy)
}

// Scal multiplies x by alpha: x[i] = alpha*x[i]. alpha = 0 still turns NaN and
// infinities into NaN; [Fill] clears. The bits are the same on every backend.
func Scal[T Float](alpha T, x []T) { def[T]().Scal(alpha, x) }

// Scal is [Scal] on this engine.
func (e *Engine[T]) Scal(alpha T, x []T) {
	if len(x) == 0 {
		return
	}
	writes(x)
	if len(x) <= op.Chunk[T]() {
		p := hide(&x[0])
		e.table.Short.Scale(alpha, p, p, len(x))
		return
	}
	h := hideSlice(x)
	e.table.Scal(e.vectorWidth(h, h), alpha, h)
}

// Fill sets every element of x to v.
func Fill[T Float](x []T, v T) { def[T]().Fill(x, v) }

// Fill is [Fill] on this engine.
func (e *Engine[T]) Fill(x []T, v T) {
	if len(x) == 0 {
		return
	}
	writes(x)
	if len(x) <= op.Chunk[T]() {
		e.table.Short.Fill(hide(&x[0]), len(x), v)
		return
	}
	h := hideSlice(x)
	e.table.Fill(e.vectorWidth(h, h), h, v)
}

// Add sets dst[i] = x[i] + y[i]. dst may be x or y itself. It panics with a
// [*ShapeError] if lengths differ or dst overlaps x or y in part. The bits are
// the same on every backend.
func Add[T Float](dst, x, y []T) { def[T]().Add(dst, x, y) }

// Add is [Add] on this engine.
func (e *Engine[T]) Add(dst, x, y []T) {
	elementwise(e, "Add", e.table.Short.Add, e.table.Add, dst, x, y)
}

// Sub sets dst[i] = x[i] - y[i], with the rules of [Add].
func Sub[T Float](dst, x, y []T) { def[T]().Sub(dst, x, y) }

// Sub is [Sub] on this engine.
func (e *Engine[T]) Sub(dst, x, y []T) {
	elementwise(e, "Sub", e.table.Short.Sub, e.table.Sub, dst, x, y)
}

// Mul sets dst[i] = x[i] * y[i], with the rules of [Add].
func Mul[T Float](dst, x, y []T) { def[T]().Mul(dst, x, y) }

// Mul is [Mul] on this engine.
func (e *Engine[T]) Mul(dst, x, y []T) {
	elementwise(e, "Mul", e.table.Short.Mul, e.table.Mul, dst, x, y)
}

// Div sets dst[i] = x[i] / y[i], with the rules of [Add]. Division by zero
// gives an infinity or NaN as IEEE 754 says.
func Div[T Float](dst, x, y []T) { def[T]().Div(dst, x, y) }

// Div is [Div] on this engine.
func (e *Engine[T]) Div(dst, x, y []T) {
	elementwise(e, "Div", e.table.Short.Div, e.table.Div, dst, x, y)
}

func elementwise[T Float](e *Engine[T], call string, short func(dst, x, y *T, n int), long func(w int, dst, x, y []T), dst, x, y []T) {
	sameLen(call, "x", len(dst), x, "length of dst")
	sameLen(call, "y", len(dst), y, "length of dst")
	if len(dst) == 0 {
		return
	}
	noOverlap(call, "dst", dst, "x", x, true)
	noOverlap(call, "dst", dst, "y", y, true)
	reads(x)
	reads(y)
	writes(dst)
	if len(dst) <= op.Chunk[T]() {
		px, py := hide2(&x[0], &y[0])
		short(hide(&dst[0]), px, py, len(dst))
		return
	}
	w := min(e.vectorWidth(dst, x), e.vectorWidth(y, y))
	long(w, hideSlice(dst), hideSlice(x), hideSlice(y))
}
