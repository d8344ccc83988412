package lapack

import (
	"slices"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// Steqr computes the eigenvalues of the symmetric tridiagonal matrix T with
// diagonal d, of n elements, and off-diagonal e, of n-1: ascending in d; e is
// destroyed. With comp EVTridiag the columns of the n×n matrix z become unit
// eigenvectors of T. With EVOrig z holds on entry the orthogonal Q of A = Q*T*Qᵀ,
// and its columns become eigenvectors of A. With EVCompNone z is not used.
//
// It returns false, with nothing of use in d and z, if an element is NaN or
// infinite, or an eigenvalue does not converge, of which no case is known.
//
// work is not needed, but is checked as gonum does: 2n-2 elements if there are
// vectors. The methods are those of [Syev], and so are the error bounds.
func Steqr[T kernels.Float](comp lapack.EVComp, n int, d, e, z []T, ldz int, work []T) (ok bool) {
	return Real[T]{}.Steqr(comp, n, d, e, z, ldz, work)
}

// Steqr is [Steqr] on r's engine.
func (r Real[T]) Steqr(comp lapack.EVComp, n int, d, e, z []T, ldz int, work []T) (ok bool) {
	vectors := comp != lapack.EVCompNone
	want(!vectors || comp == lapack.EVTridiag || comp == lapack.EVOrig, badEVComp)
	want(n >= 0, nLT0)
	want(ldz >= 1 && (!vectors || ldz >= n), badLdZ)
	if n == 0 {
		return true
	}
	want(len(d) >= n, shortD)
	want(len(e) >= n-1, shortE)
	want(!vectors || len(z) >= (n-1)*ldz+n, shortZ)
	want(!vectors || len(work) >= max(1, 2*n-2), shortWork)
	d, e = d[:n], e[:n-1]
	if !vectors {
		return tridiagonalValues(d, e)
	}
	ld := oddLines[T](n)
	b := take[T](2 * n * ld)
	defer b.drop()
	zt, q := b.data[:n*ld], b.data[n*ld:]
	if comp == lapack.EVTridiag {
		ok = r.stedc(d, e, zt, ld)
		transpose(n, n, zt, ld, z, ldz)
		return ok
	}
	if n <= leafStedc {
		transpose(n, n, z, ldz, zt, ld)
		ok = tridiagonalQL(d, e, zt, ld, n)
		sortRows(d, zt, ld, n)
		transpose(n, n, zt, ld, z, ldz)
		return ok
	}
	ok = r.stedc(d, e, zt, ld)
	for i := range n {
		copy(q[i*ld:][:n], z[i*ldz:])
	}
	r.Gemm(blas.NoTrans, blas.Trans, n, n, n, 1, q, ld, zt, ld, 0, z, ldz)
	return ok
}

// sweepsQL is how many sweeps an eigenvalue is given on the average; it needs
// less than two.
const sweepsQL = 30

// tridiagonalQL computes the eigenvalues of the symmetric tridiagonal matrix
// with diagonal d and off-diagonal e, in d in no order, by the implicit QL
// method with Wilkinson's shift. It applies the rotations to the rows of z,
// which have cols elements: with the unit matrix there row i becomes the
// eigenvector of d[i]. It returns false if an element is NaN or infinite, or an
// eigenvalue does not converge.
//
// A block is worked off from the end with the smaller diagonal element, which
// keeps small eigenvalues of graded matrices. (A. Dubrulle, R. Martin, J.
// Wilkinson, Numer. Math. 12, 1968; EISPACK's imtql2; LAPACK's xSTEQR.)
func tridiagonalQL[T kernels.Float](d, e, z []T, ldz, cols int) bool {
	x, ok := exponent(d, e)
	if !ok {
		return false
	}
	// Powers of two are exact, and keep what follows away from underflow.
	scaleTwo(d, -x)
	scaleTwo(e, -x)
	defer scaleTwo(d, x)
	n := len(d)
	u := unit[T]()
	uu, least := T(u*u), smallest[T]()
	negligible := func(i int) bool {
		return T(e[i]*e[i]) <= T(abs(T(uu*d[i]))*abs(d[i+1]))+least
	}
	budget := n * sweepsQL
	for first := 0; first < n; {
		end := first // of the block that starts at first
		for end < n-1 && !negligible(end) {
			end++
		}
		if end < n-1 {
			e[end] = 0
		}
		// Eigenvalues converge at l, which goes step by step to stop.
		l, stop, step, before := first, end, 1, 0
		if abs(d[end]) < abs(d[first]) {
			l, stop, step, before = end, first, -1, -1
		}
		first = end + 1
		for l != stop {
			m := l
			for m != stop && !negligible(m+before) {
				m += step
			}
			if m != stop {
				e[m+before] = 0
			}
			if m == l {
				l += step
				continue
			}
			if budget == 0 {
				return false
			}
			budget--
			// e[i+before] is between elements i and i+step of the diagonal.
			el := e[l+before]
			g := (d[l+step] - d[l]) / (2 * el)
			g = d[m] - d[l] + el/(g+copysign(lapy2(g, 1), g))
			s, c, p := T(1), T(1), T(0)
			for i := m - step; ; i -= step {
				f, b := T(s*e[i+before]), T(c*e[i+before])
				var r T
				c, s, r = givens(g, f)
				if i+step != m {
					e[i+step+before] = r
				}
				g = d[i+step] - p
				r = T((d[i]-g)*s) + T(2*T(c*b))
				p = T(s * r)
				d[i+step] = g + p
				g = T(c*r) - b
				if cols > 0 {
					rotate(z[(i+step)*ldz:][:cols], z[i*ldz:][:cols], c, s)
				}
				if i == l {
					break
				}
			}
			d[l] -= p
			e[l+before] = g
		}
	}
	return true
}

// tridiagonalValues is tridiagonalQL without vectors, by a form of the method
// that has no roots in its loop (W. Kahan's variant of the QL method, in B.
// Parlett, The Symmetric Eigenvalue Problem, 1980, ch. 8; LAPACK's xSTERF). d
// becomes ascending.
func tridiagonalValues[T kernels.Float](d, e []T) bool {
	x, ok := exponent(d, e)
	if !ok {
		return false
	}
	scaleTwo(d, -x)
	scaleTwo(e, -x)
	n := len(d)
	uu, least := T(unit[T]()*unit[T]()), smallest[T]()
	for i, v := range e {
		e[i] = T(v * v)
	}
	// e is squared from here on.
	negligible := func(i int) bool {
		return e[i] <= T(abs(T(uu*d[i]))*abs(d[i+1]))+least
	}
	budget := n * sweepsQL
	for first := 0; first < n; {
		end := first
		for end < n-1 && !negligible(end) {
			end++
		}
		if end < n-1 {
			e[end] = 0
		}
		l, stop, step, before := first, end, 1, 0
		if abs(d[end]) < abs(d[first]) {
			l, stop, step, before = end, first, -1, -1
		}
		first = end + 1
		for l != stop {
			m := l
			for m != stop && !negligible(m+before) {
				m += step
			}
			if m != stop {
				e[m+before] = 0
			}
			if m == l {
				l += step
				continue
			}
			if budget == 0 {
				return false
			}
			budget--
			root := sqrt(e[l+before])
			shift := (d[l+step] - d[l]) / (2 * root)
			shift = d[l] - root/(shift+copysign(lapy2(shift, 1), shift))
			c, s, g := T(1), T(0), d[m]-shift
			p := T(g * g)
			for i := m - step; ; i -= step {
				b := e[i+before]
				r := p + b
				if i+step != m {
					e[i+step+before] = T(s * r)
				}
				cBefore, gBefore, a := c, g, d[i]
				c = p / r
				s = b / r
				g = T(c*(a-shift)) - T(s*gBefore)
				d[i+step] = gBefore + (a - g)
				if c != 0 {
					p = T(g*g) / c
				} else {
					p = T(cBefore * b)
				}
				if i == l {
					break
				}
			}
			e[l+before] = T(s * p)
			d[l] = shift + g
		}
	}
	slices.Sort(d)
	scaleTwo(d, x)
	return true
}
