package array

import "iter"

// All returns the elements with their indices, in row-major order. The index is
// the reader's until the next element.
func (a *Array[T]) All() iter.Seq2[[]int, T] {
	return func(yield func([]int, T) bool) {
		if a.size() == 0 {
			return
		}
		var index [MaxDims]int
		at := a.off
		for {
			if !yield(index[:a.nd], a.data[at]) {
				return
			}
			k := a.nd - 1
			for ; k >= 0; k-- {
				at += a.stride[k]
				if index[k]++; index[k] < a.shape[k] {
					break
				}
				at -= a.shape[k] * a.stride[k]
				index[k] = 0
			}
			if k < 0 {
				return
			}
		}
	}
}

// Elements returns the elements in row-major order.
func (a *Array[T]) Elements() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, v := range a.All() {
			if !yield(v) {
				return
			}
		}
	}
}

// Along returns the views a[0], a[1], … along an axis, which vanishes from them.
// Each view is one of its own.
func (a *Array[T]) Along(axis int) iter.Seq2[int, *Array[T]] {
	axis = a.axis("Along", axis)
	return func(yield func(int, *Array[T]) bool) {
		for i := range a.shape[axis] {
			v := &Array[T]{a.data, a.without(axis)}
			v.off += i * a.stride[axis]
			if !yield(i, v) {
				return
			}
		}
	}
}
