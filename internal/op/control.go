package op

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Control is what work under a context has of it: the order to stop, and the
// count of what is done. A backend asks Stopped between pieces of work that
// take well below a millisecond, and leaves the rest undone from the first yes
// on. The nil Control never stops and counts nothing.
//
// Nothing watches the context. Whoever works asks it, so that an end is seen
// however busy the scheduler is, and a Control needs no goroutine, no clean-up
// and no Close.
type Control struct {
	ctx      context.Context
	deadline time.Time // zero if there is none
	stopped  atomic.Bool
	err      error // valid then
	progress *Progress

	mu       sync.Mutex
	attached map[any]any
}

// NewControl returns the Control of ctx. It counts for the Progress that ctx
// carries, if any.
func NewControl(ctx context.Context) *Control {
	c := &Control{ctx: ctx}
	c.deadline, _ = ctx.Deadline()
	c.progress, _ = ctx.Value(progressKey{}).(*Progress)
	return c
}

// Context returns the context.
func (c *Control) Context() context.Context { return c.ctx }

// Stopped reports whether the context has ended. Once it has said yes it always
// does.
func (c *Control) Stopped() bool { return c != nil && c.poll() }

func (c *Control) poll() bool {
	if c.stopped.Load() {
		return true
	}
	if c.ctx.Err() == nil {
		if c.deadline.IsZero() || time.Until(c.deadline) > 0 {
			return false
		}
		// The context's timer is late: it needs a processor, and all may be busy
		// with this work. A nap lets the scheduler look for timers.
		time.Sleep(time.Microsecond)
		if c.ctx.Err() == nil {
			return false
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = &stopError{c.ctx.Err(), context.Cause(c.ctx)}
		c.stopped.Store(true)
	}
	return true
}

// Interrupted reports whether Stopped has said yes to somebody, who left work
// undone then.
func (c *Control) Interrupted() bool { return c != nil && c.stopped.Load() }

// Err returns the error of work that was left undone, always the same one, or
// nil before.
func (c *Control) Err() error {
	if !c.Interrupted() {
		return nil
	}
	return c.err
}

// stopError says that a context ended. It is what the context says, and its
// cause.
type stopError struct{ err, cause error }

func (e *stopError) Error() string {
	if e.cause.Error() == e.err.Error() {
		return fmt.Sprintf("stopped: %v", e.err)
	}
	return fmt.Sprintf("stopped: %v: %v", e.err, e.cause)
}

func (e *stopError) Unwrap() []error { return []error{e.err, e.cause} }

// Counts reports whether somebody wants to know what is done.
func (c *Control) Counts() bool { return c != nil && c.progress != nil }

// Did counts floating-point operations that are done.
func (c *Control) Did(operations float64) {
	if c.Counts() {
		c.progress.work.Add(int64(operations))
	}
}

// Attached returns what belongs to c and key. The first time it is made by make.
func (c *Control) Attached(key any, make func() any) any {
	c.mu.Lock()
	defer c.mu.Unlock()
	v, ok := c.attached[key]
	if !ok {
		if c.attached == nil {
			c.attached = map[any]any{}
		}
		v = make()
		c.attached[key] = v
	}
	return v
}

// Progress is the count of what is done for a context.
type Progress struct{ work atomic.Int64 }

type progressKey struct{}

// WithProgress returns a context that carries p.
func WithProgress(ctx context.Context, p *Progress) context.Context {
	return context.WithValue(ctx, progressKey{}, p)
}

// Done returns the floating-point operations counted so far.
func (p *Progress) Done() float64 { return float64(p.work.Load()) }
