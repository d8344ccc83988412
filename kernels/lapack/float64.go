package lapack

import "gonum.org/v1/gonum/blas"

// This file is gonum's names for the factorisations of Real, in float64.

// Dpotrf is [Potrf].
func (im Implementation) Dpotrf(ul blas.Uplo, n int, a []float64, lda int) (ok bool) {
	return im.r.Potrf(ul, n, a, lda)
}

// Dpotrs is [Potrs].
func (im Implementation) Dpotrs(ul blas.Uplo, n, nrhs int, a []float64, lda int, b []float64, ldb int) {
	im.r.Potrs(ul, n, nrhs, a, lda, b, ldb)
}

// Dpotri is [Potri].
func (im Implementation) Dpotri(ul blas.Uplo, n int, a []float64, lda int) (ok bool) {
	return im.r.Potri(ul, n, a, lda)
}

// Dtrtri is [Trtri].
func (im Implementation) Dtrtri(ul blas.Uplo, d blas.Diag, n int, a []float64, lda int) (ok bool) {
	return im.r.Trtri(ul, d, n, a, lda)
}

// Dtrtrs is [Trtrs].
func (im Implementation) Dtrtrs(ul blas.Uplo, t blas.Transpose, d blas.Diag, n, nrhs int, a []float64, lda int, b []float64, ldb int) (ok bool) {
	return im.r.Trtrs(ul, t, d, n, nrhs, a, lda, b, ldb)
}

// Dgetrf is [Getrf].
func (im Implementation) Dgetrf(m, n int, a []float64, lda int, ipiv []int) (ok bool) {
	return im.r.Getrf(m, n, a, lda, ipiv)
}

// Dgetrs is [Getrs].
func (im Implementation) Dgetrs(t blas.Transpose, n, nrhs int, a []float64, lda int, ipiv []int, b []float64, ldb int) {
	im.r.Getrs(t, n, nrhs, a, lda, ipiv, b, ldb)
}

// Dgetri is [Getri].
func (im Implementation) Dgetri(n int, a []float64, lda int, ipiv []int, work []float64, lwork int) (ok bool) {
	return im.r.Getri(n, a, lda, ipiv, work, lwork)
}

// Dgesv is [Gesv].
func (im Implementation) Dgesv(n, nrhs int, a []float64, lda int, ipiv []int, b []float64, ldb int) (ok bool) {
	return im.r.Gesv(n, nrhs, a, lda, ipiv, b, ldb)
}

// Dgeqrf is [Geqrf].
func (im Implementation) Dgeqrf(m, n int, a []float64, lda int, tau, work []float64, lwork int) {
	im.r.Geqrf(m, n, a, lda, tau, work, lwork)
}

// Dgelqf is [Gelqf].
func (im Implementation) Dgelqf(m, n int, a []float64, lda int, tau, work []float64, lwork int) {
	im.r.Gelqf(m, n, a, lda, tau, work, lwork)
}

// Dormqr is [Ormqr].
func (im Implementation) Dormqr(s blas.Side, t blas.Transpose, m, n, k int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int) {
	im.r.Ormqr(s, t, m, n, k, a, lda, tau, c, ldc, work, lwork)
}

// Dormlq is [Ormlq].
func (im Implementation) Dormlq(s blas.Side, t blas.Transpose, m, n, k int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int) {
	im.r.Ormlq(s, t, m, n, k, a, lda, tau, c, ldc, work, lwork)
}

// Dorgqr is [Orgqr].
func (im Implementation) Dorgqr(m, n, k int, a []float64, lda int, tau, work []float64, lwork int) {
	im.r.Orgqr(m, n, k, a, lda, tau, work, lwork)
}

// Dorglq is [Orglq].
func (im Implementation) Dorglq(m, n, k int, a []float64, lda int, tau, work []float64, lwork int) {
	im.r.Orglq(m, n, k, a, lda, tau, work, lwork)
}

// Dgels is [Gels].
func (im Implementation) Dgels(t blas.Transpose, m, n, nrhs int, a []float64, lda int, b []float64, ldb int, work []float64, lwork int) bool {
	return im.r.Gels(t, m, n, nrhs, a, lda, b, ldb, work, lwork)
}
