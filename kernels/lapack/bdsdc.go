package lapack

import "github.com/weftgo/weft/kernels"

// leafBdsdc is the order up to which the QR method is the quicker one.
const leafBdsdc = 32

// bdsdc computes the singular value decomposition of the upper bidiagonal n×n
// matrix with diagonal d and off-diagonal e: the singular values, descending,
// in d, and row i of the n×n matrices ut and vt the left and the right unit
// vector of d[i]. e is destroyed. It returns false, with nothing of use, if an
// element is NaN or infinite.
//
// A row of the matrix is taken out, which leaves two bidiagonal matrices; given
// their decompositions, that of the whole matrix is one of a diagonal matrix
// with a row put above it. (M. Gu, S. Eisenstat, SIAM J. Matrix Anal. Appl.
// 16(1), 1995; LAPACK's xBDSDC.) Errors are small against the largest singular
// value.
func (r Real[T]) bdsdc(d, e, ut []T, ldu int, vt []T, ldv int) bool {
	n := len(d)
	for i := range n {
		clear(ut[i*ldu:][:n])
		clear(vt[i*ldv:][:n])
	}
	c := guEisenstat[T]{conquer: newConquer(r, d, true), e: e, ut: ut, ldu: ldu, vt: vt, ldv: ldv}
	defer c.free()
	var top T
	for _, x := range [][]T{d, e} {
		for _, v := range x {
			top = max(top, abs(v)) // NaN stays
		}
	}
	for lo := 0; lo < n; {
		end := lo + 1
		for end < n && !(abs(e[end-1]) <= T(unit[T]()*top)) {
			end++
		}
		x, ok := exponent(d[lo:end], e[lo:end-1])
		if !ok {
			return false
		}
		scaleTwo(d[lo:end], -x)
		scaleTwo(e[lo:end-1], -x)
		if !c.solve(lo, end-lo, 0) {
			return false
		}
		scaleTwo(d[lo:end], x)
		lo = end
	}
	c.sort(0, n)
	c.arrangeRows(ut, ldu, n, true)
	c.arrangeRows(vt, ldv, n, true)
	copy(c.w, d)
	for i, from := range c.order {
		d[n-1-i] = c.w[from]
	}
	return true
}

// guEisenstat is a call of bdsdc. A block of size n at lo is a bidiagonal
// matrix of n rows and n+extra columns. If extra is 1, row lo+n of vt becomes
// the vector that the matrix takes to zero.
type guEisenstat[T kernels.Float] struct {
	*conquer[T]
	e        []T
	ut, vt   []T
	ldu, ldv int
}

// solve does the block of n at lo, whose elements are at most about 1.
func (c *guEisenstat[T]) solve(lo, n, extra int) bool {
	if n <= leafBdsdc {
		return c.leaf(lo, n, extra)
	}
	left := n / 2
	mid := lo + left
	alpha, beta := c.d[mid], c.e[mid]
	if !c.solve(lo, left, 1) || !c.solve(mid+1, n-left-1, extra) {
		return false
	}
	c.join(lo, left, n, extra, alpha, beta)
	return true
}

func (c *guEisenstat[T]) leaf(lo, n, extra int) bool {
	b := bidiagonal[T]{
		d: c.d[lo : lo+n], e: c.e[lo : lo+n-1],
		left:  rows[T]{c.ut[lo*c.ldu+lo:], c.ldu, n},
		right: rows[T]{c.vt[lo*c.ldv+lo:], c.ldv, n + extra},
	}
	for i := range n {
		b.left.at(i)[i] = 1
	}
	for i := range n + extra {
		b.right.at(i)[i] = 1
	}
	if extra == 1 {
		// Rotations of columns bring the last one to zero, and the matrix to
		// lower bidiagonal form.
		for i := range n {
			k := lo + i
			var s, t T
			t, s, c.d[k] = givens(c.d[k], c.e[k])
			b.right.rotate(i, i+1, t, s)
			if i < n-1 {
				c.e[k] = T(s * c.d[k+1])
				c.d[k+1] *= t
			}
		}
		b.raise()
	}
	ok := b.iterate()
	c.sort(lo, n)
	return ok
}

// join makes one block of two and the row (alpha, beta) between them. The left
// one has left rows and left+1 columns, the right one n-left-1 rows.
func (c *guEisenstat[T]) join(lo, left, n, extra int, alpha, beta T) {
	u := rowVectors[T]{c.ut, c.ldu, lo, left + 1, n}
	v := rowVectors[T]{c.vt, c.ldv, lo, left + 1, n + extra}
	// The matrix is now diagonal but for row mid, which is z. Its element mid
	// belongs to the vectors that the two blocks take to zero, of which a
	// rotation leaves one to the whole block.
	mid := lo + left
	c.d[mid] = 0
	u.row(mid)[left] = 1
	for i := lo; i <= mid; i++ {
		c.z[i], c.kind[i] = T(alpha*v.row(i)[left]), inLeft
	}
	for i := mid + 1; i < lo+n; i++ {
		c.z[i], c.kind[i] = T(beta*v.row(i)[left+1]), inRight
	}
	tol := 8 * unit[T]()
	if extra == 1 {
		last := v.row(lo + n)
		z := T(beta * last[left+1])
		norm := lapy2(c.z[mid], z)
		if norm > tol {
			rotate(v.row(mid), last, c.z[mid]/norm, z/norm)
			c.kind[mid] = inBoth
		}
		c.z[mid] = norm
	}
	if abs(c.z[mid]) <= tol {
		c.z[mid] = tol
	}

	c.sort(lo, n)
	c.begin()
	c.keep(mid)
	previous := -1
	for _, i := range c.order[lo : lo+n] {
		if i == mid {
			continue
		}
		if abs(c.z[i]) <= tol {
			c.deflated = append(c.deflated, i)
			continue
		}
		if previous >= 0 {
			if c.d[i]-c.d[previous] <= tol {
				zi, zp := c.z[i], c.z[previous]
				norm := lapy2(zi, zp)
				c.merge(previous, i, zi/norm, -zp/norm, norm, u, v)
			} else {
				c.keep(previous)
			}
		}
		previous = i
	}
	if previous >= 0 {
		c.keep(previous)
	}
	k := len(c.kept)
	if k > 1 {
		c.eq.d[1] = max(c.eq.d[1], tol/2)
	}
	norm2 := T(0)
	for _, z := range c.eq.z {
		norm2 += T(z * z)
	}
	c.eq.inv, c.eq.limit = 1, norm2
	first, both := c.arrange()
	put := c.w[:len(c.deflated)]
	for q, i := range c.deflated {
		put[q] = c.d[i]
	}
	copy(c.d[lo+k:], put)
	c.roots(func(j int, x T) { c.d[lo+j] = x })

	// The right vectors' coefficients are z[i]/(d[i]²-x²), the left ones' d[i]
	// times that and -1 for d[0] = 0, made of norm 1.
	e := c.r.Engine()
	for j := range k {
		row, w := c.coef[j*c.ld:][:k], c.w[:k]
		e.Div(w, c.eq.z, row)
		norm := e.Nrm2(w)
		for i, p := range c.place[:k] {
			row[p] = w[i] / norm
		}
		c.z[lo+j] = norm
	}
	c.combine(v, first, both)
	for j := range k {
		row := c.coef[j*c.ld:][:k]
		for i, p := range c.place[:k] {
			row[p] *= c.eq.d[i]
		}
		row[c.place[0]] = -1 / c.z[lo+j]
		e.Scal(1/e.Nrm2(row), row)
	}
	c.combine(u, first, both)
	c.sort(lo, n)
}
