package blas

import (
	"sync"
	"unsafe"

	"github.com/weftgo/weft/kernels"
)

// scratch is the memory that a call needs beside its operands. It comes from a
// pool, so a call allocates nothing once its sizes have been seen.
type scratch[T kernels.Float] struct {
	x, y  buffer[T] // vectors made contiguous
	diag  buffer[T] // a diagonal block
	row   buffer[T] // the inverses of its diagonal
	panel buffer[T] // some rows transposed
	block kernels.TriBlock[T]
	a, b  buffer[T] // operands of a complex product, expanded
}

var pool32, pool64 sync.Pool

func poolOf[T kernels.Float]() *sync.Pool {
	if size[T]() == 4 {
		return &pool32
	}
	return &pool64
}

func size[T kernels.Float]() int { var z T; return int(unsafe.Sizeof(z)) }

func getScratch[T kernels.Float]() *scratch[T] {
	if s, ok := poolOf[T]().Get().(*scratch[T]); ok {
		return s
	}
	return new(scratch[T])
}

func putScratch[T kernels.Float](s *scratch[T]) { poolOf[T]().Put(s) }

// buffer is memory that grows to what is asked of it.
type buffer[T kernels.Float] struct{ data []T }

// get returns n elements from a cache line on. Their contents are arbitrary.
func (b *buffer[T]) get(n int) []T {
	if cap(b.data) < n {
		line := 64 / size[T]()
		d := make([]T, n+line-1)
		skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(d)))/uintptr(size[T]())) & (line - 1)
		b.data = d[skip : skip+n : skip+n]
	}
	return b.data[:n]
}

// gather copies n elements of x, inc apart, to the buffer. A negative inc
// starts from the far end, as everywhere in BLAS.
func (b *buffer[T]) gather(n int, x []T, inc int) []T {
	d := b.get(n)
	i := first(n, inc)
	for k := range d {
		d[k] = x[i]
		i += inc
	}
	return d
}

// scatter copies d to elements of x, inc apart.
func scatter[T kernels.Float](d []T, x []T, inc int) {
	i := first(len(d), inc)
	for _, v := range d {
		x[i] = v
		i += inc
	}
}

// first returns the index of the first of n elements that lie inc apart.
func first(n, inc int) int {
	if inc < 0 {
		return (1 - n) * inc
	}
	return 0
}
