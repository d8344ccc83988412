package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// Gesvd computes the singular value decomposition of the m×n matrix A,
//
//	A = U*S*Vᵀ,
//
// with k = min(m, n) singular values, descending, in s. With jobU SVDAll the
// m×m matrix U is written to u, with SVDStore its first k columns, with SVDNone
// u is not used. With jobVT SVDAll Vᵀ, n×n, is written to vt, with SVDStore its
// first k rows, with SVDNone vt is not used. SVDOverwrite panics, as in gonum.
// A is left as it is. The sign of a pair of vectors, and the basis where
// singular values are equal, are any, but the same on every backend.
//
// It returns false, with nothing of use in its outputs, if an element is NaN or
// infinite; it also would if the iteration for a small part of the matrix did not
// converge, of which no case is known.
//
// work is not needed, but is checked as gonum does: lwork ≥ max(1, 3k+max(m, n),
// 5k), which is also what a query, lwork = -1, puts in work[0].
//
// A, or R of A = Q*R where one side is at least 1.6 times the other, is reduced
// to bidiagonal form ([Gebrd]), which is worked off by the QR method ([Bdsqr])
// or, for vectors and orders over 32, by divide and conquer (docs/decisions has
// the reasons). ‖A - U*S*Vᵀ‖ ≤ c·p·u·‖A‖ with p = max(m, n) and c a small
// constant, and U and V are orthogonal to c·p·u; so singular values err by
// c·p·u·‖A‖, small ones too.
func Gesvd[T kernels.Float](jobU, jobVT lapack.SVDJob, m, n int, a []T, lda int, s, u []T, ldu int, vt []T, ldvt int, work []T, lwork int) (ok bool) {
	return Real[T]{}.Gesvd(jobU, jobVT, m, n, a, lda, s, u, ldu, vt, ldvt, work, lwork)
}

// Gesvd is [Gesvd] on r's engine.
func (r Real[T]) Gesvd(jobU, jobVT lapack.SVDJob, m, n int, a []T, lda int, s, u []T, ldu int, vt []T, ldvt int, work []T, lwork int) (ok bool) {
	want(jobU != lapack.SVDOverwrite && jobVT != lapack.SVDOverwrite, "dgesvd: not coded for overwrite")
	want(isSVDJob(jobU) && isSVDJob(jobVT), badSVDJob)
	want(m >= 0, mLT0)
	want(n >= 0, nLT0)
	k := min(m, n)
	allU, someU := jobU == lapack.SVDAll, jobU == lapack.SVDStore
	allV, someV := jobVT == lapack.SVDAll, jobVT == lapack.SVDStore
	want(lda >= max(1, n), badLdA)
	want(ldu >= 1 && (!allU || ldu >= m) && (!someU || ldu >= k), badLdU)
	want(ldvt >= 1 && (!allV && !someV || ldvt >= n), badLdVT)
	need := max(3*k+max(m, n), 5*k)
	if k == 0 {
		need = 1
	}
	wantWork(need, len(work), lwork)
	if k == 0 || lwork == -1 {
		work[0] = length[T](need)
		return true
	}
	want(len(a) >= (m-1)*lda+n, shortA)
	want(len(s) >= k, shortS)
	colsU, rowsV := 0, 0
	switch {
	case allU:
		colsU = m
	case someU:
		colsU = k
	}
	switch {
	case allV:
		rowsV = n
	case someV:
		rowsV = k
	}
	want(colsU == 0 || len(u) >= (m-1)*ldu+colsU, shortU)
	want(rowsV == 0 || len(vt) >= (rowsV-1)*ldvt+n, shortVT)
	work[0] = length[T](need)

	// The rest is about a tall matrix, if need be Aᵀ = V*Sᵀ*Uᵀ.
	t := tall[T]{r: r, m: m, n: n, s: s[:k], left: colsU, right: rowsV}
	if m < n {
		t.m, t.n, t.left, t.right = n, m, rowsV, colsU
	}
	t.ld = oddLines[T](t.n)
	b := take[T](t.m * t.ld)
	defer b.drop()
	t.a = b.data
	if m < n {
		transpose(m, n, a, lda, t.a, t.ld)
	} else {
		for i := range m {
			copy(t.a[i*t.ld:][:n], a[i*lda:])
		}
	}
	if !t.decompose() {
		return false
	}
	if m >= n {
		transpose(colsU, m, t.ut, t.ldu, u, ldu)
		copyRows(rowsV, n, t.vt, t.ldv, vt, ldvt)
	} else {
		copyRows(rowsV, n, t.ut, t.ldu, vt, ldvt)
		transpose(colsU, m, t.vt, t.ldv, u, ldu)
	}
	t.free()
	return true
}

func isSVDJob(j lapack.SVDJob) bool {
	return j == lapack.SVDAll || j == lapack.SVDStore || j == lapack.SVDNone
}

func copyRows[T kernels.Float](m, n int, a []T, lda int, b []T, ldb int) {
	for i := range m {
		copy(b[i*ldb:][:n], a[i*lda:])
	}
}

// tall is the singular value decomposition of a matrix with m ≥ n. left and
// right are how many vectors are wanted on each side, which become the rows of
// ut and vt.
type tall[T kernels.Float] struct {
	r           Real[T]
	m, n        int
	a           []T // overwritten
	ld          int
	s           []T
	left, right int

	ut, vt   []T
	ldu, ldv int
	ub, vb   *buffer[T]
}

// free gives back ut and vt.
func (t *tall[T]) free() {
	if t.ub != nil {
		t.ub.drop()
		t.vb.drop()
	}
}

func (t *tall[T]) decompose() bool {
	m, n, r := t.m, t.n, t.r
	var top T
	for i := range m {
		for _, v := range t.a[i*t.ld:][:n] {
			top = max(top, abs(v)) // NaN stays
		}
	}
	x, ok := exponent([]T{top})
	if !ok {
		return false
	}
	if -farOff < x && x < farOff {
		x = 0
	}
	for i := range m {
		scaleTwo(t.a[i*t.ld:][:n], -x)
	}

	if m <= leafBdsdc {
		ok = t.plain()
		scaleTwo(t.s, x)
		return ok
	}
	b := take[T](4*n + n*t.ld)
	defer b.drop()
	e, tauQ, tauP, tau := b.data[:n-1], b.data[n:2*n], b.data[2*n:3*n], b.data[3*n:4*n]
	// B is the bidiagonal matrix, with its reflectors, of A or of R.
	rowsB, bd, qr := m, t.a, 5*m >= 8*n
	if qr {
		r.geqrf(m, n, t.a, t.ld, tau)
		rowsB, bd = n, b.data[4*n:]
		for i := range n {
			clear(bd[i*t.ld:][:i])
			copy(bd[i*t.ld+i:][:n-i], t.a[i*t.ld+i:])
		}
	}
	r.gebrd(rowsB, n, bd, t.ld, t.s, e, tauQ, tauP)
	if t.left == 0 && t.right == 0 {
		ok = bidiagonalValues(t.s, e)
		scaleTwo(t.s, x)
		return ok
	}

	t.ldu, t.ldv = oddLines[T](m), oddLines[T](n)
	t.ub, t.vb = take[T](max(t.left, n)*t.ldu), take[T](n*t.ldv)
	t.ut, t.vt = t.ub.data, t.vb.data
	if !r.bdsdc(t.s, e, t.ut, t.ldu, t.vt, t.ldv) {
		t.free()
		return false
	}
	scaleTwo(t.s, x)
	if t.right > 0 && n > 1 {
		r.orm(lapack.RowWise, blas.Right, blas.Trans, n, n-1, n-1, bd[1:], t.ld, tauP[:n-1], t.vt[1:], t.ldv)
	}
	if t.left > 0 {
		for i := range t.left {
			row := t.ut[i*t.ldu:][:m]
			if i < n {
				row = row[n:]
			}
			clear(row)
			if i >= n {
				row[i] = 1
			}
		}
		if qr {
			r.orm(lapack.ColumnWise, blas.Right, blas.Trans, n, n, n, bd, t.ld, tauQ, t.ut, t.ldu)
			r.orm(lapack.ColumnWise, blas.Right, blas.Trans, t.left, m, n, t.a, t.ld, tau, t.ut, t.ldu)
		} else {
			r.orm(lapack.ColumnWise, blas.Right, blas.Trans, t.left, m, n, bd, t.ld, tauQ, t.ut, t.ldu)
		}
	}
	return true
}

// plain is decompose for a small matrix.
func (t *tall[T]) plain() bool {
	m, n := t.m, t.n
	t.ldu, t.ldv = m, n
	t.ub, t.vb = take[T](m*m+n*m+4*n), take[T](n*n)
	t.ut, t.vt = t.ub.data[:m*m], t.vb.data
	q, b := t.ub.data[m*m:][:n*m], t.ub.data[m*m+n*m:]
	e, tauQ, tauP := b[:n-1], b[n:2*n], b[2*n:3*n]
	t.r.plainGebrd(0, m, n, t.a, t.ld, t.s, e, tauQ, tauP, q, m)
	if t.left == 0 && t.right == 0 {
		return bidiagonalValues(t.s, e)
	}
	c := bidiagonal[T]{d: t.s, e: e}
	if t.left > 0 {
		plainQ(m, n, 0, q, m, tauQ, t.ut, m)
		c.left = rows[T]{t.ut, m, m}
	}
	if t.right > 0 {
		plainQ(n, n-1, 1, t.a, t.ld, tauP, t.vt, n)
		c.right = rows[T]{t.vt, n, n}
	}
	if !c.iterate() {
		t.free()
		return false
	}
	c.sort()
	return true
}
