package bench

import (
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/limits"
)

// Limit is what a backend's instructions can do at best on this machine.
type Limit struct {
	Backend string  `json:"backend"`
	What    string  `json:"what"` // "FMA f32", "FMA f64", or a level of memory: "L1", "L2", "L3", "memory"
	Workers int     `json:"workers"`
	Rate    float64 `json:"rate"`
	Unit    string  `json:"unit"`            // "GFLOP/s" or "GB/s"
	Bytes   int     `json:"bytes,omitempty"` // that are read, by all workers together
}

// level is a level of memory.
type level struct {
	name  string
	holds int  // bytes; for the caches of a core, one worker's
	probe int  // bytes that are read to measure it
	own   bool // each core has one
}

// maxProbe bounds the memory taken to measure reading from memory.
const maxProbe = 1 << 30

// levels returns the levels of memory that the processor reports, the memory
// itself last.
func levels(m kernels.Machine) []level {
	var ls []level
	add := func(name string, size, probe int, own bool) {
		if size > 0 {
			ls = append(ls, level{name, size, probe, own})
		}
	}
	add("L1", m.L1D, m.L1D/2, true)
	add("L2", m.L2, m.L2/2, true)
	add("L3", m.L3, max(m.L3/8, min(4*m.L2, m.L3/2)), false)
	return append(ls, level{"memory", math.MaxInt, min(4*max(m.L3, m.L2, 8<<20), maxProbe), false})
}

// gauge measures limits, again and again, and keeps the best.
type gauge struct {
	levels []level
	meters []limits.Meter
	best   []Limit
	memory []byte
}

// newGauge returns a gauge for the backends that keep accepts.
func newGauge(m kernels.Machine, keep func(backend string) bool) *gauge {
	g := &gauge{levels: levels(m)}
	for _, meter := range limits.Meters() {
		if keep(meter.Backend) {
			g.meters = append(g.meters, meter)
		}
	}
	return g
}

// measure takes about as long as budget says. Without memory the levels of
// memory are left out.
func (g *gauge) measure(types []string, workers []int, memory bool, budget time.Duration) {
	probes := len(types)
	if memory {
		probes += len(g.levels)
		if g.memory == nil {
			g.memory = aligned[byte](g.levels[len(g.levels)-1].probe)
			for i := range g.memory {
				g.memory[i] = byte(i) // pages never written are one page of zeros
			}
		}
	}
	if len(g.meters) == 0 || len(workers) == 0 || probes == 0 {
		return
	}
	each := budget / time.Duration(len(g.meters)*len(workers)*probes)
	for _, w := range workers {
		for _, m := range g.meters {
			for _, t := range types {
				f, flops := m.FMAF32, m.FLOPF32
				if t == "f64" {
					f, flops = m.FMAF64, m.FLOPF64
				}
				const turns = 5000
				calls := race(w, each, func(int) func() { return func() { f(turns) } })
				g.keep(Limit{m.Backend, "FMA " + t, w, calls * turns * float64(flops) / 1e9, "GFLOP/s", 0})
			}
			if !memory {
				continue
			}
			for _, l := range g.levels {
				piece, bytes := g.reader(m, l, w)
				calls := race(w, each, piece)
				g.keep(Limit{m.Backend, l.name, w, calls * pieceBytes / 1e9, "GB/s", bytes})
			}
		}
	}
}

// pieceBytes is what one call of a reader reads.
const pieceBytes = 128 << 10

// reader returns what each of w workers calls to read from a level, and how
// many bytes they read together before they begin again.
func (g *gauge) reader(m limits.Meter, l level, w int) (piece func(worker int) func(), bytes int) {
	part := l.probe
	if !l.own {
		part /= w
	}
	// A whole number of steps, and of pieces or the other way round.
	if part = part &^ (m.ReadStep - 1); part > pieceBytes {
		part = part &^ (pieceBytes - 1)
	}
	part = max(min(part, len(g.memory)/w), m.ReadStep)
	return func(worker int) func() {
		own := g.memory[worker*part:][:part]
		at := 0
		return func() {
			for left := pieceBytes; left > 0; {
				n := min(left, part-at)
				m.Read(&own[at], n)
				left -= n
				if at += n; at == part {
					at = 0
				}
			}
		}
	}, part * w
}

func (g *gauge) keep(l Limit) {
	i := slices.IndexFunc(g.best, func(o Limit) bool {
		return o.Backend == l.Backend && o.What == l.What && o.Workers == l.Workers
	})
	switch {
	case i < 0:
		g.best = append(g.best, l)
	case l.Rate > g.best[i].Rate:
		g.best[i] = l
	}
}

// find returns the rate of a limit, or 0 if it was not measured.
func (g *gauge) find(backend, what string, workers int) float64 {
	for _, l := range g.best {
		if l.Backend == backend && l.What == what && l.Workers == workers {
			return l.Rate
		}
	}
	return 0
}

// level returns the name of the first level that holds so many bytes, spread
// over so many workers.
func (g *gauge) level(bytes float64, workers int) string {
	for _, l := range g.levels {
		holds := float64(l.holds)
		if l.own {
			holds *= float64(workers)
		}
		if bytes <= holds {
			return l.name
		}
	}
	return "memory"
}

// race lets w threads do the same thing at once, over and over, and returns the
// calls per second of all together, in the best of many short windows.
func race(w int, budget time.Duration, prepare func(worker int) func()) float64 {
	work := make([]func(), w)
	for i := range work {
		work[i] = prepare(i)
	}
	start, calls, best := time.Now(), 1, 0.0
	for window(work, calls) < 2*time.Millisecond {
		calls *= 2 // until it is long, and what the caches held before is gone
	}
	for best == 0 || time.Since(start) < budget {
		best = max(best, float64(calls*w)/window(work, calls).Seconds())
	}
	return best
}

// window returns how long it takes until all have made so many calls: the
// processor time of the thread if there is one, else the time on the wall.
func window(work []func(), calls int) time.Duration {
	if len(work) == 1 {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		t := threadTime.now()
		for range calls {
			work[0]()
		}
		return threadTime.now() - t
	}
	var (
		wait    sync.WaitGroup
		arrived atomic.Int32
		times   = make([][2]time.Duration, len(work))
	)
	for i, f := range work {
		wait.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			f()
			arrived.Add(1)
			for int(arrived.Load()) < len(work) {
				runtime.Gosched()
			}
			times[i][0] = wallTime.now()
			for range calls {
				f()
			}
			times[i][1] = wallTime.now()
		})
	}
	wait.Wait()
	first, last := times[0][0], times[0][1]
	for _, t := range times {
		first, last = min(first, t[0]), max(last, t[1])
	}
	return last - first
}

// aligned returns n elements that start at a multiple of 64 bytes.
func aligned[T byte | float32 | float64](n int) []T {
	var z T
	pad := 64 / int(unsafe.Sizeof(z))
	x := make([]T, n+pad)
	off := int(-uintptr(unsafe.Pointer(&x[0]))%64) / int(unsafe.Sizeof(z))
	return x[off : off+n : off+n]
}
