package par_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/par"
)

// spin is a task of some nanoseconds that touches no memory.
//
//go:noinline
func spin(turns int) uint64 {
	x := uint64(turns)
	for range turns {
		x = x*6364136223846793005 + 1442695040888963407
	}
	return x
}

var sink atomic.Uint64

// microsecond returns how many turns of spin take one.
func microsecond() int {
	const turns = 1 << 20
	best := time.Hour
	for range 20 {
		begun := time.Now()
		sink.Store(spin(turns))
		best = min(best, time.Since(begun))
	}
	return int(turns * time.Microsecond / best)
}

// lap returns how long f takes.
func lap(f func()) time.Duration {
	begun := time.Now()
	f()
	return time.Since(begun)
}

// 1,000 tasks of a microsecond: what For takes beside the tasks, for a task and
// worker. A plain loop over the same tasks is timed in turn with it, and of
// each the best of a round is taken.
func BenchmarkFor(b *testing.B) {
	const tasks = 1000
	turns := microsecond()
	out := make([]uint64, tasks)
	for _, w := range []int{1, 2} {
		if w > par.Workers() {
			continue
		}
		b.Run("workers="+string(rune('0'+w)), func(b *testing.B) {
			loop, parallel := time.Hour, time.Hour
			for b.Loop() {
				loop = min(loop, lap(func() {
					for i := range tasks {
						out[i] = spin(turns)
					}
				}))
				f := func() { par.For(background, tasks, func(i int) { out[i] = spin(turns) }, par.WithWorkers(w)) }
				f() // workers are awake
				parallel = min(parallel, lap(f), lap(f))
			}
			b.ReportMetric(float64(w)*float64(parallel)/tasks-float64(loop)/tasks, "overhead-ns/task")
			b.ReportMetric(float64(loop)/tasks, "ns/task")
		})
	}
}

// A loop of nothing: what an item costs.
func BenchmarkForEmpty(b *testing.B) {
	b.Run("For", func(b *testing.B) { par.For(background, b.N, func(i int) {}) })
	b.Run("ForRange", func(b *testing.B) { par.ForRange(background, b.N, 1000, func(lo, hi int) {}) })
}

// Fork and join of two workers, both awake: a call of two items that end only
// if two goroutines are at work.
func BenchmarkForkJoin(b *testing.B) {
	if par.Workers() < 2 {
		b.Skip("one worker")
	}
	best := time.Hour
	meet := new(atomic.Int32)
	for b.Loop() {
		best = min(best, lap(func() {
			meet.Store(0)
			par.For(background, 2, func(i int) {
				meet.Add(1)
				for meet.Load() < 2 {
				}
			}, par.WithWorkers(2))
		}))
	}
	b.ReportMetric(float64(best), "best-ns")
}

// 64 goroutines that each call Gemm, against the same calls one at a time with
// all workers: the quotient of the best times, of all calls together.
func BenchmarkGemmFromManyGoroutines(b *testing.B) {
	const callers, each, n = 64, 4, 256
	x := kernels.NewMatrix[float64](n, n)
	for i := range x.Data {
		x.Data[i] = float64(i % 11)
	}
	var out [callers]kernels.Matrix[float64]
	for i := range out {
		out[i] = kernels.NewMatrix[float64](n, n)
	}
	call := func(i int) { kernels.Gemm(kernels.NoTrans, kernels.NoTrans, 1, x, x, 0, out[i]) }
	single, many := time.Hour, time.Hour
	for b.Loop() {
		single = min(single, lap(func() {
			for i := range callers * each {
				call(i % callers)
			}
		}))
		many = min(many, lap(func() {
			var all sync.WaitGroup
			for i := range callers {
				all.Go(func() {
					for range each {
						call(i)
					}
				})
			}
			all.Wait()
		}))
	}
	b.ReportMetric(float64(many)/float64(single), "many/single")
	b.ReportMetric(float64(single)/callers/each/1e3, "us/Gemm")
}

// A value through a stage.
func BenchmarkStage(b *testing.B) {
	same := func(_ context.Context, i int) (int, error) { return i, nil }
	for i, err := range par.Stage(background, numbers(b.N), same, par.WithBuffer(16)) {
		if err != nil || i < 0 {
			b.Fatal(i, err)
		}
	}
}
