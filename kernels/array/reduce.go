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
//   - where they lie contiguous in storage, they are used in place;
//   - sums whose vectors lie side by side are taken for many at once, lane by
//     lane of the definition (see sums.go), and so are maxima, minima and their
//     positions, row by row (see extremes.go);
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
	// rows is there if vectors that lie side by side can be taken together.
	rows fourRows[T]
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
	o := parse(call, &a.layout, opts)
	checkResult(call, dst, a, &o)
	reduceInto(call, dst, a, &o, f)
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

// arrange lays out the reduction of a into dst.
func arrange(call string, dst, a *layout, o *options) (v vectors) {
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
	return v
}

func reduceInto[D, T Element](call string, dst *Array[D], a *Array[T], o *options, f reducer[D, T]) {
	v := arrange(call, &dst.layout, &a.layout, o)
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
	if f.rows != nil && o.mask == nil && !o.skip && sideways(dst, a, &v, f.rows, f.at != nil) {
		return
	}
	inPlace := v.red.nd == 1 && v.red.s[0][0] == 1
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
				gatherVectors(buf, pitch, a.data, at, w.s[1][0], m, &v.red, 0)
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
						gatherVectors(k, 0, o.mask.data, from, 0, 1, &v.red, 1)
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
func gatherVectors[T Element](buf []T, pitch int, data []T, at, step, m int, w *nest, o int) {
	n, s := w.n[0], w.s[o][0]
	r := 0
	for ok := true; ok; ok = w.next(1) {
		q := at + w.off[o]
		switch {
		case s == 1:
			for j := range m {
				copy(buf[j*pitch+r:j*pitch+r+n], data[q+j*step:])
			}
		case m == 1:
			gather(buf[r:r+n], data, q, s)
		default:
			transpose(buf, r, pitch, 1, data, q, step, s, m, n)
		}
		r += n
	}
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
