package fallback

import (
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// Axpy sets y[i] = fma(alpha, x[i], y[i]).
func Axpy[T op.Float](alpha T, x, y *T, n int) {
	t := unsafe.Slice(y, n)
	for i, v := range unsafe.Slice(x, n) {
		t[i] = FMA(alpha, v, t[i])
	}
}

// Scale sets dst[i] = alpha*x[i]; dst may be x.
func Scale[T op.Float](alpha T, x, dst *T, n int) {
	d := unsafe.Slice(dst, n)
	for i, v := range unsafe.Slice(x, n) {
		d[i] = alpha * v
	}
}

// Add sets dst[i] = x[i]+y[i]; dst may be x or y, here and below.
func Add[T op.Float](dst, x, y *T, n int) {
	d, t := unsafe.Slice(dst, n), unsafe.Slice(y, n)
	for i, v := range unsafe.Slice(x, n) {
		d[i] = v + t[i]
	}
}

// Sub sets dst[i] = x[i]-y[i].
func Sub[T op.Float](dst, x, y *T, n int) {
	d, t := unsafe.Slice(dst, n), unsafe.Slice(y, n)
	for i, v := range unsafe.Slice(x, n) {
		d[i] = v - t[i]
	}
}

// Mul sets dst[i] = x[i]*y[i].
func Mul[T op.Float](dst, x, y *T, n int) {
	d, t := unsafe.Slice(dst, n), unsafe.Slice(y, n)
	for i, v := range unsafe.Slice(x, n) {
		d[i] = v * t[i]
	}
}

// Div sets dst[i] = x[i]/y[i].
func Div[T op.Float](dst, x, y *T, n int) {
	d, t := unsafe.Slice(dst, n), unsafe.Slice(y, n)
	for i, v := range unsafe.Slice(x, n) {
		d[i] = v / t[i]
	}
}

// Fill sets dst[i] = v.
func Fill[T op.Float](dst *T, n int, v T) {
	d := unsafe.Slice(dst, n)
	for i := range d {
		d[i] = v
	}
}

// Rows is the number of rows that AxpyRows takes at once.
const Rows = 4

// AxpyRows adds Rows rows of a to y, each times its element of x, in
// increasing order: y[j] = fma(x[3], a[3][j], … fma(x[0], a[0][j], y[j])),
// where a[r][j] is a[r*lda+j].
func AxpyRows[T op.Float](x, a *T, lda int, y *T, n int) {
	for r := range Rows {
		Axpy(*at(x, r), at(a, r*lda), y, n)
	}
}

// Ger adds alpha*x[i] times y to row i of a, of m rows:
// a[i*lda+j] = fma(alpha*x[i], y[j], a[i*lda+j]), with alpha*x[i] rounded.
func Ger[T op.Float](alpha T, x *T, m int, y *T, n int, a *T, lda int) {
	for i, v := range unsafe.Slice(x, m) {
		Axpy(T(alpha*v), y, at(a, i*lda), n)
	}
}

// SymvRows reads four rows of half a symmetric matrix once for what they give
// as rows and as columns. It sets out[r] to the sum of a[r][j]*x[j] over n
// columns, where element j belongs to lane j modulo 16 (float32) or 8 (float64)
// and the lanes are joined by halving, and adds the rows to y, each times its
// element of f, as AxpyRows does.
func SymvRows[T op.Float](a *T, lda int, f, x, y *T, n int, out *T) {
	L := 64 / op.Size[T]()
	s, t := unsafe.Slice(x, n), unsafe.Slice(y, n)
	for r := range Rows {
		var lane [16]T
		by := *at(f, r)
		for j, v := range unsafe.Slice(at(a, r*lda), n) {
			lane[j%L] = FMA(v, s[j], lane[j%L])
			t[j] = FMA(by, v, t[j])
		}
		for h := L / 2; h >= 1; h /= 2 {
			for i := range h {
				lane[i] += lane[i+h]
			}
		}
		*at(out, r) = lane[0]
	}
}

// TriSolve solves for four rows of b, n columns each. Row r is row 0 with r*ldb
// added, where ldb may be negative. In increasing order, row r takes in those
// before it, x[r] = fma(t[4*r+q], x[q], x[r]) for q < r, and is multiplied by
// t[5*r].
func TriSolve[T op.Float](t, b *T, ldb, n int) {
	for r := range Rows {
		row := at(b, r*ldb)
		for q := range r {
			Axpy(*at(t, Rows*r+q), at(b, q*ldb), row, n)
		}
		Scale(*at(t, Rows*r+r), row, row, n)
	}
}

// TriMul is the product in the place of the solution: in decreasing order, row r
// is multiplied by t[5*r] and takes in those before it.
func TriMul[T op.Float](t, b *T, ldb, n int) {
	for r := Rows - 1; r >= 0; r-- {
		row := at(b, r*ldb)
		Scale(*at(t, Rows*r+r), row, row, n)
		for q := range r {
			Axpy(*at(t, Rows*r+q), at(b, q*ldb), row, n)
		}
	}
}
