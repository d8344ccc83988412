package dist

import (
	"fmt"

	"github.com/weftgo/weft/kernels"
)

// Matrix is a matrix that is spread over the processes of a grid in blocks of
// RowBlock×ColBlock elements, dealt out in turn: the block with element (i, j)
// is on process row i/RowBlock mod rows of the grid, and likewise for columns.
// This is ScaLAPACK's block-cyclic layout with the first block on the first
// process. A process keeps its blocks side by side in the row-major Local, in
// their order.
//
// Programs may read and write Local as they like. The other fields describe
// the layout and stay as [NewMatrix] made them.
type Matrix[T kernels.Float] struct {
	Rows, Cols         int
	RowBlock, ColBlock int
	Local              kernels.Matrix[T]
	grid               *Grid
}

// DefaultBlock is a size of blocks that suits Gemm: the products of panels of
// that many columns run at nearly full speed.
const DefaultBlock = 256

// NewMatrix returns a zero matrix on grid g. It sends nothing. It panics with a
// [*kernels.ShapeError] if rows or cols is negative or a block is not positive.
func NewMatrix[T kernels.Float](g *Grid, rows, cols, rowBlock, colBlock int) *Matrix[T] {
	for _, v := range []struct {
		arg     string
		has, of int
	}{{"rows", rows, 0}, {"cols", cols, 0}, {"rowBlock", rowBlock, 1}, {"colBlock", colBlock, 1}} {
		if v.has < v.of {
			panic(&kernels.ShapeError{Func: "NewMatrix", Arg: v.arg, Has: fmt.Sprint("the value ", v.has), Want: fmt.Sprint("at least ", v.of)})
		}
	}
	m := &Matrix[T]{Rows: rows, Cols: cols, RowBlock: rowBlock, ColBlock: colBlock, grid: g}
	m.Local = kernels.NewMatrix[T](m.layout().shape(g.comm.Rank()))
	return m
}

// Grid returns the grid that the matrix is on.
func (m *Matrix[T]) Grid() *Grid { return m.grid }

func (m *Matrix[T]) layout() layout {
	return layout{
		cyclic{m.Rows, m.RowBlock, m.grid.rows, 0},
		cyclic{m.Cols, m.ColBlock, m.grid.cols, 0},
	}
}

// Owner returns the rank that element (i, j) is on, and its row and column in
// that rank's Local.
func (m *Matrix[T]) Owner(i, j int) (rank, localRow, localCol int) {
	l := m.layout()
	return l.rows.owner(i)*m.grid.cols + l.cols.owner(j), l.rows.local(i), l.cols.local(j)
}

// Global returns the row and column in the whole matrix of an element of Local.
func (m *Matrix[T]) Global(localRow, localCol int) (i, j int) {
	l := m.layout()
	p, q := m.grid.Place()
	return l.rows.global(p, localRow), l.cols.global(q, localCol)
}

// Fill sets each element (i, j) to f(i, j). Every process calls f for its own
// elements only, and nothing is sent.
func (m *Matrix[T]) Fill(f func(i, j int) T) {
	for li := range m.Local.Rows {
		row := rowOf(m.Local, li)
		for lj := range row {
			row[lj] = f(m.Global(li, lj))
		}
	}
}

// rowOf returns row i of m, also if it has none.
func rowOf[T kernels.Float](m kernels.Matrix[T], i int) []T {
	if m.Cols == 0 {
		return nil
	}
	return m.Data[i*m.Stride:][:m.Cols]
}

// Scatter gives the ordinary matrix a, which is on rank root, to the processes of
// m. It has m's shape; on other ranks it is not looked at. All ranks call it. It
// panics on root with a [*kernels.ShapeError] if the shapes differ.
func (m *Matrix[T]) Scatter(root int, a kernels.Matrix[T]) error {
	return move(m.grid.comm, m.part(), m.onRank("Scatter", root, a), m.Rows, m.Cols, false)
}

// Gather collects m in the ordinary matrix a on rank root, as [Matrix.Scatter]
// gives it away. Elements of a beyond its columns stay as they are.
func (m *Matrix[T]) Gather(root int, a kernels.Matrix[T]) error {
	return move(m.grid.comm, m.onRank("Gather", root, a), m.part(), m.Rows, m.Cols, false)
}

// Copy sets m to src, which has the same shape and may have another layout, on
// another grid of the same communicator: all ranks call it. It panics with a
// [*kernels.ShapeError] if shapes or communicators differ, or the two are one matrix.
//
// Each pair of ranks exchanges what one has of the other's in one message, in
// turn, so that no more than one message is in memory.
func (m *Matrix[T]) Copy(src *Matrix[T]) error {
	matched("Copy", m, src)
	sameShape("Copy", src, m.Rows, m.Cols)
	return move(m.grid.comm, m.part(), src.part(), m.Rows, m.Cols, false)
}

// CopyTransposed sets m to the transpose of src, as [Matrix.Copy] does.
func (m *Matrix[T]) CopyTransposed(src *Matrix[T]) error {
	matched("CopyTransposed", m, src)
	sameShape("CopyTransposed", src, m.Cols, m.Rows)
	return move(m.grid.comm, m.part(), src.part(), m.Rows, m.Cols, true)
}

// matched panics unless dst and src are different matrices on the same ranks.
func matched[T kernels.Float](call string, dst, src *Matrix[T]) {
	sameRanks(call, dst, src)
	if dst == src {
		panic(&kernels.ShapeError{Func: call, Arg: "src", Has: "elements in common with the output", Want: "memory of its own"})
	}
}

func sameRanks[T kernels.Float](call string, dst, src *Matrix[T]) {
	if dst.grid.of != src.grid.of {
		panic(&kernels.ShapeError{Func: call, Arg: "an operand", Has: "another communicator", Want: "that of the output"})
	}
}

func sameShape[T kernels.Float](call string, src *Matrix[T], rows, cols int) {
	if src.Rows != rows || src.Cols != cols {
		panic(&kernels.ShapeError{Func: call, Arg: "src", Has: fmt.Sprintf("%d×%d elements", src.Rows, src.Cols),
			Want: fmt.Sprintf("%d×%d (shape of the output)", rows, cols)})
	}
}

// part is a rank's elements of a matrix, and the place in the whole matrix of
// the rectangle that is to be moved.
type part[T kernels.Float] struct {
	layout
	local kernels.Matrix[T]
	i, j  int
}

func (m *Matrix[T]) part() part[T] { return part[T]{layout: m.layout(), local: m.Local} }

// onRank returns an ordinary matrix on rank root as a layout of its own.
func (m *Matrix[T]) onRank(call string, root int, a kernels.Matrix[T]) part[T] {
	if root < 0 || root >= m.grid.comm.Size() {
		panic(&kernels.ShapeError{Func: call, Arg: "root", Has: fmt.Sprint("the value ", root),
			Want: fmt.Sprintf("a rank of %d", m.grid.comm.Size())})
	}
	if m.grid.comm.Rank() == root && (a.Rows != m.Rows || a.Cols != m.Cols) {
		panic(&kernels.ShapeError{Func: call, Arg: "a", Has: fmt.Sprintf("%d×%d elements", a.Rows, a.Cols),
			Want: fmt.Sprintf("%d×%d (shape of the distributed matrix)", m.Rows, m.Cols)})
	}
	return part[T]{layout: whole(m.Rows, m.Cols, root, m.grid.comm.Size()), local: a}
}
