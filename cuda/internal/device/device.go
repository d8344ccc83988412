// Package device owns GPUs: it finds them, keeps the driver's context, memory,
// streams and events, and hands work to them. It knows kernels by name only;
// what they compute is package cuda's.
//
// The driver ties a context to an operating-system thread. So each device has
// one owner, a goroutine locked to its thread, that makes every call; others
// write commands into a Stream and submit it. Nobody else sees a thread, a
// context or a handle.
package device

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/cuda/internal/ptx"
)

// Info describes a device.
type Info struct {
	Ordinal         int
	Name            string
	Memory          int64 // bytes
	Capability      int   // 90 for 9.0
	Multiprocessors int
	Driver          int // version: 12040
}

// Device is one GPU. It is opened by its first use.
type Device struct {
	Info
	Err error // why it can't be used; nil if it can, as far as is known before use

	drv    driver.Driver
	handle driver.Device
	image  *ptx.Image

	open   sync.Once
	tasks  chan task
	failed atomic.Pointer[error]

	memory cache[driver.Ptr]
	pinned cache[unsafe.Pointer]
	owner  owner

	retiredMu     sync.Mutex
	retired       []Memory
	retiredPinned []Pinned
}

// Options say how a device is used.
type Options struct {
	// MemoryLimit is the most device memory that is held, in bytes, what is
	// kept for later included; MemoryPercent says it as a part of what the
	// device has. Zero is all.
	MemoryLimit   int64
	MemoryPercent int

	// NoCache gives every allocation exactly the memory it asks for and
	// returns it when freed: slow, but tools that look for accesses out of
	// bounds then see them.
	NoCache bool
}

// pinnedLimit is how much pinned host memory is kept for later: it is taken
// from what the whole machine can page out.
const pinnedLimit = 256 << 20

func newDevice(drv driver.Driver, ordinal, version int, options Options) (*Device, error) {
	d := &Device{drv: drv}
	d.Ordinal, d.Driver = ordinal, version
	var err error
	if d.handle, err = drv.Device(ordinal); err != nil {
		return nil, err
	}
	if d.Name, err = drv.DeviceName(d.handle); err != nil {
		return nil, err
	}
	if d.Memory, err = drv.DeviceMemory(d.handle); err != nil {
		return nil, err
	}
	var major, minor int
	for _, a := range []struct {
		attribute driver.Attribute
		to        *int
	}{
		{driver.ComputeCapabilityMajor, &major},
		{driver.ComputeCapabilityMinor, &minor},
		{driver.MultiprocessorCount, &d.Multiprocessors},
	} {
		if *a.to, err = drv.DeviceAttribute(d.handle, a.attribute); err != nil {
			return nil, err
		}
	}
	d.Capability = 10*major + minor
	d.image, d.Err = ptx.Choose(d.Capability, version)
	d.tasks = make(chan task, 64)
	limit := d.Memory
	if options.MemoryPercent > 0 {
		limit = limit / 100 * int64(options.MemoryPercent)
	}
	if options.MemoryLimit > 0 {
		limit = min(limit, options.MemoryLimit)
	}
	d.memory = cache[driver.Ptr]{
		what: "device memory", limit: limit, keep: limit, off: options.NoCache,
		alloc: func(n int64) (p driver.Ptr, err error) {
			return do(d, func() (driver.Ptr, error) { return drv.Alloc(n) })
		},
		release: func(p driver.Ptr) error { return d.do(func() error { return drv.Free(p) }) },
	}
	d.pinned = cache[unsafe.Pointer]{
		what: "pinned host memory", limit: 1 << 62, keep: pinnedLimit, off: options.NoCache,
		alloc: func(n int64) (unsafe.Pointer, error) {
			return do(d, func() (unsafe.Pointer, error) { return drv.AllocHost(n) })
		},
		release: func(p unsafe.Pointer) error { return d.do(func() error { return drv.FreeHost(p) }) },
	}
	return d, nil
}

// ErrFailed is what all uses of a device return after it failed. The error
// wraps what went wrong.
var ErrFailed = errors.New("the device failed and is set aside")

// Failure returns why the device is set aside, or nil.
func (d *Device) Failure() error {
	if p := d.failed.Load(); p != nil {
		return *p
	}
	return nil
}

// fail sets the device aside. The first reason stays.
func (d *Device) fail(err error) error {
	wrapped := fmt.Errorf("%w: %w", ErrFailed, err)
	d.failed.CompareAndSwap(nil, &wrapped)
	return *d.failed.Load()
}

// lasting reports whether the driver will return err, once it has, for ever
// after: whether the context is broken, and not just the call.
func lasting(err error) bool {
	var r driver.Result
	if !errors.As(err, &r) {
		return false
	}
	switch r {
	case driver.InvalidValue, driver.OutOfMemory, driver.InvalidHandle, driver.NotFound,
		driver.NotReady, driver.NotSupported, driver.LaunchTooLarge:
		return false
	}
	return true
}

// checked passes err on, and sets the device aside if it is a lasting one.
func (d *Device) checked(err error) error {
	if err != nil && lasting(err) {
		return d.fail(err)
	}
	return err
}

// A task is something for the owner to do.
type task interface{ run(d *Device) }

// send gives t to the owner, who starts with the first.
func (d *Device) send(t task) {
	d.open.Do(func() { go d.own() })
	d.tasks <- t
}

// call is a task for a single call of the driver whose result is waited for.
type call struct {
	f    func() error
	done chan error
}

func (c *call) run(d *Device) {
	if err := d.Failure(); err != nil {
		c.done <- err
		return
	}
	c.done <- d.checked(c.f())
}

// do has the owner call f and returns its error.
func (d *Device) do(f func() error) error {
	c := &call{f, make(chan error, 1)}
	d.send(c)
	return <-c.done
}

func do[T any](d *Device, f func() (T, error)) (v T, err error) {
	err = d.do(func() (err error) {
		v, err = f()
		return err
	})
	return v, err
}

// owner is what only the owner touches.
type owner struct {
	context   driver.Context
	module    driver.Module
	functions map[string]driver.Function
	busy      []*Stream      // with events not known to be over
	events    []driver.Event // for marks, not in use
}

// own is the life of the owner. It never blocks in the driver: a wait is a
// question asked again and again between other tasks, so one that waits for
// long work holds up nobody.
func (d *Device) own() {
	runtime.LockOSThread()
	if err := d.start(); err != nil {
		d.fail(err)
	}
	var idle time.Duration
	timer := time.NewTimer(time.Hour)
	for {
		if len(d.owner.busy) == 0 {
			if t := <-d.tasks; !d.perform(t) {
				return
			}
			idle = 0
			continue
		}
		select {
		case t := <-d.tasks:
			if !d.perform(t) {
				return
			}
			idle = 0
			continue
		default:
		}
		if d.poll() {
			idle = 0
			continue
		}
		// Ask without a pause for the time that a short kernel takes, then at
		// longer and longer intervals.
		if idle += time.Microsecond; idle < 200*time.Microsecond {
			continue
		}
		timer.Reset(min(idle-200*time.Microsecond, time.Millisecond) + 10*time.Microsecond)
		select {
		case t := <-d.tasks:
			if !d.perform(t) {
				return
			}
			idle = 0
		case <-timer.C:
			idle += idle / 4
		}
	}
}

// perform does t. It returns false if the owner is to end.
func (d *Device) perform(t task) bool {
	if c, ok := t.(*closing); ok {
		c.done <- d.stop()
		return false
	}
	t.run(d)
	return true
}

// start makes the context and loads the kernels.
func (d *Device) start() error {
	o := &d.owner
	o.functions = map[string]driver.Function{}
	if d.Err != nil {
		return d.Err
	}
	var err error
	if o.context, err = d.drv.RetainContext(d.handle); err != nil {
		return fmt.Errorf("no context on %s: %w", d.Name, err)
	}
	if err = d.drv.SetContext(o.context); err != nil {
		return fmt.Errorf("no context on %s: %w", d.Name, err)
	}
	if o.module, err = d.drv.LoadModule(d.image.Text); err != nil {
		return fmt.Errorf("loading the kernels for %s: %w", d.image.Name, err)
	}
	return nil
}

// function returns the kernel of that name.
func (d *Device) function(name string) (driver.Function, error) {
	if f, ok := d.owner.functions[name]; ok {
		return f, nil
	}
	f, err := d.drv.Function(d.owner.module, name)
	if err != nil {
		return 0, fmt.Errorf("kernel %s: %w", name, err)
	}
	d.owner.functions[name] = f
	return f, nil
}

// poll asks for the events under way and reports whether one is over.
func (d *Device) poll() bool {
	over := false
	d.owner.busy = slices.DeleteFunc(d.owner.busy, func(s *Stream) bool {
		over = s.poll(d) || over
		return len(s.points) == 0
	})
	return over
}

type closing struct{ done chan error }

func (*closing) run(*Device) {}

// Close ends the owner and gives everything back to the driver. Nothing may be
// in use, and the device can't be used again. It is for tests: a program's
// devices live as long as it does.
func (d *Device) Close() error {
	d.settle()
	d.memory.trim()
	d.pinned.trim()
	c := &closing{make(chan error, 1)}
	d.send(c)
	return <-c.done
}

func (d *Device) stop() error {
	if d.owner.context == 0 || d.Failure() != nil {
		return nil
	}
	for _, h := range d.owner.events {
		d.drv.FreeEvent(h)
	}
	return errors.Join(d.drv.UnloadModule(d.owner.module), d.drv.SetContext(0), d.drv.ReleaseContext(d.handle))
}
