package driver

import (
	"math"
	"unsafe"
)

// MaxArgs is the most arguments that a kernel of weft takes.
const MaxArgs = 16

// Args are the arguments of a launch. Each has eight bytes of its own,
// whatever its size: gorgonia.org/cu reads so many behind each pointer.
type Args struct {
	n     int
	cells [MaxArgs]uint64
	ptrs  [MaxArgs]unsafe.Pointer // to cells, for the driver
}

// Reset removes all arguments.
func (a *Args) Reset() { a.n = 0 }

// Len returns the number of arguments.
func (a *Args) Len() int { return a.n }

func (a *Args) put(v uint64) {
	a.cells[a.n] = v
	a.n++
}

// Ptr appends an address, Int a 64-bit integer, F32 and F64 a number.
func (a *Args) Ptr(p Ptr)     { a.put(uint64(p)) }
func (a *Args) Int(v int)     { a.put(uint64(v)) }
func (a *Args) F32(v float32) { a.put(uint64(math.Float32bits(v))) } // little-endian
func (a *Args) F64(v float64) { a.put(math.Float64bits(v)) }

// pointers returns the array of pointers that cuLaunchKernel takes. Since they
// point into a, it must be on the heap and stay where it is during the call.
func (a *Args) pointers() *[MaxArgs]unsafe.Pointer {
	for i := range a.n {
		a.ptrs[i] = unsafe.Pointer(&a.cells[i])
	}
	return &a.ptrs
}
