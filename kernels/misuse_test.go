package kernels_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/weftgo/weft/kernels"
)

// world is memory for the calls of a test.
type world[T kernels.Float] struct{ x, y, z []T }

func newWorld[T kernels.Float]() *world[T] {
	make7 := func() []T { return slices.Repeat([]T{7}, 100) }
	return &world[T]{make7(), make7(), make7()}
}

func (w *world[T]) touched() bool {
	return slices.ContainsFunc(slices.Concat(w.x, w.y, w.z), func(v T) bool { return v != 7 })
}

// mat is a matrix at the start of data.
func mat[T kernels.Float](rows, cols, stride int, data []T) kernels.Matrix[T] {
	return kernels.Matrix[T]{Rows: rows, Cols: cols, Stride: stride, Data: data}
}

// shapeError returns the *ShapeError that call panics with, or nil.
func shapeError(t *testing.T, call func()) (err *kernels.ShapeError) {
	t.Helper()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *kernels.ShapeError:
			err = r
		default:
			t.Errorf("panic with %T: %v", r, r)
		}
	}()
	call()
	return nil
}

// Wrong use is named precisely, before anything is written.
func TestMisuse(t *testing.T) {
	t.Run("f32", testMisuse[float32])
	t.Run("f64", testMisuse[float64])
}

func testMisuse[T kernels.Float](t *testing.T) {
	const N, X = kernels.NoTrans, kernels.Trans
	const shared = "elements in common with %s, want memory of its own: it is written"
	e := open[T](t, "fallback")
	type w = *world[T]
	type call = func(w w)
	type misuse struct {
		call call
		want string
	}
	cases := []misuse{
		{func(w w) { e.Dot(w.x[:4], w.y[:3]) }, "Dot: y has 3 elements, want 4 (length of x)"},
		{func(w w) { e.Dot(nil, w.y[:1]) }, "Dot: y has 1 element, want 0 (length of x)"},
		{func(w w) { e.Axpy(2, w.x[:4], w.y[:5]) }, "Axpy: y has 5 elements, want 4 (length of x)"},
		{func(w w) { e.Axpy(2, w.x[:4], w.x[1:5]) }, "Axpy: y has " + fmt.Sprintf(shared, "x")},
		{func(w w) { e.Axpy(2, w.x[1:5], w.x[:4]) }, "Axpy: y has " + fmt.Sprintf(shared, "x")},

		{func(w w) { e.Symv(true, 1, mat(3, 4, 4, w.x), w.y[:3], w.z[:3]) }, "Symv: a has 3 rows, want 4 (columns of a)"},
		{func(w w) { e.Symv(true, 1, mat(3, 3, 4, w.x), w.y[:4], w.z[:3]) }, "Symv: x has 4 elements, want 3 (rows of a)"},
		{func(w w) { e.Symv(true, 1, mat(3, 3, 4, w.x), w.y[:3], w.z[:2]) }, "Symv: y has 2 elements, want 3 (rows of a)"},
		{func(w w) { e.Symv(true, 1, mat(3, 3, 4, w.x), w.y[:3], w.y[2:5]) }, "Symv: y has " + fmt.Sprintf(shared, "x")},
		{func(w w) { e.TriBlock(&kernels.TriBlock[T]{N: 3, Coef: w.x}, false, mat(4, 3, 3, w.y)) }, "TriBlock: b has 4 rows, want 3 (rows of the block)"},
		{func(w w) { e.TriBlock(&kernels.TriBlock[T]{N: 4, Coef: w.x[:15]}, false, mat(4, 3, 3, w.y)) }, "TriBlock: t.Coef has 15 elements, want 16 (of the block)"},
		{func(w w) { e.TriBlock(&kernels.TriBlock[T]{N: 4, Coef: w.x}, true, mat(3, 4, 4, w.x[15:])) }, "TriBlock: b has " + fmt.Sprintf(shared, "t.Coef")},
		{func(w w) { e.Gemmtr(true, N, N, 1, mat(2, 3, 3, w.x), mat(4, 5, 5, w.y), 0, mat(2, 5, 5, w.z)) }, "Gemmtr: b has 4 rows, want 3 (columns of op(a))"},
		{func(w w) { e.Gemmtr(true, N, N, 1, mat(2, 3, 3, w.x), mat(3, 2, 2, w.y), 0, mat(3, 2, 2, w.z)) }, "Gemmtr: c has 3 rows, want 2 (rows of op(a))"},
		{func(w w) { e.Gemmtr(true, N, X, 1, mat(2, 3, 3, w.x), mat(2, 3, 3, w.y), 0, mat(2, 3, 3, w.z)) }, "Gemmtr: c has 3 columns, want 2 (columns of op(b))"},
		{func(w w) { e.Gemmtr(true, N, X, 1, mat(2, 3, 3, w.x), mat(2, 3, 3, w.y), 0, mat(2, 2, 2, w.x[4:])) }, "Gemmtr: c has " + fmt.Sprintf(shared, "a")},
		{func(w w) { e.AxpyComplex([2]T{1}, w.x[:3], w.y[:3]) }, "AxpyComplex: x has 3 parts, want 4 (two to a complex number)"},
		{func(w w) { e.DotComplex(w.x[:4], w.y[:6]) }, "DotComplex: y has 6 elements, want 4 (length of x)"},
		{func(w w) { e.GemvComplex(N, [2]T{1}, mat(3, 4, 4, w.x), w.y[:6], w.z[:6]) }, "GemvComplex: x has 6 parts, want 8 (twice the columns of op(a))"},
		{func(w w) { e.GerComplex([2]T{1}, w.y[:4], w.z[:8], mat(3, 4, 4, w.x)) }, "GerComplex: x has 4 parts, want 6 (twice the rows of a)"},
		{func(w w) {
			e.GemmComplex(N, kernels.ConjTrans, [2]T{1}, mat(2, 3, 3, w.x), mat(2, 2, 2, w.y), [2]T{}, mat(2, 2, 2, w.z))
		}, "GemmComplex: b has 2 rows, want 3 (columns of op(a))"},
		{func(w w) {
			e.GemmComplex(N, N, [2]T{1}, mat(2, 3, 3, w.x), mat(3, 2, 2, w.y), [2]T{}, mat(2, 2, 2, w.y[11:]))
		}, "GemmComplex: c has " + fmt.Sprintf(shared, "b")},

		{func(w w) { e.Gemv(N, 1, mat(3, 4, 4, w.x), w.y[:3], 0, w.z[:3]) }, "Gemv: x has 3 elements, want 4 (columns of op(a))"},
		{func(w w) { e.Gemv(X, 1, mat(3, 4, 4, w.x), w.y[:4], 0, w.z[:4]) }, "Gemv: x has 4 elements, want 3 (columns of op(a))"},
		{func(w w) { e.Gemv(N, 1, mat(3, 4, 4, w.x), w.y[:4], 0, w.z[:4]) }, "Gemv: y has 4 elements, want 3 (rows of op(a))"},
		{func(w w) { e.Gemv(X, 1, mat(3, 4, 4, w.x), w.y[:3], 0, w.z[:1]) }, "Gemv: y has 1 element, want 4 (rows of op(a))"},
		{func(w w) { e.Gemv(0, 1, mat(3, 4, 4, w.x), w.y[:4], 0, w.z[:3]) }, "Gemv: tA has the value 0, want NoTrans or Trans"},
		{func(w w) { e.Gemv('C', 1, mat(3, 4, 4, w.x), w.y[:4], 0, w.z[:3]) }, "Gemv: tA has the value 67, want NoTrans or Trans"},
		{func(w w) { e.Gemv(N, 1, mat(3, 3, 3, w.x), w.y[:3], 0, w.y[:3]) }, "Gemv: y has " + fmt.Sprintf(shared, "x")},
		{func(w w) { e.Gemv(N, 1, mat(3, 3, 3, w.x), w.y[:3], 0, w.y[2:5]) }, "Gemv: y has " + fmt.Sprintf(shared, "x")},
		{func(w w) { e.Gemv(N, 1, mat(3, 3, 3, w.x), w.y[:3], 0, w.x[8:11]) }, "Gemv: y has " + fmt.Sprintf(shared, "a")},
		{func(w w) { e.Gemv(X, 0, mat(3, 3, 9, w.x), w.y[:3], 0, w.x[3:10][4:7]) }, "Gemv: y has " + fmt.Sprintf(shared, "a")},

		{func(w w) { e.Ger(1, w.x[:2], w.y[:4], mat(3, 4, 4, w.z)) }, "Ger: x has 2 elements, want 3 (rows of a)"},
		{func(w w) { e.Ger(1, w.x[:3], w.y[:3], mat(3, 4, 4, w.z)) }, "Ger: y has 3 elements, want 4 (columns of a)"},
		{func(w w) { e.Ger(1, w.z[11:14], w.y[:4], mat(3, 4, 4, w.z)) }, "Ger: a has " + fmt.Sprintf(shared, "x")},
		{func(w w) { e.Ger(1, w.x[:3], w.z[:4], mat(3, 4, 4, w.z)) }, "Ger: a has " + fmt.Sprintf(shared, "y")},

		{func(w w) { e.Gemm(N, N, 1, mat(2, 3, 3, w.x), mat(4, 5, 5, w.y), 0, mat(2, 5, 5, w.z)) }, "Gemm: b has 4 rows, want 3 (columns of op(a))"},
		{func(w w) { e.Gemm(X, X, 1, mat(3, 2, 2, w.x), mat(5, 1, 1, w.y), 0, mat(2, 5, 5, w.z)) }, "Gemm: b has 1 row, want 3 (columns of op(a))"},
		{func(w w) { e.Gemm(N, N, 1, mat(2, 3, 3, w.x), mat(3, 5, 5, w.y), 0, mat(3, 5, 5, w.z)) }, "Gemm: c has 3 rows, want 2 (rows of op(a))"},
		{func(w w) { e.Gemm(N, N, 1, mat(2, 3, 3, w.x), mat(3, 5, 5, w.y), 0, mat(2, 1, 5, w.z)) }, "Gemm: c has 1 column, want 5 (columns of op(b))"},
		{func(w w) { e.Gemm(1, N, 1, mat(2, 3, 3, w.x), mat(3, 5, 5, w.y), 0, mat(2, 5, 5, w.z)) }, "Gemm: tA has the value 1, want NoTrans or Trans"},
		{func(w w) { e.Gemm(N, 'n', 1, mat(2, 3, 3, w.x), mat(3, 5, 5, w.y), 0, mat(2, 5, 5, w.z)) }, "Gemm: tB has the value 110, want NoTrans or Trans"},
		{func(w w) { e.Gemm(N, N, 0, mat(3, 3, 3, w.x), mat(3, 3, 3, w.y), 0, mat(3, 3, 3, w.x)) }, "Gemm: c has " + fmt.Sprintf(shared, "a")},
		{func(w w) { e.Gemm(N, N, 1, mat(3, 3, 3, w.x), mat(3, 3, 3, w.y), 0, mat(3, 3, 3, w.y[8:])) }, "Gemm: c has " + fmt.Sprintf(shared, "b")},

		{func(w) { e.WithWorkers(0) }, "WithWorkers: n has 0, want at least 1"},
		{func(w) { e.WithWorkers(-3) }, "WithWorkers: n has -3, want at least 1"},
	}
	for name, f := range map[string]func(dst, x, y []T){"Add": e.Add, "Sub": e.Sub, "Mul": e.Mul, "Div": e.Div} {
		cases = append(cases,
			misuse{func(w w) { f(w.z[:3], w.x[:4], w.y[:3]) }, name + ": x has 4 elements, want 3 (length of dst)"},
			misuse{func(w w) { f(w.z[:3], w.x[:3], w.y[:2]) }, name + ": y has 2 elements, want 3 (length of dst)"},
			misuse{func(w w) { f(w.x[1:4], w.x[:3], w.y[:3]) }, name + ": dst has " + fmt.Sprintf(shared, "x")},
			misuse{func(w w) { f(w.y[:3], w.x[:3], w.y[2:5]) }, name + ": dst has " + fmt.Sprintf(shared, "y")},
		)
	}

	// What may be wrong about one matrix, in each place that takes one. All
	// but the matrix in question is as large as it says.
	half := math.MaxInt/2 + 1
	for _, bad := range []struct {
		m    kernels.Matrix[T]
		want string
	}{
		{mat(-1, 3, 3, newWorld[T]().x), "-1 row, want at least 0"},
		{mat(-2, 0, 0, []T(nil)), "-2 rows, want at least 0"},
		{mat(3, -5, 3, newWorld[T]().x), "-5 columns, want at least 0"},
		{mat(3, 4, 3, newWorld[T]().x), "stride 3, want at least 4 (its columns)"},
		{mat(1, 4, 0, newWorld[T]().x), "stride 0, want at least 4 (its columns)"},
		{mat(3, 4, -4, newWorld[T]().x), "stride -4, want at least 4 (its columns)"},
		{mat(3, 4, 5, newWorld[T]().x[:13]), "13 elements, want at least 14 ((rows-1)*stride+columns)"},
		{mat(1, 1, 1, []T(nil)), "0 elements, want at least 1 ((rows-1)*stride+columns)"},
		{mat(half, 1, 4, newWorld[T]().x), fmt.Sprintf("%d rows with stride 4, want fewer: the product overflows an int", half)},
		{mat(half+1, 1, half, newWorld[T]().x), fmt.Sprintf("%d rows with stride %d, want fewer: the product overflows an int", half+1, half)},
		{mat(3, math.MaxInt, math.MaxInt, newWorld[T]().x), fmt.Sprintf("3 rows with stride %d, want fewer: the product overflows an int", math.MaxInt)},
		{mat(2, 1, math.MaxInt, newWorld[T]().x), fmt.Sprintf("2 rows with stride %d, want fewer: the product overflows an int", math.MaxInt)},
	} {
		m := bad.m
		cases = append(cases,
			misuse{func(w w) { e.Gemv(N, 1, m, w.x[:4], 0, w.y[:3]) }, "Gemv: a has " + bad.want},
			misuse{func(w w) { e.Gemv(X, 0, m, w.x[:3], 1, w.y[:4]) }, "Gemv: a has " + bad.want},
			misuse{func(w w) { e.Ger(1, w.x[:3], w.y[:4], m) }, "Ger: a has " + bad.want},
			misuse{func(w w) { e.Gemm(N, N, 1, m, mat(4, 5, 5, w.y), 0, mat(3, 5, 5, w.z)) }, "Gemm: a has " + bad.want},
			misuse{func(w w) { e.Gemm(N, X, 1, mat(5, 4, 4, w.x), m, 0, mat(5, 3, 3, w.z)) }, "Gemm: b has " + bad.want},
			misuse{func(w w) { e.Gemm(N, N, 1, mat(3, 2, 2, w.x), mat(2, 4, 4, w.y), 0, m) }, "Gemm: c has " + bad.want},
		)
	}

	for _, c := range cases {
		w := newWorld[T]()
		err := shapeError(t, func() { c.call(w) })
		if want := "kernels: " + c.want; err == nil {
			t.Errorf("no panic, want %q", want)
		} else if err.Error() != want {
			t.Errorf("panic %q, want %q", err, want)
		} else if !strings.HasPrefix(want, "kernels: "+err.Func+": "+err.Arg+" has "+err.Has) {
			t.Errorf("fields %+v of %q", err, err)
		}
		if w.touched() {
			t.Errorf("%s: written before the panic", c.want)
		}
	}
}

// Empty operands, also nil, are legal everywhere, and so is a matrix that
// shares memory without sharing an element.
func TestLegal(t *testing.T) {
	t.Run("f32", testLegal[float32])
	t.Run("f64", testLegal[float64])
}

func testLegal[T kernels.Float](t *testing.T) {
	const N, X = kernels.NoTrans, kernels.Trans
	e := open[T](t, "fallback")
	var none kernels.Matrix[T]
	w := newWorld[T]()
	inf := T(math.Inf(1))
	if err := shapeError(t, func() {
		for _, c := range []struct {
			name      string
			got, want T
		}{
			{"Sum", e.Sum(nil), 0}, {"Dot", e.Dot(nil, []T{}), 0}, {"Asum", e.Asum(nil), 0}, {"Nrm2", e.Nrm2(nil), 0},
			{"Max", e.Max(nil), -inf}, {"Min", e.Min(nil), inf},
			{"ArgMax", T(e.ArgMax(nil)), -1}, {"ArgMin", T(e.ArgMin(nil)), -1},
		} {
			if c.got != c.want {
				t.Errorf("%s of nothing is %v, want %v", c.name, c.got, c.want)
			}
		}
		for name, v := range map[string]T{"Mean of nothing": e.Mean(nil), "Var of nothing": e.Var(nil), "Var of one": e.Var(w.x[:1])} {
			if v == v {
				t.Errorf("%s is %v, want NaN", name, v)
			}
		}
		e.Axpy(1, nil, []T{})
		e.Scal(2, nil)
		e.Add(nil, nil, []T{})
		e.Sub(nil, nil, nil)
		e.Mul(nil, nil, nil)
		e.Div(nil, nil, nil)
		e.Fill(nil, 3)
		e.Gemv(N, 1, none, nil, 0, nil)
		e.Gemv(X, 1, mat(3, 0, 0, []T(nil)), w.x[:3], 0, nil)
		e.Ger(1, nil, nil, none)
		e.Ger(1, w.x[:3], nil, mat(3, 0, 5, []T(nil)))
		e.Gemm(N, X, 1, none, none, 0, none)
		e.Gemm(N, N, 1, mat(0, 3, 0, []T(nil)), mat(3, 4, 4, w.x), 0, mat(0, 4, 0, []T(nil)))
		e.Gemm(N, N, 1, mat(2, 0, 0, []T(nil)), mat(0, 2, 2, []T(nil)), 1, mat(2, 2, 2, w.x))
		// Empty views of the output's own memory.
		e.Gemm(N, N, 1, mat(2, 0, 9, w.x), mat(0, 2, 2, w.x[1:]), 1, mat(2, 2, 2, w.x))
		e.Axpy(1, w.x[2:2], w.x[2:2])
	}); err != nil {
		t.Error(err)
	}
	if w.touched() {
		t.Error("empty calls wrote something")
	}

	// Side by side in one array: left and right halves, even and odd rows, a
	// vector in the gap between two rows.
	array := slices.Repeat([]T{1}, 64)
	if err := shapeError(t, func() {
		e.Gemm(N, N, 1, mat(4, 4, 8, array), mat(4, 4, 4, slices.Repeat([]T{1}, 16)), 0, mat(4, 4, 8, array[4:]))
		e.Gemm(N, N, 1, mat(4, 8, 16, array), mat(8, 8, 8, slices.Repeat([]T{1}, 64)), 0, mat(4, 8, 16, array[8:]))
		e.Gemv(N, 1, mat(2, 3, 8, array), []T{1, 1, 1}, 0, array[3:5])
		e.Ger(1, array[6:8], []T{1, 1, 1}, mat(2, 3, 8, array))
		e.Axpy(1, array[:8], array[8:16])
		e.Axpy(1, array[:8], array[:8])
		e.Add(array[:8], array[:8], array[:8])
		e.Dot(array[:8], array[4:12])
	}); err != nil {
		t.Error(err)
	}
}

// Overlap is found if and only if there is an element in common.
func TestOverlap(t *testing.T) {
	e := open[float64](t, "fallback")
	r := rand.New(rand.NewPCG(5, 6))
	data := make([]float64, 64)
	view := func(rows, cols int) (kernels.Matrix[float64], map[int]bool) {
		stride := cols + r.IntN(12)
		at := r.IntN(len(data) - (rows-1)*stride - cols + 1)
		set := map[int]bool{}
		for i := range rows {
			for j := range cols {
				set[at+i*stride+j] = true
			}
		}
		return mat(rows, cols, stride, data[at:]), set
	}
	var legal, illegal int
	for range 20000 {
		m, n, k := 1+r.IntN(4), 1+r.IntN(4), 1+r.IntN(4)
		c, inC := view(m, n)
		a, inA := view(m, k)
		common := false
		for i := range inC {
			common = common || inA[i]
		}
		err := shapeError(t, func() {
			e.Gemm(kernels.NoTrans, kernels.NoTrans, 0, a, kernels.NewMatrix[float64](k, n), 1, c)
		})
		if (err != nil) != common {
			t.Fatalf("c %d×%d stride %d, a %d×%d stride %d, %d elements later: got %v", m, n, c.Stride, m, k, a.Stride,
				cap(c.Data)-cap(a.Data), err)
		}
		if common {
			illegal++
		} else {
			legal++
		}
	}
	if min(legal, illegal) < 1000 {
		t.Errorf("%d legal and %d illegal views", legal, illegal)
	}
}

func TestOpen(t *testing.T) {
	_, err := kernels.Open[float32]("mmx")
	var be *kernels.BackendError
	if !errors.As(err, &be) || be.Name != "mmx" || be.From != "" {
		t.Fatalf("got %#v", err)
	}
	var names []string
	for _, b := range kernels.Backends() {
		names = append(names, b.Name)
		e, err := kernels.Open[float64](b.Name)
		switch {
		case b.Err != nil && !errors.Is(err, b.Err):
			t.Errorf("%s: opened with %v, want %v", b.Name, err, b.Err)
		case b.Err == nil && err != nil:
			t.Errorf("%s: %v", b.Name, err)
		case err == nil && e.Backend() != b.Name:
			t.Errorf("%s is called %s", b.Name, e.Backend())
		}
		if b.Features == "" {
			t.Errorf("%s: no features", b.Name)
		}
	}
	want := `kernels: backend "mmx": unknown name; there are ` + strings.Join(names, ", ")
	if err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
	if !slices.Contains(names, "fallback") {
		t.Errorf("no fallback in %v", names)
	}
}
