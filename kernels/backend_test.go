package kernels_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/weftgo/weft/internal/fixture"
	"github.com/weftgo/weft/kernels"
)

// Several processors, so that calls fork however small the machine is.
func TestMain(m *testing.M) {
	runtime.GOMAXPROCS(max(8, runtime.GOMAXPROCS(0)))
	os.Exit(m.Run())
}

// *Engine is what fixtures test.
var (
	_ fixture.HostEngine[float32] = (*kernels.Engine[float32])(nil)
	_ fixture.HostEngine[float64] = (*kernels.Engine[float64])(nil)
)

// TestBackends puts every backend to every suite. A backend that can't be used
// here is skipped, unless WEFT_REQUIRE names it.
func TestBackends(t *testing.T) {
	eachBackend(t, func(t *testing.T, name string) {
		t.Run("f32", testBackend[float32](name))
		t.Run("f64", testBackend[float64](name))
	})
}

// eachBackend makes a subtest for each backend.
func eachBackend(t *testing.T, test func(t *testing.T, name string)) {
	required := strings.Split(os.Getenv("WEFT_REQUIRE"), ",")
	for _, b := range kernels.Backends() {
		t.Run(b.Name, func(t *testing.T) {
			if b.Err != nil {
				if slices.Contains(required, b.Name) {
					t.Fatal(b.Err)
				}
				t.Skip(b.Err)
			}
			test(t, b.Name)
		})
	}
}

// full asks for every problem of the fixtures, minutes of them, instead of a
// part of each kind.
var full = os.Getenv("WEFT_TEST") == "full"

func testBackend[T kernels.Float](name string) func(t *testing.T) {
	return func(t *testing.T) {
		// A race build runs the fixtures themselves some ten times slower.
		short := testing.Short() || kernels.RaceEnabled
		opt := fixture.Options{Edges: kernels.Edges(name), Short: !full || short}
		e, ref := open[T](t, name), open[T](t, "fallback")
		one := e.WithWorkers(1)
		t.Run("workers=1", func(t *testing.T) { fixture.Test(t, one, ref, opt) })
		if !full && !short { // of what has most paths, all sizes
			opt := fixture.Options{Edges: opt.Edges, Families: []string{"definition"}, Functions: []string{"Gemm", "Gemv", "Ger", "Symv", "TriBlock", "Gemmtr"}}
			t.Run("sizes", func(t *testing.T) { fixture.Test(t, one, ref, opt) })
			// And of what has most signs of zero to get right.
			opt.Families, opt.Functions = []string{"hostile"}, []string{"GemmComplex"}
			t.Run("signs", func(t *testing.T) { fixture.Test(t, one, ref, opt) })
		}
		// Backends share the way that work is split: a fast one has all problems.
		opt.Short, opt.Large, opt.Families = short || !full && name == "fallback", true, []string{"bits"}
		workers := []int{3}
		if full || opt.Short { // there are few large problems in the short form
			workers = []int{2, 3, 7}
		}
		for _, w := range workers {
			opt.Seed = uint64(w)
			t.Run(fmt.Sprintf("workers=%d", w), func(t *testing.T) { fixture.Test(t, e.WithWorkers(w), one, opt) })
		}
	}
}

func open[T kernels.Float](t testing.TB, name string) *kernels.Engine[T] {
	t.Helper()
	e, err := kernels.Open[T](name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// The functions of the package are the methods of the default engine.
func TestDefault(t *testing.T) {
	t.Run("f32", testDefault[float32])
	t.Run("f64", testDefault[float64])
}

func testDefault[T kernels.Float](t *testing.T) {
	e, err := kernels.Default[T]()
	if err != nil {
		t.Skip(err)
	}
	fixture.Test(t, defaults[T]{e}, e, fixture.Options{Short: true, Families: []string{"exact", "bits"}})
}

// defaults is an engine made of the functions of the package; what has none is
// the method of the default engine.
type defaults[T kernels.Float] struct{ *kernels.Engine[T] }

func (defaults[T]) Sum(x []T) T                                { return kernels.Sum(x) }
func (defaults[T]) Dot(x, y []T) T                             { return kernels.Dot(x, y) }
func (defaults[T]) Asum(x []T) T                               { return kernels.Asum(x) }
func (defaults[T]) Nrm2(x []T) T                               { return kernels.Nrm2(x) }
func (defaults[T]) Mean(x []T) T                               { return kernels.Mean(x) }
func (defaults[T]) Var(x []T) T                                { return kernels.Var(x) }
func (defaults[T]) Max(x []T) T                                { return kernels.Max(x) }
func (defaults[T]) Min(x []T) T                                { return kernels.Min(x) }
func (defaults[T]) ArgMax(x []T) int                           { return kernels.ArgMax(x) }
func (defaults[T]) ArgMin(x []T) int                           { return kernels.ArgMin(x) }
func (defaults[T]) Iamax(x []T) int                            { return kernels.Iamax(x) }
func (defaults[T]) Axpy(alpha T, x, y []T)                     { kernels.Axpy(alpha, x, y) }
func (defaults[T]) Scal(alpha T, x []T)                        { kernels.Scal(alpha, x) }
func (defaults[T]) Add(dst, x, y []T)                          { kernels.Add(dst, x, y) }
func (defaults[T]) Sub(dst, x, y []T)                          { kernels.Sub(dst, x, y) }
func (defaults[T]) Mul(dst, x, y []T)                          { kernels.Mul(dst, x, y) }
func (defaults[T]) Div(dst, x, y []T)                          { kernels.Div(dst, x, y) }
func (defaults[T]) Fill(x []T, v T)                            { kernels.Fill(x, v) }
func (defaults[T]) MulAdd(dst, x, y, z []T)                    { kernels.MulAdd(dst, x, y, z) }
func (defaults[T]) Ger(alpha T, x, y []T, a kernels.Matrix[T]) { kernels.Ger(alpha, x, y, a) }
func (defaults[T]) Gemv(tA kernels.Transpose, alpha T, a kernels.Matrix[T], x []T, beta T, y []T) {
	kernels.Gemv(tA, alpha, a, x, beta, y)
}
func (defaults[T]) Gemm(tA, tB kernels.Transpose, alpha T, a, b kernels.Matrix[T], beta T, c kernels.Matrix[T]) {
	kernels.Gemm(tA, tB, alpha, a, b, beta, c)
}
