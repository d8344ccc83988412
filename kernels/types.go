package kernels

import "github.com/weftgo/weft/internal/op"

// Float is the set of element types.
type Float = op.Float

// Matrix is a row-major matrix: element (i, j) is Data[i*Stride+j], with
// Stride ≥ Cols. It has the fields of gonum's blas64.General and
// blas32.General in the same order, so converting one to the other is free:
//
//	kernels.Matrix[float64](general)
type Matrix[T Float] = op.Matrix[T]

// Vector is a strided vector: element i is Data[i*Inc]. It has the fields of
// gonum's blas64.Vector and blas32.Vector in the same order.
type Vector[T Float] = op.Vector[T]

// Transpose says whether a matrix enters a product as it is or transposed. Its
// values are those of gonum's blas.Transpose.
type Transpose = op.Transpose

// The two forms in which a matrix can enter a product.
const (
	NoTrans = op.NoTrans
	Trans   = op.Trans
)

// NewMatrix returns a zero matrix with rows of contiguous elements.
func NewMatrix[T Float](rows, cols int) Matrix[T] {
	return Matrix[T]{Rows: rows, Cols: cols, Data: make([]T, rows*cols), Stride: max(cols, 1)}
}
