package bench

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	gonum "gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/stat"
)

// library is someone who can do the work: a backend of weft, gonum, or a peer.
//
// A peer is a BLAS that is installed as a shared library. Its calls are made
// ready beforehand, with the arguments in the form that it wants.
type library[T kernels.Float] struct {
	name  string
	calls map[string]call[T] // by workload; what is absent it can't do
	gemm  product[T]
	forks map[string]bool // calls that start goroutines of their own accord

	peer    *peer // nil if it is none
	foreign map[string]func(o *operands[T]) *foreignCall[T]
}

// can reports whether l does a workload.
func (l *library[T]) can(op string) bool { return l.calls[op] != nil || l.foreign[op] != nil }

// call does one workload n times. The loop is inside, so that nothing but the
// call itself is measured.
type call[T kernels.Float] func(a *operands[T], n int)

// product is the function that the real workload is written with.
type product[T kernels.Float] func(tA, tB kernels.Transpose, alpha T, a, b kernels.Matrix[T], beta T, c kernels.Matrix[T])

// operands are what calls work on. All libraries get the same.
type operands[T kernels.Float] struct {
	Shape
	a, b, c kernels.Matrix[T]
	x, y, z []T
	digits  *digits[T]
	f       *factors[T]

	number  T // results go here
	index   int
	quality float64
}

// newOperands cuts the operands of a workload out of three buffers.
func newOperands[T kernels.Float](w *workload, s Shape, buf *[3][]T) *operands[T] {
	f := w.family
	room := f.room(s)
	o := &operands[T]{Shape: s, x: buf[0][:room[0]], y: buf[1][:room[1]], z: buf[2][:room[2]]}
	matrix := func(rows, cols int, data []T) kernels.Matrix[T] {
		return kernels.Matrix[T]{Rows: rows, Cols: cols, Data: data, Stride: max(cols, 1)}
	}
	switch f {
	case products:
		o.a, o.b, o.c = matrix(s.M, s.K, o.x), matrix(s.K, s.N, o.y), matrix(s.M, s.N, o.z)
	case matvecs:
		o.a = matrix(s.M, s.N, o.x)
	case factorizations:
		o.f = newFactors(w.op, s.N, o.x, o.y)
	case level3:
		if w.op == "Trsm" {
			newTriangle(s.M, o.x)
		}
	}
	return o
}

// weft returns a backend of weft as a library.
func weft[T kernels.Float](e *kernels.Engine[T]) *library[T] {
	const no, yes = kernels.NoTrans, kernels.Trans
	return weftRoutines(e).addTo(&library[T]{
		name: e.Backend(),
		gemm: e.Gemm,
		calls: map[string]call[T]{
			"Gemm": func(o *operands[T], n int) {
				for range n {
					e.Gemm(no, no, 1, o.a, o.b, 0, o.c)
				}
			},
			"GemvN": func(o *operands[T], n int) {
				for range n {
					e.Gemv(no, 1, o.a, o.y[:o.N], 0, o.z[:o.M])
				}
			},
			"GemvT": func(o *operands[T], n int) {
				for range n {
					e.Gemv(yes, 1, o.a, o.y[:o.M], 0, o.z[:o.N])
				}
			},
			"Ger": func(o *operands[T], n int) {
				for range n {
					e.Ger(tiny, o.y[:o.M], o.z[:o.N], o.a)
				}
			},
			"Sum": func(o *operands[T], n int) {
				for range n {
					o.number = e.Sum(o.x)
				}
			},
			"Dot": func(o *operands[T], n int) {
				for range n {
					o.number = e.Dot(o.x, o.y)
				}
			},
			"Asum": func(o *operands[T], n int) {
				for range n {
					o.number = e.Asum(o.x)
				}
			},
			"Nrm2": func(o *operands[T], n int) {
				for range n {
					o.number = e.Nrm2(o.x)
				}
			},
			"Max": func(o *operands[T], n int) {
				for range n {
					o.number = e.Max(o.x)
				}
			},
			"ArgMax": func(o *operands[T], n int) {
				for range n {
					o.index = e.ArgMax(o.x)
				}
			},
			"Var": func(o *operands[T], n int) {
				for range n {
					o.number = e.Var(o.x)
				}
			},
			"Axpy": func(o *operands[T], n int) {
				for range n {
					e.Axpy(tiny, o.x, o.z)
				}
			},
			"Scal": func(o *operands[T], n int) {
				for range n {
					e.Scal(-1, o.z)
				}
			},
			"Add": func(o *operands[T], n int) {
				for range n {
					e.Add(o.z, o.x, o.y)
				}
			},
			"Mul": func(o *operands[T], n int) {
				for range n {
					e.Mul(o.z, o.x, o.y)
				}
			},
			"Fill": func(o *operands[T], n int) {
				for range n {
					e.Fill(o.z, 1)
				}
			},
		},
	})
}

// tiny is a factor that leaves an operand in its range when it is added again
// and again.
const tiny = 1.0 / (1 << 30)

// gonumLibrary returns gonum as a library: blas/gonum, and packages floats and
// stat, which have no float32.
func gonumLibrary[T kernels.Float]() *library[T] {
	lib := any(gonum64()) // whichever is of the type asked for
	if _, ok := lib.(*library[T]); !ok {
		lib = gonum32()
	}
	return gonumRoutines[T]().addTo(lib.(*library[T]))
}

const nameGonum = "gonum"

// gonumForks are the calls in which gonum multiplies matrices, with goroutines.
var gonumForks = map[string]bool{
	"Gemm": true, "KNN": true, "PCA": true,
	"Potrf": true, "Getrf": true, "Geqrf": true, "Syev": true, "Gesvd": true,
}

func gonum32() *library[float32] {
	type o = operands[float32]
	var g gonum.Implementation
	return &library[float32]{
		name: nameGonum, forks: gonumForks,
		gemm: func(tA, tB kernels.Transpose, alpha float32, a, b kernels.Matrix[float32], beta float32, c kernels.Matrix[float32]) {
			g.Sgemm(blas.Transpose(tA), blas.Transpose(tB), c.Rows, c.Cols, inner(tA, &a), alpha, a.Data, a.Stride, b.Data, b.Stride, beta, c.Data, c.Stride)
		},
		calls: map[string]call[float32]{
			"Gemm": func(o *o, n int) {
				for range n {
					g.Sgemm(blas.NoTrans, blas.NoTrans, o.M, o.N, o.K, 1, o.a.Data, o.a.Stride, o.b.Data, o.b.Stride, 0, o.c.Data, o.c.Stride)
				}
			},
			"GemvN": func(o *o, n int) {
				for range n {
					g.Sgemv(blas.NoTrans, o.M, o.N, 1, o.a.Data, o.a.Stride, o.y, 1, 0, o.z, 1)
				}
			},
			"GemvT": func(o *o, n int) {
				for range n {
					g.Sgemv(blas.Trans, o.M, o.N, 1, o.a.Data, o.a.Stride, o.y, 1, 0, o.z, 1)
				}
			},
			"Ger": func(o *o, n int) {
				for range n {
					g.Sger(o.M, o.N, tiny, o.y, 1, o.z, 1, o.a.Data, o.a.Stride)
				}
			},
			"Dot": func(o *o, n int) {
				for range n {
					o.number = g.Sdot(o.N, o.x, 1, o.y, 1)
				}
			},
			"Asum": func(o *o, n int) {
				for range n {
					o.number = g.Sasum(o.N, o.x, 1)
				}
			},
			"Nrm2": func(o *o, n int) {
				for range n {
					o.number = g.Snrm2(o.N, o.x, 1)
				}
			},
			"Axpy": func(o *o, n int) {
				for range n {
					g.Saxpy(o.N, tiny, o.x, 1, o.z, 1)
				}
			},
			"Scal": func(o *o, n int) {
				for range n {
					g.Sscal(o.N, -1, o.z, 1)
				}
			},
		},
	}
}

func gonum64() *library[float64] {
	type o = operands[float64]
	var g gonum.Implementation
	return &library[float64]{
		name: nameGonum, forks: gonumForks,
		gemm: func(tA, tB kernels.Transpose, alpha float64, a, b kernels.Matrix[float64], beta float64, c kernels.Matrix[float64]) {
			g.Dgemm(blas.Transpose(tA), blas.Transpose(tB), c.Rows, c.Cols, inner(tA, &a), alpha, a.Data, a.Stride, b.Data, b.Stride, beta, c.Data, c.Stride)
		},
		calls: map[string]call[float64]{
			"Gemm": func(o *o, n int) {
				for range n {
					g.Dgemm(blas.NoTrans, blas.NoTrans, o.M, o.N, o.K, 1, o.a.Data, o.a.Stride, o.b.Data, o.b.Stride, 0, o.c.Data, o.c.Stride)
				}
			},
			"GemvN": func(o *o, n int) {
				for range n {
					g.Dgemv(blas.NoTrans, o.M, o.N, 1, o.a.Data, o.a.Stride, o.y, 1, 0, o.z, 1)
				}
			},
			"GemvT": func(o *o, n int) {
				for range n {
					g.Dgemv(blas.Trans, o.M, o.N, 1, o.a.Data, o.a.Stride, o.y, 1, 0, o.z, 1)
				}
			},
			"Ger": func(o *o, n int) {
				for range n {
					g.Dger(o.M, o.N, tiny, o.y, 1, o.z, 1, o.a.Data, o.a.Stride)
				}
			},
			"Sum": func(o *o, n int) {
				for range n {
					o.number = floats.Sum(o.x)
				}
			},
			"Dot": func(o *o, n int) {
				for range n {
					o.number = g.Ddot(o.N, o.x, 1, o.y, 1)
				}
			},
			"Asum": func(o *o, n int) {
				for range n {
					o.number = g.Dasum(o.N, o.x, 1)
				}
			},
			"Nrm2": func(o *o, n int) {
				for range n {
					o.number = g.Dnrm2(o.N, o.x, 1)
				}
			},
			"Max": func(o *o, n int) {
				for range n {
					o.number = floats.Max(o.x)
				}
			},
			"ArgMax": func(o *o, n int) {
				for range n {
					o.index = floats.MaxIdx(o.x)
				}
			},
			"Var": func(o *o, n int) {
				for range n {
					o.number = stat.Variance(o.x, nil)
				}
			},
			"Axpy": func(o *o, n int) {
				for range n {
					g.Daxpy(o.N, tiny, o.x, 1, o.z, 1)
				}
			},
			"Scal": func(o *o, n int) {
				for range n {
					g.Dscal(o.N, -1, o.z, 1)
				}
			},
			"Add": func(o *o, n int) {
				for range n {
					floats.AddTo(o.z, o.x, o.y)
				}
			},
			"Mul": func(o *o, n int) {
				for range n {
					floats.MulTo(o.z, o.x, o.y)
				}
			},
		},
	}
}

// inner returns the number of columns of op(A).
func inner[T kernels.Float](tA kernels.Transpose, a *kernels.Matrix[T]) int {
	if tA == kernels.NoTrans {
		return a.Cols
	}
	return a.Rows
}

// withDigits adds the real workload, written with the library's own product.
func (l *library[T]) withDigits() *library[T] {
	l.calls["KNN"] = func(o *operands[T], n int) {
		for range n {
			o.quality = o.digits.knn(l.gemm)
		}
	}
	l.calls["PCA"] = func(o *operands[T], n int) {
		for range n {
			o.quality = o.digits.pca(l.gemm)
		}
	}
	return l
}
