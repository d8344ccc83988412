package op

import "unsafe"

// Hide returns p hidden from escape analysis, which takes what is passed to a
// function value for lost and would move it to the heap. The callee must not
// keep p or show it to another goroutine.
func Hide[P any](p *P) *P {
	return (*P)(launder(uintptr(unsafe.Pointer(p))))
}

// launder returns the pointer whose address is u. While it is an integer, the
// stack that it may point into must not move, so there is no stack check here;
// and this is a call, because what the compiler takes for an integer it would
// go on to keep as one, which is not adjusted when the stack does move.
//
//go:nosplit
//go:noinline
//go:norace
//go:nocheckptr
func launder(u uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&u))
}

// Hide2 is Hide for two pointers at the price of one.
func Hide2[P any](p, q *P) (*P, *P) {
	a, b := launder2(uintptr(unsafe.Pointer(p)), uintptr(unsafe.Pointer(q)))
	return (*P)(a), (*P)(b)
}

//go:nosplit
//go:noinline
//go:norace
//go:nocheckptr
func launder2(u, v uintptr) (unsafe.Pointer, unsafe.Pointer) {
	return *(*unsafe.Pointer)(unsafe.Pointer(&u)), *(*unsafe.Pointer)(unsafe.Pointer(&v))
}
