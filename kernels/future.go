package kernels

import "context"

// Future is the result of enqueued work.
type Future[R any] struct{ f *future[R] }

// future is a Future as the device sees it.
type future[R any] struct {
	device string
	name   string
	over   chan struct{}
	v      R
	err    error
}

func newFuture[R any](s *stream, call string) *future[R] {
	return &future[R]{device: s.of.name, name: call, over: make(chan struct{})}
}

// Set is called by the device, once.
func (f *future[R]) Set(v R, err error) {
	if f.v = v; err != nil {
		f.err = &DeviceError{f.device, f.name, err}
	}
	close(f.over)
}

// Wait returns the result when it is there. The error says why there is none,
// each time, and leaves the stream as it is: [Stream.Wait] reports the error
// and lets the stream go on. If ctx ends before, Wait returns ctx.Err(); the
// work goes on, and can be waited for again.
func (f Future[R]) Wait(ctx context.Context) (R, error) {
	select {
	case <-f.f.over:
		return f.f.v, f.f.err
	default:
	}
	select {
	case <-f.f.over:
		return f.f.v, f.f.err
	case <-ctx.Done():
		var zero R
		return zero, ctx.Err()
	}
}
