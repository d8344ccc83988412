package dist

import (
	"context"
	"fmt"

	"github.com/weftgo/weft/kernels"
)

// Gemm computes a product of distributed matrices, C = alpha*op(A)*op(B) +
// beta*C, where op(A) is A or Aᵀ as tA says, and op(B) likewise. Shapes are
// those of [kernels.Gemm]; layouts may be any, on grids of one communicator,
// whose ranks all call it. It panics with a [*kernels.ShapeError] if shapes
// don't fit, or C is A or B; an error is one of communication, and leaves C
// undefined.
//
// The bits are those of kernels.Gemm of the whole matrices, with any number of
// ranks, on any grid and with any size of blocks: panels of k are worked off in
// increasing order, each of which carries on the chains of fused multiply-adds
// that the one before left in C. NaN and infinities go through as there.
//
// This is SUMMA (R. van de Geijn and J. Watts, Concurrency: Practice and
// Experience 9(4), 1997): C stays where it is, and for each panel of k the
// columns of op(A) are broadcast along rows of the grid and the rows of op(B)
// along its columns, while the product of the panel before is computed. Beside
// the matrices there are two panels of each in memory. An operand whose layout
// is not that of C, or that is transposed, has each panel sent to where it is
// broadcast from; blocks of 128 to 1024 make panels of their own. A product with one
// row or column is defined otherwise (docs/numerics.md) and sends the matrix
// in pieces to where whole rows, or columns, are together.
func Gemm[T kernels.Float](tA, tB kernels.Transpose, alpha T, a, b *Matrix[T], beta T, c *Matrix[T]) error {
	m, k := dims("tA", tA, a)
	kb, n := dims("tB", tB, b)
	switch {
	case kb != k:
		panic(&kernels.ShapeError{Func: "Gemm", Arg: "b", Has: fmt.Sprint(kb, " rows"), Want: fmt.Sprintf("%d (columns of op(a))", k)})
	case c.Rows != m:
		panic(&kernels.ShapeError{Func: "Gemm", Arg: "c", Has: fmt.Sprint(c.Rows, " rows"), Want: fmt.Sprintf("%d (rows of op(a))", m)})
	case c.Cols != n:
		panic(&kernels.ShapeError{Func: "Gemm", Arg: "c", Has: fmt.Sprint(c.Cols, " columns"), Want: fmt.Sprintf("%d (columns of op(b))", n)})
	}
	matched("Gemm", c, a)
	matched("Gemm", c, b)
	switch {
	case m == 0 || n == 0:
		return nil
	case alpha == 0 || k == 0:
		scale(beta, c.Local)
		return nil
	case n == 1:
		return thinGemm(tA, alpha, a, b, beta, c)
	case m == 1:
		// The row is the product of op(B)ᵀ and a column.
		if tB == kernels.NoTrans {
			return thinGemm(kernels.Trans, alpha, b, a, beta, c)
		}
		return thinGemm(kernels.NoTrans, alpha, b, a, beta, c)
	}
	return summa(tA, tB, alpha, a, b, beta, c, k)
}

// dims returns the shape of op(x).
func dims[T kernels.Float](arg string, t kernels.Transpose, x *Matrix[T]) (rows, cols int) {
	switch t {
	case kernels.NoTrans:
		return x.Rows, x.Cols
	case kernels.Trans:
		return x.Cols, x.Rows
	}
	panic(&kernels.ShapeError{Func: "Gemm", Arg: arg, Has: fmt.Sprint("the value ", t), Want: "NoTrans or Trans"})
}

func summa[T kernels.Float](tA, tB kernels.Transpose, alpha T, a, b *Matrix[T], beta T, c *Matrix[T], k int) error {
	pa, pb := panelsA(tA, a, c), panelsB(tB, b, c)
	width := panelWidth(pa.deep, pb.deep)
	type pair struct {
		a, b panel[T]
		err  error
	}
	start := func(p int) (x pair) {
		if p >= k {
			return x
		}
		w := min(width, k-p)
		if x.a, x.err = pa.start(p/width, p, w); x.err == nil {
			x.b, x.err = pb.start(p/width, p, w)
		}
		return x
	}
	next := start(0)
	for p := 0; p < k; p += width {
		now := next
		if now.err != nil {
			return now.err
		}
		if err := now.a.wait(); err != nil {
			return err
		}
		if err := now.b.wait(); err != nil {
			return err
		}
		next = start(p + width)
		carryOn(alpha, now.a.Matrix, now.b.Matrix, beta, c.Local)
		beta = 1
	}
	return nil
}

// panelWidth returns how many steps of k are done at a time: a block, if both
// operands have the same and it is neither narrow nor wide.
func panelWidth(a, b cyclic) int {
	if a.block == b.block && a.block >= 128 && a.block <= 1024 {
		return a.block
	}
	return DefaultBlock
}

// panels makes the panels of one operand.
type panels[T kernels.Float] struct {
	src    *Matrix[T]
	trans  bool
	deep   cyclic // k in src
	placed bool   // src lies as C does in the other dimension, and not transposed
	g      *Grid  // that of C
	across *Comm  // who gets the same panels
	lines  cyclic // the other dimension, as C has it
	byRows bool   // k runs along the rows of a panel: it is one of B
	buf    [2][]T // two panels
}

// panel is a panel on its way to all who get it.
type panel[T kernels.Float] struct {
	kernels.Matrix[T]
	sent *kernels.Future[struct{}]
}

func (p panel[T]) wait() error {
	if p.sent == nil {
		return nil
	}
	_, err := p.sent.Wait(context.Background())
	return err
}

func panelsA[T kernels.Float](t kernels.Transpose, a, c *Matrix[T]) *panels[T] {
	la, lc := a.layout(), c.layout()
	p := &panels[T]{src: a, trans: t != kernels.NoTrans, g: c.grid, across: c.grid.row, lines: lc.rows}
	p.deep = la.cols
	if p.trans {
		p.deep = la.rows
	}
	p.placed = !p.trans && la.rows == lc.rows && la.cols.procs == lc.cols.procs
	return p
}

func panelsB[T kernels.Float](t kernels.Transpose, b, c *Matrix[T]) *panels[T] {
	lb, lc := b.layout(), c.layout()
	p := &panels[T]{src: b, trans: t != kernels.NoTrans, g: c.grid, across: c.grid.col, lines: lc.cols, byRows: true}
	p.deep = lb.rows
	if p.trans {
		p.deep = lb.cols
	}
	p.placed = !p.trans && lb.cols == lc.cols && lb.rows.procs == lc.rows.procs
	return p
}

// start sends panel number i, of w steps of k from p, on its way.
func (s *panels[T]) start(i, p, w int) (panel[T], error) {
	row, col := s.g.Place()
	mine, line := col, row // the place among those who get the panel, and in the lines
	if s.byRows {
		mine, line = row, col
	}
	here := s.placed && p/s.deep.block == (p+w-1)/s.deep.block
	root := i % s.across.Size()
	if here {
		root = s.deep.owner(p)
	}
	var x kernels.Matrix[T] // where the panel lies already
	if here && mine == root {
		x = s.inPlace(s.deep.local(p), w)
		if s.across.Size() == 1 || len(x.Data) == x.Rows*x.Cols {
			return s.send(x, root)
		}
	}
	y := s.room(i, s.lines.count(line), w)
	if !here {
		to := part[T]{layout: s.landing(root, w), local: y}
		from := part[T]{layout: s.src.layout(), local: s.src.Local}
		if s.byRows != s.trans {
			from.i = p
		} else {
			from.j = p
		}
		if err := move(s.g.comm, to, from, to.rows.n, to.cols.n, s.trans); err != nil {
			return panel[T]{}, err
		}
	} else if mine == root {
		for r := range x.Rows {
			copy(y.Data[r*y.Stride:][:y.Cols], x.Data[r*x.Stride:])
		}
	}
	return s.send(y, root)
}

// inPlace returns the part of src that is a panel from number l of k on.
func (s *panels[T]) inPlace(l, w int) kernels.Matrix[T] {
	x := s.src.Local
	if x.Rows == 0 || x.Cols == 0 {
		return kernels.Matrix[T]{Stride: 1}
	}
	if s.byRows {
		return kernels.Matrix[T]{Rows: w, Cols: x.Cols, Stride: x.Stride, Data: x.Data[l*x.Stride:][:(w-1)*x.Stride+x.Cols]}
	}
	return kernels.Matrix[T]{Rows: x.Rows, Cols: w, Stride: x.Stride, Data: x.Data[l:][:(x.Rows-1)*x.Stride+w]}
}

// room returns a buffer for panel number i.
func (s *panels[T]) room(i, lines, w int) kernels.Matrix[T] {
	buf := &s.buf[i%2]
	if len(*buf) < lines*w {
		*buf = make([]T, lines*w)
	}
	if s.byRows {
		return kernels.Matrix[T]{Rows: w, Cols: lines, Stride: max(lines, 1), Data: (*buf)[:lines*w]}
	}
	return kernels.Matrix[T]{Rows: lines, Cols: w, Stride: w, Data: (*buf)[:lines*w]}
}

// landing is the layout of a panel before it is broadcast.
func (s *panels[T]) landing(root, w int) layout {
	k := cyclic{w, w, s.across.Size(), root}
	if s.byRows {
		return layout{k, s.lines}
	}
	return layout{s.lines, k}
}

func (s *panels[T]) send(x kernels.Matrix[T], root int) (panel[T], error) {
	if s.across.Size() == 1 || len(x.Data) == 0 {
		return panel[T]{Matrix: x}, nil
	}
	f := Ibcast(s.across, root, x.Data)
	return panel[T]{x, &f}, nil
}

// carryOn adds the product of a panel to C. A part of C with a single row or
// column of a product with more gets a second one: kernels.Gemm defines
// products of one by dots, and here all elements are chains.
func carryOn[T kernels.Float](alpha T, a, b kernels.Matrix[T], beta T, c kernels.Matrix[T]) {
	if c.Rows == 0 || c.Cols == 0 {
		return
	}
	out := c
	if c.Rows == 1 {
		a = widened(a, 2, a.Cols)
	}
	if c.Cols == 1 {
		b = widened(b, b.Rows, 2)
	}
	if c.Rows == 1 || c.Cols == 1 {
		out = widened(c, max(c.Rows, 2), max(c.Cols, 2))
	}
	kernels.Gemm(kernels.NoTrans, kernels.NoTrans, alpha, a, b, beta, out)
	if c.Rows == 1 || c.Cols == 1 {
		for i := range c.Rows {
			copy(c.Data[i*c.Stride:][:c.Cols], out.Data[i*out.Stride:])
		}
	}
}

// widened returns a copy of x with zeros beyond it.
func widened[T kernels.Float](x kernels.Matrix[T], rows, cols int) kernels.Matrix[T] {
	y := kernels.NewMatrix[T](rows, cols)
	for i := range x.Rows {
		copy(y.Data[i*y.Stride:], x.Data[i*x.Stride:][:x.Cols])
	}
	return y
}

// scale sets c = beta*c, or zero if beta is zero.
func scale[T kernels.Float](beta T, c kernels.Matrix[T]) {
	for i := range c.Rows {
		switch row := rowOf(c, i); beta {
		case 0:
			clear(row)
		case 1:
		default:
			kernels.Scal(beta, row)
		}
	}
}
