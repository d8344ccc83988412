package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// Getrf computes the LU factorisation of an m×n matrix with row exchanges, A =
// P*L*U: L is lower triangular (trapezoidal if m > n) with ones on its diagonal,
// U is upper triangular (trapezoidal if m < n). Both overwrite A, but for the
// ones. Row i was exchanged with row ipiv[i], in increasing order of i; ipiv has
// min(m, n) elements.
//
// It returns false if a pivot is zero: U is singular then. The factorisation is
// complete all the same. The pivot of a column is its first NaN or, if there is
// none, the first element of the largest absolute value.
//
// Columns are halved until 64 are left, which are factored as rows of a
// transposed copy (S. Toledo, SIAM J. Matrix Anal. Appl. 18(4), 1997). The bits
// are the same on every backend. Backward error: |A - P*L*U| ≤ γ(min(m,
// n))·|L|·|U| (N. Higham, Accuracy and Stability of Numerical Algorithms, 2002,
// th. 9.3).
func Getrf[T kernels.Float](m, n int, a []T, lda int, ipiv []int) (ok bool) {
	return Real[T]{}.Getrf(m, n, a, lda, ipiv)
}

// Getrf is [Getrf] on r's engine.
func (r Real[T]) Getrf(m, n int, a []T, lda int, ipiv []int) (ok bool) {
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	if m == 0 || n == 0 {
		return true
	}
	want(len(a) >= (m-1)*lda+n, shortA)
	want(len(ipiv) == min(m, n), badLenIpiv)
	return r.getrf(m, n, a, lda, ipiv)
}

const (
	// panelGetrf is how many columns are copied, transposed, to be factored.
	panelGetrf = 64
	// leafGetrf is how many of those are done one by one.
	leafGetrf = 8
	// smallGetrf is the number of elements up to which a matrix is factored as
	// it lies: it stays in a first-level cache.
	smallGetrf = 64 * 64
)

func (r Real[T]) getrf(m, n int, a []T, lda int, ipiv []int) bool {
	k := min(m, n)
	switch {
	case m*n <= smallGetrf:
		return r.getrfSmall(m, n, a, lda, ipiv)
	case k < n:
		// The columns beyond the square follow.
		ok := r.getrf(m, k, a, lda, ipiv)
		laswp(n-k, a[k:], lda, 0, k, ipiv, false)
		r.Trsm(blas.Left, blas.Lower, blas.NoTrans, blas.Unit, k, n-k, 1, a, lda, a[k:], lda)
		return ok
	case n <= panelGetrf:
		return r.getrfPanel(m, n, a, lda, ipiv)
	}
	h := half(n, panelGetrf)
	ok := r.getrf(m, h, a, lda, ipiv[:h])
	right, rest := a[h:], a[h*lda+h:]
	laswp(n-h, right, lda, 0, h, ipiv, false)
	r.Trsm(blas.Left, blas.Lower, blas.NoTrans, blas.Unit, h, n-h, 1, a, lda, right, lda)
	r.Gemm(blas.NoTrans, blas.NoTrans, m-h, n-h, h, -1, a[h*lda:], lda, right, lda, 1, rest, lda)
	if !r.getrf(m-h, n-h, rest, lda, ipiv[h:]) {
		ok = false
	}
	laswp(h, a[h*lda:], lda, 0, n-h, ipiv[h:], false)
	for i := range ipiv[h:] {
		ipiv[h+i] += h
	}
	return ok
}

// getrfSmall goes by strips of columns. Beside one it makes the rows of U, and
// -U, so that all that is left to do is a product that adds, the quickest there
// is.
func (r Real[T]) getrfSmall(m, n int, a []T, lda int, ipiv []int) bool {
	k := len(ipiv)
	ld := oddLines[T](n)
	b := take[T](strip * ld)
	ok := true
	for j := 0; j < k; j += strip {
		w := min(strip, k-j)
		if !getrfStrip(m-j, w, a[j*lda+j:], lda, ipiv[j:j+w]) {
			ok = false
		}
		for i := j; i < j+w; i++ {
			ipiv[i] += j
			if p := ipiv[i]; p != i {
				x, y := a[i*lda:], a[p*lda:]
				swap(x[:j], y[:j])
				swap(x[j+w:n], y[j+w:n])
			}
		}
		at := j + w
		switch {
		case at == n:
		case w < strip: // the last rows
			for i := j + 1; i < at; i++ {
				for q := j; q < i; q++ {
					r.axpy(-a[i*lda+q], a[q*lda+at:q*lda+n], a[i*lda+at:i*lda+n])
				}
			}
		default:
			rowsOfU(n-at, a[j*lda+j:], lda, b.data, ld)
			if at < m {
				r.Gemm(blas.NoTrans, blas.NoTrans, m-at, n-at, strip, 1, a[at*lda+j:], lda, b.data, ld, 1, a[at*lda+at:], lda)
			}
		}
	}
	b.drop()
	return ok
}

func swap[T kernels.Float](x, y []T) {
	y = y[:len(x)]
	for i, v := range x {
		x[i], y[i] = y[i], v
	}
}

// rowsOfU solves L*U = B for strip×n elements in a, to the right of a unit lower
// triangle, and leaves U there and -U in neg.
func rowsOfU[T kernels.Float](n int, a []T, lda int, neg []T, ld int) {
	l10 := a[lda]
	l20, l21 := a[2*lda], a[2*lda+1]
	l30, l31, l32 := a[3*lda], a[3*lda+1], a[3*lda+2]
	r0, r1, r2, r3 := a[strip:][:n], a[lda+strip:][:n], a[2*lda+strip:][:n], a[3*lda+strip:][:n]
	n0, n1, n2, n3 := neg[:n], neg[ld:][:n], neg[2*ld:][:n], neg[3*ld:][:n]
	for c, x0 := range r0 {
		x1 := r1[c] - T(l10*x0)
		x2 := r2[c] - T(l20*x0) - T(l21*x1)
		x3 := r3[c] - T(l30*x0) - T(l31*x1) - T(l32*x2)
		r1[c], r2[c], r3[c] = x1, x2, x3
		n0[c], n1[c], n2[c], n3[c] = -x0, -x1, -x2, -x3
	}
}

// getrfStrip factors m×w elements, w ≤ strip, column by column. While it takes
// a column from those after it, it looks for the next pivot.
func getrfStrip[T kernels.Float](m, w int, a []T, lda int, ipiv []int) bool {
	p, best := 0, T(-1)
	for i := range m {
		if v := abs(a[i*lda]); v > best || v != v && best == best {
			p, best = i, v
		}
	}
	ok := true
	for j := range ipiv {
		ipiv[j] = p
		top := a[j*lda:][:w]
		if p != j {
			swap(top, a[p*lda:][:w])
		}
		inv, exact := reciprocal(top[j])
		if !exact {
			// Divide first, and multiply by 1. All is zero below a zero.
			inv = 1
			if top[j] == 0 {
				ok = false
			}
			for i := j + 1; i < m && top[j] != 0; i++ {
				a[i*lda+j] /= top[j]
			}
		}
		if w == strip {
			t := *(*[strip]T)(top)
			p = stripColumn(j, m, inv, &t, a, lda)
			continue
		}
		p, best = j+1, -1
		for i := j + 1; i < m; i++ {
			row := a[i*lda:][:w]
			l := row[j] * inv
			row[j] = l
			for q := j + 1; q < len(row); q++ {
				row[q] -= T(l * top[q])
			}
			if j+1 < len(row) {
				if v := abs(row[j+1]); v > best || v != v && best == best {
					p, best = i, v
				}
			}
		}
	}
	return ok
}

// stripColumn divides column j of a strip below row j, takes its multiples, of
// the row t, from the columns after it, and returns where the next pivot is. Each
// column has a loop of its own, and a comparison that is true but for a new
// largest element or a NaN.
func stripColumn[T kernels.Float](j, m int, inv T, t *[strip]T, a []T, lda int) (p int) {
	p, best := j+1, T(-1)
	switch j {
	case 0:
		for i := 1; i < m; i++ {
			row := (*[strip]T)(a[i*lda:])
			l := row[0] * inv
			v := row[1] - T(l*t[1])
			row[0], row[1] = l, v
			row[2] -= T(l * t[2])
			row[3] -= T(l * t[3])
			if v = abs(v); !(v <= best) && best == best {
				p, best = i, v
			}
		}
	case 1:
		for i := 2; i < m; i++ {
			row := (*[strip]T)(a[i*lda:])
			l := row[1] * inv
			v := row[2] - T(l*t[2])
			row[1], row[2] = l, v
			row[3] -= T(l * t[3])
			if v = abs(v); !(v <= best) && best == best {
				p, best = i, v
			}
		}
	case 2:
		for i := 3; i < m; i++ {
			row := (*[strip]T)(a[i*lda:])
			l := row[2] * inv
			v := row[3] - T(l*t[3])
			row[2], row[3] = l, v
			if v = abs(v); !(v <= best) && best == best {
				p, best = i, v
			}
		}
	default:
		for i := strip; i < m; i++ {
			a[i*lda+strip-1] *= inv
		}
	}
	return p
}

// getrfPanel factors m×n elements, m ≥ n, as rows of a transposed copy, where
// columns are contiguous.
func (r Real[T]) getrfPanel(m, n int, a []T, lda int, ipiv []int) bool {
	ld := oddLines[T](m)
	b := take[T](n * ld)
	transpose(m, n, a, lda, b.data, ld)
	ok := r.getrfTransposed(m, 0, n, b.data, ld, ipiv)
	transposeBack(m, n, a, lda, b.data, ld)
	b.drop()
	return ok
}

// getrfTransposed factors rows j to j+n-1 of p, columns of the matrix, to which
// the rows before j have been applied.
func (r Real[T]) getrfTransposed(m, j, n int, p []T, ld int, ipiv []int) bool {
	if n <= leafGetrf {
		return r.getrfColumns(m, j, n, p, ld, ipiv)
	}
	h := half(n, leafGetrf)
	ok := r.getrfTransposed(m, j, h, p, ld, ipiv)
	swapColumns(p[(j+h)*ld:], ld, n-h, j, j+h, ipiv)
	left, right := p[j*ld:], p[(j+h)*ld:]
	r.Trsm(blas.Right, blas.Upper, blas.NoTrans, blas.Unit, n-h, h, 1, left[j:], ld, right[j:], ld)
	if m > j+h {
		r.Gemm(blas.NoTrans, blas.NoTrans, n-h, m-j-h, h, -1, right[j:], ld, left[j+h:], ld, 1, right[j+h:], ld)
	}
	if !r.getrfTransposed(m, j+h, n-h, p, ld, ipiv) {
		ok = false
	}
	swapColumns(left, ld, h, j+h, j+n, ipiv)
	return ok
}

// swapColumns exchanges columns of p, of rows rows: column i with ipiv[i], for
// all i from k1 to k2-1.
func swapColumns[T kernels.Float](p []T, ld, rows, k1, k2 int, ipiv []int) {
	for q := range rows {
		row := p[q*ld:]
		for i, s := range ipiv[k1:k2] {
			i += k1
			row[i], row[s] = row[s], row[i]
		}
	}
}

// getrfColumns factors a few rows of p, one after the other. Each takes from
// those before it what it needs when its turn comes.
func (r Real[T]) getrfColumns(m, j, n int, p []T, ld int, ipiv []int) bool {
	e := r.Engine()
	ok := true
	for c := j; c < j+n; c++ {
		col := p[c*ld:][:m]
		for k := j; k < c; k++ {
			s := ipiv[k]
			col[k], col[s] = col[s], col[k]
		}
		for k := j; k+1 < c; k++ {
			u, l := col[k], p[k*ld:]
			for i := k + 1; i < c; i++ {
				col[i] -= T(u * l[i])
			}
		}
		if c > j {
			before := kernels.Matrix[T]{Rows: c - j, Cols: m - c, Data: p[j*ld+c:], Stride: ld}
			e.Gemv(kernels.Trans, -1, before, col[j:c], 1, col[c:])
		}
		s := c + r.Iamax(m-c, col[c:], 1)
		ipiv[c] = s
		pivot := col[s]
		if pivot == 0 {
			ok = false
			continue
		}
		for k := j; k <= c; k++ {
			row := p[k*ld:]
			row[c], row[s] = row[s], row[c]
		}
		r.divide(col[c+1:], pivot)
	}
	return ok
}

// Getrs solves op(A)*X = B with the factors that [Getrf] left in a and ipiv. X
// overwrites B, of n×nrhs.
func Getrs[T kernels.Float](t blas.Transpose, n, nrhs int, a []T, lda int, ipiv []int, b []T, ldb int) {
	Real[T]{}.Getrs(t, n, nrhs, a, lda, ipiv, b, ldb)
}

// Getrs is [Getrs] on r's engine.
func (r Real[T]) Getrs(t blas.Transpose, n, nrhs int, a []T, lda int, ipiv []int, b []T, ldb int) {
	want(isTrans(t), badTrans)
	want(n >= 0, nLT0)
	want(nrhs >= 0, nrhsLT0)
	want(lda >= max(1, n), badLdA)
	want(ldb >= max(1, nrhs), badLdB)
	if n == 0 || nrhs == 0 {
		return
	}
	want(len(a) >= (n-1)*lda+n, shortA)
	want(len(b) >= (n-1)*ldb+nrhs, shortB)
	want(len(ipiv) == n, badLenIpiv)
	if t == blas.NoTrans {
		laswp(nrhs, b, ldb, 0, n, ipiv, false)
		r.Trsm(blas.Left, blas.Lower, blas.NoTrans, blas.Unit, n, nrhs, 1, a, lda, b, ldb)
		r.Trsm(blas.Left, blas.Upper, blas.NoTrans, blas.NonUnit, n, nrhs, 1, a, lda, b, ldb)
		return
	}
	r.Trsm(blas.Left, blas.Upper, blas.Trans, blas.NonUnit, n, nrhs, 1, a, lda, b, ldb)
	r.Trsm(blas.Left, blas.Lower, blas.Trans, blas.Unit, n, nrhs, 1, a, lda, b, ldb)
	laswp(nrhs, b, ldb, 0, n, ipiv, true)
}

// Gesv solves A*X = B for a square A: [Getrf] and, if that returns true,
// [Getrs]. The factors overwrite A, X overwrites B, of n×nrhs.
func Gesv[T kernels.Float](n, nrhs int, a []T, lda int, ipiv []int, b []T, ldb int) (ok bool) {
	return Real[T]{}.Gesv(n, nrhs, a, lda, ipiv, b, ldb)
}

// Gesv is [Gesv] on r's engine.
func (r Real[T]) Gesv(n, nrhs int, a []T, lda int, ipiv []int, b []T, ldb int) (ok bool) {
	want(n >= 0, nLT0)
	want(nrhs >= 0, nrhsLT0)
	want(lda >= max(1, n), badLdA)
	want(ldb >= max(1, nrhs), badLdB)
	if n == 0 || nrhs == 0 {
		return true
	}
	want(len(a) >= (n-1)*lda+n, shortAB)
	want(len(ipiv) == n, badLenIpiv)
	want(len(b) >= (n-1)*ldb+nrhs, shortB)
	if !r.getrf(n, n, a, lda, ipiv) {
		return false
	}
	r.Getrs(blas.NoTrans, n, nrhs, a, lda, ipiv, b, ldb)
	return true
}

// blockGetri is how many columns Getri solves for at a time.
const blockGetri = 128

// Getri computes the inverse of A in the place of the factors that [Getrf] left
// in a and ipiv. It returns false, with nothing written, if U has a zero on its
// diagonal.
//
// work is not needed, but is checked as gonum does: lwork ≥ max(1, n). A query,
// lwork = -1, puts gonum's length in work[0] and does nothing else.
func Getri[T kernels.Float](n int, a []T, lda int, ipiv []int, work []T, lwork int) (ok bool) {
	return Real[T]{}.Getri(n, a, lda, ipiv, work, lwork)
}

// Getri is [Getri] on r's engine.
func (r Real[T]) Getri(n int, a []T, lda int, ipiv []int, work []T, lwork int) (ok bool) {
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	wantWork(n, len(work), lwork)
	if n == 0 {
		work[0] = 1
		return true
	}
	if lwork == -1 {
		work[0] = length[T](n * blockWork)
		return true
	}
	want(len(a) >= (n-1)*lda+n, shortA)
	want(len(ipiv) == n, badLenIpiv)
	work[0] = length[T](n * blockWork)
	if zeroOnDiagonal(n, a, lda) {
		return false
	}
	r.trtri(blas.Upper, blas.NonUnit, n, a, lda)
	r.divideByL(n, a, lda)
	for i := range n {
		row := a[i*lda:][:n]
		for j := n - 1; j >= 0; j-- {
			if p := ipiv[j]; p != j {
				row[j], row[p] = row[p], row[j]
			}
		}
	}
	return true
}

// divideByL computes X = U*L⁻¹ in the place of L and an upper triangular U:
// X*L = U gives the columns from the last block on.
func (r Real[T]) divideByL(n int, a []T, lda int) {
	ld := oddLines[T](blockGetri)
	b := take[T](n * ld)
	l := b.data
	for j := (n - 1) / blockGetri * blockGetri; j >= 0; j -= blockGetri {
		w := min(blockGetri, n-j)
		for i := j + 1; i < n; i++ {
			row := a[i*lda+j:][:min(w, i-j)]
			copy(l[i*ld:], row)
			clear(row)
		}
		if k := j + w; k < n {
			r.Gemm(blas.NoTrans, blas.NoTrans, n, w, n-k, -1, a[k:], lda, l[k*ld:], ld, 1, a[j:], lda)
		}
		r.Trsm(blas.Right, blas.Lower, blas.NoTrans, blas.Unit, n, w, 1, l[j*ld:], ld, a[j:], lda)
	}
	b.drop()
}
