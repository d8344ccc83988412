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

	// streams says in how many places a worker reads at a time; the best
	// counts. Memory gives more to several, whose rows of pages are fetched
	// ahead side by side.
	streams []int
}

// maxProbe bounds the memory taken to measure reading from memory.
const maxProbe = 1 << 30

// levels returns the levels of memory that the processor reports, the memory
// itself last.
func levels(m kernels.Machine) []level {
	var ls []level
	add := func(name string, size, probe int, own bool) {
		if size > 0 {
			ls = append(ls, level{name, size, probe, own, []int{1}})
		}
	}
	add("L1", m.L1D, m.L1D/2, true)
	add("L2", m.L2, m.L2/2, true)
	add("L3", m.L3, max(m.L3/8, min(4*m.L2, m.L3/2)), false)
	return append(ls, level{"memory", math.MaxInt, min(4*max(m.L3, m.L2, 8<<20), maxProbe), false, []int{1, 2, 4}})
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

// measure measures the rates of fused multiply-adds for some types and, if
// memory is true, of reading from all levels, in about the time of budget.
func (g *gauge) measure(types []string, workers int, memory bool, budget time.Duration) {
	probes := len(types)
	if memory {
		probes += len(g.levels)
		g.writeMemory()
	}
	each := budget / time.Duration(max(len(g.meters)*probes, 1))
	for _, m := range g.meters {
		for _, t := range types {
			f, flops := m.FMAF32, m.FLOPF32
			if t == "f64" {
				f, flops = m.FMAF64, m.FLOPF64
			}
			turns := 1e6/flops + 1 // a call of 10 microseconds on registers
			calls := race(workers, each, func(int) func() { return func() { f(turns) } })
			g.keep(Limit{m.Backend, "FMA " + t, workers, calls * float64(turns*flops) / 1e9, "GFLOP/s", 0})
		}
		if !memory {
			continue
		}
		for _, l := range g.levels {
			for _, streams := range l.streams {
				piece, bytes := g.reader(m, l, workers, streams)
				calls := race(workers, each/time.Duration(len(l.streams)), piece)
				g.keep(Limit{m.Backend, l.name, workers, calls * pieceBytes / 1e9, "GB/s", bytes})
			}
		}
	}
}

// writeMemory gets the memory that readers read. Pages that were never written
// would all be one page of zeros.
func (g *gauge) writeMemory() {
	if g.memory != nil {
		return
	}
	g.memory = aligned[byte](g.levels[len(g.levels)-1].probe)
	for i := range g.memory {
		g.memory[i] = byte(i)
	}
}

const (
	pieceBytes  = 128 << 10 // what one call of a reader reads
	streamBytes = 1 << 10   // what it reads in one place before it goes to the next
)

// reader returns what each of some workers calls to read from a level in so
// many streams, and how many bytes they read together before they begin again.
func (g *gauge) reader(m limits.Meter, l level, workers, streams int) (piece func(worker int) func(), bytes int) {
	part := l.probe
	if !l.own {
		part /= workers
	}
	part = min(part, len(g.memory)/workers)
	chunk := pieceBytes
	if streams > 1 {
		chunk = streamBytes
	}
	lane := max(part/streams&^(m.ReadStep-1), m.ReadStep)
	part = lane * streams
	return func(worker int) func() {
		own := g.memory[worker*part:][:part]
		at := 0
		return func() {
			for left := pieceBytes / streams; left > 0; {
				n := min(left, chunk, lane-at)
				for s := range streams {
					m.Read(&own[s*lane+at], n)
				}
				left -= n
				if at += n; at == lane {
					at = 0
				}
			}
		}
	}, part * workers
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

// window returns how long it takes, on the wall, until all have made so many
// calls. One that is alone stays on the caller's goroutine.
func window(work []func(), calls int) time.Duration {
	if len(work) == 1 {
		t := wallTime.now()
		for range calls {
			work[0]()
		}
		return wallTime.now() - t
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
