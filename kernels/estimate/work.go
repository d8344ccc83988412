package estimate

import (
	"fmt"
	"strconv"
	"time"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// Work is what a call has to do.
type Work[T kernels.Float] struct {
	Name   string  // "Gemm 2000×2000×2000"
	FLOPs  float64 // conventional operations
	Bytes  float64 // that are read and written at the least
	Memory float64 // bytes of operands and of what the call needs beside them

	seconds func(m *Machine[T]) float64
}

// On returns how long the work takes on m, a machine with nothing else to do.
func (w Work[T]) On(m *Machine[T]) time.Duration {
	s := w.seconds(m)
	if s > 1e9 { // a generation, and a duration holds ten
		s = 1e9
	}
	return time.Duration(s*1e9 + 0.5)
}

// Times returns n such calls, one after the other, on the same operands.
func (w Work[T]) Times(n int) Work[T] {
	natural("Times", "n", n)
	one, by := w.seconds, float64(n)
	w.Name = strconv.Itoa(n) + " of " + w.Name
	w.FLOPs *= by
	w.Bytes *= by
	w.seconds = func(m *Machine[T]) float64 { return by * one(m) }
	return w
}

// Then returns w followed by v: an algorithm of several calls. The memory is that
// of both.
func (w Work[T]) Then(v Work[T]) Work[T] {
	first, second := w.seconds, v.seconds
	w.Name += ", " + v.Name
	w.FLOPs += v.FLOPs
	w.Bytes += v.Bytes
	w.Memory += v.Memory
	w.seconds = func(m *Machine[T]) float64 { return first(m) + second(m) }
	return w
}

// named returns w under another name.
func (w Work[T]) named(format string, args ...any) Work[T] {
	w.Name = fmt.Sprintf(format, args...)
	return w
}

// fresh returns w with elements of its result, or of copies, in memory that Go's
// allocator gives: what the functions of package array do whose name does not
// end in To.
func (w Work[T]) fresh(elements float64) Work[T] {
	before, bytes := w.seconds, elements*size[T]()
	w.seconds = func(m *Machine[T]) float64 { return before(m) + m.alloc(bytes) }
	return w
}

// size returns the bytes of an element.
func size[T kernels.Float]() float64 { return float64(op.Size[T]()) }

// natural panics if one of the sizes of a call is negative.
func natural(call, args string, sizes ...int) {
	for _, n := range sizes {
		if n < 0 {
			panic(&kernels.ShapeError{Func: call, Arg: args, Has: strconv.Itoa(n), Want: "at least 0"})
		}
	}
}
