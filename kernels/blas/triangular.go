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
	// blockTri is the size of the diagonal blocks of a real matrix, which the
	// engine takes as they are.
	blockTri = 128
	// blockTriC is the size of those of a complex one, which are copied, so
	// that products with parts of them are of the simplest kind.
	blockTriC = 64
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
	if r.w == 1 && m <= blockTri {
		r.e.TriBlock(r.block(i, m, alpha.re, false), false, matrix(m, r.n, r.at(r.b, r.ldb, i, 0), r.ldb))
		return
	}
	if m <= blockTriC {
		d := r.copyDiagonal(i, m, alpha, false)
		for j := 0; j < r.n; j += columnsTri {
			d.n = min(columnsTri, r.n-j)
			b := r.at(r.b, r.ldb, i, j)
			if m <= leafTri || 2*r.ldb*size[T]()%crowded != 0 {
				d.b, d.ldb = b, r.ldb
				d.run()
				continue
			}
			d.ldb = oddLines[T](2*d.n) / 2
			d.b = r.s.panel.get(2 * m * d.ldb)
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
	if r.w == 1 && n <= blockTri {
		r.e.TriBlock(r.block(j, n, alpha.re, true), true, matrix(r.n, n, r.at(r.b, r.ldb, 0, j), r.ldb))
		return
	}
	if n <= blockTriC {
		d := r.copyDiagonal(j, n, alpha, true)
		for i := 0; i < r.n; i += columnsTri {
			d.n = min(columnsTri, r.n-i)
			d.ldb = oddLines[T](d.n)
			d.b = r.s.panel.get(2 * n * d.ldb)
			b := r.at(r.b, r.ldb, i, j)
			transposePairs(d.n, n, b, r.ldb, d.b, d.ldb)
			d.run()
			transposePairs(n, d.n, d.b, d.ldb, b, r.ldb)
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

// block copies the m×m block of op(A) that starts at (i, i), transposed if flip
// is set, as the engine takes it.
func (r *triangle[T]) block(i, m int, alpha T, flip bool) *kernels.TriBlock[T] {
	t := &r.s.block
	*t = kernels.TriBlock[T]{Solve: r.solve, Lower: r.lower != flip, N: m, Alpha: 1, Coef: r.s.diag.get(m * m)}
	times := alpha
	if r.solve {
		t.Alpha, times = alpha, -1
	}
	if !r.unit || !r.solve && alpha != 1 {
		t.Diag, t.Inv = r.s.row.get(2 * m)[:m], r.s.row.get(2 * m)[m:]
	}
	a := r.a[i*r.lda+i:]
	upper := r.lower != (r.t == blas.NoTrans) // as it is stored
	turned := (r.t != blas.NoTrans) != flip
	for p := range m {
		lo, hi := 0, p
		if upper {
			lo, hi = p+1, m
		}
		row, k, step := a[p*r.lda:], p*m+lo, 1
		if turned {
			k, step = lo*m+p, m
		}
		for _, v := range row[lo:hi] {
			t.Coef[k] = v * times
			k += step
		}
		switch {
		case t.Diag == nil:
		case r.unit:
			t.Diag[p] = alpha
		case r.solve:
			t.Diag[p], t.Inv[p] = row[p], 0
			if inv := 1 / row[p]; max(inv, -inv) >= smallestNormal[T]() && inv-inv == 0 {
				t.Inv[p] = inv
			}
		default:
			t.Diag[p] = row[p] * alpha
		}
	}
	return t
}
