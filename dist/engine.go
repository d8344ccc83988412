//go:build !static && linux && (amd64 || arm64)

package dist

import (
	"sync"
	"sync/atomic"
	"time"
	"unsafe"
)

// engine moves operations on that were started, and finds out which are over:
// MPI does neither by itself. Its goroutine exists while there are any.
type engine struct {
	b  *binding
	mu sync.Mutex

	running bool
	fresh   []*pending    // not taken over yet
	wake    chan struct{} // something is fresh, or to be cancelled
	n       atomic.Int64  // operations under way
}

// pending is an operation under way. It keeps the operation's buffers alive.
type pending struct {
	c       *communicator
	o       *operation
	done    func(error)
	request uintptr
	cancel  atomic.Bool
}

func (e *engine) underWay() int { return int(e.n.Load()) }

// add takes an operation over that has begun, and returns what cancels it.
func (e *engine) add(p *pending, request uintptr) (cancel func()) {
	p.request = request
	e.n.Add(1)
	e.mu.Lock()
	e.fresh = append(e.fresh, p)
	if !e.running {
		e.running = true
		e.wake = make(chan struct{}, 1)
		go e.run(e.wake)
	}
	wake := e.wake
	e.mu.Unlock()
	signal(wake)
	return func() {
		p.cancel.Store(true)
		signal(wake)
	}
}

func signal(wake chan struct{}) {
	select {
	case wake <- struct{}{}:
	default:
	}
}

// flight is the operations under way, as MPI_Testsome wants them.
type flight struct {
	ops      []*pending
	requests []uintptr
	statuses []status
	indices  []int32
	n        int32
}

// run looks after operations until there are none.
func (e *engine) run(wake chan struct{}) {
	f := new(flight)
	var p patience
	for {
		e.mu.Lock()
		for _, o := range e.fresh {
			f.add(o)
		}
		if len(e.fresh) > 0 {
			p.happened()
		}
		clear(e.fresh)
		e.fresh = e.fresh[:0]
		if len(f.ops) == 0 {
			e.running = false
			e.mu.Unlock()
			return
		}
		e.mu.Unlock()
		if e.test(f) {
			p.happened()
			continue
		}
		if d := p.next(f.bytes()); d > 0 {
			select {
			case <-wake:
			case <-time.After(d):
			}
		}
	}
}

func (f *flight) add(p *pending) {
	f.ops = append(f.ops, p)
	f.requests = append(f.requests, p.request)
	f.statuses = append(f.statuses, status{})
	f.indices = append(f.indices, 0)
}

// bytes returns how much is on its way at most.
func (f *flight) bytes() int {
	n := 0
	for _, p := range f.ops {
		n += (int(p.o.xn) + int(p.o.yn)) * p.o.kind.size()
	}
	return n
}

// test moves operations on and reports those that are over. It returns whether
// there were any.
func (e *engine) test(f *flight) bool {
	for i, p := range f.ops {
		if p.cancel.Swap(false) {
			foreign(e.b.cancel, uintptr(unsafe.Pointer(&f.requests[i])))
		}
	}
	code := int32(foreign(e.b.testsome, uintptr(len(f.requests)), uintptr(unsafe.Pointer(&f.requests[0])),
		uintptr(unsafe.Pointer(&f.n)), uintptr(unsafe.Pointer(&f.indices[0])), uintptr(unsafe.Pointer(&f.statuses[0]))))
	switch {
	case code != 0 && code != errInStatus:
		for _, p := range f.ops {
			e.over(p, p.c.check(p.o.verb.String(), code))
		}
		*f = flight{}
		return true
	case f.n <= 0:
		return false
	}
	for j, i := range f.indices[:f.n] {
		p, s := f.ops[i], &f.statuses[j]
		f.ops[i] = nil
		e.over(p, e.result(p, s, code == errInStatus))
	}
	f.compact()
	return true
}

// result returns how an operation ended and fills in its status. An error is
// in s only if failed is set.
func (e *engine) result(p *pending, s *status, failed bool) error {
	if failed && s.err != 0 {
		return p.c.check(p.o.verb.String(), s.err)
	}
	if p.o.verb != recv {
		return nil
	}
	flag := new(int32)
	foreign(e.b.testCancelled, uintptr(unsafe.Pointer(s)), uintptr(unsafe.Pointer(flag)))
	if *flag != 0 {
		return errCancelled
	}
	p.o.status = e.b.status(s, p.o.kind)
	return nil
}

func (e *engine) over(p *pending, err error) {
	e.n.Add(-1)
	p.done(err)
}

// compact removes operations that are over.
func (f *flight) compact() {
	n := 0
	for i, p := range f.ops {
		if p != nil {
			f.ops[n], f.requests[n] = p, f.requests[i]
			n++
		}
	}
	clear(f.ops[n:])
	f.ops, f.requests, f.statuses, f.indices = f.ops[:n], f.requests[:n], f.statuses[:n], f.indices[:n]
}
