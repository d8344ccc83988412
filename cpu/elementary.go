package cpu

import (
	"unsafe"

	"github.com/weftgo/weft/fallback"
	"github.com/weftgo/weft/internal/op"
)

// mapRun is how many elements a call of an elementwise function takes: tens of
// microseconds of the slowest one, after which a garbage collection may
// proceed.
const mapRun = 2048

// minMap is the number of elements from which a second worker pays.
const minMap = 4 * mapRun

// mapping is one call of an elementwise function: of one, two or three
// operands, or of a comparison, as the kernel that is not nil has them.
type mapping[T op.Float] struct {
	l            *loops[T]
	unary        func(dst, x *T, n int)
	binary       func(dst, x, y *T, n int)
	ternary      func(dst, x, y, z *T, n int)
	compare      func(dst *bool, x, y *T, n int)
	dst, x, y, z []T
	bools        []bool // in place of dst
	per          int    // elements in an item
}

func (m *mapping[T]) item(i int) {
	lo := i * m.per
	for hi := min(lo+m.per, len(m.x)); lo < hi && !m.l.ctl.Stopped(); lo += mapRun {
		m.run(lo, min(mapRun, hi-lo))
	}
}

// run does n elements from lo on. It is a call of its own, with a check of the
// stack, where the goroutine can stop.
//
//go:noinline
func (m *mapping[T]) run(lo, n int) {
	switch {
	case m.unary != nil:
		m.unary(&m.dst[lo], &m.x[lo], n)
	case m.binary != nil:
		m.binary(&m.dst[lo], &m.x[lo], &m.y[lo], n)
	case m.compare != nil:
		m.compare(&m.bools[lo], &m.x[lo], &m.y[lo], n)
	default:
		m.ternary(&m.dst[lo], &m.x[lo], &m.y[lo], &m.z[lo], n)
	}
}

// start does a call on more than one run, on w workers.
func (m mapping[T]) start(w int) {
	n := len(m.x)
	if w = share(w, n >= minMap); w == 1 {
		m.per = n
		m.item(0)
		m.l.ctl.Did(float64(n))
		return
	}
	s := getScratch[T]()
	runs := (n + mapRun - 1) / mapRun
	items := min(runs, 16*w)
	m.per = (runs + items - 1) / items * mapRun
	s.mapping = m
	m.l.fork(w, (n+m.per-1)/m.per, float64(n), s, &s.mapping)
	s.mapping = mapping[T]{}
	putScratch(s)
}

func (l *loops[T]) unary(w int, f op.Unary, dst, x []T) {
	kernel := l.set.Unary[f]
	if len(x) <= mapRun {
		kernel(&dst[0], &x[0], len(x))
		return
	}
	mapping[T]{l: l, unary: kernel, dst: dst, x: x}.start(w)
}

func (l *loops[T]) binary(w int, f op.Binary, dst, x, y []T) {
	kernel := l.set.Binary[f]
	if len(x) <= mapRun {
		kernel(&dst[0], &x[0], &y[0], len(x))
		return
	}
	mapping[T]{l: l, binary: kernel, dst: dst, x: x, y: y}.start(w)
}

func (l *loops[T]) compare(w int, c op.Comparison, dst []bool, x, y []T) {
	kernel := l.set.Compare[c]
	n := len(x) &^ 7
	switch {
	case n > mapRun:
		mapping[T]{l: l, compare: kernel, bools: dst[:n], x: x[:n], y: y[:n]}.start(w)
	case n > 0:
		kernel(&dst[0], &x[0], &y[0], n)
	}
	if rest := len(x) - n; rest > 0 {
		fallback.Compare[T](c)(&dst[n], &x[n], &y[n], rest)
	}
}

func (l *loops[T]) mulAdd(w int, dst, x, y, z []T) {
	if len(x) <= mapRun {
		l.set.MulAdd(&dst[0], &x[0], &y[0], &z[0], len(x))
		return
	}
	mapping[T]{l: l, ternary: l.set.MulAdd, dst: dst, x: x, y: y, z: z}.start(w)
}

// beyond completes a kernel that stops before a vector with an element that it
// is not made for, and returns how many it has done: plain Go does a vector's
// worth, to the same bits, and the kernel goes on.
func beyond[T op.Float](kernel func(dst, x *T, n int) int, f op.Unary, lanes int) func(dst, x *T, n int) {
	slow := fallback.Unary[T](f)
	return func(dst, x *T, n int) {
		for {
			done := kernel(dst, x, n)
			if n -= done; n == 0 {
				return
			}
			m := min(n, lanes)
			slow(from(dst, done), from(x, done), m)
			if n -= m; n == 0 {
				return
			}
			dst, x = from(dst, done+m), from(x, done+m)
		}
	}
}

// from returns the address of element i of an array that starts at p.
func from[T op.Float](p *T, i int) *T { return (*T)(unsafe.Add(unsafe.Pointer(p), i*op.Size[T]())) }
