package dist

import "github.com/weftgo/weft/kernels"

// thinPiece is about how many elements of the matrix a rank has at a time.
const thinPiece = 1 << 18

// thinGemm is y = alpha*op(A)*x + beta*y for matrices x and y with one row or
// column. An element of op(A)*x with A as stored, or a single one, is a dot
// product of a row of op(A), and else, with A transposed, a chain down a column
// of A. So whole rows come together on a rank, or columns in order.
func thinGemm[T kernels.Float](t kernels.Transpose, alpha T, a, x *Matrix[T], beta T, y *Matrix[T]) error {
	c := y.grid.comm
	size, me := c.Size(), c.Rank()
	m, k := dims("t", t, a)
	xs := make([]T, k)
	if err := collect(c, x, xs); err != nil {
		return err
	}
	per := max((m+size-1)/size, 1) // elements of y in a block
	dots := t == kernels.NoTrans || m == 1
	if dots {
		per = min(per, max(thinPiece/k, 1))
	}
	out := part[T]{layout: layout{cyclic{m, per, size, 0}, cyclic{1, 1, 1, 0}}}
	out.local = kernels.NewMatrix[T](out.shape(me))
	ys := out.local.Data
	if beta != 0 {
		if err := move(c, out, y.part(), m, 1, y.Cols != 1); err != nil {
			return err
		}
	}
	src := a.part()
	var buf []T
	if dots {
		for i := 0; i < m; i += per * size {
			rows := min(per*size, m-i)
			p := part[T]{layout: layout{cyclic{rows, per, size, 0}, cyclic{k, k, 1, 0}}}
			p.local = inBuffer(&buf, p.rows.count(me), k)
			src.i = i
			if err := move(c, p, src, rows, k, t != kernels.NoTrans); err != nil {
				return err
			}
			n := p.local.Rows
			kernels.Gemv(kernels.NoTrans, alpha, p.local, xs, beta, ys[:n])
			ys = ys[n:]
		}
	} else {
		steps := max(thinPiece/per, 1)
		for i := 0; i < k; i += steps {
			rows := min(steps, k-i)
			p := part[T]{layout: layout{cyclic{rows, rows, 1, 0}, cyclic{m, per, size, 0}}}
			p.local = inBuffer(&buf, rows, p.cols.count(me))
			src.i = i
			if err := move(c, p, src, rows, m, false); err != nil {
				return err
			}
			chains(alpha, p.local, xs[i:i+rows], beta, ys)
			beta = 1
		}
	}
	dst := y.part()
	return move(c, dst, out, y.Rows, y.Cols, y.Cols != 1)
}

// chains carries on y by a piece of the rows of A, transposed. Where only one
// column of A is here, a second one keeps kernels.Gemv from taking a dot.
func chains[T kernels.Float](alpha T, a kernels.Matrix[T], x []T, beta T, y []T) {
	if len(y) != 1 {
		kernels.Gemv(kernels.Trans, alpha, a, x, beta, y)
		return
	}
	two := []T{y[0], 0}
	kernels.Gemv(kernels.Trans, alpha, widened(a, a.Rows, 2), x, beta, two)
	y[0] = two[0]
}

// collect gives all ranks the elements of x, which has one row or column.
func collect[T kernels.Float](c *Comm, x *Matrix[T], xs []T) error {
	all := part[T]{layout: whole(len(xs), 1, 0, c.Size())}
	if c.Rank() == 0 {
		all.local = kernels.Matrix[T]{Rows: len(xs), Cols: 1, Stride: 1, Data: xs}
	}
	if err := move(c, all, x.part(), len(xs), 1, x.Cols != 1); err != nil {
		return err
	}
	return Bcast(c, 0, xs)
}

// inBuffer returns a matrix in *buf, which grows if it has to.
func inBuffer[T kernels.Float](buf *[]T, rows, cols int) kernels.Matrix[T] {
	if len(*buf) < rows*cols {
		*buf = make([]T, rows*cols)
	}
	return kernels.Matrix[T]{Rows: rows, Cols: cols, Stride: max(cols, 1), Data: (*buf)[:rows*cols]}
}
