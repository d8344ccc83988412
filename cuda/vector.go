package cuda

import (
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/internal/op"
)

// vectorOn launches an elementwise kernel on n elements.
func vectorOn[T op.Float](c *call, k *kernel, n int) *driver.Args {
	a := launchFor[T](c, k, ceil(n, vectorPerBlock), vectorThreads)
	a.Int(n)
	return a
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

func (e *engine[T]) axpy(w int, alpha T, x, y []T) {
	if err := e.tryAxpy(alpha, x, y); err != nil {
		e.host("Axpy", err).Axpy(w, alpha, x, y)
	}
}

func (e *engine[T]) tryAxpy(alpha T, x, y []T) error {
	c, err := e.gpu.begin()
	if err != nil {
		return err
	}
	defer c.end()
	dx := upload(c, x)
	dy := dx
	if &x[0] != &y[0] {
		dy = upload(c, y)
	}
	a := vectorOn[T](c, &kAxpy, len(y))
	scalar(a, alpha)
	a.Ptr(dx)
	a.Ptr(dy)
	return finish(c, y, dy)
}

func (e *engine[T]) scal(w int, alpha T, x []T) {
	if err := e.tryScal(alpha, x); err != nil {
		e.host("Scal", err).Scal(w, alpha, x)
	}
}

func (e *engine[T]) tryScal(alpha T, x []T) error {
	c, err := e.gpu.begin()
	if err != nil {
		return err
	}
	defer c.end()
	dx := upload(c, x)
	a := vectorOn[T](c, &kScale, len(x))
	scalar(a, alpha)
	a.Ptr(dx)
	a.Ptr(dx)
	return finish(c, x, dx)
}

func (e *engine[T]) fill(w int, x []T, v T) {
	if err := e.tryFill(x, v); err != nil {
		e.host("Fill", err).Fill(w, x, v)
	}
}

func (e *engine[T]) tryFill(x []T, v T) error {
	c, err := e.gpu.begin()
	if err != nil {
		return err
	}
	defer c.end()
	dx := allocOf[T](c, len(x))
	a := vectorOn[T](c, &kFill, len(x))
	scalar(a, v)
	a.Ptr(dx)
	return finish(c, x, dx)
}

// binaryOp is an elementwise function of two vectors.
type binaryOp struct {
	function string
	kernel   *kernel
}

var (
	opAdd = binaryOp{"Add", &kAdd}
	opSub = binaryOp{"Sub", &kSub}
	opMul = binaryOp{"Mul", &kMul}
	opDiv = binaryOp{"Div", &kDiv}
)

// binary returns the function of a table for o.
func (e *engine[T]) binary(o binaryOp) func(w int, dst, x, y []T) {
	return func(w int, dst, x, y []T) {
		if err := e.tryBinary(o.kernel, dst, x, y); err != nil {
			t := e.host(o.function, err)
			switch o {
			case opAdd:
				t.Add(w, dst, x, y)
			case opSub:
				t.Sub(w, dst, x, y)
			case opMul:
				t.Mul(w, dst, x, y)
			case opDiv:
				t.Div(w, dst, x, y)
			}
		}
	}
}

func (e *engine[T]) tryBinary(k *kernel, dst, x, y []T) error {
	c, err := e.gpu.begin()
	if err != nil {
		return err
	}
	defer c.end()
	dx := upload(c, x)
	dy := dx
	if &x[0] != &y[0] {
		dy = upload(c, y)
	}
	a := vectorOn[T](c, k, len(dst)) // the result replaces the copy of x
	a.Ptr(dx)
	a.Ptr(dx)
	a.Ptr(dy)
	return finish(c, dst, dx)
}

// scaleRows sets c = beta*c, or zero without reading c when beta is zero.
func (e *engine[T]) scaleRows(w int, beta T, v op.View[T]) {
	if err := e.tryScaleRows(beta, v); err != nil {
		e.host("Scale", err).ScaleRows(w, beta, v)
	}
}

func (e *engine[T]) tryScaleRows(beta T, v op.View[T]) error {
	c, err := e.gpu.begin()
	if err != nil {
		return err
	}
	defer c.end()
	m := startView(c, beta, &v)
	a := launchFor[T](c, &kScaleRows, ceil(v.Rows*v.Cols, vectorPerBlock), vectorThreads)
	a.Int(v.Rows)
	a.Int(v.Cols)
	scalar(a, beta)
	a.Ptr(m.ptr)
	a.Int(m.rs)
	return finishView(c, &v, m)
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
