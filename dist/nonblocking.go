package dist

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"github.com/weftgo/weft/kernels"
)

// The functions whose names begin with I start an operation and return. The
// future is there when the operation is over. Until then its buffers belong to
// it: what is sent may be read, what is received may not. To stop waiting
// leaves the operation under way and the communicator as it was; a receive
// can be taken back.
//
// Collective operations are started in the same order on all ranks, and that
// is the order in which they belong together, whatever order they end in.

// Nothing is what a future has to tell but whether there was an error.
type Nothing = struct{}

// Isend starts [Send]. The future may be there before the message has been
// received.
func Isend[T Element](c *Comm, to, tag int, x []T) kernels.Future[Nothing] {
	o, err := newSend(c, to, tag, x)
	return c.begin(o, err)
}

// Irecv starts [Recv]. If ctx ends before a message has come, the receive is
// taken back and the future's error is ctx.Err(); x is then as it was, and a
// message that comes later goes to the next receive.
func Irecv[T Element](ctx context.Context, c *Comm, from, tag int, x []T) kernels.Future[Status] {
	p := kernels.NewPromise[Status]()
	o, err := newRecv(c, from, tag, x)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		p.Resolve(Status{}, err)
		return p.Future()
	}
	var cancel atomic.Pointer[func()] // set when the receive has begun
	stop := context.AfterFunc(ctx, func() {
		if f := cancel.Load(); f != nil {
			(*f)()
		}
	})
	f, err := c.via.begin(o, func(err error) {
		stop()
		if errors.Is(err, errCancelled) {
			err = ctx.Err()
		}
		p.Resolve(o.status, err)
	})
	if err != nil {
		stop()
		p.Resolve(Status{}, err)
		return p.Future()
	}
	cancel.Store(&f)
	if ctx.Err() != nil {
		f()
	}
	return p.Future()
}

// Ibcast starts [Bcast].
func Ibcast[T Element](c *Comm, root int, x []T) kernels.Future[Nothing] {
	o, err := newBcast(c, root, x)
	return c.begin(o, err)
}

// Iscatter starts [Scatter].
func Iscatter[T Element](c *Comm, root int, x, y []T) kernels.Future[Nothing] {
	o, err := newScatter(c, root, x, y)
	return c.begin(o, err)
}

// Igather starts [Gather].
func Igather[T Element](c *Comm, root int, x, y []T) kernels.Future[Nothing] {
	o, err := newGather(c, root, x, y)
	return c.begin(o, err)
}

// Iallgather starts [Allgather].
func Iallgather[T Element](c *Comm, x, y []T) kernels.Future[Nothing] {
	o, err := newAllgather(c, x, y)
	return c.begin(o, err)
}

// Ialltoall starts [Alltoall].
func Ialltoall[T Element](c *Comm, x, y []T) kernels.Future[Nothing] {
	o, err := newAlltoall(c, x, y)
	return c.begin(o, err)
}

// Ibarrier starts [Comm.Barrier]: the future is there when all ranks have
// started it.
func (c *Comm) Ibarrier() kernels.Future[Nothing] { return c.begin(&operation{verb: barrier}, nil) }

// Iallreduce starts [Allreduce], with the same bits. Reductions of one
// communicator that are under way at once are carried out one after the other.
func Iallreduce[T Element](c *Comm, op Op, x []T) kernels.Future[Nothing] {
	p := kernels.NewPromise[Nothing]()
	r, err := newReduction("Allreduce", c, op, x)
	if err != nil {
		p.Resolve(Nothing{}, err)
		return p.Future()
	}
	r.room = &c.line.room
	c.line.add(func() (report func()) {
		err := r.all(func(o *operation) error {
			over := make(chan error, 1)
			if _, err := c.aside.begin(o, func(err error) { over <- err }); err != nil {
				return err
			}
			return <-over
		})
		return func() { p.Resolve(Nothing{}, err) }
	})
	return p.Future()
}

// begin starts an operation, unless there is an error already.
func (c *Comm) begin(o *operation, err error) kernels.Future[Nothing] {
	p := kernels.NewPromise[Nothing]()
	if err == nil {
		_, err = c.via.begin(o, func(err error) { p.Resolve(Nothing{}, err) })
		if err == nil {
			return p.Future()
		}
	}
	p.Resolve(Nothing{}, err)
	return p.Future()
}

// line carries out what has several steps in the order in which it was added,
// which is the same on all ranks. Its goroutine exists while there is work. What
// work returns is called when it is no longer in the line: who hears of the last
// one's end may close the communicator.
type line struct {
	mu   sync.Mutex
	work []func() (report func())
	room room
}

func (l *line) add(f func() (report func())) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.work = append(l.work, f)
	if len(l.work) == 1 {
		go l.run(f)
	}
}

func (l *line) run(f func() (report func())) {
	for f != nil {
		report := f()
		l.mu.Lock()
		l.work[0] = nil
		l.work = l.work[1:]
		f = nil
		if len(l.work) > 0 {
			f = l.work[0]
		}
		l.mu.Unlock()
		report()
	}
}

// waiting returns how much there is to do, with what is under way.
func (l *line) waiting() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.work)
}
