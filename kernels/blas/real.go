package blas

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// Real is BLAS of one real type, generic: what [Implementation] spells once
// with S and once with D. Matrices are row-major, arguments are gonum's in
// gonum's order and are checked as gonum checks them. The zero value computes
// with the default engine of package kernels. It is safe for use by many
// goroutines.
type Real[T kernels.Float] struct{ e *kernels.Engine[T] }

// RealOf returns BLAS on the given engine, or for nil on the default one.
func RealOf[T kernels.Float](e *kernels.Engine[T]) Real[T] { return Real[T]{e} }

// Float32 returns the generic form of what im computes in float32.
func (im Implementation) Float32() Real[float32] { return Real[float32]{im.e32} }

// Float64 returns the generic form of what im computes in float64.
func (im Implementation) Float64() Real[float64] { return Real[float64]{im.e64} }

// Engine returns the engine that r computes with. It panics if that is the
// default engine and the environment asks for a backend that can't be had.
func (r Real[T]) Engine() *kernels.Engine[T] {
	if r.e != nil {
		return r.e
	}
	return defaultEngine[T]()
}

// Dot returns Σ x[i]*y[i].
func (r Real[T]) Dot(n int, x []T, incX int, y []T, incY int) T {
	return dot(r.Engine(), n, x, incX, y, incY)
}

// Nrm2 returns √(Σ x[i]²), and 0 if incX is negative.
func (r Real[T]) Nrm2(n int, x []T, incX int) T { return nrm2(r.Engine(), n, x, incX) }

// Asum returns Σ |x[i]|, and 0 if incX is negative.
func (r Real[T]) Asum(n int, x []T, incX int) T { return asum(r.Engine(), n, x, incX) }

// Iamax returns the index of the first NaN or, if there is none, of the first
// element with the largest absolute value. It is -1 if there are no elements
// or incX is negative.
func (r Real[T]) Iamax(n int, x []T, incX int) int { return iamax(r.Engine(), n, x, incX) }

// Swap exchanges the elements of x and y.
func (r Real[T]) Swap(n int, x []T, incX int, y []T, incY int) { swap(n, x, incX, y, incY) }

// Copy copies the elements of x to y.
func (r Real[T]) Copy(n int, x []T, incX int, y []T, incY int) { copyVec(n, x, incX, y, incY) }

// Axpy adds alpha*x to y. With alpha = 0, x is not read.
func (r Real[T]) Axpy(n int, alpha T, x []T, incX int, y []T, incY int) {
	axpy(r.Engine(), n, alpha, x, incX, y, incY)
}

// Scal multiplies x by alpha; alpha = 0 clears it. It does nothing if incX is
// negative.
func (r Real[T]) Scal(n int, alpha T, x []T, incX int) { scal(r.Engine(), n, alpha, x, incX) }

// Rot turns the points (x[i], y[i]): x[i] = c*x[i] + s*y[i] and y[i] = c*y[i] -
// s*x[i], each product rounded before it is added.
func (r Real[T]) Rot(n int, x []T, incX int, y []T, incY int, c, s T) {
	rot(n, x, incX, y, incY, c, s)
}

// Gemv computes y = alpha*op(A)*x + beta*y.
func (r Real[T]) Gemv(tA blas.Transpose, m, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int) {
	gemv(r.Engine(), tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
}

// Ger adds alpha*x*yᵀ to A.
func (r Real[T]) Ger(m, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int) {
	ger(r.Engine(), m, n, alpha, x, incX, y, incY, a, lda)
}

// Symv computes y = alpha*A*x + beta*y for a symmetric A.
func (r Real[T]) Symv(ul blas.Uplo, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int) {
	symv(r.Engine(), ul, n, alpha, a, lda, x, incX, beta, y, incY)
}

// Syr adds alpha*x*xᵀ to the symmetric A.
func (r Real[T]) Syr(ul blas.Uplo, n int, alpha T, x []T, incX int, a []T, lda int) {
	syr(r.Engine(), ul, n, alpha, x, incX, a, lda)
}

// Syr2 adds alpha*x*yᵀ + alpha*y*xᵀ to the symmetric A.
func (r Real[T]) Syr2(ul blas.Uplo, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int) {
	syr2(r.Engine(), ul, n, alpha, x, incX, y, incY, a, lda)
}

// Trmv computes x = op(A)*x for a triangular A.
func (r Real[T]) Trmv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []T, lda int, x []T, incX int) {
	trmv(r.Engine(), ul, tA, d, n, a, lda, x, incX)
}

// Trsv solves op(A)*x = b for a triangular A, with b in x.
func (r Real[T]) Trsv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []T, lda int, x []T, incX int) {
	trsv(r.Engine(), ul, tA, d, n, a, lda, x, incX)
}

// Gemm computes C = alpha*op(A)*op(B) + beta*C.
func (r Real[T]) Gemm(tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	gemm(r.Engine(), tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Symm computes C = alpha*A*B + beta*C, or with B on the left of A, for a
// symmetric A.
func (r Real[T]) Symm(s blas.Side, ul blas.Uplo, m, n int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	symm(r.Engine(), s, ul, m, n, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Syrk computes C = alpha*op(A)*op(A)ᵀ + beta*C for a symmetric C.
func (r Real[T]) Syrk(ul blas.Uplo, tA blas.Transpose, n, k int, alpha T, a []T, lda int, beta T, c []T, ldc int) {
	syrk(r.Engine(), ul, tA, n, k, alpha, a, lda, beta, c, ldc)
}

// Syr2k computes C = alpha*op(A)*op(B)ᵀ + alpha*op(B)*op(A)ᵀ + beta*C for a
// symmetric C.
func (r Real[T]) Syr2k(ul blas.Uplo, tA blas.Transpose, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	syr2k(r.Engine(), ul, tA, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
}

// Trmm computes B = alpha*op(A)*B or B = alpha*B*op(A) for a triangular A.
func (r Real[T]) Trmm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha T, a []T, lda int, b []T, ldb int) {
	trmm(r.Engine(), s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
}

// Trsm solves op(A)*X = alpha*B or X*op(A) = alpha*B for a triangular A and
// leaves X in B.
func (r Real[T]) Trsm(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha T, a []T, lda int, b []T, ldb int) {
	trsm(r.Engine(), s, ul, tA, d, m, n, alpha, a, lda, b, ldb)
}
