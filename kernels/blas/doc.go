// Package blas is gonum's BLAS on weft: one [Implementation] of
// blas.Float32, Float64, Complex64 and Complex128, for programs that are
// written on gonum.
//
//	blas.Use() // from here on gonum's mat, stat and optimize compute on weft
//
// or, with the same effect, an import:
//
//	import _ "github.com/weftgo/weft/kernels/blas/use"
//
// Arguments are checked as gonum checks them: the same panics with the same
// messages, before anything is written. In addition an output that shares
// elements with an input is refused with a [*kernels.ShapeError] wherever the
// result of a call would be undefined.
//
// Results have the same bits on every backend and with any number of workers.
// They differ from gonum's within rounding, since products are chains of
// fused multiply-adds, and where gonum skips a factor because it is zero:
// here zero times NaN or infinity is NaN. docs/gonum.md lists the differences.
//
// The real routines of levels 1 and 2 on dense matrices and all of level 3, real and
// complex, run on weft's kernels; banded and packed matrices, rotations and
// complex vectors are gonum's own code.
package blas
