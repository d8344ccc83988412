package blas

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// Level 2 cuts a symmetric or triangular matrix into blocks of block2 rows.
// Blocks off the diagonal are products of the engine, on several workers if
// they are large; those on it go row by row. The size is part of the
// definition of a result.
const block2 = 32

func matrix[T kernels.Float](rows, cols int, a []T, lda int) kernels.Matrix[T] {
	return kernels.Matrix[T]{Rows: rows, Cols: cols, Data: a, Stride: lda}
}

// plain returns t without conjugation, as real matrices know it.
func plain(t blas.Transpose) kernels.Transpose {
	if t == blas.NoTrans {
		return kernels.NoTrans
	}
	return kernels.Trans
}

func gemv[T kernels.Float](e *kernels.Engine[T], t blas.Transpose, m, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int) {
	// A product with 16×16 takes 30 nanoseconds: what is right and unit strides
	// pass in a straight line.
	if incX == 1 && incY == 1 && m > 0 && n > 0 && lda >= n && len(a) >= lda*(m-1)+n {
		switch {
		case t == blas.NoTrans && n <= len(x) && m <= len(y):
			e.Gemv(kernels.NoTrans, alpha, matrix(m, n, a, lda), x[:n], beta, y[:m])
			return
		case (t == blas.Trans || t == blas.ConjTrans) && m <= len(x) && n <= len(y):
			e.Gemv(kernels.Trans, alpha, matrix(m, n, a, lda), x[:m], beta, y[:n])
			return
		}
	}
	gemvStrided(e, t, m, n, alpha, a, lda, x, incX, beta, y, incY)
}

// gemvStrided is gemv for any increments, and for arguments that are wrong.
func gemvStrided[T kernels.Float](e *kernels.Engine[T], t blas.Transpose, m, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int) {
	want(isTrans(t), badTranspose)
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	want(incX != 0, zeroIncX)
	want(incY != 0, zeroIncY)
	if m == 0 || n == 0 {
		return
	}
	lenX, lenY := n, m
	if t != blas.NoTrans {
		lenX, lenY = m, n
	}
	want(holds(len(x), lenX, incX), shortX)
	want(holds(len(y), lenY, incY), shortY)
	want(len(a) >= lda*(m-1)+n, shortA)
	s := getScratch[T]()
	vx, vy := x, s.in(&s.y, lenY, y, incY)
	if alpha != 0 {
		vx = s.in(&s.x, lenX, x, incX)
	} else {
		vx = s.x.get(lenX) // not read
	}
	e.Gemv(plain(t), alpha, matrix(m, n, a, lda), vx, beta, vy)
	if incY != 1 {
		scatter(vy, y, incY)
	}
	putScratch(s)
}

func ger[T kernels.Float](e *kernels.Engine[T], m, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int) {
	if incX == 1 && incY == 1 && 0 < m && m <= len(x) && 0 < n && n <= len(y) && lda >= n && len(a) >= lda*(m-1)+n {
		e.Ger(alpha, x[:m], y[:n], matrix(m, n, a, lda))
		return
	}
	gerStrided(e, m, n, alpha, x, incX, y, incY, a, lda)
}

// gerStrided is ger for any increments, and for arguments that are wrong.
func gerStrided[T kernels.Float](e *kernels.Engine[T], m, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int) {
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	want(incX != 0, zeroIncX)
	want(incY != 0, zeroIncY)
	if m == 0 || n == 0 {
		return
	}
	want(holds(len(x), m, incX), shortX)
	want(holds(len(y), n, incY), shortY)
	want(len(a) >= lda*(m-1)+n, shortA)
	if alpha == 0 {
		return
	}
	s := getScratch[T]()
	e.Ger(alpha, s.in(&s.x, m, x, incX), s.in(&s.y, n, y, incY), matrix(m, n, a, lda))
	putScratch(s)
}

// symv computes y = alpha*A*x + beta*y.
func symv[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, n int, alpha T, a []T, lda int, x []T, incX int, beta T, y []T, incY int) {
	want(isUplo(ul), badUplo)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	want(incX != 0, zeroIncX)
	want(incY != 0, zeroIncY)
	if n == 0 {
		return
	}
	want(len(a) >= lda*(n-1)+n, shortA)
	want(holds(len(x), n, incX), shortX)
	want(holds(len(y), n, incY), shortY)
	if alpha == 0 && beta == 1 {
		return
	}
	s := getScratch[T]()
	vy := s.in(&s.y, n, y, incY)
	switch {
	case beta == 0:
		clear(vy)
	case beta != 1:
		e.Scal(beta, vy)
	}
	if alpha != 0 {
		vx := s.in(&s.x, n, x, incX)
		e.Symv(ul == blas.Upper, alpha, matrix(n, n, a, lda), vx, vy)
	}
	if incY != 1 {
		scatter(vy, y, incY)
	}
	putScratch(s)
}

// syr adds alpha*x*xᵀ to the triangle ul of A.
func syr[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, n int, alpha T, x []T, incX int, a []T, lda int) {
	want(isUplo(ul), badUplo)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	want(incX != 0, zeroIncX)
	if n == 0 {
		return
	}
	want(holds(len(x), n, incX), shortX)
	want(len(a) >= lda*(n-1)+n, shortA)
	if alpha == 0 {
		return
	}
	if incX == 1 {
		gerTriangle(e, ul, n, alpha, x[:n], x[:n], a, lda)
		return
	}
	s := getScratch[T]()
	v := s.x.gather(n, x, incX)
	gerTriangle(e, ul, n, alpha, v, v, a, lda)
	putScratch(s)
}

// syr2 adds alpha*x*yᵀ, then alpha*y*xᵀ to the triangle ul of A.
func syr2[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, n int, alpha T, x []T, incX int, y []T, incY int, a []T, lda int) {
	want(isUplo(ul), badUplo)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	want(incX != 0, zeroIncX)
	want(incY != 0, zeroIncY)
	if n == 0 {
		return
	}
	want(holds(len(x), n, incX), shortX)
	want(holds(len(y), n, incY), shortY)
	want(len(a) >= lda*(n-1)+n, shortA)
	if alpha == 0 {
		return
	}
	s := getScratch[T]()
	vx, vy := s.in(&s.x, n, x, incX), s.in(&s.y, n, y, incY)
	// Row by row, which stays in a cache for the second update.
	for i := range n {
		lo, hi := 0, i+1
		if ul == blas.Upper {
			lo, hi = i, n
		}
		row := a[i*lda+lo : i*lda+hi]
		add(e, alpha*vx[i], vy[lo:hi], row)
		add(e, alpha*vy[i], vx[lo:hi], row)
	}
	putScratch(s)
}

// beside returns the columns of a triangle's rows i to i+m-1 off the diagonal
// block.
func beside(ul blas.Uplo, i, m, n int) (j, k int) {
	if ul == blas.Upper {
		return i + m, n - i - m
	}
	return 0, i
}

// gerTriangle is the part of a rank-one update that falls on a triangle: each
// element is that of Ger.
func gerTriangle[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, n int, alpha T, x, y []T, a []T, lda int) {
	for i := 0; i < n; i += block2 {
		m := min(block2, n-i)
		diagonalTriangle(e, ul, i, m, alpha, x, y, a, lda)
		if j, k := beside(ul, i, m, n); k > 0 {
			e.Ger(alpha, x[i:i+m], y[j:j+k], matrix(m, k, a[i*lda+j:], lda))
		}
	}
}

// diagonalTriangle is the part of a rank-one update that falls on the triangle
// of a diagonal block, rows i to i+m-1.
func diagonalTriangle[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, i, m int, alpha T, x, y []T, a []T, lda int) {
	for r := i; r < i+m; r++ {
		lo, hi := i, r+1
		if ul == blas.Upper {
			lo, hi = r, i+m
		}
		add(e, alpha*x[r], y[lo:hi], a[r*lda+lo:r*lda+hi])
	}
}

// trmv computes x = op(A)*x.
func trmv[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, t blas.Transpose, d blas.Diag, n int, a []T, lda int, x []T, incX int) {
	if !checkTriVec(ul, t, d, n, len(a), lda, len(x), incX) {
		return
	}
	if incX == 1 {
		trmvBlocks(e, ul, t, d, a, lda, x[:n])
		return
	}
	s := getScratch[T]()
	v := s.x.gather(n, x, incX)
	trmvBlocks(e, ul, t, d, a, lda, v)
	scatter(v, x, incX)
	putScratch(s)
}

func trmvBlocks[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, t blas.Transpose, d blas.Diag, a []T, lda int, v []T) {
	n := len(v)
	// Blocks in the order in which each still finds the elements it needs.
	forward := (ul == blas.Upper) == (t == blas.NoTrans)
	for b := 0; b < n; b += block2 {
		i := b
		if !forward {
			i = (n-1)/block2*block2 - b
		}
		m := min(block2, n-i)
		mulBlock(e, ul, t, d, v[i:i+m], a[i*lda+i:], lda)
		// The elements that op(A)'s rows i to i+m-1 take from beyond.
		j, k := 0, i
		if forward {
			j, k = i+m, n-i-m
		}
		switch {
		case k == 0:
		case t == blas.NoTrans:
			e.Gemv(kernels.NoTrans, 1, matrix(m, k, a[i*lda+j:], lda), v[j:j+k], 1, v[i:i+m])
		default:
			e.Gemv(kernels.Trans, 1, matrix(k, m, a[j*lda+i:], lda), v[j:j+k], 1, v[i:i+m])
		}
	}
}

// mulBlock computes x = op(A)*x for a diagonal block.
func mulBlock[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, t blas.Transpose, d blas.Diag, x []T, a []T, lda int) {
	n := len(x)
	for b := range n {
		i := b
		if ul == blas.Lower == (t == blas.NoTrans) {
			i = n - 1 - b
		}
		lo, hi := 0, i
		if ul == blas.Upper {
			lo, hi = i+1, n
		}
		row := a[i*lda+lo : i*lda+hi]
		// By rows x[i] comes last to be used, by columns first.
		if t != blas.NoTrans {
			add(e, x[i], row, x[lo:hi])
		}
		v := x[i]
		if d == blas.NonUnit {
			v = T(v * a[i*lda+i]) // rounded, never fused
		}
		if t == blas.NoTrans {
			v += sum(e, row, x[lo:hi])
		}
		x[i] = v
	}
}

// trsv solves op(A)*x = b, with b in x.
func trsv[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, t blas.Transpose, d blas.Diag, n int, a []T, lda int, x []T, incX int) {
	if !checkTriVec(ul, t, d, n, len(a), lda, len(x), incX) {
		return
	}
	if incX == 1 {
		trsvBlocks(e, ul, t, d, a, lda, x[:n])
		return
	}
	s := getScratch[T]()
	v := s.x.gather(n, x, incX)
	trsvBlocks(e, ul, t, d, a, lda, v)
	scatter(v, x, incX)
	putScratch(s)
}

func trsvBlocks[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, t blas.Transpose, d blas.Diag, a []T, lda int, v []T) {
	n := len(v)
	forward := (ul == blas.Lower) == (t == blas.NoTrans)
	for b := 0; b < n; b += block2 {
		i := b
		if !forward {
			i = (n-1)/block2*block2 - b
		}
		m := min(block2, n-i)
		// Take away what is known already.
		j, k := 0, i
		if !forward {
			j, k = i+m, n-i-m
		}
		switch {
		case k == 0:
		case t == blas.NoTrans:
			e.Gemv(kernels.NoTrans, -1, matrix(m, k, a[i*lda+j:], lda), v[j:j+k], 1, v[i:i+m])
		default:
			e.Gemv(kernels.Trans, -1, matrix(k, m, a[j*lda+i:], lda), v[j:j+k], 1, v[i:i+m])
		}
		solveBlock(e, ul, t, d, v[i:i+m], a[i*lda+i:], lda)
	}
}

// solveBlock solves op(A)*x = b for a diagonal block.
func solveBlock[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, t blas.Transpose, d blas.Diag, x []T, a []T, lda int) {
	n := len(x)
	for b := range n {
		i := b
		if ul == blas.Upper == (t == blas.NoTrans) {
			i = n - 1 - b
		}
		lo, hi := 0, i
		if ul == blas.Upper {
			lo, hi = i+1, n
		}
		row := a[i*lda+lo : i*lda+hi]
		v := x[i]
		if t == blas.NoTrans {
			v -= sum(e, row, x[lo:hi])
		}
		if d == blas.NonUnit {
			v /= a[i*lda+i]
		}
		x[i] = v
		if t != blas.NoTrans {
			add(e, -v, row, x[lo:hi])
		}
	}
}
