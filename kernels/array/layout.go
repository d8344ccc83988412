package array

import (
	"fmt"
	"math"
	"math/bits"
	"strings"

	"github.com/weftgo/weft/kernels"
)

// MaxDims is the largest number of dimensions. Shapes and strides have that
// much room inside an Array, so that a view is a single small object.
const MaxDims = 8

// layout says where the elements of an array are in its storage: element
// (i0, i1, …) is at off + i0*stride[0] + i1*stride[1] + …, counted in elements.
// Strides may be negative, and zero where one element stands for many.
type layout struct {
	off, nd       int
	shape, stride [MaxDims]int
}

// fail panics with what an argument of a call has and what it should have.
func fail(call, arg, has, want string) {
	panic(&kernels.ShapeError{Func: "array." + call, Arg: arg, Has: has, Want: want})
}

// shapeString is a shape as people write it: 3x4, or scalar.
func shapeString(shape []int) string {
	if len(shape) == 0 {
		return "no dimension"
	}
	var b strings.Builder
	for i, n := range shape {
		if i > 0 {
			b.WriteByte('x')
		}
		fmt.Fprint(&b, n)
	}
	return "shape " + b.String()
}

func (l *layout) String() string { return shapeString(l.shape[:l.nd]) }

// rowMajor returns the layout of a new array: the last index varies fastest.
// It panics if the shape is not one or has more elements than memory.
func rowMajor(call string, shape []int) layout {
	if len(shape) > MaxDims {
		fail(call, "shape", fmt.Sprintf("%d dimensions", len(shape)), fmt.Sprintf("at most %d", MaxDims))
	}
	l := layout{nd: len(shape)}
	copy(l.shape[:], shape)
	for _, n := range shape {
		if n < 0 {
			fail(call, "shape", fmt.Sprintf("length %d", n), "at least 0")
		}
	}
	if _, ok := count(shape); !ok {
		fail(call, "shape", fmt.Sprintf("more elements (%s) than an address space", shapeString(shape)), "fewer")
	}
	l.packed()
	return l
}

// packed sets the strides of a row-major array without gaps.
func (l *layout) packed() {
	l.off = 0
	step := 1
	for k := l.nd - 1; k >= 0; k-- {
		l.stride[k] = step
		step *= max(l.shape[k], 1)
	}
}

// count returns the number of elements, and whether so many of 8 bytes, zero
// lengths counted as one, can be addressed.
func count(shape []int) (n int, ok bool) {
	n = 1
	all := uint64(1)
	for _, d := range shape {
		if d == 0 {
			n = 0
			continue
		}
		hi, lo := bits.Mul64(all, uint64(d))
		if hi != 0 || lo > math.MaxInt/8 {
			return 0, false
		}
		all = lo
	}
	if n == 0 {
		return 0, true
	}
	return int(all), true
}

// size returns the number of elements.
func (l *layout) size() int {
	n := 1
	for _, d := range l.shape[:l.nd] {
		n *= d
	}
	return n
}

// contiguous reports whether the elements follow each other in storage in
// row-major order. Strides of axes of length one do not matter.
func (l *layout) contiguous() bool {
	step := 1
	for k := l.nd - 1; k >= 0; k-- {
		switch n := l.shape[k]; {
		case n == 0:
			return true
		case n != 1 && l.stride[k] != step:
			return l.size() == 0
		default:
			step *= n
		}
	}
	return true
}

// extent returns the first and last position of any element; the layout has
// elements.
func (l *layout) extent() (lo, hi int) {
	lo, hi = l.off, l.off
	for k, n := range l.shape[:l.nd] {
		if d := (n - 1) * l.stride[k]; d < 0 {
			lo += d
		} else {
			hi += d
		}
	}
	return lo, hi
}

// sameShape reports whether two layouts have equal shapes.
func (l *layout) sameShape(m *layout) bool { return l.nd == m.nd && l.shape == m.shape }

// axis returns axis k of a call's argument, counted from the end if negative.
func (l *layout) axis(call string, k int) int {
	if k < -l.nd || k >= l.nd {
		fail(call, "axis", fmt.Sprint(k), fmt.Sprintf("one of the %d axes", l.nd))
	}
	if k < 0 {
		k += l.nd
	}
	return k
}

// without returns the layout with axis k left out, at its first element.
func (l *layout) without(k int) layout {
	r := *l
	r.nd--
	copy(r.shape[k:], l.shape[k+1:])
	copy(r.stride[k:], l.stride[k+1:])
	r.shape[r.nd], r.stride[r.nd] = 0, 0
	return r
}

// broadcast returns the shape that both have by NumPy's rule: aligned at the
// last axis, lengths are equal or one of them is 1 or missing.
func broadcast(call, argA string, a *layout, argB string, b *layout) layout {
	var r layout
	r.nd = max(a.nd, b.nd)
	for k := 1; k <= r.nd; k++ {
		na, nb := 1, 1
		if k <= a.nd {
			na = a.shape[a.nd-k]
		}
		if k <= b.nd {
			nb = b.shape[b.nd-k]
		}
		switch {
		case na == nb || nb == 1:
			r.shape[r.nd-k] = na
		case na == 1:
			r.shape[r.nd-k] = nb
		default:
			fail(call, argB, b.String(), fmt.Sprintf("one that broadcasts with %s (%s)", a.String(), argA))
		}
	}
	return r
}

// expand returns l with the shape of to, which it broadcasts to: axes that are
// added or repeated have stride zero.
func (l *layout) expand(call, arg string, to *layout) layout {
	r := layout{off: l.off, nd: to.nd, shape: to.shape}
	if l.nd > to.nd {
		fail(call, arg, l.String(), "one that broadcasts to "+to.String())
	}
	for k := 1; k <= l.nd; k++ {
		switch n := l.shape[l.nd-k]; {
		case n == to.shape[to.nd-k]:
			r.stride[to.nd-k] = l.stride[l.nd-k]
		case n != 1:
			fail(call, arg, l.String(), "one that broadcasts to "+to.String())
		}
	}
	return r
}

// nest walks the positions of several operands of one shape at once. Axis 0 is
// the innermost. It visits the axes from `from` on; the ones before are its
// user's.
type nest struct {
	nd  int
	n   [MaxDims]int
	s   [4][MaxDims]int
	off [4]int
	i   [MaxDims]int
}

// newNest lays out the walk over operands of one shape, of which the first is
// written. Axes of length one vanish, axes are ordered so that the first
// operand is walked in the order of its storage, and neighbours become one axis
// where all strides allow. There is at least one axis.
func newNest(ops ...*layout) (w nest) {
	shape := ops[0].shape[:ops[0].nd]
	for o, l := range ops {
		w.off[o] = l.off
	}
	for k := len(shape) - 1; k >= 0; k-- {
		if shape[k] == 1 {
			continue
		}
		// Insert by the size of the first operand's stride.
		at := w.nd
		for at > 0 && abs(w.s[0][at-1]) > abs(ops[0].stride[k]) {
			at--
		}
		copy(w.n[at+1:], w.n[at:w.nd])
		w.n[at] = shape[k]
		for o, l := range ops {
			copy(w.s[o][at+1:], w.s[o][at:w.nd])
			w.s[o][at] = l.stride[k]
		}
		w.nd++
	}
	w.atLeastOne()
	w.join(len(ops))
	return w
}

// join makes one axis of neighbours where the strides of all operands allow.
func (w *nest) join(operands int) {
	to := 0
	for k := 1; k < w.nd; k++ {
		joins := true
		for o := range operands {
			joins = joins && w.s[o][k] == w.s[o][to]*w.n[to]
		}
		if joins {
			w.n[to] *= w.n[k]
			continue
		}
		to++
		w.n[to] = w.n[k]
		for o := range operands {
			w.s[o][to] = w.s[o][k]
		}
	}
	w.nd = to + 1
}

// push adds an axis outside of the others, unless it has length one.
func (w *nest) push(n int, strides ...int) {
	if n == 1 {
		return
	}
	w.n[w.nd] = n
	for o, s := range strides {
		w.s[o][w.nd] = s
	}
	w.nd++
}

// atLeastOne gives a nest without axes one of length one.
func (w *nest) atLeastOne() {
	if w.nd == 0 {
		w.nd, w.n[0] = 1, 1
		for o := range w.s {
			w.s[o][0] = 1
		}
	}
}

// next moves on by one step of the axes from `from` on, and reports whether
// there was one left.
func (w *nest) next(from int) bool {
	for k := from; k < w.nd; k++ {
		w.i[k]++
		if w.i[k] < w.n[k] {
			for o := range w.off {
				w.off[o] += w.s[o][k]
			}
			return true
		}
		w.i[k] = 0
		for o := range w.off {
			w.off[o] -= w.s[o][k] * (w.n[k] - 1)
		}
	}
	return false
}

func abs(x int) int { return max(x, -x) }
