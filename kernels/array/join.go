package array

import "fmt"

// Concat returns the arrays joined along an axis, in order. Their other axes
// have equal lengths.
func Concat[T Element](axis int, arrays ...*Array[T]) *Array[T] {
	l := joined("Concat", axis, arrays)
	r := like[T](&l)
	concatInto(r, axis, arrays)
	return r
}

// ConcatTo is [Concat] into dst, which has the shape of the result and shares
// nothing with the arrays.
func ConcatTo[T Element](dst *Array[T], axis int, arrays ...*Array[T]) {
	l := joined("ConcatTo", axis, arrays)
	if !l.sameShape(&dst.layout) {
		fail("ConcatTo", "dst", dst.layout.String(), l.String())
	}
	writable("ConcatTo", &dst.layout)
	for i, a := range arrays {
		apart("ConcatTo", dst, fmt.Sprintf("array %d", i), a, false)
	}
	concatInto(dst, axis, arrays)
}

// joined returns the layout of the arrays joined along axis, without strides.
func joined[T Element](call string, axis int, arrays []*Array[T]) layout {
	if len(arrays) == 0 {
		fail(call, "arrays", "none", "at least one")
	}
	first := &arrays[0].layout
	axis = first.axis(call, axis)
	l := layout{nd: first.nd, shape: first.shape}
	l.shape[axis] = 0
	for i, a := range arrays {
		for k := range max(a.nd, l.nd) {
			if a.nd != l.nd || k != axis && a.shape[k] != l.shape[k] {
				fail(call, fmt.Sprintf("array %d", i), a.layout.String(),
					fmt.Sprintf("that of array 0 (%s) but for axis %d", first.String(), axis))
			}
		}
		l.shape[axis] += a.shape[axis]
	}
	return rowMajor(call, l.shape[:l.nd])
}

func concatInto[T Element](dst *Array[T], axis int, arrays []*Array[T]) {
	axis = dst.axis("Concat", axis)
	at := 0
	for _, a := range arrays {
		part := *dst
		part.off += at * dst.stride[axis]
		part.shape[axis] = a.shape[axis]
		copyLayout(&part, a)
		at += a.shape[axis]
	}
}

// Stack returns the arrays, all of one shape, along a new axis.
func Stack[T Element](axis int, arrays ...*Array[T]) *Array[T] {
	return Concat(axis, layers("Stack", axis, arrays)...)
}

// StackTo is [Stack] into dst, which has the shape of the result and shares
// nothing with the arrays.
func StackTo[T Element](dst *Array[T], axis int, arrays ...*Array[T]) {
	ConcatTo(dst, axis, layers("StackTo", axis, arrays)...)
}

// layers returns views of the arrays with an axis of length one.
func layers[T Element](call string, axis int, arrays []*Array[T]) []*Array[T] {
	slices := make([]*Array[T], len(arrays))
	for i, a := range arrays {
		if !a.sameShape(&arrays[0].layout) {
			fail(call, fmt.Sprintf("array %d", i), a.layout.String(), "that of array 0: "+arrays[0].layout.String())
		}
		slices[i] = a.insert(call, axis)
	}
	return slices
}

// insert returns a view with an axis of length one that ends up at k.
func (a *Array[T]) insert(call string, k int) *Array[T] {
	r := *a
	r.push(call, 1, 1)
	k = r.axis(call, k)
	copy(r.shape[k+1:r.nd], a.shape[k:a.nd])
	copy(r.stride[k+1:r.nd], a.stride[k:a.nd])
	r.shape[k], r.stride[k] = 1, 1
	return &r
}

// Take returns the positions of an axis that indices lists, in that order;
// NumPy's a[indices] for the first axis. Negative positions count from the end.
func Take[T Element, I Integer](a *Array[T], indices *Array[I], axis int) *Array[T] {
	l := a.layout
	l.shape[a.axis("Take", axis)] = indices.size()
	r := like[T](&l)
	TakeTo(r, a, indices, axis)
	return r
}

// TakeTo is [Take] into dst, which has the shape of the result and shares nothing
// with a.
func TakeTo[T Element, I Integer](dst, a *Array[T], indices *Array[I], axis int) {
	axis = a.axis("Take", axis)
	if indices.nd != 1 {
		fail("Take", "indices", indices.layout.String(), "one dimension")
	}
	at := indices.rowMajorData()
	n := a.shape[axis]
	l := a.layout
	l.shape[axis] = len(at)
	if !dst.sameShape(&l) {
		fail("TakeTo", "dst", dst.layout.String(), l.String())
	}
	writable("TakeTo", &dst.layout)
	apart("TakeTo", dst, "a", a, false)
	apart("TakeTo", dst, "indices", indices, false)
	for _, i := range at {
		if int(i) < -n || int(i) >= n {
			fail("Take", "indices", fmt.Sprint(i), fmt.Sprintf("%d to %d", -n, n-1))
		}
	}
	to := &Array[T]{dst.data, dst.without(axis)}
	from := &Array[T]{a.data, a.without(axis)}
	for j, i := range at {
		if i < 0 {
			i += I(n)
		}
		to.off, from.off = dst.off+j*dst.stride[axis], a.off+int(i)*a.stride[axis]
		copyLayout(to, from)
	}
}

// Compress returns the elements of a where mask, which has its shape, is true,
// in row-major order: NumPy's a[mask].
func Compress[T Element](a *Array[T], mask *Array[bool]) *Array[T] {
	r := Zeros[T](trues(mask))
	CompressTo(r, a, mask)
	return r
}

// CompressTo is [Compress] into dst, which has one dimension and as many elements
// as mask has that are true, [Count], and shares none with a.
func CompressTo[T Element](dst, a *Array[T], mask *Array[bool]) {
	const call = "CompressTo"
	if !a.sameShape(&mask.layout) {
		fail(call, "mask", mask.layout.String(), a.layout.String())
	}
	if n := trues(mask); dst.nd != 1 || dst.shape[0] != n {
		fail(call, "dst", dst.layout.String(), shapeString([]int{n}))
	}
	writable(call, &dst.layout)
	apart(call, dst, "a", a, false)
	apart(call, dst, "mask", mask, false)
	to := dst.off
	x := a.rowMajorData()
	for i, keep := range mask.rowMajorData() {
		if keep {
			dst.data[to] = x[i]
			to += dst.stride[0]
		}
	}
}

// trues returns how many elements of a mask are true.
func trues(mask *Array[bool]) int { return int(Count(mask).Item()) }

// Nonzero returns the positions where mask is true, one row of indices for each,
// in row-major order.
func Nonzero(mask *Array[bool]) *Array[int64] {
	r := Zeros[int64](trues(mask), mask.nd)
	NonzeroTo(r, mask)
	return r
}

// NonzeroTo is [Nonzero] into dst, of as many rows as mask has elements that are
// true, [Count], and a column for each of its axes.
func NonzeroTo(dst *Array[int64], mask *Array[bool]) {
	const call = "NonzeroTo"
	if n := trues(mask); dst.nd != 2 || dst.shape[0] != n || dst.shape[1] != mask.nd {
		fail(call, "dst", dst.layout.String(), shapeString([]int{n, mask.nd}))
	}
	writable(call, &dst.layout)
	row := dst.off
	for index, v := range mask.All() {
		if !v {
			continue
		}
		for k, i := range index {
			dst.data[row+k*dst.stride[1]] = int64(i)
		}
		row += dst.stride[0]
	}
}
