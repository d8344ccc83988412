package bench

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/weftgo/weft/kernels"
)

// Options say what to measure. The zero value is the default run: all workloads
// on all backends that can be used here, with one worker and with all.
type Options struct {
	Ops      []string      // see Ops
	Shapes   []Shape       // instead of the workloads' own
	Backends []string      // see kernels.Backends
	Types    []string      // "f32", "f64"
	Workers  []int         // 0 stands for all
	Time     time.Duration // to take; by default what is needed, four minutes at most

	// Short takes fewer sizes and the best backend only, and half a minute.
	Short bool

	// Peers are shared libraries to compare with, beside those that are found:
	// "path", or "path@CORETYPE" for an OpenBLAS that takes the kernels of another
	// processor. NoPeers leaves out all.
	Peers   []string
	NoPeers bool

	// Progress, if not nil, hears what share of the work is done and what
	// comes next.
	Progress func(done float64, next string)

	// Spin returns the command, not started, that calls Spin in a process of
	// its own. Contention needs it.
	Spin func() *exec.Cmd
}

const (
	defaultTime = 190 * time.Second // with what comes on top, below four minutes
	shortTime   = 25 * time.Second
	longestStep = time.Second // unless a time is asked for

	// maxOperands bounds the memory for operands.
	maxOperands = 4 << 30

	// alone is the time of a call, in seconds, below which no backend shares
	// it among workers.
	alone = 1e-6
)

// Bench is a run that has been planned.
type Bench struct {
	opt      Options
	sel      selection
	backends []string
	types    []string
	workers  []int
	all      int // what GOMAXPROCS is
	gauge    *gauge
	peers    []*peer
	report   *Report
}

// New plans a run. Its errors name what is wrong with the options.
func New(opt Options) (*Bench, error) {
	b := &Bench{opt: opt, all: runtime.GOMAXPROCS(0)}
	machine := kernels.ThisMachine()
	var err error
	b.backends, err = Backends(opt.Backends)
	if err := errors.Join(err, b.chooseTypes(), b.chooseWorkers()); err != nil {
		return nil, err
	}
	if opt.Short && len(opt.Backends) == 0 {
		b.backends = b.backends[:1]
	}
	sel, err := choose(opt.Ops, opt.Shapes, opt.Short)
	if err != nil {
		return nil, err
	}
	if sel.contention && opt.Spin == nil {
		return nil, errors.New("contention needs a second process, and there is no command for it")
	}
	b.sel = sel
	b.gauge = newGauge(machine, func(backend string) bool { return slices.Contains(b.backends, backend) })
	if !opt.NoPeers && len(sel.workloads) > 0 {
		if b.peers, err = openPeers(machine, opt.Peers); err != nil {
			return nil, err
		}
	}
	b.report = &Report{Header: newHeader(machine, b)}
	return b, b.dropHuge()
}

// Backends returns the backends of these names, best first, or all that can be
// used here if there are no names. Its error says what is wrong with a name.
func Backends(names []string) ([]string, error) {
	var usable, all []string
	for _, b := range kernels.Backends() {
		all = append(all, b.Name)
		if b.Err == nil {
			usable = append(usable, b.Name)
		} else if slices.Contains(names, b.Name) {
			return nil, fmt.Errorf("backend %s: %w", b.Name, b.Err)
		}
	}
	for _, n := range names {
		if !slices.Contains(all, n) {
			return nil, fmt.Errorf("backend %q: there are %s", n, strings.Join(all, ", "))
		}
	}
	return slices.DeleteFunc(usable, func(n string) bool {
		return len(names) > 0 && !slices.Contains(names, n)
	}), nil
}

func (b *Bench) chooseTypes() error {
	b.types = []string{"f32", "f64"}
	for _, t := range b.opt.Types {
		if !slices.Contains(b.types, t) {
			return fmt.Errorf("type %q: there are %s", t, strings.Join(b.types, ", "))
		}
	}
	b.types = slices.DeleteFunc(b.types, func(t string) bool {
		return len(b.opt.Types) > 0 && !slices.Contains(b.opt.Types, t)
	})
	return nil
}

func (b *Bench) chooseWorkers() error {
	b.workers = []int{1, b.all}
	if len(b.opt.Workers) > 0 {
		b.workers = nil
	}
	for _, w := range b.opt.Workers {
		if w == 0 {
			w = b.all
		}
		if w < 0 || w > b.all {
			return fmt.Errorf("%d workers: want 1 to %d (GOMAXPROCS)", w, b.all)
		}
		b.workers = append(b.workers, w)
	}
	slices.Sort(b.workers)
	b.workers = slices.Compact(b.workers)
	return nil
}

// dropHuge leaves out shapes whose operands are too large, with a note.
func (b *Bench) dropHuge() error {
	n, left := 0, 0
	for i := range b.sel.workloads {
		w := &b.sel.workloads[i]
		n += len(w.shapes)
		w.shapes = slices.DeleteFunc(slices.Clone(w.shapes), func(s Shape) bool {
			bytes := 0.0
			for _, r := range w.family.room(s) {
				bytes += 8 * float64(r)
			}
			if bytes <= maxOperands {
				return false
			}
			b.note("%s, %v: operands of %.0f GiB, left out", w.op, s, bytes/(1<<30))
			return true
		})
		left += len(w.shapes)
	}
	if n > 0 && left == 0 {
		return fmt.Errorf("all sizes need more than %d GiB", maxOperands>>30)
	}
	return nil
}

func (b *Bench) note(format string, args ...any) {
	b.report.Notes = append(b.report.Notes, fmt.Sprintf(format, args...))
}

// steps is the number of measurements of candidates that take turns.
func (b *Bench) steps() int {
	n := 0
	for _, w := range b.sel.workloads {
		n += len(w.shapes) * len(b.types) * len(b.workers)
	}
	return n
}

// limitTime is what measuring the limits takes: a third at first, the rest a
// little before each workload, so that a slow moment does not decide.
func (b *Bench) limitTime() time.Duration {
	probes := len(b.gauge.meters) * len(b.workers) * (len(b.types) + len(b.gauge.levels))
	return min(time.Duration(probes)*300*time.Millisecond, b.total()/8)
}

func (b *Bench) total() time.Duration {
	if b.opt.Time > 0 {
		return b.opt.Time
	}
	if b.opt.Short {
		return shortTime
	}
	return defaultTime
}

// Estimate returns about how long Run will take.
func (b *Bench) Estimate() time.Duration {
	t := time.Duration(0)
	if b.sel.limits || b.steps() > 0 {
		t = b.limitTime()
	}
	if n := b.steps(); n > 0 {
		t += min(time.Duration(n)*b.longest(), b.total()-t)
	}
	if b.sel.fork {
		t += b.forkTime()
	}
	if b.sel.pause {
		t += b.pauseTime()
	}
	if b.sel.contention {
		t += b.contentionTime()
	}
	return t
}

func (b *Bench) longest() time.Duration {
	if b.opt.Time > 0 {
		return b.opt.Time
	}
	return longestStep
}

// Run measures. If ctx ends before, it returns what there is so far together
// with the error of ctx.
func (b *Bench) Run(ctx context.Context) (*Report, error) {
	start := time.Now()
	r := &run{Bench: b, ctx: ctx, left: b.steps(), start: start}
	if b.sel.limits || r.left > 0 {
		r.limits()
		r.deadline = start.Add(b.total())
		for _, t := range b.types {
			if t == "f32" {
				steps[float32](r, t)
			} else {
				steps[float64](r, t)
			}
		}
	}
	b.report.finish(b.gauge)
	if b.sel.fork && ctx.Err() == nil {
		b.measureForks(ctx)
	}
	if b.sel.pause && ctx.Err() == nil {
		b.measurePauses(ctx)
	}
	if b.sel.contention && ctx.Err() == nil {
		if err := b.measureContention(ctx); err != nil {
			return b.report, err
		}
	}
	b.report.Header.Seconds = time.Since(start).Seconds()
	b.progress(1, "")
	return b.report, ctx.Err()
}

func (b *Bench) progress(done float64, next string) {
	if b.opt.Progress != nil {
		b.opt.Progress(done, next)
	}
}

// run is a run in progress.
type run struct {
	*Bench
	ctx      context.Context
	start    time.Time
	deadline time.Time // of the workloads
	left     int       // steps
}

// limits measures all limits that matter for a first time.
func (r *run) limits() {
	memory := r.sel.limits || slices.ContainsFunc(r.sel.workloads, func(w workload) bool { return w.elems != nil })
	budget := r.limitTime()
	if r.left > 0 {
		budget /= 3
	}
	for _, w := range r.workers {
		if r.ctx.Err() == nil {
			r.tell("limits of the machine, " + plural(w, "worker"))
			r.with(w, func() {
				r.gauge.measure(r.types, w, memory, budget/time.Duration(len(r.workers)))
			})
		}
	}
}

// limit measures the limits of one workload again, if there is time for that.
func (r *run) limit(w *workload, typ string, workers int) {
	var types []string
	if w.flops != nil {
		types = []string{typ}
	}
	slots := len(r.sel.workloads) * len(r.types) * len(r.workers)
	if budget := r.limitTime() * 2 / 3 / time.Duration(slots); budget > 50*time.Millisecond {
		r.gauge.measure(types, workers, w.elems != nil, budget)
	}
}

func (r *run) tell(next string) {
	estimate := r.Estimate()
	done := time.Since(r.start).Seconds() / max(estimate, 1).Seconds()
	r.progress(min(done, 0.99), next)
}

// with runs f with w as GOMAXPROCS: what starts goroutines of its own accord,
// like gonum, then uses so many processors.
func (r *run) with(w int, f func()) {
	if w != r.all {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(w))
	}
	f()
}

// entry is a library with what is known of it while a workload goes through
// its shapes.
type entry[T kernels.Float] struct {
	*library[T]
	rate float64 // work per second at the last shape; 0 if unknown
}

// steps measures all workloads for one type.
func steps[T kernels.Float](r *run, typ string) {
	elem := int(unsafe.Sizeof(T(0)))
	buf := newBuffers[T](r.sel.workloads)
	var data *digits[T]
	short := map[string]bool{} // calls that no backend shares
	for _, workers := range r.workers {
		r.with(workers, func() {
			libs := append(libraries[T](r.backends, workers), usePeers[T](r.Bench, workers)...)
			for i := range r.sel.workloads {
				w := &r.sel.workloads[i]
				if w.family == realWork && data == nil {
					data = newDigits[T]()
				}
				if r.ctx.Err() == nil {
					r.limit(w, typ, workers)
				}
				entries := make([]entry[T], 0, len(libs))
				for _, l := range libs {
					if l.can(w.op) {
						entries = append(entries, entry[T]{library: l})
					}
				}
				if len(entries) > 0 && (entries[0].name == nameGonum || entries[0].peer != nil) {
					entries = nil // weft lacks it for this type
				}
				for _, s := range w.shapes {
					r.left--
					key := w.op + "/" + s.String()
					if r.ctx.Err() != nil || len(entries) == 0 || workers > 1 && short[key] {
						continue
					}
					r.tell(fmt.Sprintf("%s %s %v, %s", w.op, typ, s, plural(workers, "worker")))
					records := step(r, w, s, typ, workers, elem, entries, func() *operands[T] {
						o := newOperands(w, s, buf)
						o.digits = data
						return o
					})
					short[key] = workers == 1 && records[0].Seconds < alone
					r.report.Records = append(r.report.Records, records...)
				}
			}
		})
	}
}

// libraries returns the backends and gonum.
func libraries[T kernels.Float](backends []string, workers int) []*library[T] {
	var libs []*library[T]
	for _, name := range backends {
		e, err := kernels.Open[T](name)
		if err != nil {
			panic(err) // it was there when the run was planned
		}
		libs = append(libs, weft(e.WithWorkers(workers)).withDigits())
	}
	return append(libs, gonumLibrary[T]().withDigits())
}

// usePeers returns the peers as libraries of so many threads, without what they
// get wrong.
func usePeers[T kernels.Float](b *Bench, threads int) []*library[T] {
	var libs []*library[T]
	for _, p := range b.peers {
		p.threads(threads)
		l := peerLibrary[T](p)
		for _, wrong := range l.check(b.sel.workloads) {
			delete(l.foreign, wrong.op)
			b.note("%s", wrong)
		}
		libs = append(libs, l)
	}
	return libs
}

// step lets the libraries take turns on one shape.
func step[T kernels.Float](r *run, w *workload, s Shape, typ string, workers, elem int, entries []entry[T], operands func() *operands[T]) []Record {
	budget := min(time.Until(r.deadline)/time.Duration(r.left+1), r.longest())
	budget = max(budget, r.total()/time.Duration(4*r.steps()+4)) // what came before may have taken too long
	tooLong := max(r.total()/44, 3*budget).Seconds()
	work, unit := w.work(s, elem)

	var cs []*candidate
	var records []Record
	var used []int
	for i := range entries {
		e := &entries[i]
		if i > 0 && e.rate > 0 && work/e.rate > tooLong {
			continue
		}
		clock := wallTime
		if workers == 1 {
			clock = threadTime
			if e.forks[w.op] {
				clock = processTime
			}
		}
		o, do := operands(), e.calls[w.op]
		c := &candidate{clock: clock, call: func(n int) { do(o, n) }}
		if e.peer != nil {
			f := e.foreign[w.op](o)
			c.call, c.cost, c.noisy = f.run, f.cost, workers > 1
		}
		cs = append(cs, c)
		rec := Record{
			Op: w.op, Type: typ, Backend: e.name, Shape: s.String(), Workers: workers,
			Unit: unit, shape: s, result: &o.quality,
		}
		if w.family == complexProducts {
			rec.Type = map[string]string{"f32": "c64", "f64": "c128"}[typ]
		}
		if w.flops != nil {
			rec.Bound = "FMA " + typ
		} else {
			rec.Bound = r.gauge.level(work, workers)
		}
		if w.family == realWork {
			rec.Measure = map[string]string{"KNN": "accuracy", "PCA": "variance explained"}[w.op]
		}
		records = append(records, rec)
		used = append(used, i)
	}
	measure(cs, budget)
	for i, c := range cs {
		rec := &records[i]
		rec.Call = c.takeOff()
		rec.Seconds, rec.Samples, rec.Batches, rec.Clock = c.best, c.samples, c.batches, c.clock.name()
		rec.Median = c.median()
		rec.Rate = work / c.best / 1e9
		rec.Quality, rec.result = *rec.result, nil
		entries[used[i]].rate = work / c.best
	}
	return records
}

// newBuffers returns memory for the operands of all workloads: aligned, written,
// and not all at the same distance from a page's begin.
func newBuffers[T kernels.Float](ws []workload) *[3][]T {
	var room [3]int
	for _, w := range ws {
		for _, s := range w.shapes {
			for i, r := range w.family.room(s) {
				room[i] = max(room[i], r)
			}
		}
	}
	var buf [3][]T
	state := uint32(1)
	for i, n := range room {
		skew := i * 17 * 64 / int(unsafe.Sizeof(T(0)))
		buf[i] = aligned[T](n + skew)[skew:]
		for j := range buf[i] {
			buf[i][j] = random[T](&state)
		}
	}
	return &buf
}
