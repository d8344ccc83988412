// Package op is the vocabulary that the public API, the backends and the
// tests share: element types, checked problems, and the table of functions
// that a backend fills. It imports nothing of weft.
//
// A problem in this package has been checked by package kernels. Whoever
// receives one trusts it: shapes agree, data is long enough, no dimension is
// zero, and the output overlaps no input.
package op

import "unsafe"

// Float is the set of element types. It has no ~ terms, so that a type
// parameter is one of exactly two types everywhere below the public API.
type Float interface{ float32 | float64 }

// Size returns the size of an element in bytes. It is a constant once T is
// known, so a branch on it costs nothing.
func Size[T Float]() int { var z T; return int(unsafe.Sizeof(z)) }

// Lanes returns the number of virtual lanes of a reduction: 64 for float32
// and 32 for float64, the 256 bytes that eight AVX2 or four AVX-512 registers
// hold. It is part of the definition of a result (docs/numerics.md).
func Lanes[T Float]() int { return 256 / Size[T]() }

// Chunk returns the number of elements after which a reduction starts a new
// set of lanes: 512 rows of lanes, 128 KiB. One chunk stays in a second-level
// cache and takes a few microseconds, so that a garbage collection never
// waits for long. It is part of the definition of a result.
func Chunk[T Float]() int { return 512 * Lanes[T]() }

// Matrix is a row-major matrix: element (i, j) is Data[i*Stride+j]. It has
// the fields of gonum's blas64.General and blas32.General in the same order,
// so a conversion between them costs nothing.
type Matrix[T Float] struct {
	Rows, Cols int
	Data       []T
	Stride     int
}

// Vector is a strided vector: element i is Data[i*Inc]. It has the fields of
// gonum's blas64.Vector and blas32.Vector in the same order.
type Vector[T Float] struct {
	N    int
	Data []T
	Inc  int
}

// Transpose says whether a matrix is used as it is or transposed. The values
// are those of gonum's blas.Transpose.
type Transpose byte

// The two forms in which a matrix can enter a product.
const (
	NoTrans Transpose = 'N'
	Trans   Transpose = 'T'

	// ConjTrans is for complex matrices.
	ConjTrans Transpose = 'C'
)

// View is a matrix with transposition folded into its strides: element (i, j)
// is Data[i*RowStride+j*ColStride], and one of the strides is one.
type View[T Float] struct {
	Data                 []T
	Rows, Cols           int
	RowStride, ColStride int
}

// T returns the transposed view.
func (v View[T]) T() View[T] {
	v.Rows, v.Cols = v.Cols, v.Rows
	v.RowStride, v.ColStride = v.ColStride, v.RowStride
	return v
}

// Gemm is one checked product C = Alpha*A*B + Beta*C.
//
// A is M×K, B is K×N, C is M×N with M, N of at least two (thinner products
// are a Gemv). Alpha is not zero. C has unit column stride and overlaps
// neither A nor B. If Beta is zero, C is written and never read.
type Gemm[T Float] struct {
	Workers     int // at most so many goroutines, the caller's included
	Alpha, Beta T
	A, B, C     View[T]
}

// Gemmtr is one checked product of which only a triangle is computed: elements
// (i, j) with j ≤ i or, if Upper is set, j ≥ i. The others are neither read nor
// written. It may be as thin as one row or column.
type Gemmtr[T Float] struct {
	Gemm[T]
	Upper bool
}

// Gemv is one checked product y = Alpha*A*x + Beta*y, with A in row-major
// storage or, transposed, with unit row stride. Alpha is not zero. The
// increments of X and Y are positive. If Beta is zero, Y is never read.
type Gemv[T Float] struct {
	Workers     int
	Alpha, Beta T
	A           View[T]
	X, Y        Vector[T]
}

// Ger is one checked rank-one update A += Alpha*x*yᵀ. A has unit column
// stride. Alpha is not zero.
type Ger[T Float] struct {
	Workers int
	Alpha   T
	X, Y    []T
	A       View[T]
}

// Symv is one checked product Y += Alpha*A*X of a symmetric matrix of which the
// upper or the lower triangle is stored, in rows of unit stride. Alpha is not
// zero and the vectors are contiguous.
type Symv[T Float] struct {
	Workers int
	Upper   bool
	Alpha   T
	A       View[T]
	X, Y    []T
}

// Table holds what a backend can do for one element type. A reduction gets a
// slice that is not empty; two slices have the same length. The first
// argument, w, bounds the goroutines that may work on the call.
type Table[T Float] struct {
	Sum, Asum, Nrm2, Var func(w int, x []T) T
	Dot                  func(w int, x, y []T) T
	ArgMax, ArgMin       func(w int, x []T) int
	Max, Min             func(w int, x []T) T

	Axpy               func(w int, alpha T, x, y []T)
	Scal               func(w int, alpha T, x []T)
	Add, Sub, Mul, Div func(w int, dst, x, y []T)
	Fill               func(w int, x []T, v T)

	// Elementwise functions. dst may be an operand. A backend that leaves them
	// out gets the processor's.
	Unary  func(w int, f Unary, dst, x []T)
	Binary func(w int, f Binary, dst, x, y []T)
	MulAdd func(w int, dst, x, y, z []T)
	// Compare writes dst[i] = x[i] c y[i].
	Compare func(w int, c Comparison, dst []bool, x, y []T)

	Gemv func(*Gemv[T])
	Ger  func(*Ger[T])
	Gemm func(*Gemm[T])

	// Gemmtr is a product of which one triangle is computed. A backend that
	// leaves it out gets the processor's.
	Gemmtr func(*Gemmtr[T])

	// Symv is the product of a symmetric matrix and a vector. A backend that
	// leaves it out gets the processor's.
	Symv func(*Symv[T])

	// Tri is part of products and solutions with triangular matrices. A backend
	// that leaves it out gets the processor's.
	Tri func(*Tri[T])

	// Iamax is ArgMax of absolute values. A backend that leaves it out gets the
	// processor's.
	Iamax func(w int, x []T) int

	// Short has the functions for short operands. A backend that leaves them
	// out gets ones that call its others.
	Short Short[T]

	// Complex has the functions of complex numbers. A backend that leaves
	// them out gets the processor's.
	Complex Complex[T]

	// ScaleRows sets c = beta*c, or zero without reading c when beta is zero:
	// what is left of a product with nothing to add.
	ScaleRows func(w int, beta T, c View[T])

	// Within returns the table whose functions ask c whether to go on, and count
	// for it what they have done. One that stops leaves anything in its outputs,
	// touches nothing else, and returns any number, an index within its operand.
	// The functions of Short are over too soon to ask. nil says that a call, once
	// begun, goes on to its end.
	Within func(c *Control) Table[T]
}

// Backend is one way to compute: a name, why it can or can't be used on this
// machine, and a table for each element type.
type Backend struct {
	Name     string
	Features string // what it uses, for people: "AVX2 FMA", "NVIDIA H200"
	Err      error  // why it can't be used here; nil if it can
	F32      Table[float32]
	F64      Table[float64]

	// Edges are the sizes at which the code changes path (tile sizes, vector
	// widths, block sizes). Fixtures straddle them.
	Edges []int

	// Device is where operands can be placed; nil if Err is not.
	Device Device
}

// TableOf returns b's table for T: the one place where a type parameter
// becomes a field.
func TableOf[T Float](b *Backend) *Table[T] {
	if Size[T]() == 4 {
		return (*Table[T])(unsafe.Pointer(&b.F32))
	}
	return (*Table[T])(unsafe.Pointer(&b.F64))
}
