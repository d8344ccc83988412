package bench

import "errors"

// errForeign is what asking for a peer gives where there is no way to call one.
var errForeign = errors.New("this build opens no shared libraries")

// shared is a shared library that is loaded. It is the seam between what
// bench knows of a BLAS and how a foreign function is called.
type shared interface {
	// routine returns a function by its name, or nil if there is none.
	routine(name string) routine
	// path returns where the library lies, or "" if that is not known.
	path() string
}

// routine is a foreign function. Arguments are integers and pointers.
type routine interface {
	// call calls it n times with the same arguments and returns the integer
	// that it returned last.
	call(n int, args []uintptr) uintptr
	// float32 and float64 call it once and return the number it returns.
	float32(args []uintptr) float32
	float64(args []uintptr) float64
	// text calls it once and returns the string it returns.
	text(args []uintptr) string
}

// maxForeign is the number of arguments that a foreign function may have.
const maxForeign = 18
