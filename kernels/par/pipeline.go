package par

import (
	"context"
	"iter"
	"math"
	"sync"
	"sync/atomic"
)

// Pipeline is a sequence of values on their way through stages. It is made by
// [Source], or by a function that yields values and, as the last one, an error;
// extended by [Stage]; and run by ranging over it, or by [Each] or [Collect]:
//
//	images := par.Stage(ctx, par.Source(slices.Values(files)), read, par.WithWorkers(2))
//	scaled := par.Stage(ctx, images, scale)
//	for image, err := range scaled {
//		if err != nil {
//			return err
//		}
//		show(image)
//	}
//
// Values come in the order of the source. An error is the last thing that
// comes, behind all values that were before it. Each range over a pipeline runs
// it anew, from the source on.
type Pipeline[X any] = iter.Seq2[X, error]

// Source is a pipeline of values that are there without fail.
func Source[X any](values iter.Seq[X]) Pipeline[X] {
	return func(yield func(X, error) bool) {
		for x := range values {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// Stage is the pipeline in with f done to each value, on goroutines of its own:
// one for the source or stage before, which sees to it that there is always
// something to do, and as many for f as WithWorkers says, one unless it is
// given. f may wait. The stage runs ahead of who takes its values by what
// WithBuffer says, and then waits: a slow stage holds up those before it, and
// no more values are under way than there is room for.
//
// The first error, of f or of in, comes behind the values before it, and ends
// the pipeline: the context that f has ends, and nothing more is taken from
// in. So does the end of ctx, with its cause as the error. A panic in f or in
// comes out of the range statement at the same place. When the range statement
// is over, however it ended, all goroutines have ended: it waits for calls of f
// and of in that are under way.
func Stage[X, Y any](ctx context.Context, in Pipeline[X], f func(ctx context.Context, x X) (Y, error), options ...Option) Pipeline[Y] {
	o := merge(options)
	workers := max(o.workers, 1)
	slots := 2 * workers
	if o.buffer != 0 {
		slots = workers + o.buffer - 1
	}
	return func(yield func(Y, error) bool) {
		s := stage[X, Y]{in: in, f: f}
		s.run(ctx, workers, slots, yield)
	}
}

// stage is a Stage at work. Slots go from free through jobs, to who computes,
// and through order, to who takes the results; there are as many as values may
// be under way.
type stage[X, Y any] struct {
	in Pipeline[X]
	f  func(context.Context, X) (Y, error)

	free, jobs, order chan *slot[X, Y]

	end   atomic.Int64 // the number of the first value that failed: those behind it are not needed
	whole bool         // in has come to its end; valid once order is closed
}

// slot is a value under way.
type slot[X, Y any] struct {
	number int64
	x      X
	y      Y
	failed bool
	how    failure
	ready  chan struct{} // has a token once f is over
}

func newSlot[X, Y any]() *slot[X, Y] { return &slot[X, Y]{ready: make(chan struct{}, 1)} }

// run is the range statement's side: it starts the goroutines, takes the
// results in order, and ends the goroutines.
func (s *stage[X, Y]) run(parent context.Context, workers, slots int, yield func(Y, error) bool) {
	s.end.Store(math.MaxInt64)
	s.free = make(chan *slot[X, Y], slots)
	s.jobs = make(chan *slot[X, Y], slots)
	s.order = make(chan *slot[X, Y], slots+1) // and a failure of in
	for range slots {
		s.free <- newSlot[X, Y]()
	}
	ctx, cancel := context.WithCancelCause(parent)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel(nil)
	running.Go(func() { s.feed(ctx) })
	for range workers {
		running.Go(func() { s.work(ctx) })
	}
	var zero Y
	for t := range s.order {
		select {
		case <-t.ready:
		case <-parent.Done():
		}
		if parent.Err() != nil {
			yield(zero, context.Cause(parent))
			return
		}
		if t.failed {
			cancel(t.how.err)
			err := t.how.end()
			yield(zero, err)
			return
		}
		y := t.y
		t.y = zero
		s.free <- t
		if !yield(y, nil) {
			return
		}
	}
	if !s.whole {
		yield(zero, context.Cause(parent))
	}
}

// feed gives the values of in to those who compute.
func (s *stage[X, Y]) feed(ctx context.Context) {
	defer close(s.order)
	defer close(s.jobs)
	returned := false
	defer func() {
		if !returned {
			s.giveUp(caught(recover()))
		}
	}()
	s.whole = s.feedAll(ctx)
	returned = true
}

// feedAll takes a value from in when there is room for it. It reports whether
// in has come to its end, or somebody to a failure.
func (s *stage[X, Y]) feedAll(ctx context.Context) bool {
	t := s.room(ctx)
	if t == nil {
		return false
	}
	number := int64(0)
	for x, err := range s.in {
		if err != nil {
			s.giveUp(failure{err: err})
			return true
		}
		t.number, t.x = number, x
		number++
		s.order <- t
		s.jobs <- t
		if t = s.room(ctx); t == nil {
			return false
		}
		if number > s.end.Load() {
			return true
		}
	}
	return true
}

// room returns a free slot, or nil when ctx has ended.
func (s *stage[X, Y]) room(ctx context.Context) *slot[X, Y] {
	if ctx.Err() != nil {
		return nil
	}
	select {
	case t := <-s.free:
		return t
	case <-ctx.Done():
		return nil
	}
}

// giveUp lets the failure of in come behind the values before it.
func (s *stage[X, Y]) giveUp(how failure) {
	t := newSlot[X, Y]()
	t.failed, t.how = true, how
	t.ready <- struct{}{}
	s.order <- t
}

// work computes until there are no more values, or none is needed.
func (s *stage[X, Y]) work(ctx context.Context) {
	for t := range s.jobs {
		if ctx.Err() != nil {
			return
		}
		if t.number < s.end.Load() {
			s.compute(ctx, t)
		}
	}
}

func (s *stage[X, Y]) compute(ctx context.Context, t *slot[X, Y]) {
	returned := false
	defer func() {
		if !returned {
			t.failed, t.how = true, caught(recover())
		}
		if t.failed {
			s.failedAt(t.number)
		}
		t.ready <- struct{}{}
	}()
	x := t.x
	var zero X
	t.x = zero
	y, err := s.f(ctx, x)
	t.y, t.failed, t.how = y, err != nil, failure{err: err}
	returned = true
}

func (s *stage[X, Y]) failedAt(number int64) {
	for {
		end := s.end.Load()
		if number >= end || s.end.CompareAndSwap(end, number) {
			return
		}
	}
}

// Each runs a pipeline and calls f with each value, in order. It returns the
// pipeline's error or the first one of f, which ends the pipeline.
func Each[X any](p Pipeline[X], f func(x X) error) error {
	for x, err := range p {
		if err == nil {
			err = f(x)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Collect runs a pipeline and returns its values, in order. If there is an
// error, they are those before it.
func Collect[X any](p Pipeline[X]) ([]X, error) {
	var all []X
	err := Each(p, func(x X) error {
		all = append(all, x)
		return nil
	})
	return all, err
}
