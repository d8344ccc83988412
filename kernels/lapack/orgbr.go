package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// Orgbr makes the Q of [Gebrd], or the transpose of its P, from what Gebrd left
// in A and in tauQ or tauP. It overwrites A.
//
// GenerateQ, after Gebrd of an m×k matrix: if m ≥ k the first n columns of Q,
// m ≥ n ≥ k; if m < k all of Q, m×m, and n = m. GeneratePT, after Gebrd of a k×n
// matrix: if k < n the first m rows of Pᵀ, n ≥ m ≥ k; if k ≥ n all of Pᵀ, n×n, and
// m = n.
//
// work is not needed, but is checked as gonum does: lwork ≥ max(1, min(m, n)).
// A query, lwork = -1, puts 32 times that in work[0].
func Orgbr[T kernels.Float](vect lapack.GenOrtho, m, n, k int, a []T, lda int, tau, work []T, lwork int) {
	Real[T]{}.Orgbr(vect, m, n, k, a, lda, tau, work, lwork)
}

// Orgbr is [Orgbr] on r's engine.
func (r Real[T]) Orgbr(vect lapack.GenOrtho, m, n, k int, a []T, lda int, tau, work []T, lwork int) {
	q := vect == lapack.GenerateQ
	want(q || vect == lapack.GeneratePT, badGenOrtho)
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(k >= 0, kLT0)
	want(!q || n <= m, nGTM)
	want(!q || n >= min(m, k), "lapack: n < min(m,k)")
	want(q || m <= n, mGTN)
	want(q || m >= min(n, k), "lapack: m < min(n,k)")
	want(lda >= max(1, n) || lwork == -1, badLdA)
	wantWork(min(m, n), len(work), lwork)
	if m == 0 || n == 0 || lwork == -1 {
		if cols := n - min(1, k/max(1, n)); !q && m > 0 && cols > 0 {
			want(lda >= cols, badLdA) // of what gonum passes on
		}
		work[0] = length[T](min(m, n) * blockWork)
		return
	}
	want(len(a) >= (m-1)*lda+n, shortA)
	if q {
		want(len(tau) >= min(m, k), shortTau)
	} else {
		want(len(tau) >= min(n, k), shortTau)
	}
	switch {
	case q && m >= k:
		r.Orgqr(m, n, k, a, lda, tau[:k], work, lwork)
	case !q && k < n:
		r.Orglq(m, n, k, a, lda, tau, work, lwork)
	case q:
		// The vectors begin one row below the diagonal: they move a column to
		// the right, and the first row and column are those of the unit matrix.
		for i := m - 1; i >= 0; i-- {
			row := a[i*lda:][:m]
			copy(row[1:], row[:i])
			row[0] = 0
		}
		a[0] = 1
		clear(a[1:m])
		if m > 1 {
			r.Orgqr(m-1, m-1, m-1, a[lda+1:], lda, tau[:m-1], work, lwork)
		}
	default:
		for i := n - 1; i >= 1; i-- {
			copy(a[i*lda+i:][:n-i], a[(i-1)*lda+i:])
			a[i*lda] = 0
		}
		a[0] = 1
		clear(a[1:n])
		if n > 1 {
			r.Orglq(n-1, n-1, n-1, a[lda+1:], lda, tau[:n-1], work, lwork)
		}
	}
	work[0] = length[T](min(m, n) * blockWork)
}

// Ormbr multiplies the m×n matrix C by the Q or P of [Gebrd] or a transpose: C =
// op(Q)*C if s is Left, C = C*op(Q) if it is Right, and with ApplyP likewise.
// With q the order of Q or P, m or on the right n, Gebrd was given a q×k matrix
// for Q, or a k×q one for P, and left a and tau.
//
// work is not needed, but is checked as gonum does: lwork ≥ max(1, n), on the
// right max(1, m). A query, lwork = -1, puts 32 times that in work[0].
func Ormbr[T kernels.Float](vect lapack.ApplyOrtho, s blas.Side, t blas.Transpose, m, n, k int, a []T, lda int, tau, c []T, ldc int, work []T, lwork int) {
	Real[T]{}.Ormbr(vect, s, t, m, n, k, a, lda, tau, c, ldc, work, lwork)
}

// Ormbr is [Ormbr] on r's engine.
func (r Real[T]) Ormbr(vect lapack.ApplyOrtho, s blas.Side, t blas.Transpose, m, n, k int, a []T, lda int, tau, c []T, ldc int, work []T, lwork int) {
	order, other := n, m
	if s == blas.Left {
		order, other = m, n
	}
	q := vect == lapack.ApplyQ
	want(q || vect == lapack.ApplyP, badApplyOrtho)
	want(s == blas.Left || s == blas.Right, badSide)
	want(t == blas.NoTrans || t == blas.Trans, badTrans)
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(k >= 0, kLT0)
	want(!q || lda >= max(1, min(order, k)), badLdA)
	want(q || lda >= max(1, order), badLdA)
	want(ldc >= max(1, n), badLdC)
	wantWork(other, len(work), lwork)
	if m == 0 || n == 0 || lwork == -1 {
		work[0] = length[T](min(m, n, 1) * other * blockWork)
		return
	}
	some := min(order, k)
	want(!q || len(a) >= (order-1)*lda+some, shortA)
	want(q || len(a) >= (some-1)*lda+order, shortA)
	want(len(tau) >= some, shortTau)
	want(len(c) >= (m-1)*ldc+n, shortC)
	work[0] = length[T](other * blockWork)

	store, shifted := lapack.RowWise, order <= k
	if q {
		store, shifted = lapack.ColumnWise, order < k
	}
	if shifted {
		// The vectors begin one element later.
		k = order - 1
		if k == 0 {
			return
		}
		if q {
			a = a[lda:]
		} else {
			a = a[1:]
		}
		if s == blas.Left {
			m, c = m-1, c[ldc:]
		} else {
			n, c = n-1, c[1:]
		}
	}
	if k > 0 {
		r.orm(store, s, t, m, n, k, a, lda, tau[:k], c, ldc)
	}
}
