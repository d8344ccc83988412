package kernels

import (
	"context"
	"sync"
	"sync/atomic"
)

// Future is the result of work that goes on by itself: of what was enqueued on
// a [Stream], or of a [Promise]. It is a small value and may be copied, and
// waited for by any number of goroutines.
type Future[R any] struct{ f *future[R] }

// future is a Future as whoever does the work sees it.
type future[R any] struct {
	device string // empty for a promise, whose error is passed on as it is
	name   string
	over   chan struct{}
	v      R
	err    error

	mu   sync.Mutex
	then []func() // to be called when it is over
}

func newFuture[R any](s *stream, call string) *future[R] {
	return &future[R]{device: s.of.name, name: call, over: make(chan struct{})}
}

// Set is called once, by the device.
func (f *future[R]) Set(v R, err error) {
	if err != nil && f.device != "" {
		err = &DeviceError{f.device, f.name, err}
	}
	f.mu.Lock()
	f.v, f.err = v, err
	then := f.then
	f.then = nil
	close(f.over)
	f.mu.Unlock()
	for _, g := range then {
		g()
	}
}

// whenOver has g called when f is over, by whoever ends it: g must return soon.
// If f is over g is called now.
func (f *future[R]) whenOver(g func()) {
	f.mu.Lock()
	if !f.isOver() {
		f.then = append(f.then, g)
		f.mu.Unlock()
		return
	}
	f.mu.Unlock()
	g()
}

func (f *future[R]) isOver() bool {
	select {
	case <-f.over:
		return true
	default:
		return false
	}
}

// Wait returns the result when it is there. The error says why there is none,
// each time, and leaves the stream as it is: [Stream.Wait] reports the error
// and lets the stream go on. If ctx ends before, Wait returns ctx.Err(); the
// work goes on, and can be waited for again.
func (f Future[R]) Wait(ctx context.Context) (R, error) {
	if f.f.isOver() {
		return f.f.v, f.f.err
	}
	select {
	case <-f.f.over:
		return f.f.v, f.f.err
	case <-ctx.Done():
		var zero R
		return zero, ctx.Err()
	}
}

// Done returns a channel that is closed when the result is there, or the error
// why there is none. It is the same channel each time.
func (f Future[R]) Done() <-chan struct{} { return f.f.over }

// Err returns the error of [Future.Wait], and nil as long as the work goes on.
func (f Future[R]) Err() error {
	if f.f.isOver() {
		return f.f.err
	}
	return nil
}

// Waiter is what [WaitAll] waits for: a [Future] of any type, a [*StreamEvent].
type Waiter interface {
	Done() <-chan struct{} // closed when it is over
	Err() error            // valid then
}

// WaitAll returns when all of ws are over. Its error is that of the first of
// them, in the order of the arguments, that has one: it does not depend on which
// failed sooner. If ctx ends before, WaitAll returns ctx.Err(); the work goes on.
func WaitAll(ctx context.Context, ws ...Waiter) error {
	var first error
	for _, w := range ws {
		select {
		case <-w.Done():
		default:
			select {
			case <-w.Done():
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if err := w.Err(); first == nil {
			first = err
		}
	}
	return first
}

// Join returns a future of all results, in the order of the arguments. It is
// over when all of fs are; its error is that of the first of them, in that
// order, that has one. Nothing waits for it in the meantime: there is no
// goroutine behind it. Without arguments it is over.
func Join[R any](fs ...Future[R]) Future[[]R] {
	all := &future[[]R]{over: make(chan struct{})}
	var left atomic.Int64
	left.Store(int64(len(fs)) + 1)
	one := func() {
		if left.Add(-1) > 0 {
			return
		}
		vs := make([]R, len(fs))
		for i, f := range fs {
			if f.f.err != nil {
				all.Set(nil, f.f.err)
				return
			}
			vs[i] = f.f.v
		}
		all.Set(vs, nil)
	}
	for _, f := range fs {
		f.f.whenOver(one)
	}
	one()
	return Future[[]R]{all}
}

// Then returns a future of what g makes of f's result. g is called, on a
// goroutine of its own, when f is over; if f has an error g is not called, and
// the error is passed on.
func Then[R, S any](f Future[R], g func(R) (S, error)) Future[S] {
	next := &future[S]{over: make(chan struct{})}
	f.f.whenOver(func() {
		if f.f.err != nil {
			var zero S
			next.Set(zero, f.f.err)
			return
		}
		go func() { next.Set(g(f.f.v)) }()
	})
	return Future[S]{next}
}

// Promise is a result that somebody has promised: the side of a [Future] that
// gives. It makes work that is not a stream's a future like all others. A
// promise that is never resolved is waited for in vain, for as long as the
// contexts of those who wait allow.
type Promise[R any] struct {
	f        future[R]
	resolved atomic.Bool
}

// NewPromise returns a promise that is not resolved.
func NewPromise[R any]() *Promise[R] {
	return &Promise[R]{f: future[R]{over: make(chan struct{})}}
}

// Future returns the future of p, the same each time.
func (p *Promise[R]) Future() Future[R] { return Future[R]{&p.f} }

// Resolve ends p: its future is over with v, or with err if that is not nil,
// which is passed on as it is. It never waits. To resolve a promise twice is
// wrong use and panics.
func (p *Promise[R]) Resolve(v R, err error) {
	if p.resolved.Swap(true) {
		panic("kernels: Resolve: the promise has been resolved")
	}
	p.f.Set(v, err)
}
