package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// Geqrf computes the QR factorisation of an m×n matrix, A = Q*R. R, upper
// triangular (trapezoidal if m < n), overwrites the upper triangle of A. Q is a
// product of k = min(m, n) reflectors, Q = H[0]*H[1]*…*H[k-1] with H[i] = I -
// tau[i]*v*vᵀ; v has zeros before element i, a 1 there, and its rest in column i
// of A below the diagonal. tau has k elements.
//
// work is not needed, but is checked as gonum does: lwork ≥ max(1, n). A query,
// lwork = -1, puts gonum's 32*n in work[0] and does nothing else.
//
// Blocks of 64 columns are factored as rows of a transposed copy, by halves (E.
// Elmroth, F. Gustavson, IBM J. Res. Dev. 44(4), 2000), and applied to the rest
// by products; a matrix of at most 96 rows and columns goes reflector by
// reflector. The bits are the same on every backend. Backward error, by columns:
// ‖ΔA[j]‖ ≤ c·m·n·u·‖A[j]‖, c a small constant (N. Higham, Accuracy and
// Stability of Numerical Algorithms, 2002, th. 19.4).
func Geqrf[T kernels.Float](m, n int, a []T, lda int, tau, work []T, lwork int) {
	Real[T]{}.Geqrf(m, n, a, lda, tau, work, lwork)
}

// Geqrf is [Geqrf] on r's engine.
func (r Real[T]) Geqrf(m, n int, a []T, lda int, tau, work []T, lwork int) {
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	wantWork(n, len(work), lwork)
	k := min(m, n)
	if k == 0 {
		work[0] = 1
		return
	}
	if lwork == -1 {
		work[0] = length[T](n * blockWork)
		return
	}
	want(len(a) >= (m-1)*lda+n, shortA)
	want(len(tau) == k, badLenTau)
	work[0] = length[T](n * blockWork)
	r.geqrf(m, n, a, lda, tau)
}

const (
	// panelGeqrf is how many reflectors make a block. leafGeqrf is how many of them
	// are made one by one, and make a block in a matrix of up to smallGeqrf
	// elements, which stays in a first-level cache.
	panelGeqrf = 64
	leafGeqrf  = 4
	smallGeqrf = 64 * 64
)

// width returns how many reflectors make a block in an m×n matrix.
func width(m, n int) int {
	if m*n <= smallGeqrf {
		return leafGeqrf
	}
	return panelGeqrf
}

func (r Real[T]) geqrf(m, n int, a []T, lda int, tau []T) {
	if max(m, n) <= orderGeqrf {
		r.plainGeqrf(m, n, a, lda, tau)
		return
	}
	k, block := len(tau), width(m, n)
	p := newPanel(r, m, min(block, k))
	for i := 0; i < k; i += block {
		w := min(block, k-i)
		p.n, p.k = m-i, w
		corner := a[i*lda+i:]
		transpose(m-i, w, corner, lda, p.v, p.ldv)
		p.factor(0, w, tau[i:i+w], i+w < n)
		transposeBack(m-i, w, corner, lda, p.v, p.ldv)
		// V is there by rows and by columns, until R takes its ones and zeros.
		if rest := n - i - w; rest > 0 {
			p.wide, p.ldw = corner, lda
			p.larfb(blas.Left, blas.Trans, rest, corner[w:], lda)
		}
		for q := range w {
			for c, v := range p.l[q*p.ldt:][:q+1] {
				corner[c*lda+q] = v
			}
		}
	}
	p.free()
}

// Gelqf computes the LQ factorisation of an m×n matrix, A = L*Q. L, lower
// triangular (trapezoidal if m > n), overwrites the lower triangle of A. Q is a
// product of k = min(m, n) reflectors, Q = H[k-1]*…*H[1]*H[0] with H[i] = I -
// tau[i]*v*vᵀ; v has zeros before element i, a 1 there, and its rest in row i
// of A after the diagonal. tau has k elements at least.
//
// It is [Geqrf] of Aᵀ, whose rows need not be transposed. lwork ≥ max(1, m), or
// -1 for a query.
func Gelqf[T kernels.Float](m, n int, a []T, lda int, tau, work []T, lwork int) {
	Real[T]{}.Gelqf(m, n, a, lda, tau, work, lwork)
}

// Gelqf is [Gelqf] on r's engine.
func (r Real[T]) Gelqf(m, n int, a []T, lda int, tau, work []T, lwork int) {
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	wantWork(m, len(work), lwork)
	k := min(m, n)
	if k == 0 {
		work[0] = 1
		return
	}
	if lwork == -1 {
		work[0] = length[T](m * blockWork)
		return
	}
	want(len(a) >= (m-1)*lda+n, shortA)
	want(len(tau) >= k, shortTau)
	work[0] = length[T](m * blockWork)
	r.gelqf(m, n, a, lda, tau[:k])
}

func (r Real[T]) gelqf(m, n int, a []T, lda int, tau []T) {
	if max(m, n) <= orderGeqrf {
		r.plainGelqf(m, n, a, lda, tau)
		return
	}
	k, block := len(tau), width(m, n)
	p := newPanel(r, n, min(block, k))
	for i := 0; i < k; i += block {
		w := min(block, k-i)
		p.n, p.k = n-i, w
		corner := a[i*lda+i:]
		for q := range w {
			copy(p.v[q*p.ldv:], corner[q*lda:][:n-i])
		}
		p.factor(0, w, tau[i:i+w], i+w < m)
		for q := range w {
			row := corner[q*lda:][:n-i]
			copy(row[q+1:], p.v[q*p.ldv+q+1:])
			copy(row, p.l[q*p.ldt:][:q+1])
		}
		if rest := m - i - w; rest > 0 {
			p.larfb(blas.Right, blas.NoTrans, rest, corner[w*lda:], lda)
		}
	}
	p.free()
}

// panel is reflectors in the making: k rows of n elements on their way to L and
// V. What is done of V has its ones and zeros, and what was there is in l.
type panel[T kernels.Float] struct {
	reflectors[T]
	l  []T // k×k, rows as far apart as those of t
	lb *buffer[T]
}

func newPanel[T kernels.Float](r Real[T], n, k int) panel[T] {
	p := panel[T]{reflectors: newReflectors(r, lapack.Forward, lapack.RowWise, n, k), lb: take[T](k * k)}
	p.l = p.lb.data
	return p
}

func (p *panel[T]) free() {
	p.lb.drop()
	p.reflectors.free()
}

// factor does k rows from row i on, to which the reflectors before i have been
// applied, and computes their T if it is wanted.
func (p *panel[T]) factor(i, k int, tau []T, wanted bool) {
	if k <= leafGeqrf {
		p.rows(i, k, tau)
		if wanted {
			p.columnsOfT(i, k, tau)
		}
		return
	}
	h := half(k, leafGeqrf)
	p.factor(i, h, tau, true)
	first := p.reflectors
	first.n, first.k, first.v, first.t = p.n-i, h, p.v[i*p.ldv+i:], p.t[i*p.ldt+i:]
	first.larfb(blas.Right, blas.NoTrans, k-h, p.v[(i+h)*p.ldv+i:], p.ldv)
	p.factor(i+h, k-h, tau, wanted)
	if wanted {
		p.join(i, h, k-h)
	}
}

// rows does a few rows, one by one.
func (p *panel[T]) rows(i, k int, tau []T) {
	for q := i; q < i+k; q++ {
		row := p.v[q*p.ldv+q : q*p.ldv+p.n]
		beta, t := p.r.larfg(len(row), row[0], row[1:], 1)
		tau[q] = t
		before := p.v[q*p.ldv:][:q]
		copy(p.l[q*p.ldt:], before)
		clear(before)
		p.l[q*p.ldt+q] = beta
		row[0] = 1
		for c := q + 1; c < i+k; c++ {
			below := p.v[c*p.ldv+q:][:len(row)]
			p.r.axpy(-t*p.r.dot(row, below), row, below)
		}
	}
}
