package dist

import (
	"fmt"
	"os"
	"sync"
	"unsafe"
)

// alone carries messages of the only rank to itself.
type alone struct {
	mu       sync.Mutex
	messages []letter   // sent and not received
	waiting  []*receive // receives that nothing has arrived for
}

type letter struct {
	tag  int32
	kind kind
	data []byte
}

type receive struct {
	o    *operation
	done func(error)
}

func newAlone() *alone { return new(alone) }

func (*alone) where() (rank, size int) { return 0, 1 }
func (*alone) dup() (carrier, error)   { return newAlone(), nil }
func (*alone) free() error             { return nil }
func (*alone) abort(code int)          { os.Exit(code) }
func (*alone) handle() uintptr         { return 0 }
func (*alone) split(color, _ int32) (carrier, error) {
	if color < 0 {
		return nil, nil
	}
	return newAlone(), nil
}

func (a *alone) do(o *operation) error {
	over := make(chan error, 1)
	if _, err := a.begin(o, func(err error) { over <- err }); err != nil {
		return err
	}
	return <-over
}

func (a *alone) begin(o *operation, done func(error)) (cancel func(), err error) {
	switch o.verb {
	case send:
		a.post(o)
	case recv:
		return a.take(o, done), nil
	case sendrecv:
		a.post(o)
		return a.take(o, done), nil
	case bcast, barrier:
	default: // the only part goes from x to y
		copy(bytesOf(o.y, o.received(), o.kind), bytesOf(o.x, o.sent(), o.kind))
	}
	done(nil)
	return func() {}, nil
}

// post delivers what o sends, or keeps a copy of it.
func (a *alone) post(o *operation) {
	a.mu.Lock()
	m := letter{o.tag, o.kind, bytesOf(o.x, o.xn, o.kind)}
	for i, r := range a.waiting {
		if r.o.tag == AnyTag || r.o.tag == m.tag {
			a.waiting = append(a.waiting[:i], a.waiting[i+1:]...)
			a.mu.Unlock()
			r.done(m.deliver(r.o))
			return
		}
	}
	m.data = append([]byte(nil), m.data...)
	a.messages = append(a.messages, m)
	a.mu.Unlock()
}

// take receives what was sent, or will be.
func (a *alone) take(o *operation, done func(error)) (cancel func()) {
	a.mu.Lock()
	for i, m := range a.messages {
		if o.tag == AnyTag || o.tag == m.tag {
			a.messages = append(a.messages[:i], a.messages[i+1:]...)
			a.mu.Unlock()
			done(m.deliver(o))
			return func() {}
		}
	}
	r := &receive{o, done}
	a.waiting = append(a.waiting, r)
	a.mu.Unlock()
	return func() { a.takeBack(r) }
}

func (a *alone) takeBack(r *receive) {
	a.mu.Lock()
	for i, w := range a.waiting {
		if w == r {
			a.waiting = append(a.waiting[:i], a.waiting[i+1:]...)
			a.mu.Unlock()
			r.done(errCancelled)
			return
		}
	}
	a.mu.Unlock()
}

func (a *alone) probe(_, tag int32, k kind) (Status, bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, m := range a.messages {
		if tag == AnyTag || tag == m.tag {
			return Status{0, int(m.tag), len(m.data) / k.size()}, true, nil
		}
	}
	return Status{}, false, nil
}

// deliver copies the message to where o receives it.
func (m letter) deliver(o *operation) error {
	to := bytesOf(o.y, o.yn, o.kind)
	if len(m.data) > len(to) {
		return fmt.Errorf("%w: %d bytes for %d", ErrTruncated, len(m.data), len(to))
	}
	o.status = Status{0, int(m.tag), copy(to, m.data) / o.kind.size()}
	return nil
}

// sent and received are the sizes of the only rank's part.
func (o *operation) sent() int32 {
	if o.xv != nil {
		return o.xv.counts[0]
	}
	return o.xn
}

func (o *operation) received() int32 {
	if o.yv != nil {
		return o.yv.counts[0]
	}
	return o.yn
}

func bytesOf(p unsafe.Pointer, n int32, k kind) []byte {
	return unsafe.Slice((*byte)(p), int(n)*k.size())
}
