package par

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"
)

// Task is work that can fail. It should end soon once ctx has ended.
type Task = func(ctx context.Context) error

// Do does tasks that compute, side by side on the workers, each begun in the
// order given as soon as a worker is free. The first one that fails ends the
// context that the tasks have, so that the others can stop; those that have not
// begun are left out. Do returns when all that have begun are over, with the
// first error. Tasks must not wait for each other, since they may be done one
// after the other.
func Do(ctx context.Context, tasks ...Task) error {
	g := newGroup(ctx)
	defer g.cancel(nil)
	err := do(g.ctx, min(len(tasks), Workers()), len(tasks), 1, func(i int) error { return g.do(tasks[i]) })
	if g.failed {
		return g.first.end()
	}
	return err
}

// DoIO does tasks that wait, for a network, a disk or each other, at most limit
// ≥ 1 at a time and each on a goroutine of its own. It does not touch the
// kernels' workers, and is like [Do] in everything else. With limit =
// len(tasks) all are under way at once.
func DoIO(ctx context.Context, limit int, tasks ...Task) error {
	atLeast("DoIO", "limit", limit, 1)
	g := newGroup(ctx)
	defer g.cancel(nil)
	var running errgroup.Group
	running.SetLimit(limit)
	cut := false
	for _, task := range tasks {
		if cut = g.ctx.Err() != nil; cut {
			break
		}
		running.Go(func() error { return g.do(task) })
	}
	running.Wait()
	switch {
	case g.failed:
		return g.first.end()
	case cut:
		return context.Cause(ctx)
	}
	return nil
}

// group is the tasks of one call.
type group struct {
	ctx    context.Context
	cancel context.CancelCauseFunc

	mu     sync.Mutex
	failed bool
	first  failure // in time
}

func newGroup(ctx context.Context) *group {
	g := new(group)
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	return g
}

// errFailed is why the tasks' context ends if a task has not returned.
var errFailed = errors.New("par: another task has panicked")

// do does one task, and cancels the others if it fails. A panic ends here; the
// call goes on with it once the others are over.
func (g *group) do(task Task) (err error) {
	returned := false
	defer func() {
		if !returned {
			g.fail(caught(recover()), errFailed)
		}
	}()
	err = task(g.ctx)
	returned = true
	if err != nil {
		g.fail(failure{err: err}, err)
	}
	return err
}

func (g *group) fail(how failure, cause error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.failed {
		g.failed, g.first = true, how
		g.cancel(cause)
	}
}
