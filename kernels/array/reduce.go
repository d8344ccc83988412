package array

import (
	"sync"
	"unsafe"
)

// A reduction over axes is one rule for all layouts: for each element of the
// result, the elements that it is made from, in row-major order of the reduced
// axes, are a vector, and the result is what the function gives for it. How
// the vectors are reached is a matter of speed only:
//
//   - where they lie contiguous in storage, they are used in place, and in the
//     order of the storage where the order makes no difference;
//   - sums and products whose vectors lie side by side are taken for many at
//     once, lane by lane of the definition (see sums.go), and so are maxima,
//     minima, their positions and what else is a fold, row by row (see rows.go);
//   - otherwise as many as lie side by side are gathered together.

// vectors is a reduction, laid out.
type vectors struct {
	kept nest // operands: dst, a, mask; axis 0 is the one that a is densest along
	red  nest // operands: a, mask; axis 0 is the last in row-major order
	n    int  // elements of a vector
	out  int  // number of vectors
}

// reducer is the function of a vector that a reduction computes.
type reducer[D, T Element] struct {
	f func(x []T) D
	// at is there instead if the result is a position: then nothing is taken
	// out of x, and if keep is not nil, what counts is where it is true.
	at func(x []T, keep []bool) D
	// needs says that a vector must have elements: without them the call
	// panics.
	needs bool
	// free reports whether a result is the same for any order of the elements,
	// and is there if most results are.
	free func(r D) bool
	// How vectors that lie side by side are taken together, if they can be: fold
	// joins any two elements, and lanes says that with floats it is to do so in the
	// order of kernels.Sum, which is not free; rows finds positions.
	fold  func(d, x, y []T)
	lanes bool
	rows  fourRows[T]
}

// reduce returns the reduction of a by f.
func reduce[D, T Element](call string, a *Array[T], opts []Option, f reducer[D, T]) *Array[D] {
	o := parse(call, &a.layout, opts)
	l := o.result(&a.layout)
	dst := like[D](&l)
	reduceInto(call, dst, a, &o, f)
	return dst
}

// reduceTo is reduce into dst, which has the shape of the result.
func reduceTo[D, T Element](call string, dst *Array[D], a *Array[T], opts []Option, f reducer[D, T]) {
	if reduceFew(dst, a, opts, f) {
		return
	}
	o := parse(call, &a.layout, opts)
	checkResult(call, dst, a, &o)
	reduceInto(call, dst, a, &o, f)
}

// reduceFew is reduceTo, and reports that it was, for reductions of few elements of
// an array of up to two dimensions over everything or over one axis, and for those
// of contiguous ones over everything: the short way, which needs none of what
// follows.
func reduceFew[D, T Element](dst *Array[D], a *Array[T], opts []Option, f reducer[D, T]) bool {
	n := a.size()
	if n == 0 || len(opts) > 1 || len(dst.data) == 0 || !separate(dst.data, a.data) {
		return false
	}
	if len(opts) == 0 {
		if dst.nd != 0 {
			return false
		}
		if a.contiguous() {
			dst.data[dst.off] = f.of(a.data[a.off : a.off+n])
			return true
		}
	}
	if n > few || a.nd > 2 {
		return false
	}
	// Lengths and steps of the kept axis and of the reduced ones.
	m, step := [3]int{1, 1, 1}, [3]int{}
	for k := range a.nd {
		m[1+k], step[1+k] = a.shape[k], a.stride[k]
	}
	if len(opts) == 1 {
		axis := opts[0].axes[0]
		if axis < 0 {
			axis += a.nd
		}
		if opts[0].what != optionAxis || opts[0].n != 1 || axis < 0 || axis >= a.nd || dst.nd != a.nd-1 {
			return false
		}
		if a.nd == 2 {
			if dst.shape[0] != a.shape[1-axis] || dst.stride[0] == 0 && dst.shape[0] > 1 {
				return false
			}
			m = [3]int{a.shape[1-axis], a.shape[axis], 1}
			step = [3]int{a.stride[1-axis], a.stride[axis], 0}
		}
	}
	if step[1] == 1 && m[2] == 1 {
		for i := range m[0] {
			at := a.off + i*step[0]
			dst.data[dst.off+i*dst.stride[0]] = f.of(a.data[at : at+m[1]])
		}
		return true
	}
	s := scratchPool.Get().(*scratch)
	x := room[T](&s.a, few, kindOf[T]().size())
	for i := range m[0] {
		to := 0
		for j := range m[1] {
			at := a.off + i*step[0] + j*step[1]
			for range m[2] {
				x[to] = a.data[at]
				to++
				at += step[2]
			}
		}
		dst.data[dst.off+i*dst.stride[0]] = f.of(x[:to])
	}
	scratchPool.Put(s)
	return true
}

// of returns what all elements of x make.
func (f *reducer[D, T]) of(x []T) D {
	if f.at != nil {
		return f.at(x, nil)
	}
	return f.f(x)
}

// checkResult panics unless dst can hold the reduction of a.
func checkResult[D, T Element](call string, dst *Array[D], a *Array[T], o *options) {
	l := o.result(&a.layout)
	if !l.sameShape(&dst.layout) {
		fail(call, "dst", dst.layout.String(), l.String())
	}
	writable(call, &dst.layout)
	apart(call, dst, "a", a, false)
	if o.mask != nil {
		apart(call, dst, "mask", o.mask, false)
	}
}

// arrange lays out the reduction of a into dst. If the order of the elements of
// a vector is free, it is that of the storage; moved says that it is another.
func arrange(call string, dst, a *layout, o *options, free bool) (v vectors, moved bool) {
	var mask layout
	if o.mask != nil {
		mask = o.mask.expand(call, "mask", a)
	}
	v.kept.off = [4]int{dst.off, a.off, mask.off}
	v.n, v.out = 1, 1
	d := dst.nd - 1
	for k := a.nd - 1; k >= 0; k-- {
		n := a.shape[k]
		if o.reduced[k] {
			v.red.push(n, a.stride[k], mask.stride[k])
			v.n *= n
			if o.keepDims {
				d--
			}
			continue
		}
		v.kept.push(n, dst.stride[d], a.stride[k], mask.stride[k])
		v.out *= n
		d--
	}
	v.red.atLeastOne()
	if free {
		moved = v.inStorageOrder()
	}
	v.red.join(2)
	if v.n == 1 {
		v.red.s[0][0], v.red.s[1][0] = 1, 1
	}
	v.kept.atLeastOne()
	for k := range v.kept.nd {
		if s := abs(v.kept.s[1][k]); s != 0 && (s < abs(v.kept.s[1][0]) || v.kept.s[1][0] == 0) {
			v.kept.swapOuter(0, k)
		}
	}
	return v, moved
}

// inStorageOrder turns and sorts the axes of the vectors so that their elements
// come in the order of their addresses, and reports whether they did not before.
func (v *vectors) inStorageOrder() (moved bool) {
	w := &v.red
	for k := range w.nd {
		if w.s[0][k] < 0 {
			for o := range 2 {
				v.kept.off[1+o] += w.s[o][k] * (w.n[k] - 1)
				w.s[o][k] = -w.s[o][k]
			}
			moved = true
		}
	}
	for k := 1; k < w.nd; k++ {
		for j := k; j > 0 && w.s[0][j] != 0 && (w.s[0][j] < w.s[0][j-1] || w.s[0][j-1] == 0); j-- {
			w.swapOuter(j, j-1)
			moved = true
		}
	}
	return moved
}

func reduceInto[D, T Element](call string, dst *Array[D], a *Array[T], o *options, f reducer[D, T]) {
	f.lanes = f.lanes && kindOf[T]().float()
	v, moved := arrange(call, &dst.layout, &a.layout, o, f.free != nil && !f.lanes)
	if v.out == 0 {
		return
	}
	if v.n == 0 {
		if f.needs {
			fail(call, "a", a.layout.String(), "an element for each result")
		}
		dst.Fill(f.f(nil))
		return
	}
	vectorwise(dst, a, &v, o, f)
	if !moved {
		return
	}
	for ok := true; ok; ok = v.kept.next(0) {
		if !f.free(dst.data[v.kept.off[0]]) {
			v, _ := arrange(call, &dst.layout, &a.layout, o, false)
			vectorwise(dst, a, &v, o, f)
			return
		}
	}
}

// vectorwise sets dst to f of the vectors of a, which have elements.
func vectorwise[D, T Element](dst *Array[D], a *Array[T], v *vectors, o *options, f reducer[D, T]) {
	inPlace := v.red.nd == 1 && v.red.s[0][0] == 1
	if o.mask == nil && !o.skip && !inPlace {
		switch {
		case f.lanes && v.sideBySide(2):
			lanesSideways(cast[T](dst), a, v, f.fold, one[T](f.f(nil)))
			return
		case f.lanes && v.n > 1<<14:
			lanesStreamed(dst, a, v, f.f, f.fold)
			return
		case f.fold != nil && !f.lanes && v.sideBySide(8):
			foldSideways(cast[T](dst), a, v, f.fold)
			return
		case f.rows != nil && v.kept.s[1][0] == 1 && v.sideBySide(8):
			rowsSideways(cast[int64](dst), a, v, f.rows)
			return
		}
	}
	maskInPlace := v.red.nd == 1 && v.red.s[1][0] == 1
	// Vectors gathered at once: as many as make use of the lines of the cache.
	w := &v.kept
	wide := 1
	if !inPlace {
		wide = min(w.n[0], max(8, 1<<14/v.n))
	}
	pitch := v.n + 8 // not a power of two, whose multiples share a place in the cache
	size := kindOf[T]().size()
	var buf []T
	var keep []bool
	s := scratchPool.Get().(*scratch)
	if !inPlace {
		buf = room[T](&s.a, wide*pitch, size)
	}
	if o.mask != nil && !maskInPlace || o.skip {
		keep = room[bool](&s.b, v.n, 1)
	}
	for ok := true; ok; ok = w.next(1) {
		for i := 0; i < w.n[0]; i += wide {
			m := min(wide, w.n[0]-i)
			at := w.off[1] + i*w.s[1][0]
			if !inPlace {
				gatherVectors(buf, pitch, a.data, at, w.s[1][0], m, v.red, 0)
			}
			for j := range m {
				var x []T
				if inPlace {
					from := at + j*w.s[1][0]
					x = a.data[from : from+v.n]
				} else {
					x = buf[j*pitch : j*pitch+v.n]
				}
				var k []bool
				if o.mask != nil {
					from := w.off[2] + (i+j)*w.s[2][0]
					if maskInPlace {
						k = o.mask.data[from : from+v.n]
					} else {
						k = keep
						gatherVectors(k, 0, o.mask.data, from, 0, 1, v.red, 1)
					}
				}
				if o.skip {
					k = dropNaN(keep, k, x)
				}
				var r D
				switch {
				case f.at != nil:
					r = f.at(x, k)
				case k != nil:
					r = f.f(selected(room[T](&s.c, v.n, size), x, k))
				default:
					r = f.f(x)
				}
				dst.data[w.off[0]+(i+j)*w.s[0][0]] = r
			}
		}
	}
	scratchPool.Put(s)
}

// gatherVectors sets m vectors in buf, pitch apart, to those of data that begin
// at, at+step, …, walking operand o of w.
func gatherVectors[T Element](buf []T, pitch int, data []T, at, step, m int, w nest, o int) {
	// The copy of an array, whose first axis counts vectors.
	to, from := layout{nd: w.nd}, layout{off: at, nd: w.nd}
	if m > 1 {
		to.shape[0], to.stride[0], from.stride[0] = m, pitch, step
		to.nd++
	}
	n := 1
	for k := range w.nd {
		j := to.nd - 1 - k
		to.shape[j], to.stride[j], from.stride[j] = w.n[k], n, w.s[o][k]
		n *= w.n[k]
	}
	from.nd, from.shape = to.nd, to.shape
	copyLayout(&Array[T]{buf, to}, &Array[T]{data, from})
}

// dropNaN returns in buf where keep, all if nil, is true and x is not NaN. It
// returns nil for all.
func dropNaN[T Element](buf, keep []bool, x []T) []bool {
	all := keep == nil
	for i, v := range x {
		ok := v == v
		all = all && ok
		buf[i] = ok && (keep == nil || keep[i])
	}
	if all {
		return nil
	}
	return buf
}

// selected returns in buf the elements of x where keep is true.
func selected[T Element](buf, x []T, keep []bool) []T {
	n := 0
	for i, v := range x {
		buf[n] = v
		if keep[i] {
			n++
		}
	}
	return buf[:n]
}

// scratch is memory for the vectors of one call. It stays as large as the call
// that needed most.
type scratch struct{ a, b, c, d []float64 }

var scratchPool = sync.Pool{New: func() any { return new(scratch) }}

// room returns n elements of memory that p keeps. They are not cleared.
func room[T Element](p *[]float64, n, size int) []T {
	words := (n*size + 7) / 8
	if len(*p) < words {
		*p = make([]float64, words)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(*p))), n)
}
