// Package bare uses a GPU straight through the driver, on one thread and one
// stream: for measurements and checks that want nothing between them and the
// device. The backend itself goes through package device.
package bare

import (
	"fmt"
	"runtime"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/driver"
)

// GPU is the first device. One goroutine, locked to its thread, uses it.
type GPU struct {
	driver.Driver
	Capability, Version, Multiprocessors int

	module    driver.Module
	functions map[string]driver.Function
	waiting   string // the kernel that Launch was last called for
	grid      uint32
	block     uint32
	args      driver.Args
	err       error // the first of a launch
}

// Open locks the calling goroutine to its thread and makes the first device's
// context current on it.
func Open() (*GPU, error) {
	runtime.LockOSThread()
	d, err := driver.Open()
	if err != nil {
		return nil, err
	}
	g := &GPU{Driver: d, functions: map[string]driver.Function{}}
	if err := d.Init(); err != nil {
		return nil, err
	}
	if g.Version, err = d.Version(); err != nil {
		return nil, err
	}
	device, err := d.Device(0)
	if err != nil {
		return nil, err
	}
	var major, minor int
	for a, to := range map[driver.Attribute]*int{
		driver.ComputeCapabilityMajor: &major, driver.ComputeCapabilityMinor: &minor, driver.MultiprocessorCount: &g.Multiprocessors,
	} {
		if *to, err = d.DeviceAttribute(device, a); err != nil {
			return nil, err
		}
	}
	g.Capability = 10*major + minor
	c, err := d.RetainContext(device)
	if err != nil {
		return nil, err
	}
	return g, d.SetContext(c)
}

// Load makes the kernels of a PTX text those that Launch knows.
func (g *GPU) Load(text []byte) (err error) {
	clear(g.functions)
	g.module, err = g.LoadModule(text)
	return err
}

// Launch runs a kernel, once the caller has appended the arguments and launches
// another one or calls Flush.
func (g *GPU) Launch(kernel string, grid, block int) *driver.Args {
	g.flush()
	g.waiting, g.grid, g.block = kernel, uint32(grid), uint32(block)
	g.args.Reset()
	g.args.Ptr(0) // nobody stops it
	return &g.args
}

func (g *GPU) flush() {
	if g.waiting == "" || g.err != nil {
		return
	}
	f, ok := g.functions[g.waiting]
	if !ok {
		if f, g.err = g.Function(g.module, g.waiting); g.err != nil {
			g.err = fmt.Errorf("kernel %s: %w", g.waiting, g.err)
			return
		}
		g.functions[g.waiting] = f
	}
	g.err = g.Driver.Launch(f, driver.Dim{X: g.grid, Y: 1, Z: 1}, driver.Dim{X: g.block, Y: 1, Z: 1}, 0, &g.args)
	if g.err != nil {
		g.err = fmt.Errorf("kernel %s: %w", g.waiting, g.err)
	}
	g.waiting = ""
}

// Flush makes sure that all launches have been handed to the driver, and
// returns the first error of them.
func (g *GPU) Flush() error {
	g.flush()
	err := g.err
	g.err, g.waiting = nil, ""
	return err
}

// Upload returns a copy of x in new device memory.
func Upload[E any](g *GPU, x []E) (driver.Ptr, error) {
	n := int64(len(x)) * int64(unsafe.Sizeof(x[0]))
	p, err := g.Alloc(n)
	if err != nil {
		return 0, err
	}
	return p, g.ToDevice(p, unsafe.Pointer(&x[0]), n)
}

// Download copies device memory to x.
func Download[E any](g *GPU, x []E, p driver.Ptr) error {
	return g.ToHost(unsafe.Pointer(&x[0]), p, int64(len(x))*int64(unsafe.Sizeof(x[0])))
}

// Time returns the seconds on the device that the work takes which f enqueues.
func (g *GPU) Time(f func() error) (seconds float64, err error) {
	var e [2]driver.Event
	for i := range e {
		if e[i], err = g.NewEvent(0); err != nil {
			return 0, err
		}
		defer g.FreeEvent(e[i])
	}
	if err = g.RecordEvent(e[0], 0); err != nil {
		return 0, err
	}
	if err = f(); err != nil {
		return 0, err
	}
	if err = g.Flush(); err != nil {
		return 0, err
	}
	if err = g.RecordEvent(e[1], 0); err != nil {
		return 0, err
	}
	if err = g.SyncEvent(e[1]); err != nil {
		return 0, err
	}
	ms, err := g.Elapsed(e[0], e[1])
	return float64(ms) / 1e3, err
}
