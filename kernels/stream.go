package kernels

import (
	"context"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// Stream is work in order on a device. A call enqueues and returns; the work
// begins by itself. Streams run side by side, and a [StreamEvent] puts them in
// order: who uses on one stream what another one writes must wait for it.
// Calls from several goroutines are enqueued one after the other.
//
// An error in the work stops the stream: what was enqueued behind it is
// skipped, and what is enqueued, until [Stream.Wait] has reported the error.
// Then the stream is as it was when it was new, unless the device failed as a
// whole. What the work that failed or was skipped would have written has
// undefined contents.
//
// Work that is enqueued through what [Stream.WithContext] returns stops at the
// end of a context; that, too, is an error of the stream.
type Stream struct {
	s     *stream
	queue op.Stream   // of s, as those enqueue who do it under ctl
	ctl   *op.Control // of a context, if there is one
	root  *Stream     // what NewStream returned: the stream is closed when that is forgotten
}

// stream is a Stream without its user: work and memory may refer to it.
type stream struct {
	of *Device

	mu     sync.Mutex
	queue  op.Stream
	seq    uint64 // work enqueued
	over   atomic.Uint64
	closed chan struct{} // not nil: its work is over once it is closed
	stages [2]stage
	turn   int

	room atomic.Pointer[chan struct{}] // of SetLimit: it takes a token for each call under way
	took chan struct{}                 // the one with the token of the call that is being enqueued
}

// NewStream returns a stream without work. The error says what the device has
// against it.
func (d *Device) NewStream() (*Stream, error) {
	q, err := d.dev.NewStream(loadDefaults().f64.workers)
	if err != nil {
		return nil, &DeviceError{d.name, "NewStream", err}
	}
	s := &stream{of: d, queue: q}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		q.Close()
		return nil, &DeviceError{d.name, "NewStream", errClosed}
	}
	d.streams[s] = struct{}{}
	st := &Stream{s: s, queue: q}
	runtime.AddCleanup(st, (*stream).close, s)
	return st, nil
}

// Device returns the stream's device.
func (st *Stream) Device() *Device { return st.s.of }

// Close closes the stream: its work goes on to the end, and no more can be
// enqueued. A stream that is forgotten is closed. Errors that nobody waited
// for are lost.
func (st *Stream) Close() { st.s.close() }

func (s *stream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil {
		return
	}
	done := make(chan struct{})
	s.closed = done
	s.seq++
	s.queue.Mark(func(error) {
		s.over.Store(math.MaxUint64)
		close(done)
	})
	s.queue.Close()
	s.of.mu.Lock()
	delete(s.of.streams, s)
	s.of.mu.Unlock()
	for i := range s.stages {
		if p := s.stages[i].memory; p != nil {
			go func() { <-done; p.free() }()
		}
	}
}

// begin starts a call that enqueues work; end ends it.
func (st *Stream) begin(call string) *stream {
	return st.enter(call, st.takeRoom())
}

// enter is begin for a call that has taken room, or that no limit counts.
func (st *Stream) enter(call string, room chan struct{}) *stream {
	s := st.s
	s.mu.Lock()
	if s.closed != nil {
		s.mu.Unlock()
		if room != nil {
			<-room
		}
		panic(&ShapeError{call, "st", "been closed", "a stream in use"})
	}
	s.seq++
	s.took = room
	return s
}

func (st *Stream) end() {
	if room := st.s.took; room != nil {
		st.s.took = nil
		st.s.queue.Mark(func(error) { <-room })
	}
	st.s.mu.Unlock()
	runtime.KeepAlive(st)
}

// whenOver has f called when all work enqueued so far is over.
func (s *stream) whenOver(f func(error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed != nil {
		go func() { <-s.closed; f(nil) }()
		return
	}
	s.queue.Mark(f)
}

// Wait returns when all work enqueued so far is over. Its error, a
// [*DeviceError], is the first that happened since the last Wait that
// returned one; the stream goes on then. If ctx ends before, Wait returns
// ctx.Err(); the work goes on, and can be waited for again.
func (st *Stream) Wait(ctx context.Context) error {
	s := st.enter("Wait", nil)
	seq, done := s.seq, make(chan error, 1)
	s.queue.Mark(func(err error) { done <- err })
	st.end()
	select {
	case err := <-done:
		s.passed(seq)
		if err == nil {
			return nil
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.closed == nil {
			s.queue.Clear(err)
		}
		return &DeviceError{s.of.name, "Wait", err}
	case <-ctx.Done():
		return ctx.Err()
	}
}

// passed notes that work up to number seq is over.
func (s *stream) passed(seq uint64) {
	for {
		old := s.over.Load()
		if old >= seq || s.over.CompareAndSwap(old, seq) {
			return
		}
	}
}

// StreamEvent is a point in the work of a stream.
type StreamEvent struct {
	of   *unit
	mark op.Mark
	over chan struct{}
	err  error // valid then
}

// Record returns an event that happens when all work enqueued so far is over.
func (st *Stream) Record() *StreamEvent {
	s := st.enter("Record", nil)
	defer st.end()
	seq := s.seq
	e := &StreamEvent{of: s.of.unit, over: make(chan struct{})}
	e.mark = s.queue.Mark(func(err error) {
		s.passed(seq)
		if err != nil {
			e.err = &DeviceError{s.of.name, "Wait", err}
		}
		close(e.over)
	})
	return e
}

// Wait returns when e has happened. Its error is that of the stream on which e
// was recorded, which it leaves for [Stream.Wait] to report; or ctx.Err() if
// ctx ends before.
func (e *StreamEvent) Wait(ctx context.Context) error {
	select {
	case <-e.over:
		return e.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Happened reports whether e has.
func (e *StreamEvent) Happened() bool {
	select {
	case <-e.over:
		return true
	default:
		return false
	}
}

// Done returns a channel that is closed when e has happened.
func (e *StreamEvent) Done() <-chan struct{} { return e.over }

// Err returns the error of [StreamEvent.Wait], and nil before e has happened.
func (e *StreamEvent) Err() error {
	if e.Happened() {
		return e.err
	}
	return nil
}

// Done returns a channel that is closed when all work enqueued so far is over.
// It says nothing of errors, which [Stream.Wait] reports.
func (st *Stream) Done() <-chan struct{} { return st.Record().Done() }

// WaitFor lets the work that is enqueued from now on wait until e has happened.
// It returns at once. If the work before e failed, this stream stops with the
// same error. It panics with a [*ShapeError] if e is of another device.
func (st *Stream) WaitFor(e *StreamEvent) {
	s := st.enter("WaitFor", nil)
	defer st.end()
	if e.of != s.of.unit {
		panic(&ShapeError{"WaitFor", "e", "been recorded on " + e.of.name, "an event of " + s.of.name})
	}
	st.queue.WaitFor(e.mark)
}

// stagingBytes is the size of one of a stream's two staging buffers: long
// enough that a copy runs at full speed, small enough that the copy to the
// buffer and that from it overlap from early on.
const stagingBytes = 2 << 20

// stage is a buffer that the device copies from by itself.
type stage struct {
	memory *block
	filled int
	free   chan struct{} // has a token when the copies from it are over
	busy   bool          // there will be one
}

// stage returns room for n bytes, at most stagingBytes. When a buffer is full,
// the other one's copies must be over, or the context of st.
func (st *Stream) stage(n int) (unsafe.Pointer, error) {
	if st.ctl.Stopped() {
		return nil, st.ended()
	}
	s := st.s
	n = (n + 15) &^ 15
	if g := &s.stages[s.turn]; g.filled+n > stagingBytes {
		g.busy = true
		free := g.free
		s.queue.Mark(func(error) { free <- struct{}{} })
		s.turn = 1 - s.turn
		s.stages[s.turn].filled = 0
	}
	g := &s.stages[s.turn]
	if g.busy {
		select {
		case <-g.free:
		case <-st.done():
			return nil, st.ended()
		}
		g.busy = false
	}
	if g.memory == nil {
		m, err := s.of.unit.alloc(stagingBytes, true)
		if err != nil {
			return nil, err
		}
		g.memory, g.free = &block{of: s.of, mem: m}, make(chan struct{}, 1)
	}
	p := unsafe.Add(g.memory.mem.Ptr, g.filled)
	g.filled += n
	return p, nil
}
