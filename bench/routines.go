package bench

import (
	"unsafe"

	"github.com/weftgo/weft/kernels"
	weftblas "github.com/weftgo/weft/kernels/blas"
	weftlapack "github.com/weftgo/weft/kernels/lapack"
	"gonum.org/v1/gonum/blas"
	gonum "gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/lapack"
	gonumlapack "gonum.org/v1/gonum/lapack/gonum"
)

// anyBLAS is gonum's interfaces to a BLAS, which weft has too.
type anyBLAS interface {
	blas.Float32
	blas.Float64
	blas.Complex64
	blas.Complex128
}

// routines are what gonum and weft do behind the same interfaces, for one type.
// What is nil is not there for it.
type routines[T kernels.Float] struct {
	iamax func(n int, x []T, incX int) int
	syrk  func(ul blas.Uplo, tA blas.Transpose, n, k int, alpha T, a []T, lda int, beta T, c []T, ldc int)
	trsm  func(s blas.Side, ul blas.Uplo, tA blas.Transpose, d blas.Diag, m, n int, alpha T, a []T, lda int, b []T, ldb int)
	symm  func(s blas.Side, ul blas.Uplo, m, n int, alpha T, a []T, lda int, b []T, ldb int, beta T, c []T, ldc int)
	gemmC func(m, n, k int, a, b, c []T) // complex numbers, as their parts

	potrf func(ul blas.Uplo, n int, a []T, lda int) bool
	getrf func(m, n int, a []T, lda int, ipiv []int) bool
	geqrf func(m, n int, a []T, lda int, tau, work []T, lwork int)
	syev  func(job lapack.EVJob, ul blas.Uplo, n int, a []T, lda int, w, work []T, lwork int) bool
	gesvd func(jobU, jobVT lapack.SVDJob, m, n int, a []T, lda int, s, u []T, ldu int, vt []T, ldvt int, work []T, lwork int) bool
}

// weftRoutines returns those of weft on an engine.
func weftRoutines[T kernels.Float](e *kernels.Engine[T]) *routines[T] {
	var r *routines[T]
	switch e := any(e).(type) {
	case *kernels.Engine[float32]:
		r = any(routines32(weftblas.New(e, nil))).(*routines[T])
	case *kernels.Engine[float64]:
		r = any(routines64(weftblas.New(nil, e))).(*routines[T])
	}
	l := weftlapack.RealOf(e)
	r.potrf, r.getrf, r.geqrf, r.syev, r.gesvd = l.Potrf, l.Getrf, l.Geqrf, l.Syev, l.Gesvd
	return r
}

// gonumRoutines returns gonum's own, which has no LAPACK for float32.
func gonumRoutines[T kernels.Float]() *routines[T] {
	if r, ok := any(routines32(gonum.Implementation{})).(*routines[T]); ok {
		return r
	}
	r, l := routines64(gonum.Implementation{}), gonumlapack.Implementation{}
	r.potrf, r.getrf, r.geqrf, r.syev, r.gesvd = l.Dpotrf, l.Dgetrf, l.Dgeqrf, l.Dsyev, l.Dgesvd
	return any(r).(*routines[T])
}

func routines32(b anyBLAS) *routines[float32] {
	return &routines[float32]{
		iamax: b.Isamax, syrk: b.Ssyrk, trsm: b.Strsm, symm: b.Ssymm,
		gemmC: func(m, n, k int, x, y, z []float32) {
			c := complex64s
			b.Cgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, c(x), k, c(y), n, 0, c(z), n)
		},
	}
}

func routines64(b anyBLAS) *routines[float64] {
	return &routines[float64]{
		iamax: b.Idamax, syrk: b.Dsyrk, trsm: b.Dtrsm, symm: b.Dsymm,
		gemmC: func(m, n, k int, x, y, z []float64) {
			c := complex128s
			b.Zgemm(blas.NoTrans, blas.NoTrans, m, n, k, 1, c(x), k, c(y), n, 0, c(z), n)
		},
	}
}

// complex64s and complex128s see pairs of numbers as complex ones.
func complex64s(x []float32) []complex64 {
	return unsafe.Slice((*complex64)(unsafe.Pointer(unsafe.SliceData(x))), len(x)/2)
}

func complex128s(x []float64) []complex128 {
	return unsafe.Slice((*complex128)(unsafe.Pointer(unsafe.SliceData(x))), len(x)/2)
}

// addTo adds the routines to the calls of a library.
func (r *routines[T]) addTo(l *library[T]) *library[T] {
	l.calls["Iamax"] = func(o *operands[T], n int) {
		for range n {
			o.index = r.iamax(o.N, o.x, 1)
		}
	}
	l.calls["Syrk"] = func(o *operands[T], n int) {
		for range n {
			r.syrk(blas.Lower, blas.NoTrans, o.N, o.K, 1, o.x, o.K, 0, o.z, o.N)
		}
	}
	l.calls["Trsm"] = func(o *operands[T], n int) {
		for range n {
			r.trsm(blas.Left, blas.Lower, blas.NoTrans, blas.NonUnit, o.M, o.N, 1, o.x, o.M, o.z, o.N)
		}
	}
	l.calls["Symm"] = func(o *operands[T], n int) {
		for range n {
			r.symm(blas.Left, blas.Lower, o.M, o.N, 1, o.x, o.M, o.y, o.N, 0, o.z, o.N)
		}
	}
	l.calls["GemmC"] = func(o *operands[T], n int) {
		for range n {
			r.gemmC(o.M, o.N, o.K, o.x, o.y, o.z)
		}
	}
	if r.potrf == nil {
		return l
	}
	l.calls["Potrf"] = func(o *operands[T], n int) {
		for range n {
			copy(o.z, o.f.a)
			r.potrf(blas.Lower, o.N, o.z, o.N)
		}
	}
	l.calls["Getrf"] = func(o *operands[T], n int) {
		for range n {
			copy(o.z, o.f.a)
			r.getrf(o.N, o.N, o.z, o.N, o.f.pivots)
		}
	}
	l.calls["Geqrf"] = func(o *operands[T], n int) {
		f, work := o.f, o.f.workspace(func(w []T) { r.geqrf(o.N, o.N, o.z, o.N, o.f.tau, w, -1) })
		for range n {
			copy(o.z, f.a)
			r.geqrf(o.N, o.N, o.z, o.N, f.tau, work, len(work))
		}
	}
	l.calls["Syev"] = func(o *operands[T], n int) {
		f, work := o.f, o.f.workspace(func(w []T) { r.syev(lapack.EVCompute, blas.Lower, o.N, o.z, o.N, o.f.values, w, -1) })
		for range n {
			copy(o.z, f.a)
			r.syev(lapack.EVCompute, blas.Lower, o.N, o.z, o.N, f.values, work, len(work))
		}
	}
	l.calls["Gesvd"] = func(o *operands[T], n int) {
		f := o.f
		svd := func(work []T, lwork int) {
			r.gesvd(lapack.SVDAll, lapack.SVDAll, o.N, o.N, o.z, o.N, f.values, f.u, o.N, f.vt, o.N, work, lwork)
		}
		work := f.workspace(func(w []T) { svd(w, -1) })
		for range n {
			copy(o.z, f.a)
			svd(work, len(work))
		}
	}
	return l
}

// factors are the operands of a factorisation, which is done in place: each
// call begins with a copy of the matrix, whoever does it.
type factors[T kernels.Float] struct {
	a, at       []T // the matrix by rows and by columns
	values, tau []T
	u, vt       []T
	pivots      []int
	work        []T
}

// workspace returns the work array that query asks for, which stores its best
// length in its first element.
func (f *factors[T]) workspace(query func(work []T)) []T {
	if f.work == nil {
		w := make([]T, 1)
		query(w)
		f.work = make([]T, max(int(w[0]), 1))
	}
	return f.work
}

func factorRoom(s Shape) [3]int {
	n2 := s.N * s.N
	return [3]int{2 * n2, 2*n2 + 2*s.N, n2}
}

// newFactors cuts the operands of a factorisation of order n out of x and y and
// makes the matrix: random, symmetric, or also positive definite.
func newFactors[T kernels.Float](op string, n int, x, y []T) *factors[T] {
	n2 := n * n
	f := &factors[T]{
		a: x[:n2], at: x[n2 : 2*n2],
		values: y[:n], tau: y[n : 2*n], u: y[2*n:][:n2], vt: y[2*n+n2:][:n2],
		pivots: make([]int, n),
	}
	state := uint32(1)
	for i := range f.a {
		f.a[i] = random[T](&state)
	}
	if op == "Potrf" || op == "Syev" {
		for i := range n {
			for j := range i {
				f.a[j*n+i] = f.a[i*n+j]
			}
			if op == "Potrf" {
				f.a[i*n+i] += T(n)
			}
		}
	}
	for i := range n {
		for j := range n {
			f.at[j*n+i] = f.a[i*n+j]
		}
	}
	return f
}

// newTriangle makes a lower triangle of order n that changes what is solved
// with it by next to nothing, so that it can be done again and again.
func newTriangle[T kernels.Float](n int, a []T) {
	state := uint32(1)
	for i := range n {
		for j := range i {
			a[i*n+j] = tiny * random[T](&state)
		}
		a[i*n+i] = 1
	}
}

// random returns the next of a sequence of numbers in [-1, 1).
func random[T kernels.Float](state *uint32) T {
	s := *state
	s ^= s << 13
	s ^= s >> 17
	s ^= s << 5
	*state = s
	return T(int32(s)) / (1 << 31)
}
