package dist

import (
	"errors"
	"fmt"
	"math"

	"github.com/weftgo/weft/kernels"
)

// Factorisations of matrices on several ranks are ScaLAPACK's (L. Blackford and
// others, ScaLAPACK Users' Guide, SIAM 1997), on one rank those of package
// kernels/lapack, and mean the same. On several ranks the results don't have
// weft's bits: they depend on the grid, on ScaLAPACK and on the BLAS below it.
//
// ScaLAPACK computes on a copy in square blocks of its own, stored by columns, on
// the same processes; operands may have any layout, and are as they were if there
// is an error. All ranks get the same error.

// Errors of factorisations, for errors.Is.
var (
	// ErrNoScaLAPACK: the library is not there, or can't be called.
	ErrNoScaLAPACK = errors.New("dist: no ScaLAPACK")
	// ErrSingular: a pivot, or an element of the diagonal of a triangular factor, is zero.
	ErrSingular = errors.New("dist: the matrix is singular")
	// ErrNotPositiveDefinite: a Cholesky factorisation met a pivot that is not positive.
	ErrNotPositiveDefinite = errors.New("dist: the matrix is not positive definite")
	// ErrNoEigenvalues: an element is NaN or infinite, or the iteration did not converge.
	ErrNoEigenvalues = errors.New("dist: no eigenvalues found")
)

// scalapackBlock is the size of blocks in ScaLAPACK's copies.
const scalapackBlock = 64

// byColumns is a copy of a matrix as ScaLAPACK wants it. A matrix by columns is
// its transpose by rows, and the transpose is what t is: process (p, q) of our grid
// is (q, p) of BLACS's, so a process's part by rows of the one is its part by
// columns of the other.
type byColumns[T kernels.Float] struct{ t *Matrix[T] }

// newByColumns returns a zero matrix of rows×cols.
func newByColumns[T kernels.Float](g *Grid, rows, cols int) byColumns[T] {
	return byColumns[T]{NewMatrix[T](g, cols, rows, scalapackBlock, scalapackBlock)}
}

// set copies the leading rows and columns of a that there are.
func (b byColumns[T]) set(a *Matrix[T]) error {
	return move(b.t.grid.comm, b.t.part(), a.part(), min(b.t.Rows, a.Cols), min(b.t.Cols, a.Rows), true)
}

// get copies the leading rows and columns that there are to a.
func (b byColumns[T]) get(a *Matrix[T]) error {
	return move(a.grid.comm, a.part(), b.t.part(), min(b.t.Cols, a.Rows), min(b.t.Rows, a.Cols), true)
}

// descriptor returns ScaLAPACK's description in the context.
func (b byColumns[T]) descriptor(context int32) []int32 {
	const dense = 1
	return []int32{dense, context, int32(b.t.Cols), int32(b.t.Rows), scalapackBlock, scalapackBlock, 0, 0, int32(b.t.Local.Stride)}
}

// data returns the local part, of at least one element.
func (b byColumns[T]) data() []T {
	if len(b.t.Local.Data) == 0 {
		return make([]T, 1)
	}
	return b.t.Local.Data
}

// copied returns a by columns.
func copied[T kernels.Float](a *Matrix[T]) (byColumns[T], error) {
	b := newByColumns[T](a.grid, a.Rows, a.Cols)
	return b, b.set(a)
}

// ordinary returns a copy of a, on the only rank there is.
func ordinary[T kernels.Float](a *Matrix[T]) kernels.Matrix[T] {
	c := kernels.NewMatrix[T](a.Rows, a.Cols)
	copyRows(c, a.Local)
	return c
}

func copyRows[T kernels.Float](dst, src kernels.Matrix[T]) {
	for i := range min(dst.Rows, src.Rows) {
		copy(rowOf(dst, i), rowOf(src, i))
	}
}

func (g *Grid) alone() bool { return g.comm.Size() == 1 }

// countable returns an error unless ScaLAPACK can count a matrix of rows×cols on
// the grid, and n numbers of workspace beside it.
func (g *Grid) countable(call string, rows, cols, n int) error {
	const most = math.MaxInt32
	r := cyclic{rows, scalapackBlock, g.cols, 0}.most()
	c := cyclic{cols, scalapackBlock, g.rows, 0}.most()
	if rows > most || cols > most || r > most/max(c, 1) || n > most {
		return fmt.Errorf("%w: %s of a %d×%d matrix on a grid of %d×%d processes: %d elements are as many as it can count on one",
			ErrTooLarge, call, rows, cols, g.rows, g.cols, most)
	}
	return nil
}

// agree returns nil if err is nil on all ranks of c, and else, on all, the error
// of the first rank that has one. The other ranks get its message, wrapping the
// sentinel of this package that it wraps.
func agree(c *Comm, err error) error {
	if c.Size() == 1 {
		return err
	}
	first := []int{c.Size()}
	if err != nil {
		first[0] = c.Rank()
	}
	if e := Allreduce(c, Min, first); e != nil {
		return e
	}
	if first[0] == c.Size() {
		return nil
	}
	var text []byte
	n := []int{0, -1} // length of the message, number of the sentinel
	if c.Rank() == first[0] {
		text = []byte(err.Error())
		n[0] = len(text)
		for i, s := range sentinels() {
			if errors.Is(err, s) {
				n[1] = i
			}
		}
	}
	if e := Bcast(c, first[0], n); e != nil {
		return e
	}
	if c.Rank() == first[0] {
		return errors.Join(Bcast(c, first[0], text), err)
	}
	text = make([]byte, n[0])
	if e := Bcast(c, first[0], text); e != nil {
		return e
	}
	e := &remoteError{text: string(text)}
	if n[1] >= 0 {
		e.is = sentinels()[n[1]]
	}
	return e
}

func sentinels() []error {
	return []error{ErrNoScaLAPACK, ErrTooLarge, ErrSingular, ErrNotPositiveDefinite, ErrNoEigenvalues, ErrFile}
}

// remoteError is an error of another rank.
type remoteError struct {
	text string
	is   error
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.is }
