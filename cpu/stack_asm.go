//go:build (amd64 || arm64) && !noasm

package cpu

import (
	"unsafe"

	"github.com/weftgo/weft/asm/base"
)

// KnowsStack says whether OnStack can tell. Where it can't, no operand may be
// hidden from escape analysis.
const KnowsStack = true

// OnStack reports whether p points into the stack of the calling goroutine. A
// stack moves when it grows and takes along the pointers in its own frames
// only, so what lies on it must not be handed to other goroutines or stored
// in the heap.
func OnStack(p unsafe.Pointer) bool {
	lo, hi := base.StackBounds()
	return uintptr(p)-lo < hi-lo
}
