package kernels_test

import (
	"runtime"
	"runtime/debug"
	"testing"

	"github.com/weftgo/weft/kernels"
)

// Once warm, no function allocates, on one worker or on several.
func TestNoAllocations(t *testing.T) {
	if kernels.RaceEnabled {
		t.Skip("the race detector makes sync.Pool drop things at random")
	}
	eachBackend(t, func(t *testing.T, name string) {
		t.Run("f32", testNoAllocations[float32](name))
		t.Run("f64", testNoAllocations[float64](name))
	})
}

func testNoAllocations[T kernels.Float](name string) func(t *testing.T) {
	return func(t *testing.T) {
		const N, X = kernels.NoTrans, kernels.Trans
		e := open[T](t, name).WithWorkers(3)
		// Long enough for several chunks and workers, and short.
		for _, n := range []int{200_000, 100} {
			x, y, z := make([]T, n), make([]T, n), make([]T, n)
			side := 100
			if n < side*side {
				side = 7
			}
			a, b, c := mat(side, side, side, x), mat(side, side, side, y), mat(side, side, side, z)
			for f, call := range map[string]func(){
				"Sum": func() { e.Sum(x) }, "Dot": func() { e.Dot(x, y) }, "Asum": func() { e.Asum(x) },
				"Nrm2": func() { e.Nrm2(x) }, "Mean": func() { e.Mean(x) }, "Var": func() { e.Var(x) },
				"Max": func() { e.Max(x) }, "Min": func() { e.Min(x) },
				"ArgMax": func() { e.ArgMax(x) }, "ArgMin": func() { e.ArgMin(x) },
				"Axpy": func() { e.Axpy(2, x, y) }, "Scal": func() { e.Scal(2, x) }, "Fill": func() { e.Fill(x, 0) },
				"Add": func() { e.Add(z, x, y) }, "Sub": func() { e.Sub(z, x, y) },
				"Mul": func() { e.Mul(z, x, y) }, "Div": func() { e.Div(z, x, y) },
				"Gemv":      func() { e.Gemv(N, 2, a, y[:side], 1, z[:side]) },
				"Gemv/T":    func() { e.Gemv(X, 2, a, y[:side], 1, z[:side]) },
				"Ger":       func() { e.Ger(2, x[:side], y[:side], c) },
				"Gemm":      func() { e.Gemm(N, N, 1, a, b, 0, c) },
				"Gemm/TT":   func() { e.Gemm(X, X, 2, a, b, 3, c) },
				"Gemm/beta": func() { e.Gemm(N, X, 0, a, b, 3, c) },
				"Gemm/row":  func() { e.Gemm(N, X, 2, mat(1, side, side, x), b, 3, mat(1, side, side, z)) },
				"Gemm/col":  func() { e.Gemm(N, X, 2, a, mat(1, side, side, y), 3, mat(side, 1, 5, z)) },
			} {
				if got := allocations(call); got != 0 {
					t.Errorf("%s of %d elements: %d allocations in 8 calls", f, n, got)
				}
			}
		}
	}
}

// allocations returns how many objects 8 calls allocate once warm, in the
// best of a few rounds: the runtime allocates for itself now and then, and the
// buffers of a pool belong to processors, of which a call may meet a new one.
// Unlike testing.AllocsPerRun it leaves GOMAXPROCS as it is, so that calls
// fork.
func allocations(call func()) uint64 {
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // a collection empties pools
	least := ^uint64(0)
	for range 30 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		for range 8 {
			call()
		}
		runtime.ReadMemStats(&after)
		if least = min(least, after.Mallocs-before.Mallocs); least == 0 {
			break
		}
	}
	return least
}

// Arrays on the caller's stack stay there.
func TestStackOperands(t *testing.T) {
	if !kernels.KnowsStack {
		t.Skip("without assembly nobody can tell where the stack is, so the compiler moves operands to the heap")
	}
	if kernels.RaceEnabled {
		t.Skip("the race detector makes sync.Pool drop things at random")
	}
	eachBackend(t, func(t *testing.T, name string) {
		t.Run("f32", testStackOperands[float32](name))
		t.Run("f64", testStackOperands[float64](name))
	})
}

func testStackOperands[T kernels.Float](name string) func(t *testing.T) {
	return func(t *testing.T) {
		const N, X = kernels.NoTrans, kernels.Trans
		e := open[T](t, name)
		for f, call := range map[string]func(){
			"Sum": func() {
				var x [64]T
				e.Sum(x[:])
			},
			"Dot": func() {
				var x, y [64]T
				e.Dot(x[:], y[:])
			},
			"Axpy": func() {
				var x, y [64]T
				e.Axpy(2, x[:], y[:])
			},
			"ArgMax": func() {
				var x [64]T
				e.ArgMax(x[:])
			},
			"Add": func() {
				var x, y [64]T
				e.Add(x[:], x[:], y[:])
			},
			"Gemv": func() {
				var a [64]T
				var x, y [8]T
				e.Gemv(N, 2, mat(8, 8, 8, a[:]), x[:], 1, y[:])
				e.Gemv(X, 2, mat(8, 8, 8, a[:]), x[:], 1, y[:])
			},
			"Ger": func() {
				var a [64]T
				var x, y [8]T
				e.Ger(2, x[:], y[:], mat(8, 8, 8, a[:]))
			},
			"Gemm": func() {
				var a, b, c [64]T
				e.Gemm(N, N, 1, mat(8, 8, 8, a[:]), mat(8, 8, 8, b[:]), 0, mat(8, 8, 8, c[:]))
				e.Gemm(N, N, 2, mat(8, 8, 8, a[:]), mat(8, 8, 8, b[:]), 1, mat(8, 8, 8, c[:]))
				e.Gemm(X, X, 2, mat(8, 8, 8, a[:]), mat(8, 8, 8, b[:]), 3, mat(8, 8, 8, c[:]))
				e.Gemm(N, N, 0, mat(8, 8, 8, a[:]), mat(8, 8, 8, b[:]), 3, mat(8, 8, 8, c[:]))
				e.Gemm(N, N, 2, mat(8, 8, 8, a[:]), mat(8, 1, 1, b[:]), 3, mat(8, 1, 1, c[:]))
			},
			"large": func() {
				var x [16000]T
				e.Sum(x[:])
				e.Nrm2(x[:])
				e.Gemv(N, 2, mat(100, 150, 150, x[:]), x[15000:15150], 0, x[15200:15300])
			},
		} {
			if got := testing.AllocsPerRun(20, call); got != 0 {
				t.Errorf("%s: %v allocations", f, got)
			}
		}
	}
}

// So do those of the functions of the package.
func TestStackOperandsOfDefault(t *testing.T) {
	if !kernels.KnowsStack || kernels.RaceEnabled {
		t.Skip("see TestStackOperands")
	}
	if got := testing.AllocsPerRun(20, func() {
		var x, y [64]float64
		kernels.Axpy(kernels.Dot(x[:], y[:]), x[:], y[:])
		kernels.Gemm(kernels.NoTrans, kernels.Trans, 2, mat(4, 4, 8, x[:]), mat(4, 4, 4, x[32:]), 0, mat(4, 4, 4, y[:]))
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}
