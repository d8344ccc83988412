package blas

import (
	"gonum.org/v1/gonum/blas"
)

// element is the four types of BLAS.
type element interface {
	float32 | float64 | complex64 | complex128
}

// api is the routines under test, for one type. What a type has not is nil:
// her is her for complex types, and syr for real ones.
type api[E element] struct {
	dot   func(n int, x []E, incX int, y []E, incY int) E
	nrm2  func(n int, x []E, incX int) float64
	asum  func(n int, x []E, incX int) float64
	iamax func(n int, x []E, incX int) int
	swap  func(n int, x []E, incX int, y []E, incY int)
	copy  func(n int, x []E, incX int, y []E, incY int)
	axpy  func(n int, alpha E, x []E, incX int, y []E, incY int)
	scal  func(n int, alpha E, x []E, incX int)

	gemv func(t blas.Transpose, m, n int, alpha E, a []E, lda int, x []E, incX int, beta E, y []E, incY int)
	ger  func(m, n int, alpha E, x []E, incX int, y []E, incY int, a []E, lda int)
	symv func(ul blas.Uplo, n int, alpha E, a []E, lda int, x []E, incX int, beta E, y []E, incY int)
	syr  func(ul blas.Uplo, n int, alpha E, x []E, incX int, a []E, lda int)
	syr2 func(ul blas.Uplo, n int, alpha E, x []E, incX int, y []E, incY int, a []E, lda int)
	trmv func(ul blas.Uplo, t blas.Transpose, d blas.Diag, n int, a []E, lda int, x []E, incX int)
	trsv func(ul blas.Uplo, t blas.Transpose, d blas.Diag, n int, a []E, lda int, x []E, incX int)

	gemm         func(tA, tB blas.Transpose, m, n, k int, alpha E, a []E, lda int, b []E, ldb int, beta E, c []E, ldc int)
	symm, hemm   func(s blas.Side, ul blas.Uplo, m, n int, alpha E, a []E, lda int, b []E, ldb int, beta E, c []E, ldc int)
	syrk         func(ul blas.Uplo, t blas.Transpose, n, k int, alpha E, a []E, lda int, beta E, c []E, ldc int)
	herk         func(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []E, lda int, beta float64, c []E, ldc int)
	syr2k, her2k func(ul blas.Uplo, t blas.Transpose, n, k int, alpha E, a []E, lda int, b []E, ldb int, beta E, c []E, ldc int)
	trmm, trsm   func(s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha E, a []E, lda int, b []E, ldb int)
}

func api32(im blas.Float32) *api[float32] {
	return &api[float32]{
		dot:   im.Sdot,
		nrm2:  func(n int, x []float32, incX int) float64 { return float64(im.Snrm2(n, x, incX)) },
		asum:  func(n int, x []float32, incX int) float64 { return float64(im.Sasum(n, x, incX)) },
		iamax: im.Isamax, swap: im.Sswap, copy: im.Scopy, axpy: im.Saxpy, scal: im.Sscal,
		gemv: im.Sgemv, ger: im.Sger, symv: im.Ssymv, syr: im.Ssyr, syr2: im.Ssyr2, trmv: im.Strmv, trsv: im.Strsv,
		gemm: im.Sgemm, symm: im.Ssymm, syrk: im.Ssyrk, syr2k: im.Ssyr2k, trmm: im.Strmm, trsm: im.Strsm,
	}
}

func api64(im blas.Float64) *api[float64] {
	return &api[float64]{
		dot: im.Ddot, nrm2: im.Dnrm2, asum: im.Dasum,
		iamax: im.Idamax, swap: im.Dswap, copy: im.Dcopy, axpy: im.Daxpy, scal: im.Dscal,
		gemv: im.Dgemv, ger: im.Dger, symv: im.Dsymv, syr: im.Dsyr, syr2: im.Dsyr2, trmv: im.Dtrmv, trsv: im.Dtrsv,
		gemm: im.Dgemm, symm: im.Dsymm, syrk: im.Dsyrk, syr2k: im.Dsyr2k, trmm: im.Dtrmm, trsm: im.Dtrsm,
	}
}

func apiC64(im blas.Complex64) *api[complex64] {
	return &api[complex64]{
		dot:   im.Cdotu,
		nrm2:  func(n int, x []complex64, incX int) float64 { return float64(im.Scnrm2(n, x, incX)) },
		asum:  func(n int, x []complex64, incX int) float64 { return float64(im.Scasum(n, x, incX)) },
		iamax: im.Icamax, swap: im.Cswap, copy: im.Ccopy, axpy: im.Caxpy, scal: im.Cscal,
		gemv: im.Cgemv, ger: im.Cgeru, symv: im.Chemv, syr2: im.Cher2, trmv: im.Ctrmv, trsv: im.Ctrsv,
		syr: func(ul blas.Uplo, n int, alpha complex64, x []complex64, incX int, a []complex64, lda int) {
			im.Cher(ul, n, real(alpha), x, incX, a, lda)
		},
		gemm: im.Cgemm, symm: im.Csymm, hemm: im.Chemm, syrk: im.Csyrk, syr2k: im.Csyr2k, trmm: im.Ctrmm, trsm: im.Ctrsm,
		herk: func(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []complex64, lda int, beta float64, c []complex64, ldc int) {
			im.Cherk(ul, t, n, k, float32(alpha), a, lda, float32(beta), c, ldc)
		},
		her2k: func(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex64, a []complex64, lda int, b []complex64, ldb int, beta complex64, c []complex64, ldc int) {
			im.Cher2k(ul, t, n, k, alpha, a, lda, b, ldb, real(beta), c, ldc)
		},
	}
}

func apiC128(im blas.Complex128) *api[complex128] {
	return &api[complex128]{
		dot: im.Zdotu, nrm2: im.Dznrm2, asum: im.Dzasum,
		iamax: im.Izamax, swap: im.Zswap, copy: im.Zcopy, axpy: im.Zaxpy, scal: im.Zscal,
		gemv: im.Zgemv, ger: im.Zgeru, symv: im.Zhemv, syr2: im.Zher2, trmv: im.Ztrmv, trsv: im.Ztrsv,
		syr: func(ul blas.Uplo, n int, alpha complex128, x []complex128, incX int, a []complex128, lda int) {
			im.Zher(ul, n, real(alpha), x, incX, a, lda)
		},
		gemm: im.Zgemm, symm: im.Zsymm, hemm: im.Zhemm, syrk: im.Zsyrk, syr2k: im.Zsyr2k, trmm: im.Ztrmm, trsm: im.Ztrsm,
		herk: im.Zherk,
		her2k: func(ul blas.Uplo, t blas.Transpose, n, k int, alpha complex128, a []complex128, lda int, b []complex128, ldb int, beta complex128, c []complex128, ldc int) {
			im.Zher2k(ul, t, n, k, alpha, a, lda, b, ldb, real(beta), c, ldc)
		},
	}
}
