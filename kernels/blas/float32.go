package blas

import "gonum.org/v1/gonum/blas"

// This file and float64.go are the same but for the type: gonum's names for
// the generic functions of this package.

// Sdot returns Σ x[i]*y[i].
func (im Implementation) Sdot(n int, x []float32, incX int, y []float32, incY int) float32 {
	return dot(im.f32(), n, x, incX, y, incY)
}

// Snrm2 returns √(Σ x[i]²), and 0 if incX is negative.
func (im Implementation) Snrm2(n int, x []float32, incX int) float32 {
	return nrm2(im.f32(), n, x, incX)
}

// Sasum returns Σ |x[i]|, and 0 if incX is negative.
func (im Implementation) Sasum(n int, x []float32, incX int) float32 {
	return asum(im.f32(), n, x, incX)
}

// Isamax returns the index of the first NaN or, if there is none, of the first
// element with the largest absolute value. It is -1 if there are no elements
// or incX is negative.
func (im Implementation) Isamax(n int, x []float32, incX int) int {
	return iamax(im.f32(), n, x, incX)
}

// Sswap exchanges the elements of x and y.
func (im Implementation) Sswap(n int, x []float32, incX int, y []float32, incY int) {
	swap(n, x, incX, y, incY)
}

// Scopy copies the elements of x to y.
func (im Implementation) Scopy(n int, x []float32, incX int, y []float32, incY int) {
	copyVec(n, x, incX, y, incY)
}

// Saxpy adds alpha*x to y. With alpha = 0, x is not read.
func (im Implementation) Saxpy(n int, alpha float32, x []float32, incX int, y []float32, incY int) {
	axpy(im.f32(), n, alpha, x, incX, y, incY)
}

// Sscal multiplies x by alpha; alpha = 0 clears it. It does nothing if incX is
// negative.
func (im Implementation) Sscal(n int, alpha float32, x []float32, incX int) {
	scal(im.f32(), n, alpha, x, incX)
}

// Sgemv computes y = alpha*op(A)*x + beta*y.
func (im Implementation) Sgemv(tA blas.Transpose, m, n int, alpha float32, a []float32, lda int, x []float32, incX int, beta float32, y []float32, incY int) {
	gemv(im.f32(), tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
}

// Sger adds alpha*x*yᵀ to A.
func (im Implementation) Sger(m, n int, alpha float32, x []float32, incX int, y []float32, incY int, a []float32, lda int) {
	ger(im.f32(), m, n, alpha, x, incX, y, incY, a, lda)
}

// Ssymv computes y = alpha*A*x + beta*y for a symmetric A.
func (im Implementation) Ssymv(ul blas.Uplo, n int, alpha float32, a []float32, lda int, x []float32, incX int, beta float32, y []float32, incY int) {
	symv(im.f32(), ul, n, alpha, a, lda, x, incX, beta, y, incY)
}

// Ssyr adds alpha*x*xᵀ to the symmetric A.
func (im Implementation) Ssyr(ul blas.Uplo, n int, alpha float32, x []float32, incX int, a []float32, lda int) {
	syr(im.f32(), ul, n, alpha, x, incX, a, lda)
}

// Ssyr2 adds alpha*x*yᵀ + alpha*y*xᵀ to the symmetric A.
func (im Implementation) Ssyr2(ul blas.Uplo, n int, alpha float32, x []float32, incX int, y []float32, incY int, a []float32, lda int) {
	syr2(im.f32(), ul, n, alpha, x, incX, y, incY, a, lda)
}

// Strmv computes x = op(A)*x for a triangular A.
func (im Implementation) Strmv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []float32, lda int, x []float32, incX int) {
	trmv(im.f32(), ul, tA, d, n, a, lda, x, incX)
}

// Strsv solves op(A)*x = b for a triangular A, with b in x.
func (im Implementation) Strsv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []float32, lda int, x []float32, incX int) {
	trsv(im.f32(), ul, tA, d, n, a, lda, x, incX)
}

// Sgemm computes C = alpha*op(A)*op(B) + beta*C.
func (im Implementation) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	gemm(im.f32(), tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Ssymm computes C = alpha*A*B + beta*C, or with B on the left of A, for a
// symmetric A.
func (im Implementation) Ssymm(s blas.Side, ul blas.Uplo, m, n int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	symm(im.f32(), s, ul, m, n, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Ssyrk computes C = alpha*op(A)*op(A)ᵀ + beta*C for a symmetric C.
func (im Implementation) Ssyrk(ul blas.Uplo, tA blas.Transpose, n, k int, alpha float32, a []float32, lda int, beta float32, c []float32, ldc int) {
	syrk(im.f32(), ul, tA, n, k, alpha, a, lda, beta, c, ldc)
}

// Ssyr2k computes C = alpha*op(A)*op(B)ᵀ + alpha*op(B)*op(A)ᵀ + beta*C for a
// symmetric C.
func (im Implementation) Ssyr2k(ul blas.Uplo, tA blas.Transpose, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	syr2k(im.f32(), ul, tA, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Strmm computes B = alpha*op(A)*B or B = alpha*B*op(A) for a triangular A.
func (im Implementation) Strmm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float32, a []float32, lda int, b []float32, ldb int) {
	trmm(im.f32(), s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
}

// Strsm solves op(A)*X = alpha*B or X*op(A) = alpha*B for a triangular A and
// leaves X in B.
func (im Implementation) Strsm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha float32, a []float32, lda int, b []float32, ldb int) {
	trsm(im.f32(), s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
}
