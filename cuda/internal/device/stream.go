package device

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/driver"
)

// Stream is work in order. Its methods write commands, which begin when the
// stream is submitted. Streams run side by side; an Event puts them in order.
//
// One goroutine at a time may use a stream. The first command that fails stops
// those that follow it, up to the next event that is recorded, which carries
// the error; or, if the stream is a lasting one, until Clear.
type Stream struct {
	d       *Device
	lasting bool
	pending []command // not submitted
	stop    Stop      // of the commands that are written

	mu        sync.Mutex
	submitted []command // for the owner to fetch
	counts    []int     // of commands in each submission

	// The owner's.
	handle driver.Stream
	batch  []command // what it is busy with
	err    error     // what stopped it
	points []point   // not known to be over, in order
	number uint64    // of points so far
	doubts []doubt
}

// point is an event in the driver's hands.
type point struct {
	handle driver.Event
	err    error  // what stopped the work before it
	stops  []Stop // what may have stopped it, too
	number uint64
	of     interface{ finish(*Device, error) }
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
	mark   *Mark
	err    error
	stop   Stop
}

type kind uint8

const (
	toDevice kind = iota
	toHost
	onDevice
	launch
	record
	waitFor
	recordMark
	waitForMark
	fail
	forget
)

// NewStream returns a stream without work.
func (d *Device) NewStream() (*Stream, error) {
	h, err := do(d, func() (driver.Stream, error) { return d.drv.NewStream(driver.StreamNonBlocking) })
	if err != nil {
		return nil, err
	}
	return &Stream{d: d, handle: h}, nil
}

// NewLastingStream returns a stream that an error stops until Clear is called.
func (d *Device) NewLastingStream() (*Stream, error) {
	s, err := d.NewStream()
	if err == nil {
		s.lasting = true
	}
	return s, err
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
	c.kind, c.stop = k, s.stop
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
// arguments, behind the word that stops it, to the result before it does anything
// else with the stream.
func (s *Stream) Launch(kernel string, grid, block int) *driver.Args {
	c := s.add(launch)
	c.kernel, c.grid, c.block = kernel, uint32(grid), uint32(block)
	c.args.Reset()
	if s.stop != nil {
		c.args.Ptr(s.stop.Word())
	} else {
		c.args.Ptr(0)
	}
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

// Mark calls f when the work before it is over, with what stopped the stream.
// f is called by the owner: it must return soon and use no device.
func (s *Stream) Mark(f func(error)) *Mark {
	m := &Mark{f: f}
	s.add(recordMark).mark = m
	return m
}

// WaitForMark lets the work that follows wait for m, made on another stream
// that has been submitted. It stops with what stopped that one.
func (s *Stream) WaitForMark(m *Mark) { s.add(waitForMark).mark = m }

// Fail stops the stream.
func (s *Stream) Fail(err error) { s.add(fail).err = err }

// Clear lets the work that follows be done, if err is what stopped the stream.
func (s *Stream) Clear(err error) { s.add(forget).err = err }

// Submit lets the commands written so far begin.
func (s *Stream) Submit() {
	s.mu.Lock()
	s.counts = append(s.counts, len(s.pending))
	if len(s.submitted) == 0 {
		s.pending, s.submitted = s.submitted, s.pending
	} else {
		s.submitted = append(s.submitted, s.pending...)
		s.pending = s.pending[:0]
	}
	s.mu.Unlock()
	s.d.send(s)
}

// run is a task: it does one submission. Those that followed have tasks of
// their own, so that what they wait for comes first.
func (s *Stream) run(d *Device) {
	s.mu.Lock()
	n := s.counts[0]
	s.counts = slices.Delete(s.counts, 0, 1)
	if n == len(s.submitted) {
		s.batch, s.submitted = s.submitted, s.batch[:0]
	} else {
		s.batch = append(s.batch[:0], s.submitted[:n]...)
		s.submitted = slices.Delete(s.submitted, 0, n)
	}
	s.mu.Unlock()
	for i := range s.batch {
		c := &s.batch[i]
		if s.err == nil {
			s.err = d.Failure()
		}
		switch c.kind {
		case record:
			s.reach(d, c.event.handle, c.event)
			if !s.lasting {
				s.err = nil
			}
		case recordMark:
			h, err := d.spareEvent()
			if err != nil && s.err == nil {
				s.err = err
			}
			c.mark.handle, c.mark.err, c.mark.stops = h, s.err, s.stops()
			s.reach(d, h, c.mark)
		case fail:
			if s.err == nil {
				s.err = c.err
			}
		case forget:
			if s.err == c.err {
				s.err = nil
			}
		default:
			if s.err == nil && c.stop != nil {
				s.err = c.stop.Asked()
			}
			if s.err == nil {
				s.err = d.checked(s.do(d, c))
			}
		}
		c.event, c.mark, c.host, c.err, c.stop = nil, nil, nil, nil, nil
	}
}

// reach puts an event behind the work so far. It carries what stopped the
// stream, but happens only when all that was begun is over.
func (s *Stream) reach(d *Device, h driver.Event, of interface{ finish(*Device, error) }) {
	if d.Failure() == nil && h != 0 {
		err := d.checked(d.drv.RecordEvent(h, s.handle))
		if err == nil {
			if len(s.points) == 0 {
				d.owner.busy = append(d.owner.busy, s)
			}
			s.number++
			s.points = append(s.points, point{h, s.err, s.stops(), s.number, of})
			return
		}
		if s.err == nil {
			s.err = err
		}
	}
	// Without an event the only way to know is to wait: what is begun may use
	// memory that is about to be freed.
	if d.Failure() == nil {
		if err := d.checked(d.drv.SyncStream(s.handle)); err != nil {
			s.err = err
		}
	}
	if s.err == nil {
		s.err = set(s.stops())
	}
	of.finish(d, s.err)
}

// poll asks for the events of s in order and reports whether one is over.
func (s *Stream) poll(d *Device) bool {
	n := 0
	for ; n < len(s.points); n++ {
		p := &s.points[n]
		err := d.Failure()
		if err == nil {
			err = d.checked(d.drv.QueryEvent(p.handle))
		}
		if err == driver.NotReady {
			break
		}
		if err == nil {
			err = p.err
		}
		if err == nil {
			if err = set(p.stops); err != nil && s.lasting {
				s.stopAt(n, err)
			}
		}
		s.settled(p.number)
		p.of.finish(d, err)
	}
	s.points = slices.Delete(s.points, 0, n)
	return n > 0
}

// stopAt stops the stream at a point that is not known to be over: what lies
// behind it as well, however far it is.
func (s *Stream) stopAt(n int, err error) {
	for i := range s.points[n:] {
		if p := &s.points[n+i]; p.err == nil {
			p.err = err
		}
	}
	if s.err == nil {
		s.err = err
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
	case waitFor:
		return d.drv.WaitEvent(s.handle, c.event.handle)
	case waitForMark:
		if c.mark.over || c.mark.err != nil {
			return c.mark.err
		}
		for _, stop := range c.mark.stops {
			s.doubtOf(stop, s.number+1)
		}
		return d.drv.WaitEvent(s.handle, c.mark.handle)
	}
	f, err := d.function(c.kernel)
	if err != nil {
		return err
	}
	err = d.drv.Launch(f, driver.Dim{X: c.grid, Y: 1, Z: 1}, driver.Dim{X: c.block, Y: 1, Z: 1}, s.handle, &c.args)
	if err != nil {
		return fmt.Errorf("kernel %s: %w", c.kernel, err)
	}
	if c.stop != nil {
		s.doubtOf(c.stop, s.number+1)
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
func (e *Event) finish(_ *Device, err error) {
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

// Mark is a point in the work of a stream that is used once. It needs no Close.
type Mark struct {
	f func(error)

	// The owner's.
	handle driver.Event // until it is over
	over   bool
	err    error  // what had stopped the stream
	stops  []Stop // what may have, too
}

func (m *Mark) finish(d *Device, err error) {
	if m.handle != 0 {
		d.owner.events = append(d.owner.events, m.handle)
	}
	m.over, m.err, m.handle, m.stops = true, err, 0, nil
	if m.f != nil {
		m.f(err)
	}
}

// spareEvent returns an event of the driver's for a mark.
func (d *Device) spareEvent() (driver.Event, error) {
	if err := d.Failure(); err != nil {
		return 0, err
	}
	es := &d.owner.events
	if n := len(*es); n > 0 {
		h := (*es)[n-1]
		*es = (*es)[:n-1]
		return h, nil
	}
	h, err := d.drv.NewEvent(driver.EventDisableTiming)
	return h, d.checked(err)
}
