package array

import (
	"fmt"
	"math"
)

// Array is an n-dimensional array: a view of storage through a shape and
// strides. Any number of Arrays may view the same storage; a method that says
// "view" shares it, everything else gives an array of its own. An Array's shape
// never changes. Reading from many goroutines at once is safe.
//
// Arrays come from the constructors; the zero value is not one.
type Array[T Element] struct {
	data []T
	layout
}

// Zeros returns a new array of zeros (false for bool). Without a shape it has
// one element and no dimension. It panics with a *kernels.ShapeError if a
// length is negative or there are more than MaxDims.
func Zeros[T Element](shape ...int) *Array[T] {
	return zeros[T]("Zeros", shape)
}

func zeros[T Element](call string, shape []int) *Array[T] {
	l := rowMajor(call, shape)
	return &Array[T]{memory[T](l.size()), l}
}

// memory returns new zeros.
func memory[T Element](n int) []T {
	x := make([]T, n)
	wantHugePages(x)
	return x
}

// like returns a new array of the shape of l.
func like[T Element](l *layout) *Array[T] {
	r := &Array[T]{layout: layout{nd: l.nd, shape: l.shape}}
	r.packed()
	r.data = memory[T](r.size())
	return r
}

// Full returns a new array with every element v.
func Full[T Element](v T, shape ...int) *Array[T] {
	a := zeros[T]("Full", shape)
	fill(a.data, v)
	return a
}

// Scalar returns an array without dimensions that holds v. It broadcasts with
// everything, so Add(a, Scalar(2.0)) adds 2 to each element.
func Scalar[T Element](v T) *Array[T] { return &Array[T]{data: []T{v}} }

// FromSlice returns a view of x in row-major order: x is not copied. Without a
// shape it has one dimension. It panics with a *kernels.ShapeError if the shape
// does not have len(x) elements.
func FromSlice[T Element](x []T, shape ...int) *Array[T] {
	if len(shape) == 0 {
		return &Array[T]{x, layout{nd: 1, shape: [MaxDims]int{len(x)}, stride: [MaxDims]int{1}}}
	}
	l := rowMajor("FromSlice", shape)
	if l.size() != len(x) {
		fail("FromSlice", "x", fmt.Sprintf("%d elements", len(x)), fmt.Sprintf("%d (%s)", l.size(), l.String()))
	}
	return &Array[T]{x, l}
}

// FromRows returns a new matrix with copies of the rows, which are equally
// long.
func FromRows[T Element](rows ...[]T) *Array[T] {
	cols := 0
	if len(rows) > 0 {
		cols = len(rows[0])
	}
	for i, r := range rows {
		if len(r) != cols {
			fail("FromRows", fmt.Sprintf("row %d", i), fmt.Sprintf("%d elements", len(r)), fmt.Sprintf("%d (as row 0)", cols))
		}
	}
	a := zeros[T]("FromRows", []int{len(rows), cols})
	for i, r := range rows {
		copy(a.data[i*cols:], r)
	}
	return a
}

// FromFunc returns a new array of the values f(index), called in row-major
// order. The index is f's to read until it returns.
func FromFunc[T Element](f func(index []int) T, shape ...int) *Array[T] {
	a := zeros[T]("FromFunc", shape)
	var index [MaxDims]int
	for i := range a.data {
		a.data[i] = f(index[:a.nd])
		for k := a.nd - 1; k >= 0; k-- {
			if index[k]++; index[k] < a.shape[k] {
				break
			}
			index[k] = 0
		}
	}
	return a
}

// Arange returns the numbers start, start+step, … below stop (above it if step
// is negative): element i is start + i·step, each operation of floats rounded. There are
// ⌈(stop-start)/step⌉ of them, or none. It panics with a *kernels.ShapeError if
// step is zero or the number is not finite.
func Arange[T Number](start, stop, step T) *Array[T] {
	if step == 0 {
		fail("Arange", "step", "0", "another number")
	}
	n := 0.0
	if kindOf[T]().float() {
		n = math.Ceil(float64((stop - start) / step))
	} else if stop > start == (step > 0) && stop != start {
		// Distances as unsigned numbers, which can't overflow.
		d, s := uint64(int64(stop))-uint64(int64(start)), uint64(int64(step))
		if step < 0 {
			d, s = -d, -s
		}
		n = float64((d-1)/s + 1)
	}
	if !(n < 1<<48) {
		fail("Arange", "stop", fmt.Sprintf("%v numbers before it", n), "fewer")
	}
	a := zeros[T]("Arange", []int{max(int(n), 0)})
	for i := range a.data {
		a.data[i] = start + T(T(i)*step)
	}
	return a
}

// Linspace returns n numbers from start to stop, both included: element i is
// start + i·((stop-start)/(n-1)), computed in float64, each operation rounded,
// and the last is stop.
func Linspace[T Float](start, stop T, n int) *Array[T] {
	a := zeros[T]("Linspace", []int{n})
	step := (float64(stop) - float64(start)) / float64(n-1)
	for i := range a.data {
		a.data[i] = T(float64(float64(i)*step) + float64(start))
	}
	if n > 1 {
		a.data[n-1] = stop
	} else if n == 1 {
		a.data[0] = start
	}
	return a
}

// Eye returns the n×n identity matrix.
func Eye[T Number](n int) *Array[T] {
	a := zeros[T]("Eye", []int{n, n})
	for i := range n {
		a.data[i*n+i] = 1
	}
	return a
}

// Dims returns the number of dimensions.
func (a *Array[T]) Dims() int { return a.nd }

// Shape returns the lengths of the axes, in a slice of its own.
func (a *Array[T]) Shape() []int { return append([]int{}, a.shape[:a.nd]...) }

// Strides returns the distance of neighbours along each axis, in elements.
func (a *Array[T]) Strides() []int { return append([]int{}, a.stride[:a.nd]...) }

// Dim returns the length of an axis; negative axes count from the last.
func (a *Array[T]) Dim(axis int) int { return a.shape[a.axis("Dim", axis)] }

// Size returns the number of elements.
func (a *Array[T]) Size() int { return a.size() }

// Contiguous reports whether the elements follow each other in storage in
// row-major order, and so whether Data has a slice to give.
func (a *Array[T]) Contiguous() bool { return a.contiguous() }

// position returns where in the storage an element is.
func (a *Array[T]) position(call string, index []int) int {
	if len(index) != a.nd {
		fail(call, "index", fmt.Sprintf("%d numbers", len(index)), fmt.Sprintf("%d (dimensions of a)", a.nd))
	}
	p := a.off
	for k, i := range index {
		n := a.shape[k]
		if i < -n || i >= n {
			fail(call, "index", fmt.Sprintf("%d for axis %d", i, k), fmt.Sprintf("%d to %d", -n, n-1))
		}
		if i < 0 {
			i += n
		}
		p += i * a.stride[k]
	}
	return p
}

// At returns an element. A negative index counts from the end of its axis.
func (a *Array[T]) At(index ...int) T { return a.data[a.position("At", index)] }

// Set sets an element. A negative index counts from the end of its axis.
func (a *Array[T]) Set(v T, index ...int) { a.data[a.position("Set", index)] = v }

// Item returns the element of an array that has only one, such as a reduction
// over everything.
func (a *Array[T]) Item() T {
	if a.size() != 1 {
		fail("Item", "a", a.layout.String(), "one element")
	}
	return a.data[a.off]
}

// Data returns the elements in row-major order without copying them, and
// whether the layout allows it.
func (a *Array[T]) Data() (x []T, ok bool) {
	if !a.contiguous() {
		return nil, false
	}
	n := a.size()
	if n == 0 {
		return a.data[:0], true
	}
	return a.data[a.off : a.off+n : a.off+n], true
}

// Values returns the elements in row-major order in a new slice.
func (a *Array[T]) Values() []T { return a.Copy().data }

// rowMajorData returns the elements in row-major order, copied only if they
// must be.
func (a *Array[T]) rowMajorData() []T {
	if x, ok := a.Data(); ok {
		return x
	}
	return a.Copy().data
}

// Fill sets every element to v.
func (a *Array[T]) Fill(v T) { CopyTo(a, Scalar(v)) }
