//go:build !static && (amd64 || arm64) && (darwin || linux || windows)

package bench

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/ebitengine/purego"
)

// foreign says whether this build can call foreign functions.
const foreign = true

// loaded is a library that the loader of the operating system has loaded.
type loaded struct {
	handle uintptr
	file   string
}

// openShared loads a shared library by its path or by the name under which the
// loader finds it. Nothing of it is seen by other libraries, so that two that
// define the same names can be loaded side by side. It stays loaded: threads
// of its own may be in it.
func openShared(name string) (shared, error) {
	h, err := dlopen(name)
	if err != nil {
		return nil, err
	}
	l := &loaded{handle: h}
	if fn := dlsym(h, "sgemm_"); fn != 0 {
		l.file = fileOf(fn)
	}
	return l, nil
}

func (l *loaded) path() string { return l.file }

func (l *loaded) routine(name string) routine {
	if fn := dlsym(l.handle, name); fn != 0 {
		return function(fn)
	}
	return nil
}

// function is the address of a foreign function.
type function uintptr

func (f function) call(n int, args []uintptr) uintptr { return repeat(uintptr(f), n, args) }

func (f function) float32(args []uintptr) float32 { return register[float32](f, args) }
func (f function) float64(args []uintptr) float64 { return register[float64](f, args) }
func (f function) text(args []uintptr) string     { return register[string](f, args) }

// register calls f by way of purego's reflection, which is slow, but knows
// where functions return what is no integer. No function that returns
// something has more than five arguments.
func register[R any](f function, args []uintptr) R {
	var a [5]uintptr
	copy(a[:], args)
	var call func(a, b, c, d, e uintptr) R
	purego.RegisterFunc(&call, uintptr(f))
	return call(a[0], a[1], a[2], a[3], a[4])
}

// nothing returns a foreign function that does nothing worth mentioning, to
// measure what a call costs.
func nothing() routine {
	if fn := standard("labs"); fn != 0 {
		return function(fn)
	}
	return nil
}

// fileOf returns the file that holds the code at an address, where the
// operating system tells.
func fileOf(address uintptr) string {
	f, err := os.Open("/proc/self/maps")
	if err != nil {
		return ""
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var lo, hi uintptr
		if _, err := fmt.Sscanf(s.Text(), "%x-%x", &lo, &hi); err != nil || address < lo || address >= hi {
			continue
		}
		if i := strings.IndexByte(s.Text(), '/'); i >= 0 {
			return s.Text()[i:]
		}
	}
	return ""
}
