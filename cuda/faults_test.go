package cuda_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/cuda/sim"
	"github.com/weftgo/weft/kernels"
)

// Each of these tests starts the test binary again, with a driver that fails in
// some way, and there runs a test of its own name plus "Child".

func rerun(t *testing.T, test string, env ...string) {
	t.Helper()
	needDriver(t)
	out, err := sim.Rerun(t, test, env...)
	if err != nil || !strings.Contains(out, "--- PASS: "+test) {
		t.Errorf("%v: %v\n%s", env, err, tail(out))
	}
}

func child(t *testing.T) {
	t.Helper()
	if !sim.Rerunning() {
		t.Skip("started by another test")
	}
}

func TestReasons(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "libcuda.so.1")
	if err := os.WriteFile(broken, []byte("not a library"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		env  string
		want string // parts of the error, a reason and a remedy
	}{
		{"WEFT_CUDA_LIBRARY=" + broken + ".none", "no CUDA driver library;install NVIDIA's driver;WEFT_CUDA_LIBRARY"},
		{"WEFT_CUDA_LIBRARY=" + broken, "does not load;reinstall"},
		{"WEFT_SIM_DEVICES=0", "finds no device;CUDA_VISIBLE_DEVICES;docker"},
		{"WEFT_SIM_DRIVER=10020", "CUDA 10.2;need 11.0;install a driver of version 450"},
		{"WEFT_SIM_CAPABILITY=75", "compute capability is 7.5;need 8.0"},
		{"WEFT_SIM_FAIL=cuInit:1:803", "does not start;reboot"},
		{"WEFT_SIM_FAIL=cuInit:1:34", "does not start;stub"},
		{"WEFT_SIM_FAIL=cuInit:1:999", "does not start;nvidia-smi"},
		{"WEFT_CUDA_MEMORY=much", "WEFT_CUDA_MEMORY=\"much\";8GiB"},
		{"WEFT_CUDA_MEMORY=0", "WEFT_CUDA_MEMORY=\"0\""},
		{"WEFT_CUDA_CACHE=maybe", "want on or off"},
	} {
		if driver.Binding != "purego" && strings.HasPrefix(c.env, driver.LibraryVariable) {
			continue // a linked library is there or the program does not start
		}
		rerun(t, "TestReasonsChild", c.env, "WEFT_TEST_WANT="+c.want)
	}
}

func TestReasonsChild(t *testing.T) {
	child(t)
	_, err := kernels.Open[float32]("cuda")
	var b *kernels.BackendError
	if !errors.As(err, &b) {
		t.Fatalf("Open: %v, want a *BackendError", err)
	}
	for want := range strings.SplitSeq(os.Getenv("WEFT_TEST_WANT"), ";") {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q does not say %q", err, want)
		}
	}
	// The program goes on without a device.
	if s := kernels.Sum([]float32{1, 2}); s != 3 {
		t.Errorf("Sum = %v", s)
	}
	if e, _ := kernels.Default[float32](); e.Backend() == "cuda" {
		t.Error("a backend that can't be used is the default")
	}
}

func TestTwoDevices(t *testing.T) { rerun(t, "TestTwoDevicesChild", "WEFT_SIM_DEVICES=2") }

func TestTwoDevicesChild(t *testing.T) {
	child(t)
	defer onDevice(t)()
	var names []string
	for _, b := range kernels.Backends() {
		names = append(names, b.Name)
	}
	if !slices.Equal(names[:2], []string{"cuda", "cuda:1"}) {
		t.Fatalf("backends %v", names)
	}
	x := noise[float64](50000, 1)
	want := open[float64](t, "fallback").Sum(x)
	var wg sync.WaitGroup
	for _, name := range names[:2] {
		e := open[float64](t, name)
		wg.Go(func() {
			for range 10 {
				if got := e.Sum(x); got != want {
					t.Errorf("%s: %v, want %v", name, got, want)
				}
			}
		})
	}
	wg.Wait()
}

// everything calls each function whose output is also its input, and some
// others, and compares with the fallback.
func everything(t *testing.T) {
	e, ref := open[float64](t, "cuda"), open[float64](t, "fallback")
	const n = 40
	x, y := noise[float64](n*n, 1), noise[float64](n*n, 2)
	m := kernels.Matrix[float64]{Rows: n, Cols: n, Stride: n, Data: x}
	// In this order: Axpy, the first, needs two operands at once, so that when
	// memory for the second can't be had there is none to give back.
	for _, c := range []struct {
		name string
		f    func(e *kernels.Engine[float64], out []float64)
	}{
		{"Axpy", func(e *kernels.Engine[float64], out []float64) { e.Axpy(2, x, out) }},
		{"Sum", func(e *kernels.Engine[float64], out []float64) { out[0] = e.Sum(x) }},
		{"Nrm2", func(e *kernels.Engine[float64], out []float64) { out[0] = e.Nrm2(x) }},
		{"Var", func(e *kernels.Engine[float64], out []float64) { out[0] = e.Var(x) }},
		{"Max", func(e *kernels.Engine[float64], out []float64) { out[0], out[1] = e.Max(x), float64(e.ArgMin(x)) }},
		{"Scal", func(e *kernels.Engine[float64], out []float64) { e.Scal(3, out) }},
		{"Mul", func(e *kernels.Engine[float64], out []float64) { e.Mul(out, out, x) }},
		{"Ger", func(e *kernels.Engine[float64], out []float64) {
			e.Ger(2, x[:n], x[n:2*n], kernels.Matrix[float64]{Rows: n, Cols: n, Stride: n, Data: out})
		}},
		{"Gemv", func(e *kernels.Engine[float64], out []float64) {
			e.Gemv(kernels.NoTrans, 2, m, x[:n], 3, out[:n])
			e.Gemv(kernels.Trans, 2, m, x[:n], 3, out[n:2*n])
		}},
		{"Gemm", func(e *kernels.Engine[float64], out []float64) {
			e.Gemm(kernels.NoTrans, kernels.Trans, 2, m, m, 3, kernels.Matrix[float64]{Rows: n, Cols: n, Stride: n, Data: out})
		}},
	} {
		got, want := slices.Clone(y), slices.Clone(y)
		c.f(e, got)
		c.f(ref, want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: wrong result", c.name)
		}
	}
}

// Whatever fails under a call on host slices, its output is as it should be.
func TestFaults(t *testing.T) {
	for _, kernel := range []string{
		"sum_f64", "sumsq_f64", "moments_f64", "variance_f64", "max_f64", "axpy_f64", "scale_f64", "mul_f64", "ger_f64",
		"gemv_f64", "gemv_trans_f64", "gemm_32x32_f64",
	} {
		rerun(t, "TestFaultsChild", "WEFT_SIM_FAULT="+kernel, "WEFT_TEST_ASIDE=1")
	}
	for _, lost := range []int{1, 4, 9} {
		rerun(t, "TestFaultsChild", fmt.Sprintf("WEFT_SIM_LOST=%d", lost), "WEFT_TEST_ASIDE=1")
	}
	for _, call := range []string{
		"cuDevicePrimaryCtxRetain:1:2", "cuModuleLoadDataEx:1:218", "cuModuleGetFunction:1:500", "cuStreamCreate:1:2",
		"cuEventCreate:2:2", "cuMemHostAlloc:2:2", "cuMemAlloc_v2:2:2", "cuMemAlloc_v2:3:719", "cuMemcpyHtoDAsync_v2:2:1",
		"cuMemcpyHtoDAsync_v2:3:719", "cuMemcpyDtoHAsync_v2:2:719", "cuLaunchKernel:2:1", "cuLaunchKernel:3:701",
		"cuEventRecord:2:719", "cuEventQuery:2:700", "cuEventQuery:3:999",
	} {
		rerun(t, "TestFaultsChild", "WEFT_SIM_FAIL="+call)
	}
}

func TestFaultsChild(t *testing.T) {
	child(t)
	everything(t)
	es := seen()
	if len(es) == 0 {
		t.Fatal("nothing was finished on the host: was there no fault?")
	}
	t.Log(es[0])
	if os.Getenv("WEFT_TEST_ASIDE") != "" {
		if len(es) != 1 || !es[0].Aside || es[0].Backend != "cuda" {
			t.Errorf("events %+v, want one that says that cuda is set aside", es)
		}
	}
	everything(t) // without the device, or with it again
}

func TestFaultsAmongGoroutines(t *testing.T) {
	rerun(t, "TestFaultsAmongGoroutinesChild", "WEFT_SIM_LOST=30")
	rerun(t, "TestFaultsAmongGoroutinesChild", "WEFT_SIM_FAULT=gemm_32x32_f64:7", "WEFT_SIM_LAZY=1")
	// More goroutines than calls wait while none can be made.
	rerun(t, "TestFaultsAmongGoroutinesChild", "WEFT_SIM_FAIL=cuModuleLoadDataEx:1:218")
}

func TestFaultsAmongGoroutinesChild(t *testing.T) {
	child(t)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() { everything(t) })
	}
	wg.Wait()
	aside := 0
	for _, e := range seen() {
		if e.Aside {
			aside++
		}
	}
	if aside != 1 {
		t.Errorf("the device was set aside %d times, want once", aside)
	}
}

// What does not fit is done on the host, and the device stays in use.
func TestOutOfMemory(t *testing.T) {
	rerun(t, "TestOutOfMemoryChild", "WEFT_SIM_MEMORY=3", "WEFT_TEST_WANT=3145728 is the limit")
	rerun(t, "TestOutOfMemoryChild", "WEFT_CUDA_MEMORY=3MiB", "WEFT_TEST_WANT=3145728 is the limit")
	rerun(t, "TestOutOfMemoryChild", "WEFT_SIM_FREE=3", "WEFT_TEST_WANT=CUDA_ERROR_OUT_OF_MEMORY") // others hold the rest
	rerun(t, "TestOutOfMemoryChild", "WEFT_CUDA_MEMORY=3%", "WEFT_SIM_MEMORY=100", "WEFT_TEST_WANT=is the limit")
}

func TestOutOfMemoryChild(t *testing.T) {
	child(t)
	e, ref := open[float64](t, "cuda"), open[float64](t, "fallback")
	// Sizes that each fit, but not together with what the ones before left
	// behind: that is given back.
	for _, n := range []int{1000, 100_000, 50_000, 200_000, 130_000, 300_000, 30_000} {
		x := noise[float64](n, 1)
		if got, want := e.Sum(x), ref.Sum(x); got != want {
			t.Errorf("Sum of %d: %v, want %v", n, got, want)
		}
	}
	if es := seen(); len(es) > 0 {
		t.Errorf("finished on the host: %+v", es)
	}
	x, y := noise[float64](1_000_000, 1), noise[float64](1_000_000, 2)
	want := slices.Clone(y)
	e.Axpy(2, x, y)
	ref.Axpy(2, x, want)
	if !slices.Equal(y, want) {
		t.Error("Axpy beyond the memory: wrong result")
	}
	es := seen()
	if len(es) != 1 || es[0].Aside || !strings.Contains(es[0].Err.Error(), os.Getenv("WEFT_TEST_WANT")) {
		t.Errorf("events %+v, want one that says %q and does not set the device aside", es, os.Getenv("WEFT_TEST_WANT"))
	}
	e.Sum(x[:1000])
	if len(seen()) != 1 {
		t.Error("the device is not in use any more")
	}
}
