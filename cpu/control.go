package cpu

import "github.com/weftgo/weft/internal/op"

// Work under a context is asked between pieces whether to go on: between the
// items that workers claim and, where an item may take long, inside it, after a
// chunk, some rows or a column of tiles. A table bound to a Control is the table
// of a copy of the loops that holds it; all others pay for the question whether
// there is one, between pieces that take microseconds.

// within returns the table of l bound to c.
func (l *loops[T]) within(c *op.Control) op.Table[T] {
	m := *l
	m.ctl = c
	return table(&m)
}

// fork is the function fork for items that together count for so many
// operations. s is the scratch that t is in.
func (l *loops[T]) fork(w, n int, work float64, s *scratch[T], t task) {
	if l.ctl == nil {
		fork(w, n, t)
		return
	}
	s.controlled = controlled{l.ctl, work / float64(n), t}
	fork(w, n, &s.controlled)
	s.controlled = controlled{}
}

// controlled is a task whose items are left undone once ctl says so. The
// workers still claim them all, which takes no time.
type controlled struct {
	ctl  *op.Control
	work float64 // of an item
	task task
}

func (c *controlled) item(i int) {
	if c.ctl.Stopped() {
		return
	}
	c.task.item(i)
	c.ctl.Did(c.work)
}

// pieceWork is how many multiply-adds of a product are done between two
// questions: some microseconds, 0.2 milliseconds of the kernels in plain Go.
const pieceWork = 1 << 17

// pieces is column with a question before every few tiles.
func (s *GemmSet[T]) pieces(b *block[T], kernels []Tile[T], j, cols, m, k int) {
	mr, piece := len(kernels)-1, *b
	rows := max(pieceWork/(cols*k)/mr, 1) * mr
	for i := 0; i < m && !b.ctl.Stopped(); i += rows {
		piece.a, piece.c = b.a[i*b.ars:], b.c[i*b.ldc:]
		s.column(&piece, kernels, j, cols, min(rows, m-i), k)
	}
}
