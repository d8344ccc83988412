package kernels_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/weftgo/weft/kernels"
)

// long returns calls that take a while, on operands of n by n or so.
func long[T kernels.Float](n int) map[string]func(e *kernels.Engine[T]) {
	const N, X = kernels.NoTrans, kernels.Trans
	r := rand.New(rand.NewPCG(3, 4))
	random := func(rows, cols int) kernels.Matrix[T] {
		m := kernels.NewMatrix[T](rows, cols)
		for i := range m.Data {
			m.Data[i] = T(r.Float64())
		}
		return m
	}
	a, b, c := random(n, n), random(n, n), random(n, n)
	x, y := random(1, n).Data, random(1, n).Data
	coef := random(512, 512)
	all, out := a.Data, c.Data
	wide := kernels.Matrix[T]{Rows: 2, Cols: n * n / 2, Stride: n * n / 2, Data: a.Data}
	tall := kernels.Matrix[T]{Rows: n * n / 2, Cols: 2, Stride: 2, Data: a.Data}
	few := kernels.NewMatrix[T](2, 2)
	return map[string]func(e *kernels.Engine[T]){
		"Gemm/NN":    func(e *kernels.Engine[T]) { e.Gemm(N, N, 1, a, b, 0, c) },
		"Gemm/TT":    func(e *kernels.Engine[T]) { e.Gemm(X, X, 2, a, b, 1, c) },
		"Gemm/deep":  func(e *kernels.Engine[T]) { e.Gemm(N, X, 1, wide, wide, 0, few) },
		"Gemm/trans": func(e *kernels.Engine[T]) { e.Gemm(X, N, 1, tall, tall, 0, few) },
		"Gemv/N":     func(e *kernels.Engine[T]) { e.Gemv(N, 1, a, x, 0, y) },
		"Gemv/T":     func(e *kernels.Engine[T]) { e.Gemv(X, 2, a, x, 1, y) },
		"Gemv/wide":  func(e *kernels.Engine[T]) { e.Gemv(N, 1, wide, b.Data[:wide.Cols], 0, few.Data[:2]) },
		"Gemv/tall":  func(e *kernels.Engine[T]) { e.Gemv(X, 1, wide, few.Data[:2], 0, c.Data[:wide.Cols]) },
		"Ger":        func(e *kernels.Engine[T]) { e.Ger(1e-9, x, y, c) },
		"Symv":       func(e *kernels.Engine[T]) { e.Symv(true, 1, a, x, y) },
		"TriBlock": func(e *kernels.Engine[T]) {
			e.TriBlock(&kernels.TriBlock[T]{Lower: true, N: 512, Alpha: 1, Coef: coef.Data}, false,
				kernels.Matrix[T]{Rows: 512, Cols: n, Stride: n, Data: c.Data})
		},
		"Sum":    func(e *kernels.Engine[T]) { e.Sum(all) },
		"Nrm2":   func(e *kernels.Engine[T]) { e.Nrm2(all) },
		"Var":    func(e *kernels.Engine[T]) { e.Var(all) },
		"ArgMax": func(e *kernels.Engine[T]) { e.ArgMax(all) },
		"Axpy":   func(e *kernels.Engine[T]) { e.Axpy(1e-9, all, out) },
		"Div":    func(e *kernels.Engine[T]) { e.Div(out, all, b.Data) },
		"Unary":  func(e *kernels.Engine[T]) { e.Unary(0, out, all) },
		"Pow":    func(e *kernels.Engine[T]) { e.Binary(0, out, all, b.Data) },
	}
}

// latencies returns how long f takes to return after the end of its context, of
// some times at random moments within its first milliseconds, sorted.
func latencies[T kernels.Float](e *kernels.Engine[T], f func(*kernels.Engine[T]), times int) []time.Duration {
	r := rand.New(rand.NewPCG(5, 6))
	var ds []time.Duration
	for range times {
		ctx, cancel := context.WithCancel(context.Background())
		over := make(chan struct{})
		bound := e.WithContext(ctx)
		go func() {
			for bound.Err() == nil { // the next begins where one was too short
				f(bound)
			}
			close(over)
		}()
		time.Sleep(time.Duration(1+r.IntN(8)) * time.Millisecond / 2)
		start := time.Now()
		cancel()
		<-over
		ds = append(ds, time.Since(start))
	}
	slices.Sort(ds)
	return ds
}

// BenchmarkCancel measures how long calls go on after the end of their context.
func BenchmarkCancel(b *testing.B) {
	for _, backend := range kernels.Backends() {
		if backend.Err != nil {
			continue
		}
		benchmarkCancel[float32](b, backend.Name, 3000)
		benchmarkCancel[float64](b, backend.Name, 3000)
	}
}

func benchmarkCancel[T kernels.Float](b *testing.B, backend string, n int) {
	calls := long[T](n)
	var names []string
	for name := range calls {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, w := range []int{1, 2} {
			var zero T
			b.Run(fmt.Sprintf("%s/%T/%s/workers=%d", name, zero, backend, w), func(b *testing.B) {
				e := open[T](b, backend).WithWorkers(w)
				calls[name](e.WithContext(ended())) // pages and scratch
				ds := latencies(e, calls[name], max(b.N, 20))
				us := func(q float64) float64 { return float64(ds[int(q*float64(len(ds)-1))].Microseconds()) }
				b.ReportMetric(us(0.5), "p50-µs")
				b.ReportMetric(us(0.99), "p99-µs")
				b.ReportMetric(us(1), "max-µs")
				b.ReportMetric(0, "ns/op")
			})
		}
	}
}

// ended returns a context that has ended.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}
