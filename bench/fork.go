package bench

import (
	"context"
	"time"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/limits"
)

// Fork is what sharing a call among workers costs, measured on a sum and on a
// product that are just large enough to be shared.
type Fork struct {
	Op      string  `json:"op"`
	Backend string  `json:"backend"`
	Shape   string  `json:"shape"`
	Workers int     `json:"workers"`
	One     float64 `json:"one"`  // seconds for a call by one worker
	All     float64 `json:"all"`  // by all
	Cost    float64 `json:"cost"` // All - One/Workers
}

const forkEach = 300 * time.Millisecond

func (b *Bench) forkTime() time.Duration {
	if w := b.workers[len(b.workers)-1]; w == 1 {
		return 0
	}
	return 2 * b.each(2, forkEach)
}

// measureForks lets one worker and all take turns, with float64 and the best
// backend.
func (b *Bench) measureForks(ctx context.Context) {
	w := b.workers[len(b.workers)-1]
	if w == 1 {
		return
	}
	b.progress(0.99, "what sharing a call costs")
	e, err := kernels.Open[float64](b.backends[0])
	if err != nil {
		panic(err) // it was there when the run was planned
	}
	one, all := weft(e.WithWorkers(1)), weft(e.WithWorkers(w))
	for _, p := range limits.Plans() {
		if p.Backend != e.Backend() || p.Type != "f64" {
			continue
		}
		n := 1
		for int64(n)*int64(n)*int64(n) < p.ForkGemm {
			n++
		}
		for _, c := range []struct {
			op    string
			shape Shape
		}{{"Sum", Shape{N: p.ForkBytes / 8}}, {"Gemm", cube(n)}} {
			if ctx.Err() != nil {
				return
			}
			work := *workloadOf(c.op)
			work.shapes = []Shape{c.shape}
			o := newOperands(&work, c.shape, newBuffers[float64]([]workload{work}))
			cs := make([]*candidate, 2)
			for i, l := range []*library[float64]{one, all} {
				cs[i] = &candidate{call: func(n int) { l.calls[c.op](o, n) }}
			}
			measure(cs, b.each(2, forkEach))
			f := Fork{c.op + " f64", e.Backend(), c.shape.String(), w, cs[0].best, cs[1].best, 0}
			f.Cost = round(f.All - f.One/float64(w))
			f.One, f.All = round(f.One), round(f.All)
			b.report.Forks = append(b.report.Forks, f)
		}
	}
}
