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

func readsMatrix[T Float](m Matrix[T]) {
	for i := range m.Rows {
		reads(m.Data[i*m.Stride:][:m.Cols])
	}
}

func writesMatrix[T Float](m Matrix[T]) {
	for i := range m.Rows {
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
