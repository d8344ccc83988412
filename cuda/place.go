package cuda

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/device"
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/internal/op"
)

// place is the GPU as a place for operands. The driver has one range of
// addresses for the host and all devices, so an address of the device is never
// one of Go's, and may stand in a slice that nobody reads.
type place struct{ gpu *gpu }

// pointer returns an address of the device as a pointer.
func pointer(p driver.Ptr) unsafe.Pointer {
	u := uintptr(p)
	return *(*unsafe.Pointer)(unsafe.Pointer(&u))
}

func (p *place) Alloc(bytes int) (op.Memory, error) {
	m, err := p.gpu.Alloc(bytes)
	return op.Memory{Ptr: pointer(m.Ptr), Class: m.Size}, explained(err)
}

func (p *place) AllocHost(bytes int) (op.Memory, error) {
	m, err := p.gpu.AllocPinned(bytes)
	return op.Memory{Ptr: m.Ptr, Class: m.Size, Host: true}, explained(err)
}

// explained marks the error that memory can't be had.
func explained(err error) error {
	var full *device.MemoryError
	if errors.As(err, &full) {
		return &op.OutOfMemory{Err: err}
	}
	return err
}

func (p *place) Free(m op.Memory) {
	if m.Host {
		p.gpu.RetirePinned(device.Pinned{Ptr: m.Ptr, Size: m.Class})
	} else {
		p.gpu.Retire(device.Memory{Ptr: driver.Ptr(uintptr(m.Ptr)), Size: m.Class})
	}
}

func (p *place) Use() op.MemoryUse {
	live, spare := p.gpu.MemoryUse()
	return op.MemoryUse{InUse: live, Kept: spare, Limit: p.gpu.Limit()}
}

func (p *place) SetLimit(bytes int64) { p.gpu.SetLimit(bytes) }
func (p *place) Trim() error          { return p.gpu.Trim() }
func (p *place) Failure() error       { return p.gpu.Failure() }

func (p *place) Offers(profile op.Profile) bool {
	switch profile.Size() {
	case 4:
		return offers[float32](&p.gpu.Info, profile)
	case 8:
		return offers[float64](&p.gpu.Info, profile)
	}
	return offers[float32](&p.gpu.Info, profile) && offers[float64](&p.gpu.Info, profile)
}

func (p *place) NewStream(int) (op.Stream, error) {
	ds, err := p.gpu.NewLastingStream()
	if err != nil {
		return nil, err
	}
	return newView(&stream{work: work{gpu: p.gpu, stream: ds}}, nil), nil
}

// stream is a stream for placed operands. What launches leave to each other
// is used again by those that follow, which begin when these are done.
type stream struct {
	work

	mu    sync.Mutex // of what follows; nobody waits while holding it
	slots []unsafe.Pointer
	pages []device.Pinned
}

// view is a stream as those see it who write to it under the same context, if
// any.
type view struct {
	*stream
	ctl  *op.Control
	stop device.Stop // ctl's
	bad  error       // why there is none
	f32  queue[float32]
	f64  queue[float64]
}

func newView(s *stream, c *op.Control) *view {
	v := &view{stream: s, ctl: c}
	v.stop, v.bad = s.gpu.stopOf(c)
	v.f32, v.f64 = queue[float32]{v}, queue[float64]{v}
	return v
}

func (v *view) Within(c *op.Control) op.Stream { return newView(v.stream, c) }

// enter begins a call.
func (v *view) enter() {
	v.err = v.bad
	v.work.stream.Within(v.stop)
}

// did counts the operations of a call when they are done.
func (v *view) did(operations float64) {
	if v.ctl.Counts() && v.err == nil {
		v.work.stream.Mark(func(err error) {
			if err == nil {
				v.ctl.Did(operations)
			}
		})
	}
}

// maxSpare is how many blocks of memory a stream keeps for later launches.
const maxSpare = 8

// written ends a call: its work begins, and an error is the stream's.
func (s *stream) written(call string) {
	if s.err != nil {
		s.stream.Fail(fmt.Errorf("%s: %w", call, s.err))
		s.err = nil
	}
	s.spare = append(s.spare, s.memory...)
	s.memory = s.memory[:0]
	for len(s.spare) > maxSpare {
		m := s.spare[0]
		s.spare = append(s.spare[:0], s.spare[1:]...)
		s.stream.Mark(func(error) { s.gpu.Retire(m) })
	}
	s.stream.Within(nil)
	s.stream.Submit()
}

func (v *view) Copy(dst, src unsafe.Pointer, bytes int, d op.Direction) {
	v.enter()
	s := v.stream
	switch d {
	case op.ToDevice:
		s.stream.ToDevice(driver.Ptr(uintptr(dst)), src, bytes)
	case op.ToHost:
		s.stream.ToHost(dst, driver.Ptr(uintptr(src)), bytes)
	case op.OnDevice:
		s.stream.OnDevice(driver.Ptr(uintptr(dst)), driver.Ptr(uintptr(src)), bytes)
	}
	s.written("Copy")
}

func (s *stream) Mark(f func(error)) op.Mark {
	m := s.stream.Mark(f)
	s.stream.Submit()
	return m
}

func (v *view) WaitFor(m op.Mark) {
	v.enter()
	v.work.stream.WaitForMark(m.(*device.Mark))
	v.written("WaitFor")
}

func (s *stream) Clear(err error) {
	s.stream.Clear(err)
	s.stream.Submit()
}

// Close gives the stream back. Its memory follows when its work is over.
func (s *stream) Close() {
	s.stream.Mark(func(error) {
		for _, m := range s.spare {
			s.gpu.Retire(m)
		}
		for _, p := range s.pages {
			s.gpu.RetirePinned(p)
		}
	})
	s.stream.Submit()
	s.stream.Close()
}

func (v *view) F32() op.Queue[float32] { return &v.f32 }
func (v *view) F64() op.Queue[float64] { return &v.f64 }

// slotBytes is as much as a result takes, pageBytes how much pinned memory is
// cut into slots at a time.
const (
	slotBytes = 32
	pageBytes = 4096
)

// slot returns pinned memory for a result, nil after an error.
func (s *stream) slot() unsafe.Pointer {
	if s.err != nil {
		return nil
	}
	s.mu.Lock()
	n := len(s.slots)
	if n > 0 {
		defer s.mu.Unlock()
		p := s.slots[n-1]
		s.slots = s.slots[:n-1]
		return p
	}
	s.mu.Unlock()
	page, err := s.gpu.AllocPinned(pageBytes)
	if err != nil {
		s.err = err
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages = append(s.pages, page)
	for at := slotBytes; at < pageBytes; at += slotBytes {
		s.slots = append(s.slots, unsafe.Add(page.Ptr, at))
	}
	return page.Ptr
}

// free takes a slot back, from the owner of the device.
func (s *stream) free(p unsafe.Pointer) {
	if p == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slots = append(s.slots, p)
}

// get copies bytes to a slot, if there is one.
func (s *stream) get(slot unsafe.Pointer, at int, src driver.Ptr, bytes int) {
	if s.err == nil {
		s.stream.ToHost(unsafe.Add(slot, at), src, bytes)
	}
}

// queue is the functions of a table, enqueued.
type queue[T op.Float] struct{ *view }

func (q *queue[T]) Reduce(f op.Reduction, x, y []T, r op.Result[T]) {
	q.enter()
	size := op.Size[T]()
	var py driver.Ptr
	if y != nil {
		py = ptrOf(y)
	}
	result, second := reduceOn[T](&q.work, f, len(x), ptrOf(x), py)
	slot := q.slot()
	q.get(slot, 0, result, size)
	if second != 0 {
		q.get(slot, size, second, 2*size)
	}
	q.did(f.Operations(len(x)))
	q.hand(f.String(), slot, func(err error) {
		var v T
		if err == nil {
			var pair [2]T
			n := unsafe.Slice((*T)(slot), 3)
			if second != 0 {
				copy(pair[:], n[1:])
			}
			v = finishReduce(f, n[0], pair)
		}
		r.Set(v, err)
	})
}

func (q *queue[T]) Arg(f op.Reduction, x []T, r op.Result[int]) {
	q.enter()
	at := argOn[T](&q.work, f, len(x), ptrOf(x))
	slot := q.slot()
	q.get(slot, 0, at, 8)
	q.hand(f.String(), slot, func(err error) {
		var v int
		if err == nil {
			v = int(*(*int64)(slot))
		}
		r.Set(v, err)
	})
}

// hand calls f when the result is in the slot, or with what stopped the stream.
func (s *stream) hand(call string, slot unsafe.Pointer, f func(error)) {
	if s.err != nil {
		s.stream.Fail(fmt.Errorf("%s: %w", call, s.err))
		s.err = nil
	}
	s.stream.Mark(func(err error) {
		f(err)
		s.free(slot)
	})
	s.written(call)
}

func (q *queue[T]) Map(f op.Map, alpha T, dst, x, y []T) {
	q.enter()
	mapOn(&q.work, f, alpha, len(dst), ptrOf(dst), ptrOf(x), ptrOf(y))
	q.did(f.Operations(len(dst)))
	q.written(f.String())
}

func (q *queue[T]) Gemv(p *op.Gemv[T]) {
	q.enter()
	gemvOn(&q.work, p, placed(&p.A), vector{ptrOf(p.X.Data), p.X.Inc}, vector{ptrOf(p.Y.Data), p.Y.Inc})
	q.did(2 * float64(p.A.Rows) * float64(p.A.Cols))
	q.written("Gemv")
}

func (q *queue[T]) Ger(p *op.Ger[T]) {
	q.enter()
	gerOn(&q.work, p, ptrOf(p.X), ptrOf(p.Y), placed(&p.A))
	q.did(2 * float64(len(p.X)) * float64(len(p.Y)))
	q.written("Ger")
}

func (q *queue[T]) ScaleRows(beta T, c op.View[T]) {
	q.enter()
	scaleRowsOn(&q.work, beta, c.Rows, c.Cols, placed(&c))
	q.did(float64(c.Rows) * float64(c.Cols))
	q.written("Gemm")
}

func (q *queue[T]) Gemm(p *op.Gemm[T]) { q.Products(&op.Products[T]{Gemm: *p, Count: 1}) }

func (q *queue[T]) Products(p *op.Products[T]) {
	q.enter()
	g := &p.Gemm
	r := product[T]{
		profile: p.Profile, m: g.C.Rows, n: g.C.Cols, k: g.A.Cols, alpha: g.Alpha, beta: g.Beta, batch: p.Count,
		a: operand{placed(&g.A), p.StrideA}, b: operand{placed(&g.B), p.StrideB}, c: operand{placed(&g.C), p.StrideC},
	}
	switch info := &q.gpu.Info; {
	case !offers[T](info, p.Profile):
		q.err = fmt.Errorf("profile %v is not offered by %s, of compute capability %d.%d", p.Profile, info.Name, info.Capability/10, info.Capability%10)
	default:
		if p.As != nil {
			list[T](q.view.stream, p, &r)
		}
		var scratch driver.Ptr
		if n := r.scratch(info); n > 0 {
			scratch = q.alloc(n)
		}
		if q.err == nil {
			q.err = r.enqueue(info, q.work.stream, scratch)
		}
	}
	q.did(2 * float64(p.Count) * float64(r.m) * float64(r.n) * float64(r.k))
	q.written("Gemm")
}

// list brings the addresses of p's operands to the device, for r.
func list[T op.Float](s *stream, p *op.Products[T], r *product[T]) {
	n := 8 * p.Count
	at := s.alloc(3 * n)
	if s.err != nil {
		return
	}
	host, err := s.gpu.AllocPinned(3 * n)
	if err != nil {
		s.err = err
		return
	}
	all := unsafe.Slice((*driver.Ptr)(host.Ptr), 3*p.Count)
	for i := range p.Count {
		all[i], all[p.Count+i], all[2*p.Count+i] = ptrOf(p.As[i]), ptrOf(p.Bs[i]), ptrOf(p.Cs[i])
	}
	s.stream.ToDevice(at, host.Ptr, 3*n)
	s.stream.Mark(func(error) { s.gpu.RetirePinned(host) })
	for i, o := range []*operand{&r.a, &r.b, &r.c} {
		o.ptr, o.step = at+driver.Ptr(i*n), listed
	}
}
