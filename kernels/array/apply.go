package array

import (
	"sync"
	"unsafe"
)

// Elementwise functions are written once, for contiguous slices: the vector
// functions of package kernels where they exist. What follows brings operands
// of any layout to them: a run that is contiguous in storage is used where it
// lies, any other is gathered into a buffer, and results go back the same way.
//
// Vector functions share a long run among workers by themselves. Runs are
// independent, so this is the place where they could be shared as well.

const (
	block = 1024 // elements of a buffer
	short = 256  // runs below this are taken several at a time
)

// buffers are what the operands of one call that are not contiguous pass
// through.
type buffers struct {
	b [4][block]float64
}

var bufferPool = sync.Pool{New: func() any { return new(buffers) }}

// blockOf returns one of the buffers as elements.
func blockOf[T Element](b *buffers, i int) []T {
	return unsafe.Slice((*T)(unsafe.Pointer(&b.b[i])), block)
}

// port is an operand on its way through the blocks.
type port[T Element] struct {
	data []T
	buf  []T
	held int // rows in buf, if several were gathered last,
	from int // and the position of the first
}

func newPort[T Element](a *Array[T], b *buffers, i int) port[T] {
	return port[T]{data: a.data, buf: blockOf[T](b, i)}
}

// tile is the part of a nest that the functions see at once: cols elements of
// the innermost axis by rows of the next.
type tile struct {
	at, cols, rows int
}

// direct reports whether a tile is contiguous in storage.
func (w *nest) direct(o int, t tile) bool {
	return (w.s[o][0] == 1 || t.cols == 1) && (t.rows == 1 || w.s[o][1] == t.cols)
}

// load returns the tile of operand o as a slice.
func (p *port[T]) load(w *nest, o int, t tile) []T {
	at, n := w.off[o]+t.at*w.s[o][0], t.cols*t.rows
	switch {
	case w.direct(o, t):
		return p.data[at : at+n]
	case t.rows == 1 && w.s[o][0] == 0:
		if t.at == 0 { // the first block of a run is the longest
			fill(p.buf[:n], p.data[at])
		}
	case t.rows == 1:
		gather(p.buf[:n], p.data, at, w.s[o][0])
	case w.s[o][1] == 0 && p.held >= t.rows && p.from == at:
		// It holds these rows already.
	default:
		p.held, p.from = t.rows, at
		for r := range t.rows {
			from := at + r*w.s[o][1]
			row := p.buf[r*t.cols : (r+1)*t.cols]
			switch w.s[o][0] {
			case 1:
				copy(row, p.data[from:])
			case 0:
				fill(row, p.data[from])
			default:
				gather(row, p.data, from, w.s[o][0])
			}
		}
	}
	return p.buf[:n]
}

// target returns where the result of a tile goes: its place, or the buffer.
func (p *port[T]) target(w *nest, t tile) []T {
	if w.direct(0, t) {
		at := w.off[0] + t.at*w.s[0][0]
		return p.data[at : at+t.cols*t.rows]
	}
	return p.buf[:t.cols*t.rows]
}

// store brings the result of a tile to its place.
func (p *port[T]) store(w *nest, t tile) {
	if w.direct(0, t) {
		return
	}
	for r := range t.rows {
		at := w.off[0] + t.at*w.s[0][0] + r*w.s[0][1]
		scatter(p.data, at, w.s[0][0], p.buf[r*t.cols:(r+1)*t.cols])
	}
}

// tiles calls f with every tile of the nest of so many operands.
func (w *nest) tiles(operands int, f func(t tile)) {
	n := w.n[0]
	if n == 0 {
		return
	}
	for k := range w.nd {
		if w.n[k] == 0 {
			return
		}
	}
	if n < short && w.nd > 1 {
		// Several short runs at a time: split the next axis.
		rows := block / n
		for ok := true; ok; ok = w.next(2) {
			left := w.n[1]
			for left > 0 {
				m := min(rows, left)
				f(tile{0, n, m})
				for o := range operands {
					w.off[o] += m * w.s[o][1]
				}
				left -= m
			}
			for o := range operands {
				w.off[o] -= w.n[1] * w.s[o][1]
			}
		}
		return
	}
	step := n
	for o := range operands {
		if w.s[o][0] != 1 {
			step = block
		}
	}
	for ok := true; ok; ok = w.next(1) {
		for at := 0; at < n; at += step {
			f(tile{at, min(step, n-at), 1})
		}
	}
}

// few is how many elements are brought together one by one, where that takes less
// time than to lay out a walk over them.
const few = 64

// straight returns the elements of a contiguous dst, for the short way of calls
// that need none of what is above: dst and operands contiguous and of one shape,
// or few elements.
func straight[D Element](dst *Array[D]) (d []D, ok bool) {
	if !dst.contiguous() {
		return nil, false
	}
	n := dst.size()
	if n == 0 {
		return nil, false
	}
	return dst.data[dst.off : dst.off+n], true
}

// inPlace returns the elements of a, if they lie as those of dst do, d, and are
// these or have no storage in common with them.
func inPlace[D, A Element](dst *Array[D], d []D, a *Array[A]) (x []A, ok bool) {
	if a.nd != dst.nd {
		return nil, false
	}
	for k := range a.nd {
		if a.shape[k] != dst.shape[k] || a.stride[k] != dst.stride[k] {
			return nil, false
		}
	}
	x = a.data[a.off : a.off+len(d)]
	from, to := uintptr(unsafe.Pointer(&d[0])), uintptr(unsafe.Pointer(&x[0]))
	var zd D
	var zx A
	n := uintptr(len(d))
	return x, from == to && unsafe.Sizeof(zd) == unsafe.Sizeof(zx) || from+n*unsafe.Sizeof(zd) <= to || to+n*unsafe.Sizeof(zx) <= from
}

// inLine is inPlace for any array that broadcasts to few elements. They go to
// buffer i of b, which is fetched if it is not there.
func inLine[D, A Element](dst *Array[D], d []D, a *Array[A], b **buffers, i int) (x []A, ok bool) {
	if x, ok = inPlace(dst, d, a); ok {
		return x, true
	}
	if len(d) > few || dst.nd > 2 || a.nd > dst.nd || len(a.data) == 0 || !separate(d, a.data) {
		return nil, false
	}
	// Rows and columns of dst, and the steps of a along them.
	var n, step [2]int
	for k := range 2 {
		n[k] = 1
		if k >= dst.nd {
			continue
		}
		n[k] = dst.shape[dst.nd-1-k]
		if k >= a.nd {
			continue
		}
		switch a.shape[a.nd-1-k] {
		case n[k]:
			step[k] = a.stride[a.nd-1-k]
		case 1:
		default:
			return nil, false
		}
	}
	if *b == nil {
		*b = bufferPool.Get().(*buffers)
	}
	x = blockOf[A](*b, i)[:len(d)]
	to := 0
	for r := range n[1] {
		at := a.off + r*step[1]
		for range n[0] {
			x[to] = a.data[at]
			to++
			at += step[0]
		}
	}
	return x, true
}

// separate reports whether two slices, which have elements, share no storage.
func separate[D, A Element](d []D, a []A) bool {
	from, to := uintptr(unsafe.Pointer(&d[0])), uintptr(unsafe.Pointer(&a[0]))
	var zd D
	var za A
	return from+uintptr(len(d))*unsafe.Sizeof(zd) <= to || to+uintptr(len(a))*unsafe.Sizeof(za) <= from
}

// done gives buffers back, if there are any.
func (b *buffers) done() {
	if b != nil {
		bufferPool.Put(b)
	}
}

// mapTo sets dst to f of a, which is broadcast to dst's shape.
func mapTo[D, A Element](call string, dst *Array[D], a *Array[A], f func(d []D, a []A)) {
	if d, ok := straight(dst); ok {
		if x, ok := inPlace(dst, d, a); ok {
			f(d, x)
			return
		}
		var b *buffers
		x, okA := inLine(dst, d, a, &b, 0)
		if okA {
			f(d, x)
			b.done()
			return
		}
		b.done()
	}
	writable(call, &dst.layout)
	la := a.expand(call, "a", &dst.layout)
	apart(call, dst, "a", &Array[A]{a.data, la}, true)
	w := newNest(&dst.layout, &la)
	b := bufferPool.Get().(*buffers)
	pd, pa := newPort(dst, b, 0), newPort(a, b, 1)
	w.tiles(2, func(t tile) {
		f(pd.target(&w, t), pa.load(&w, 1, t))
		pd.store(&w, t)
	})
	bufferPool.Put(b)
}

func map1[D, A Element](a *Array[A], f func(d []D, a []A)) *Array[D] {
	r := like[D](&a.layout)
	mapTo("", r, a, f)
	return r
}

// map2To sets dst to f of a and b, which are broadcast to dst's shape.
func map2To[D, A, B Element](call string, dst *Array[D], a *Array[A], b *Array[B], f func(d []D, a []A, b []B)) {
	if d, ok := straight(dst); ok {
		if x, ok := inPlace(dst, d, a); ok {
			if y, ok := inPlace(dst, d, b); ok {
				f(d, x, y)
				return
			}
		}
		var buf *buffers
		x, okA := inLine(dst, d, a, &buf, 0)
		y, okB := inLine(dst, d, b, &buf, 1)
		if okA && okB {
			f(d, x, y)
			buf.done()
			return
		}
		buf.done()
	}
	writable(call, &dst.layout)
	la := a.expand(call, "a", &dst.layout)
	lb := b.expand(call, "b", &dst.layout)
	apart(call, dst, "a", &Array[A]{a.data, la}, true)
	apart(call, dst, "b", &Array[B]{b.data, lb}, true)
	w := newNest(&dst.layout, &la, &lb)
	buf := bufferPool.Get().(*buffers)
	pd, pa, pb := newPort(dst, buf, 0), newPort(a, buf, 1), newPort(b, buf, 2)
	w.tiles(3, func(t tile) {
		f(pd.target(&w, t), pa.load(&w, 1, t), pb.load(&w, 2, t))
		pd.store(&w, t)
	})
	bufferPool.Put(buf)
}

func map2[D, A, B Element](call string, a *Array[A], b *Array[B], f func(d []D, a []A, b []B)) *Array[D] {
	l := broadcast(call, "a", &a.layout, "b", &b.layout)
	r := like[D](&l)
	map2To(call, r, a, b, f)
	return r
}

// map3To sets dst to f of a, b and c, which are broadcast to dst's shape.
func map3To[D, A, B, C Element](call string, dst *Array[D], a *Array[A], b *Array[B], c *Array[C],
	names [3]string, f func(d []D, a []A, b []B, c []C)) {
	if d, ok := straight(dst); ok {
		var buf *buffers
		x, okA := inLine(dst, d, a, &buf, 0)
		y, okB := inLine(dst, d, b, &buf, 1)
		z, okC := inLine(dst, d, c, &buf, 2)
		if okA && okB && okC {
			f(d, x, y, z)
			buf.done()
			return
		}
		buf.done()
	}
	writable(call, &dst.layout)
	la := a.expand(call, names[0], &dst.layout)
	lb := b.expand(call, names[1], &dst.layout)
	lc := c.expand(call, names[2], &dst.layout)
	apart(call, dst, names[0], &Array[A]{a.data, la}, true)
	apart(call, dst, names[1], &Array[B]{b.data, lb}, true)
	apart(call, dst, names[2], &Array[C]{c.data, lc}, true)
	w := newNest(&dst.layout, &la, &lb, &lc)
	buf := bufferPool.Get().(*buffers)
	pd, pa, pb, pc := newPort(dst, buf, 0), newPort(a, buf, 1), newPort(b, buf, 2), newPort(c, buf, 3)
	w.tiles(4, func(t tile) {
		f(pd.target(&w, t), pa.load(&w, 1, t), pb.load(&w, 2, t), pc.load(&w, 3, t))
		pd.store(&w, t)
	})
	bufferPool.Put(buf)
}

func map3[D, A, B, C Element](call string, a *Array[A], b *Array[B], c *Array[C],
	names [3]string, f func(d []D, a []A, b []B, c []C)) *Array[D] {
	l := broadcast(call, names[0], &a.layout, names[1], &b.layout)
	l = broadcast(call, names[0]+" and "+names[1], &l, names[2], &c.layout)
	r := like[D](&l)
	map3To(call, r, a, b, c, names, f)
	return r
}
