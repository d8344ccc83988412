package cpu

import (
	"sync"
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// scratch is what a call needs beside its operands: buffers, and the state of
// a parallel call, which other goroutines see. It comes from a pool, so a call
// allocates nothing once its sizes have been seen.
//
// A call on one worker keeps its state in its own frame instead: its operands
// may lie on the caller's stack, which moves when it grows, and only pointers
// in frames follow it.
type scratch[T op.Float] struct {
	reduction reduction[T]
	vector    vector[T]
	mapping   mapping[T]
	gemv      gemv[T]
	ger       ger[T]
	gemm      gemm[T]
	tri       tri[T]
	symv      symv[T]

	gemvComplex gemvComplex[T]
	gerComplex  gerComplex[T]

	controlled controlled

	a, b, c buffer[T]
}

var pool32, pool64 sync.Pool

func poolOf[T op.Float]() *sync.Pool {
	if op.Size[T]() == 4 {
		return &pool32
	}
	return &pool64
}

func getScratch[T op.Float]() *scratch[T] {
	if s, ok := poolOf[T]().Get().(*scratch[T]); ok {
		return s
	}
	return new(scratch[T])
}

func putScratch[T op.Float](s *scratch[T]) { poolOf[T]().Put(s) }

// buffer is memory that grows to what is asked of it.
type buffer[T op.Float] struct{ data []T }

// get returns n elements whose first lies on a cache line of 64 bytes: a
// vector load that crosses lines costs two. Their contents are arbitrary.
func (b *buffer[T]) get(n int) []T {
	if cap(b.data) < n {
		line := 64 / op.Size[T]()
		d := make([]T, n+line-1)
		skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(d)))/uintptr(op.Size[T]())) & (line - 1)
		b.data = d[skip : skip+n : skip+n]
	}
	return b.data[:n]
}
