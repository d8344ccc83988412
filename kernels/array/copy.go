package array

import (
	"unsafe"

	"github.com/weftgo/weft/kernels"
)

// Copy returns a row-major array of its own with the elements of a.
func (a *Array[T]) Copy() *Array[T] {
	r := like[T](&a.layout)
	copyLayout(r, a)
	return r
}

// CopyTo sets dst to src, which is broadcast to its shape: dst[…] = src. It
// panics with a *kernels.ShapeError if src does not broadcast to dst, or if
// they share elements and are not the same view.
func CopyTo[T Element](dst, src *Array[T]) {
	if d, ok := straight(dst); ok {
		var b *buffers
		x, ok := inLine(dst, d, src, &b, 0)
		if ok {
			copy(d, x)
		}
		b.done()
		if ok {
			return
		}
	}
	writable("CopyTo", &dst.layout)
	from := &Array[T]{src.data, src.expand("CopyTo", "src", &dst.layout)}
	apart("CopyTo", dst, "src", from, true)
	copyLayout(dst, from)
}

// Convert returns a new array with the elements of a as type D. Floats become
// integers by truncation, as Go converts: what does not fit is not defined.
// false and true are 0 and 1, and what is not 0 is true.
func Convert[D, T Element](a *Array[T]) *Array[D] {
	r := like[D](&a.layout)
	ConvertTo(r, a)
	return r
}

// ConvertTo is [Convert] into dst; a is broadcast to its shape.
func ConvertTo[D, T Element](dst *Array[D], a *Array[T]) {
	mapTo("ConvertTo", dst, a, convertRun[D, T])
}

func convertRun[D, T Element](d []D, x []T) {
	switch kindOf[T]() {
	case kindBool:
		x := as[bool](x)
		switch kindOf[D]() {
		case kindBool:
			copy(as[bool](d), x)
		case kindInt32:
			fromBool(as[int32](d), x)
		case kindInt64:
			fromBool(as[int64](d), x)
		case kindFloat32:
			fromBool(as[float32](d), x)
		case kindFloat64:
			fromBool(as[float64](d), x)
		}
	case kindInt32:
		convertNumbers(d, as[int32](x))
	case kindInt64:
		convertNumbers(d, as[int64](x))
	case kindFloat32:
		convertNumbers(d, as[float32](x))
	case kindFloat64:
		convertNumbers(d, as[float64](x))
	}
}

func fromBool[D Number](d []D, x []bool) {
	for i, v := range x {
		if v {
			d[i] = 1
		} else {
			d[i] = 0
		}
	}
}

func convertNumbers[D Element, T Number](d []D, x []T) {
	switch kindOf[D]() {
	case kindBool:
		for i, v := range x {
			as[bool](d)[i] = v != 0
		}
	case kindInt32:
		convertLoop(as[int32](d), x)
	case kindInt64:
		convertLoop(as[int64](d), x)
	case kindFloat32:
		convertLoop(as[float32](d), x)
	case kindFloat64:
		convertLoop(as[float64](d), x)
	}
}

func convertLoop[D, T Number](d []D, x []T) {
	x = x[:len(d)]
	for i, v := range x {
		d[i] = D(v)
	}
}

// copyLayout copies src, which has dst's shape, to dst, which is checked.
func copyLayout[T Element](dst, src *Array[T]) {
	if dst.size() == 0 || sameView(dst, src) {
		return
	}
	w := newNest(&dst.layout, &src.layout)
	d, s := dst.data, src.data
	n := w.n[0]
	// An axis of src that is nearer together in storage than the innermost of
	// dst makes a transposition.
	across := 0
	for k := 1; k < w.nd; k++ {
		if w.s[1][k] != 0 && (abs(w.s[1][k]) < abs(w.s[1][across])) {
			across = k
		}
	}
	if across > 0 && w.s[1][0] != 0 {
		w.swapOuter(1, across)
		for ok := true; ok; ok = w.next(2) {
			transpose(d, w.off[0], w.s[0][1], w.s[0][0], s, w.off[1], w.s[1][1], w.s[1][0], w.n[1], n)
		}
		return
	}
	for ok := true; ok; ok = w.next(1) {
		o, p := w.off[0], w.off[1]
		ds, ss := w.s[0][0], w.s[1][0]
		switch {
		case ds == 1 && ss == 1:
			copy(d[o:o+n], s[p:p+n])
		case ds == 1 && ss == 0:
			fill(d[o:o+n], s[p])
		case ds == 1:
			gather(d[o:o+n], s, p, ss)
		case ss == 1:
			scatter(d, o, ds, s[p:p+n])
		default:
			for range n {
				d[o] = s[p]
				o += ds
				p += ss
			}
		}
	}
}

// swapOuter exchanges two axes.
func (w *nest) swapOuter(j, k int) {
	w.n[j], w.n[k] = w.n[k], w.n[j]
	for o := range w.s {
		w.s[o][j], w.s[o][k] = w.s[o][k], w.s[o][j]
	}
}

// gather sets dst to the elements of src from off on, stride apart.
func gather[T Element](dst, src []T, off, stride int) {
	if len(dst) == 0 {
		return
	}
	// The last is there, and so are all; so many checks would take longer than
	// the loads.
	_, _ = src[off], src[off+(len(dst)-1)*stride]
	size := kindOf[T]().size()
	p, step := unsafe.Pointer(&src[off]), stride*size
	at := func(i int) T { return *(*T)(unsafe.Add(p, i*step)) }
	for ; len(dst) > 4; dst = dst[4:] {
		dst[0], dst[1], dst[2], dst[3] = at(0), at(1), at(2), at(3)
		p = unsafe.Add(p, 4*step)
	}
	for i := range dst {
		dst[i] = at(i)
	}
}

// scatter sets the elements of dst from off on, stride apart, to those of src.
func scatter[T Element](dst []T, off, stride int, src []T) {
	if stride == 1 {
		copy(dst[off:], src)
		return
	}
	if len(src) == 0 {
		return
	}
	_, _ = dst[off], dst[off+(len(src)-1)*stride] // as in gather
	p, step := unsafe.Pointer(&dst[off]), stride*kindOf[T]().size()
	set := func(i int, v T) { *(*T)(unsafe.Add(p, i*step)) = v }
	for ; len(src) > 4; src = src[4:] {
		set(0, src[0])
		set(1, src[1])
		set(2, src[2])
		set(3, src[3])
		p = unsafe.Add(p, 4*step)
	}
	for i, v := range src {
		set(i, v)
	}
}

// fill sets every element to v.
func fill[T Element](x []T, v T) {
	switch kindOf[T]() {
	case kindFloat32:
		kernels.Fill(as[float32](x), one[float32](v))
	case kindFloat64:
		kernels.Fill(as[float64](x), one[float64](v))
	default:
		for i := range x {
			x[i] = v
		}
	}
}

// transpose copies rows×cols elements between two layouts, of which dst's runs
// along the rows and src's along the columns, in rectangles whose lines of
// either side stay in the first cache.
func transpose[T Element](dst []T, d, drow, dcol int, src []T, s, srow, scol, rows, cols int) {
	const tall, wide = 8, 64
	for j := 0; j < cols; j += wide {
		n := min(wide, cols-j)
		i := 0
		if dcol == 1 && srow == 1 {
			for ; i+tall <= rows; i += tall {
				transpose8(dst[d+i*drow+j:], drow, n, src, s+i+j*scol, scol)
			}
		}
		for ; i < rows; i++ {
			to, from := d+i*drow+j*dcol, s+i*srow+j*scol
			for range n {
				dst[to] = src[from]
				to += dcol
				from += scol
			}
		}
	}
}

// transpose8 sets eight rows of n, drow apart, to n groups of eight elements,
// step apart.
func transpose8[T Element](dst []T, drow, n int, src []T, s, step int) {
	r0 := dst[:n]
	r1 := dst[drow:][:len(r0)]
	r2 := dst[2*drow:][:len(r0)]
	r3 := dst[3*drow:][:len(r0)]
	r4 := dst[4*drow:][:len(r0)]
	r5 := dst[5*drow:][:len(r0)]
	r6 := dst[6*drow:][:len(r0)]
	r7 := dst[7*drow:][:len(r0)]
	for q := range r0 {
		x := src[s : s+8 : s+8]
		s += step
		r0[q], r1[q], r2[q], r3[q] = x[0], x[1], x[2], x[3]
		r4[q], r5[q], r6[q], r7[q] = x[4], x[5], x[6], x[7]
	}
}
