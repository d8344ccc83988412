package cpu

import (
	"fmt"
	"math"
	"sync"
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// A processor is a device, too: its memory is Go's, aligned, and its streams
// are queues whose work runs one after the other on the workers of fork.go. So
// a program for a device runs, and is tested, without one.

// device is the processor in the place of a device.
type device struct {
	backend *op.Backend

	mu  sync.Mutex
	use op.MemoryUse
}

// alignment is a cache line, and as much as the widest register.
const alignment = 64

// addressable is more memory than a processor can address.
const addressable = 1 << 47

func newDevice(b *op.Backend) *device {
	return &device{backend: b, use: op.MemoryUse{Limit: math.MaxInt64}}
}

// Alloc returns memory that lives as long as somebody has a pointer to it: Go's
// own allocator keeps what was freed for later.
func (d *device) Alloc(bytes int) (op.Memory, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := int64(bytes)
	if limit := min(d.use.Limit, addressable); d.use.InUse+n > limit || n > addressable {
		return op.Memory{}, &op.OutOfMemory{Err: fmt.Errorf("%d bytes of memory can't be had, %d are in use and %d is the limit", n, d.use.InUse, limit)}
	}
	d.use.InUse += n
	return op.Memory{Ptr: aligned(bytes), Class: n}, nil
}

func (d *device) AllocHost(bytes int) (op.Memory, error) {
	if int64(bytes) > addressable {
		return op.Memory{}, &op.OutOfMemory{Err: fmt.Errorf("%d bytes of memory can't be had", bytes)}
	}
	return op.Memory{Ptr: aligned(bytes), Class: int64(bytes), Host: true}, nil
}

func aligned(bytes int) unsafe.Pointer {
	p := unsafe.Pointer(unsafe.SliceData(make([]byte, bytes+alignment)))
	return unsafe.Add(p, -uintptr(p)&(alignment-1))
}

func (d *device) Free(m op.Memory) {
	if m.Host || m.Ptr == nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.use.InUse -= m.Class
}

func (d *device) Use() op.MemoryUse {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.use
}

func (d *device) SetLimit(bytes int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.use.Limit = bytes
}

func (d *device) Trim() error            { return nil }
func (d *device) Failure() error         { return nil }
func (d *device) Offers(op.Profile) bool { return true } // by rounding, see products

func (d *device) NewStream(workers int) (op.Stream, error) {
	return newStream(&line{workers: workers}, nil, d.backend.F32, d.backend.F64), nil
}

// line is a queue of work. A goroutine does it, and ends when there is none
// left: a stream that is forgotten leaves nothing behind.
type line struct {
	workers int // that may share a call

	mu      sync.Mutex
	work    []func()
	running bool

	err error // what stopped it; of the goroutine that does the work
}

// stream is a line as those see it who enqueue under the same context, if any.
type stream struct {
	*line
	ctl *op.Control
	f32 queue[float32]
	f64 queue[float64]
}

func newStream(l *line, ctl *op.Control, f32 op.Table[float32], f64 op.Table[float64]) *stream {
	s := &stream{line: l, ctl: ctl}
	s.f32, s.f64 = queue[float32]{s, f32}, queue[float64]{s, f64}
	return s
}

func (s *stream) Within(c *op.Control) op.Stream {
	return newStream(s.line, c, s.f32.table.Within(c), s.f64.table.Within(c))
}

func (s *line) add(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work = append(s.work, f)
	if !s.running {
		s.running = true
		go s.run()
	}
}

// unlessStopped adds work that is skipped after an error, and after the end of
// its context, which is one.
func (s *stream) unlessStopped(f func()) {
	s.add(func() {
		if s.goesOn() {
			f()
			s.heed()
		}
	})
}

// goesOn reports whether the work that follows is to be done.
func (s *stream) goesOn() bool {
	s.ctl.Stopped()
	s.heed()
	return s.err == nil
}

// heed stops s if work was left undone because its context ended.
func (s *stream) heed() {
	if s.err == nil {
		s.err = s.ctl.Err()
	}
}

// run does all work there is.
func (s *line) run() {
	var batch []func()
	for {
		s.mu.Lock()
		if len(s.work) == 0 {
			s.running = false
			s.mu.Unlock()
			return
		}
		batch, s.work = s.work, batch[:0]
		s.mu.Unlock()
		for i, f := range batch {
			f()
			batch[i] = nil // it may hold much memory
		}
	}
}

func (s *stream) Copy(dst, src unsafe.Pointer, bytes int, _ op.Direction) {
	s.unlessStopped(func() {
		to, from := unsafe.Slice((*byte)(dst), bytes), unsafe.Slice((*byte)(src), bytes)
		for len(to) > 0 && !s.ctl.Stopped() {
			n := copy(to[:min(len(to), copyPiece)], from)
			to, from = to[n:], from[n:]
		}
	})
}

// copyPiece is how much a copy moves between two questions whether to go on.
const copyPiece = 256 << 10

// mark is a point in a stream's work.
type mark struct {
	over chan struct{}
	err  error // valid then
}

func (s *stream) Mark(f func(error)) op.Mark {
	m := &mark{over: make(chan struct{})}
	s.add(func() {
		m.err = s.err
		close(m.over)
		if f != nil {
			f(s.err)
		}
	})
	return m
}

func (s *stream) WaitFor(other op.Mark) {
	m := other.(*mark)
	s.add(func() {
		if s.ctl != nil {
			select {
			case <-m.over:
			case <-s.ctl.Context().Done():
				s.goesOn()
				return
			}
		}
		<-m.over
		if s.err == nil {
			s.err = m.err
		}
	})
}

func (s *stream) Clear(err error) {
	s.add(func() {
		if s.err == err {
			s.err = nil
		}
	})
}

func (s *stream) Close() {}

func (s *stream) F32() op.Queue[float32] { return &s.f32 }
func (s *stream) F64() op.Queue[float64] { return &s.f64 }

// queue is the functions of a table, enqueued.
type queue[T op.Float] struct {
	*stream
	table op.Table[T]
}

func (q *queue[T]) Reduce(f op.Reduction, x, y []T, r op.Result[T]) {
	result(q, r, func() T { return q.table.Reduce(f, q.workers, x, y) })
}

func (q *queue[T]) Arg(f op.Reduction, x []T, r op.Result[int]) {
	result(q, r, func() int { return q.table.Arg(f, q.workers, x) })
}

// result adds work that hands its result to r, or why there is none.
func result[T op.Float, R any](q *queue[T], r op.Result[R], f func() R) {
	q.add(func() {
		var v, none R
		if q.goesOn() {
			v = f()
			q.heed()
		}
		if q.err != nil {
			v = none
		}
		r.Set(v, q.err)
	})
}

func (q *queue[T]) Map(f op.Map, alpha T, dst, x, y []T) {
	q.unlessStopped(func() { q.table.Map(f, q.workers, alpha, dst, x, y) })
}

func (q *queue[T]) Gemv(p *op.Gemv[T]) {
	p.Workers = q.workers
	q.unlessStopped(func() { q.table.Gemv(p) })
}

func (q *queue[T]) Ger(p *op.Ger[T]) {
	p.Workers = q.workers
	q.unlessStopped(func() { q.table.Ger(p) })
}

func (q *queue[T]) ScaleRows(beta T, c op.View[T]) {
	q.unlessStopped(func() { q.table.ScaleRows(q.workers, beta, c) })
}

func (q *queue[T]) Gemm(p *op.Gemm[T]) {
	p.Workers = q.workers
	q.unlessStopped(func() { q.table.Gemm(p) })
}

// Products computes products side by side. A fast profile rounds the operands
// to its format and goes on exactly: as accurate as on a device with that
// format, though not faster.
func (q *queue[T]) Products(p *op.Products[T]) {
	b := &batch[T]{&q.table, q.ctl, p, q.workers}
	if p.Count >= share(q.workers, true) {
		b.workers = 1 // for each: there are products for everybody
	}
	q.unlessStopped(func() { fork(share(q.workers, p.Count > 1), p.Count, b) })
}

// batch is the task of computing products.
type batch[T op.Float] struct {
	table   *op.Table[T]
	ctl     *op.Control
	p       *op.Products[T]
	workers int
}

func (b *batch[T]) item(i int) {
	if b.ctl.Stopped() {
		return
	}
	g := b.p.At(i)
	g.Workers = b.workers
	if b.p.Profile != op.Exact && b.p.Profile != op.Tensor {
		g.A, g.B = b.rounded(g.A), b.rounded(g.B)
	}
	multiply(b.table, &g)
}

// multiply computes a product that may have a single row or column.
func multiply[T op.Float](t *op.Table[T], g *op.Gemm[T]) {
	column := func(v op.View[T]) op.Vector[T] { return op.Vector[T]{N: v.Rows, Data: v.Data, Inc: v.RowStride} }
	switch {
	case g.C.Cols == 1:
		t.Gemv(&op.Gemv[T]{Workers: g.Workers, Alpha: g.Alpha, Beta: g.Beta, A: g.A, X: column(g.B), Y: column(g.C)})
	case g.C.Rows == 1:
		t.Gemv(&op.Gemv[T]{Workers: g.Workers, Alpha: g.Alpha, Beta: g.Beta, A: g.B.T(), X: column(g.A.T()), Y: column(g.C.T())})
	default:
		t.Gemm(g)
	}
}

// rounded returns a copy of v, as wide as it is stored, rounded to the format of
// the profile.
func (b *batch[T]) rounded(v op.View[T]) op.View[T] {
	rows, cols, stride := v.Rows, v.Cols, v.RowStride
	if v.ColStride != 1 {
		rows, cols, stride = v.Cols, v.Rows, v.ColStride
	}
	data := make([]T, rows*cols)
	piece := op.Chunk[T]()
	for i := range rows {
		row, out := v.Data[i*stride:][:cols], data[i*cols:][:cols]
		for lo := 0; lo < cols && !b.ctl.Stopped(); lo += piece {
			for j := lo; j < min(lo+piece, cols); j++ {
				out[j] = T(b.p.Profile.Round(float32(row[j])))
			}
		}
	}
	v.Data = data
	if v.ColStride == 1 {
		v.RowStride = cols
	} else {
		v.ColStride = cols
	}
	return v
}
