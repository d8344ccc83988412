//go:build arm64 && !noasm

package base

// Pause tells the processor that the caller spins (YIELD).
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
