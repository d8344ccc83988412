package cpu

import "github.com/weftgo/weft/internal/op"

// vectorOp says which elementwise function a call computes.
type vectorOp uint8

const (
	opAxpy vectorOp = iota
	opScale
	opAdd
	opSub
	opMul
	opDiv
	opFill
)

// vector is one elementwise call: dst from x, y and alpha, in runs of chunks.
type vector[T op.Float] struct {
	l         *loops[T]
	op        vectorOp
	alpha     T
	dst, x, y []T
	per       int // elements in an item, a multiple of a chunk
}

func (v *vector[T]) item(i int) {
	lo := i * v.per
	for hi := min(lo+v.per, len(v.dst)); lo < hi && !v.l.ctl.Stopped(); {
		end := min(lo+op.Chunk[T](), hi)
		v.run(lo, end)
		lo = end
	}
}

// run does elements lo to hi-1. Like a chunk of a reduction it is a call of
// its own, after which a garbage collection may proceed.
//
//go:noinline
func (v *vector[T]) run(lo, hi int) {
	s, n := &v.l.set, hi-lo
	switch v.op {
	case opAxpy:
		s.Axpy(v.alpha, &v.x[lo], &v.dst[lo], n)
	case opScale:
		s.Scale(v.alpha, &v.x[lo], &v.dst[lo], n)
	case opAdd:
		s.Add(&v.dst[lo], &v.x[lo], &v.y[lo], n)
	case opSub:
		s.Sub(&v.dst[lo], &v.x[lo], &v.y[lo], n)
	case opMul:
		s.Mul(&v.dst[lo], &v.x[lo], &v.y[lo], n)
	case opDiv:
		s.Div(&v.dst[lo], &v.x[lo], &v.y[lo], n)
	case opFill:
		s.Fill(&v.dst[lo], n, v.alpha)
	}
}

// longVector is an elementwise call on more than one chunk.
func (l *loops[T]) longVector(o vectorOp, w int, alpha T, dst, x, y []T) {
	v := vector[T]{l: l, op: o, alpha: alpha, dst: dst, x: x, y: y}
	n := op.Chunk[T]()
	w = share(w, len(dst)*op.Size[T]() >= minForkBytes)
	work := float64(len(dst))
	if o == opAxpy {
		work *= 2
	} else if o == opFill {
		work = 0
	}
	if w == 1 {
		v.per = len(dst)
		v.item(0)
		l.ctl.Did(work)
		return
	}
	s := getScratch[T]()
	chunks := (len(dst) + n - 1) / n
	items := min(chunks, 16*w)
	v.per = (chunks + items - 1) / items * n
	s.vector = v
	l.fork(w, (len(dst)+v.per-1)/v.per, work, s, &s.vector)
	s.vector = vector[T]{}
	putScratch(s)
}

func (l *loops[T]) axpy(w int, alpha T, x, y []T) {
	if len(x) <= op.Chunk[T]() {
		l.set.Axpy(alpha, &x[0], &y[0], len(x))
		return
	}
	l.longVector(opAxpy, w, alpha, y, x, nil)
}

func (l *loops[T]) scal(w int, alpha T, x []T) {
	if len(x) <= op.Chunk[T]() {
		l.set.Scale(alpha, &x[0], &x[0], len(x))
		return
	}
	l.longVector(opScale, w, alpha, x, x, nil)
}

func (l *loops[T]) fill(w int, x []T, v T) {
	if len(x) <= op.Chunk[T]() {
		l.set.Fill(&x[0], len(x), v)
		return
	}
	l.longVector(opFill, w, v, x, nil, nil)
}

// elementwise returns the function of a table for one of Add, Sub, Mul, Div.
func (l *loops[T]) elementwise(o vectorOp, kernel func(dst, x, y *T, n int)) func(w int, dst, x, y []T) {
	return func(w int, dst, x, y []T) {
		if len(x) <= op.Chunk[T]() {
			kernel(&dst[0], &x[0], &y[0], len(x))
			return
		}
		l.longVector(o, w, 0, dst, x, y)
	}
}

// scaleRows sets c = beta*c, or zero without reading c when beta is zero.
func (l *loops[T]) scaleRows(w int, beta T, c op.View[T]) {
	if c.RowStride == c.Cols || c.Rows == 1 {
		row := c.Data[:c.Rows*c.Cols]
		if beta == 0 {
			l.fill(w, row, 0)
		} else {
			l.scal(w, beta, row)
		}
		return
	}
	for i := 0; i < c.Rows && !l.ctl.Stopped(); i++ {
		row := c.Data[i*c.RowStride:][:c.Cols]
		if beta == 0 {
			l.fill(w, row, 0)
		} else {
			l.scal(w, beta, row)
		}
	}
}
