package lapack

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// This file is gonum's names for eigenvalues and singular values of Real, in
// float64.

// Dsyev is [Syev].
func (im Implementation) Dsyev(job lapack.EVJob, ul blas.Uplo, n int, a []float64, lda int, w, work []float64, lwork int) (ok bool) {
	return im.r.Syev(job, ul, n, a, lda, w, work, lwork)
}

// Dsytrd is [Sytrd].
func (im Implementation) Dsytrd(ul blas.Uplo, n int, a []float64, lda int, d, e, tau, work []float64, lwork int) {
	im.r.Sytrd(ul, n, a, lda, d, e, tau, work, lwork)
}

// Dorgtr is [Orgtr].
func (im Implementation) Dorgtr(ul blas.Uplo, n int, a []float64, lda int, tau, work []float64, lwork int) {
	im.r.Orgtr(ul, n, a, lda, tau, work, lwork)
}

// Dormtr is [Ormtr].
func (im Implementation) Dormtr(s blas.Side, ul blas.Uplo, t blas.Transpose, m, n int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int) {
	im.r.Ormtr(s, ul, t, m, n, a, lda, tau, c, ldc, work, lwork)
}

// Dsteqr is [Steqr].
func (im Implementation) Dsteqr(comp lapack.EVComp, n int, d, e, z []float64, ldz int, work []float64) (ok bool) {
	return im.r.Steqr(comp, n, d, e, z, ldz, work)
}

// Dgebrd is [Gebrd].
func (im Implementation) Dgebrd(m, n int, a []float64, lda int, d, e, tauQ, tauP, work []float64, lwork int) {
	im.r.Gebrd(m, n, a, lda, d, e, tauQ, tauP, work, lwork)
}

// Dorgbr is [Orgbr].
func (im Implementation) Dorgbr(vect lapack.GenOrtho, m, n, k int, a []float64, lda int, tau, work []float64, lwork int) {
	im.r.Orgbr(vect, m, n, k, a, lda, tau, work, lwork)
}

// Dormbr is [Ormbr].
func (im Implementation) Dormbr(vect lapack.ApplyOrtho, s blas.Side, t blas.Transpose, m, n, k int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int) {
	im.r.Ormbr(vect, s, t, m, n, k, a, lda, tau, c, ldc, work, lwork)
}

// Dbdsqr is [Bdsqr].
func (im Implementation) Dbdsqr(ul blas.Uplo, n, ncvt, nru, ncc int, d, e, vt []float64, ldvt int, u []float64, ldu int, c []float64, ldc int, work []float64) (ok bool) {
	return im.r.Bdsqr(ul, n, ncvt, nru, ncc, d, e, vt, ldvt, u, ldu, c, ldc, work)
}

// Dgesvd is [Gesvd].
func (im Implementation) Dgesvd(jobU, jobVT lapack.SVDJob, m, n int, a []float64, lda int, s, u []float64, ldu int, vt []float64, ldvt int, work []float64, lwork int) (ok bool) {
	return im.r.Gesvd(jobU, jobVT, m, n, a, lda, s, u, ldu, vt, ldvt, work, lwork)
}
