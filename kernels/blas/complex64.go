package blas

import "gonum.org/v1/gonum/blas"

// This file and complex128.go are the same but for the type: gonum's names for
// the generic functions of this package.

// Cdotu returns Σ x[i]*y[i].
func (im Implementation) Cdotu(n int, x []complex64, incX int, y []complex64, incY int) complex64 {
	d, ok := dotC(im.f32(), false, n, parts64(x), incX, parts64(y), incY)
	if !ok {
		return im.Implementation.Cdotu(n, x, incX, y, incY)
	}
	return complex(d.re, d.im)
}

// Cdotc returns Σ conj(x[i])*y[i].
func (im Implementation) Cdotc(n int, x []complex64, incX int, y []complex64, incY int) complex64 {
	d, ok := dotC(im.f32(), true, n, parts64(x), incX, parts64(y), incY)
	if !ok {
		return im.Implementation.Cdotc(n, x, incX, y, incY)
	}
	return complex(d.re, d.im)
}

// Scnrm2 returns √(Σ |x[i]|²), and 0 if incX is negative.
func (im Implementation) Scnrm2(n int, x []complex64, incX int) float32 {
	r, ok := nrm2C(im.f32(), n, parts64(x), incX)
	if !ok {
		return im.Implementation.Scnrm2(n, x, incX)
	}
	return r
}

// Scasum returns Σ |real(x[i])| + |imag(x[i])|, and 0 if incX is negative.
func (im Implementation) Scasum(n int, x []complex64, incX int) float32 {
	r, ok := asumC(im.f32(), n, parts64(x), incX)
	if !ok {
		return im.Implementation.Scasum(n, x, incX)
	}
	return r
}

// Icamax returns the index of the first number with a NaN or, if there is none,
// of the first with the largest |real(x[i])| + |imag(x[i])|. It is -1 if there
// are no numbers or incX is negative.
func (im Implementation) Icamax(n int, x []complex64, incX int) int {
	i, ok := iamaxC(im.f32(), n, parts64(x), incX)
	if !ok {
		return im.Implementation.Icamax(n, x, incX)
	}
	return i
}

// Caxpy adds alpha*x to y. With alpha = 0, x is not read.
func (im Implementation) Caxpy(n int, alpha complex64, x []complex64, incX int, y []complex64, incY int) {
	if !axpyC(im.f32(), n, num64(alpha), parts64(x), incX, parts64(y), incY) {
		im.Implementation.Caxpy(n, alpha, x, incX, y, incY)
	}
}

// Cscal multiplies x by alpha; alpha = 0 clears it. It does nothing if incX is
// negative.
func (im Implementation) Cscal(n int, alpha complex64, x []complex64, incX int) {
	if !scalC(im.f32(), n, num64(alpha), parts64(x), incX) {
		im.Implementation.Cscal(n, alpha, x, incX)
	}
}

// Csscal multiplies x by a real alpha, as Cscal does.
func (im Implementation) Csscal(n int, alpha float32, x []complex64, incX int) {
	if !scalC(im.f32(), n, num[float32]{re: alpha}, parts64(x), incX) {
		im.Implementation.Csscal(n, alpha, x, incX)
	}
}

// Cgemv computes y = alpha*op(A)*x + beta*y.
func (im Implementation) Cgemv(tA blas.Transpose, m, n int, alpha complex64, a []complex64, lda int, x []complex64, incX int, beta complex64, y []complex64, incY int) {
	if !gemvC(im.f32(), tA, m, n, num64(alpha), parts64(a), lda, parts64(x), incX, num64(beta), parts64(y), incY) {
		im.Implementation.Cgemv(tA, m, n, alpha, a, lda, x, incX, beta, y, incY)
	}
}

// Cgeru adds alpha*x*yᵀ to A.
func (im Implementation) Cgeru(m, n int, alpha complex64, x []complex64, incX int, y []complex64, incY int, a []complex64, lda int) {
	if !gerC(im.f32(), false, m, n, num64(alpha), parts64(x), incX, parts64(y), incY, parts64(a), lda) {
		im.Implementation.Cgeru(m, n, alpha, x, incX, y, incY, a, lda)
	}
}

// Cgerc adds alpha*x*yᴴ to A.
func (im Implementation) Cgerc(m, n int, alpha complex64, x []complex64, incX int, y []complex64, incY int, a []complex64, lda int) {
	if !gerC(im.f32(), true, m, n, num64(alpha), parts64(x), incX, parts64(y), incY, parts64(a), lda) {
		im.Implementation.Cgerc(m, n, alpha, x, incX, y, incY, a, lda)
	}
}

// Chemv computes y = alpha*A*x + beta*y for a Hermitian A.
func (im Implementation) Chemv(ul blas.Uplo, n int, alpha complex64, a []complex64, lda int, x []complex64, incX int, beta complex64, y []complex64, incY int) {
	if !hemvC(im.f32(), ul, n, num64(alpha), parts64(a), lda, parts64(x), incX, num64(beta), parts64(y), incY) {
		im.Implementation.Chemv(ul, n, alpha, a, lda, x, incX, beta, y, incY)
	}
}

// Cher adds alpha*x*xᴴ to the Hermitian A.
func (im Implementation) Cher(ul blas.Uplo, n int, alpha float32, x []complex64, incX int, a []complex64, lda int) {
	if !herC(im.f32(), ul, n, alpha, parts64(x), incX, parts64(a), lda) {
		im.Implementation.Cher(ul, n, alpha, x, incX, a, lda)
	}
}

// Cher2 adds alpha*x*yᴴ + conj(alpha)*y*xᴴ to the Hermitian A.
func (im Implementation) Cher2(ul blas.Uplo, n int, alpha complex64, x []complex64, incX int, y []complex64, incY int, a []complex64, lda int) {
	if !her2C(im.f32(), ul, n, num64(alpha), parts64(x), incX, parts64(y), incY, parts64(a), lda) {
		im.Implementation.Cher2(ul, n, alpha, x, incX, y, incY, a, lda)
	}
}

// Ctrmv computes x = op(A)*x for a triangular A.
func (im Implementation) Ctrmv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []complex64, lda int, x []complex64, incX int) {
	if !trvC(im.f32(), false, ul, tA, d, n, parts64(a), lda, parts64(x), incX) {
		im.Implementation.Ctrmv(ul, tA, d, n, a, lda, x, incX)
	}
}

// Ctrsv solves op(A)*x = b for a triangular A, with b in x.
func (im Implementation) Ctrsv(ul blas.Uplo, tA blas.Transpose, d blas.Diag, n int, a []complex64, lda int, x []complex64, incX int) {
	if !trvC(im.f32(), true, ul, tA, d, n, parts64(a), lda, parts64(x), incX) {
		im.Implementation.Ctrsv(ul, tA, d, n, a, lda, x, incX)
	}
}

// Cgemm computes C = alpha*op(A)*op(B) + beta*C.
func (im Implementation) Cgemm(tA, tB blas.Transpose, m, n, k int, alpha complex64, a []complex64, lda int, b []complex64, ldb int, beta complex64, c []complex64, ldc int) {
	gemmC(im.f32(), tA, tB, m, n, k, num64(alpha), parts64(a), lda, parts64(b), ldb, num64(beta), parts64(c), ldc)
}

// Csymm computes C = alpha*A*B + beta*C, or with B on the left of A, for a
// symmetric A.
func (im Implementation) Csymm(s blas.Side, ul blas.Uplo, m, n int, alpha complex64, a []complex64, lda int, b []complex64, ldb int, beta complex64, c []complex64, ldc int) {
	symmC(im.f32(), blas.Trans, s, ul, m, n, num64(alpha), parts64(a), lda, parts64(b), ldb, num64(beta), parts64(c), ldc)
}

// Chemm computes C = alpha*A*B + beta*C, or with B on the left of A, for a
// Hermitian A.
func (im Implementation) Chemm(s blas.Side, ul blas.Uplo, m, n int, alpha complex64, a []complex64, lda int, b []complex64, ldb int, beta complex64, c []complex64, ldc int) {
	symmC(im.f32(), blas.ConjTrans, s, ul, m, n, num64(alpha), parts64(a), lda, parts64(b), ldb, num64(beta), parts64(c), ldc)
}

// Csyrk computes C = alpha*op(A)*op(A)ᵀ + beta*C for a symmetric C.
func (im Implementation) Csyrk(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex64, a []complex64, lda int, beta complex64, c []complex64, ldc int) {
	rankKC(im.f32(), blas.Trans, ul, t, n, k, num64(alpha), parts64(a), lda, num64(beta), parts64(c), ldc)
}

// Cherk computes C = alpha*op(A)*op(A)ᴴ + beta*C for a Hermitian C.
func (im Implementation) Cherk(ul blas.Uplo, t blas.Transpose, n, k int, alpha float32, a []complex64, lda int, beta float32, c []complex64, ldc int) {
	rankKC(im.f32(), blas.ConjTrans, ul, t, n, k, num[float32]{re: alpha}, parts64(a), lda, num[float32]{re: beta}, parts64(c), ldc)
}

// Csyr2k computes C = alpha*op(A)*op(B)ᵀ + alpha*op(B)*op(A)ᵀ + beta*C for a
// symmetric C.
func (im Implementation) Csyr2k(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex64, a []complex64, lda int, b []complex64, ldb int, beta complex64, c []complex64, ldc int) {
	rank2KC(im.f32(), blas.Trans, ul, t, n, k, num64(alpha), parts64(a), lda, parts64(b), ldb, num64(beta), parts64(c), ldc)
}

// Cher2k computes C = alpha*op(A)*op(B)ᴴ + conj(alpha)*op(B)*op(A)ᴴ + beta*C
// for a Hermitian C.
func (im Implementation) Cher2k(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex64, a []complex64, lda int, b []complex64, ldb int, beta float32, c []complex64, ldc int) {
	rank2KC(im.f32(), blas.ConjTrans, ul, t, n, k, num64(alpha), parts64(a), lda, parts64(b), ldb, num[float32]{re: beta}, parts64(c), ldc)
}

// Ctrmm computes B = alpha*op(A)*B or B = alpha*B*op(A) for a triangular A.
func (im Implementation) Ctrmm(s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha complex64, a []complex64, lda int, b []complex64, ldb int) {
	triC(im.f32(), false, s, ul, t, d, m, n, num64(alpha), parts64(a), lda, parts64(b), ldb)
}

// Ctrsm solves op(A)*X = alpha*B or X*op(A) = alpha*B for a triangular A and
// leaves X in B.
func (im Implementation) Ctrsm(s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha complex64, a []complex64, lda int, b []complex64, ldb int) {
	triC(im.f32(), true, s, ul, t, d, m, n, num64(alpha), parts64(a), lda, parts64(b), ldb)
}
