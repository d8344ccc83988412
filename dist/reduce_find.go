package dist

import (
	"math"

	"github.com/weftgo/weft/kernels"
)

// ArgMax returns the index of the largest element by the rules of
// [kernels.ArgMax]: the first NaN if there is one, else the first of the largest,
// -1 of no elements.
func (x *Vector[T]) ArgMax() (int, error) {
	f, err := x.find(kernels.ArgMax[T], func(v T) T { return v })
	return f.at, err
}

// ArgMin returns the index of the smallest element, as ArgMax does that of the
// largest.
func (x *Vector[T]) ArgMin() (int, error) {
	f, err := x.find(kernels.ArgMin[T], func(v T) T { return -v })
	return f.at, err
}

// Max returns the element at ArgMax, and -Inf of no elements.
func (x *Vector[T]) Max() (T, error) {
	f, err := x.find(kernels.ArgMax[T], func(v T) T { return v })
	if f.at < 0 {
		return T(math.Inf(-1)), err
	}
	return f.value, err
}

// Min returns the element at ArgMin, and +Inf of no elements.
func (x *Vector[T]) Min() (T, error) {
	f, err := x.find(kernels.ArgMin[T], func(v T) T { return -v })
	if f.at < 0 {
		return T(math.Inf(1)), err
	}
	return f.value, err
}

// found is an element and its index, -1 if there is none.
type found[T kernels.Float] struct {
	value T
	at    int
}

// find returns the element that arg chooses: the first NaN, or the first at which
// key is largest. Each rank chooses one of its own, and the first of the best of
// these is the one.
func (x *Vector[T]) find(arg func(s []T) int, key func(v T) T) (found[T], error) {
	mine := []T{0}
	at := []int{arg(x.Local)}
	if at[0] >= 0 {
		mine[0] = x.Local[at[0]]
		at[0] += x.Offset
	}
	values, places := make([]T, x.comm.Size()), make([]int, x.comm.Size())
	best := found[T]{at: -1}
	if err := Allgather(x.comm, mine, values); err != nil {
		return best, err
	}
	if err := Allgather(x.comm, at, places); err != nil {
		return best, err
	}
	for r, v := range values {
		switch {
		case places[r] < 0:
		case v != v:
			return found[T]{v, places[r]}, nil
		case best.at < 0 || key(v) > key(best.value):
			best = found[T]{v, places[r]}
		}
	}
	return best, nil
}
