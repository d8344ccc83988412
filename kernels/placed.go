package kernels

import (
	"fmt"
	"math"
	"math/bits"
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// PlacedMatrix is a row-major matrix in the memory of a device. It is a small
// value; copies and views share the memory, which stays until it is freed or
// the last of them is forgotten. The zero PlacedMatrix is empty.
type PlacedMatrix[T Float] struct {
	m  op.Matrix[T] // the data is the device's; its capacity goes to the end of the memory
	at *placement
}

// PlacedVector is a vector in the memory of a device, with the rules of
// [PlacedMatrix]. Its elements lie side by side, but for the column of a
// matrix, which [GemvOn] takes.
type PlacedVector[T Float] struct {
	v  op.Vector[T]
	at *placement
}

// PlaceMatrix returns a matrix of arbitrary contents on d. The error, a
// [*DeviceError], says that memory can't be had: see [OutOfMemory].
func PlaceMatrix[T Float](d *Device, rows, cols int) (PlacedMatrix[T], error) {
	switch {
	case rows < 0:
		panic(&ShapeError{"PlaceMatrix", "rows", fmt.Sprint(rows), "at least 0"})
	case cols < 0:
		panic(&ShapeError{"PlaceMatrix", "cols", fmt.Sprint(cols), "at least 0"})
	}
	n := product(rows, cols)
	data, at, err := place[T](d, "PlaceMatrix", n)
	if err != nil {
		return PlacedMatrix[T]{}, err
	}
	return PlacedMatrix[T]{op.Matrix[T]{Rows: rows, Cols: cols, Data: data, Stride: max(cols, 1)}, at}, nil
}

// PlaceVector returns a vector of n elements, of arbitrary contents, on d. The
// error is that of [PlaceMatrix].
func PlaceVector[T Float](d *Device, n int) (PlacedVector[T], error) {
	if n < 0 {
		panic(&ShapeError{"PlaceVector", "n", fmt.Sprint(n), "at least 0"})
	}
	data, at, err := place[T](d, "PlaceVector", n)
	if err != nil {
		return PlacedVector[T]{}, err
	}
	return PlacedVector[T]{op.Vector[T]{N: n, Data: data, Inc: 1}, at}, nil
}

// product returns a*b, or the largest int if that is less.
func product(a, b int) int {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo > math.MaxInt {
		return math.MaxInt
	}
	return int(lo)
}

// place returns memory for n elements.
func place[T Float](d *Device, call string, n int) ([]T, *placement, error) {
	if n == 0 {
		return nil, nil, nil
	}
	at, err := d.alloc(call, n, op.Size[T](), false)
	if err != nil {
		return nil, nil, err
	}
	return unsafe.Slice((*T)(at.mem.Ptr), n), at, nil
}

// Rows, Cols and Stride return the shape: element (i, j) is i*Stride+j
// elements behind the first.
func (m PlacedMatrix[T]) Rows() int   { return m.m.Rows }
func (m PlacedMatrix[T]) Cols() int   { return m.m.Cols }
func (m PlacedMatrix[T]) Stride() int { return m.m.Stride }

// Slice returns a view of rows i to k and columns j to l, k and l excluded.
func (m PlacedMatrix[T]) Slice(i, k, j, l int) PlacedMatrix[T] {
	inside("Slice", "rows", i, k, m.m.Rows, "row")
	inside("Slice", "columns", j, l, m.m.Cols, "column")
	v := m
	v.m.Rows, v.m.Cols = k-i, l-j
	if k > i && l > j {
		v.m.Data = m.m.Data[i*m.m.Stride+j : (k-1)*m.m.Stride+l]
	}
	return v
}

// Row returns a view of row i.
func (m PlacedMatrix[T]) Row(i int) PlacedVector[T] {
	inside("Row", "i", i, i+1, m.m.Rows, "row")
	v := PlacedVector[T]{op.Vector[T]{N: m.m.Cols, Inc: 1}, m.at}
	if m.m.Cols > 0 {
		v.v.Data = m.m.Data[i*m.m.Stride:][:m.m.Cols]
	}
	return v
}

// Column returns a view of column j, whose elements are a stride apart.
func (m PlacedMatrix[T]) Column(j int) PlacedVector[T] {
	inside("Column", "j", j, j+1, m.m.Cols, "column")
	v := PlacedVector[T]{op.Vector[T]{N: m.m.Rows, Inc: m.m.Stride}, m.at}
	if m.m.Rows > 0 {
		v.v.Data = m.m.Data[j:][:(m.m.Rows-1)*m.m.Stride+1]
	}
	return v
}

// Vector returns a view of the elements of m, row after row. It panics if
// there are gaps between the rows.
func (m PlacedMatrix[T]) Vector() PlacedVector[T] {
	if !m.whole() {
		panic(&ShapeError{"Vector", "m", fmt.Sprintf("stride %d", m.m.Stride), fmt.Sprintf("%d (its columns)", m.m.Cols)})
	}
	n := m.m.Rows * m.m.Cols
	return PlacedVector[T]{op.Vector[T]{N: n, Data: m.m.Data[:n], Inc: 1}, m.at}
}

// whole reports whether the rows of m have no gaps between them.
func (m PlacedMatrix[T]) whole() bool {
	return m.m.Stride == m.m.Cols || m.m.Rows <= 1 || m.m.Cols == 0
}

// Len returns the number of elements.
func (v PlacedVector[T]) Len() int { return v.v.N }

// Slice returns a view of elements i to k, k excluded.
func (v PlacedVector[T]) Slice(i, k int) PlacedVector[T] {
	inside("Slice", "elements", i, k, v.v.N, "element")
	w := PlacedVector[T]{op.Vector[T]{N: k - i, Inc: v.v.Inc}, v.at}
	if k > i {
		w.v.Data = v.v.Data[i*v.v.Inc : (k-1)*v.v.Inc+1]
	}
	return w
}

// Matrix returns a view of v as a matrix of so many rows. It panics if they are
// not as many elements as v has.
func (v PlacedVector[T]) Matrix(rows, cols int) PlacedMatrix[T] {
	if rows < 0 || cols < 0 || product(rows, cols) != v.v.N {
		panic(&ShapeError{"Matrix", "v", count(v.v.N, "element"), fmt.Sprintf("%d by %d", rows, cols)})
	}
	sideBySide("Matrix", "v", v)
	return PlacedMatrix[T]{op.Matrix[T]{Rows: rows, Cols: cols, Data: v.v.Data, Stride: max(cols, 1)}, v.at}
}

// Free gives the memory of m, and of all views of it, back when the work
// enqueued so far that uses it is over. Whoever uses them afterwards panics.
// To free twice does nothing.
func (m PlacedMatrix[T]) Free() { m.at.freeNow() }

// Free gives the memory of v, and of all views of it, back: see
// [PlacedMatrix.Free].
func (v PlacedVector[T]) Free() { v.at.freeNow() }

func (p *placement) freeNow() {
	if p != nil {
		p.free()
	}
}

func inside(call, arg string, i, k, n int, what string) {
	if i < 0 || k < i || k > n {
		panic(&ShapeError{call, arg, fmt.Sprintf("%d to %d", i, k), "a range within " + count(n, what)})
	}
}

// sideBySide panics if v has gaps between its elements.
func sideBySide[T Float](call, arg string, v PlacedVector[T]) {
	if v.v.Inc != 1 && v.v.N > 1 {
		panic(&ShapeError{call, arg, fmt.Sprintf("elements %d apart", v.v.Inc), "elements side by side"})
	}
}

// Pinned is host memory that a device copies from and to by itself, at full
// speed and while the program does something else. It stays until it is freed
// or forgotten: who uses the slice of [Pinned.Data] must keep the Pinned, too.
type Pinned[T Float] struct {
	data []T
	at   *placement
}

// NewPinned returns pinned memory for n elements, of arbitrary contents. The
// error, a [*DeviceError], says that it can't be had.
func NewPinned[T Float](d *Device, n int) (*Pinned[T], error) {
	if n < 0 {
		panic(&ShapeError{"NewPinned", "n", fmt.Sprint(n), "at least 0"})
	}
	if n == 0 {
		return &Pinned[T]{}, nil
	}
	at, err := d.alloc("NewPinned", n, op.Size[T](), true)
	if err != nil {
		return nil, err
	}
	return &Pinned[T]{unsafe.Slice((*T)(at.mem.Ptr), n), at}, nil
}

// Data returns the memory as a slice, which is valid as long as p is.
func (p *Pinned[T]) Data() []T { return p.data }

// Slice returns a view of elements i to k, k excluded.
func (p *Pinned[T]) Slice(i, k int) *Pinned[T] {
	inside("Slice", "elements", i, k, len(p.data), "element")
	return &Pinned[T]{p.data[i:k], p.at}
}

// Free gives the memory back when the copies enqueued so far are over. The
// slice of Data must not be used any more.
func (p *Pinned[T]) Free() { p.at.freeNow() }
