package blas

import "gonum.org/v1/gonum/blas"

// This file and complex64.go are the same but for the type: gonum's names for
// the generic functions of this package.

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
