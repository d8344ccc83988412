//go:build !static && linux && (amd64 || arm64)

package dist

import (
	"runtime"

	"github.com/ebitengine/purego"
)

// canForeign says whether this build can call foreign functions.
const canForeign = true

// openLibrary loads the first of the libraries that is there. What it defines
// is seen by libraries that are loaded later: MPI's own plug-ins, ScaLAPACK.
func openLibrary(names ...string) (handle uintptr, err error) {
	runtime.LockOSThread() // on which the loader leaves its messages
	defer runtime.UnlockOSThread()
	for _, name := range names {
		h, e := purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_GLOBAL)
		if e == nil {
			return h, nil
		}
		if err == nil {
			err = e
		}
	}
	return 0, err
}

// symbol returns the address of a function or of data, or 0.
func symbol(handle uintptr, name string) uintptr {
	a, err := purego.Dlsym(handle, name)
	if err != nil {
		return 0
	}
	return a
}

// foreign calls a foreign function. The directive moves what the arguments
// point to to the heap, where nothing moves, and keeps it until the call
// returns.
//
//go:uintptrescapes
func foreign(fn uintptr, args ...uintptr) uintptr {
	r, _, _ := purego.SyscallN(fn, args...)
	return r
}
