package lapack

import "github.com/weftgo/weft/kernels"

// transpose copies the m×n matrix a to the n×m matrix b, transposed. Eight
// rows of a are read side by side, eight elements of a row of b written at a
// time.
func transpose[T kernels.Float](m, n int, a []T, lda int, b []T, ldb int) {
	i := 0
	for ; i+8 <= m; i += 8 {
		a0, a1, a2, a3 := a[i*lda:][:n], a[(i+1)*lda:][:n], a[(i+2)*lda:][:n], a[(i+3)*lda:][:n]
		a4, a5, a6, a7 := a[(i+4)*lda:][:n], a[(i+5)*lda:][:n], a[(i+6)*lda:][:n], a[(i+7)*lda:][:n]
		for j := range n {
			t := (*[8]T)(b[j*ldb+i:])
			t[0], t[1], t[2], t[3] = a0[j], a1[j], a2[j], a3[j]
			t[4], t[5], t[6], t[7] = a4[j], a5[j], a6[j], a7[j]
		}
	}
	for ; i < m; i++ {
		for j, v := range a[i*lda:][:n] {
			b[j*ldb+i] = v
		}
	}
}

// transposeBack copies the n×m matrix b to the m×n matrix a, transposed.
func transposeBack[T kernels.Float](m, n int, a []T, lda int, b []T, ldb int) {
	i := 0
	for ; i+8 <= m; i += 8 {
		a0, a1, a2, a3 := a[i*lda:][:n], a[(i+1)*lda:][:n], a[(i+2)*lda:][:n], a[(i+3)*lda:][:n]
		a4, a5, a6, a7 := a[(i+4)*lda:][:n], a[(i+5)*lda:][:n], a[(i+6)*lda:][:n], a[(i+7)*lda:][:n]
		for j := range n {
			t := (*[8]T)(b[j*ldb+i:])
			a0[j], a1[j], a2[j], a3[j] = t[0], t[1], t[2], t[3]
			a4[j], a5[j], a6[j], a7[j] = t[4], t[5], t[6], t[7]
		}
	}
	for ; i < m; i++ {
		row := a[i*lda:][:n]
		for j := range row {
			row[j] = b[j*ldb+i]
		}
	}
}

// columnsSwap is how many columns laswp does at a time: both rows and their
// copy stay in a first-level cache.
const columnsSwap = 256

// laswp exchanges rows of a, of n columns: row i with row ipiv[i], for all i
// from k1 to k2-1, in that order or, if back is set, in the reverse.
func laswp[T kernels.Float](n int, a []T, lda, k1, k2 int, ipiv []int, back bool) {
	if n <= narrow {
		for k := k1; k < k2; k++ {
			i := k
			if back {
				i = k1 + k2 - 1 - k
			}
			if p := ipiv[i]; p != i {
				swap(a[i*lda:][:n], a[p*lda:][:n])
			}
		}
		return
	}
	var copied [columnsSwap]T
	for j := 0; j < n; j += columnsSwap {
		w := min(columnsSwap, n-j)
		for k := k1; k < k2; k++ {
			i := k
			if back {
				i = k1 + k2 - 1 - k
			}
			if p := ipiv[i]; p != i {
				x, y := a[i*lda+j:][:w], a[p*lda+j:][:w]
				copy(copied[:], x)
				copy(x, y)
				copy(y, copied[:w])
			}
		}
	}
}

// reciprocal returns 1/x, and whether multiplying by it stands for dividing by
// x: it does unless it is infinite, subnormal or NaN.
func reciprocal[T kernels.Float](x T) (inv T, ok bool) {
	inv = 1 / x
	return inv, abs(inv) >= smallest[T]() && inv-inv == 0
}

// divide computes x[i] /= by.
func (r Real[T]) divide(x []T, by T) {
	inv, ok := reciprocal(by)
	switch {
	case !ok:
		for i := range x {
			x[i] /= by
		}
	case len(x) > narrow:
		r.Engine().Scal(inv, x)
	default:
		for i := range x {
			x[i] *= inv
		}
	}
}

// narrow is up to how many elements a plain loop is sooner done than a call of
// the engine. There a product is rounded before it is added.
const narrow = 24

// axpy adds alpha*x to y, whatever alpha is.
func (r Real[T]) axpy(alpha T, x, y []T) {
	if len(x) > narrow {
		r.Engine().Axpy(alpha, x, y)
		return
	}
	y = y[:len(x)]
	for i, v := range x {
		y[i] += T(alpha * v)
	}
}

// dot returns Σ x[i]*y[i].
func (r Real[T]) dot(x, y []T) T {
	if len(x) > narrow {
		return r.Engine().Dot(x, y)
	}
	y = y[:len(x)]
	s := T(0)
	for i, v := range x {
		s += T(v * y[i])
	}
	return s
}

// nrm2 returns √(Σ x[i]²) of n elements that lie inc apart.
func (r Real[T]) nrm2(n int, x []T, inc int) T {
	if n <= narrow {
		s := T(0)
		for i := range n {
			v := x[i*inc]
			s += T(v * v)
		}
		// The squares of numbers that are too small or too large are not it.
		if s >= smallest[T]()/(unit[T]()*unit[T]()) && s-s == 0 {
			return sqrt(s)
		}
	}
	return r.Nrm2(n, x, inc)
}

// half returns where to cut n: about in the middle, at a multiple of unit.
func half(n, unit int) int { return (n/2 + unit - 1) / unit * unit }
