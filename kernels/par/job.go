package par

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/weftgo/weft/cpu"
)

// A worker claims as many items at a time as it does in about this time, so
// that claiming costs nothing beside short items, and long ones are claimed
// one by one.
const (
	claimTime = 20 * time.Microsecond
	claimMost = 256
)

// job is one call: n items, done by whoever has time, in increasing order as
// far as they are begun.
type job struct {
	body  func(i int) error
	n     int
	width int // workers that may take part
	most  int // items to claim at once
	ended <-chan struct{}
	work  func(int) // the method run, made once

	_    [64]byte
	next atomic.Int64 // the first item that nobody has claimed
	_    [64]byte
	end  atomic.Int64 // items from here on are not to be begun: n, less after a failure

	mu    sync.Mutex
	first int     // the first item that failed, n if none has
	how   failure // how it did
	cut   bool    // ctx has ended before all items had begun
}

var jobs = sync.Pool{New: func() any {
	j := new(job)
	j.work = j.run
	return j
}}

// do calls body(0) to body(n-1), at most width at a time. It returns the error
// of the first item that has one, panics if that item did, or returns ctx's
// cause if ctx has ended before all items had begun.
func do(ctx context.Context, width, n, most int, body func(i int) error) error {
	if n == 0 {
		return nil
	}
	j := jobs.Get().(*job)
	j.body, j.n, j.width, j.most, j.ended, j.first = body, n, width, most, ctx.Done(), n
	j.next.Store(0)
	j.end.Store(int64(n))
	cpu.Fork(width, width, j.work)

	first, how, cut := j.first, j.how, j.cut
	j.body, j.ended, j.how, j.cut = nil, nil, failure{}, false
	jobs.Put(j)
	switch {
	case first < n:
		return how.end()
	case cut:
		return context.Cause(ctx)
	}
	return nil
}

// epoch is what clock counts from.
var epoch = time.Now()

func clock() time.Duration { return time.Since(epoch) }

// run is what each worker does: claim items and do them until none is left.
func (j *job) run(int) {
	var i int
	returned := false
	defer func() {
		if !returned {
			j.fail(i, caught(recover()))
		}
	}()
	claim, begun := 1, clock()
	for {
		left := j.n - int(j.next.Load())
		if left <= 0 {
			break
		}
		size := min(claim, max(left/(2*j.width), 1))
		i = int(j.next.Add(int64(size))) - size
		for end := min(i+size, j.n); i < end; i++ {
			if j.over(i) {
				returned = true
				return
			}
			if err := j.body(i); err != nil {
				j.fail(i, failure{err: err})
			}
		}
		now := clock()
		switch took := now - begun; {
		case took < claimTime/2:
			claim = min(2*claim, j.most)
		case took > 2*claimTime:
			claim = max(claim/2, 1)
		}
		begun = now
	}
	returned = true
}

// over reports whether item i is not to be begun.
func (j *job) over(i int) bool {
	return int64(i) >= j.end.Load() || j.ended != nil && j.endedNow()
}

// endedNow reports whether ctx has ended, and ends the job then.
func (j *job) endedNow() bool {
	select {
	case <-j.ended:
	default:
		return false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.cut = true
	j.end.Store(0)
	return true
}

// fail notes how item i failed. Items before it may still be at work, and one of
// them may fail, too: since items are claimed in order, and what is claimed is
// done up to the first failure, the one that comes first is always found.
func (j *job) fail(i int, how failure) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if i < j.first {
		j.first, j.how = i, how
		j.end.Store(min(j.end.Load(), int64(i)))
	}
}
