package cuda_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	_ "github.com/weftgo/weft/cuda"
	"github.com/weftgo/weft/cuda/sim"
	"github.com/weftgo/weft/internal/fixture"
	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// The tests run on the driver that WEFT_CUDA_LIBRARY names, or else on the
// simulated one, which they build.

var unavailable error // why there is no driver to test with

// events are the calls that were finished on the host.
var events struct {
	sync.Mutex
	list []op.Event
}

func seen() []op.Event {
	events.Lock()
	defer events.Unlock()
	return events.list
}

func TestMain(m *testing.M) {
	if os.Getenv("WEFT_CUDA_LIBRARY") == "" {
		if unavailable = sim.Available(); unavailable == nil {
			library, err := sim.Build(filepath.Join("src", "weft.cu"))
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Setenv("WEFT_CUDA_LIBRARY", library)
		}
	}
	kernels.OnEvent(func(e kernels.Event) {
		events.Lock()
		defer events.Unlock()
		events.list = append(events.list, e)
	})
	os.Exit(m.Run())
}

func needDriver(t testing.TB) {
	t.Helper()
	if unavailable != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(unavailable)
		}
		t.Skip(unavailable)
	}
}

func open[T op.Float](t testing.TB, name string) *kernels.Engine[T] {
	t.Helper()
	needDriver(t)
	e, err := kernels.Open[T](name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// onDevice fails the test if a call since then was finished on the host: the
// right result would say nothing about the device.
func onDevice(t testing.TB) func() {
	before := len(seen())
	return func() {
		t.Helper()
		if es := seen()[before:]; len(es) > 0 {
			t.Errorf("%d calls were finished on the host, the first: %+v", len(es), es[0])
		}
	}
}

func parity(t *testing.T, opt fixture.Options) {
	needDriver(t)
	defer onDevice(t)()
	for _, b := range kernels.Backends() {
		if b.Name == "cuda" {
			t.Log(b.Features)
		}
	}
	t.Run("f32", func(t *testing.T) {
		fixture.Test(t, onlyDevice[float32]{open[float32](t, "cuda")}, open[float32](t, "fallback"), opt)
	})
	t.Run("f64", func(t *testing.T) {
		fixture.Test(t, onlyDevice[float64]{open[float64](t, "cuda")}, open[float64](t, "fallback"), opt)
	})
}

// onlyDevice hides the functions of an engine that are the processor's.
type onlyDevice[T op.Float] struct{ fixture.Engine[T] }

// full asks for all problems of the fixtures instead of a part: a few minutes
// on the simulated driver.
var full = os.Getenv("WEFT_CUDA_TEST") == "full"

func TestParity(t *testing.T) { parity(t, fixture.Options{Short: !full}) }

// Products again, on all sizes, for they have the most paths; Gemv and Ger only
// in the full form.
func TestProducts(t *testing.T) {
	if full || raceEnabled || testing.Short() {
		t.Skip("part of TestParity with WEFT_CUDA_TEST=full; too slow with the race detector")
	}
	parity(t, fixture.Options{Functions: []string{"Gemm"}, Families: []string{"definition"}})
}

// What a kernel may get wrong can depend on the order of threads, on work that
// is still to be done when its results are looked at, and on what lies behind
// an operand.
func TestSchedules(t *testing.T) {
	needDriver(t)
	all := "Test(Parity|Staging|ManyGoroutines|Streams)"
	some := all
	if !full { // .ci/cuda-binding has parity on every schedule
		some = "Test(Staging|ManyGoroutines|Streams)"
	}
	for _, c := range []struct {
		tests string
		env   []string
	}{
		{all, []string{"WEFT_SIM_SCHEDULE=reverse", "WEFT_SIM_LAZY=1"}},
		{some, []string{"WEFT_SIM_SCHEDULE=shuffled", "WEFT_CUDA_CACHE=off"}},
	} {
		if out, err := sim.Rerun(t, c.tests, append(c.env, "WEFT_CUDA_TEST=")...); err != nil {
			t.Errorf("%v: %v\n%s", c.env, err, tail(out))
		}
	}
}

func tail(s string) string { return s[max(0, len(s)-4000):] }

// noise returns n random numbers.
func noise[T op.Float](n int, seed uint64) []T {
	r := rand.New(rand.NewPCG(seed, 0))
	x := make([]T, n)
	for i := range x {
		x[i] = T(r.NormFloat64())
	}
	return x
}

func TestManyGoroutines(t *testing.T) {
	e, ref := open[float64](t, "cuda"), open[float64](t, "fallback")
	defer onDevice(t)()
	var wg sync.WaitGroup
	for g := range 24 {
		wg.Go(func() {
			for i := range 10 {
				n := 1 + (g*977+i*131)%40000
				x, y, z := noise[float64](n, uint64(g)), noise[float64](n, uint64(i)), make([]float64, n)
				if got, want := e.Dot(x, y), ref.Dot(x, y); got != want {
					t.Errorf("Dot of %d: %v, want %v", n, got, want)
				}
				e.Add(z, x, y)
				for k := range z {
					if z[k] != x[k]+y[k] {
						t.Errorf("Add of %d: element %d", n, k)
						break
					}
				}
			}
		})
	}
	wg.Wait()
}

// Operands longer than both staging buffers, and rows longer than one.
func TestStaging(t *testing.T) {
	e, ref := open[float32](t, "cuda"), open[float32](t, "fallback")
	defer onDevice(t)()
	x := noise[float32](3<<20, 1)
	if got, want := e.Sum(x), ref.Sum(x); got != want {
		t.Errorf("Sum: %v, want %v", got, want)
	}
	// Three rows of a matrix, each too long for a buffer, with a gap.
	cols := 700_000
	a := kernels.Matrix[float32]{Rows: 3, Cols: cols, Stride: cols + 5, Data: x}
	y, want := make([]float32, 3), make([]float32, 3)
	e.Gemv(kernels.NoTrans, 1, a, x[1<<20:][:cols], 0, y)
	ref.Gemv(kernels.NoTrans, 1, a, x[1<<20:][:cols], 0, want)
	for i := range y {
		if y[i] != want[i] {
			t.Errorf("Gemv: element %d is %v, want %v", i, y[i], want[i])
		}
	}
}

// A stack that grows moves; what lies on it must have been left alone.
func TestOperandsOnStack(t *testing.T) {
	e := open[float64](t, "cuda")
	defer onDevice(t)()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				if s := onStack(e, 0); s != 1000 {
					t.Errorf("sum of 1000 ones on the stack is %v", s)
				}
			}
		})
	}
	wg.Wait()
}

//go:noinline
func onStack(e *kernels.Engine[float64], depth int) float64 {
	var x [1000]float64
	e.Fill(x[:], 1)
	if depth < 5 {
		if s := onStack(e, depth+1); s != 1000 {
			return s
		}
	}
	e.Scal(1, x[:])
	return e.Sum(x[:])
}

func TestNoAllocations(t *testing.T) {
	e := open[float32](t, "cuda")
	if raceEnabled || os.Getenv("WEFT_CUDA_CACHE") == "off" {
		t.Skip("without the caches it allocates")
	}
	x, y := noise[float32](4000, 1), noise[float32](4000, 2)
	m := kernels.Matrix[float32]{Rows: 20, Cols: 20, Stride: 20, Data: noise[float32](400, 3)}
	c := m
	c.Data = make([]float32, 400)
	for name, f := range map[string]func(){
		"Sum":    func() { e.Sum(x) },
		"ArgMax": func() { e.ArgMax(x) },
		"Axpy":   func() { e.Axpy(2, x, y) },
		"Add":    func() { e.Add(y, x, y) },
		"Gemm":   func() { e.Gemm(kernels.NoTrans, kernels.Trans, 1, m, m, 0, c) },
		"Gemv":   func() { e.Gemv(kernels.Trans, 1, m, x[:20], 0, y[:20]) },
	} {
		if n := testing.AllocsPerRun(100, f); n > 0 {
			t.Errorf("%s allocates %v times", name, n)
		}
	}
}

func BenchmarkSum1K(b *testing.B) {
	e := open[float32](b, "cuda")
	x := noise[float32](1000, 1)
	b.ReportAllocs()
	for b.Loop() {
		e.Sum(x)
	}
}

// The default engine asks whether the device pays, which the simulated one does
// not, and has the same bits either way.
func TestDefaultEngine(t *testing.T) {
	ref := open[float32](t, "fallback")
	defer onDevice(t)()
	const n = 260
	a := kernels.Matrix[float32]{Rows: n, Cols: n, Stride: n, Data: noise[float32](n*n, 1)}
	c, want := kernels.NewMatrix[float32](n, n), kernels.NewMatrix[float32](n, n)
	ref.Gemm(kernels.NoTrans, kernels.Trans, 1, a, a, 0, want)
	for i := range 10 { // the device is measured meanwhile
		kernels.Gemm(kernels.NoTrans, kernels.Trans, 1, a, a, 0, c)
		if !slices.Equal(c.Data, want.Data) {
			t.Errorf("product %d: wrong result", i)
		}
	}
	if e, err := kernels.Default[float32](); err != nil || e.Backend() == "cuda" && os.Getenv("WEFT_BACKEND") == "" {
		t.Errorf("the default is %v, %v", e, err)
	}
}
