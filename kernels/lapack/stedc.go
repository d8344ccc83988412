package lapack

import (
	"github.com/weftgo/weft/kernels"
)

// leafStedc is the order up to which the QL method is the quicker one.
const leafStedc = 32

// stedc computes the eigenvalues of the symmetric tridiagonal matrix with
// diagonal d and off-diagonal e, ascending in d, and its eigenvectors: row i of
// the n×n matrix z becomes the unit vector of d[i]. e is destroyed. It returns
// false, with nothing of use, if an element is NaN or infinite.
//
// The matrix is cut in two, whose eigenvectors are those of the whole matrix
// but for a change of rank one. (J. Cuppen, Numer. Math. 36, 1981; M. Gu, S.
// Eisenstat, SIAM J. Matrix Anal. Appl. 16(1), 1995.) Errors are small against
// the norm of each part of the matrix that zeros in e, or elements that count
// for none, set apart.
func (r Real[T]) stedc(d, e, z []T, ldz int) bool {
	n := len(d)
	for i := range n {
		clear(z[i*ldz:][:n])
	}
	c := cuppen[T]{conquer: newConquer(r, d, false), e: e, v: z, ldv: ldz}
	defer c.free()
	u := unit[T]()
	for lo := 0; lo < n; {
		end := lo + 1
		for end < n && !(abs(e[end-1]) <= T(u*sqrt(abs(d[end-1])))*sqrt(abs(d[end]))) {
			end++
		}
		x, ok := exponent(d[lo:end], e[lo:end-1])
		if !ok {
			return false
		}
		scaleTwo(d[lo:end], -x)
		scaleTwo(e[lo:end-1], -x)
		if !c.solve(lo, end-lo) {
			return false
		}
		scaleTwo(d[lo:end], x)
		lo = end
	}
	c.sort(0, n)
	c.arrangeRows(z, ldz, n, false)
	copy(c.w, d)
	for i, from := range c.order {
		d[i] = c.w[from]
	}
	return true
}

// cuppen is a call of stedc.
type cuppen[T kernels.Float] struct {
	*conquer[T]
	e   []T
	v   []T
	ldv int
}

// solve does the block of n at lo, whose elements are at most about 1.
func (c *cuppen[T]) solve(lo, n int) bool {
	if n <= leafStedc {
		v := c.v[lo*c.ldv+lo:]
		for i := range n {
			v[i*c.ldv+i] = 1
		}
		ok := tridiagonalQL(c.d[lo:lo+n], c.e[lo:lo+n-1], v, c.ldv, n)
		c.sort(lo, n)
		return ok
	}
	m := n / 2
	rho := c.e[lo+m-1]
	c.d[lo+m-1] -= abs(rho)
	c.d[lo+m] -= abs(rho)
	if !c.solve(lo, m) || !c.solve(lo+m, n-m) {
		return false
	}
	c.join(lo, m, n, rho)
	return true
}

// join makes one block of two, of m and n-m, that rho connects.
func (c *cuppen[T]) join(lo, m, n int, rho T) {
	v := rowVectors[T]{c.v, c.ldv, lo, m, n}
	// The change is |rho|·z·zᵀ with z of norm √2, then 1.
	half := sqrt(T(0.5))
	top := T(0)
	for i := lo; i < lo+m; i++ {
		c.z[i], c.kind[i] = T(half*v.row(i)[m-1]), inLeft
	}
	for i := lo + m; i < lo+n; i++ {
		c.z[i], c.kind[i] = T(copysign(half, rho)*v.row(i)[m]), inRight
	}
	for i := lo; i < lo+n; i++ {
		top = max(top, abs(c.d[i]), abs(c.z[i]))
	}
	rho = 2 * abs(rho)
	tol := 8 * unit[T]() * top

	c.sort(lo, n)
	c.begin()
	previous := -1
	for _, i := range c.order[lo : lo+n] {
		if T(rho*abs(c.z[i])) <= tol {
			c.deflated = append(c.deflated, i)
			continue
		}
		if previous >= 0 {
			zi, zp := c.z[i], c.z[previous]
			norm := lapy2(zi, zp)
			gap := c.d[i] - c.d[previous]
			cs, sn := zi/norm, -zp/norm
			if abs(T(T(gap*cs)*sn)) <= tol {
				c.merge(previous, i, cs, sn, norm, v)
				cc, ss := T(cs*cs), T(sn*sn)
				dp, di := c.d[previous], c.d[i]
				c.d[previous] = T(dp*cc) + T(di*ss)
				c.d[i] = T(dp*ss) + T(di*cc)
			} else {
				c.keep(previous)
			}
		}
		previous = i
	}
	if previous < 0 {
		return
	}
	c.keep(previous)
	k := len(c.kept)
	norm2 := T(0)
	for _, z := range c.eq.z {
		norm2 += T(z * z)
	}
	c.eq.inv, c.eq.limit = 1/rho, T(rho*norm2)
	left, both := c.arrange()
	// Deflated ones go behind the roots, after the roots were found.
	put := c.w[:len(c.deflated)]
	for q, i := range c.deflated {
		put[q] = c.d[i]
	}
	copy(c.d[lo+k:], put)
	c.roots(func(j int, x T) { c.d[lo+j] = x })
	e := c.r.Engine()
	for j := range k {
		row, w := c.coef[j*c.ld:][:k], c.w[:k]
		e.Div(w, c.eq.z, row)
		scale := 1 / e.Nrm2(w)
		for i, p := range c.place[:k] {
			row[p] = T(w[i] * scale)
		}
	}
	c.combine(v, left, both)
	c.sort(lo, n)
}
