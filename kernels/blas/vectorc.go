package blas

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// Levels 1 and 2 of complex numbers, for both types. Slices hold parts, counts
// and increments are of numbers. Each function reports whether its arguments are
// in order and there is something to do; if not, gonum's own routine, called
// with the same arguments, panics or does nothing.

// fine reports whether there are n > 0 numbers inc apart in x.
func fine[T kernels.Float](n int, x []T, inc int) bool {
	return n > 0 && inc != 0 && holds(len(x)/2, n, inc)
}

// inC returns x as a contiguous vector, for reading: itself, or gathered in b.
func (s *scratch[T]) inC(b *buffer[T], n int, x []T, inc int) []T {
	if inc == 1 {
		return x[:2*n]
	}
	return b.gatherC(n, x, inc)
}

func (b *buffer[T]) gatherC(n int, x []T, inc int) []T {
	d, s := pairs(b.get(2*n)), pairs(x)
	i := first(n, inc)
	for k := range d {
		d[k] = s[i]
		i += inc
	}
	return b.data[:2*n]
}

func scatterC[T kernels.Float](d []T, x []T, inc int) {
	t, i := pairs(x), first(len(d)/2, inc)
	for _, v := range pairs(d) {
		t[i] = v
		i += inc
	}
}

func axpyC[T kernels.Float](e *kernels.Engine[T], n int, alpha num[T], x []T, incX int, y []T, incY int) bool {
	if !fine(n, x, incX) || !fine(n, y, incY) || alpha == (num[T]{}) {
		return false
	}
	if incX == 1 && incY == 1 {
		e.AxpyComplex(alpha.pair(), x[:2*n], y[:2*n])
		return true
	}
	s := getScratch[T]()
	vx, vy := s.inC(&s.x, n, x, incX), s.inC(&s.y, n, y, incY)
	e.AxpyComplex(alpha.pair(), vx, vy)
	if incY != 1 {
		scatterC(vy, y, incY)
	}
	putScratch(s)
	return true
}

// dotC returns Σ x[i]*y[i] or, with conj, Σ conj(x[i])*y[i].
func dotC[T kernels.Float](e *kernels.Engine[T], conj bool, n int, x []T, incX int, y []T, incY int) (d num[T], ok bool) {
	if !fine(n, x, incX) || !fine(n, y, incY) {
		return d, false
	}
	if incX == 1 && incY == 1 {
		return joined(conj, e.DotComplex(x[:2*n], y[:2*n])), true
	}
	s := getScratch[T]()
	d = joined(conj, e.DotComplex(s.inC(&s.x, n, x, incX), s.inC(&s.y, n, y, incY)))
	putScratch(s)
	return d, true
}

// joined makes a dot product of its four sums.
func joined[T kernels.Float](conj bool, s [4]T) num[T] {
	if conj {
		return num[T]{s[0] + s[1], s[2] - s[3]}
	}
	return num[T]{s[0] - s[1], s[2] + s[3]}
}

// scalC clears x if alpha is zero, as gonum does.
func scalC[T kernels.Float](e *kernels.Engine[T], n int, alpha num[T], x []T, incX int) bool {
	if !fine(n, x, incX) || incX < 0 {
		return false
	}
	if incX == 1 {
		scaleC(e, alpha, x[:2*n])
		return true
	}
	s := getScratch[T]()
	v := s.x.gatherC(n, x, incX)
	scaleC(e, alpha, v)
	scatterC(v, x, incX)
	putScratch(s)
	return true
}

func scaleC[T kernels.Float](e *kernels.Engine[T], alpha num[T], x []T) {
	switch alpha {
	case num[T]{}:
		clear(x)
	default:
		e.ScalComplex(alpha.pair(), x)
	}
}

// nrm2C and asumC are those of the parts.
func nrm2C[T kernels.Float](e *kernels.Engine[T], n int, x []T, incX int) (r T, ok bool) {
	if !fine(n, x, incX) || incX < 0 {
		return 0, false
	}
	s := getScratch[T]()
	r = e.Nrm2(s.inC(&s.x, n, x, incX))
	putScratch(s)
	return r, true
}

func asumC[T kernels.Float](e *kernels.Engine[T], n int, x []T, incX int) (r T, ok bool) {
	if !fine(n, x, incX) || incX < 0 {
		return 0, false
	}
	s := getScratch[T]()
	r = e.Asum(s.inC(&s.x, n, x, incX))
	putScratch(s)
	return r, true
}

func iamaxC[T kernels.Float](e *kernels.Engine[T], n int, x []T, incX int) (i int, ok bool) {
	if !fine(n, x, incX) || incX < 0 {
		return 0, false
	}
	s := getScratch[T]()
	i = e.IamaxComplex(s.inC(&s.x, n, x, incX))
	putScratch(s)
	return i, true
}

// fineMatrix reports whether there are m×n > 0 numbers in a.
func fineMatrix[T kernels.Float](m, n int, a []T, lda int) bool {
	return m > 0 && n > 0 && lda >= n && len(a)/2 >= lda*(m-1)+n
}

func gemvC[T kernels.Float](e *kernels.Engine[T], t blas.Transpose, m, n int, alpha num[T], a []T, lda int, x []T, incX int, beta num[T], y []T, incY int) bool {
	lenX, lenY := n, m
	if t != blas.NoTrans {
		lenX, lenY = m, n
	}
	if !isTrans(t) || !fineMatrix(m, n, a, lda) || !fine(lenX, x, incX) || !fine(lenY, y, incY) {
		return false
	}
	s := getScratch[T]()
	vy := s.inC(&s.y, lenY, y, incY)
	if beta != one[T]() {
		scaleC(e, beta, vy)
	}
	if alpha != (num[T]{}) {
		e.GemvComplex(transpose(t), alpha.pair(), matrix(m, n, a, lda), s.inC(&s.x, lenX, x, incX), vy)
	}
	if incY != 1 {
		scatterC(vy, y, incY)
	}
	putScratch(s)
	return true
}

// gerC adds alpha*x*yᵀ or, with conj, alpha*x*yᴴ to A.
func gerC[T kernels.Float](e *kernels.Engine[T], conj bool, m, n int, alpha num[T], x []T, incX int, y []T, incY int, a []T, lda int) bool {
	if !fineMatrix(m, n, a, lda) || !fine(m, x, incX) || !fine(n, y, incY) || alpha == (num[T]{}) {
		return false
	}
	s := getScratch[T]()
	vy := s.inC(&s.y, n, y, incY)
	if conj {
		vy = s.conjugated(&s.b, vy)
	}
	e.GerComplex(alpha.pair(), s.inC(&s.x, m, x, incX), vy, matrix(m, n, a, lda))
	putScratch(s)
	return true
}

// conjugated returns the conjugate of x in b.
func (s *scratch[T]) conjugated(b *buffer[T], x []T) []T {
	d := b.get(len(x))
	copy(d, x)
	conjugate(d)
	return d
}

// herC adds alpha*x*xᴴ to the triangle ul of A, and her2C alpha*x*yᴴ and then
// conj(alpha)*y*xᴴ, row by row. The diagonal stays or becomes real.
func herC[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, n int, alpha T, x []T, incX int, a []T, lda int) bool {
	if !isUplo(ul) || !fineMatrix(n, n, a, lda) || !fine(n, x, incX) || alpha == 0 {
		return false
	}
	s := getScratch[T]()
	vx := s.inC(&s.x, n, x, incX)
	cx := s.conjugated(&s.a, vx)
	for i := range n {
		lo, row := rowC(ul, i, n, a, lda)
		e.AxpyComplex([2]T{alpha * vx[2*i], alpha * vx[2*i+1]}, cx[2*lo:2*lo+len(row)], row)
		a[2*(i*lda+i)+1] = 0
	}
	putScratch(s)
	return true
}

func her2C[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, n int, alpha num[T], x []T, incX int, y []T, incY int, a []T, lda int) bool {
	if !isUplo(ul) || !fineMatrix(n, n, a, lda) || !fine(n, x, incX) || !fine(n, y, incY) || alpha == (num[T]{}) {
		return false
	}
	s := getScratch[T]()
	vx, vy := s.inC(&s.x, n, x, incX), s.inC(&s.y, n, y, incY)
	cx, cy := s.conjugated(&s.a, vx), s.conjugated(&s.b, vy)
	for i := range n {
		lo, row := rowC(ul, i, n, a, lda)
		e.AxpyComplex(alpha.times(num[T]{vx[2*i], vx[2*i+1]}).pair(), cy[2*lo:2*lo+len(row)], row)
		e.AxpyComplex(alpha.conj().times(num[T]{vy[2*i], vy[2*i+1]}).pair(), cx[2*lo:2*lo+len(row)], row)
		a[2*(i*lda+i)+1] = 0
	}
	putScratch(s)
	return true
}

// rowC returns the part of row i that belongs to a triangle, and its first
// column.
func rowC[T kernels.Float](ul blas.Uplo, i, n int, a []T, lda int) (lo int, row []T) {
	if ul == blas.Upper {
		return i, a[2*(i*lda+i) : 2*(i*lda+n)]
	}
	return 0, a[2*i*lda : 2*(i*lda+i+1)]
}

// hemvC computes y = alpha*A*x + beta*y row by row: what a stored row gives to
// its element of y, and what it gives as a column to the others, which comes
// together, conjugated, in a vector that is added in the end.
func hemvC[T kernels.Float](e *kernels.Engine[T], ul blas.Uplo, n int, alpha num[T], a []T, lda int, x []T, incX int, beta num[T], y []T, incY int) bool {
	if !isUplo(ul) || !fineMatrix(n, n, a, lda) || !fine(n, x, incX) || !fine(n, y, incY) {
		return false
	}
	s := getScratch[T]()
	vy := s.inC(&s.y, n, y, incY)
	if beta != one[T]() {
		scaleC(e, beta, vy)
	}
	if alpha != (num[T]{}) {
		vx, others := s.inC(&s.x, n, x, incX), s.a.get(2*n)
		clear(others)
		for i := range n {
			lo, hi := 0, i
			if ul == blas.Upper {
				lo, hi = i+1, n
			}
			row, xi := a[2*i*lda:], num[T]{vx[2*i], vx[2*i+1]}
			d := num[T]{T(row[2*i] * xi.re), T(row[2*i] * xi.im)}
			if lo < hi {
				off := joined(false, e.DotComplex(row[2*lo:2*hi], vx[2*lo:2*hi]))
				d = num[T]{d.re + off.re, d.im + off.im}
				e.AxpyComplex(alpha.times(xi).conj().pair(), row[2*lo:2*hi], others[2*lo:2*hi])
			}
			d = alpha.times(d)
			vy[2*i] += d.re
			vy[2*i+1] += d.im
		}
		for i := 0; i < len(vy); i += 2 {
			vy[i] += others[i]
			vy[i+1] -= others[i+1]
		}
	}
	if incY != 1 {
		scatterC(vy, y, incY)
	}
	putScratch(s)
	return true
}

// times returns x*y, each product rounded, whatever the parts are.
func (x num[T]) times(y num[T]) num[T] {
	return num[T]{T(x.re*y.re) - T(x.im*y.im), T(x.re*y.im) + T(x.im*y.re)}
}

// trvC computes x = op(A)*x or, to solve, x = op(A)⁻¹*x. With the conjugate
// transpose it is that with the transpose for the conjugate of x.
func trvC[T kernels.Float](e *kernels.Engine[T], solve bool, ul blas.Uplo, t blas.Transpose, d blas.Diag, n int, a []T, lda int, x []T, incX int) bool {
	if !isUplo(ul) || !isTrans(t) || !isDiag(d) || !fineMatrix(n, n, a, lda) || !fine(n, x, incX) {
		return false
	}
	s := getScratch[T]()
	v := s.inC(&s.x, n, x, incX)
	if t == blas.ConjTrans {
		conjugate(v)
	}
	r := triangleVec[T]{e, solve, (ul == blas.Upper) == (t == blas.NoTrans), t != blas.NoTrans, d == blas.Unit, a, lda, v}
	r.blocks(n)
	if t == blas.ConjTrans {
		conjugate(v)
	}
	if incX != 1 {
		scatterC(v, x, incX)
	}
	putScratch(s)
	return true
}

func conjugate[T kernels.Float](x []T) {
	for i := 1; i < len(x); i += 2 {
		x[i] = -x[i]
	}
}

// triangleVec is a complex triangular matrix op(A) and a vector.
type triangleVec[T kernels.Float] struct {
	e     *kernels.Engine[T]
	solve bool
	upper bool // op(A) is
	trans bool // op(A) is A transposed
	unit  bool
	a     []T
	lda   int
	v     []T
}

// blocks goes by blocks of block2 rows, in the order in which each finds what
// it needs: a solution from the rows that take nothing from others on, a product
// the other way.
func (r *triangleVec[T]) blocks(n int) {
	forward := r.upper != r.solve
	for b := 0; b < n; b += block2 {
		i := b
		if !forward {
			i = (n-1)/block2*block2 - b
		}
		m := min(block2, n-i)
		j, k := 0, i // what op(A)'s rows i to i+m-1 take from beyond
		if r.upper {
			j, k = i+m, n-i-m
		}
		if !r.solve {
			r.rows(i, m)
		}
		if k > 0 {
			alpha := [2]T{1, 0}
			if r.solve {
				alpha[0] = -1
			}
			if r.trans {
				r.e.GemvComplex(kernels.Trans, alpha, matrix(k, m, r.a[2*(j*r.lda+i):], r.lda), r.v[2*j:2*(j+k)], r.v[2*i:2*(i+m)])
			} else {
				r.e.GemvComplex(kernels.NoTrans, alpha, matrix(m, k, r.a[2*(i*r.lda+j):], r.lda), r.v[2*j:2*(j+k)], r.v[2*i:2*(i+m)])
			}
		}
		if r.solve {
			r.rows(i, m)
		}
	}
}

// rows does a diagonal block of m rows from row i on. As it is stored, a row of
// A gives a dot product to its element; as a column of op(A) it gives multiples
// to the others.
func (r *triangleVec[T]) rows(i, m int) {
	forward := r.upper != r.solve
	for b := range m {
		k := i + b
		if !forward {
			k = i + m - 1 - b
		}
		// The stored part of row k within the block.
		lo, hi := i, k
		if r.upper != r.trans {
			lo, hi = k+1, i+m
		}
		row, part := r.a[2*(k*r.lda+lo):2*(k*r.lda+hi)], r.v[2*lo:2*hi]
		x, diag := num[T]{r.v[2*k], r.v[2*k+1]}, num[T]{r.a[2*(k*r.lda+k)], r.a[2*(k*r.lda+k)+1]}
		if !r.solve && r.trans {
			r.e.AxpyComplex(x.pair(), row, part)
		}
		if !r.solve && !r.unit {
			x = x.times(diag)
		}
		if !r.trans {
			d := joined(false, r.e.DotComplex(row, part))
			if r.solve {
				d = num[T]{-d.re, -d.im}
			}
			x = num[T]{x.re + d.re, x.im + d.im}
		}
		if r.solve && !r.unit {
			x = x.over(diag)
		}
		r.v[2*k], r.v[2*k+1] = x.re, x.im
		if r.solve && r.trans {
			r.e.AxpyComplex([2]T{-x.re, -x.im}, row, part)
		}
	}
}
