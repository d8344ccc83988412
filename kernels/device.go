package kernels

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/weftgo/weft/internal/op"
)

// Device is a place for operands that stay between calls: a GPU with its
// memory, or the processor with its own. Work on them is enqueued on a
// [Stream]. A Device may be used by many goroutines at once.
type Device struct {
	*unit
	mu      sync.Mutex
	blocks  map[*block]struct{}
	streams map[*stream]struct{}
	closed  bool
}

// unit is what there is once for each device, however often it is opened.
type unit struct {
	dev  op.Device
	name string

	// Memory that has been freed, and is still in use by work under way.
	mu      sync.Mutex
	pending int    // below zero for a moment when some came back at once
	came    uint64 // how often some of it did
	back    sync.Cond
}

// units holds a unit for each backend that has a device.
var units = sync.OnceValue(func() map[*op.Backend]*unit {
	us := map[*op.Backend]*unit{}
	for _, b := range all() {
		if b.Device != nil {
			u := &unit{dev: b.Device, name: b.Name}
			u.back.L = &u.mu
			us[b] = u
		}
	}
	return us
})

// DeviceError says what went wrong on a device.
type DeviceError struct {
	Device string // "cuda:1"
	Func   string // what was asked for, or "Wait" for work that was enqueued before
	Err    error  // what happened
}

func (e *DeviceError) Error() string {
	return fmt.Sprintf("kernels: %s on %s: %v", e.Func, e.Device, e.Err)
}

func (e *DeviceError) Unwrap() error { return e.Err }

// OutOfMemory reports whether err says that memory can't be had, after all
// that was kept for later has been given back. The device goes on.
func OutOfMemory(err error) bool {
	var full *op.OutOfMemory
	return errors.As(err, &full)
}

var errClosed = errors.New("the device has been closed")

// Devices lists the devices, best first, including those that can't be used
// here. Every backend is one: that of a GPU is the GPU, the others are the
// processor, in whose memory placed operands then lie.
func Devices() []Backend {
	var bs []Backend
	for _, b := range all() {
		if b.Device != nil || b.Err != nil {
			bs = append(bs, Backend{b.Name, b.Features, b.Err})
		}
	}
	return bs
}

// OpenDevice returns the device of that name, see [Devices]; the empty name is
// that of the first that can be used. The error, a [*BackendError], says why
// it can't be had. Operands of one opening may be used with streams of
// another; [Device.Close] ends those of its own.
func OpenDevice(name string) (*Device, error) {
	if name == "" {
		for _, b := range all() {
			if b.Err == nil && b.Device != nil && b.Device.Failure() == nil {
				name = b.Name
				break
			}
		}
	}
	b, err := find(name)
	if err == nil && b.Device == nil {
		err = errors.New("it is not a device")
	}
	if err == nil {
		err = b.Device.Failure()
	}
	if err != nil {
		return nil, &BackendError{Name: name, Err: err}
	}
	return &Device{unit: units()[b], blocks: map[*block]struct{}{}, streams: map[*stream]struct{}{}}, nil
}

// Name returns the device's name, that of its backend.
func (d *Device) Name() string { return d.name }

// Failure says why the device was set aside, and is nil if it was not. A device
// is set aside when it faults or is lost; everything on it then fails, and
// calls on host slices are done by the processor.
func (d *Device) Failure() error { return d.dev.Failure() }

// MemoryUse says how much device memory this process holds.
type MemoryUse = op.MemoryUse

// Memory returns how much of the device's memory is in use, how much is kept
// for later, and the limit of both: what the device has, or what
// WEFT_CUDA_MEMORY says.
func (d *Device) Memory() MemoryUse { return d.dev.Use() }

// SetMemoryLimit bounds the device memory that this process holds, in bytes,
// what is kept for later included. It counts from the next allocation on.
func (d *Device) SetMemoryLimit(bytes int64) {
	if bytes < 0 {
		panic(&ShapeError{"SetMemoryLimit", "bytes", fmt.Sprint(bytes), "at least 0"})
	}
	d.dev.SetLimit(bytes)
}

// Trim gives memory that is kept for later back to the system.
func (d *Device) Trim() error {
	if err := d.dev.Trim(); err != nil {
		return &DeviceError{d.name, "Trim", err}
	}
	return nil
}

// Close frees all operands and closes all streams that were made by d, once
// the work on them is over; it does not wait. What is made by d afterwards
// fails, what was made panics when used.
func (d *Device) Close() error {
	d.mu.Lock()
	blocks, streams := d.blocks, d.streams
	d.blocks, d.streams, d.closed = nil, nil, true
	d.mu.Unlock()
	for b := range blocks {
		b.free()
	}
	for s := range streams {
		s.close()
	}
	return nil
}

// block is one allocation. Views share it.
type block struct {
	of   *Device
	mem  op.Memory
	mu   sync.Mutex
	uses []use
	gone bool // freed by its owner
	left int  // uses whose work is under way after that
}

// use is the last work of a stream on a block.
type use struct {
	s   *stream
	seq uint64
}

// placement is what operands hold of their block. When the last of them is
// forgotten, the block is freed.
type placement struct{ *block }

// alloc returns memory for n elements of some bytes, of the device or, for
// copies, of the host.
func (d *Device) alloc(call string, n, size int, host bool) (*placement, error) {
	m, err := op.Memory{}, error(&op.OutOfMemory{Err: fmt.Errorf("%d elements are more than memory can hold", n)})
	if n <= math.MaxInt/16 {
		m, err = d.unit.alloc(n*size, host)
	}
	if err != nil {
		return nil, &DeviceError{d.name, call, err}
	}
	b := &block{of: d, mem: m}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		d.dev.Free(m)
		return nil, &DeviceError{d.name, call, errClosed}
	}
	d.blocks[b] = struct{}{}
	p := &placement{b}
	runtime.AddCleanup(p, (*block).free, b)
	return p, nil
}

// alloc asks the device for memory. If there is none it waits for what has been
// freed and is in use by work under way, and then for what the garbage
// collector finds to be forgotten.
func (u *unit) alloc(bytes int, host bool) (op.Memory, error) {
	get := u.dev.Alloc
	if host {
		get = u.dev.AllocHost
	}
	collections := 0
	for {
		u.mu.Lock()
		came := u.came
		u.mu.Unlock()
		m, err := get(bytes)
		if !OutOfMemory(err) || u.dev.Failure() != nil {
			return m, err
		}
		if u.await(came) {
			continue
		}
		if collections++; collections > 2 {
			return m, err
		}
		runtime.GC()
		time.Sleep(time.Millisecond) // what the collector found is freed by a goroutine
	}
}

// await returns true when memory came back since then, and false if none is to
// be expected.
func (u *unit) await(came uint64) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	for u.came == came {
		if u.pending <= 0 {
			return false
		}
		u.back.Wait()
	}
	return true
}

// use notes that work of s, number s.seq, is about to use b. It panics if that
// can't be.
func (s *stream) use(call, arg string, p *placement) {
	if p == nil {
		return // nothing is placed there: it is empty
	}
	b := p.block
	if b.of.unit != s.of.unit {
		panic(&ShapeError{call, arg, "memory of " + b.of.name, "memory of " + s.of.name + ", the stream's device"})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone {
		panic(&ShapeError{call, arg, "memory that was freed", "memory in use"})
	}
	runtime.KeepAlive(p)
	for i := range b.uses {
		if b.uses[i].s == s {
			b.uses[i].seq = s.seq
			return
		}
	}
	if len(b.uses) == cap(b.uses) { // before it grows, forget what is over
		b.uses = slices.DeleteFunc(b.uses, func(u use) bool { return u.s.over.Load() >= u.seq })
	}
	b.uses = append(b.uses, use{s, s.seq})
}

// free gives the memory back when all work enqueued so far that uses it is
// over.
func (b *block) free() {
	b.mu.Lock()
	if b.gone {
		b.mu.Unlock()
		return
	}
	b.gone = true
	var under []use
	for _, u := range b.uses {
		if u.s.over.Load() < u.seq {
			under = append(under, u)
		}
	}
	b.left, b.uses = len(under), nil
	b.mu.Unlock()

	b.of.mu.Lock()
	delete(b.of.blocks, b)
	b.of.mu.Unlock()
	if len(under) == 0 {
		b.of.dev.Free(b.mem)
		return
	}
	for _, u := range under {
		u.s.whenOver(b.release)
	}
	// Only now: whoever waits for memory to come back may hold a stream.
	b.of.unit.mu.Lock()
	b.of.unit.pending++
	b.of.unit.mu.Unlock()
}

// release counts one use whose work is over. It is called by the device.
func (b *block) release(error) {
	b.mu.Lock()
	b.left--
	last := b.left == 0
	b.mu.Unlock()
	if !last {
		return
	}
	u := b.of.unit
	u.dev.Free(b.mem)
	u.mu.Lock()
	u.pending--
	u.came++
	u.mu.Unlock()
	u.back.Broadcast()
}
