package op

// Complex numbers lie as pairs of real ones, real part and imaginary part, as
// in Go's complex64 and complex128. Rows, columns, strides and counts of what
// is complex are in complex numbers, the data in real ones: element (i, j) of
// a view is Data[2*(i*RowStride+j*ColStride)] and the number after it.

// GemmComplex is one checked product C = Alpha*A*B + Beta*C of complex
// matrices, with the conjugate of A or B if ConjA or ConjB is set. No dimension
// is zero, Alpha is not zero. A view has a unit stride; what is conjugated is
// transposed. C has unit column stride and overlaps neither A nor B. If Beta is
// zero, C is written and never read.
type GemmComplex[T Float] struct {
	Workers      int
	Alpha, Beta  [2]T
	ConjA, ConjB bool
	A, B, C      View[T]
}

// GemvComplex is one checked product Y += Alpha*A*X of a complex matrix, as it
// is stored or transposed, or with the conjugate of A. Alpha is not zero and
// the vectors are contiguous.
type GemvComplex[T Float] struct {
	Workers int
	Alpha   [2]T
	Trans   bool // A is, even if one of its dimensions is one
	Conj    bool // and conjugated
	A       View[T]
	X, Y    []T
}

// GerComplex is one checked rank-one update A += Alpha*X*Yᵀ of a complex
// matrix with unit column stride. Alpha is not zero.
type GerComplex[T Float] struct {
	Workers int
	Alpha   [2]T
	X, Y    []T
	A       View[T]
}

// Complex is part of a [Table]. The functions on vectors take contiguous ones
// that are not empty and run on the calling goroutine. Dot returns the four
// sums of products of parts: re·re, im·im, re·im and im·re of x and y.
type Complex[T Float] struct {
	Gemm func(*GemmComplex[T])
	Gemv func(*GemvComplex[T])
	Ger  func(*GerComplex[T])
	Scal func(re, im T, x []T)
	Axpy func(re, im T, x, y []T)
	Dot  func(x, y []T) [4]T

	// Iamax returns the index of the first number with a NaN or, if there is
	// none, of the first whose |re| + |im| no other exceeds.
	Iamax func(x []T) int
}
