package dist

import (
	"fmt"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/lapack"
	"gonum.org/v1/gonum/blas"
)

// LU is a factorisation of a square matrix with row exchanges, A = P*L*U.
type LU[T kernels.Float] struct {
	g      *Grid
	n      int
	far    byColumns[T]
	pivots []int32
	near   kernels.Matrix[T] // on one rank
	ipiv   []int
}

// Getrf factors a square matrix, which is left as it is: L is lower triangular
// with ones on its diagonal, U is upper triangular. The error wraps [ErrSingular]
// if a pivot is zero, [ErrTooLarge] or [ErrNoScaLAPACK]. All ranks call it. It
// panics with a [*kernels.ShapeError] if a is not square.
//
// Backward error: |A - P*L*U| ≤ γ(n)·|L|·|U| (N. Higham, Accuracy and Stability
// of Numerical Algorithms, 2002, th. 9.3). The bits are weft's on one rank only.
func Getrf[T kernels.Float](a *Matrix[T]) (*LU[T], error) {
	isSquare("Getrf", a)
	f := &LU[T]{g: a.grid, n: a.Rows}
	if a.grid.alone() {
		f.near, f.ipiv = ordinary(a), make([]int, f.n)
		if !lapack.Getrf(f.n, f.n, f.near.Data, f.near.Stride, f.ipiv) {
			return nil, fmt.Errorf("%w: Getrf", ErrSingular)
		}
		return f, nil
	}
	s, err := open[T](f.g, "Getrf", f.n, f.n, 0)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if f.far, err = copied(a); err != nil || f.n == 0 {
		return f, err
	}
	f.pivots = make([]int32, f.far.t.Local.Cols+scalapackBlock)
	info := s.routine("getrf", f.n, f.n, f.far.data(), 1, 1, f.far.descriptor(s.context), f.pivots)
	if err := s.failed(info, ErrSingular); err != nil {
		return nil, err
	}
	return f, nil
}

// Solve overwrites B with the solution X of op(A)*X = B, where op(A) is A or Aᵀ as
// t says. B has the rows of A, any layout, and is on the same communicator: it
// panics with a [*kernels.ShapeError] if not. An error is one of communication, or
// wraps [ErrTooLarge].
func (f *LU[T]) Solve(t kernels.Transpose, b *Matrix[T]) error {
	canSolve("Solve", f.g, f.n, b)
	if t != kernels.NoTrans && t != kernels.Trans {
		panic(&kernels.ShapeError{Func: "Solve", Arg: "t", Has: fmt.Sprint("the value ", t), Want: "NoTrans or Trans"})
	}
	if f.g.alone() {
		x := b.Local
		lapack.Getrs(blas.Transpose(t), f.n, b.Cols, f.near.Data, f.near.Stride, f.ipiv, x.Data, x.Stride)
		return nil
	}
	return solve(f.g, b, func(s *session[T], x byColumns[T]) int {
		return s.routine("getrs", byte(t), f.n, b.Cols, f.far.data(), 1, 1, f.far.descriptor(s.context), f.pivots,
			x.data(), 1, 1, x.descriptor(s.context))
	})
}

// Factors writes L and U to dst, a square matrix of the same size: U is the upper
// triangle and L, but for its ones, the part below it.
func (f *LU[T]) Factors(dst *Matrix[T]) error {
	canSolve("Factors", f.g, f.n, dst)
	isSquare("Factors", dst)
	if f.g.alone() {
		copyRows(dst.Local, f.near)
		return nil
	}
	return f.far.get(dst)
}

// Pivots returns on all ranks which row was exchanged with row i, in increasing order
// of i.
func (f *LU[T]) Pivots() ([]int, error) {
	all := make([]int, f.n)
	if f.g.alone() {
		copy(all, f.ipiv)
		return all, nil
	}
	rows := f.far.t.layout().cols // rows of the matrix by columns
	p, q := f.g.Place()
	if p == 0 { // all in a row of BLACS's grid have the same
		for l := range f.far.t.Local.Cols {
			all[rows.global(q, l)] = int(f.pivots[l]) - 1
		}
	}
	return all, Allreduce(f.g.comm, Sum, all)
}

// Gesv overwrites B with the solution X of A*X = B. A is left as it is. Errors are
// those of [Getrf], and leave B as it is.
func Gesv[T kernels.Float](a, b *Matrix[T]) error {
	isSquare("Gesv", a)
	canSolve("Gesv", a.grid, a.Rows, b)
	f, err := Getrf(a)
	if err != nil {
		return err
	}
	return f.Solve(kernels.NoTrans, b)
}

// Cholesky is a factorisation of a symmetric positive definite matrix, A = L*Lᵀ.
type Cholesky[T kernels.Float] struct {
	g    *Grid
	n    int
	far  byColumns[T]
	near kernels.Matrix[T] // on one rank
}

// Potrf factors a symmetric matrix, of which the lower triangle is read, and which
// is left as it is. The error wraps [ErrNotPositiveDefinite] if it is not,
// [ErrTooLarge] or [ErrNoScaLAPACK]. All ranks call it. It panics with a
// [*kernels.ShapeError] if a is not square.
//
// Backward error: |A - L*Lᵀ| ≤ γ(n+1)·|L|·|Lᵀ| (Higham, as for [Getrf], th. 10.3).
// The bits are weft's on one rank only.
func Potrf[T kernels.Float](a *Matrix[T]) (*Cholesky[T], error) {
	isSquare("Potrf", a)
	f := &Cholesky[T]{g: a.grid, n: a.Rows}
	if a.grid.alone() {
		f.near = ordinary(a)
		if !lapack.Potrf(blas.Lower, f.n, f.near.Data, f.near.Stride) {
			return nil, fmt.Errorf("%w: Potrf", ErrNotPositiveDefinite)
		}
		return f, nil
	}
	s, err := open[T](f.g, "Potrf", f.n, f.n, 0)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if f.far, err = copied(a); err != nil || f.n == 0 {
		return f, err
	}
	info := s.routine("potrf", byte('L'), f.n, f.far.data(), 1, 1, f.far.descriptor(s.context))
	if err := s.failed(info, ErrNotPositiveDefinite); err != nil {
		return nil, err
	}
	return f, nil
}

// Solve overwrites B with the solution X of A*X = B, as [LU.Solve] does.
func (f *Cholesky[T]) Solve(b *Matrix[T]) error {
	canSolve("Solve", f.g, f.n, b)
	if f.g.alone() {
		lapack.Potrs(blas.Lower, f.n, b.Cols, f.near.Data, f.near.Stride, b.Local.Data, b.Local.Stride)
		return nil
	}
	return solve(f.g, b, func(s *session[T], x byColumns[T]) int {
		return s.routine("potrs", byte('L'), f.n, b.Cols, f.far.data(), 1, 1, f.far.descriptor(s.context),
			x.data(), 1, 1, x.descriptor(s.context))
	})
}

// Factor writes L, with zeros above its diagonal, to dst, a square matrix of the
// same size.
func (f *Cholesky[T]) Factor(dst *Matrix[T]) error {
	canSolve("Factor", f.g, f.n, dst)
	isSquare("Factor", dst)
	if f.g.alone() {
		copyRows(dst.Local, f.near)
	} else if err := f.far.get(dst); err != nil {
		return err
	}
	dst.clear(func(i, j int) bool { return j > i })
	return nil
}

// clear sets the elements to zero of which where is true.
func (m *Matrix[T]) clear(where func(i, j int) bool) {
	for li := range m.Local.Rows {
		for lj := range rowOf(m.Local, li) {
			if where(m.Global(li, lj)) {
				m.Local.Data[li*m.Local.Stride+lj] = 0
			}
		}
	}
}

// solve takes B to ScaLAPACK and the solution back.
func solve[T kernels.Float](g *Grid, b *Matrix[T], f func(s *session[T], x byColumns[T]) int) error {
	s, err := open[T](g, "Solve", b.Rows, b.Cols, 0)
	if err != nil {
		return err
	}
	defer s.close()
	if b.Rows == 0 || b.Cols == 0 {
		return nil
	}
	x := newByColumns[T](g, b.Rows, b.Cols)
	if err := x.set(b); err != nil {
		return err
	}
	if err := s.failed(f(s, x), ErrSingular); err != nil {
		return err
	}
	return x.get(b)
}

func isSquare[T kernels.Float](call string, a *Matrix[T]) {
	if a.Rows != a.Cols {
		panic(&kernels.ShapeError{Func: call, Arg: "a", Has: fmt.Sprint(a.Rows, " rows"), Want: fmt.Sprint(a.Cols, " (its columns)")})
	}
}

func canSolve[T kernels.Float](call string, g *Grid, n int, b *Matrix[T]) {
	if b.grid.of != g.of {
		panic(&kernels.ShapeError{Func: call, Arg: "an operand", Has: "another communicator", Want: "that of the matrix"})
	}
	if b.Rows != n {
		panic(&kernels.ShapeError{Func: call, Arg: "b", Has: fmt.Sprint(b.Rows, " rows"), Want: fmt.Sprint(n, " (order of the matrix)")})
	}
}
