package array

import (
	"fmt"
	"math"
)

// Index selects along one axis in [Array.View]: a range of positions (Range,
// From, To, All), one position (At), a new axis (NewAxis) or all of the axes
// that nothing else speaks of (Rest).
type Index struct {
	what              indexKind
	start, stop, step int
}

type indexKind uint8

const (
	indexRange indexKind = iota
	indexAt
	indexNew
	indexRest
)

// open is the end that a range was not given.
const open = math.MinInt

// All selects a whole axis; All.By(-1) turns it round.
var All = Index{indexRange, open, open, 1}

// NewAxis inserts an axis of length one.
var NewAxis = Index{what: indexNew}

// Rest stands for as many All as there are axes left; NumPy's "...".
var Rest = Index{what: indexRest}

// Range selects the positions from start up to but without stop. Negative
// numbers count from the end; ends outside of the axis are brought into it.
func Range(start, stop int) Index { return Index{indexRange, start, stop, 1} }

// From selects the positions from start to the last.
func From(start int) Index { return Index{indexRange, start, open, 1} }

// To selects the positions before stop.
func To(stop int) Index { return Index{indexRange, open, stop, 1} }

// At selects one position, whose axis vanishes.
func At(i int) Index { return Index{what: indexAt, start: i} }

// By returns the range with every step-th of its positions. With a negative
// step the range runs from start down to but without stop, and ends that were
// not given are the last and the first position.
func (x Index) By(step int) Index {
	if x.what != indexRange || step == 0 {
		fail("Index.By", "step", fmt.Sprint(step), "another number than 0, of a range")
	}
	x.step = step
	return x
}

// bounds returns the first position and the number of positions of a range
// over n.
func (x Index) bounds(n int) (first, count int) {
	lowest, highest := 0, n // what start and stop are clipped to
	first, last := 0, n
	if x.step < 0 {
		lowest, highest = -1, n-1
		first, last = n-1, -1
	}
	clip := func(i int) int {
		if i < 0 {
			i += n
		}
		return min(max(i, lowest), highest)
	}
	if x.start != open {
		first = clip(x.start)
	}
	if x.stop != open {
		last = clip(x.stop)
	}
	if x.step > 0 && first < last {
		return first, (last-first-1)/x.step + 1
	}
	if x.step < 0 && first > last {
		// In unsigned arithmetic the most negative step has an opposite.
		return first, int(uint(first-last-1)/-uint(x.step)) + 1
	}
	return 0, 0
}

// View returns a view of the elements that the indices select, one index for
// each axis in order; axes without one are taken whole. Rules are those of
// NumPy's slices: a[1:5, ::-1, 3] is a.View(Range(1, 5), All.By(-1), At(3)).
// It panics with a *kernels.ShapeError if there are too many indices or a
// position does not exist.
func (a *Array[T]) View(index ...Index) *Array[T] {
	used, rest := 0, 0
	for _, x := range index {
		switch x.what {
		case indexRange, indexAt:
			used++
		case indexRest:
			rest++
		}
	}
	if used > a.nd || rest > 1 {
		fail("View", "index", fmt.Sprintf("%d axes and %d times Rest", used, rest),
			fmt.Sprintf("at most %d (dimensions of a) and one", a.nd))
	}
	r := &Array[T]{a.data, layout{off: a.off}}
	k := 0 // the axis of a
	for _, x := range index {
		switch x.what {
		case indexNew:
			r.push("View", 1, 0)
		case indexRest:
			for range a.nd - used {
				r.push("View", a.shape[k], a.stride[k])
				k++
			}
		case indexAt:
			i, n := x.start, a.shape[k]
			if i < -n || i >= n {
				fail("View", "index", fmt.Sprintf("%d for axis %d", i, k), fmt.Sprintf("%d to %d", -n, n-1))
			}
			if i < 0 {
				i += n
			}
			r.off += i * a.stride[k]
			k++
		case indexRange:
			first, n := x.bounds(a.shape[k])
			r.off += first * a.stride[k]
			step := x.step
			if n <= 1 {
				step = 1 // a huge one must not overflow
			}
			r.push("View", n, step*a.stride[k])
			k++
		}
	}
	for ; k < a.nd; k++ {
		r.push("View", a.shape[k], a.stride[k])
	}
	return r
}

// push adds an axis behind the others.
func (l *layout) push(call string, n, stride int) {
	if l.nd == MaxDims {
		fail(call, "result", fmt.Sprintf("%d dimensions", l.nd+1), fmt.Sprintf("at most %d", MaxDims))
	}
	l.shape[l.nd], l.stride[l.nd] = n, stride
	l.nd++
}

// T returns a view with the axes in reverse order: of a matrix, its transpose.
func (a *Array[T]) T() *Array[T] {
	r := &Array[T]{a.data, layout{off: a.off, nd: a.nd}}
	for k := range a.nd {
		r.shape[k], r.stride[k] = a.shape[a.nd-1-k], a.stride[a.nd-1-k]
	}
	return r
}

// Transpose returns a view with the axes in the given order: axis k of the
// result is axis axes[k] of a.
func (a *Array[T]) Transpose(axes ...int) *Array[T] {
	r := &Array[T]{a.data, layout{off: a.off}}
	var seen [MaxDims]bool
	if len(axes) != a.nd {
		fail("Transpose", "axes", fmt.Sprintf("%d numbers", len(axes)), fmt.Sprintf("%d (dimensions of a)", a.nd))
	}
	for _, k := range axes {
		k = a.axis("Transpose", k)
		if seen[k] {
			fail("Transpose", "axes", fmt.Sprintf("%d twice", k), "each axis once")
		}
		seen[k] = true
		r.push("Transpose", a.shape[k], a.stride[k])
	}
	return r
}

// MoveAxis returns a view in which one axis has moved and the others have kept
// their order.
func (a *Array[T]) MoveAxis(from, to int) *Array[T] {
	from, to = a.axis("MoveAxis", from), a.axis("MoveAxis", to)
	l := a.without(from)
	copy(l.shape[to+1:], l.shape[to:l.nd])
	copy(l.stride[to+1:], l.stride[to:l.nd])
	l.shape[to], l.stride[to] = a.shape[from], a.stride[from]
	l.nd++
	return &Array[T]{a.data, l}
}

// Reshape returns the elements in row-major order under another shape: a view
// where strides allow, and otherwise a view of a copy. One length may be -1:
// it becomes what the others leave. It panics with a *kernels.ShapeError if the
// number of elements differs.
func (a *Array[T]) Reshape(shape ...int) *Array[T] {
	free := -1
	var full [MaxDims]int
	for k, n := range shape {
		if n == -1 && free < 0 {
			free, n = k, 1
		}
		if k < MaxDims {
			full[k] = n
		}
	}
	l := rowMajor("Reshape", full[:min(len(shape), MaxDims)])
	if len(shape) > MaxDims {
		fail("Reshape", "shape", fmt.Sprintf("%d dimensions", len(shape)), fmt.Sprintf("at most %d", MaxDims))
	}
	known := l.size()
	if free >= 0 && known > 0 && a.size()%known == 0 {
		l.shape[free] = a.size() / known
		l.packed()
	}
	if l.size() != a.size() || free >= 0 && known == 0 {
		fail("Reshape", "shape", fmt.Sprintf("%v", shape), fmt.Sprintf("one of %d elements (%s)", a.size(), a.layout.String()))
	}
	if !a.restride(&l) {
		return &Array[T]{a.Copy().data, l}
	}
	return &Array[T]{a.data, l}
}

// restride sets the strides of to, a shape of as many elements, so that it
// views the elements of l in row-major order, and reports whether that can be.
func (l *layout) restride(to *layout) bool {
	if l.contiguous() {
		to.off = l.off
		return true
	}
	// Match groups of axes of equal products, from the last to the first.
	r := *to
	r.off = l.off
	i, j := l.nd-1, r.nd-1
	for i >= 0 || j >= 0 {
		for i >= 0 && l.shape[i] == 1 {
			i--
		}
		if i < 0 {
			for ; j >= 0; j-- { // all of length one
				r.stride[j] = 1
			}
			break
		}
		// Axes of l that walk as one.
		n, step := l.shape[i], l.stride[i]
		for i--; i >= 0 && (l.shape[i] == 1 || l.stride[i] == n*step); i-- {
			n *= l.shape[i]
		}
		for ; j >= 0 && n%r.shape[j] == 0; j-- {
			r.stride[j] = step
			step *= r.shape[j]
			n /= r.shape[j]
		}
		if n != 1 {
			return false
		}
	}
	*to = r
	return true
}

// Ravel returns the elements in row-major order as one axis, as [Array.Reshape]
// does.
func (a *Array[T]) Ravel() *Array[T] { return a.Reshape(-1) }

// Squeeze returns a view without the axes of length one, or without the given
// ones, which must have length one.
func (a *Array[T]) Squeeze(axes ...int) *Array[T] {
	var drop [MaxDims]bool
	for _, k := range axes {
		k = a.axis("Squeeze", k)
		if a.shape[k] != 1 {
			fail("Squeeze", "axis", fmt.Sprintf("length %d", a.shape[k]), "1")
		}
		drop[k] = true
	}
	r := &Array[T]{a.data, layout{off: a.off}}
	for k, n := range a.shape[:a.nd] {
		if drop[k] || len(axes) == 0 && n == 1 {
			continue
		}
		r.push("Squeeze", n, a.stride[k])
	}
	return r
}

// Broadcast returns a view of a under a larger shape by NumPy's rule: axes are
// added in front, and axes of length one repeat their element. Elements of the
// result share storage with each other, so it can be read and not written.
func (a *Array[T]) Broadcast(shape ...int) *Array[T] {
	to := rowMajor("Broadcast", shape)
	return &Array[T]{a.data, a.expand("Broadcast", "a", &to)}
}

// Diagonal returns a view of the elements (…, i, i+k) of the last two axes; k
// may be negative. The diagonal is the last axis of the result.
func (a *Array[T]) Diagonal(k int) *Array[T] {
	if a.nd < 2 {
		fail("Diagonal", "a", a.layout.String(), "at least two dimensions")
	}
	l := a.layout
	rows, cols := l.shape[l.nd-2], l.shape[l.nd-1]
	n := 0
	switch {
	case k >= 0 && k < cols:
		l.off += k * l.stride[l.nd-1]
		n = min(rows, cols-k)
	case k < 0 && k > -rows:
		l.off -= k * l.stride[l.nd-2]
		n = min(rows+k, cols)
	}
	l.nd--
	l.shape[l.nd-1], l.stride[l.nd-1] = n, l.stride[l.nd-1]+l.stride[l.nd]
	l.shape[l.nd], l.stride[l.nd] = 0, 0
	return &Array[T]{a.data, l}
}
