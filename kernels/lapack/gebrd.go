package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// Gebrd reduces the m×n matrix A to bidiagonal form B = Qᵀ*A*P, upper
// bidiagonal if m ≥ n and lower bidiagonal if m < n. d, of k = min(m, n)
// elements, and e, of k-1, become B's diagonal and off-diagonal, and so do
// those of A. Q and P are products of reflectors, Q = H[0]*H[1]*… with H[i] = I
// - tauQ[i]*v*vᵀ and P = G[0]*G[1]*… with G[i] = I - tauP[i]*u*uᵀ, k elements of
// each tau.
//
// If m ≥ n, v has zeros before element i, a 1 there, and its rest in column i
// of A; u has zeros before element i+1, a 1 there, and its rest in row i of A.
// If m < n it is the other way round: v begins at i+1 and u at i.
//
// work is not needed, but is checked as gonum does: lwork ≥ max(1, m, n). A
// query, lwork = -1, puts gonum's length in work[0].
//
// Half of the work is products of blocks of 32 pairs of reflectors, the other
// half two products of the matrix with vectors for each pair (J. Dongarra, D.
// Sorensen, S. Hammarling, J. Comput. Appl. Math. 27, 1989). The bits are the
// same on every backend. B's singular values are those of a matrix within
// c·n·u·‖A‖ of A, c a small constant.
func Gebrd[T kernels.Float](m, n int, a []T, lda int, d, e, tauQ, tauP, work []T, lwork int) {
	Real[T]{}.Gebrd(m, n, a, lda, d, e, tauQ, tauP, work, lwork)
}

// Gebrd is [Gebrd] on r's engine.
func (r Real[T]) Gebrd(m, n int, a []T, lda int, d, e, tauQ, tauP, work []T, lwork int) {
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	wantWork(max(m, n), len(work), lwork)
	k := min(m, n)
	if k == 0 {
		work[0] = 1
		return
	}
	if lwork == -1 {
		work[0] = length[T]((m + n) * blockWork)
		return
	}
	want(len(a) >= (m-1)*lda+n, shortA)
	want(len(d) >= k, shortD)
	want(len(e) >= k-1, shortE)
	want(len(tauQ) >= k, shortTauQ)
	want(len(tauP) >= k, shortTauP)
	work[0] = length[T]((m + n) * blockWork)
	d, e, tauQ, tauP = d[:k], e[:k-1], tauQ[:k], tauP[:k]
	if m >= n {
		r.gebrd(m, n, a, lda, d, e, tauQ, tauP)
		return
	}
	ld := oddLines[T](m)
	b := take[T](n * ld)
	transpose(m, n, a, lda, b.data, ld)
	r.gebrd(n, m, b.data, ld, d, e, tauP, tauQ)
	transposeBack(m, n, a, lda, b.data, ld)
	b.drop()
}

// panelGebrd is how many pairs of reflectors make a block.
const panelGebrd = 32

// gebrd is [Gebrd] for m ≥ n.
//
// While a block is under way, what its reflectors have to change in A is
// -Vᵀ*Y, with rows v, x, v, x, … of V and y, u, y, u, … of Y. Columns and rows
// are changed one by one when their turn comes, the rest by one product.
func (r Real[T]) gebrd(m, n int, a []T, lda int, d, e, tauQ, tauP []T) {
	if m <= orderGebrd {
		q := take[T](n * m)
		r.plainGebrd(0, m, n, a, lda, d, e, tauQ, tauP, q.data, m)
		putColumns(0, m, n, a, lda, q.data, m)
		q.drop()
		return
	}
	width := min(panelGebrd, n)
	ldv, ldy := oddLines[T](m), oddLines[T](n)
	b := take[T](2*width*(ldv+ldy) + 2*width)
	v, y, t := b.data[:2*width*ldv], b.data[2*width*ldv:][:2*width*ldy], b.data[2*width*(ldv+ldy):]
	for first := 0; first < n; first += width {
		if m-first <= orderGebrd {
			q := take[T](n * m)
			r.plainGebrd(first, m, n, a, lda, d, e, tauQ, tauP, q.data, m)
			putColumns(first, m, n, a, lda, q.data, m)
			q.drop()
			break
		}
		w := min(width, n-first)
		for q := range w {
			i, k := first+q, 2*q // k rows of V and Y are there
			// Column i, as a row of V.
			c := v[k*ldv+i : k*ldv+m]
			r.Copy(m-i, a[i*lda+i:], lda, c, 1)
			if k > 0 {
				r.Gemv(blas.Trans, k, m-i, -1, v[i:], ldv, y[i:], ldy, 1, c, 1)
			}
			d[i], tauQ[i] = r.larfg(m-i, c[0], c[1:], 1)
			c[0] = d[i]
			r.Copy(m-i, c, 1, a[i*lda+i:], lda)
			c[0] = 1
			tauP[i] = 0
			if i == n-1 {
				break
			}
			rest := n - i - 1
			z := y[k*ldy+i+1:][:rest]
			r.Gemv(blas.Trans, m-i, rest, 1, a[i*lda+i+1:], lda, c, 1, 0, z, 1)
			if k > 0 {
				r.Gemv(blas.NoTrans, k, m-i, 1, v[i:], ldv, c, 1, 0, t, 1)
				r.Gemv(blas.Trans, k, rest, -1, y[i+1:], ldy, t, 1, 1, z, 1)
			}
			r.Scal(rest, tauQ[i], z, 1)

			// Row i.
			k++
			row := a[i*lda+i+1:][:rest]
			r.Gemv(blas.Trans, k, rest, -1, y[i+1:], ldy, v[i:], ldv, 1, row, 1)
			e[i], tauP[i] = r.larfg(rest, row[0], row[1:], 1)
			u := y[k*ldy+i+1:][:rest]
			copy(u, row)
			row[0], u[0] = e[i], 1
			x := v[k*ldv+i+1 : k*ldv+m]
			if len(x) > 0 {
				r.Gemv(blas.NoTrans, len(x), rest, 1, a[(i+1)*lda+i+1:], lda, u, 1, 0, x, 1)
				r.Gemv(blas.NoTrans, k, rest, 1, y[i+1:], ldy, u, 1, 0, t, 1)
				r.Gemv(blas.Trans, k, len(x), -1, v[i+1:], ldv, t, 1, 1, x, 1)
				r.Scal(len(x), tauP[i], x, 1)
			}
		}
		if next := first + w; next < n {
			r.Gemm(blas.Trans, blas.NoTrans, m-next, n-next, 2*w, -1, v[next:], ldv, y[next:], ldy, 1, a[next*lda+next:], lda)
		}
	}
	b.drop()
}

// putColumns copies rows i of q, from element i on, to columns of a, for i from
// first to n-1.
func putColumns[T kernels.Float](first, m, n int, a []T, lda int, q []T, ldq int) {
	for k := first; k < m; k++ {
		row := a[k*lda:]
		for i := first; i <= min(k, n-1); i++ {
			row[i] = q[i*ldq+k]
		}
	}
}
