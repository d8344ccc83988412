package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// larfg makes an elementary reflector of order n, H = I - tau*(1; v)*(1 vᵀ), so
// that H*(alpha; x) = (beta; 0). v overwrites x, of which there are n-1
// elements. If x is zero, so is tau, and H = I.
//
// Vectors near the least numbers are scaled up first; where |beta| is near the
// largest, alpha-beta may overflow, as in LAPACK. NaN gives NaN.
func (r Real[T]) larfg(n int, alpha T, x []T, incX int) (beta, tau T) {
	if n <= 1 {
		return alpha, 0
	}
	norm := r.nrm2(n-1, x, incX)
	if norm == 0 {
		return alpha, 0
	}
	beta = -copysign(lapy2(alpha, norm), alpha)
	small := smallest[T]() / unit[T]()
	times := 0
	for ; abs(beta) < small && times < 20; times++ {
		// beta is inexact among subnormal numbers.
		r.Scal(n-1, 1/small, x, incX)
		beta /= small
		alpha /= small
	}
	if times > 0 {
		beta = -copysign(lapy2(alpha, r.nrm2(n-1, x, incX)), alpha)
	}
	tau = (beta - alpha) / beta
	by := 1 / (alpha - beta)
	if n-1 <= narrow {
		for i := range n - 1 {
			x[i*incX] *= by
		}
	} else {
		r.Scal(n-1, by, x, incX)
	}
	for range times {
		beta *= small
	}
	return beta, tau
}

// reflectors is a product of k elementary reflectors of order n as one block
// reflector, H = I + V*T*Vᵀ. V is n×k, and T k×k and triangular, upper if they
// are forward, else lower; its sign is not LAPACK's, so that it enters products
// that add, the quickest there are. (R.
// Schreiber, C. Van Loan, SIAM J. Sci. Stat. Comput. 10(1), 1989.)
type reflectors[T kernels.Float] struct {
	r       Real[T]
	n, k    int
	trans   blas.Transpose // of v: NoTrans if it is V, Trans if it is Vᵀ
	v       []T            // with its ones and zeros
	ldv     int
	t       []T // with its zeros
	ldt     int
	vb, tb  *buffer[T]
	forward bool

	// wide, if it is not nil, is V once more, n×k. A product from its left
	// reads it along its rows, which is the quicker.
	wide []T
	ldw  int
}

// larft makes one reflector of k, H = H[0]*H[1]*…*H[k-1] if direct is Forward
// and H[k-1]*…*H[1]*H[0] if it is Backward. Vector i is column i of the n×k
// matrix v or, stored by rows, row i of a k×n one. It has its 1 at i, or
// Backward at n-k+i; the 1, and the zeros before it, or Backward after it, are
// not read. k ≤ n. free gives the memory back.
func (r Real[T]) larft(direct lapack.Direct, store lapack.StoreV, n, k int, v []T, ldv int, tau []T) reflectors[T] {
	h := newReflectors(r, direct, store, n, k)
	if store == lapack.ColumnWise {
		for i := range n {
			copy(h.v[i*h.ldv:][:k], v[i*ldv:][:k])
		}
	} else {
		for i := range k {
			copy(h.v[i*h.ldv:][:n], v[i*ldv:][:n])
		}
	}
	h.complete()
	h.triangle(0, k, tau)
	return h
}

// newReflectors returns k reflectors of order n without their numbers.
func newReflectors[T kernels.Float](r Real[T], direct lapack.Direct, store lapack.StoreV, n, k int) reflectors[T] {
	h := reflectors[T]{r: r, n: n, k: k, forward: direct == lapack.Forward, ldt: k}
	rows, cols := n, k
	if store == lapack.RowWise {
		h.trans = blas.Trans
		rows, cols = k, n
	} else {
		h.trans = blas.NoTrans
	}
	h.ldv = oddLines[T](cols)
	h.vb, h.tb = take[T](rows*h.ldv), take[T](k*k)
	h.v, h.t = h.vb.data, h.tb.data
	clear(h.t)
	return h
}

func (h *reflectors[T]) free() {
	h.vb.drop()
	h.tb.drop()
}

// at returns the place of element i of vector j.
func (h *reflectors[T]) at(i, j int) int {
	if h.trans == blas.NoTrans {
		return i*h.ldv + j
	}
	return j*h.ldv + i
}

// complete writes the ones and zeros of V.
func (h *reflectors[T]) complete() {
	for j := range h.k {
		if h.forward {
			for i := range j {
				h.v[h.at(i, j)] = 0
			}
			h.v[h.at(j, j)] = 1
			continue
		}
		one := h.n - h.k + j
		h.v[h.at(one, j)] = 1
		for i := one + 1; i < h.n; i++ {
			h.v[h.at(i, j)] = 0
		}
	}
}

// leafReflect is up to how many reflectors T is computed column by column.
const leafReflect = 8

// triangle computes the part of T for k reflectors from i on, by halves.
func (h *reflectors[T]) triangle(i, k int, tau []T) {
	if k <= leafReflect {
		h.columnsOfT(i, k, tau)
		return
	}
	p := half(k, leafReflect)
	h.triangle(i, p, tau)
	h.triangle(i+p, k-p, tau)
	h.join(i, p, k-p)
}

// columnsOfT computes the part of T for a few reflectors from i on: column q is
// -tau[q]*T*Vᵀ*v[q] over the reflectors before it, with -tau[q] on the diagonal.
// Backward, those before it are those of higher index.
func (h *reflectors[T]) columnsOfT(i, k int, tau []T) {
	var s [leafReflect * leafReflect]T
	if k > 1 {
		h.gram(i, k, &s)
	}
	t := h.t[i*h.ldt+i:]
	for b := range k {
		q, lo, hi := b, 0, b
		if !h.forward {
			q = k - 1 - b
			lo, hi = q+1, k
		}
		for c := lo; c < hi; c++ {
			from, to := c, hi
			if !h.forward {
				from, to = lo, c+1
			}
			x := T(0)
			for d := from; d < to; d++ {
				x += T(t[c*h.ldt+d] * s[d*leafReflect+q])
			}
			t[c*h.ldt+q] = -tau[i+q] * x
		}
		t[q*h.ldt+q] = -tau[i+q]
	}
}

// gram computes VᵀV for a few reflectors from i on.
func (h *reflectors[T]) gram(i, k int, s *[leafReflect * leafReflect]T) {
	lo, hi := i, h.n
	if !h.forward {
		lo, hi = 0, h.n-h.k+i+k
	}
	v := h.v[h.at(lo, i):]
	if h.trans == blas.NoTrans {
		h.r.Gemm(blas.Trans, blas.NoTrans, k, k, hi-lo, 1, v, h.ldv, v, h.ldv, 0, s[:], leafReflect)
		return
	}
	for q := range k {
		for c := range q {
			// The later one is zero before its 1, or after it.
			from, to := q, hi-lo
			if !h.forward {
				from, to = 0, hi-lo-k+c+1
			}
			d := h.r.dot(v[c*h.ldv+from:c*h.ldv+to], v[q*h.ldv+from:q*h.ldv+to])
			s[c*leafReflect+q], s[q*leafReflect+c] = d, d
		}
	}
}

// flip returns the form in which v enters a product as Vᵀ.
func (h *reflectors[T]) flip() blas.Transpose {
	if h.trans == blas.Trans {
		return blas.NoTrans
	}
	return blas.Trans
}

// join computes the block of T between p reflectors from i on, whose triangle
// is T1, and the q after them: T1*V1ᵀ*V2*T2 or, backward, T2*V2ᵀ*V1*T1. T has
// its zeros, so these are plain products.
func (h *reflectors[T]) join(i, p, q int) {
	j := i + p
	first, second, m, n := i, j, p, q
	lo, hi := j, h.n
	if !h.forward {
		first, second, m, n = j, i, q, p
		lo, hi = 0, h.n-h.k+j
	}
	b := take[T](2 * m * n)
	s, ts := b.data[:m*n], b.data[m*n:]
	const no = blas.NoTrans
	h.inner(m, n, hi-lo, h.v[h.at(lo, first):], h.v[h.at(lo, second):], s)
	h.r.Gemm(no, no, m, n, m, 1, h.t[first*h.ldt+first:], h.ldt, s, n, 0, ts, n)
	h.r.Gemm(no, no, m, n, n, 1, ts, n, h.t[second*h.ldt+second:], h.ldt, 0, h.t[first*h.ldt+second:], h.ldt)
	b.drop()
}

// inner computes the m×n products of the vectors in v and in w, of k elements.
func (h *reflectors[T]) inner(m, n, k int, v, w, s []T) {
	if h.trans == blas.Trans && n <= leafReflect/2 && k > narrow {
		h.r.dots(m, n, k, v, h.ldv, w, h.ldv, s, n)
		return
	}
	h.r.Gemm(h.flip(), h.trans, m, n, k, 1, v, h.ldv, w, h.ldv, 0, s, n)
}

// dots computes C = A*Bᵀ for the rows of A and a few rows of B, which as a factor
// of a product would have to be packed.
func (r Real[T]) dots(m, n, k int, a []T, lda int, b []T, ldb int, c []T, ldc int) {
	e, rows := r.Engine(), kernels.Matrix[T]{Rows: n, Cols: k, Data: b, Stride: ldb}
	for i := range m {
		e.Gemv(kernels.NoTrans, 1, rows, a[i*lda:][:k], 0, c[i*ldc:][:n])
	}
}

// larfb computes C = op(H)*C for C of h.n×cols or, on the right, C = C*op(H)
// for C of cols×h.n. Zeros of V and T are multiplied like any other number: a
// NaN or an infinity in C makes all of its column NaN or, on the right, all of
// its row.
func (h *reflectors[T]) larfb(side blas.Side, trans blas.Transpose, cols int, c []T, ldc int) {
	if cols == 0 || h.k == 0 {
		return
	}
	const no = blas.NoTrans
	if side == blas.Left {
		ld := oddLines[T](cols)
		b := take[T](2 * h.k * ld)
		w, tw := b.data[:h.k*ld], b.data[h.k*ld:]
		h.r.Gemm(h.flip(), no, h.k, cols, h.n, 1, h.v, h.ldv, c, ldc, 0, w, ld)
		h.r.Gemm(trans, no, h.k, cols, h.k, 1, h.t, h.ldt, w, ld, 0, tw, ld)
		v, tv, ldv := h.v, h.trans, h.ldv
		if h.wide != nil {
			v, tv, ldv = h.wide, no, h.ldw
		}
		h.r.Gemm(tv, no, h.n, cols, h.k, 1, v, ldv, tw, ld, 1, c, ldc)
		b.drop()
		return
	}
	ld := oddLines[T](h.k)
	b := take[T](2 * cols * ld)
	w, wt := b.data[:cols*ld], b.data[cols*ld:]
	if h.trans == blas.Trans && h.k <= leafReflect/2 && cols <= leafReflect && h.n > narrow {
		h.r.dots(cols, h.k, h.n, c, ldc, h.v, h.ldv, w, ld)
	} else {
		h.r.Gemm(no, h.trans, cols, h.k, h.n, 1, c, ldc, h.v, h.ldv, 0, w, ld)
	}
	h.r.Gemm(no, trans, cols, h.k, h.k, 1, w, ld, h.t, h.ldt, 0, wt, ld)
	h.r.Gemm(no, h.flip(), cols, h.n, h.k, 1, wt, ld, h.v, h.ldv, 1, c, ldc)
	b.drop()
}
