package cpu

import (
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"
)

// A task is work cut into items that may be done in any order, by any
// goroutine, side by side.
type task interface{ item(i int) }

// fork does all n items of t on at most w goroutines, the caller's included,
// and returns when they are done. It never waits for a goroutine that has not
// started: items are claimed one at a time, the caller claims like everybody
// else, so a worker that gets no processor costs nothing, and a fork inside
// an item, or from many goroutines at once, can't deadlock.
func fork(w, n int, t task) {
	if w = min(w, n); w <= 1 || !pool.fork(w, n, t) {
		for i := range n {
			t.item(i)
		}
	}
}

// Fork is fork for work that is no kernel: body is called once for each of 0 to
// n-1. Unlike a kernel it may panic on the caller's goroutine, and end its
// goroutine by runtime.Goexit; a panic on a worker ends the program. In each
// case no worker is in body any more when Fork is over.
func Fork(w, n int, body func(i int)) { fork(w, n, each(body)) }

type each func(i int)

func (f each) item(i int) { f(i) }

// share returns how many goroutines a call may use that is allowed w: one if
// there is not enough work for two, and never more than Go runs at once.
func share(w int, enough bool) int {
	if w <= 1 || !enough {
		return 1
	}
	return min(w, runtime.GOMAXPROCS(0))
}

// Idle workers watch for work for a bounded time before they go to sleep: a
// program that calls kernels one after the other then pays a microsecond for
// a fork instead of a wake-up by the operating system. A pause is about 65
// cycles on AMD's and 140 on Intel's processors, so this is 20 to 50
// microseconds.
const spins = 1000

const maxRegions = 64

// pool is the only pool of workers. Its workers serve all calls of the process.
var pool workers

type workers struct {
	// epoch counts the regions opened; open has a bit for each open region.
	// Workers watch these two and nothing else.
	epoch atomic.Uint32
	open  atomic.Uint64
	_     [48]byte

	parked  atomic.Int32 // sleeping workers that nobody has promised to wake
	started atomic.Int32
	mu      sync.Mutex // guards the start of workers
	wake    chan struct{}

	regions [maxRegions]region
}

// region is one fork in progress.
type region struct {
	task   task
	n      int32
	next   atomic.Int32 // the next item to claim
	labels Labels       // of the caller
	_      [32]byte

	joined atomic.Int32 // workers inside
	limit  atomic.Int32 // workers that may join
	live   atomic.Bool
	waits  atomic.Bool // the caller sleeps until joined is zero
	busy   atomic.Bool // the region belongs to a call
	done   chan struct{}
	_      [32]byte
}

// fork is the parallel case of the function fork. It returns false, with
// nothing done, if all regions are in use.
func (p *workers) fork(w, n int, t task) bool {
	bit := p.acquire()
	if bit < 0 {
		return false
	}
	p.ensure(w - 1)
	r := &p.regions[bit]
	r.task, r.n = t, int32(n)
	r.labels = CurrentLabels()
	r.limit.Store(int32(w - 1))
	r.next.Store(0)
	r.live.Store(true)
	p.open.Or(1 << bit)
	p.epoch.Add(1)
	p.rouse(w - 1)

	defer p.close(bit) // also when an item panics or ends the goroutine
	r.work()
	return true
}

// close ends a region: nobody joins any more, and who is inside is waited for.
func (p *workers) close(bit int) {
	r := &p.regions[bit]
	p.open.And(^uint64(1 << bit))
	r.live.Store(false)
	r.wait()
	r.task, r.labels = nil, Labels{}
	r.busy.Store(false)
}

// acquire takes a free region.
func (p *workers) acquire() int {
	for i := range p.regions {
		if r := &p.regions[i]; !r.busy.Load() && r.busy.CompareAndSwap(false, true) {
			return i
		}
	}
	return -1
}

// work claims and does items until none is left.
func (r *region) work() {
	for {
		i := r.next.Add(1) - 1
		if i >= r.n {
			return
		}
		r.task.item(int(i))
	}
}

// wait returns when no worker is inside r. A worker that joins from now on
// finds live false and leaves without touching the task.
func (r *region) wait() {
	for range spins {
		if r.joined.Load() == 0 {
			return
		}
		pause()
	}
	for r.joined.Load() != 0 {
		r.waits.Store(true)
		if r.joined.Load() == 0 && r.waits.CompareAndSwap(true, false) {
			return
		}
		<-r.done
	}
}

// join lets a worker in if r is live and not full.
func (r *region) join() bool {
	for {
		j := r.joined.Load()
		if j >= r.limit.Load() || !r.live.Load() {
			return false
		}
		if r.joined.CompareAndSwap(j, j+1) {
			break
		}
	}
	if !r.live.Load() {
		r.leave()
		return false
	}
	return true
}

// leave lets a worker out.
func (r *region) leave() {
	if r.joined.Add(-1) == 0 && r.waits.CompareAndSwap(true, false) {
		r.done <- struct{}{}
	}
}

// ensure sees to it that n workers exist.
func (p *workers) ensure(n int) {
	if int(p.started.Load()) >= n {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wake == nil {
		p.wake = make(chan struct{}, 1<<16)
		for i := range p.regions {
			p.regions[i].done = make(chan struct{}, 1)
		}
	}
	for int(p.started.Load()) < n {
		p.started.Add(1)
		go p.run()
	}
}

// rouse wakes up to n sleeping workers.
func (p *workers) rouse(n int) {
	for ; n > 0; n-- {
		if !p.promise() {
			return
		}
		p.wake <- struct{}{}
	}
}

// promise takes one sleeping worker out of the count, if there is one.
func (p *workers) promise() bool {
	for {
		k := p.parked.Load()
		if k == 0 {
			return false
		}
		if p.parked.CompareAndSwap(k, k-1) {
			return true
		}
	}
}

// run is the life of a worker.
func (p *workers) run() {
	var inside *region
	defer func() { // an item has ended the goroutine: another one takes its place
		Labels{}.Set() // which the other one would have, too
		if inside != nil {
			inside.leave()
		}
		go p.run()
	}()
	for {
		seen := p.epoch.Load()
		for m := p.open.Load(); m != 0; m &= m - 1 {
			if r := &p.regions[bits.TrailingZeros64(m)]; r.join() {
				inside = r
				if r.labels != (Labels{}) {
					r.labels.Set()
					r.work()
					Labels{}.Set()
				} else {
					r.work()
				}
				inside = nil
				r.leave()
			}
		}
		if p.watch(seen) {
			continue
		}
		p.parked.Add(1)
		if p.epoch.Load() != seen && p.promise() {
			continue // work came meanwhile, and nobody has sent a wake-up for it
		}
		<-p.wake
	}
}

// watch waits a short while for a region that is newer than seen.
func (p *workers) watch(seen uint32) bool {
	for range spins {
		if p.epoch.Load() != seen {
			return true
		}
		pause()
	}
	return false
}
