package bench

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/metrics"
	"sync/atomic"
	"time"

	"github.com/weftgo/weft/kernels"
)

// Pause says how long the runtime needed to stop the world for a garbage
// collection while something ran. Assembly can't be preempted, so a kernel
// that runs for long would show here.
type Pause struct {
	During  string  `json:"during"`
	Workers int     `json:"workers"`
	Stops   uint64  `json:"stops"`
	P50     float64 `json:"p50"` // seconds, each the upper end of a histogram's bucket
	P99     float64 `json:"p99"`
	Max     float64 `json:"max"`
}

const (
	pauseEach  = 1500 * time.Millisecond
	pauseBytes = 512 << 20
	pauseN     = 2500
)

func (b *Bench) pauseTime() time.Duration {
	n := 1 + 2*len(b.workers)
	return time.Duration(n)*b.each(n, pauseEach) + 2*time.Second
}

// each returns the time for each of n special measurements.
func (b *Bench) each(n int, usual time.Duration) time.Duration {
	if b.opt.Time > 0 {
		return b.opt.Time / time.Duration(n)
	}
	return usual
}

func (b *Bench) measurePauses(ctx context.Context) {
	b.progress(0, "pauses: idle")
	b.pauses(ctx, "idle", 0, nil)
	x := aligned[float32](pauseBytes / 4)
	for i := range x {
		x[i] = float32(i & 7)
	}
	for _, w := range b.workers {
		e := b.engine().WithWorkers(w)
		b.progress(0.3, "pauses: Sum")
		b.pauses(ctx, fmt.Sprintf("Sum f32, %d MiB, %s", pauseBytes>>20, e.Backend()), w, func() { e.Sum(x) })
	}
	const n = pauseN
	y := x[n*n:]
	matrix := func(data []float32) kernels.Matrix[float32] {
		return kernels.Matrix[float32]{Rows: n, Cols: n, Data: data[:n*n], Stride: n}
	}
	for _, w := range b.workers {
		e := b.engine().WithWorkers(w)
		b.progress(0.6, "pauses: Gemm")
		b.pauses(ctx, fmt.Sprintf("Gemm f32, n = %d, %s", n, e.Backend()), w, func() {
			e.Gemm(kernels.NoTrans, kernels.NoTrans, 1, matrix(x), matrix(x), 0, matrix(y))
		})
	}
}

// engine opens the best of the chosen backends.
func (b *Bench) engine() *kernels.Engine[float32] {
	e, err := kernels.Open[float32](b.backends[0])
	if err != nil {
		panic(err) // it was there when the run was planned
	}
	return e
}

// pauses collects garbage again and again while f runs.
func (b *Bench) pauses(ctx context.Context, during string, workers int, f func()) {
	if ctx.Err() != nil {
		return
	}
	var stop atomic.Bool
	ended, started := make(chan struct{}), make(chan struct{})
	each := b.each(1+2*len(b.workers), pauseEach)
	go func() {
		defer close(ended)
		close(started)
		for f != nil && !stop.Load() {
			f()
		}
	}()
	<-started
	time.Sleep(10 * time.Millisecond)
	before := stopping()
	for start := time.Now(); time.Since(start) < each; {
		runtime.GC()
		time.Sleep(200 * time.Microsecond)
	}
	after := stopping()
	stop.Store(true)
	<-ended

	counts := make([]uint64, len(after.Counts))
	total := uint64(0)
	for i := range counts {
		counts[i] = after.Counts[i] - before.Counts[i]
		total += counts[i]
	}
	at := func(share float64) float64 {
		seen, want := uint64(0), uint64(math.Ceil(share*float64(total)))
		for i, c := range counts {
			if seen += c; c > 0 && seen >= want {
				if up := after.Buckets[i+1]; !math.IsInf(up, 1) {
					return up
				}
				return after.Buckets[i]
			}
		}
		return 0
	}
	b.report.Pauses = append(b.report.Pauses, Pause{during, workers, total, at(0.5), at(0.99), at(1)})
}

// stopping reads how long stopping the world took, ever since the start.
func stopping() metrics.Float64Histogram {
	s := []metrics.Sample{{Name: "/sched/pauses/stopping/gc:seconds"}}
	metrics.Read(s)
	h := s[0].Value.Float64Histogram()
	return metrics.Float64Histogram{Counts: append([]uint64(nil), h.Counts...), Buckets: h.Buckets}
}
