package array_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	. "github.com/weftgo/weft/kernels/array"
)

// What NumPy makes of the same inputs: testdata/make.py writes it.

func openNpz(t testing.TB, file string) *Npz {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	z, err := OpenNpz(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func load[T Element](t testing.TB, z *Npz, name string) *Array[T] {
	t.Helper()
	a, err := Load[T](z, name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// same reports whether shapes and bits are equal, NaN being one value.
func same[T Element](a, b *Array[T]) bool {
	if fmt.Sprint(a.Shape()) != fmt.Sprint(b.Shape()) {
		return false
	}
	x, y := a.Values(), b.Values()
	for i := range x {
		if x[i] != y[i] && (x[i] == x[i] || y[i] == y[i]) {
			return false
		}
	}
	return true
}

// numpy compares with the results of a file, and remembers which it has seen.
type numpy struct {
	*testing.T
	z    *Npz
	seen map[string]bool
}

// exact compares every bit but the sign of zero.
func exact[T Element](n *numpy, name string, got *Array[T]) {
	n.Helper()
	n.seen[name] = true
	if want := load[T](n.T, n.z, name); !same(got, want) {
		n.Errorf("%s: shape %v\n%v\nwant shape %v\n%v", name, got.Shape(), got, want.Shape(), want)
	}
}

// near compares with a tolerance, in units of the largest result.
func near(n *numpy, name string, got *Array[float64]) {
	n.Helper()
	n.seen[name] = true
	want := load[float64](n.T, n.z, name)
	if fmt.Sprint(got.Shape()) != fmt.Sprint(want.Shape()) {
		n.Errorf("%s: shape %v, want %v", name, got.Shape(), want.Shape())
		return
	}
	x, y, size := got.Values(), want.Values(), 1.0
	for _, v := range y {
		if v == v && !math.IsInf(v, 0) {
			size = max(size, math.Abs(v))
		}
	}
	for i := range x {
		if (x[i] != x[i]) != (y[i] != y[i]) || math.Abs(x[i]-y[i]) > 1e-13*size {
			n.Errorf("%s: element %d is %v, want %v", name, i, x[i], y[i])
			return
		}
	}
}

func must[A any](a A, err error) A {
	if err != nil {
		panic(err)
	}
	return a
}

func TestNumPy(t *testing.T) {
	z := openNpz(t, "testdata/numpy.npz")
	n := &numpy{t, z, map[string]bool{"versions": true}}
	a, r, nan := load[float64](t, z, "in/a"), load[float64](t, z, "in/r"), load[float64](t, z, "in/nan")
	b, c, i := load[float64](t, z, "in/b"), load[float64](t, z, "in/c"), load[int64](t, z, "in/i")
	mask, m, tall := load[bool](t, z, "in/mask"), load[float64](t, z, "in/m"), load[float64](t, z, "in/tall")
	tied, long, edge := load[float64](t, z, "in/tied"), load[float64](t, z, "in/long"), load[float64](t, z, "in/edge")
	turned := func(a *Array[float64], axis int) *Array[float64] {
		index := []Index{All, All, All}
		index[axis] = All.By(-1)
		return a.View(index[:a.Dims()]...)
	}

	exact(n, "slice/steps", a.View(All.By(2), From(1), All.By(-1)))
	exact(n, "slice/negative", a.View(From(-2), From(-1).By(-2), Range(4, 0).By(-3)))
	exact(n, "slice/empty", a.View(Range(2, 1), All, From(5)))
	exact(n, "slice/beyond", a.View(To(99), Range(-99, 2), At(3)))
	exact(n, "slice/newaxis", a.View(All, NewAxis, At(1), Rest, NewAxis))
	exact(n, "slice/rest", a.View(Rest, At(2)))
	exact(n, "transpose", a.Transpose(2, 0, 1))
	exact(n, "moveaxis", a.MoveAxis(0, -1))
	exact(n, "reshape", a.T().Reshape(6, 10))
	exact(n, "ravel", turned(a, 1).Ravel())
	exact(n, "broadcast", b.Broadcast(2, 4, 3))
	exact(n, "diagonal", a.Diagonal(1))
	exact(n, "diagonal/below", a.Diagonal(-2))
	exact(n, "concat", Concat(1, a, Mul(a.View(All, To(2)), Scalar(2.0))))
	exact(n, "stack", Stack(-1, a, Add(a, Scalar(1.0))))
	exact(n, "take", Take(a, FromSlice([]int64{3, -1, 0, 0}), 1))
	exact(n, "compress", Compress(a, mask))
	exact(n, "nonzero", Nonzero(mask))
	exact(n, "arange", Arange(-1.5, 4, 0.25))
	exact(n, "arange/int", Arange[int64](10, -5, -4))
	exact(n, "linspace", Linspace(-1.0, 2, 11))

	exact(n, "add", Add(a, b))
	exact(n, "sub", Sub(turned(a, 1), c))
	exact(n, "mul", Mul(a.T(), Arange(0.0, 3, 1)))
	exact(n, "div", Div(r, c))
	exact(n, "add/scalar", Add(a, Scalar(2.5)))
	exact(n, "add/zero stride", Add(c.Broadcast(4, 5), b))
	exact(n, "add/empty", Add(a.View(To(0)), c))
	exact(n, "add/int", Add(i, i.View(All, All.By(-1))))
	exact(n, "maximum", Maximum(nan, Scalar(0.1)))
	exact(n, "minimum", Minimum(nan, turned(r, 0)))
	exact(n, "neg", Neg(edge))
	exact(n, "abs", Abs(edge))
	exact(n, "sign", Sign(edge))
	exact(n, "floor", Floor(edge))
	exact(n, "ceil", Ceil(edge))
	exact(n, "trunc", Trunc(edge))
	exact(n, "round", Round(edge))
	exact(n, "sqrt", Sqrt(edge))
	exact(n, "clip", Clamp(edge, -1, 1.5))
	exact(n, "isnan", IsNaN(edge))
	exact(n, "isinf", IsInf(edge))
	exact(n, "isfinite", IsFinite(edge))
	exact(n, "where", Select(mask, a, b))
	turnedMask := mask.View(All.By(-1))
	for name, f := range map[string]func(a, b *Array[float64]) *Array[bool]{
		"equal": Equal[float64], "not_equal": NotEqual[float64], "less": Less[float64],
		"less_equal": LessEqual[float64], "greater": Greater[float64], "greater_equal": GreaterEqual[float64],
	} {
		exact(n, name, f(nan, turned(nan, 0)))
	}
	exact(n, "and", And(mask, turnedMask))
	exact(n, "or", Or(mask, turnedMask))
	exact(n, "xor", Xor(mask, turnedMask))
	exact(n, "not", Not(mask))

	for name, axes := range map[string][]Option{
		"all": nil, "0": {Axis(0)}, "1": {Axis(1)}, "2": {Axis(-1)},
		"01": {Axis(0, 1)}, "02": {Axis(2, 0)}, "12": {Axis(1, 2)}, "none": {Axis()},
	} {
		with := func(o Option) []Option { return append([]Option{o}, axes...) }
		exact(n, "sum/"+name, Sum(a, axes...))
		exact(n, "sum/int/"+name, Sum(i, axes...))
		exact(n, "sum/T/"+name, Sum(a.T(), axes...))
		near(n, "mean/"+name, Mean(r, axes...))
		near(n, "var/"+name, Var(r, axes...))
		exact(n, "max/"+name, Max(nan, axes...))
		exact(n, "min/"+name, Min(r, axes...))
		exact(n, "any/"+name, Any(mask, axes...))
		exact(n, "all/"+name, AllTrue(mask, axes...))
		exact(n, "count/"+name, Count(mask, axes...))
		exact(n, "sum/where/"+name, Sum(a, with(Where(mask))...))
		exact(n, "median/"+name, Median(r, axes...))
		near(n, "nansum/"+name, Sum(nan, with(SkipNaN())...))
	}
	near(n, "std/ddof", Std(r, Axis(1), DDof(1), KeepDims()))
	exact(n, "prod", Prod(b))
	exact(n, "prod/axis", Prod(i.View(All, All, From(1)), Axis(1)))
	near(n, "mean/keepdims", Mean(r, Axis(0, 2), KeepDims()))
	near(n, "mean/where", Mean(r, Axis(2), Where(Or(mask, Equal(Arange[int64](0, 5, 1), Scalar[int64](0))))))
	exact(n, "nanmax", Max(nan, Axis(2), SkipNaN()))
	near(n, "nanmean", Mean(nan, Axis(1), SkipNaN()))
	exact(n, "nanmedian", Median(nan, Axis(0, 2), SkipNaN()))
	exact(n, "mean/empty", Mean(Zeros[float64](0, 3), Axis(0)))
	exact(n, "sum/empty", Sum(Zeros[float64](3, 0), Axis(1)))
	exact(n, "argmax", ArgMax(i))
	exact(n, "argmax/1", ArgMax(i, Axis(1)))
	exact(n, "argmin/2", ArgMin(nan, Axis(2)))
	exact(n, "nanargmin", ArgMin(nan.View(At(0)), Axis(1), SkipNaN()))
	near(n, "norm1", Norm(r, 1, Axis(0)))
	near(n, "norm2", Norm(r, 2, Axis(1, 2)))
	exact(n, "norminf", Norm(r, math.Inf(1), Axis(1)))
	exact(n, "cumsum", CumSum(r, 1))
	exact(n, "cumsum/last", CumSum(r, 2))
	exact(n, "cumprod", CumProd(r, 0))
	exact(n, "cummax", CumMax(nan, 2))
	for _, q := range []float64{0, 0.1, 0.25, 0.5, 0.9, 1} {
		exact(n, fmt.Sprint("quantile/", q), Quantile(r, q, Axis(2)))
	}
	counts, edges := Histogram(long, 17, -2, 2.5)
	exact(n, "histogram", counts)
	exact(n, "histogram/edges", edges)
	exact(n, "bincount", Bincount(Add(i, Scalar[int64](5)), 15))
	exact(n, "sort", Sort(nan, 1))
	exact(n, "sort/long", Sort(long, 0))
	exact(n, "sort/int", Sort(i, 0))
	exact(n, "argsort", ArgSort(tied, 1))
	tenths := Div(Round(Mul(long, Scalar(10.0))), Scalar(10.0))
	exact(n, "argsort/long", ArgSort(tenths, 0))
	values, often := Unique(tied)
	exact(n, "unique", values)
	exact(n, "unique/counts", often)
	exact(n, "searchsorted", SearchSorted(Sort(tied.View(At(0)), 0), tied, false))
	exact(n, "searchsorted/right", SearchSorted(Sort(tied.View(At(0)), 0), tied, true))

	exact(n, "matmul", MatMul(a, a.Transpose(0, 2, 1)))
	exact(n, "matmul/broadcast", MatMul(a, a.View(At(0)).T()))
	exact(n, "matmul/vector", MatMul(a, c))
	exact(n, "matmul/row", MatMul(a.View(At(0), All, At(0)), a))
	exact(n, "outer", Outer(c, b))
	a0, a1 := a.View(At(0)), a.View(At(1))
	exact(n, "einsum/ij,jk", Einsum("ij,jk->ik", a0.T(), a1))
	exact(n, "einsum/bij,bkj", Einsum("bij,bkj->bik", a, a))
	exact(n, "einsum/ii", Einsum("ii->i", m))
	near(n, "einsum/trace", Einsum("ii", m))
	near(n, "einsum/three", Einsum("ij, jk, lk -> il", m, m, m))
	exact(n, "einsum/outer", Einsum("i,jk->kij", c, a0))
	exact(n, "einsum/sum", Einsum("ijk,k->j", a, c))
	near(n, "solve", must(Solve(m, Add(m.View(All, All.By(2)), Scalar(1.0)))))
	near(n, "inv", must(Inv(m)))
	near(n, "det", Det(m))
	spd := load[float64](t, z, "in/spd")
	near(n, "cholesky", must(Cholesky(spd)))
	w, v, err := EigH(spd)
	near(n, "eigvals", w)
	_, s, _, err2 := SVD(tall)
	near(n, "svdvals", s)
	x, rank, err3 := Lstsq(tall, Arange(0.0, 7, 1))
	near(n, "lstsq", x)
	if err != nil || err2 != nil || err3 != nil || rank != 3 || v.Dims() != 2 {
		t.Error(err, err2, err3, rank)
	}
	near(n, "pinv", must(Pinv(tall)))
	near(n, "cov", Cov(tall.T()))
	near(n, "corr", Corr(tall.T()))
	near(n, "sqeuclidean", Distances(SquaredEuclidean, tall, tall.View(To(4))))
	near(n, "cosine", Distances(Cosine, tall, tall.View(To(4))))

	for name, got := range map[string]fmt.Stringer{
		"float": a, "normal": r, "nan": nan, "int": i, "bool": mask, "edge": edge,
		"wide":  Div(Arange(0.0, 40, 1), Scalar(3.0)),
		"large": FromSlice([]float64{1e10, 1.5, -2e-5}), "small": FromSlice([]float64{1e-5, 2e-5}),
		"brief": Arange(0.0, 1200, 1).Reshape(30, 40), "brief3": Arange[int64](0, 4000, 1).Reshape(10, 20, 20),
		"float32": Linspace[float32](0, 1, 7),
		"scalar":  Scalar(1.5), "scalar/large": Scalar(1e20), "scalar/int": Scalar[int64](7), "third": Scalar(1.0 / 3),
		"one": FromSlice([]bool{true}), "empty": a.View(To(0)), "zeros": Zeros[float64](2, 2),
		"ninf":      FromSlice([]float64{math.Inf(-1), 1}),
		"brief/exp": FromFunc(func(i []int) float64 { return math.Pow(10, -5+10*float64(i[0])/1499) }, 1500),
	} {
		name = "print/" + name
		n.seen[name] = true
		var want strings.Builder
		for c := range load[int32](t, z, name).Elements() {
			want.WriteByte(byte(c))
		}
		if got.String() != want.String() {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want.String())
		}
	}

	for _, name := range z.Names() {
		if !n.seen[name] && !strings.HasPrefix(name, "in/") {
			t.Errorf("nothing is compared with %s", name)
		}
	}
}
