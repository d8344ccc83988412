//go:build amd64 && !noasm

package base

// Pause tells the processor that the caller spins: it saves power and leaves
// the core's other thread more of it. It takes between 10 and 140 cycles.
//
//go:noescape
func Pause()

// StackBounds returns the bounds of the calling goroutine's stack: lo <= p <
// hi holds for the address p of each variable on it. The runtime may move the
// stack at any later call, so the answer is good for comparing addresses now
// and for nothing else.
//
// It reads the first two words of the runtime's g, whose place the runtime
// itself relies on in its assembly and in cgo.
//
//go:noescape
func StackBounds() (lo, hi uintptr)

// CPUID executes the instruction of that name with EAX = leaf, ECX = sub.
//
//go:noescape
func CPUID(leaf, sub uint32) (a, b, c, d uint32)

// XGETBV reads XCR0: which registers the operating system saves. It faults
// unless CPUID says OSXSAVE (leaf 1, bit 27 of ECX).
//
//go:noescape
func XGETBV() (lo, hi uint32)
