package cuda

import (
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/internal/op"
)

// mapKernels are the kernels of the functions that work element by element.
var mapKernels = [...]*kernel{
	op.Axpy: &kAxpy, op.Scal: &kScale, op.Fill: &kFill,
	op.Add: &kAdd, op.Sub: &kSub, op.Mul: &kMul, op.Div: &kDiv,
}

// mapOn launches dst = f(alpha, x, y) on n elements.
func mapOn[T op.Float](w *work, f op.Map, alpha T, n int, dst, x, y driver.Ptr) {
	a := launchFor[T](w, mapKernels[f], ceil(n, vectorPerBlock), vectorThreads)
	a.Int(n)
	switch f {
	case op.Axpy:
		scalar(a, alpha)
		a.Ptr(x)
		a.Ptr(dst)
	case op.Scal:
		scalar(a, alpha)
		a.Ptr(dst)
		a.Ptr(dst)
	case op.Fill:
		scalar(a, alpha)
		a.Ptr(dst)
	default:
		a.Ptr(dst)
		a.Ptr(x)
		a.Ptr(y)
	}
}

// apply is a whole call; what f does not take is nil.
func (e *engine[T]) apply(f op.Map, w int, alpha T, dst, x, y []T) {
	if err := e.tryApply(f, alpha, dst, x, y); err != nil {
		e.host(f.String(), err).Map(f, w, alpha, dst, x, y)
		return
	}
	e.ctl.Did(f.Operations(len(dst)))
}

func (e *engine[T]) tryApply(f op.Map, alpha T, dst, x, y []T) error {
	c, err := e.gpu.begin(e.ctl)
	if err != nil {
		return err
	}
	defer c.end()
	var out, dx, dy driver.Ptr
	switch {
	case f == op.Fill:
		out = allocOf[T](&c.work, len(dst))
	case x == nil:
		out = upload(c, dst)
	case y == nil: // Axpy
		dx = upload(c, x)
		if out = dx; &x[0] != &dst[0] {
			out = upload(c, dst)
		}
	default: // the result replaces the copy of x
		dx = upload(c, x)
		if dy = dx; &x[0] != &y[0] {
			dy = upload(c, y)
		}
		out = dx
	}
	mapOn(&c.work, f, alpha, len(dst), out, dx, dy)
	return finish(c, dst, out)
}

// finish waits and copies the n elements at src to dst, which is as it was if
// there is an error.
func finish[T op.Float](c *call, dst []T, src driver.Ptr) error {
	r := fetch[T](c, src, len(dst))
	if err := c.wait(); err != nil {
		return err
	}
	copy(dst, r)
	return nil
}

// scaleRows sets c = beta*c, or zero without reading c when beta is zero.
func (e *engine[T]) scaleRows(w int, beta T, v op.View[T]) {
	if err := e.tryScaleRows(beta, v); err != nil {
		e.host("Scale", err).ScaleRows(w, beta, v)
	}
}

func (e *engine[T]) tryScaleRows(beta T, v op.View[T]) error {
	c, err := e.gpu.begin(e.ctl)
	if err != nil {
		return err
	}
	defer c.end()
	m := startView(c, beta, &v)
	scaleRowsOn(&c.work, beta, v.Rows, v.Cols, m)
	return finishView(c, &v, m)
}

func scaleRowsOn[T op.Float](w *work, beta T, rows, cols int, m matrix) {
	a := launchFor[T](w, &kScaleRows, ceil(rows*cols, vectorPerBlock), vectorThreads)
	a.Int(rows)
	a.Int(cols)
	scalar(a, beta)
	a.Ptr(m.ptr)
	a.Int(m.rs)
}

// startView returns v on the device, where it will be overwritten: without a
// copy if beta is zero, since it is not read then.
func startView[T op.Float](c *call, beta T, v *op.View[T]) matrix {
	if beta == 0 {
		return allocView(c, v)
	}
	return uploadView(c, v)
}

// finishView waits and copies m to v, which is as it was if there is an error.
// v has unit column stride.
func finishView[T op.Float](c *call, v *op.View[T], m matrix) error {
	r := fetch[T](c, m.ptr, v.Rows*v.Cols)
	if err := c.wait(); err != nil {
		return err
	}
	for i := range v.Rows {
		copy(v.Data[i*v.RowStride:][:v.Cols], r[i*v.Cols:])
	}
	return nil
}
