package lapack

import (
	"math"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// Gels solves op(A)*X = B for an m×n matrix A of full rank, for each of nrhs
// columns of B on its own. If op(A) has at least as many rows as columns, X
// makes ‖B - op(A)*X‖ least; if it has fewer, X is the solution of least norm. B
// has max(m, n) rows: on entry the first of them, as many as op(A) has rows, are
// B, on return the first, as many as op(A) has columns, are X. If op(A) has more
// rows than columns, the squares of the others add up, by columns, to that of
// the residual's norm. A is overwritten by its factors, those of [Geqrf] if m ≥
// n, else of [Gelqf].
//
// It returns false if the triangular factor has a zero on its diagonal: A is not
// of full rank then, and B is left without a solution. A and B are scaled where
// their largest elements are near overflow or underflow. If A is zero, so is X.
//
// lwork ≥ max(1, mn + max(mn, nrhs)), mn = min(m, n), is checked as gonum does. A
// query, lwork = -1, puts gonum's length in work[0] and does nothing else.
//
// The bits are the same on every backend. X is exact for a problem near to the
// given one (N. Higham, Accuracy and Stability of Numerical Algorithms, 2002,
// ths. 20.3 and 21.4).
func Gels[T kernels.Float](t blas.Transpose, m, n, nrhs int, a []T, lda int, b []T, ldb int, work []T, lwork int) (ok bool) {
	return Real[T]{}.Gels(t, m, n, nrhs, a, lda, b, ldb, work, lwork)
}

// Gels is [Gels] on r's engine.
func (r Real[T]) Gels(t blas.Transpose, m, n, nrhs int, a []T, lda int, b []T, ldb int, work []T, lwork int) (ok bool) {
	mn := min(m, n)
	need := mn + max(mn, nrhs)
	want(isTrans(t), badTrans)
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(nrhs >= 0, nrhsLT0)
	want(lda >= max(1, n), badLdA)
	want(ldb >= max(1, nrhs), badLdB)
	wantWork(need, len(work), lwork)
	if mn == 0 || nrhs == 0 {
		want(max(m, n) == 0 || nrhs == 0 || len(b) >= (max(m, n)-1)*ldb+nrhs, shortA) // as gonum calls it
		clearRows(0, max(m, n), nrhs, b, ldb)
		work[0] = 1
		return true
	}
	if lwork == -1 {
		work[0] = length[T](mn + max(mn, nrhs)*blockWork)
		return true
	}
	want(len(a) >= (m-1)*lda+n, shortA)
	want(len(b) >= (max(m, n)-1)*ldb+nrhs, shortB)
	rows, cols := m, n // of op(A)
	if t != blas.NoTrans {
		t = blas.Trans
		rows, cols = n, m
	}
	normA := largest(m, n, a, lda)
	if normA == 0 {
		clearRows(0, max(m, n), nrhs, b, ldb)
		work[0] = length[T](mn + max(mn, nrhs)*blockWork)
		return true
	}
	byA := evened(normA)
	multiplyRows(m, n, byA, a, lda)
	byB := evened(largest(rows, nrhs, b, ldb))
	multiplyRows(rows, nrhs, byB, b, ldb)

	tau := work[:mn]
	// A tall A is Q*R and a wide one L*Q, with Q or Qᵀ the product of the
	// reflectors in their order.
	tall := m >= n
	ul, store := blas.Upper, lapack.StoreV(lapack.ColumnWise)
	if tall {
		r.geqrf(m, n, a, lda, tau)
	} else {
		ul, store = blas.Lower, lapack.RowWise
		r.gelqf(m, n, a, lda, tau)
	}
	if tall == (t == blas.NoTrans) {
		// Least squares: the triangle meets what Q takes B to.
		r.orm(store, blas.Left, blas.Trans, rows, nrhs, mn, a, lda, tau, b, ldb)
		ok = r.Trtrs(ul, t, blas.NonUnit, mn, nrhs, a, lda, b, ldb)
	} else {
		// Least norm: Q takes the triangle's solution, with zeros below it, to X.
		ok = r.Trtrs(ul, t, blas.NonUnit, mn, nrhs, a, lda, b, ldb)
		if ok {
			clearRows(mn, cols, nrhs, b, ldb)
			r.orm(store, blas.Left, blas.NoTrans, cols, nrhs, mn, a, lda, tau, b, ldb)
		}
	}
	if ok {
		// What was found solves byA*A*X = byB*B.
		multiplyRows(cols, nrhs, byA, b, ldb)
		multiplyRows(max(rows, cols), nrhs, 1/byB, b, ldb)
	}
	work[0] = length[T](mn + max(mn, nrhs)*blockWork)
	return ok
}

// largest returns the largest absolute value of m×n elements, NaN if one is.
func largest[T kernels.Float](m, n int, a []T, lda int) T {
	v := T(0)
	for i := range m {
		for _, x := range a[i*lda:][:n] {
			if x = abs(x); x > v || x != x {
				v = x
			}
		}
		if v != v {
			break
		}
	}
	return v
}

// evened returns the power of two by which to multiply a matrix whose largest
// element is x: 1 unless that is so small or large that sums of squares could
// underflow or overflow.
func evened[T kernels.Float](x T) T {
	small := smallest[T]() / unit[T]()
	if x != x || x == 0 || x-x != 0 || small <= x && x <= 1/small {
		return 1
	}
	_, e := math.Frexp(float64(x))
	limit := 126
	if size[T]() == 8 {
		limit = 1022
	}
	return T(math.Ldexp(1, max(-limit, min(-e, limit))))
}

func multiplyRows[T kernels.Float](m, n int, by T, a []T, lda int) {
	if by == 1 {
		return
	}
	for i := range m {
		for j := range a[i*lda:][:n] {
			a[i*lda+j] *= by
		}
	}
}

// clearRows clears rows i to m-1 of a, of n columns.
func clearRows[T kernels.Float](i, m, n int, a []T, lda int) {
	for ; i < m && n > 0; i++ {
		clear(a[i*lda:][:n])
	}
}
