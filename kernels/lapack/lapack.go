package lapack

import (
	"github.com/weftgo/weft/kernels/blas"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// Implementation is gonum's lapack.Float64 on weft. The zero value computes
// with the default engine of package kernels. It is safe for use by many
// goroutines.
type Implementation struct {
	gonum.Implementation // what is not replaced

	r Real[float64]
}

var _ lapack.Float64 = Implementation{}

// New returns an implementation that computes with b.
func New(b blas.Implementation) Implementation {
	return Implementation{r: Real[float64]{b.Float64()}}
}

// Use makes gonum's package lapack64, and with it all of gonum that stands on
// it, compute with weft's default engine. gonum's own routines call package
// blas64 where they are not replaced, so blas.Use belongs to it.
func Use() {
	blas.Use()
	lapack64.Use(Implementation{})
}
