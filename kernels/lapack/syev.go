package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// Syev computes the eigenvalues of the symmetric n×n matrix A, of which the
// triangle ul is given, in w, of n elements, ascending. With job EVCompute the
// columns of a become unit eigenvectors in the same order, and A = Z*diag(w)*Zᵀ;
// with EVNone a is left as it is. The sign of a vector, and the basis where
// eigenvalues are equal, are any, but the same on every backend.
//
// It returns false, with nothing of use in w and a, if an element is NaN or
// infinite; it also would if the iteration for a small part of the matrix did
// not converge, of which no case is known.
//
// work is not needed, but is checked as gonum does: lwork ≥ max(1, 3n-1). A
// query, lwork = -1, puts gonum's length in work[0].
//
// A is reduced to tridiagonal form ([Sytrd]), which is worked off by the QL
// method, for vectors of orders over 32 by divide and conquer (docs/decisions
// has the reasons). ‖A - Z*diag(w)*Zᵀ‖ ≤ c·n·u·‖A‖ and ‖ZᵀZ - I‖ ≤ c·n·u, c a
// small constant; so eigenvalues err by c·n·u·‖A‖.
func Syev[T kernels.Float](job lapack.EVJob, ul blas.Uplo, n int, a []T, lda int, w, work []T, lwork int) (ok bool) {
	return Real[T]{}.Syev(job, ul, n, a, lda, w, work, lwork)
}

// Syev is [Syev] on r's engine.
func (r Real[T]) Syev(job lapack.EVJob, ul blas.Uplo, n int, a []T, lda int, w, work []T, lwork int) (ok bool) {
	want(job == lapack.EVNone || job == lapack.EVCompute, badEVJob)
	want(isUplo(ul), badUplo)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	wantWork(3*n-1, len(work), lwork)
	if n == 0 {
		return true
	}
	if lwork == -1 {
		work[0] = length[T]((blockWork + 2) * n)
		return false
	}
	want(len(a) >= (n-1)*lda+n, shortA)
	want(len(w) >= n, shortW)
	work[0] = length[T]((blockWork + 2) * n)
	return r.syev(job == lapack.EVCompute, ul, n, a, lda, w[:n])
}

// farOff is the power of two beyond which a matrix is scaled, so that squares
// of its elements neither overflow nor lose what counts.
const farOff = 30

func (r Real[T]) syev(vectors bool, ul blas.Uplo, n int, a []T, lda int, w []T) bool {
	s := newSymmetric(r, ul, n, a, lda)
	defer s.free()
	x, ok := s.exponent()
	if !ok {
		return false
	}
	if -farOff < x && x < farOff {
		x = 0
	}
	s.scale(-x)
	b := take[T](2 * n)
	defer b.drop()
	e, tau := b.data[:n-1], b.data[n:2*n-1]
	s.tridiagonal(w, e, tau)
	if !vectors {
		ok = tridiagonalValues(w, e)
		scaleTwo(w, x)
		return ok
	}
	ld := oddLines[T](n)
	zb := take[T](n * ld)
	defer zb.drop()
	z := zb.data
	if n <= leafStedc {
		plainQ(n, n-1, 1, s.a, s.ld, tau, z, ld)
		ok = tridiagonalQL(w, e, z, ld, n)
		sortRows(w, z, ld, n)
	} else if ok = r.stedc(w, e, z, ld); ok {
		s.apply(blas.Right, blas.Trans, n, n, tau, z, ld)
	}
	transpose(n, n, z, ld, a, lda)
	scaleTwo(w, x)
	return ok
}

// sortRows puts d in ascending order, and rows of n elements of z with it.
func sortRows[T kernels.Float](d, z []T, ldz, n int) {
	for i := range d {
		k := i
		for j := i + 1; j < len(d); j++ {
			if d[j] < d[k] {
				k = j
			}
		}
		if k != i {
			d[i], d[k] = d[k], d[i]
			x, y := z[i*ldz:][:n], z[k*ldz:][:n]
			for c, v := range x {
				x[c], y[c] = y[c], v
			}
		}
	}
}

// exponent is [exponent] for the elements of a matrix.
func (s *symmetric[T]) exponent() (x int, ok bool) {
	var m T
	for i := range s.n {
		for _, v := range s.a[i*s.ld+i : i*s.ld+s.n] {
			v = abs(v)
			if v-v != 0 {
				return 0, false
			}
			m = max(m, v)
		}
	}
	x, ok = exponent([]T{m})
	return x, ok
}

// scale multiplies by 2^x.
func (s *symmetric[T]) scale(x int) {
	for i := range s.n {
		scaleTwo(s.a[i*s.ld:][:s.n], x)
	}
}
