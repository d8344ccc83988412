package kernels_test

import (
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/weftgo/weft/kernels"
)

// work is a set of calls large enough for several workers, with the results
// they should have.
type work struct {
	x, y    []float32
	a, b, c kernels.Matrix[float32]
	dot     float32
	argMax  int
}

func newWork(e *kernels.Engine[float32]) *work {
	r := rand.New(rand.NewPCG(7, 8))
	w := &work{
		x: make([]float32, 140_000), y: make([]float32, 140_000),
		a: kernels.NewMatrix[float32](100, 101), b: kernels.NewMatrix[float32](101, 102),
		c: kernels.NewMatrix[float32](100, 102),
	}
	for _, d := range [][]float32{w.x, w.y, w.a.Data, w.b.Data} {
		for i := range d {
			d[i] = float32(r.NormFloat64())
		}
	}
	e.Gemm(kernels.NoTrans, kernels.NoTrans, 1, w.a, w.b, 0, w.c)
	w.dot, w.argMax = e.Dot(w.x, w.y), e.ArgMax(w.x)
	return w
}

// check does the calls on e and reports whether all results are right.
func (w *work) check(t *testing.T, e *kernels.Engine[float32]) bool {
	c := kernels.NewMatrix[float32](w.c.Rows, w.c.Cols)
	e.Gemm(kernels.NoTrans, kernels.NoTrans, 1, w.a, w.b, 0, c)
	for i, v := range c.Data {
		if v != w.c.Data[i] {
			t.Errorf("Gemm: element %d is %v, want %v", i, v, w.c.Data[i])
			return false
		}
	}
	if d := e.Dot(w.x, w.y); d != w.dot {
		t.Errorf("Dot: %v, want %v", d, w.dot)
		return false
	}
	if i := e.ArgMax(w.x); i != w.argMax {
		t.Errorf("ArgMax: %d, want %d", i, w.argMax)
		return false
	}
	return true
}

// Many goroutines, each with calls that several workers share, some started
// by others in between, more at once than there are regions in the pool.
func TestConcurrent(t *testing.T) {
	eachBackend(t, func(t *testing.T, name string) {
		e := open[float32](t, name).WithWorkers(5)
		w := newWork(e.WithWorkers(1))
		var wg sync.WaitGroup
		for range 80 {
			wg.Go(func() {
				w.check(t, e)
				var inner sync.WaitGroup
				inner.Go(func() { w.check(t, e) })
				w.check(t, e)
				inner.Wait()
			})
		}
		wg.Wait()
	})
}

// descend calls e with operands in its own frame at each level of a recursion
// that makes the stack grow, and so move, again and again.
func descend(t *testing.T, e *kernels.Engine[float64], depth int) float64 {
	var a, b, c [36]float64
	for i := range a {
		a[i], b[i] = float64(depth+i), float64(i%5)
	}
	m := func(d *[36]float64) kernels.Matrix[float64] { return mat(6, 6, 6, d[:]) }
	e.Gemm(kernels.NoTrans, kernels.Trans, 2, m(&a), m(&b), 0, m(&c))
	var below float64
	if depth > 0 {
		below = descend(t, e, depth-1)
	}
	// The frame may have moved meanwhile; a call on it again.
	e.Axpy(1, a[:], c[:])
	want := 0.0
	for k := range 6 {
		want += 2 * a[6+k] * b[12+k]
	}
	want += a[6+2]
	if c[6+2] != want {
		t.Errorf("depth %d: %v, want %v", depth, c[6+2], want)
	}
	return below + e.Sum(c[:])
}

// TestStackGrowth calls each function on fresh goroutines, at every depth in
// turn, so that the stack grows, and moves, at every place in a call that lets
// it: what the call has in its frames must move along.
func TestStackGrowth(t *testing.T) {
	eachBackend(t, func(t *testing.T, name string) {
		e := open[float64](t, name).WithWorkers(2)
		for function, call := range growing(e) {
			want := call()
			depths := 600
			if testing.Short() {
				depths = 100
			}
			for depth := range depths {
				got := make(chan float64)
				go func() { got <- atDepth(depth, call) }()
				if g := <-got; g != want {
					t.Errorf("%s at depth %d: %v, want %v", function, depth, g, want)
					break
				}
			}
		}
	})
}

// atDepth calls f deep in the stack.
//
//go:noinline
func atDepth(depth int, f func() float64) float64 {
	if depth == 0 {
		return f()
	}
	var pad [8]float64
	pad[depth%8] = 1
	return atDepth(depth-1, f) * pad[depth%8]
}

// growing returns calls with operands on the stack and off it.
func growing(e *kernels.Engine[float64]) map[string]func() float64 {
	const N, X = kernels.NoTrans, kernels.Trans
	const long = 16384 + 9 // two chunks
	heap := make([]float64, long)
	for i := range heap {
		heap[i] = float64(i%7) - 2
	}
	// vectors and matrices calls f with operands on the stack.
	vectors := func(f func(x, y, z []float64)) float64 {
		var x, y, z [48]float64
		copy(x[:], heap)
		copy(y[:], heap[5:])
		f(x[:], y[:], z[:])
		return z[0] + 3*z[7] + 5*z[35]
	}
	matrices := func(f func(a, b, c kernels.Matrix[float64])) float64 {
		return vectors(func(x, y, z []float64) { f(mat(6, 6, 6, x), mat(6, 6, 8, y), mat(6, 6, 7, z)) })
	}
	column := mat(long, 1, 1, heap)
	return map[string]func() float64{
		"Sum":    func() float64 { return e.Sum(heap) },
		"Dot":    func() float64 { return e.Dot(heap, heap) },
		"Nrm2":   func() float64 { return e.Nrm2(heap) },
		"Var":    func() float64 { return e.Var(heap) },
		"ArgMax": func() float64 { return float64(e.ArgMax(heap)) },
		"Gemv": func() float64 {
			y := make([]float64, 3)
			e.Gemv(N, 2, mat(3, long/3, long/3, heap), heap[:long/3], 0, y)
			return y[0] + y[2]
		},
		"Gemm/1x1": func() float64 {
			c := kernels.NewMatrix[float64](1, 1)
			e.Gemm(X, N, 2, column, column, 0, c)
			return c.Data[0]
		},

		"stack/Sum":  func() float64 { return vectors(func(x, y, z []float64) { z[0], z[7] = e.Sum(x), e.Dot(x, y) }) },
		"stack/Nrm2": func() float64 { return vectors(func(x, y, z []float64) { z[0], z[7] = e.Nrm2(x), e.Var(y) }) },
		"stack/Max": func() float64 {
			return vectors(func(x, y, z []float64) { z[0], z[7] = e.Max(x), float64(e.ArgMin(y)) })
		},
		"stack/Axpy": func() float64 { return vectors(func(x, y, z []float64) { e.Axpy(2, x, z); e.Scal(3, z) }) },
		"stack/Add":  func() float64 { return vectors(func(x, y, z []float64) { e.Add(z, x, y); e.Mul(z, z, y) }) },
		"stack/Fill": func() float64 { return vectors(func(x, y, z []float64) { e.Fill(z, 4) }) },
		"stack/Gemv": func() float64 {
			return vectors(func(x, y, z []float64) { e.Gemv(N, 2, mat(8, 6, 6, x), y[:6], 3, z[:8]) })
		},
		"stack/Gemv/T": func() float64 {
			return vectors(func(x, y, z []float64) { e.Gemv(X, 2, mat(6, 8, 8, x), y[:6], 3, z[:8]) })
		},
		"stack/Ger": func() float64 { return vectors(func(x, y, z []float64) { e.Ger(2, x[:6], y[:8], mat(6, 8, 8, z)) }) },
		"stack/Gemm": func() float64 {
			return matrices(func(a, b, c kernels.Matrix[float64]) { e.Gemm(N, N, 1, a, b, 0, c) })
		},
		"stack/Gemm/TT": func() float64 {
			return matrices(func(a, b, c kernels.Matrix[float64]) { e.Gemm(X, X, 2, a, b, 3, c) })
		},
		"stack/Gemm/column": func() float64 {
			return vectors(func(x, y, z []float64) { e.Gemm(N, N, 2, mat(6, 6, 6, x), mat(6, 1, 2, y), 3, mat(6, 1, 7, z)) })
		},
	}
}

// onStack calls e with operands in its frame that are large enough for several
// workers.
func onStack(t *testing.T, e *kernels.Engine[float32]) {
	var x [20000]float32
	var c [5000]float32
	for i := range x {
		x[i] = float32(i % 3)
	}
	if s := e.Sum(x[:]); s != 19999 {
		t.Errorf("Sum: %v, want 19999", s)
	}
	m := mat(100, 100, 100, x[:])
	e.Gemm(kernels.NoTrans, kernels.NoTrans, 1, m, mat(100, 50, 50, x[9999:]), 0, mat(100, 50, 50, c[:]))
	e.Gemv(kernels.NoTrans, 1, m, x[12000:12100], 0, c[:100])
	if want := float32(2*33 + 1*33 + 1); c[0] < want || c[0] > 2*want {
		t.Errorf("Gemv: %v", c[0])
	}
	e.Fill(x[:], 2)
	if x[19999] != 2 {
		t.Errorf("Fill: %v", x[19999])
	}
}

// Operands on stacks that grow, move and shrink, while others keep all workers
// busy and garbage is collected.
func TestMovingStacks(t *testing.T) {
	eachBackend(t, func(t *testing.T, name string) {
		e32, e64 := open[float32](t, name).WithWorkers(5), open[float64](t, name).WithWorkers(5)
		w := newWork(e32.WithWorkers(1))
		stop := make(chan struct{})
		var others, stacks sync.WaitGroup
		for range 3 {
			others.Go(func() {
				for w.check(t, e32) {
					select {
					case <-stop:
						return
					default:
						runtime.GC() // shrinks stacks
					}
				}
			})
		}
		want := descend(t, e64.WithWorkers(1), 300)
		for range 8 {
			stacks.Go(func() {
				for range 5 {
					if got := descend(t, e64, 300); got != want {
						t.Errorf("got %v, want %v", got, want)
					}
					onStack(t, e32)
				}
			})
		}
		stacks.Wait()
		close(stop)
		others.Wait()
	})
}

// The race detector does not see assembly, so calls tell it what they touch: a
// program that writes to an operand meanwhile is found out.
func TestRaceDetectorSeesCalls(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	bin := filepath.Join(t.TempDir(), "racy")
	build := exec.CommandContext(ctx, "go", "build", "-race", "-o", bin, "./testdata/racy")
	build.Env = append(os.Environ(), "CGO_ENABLED=1")
	if out, err := build.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%v: %s", err, out)
		}
		t.Skipf("no race detector here: %v: %s", err, out)
	}
	for _, c := range []struct {
		operand string
		race    bool
	}{{"none", false}, {"a", true}, {"b", true}, {"c", true}, {"x", true}, {"y", true}, {"gap", false}} {
		out, err := exec.CommandContext(ctx, bin, c.operand).CombinedOutput()
		if race := strings.Contains(string(out), "WARNING: DATA RACE"); race != c.race || (err != nil) != c.race {
			t.Errorf("write to %s: race reported %v, want %v: %v\n%s", c.operand, race, c.race, err, out)
		}
	}
}
