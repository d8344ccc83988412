package kernels

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/weftgo/weft/internal/op"
)

// WithContext returns the same engine for calls that end with ctx, at the
// latest: within two milliseconds of its end, also inside one large product, a
// call under way returns, and a call that begins later does so at once. On what
// it computes with, [Engine.Err] then says why, as does ctx.Err: whoever uses
// results asks one of them first, after the last call.
//
// The outputs of a call that was cut short have undefined contents: old, new, or
// something in between. Inputs and everything else are untouched. A number that
// it returns is any number, an index is one of an element. Calls on vectors of
// up to 128 KiB are over before anybody could wish to stop them, and are done. A
// call that was not cut short has the bits of any other.
//
// What computes on an engine, as package blas and package lapack do, runs out
// quickly once its calls return at once, and has undefined results:
//
//	r := lapack.RealOf(e.WithContext(ctx))
//	ok := r.Potrf(…)
//	if err := ctx.Err(); err != nil {
//		return err // ok and the factor mean nothing
//	}
//
// ctx takes the place of the engine's context, if it has one. An engine with a
// context costs its calls some ten nanoseconds for each piece of work, and its
// making a few microseconds; one without costs nothing. Nothing need be closed.
// [WithProgress] makes a context whose engines say how far they are.
func (e *Engine[T]) WithContext(ctx context.Context) *Engine[T] {
	f := *e
	f.ctl = op.NewControl(ctx)
	if e.table.Within != nil {
		t := e.table.Within(f.ctl)
		f.table = &t
	}
	return &f
}

// Err returns nil as long as the engine's context goes on, or if it has none.
// After that, the error wraps what the context says and its cause.
func (e *Engine[T]) Err() error {
	e.ctl.Stopped()
	return e.ctl.Err()
}

// WithContext returns the same stream for work that stops with ctx. What is
// enqueued through it ends within two milliseconds of the end of ctx, also
// inside one large product, on a processor and on a GPU; what has not begun does
// not begin. Work that others enqueue on the stream is not concerned.
//
// To be stopped is an error of the stream like any other, a [*DeviceError] that
// wraps what ctx says and its cause: the work behind is skipped until
// [Stream.Wait] has reported it, futures and events of it tell it, and then the
// stream goes on. Work that was over before is not concerned, whatever happens
// to ctx. What the work that was stopped or skipped would have written has
// undefined contents; nothing else is touched. A reduction has no result then.
//
// What can't be stopped is a copy between the host and a GPU that has begun: it
// is of at most two megabytes, unless it is to or from [Pinned] memory.
//
// Calls that wait, as UploadTo may for room to copy to, stop waiting at the end
// of ctx. The stream's own [Stream.Wait] takes a context of its own, and only
// stops waiting.
func (st *Stream) WithContext(ctx context.Context) *Stream {
	root := st.root
	if root == nil {
		root = st
	}
	ctl := op.NewControl(ctx)
	if ctx.Done() == nil && !ctl.Counts() { // nothing ends it
		return &Stream{s: st.s, queue: root.queue, root: root}
	}
	return &Stream{s: st.s, queue: root.queue.Within(ctl), ctl: ctl, root: root}
}

// done is closed when st's context has ended, ended says with what error.
func (st *Stream) done() <-chan struct{} {
	if st.ctl == nil {
		return nil
	}
	return st.ctl.Context().Done()
}

func (st *Stream) ended() error {
	st.ctl.Stopped()
	return st.ctl.Err()
}

// SetLimit bounds the calls that are enqueued on the stream and not yet over, to
// n ≥ 1. A call that would be one too many waits until there is room, instead of
// letting a fast producer fill memory with work that waits; if it goes through
// [Stream.WithContext] it stops waiting at the end of the context, and its work
// is skipped. The limit is the stream's, whatever contexts its work has, and
// counts from the next call on. 0, as in a new stream, is no limit.
//
// Wait, Record, WaitFor and Done are not counted and never wait for room.
// Waiting for room can't deadlock, also where one goroutine feeds several streams
// that wait for each other: work waits only for work that was enqueued before it,
// so what is under way always comes to its end.
func (st *Stream) SetLimit(n int) {
	if n < 0 {
		panic(&ShapeError{"SetLimit", "n", fmt.Sprint(n), "at least 0"})
	}
	if n == 0 {
		st.s.room.Store(nil)
		return
	}
	room := make(chan struct{}, n)
	st.s.room.Store(&room)
}

// takeRoom takes room for a call, and returns where it is given back; nil if
// there is no limit, or no hope.
func (st *Stream) takeRoom() chan struct{} {
	room := st.s.room.Load()
	if room == nil {
		return nil
	}
	select {
	case *room <- struct{}{}:
		return *room
	case <-st.done():
		return nil
	}
}

// progress is what WithProgress sets up.
type progress struct {
	op.Progress
	ctx   context.Context
	total float64
	every time.Duration
	f     func(done, total float64)

	mu    sync.Mutex // held while f is called
	timer *time.Timer
	last  float64
	over  bool
}

// WithProgress returns a context whose work is counted, and a function to call
// at the end of the work. The floating-point operations of what engines and
// streams with the context ([Engine.WithContext], [Stream.WithContext]) have done
// are added up, inside large calls as well, and f is called with the sum, and
// with the total that the work is estimated to be, every so often if the sum has
// grown.
//
// f is called by one goroutine at a time, with increasing values of done that
// are less than total: an estimate that was too low shows as a pause, not as more
// than all. end(nil) says that the work ended well, and calls f(total, total)
// once, before it returns; end of an error does not. After end f is not called
// any more, and from the end of ctx on by end alone. Later calls of end do
// nothing. f must not call end; end must be called, or f is for ever.
//
// What counts is the leading term: 2·m·n·k for Gemm, half of it for Gemmtr, 2·m·n
// for Gemv and Ger, 2·n² for Symv, n²·m for a triangular block of n rows and m columns, 2·n for Dot, Nrm2
// and Axpy, 4·n for Var, n for other sums and elementwise functions, four times
// as much for complex numbers; vectors of one chunk, extremes and copies count
// nothing. On a GPU a call counts when it is over.
func WithProgress(ctx context.Context, total float64, every time.Duration, f func(done, total float64)) (with context.Context, end func(err error)) {
	p := &progress{ctx: ctx, total: total, every: max(every, time.Microsecond), f: f}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(p.every, p.tick)
	return op.WithProgress(ctx, &p.Progress), p.end
}

// tick calls f if there is news.
func (p *progress) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over || p.ctx.Err() != nil {
		return
	}
	if done := p.Done(); done > p.last && done < p.total {
		p.last = done
		p.f(done, p.total)
	}
	p.timer.Reset(p.every)
}

func (p *progress) end(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	p.over = true
	p.timer.Stop()
	if err == nil {
		p.f(p.total, p.total)
	}
}
