//go:build (amd64 || arm64) && !noasm

package base

import (
	"sync"
	"testing"
	"unsafe"
)

var heap *[64]byte

//go:noinline
func onStack(t *testing.T, depth int) {
	var local [1024]byte
	local[depth] = 1
	lo, hi := StackBounds()
	first := uintptr(unsafe.Pointer(&local))
	last := first + unsafe.Sizeof(local) - 1
	if first < lo || last >= hi {
		t.Errorf("depth %d: local at %#x to %#x, stack from %#x to %#x", depth, first, last, lo, hi)
	}
	if depth > 0 {
		onStack(t, depth-1)
	}
}

func TestStackBounds(t *testing.T) {
	heap = new([64]byte)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			onStack(t, 100) // deep enough for the stack to move
			lo, hi := StackBounds()
			if p := uintptr(unsafe.Pointer(heap)); lo <= p && p < hi {
				t.Errorf("heap pointer %#x in stack from %#x to %#x", p, lo, hi)
			}
		})
	}
	wg.Wait()
}

func TestPause(t *testing.T) {
	for range 100 {
		Pause()
	}
}
