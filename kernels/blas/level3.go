package blas

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// Level 3 is recursive: a problem is halved until a diagonal block of at most
// leaf rows is left, and all else is products, which run at the engine's speed
// and on its workers. Sizes of blocks are part of the definition of a result.
//
// One code serves real and complex matrices. A complex matrix is seen as the
// parts of its elements, real and imaginary in turn.

// num is a scalar. A real one has no imaginary part.
type num[T kernels.Float] struct{ re, im T }

func (x num[T]) conj() num[T] { return num[T]{x.re, -x.im} }

// mul returns x*y, each product rounded.
func (x num[T]) mul(y num[T]) num[T] {
	if x.im == 0 && y.im == 0 {
		return num[T]{re: x.re * y.re}
	}
	return num[T]{T(x.re*y.re) - T(x.im*y.im), T(x.re*y.im) + T(x.im*y.re)}
}

// calc is a call in progress.
type calc[T kernels.Float] struct {
	e *kernels.Engine[T]
	s *scratch[T]
	w int // the parts of an element: 1 if real, 2 if complex
}

func one[T kernels.Float]() num[T] { return num[T]{re: 1} }

// at returns the elements of a from (i, j) on.
func (c *calc[T]) at(a []T, lda, i, j int) []T { return a[c.w*(i*lda+j):] }

// op returns the elements of op(A) from (i, j) on.
func (c *calc[T]) op(t blas.Transpose, a []T, lda, i, j int) []T {
	if t == blas.NoTrans {
		return c.at(a, lda, i, j)
	}
	return c.at(a, lda, j, i)
}

// gemm computes D = alpha*op(A)*op(B) + beta*D on checked arguments.
func (c *calc[T]) gemm(tA, tB blas.Transpose, m, n, k int, alpha num[T], a []T, lda int, b []T, ldb int, beta num[T], d []T, ldd int) {
	if c.w == 2 {
		c.complexGemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, d, ldd)
		return
	}
	c.e.Gemm(plain(tA), plain(tB), alpha.re, stored(tA, m, k, a, lda), stored(tB, k, n, b, ldb), beta.re, matrix(m, n, d, ldd))
}

// stored returns the matrix in memory of which op(A) is m×n.
func stored[T kernels.Float](t blas.Transpose, m, n int, a []T, lda int) kernels.Matrix[T] {
	if t == blas.NoTrans {
		return matrix(m, n, a, lda)
	}
	return matrix(n, m, a, lda)
}

// scale computes D = beta*D for m×n elements; beta = 0 clears.
func (c *calc[T]) scale(m, n int, beta num[T], d []T, ldd int) {
	for i := range m {
		c.scaleRow(beta, c.at(d, ldd, i, 0)[:c.w*n])
	}
}

func (c *calc[T]) scaleRow(beta num[T], row []T) {
	switch {
	case beta == num[T]{}:
		clear(row)
	case beta == one[T]():
	default:
		c.multiplyRow(beta, row)
	}
}

// multiplyRow computes x = alpha*x, whatever alpha is.
func (c *calc[T]) multiplyRow(alpha num[T], x []T) {
	if alpha.im == 0 {
		if len(x) > narrow {
			c.e.Scal(alpha.re, x)
			return
		}
		for i := range x {
			x[i] *= alpha.re
		}
		return
	}
	for i := 0; i+1 < len(x); i += 2 {
		v := alpha.mul(num[T]{x[i], x[i+1]})
		x[i], x[i+1] = v.re, v.im
	}
}

// half returns where to cut n: about in the middle, at a multiple of unit.
func half(n, unit int) int { return (n/2 + unit - 1) / unit * unit }

func gemm[T kernels.Float](e *kernels.Engine[T], tA, tB blas.Transpose, m, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int) {
	if checkGemm(tA, tB, m, n, k, len(a), lda, len(b), ldb, len(c), ldc) {
		e.Gemm(plain(tA), plain(tB), alpha, stored(tA, m, k, a, lda), stored(tB, k, n, b, ldb), beta, matrix(m, n, c, ldc))
	}
}

// Symmetric matrices as a factor.

func symm[T kernels.Float](e *kernels.Engine[T], s blas.Side, ul blas.Uplo, m, n int, alpha T, a []T, lda int, b []T, ldb int, beta T, d []T, ldd int) {
	if checkSymm(s, ul, m, n, len(a), lda, len(b), ldb, len(d), ldd) {
		c := calc[T]{e, getScratch[T](), 1}
		c.symm(blas.Trans, s, ul, m, n, num[T]{re: alpha}, a, lda, b, ldb, num[T]{re: beta}, d, ldd)
		putScratch(c.s)
	}
}

// blockSymm is how many steps of k a product with a symmetric matrix takes at
// a time.
const blockSymm = 192

// symm computes D = alpha*A*B + beta*D, or with B*A, for the m×n matrices B
// and D. A has the triangle ul, and t, Trans or ConjTrans, makes the other one
// of it. A step takes a run of A's columns: those above and below the block on
// the diagonal are products as they lie, that block is made whole first. So
// each element is the chain that it would be in a product with all of A.
func (c *calc[T]) symm(t blas.Transpose, s blas.Side, ul blas.Uplo, m, n int, alpha num[T], a []T, lda int, b []T, ldb int, beta num[T], d []T, ldd int) {
	if alpha == (num[T]{}) {
		c.scale(m, n, beta, d, ldd)
		return
	}
	size := n
	if s == blas.Left {
		size = m
	}
	for p := 0; p < size; p += blockSymm {
		k := min(blockSymm, size-p)
		whole := c.s.diag.get(c.w * k * k)
		c.whole(whole, k, t, ul, c.at(a, lda, p, p), lda)
		// Columns p to p+k-1 of A in three parts, by rows.
		for _, r := range [3][2]int{{0, p}, {p, k}, {p + k, size - p - k}} {
			i, rows := r[0], r[1]
			if rows == 0 {
				continue
			}
			ta, part, ldp := blas.NoTrans, whole, k
			if i != p {
				// Below the diagonal the lower triangle lies as it is.
				ldp = lda
				if (i > p) == (ul == blas.Lower) {
					part = c.at(a, lda, i, p)
				} else {
					ta, part = t, c.at(a, lda, p, i)
				}
			}
			if s == blas.Left {
				c.gemm(ta, blas.NoTrans, rows, n, k, alpha, part, ldp, c.at(b, ldb, p, 0), ldb, beta, c.at(d, ldd, i, 0), ldd)
				continue
			}
			// On the right, rows p to p+k-1 of A are the same parts, flipped.
			switch {
			case i == p:
			case ta == blas.NoTrans:
				ta = t
			default:
				ta = blas.NoTrans
			}
			c.gemm(blas.NoTrans, ta, m, rows, k, alpha, c.at(b, ldb, 0, p), ldb, part, ldp, beta, c.at(d, ldd, 0, i), ldd)
		}
		beta = one[T]()
	}
}

// whole makes d the symmetric or, for ConjTrans, Hermitian matrix of which a
// holds the triangle ul. The imaginary part of a Hermitian diagonal is zero,
// whatever is stored.
func (c *calc[T]) whole(d []T, n int, t blas.Transpose, ul blas.Uplo, a []T, lda int) {
	for i := range n {
		lo, hi := 0, i+1
		if ul == blas.Upper {
			lo, hi = i, n
		}
		row := c.at(a, lda, i, 0)
		if c.w == 1 {
			copy(d[i*n+lo:i*n+hi], row[lo:hi])
			for j, v := range row[lo:hi] {
				d[(lo+j)*n+i] = v
			}
			continue
		}
		copy(d[2*(i*n+lo):2*(i*n+hi)], row[2*lo:2*hi])
		for j := lo; j < hi; j++ {
			re, im := row[2*j], row[2*j+1]
			if t == blas.ConjTrans {
				im = -im
			}
			d[2*(j*n+i)], d[2*(j*n+i)+1] = re, im
		}
		if t == blas.ConjTrans {
			d[2*(i*n+i)+1] = 0
		}
	}
}

// Symmetric matrices as the result.

func syrk[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, t blas.Transpose, n, k int, alpha T, a []T, lda int, beta T, d []T, ldd int) {
	if checkRankK(ul, t, 0, n, k, len(a), lda, -1, 0, len(d), ldd) {
		rankK(e, 1, blas.Trans, ul, t, n, k, num[T]{re: alpha}, a, lda, nil, 0, num[T]{re: beta}, d, ldd)
	}
}

func syr2k[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, t blas.Transpose, n, k int, alpha T, a []T, lda int, b []T, ldb int, beta T, d []T, ldd int) {
	if checkRankK(ul, t, 0, n, k, len(a), lda, len(b), ldb, len(d), ldd) {
		rankK(e, 1, blas.Trans, ul, t, n, k, num[T]{re: alpha}, a, lda, b, ldb, num[T]{re: beta}, d, ldd)
	}
}

// update is D = alpha*op(A)*op(A)ᵀ + beta*D or, if b is not nil, D =
// alpha*op(A)*op(B)ᵀ + alpha*op(B)*op(A)ᵀ + beta*D, for a triangle of D, with
// flip in the place of ᵀ. If flip is ConjTrans, the second alpha is conjugated.
// Each element is the chain that it is in a product.
type update[T kernels.Float] struct {
	calc[T]
	flip        blas.Transpose
	ul          blas.Uplo
	left, right blas.Transpose // the forms of the two factors
	k           int
	alpha, beta num[T]
	a, b, d     []T
	lda, ldb    int
	ldd         int
}

const (
	// leafUpdate is up to which size a diagonal block of a real product with a
	// matrix's own transpose is a Gemmtr. Larger ones are halved, since what is
	// off the diagonal may be done by a device.
	leafUpdate = 1024
	// wholeUpdate is up to which size a diagonal block is otherwise computed
	// whole, of which one half is thrown away.
	wholeUpdate = 96
)

func rankK[T kernels.Float](e *kernels.Engine[T], w int, flip blas.Transpose, ul blas.Uplo, t blas.Transpose, n, k int, alpha num[T], a []T, lda int, b []T, ldb int, beta num[T], d []T, ldd int) {
	if (alpha == num[T]{} || k == 0) && beta == one[T]() {
		return
	}
	u := update[T]{
		calc: calc[T]{e, getScratch[T](), w}, flip: flip, ul: ul, left: blas.NoTrans, right: flip,
		k: k, alpha: alpha, beta: beta, a: a, b: b, d: d, lda: lda, ldb: ldb, ldd: ldd,
	}
	if t != blas.NoTrans {
		u.left, u.right = flip, blas.NoTrans
	}
	if alpha == (num[T]{}) {
		u.scaleTriangle(n)
	} else {
		u.block(0, n)
	}
	putScratch(u.s)
}

// block computes the diagonal block of n rows from row i on.
func (u *update[T]) block(i, n int) {
	switch {
	case u.w == 1 && u.b == nil && 1 < n && n <= leafUpdate:
		a := u.op(u.left, u.a, u.lda, i, 0)
		u.e.Gemmtr(u.ul == blas.Upper, plain(u.left), plain(u.right), u.alpha.re,
			stored(u.left, n, u.k, a, u.lda), stored(u.right, u.k, n, a, u.lda), u.beta.re, matrix(n, n, u.at(u.d, u.ldd, i, i), u.ldd))
		return
	case n <= wholeUpdate:
		u.diagonal(i, n)
		return
	}
	h := half(n, 8)
	u.block(i, h)
	if u.ul == blas.Lower {
		u.products(i+h, n-h, i, h, u.beta, u.at(u.d, u.ldd, i+h, i), u.ldd)
	} else {
		u.products(i, h, i+h, n-h, u.beta, u.at(u.d, u.ldd, i, i+h), u.ldd)
	}
	u.block(i+h, n-h)
}

// products computes the m×n block of D from (i, j) on, in d.
func (u *update[T]) products(i, m, j, n int, beta num[T], d []T, ldd int) {
	ai, aj := u.op(u.left, u.a, u.lda, i, 0), u.op(u.left, u.a, u.lda, j, 0)
	if u.b == nil {
		u.gemm(u.left, u.right, m, n, u.k, u.alpha, ai, u.lda, aj, u.lda, beta, d, ldd)
		return
	}
	bi, bj := u.op(u.left, u.b, u.ldb, i, 0), u.op(u.left, u.b, u.ldb, j, 0)
	second := u.alpha
	if u.flip == blas.ConjTrans {
		second = second.conj()
	}
	u.gemm(u.left, u.right, m, n, u.k, u.alpha, ai, u.lda, bj, u.ldb, beta, d, ldd)
	u.gemm(u.left, u.right, m, n, u.k, second, bi, u.ldb, aj, u.lda, one[T](), d, ldd)
}

// diagonal computes a small diagonal block, whole, and keeps its triangle.
func (u *update[T]) diagonal(i, n int) {
	w := u.w
	t := u.s.diag.get(w * n * n)
	if u.beta != (num[T]{}) {
		clear(t)
		for r := range n {
			lo, hi := u.row(r, n)
			copy(t[w*(r*n+lo):w*(r*n+hi)], u.at(u.d, u.ldd, i+r, i+lo))
			if u.flip == blas.ConjTrans {
				t[2*(r*n+r)+1] = 0
			}
		}
	}
	u.products(i, n, i, n, u.beta, t, n)
	for r := range n {
		lo, hi := u.row(r, n)
		if u.flip == blas.ConjTrans {
			t[2*(r*n+r)+1] = 0
		}
		copy(u.at(u.d, u.ldd, i+r, i+lo), t[w*(r*n+lo):w*(r*n+hi)])
	}
}

// row returns the columns of the triangle in row r of n.
func (u *update[T]) row(r, n int) (lo, hi int) {
	if u.ul == blas.Lower {
		return 0, r + 1
	}
	return r, n
}

// scaleTriangle is what is left to do if alpha is zero.
func (u *update[T]) scaleTriangle(n int) {
	for r := range n {
		lo, hi := u.row(r, n)
		u.scaleRow(u.beta, u.at(u.d, u.ldd, r, lo)[:u.w*(hi-lo)])
		if u.flip == blas.ConjTrans {
			u.at(u.d, u.ldd, r, r)[1] = 0
		}
	}
}
