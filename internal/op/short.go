package op

import "unsafe"

// Short is part of a [Table]: the functions that short operands would notice a
// detour for. They take 1 to [Chunk] elements, of a matrix of up to [ShortRows]
// rows if there is one, and run on the calling goroutine, so operands may lie
// on its stack. Alpha of Ger and Gemv is not zero.
type Short[T Float] struct {
	Sum, Asum, Nrm2, Max, Min func(x *T, n int) T
	ArgMax, ArgMin, Iamax     func(x *T, n int) int
	Dot                       func(x, y *T, n int) T

	Axpy               func(alpha T, x, y *T, n int)
	Scale              func(alpha T, x, dst *T, n int) // dst may be x
	Fill               func(dst *T, n int, v T)
	Add, Sub, Mul, Div func(dst, x, y *T, n int)

	// The same for n pairs, half a chunk of them; see [Complex].
	AxpyComplex func(re, im T, x, y *T, n int)
	DotComplex  func(x, y *T, n int, out *T)

	// Ger adds alpha*x*yᵀ to a of m×n. Gemv is y = alpha*a*x + beta*y, or with
	// trans the same with the transpose of a, which is m×n as it is stored.
	Ger  func(alpha T, x *T, m int, y *T, n int, a *T, lda int)
	Gemv func(trans bool, alpha T, a *T, m, n, lda int, x *T, beta T, y *T)
}

// ShortRows is the most rows of a matrix in a call of [Short].
const ShortRows = 1024

// ShortOf returns short functions that call the other ones of t.
func ShortOf[T Float](t *Table[T]) Short[T] {
	value := func(f func(int, []T) T) func(*T, int) T {
		return func(x *T, n int) T { return f(1, unsafe.Slice(x, n)) }
	}
	index := func(f func(int, []T) int) func(*T, int) int {
		return func(x *T, n int) int { return f(1, unsafe.Slice(x, n)) }
	}
	binary := func(f func(w int, dst, x, y []T)) func(dst, x, y *T, n int) {
		return func(dst, x, y *T, n int) { f(1, unsafe.Slice(dst, n), unsafe.Slice(x, n), unsafe.Slice(y, n)) }
	}
	return Short[T]{
		Sum: value(t.Sum), Asum: value(t.Asum), Nrm2: value(t.Nrm2), Max: value(t.Max), Min: value(t.Min),
		ArgMax: index(t.ArgMax), ArgMin: index(t.ArgMin), Iamax: index(t.Iamax),
		Dot:  func(x, y *T, n int) T { return t.Dot(1, unsafe.Slice(x, n), unsafe.Slice(y, n)) },
		Axpy: func(alpha T, x, y *T, n int) { t.Axpy(1, alpha, unsafe.Slice(x, n), unsafe.Slice(y, n)) },
		Scale: func(alpha T, x, dst *T, n int) {
			d := unsafe.Slice(dst, n)
			copy(d, unsafe.Slice(x, n))
			t.Scal(1, alpha, d)
		},
		Fill: func(dst *T, n int, v T) { t.Fill(1, unsafe.Slice(dst, n), v) },
		Add:  binary(t.Add), Sub: binary(t.Sub), Mul: binary(t.Mul), Div: binary(t.Div),
		AxpyComplex: func(re, im T, x, y *T, n int) {
			t.Complex.Axpy(re, im, unsafe.Slice(x, 2*n), unsafe.Slice(y, 2*n))
		},
		DotComplex: func(x, y *T, n int, out *T) {
			*(*[4]T)(unsafe.Pointer(out)) = t.Complex.Dot(unsafe.Slice(x, 2*n), unsafe.Slice(y, 2*n))
		},
		Ger: func(alpha T, x *T, m int, y *T, n int, a *T, lda int) {
			p := Ger[T]{
				Workers: 1, Alpha: alpha, X: unsafe.Slice(x, m), Y: unsafe.Slice(y, n),
				A: View[T]{Data: unsafe.Slice(a, (m-1)*lda+n), Rows: m, Cols: n, RowStride: lda, ColStride: 1},
			}
			t.Ger(Hide(&p))
		},
		Gemv: func(trans bool, alpha T, a *T, m, n, lda int, x *T, beta T, y *T) {
			v := View[T]{Data: unsafe.Slice(a, (m-1)*lda+n), Rows: m, Cols: n, RowStride: lda, ColStride: 1}
			if trans {
				v = v.T()
			}
			p := Gemv[T]{
				Workers: 1, Alpha: alpha, Beta: beta, A: v,
				X: Vector[T]{N: v.Cols, Data: unsafe.Slice(x, v.Cols), Inc: 1},
				Y: Vector[T]{N: v.Rows, Data: unsafe.Slice(y, v.Rows), Inc: 1},
			}
			t.Gemv(Hide(&p))
		},
	}
}
