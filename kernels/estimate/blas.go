package estimate

import (
	"fmt"
	"slices"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// Gemm is C = alpha·op(A)·op(B) + beta·C for a C of m×n, with beta = 0: 2·m·n·k
// operations.
func Gemm[T kernels.Float](m, n, k int) Work[T] {
	natural("Gemm", "m, n or k", m, n, k)
	x, y, z := float64(m), float64(n), float64(k)
	elements := x*y + x*z + z*y
	w := matrices[T](fmt.Sprintf("Gemm %d×%d×%d", m, n, k), 2*x*y*z, elements, 0)
	w.seconds = func(m *Machine[T]) float64 { return m.product(x, y, z, false) }
	return w
}

// GemmComplex is the product of complex matrices, whose parts are of type T:
// 8·m·n·k operations.
func GemmComplex[T kernels.Float](m, n, k int) Work[T] {
	natural("GemmComplex", "m, n or k", m, n, k)
	x, y, z := float64(m), float64(n), float64(k)
	w := matrices[T](fmt.Sprintf("GemmComplex %d×%d×%d", m, n, k), 8*x*y*z, 2*(x*y+x*z+z*y), 0)
	// The engine makes a real product of it, with twice the columns and twice
	// the depth.
	w.seconds = func(m *Machine[T]) float64 { return m.product(x, 2*y, 2*z, false) }
	return w
}

// Syrk is the triangle of C = alpha·A·Aᵀ + beta·C of order n, A of n×k:
// k·n·(n+1) operations.
func Syrk[T kernels.Float](n, k int) Work[T] {
	natural("Syrk", "n or k", n, k)
	x, z := float64(n), float64(k)
	w := matrices[T](fmt.Sprintf("Syrk %d×%d", n, k), z*x*(x+1), x*z+x*(x+1)/2, 0)
	w.seconds = func(m *Machine[T]) float64 { return m.syrk(x, z) }
	return w
}

// Symm is C = alpha·A·B + beta·C with a symmetric A of order m and n columns:
// 2·m²·n operations. It is computed as a product.
func Symm[T kernels.Float](m, n int) Work[T] {
	return Gemm[T](m, n, m).named("Symm %d×%d", m, n)
}

// Trsm is the solution of a triangular system of order m for n right sides:
// m²·n operations.
func Trsm[T kernels.Float](m, n int) Work[T] {
	natural("Trsm", "m or n", m, n)
	x, y := float64(m), float64(n)
	w := matrices[T](fmt.Sprintf("Trsm %d×%d", m, n), x*x*y, x*(x+1)/2+2*x*y, 0)
	w.seconds = func(m *Machine[T]) float64 { return m.tri(x, y) }
	return w
}

// Trmm is the product of a triangular matrix of order m and a matrix of n columns:
// m²·n operations.
func Trmm[T kernels.Float](m, n int) Work[T] { return Trsm[T](m, n).named("Trmm %d×%d", m, n) }

// Gemv is y = alpha·A·x + beta·y for an A of m×n, or the same with Aᵀ: 2·m·n
// operations.
func Gemv[T kernels.Float](m, n int) Work[T] {
	natural("Gemv", "m or n", m, n)
	x, y := float64(m), float64(n)
	w := matrices[T](fmt.Sprintf("Gemv %d×%d", m, n), 2*x*y, x*y+x+y, 0)
	w.seconds = func(m *Machine[T]) float64 { return (3+x/4)*m.Call + m.matrix(m.Read, m.ReadAll, x*y+x+y) }
	return w
}

// Symv is y = alpha·A·x + beta·y for a symmetric A of order n: 2·n² operations on
// one triangle.
func Symv[T kernels.Float](n int) Work[T] {
	natural("Symv", "n", n)
	x := float64(n)
	w := matrices[T](fmt.Sprintf("Symv %d", n), 2*x*x, x*(x+1)/2+2*x, 0)
	w.seconds = func(m *Machine[T]) float64 { return m.symv(x) }
	return w
}

// symv returns the seconds of a symmetric product: half a matrix, whose elements
// give two operations each, and what its pieces hold.
func (m *Machine[T]) symv(n float64) float64 {
	return 3*m.Call + m.matrix(m.Read, m.ReadAll, n*n/2) + 3*n*n/2*size[T]()*m.Read.at(0) + m.touch(m.Update, 6*n)
}

// Ger is A += alpha·x·yᵀ for an A of m×n: 2·m·n operations.
func Ger[T kernels.Float](m, n int) Work[T] {
	natural("Ger", "m or n", m, n)
	x, y := float64(m), float64(n)
	w := matrices[T](fmt.Sprintf("Ger %d×%d", m, n), 2*x*y, 2*x*y+x+y, -x*y)
	w.seconds = func(m *Machine[T]) float64 {
		bytes := 2 * (x*y + x + y) * size[T]()
		return m.Call + m.stream(m.Update, m.UpdateAll, bytes, bytes/2)
	}
	return w
}

// Trsv is the solution of a triangular system of order n: n² operations. Trmv,
// the product, is the same.
func Trsv[T kernels.Float](n int) Work[T] {
	natural("Trsv", "n", n)
	x := float64(n)
	const block2 = 32
	w := matrices[T](fmt.Sprintf("Trsv %d", n), x*x, x*(x+1)/2+2*x, -x)
	w.seconds = func(m *Machine[T]) float64 {
		return x*m.Call + x*min(x, block2)/2*m.Scalar + m.matrix(m.Read, m.ReadAll, x*x/2)
	}
	return w
}

// reductions are the functions that [Reduce] knows: operations for an element, and
// what is measured for those that do more than read.
var reductions = map[string]struct {
	flops    float64
	vectors  float64
	function string
}{
	"Sum": {1, 1, ""}, "Mean": {1, 1, ""}, "Asum": {1, 1, ""}, "Dot": {2, 2, ""}, "Nrm2": {2, 1, "Nrm2"}, "Var": {4, 1, "Var"},
	"Max": {1, 1, "Max"}, "Min": {1, 1, "Max"}, "ArgMax": {1, 1, "ArgMax"}, "ArgMin": {1, 1, "ArgMax"}, "Iamax": {1, 1, "ArgMax"},
}

// Reduce is a function of package kernels that makes one number of vectors of n
// elements: Sum, Mean, Asum, Nrm2, Var, Max, Min, ArgMax, ArgMin, Iamax, Dot. It
// panics if there is none of that name.
func Reduce[T kernels.Float](f string, n int) Work[T] {
	natural(f, "n", n)
	r, ok := reductions[f]
	if !ok {
		unknown("Reduce", f)
	}
	x := float64(n)
	w := matrices[T](fmt.Sprintf("%s %d", f, n), r.flops*x, r.vectors*x, 0)
	w.seconds = func(m *Machine[T]) float64 { return m.elementwise(m.Read, m.ReadAll, r.function, x, r.vectors*x) }
	return w
}

// maps are the functions that [Map] knows beside the elementwise ones: operations,
// and vectors that are read and written.
var maps = map[string][2]float64{
	"Axpy": {2, 3}, "Scal": {1, 2}, "Fill": {0, 1}, "Copy": {0, 2},
	"Add": {1, 3}, "Sub": {1, 3}, "Mul": {1, 3}, "Div": {1, 3}, "MulAdd": {2, 4},
}

// Map is a function of package kernels or vmath that works element by element on
// vectors of n elements: Axpy, Scal, Fill, Add, Sub, Mul, Div, MulAdd, Exp, Log,
// Sqrt, Pow and the others that [Functions] lists. It panics if there is none of
// that name. Elementary functions are foretold for arguments from 0 to 1; where
// results are NaN, overflow or are subnormal they may take three times as long.
func Map[T kernels.Float](f string, n int) Work[T] {
	natural(f, "n", n)
	v, ok := maps[f]
	if !ok {
		v = [2]float64{1, vectorsOf(f)}
	}
	x := float64(n)
	vectors := v[1]
	if f == "Axpy" || f == "Scal" {
		vectors-- // what is written is also read, and is there once
	}
	w := matrices[T](fmt.Sprintf("%s %d", f, n), v[0]*x, v[1]*x, (vectors-v[1])*x)
	w.seconds = func(m *Machine[T]) float64 { return m.elementwise(m.Update, m.UpdateAll, f, x, vectors*x) }
	return w
}

// elementwise returns the seconds of a call on n elements that moves so many: as
// long as memory takes, or the function.
func (m *Machine[T]) elementwise(one, all Curve, f string, n, moved float64) float64 {
	bytes := moved * size[T]()
	t := m.stream(one, all, bytes, bytes)
	if s := n * m.Functions[f]; s > 0 {
		if m.Workers > 1 && bytes >= m.ForkBytes || m.Workers > 1 && n >= 8192 && maps[f] == [2]float64{} {
			s = s/float64(m.Workers) + m.Fork
		}
		t = max(t, s)
	}
	return m.Call + t
}

// vectorsOf returns how many vectors an elementwise function reads and writes.
func vectorsOf(f string) float64 {
	for u := range op.NumUnary {
		if u.String() == f {
			return 2
		}
	}
	for b := range op.NumBinary {
		if b.String() == f {
			return 3
		}
	}
	unknown("Map", f)
	return 0
}

// Functions returns the names that [Reduce] and [Map] know.
func Functions() (reduce, elementwise []string) {
	for f := range reductions {
		reduce = append(reduce, f)
	}
	for f := range maps {
		elementwise = append(elementwise, f)
	}
	for f := range op.NumUnary {
		elementwise = append(elementwise, f.String())
	}
	for f := range op.NumBinary {
		elementwise = append(elementwise, f.String())
	}
	slices.Sort(reduce)
	slices.Sort(elementwise)
	return reduce, elementwise
}

func unknown(call, f string) {
	panic(&kernels.ShapeError{Func: call, Arg: "f", Has: "the name " + f, Want: "one that Functions lists"})
}

// matrices returns a work without its time: operations, elements that are read
// and written, and elements that it needs more than these, or fewer.
func matrices[T kernels.Float](name string, flops, moved, more float64) Work[T] {
	return Work[T]{Name: name, FLOPs: flops, Bytes: moved * size[T](), Memory: (moved + more) * size[T]()}
}
