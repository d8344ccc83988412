package blas

import "gonum.org/v1/gonum/blas"

// This file and complex128.go are the same but for the type: gonum's names for
// the generic functions of this package.

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
