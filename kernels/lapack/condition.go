package lapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// The condition numbers below are gonum's estimates (N. Higham, ACM TOMS 14(4),
// 1988) with weft's solutions in the place of those that guard every step
// against overflow and go down columns. Where a solution is not finite, or an
// argument out of the ordinary, the call is gonum's.

// Dgecon returns an estimate of 1/(‖A‖·‖A⁻¹‖) in the norm, MaxColumnSum or
// MaxRowSum, from the factors of [Getrf] and A's norm. work has 4n elements,
// iwork n.
func (im Implementation) Dgecon(norm lapack.MatrixNorm, n int, a []float64, lda int, anorm float64, work []float64, iwork []int) float64 {
	if (norm == lapack.MaxColumnSum || norm == lapack.MaxRowSum) && isSquare(n, a, lda) && len(work) >= 4*n && len(iwork) >= n {
		inverse, ok := im.inverseNorm(norm, n, work, iwork, func(transposed bool, x []float64) {
			if !transposed {
				im.r.Trsv(blas.Lower, blas.NoTrans, blas.Unit, n, a, lda, x, 1)
				im.r.Trsv(blas.Upper, blas.NoTrans, blas.NonUnit, n, a, lda, x, 1)
			} else {
				im.r.Trsv(blas.Upper, blas.Trans, blas.NonUnit, n, a, lda, x, 1)
				im.r.Trsv(blas.Lower, blas.Trans, blas.Unit, n, a, lda, x, 1)
			}
		})
		if rcond := 1 / inverse / anorm; ok && rcond > 0 && rcond-rcond == 0 {
			return rcond
		}
	}
	return im.Implementation.Dgecon(norm, n, a, lda, anorm, work, iwork)
}

// Dpocon is Dgecon for a symmetric matrix and the factor of [Potrf]. work has
// 3n elements, iwork n.
func (im Implementation) Dpocon(ul blas.Uplo, n int, a []float64, lda int, anorm float64, work []float64, iwork []int) float64 {
	if (ul == blas.Upper || ul == blas.Lower) && isSquare(n, a, lda) && len(work) >= 3*n && len(iwork) >= n {
		first, second := blas.Trans, blas.NoTrans
		if ul == blas.Lower {
			first, second = second, first
		}
		inverse, ok := im.inverseNorm(lapack.MaxColumnSum, n, work, iwork, func(_ bool, x []float64) {
			im.r.Trsv(ul, first, blas.NonUnit, n, a, lda, x, 1)
			im.r.Trsv(ul, second, blas.NonUnit, n, a, lda, x, 1)
		})
		if rcond := 1 / inverse / anorm; ok && rcond > 0 && rcond-rcond == 0 {
			return rcond
		}
	}
	return im.Implementation.Dpocon(ul, n, a, lda, anorm, work, iwork)
}

// Dtrcon is Dgecon for a triangular matrix, whose norm it takes itself. work has
// 3n elements, iwork n.
func (im Implementation) Dtrcon(norm lapack.MatrixNorm, ul blas.Uplo, d blas.Diag, n int, a []float64, lda int, work []float64, iwork []int) float64 {
	if (norm == lapack.MaxColumnSum || norm == lapack.MaxRowSum) && (ul == blas.Upper || ul == blas.Lower) &&
		(d == blas.Unit || d == blas.NonUnit) && isSquare(n, a, lda) && len(work) >= 3*n && len(iwork) >= n {
		anorm := im.Dlantr(norm, ul, d, n, n, a, lda, work)
		inverse, ok := im.inverseNorm(norm, n, work, iwork, func(transposed bool, x []float64) {
			t := blas.NoTrans
			if transposed {
				t = blas.Trans
			}
			im.r.Trsv(ul, t, d, n, a, lda, x, 1)
		})
		if rcond := 1 / inverse / anorm; ok && rcond > 0 && rcond-rcond == 0 {
			return rcond
		}
	}
	return im.Implementation.Dtrcon(norm, ul, d, n, a, lda, work, iwork)
}

// isSquare reports whether a has the elements of an n×n matrix, n > 0.
func isSquare(n int, a []float64, lda int) bool {
	return n > 0 && lda >= n && len(a) >= (n-1)*lda+n
}

// inverseNorm returns an estimate of the norm of the inverse of a matrix whose
// systems, or transposed ones, solve solves in place. ok says that all
// solutions were finite.
func (im Implementation) inverseNorm(norm lapack.MatrixNorm, n int, work []float64, iwork []int, solve func(transposed bool, x []float64)) (estimate float64, ok bool) {
	x, v := work[:n], work[n:2*n]
	var state [3]int
	for kase := 0; ; {
		estimate, kase = im.Dlacn2(n, v, x, iwork, estimate, kase, &state)
		if kase == 0 {
			return estimate, true
		}
		// 1 asks for a product with the inverse, 2 with its transpose: of the
		// row sums of the inverse, it is the other way round.
		solve((kase == 1) != (norm == lapack.MaxColumnSum), x)
		// A sum is finite only if all are, or if it overflows.
		if s := im.r.Asum(n, x, 1); s-s != 0 {
			return 0, false
		}
	}
}
