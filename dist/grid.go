package dist

import (
	"fmt"

	"github.com/weftgo/weft/kernels"
)

// Grid is the processes of a communicator in rows and columns. Rank r is in
// row r/Cols and column r%Cols.
type Grid struct {
	of         *Comm // whose ranks these are
	comm       *Comm // the same ranks, for messages that nobody else sees
	row, col   *Comm // this rank's row and column
	rows, cols int
}

// NewGrid makes a grid of the given shape from the processes of c, of which
// there must be rows*cols: it panics with a [*kernels.ShapeError] otherwise.
// All ranks of c call it. [Grid.Close] gives back what it takes.
func NewGrid(c *Comm, rows, cols int) (*Grid, error) {
	if rows < 1 || cols < 1 || rows*cols != c.Size() {
		panic(&kernels.ShapeError{Func: "NewGrid", Arg: "the grid", Has: fmt.Sprintf("%d×%d processes", rows, cols),
			Want: fmt.Sprintf("%d (size of the communicator)", c.Size())})
	}
	g := &Grid{of: c, rows: rows, cols: cols}
	var err error
	if g.comm, err = c.Dup(); err != nil {
		return nil, err
	}
	p, q := g.place(c.Rank())
	if g.row, err = g.comm.Split(p, q); err != nil {
		return nil, err
	}
	if g.col, err = g.comm.Split(q, p); err != nil {
		return nil, err
	}
	return g, nil
}

// Dims returns the shape of a grid of n processes that is as square as it can
// be, with no more rows than columns. Little is sent in such a grid.
func Dims(n int) (rows, cols int) {
	for rows = 1; (rows+1)*(rows+1) <= n; rows++ {
	}
	for n%rows != 0 {
		rows--
	}
	return rows, n / rows
}

// Close gives back the communicators of the grid. All of its ranks call it, and
// use no matrix on the grid from then on.
func (g *Grid) Close() error {
	err := g.row.Close()
	for _, c := range []*Comm{g.col, g.comm} {
		if e := c.Close(); err == nil {
			err = e
		}
	}
	return err
}

// Shape returns the numbers of rows and columns of processes.
func (g *Grid) Shape() (rows, cols int) { return g.rows, g.cols }

// Place returns the row and column of the calling process.
func (g *Grid) Place() (row, col int) { return g.place(g.comm.Rank()) }

func (g *Grid) place(rank int) (row, col int) { return rank / g.cols, rank % g.cols }
