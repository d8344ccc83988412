package blas

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

func trmm[T kernels.Float](e *kernels.Engine[T], s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha T, a []T, lda int, b []T, ldb int) {
	if checkTri(s, ul, t, d, m, n, len(a), lda, len(b), ldb) {
		tri(e, 1, false, s, ul, t, d, m, n, num[T]{re: alpha}, a, lda, b, ldb)
	}
}

func trsm[T kernels.Float](e *kernels.Engine[T], s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha T, a []T, lda int, b []T, ldb int) {
	if checkTri(s, ul, t, d, m, n, len(a), lda, len(b), ldb) {
		tri(e, 1, true, s, ul, t, d, m, n, num[T]{re: alpha}, a, lda, b, ldb)
	}
}

// triangle is a triangular matrix op(A) that multiplies B or divides it.
type triangle[T kernels.Float] struct {
	calc[T]
	solve bool
	lower bool // op(A) is
	t     blas.Transpose
	unit  bool
	a     []T
	lda   int
	b     []T
	ldb   int
	n     int // columns of B, or rows if A is on its right
}

const (
	// blockTri is the size of the diagonal blocks that are copied, so that
	// products with parts of them are of the simplest kind.
	blockTri = 64
	// leafTri is the size of those that are worked off row by row, and
	// narrowTri that for rows of at most narrow numbers, which a plain loop
	// adds sooner than a call of the engine; there a product is rounded before
	// it is added.
	leafTri   = 4
	narrowTri = 16
	narrow    = 32
	// columnsTri is how many columns of B a diagonal block meets at a time:
	// they stay in a second-level cache.
	columnsTri = 512
	// crowded is such that rows a multiple of so many bytes apart share too
	// few places in a cache.
	crowded = 1024
)

// tri computes B = alpha*op(A)*B or, if solve is set, B = alpha*op(A)⁻¹*B, or
// the same with op(A) on the right.
func tri[T kernels.Float](e *kernels.Engine[T], w int, solve bool, s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, m, n int, alpha num[T], a []T, lda int, b []T, ldb int) {
	if w == 1 && alpha.re != 0 && (s == blas.Left && n == 1 || s == blas.Right && m == 1) {
		triVec(e, solve, s, ul, t, d, max(m, n), alpha.re, a, lda, b, ldb)
		return
	}
	c := calc[T]{e, getScratch[T](), w}
	r := triangle[T]{
		calc: c, solve: solve, lower: (ul == blas.Lower) == (t == blas.NoTrans), t: t, unit: d == blas.Unit,
		a: a, lda: lda, b: b, ldb: ldb,
	}
	switch {
	case alpha == num[T]{}:
		c.scale(m, n, alpha, b, ldb)
	case s == blas.Left:
		r.n = n
		r.left(0, m, alpha)
	default:
		r.n = m
		r.right(0, n, alpha)
	}
	putScratch(c.s)
}

// triVec is tri for a single column of B, or a single row on the left of A.
func triVec[T kernels.Float](e *kernels.Engine[T], solve bool, s blas.Side, ul blas.Uplo, t blas.Transpose, d blas.Diag, n int, alpha T, a []T, lda int, b []T, ldb int) {
	inc := ldb
	if s == blas.Right {
		inc = 1
		if t == blas.NoTrans {
			t = blas.Trans
		} else {
			t = blas.NoTrans
		}
	}
	if alpha != 1 {
		scal(e, n, alpha, b, inc)
	}
	if solve {
		trsv(e, ul, t, d, n, a, lda, b, inc)
	} else {
		trmv(e, ul, t, d, n, a, lda, b, inc)
	}
}

// left does rows i to i+m-1 of B, of which other rows take no part. What a row
// needs of others is there in the order in which they are done: a product with
// a lower triangle goes from the last row up, a solution from the first down.
func (r *triangle[T]) left(i, m int, alpha num[T]) {
	if m <= blockTri {
		d := r.copyDiagonal(i, m, alpha, false)
		for j := 0; j < r.n; j += columnsTri {
			d.n = min(columnsTri, r.n-j)
			b := r.at(r.b, r.ldb, i, j)
			if m <= leafTri || r.ldb*r.w*size[T]()%crowded != 0 {
				d.b, d.ldb = b, r.ldb
				d.run()
				continue
			}
			d.ldb = oddLines[T](r.w*d.n) / r.w
			d.b = r.s.panel.get(r.w * m * d.ldb)
			for k := range m {
				copy(d.row(k), r.at(b, r.ldb, k, 0))
			}
			d.run()
			for k := range m {
				copy(r.at(b, r.ldb, k, 0), d.row(k))
			}
		}
		return
	}
	h := half(m, leafTri)
	// Rows to, from row from on, take from the others.
	to, from, rows, others := i+h, i, m-h, h
	if !r.lower {
		to, from, rows, others = i, i+h, h, m-h
	}
	block := r.op(r.t, r.a, r.lda, to, from)
	known, wanted := r.at(r.b, r.ldb, from, 0), r.at(r.b, r.ldb, to, 0)
	if r.solve {
		r.left(from, others, alpha)
		r.gemm(r.t, blas.NoTrans, rows, r.n, others, num[T]{re: -1}, block, r.lda, known, r.ldb, alpha, wanted, r.ldb)
		r.left(to, rows, one[T]())
		return
	}
	r.left(to, rows, alpha)
	r.gemm(r.t, blas.NoTrans, rows, r.n, others, alpha, block, r.lda, known, r.ldb, one[T](), wanted, r.ldb)
	r.left(from, others, alpha)
}

// right does columns j to j+n-1 of B. A small triangle on the right is one on
// the left of B transposed.
func (r *triangle[T]) right(j, n int, alpha num[T]) {
	if n <= blockTri {
		d := r.copyDiagonal(j, n, alpha, true)
		for i := 0; i < r.n; i += columnsTri {
			d.n = min(columnsTri, r.n-i)
			d.ldb = oddLines[T](d.n)
			d.b = r.s.panel.get(r.w * n * d.ldb)
			b := r.at(r.b, r.ldb, i, j)
			r.turn(d.n, n, b, r.ldb, d.b, d.ldb)
			d.run()
			r.turnBack(d.n, n, b, r.ldb, d.b, d.ldb)
		}
		return
	}
	h := half(n, leafTri)
	// With an upper triangle the later columns take from the earlier.
	to, from, cols, others := j+h, j, n-h, h
	if r.lower {
		to, from, cols, others = j, j+h, h, n-h
	}
	block := r.op(r.t, r.a, r.lda, from, to)
	known, wanted := r.at(r.b, r.ldb, 0, from), r.at(r.b, r.ldb, 0, to)
	if r.solve {
		r.right(from, others, alpha)
		r.gemm(blas.NoTrans, r.t, r.n, cols, others, num[T]{re: -1}, known, r.ldb, block, r.lda, alpha, wanted, r.ldb)
		r.right(to, cols, one[T]())
		return
	}
	r.right(to, cols, alpha)
	r.gemm(blas.NoTrans, r.t, r.n, cols, others, alpha, known, r.ldb, block, r.lda, one[T](), wanted, r.ldb)
	r.right(from, others, alpha)
}

// oddLines returns n rounded up to an odd number of cache lines: elements a
// power of two apart would share few places in a cache.
func oddLines[T kernels.Float](n int) int {
	line := 64 / size[T]()
	return ((n+line-1)/line | 1) * line
}

// turn copies the m×n matrix b to the n×m matrix d, eight parts of a row of d
// at a time: eight rows of b are read side by side.
func (c *calc[T]) turn(m, n int, b []T, ldb int, d []T, ldd int) {
	i := 0
	if c.w == 2 {
		for ; i+4 <= m; i += 4 {
			b0, b1, b2, b3 := c.at(b, ldb, i, 0)[:2*n], c.at(b, ldb, i+1, 0)[:2*n], c.at(b, ldb, i+2, 0)[:2*n], c.at(b, ldb, i+3, 0)[:2*n]
			for j := 0; j+1 < len(b0) && j+1 < len(b1) && j+1 < len(b2) && j+1 < len(b3); j += 2 {
				t := (*[8]T)(d[j*ldd+2*i:])
				t[0], t[1], t[2], t[3] = b0[j], b0[j+1], b1[j], b1[j+1]
				t[4], t[5], t[6], t[7] = b2[j], b2[j+1], b3[j], b3[j+1]
			}
		}
		for ; i < m; i++ {
			for j := range n {
				copy(c.at(d, ldd, j, i)[:2], c.at(b, ldb, i, j)[:2])
			}
		}
		return
	}
	for ; i+8 <= m; i += 8 {
		b0, b1, b2, b3 := b[i*ldb:][:n], b[(i+1)*ldb:][:n], b[(i+2)*ldb:][:n], b[(i+3)*ldb:][:n]
		b4, b5, b6, b7 := b[(i+4)*ldb:][:n], b[(i+5)*ldb:][:n], b[(i+6)*ldb:][:n], b[(i+7)*ldb:][:n]
		for j := range n {
			t := (*[8]T)(d[j*ldd+i:])
			t[0], t[1], t[2], t[3] = b0[j], b1[j], b2[j], b3[j]
			t[4], t[5], t[6], t[7] = b4[j], b5[j], b6[j], b7[j]
		}
	}
	for ; i < m; i++ {
		for j, v := range b[i*ldb:][:n] {
			d[j*ldd+i] = v
		}
	}
}

// turnBack copies what turn has made back to b.
func (c *calc[T]) turnBack(m, n int, b []T, ldb int, d []T, ldd int) {
	i := 0
	if c.w == 2 {
		for ; i+4 <= m; i += 4 {
			b0, b1, b2, b3 := c.at(b, ldb, i, 0)[:2*n], c.at(b, ldb, i+1, 0)[:2*n], c.at(b, ldb, i+2, 0)[:2*n], c.at(b, ldb, i+3, 0)[:2*n]
			for j := 0; j+1 < len(b0) && j+1 < len(b1) && j+1 < len(b2) && j+1 < len(b3); j += 2 {
				t := (*[8]T)(d[j*ldd+2*i:])
				b0[j], b0[j+1], b1[j], b1[j+1] = t[0], t[1], t[2], t[3]
				b2[j], b2[j+1], b3[j], b3[j+1] = t[4], t[5], t[6], t[7]
			}
		}
		for ; i < m; i++ {
			for j := range n {
				copy(c.at(b, ldb, i, j)[:2], c.at(d, ldd, j, i)[:2])
			}
		}
		return
	}
	for ; i+8 <= m; i += 8 {
		b0, b1, b2, b3 := b[i*ldb:][:n], b[(i+1)*ldb:][:n], b[(i+2)*ldb:][:n], b[(i+3)*ldb:][:n]
		b4, b5, b6, b7 := b[(i+4)*ldb:][:n], b[(i+5)*ldb:][:n], b[(i+6)*ldb:][:n], b[(i+7)*ldb:][:n]
		for j := range n {
			t := (*[8]T)(d[j*ldd+i:])
			b0[j], b1[j], b2[j], b3[j] = t[0], t[1], t[2], t[3]
			b4[j], b5[j], b6[j], b7[j] = t[4], t[5], t[6], t[7]
		}
	}
	for ; i < m; i++ {
		row := b[i*ldb:][:n]
		for j := range row {
			row[j] = d[j*ldd+i]
		}
	}
}

// diagonal is a diagonal block of op(A), of m ≤ blockTri rows, that meets some
// columns of B. Its coefficients d are such that all that is left to do is to
// add multiples of rows: those off the diagonal are alpha*op(A) or, to solve,
// -op(A); on the diagonal is alpha*op(A).
type diagonal[T kernels.Float] struct {
	calc[T]
	solve, unit, lower bool
	m                  int
	alpha              num[T] // for rows that have no coefficient on the diagonal
	d                  []T    // m rows of blockTri
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
		d: r.s.diag.get(r.w * blockTri * blockTri), inv: r.s.row.get(r.w * blockTri),
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
		if r.w == 1 {
			k, step := p*blockTri+lo, 1
			if turned {
				k, step = lo*blockTri+p, blockTri
			}
			for _, v := range row[lo:hi] {
				d.d[k] = v * times.re
				k += step
			}
			lo = hi
		}
		for q := lo; q < hi; q++ {
			k := p*blockTri + q
			if turned {
				k = q*blockTri + p
			}
			d.put(d.d, k, r.element(row, q).mul(times))
		}
		if r.unit {
			continue
		}
		v := r.element(row, p)
		if r.solve {
			d.put(d.inv, p, v.inverse())
		} else {
			v = v.mul(alpha)
		}
		d.put(d.d, p*blockTri+p, v)
	}
	return d
}

// element returns element q of a row of A, conjugated if op says so.
func (r *triangle[T]) element(row []T, q int) num[T] {
	if r.w == 1 {
		return num[T]{re: row[q]}
	}
	v := num[T]{row[2*q], row[2*q+1]}
	if r.t == blas.ConjTrans {
		v = v.conj()
	}
	return v
}

func (c *calc[T]) get(x []T, k int) num[T] {
	if c.w == 1 {
		return num[T]{re: x[k]}
	}
	return num[T]{x[2*k], x[2*k+1]}
}

func (c *calc[T]) put(x []T, k int, v num[T]) {
	if c.w == 1 {
		x[k] = v.re
	} else {
		x[2*k], x[2*k+1] = v.re, v.im
	}
}

// run does the columns of B that are set.
func (d *diagonal[T]) run() {
	d.known, d.ldKnown = d.b, d.ldb
	if d.w == 2 {
		d.ldKnown = oddLines[T](2 * d.n)
		d.known = d.s.b.get(2 * d.m * d.ldKnown)
		if !d.solve {
			d.expand(0, d.m)
		}
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

func (d *diagonal[T]) row(k int) []T { return d.at(d.b, d.ldb, k, 0)[:d.w*d.n] }

// rows is left, for rows i to i+m-1 of a block.
func (d *diagonal[T]) rows(i, m int) {
	if m <= leafTri || m <= narrowTri && d.w*d.n <= narrow {
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
	w := d.w
	d.e.Gemm(kernels.NoTrans, kernels.NoTrans, 1,
		matrix(rows, w*others, d.d[w*(to*blockTri+from):], w*blockTri),
		matrix(w*others, w*d.n, d.known[w*from*d.ldKnown:], d.ldKnown),
		1, matrix(rows, w*d.n, d.at(d.b, d.ldb, to, 0), w*d.ldb))
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
		d.multiplyRow(d.get(d.d, k*blockTri+k), row)
	case d.alpha != one[T]():
		d.multiplyRow(d.alpha, row)
	}
	// A complex row is two rows of numbers.
	w := d.w
	x := d.d[w*(k*blockTri+lo) : w*(k*blockTri+hi)]
	if len(x) > 0 {
		d.addRows(x, d.known[w*lo*d.ldKnown:], row)
	}
	if d.solve {
		if !d.unit {
			d.divide(k, row)
		}
		if d.w == 2 {
			d.expand(k, 1)
		}
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
	inv := d.get(d.inv, k)
	if m := max(inv.re, -inv.re, inv.im, -inv.im); m >= smallestNormal[T]() && m-m == 0 {
		d.multiplyRow(inv, row)
		return
	}
	v := d.get(d.d, k*blockTri+k)
	if d.w == 1 {
		by := d.s.y.get(len(row))
		d.e.Fill(by, v.re)
		d.e.Div(row, row, by)
		return
	}
	for i := range d.n {
		d.put(row, i, d.get(row, i).over(v))
	}
}

func smallestNormal[T kernels.Float]() T {
	if size[T]() == 4 {
		return 0x1p-126
	}
	x := 0x1p-1022
	return T(x)
}
