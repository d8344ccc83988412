package kernels_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weftgo/weft/internal/fixture"
	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// An engine with a context computes the same bits, whatever way the context may
// cut the work, and counts what it has done.
func TestWithContext(t *testing.T) {
	eachBackend(t, func(t *testing.T, name string) {
		var p op.Progress
		ctx := op.WithProgress(t.Context(), &p)
		e := open[float32](t, name)
		opt := fixture.Options{Edges: kernels.Edges(name), Short: true, Large: !testing.Short(), Families: []string{"bits"}}
		fixture.Test(t, e.WithContext(ctx).WithWorkers(3), e, opt)
		opt.Large = false
		d := open[float64](t, name)
		fixture.Test(t, d.WithContext(ctx).WithWorkers(1), d, opt)
		if p.Done() == 0 {
			t.Error("nothing was counted")
		}
	})
}

// Every call on an engine whose context has ended returns at once.
func TestContextHasEnded(t *testing.T) {
	eachBackend(t, func(t *testing.T, name string) {
		e := open[float64](t, name).WithContext(ended())
		for call, f := range long[float64](1500) {
			best := time.Hour
			for range 5 {
				start := time.Now()
				f(e)
				best = min(best, time.Since(start))
			}
			if best > 5*time.Millisecond && !testing.Short() {
				t.Errorf("%s takes %v", call, best)
			}
		}
		if err := e.Err(); !errors.Is(err, context.Canceled) {
			t.Errorf("Err: %v", err)
		}
		if err := e.WithContext(context.Background()).Err(); err != nil {
			t.Errorf("Err under another context: %v", err)
		}
		if err := open[float64](t, name).Err(); err != nil {
			t.Errorf("Err without a context: %v", err)
		}
	})
}

// Every long call stops soon after the end of its context, on one worker and on
// several: the best of some times, since the machine may be busy.
func TestContextEnds(t *testing.T) {
	if testing.Short() {
		t.Skip("measures, which tells nothing on an emulator")
	}
	n := 1200
	eachBackend(t, func(t *testing.T, name string) {
		calls := long[float32](n)
		for _, w := range []int{1, 2} {
			e := open[float32](t, name).WithWorkers(w)
			for call, f := range calls {
				f(e.WithContext(ended())) // memory of its own is there
				if ds := latencies(e, f, 3); ds[0] > 50*time.Millisecond {
					t.Errorf("%s, %d workers: went on for %v", call, w, ds[0])
				}
			}
		}
	})
}

// A call that is cut short leaves alone what is beside its output, and indices
// are such of elements.
func TestCutShort(t *testing.T) {
	const guard = 12345
	eachBackend(t, func(t *testing.T, name string) {
		e := open[float64](t, name).WithContext(ended())
		n := 70
		for _, x := range [][]float64{make([]float64, 40_000), slices.Repeat([]float64{math.NaN()}, 40_000), slices.Repeat([]float64{-1}, 40_000)} {
			for call, i := range map[string]int{"ArgMax": e.ArgMax(x), "ArgMin": e.ArgMin(x), "Iamax": e.Iamax(x), "IamaxComplex": e.IamaxComplex(x)} {
				if i < 0 || i >= len(x) {
					t.Errorf("%s returns %d", call, i)
				}
			}
			e.Max(x)
			e.Min(x)
			e.Nrm2(x)
			e.Var(x)
			e.DotComplex(x, x)
		}
		data := slices.Repeat([]float64{guard}, (n+2)*(n+2))
		c := kernels.Matrix[float64]{Rows: n, Cols: n, Stride: n + 2, Data: data[n+3 : len(data)-n-3]}
		a := kernels.NewMatrix[float64](n, n)
		for _, t1 := range []kernels.Transpose{kernels.NoTrans, kernels.Trans} {
			for _, t2 := range []kernels.Transpose{kernels.NoTrans, kernels.Trans} {
				e.Gemm(t1, t2, 2, a, a, 0.5, c)
				e.Gemm(t1, t2, 1, a, a, 0, c)
			}
		}
		e.Ger(1, a.Data[:n], a.Data[:n], c)
		for i, v := range data {
			if r, j := i/(n+2), i%(n+2); (r == 0 || r > n || j == 0 || j > n) && v != guard {
				t.Fatalf("element %d, beside the output, is %v", i, v)
			}
		}
		if slices.Max(a.Data) != 0 || slices.Min(a.Data) != 0 {
			t.Error("an input has changed")
		}
	})
}

// Workers and goroutines are there for the next call when one was cut short.
func TestContextsConcurrently(t *testing.T) {
	eachBackend(t, func(t *testing.T, name string) {
		e := open[float32](t, name).WithWorkers(4)
		w := newWork(e.WithWorkers(1))
		calls := long[float32](520)
		stop := make(chan struct{})
		done := make(chan struct{})
		go func() { // much is cut short all the time
			defer close(done)
			for i := 0; ; i++ {
				for _, f := range calls {
					select {
					case <-stop:
						return
					default:
					}
					ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%7)*30*time.Microsecond)
					f(e.WithContext(ctx))
					cancel()
				}
			}
		}()
		for range 20 {
			if !w.check(t, e) || !w.check(t, e.WithContext(t.Context())) {
				break
			}
		}
		close(stop)
		<-done
	})
}

// An own cause is part of the error.
func TestCause(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	e, err := kernels.Default[float32]()
	if err != nil {
		t.Fatal(err)
	}
	e = e.WithContext(ctx)
	if e.Err() != nil {
		t.Error(e.Err())
	}
	cancel(errBroken)
	if err := e.Err(); !errors.Is(err, errBroken) || !errors.Is(err, context.Canceled) || err.Error() != "stopped: context canceled: broken" {
		t.Error(err)
	}
	if err := e.WithContext(ended()).Err(); err.Error() != "stopped: context canceled" {
		t.Error(err)
	}
}

func TestProgress(t *testing.T) {
	eachBackend(t, func(t *testing.T, name string) {
		n := 700
		if name == "fallback" || testing.Short() { // slow, or emulated
			n = 200
		}
		a, c := kernels.NewMatrix[float32](n, n), kernels.NewMatrix[float32](n, n)
		total := 2 * float64(n) * float64(n) * float64(n) * 3
		for _, workers := range []int{1, 3} {
			for _, failure := range []error{nil, errBroken} {
				var dones []float64
				var inside atomic.Int32
				ctx, end := kernels.WithProgress(t.Context(), total, 100*time.Microsecond, func(done, all float64) {
					if inside.Add(1) != 1 {
						t.Error("two calls at once")
					}
					if all != total {
						t.Errorf("the total is %v", all)
					}
					dones = append(dones, done)
					time.Sleep(50 * time.Microsecond)
					inside.Add(-1)
				})
				e := open[float32](t, name).WithContext(ctx).WithWorkers(workers)
				for range 3 {
					e.Gemm(kernels.NoTrans, kernels.NoTrans, 1, a, a, 0, c)
				}
				end(failure)
				ended := len(dones)
				end(nil)
				time.Sleep(time.Millisecond)
				if len(dones) != ended {
					t.Error("called after the end")
				}
				if (failure == nil) != (ended > 0 && dones[ended-1] == total) {
					t.Errorf("the end is %v, the last call %v of %v", failure, dones, total)
				}
				if failure == nil {
					dones = dones[:ended-1]
				}
				if !slices.IsSorted(dones) || len(slices.Compact(slices.Clone(dones))) != len(dones) || len(dones) > 0 && dones[len(dones)-1] >= total {
					t.Errorf("%v of %v", dones, total)
				}
				if len(dones) < 3 && !testing.Short() {
					t.Errorf("%d calls in the course of the work", len(dones))
				}
			}
		}
	})
}

// What long calls count is what WithProgress says.
func TestOperations(t *testing.T) {
	n := 600
	nn, m := float64(n*n), float64(n)
	want := map[string]float64{
		"Gemm/NN": 2 * nn * m, "Gemm/TT": 2 * nn * m, "Gemm/deep": 4 * nn, "Gemm/trans": 4 * nn,
		"Gemv/N": 2 * nn, "Gemv/T": 2 * nn, "Gemv/wide": 2 * nn, "Gemv/tall": 2 * nn, "Ger": 2 * nn, "Symv": 2 * nn,
		"TriBlock": 512 * 512 * m, "Sum": nn, "Nrm2": 2 * nn, "Var": 4 * nn, "ArgMax": 0, "Axpy": 2 * nn, "Div": nn,
		"Unary": nn, "Pow": nn,
	}
	eachBackend(t, func(t *testing.T, name string) {
		for _, w := range []int{1, 2} {
			for call, f := range long[float64](n) {
				var p op.Progress
				f(open[float64](t, name).WithWorkers(w).WithContext(op.WithProgress(t.Context(), &p)))
				if got := p.Done(); math.Abs(got-want[call]) > 0.03*want[call] {
					t.Errorf("%s, %d workers: counts %g, want %g", call, w, got, want[call])
				}
			}
		}
	})
}

// Results count once Err has said that the context goes on.
func ExampleEngine_WithContext() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	e, err := kernels.Default[float64]()
	if err != nil {
		fmt.Println(err)
		return
	}
	e = e.WithContext(ctx)
	x := make([]float64, 1_000_000)
	e.Fill(x, 0.5)
	sum := e.Sum(x)
	if err := e.Err(); err != nil {
		fmt.Println(err) // and sum means nothing
		return
	}
	fmt.Println(sum)
	// Output: 500000
}
