package cuda

import (
	"fmt"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/device"
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/internal/op"
)

// work is what launches are written to, be it for a call on host slices or for
// operands that are placed: a stream, and memory that one launch leaves to the
// next.
//
// It may be used like a program that knows no errors. After the first one
// nothing is written, and whoever looks at err finds it.
type work struct {
	gpu    *gpu
	stream *device.Stream
	err    error
	unused driver.Args // for launches after an error

	memory []device.Memory // in use by what has been written since the last error was looked at
	spare  []device.Memory // of the stream's, in use by nothing that follows
}

// alloc returns n bytes of device memory for what follows.
func (w *work) alloc(n int) driver.Ptr {
	if w.err != nil {
		return 0
	}
	for i, m := range w.spare {
		if m.Size >= int64(n) {
			w.spare = append(w.spare[:i], w.spare[i+1:]...)
			w.memory = append(w.memory, m)
			return m.Ptr
		}
	}
	m, err := w.gpu.Alloc(n)
	if err != nil {
		w.err = err
		return 0
	}
	w.memory = append(w.memory, m)
	return m.Ptr
}

// allocOf returns memory for n elements.
func allocOf[T op.Float](w *work, n int) driver.Ptr { return w.alloc(n * op.Size[T]()) }

// launchFor runs a kernel; the caller appends the arguments.
func launchFor[T op.Float](w *work, k *kernel, grid, block int) *driver.Args {
	if w.err == nil && grid > maxGrid {
		w.err = fmt.Errorf("kernel %s: %d blocks are more than a launch can have", entryFor[T](k), grid)
	}
	if w.err != nil {
		w.unused.Reset()
		return &w.unused
	}
	return w.stream.Launch(entryFor[T](k), grid, block)
}

// scalar appends a number of either type.
func scalar[T op.Float](a *driver.Args, v T) {
	if op.Size[T]() == 4 {
		a.F32(float32(v))
	} else {
		a.F64(float64(v))
	}
}

// matrix is a view on the device: element (i, j) is rs*i + cs*j after ptr.
type matrix struct {
	ptr    driver.Ptr
	rs, cs int
}

// vector is elements inc apart.
type vector struct {
	ptr driver.Ptr
	inc int
}

// ptrOf returns the address on the device of placed data.
func ptrOf[T op.Float](x []T) driver.Ptr {
	return driver.Ptr(uintptr(unsafe.Pointer(unsafe.SliceData(x))))
}

// placed returns what the placed view v shows.
func placed[T op.Float](v *op.View[T]) matrix {
	return matrix{ptrOf(v.Data), v.RowStride, v.ColStride}
}
