package cuda

import "github.com/weftgo/weft/internal/op"

func (e *engine[T]) gemm(p *op.Gemm[T]) {
	if err := e.tryGemm(p); err != nil {
		e.host("Gemm", err).Gemm(p)
		return
	}
	e.ctl.Did(2 * float64(p.C.Rows) * float64(p.C.Cols) * float64(p.A.Cols))
}

func (e *engine[T]) tryGemm(p *op.Gemm[T]) error {
	c, err := e.gpu.begin(e.ctl)
	if err != nil {
		return err
	}
	defer c.end()
	a, b, out := uploadView(c, &p.A), uploadView(c, &p.B), startView(c, p.Beta, &p.C)
	if c.err == nil {
		q := product[T]{m: p.C.Rows, n: p.C.Cols, k: p.A.Cols, alpha: p.Alpha, beta: p.Beta, batch: 1,
			a: operand{matrix: a}, b: operand{matrix: b}, c: operand{matrix: out}}
		c.err = q.enqueue(&e.gpu.Info, c.stream, 0)
	}
	return finishView(c, &p.C, out)
}
