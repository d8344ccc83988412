// Package lapack is LAPACK on weft: factorisations, solutions, inverses and
// least squares, eigenvalues and singular values of dense matrices, for float32
// and float64.
//
//	ok := lapack.Potrf(blas.Lower, n, a, lda) // a []float32 or []float64
//
// Names, order of arguments and conventions are gonum's: matrices are row-major,
// a wrong argument panics with gonum's message before anything is written, and
// a singular or indefinite matrix is reported by a result that is false. The
// functions compute with the default engine of package kernels; the methods of
// the same names of [Real], which [RealOf] makes, with any engine.
//
// [Implementation] is the same as gonum's interface lapack.Float64, for programs
// that are written on gonum:
//
//	lapack.Use() // from here on gonum's mat, stat and optimize compute on weft
//
// or, with the same effect, an import:
//
//	import _ "github.com/weftgo/weft/kernels/lapack/use"
//
// Results have the same bits on every backend and with any number of workers:
// all is made of weft's BLAS and of plain Go in which each product is rounded
// before it is added, and the sizes of blocks are constants. NaN and infinities
// run through as arithmetic takes them; none makes a routine hang. Memory that a
// call needs comes from pools, so it allocates nothing once its sizes have been
// seen. docs/gonum.md lists what differs from gonum.
package lapack
