package lapack

import (
	"math"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// Bdsqr computes the singular value decomposition B = Q*S*Pᵀ of the bidiagonal
// n×n matrix with diagonal d, of n elements, and off-diagonal e, of n-1, above
// the diagonal for ul Upper and below for Lower. d becomes the singular values,
// descending; e is destroyed. The n×ncvt matrix vt becomes Pᵀ*vt, the nru×n
// matrix u becomes u*Q, and the n×ncc matrix c becomes Qᵀ*c.
//
// It returns false, with nothing of use in its outputs, if an element of d or e
// is NaN or infinite, or if there is no convergence, of which no case is known.
//
// work is not needed, but is checked as gonum does: 4(n-1) elements.
//
// The method is QR iteration with implicit zero shift (J. Demmel, W. Kahan,
// SIAM J. Sci. Stat. Comput. 11(5), 1990), which finds every singular value
// with a small relative error, however small it is. [Gesvd] promises less for
// them and has a faster method. The bits are the same on every backend.
func Bdsqr[T kernels.Float](ul blas.Uplo, n, ncvt, nru, ncc int, d, e, vt []T, ldvt int, u []T, ldu int, c []T, ldc int, work []T) (ok bool) {
	return Real[T]{}.Bdsqr(ul, n, ncvt, nru, ncc, d, e, vt, ldvt, u, ldu, c, ldc, work)
}

// Bdsqr is [Bdsqr] on r's engine.
func (r Real[T]) Bdsqr(ul blas.Uplo, n, ncvt, nru, ncc int, d, e, vt []T, ldvt int, u []T, ldu int, c []T, ldc int, work []T) (ok bool) {
	want(isUplo(ul), badUplo)
	want(n >= 0, nLT0)
	want(ncvt >= 0, ncvtLT0)
	want(nru >= 0, nruLT0)
	want(ncc >= 0, nccLT0)
	want(ldvt >= max(1, ncvt), badLdVT)
	want(ldu >= 1 && (nru == 0 || ldu >= n), badLdU)
	want(ldc >= max(1, ncc), badLdC)
	if n == 0 {
		return true
	}
	want(len(vt) >= (n-1)*ldvt+ncvt || ncvt == 0, shortVT)
	want(len(u) >= (nru-1)*ldu+n || nru == 0, shortU)
	want(len(c) >= (n-1)*ldc+ncc || ncc == 0, shortC)
	want(len(d) >= n, shortD)
	want(len(e) >= n-1, shortE)
	want(len(work) >= 4*(n-1), shortWork)

	ld := oddLines[T](nru)
	b := take[T](n * ld)
	defer b.drop()
	if nru > 0 {
		transpose(nru, n, u, ldu, b.data, ld)
	}
	s := bidiagonal[T]{
		d: d[:n], e: e[:n-1],
		right: rows[T]{vt, ldvt, ncvt}, left: rows[T]{b.data, ld, nru}, left2: rows[T]{c, ldc, ncc},
	}
	if ul == blas.Lower {
		s.raise()
	}
	ok = s.iterate()
	s.sort()
	if nru > 0 {
		transposeBack(nru, n, u, ldu, b.data, ld)
	}
	return ok
}

// rows is vectors that rotations are applied to.
type rows[T kernels.Float] struct {
	a        []T
	ld, cols int
}

func (r *rows[T]) at(i int) []T { return r.a[i*r.ld:][:r.cols] }

func (r *rows[T]) rotate(i, j int, c, s T) {
	if r.cols > 0 {
		rotate(r.at(i), r.at(j), c, s)
	}
}

func (r *rows[T]) swap(i, j int) {
	if r.cols > 0 {
		x, y := r.at(i), r.at(j)
		for k, v := range x {
			x[k], y[k] = y[k], v
		}
	}
}

// bidiagonal is an upper bidiagonal matrix, and vectors to which its rotations
// from the right and from the left are applied.
type bidiagonal[T kernels.Float] struct {
	d, e               []T
	right, left, left2 rows[T]
}

// raise makes the lower bidiagonal matrix upper bidiagonal.
func (b *bidiagonal[T]) raise() {
	for i := range b.e {
		c, s, r := givens(b.d[i], b.e[i])
		b.d[i] = r
		b.e[i] = T(s * b.d[i+1])
		b.d[i+1] *= c
		b.left.rotate(i, i+1, c, s)
		b.left2.rotate(i, i+1, c, s)
	}
}

// budgetQR times n² is how many rotations there may be; usually they are fewer
// than 2n².
const budgetQR = 12

// iterate makes d the singular values, in no order, and zeros e. It returns
// false if an element is NaN or infinite, or if there is no convergence.
func (b *bidiagonal[T]) iterate() bool {
	d, e := b.d, b.e
	n := len(d)
	x, ok := exponent(d, e)
	if !ok {
		return false
	}
	// Powers of two are exact, and keep what follows away from underflow.
	scaleTwo(d, -x)
	scaleTwo(e, -x)
	defer func() {
		for i, v := range d {
			if v < 0 {
				d[i] = -v
				if b.right.cols > 0 {
					for k, w := range b.right.at(i) {
						b.right.at(i)[k] = -w
					}
				}
			}
		}
		scaleTwo(d, x)
	}()
	u := unit[T]()
	tol := T(max(10, min(100, math.Pow(float64(u), -0.125)))) * u
	// No singular value is below mu/√n.
	mu := abs(d[0])
	least := mu
	for i, v := range e {
		if least == 0 {
			break
		}
		mu = T(abs(d[i+1]) * (mu / (mu + abs(v))))
		least = min(least, mu)
	}
	least = max(tol*(least/sqrt(T(n))), T(n)*(T(n)*smallest[T]()))

	budget := budgetQR * n * n
	first, last, down := -1, -1, true // of the block before
search:
	for m := n - 1; m > 0; {
		if budget < 0 {
			return false
		}
		// The block from lo to m has no zero in e.
		lo, top := m, abs(d[m])
		for ; lo > 0; lo-- {
			v := abs(e[lo-1])
			if v <= least {
				e[lo-1] = 0
				break
			}
			top = max(top, v, abs(d[lo-1]))
		}
		if lo == m {
			m--
			continue
		}
		// From the end with the larger element to that with the smaller.
		if lo > last || m < first {
			down = abs(d[lo]) >= abs(d[m])
		}
		first, last = lo, m
		from, to, step, before := lo, m, 1, 0
		if !down {
			from, to, step, before = m, lo, -1, -1
		}
		// e[i+before] is between elements i and i+step of the diagonal.
		if abs(e[to-step+before]) <= T(tol*abs(d[to])) {
			e[to-step+before] = 0
			continue
		}
		mu := abs(d[from])
		least1 := mu
		for i := from; i != to; i += step {
			v := abs(e[i+before])
			if v <= T(tol*mu) {
				e[i+before] = 0
				continue search
			}
			mu = T(abs(d[i+step]) * (mu / (mu + v)))
			least1 = min(least1, mu)
		}
		// A shift must not spoil small values, nor be too small to count.
		shift := T(0)
		if T(T(n)*tol)*(least1/top) > max(u, tol/100) {
			shift = leastOfTwo(d[to-step], e[to-step+before], d[to])
			if q := shift / abs(d[from]); T(q*q) < u {
				shift = 0
			}
		}
		budget -= m - lo
		if shift == 0 {
			b.zeroShift(from, to, step, before)
		} else {
			b.shifted(from, to, step, before, shift)
		}
		if abs(e[to-step+before]) <= least {
			e[to-step+before] = 0
		}
	}
	return true
}

// both rotates rows i and i+step: with the first pair what is on the right of
// the matrix and with the second what is on its left, or, going up, the other
// way round.
func (b *bidiagonal[T]) both(i, step int, c1, s1, c2, s2 T) {
	if step < 0 {
		c1, s1, c2, s2 = c2, s2, c1, s1
	}
	b.right.rotate(i, i+step, c1, s1)
	b.left.rotate(i, i+step, c2, s2)
	b.left2.rotate(i, i+step, c2, s2)
}

// zeroShift does a sweep without a shift, in which nothing is subtracted.
func (b *bidiagonal[T]) zeroShift(from, to, step, before int) {
	d, e := b.d, b.e
	c, c2, s2 := T(1), T(1), T(0)
	for i := from; i != to; i += step {
		var s, r T
		c, s, r = givens(T(d[i]*c), e[i+before])
		if i != from {
			e[i-step+before] = T(s2 * r)
		}
		c2, s2, d[i] = givens(T(c2*r), T(d[i+step]*s))
		b.both(i, step, c, s, c2, s2)
	}
	h := T(d[to] * c)
	d[to] = T(h * c2)
	e[to-step+before] = T(h * s2)
}

func (b *bidiagonal[T]) shifted(from, to, step, before int, shift T) {
	d, e := b.d, b.e
	f := T((abs(d[from]) - shift) * (copysign(1, d[from]) + shift/d[from]))
	g := e[from+before]
	for i := from; i != to; i += step {
		k := i + before
		c1, s1, r := givens(f, g)
		if i != from {
			e[k-step] = r
		}
		f = T(c1*d[i]) + T(s1*e[k])
		e[k] = T(c1*e[k]) - T(s1*d[i])
		g = T(s1 * d[i+step])
		d[i+step] *= c1
		c2, s2, r := givens(f, g)
		d[i] = r
		f = T(c2*e[k]) + T(s2*d[i+step])
		d[i+step] = T(c2*d[i+step]) - T(s2*e[k])
		if i+step != to {
			g = T(s2 * e[k+step])
			e[k+step] *= c2
		}
		b.both(i, step, c1, s1, c2, s2)
	}
	e[to-step+before] = f
}

// sort puts the singular values in descending order, and their vectors.
func (b *bidiagonal[T]) sort() {
	for i := range b.d {
		k := i
		for j := i + 1; j < len(b.d); j++ {
			if b.d[j] > b.d[k] {
				k = j
			}
		}
		if k != i {
			b.d[i], b.d[k] = b.d[k], b.d[i]
			b.right.swap(i, k)
			b.left.swap(i, k)
			b.left2.swap(i, k)
		}
	}
}

// leastOfTwo returns the smaller singular value of [f g; 0 h], to nearly full
// precision: with h the smaller one of f and h, |h| times 2 over the sum of
// √((1+h/f)² + (g/f)²) and √((1-h/f)² + (g/f)²).
func leastOfTwo[T kernels.Float](f, g, h T) T {
	f, g, h = abs(f), abs(g), abs(h)
	if f < h {
		f, h = h, f
	}
	if h == 0 {
		return 0
	}
	sum, diff := 1+h/f, (f-h)/f
	if g < f {
		q := g / f
		q = T(q * q)
		return T(h * (2 / (sqrt(T(sum*sum)+q) + sqrt(T(diff*diff)+q))))
	}
	q := f / g
	if q == 0 {
		return T(h*f) / g
	}
	sum, diff = T(sum*q), T(diff*q)
	return T(2 * T(T(h*(1/(sqrt(1+T(sum*sum))+sqrt(1+T(diff*diff)))))*q))
}
