package blas

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// Diagonal blocks of complex triangular matrices. Those of real ones are the
// engine's TriBlock.

// diagonal is a diagonal block of a complex op(A), of m ≤ blockTriC rows, that meets some
// columns of B. Its coefficients d are such that all that is left to do is to
// add multiples of rows: those off the diagonal are alpha*op(A) or, to solve,
// -op(A); on the diagonal is alpha*op(A).
type diagonal[T kernels.Float] struct {
	calc[T]
	solve, unit, lower bool
	m                  int
	alpha              num[T] // for rows that have no coefficient on the diagonal
	d                  []T    // m rows of blockTriC
	inv                []T    // to solve, the inverses of the diagonal

	b       []T
	ldb, n  int
	known   []T // the rows of B as factors of a product, see expansion
	ldKnown int
}

// copyDiagonal copies the block of op(A) that starts at (i, i), transposed if flip
// is set.
func (r *triangle[T]) copyDiagonal(i, m int, alpha num[T], flip bool) diagonal[T] {
	d := diagonal[T]{
		calc: r.calc, solve: r.solve, unit: r.unit, lower: r.lower != flip, m: m, alpha: alpha,
		d: r.s.diag.get(2 * blockTriC * blockTriC), inv: r.s.row.get(2 * blockTriC),
	}
	times := alpha
	if r.solve {
		times = num[T]{re: -1}
	}
	a := r.at(r.a, r.lda, i, i)
	upper := r.lower != (r.t == blas.NoTrans) // as it is stored
	turned := (r.t != blas.NoTrans) != flip
	for p := range m {
		lo, hi := 0, p
		if upper {
			lo, hi = p+1, m
		}
		row := r.at(a, r.lda, p, 0)
		for q := lo; q < hi; q++ {
			k := p*blockTriC + q
			if turned {
				k = q*blockTriC + p
			}
			put(d.d, k, r.element(row, q).mul(times))
		}
		if r.unit {
			continue
		}
		v := r.element(row, p)
		if r.solve {
			put(d.inv, p, v.inverse())
		} else {
			v = v.mul(alpha)
		}
		put(d.d, p*blockTriC+p, v)
	}
	return d
}

// element returns element q of a row of A, conjugated if op says so.
func (r *triangle[T]) element(row []T, q int) num[T] {
	v := num[T]{row[2*q], row[2*q+1]}
	if r.t == blas.ConjTrans {
		v = v.conj()
	}
	return v
}

func get[T kernels.Float](x []T, k int) num[T] { return num[T]{x[2*k], x[2*k+1]} }

func put[T kernels.Float](x []T, k int, v num[T]) { x[2*k], x[2*k+1] = v.re, v.im }

// run does the columns of B that are set.
func (d *diagonal[T]) run() {
	d.ldKnown = oddLines[T](2 * d.n)
	d.known = d.s.b.get(2 * d.m * d.ldKnown)
	if !d.solve {
		d.expand(0, d.m)
	}
	if d.solve && d.alpha != one[T]() {
		for k := range d.m {
			d.multiplyRow(d.alpha, d.row(k))
		}
	}
	d.rows(0, d.m)
}

// expand makes factors of complex rows i to i+m-1.
func (d *diagonal[T]) expand(i, m int) {
	x := expansion[T]{alpha: one[T]()}
	for k := i; k < i+m; k++ {
		e := d.known[2*k*d.ldKnown:]
		x.row(d.row(k), e[:2*d.n], e[d.ldKnown:][:2*d.n])
	}
}

func (d *diagonal[T]) row(k int) []T { return d.at(d.b, d.ldb, k, 0)[:2*d.n] }

// rows is left, for rows i to i+m-1 of a block.
func (d *diagonal[T]) rows(i, m int) {
	if m <= leafTri || m <= narrowTri && 2*d.n <= narrow {
		for p := range m {
			if d.lower == d.solve {
				d.leaf(i+p, i, m)
			} else {
				d.leaf(i+m-1-p, i, m)
			}
		}
		return
	}
	h := half(m, leafTri)
	to, from, rows, others := i+h, i, m-h, h
	if !d.lower {
		to, from, rows, others = i, i+h, h, m-h
	}
	if d.solve {
		d.rows(from, others)
		d.product(to, rows, from, others)
		d.rows(to, rows)
	} else {
		d.rows(to, rows)
		d.product(to, rows, from, others)
		d.rows(from, others)
	}
}

// product adds to some rows what they take from others.
func (d *diagonal[T]) product(to, rows, from, others int) {
	d.e.Gemm(kernels.NoTrans, kernels.NoTrans, 1,
		matrix(rows, 2*others, d.d[2*(to*blockTriC+from):], 2*blockTriC),
		matrix(2*others, 2*d.n, d.known[2*from*d.ldKnown:], d.ldKnown),
		1, matrix(rows, 2*d.n, d.at(d.b, d.ldb, to, 0), 2*d.ldb))
}

// leaf does row k, which takes from rows of the leaf, m from row i on.
func (d *diagonal[T]) leaf(k, i, m int) {
	row := d.row(k)
	lo, hi := i, k
	if !d.lower {
		lo, hi = k+1, i+m
	}
	switch {
	case d.solve:
	case !d.unit:
		d.multiplyRow(get(d.d, k*blockTriC+k), row)
	case d.alpha != one[T]():
		d.multiplyRow(d.alpha, row)
	}
	// A complex row is two rows of numbers.
	x := d.d[2*(k*blockTriC+lo) : 2*(k*blockTriC+hi)]
	if len(x) > 0 {
		d.addRows(x, d.known[2*lo*d.ldKnown:], row)
	}
	if d.solve {
		if !d.unit {
			d.divide(k, row)
		}
		d.expand(k, 1)
	}
}

// addRows adds to row the sum of x[q] times row q of known.
func (d *diagonal[T]) addRows(x, known, row []T) {
	n, ld := len(row), d.ldKnown
	if n > narrow {
		for q, v := range x {
			d.e.Axpy(v, known[q*ld:][:n], row)
		}
		return
	}
	q := 0
	for ; q+4 <= len(x); q += 4 {
		a0, a1, a2, a3 := x[q], x[q+1], x[q+2], x[q+3]
		r0, r1, r2, r3 := known[q*ld:][:n], known[(q+1)*ld:][:n], known[(q+2)*ld:][:n], known[(q+3)*ld:][:n]
		for j, v := range row {
			v += T(a0 * r0[j])
			v += T(a1 * r1[j])
			v += T(a2 * r2[j])
			row[j] = v + T(a3*r3[j])
		}
	}
	for ; q < len(x); q++ {
		addPlain(x[q], known[q*ld:][:n], row)
	}
}

// divide divides row k by its element of the diagonal: by multiplication with
// the inverse or, where that overflows or loses digits, by division.
func (d *diagonal[T]) divide(k int, row []T) {
	inv := get(d.inv, k)
	if m := max(inv.re, -inv.re, inv.im, -inv.im); m >= smallestNormal[T]() && m-m == 0 {
		d.multiplyRow(inv, row)
		return
	}
	v := get(d.d, k*blockTriC+k)
	for i := range d.n {
		put(row, i, get(row, i).over(v))
	}
}

func smallestNormal[T kernels.Float]() T {
	if size[T]() == 4 {
		return 0x1p-126
	}
	x := 0x1p-1022
	return T(x)
}

// oddLines returns n rounded up to an odd number of cache lines: elements a
// power of two apart would share few places in a cache.
func oddLines[T kernels.Float](n int) int {
	line := 64 / size[T]()
	return ((n+line-1)/line | 1) * line
}

// transposePairs copies the m×n complex matrix b to the n×m matrix d, four numbers
// of a row of d at a time: four rows of b are read side by side.
func transposePairs[T kernels.Float](m, n int, b []T, ldb int, d []T, ldd int) {
	from, to := pairs(b), pairs(d)
	i := 0
	for ; i+4 <= m; i += 4 {
		b0, b1, b2, b3 := from[i*ldb:][:n], from[(i+1)*ldb:][:n], from[(i+2)*ldb:][:n], from[(i+3)*ldb:][:n]
		for j := range n {
			t := (*[4]pair[T])(to[j*ldd+i:])
			t[0], t[1], t[2], t[3] = b0[j], b1[j], b2[j], b3[j]
		}
	}
	for ; i < m; i++ {
		for j, v := range from[i*ldb:][:n] {
			to[j*ldd+i] = v
		}
	}
}
