package blas

import "gonum.org/v1/gonum/blas"

// This file and complex64.go are the same but for the type: gonum's names for
// the generic functions of this package.

// Zdotu returns Σ x[i]*y[i].
func (im Implementation) Zdotu(n int, x []complex128, incX int, y []complex128, incY int) complex128 {
	d, ok := dotC(im.f64(), false, n, parts128(x), incX, parts128(y), incY)
	if !ok {
		return im.Implementation.Zdotu(n, x, incX, y, incY)
	}
	return complex(d.re, d.im)
}

// Zdotc returns Σ conj(x[i])*y[i].
func (im Implementation) Zdotc(n int, x []complex128, incX int, y []complex128, incY int) complex128 {
	d, ok := dotC(im.f64(), true, n, parts128(x), incX, parts128(y), incY)
	if !ok {
		return im.Implementation.Zdotc(n, x, incX, y, incY)
	}
	return complex(d.re, d.im)
}

// Dznrm2 returns √(Σ |x[i]|²), and 0 if incX is negative.
func (im Implementation) Dznrm2(n int, x []complex128, incX int) float64 {
	r, ok := nrm2C(im.f64(), n, parts128(x), incX)
	if !ok {
		return im.Implementation.Dznrm2(n, x, incX)
	}
	return r
}

// Dzasum returns Σ |real(x[i])| + |imag(x[i])|, and 0 if incX is negative.
func (im Implementation) Dzasum(n int, x []complex128, incX int) float64 {
	r, ok := asumC(im.f64(), n, parts128(x), incX)
	if !ok {
		return im.Implementation.Dzasum(n, x, incX)
	}
	return r
}

// Izamax returns the index of the first number with a NaN or, if there is none,
// of the first with the largest |real(x[i])| + |imag(x[i])|. It is -1 if there
// are no numbers or incX is negative.
func (im Implementation) Izamax(n int, x []complex128, incX int) int {
	i, ok := iamaxC(im.f64(), n, parts128(x), incX)
	if !ok {
		return im.Implementation.Izamax(n, x, incX)
	}
	return i
}

// Zaxpy adds alpha*x to y. With alpha = 0, x is not read.
func (im Implementation) Zaxpy(n int, alpha complex128, x []complex128, incX int, y []complex128, incY int) {
	if !axpyC(im.f64(), n, num128(alpha), parts128(x), incX, parts128(y), incY) {
		im.Implementation.Zaxpy(n, alpha, x, incX, y, incY)
	}
}

// Zscal multiplies x by alpha; alpha = 0 clears it. It does nothing if incX is
// negative.
func (im Implementation) Zscal(n int, alpha complex128, x []complex128, incX int) {
	if !scalC(im.f64(), n, num128(alpha), parts128(x), incX) {
		im.Implementation.Zscal(n, alpha, x, incX)
	}
}

// Zdscal multiplies x by a real alpha, as Zscal does.
func (im Implementation) Zdscal(n int, alpha float64, x []complex128, incX int) {
	if !scalC(im.f64(), n, num[float64]{re: alpha}, parts128(x), incX) {
		im.Implementation.Zdscal(n, alpha, x, incX)
	}
}

// Zgemv computes y = alpha*op(A)*x + beta*y.
func (im Implementation) Zgemv(tA blas.Transpose, m, n int, alpha complex128, a []complex128, lda int, x []complex128, incX int, beta complex128, y []complex128, incY int) {
	if !gemvC(im.f64(), tA, m, n, num128(alpha), parts128(a), lda, parts128(x), incX, num128(beta), parts128(y), incY) {
		im.Implementation.Zgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
	}
}

// Zgeru adds alpha*x*yᵀ to A.
func (im Implementation) Zgeru(m, n int, alpha complex128, x []complex128, incX int, y []complex128, incY int, a []complex128, lda int) {
	if !gerC(im.f64(), false, m, n, num128(alpha), parts128(x), incX, parts128(y), incY, parts128(a), lda) {
		im.Implementation.Zgeru(m, n, alpha, x, incX, y, incY, a, lda)
	}
}

// Zgerc adds alpha*x*yᴴ to A.
func (im Implementation) Zgerc(m, n int, alpha complex128, x []complex128, incX int, y []complex128, incY int, a []complex128, lda int) {
	if !gerC(im.f64(), true, m, n, num128(alpha), parts128(x), incX, parts128(y), incY, parts128(a), lda) {
		im.Implementation.Zgerc(m, n, alpha, x, incX, y, incY, a, lda)
	}
}

// Zhemv computes y = alpha*A*x + beta*y for a Hermitian A.
func (im Implementation) Zhemv(ul blas.Uplo, n int, alpha complex128, a []complex128, lda int, x []complex128, incX int, beta complex128, y []complex128, incY int) {
	if !hemvC(im.f64(), ul, n, num128(alpha), parts128(a), lda, parts128(x), incX, num128(beta), parts128(y), incY) {
		im.Implementation.Zhemv(ul, n, alpha, a, lda, x, incX, beta, y, incY)
	}
}

// Zher adds alpha*x*xᴴ to the Hermitian A.
func (im Implementation) Zher(ul blas.Uplo, n int, alpha float64, x []complex128, incX int, a []complex128, lda int) {
	if !herC(im.f64(), ul, n, alpha, parts128(x), incX, parts128(a), lda) {
		im.Implementation.Zher(ul, n, alpha, x, incX, a, lda)
	}
}

// Zher2 adds alpha*x*yᴴ + conj(alpha)*y*xᴴ to the Hermitian A.
func (im Implementation) Zher2(ul blas.Uplo, n int, alpha complex128, x []complex128, incX int, y []complex128, incY int, a []complex128, lda int) {
	if !her2C(im.f64(), ul, n, num128(alpha), parts128(x), incX, parts128(y), incY, parts128(a), lda) {
		im.Implementation.Zher2(ul, n, alpha, x, incX, y, incY, a, lda)
	}
}

// Ztrmv computes x = op(A)*x for a triangular A.
func (im Implementation) Ztrmv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []complex128, lda int, x []complex128, incX int) {
	if !trvC(im.f64(), false, ul, tA, d, n, parts128(a), lda, parts128(x), incX) {
		im.Implementation.Ztrmv(ul, tA, d, n, a, lda, x, incX)
	}
}

// Ztrsv solves op(A)*x = b for a triangular A, with b in x.
func (im Implementation) Ztrsv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []complex128, lda int, x []complex128, incX int) {
	if !trvC(im.f64(), true, ul, tA, d, n, parts128(a), lda, parts128(x), incX) {
		im.Implementation.Ztrsv(ul, tA, d, n, a, lda, x, incX)
	}
}

// Zgemm computes C = alpha*op(A)*op(B) + beta*C.
func (im Implementation) Zgemm(tA, tB blas.Transpose, m, n, k int, alpha complex128, a []complex128, lda int, b []complex128, ldb int, beta complex128, c []complex128, ldc int) {
	gemmC(im.f64(), tA, tB, m, n, k, num128(alpha), parts128(a), lda, parts128(b), ldb, num128(beta), parts128(c), ldc)
}

// Zsymm computes C = alpha*A*B + beta*C, or with B on the left of A, for a
// symmetric A.
func (im Implementation) Zsymm(s blas.Side, ul blas.Uplo, m, n int, alpha complex128, a []complex128, lda int, b []complex128, ldb int, beta complex128, c []complex128, ldc int) {
	symmC(im.f64(), blas.Trans, s, ul, m, n, num128(alpha), parts128(a), lda, parts128(b), ldb, num128(beta), parts128(c), ldc)
}

// Zhemm computes C = alpha*A*B + beta*C, or with B on the left of A, for a
// Hermitian A.
func (im Implementation) Zhemm(s blas.Side, ul blas.Uplo, m, n int, alpha complex128, a []complex128, lda int, b []complex128, ldb int, beta complex128, c []complex128, ldc int) {
	symmC(im.f64(), blas.ConjTrans, s, ul, m, n, num128(alpha), parts128(a), lda, parts128(b), ldb, num128(beta), parts128(c), ldc)
}

// Zsyrk computes C = alpha*op(A)*op(A)ᵀ + beta*C for a symmetric C.
func (im Implementation) Zsyrk(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex128, a []complex128, lda int, beta complex128, c []complex128, ldc int) {
	rankKC(im.f64(), blas.Trans, ul, t, n, k, num128(alpha), parts128(a), lda, num128(beta), parts128(c), ldc)
}

// Zherk computes C = alpha*op(A)*op(A)ᴴ + beta*C for a Hermitian C.
func (im Implementation) Zherk(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []complex128, lda int, beta float64, c []complex128, ldc int) {
	rankKC(im.f64(), blas.ConjTrans, ul, t, n, k, num[float64]{re: alpha}, parts128(a), lda, num[float64]{re: beta}, parts128(c), ldc)
}

// Zsyr2k computes C = alpha*op(A)*op(B)ᵀ + alpha*op(B)*op(A)ᵀ + beta*C for a
// symmetric C.
func (im Implementation) Zsyr2k(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex128, a []complex128, lda int, b []complex128, ldb int, beta complex128, c []complex128, ldc int) {
	rank2KC(im.f64(), blas.Trans, ul, t, n, k, num128(alpha), parts128(a), lda, parts128(b), ldb, num128(beta), parts128(c), ldc)
}

// Zher2k computes C = alpha*op(A)*op(B)ᴴ + conj(alpha)*op(B)*op(A)ᴴ + beta*C
// for a Hermitian C.
func (im Implementation) Zher2k(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex128, a []complex128, lda int, b []complex128, ldb int, beta float64, c []complex128, ldc int) {
	rank2KC(im.f64(), blas.ConjTrans, ul, t, n, k, num128(alpha), parts128(a), lda, parts128(b), ldb, num[float64]{re: beta}, parts128(c), ldc)
}

// Ztrmm computes B = alpha*op(A)*B or B = alpha*B*op(A) for a triangular A.
func (im Implementation) Ztrmm(s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha complex128, a []complex128, lda int, b []complex128, ldb int) {
	triC(im.f64(), false, s, ul, t, d, m, n, num128(alpha), parts128(a), lda, parts128(b), ldb)
}

// Ztrsm solves op(A)*X = alpha*B or X*op(A) = alpha*B for a triangular A and
// leaves X in B.
func (im Implementation) Ztrsm(s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha complex128, a []complex128, lda int, b []complex128, ldb int) {
	triC(im.f64(), true, s, ul, t, d, m, n, num128(alpha), parts128(a), lda, parts128(b), ldb)
}
