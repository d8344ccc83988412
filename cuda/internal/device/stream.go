package device

import (
	"context"
	"fmt"
	"sync"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/driver"
)

// Stream is work in order. Its methods write commands, which begin when the
// stream is submitted. Streams run side by side; an Event puts them in order.
//
// One goroutine at a time may use a stream. The first command that fails stops
// those that follow it, up to the next event that is recorded, which carries
// the error.
type Stream struct {
	d       *Device
	pending []command // not submitted

	mu        sync.Mutex
	submitted []command // for the owner to fetch

	// The owner's.
	handle driver.Stream
	batch  []command // what it is busy with
	err    error     // since the last event
}

// command is one entry of a stream.
type command struct {
	kind   kind
	ptr    driver.Ptr
	host   unsafe.Pointer // pinned, or nil
	from   driver.Ptr
	bytes  int64
	kernel string
	grid   uint32
	block  uint32
	args   driver.Args
	event  *Event
}

type kind uint8

const (
	toDevice kind = iota
	toHost
	onDevice
	launch
	record
	waitFor
)

// NewStream returns a stream without work.
func (d *Device) NewStream() (*Stream, error) {
	h, err := do(d, func() (driver.Stream, error) { return d.drv.NewStream(driver.StreamNonBlocking) })
	if err != nil {
		return nil, err
	}
	return &Stream{d: d, handle: h}, nil
}

// Close gives the stream back when its work is done.
func (s *Stream) Close() error {
	return s.d.do(func() error { return s.d.drv.FreeStream(s.handle) })
}

func (s *Stream) add(k kind) *command {
	if len(s.pending) < cap(s.pending) {
		s.pending = s.pending[:len(s.pending)+1]
	} else {
		s.pending = append(s.pending, command{})
	}
	c := &s.pending[len(s.pending)-1]
	c.kind = k
	return c
}

// ToDevice copies n bytes of pinned memory to dst.
func (s *Stream) ToDevice(dst driver.Ptr, src unsafe.Pointer, n int) {
	c := s.add(toDevice)
	c.ptr, c.host, c.bytes = dst, src, int64(n)
}

// ToHost copies n bytes to pinned memory.
func (s *Stream) ToHost(dst unsafe.Pointer, src driver.Ptr, n int) {
	c := s.add(toHost)
	c.ptr, c.host, c.bytes = src, dst, int64(n)
}

// OnDevice copies n bytes from one place on the device to another.
func (s *Stream) OnDevice(dst, src driver.Ptr, n int) {
	c := s.add(onDevice)
	c.ptr, c.from, c.bytes = dst, src, int64(n)
}

// Launch runs a kernel in grid blocks of block threads. The caller appends the
// arguments to the result before it does anything else with the stream.
func (s *Stream) Launch(kernel string, grid, block int) *driver.Args {
	c := s.add(launch)
	c.kernel, c.grid, c.block = kernel, uint32(grid), uint32(block)
	c.args.Reset()
	return &c.args
}

// Record makes e happen when the work before it is done.
func (s *Stream) Record(e *Event) {
	e.begin()
	s.add(record).event = e
}

// WaitFor lets the work that follows wait for e, recorded on another stream
// that has been submitted.
func (s *Stream) WaitFor(e *Event) { s.add(waitFor).event = e }

// Submit lets the commands written so far begin.
func (s *Stream) Submit() {
	s.mu.Lock()
	if len(s.submitted) == 0 {
		s.pending, s.submitted = s.submitted, s.pending
	} else {
		s.submitted = append(s.submitted, s.pending...)
		s.pending = s.pending[:0]
	}
	s.mu.Unlock()
	s.d.send(s)
}

// run is a task: it does what has been submitted.
func (s *Stream) run(d *Device) {
	s.mu.Lock()
	s.batch, s.submitted = s.submitted, s.batch[:0]
	s.mu.Unlock()
	for i := range s.batch {
		c := &s.batch[i]
		if s.err == nil {
			s.err = d.Failure()
		}
		if s.err == nil {
			s.err = d.checked(s.do(d, c))
		}
		if c.kind == record {
			if s.err != nil {
				c.event.finish(s.err)
			} else {
				d.owner.waiting = append(d.owner.waiting, c.event)
			}
			s.err = nil
		}
		c.event, c.host = nil, nil
	}
}

func (s *Stream) do(d *Device, c *command) error {
	switch c.kind {
	case toDevice:
		return d.drv.ToDeviceAsync(c.ptr, c.host, c.bytes, s.handle)
	case toHost:
		return d.drv.ToHostAsync(c.host, c.ptr, c.bytes, s.handle)
	case onDevice:
		return d.drv.OnDeviceAsync(c.ptr, c.from, c.bytes, s.handle)
	case record:
		return d.drv.RecordEvent(c.event.handle, s.handle)
	case waitFor:
		return d.drv.WaitEvent(s.handle, c.event.handle)
	}
	f, err := d.function(c.kernel)
	if err != nil {
		return err
	}
	err = d.drv.Launch(f, driver.Dim{X: c.grid, Y: 1, Z: 1}, driver.Dim{X: c.block, Y: 1, Z: 1}, 0, s.handle, &c.args)
	if err != nil {
		return fmt.Errorf("kernel %s: %w", c.kernel, err)
	}
	return nil
}

// Event is a point in the work of a stream.
type Event struct {
	d      *Device
	handle driver.Event
	done   chan struct{} // has a token once the event is over
	err    error         // valid then
	active bool          // recorded and not yet waited for
}

// NewEvent returns an event that has not been recorded.
func (d *Device) NewEvent() (*Event, error) {
	h, err := do(d, func() (driver.Event, error) { return d.drv.NewEvent(driver.EventDisableTiming) })
	if err != nil {
		return nil, err
	}
	return &Event{d: d, handle: h, done: make(chan struct{}, 1)}, nil
}

// Close gives the event back. It must not be under way.
func (e *Event) Close() error {
	return e.d.do(func() error { return e.d.drv.FreeEvent(e.handle) })
}

// begin readies e for another use: what was recorded before must be over.
func (e *Event) begin() {
	if e.active {
		panic("device: event recorded again before it was waited for")
	}
	e.active = true
}

// finish is called once by the owner for each time that e is recorded.
func (e *Event) finish(err error) {
	e.err = err
	e.done <- struct{}{}
}

// Active reports whether e was recorded and has not been waited for.
func (e *Event) Active() bool { return e.active }

// Wait returns when e is over, with the error of the work before it, or when
// ctx is done; e may then be waited for again.
func (e *Event) Wait(ctx context.Context) error {
	if !e.active {
		return nil
	}
	select {
	case <-e.done:
		e.active = false
		return e.err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
