package array

import (
	"fmt"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// FromMatrix returns a view of m. gonum's blas64.General and blas32.General
// convert to kernels.Matrix for free. It panics with a *kernels.ShapeError if
// the data does not hold the matrix.
func FromMatrix[T Float](m kernels.Matrix[T]) *Array[T] {
	l := rowMajor("FromMatrix", []int{m.Rows, m.Cols})
	if l.size() == 0 {
		return &Array[T]{m.Data, l}
	}
	if m.Stride < m.Cols || (len(m.Data)-m.Cols)/m.Stride < m.Rows-1 || len(m.Data) < m.Cols {
		fail("FromMatrix", "m", fmt.Sprintf("%d elements and stride %d", len(m.Data), m.Stride),
			fmt.Sprintf("%d rows of %d", m.Rows, m.Cols))
	}
	l.stride[0] = m.Stride
	return &Array[T]{m.Data, l}
}

// ToMatrix returns a as a matrix of package kernels, without copying, and
// whether its layout is one: two dimensions, the elements of a row next to each
// other, rows in order.
func ToMatrix[T Float](a *Array[T]) (m kernels.Matrix[T], ok bool) {
	if a.nd != 2 {
		return m, false
	}
	rows, cols := a.shape[0], a.shape[1]
	m = kernels.Matrix[T]{Rows: rows, Cols: cols, Stride: max(cols, 1)}
	if rows == 0 || cols == 0 {
		return m, true
	}
	if rows > 1 {
		m.Stride = a.stride[0]
	}
	if cols > 1 && a.stride[1] != 1 || m.Stride < cols {
		return m, false
	}
	m.Data = a.data[a.off : a.off+(rows-1)*m.Stride+cols]
	return m, true
}

// FromVector returns a view of x. gonum's blas64.Vector and blas32.Vector
// convert to kernels.Vector for free; increments must be positive.
func FromVector[T Float](x kernels.Vector[T]) *Array[T] {
	l := rowMajor("FromVector", []int{x.N})
	if x.N > 0 && (x.Inc < 1 || len(x.Data) == 0 || (len(x.Data)-1)/x.Inc < x.N-1) {
		fail("FromVector", "x", fmt.Sprintf("%d elements and increment %d", len(x.Data), x.Inc),
			fmt.Sprintf("a vector of %d", x.N))
	}
	l.stride[0] = max(x.Inc, 1)
	return &Array[T]{x.Data, l}
}

// ToVector returns a as a vector of package kernels, without copying, and
// whether its layout is one: one dimension and a positive stride.
func ToVector[T Float](a *Array[T]) (x kernels.Vector[T], ok bool) {
	if a.nd != 1 {
		return x, false
	}
	n, inc := a.shape[0], a.stride[0]
	if n <= 1 {
		inc = 1
	}
	if inc < 1 {
		return x, false
	}
	x = kernels.Vector[T]{N: n, Inc: inc}
	if n > 0 {
		x.Data = a.data[a.off : a.off+(n-1)*inc+1]
	}
	return x, true
}

// FromDense returns a view of gonum's m.
func FromDense(m *mat.Dense) *Array[float64] {
	if m.IsEmpty() {
		return Zeros[float64](0, 0)
	}
	return FromMatrix(kernels.Matrix[float64](m.RawMatrix()))
}

// ToDense returns a as a matrix of gonum, without copying, and whether its layout
// is one (see [ToMatrix]) and it has elements.
func ToDense(a *Array[float64]) (*mat.Dense, bool) {
	m, ok := ToMatrix(a)
	if !ok || m.Rows == 0 || m.Cols == 0 {
		return nil, false
	}
	var d mat.Dense
	d.SetRawMatrix(blas64.General(m))
	return &d, true
}
