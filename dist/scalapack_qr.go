package dist

import (
	"fmt"
	"math"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/lapack"
	"gonum.org/v1/gonum/blas"
	glapack "gonum.org/v1/gonum/lapack"
)

// QR is a factorisation of an m×n matrix, A = Q*R: with k = min(m, n), Q is m×k
// and has orthonormal columns, R is k×n and upper triangular, or trapezoidal.
type QR[T kernels.Float] struct {
	g    *Grid
	m, n int
	far  byColumns[T]
	near kernels.Matrix[T] // on one rank
	tau  []T
}

// Geqrf factors a matrix by reflections; it is left as it is. The error wraps
// [ErrTooLarge] or [ErrNoScaLAPACK]. All ranks call it.
//
// ‖A - Q*R‖ ≤ c·m·n·u·‖A‖ (N. Higham, Accuracy and Stability of Numerical
// Algorithms, 2002, th. 19.4). The bits are weft's on one rank only.
func Geqrf[T kernels.Float](a *Matrix[T]) (*QR[T], error) {
	f := &QR[T]{g: a.grid, m: a.Rows, n: a.Cols}
	k := min(f.m, f.n)
	if k == 0 {
		f.near = kernels.NewMatrix[T](f.m, f.n)
		f.far = newByColumns[T](f.g, f.m, f.n)
		return f, nil
	}
	if a.grid.alone() {
		f.near, f.tau = ordinary(a), make([]T, k)
		withQuery(func(work []T, lwork int) {
			lapack.Geqrf(f.m, f.n, f.near.Data, f.near.Stride, f.tau, work, lwork)
		})
		return f, nil
	}
	s, err := open[T](f.g, "Geqrf", f.m, f.n, 0)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if f.far, err = copied(a); err != nil {
		return nil, err
	}
	f.tau = make([]T, f.far.t.Local.Rows+scalapackBlock)
	info := s.withWork("geqrf", 0, f.m, f.n, f.far.data(), 1, 1, f.far.descriptor(s.context), f.tau)
	return f, s.failed(info, ErrSingular)
}

// withQuery calls f for the length of its workspace, and then with that.
func withQuery[T kernels.Float](f func(work []T, lwork int)) {
	work := make([]T, 1)
	f(work, -1)
	work = make([]T, max(int(work[0]), 1))
	f(work, len(work))
}

// Q writes Q to dst, an m×min(m, n) matrix of any layout on the same
// communicator: it panics with a [*kernels.ShapeError] if it is not.
func (f *QR[T]) Q(dst *Matrix[T]) error {
	k := min(f.m, f.n)
	f.fits("Q", dst, f.m, k)
	if k == 0 {
		return nil
	}
	if f.g.alone() {
		q := kernels.NewMatrix[T](f.m, k)
		copyRows(q, f.near)
		withQuery(func(work []T, lwork int) { lapack.Orgqr(f.m, k, k, q.Data, q.Stride, f.tau, work, lwork) })
		copyRows(dst.Local, q)
		return nil
	}
	s, err := open[T](f.g, "Q", f.m, k, 0)
	if err != nil {
		return err
	}
	defer s.close()
	q := newByColumns[T](f.g, f.m, k)
	if err := move(f.g.comm, q.t.part(), f.far.t.part(), k, f.m, false); err != nil {
		return err
	}
	info := s.withWork("orgqr", 0, f.m, k, k, q.data(), 1, 1, q.descriptor(s.context), f.tau)
	if err := s.failed(info, ErrSingular); err != nil {
		return err
	}
	return q.get(dst)
}

// R writes R, with zeros below its diagonal, to dst, a min(m, n)×n matrix of any
// layout, as [QR.Q] does.
func (f *QR[T]) R(dst *Matrix[T]) error {
	f.fits("R", dst, min(f.m, f.n), f.n)
	if f.g.alone() {
		copyRows(dst.Local, f.near)
	} else if err := f.far.get(dst); err != nil {
		return err
	}
	dst.clear(func(i, j int) bool { return j < i })
	return nil
}

func (f *QR[T]) fits(call string, dst *Matrix[T], rows, cols int) {
	if dst.grid.of != f.g.of {
		panic(&kernels.ShapeError{Func: call, Arg: "dst", Has: "another communicator", Want: "that of the matrix"})
	}
	if dst.Rows != rows || dst.Cols != cols {
		panic(&kernels.ShapeError{Func: call, Arg: "dst", Has: fmt.Sprintf("%d×%d elements", dst.Rows, dst.Cols),
			Want: fmt.Sprintf("%d×%d", rows, cols)})
	}
}

// Gels solves op(A)*X = B for a matrix of full rank, where op(A) is A or Aᵀ as t
// says: if op(A) has at least as many rows as columns, X makes ‖B - op(A)*X‖ least
// for each column, else it is the solution of least norm. A and B are left as they
// are; X has the columns of op(A) as rows, and may have any layout on the same
// communicator. All ranks call it. It panics with a [*kernels.ShapeError] if shapes
// don't fit. The error wraps [ErrSingular] if the triangular factor has a zero on
// its diagonal, [ErrTooLarge] or [ErrNoScaLAPACK]. If A is zero, so is X.
//
// X is exact for a problem near to the given one (Higham, as for [Geqrf], ths. 20.3
// and 21.4). The bits are weft's on one rank only.
func Gels[T kernels.Float](t kernels.Transpose, a, b, x *Matrix[T]) error {
	rows, cols := dims("t", t, a)
	switch {
	case b.Rows != rows:
		panic(&kernels.ShapeError{Func: "Gels", Arg: "b", Has: fmt.Sprint(b.Rows, " rows"), Want: fmt.Sprint(rows, " (rows of op(a))")})
	case x.Rows != cols || x.Cols != b.Cols:
		panic(&kernels.ShapeError{Func: "Gels", Arg: "x", Has: fmt.Sprintf("%d×%d elements", x.Rows, x.Cols),
			Want: fmt.Sprintf("%d×%d (columns of op(a), columns of b)", cols, b.Cols)})
	}
	matched("Gels", x, a)
	matched("Gels", x, b)
	if rows == 0 || cols == 0 || b.Cols == 0 {
		scale(0, x.Local)
		return nil
	}
	g, most := a.grid, max(rows, cols)
	if g.alone() {
		f, xs := ordinary(a), kernels.NewMatrix[T](most, b.Cols)
		copyRows(xs, b.Local)
		ok := false
		withQuery(func(work []T, lwork int) {
			ok = lapack.Gels(blas.Transpose(t), a.Rows, a.Cols, b.Cols, f.Data, f.Stride, xs.Data, xs.Stride, work, lwork)
		})
		if !ok {
			return fmt.Errorf("%w: Gels", ErrSingular)
		}
		copyRows(x.Local, xs)
		return nil
	}
	s, err := open[T](g, "Gels", most, max(min(rows, cols), b.Cols), 0)
	if err != nil {
		return err
	}
	defer s.close()
	norm, err := a.NormMax()
	if err != nil {
		return err
	}
	if norm == 0 {
		scale(0, x.Local)
		return nil
	}
	f, err := copied(a)
	if err != nil {
		return err
	}
	xs := newByColumns[T](g, most, b.Cols)
	if err := xs.set(b); err != nil {
		return err
	}
	info := s.withWork("gels", 0, byte(t), a.Rows, a.Cols, b.Cols, f.data(), 1, 1, f.descriptor(s.context), xs.data(), 1, 1, xs.descriptor(s.context))
	if info == 0 {
		info = f.zeroOnDiagonal()
	}
	if err := s.failed(info, ErrSingular); err != nil {
		return err
	}
	return xs.get(x)
}

// zeroOnDiagonal returns 1 plus the index of a zero on the diagonal in the local
// part, or 0.
func (b byColumns[T]) zeroOnDiagonal() int {
	l := b.t.layout()
	p, q := b.t.grid.Place()
	for k := range min(b.t.Rows, b.t.Cols) {
		if l.rows.owner(k) == p && l.cols.owner(k) == q && b.t.Local.Data[l.rows.local(k)*b.t.Local.Stride+l.cols.local(k)] == 0 {
			return k + 1
		}
	}
	return 0
}

// Syev returns the eigenvalues, ascending, of a symmetric matrix, of which the
// lower triangle is read, and which is left as it is: on all ranks the same. If z
// is not nil, its columns become unit eigenvectors in the same order, and A =
// Z*diag(w)*Zᵀ. z has the shape of a and may have any layout on the same
// communicator. All ranks call it. It panics with a [*kernels.ShapeError] if shapes
// don't fit. The error wraps [ErrNoEigenvalues] if an element is NaN or infinite,
// or the iteration does not converge, [ErrTooLarge] or [ErrNoScaLAPACK].
//
// Vectors are found by divide and conquer, values alone by the QL method. ‖A -
// Z*diag(w)*Zᵀ‖ ≤ c·n·u·‖A‖, ‖ZᵀZ - I‖ ≤ c·n·u. The bits are weft's on one rank
// only, and the sign of a vector, and the basis where eigenvalues are equal, are any.
func Syev[T kernels.Float](a, z *Matrix[T]) (w []T, err error) {
	isSquare("Syev", a)
	n := a.Rows
	if z != nil {
		matched("Syev", z, a)
		sameShape("Syev", a, z.Rows, z.Cols)
	}
	g := a.grid
	if g.alone() {
		v, w := ordinary(a), make([]T, n)
		job, ok := glapack.EVNone, false
		if z != nil {
			job = glapack.EVCompute
		}
		if n == 0 {
			return w, nil
		}
		withQuery(func(work []T, lwork int) { ok = lapack.Syev(job, blas.Lower, n, v.Data, v.Stride, w, work, lwork) })
		if !ok {
			return nil, fmt.Errorf("%w: Syev", ErrNoEigenvalues)
		}
		if z != nil {
			copyRows(z.Local, v)
		}
		return w, nil
	}
	// Divide and conquer works on two matrices beside A and Z. What it asks for
	// does not always do for what it calls at the end (PDORMTR), hence more.
	p, q := cyclic{n, scalapackBlock, g.cols, 0}.most(), cyclic{n, scalapackBlock, g.rows, 0}.most()
	more := 6*n + (p+q+3*scalapackBlock)*scalapackBlock
	s, err := open[T](g, "Syev", n, n, 2*p*q+10*n+more)
	if err != nil {
		return nil, err
	}
	defer s.close()
	norm, err := a.NormMax()
	if err != nil || n == 0 {
		return make([]T, n), err
	}
	if math.IsNaN(float64(norm)) || math.IsInf(float64(norm), 0) {
		return nil, fmt.Errorf("%w: Syev: an element is NaN or infinite", ErrNoEigenvalues)
	}
	f, err := copied(a)
	if err != nil {
		return nil, err
	}
	w = make([]T, n)
	v := byColumns[T]{}
	info := 0
	if z == nil {
		info = s.withWork("syev", 0, byte('N'), byte('L'), n, f.data(), 1, 1, f.descriptor(s.context), w, make([]T, 1), 1, 1, f.descriptor(s.context))
	} else {
		v = newByColumns[T](g, n, n)
		info = s.withWork("syevd", more, byte('V'), byte('L'), n, f.data(), 1, 1, f.descriptor(s.context), w, v.data(), 1, 1, v.descriptor(s.context))
	}
	if err := s.failed(info, ErrNoEigenvalues); err != nil {
		return nil, err
	}
	// If one block is the whole matrix, only the process that has it has them all.
	if err := Bcast(g.comm, 0, w); err != nil {
		return nil, err
	}
	if z != nil {
		err = v.get(z)
	}
	return w, err
}
