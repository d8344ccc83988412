//go:build race

package kernels

import (
	"runtime"
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// The race detector does not see what assembly touches, so each call tells it.

func reads[T Float](x []T) {
	if len(x) > 0 {
		runtime.RaceReadRange(unsafe.Pointer(&x[0]), len(x)*op.Size[T]())
	}
}

func writes[T Float](x []T) {
	if len(x) > 0 {
		runtime.RaceWriteRange(unsafe.Pointer(&x[0]), len(x)*op.Size[T]())
	}
}

func writesBools(x []bool) {
	if len(x) > 0 {
		runtime.RaceWriteRange(unsafe.Pointer(&x[0]), len(x))
	}
}

func readsMatrix[T Float](m Matrix[T]) {
	for i := range rowsOf(m) {
		reads(m.Data[i*m.Stride:][:m.Cols])
	}
}

// rowsOf returns how many rows have elements: rows of none may lie behind the data.
func rowsOf[T Float](m Matrix[T]) int {
	if m.Cols == 0 {
		return 0
	}
	return m.Rows
}

func writesMatrix[T Float](m Matrix[T]) {
	for i := range rowsOf(m) {
		writes(m.Data[i*m.Stride:][:m.Cols])
	}
}

const raceEnabled = true

func readsView[T Float](v op.View[T]) {
	if v.ColStride != 1 {
		v = v.T()
	}
	for i := range v.Rows {
		reads(v.Data[i*v.RowStride:][:v.Cols])
	}
}
