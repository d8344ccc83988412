package lapack

import (
	"math/bits"
	"sync"
	"unsafe"

	"github.com/weftgo/weft/kernels"
)

// Memory that a routine needs beside its operands comes from pools, one for
// each type and power of two, so a call allocates nothing once its sizes have
// been seen.
var pools [2][bits.UintSize]sync.Pool

// buffer is memory from a pool. Its first elements lie on a cache line.
type buffer[T kernels.Float] struct {
	data  []T
	class int
}

// take returns a buffer of n elements, whose contents are arbitrary. Its owner
// gives it back with drop.
func take[T kernels.Float](n int) *buffer[T] {
	class := bits.Len(uint(max(n, 1) - 1))
	if b, ok := pools[size[T]()/8][class].Get().(*buffer[T]); ok {
		b.data = b.data[:n]
		return b
	}
	line := 64 / size[T]()
	d := make([]T, 1<<class+line-1)
	skip := -int(uintptr(unsafe.Pointer(unsafe.SliceData(d)))/uintptr(size[T]())) & (line - 1)
	return &buffer[T]{data: d[skip : skip+n : skip+1<<class], class: class}
}

func (b *buffer[T]) drop() { pools[size[T]()/8][b.class].Put(b) }

// oddLines returns n rounded up to an odd number of cache lines, as a distance
// of rows: those a power of two apart would share few places in a cache.
func oddLines[T kernels.Float](n int) int {
	line := 64 / size[T]()
	return ((n+line-1)/line | 1) * line
}
