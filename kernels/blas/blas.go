package blas

import (
	"sync/atomic"
	"unsafe"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/blas/cblas128"
	"gonum.org/v1/gonum/blas/cblas64"
	"gonum.org/v1/gonum/blas/gonum"
)

// Implementation is gonum's BLAS interfaces on weft. The zero value computes
// with the default engines of package kernels. It is safe for use by many
// goroutines.
type Implementation struct {
	gonum.Implementation // what is not replaced

	e32 *kernels.Engine[float32]
	e64 *kernels.Engine[float64]
}

var (
	_ blas.Float32    = Implementation{}
	_ blas.Float64    = Implementation{}
	_ blas.Complex64  = Implementation{}
	_ blas.Complex128 = Implementation{}
)

// New returns an implementation that computes with the given engines, complex
// types with that of their parts. For nil it uses the default engine.
func New(e32 *kernels.Engine[float32], e64 *kernels.Engine[float64]) Implementation {
	return Implementation{e32: e32, e64: e64}
}

// Use makes gonum's packages blas32, blas64, cblas64 and cblas128, and with
// them all of gonum that stands on them, compute with weft's default engines.
// Like the functions of package kernels, the first call of a routine panics if
// the environment asks for a backend that can't be had.
//
// Call it before other goroutines use gonum.
func Use() {
	im := Implementation{}
	blas32.Use(im)
	blas64.Use(im)
	cblas64.Use(im)
	cblas128.Use(im)
}

func (im Implementation) f32() *kernels.Engine[float32] { return im.Float32().Engine() }
func (im Implementation) f64() *kernels.Engine[float64] { return im.Float64().Engine() }

// defaults holds the default engines for float32 and float64 once they are
// known to be good.
var defaults [2]unsafe.Pointer

func defaultEngine[T kernels.Float]() *kernels.Engine[T] {
	if e := atomic.LoadPointer(&defaults[size[T]()/8]); e != nil {
		return (*kernels.Engine[T])(e)
	}
	return mustDefault[T]()
}

func mustDefault[T kernels.Float]() *kernels.Engine[T] {
	e, err := kernels.Default[T]()
	if err != nil {
		panic(err)
	}
	atomic.StorePointer(&defaults[size[T]()/8], unsafe.Pointer(e))
	return e
}
