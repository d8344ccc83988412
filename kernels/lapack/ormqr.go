package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// blockT is the part of a workspace that gonum's Dormqr has for a triangle.
const blockT = 64 * 64

// Ormqr multiplies the m×n matrix C by the Q of [Geqrf] or its transpose: C =
// op(Q)*C if s is Left, C = C*op(Q) if it is Right. a and tau hold k reflectors
// of order m or, on the right, n.
//
// work is not needed, but is checked as gonum does: lwork ≥ max(1, n), on the
// right max(1, m). A query, lwork = -1, puts gonum's length in work[0] and does
// nothing else.
//
// Reflectors are applied by blocks of 64, as products, or to a C of at most 80
// rows and columns one by one. The bits are the same on every backend.
func Ormqr[T kernels.Float](s blas.Side, t blas.Transpose, m, n, k int, a []T, lda int, tau, c []T, ldc int, work []T, lwork int) {
	Real[T]{}.Ormqr(s, t, m, n, k, a, lda, tau, c, ldc, work, lwork)
}

// Ormqr is [Ormqr] on r's engine.
func (r Real[T]) Ormqr(s blas.Side, t blas.Transpose, m, n, k int, a []T, lda int, tau, c []T, ldc int, work []T, lwork int) {
	order, other := m, n
	if s == blas.Right {
		order, other = n, m
	}
	want(s == blas.Left || s == blas.Right, badSide)
	want(t == blas.NoTrans || t == blas.Trans, badTrans)
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(k >= 0, kLT0)
	want(s != blas.Left || k <= m, kGTM)
	want(s != blas.Right || k <= n, kGTN)
	want(lda >= max(1, k), badLdA)
	want(ldc >= max(1, n), badLdC)
	wantWork(other, len(work), lwork)
	if m == 0 || n == 0 || k == 0 {
		work[0] = 1
		return
	}
	if lwork == -1 {
		work[0] = length[T](other*blockWork + blockT)
		return
	}
	want(len(a) >= (order-1)*lda+k, shortA)
	want(len(tau) == k, badLenTau)
	want(len(c) >= (m-1)*ldc+n, shortC)
	work[0] = length[T](other*blockWork + blockT)
	r.orm(lapack.ColumnWise, s, t, m, n, k, a, lda, tau, c, ldc)
}

// Ormlq multiplies the m×n matrix C by the Q of [Gelqf] or its transpose, as
// [Ormqr] does for [Geqrf]. tau has k elements at least.
func Ormlq[T kernels.Float](s blas.Side, t blas.Transpose, m, n, k int, a []T, lda int, tau, c []T, ldc int, work []T, lwork int) {
	Real[T]{}.Ormlq(s, t, m, n, k, a, lda, tau, c, ldc, work, lwork)
}

// Ormlq is [Ormlq] on r's engine.
func (r Real[T]) Ormlq(s blas.Side, t blas.Transpose, m, n, k int, a []T, lda int, tau, c []T, ldc int, work []T, lwork int) {
	order, other := m, n
	if s == blas.Right {
		order, other = n, m
	}
	want(s == blas.Left || s == blas.Right, badSide)
	want(t == blas.NoTrans || t == blas.Trans, badTrans)
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(k >= 0, kLT0)
	want(s != blas.Left || k <= m, kGTM)
	want(s != blas.Right || k <= n, kGTN)
	want(lda >= max(1, order), badLdA)
	wantWork(other, len(work), lwork)
	if m == 0 || n == 0 || k == 0 {
		work[0] = 1
		return
	}
	if lwork == -1 {
		work[0] = length[T](other*blockWork + blockT)
		return
	}
	want(len(a) >= (k-1)*lda+order, shortA)
	want(len(tau) >= k, shortTau)
	want(len(c) >= (m-1)*ldc+n, shortC)
	want(ldc >= max(1, n), badLdC)
	work[0] = length[T](other*blockWork + blockT)
	// The product of reflectors that larft makes is Qᵀ.
	if t == blas.NoTrans {
		t = blas.Trans
	} else {
		t = blas.NoTrans
	}
	r.orm(lapack.RowWise, s, t, m, n, k, a, lda, tau[:k], c, ldc)
}

// orm multiplies C by the product H[0]*H[1]*…*H[k-1] or its transpose.
func (r Real[T]) orm(store lapack.StoreV, s blas.Side, t blas.Transpose, m, n, k int, a []T, lda int, tau, c []T, ldc int) {
	if max(m, n) <= orderOrm {
		r.plainOrm(store, s, t, m, n, k, a, lda, tau, c, ldc)
		return
	}
	order := m
	if s == blas.Right {
		order = n
	}
	forward := (s == blas.Left) == (t == blas.Trans)
	last := (k - 1) / panelGeqrf * panelGeqrf
	for b := 0; b < k; b += panelGeqrf {
		i := b
		if !forward {
			i = last - b
		}
		w := min(panelGeqrf, k-i)
		h := r.larft(lapack.Forward, store, order-i, w, a[i*lda+i:], lda, tau[i:i+w])
		if s == blas.Left {
			h.larfb(s, t, n, c[i*ldc:], ldc)
		} else {
			h.larfb(s, t, m, c[i:], ldc)
		}
		h.free()
	}
}

// Orgqr makes the first n columns of the Q of k reflectors of order m, m ≥ n ≥
// k, that [Geqrf] left in the columns of a, in their place.
//
// work is not needed, but is checked as gonum does: lwork ≥ max(1, n). A query,
// lwork = -1, puts gonum's length in work[0] and does nothing else.
func Orgqr[T kernels.Float](m, n, k int, a []T, lda int, tau, work []T, lwork int) {
	Real[T]{}.Orgqr(m, n, k, a, lda, tau, work, lwork)
}

// Orgqr is [Orgqr] on r's engine.
func (r Real[T]) Orgqr(m, n, k int, a []T, lda int, tau, work []T, lwork int) {
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(n <= m, nGTM)
	want(k >= 0, kLT0)
	want(k <= n, kGTN)
	want(lda >= max(1, n) || lwork == -1, badLdA)
	wantWork(n, len(work), lwork)
	if n == 0 {
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
	for i := range m {
		row := a[i*lda:][:n]
		clear(row[k:])
		if k <= i && i < n {
			row[i] = 1
		}
	}
	for i := (k - 1) / panelGeqrf * panelGeqrf; i >= 0 && k > 0; i -= panelGeqrf {
		w := min(panelGeqrf, k-i)
		corner := a[i*lda+i:]
		h := r.larft(lapack.Forward, lapack.ColumnWise, m-i, w, corner, lda, tau[i:i+w])
		h.larfb(blas.Left, blas.NoTrans, n-i-w, corner[w:], lda)
		h.columns(corner, lda)
		for q := range i {
			clear(a[q*lda+i:][:w])
		}
		h.free()
	}
}

// Orglq makes the first m rows of the Q of k reflectors of order n, n ≥ m ≥ k,
// that [Gelqf] left in the rows of a, in their place. lwork ≥ max(1, m), or -1
// for a query.
func Orglq[T kernels.Float](m, n, k int, a []T, lda int, tau, work []T, lwork int) {
	Real[T]{}.Orglq(m, n, k, a, lda, tau, work, lwork)
}

// Orglq is [Orglq] on r's engine.
func (r Real[T]) Orglq(m, n, k int, a []T, lda int, tau, work []T, lwork int) {
	want(m >= 0, mLT0)
	want(n >= m, nLTM)
	want(k >= 0, kLT0)
	want(k <= m, kGTM)
	want(lda >= max(1, n), badLdA)
	wantWork(m, len(work), lwork)
	if m == 0 {
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
	for i := k; i < m; i++ {
		row := a[i*lda:][:n]
		clear(row)
		row[i] = 1
	}
	for i := (k - 1) / panelGeqrf * panelGeqrf; i >= 0 && k > 0; i -= panelGeqrf {
		w := min(panelGeqrf, k-i)
		corner := a[i*lda+i:]
		h := r.larft(lapack.Forward, lapack.RowWise, n-i, w, corner, lda, tau[i:i+w])
		if below := m - i - w; below > 0 {
			h.larfb(blas.Right, blas.Trans, below, corner[w*lda:], lda)
		}
		h.columns(corner, lda)
		for q := i; q < i+w; q++ {
			clear(a[q*lda:][:i])
		}
		h.free()
	}
}

// columns writes the first k columns of a forward H, E + V*T*V1ᵀ with the first
// k columns E of the identity and the first k rows V1 of V. If V is stored by
// rows, it writes the first rows of Hᵀ, the same numbers transposed.
func (h *reflectors[T]) columns(a []T, lda int) {
	k := h.k
	b := take[T](k * k)
	s := b.data // T*V1ᵀ, or its transpose
	if h.trans == blas.NoTrans {
		for i := range k {
			clear(s[i*k:][:i])
			copy(s[i*k+i:][:k-i], h.t[i*h.ldt+i:])
		}
		h.r.Trmm(blas.Right, blas.Lower, blas.Trans, blas.Unit, k, k, 1, h.v, h.ldv, s, k)
		h.r.Gemm(blas.NoTrans, blas.NoTrans, h.n, k, k, 1, h.v, h.ldv, s, k, 0, a, lda)
	} else {
		for i := range k {
			clear(s[i*k+i+1:][:k-i-1])
			for j := range i + 1 {
				s[i*k+j] = h.t[j*h.ldt+i]
			}
		}
		h.r.Trmm(blas.Left, blas.Upper, blas.Trans, blas.Unit, k, k, 1, h.v, h.ldv, s, k)
		h.r.Gemm(blas.NoTrans, blas.NoTrans, k, h.n, k, 1, s, k, h.v, h.ldv, 0, a, lda)
	}
	for i := range k {
		a[i*lda+i]++
	}
	b.drop()
}
