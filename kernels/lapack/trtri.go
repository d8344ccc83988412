package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// Trtri computes the inverse of a triangular matrix of order n in its place. If
// d is Unit, the diagonal is taken for ones and not read or written; nor is the
// other triangle. It returns false, with nothing written, if the diagonal has a
// zero.
//
// The matrix is halved until blocks of 32 are left; the rest are products. The
// bits are the same on every backend. Residual: |X*A - I| ≤ c·n·u·|X|·|A|, c a
// small constant (N. Higham, Accuracy and Stability of Numerical Algorithms,
// 2002, sec. 14.2).
func Trtri[T kernels.Float](ul blas.Uplo, d blas.Diag, n int, a []T, lda int) (ok bool) {
	return Real[T]{}.Trtri(ul, d, n, a, lda)
}

// Trtri is [Trtri] on r's engine.
func (r Real[T]) Trtri(ul blas.Uplo, d blas.Diag, n int, a []T, lda int) (ok bool) {
	want(isUplo(ul), badUplo)
	want(isDiag(d), badDiag)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	if n == 0 {
		return true
	}
	want(len(a) >= (n-1)*lda+n, shortA)
	if d == blas.NonUnit && zeroOnDiagonal(n, a, lda) {
		return false
	}
	r.trtri(ul, d, n, a, lda)
	return true
}

func zeroOnDiagonal[T kernels.Float](n int, a []T, lda int) bool {
	for i := range n {
		if a[i*lda+i] == 0 {
			return true
		}
	}
	return false
}

// leafTri is the size of the triangles that are worked off row by row.
const leafTri = 32

func (r Real[T]) trtri(ul blas.Uplo, d blas.Diag, n int, a []T, lda int) {
	if n <= leafTri {
		r.trtriRows(ul, d, n, a, lda)
		return
	}
	h := half(n, leafTri)
	rest := a[h*lda+h:]
	r.trtri(ul, d, h, a, lda)
	if ul == blas.Upper {
		side := a[h:]
		r.Trmm(blas.Left, blas.Upper, blas.NoTrans, d, h, n-h, -1, a, lda, side, lda)
		r.Trsm(blas.Right, blas.Upper, blas.NoTrans, d, h, n-h, 1, rest, lda, side, lda)
	} else {
		side := a[h*lda:]
		r.Trmm(blas.Right, blas.Lower, blas.NoTrans, d, n-h, h, -1, a, lda, side, lda)
		r.Trsm(blas.Left, blas.Lower, blas.NoTrans, d, n-h, h, 1, rest, lda, side, lda)
	}
	r.trtri(ul, d, n-h, rest, lda)
}

// trtriRows makes each row of the inverse X from those that are done: of an
// upper triangle from the last row up, of a lower one from the first down,
// X[i] = (e[i] - Σ A[i][k]*X[k]) / A[i][i] over k beside the diagonal.
func (r Real[T]) trtriRows(ul blas.Uplo, d blas.Diag, n int, a []T, lda int) {
	var factors [leafTri]T
	for b := range n {
		i, lo, hi := b, 0, b
		if ul == blas.Upper {
			i = n - 1 - b
			lo, hi = i+1, n
		}
		row := a[i*lda:][:n]
		f := factors[:copy(factors[:], row[lo:hi])]
		clear(row[lo:hi])
		for q, v := range f {
			k := lo + q
			// Row k of the inverse has elements from its diagonal outwards.
			from, to := 0, k
			if ul == blas.Upper {
				from, to = k+1, n
			}
			r.axpy(-v, a[k*lda+from:k*lda+to], row[from:to])
			x := T(1)
			if d == blas.NonUnit {
				x = a[k*lda+k]
			}
			row[k] -= T(v * x)
		}
		if d == blas.NonUnit {
			r.divide(row[lo:hi], row[i])
			row[i] = 1 / row[i]
		}
	}
}

// lauum computes U*Uᵀ or Lᵀ*L of a triangular matrix, and writes the same
// triangle of the product in its place.
func (r Real[T]) lauum(ul blas.Uplo, n int, a []T, lda int) {
	if n <= leafTri {
		r.lauumRows(ul, n, a, lda)
		return
	}
	h := half(n, leafTri)
	rest := a[h*lda+h:]
	r.lauum(ul, h, a, lda)
	if ul == blas.Upper {
		side := a[h:]
		r.Syrk(blas.Upper, blas.NoTrans, h, n-h, 1, side, lda, 1, a, lda)
		r.Trmm(blas.Right, blas.Upper, blas.Trans, blas.NonUnit, h, n-h, 1, rest, lda, side, lda)
	} else {
		side := a[h*lda:]
		r.Syrk(blas.Lower, blas.Trans, h, n-h, 1, side, lda, 1, a, lda)
		r.Trmm(blas.Left, blas.Lower, blas.Trans, blas.NonUnit, n-h, h, 1, rest, lda, side, lda)
	}
	r.lauum(ul, n-h, rest, lda)
}

func (r Real[T]) lauumRows(ul blas.Uplo, n int, a []T, lda int) {
	for i := range n {
		if ul == blas.Lower {
			// Row i of the product takes from the rows from i on.
			row := a[i*lda:][:i+1]
			v := row[i]
			for j := range row {
				row[j] *= v
			}
			for k := i + 1; k < n; k++ {
				r.axpy(a[k*lda+i], a[k*lda:][:i+1], row)
			}
			continue
		}
		for j := i; j < n; j++ {
			x, y := a[i*lda+j:i*lda+n], a[j*lda+j:j*lda+n]
			s := T(0)
			for k, v := range x {
				s += T(v * y[k])
			}
			a[i*lda+j] = s
		}
	}
}

// Trtrs solves op(A)*X = B for a triangular A of order n. X overwrites B, of
// n×nrhs. If d is Unit, the diagonal is taken for ones and not read. It returns
// false, with nothing written, if the diagonal has a zero.
func Trtrs[T kernels.Float](ul blas.Uplo, t blas.Transpose, d blas.Diag, n, nrhs int, a []T, lda int, b []T, ldb int) (ok bool) {
	return Real[T]{}.Trtrs(ul, t, d, n, nrhs, a, lda, b, ldb)
}

// Trtrs is [Trtrs] on r's engine.
func (r Real[T]) Trtrs(ul blas.Uplo, t blas.Transpose, d blas.Diag, n, nrhs int, a []T, lda int, b []T, ldb int) (ok bool) {
	want(isUplo(ul), badUplo)
	want(isTrans(t), badTrans)
	want(isDiag(d), badDiag)
	want(n >= 0, nLT0)
	want(nrhs >= 0, nrhsLT0)
	want(lda >= max(1, n), badLdA)
	want(ldb >= max(1, nrhs), badLdB)
	if n == 0 {
		return true
	}
	want(len(a) >= (n-1)*lda+n, shortA)
	want(len(b) >= (n-1)*ldb+nrhs, shortB)
	if d == blas.NonUnit && zeroOnDiagonal(n, a, lda) {
		return false
	}
	r.Trsm(blas.Left, ul, t, d, n, nrhs, 1, a, lda, b, ldb)
	return true
}
