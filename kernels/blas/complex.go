package blas

import (
	"unsafe"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// A complex product is a real one. With the elements of C and A as they lie,
// real and imaginary parts in turn, and with each element x+iy of alpha*op(B)
// as the block
//
//	⎡ x  y⎤
//	⎣-y  x⎦
//
// C = A*B + C is a product of m×2k and 2k×2n real numbers, and takes no more
// arithmetic than the complex one: the parts of an element of C are the chains
//
//	re = … fma(-a.im, b.im, fma(a.re, b.re, re)),
//	im = … fma(a.im, b.re, fma(a.re, b.im, im)).
//
// B is expanded block by block, as products copy their operands anyway; A only
// if it is transposed.

// The block of B that is expanded at a time, in complex elements: it stays in
// a second-level cache.
const (
	blockK = 128
	blockN = 512
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
	if m == 0 || n == 0 {
		return
	}
	if alpha == (num[T]{}) || k == 0 {
		c.scale(m, n, beta, d, ldd)
		return
	}
	if beta.im != 0 {
		c.scale(m, n, beta, d, ldd)
		beta = one[T]()
	}
	for p := 0; p < k; p += blockK {
		steps := min(blockK, k-p)
		var ma kernels.Matrix[T]
		if tA == blas.NoTrans {
			ma = matrix(m, 2*steps, c.at(a, lda, 0, p), 2*lda)
		} else {
			ld := oddLines[T](m)
			ma = matrix(2*steps, m, c.s.a.get(2*steps*ld), ld)
			for q := range steps {
				split(pairs(c.at(a, lda, p+q, 0)[:2*m]), ma.Data[2*q*ld:], ma.Data[(2*q+1)*ld:], tA == blas.ConjTrans)
			}
		}
		for j := 0; j < n; j += blockN {
			cols := min(blockN, n-j)
			x := expansion[T]{alpha: alpha, conj: tB == blas.ConjTrans, trans: tB != blas.NoTrans}
			rows, length := steps, cols
			if x.trans {
				rows, length = cols, steps
			}
			ld := oddLines[T](2 * length)
			mb := matrix(2*rows, 2*length, c.s.b.get(2*rows*ld), ld)
			for q := range rows {
				src := c.op(tB, b, ldb, p, j+q)
				if !x.trans {
					src = c.at(b, ldb, p+q, j)
				}
				x.row(src[:2*length], mb.Data[2*q*ld:], mb.Data[(2*q+1)*ld:])
			}
			c.e.Gemm(plain(tA), plain(tB), 1, ma, mb, beta.re, matrix(m, 2*cols, c.at(d, ldd, 0, j), 2*ldd))
		}
		beta = one[T]()
	}
}

// pair is an element seen as its parts.
type pair[T kernels.Float] = [2]T

func pairs[T kernels.Float](x []T) []pair[T] {
	return unsafe.Slice((*pair[T])(unsafe.Pointer(unsafe.SliceData(x))), len(x)/2)
}

// split copies the real parts of x to re and the imaginary ones to im.
func split[T kernels.Float](x []pair[T], re, im []T, conj bool) {
	re, im = re[:len(x)], im[:len(x)]
	if conj {
		for i, v := range x {
			re[i], im[i] = v[0], -v[1]
		}
		return
	}
	for i, v := range x {
		re[i], im[i] = v[0], v[1]
	}
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
