package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// Orgtr makes the n×n matrix Q of [Sytrd] from what that left in a triangle of
// A and in tau. It overwrites A.
//
// work is not needed, but is checked as gonum does: lwork ≥ max(1, n-1). A
// query, lwork = -1, puts gonum's length in work[0].
func Orgtr[T kernels.Float](ul blas.Uplo, n int, a []T, lda int, tau, work []T, lwork int) {
	Real[T]{}.Orgtr(ul, n, a, lda, tau, work, lwork)
}

// Orgtr is [Orgtr] on r's engine.
func (r Real[T]) Orgtr(ul blas.Uplo, n int, a []T, lda int, tau, work []T, lwork int) {
	want(isUplo(ul), badUplo)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	wantWork(n-1, len(work), lwork)
	if n == 0 || lwork == -1 {
		work[0] = length[T](max(1, n-1) * blockWork)
		return
	}
	want(len(a) >= (n-1)*lda+n, shortA)
	want(len(tau) >= n-1, shortTau)
	work[0] = length[T](max(1, n-1) * blockWork)
	s, tb := r.symmetricReflectors(ul, n, a, lda, tau)
	s.formQ(tb.data)
	flip := ul == blas.Upper
	for i := range n {
		row := a[s.index(flip, i)*lda:][:n]
		clear(row)
		if i == 0 {
			row[s.index(flip, 0)] = 1
			continue
		}
		for j := 1; j < n; j++ {
			row[s.index(flip, j)] = s.a[(j-1)*s.ld+i]
		}
	}
	tb.drop()
	s.free()
}

// Ormtr multiplies the m×n matrix C by the Q of [Sytrd] or its transpose: C =
// op(Q)*C if s is Left, C = C*op(Q) if it is Right. Q's order is m or, on the
// right, n; a and tau are what Sytrd left for its triangle ul.
//
// It is LAPACK's DORMTR, which gonum has not. work is not needed: lwork ≥
// max(1, n), on the right max(1, m), and a query, lwork = -1, puts 32 times that
// in work[0].
func Ormtr[T kernels.Float](s blas.Side, ul blas.Uplo, t blas.Transpose, m, n int, a []T, lda int, tau, c []T, ldc int, work []T, lwork int) {
	Real[T]{}.Ormtr(s, ul, t, m, n, a, lda, tau, c, ldc, work, lwork)
}

// Ormtr is [Ormtr] on r's engine.
func (r Real[T]) Ormtr(s blas.Side, ul blas.Uplo, t blas.Transpose, m, n int, a []T, lda int, tau, c []T, ldc int, work []T, lwork int) {
	order, other := m, n
	if s == blas.Right {
		order, other = n, m
	}
	want(s == blas.Left || s == blas.Right, badSide)
	want(isUplo(ul), badUplo)
	want(t == blas.NoTrans || t == blas.Trans, badTrans)
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(lda >= max(1, order), badLdA)
	want(ldc >= max(1, n), badLdC)
	wantWork(other, len(work), lwork)
	if m == 0 || n == 0 || lwork == -1 {
		work[0] = length[T](other * blockWork)
		return
	}
	want(len(a) >= (order-1)*lda+order, shortA)
	want(len(tau) >= order-1, shortTau)
	want(len(c) >= (m-1)*ldc+n, shortC)
	work[0] = length[T](other * blockWork)
	v, tb := r.symmetricReflectors(ul, order, a, lda, tau)
	turn := func() {
		if ul == blas.Lower {
			return
		}
		if s == blas.Left {
			for i, j := 0, m-1; i < j; i, j = i+1, j-1 {
				r.Swap(n, c[i*ldc:], 1, c[j*ldc:], 1)
			}
			return
		}
		for i := range m {
			reverse(c[i*ldc:][:n])
		}
	}
	turn()
	v.apply(s, t, m, n, tb.data, c, ldc)
	turn()
	tb.drop()
	v.free()
}

// symmetricReflectors returns reflectors of [Sytrd], and their tau in tb, in
// the rows of a matrix, as tridiagonal leaves them.
func (r Real[T]) symmetricReflectors(ul blas.Uplo, n int, a []T, lda int, tau []T) (s symmetric[T], tb *buffer[T]) {
	s, tb = emptySymmetric(r, n), take[T](n-1)
	flip := ul == blas.Upper
	for i := range n {
		row := a[s.index(flip, i)*lda:]
		for j := range i - 1 {
			s.a[j*s.ld+i] = row[s.index(flip, j)]
		}
	}
	copy(tb.data, tau)
	if flip {
		reverse(tb.data)
	}
	return s, tb
}

// formQ turns the reflectors in the rows into Qᵀ without its first row and
// column, which are those of the unit matrix: row i+1 of Qᵀ is in row i from
// element 1 on.
func (s *symmetric[T]) formQ(tau []T) {
	if k := s.n - 1; k > 0 {
		work := take[T](k)
		s.r.Orglq(k, k, k, s.a[1:], s.ld, tau, work.data, k)
		work.drop()
	}
}

// apply multiplies the m×n matrix c by Q, whose reflectors are in the rows.
func (s *symmetric[T]) apply(side blas.Side, t blas.Transpose, m, n int, tau, c []T, ldc int) {
	k := s.n - 1
	if k == 0 {
		return
	}
	if side == blas.Left {
		s.r.orm(lapack.RowWise, side, t, m-1, n, k, s.a[1:], s.ld, tau[:k], c[ldc:], ldc)
	} else {
		s.r.orm(lapack.RowWise, side, t, m, n-1, k, s.a[1:], s.ld, tau[:k], c[1:], ldc)
	}
}
