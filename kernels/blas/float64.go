package blas

import "gonum.org/v1/gonum/blas"

// This file and float32.go are the same but for the type: gonum's names for
// the generic functions of this package.

// Ddot returns Σ x[i]*y[i].
func (im Implementation) Ddot(n int, x []float64, incX int, y []float64, incY int) float64 {
	return dot(im.f64(), n, x, incX, y, incY)
}

// Dnrm2 returns √(Σ x[i]²), and 0 if incX is negative.
func (im Implementation) Dnrm2(n int, x []float64, incX int) float64 {
	return nrm2(im.f64(), n, x, incX)
}

// Dasum returns Σ |x[i]|, and 0 if incX is negative.
func (im Implementation) Dasum(n int, x []float64, incX int) float64 {
	return asum(im.f64(), n, x, incX)
}

// Idamax returns the index of the first NaN or, if there is none, of the first
// element with the largest absolute value. It is -1 if there are no elements
// or incX is negative.
func (im Implementation) Idamax(n int, x []float64, incX int) int {
	return iamax(im.f64(), n, x, incX)
}

// Dswap exchanges the elements of x and y.
func (im Implementation) Dswap(n int, x []float64, incX int, y []float64, incY int) {
	swap(n, x, incX, y, incY)
}

// Dcopy copies the elements of x to y.
func (im Implementation) Dcopy(n int, x []float64, incX int, y []float64, incY int) {
	copyVec(n, x, incX, y, incY)
}

// Daxpy adds alpha*x to y. With alpha = 0, x is not read.
func (im Implementation) Daxpy(n int, alpha float64, x []float64, incX int, y []float64, incY int) {
	axpy(im.f64(), n, alpha, x, incX, y, incY)
}

// Dscal multiplies x by alpha; alpha = 0 clears it. It does nothing if incX is
// negative.
func (im Implementation) Dscal(n int, alpha float64, x []float64, incX int) {
	scal(im.f64(), n, alpha, x, incX)
}

// Dgemv computes y = alpha*op(A)*x + beta*y.
func (im Implementation) Dgemv(tA blas.Transpose, m, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	gemv(im.f64(), tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
}

// Dger adds alpha*x*yᵀ to A.
func (im Implementation) Dger(m, n int, alpha float64, x []float64, incX int, y []float64, incY int, a []float64, lda int) {
	ger(im.f64(), m, n, alpha, x, incX, y, incY, a, lda)
}

// Dsymv computes y = alpha*A*x + beta*y for a symmetric A.
func (im Implementation) Dsymv(ul blas.Uplo, n int, alpha float64, a []float64, lda int, x []float64, incX int, beta float64, y []float64, incY int) {
	symv(im.f64(), ul, n, alpha, a, lda, x, incX, beta, y, incY)
}

// Dsyr adds alpha*x*xᵀ to the symmetric A.
func (im Implementation) Dsyr(ul blas.Uplo, n int, alpha float64, x []float64, incX int, a []float64, lda int) {
	syr(im.f64(), ul, n, alpha, x, incX, a, lda)
}

// Dsyr2 adds alpha*x*yᵀ + alpha*y*xᵀ to the symmetric A.
func (im Implementation) Dsyr2(ul blas.Uplo, n int, alpha float64, x []float64, incX int, y []float64, incY int, a []float64, lda int) {
	syr2(im.f64(), ul, n, alpha, x, incX, y, incY, a, lda)
}

// Dtrmv computes x = op(A)*x for a triangular A.
func (im Implementation) Dtrmv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []float64, lda int, x []float64, incX int) {
	trmv(im.f64(), ul, tA, d, n, a, lda, x, incX)
}

// Dtrsv solves op(A)*x = b for a triangular A, with b in x.
func (im Implementation) Dtrsv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []float64, lda int, x []float64, incX int) {
	trsv(im.f64(), ul, tA, d, n, a, lda, x, incX)
}

// Dgemm computes C = alpha*op(A)*op(B) + beta*C.
func (im Implementation) Dgemm(tA, tB blas.Transpose, m, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	gemm(im.f64(), tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Dsymm computes C = alpha*A*B + beta*C, or with B on the left of A, for a
// symmetric A.
func (im Implementation) Dsymm(s blas.Side, ul blas.Uplo, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	symm(im.f64(), s, ul, m, n, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Dsyrk computes C = alpha*op(A)*op(A)ᵀ + beta*C for a symmetric C.
func (im Implementation) Dsyrk(ul blas.Uplo, tA blas.Transpose, n, k int, alpha float64, a []float64, lda int, beta float64, c []float64, ldc int) {
	syrk(im.f64(), ul, tA, n, k, alpha, a, lda, beta, c, ldc)
}

// Dsyr2k computes C = alpha*op(A)*op(B)ᵀ + alpha*op(B)*op(A)ᵀ + beta*C for a
// symmetric C.
func (im Implementation) Dsyr2k(ul blas.Uplo, tA blas.Transpose, n, k int, alpha float64, a []float64, lda int, b []float64, ldb int, beta float64, c []float64, ldc int) {
	syr2k(im.f64(), ul, tA, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Dtrmm computes B = alpha*op(A)*B or B = alpha*B*op(A) for a triangular A.
func (im Implementation) Dtrmm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int) {
	trmm(im.f64(), s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
}

// Dtrsm solves op(A)*X = alpha*B or X*op(A) = alpha*B for a triangular A and
// leaves X in B.
func (im Implementation) Dtrsm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float64, a []float64, lda int, b []float64, ldb int) {
	trsm(im.f64(), s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
}
