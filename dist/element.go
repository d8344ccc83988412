package dist

import (
	"fmt"
	"math"
	"unsafe"

	"github.com/weftgo/weft/kernels"
)

// Element is the set of element types of messages.
type Element interface {
	int | int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64 | complex64 | complex128
}

// kind is an element type as carriers see it.
type kind uint8

const (
	kindInt8 kind = iota
	kindInt16
	kindInt32
	kindInt64
	kindUint8
	kindUint16
	kindUint32
	kindUint64
	kindFloat32
	kindFloat64
	kindComplex64
	kindComplex128
	kinds // how many there are
)

// size is the number of bytes of an element.
func (k kind) size() int {
	return [kinds]int{1, 2, 4, 8, 1, 2, 4, 8, 4, 8, 8, 16}[k]
}

func kindOf[T Element]() kind {
	var v T
	switch any(v).(type) {
	case int:
		if unsafe.Sizeof(v) == 4 {
			return kindInt32
		}
		return kindInt64
	case int8:
		return kindInt8
	case int16:
		return kindInt16
	case int32:
		return kindInt32
	case int64:
		return kindInt64
	case uint8:
		return kindUint8
	case uint16:
		return kindUint16
	case uint32:
		return kindUint32
	case uint64:
		return kindUint64
	case float32:
		return kindFloat32
	case float64:
		return kindFloat64
	case complex64:
		return kindComplex64
	default:
		return kindComplex128
	}
}

// unfit panics because an argument of a call doesn't fit the others.
func unfit(call, arg, has, want string) {
	panic(&kernels.ShapeError{Func: "dist." + call, Arg: arg, Has: has, Want: want})
}

func elements(n int) string {
	if n == 1 {
		return "1 element"
	}
	return fmt.Sprintf("%d elements", n)
}

// wantLen panics unless an argument has n elements.
func wantLen(call, arg string, has, n int, of string) {
	if has != n {
		unfit(call, arg, elements(has), fmt.Sprintf("%d (%s)", n, of))
	}
}

// tooLarge returns an error if MPI can't carry so many elements in one call.
func tooLarge(call, arg string, n int) error {
	if n > math.MaxInt32 {
		return fmt.Errorf("%w: %s: %s has %d elements", ErrTooLarge, call, arg, n)
	}
	return nil
}

// apart panics if two arguments share memory.
func apart[T Element](call, xName string, x []T, yName string, y []T) {
	if len(x) == 0 || len(y) == 0 {
		return
	}
	size := unsafe.Sizeof(x[0])
	px, py := uintptr(unsafe.Pointer(&x[0])), uintptr(unsafe.Pointer(&y[0]))
	if px < py+uintptr(len(y))*size && py < px+uintptr(len(x))*size {
		unfit(call, yName, "elements in common with "+xName, "memory of its own")
	}
}
