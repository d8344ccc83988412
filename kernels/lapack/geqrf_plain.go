package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// Up to these numbers of rows and columns reflectors are made and applied one by
// one, each as two products with a vector: blocks of them take longer.
const (
	orderGeqrf = 96
	orderOrm   = 80
)

// plainGeqrf is geqrf for a small matrix.
func (r Real[T]) plainGeqrf(m, n int, a []T, lda int, tau []T) {
	b := take[T](m + n)
	for i := range tau {
		v := b.data[:m-i]
		for k := range v {
			v[k] = a[(i+k)*lda+i]
		}
		tau[i] = r.reflect(v)
		for k, x := range v {
			a[(i+k)*lda+i] = x
		}
		if i+1 < n && tau[i] != 0 {
			v[0] = 1
			rest := kernels.Matrix[T]{Rows: m - i, Cols: n - i - 1, Data: a[i*lda+i+1:], Stride: lda}
			r.larfLeft(v, tau[i], rest, b.data[m:][:n-i-1])
		}
	}
	b.drop()
}

// plainGelqf is gelqf for a small matrix.
func (r Real[T]) plainGelqf(m, n int, a []T, lda int, tau []T) {
	b := take[T](m)
	for i := range tau {
		v := a[i*lda+i:][:n-i]
		tau[i] = r.reflect(v)
		if i+1 < m && tau[i] != 0 {
			beta := v[0]
			v[0] = 1
			rest := kernels.Matrix[T]{Rows: m - i - 1, Cols: n - i, Data: a[(i+1)*lda+i:], Stride: lda}
			r.larfRight(v, tau[i], rest, b.data[:m-i-1])
			v[0] = beta
		}
	}
	b.drop()
}

// plainOrm is orm for a small matrix.
func (r Real[T]) plainOrm(store lapack.StoreV, s blas.Side, t blas.Transpose, m, n, k int, a []T, lda int, tau, c []T, ldc int) {
	order, other := m, n
	if s == blas.Right {
		order, other = n, m
	}
	step := lda
	if store == lapack.RowWise {
		step = 1
	}
	forward := (s == blas.Left) == (t == blas.Trans)
	b := take[T](order + other)
	for q := range k {
		i := q
		if !forward {
			i = k - 1 - q
		}
		if tau[i] == 0 {
			continue
		}
		v, w := b.data[:order-i], b.data[order:]
		v[0] = 1
		from := a[i*lda+i:]
		for p := 1; p < len(v); p++ {
			v[p] = from[p*step]
		}
		if s == blas.Left {
			r.larfLeft(v, tau[i], kernels.Matrix[T]{Rows: m - i, Cols: n, Data: c[i*ldc:], Stride: ldc}, w)
		} else {
			r.larfRight(v, tau[i], kernels.Matrix[T]{Rows: m, Cols: n - i, Data: c[i:], Stride: ldc}, w)
		}
	}
	b.drop()
}
