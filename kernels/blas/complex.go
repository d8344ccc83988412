package blas

import (
	"unsafe"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// parts returns the parts of x's elements, in turn.
func parts64(x []complex64) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(x))), 2*len(x))
}

func parts128(x []complex128) []float64 {
	return unsafe.Slice((*float64)(unsafe.Pointer(unsafe.SliceData(x))), 2*len(x))
}

func num64(x complex64) num[float32]   { return num[float32]{real(x), imag(x)} }
func num128(x complex128) num[float64] { return num[float64]{real(x), imag(x)} }

// complexGemm is gemm for complex matrices.
func (c *calc[T]) complexGemm(tA, tB blas.Transpose, m, n, k int, alpha num[T], a []T, lda int, b []T, ldb int, beta num[T], d []T, ldd int) {
	c.e.GemmComplex(transpose(tA), transpose(tB), alpha.pair(), stored(tA, m, k, a, lda), stored(tB, k, n, b, ldb), beta.pair(), matrix(m, n, d, ldd))
}

func (x num[T]) pair() [2]T { return [2]T{x.re, x.im} }

// transpose returns t as package kernels knows it.
func transpose(t blas.Transpose) kernels.Transpose { return kernels.Transpose(t) }

// pair is an element seen as its parts.
type pair[T kernels.Float] = [2]T

func pairs[T kernels.Float](x []T) []pair[T] {
	return unsafe.Slice((*pair[T])(unsafe.Pointer(unsafe.SliceData(x))), len(x)/2)
}

// expansion says what to make of an element of B.
type expansion[T kernels.Float] struct {
	alpha       num[T]
	conj, trans bool
}

// row expands the elements of src to two rows: those of the blocks or, for a
// transposed B, their columns.
func (x *expansion[T]) row(src, d0, d1 []T) {
	if x.alpha != one[T]() {
		x.scaled(pairs(src), pairs(d0), pairs(d1))
		return
	}
	// Conjugated is always transposed, too.
	if x.conj || !x.trans {
		copy(d0, src)
		turned(pairs(src), pairs(d1))
		return
	}
	s, p, q := pairs(src), pairs(d0), pairs(d1)
	p, q = p[:len(s)], q[:len(s)]
	for i, v := range s {
		p[i], q[i] = pair[T]{v[0], -v[1]}, pair[T]{v[1], v[0]}
	}
}

// turned makes each element of d that of s times i.
func turned[T kernels.Float](s, d []pair[T]) {
	d = d[:len(s)]
	for i, v := range s {
		d[i] = pair[T]{-v[1], v[0]}
	}
}

// scaled is row for an alpha that is not one.
func (x *expansion[T]) scaled(s, d0, d1 []pair[T]) {
	d0, d1 = d0[:len(s)], d1[:len(s)]
	for i, e := range s {
		v := num[T]{e[0], e[1]}
		if x.conj {
			v.im = -v.im
		}
		v = x.alpha.mul(v)
		if x.trans {
			d0[i], d1[i] = pair[T]{v.re, -v.im}, pair[T]{v.im, v.re}
		} else {
			d0[i], d1[i] = pair[T]{v.re, v.im}, pair[T]{-v.im, v.re}
		}
	}
}

// inverse returns 1/x by R. Smith's method (Algorithm 116, CACM 5(8), 1962),
// which keeps clear of squares that overflow.
func (x num[T]) inverse() num[T] {
	re, im := x.re, x.im
	switch {
	case im == 0:
		return num[T]{re: 1 / re}
	case max(re, -re) >= max(im, -im):
		q := im / re
		d := re + T(im*q)
		return num[T]{1 / d, -q / d}
	}
	q := re / im
	d := im + T(re*q)
	return num[T]{q / d, -1 / d}
}

// over returns x/y by the same method.
func (x num[T]) over(y num[T]) num[T] {
	switch {
	case y.im == 0:
		return num[T]{x.re / y.re, x.im / y.re}
	case max(y.re, -y.re) >= max(y.im, -y.im):
		q := y.im / y.re
		d := y.re + T(y.im*q)
		return num[T]{(x.re + T(x.im*q)) / d, (x.im - T(x.re*q)) / d}
	}
	q := y.re / y.im
	d := y.im + T(y.re*q)
	return num[T]{(T(x.re*q) + x.im) / d, (T(x.im*q) - x.re) / d}
}

// Checked calls, for both complex types. The slices hold parts, the counts
// are of elements.

func gemmC[T kernels.Float](e *kernels.Engine[T], tA, tB blas.Transpose, m, n, k int, alpha num[T], a []T, lda int, b []T, ldb int, beta num[T], d []T, ldd int) {
	if checkGemm(tA, tB, m, n, k, len(a)/2, lda, len(b)/2, ldb, len(d)/2, ldd) {
		c := calc[T]{e, getScratch[T](), 2}
		c.complexGemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, d, ldd)
		putScratch(c.s)
	}
}

func symmC[T kernels.Float](e *kernels.Engine[T], t blas.Transpose, s blas.Side, ul blas.Uplo, m, n int, alpha num[T], a []T, lda int, b []T, ldb int, beta num[T], d []T, ldd int) {
	if checkSymm(s, ul, m, n, len(a)/2, lda, len(b)/2, ldb, len(d)/2, ldd) {
		c := calc[T]{e, getScratch[T](), 2}
		c.symm(t, s, ul, m, n, alpha, a, lda, b, ldb, beta, d, ldd)
		putScratch(c.s)
	}
}

func rankKC[T kernels.Float](e *kernels.Engine[T], flip blas.Transpose, ul blas.Uplo, t blas.Transpose, n, k int, alpha num[T], a []T, lda int, beta num[T], d []T, ldd int) {
	if checkRankK(ul, t, flip, n, k, len(a)/2, lda, -1, 0, len(d)/2, ldd) {
		rankK(e, 2, flip, ul, t, n, k, alpha, a, lda, nil, 0, beta, d, ldd)
	}
}

func rank2KC[T kernels.Float](e *kernels.Engine[T], flip blas.Transpose, ul blas.Uplo, t blas.Transpose, n, k int, alpha num[T], a []T, lda int, b []T, ldb int, beta num[T], d []T, ldd int) {
	if checkRankK(ul, t, flip, n, k, len(a)/2, lda, len(b)/2, ldb, len(d)/2, ldd) {
		rankK(e, 2, flip, ul, t, n, k, alpha, a, lda, b, ldb, beta, d, ldd)
	}
}

func triC[T kernels.Float](e *kernels.Engine[T], solve bool, s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha num[T], a []T, lda int, b []T, ldb int) {
	if checkTri(s, ul, t, d, m, n, len(a)/2, lda, len(b)/2, ldb) {
		tri(e, 2, solve, s, ul, t, d, m, n, alpha, a, lda, b, ldb)
	}
}
