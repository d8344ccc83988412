package cuda

import "github.com/weftgo/weft/internal/op"

func (e *engine[T]) gemm(p *op.Gemm[T]) {
	if err := e.tryGemm(p); err != nil {
		e.host("Gemm", err).Gemm(p)
	}
}

func (e *engine[T]) tryGemm(p *op.Gemm[T]) error {
	c, err := e.gpu.begin()
	if err != nil {
		return err
	}
	defer c.end()
	a, b, out := uploadView(c, &p.A), uploadView(c, &p.B), startView(c, p.Beta, &p.C)
	gemmOn(c, p, a, b, out)
	return finishView(c, &p.C, out)
}

// gemmOn launches the product of operands on the device.
func gemmOn[T op.Float](c *call, p *op.Gemm[T], a, b, out matrix) {
	m, n := p.C.Rows, p.C.Cols
	policy := chooseGemm[T](c.gpu.Capability, c.gpu.Multiprocessors, m, n)
	args := launchFor[T](c, &policy.entry, policy.tiles(m, n), policy.threads)
	args.Int(m)
	args.Int(n)
	args.Int(p.A.Cols)
	scalar(args, p.Alpha)
	args.Ptr(a.ptr)
	args.Int(a.rs)
	args.Int(a.cs)
	args.Ptr(b.ptr)
	args.Int(b.rs)
	args.Int(b.cs)
	scalar(args, p.Beta)
	args.Ptr(out.ptr)
	args.Int(out.rs)
}
