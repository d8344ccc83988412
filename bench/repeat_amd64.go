//go:build !static && !noasm && (darwin || linux)

package bench

import (
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// repeated is what repeatC works on; the assembly knows its layout.
type repeated struct {
	fn, n   uintptr
	onStack uintptr // arguments beyond the sixth, which lie on the stack
	args    [maxForeign]uintptr
}

// repeatC is the address of a C function that takes a *repeated.
var repeatC uintptr

// repeat calls a foreign function n times and returns its last result. The
// loop runs on the foreign side: Go's way there costs more than a short
// function does, and would hide it.
func repeat(fn uintptr, n int, args []uintptr) (result uintptr) {
	r := &repeated{fn: fn, n: uintptr(n), onStack: uintptr(max(len(args)-6, 0))}
	copy(r.args[:], args)
	result, _, _ = purego.SyscallN(repeatC, uintptr(unsafe.Pointer(r)))
	runtime.KeepAlive(r)
	return result
}
