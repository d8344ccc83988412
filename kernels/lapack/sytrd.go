package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// Sytrd reduces the symmetric n×n matrix A to tridiagonal form T = Qᵀ*A*Q. d,
// of n elements, and e, of n-1, become T's diagonal and off-diagonal, and so do
// those of A. Q is a product of n-1 reflectors H[i] = I - tau[i]*v*vᵀ whose
// vectors overwrite the rest of A's triangle.
//
// With ul Lower, Q = H[0]*H[1]*…*H[n-2], and v has zeros before element i+1, a
// 1 there, and its rest in column i of A. With ul Upper, Q = H[n-2]*…*H[0], and
// v has zeros after element i, a 1 there, and its rest in column i+1 of A. The
// other triangle is neither read nor written.
//
// work is not needed, but is checked as gonum does: lwork ≥ 1. A query, lwork =
// -1, puts gonum's length in work[0].
//
// Half of the work is products of blocks of 32 reflectors, the other half
// products of the matrix with a vector (J. Dongarra, D. Sorensen, S. Hammarling, J.
// Comput. Appl. Math. 27, 1989). They are done on a copy, with both triangles
// and the reflectors as rows, whichever triangle was given. The bits are the
// same on every backend. The eigenvalues of T are those of a matrix within
// c·n·u·‖A‖ of A, c a small constant.
func Sytrd[T kernels.Float](ul blas.Uplo, n int, a []T, lda int, d, e, tau, work []T, lwork int) {
	Real[T]{}.Sytrd(ul, n, a, lda, d, e, tau, work, lwork)
}

// Sytrd is [Sytrd] on r's engine.
func (r Real[T]) Sytrd(ul blas.Uplo, n int, a []T, lda int, d, e, tau, work []T, lwork int) {
	want(isUplo(ul), badUplo)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	wantWork(1, len(work), lwork)
	if n == 0 || lwork == -1 {
		work[0] = length[T](n * blockWork)
		return
	}
	want(len(a) >= (n-1)*lda+n, shortA)
	want(len(d) >= n, shortD)
	want(len(e) >= n-1, shortE)
	want(len(tau) >= n-1, shortTau)
	work[0] = length[T](n * blockWork)

	s := newSymmetric(r, ul, n, a, lda)
	flip := ul == blas.Upper
	if flip {
		s.turnRound()
	}
	s.tridiagonal(d[:n], e[:n-1], tau[:n-1])
	for i := range n {
		row, p := a[s.index(flip, i)*lda:], s.index(flip, i)
		row[p] = d[i]
		if i > 0 {
			row[s.index(flip, i-1)] = e[i-1]
		}
		for j := range i - 1 {
			row[s.index(flip, j)] = s.a[j*s.ld+i]
		}
	}
	if flip {
		reverse(d[:n])
		reverse(e[:n-1])
		reverse(tau[:n-1])
	}
	s.free()
}

func reverse[T any](x []T) {
	for i, j := 0, len(x)-1; i < j; i, j = i+1, j-1 {
		x[i], x[j] = x[j], x[i]
	}
}

// symmetric is a symmetric matrix with both triangles, in memory of its own.
type symmetric[T kernels.Float] struct {
	r  Real[T]
	n  int
	a  []T
	ld int
	b  *buffer[T]
}

// newSymmetric copies a symmetric matrix of which one triangle is given.
func newSymmetric[T kernels.Float](r Real[T], ul blas.Uplo, n int, a []T, lda int) symmetric[T] {
	s := emptySymmetric(r, n)
	transpose(n, n, a, lda, s.a, s.ld)
	for i := range n {
		lo, hi := i, n
		if ul == blas.Lower {
			lo, hi = 0, i
		}
		copy(s.a[i*s.ld+lo:i*s.ld+hi], a[i*lda+lo:])
	}
	return s
}

func emptySymmetric[T kernels.Float](r Real[T], n int) symmetric[T] {
	ld := oddLines[T](n)
	b := take[T](n * ld)
	return symmetric[T]{r: r, n: n, a: b.data, ld: ld, b: b}
}

func (s *symmetric[T]) free() { s.b.drop() }

// index returns i, counted from the end if flip is set.
func (s *symmetric[T]) index(flip bool, i int) int {
	if flip {
		return s.n - 1 - i
	}
	return i
}

// turnRound reverses the order of rows and columns.
func (s *symmetric[T]) turnRound() {
	for i, j := 0, s.n-1; i <= j; i, j = i+1, j-1 {
		x, y := s.a[i*s.ld:][:s.n], s.a[j*s.ld:][:s.n]
		reverse(x)
		if i == j {
			break
		}
		reverse(y)
		for k, v := range x {
			x[k], y[k] = y[k], v
		}
	}
}

// panelSytrd is how many reflectors make a block.
const panelSytrd = 32

// tridiagonal is [Sytrd] with ul Lower but for the vectors of the reflectors,
// which are left in the rows of the matrix, from element i+2 of row i on.
//
// While a block is under way, what its reflectors have to change in the matrix
// is -Pᵀ*Q, with rows v, w, v, w, … of P and w, v, w, v, … of Q. Rows are
// changed one by one when their turn comes, the rest by one product.
func (s *symmetric[T]) tridiagonal(d, e, tau []T) {
	n, a, lda, r := s.n, s.a, s.ld, s.r
	if n <= orderSytrd {
		s.plainTridiagonal(0, d, e, tau)
		return
	}
	width := min(panelSytrd, n)
	ld := oddLines[T](n)
	b := take[T](4*width*ld + 2*width)
	p, q, t := b.data[:2*width*ld], b.data[2*width*ld:][:2*width*ld], b.data[4*width*ld:]
	for first := 0; first < n; first += width {
		w := min(width, n-first)
		if n-first <= orderSytrd {
			s.plainTridiagonal(first, d, e, tau)
			break
		}
		for k := range w {
			i := first + k
			row := a[i*lda+i:][:n-i]
			if k > 0 {
				r.Gemv(blas.Trans, 2*k, n-i, -1, q[i:], ld, p[i:], ld, 1, row, 1)
			}
			d[i] = row[0]
			if i == n-1 {
				break
			}
			m := n - i - 1
			e[i], tau[i] = r.larfg(m, row[1], row[2:], 1)
			v, y := p[2*k*ld+i+1:][:m], p[(2*k+1)*ld+i+1:][:m]
			copy(v, row[1:])
			v[0] = 1
			r.Symv(blas.Lower, m, 1, a[(i+1)*lda+i+1:], lda, v, 1, 0, y, 1)
			if k > 0 {
				r.Gemv(blas.NoTrans, 2*k, m, 1, q[i+1:], ld, v, 1, 0, t, 1)
				r.Gemv(blas.Trans, 2*k, m, -1, p[i+1:], ld, t, 1, 1, y, 1)
			}
			r.Scal(m, tau[i], y, 1)
			r.Axpy(m, -tau[i]/2*r.Dot(m, y, 1, v, 1), v, 1, y, 1)
			copy(q[2*k*ld+i+1:], y)
			copy(q[(2*k+1)*ld+i+1:], v)
		}
		if next := first + w; next < n {
			r.Gemm(blas.Trans, blas.NoTrans, n-next, n-next, 2*w, -1, p[next:], ld, q[next:], ld, 1, a[next*lda+next:], lda)
		}
	}
	b.drop()
}
