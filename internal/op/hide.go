package op

import "unsafe"

// Hide returns p hidden from escape analysis, which takes what is passed to a
// function value for lost and would move it to the heap. The callee must not
// keep p or show it to another goroutine.
//
// The address passes through an integer, in memory rather than by a
// conversion back, which go vet has good reason to dislike.
//
//go:nosplit
//go:nocheckptr
func Hide[P any](p *P) *P {
	//lint:ignore SA4016 the operation changes nothing but what the compiler can follow
	u := uintptr(unsafe.Pointer(p)) ^ 0
	return *(**P)(unsafe.Pointer(&u))
}
