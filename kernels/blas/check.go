package blas

import "gonum.org/v1/gonum/blas"

// The messages of gonum's panics, word for word.
const (
	zeroIncX = "blas: zero x index increment"
	zeroIncY = "blas: zero y index increment"

	mLT0 = "blas: m < 0"
	nLT0 = "blas: n < 0"
	kLT0 = "blas: k < 0"

	badUplo      = "blas: illegal triangle"
	badTranspose = "blas: illegal transpose"
	badDiag      = "blas: illegal diagonal"
	badSide      = "blas: illegal side"

	badLdA = "blas: bad leading dimension of A"
	badLdB = "blas: bad leading dimension of B"
	badLdC = "blas: bad leading dimension of C"

	shortX = "blas: insufficient length of x"
	shortY = "blas: insufficient length of y"
	shortA = "blas: insufficient length of a"
	shortB = "blas: insufficient length of b"
	shortC = "blas: insufficient length of c"
)

// want panics with msg unless ok. Arguments are checked by rows of these, in
// gonum's order, which programs that recover from them may rely on.
func want(ok bool, msg string) {
	if !ok {
		panic(msg)
	}
}

// holds reports whether a slice of length l holds n > 0 elements inc apart.
func holds(l, n, inc int) bool {
	if inc < 0 {
		inc = -inc
	}
	return l > (n-1)*inc
}

func isUplo(ul blas.Uplo) bool { return ul == blas.Lower || ul == blas.Upper }
func isSide(s blas.Side) bool  { return s == blas.Left || s == blas.Right }
func isDiag(d blas.Diag) bool  { return d == blas.NonUnit || d == blas.Unit }
func isTrans(t blas.Transpose) bool {
	return t == blas.NoTrans || t == blas.Trans || t == blas.ConjTrans
}

// checkGemm is the checks of a general product. It reports whether there is
// something to do. Lengths are of elements, as everywhere here.
func checkGemm(tA, tB blas.Transpose, m, n, k, a, lda, b, ldb, c, ldc int) bool {
	want(isTrans(tA), badTranspose)
	want(isTrans(tB), badTranspose)
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(k >= 0, kLT0)
	rowsA, colsA := m, k
	if tA != blas.NoTrans {
		rowsA, colsA = k, m
	}
	rowsB, colsB := k, n
	if tB != blas.NoTrans {
		rowsB, colsB = n, k
	}
	want(lda >= max(1, colsA), badLdA)
	want(ldb >= max(1, colsB), badLdB)
	want(ldc >= max(1, n), badLdC)
	if m == 0 || n == 0 {
		return false
	}
	want(a >= (rowsA-1)*lda+colsA, shortA)
	want(b >= (rowsB-1)*ldb+colsB, shortB)
	want(c >= (m-1)*ldc+n, shortC)
	return true
}

// checkSymm is the checks of a product with a symmetric or Hermitian matrix.
func checkSymm(s blas.Side, ul blas.Uplo, m, n, a, lda, b, ldb, c, ldc int) bool {
	want(isSide(s), badSide)
	want(isUplo(ul), badUplo)
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	k := n
	if s == blas.Left {
		k = m
	}
	want(lda >= max(1, k), badLdA)
	want(ldb >= max(1, n), badLdB)
	want(ldc >= max(1, n), badLdC)
	if m == 0 || n == 0 {
		return false
	}
	want(a >= lda*(k-1)+k, shortA)
	want(b >= ldb*(m-1)+n, shortB)
	want(c >= ldc*(m-1)+n, shortC)
	return true
}

// checkRankK is the checks of the updates of rank k and, with b not negative,
// 2k. The complex routines look at the transposition, of which they know two,
// before the triangle.
func checkRankK(ul blas.Uplo, t blas.Transpose, complexTrans blas.Transpose, n, k, a, lda, b, ldb, c, ldc int) bool {
	if complexTrans != 0 {
		want(t == blas.NoTrans || t == complexTrans, badTranspose)
	}
	want(isUplo(ul), badUplo)
	want(isTrans(t), badTranspose)
	want(n >= 0, nLT0)
	want(k >= 0, kLT0)
	rows, cols := k, n
	if t == blas.NoTrans {
		rows, cols = n, k
	}
	want(lda >= max(1, cols), badLdA)
	want(b < 0 || ldb >= max(1, cols), badLdB)
	want(ldc >= max(1, n), badLdC)
	if n == 0 {
		return false
	}
	want(a >= lda*(rows-1)+cols, shortA)
	want(b < 0 || b >= ldb*(rows-1)+cols, shortB)
	want(c >= ldc*(n-1)+n, shortC)
	return true
}

// checkTri is the checks of a product or a solution with a triangular matrix.
func checkTri(s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n, a, lda, b, ldb int) bool {
	want(isSide(s), badSide)
	want(isUplo(ul), badUplo)
	want(isTrans(t), badTranspose)
	want(isDiag(d), badDiag)
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	k := n
	if s == blas.Left {
		k = m
	}
	want(lda >= max(1, k), badLdA)
	want(ldb >= max(1, n), badLdB)
	if m == 0 || n == 0 {
		return false
	}
	want(a >= lda*(k-1)+k, shortA)
	want(b >= ldb*(m-1)+n, shortB)
	return true
}

// checkTriVec is the checks of a triangular matrix with one vector.
func checkTriVec(ul blas.Uplo, t blas.Transpose, d blas.Diag, n, a, lda, x, incX int) bool {
	want(isUplo(ul), badUplo)
	want(isTrans(t), badTranspose)
	want(isDiag(d), badDiag)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	want(incX != 0, zeroIncX)
	if n == 0 {
		return false
	}
	want(a >= lda*(n-1)+n, shortA)
	want(holds(x, n, incX), shortX)
	return true
}
