package cuda

import (
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/internal/op"
)

func (e *engine[T]) gemv(p *op.Gemv[T]) {
	if err := e.tryGemv(p); err != nil {
		e.host("Gemv", err).Gemv(p)
		return
	}
	e.ctl.Did(2 * float64(p.A.Rows) * float64(p.A.Cols))
}

func (e *engine[T]) tryGemv(p *op.Gemv[T]) error {
	c, err := e.gpu.begin(e.ctl)
	if err != nil {
		return err
	}
	defer c.end()
	x, a := uploadVector(c, p.X), uploadView(c, &p.A)
	y := allocOf[T](&c.work, p.Y.N)
	if p.Beta != 0 {
		putRows(c, y, p.Y.Data, p.Y.N, 1, p.Y.Inc)
	}
	gemvOn(&c.work, p, a, x, vector{y, 1})
	r := fetch[T](c, y, p.Y.N)
	if err := c.wait(); err != nil {
		return err
	}
	if p.Y.Inc == 1 {
		copy(p.Y.Data, r)
		return nil
	}
	for i, v := range r {
		p.Y.Data[i*p.Y.Inc] = v
	}
	return nil
}

// gemvOn launches the product of operands on the device.
func gemvOn[T op.Float](w *work, p *op.Gemv[T], a matrix, x, y vector) {
	// A single element is a dot product however A is stored.
	if p.A.ColStride == 1 || p.Y.N == 1 {
		gemvRowsOn(w, p, a, x, y)
	} else {
		gemvTransOn(w, p, a, x, y)
	}
}

// gemvRowsOn computes a dot product for each row of A: a warp for each chunk of
// each, and a block for each row to join them if there are several.
func gemvRowsOn[T op.Float](w *work, p *op.Gemv[T], a matrix, x, y vector) {
	m, n := p.A.Rows, p.A.Cols
	count, _ := chunks[T](n)
	var part driver.Ptr
	if count > 1 {
		part = allocOf[T](w, m*count)
	}
	args := launchFor[T](w, &kGemv, ceil(m*count, reduceThreads/32), reduceThreads)
	args.Int(m)
	args.Int(n)
	scalar(args, p.Alpha)
	args.Ptr(a.ptr)
	args.Int(a.rs)
	args.Int(a.cs)
	args.Ptr(x.ptr)
	args.Int(x.inc)
	scalar(args, p.Beta)
	args.Ptr(y.ptr)
	args.Int(y.inc)
	args.Ptr(part)
	if count > 1 {
		args = launchFor[T](w, &kGemvJoin, m, joinThreads)
		args.Int(count)
		scalar(args, p.Alpha)
		scalar(args, p.Beta)
		args.Ptr(y.ptr)
		args.Int(y.inc)
		args.Ptr(part)
	}
}

// gemvTransOn adds the rows of A as stored, times the elements of x.
func gemvTransOn[T op.Float](w *work, p *op.Gemv[T], a matrix, x, y vector) {
	args := launchFor[T](w, &kGemvTrans, ceil(p.A.Rows, transColumns), transThreads)
	args.Int(p.A.Cols)
	args.Int(p.A.Rows)
	scalar(args, p.Alpha)
	args.Ptr(a.ptr)
	args.Int(a.cs)
	args.Ptr(x.ptr)
	args.Int(x.inc)
	scalar(args, p.Beta)
	args.Ptr(y.ptr)
	args.Int(y.inc)
}

func (e *engine[T]) ger(p *op.Ger[T]) {
	if err := e.tryGer(p); err != nil {
		e.host("Ger", err).Ger(p)
		return
	}
	e.ctl.Did(2 * float64(len(p.X)) * float64(len(p.Y)))
}

func (e *engine[T]) tryGer(p *op.Ger[T]) error {
	c, err := e.gpu.begin(e.ctl)
	if err != nil {
		return err
	}
	defer c.end()
	x, y, a := upload(c, p.X), upload(c, p.Y), uploadView(c, &p.A)
	gerOn(&c.work, p, x, y, a)
	return finishView(c, &p.A, a)
}

// gerOn launches the update of operands on the device.
func gerOn[T op.Float](w *work, p *op.Ger[T], x, y driver.Ptr, a matrix) {
	m, n := len(p.X), len(p.Y)
	args := launchFor[T](w, &kGer, ceil(n, gerColumns)*ceil(m, gerRows), gerThreads)
	args.Int(m)
	args.Int(n)
	scalar(args, p.Alpha)
	args.Ptr(x)
	args.Ptr(y)
	args.Ptr(a.ptr)
	args.Int(a.rs)
}
