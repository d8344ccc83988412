package array

import (
	"unsafe"

	"github.com/weftgo/weft/kernels"
)

// Element is the set of element types.
type Element interface {
	float32 | float64 | int32 | int64 | bool
}

// Number is the set of element types that one can count with.
type Number interface {
	float32 | float64 | int32 | int64
}

// Float is the set of element types of measured numbers.
type Float = kernels.Float

// Integer is the set of element types of counts and indices.
type Integer interface{ int32 | int64 }

// kind is an element type as a value.
type kind uint8

const (
	kindBool kind = iota
	kindInt32
	kindInt64
	kindFloat32
	kindFloat64
)

func (k kind) String() string {
	return [...]string{"bool", "int32", "int64", "float32", "float64"}[k]
}

func (k kind) size() int { return [...]int{1, 4, 8, 4, 8}[k] }

func (k kind) float() bool { return k >= kindFloat32 }

func kindOf[T Element]() kind {
	var z T
	switch any(z).(type) {
	case bool:
		return kindBool
	case int32:
		return kindInt32
	case int64:
		return kindInt64
	case float32:
		return kindFloat32
	}
	return kindFloat64
}

// as is x, whose elements are of type U under another name. Generic code says
// with it which kind it has found T to be.
func as[U, T Element](x []T) []U { return *(*[]U)(unsafe.Pointer(&x)) }

// one is a single element as type U, likewise.
func one[U, T Element](x T) U { return *(*U)(unsafe.Pointer(&x)) }

// cast is a, whose elements are of type U under another name.
func cast[U, T Element](a *Array[T]) *Array[U] { return (*Array[U])(unsafe.Pointer(a)) }
