package dist

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/weftgo/weft/kernels"
)

var background = context.Background()

// wait waits for operations and returns their errors.
func wait(f ...kernels.Future[Nothing]) error {
	var errs []error
	for _, f := range f {
		_, err := f.Wait(background)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// started starts all collective operations at once, reductions among them, and
// waits for the last one first.
func (k checks[T]) started(n int) error {
	p, rank, c := k.Size(), k.Rank(), k.Comm
	mine, all := numbers[T](rank, n), k.all(n)
	root := p - 1
	b := numbers[T](rank, n)
	var whole, whole2 []T
	if rank == root {
		whole, whole2 = slices.Clone(all), make([]T, n*p)
	}
	s, ag := make([]T, n), make([]T, n*p)
	a2a := make([]T, n*p)
	sum, prod := slices.Clone(mine), slices.Clone(mine)
	f := []kernels.Future[Nothing]{
		Iallreduce(c, Sum, sum),
		Ibcast(c, root, b),
		Iscatter(c, root, whole, s),
		Iallreduce(c, Prod, prod),
		Igather(c, root, mine, whole2),
		Iallgather(c, mine, ag),
		Ialltoall(c, all, a2a),
		c.Ibarrier(),
	}
	slices.Reverse(f)
	err := wait(f...)
	var mineOfAll []T
	for range p {
		mineOfAll = append(mineOfAll, mine...)
	}
	errs := []error{
		err,
		same("Ibcast", b, numbers[T](root, n)),
		same("Iscatter", s, mine),
		same("Iallgather", ag, all),
		same("Ialltoall", a2a, mineOfAll),
		same("Iallreduce", sum, k.reduced(Sum, n)),
		same("Iallreduce", prod, k.reduced(Prod, n)),
	}
	if rank == root {
		errs = append(errs, same("Igather", whole2, all))
	}
	return errors.Join(errs...)
}

func TestRanksStarted(t *testing.T) {
	ranks(t, func(c *Comm) {
		for _, n := range []int{0, 1, 1025} {
			forAll(t, c, func(k check) error { return k.started(n) })
		}
		if err := (checks[float64]{c}).started(1 << 18); err != nil {
			t.Error(err)
		}
	})
}

// A receive that nothing comes for can be taken back, and the communicator is
// as before. To stop waiting for something else leaves it under way.
func TestRanksCancel(t *testing.T) {
	ranks(t, func(c *Comm) {
		ctx, stop := context.WithCancel(background)
		x := []int{1, 2, 3}
		f := Irecv(ctx, c, AnySource, 7, x)
		select {
		case <-f.Done():
			t.Error("received what nobody sent")
		case <-time.After(5 * time.Millisecond):
		}
		begin := time.Now()
		stop()
		if _, err := f.Wait(background); !errors.Is(err, context.Canceled) || !slices.Equal(x, []int{1, 2, 3}) {
			t.Error(x, err)
		}
		if d := time.Since(begin); d > time.Second {
			t.Error("taken back after", d)
		}
		if _, err := Irecv(ctx, c, AnySource, 7, x).Wait(background); !errors.Is(err, context.Canceled) {
			t.Error("begun with a context that is over:", err)
		}
		if err := c.Barrier(); err != nil {
			t.Fatal(err)
		}
		// What comes now is for the next receive.
		to, from := (c.Rank()+1)%c.Size(), (c.Rank()+c.Size()-1)%c.Size()
		g := Irecv(background, c, from, 7, x)
		if err := Send(c, to, 7, []int{4}); err != nil {
			t.Fatal(err)
		}
		if s, err := g.Wait(background); err != nil || x[0] != 4 || s.Count != 1 {
			t.Error(x, s, err)
		}
		// Wait ends with its context; the barrier does not.
		late, over := context.WithTimeout(background, time.Millisecond)
		defer over()
		if c.Rank() == 0 {
			time.Sleep(20 * time.Millisecond)
		}
		b := c.Ibarrier()
		if c.Rank() > 0 {
			if _, err := b.Wait(late); err != nil && !errors.Is(err, context.DeadlineExceeded) {
				t.Error(err)
			}
		}
		if err := wait(b); err != nil {
			t.Error(err)
		}
	})
}

// The goroutine that moves operations on is gone when there are none.
func TestRanksLeaveNothing(t *testing.T) {
	ranks(t, func(c *Comm) {
		var before int
		for i := range 30 {
			if err := (checks[int32]{c}).started(100); err != nil {
				t.Fatal(err)
			}
			if i == 0 {
				time.Sleep(10 * time.Millisecond)
				before = runtime.NumGoroutine()
			}
		}
		for i := 0; runtime.NumGoroutine() > before; i++ {
			if i > 200 {
				t.Fatalf("%d goroutines, %d before", runtime.NumGoroutine(), before)
			}
			time.Sleep(5 * time.Millisecond)
		}
	})
}

// Goroutines side by side, each on a communicator of its own, while memory is
// collected without a pause.
func TestRanksManyGoroutines(t *testing.T) {
	ranks(t, func(c *Comm) {
		stop := collectGarbage()
		var all sync.WaitGroup
		for g := range 3 {
			own, err := c.Dup()
			if err != nil {
				t.Fatal(err)
			}
			all.Go(func() {
				k := checks[float64]{own}
				rounds := 2
				if full {
					rounds = 120 / c.Size() // processors are fewer than ranks
				}
				for i := range rounds {
					n := 1 + 37*i + 300*g
					if err := errors.Join(k.messages(n), k.started(n), k.reductions(n)); err != nil {
						t.Errorf("goroutine %d: %v", g, err)
						return
					}
				}
			})
		}
		all.Wait()
		if stop() == 0 {
			t.Errorf("memory was not collected")
		}
	})
}

// collectGarbage collects memory all the time, and makes some to be collected. What
// it returns ends that and says how often it did.
func collectGarbage() (stop func() int) {
	end, n := make(chan struct{}), make(chan int)
	go func() {
		var keep [64][]byte
		for i := 0; ; i++ {
			select {
			case <-end:
				n <- i
				return
			default:
				keep[i%len(keep)] = make([]byte, rand.IntN(1<<16))
				runtime.GC()
			}
		}
	}()
	return func() int { close(end); return <-n }
}

// A goroutine that waits in MPI keeps no collection waiting, nor other
// goroutines.
func TestRanksCollectWhileWaiting(t *testing.T) {
	ranks(t, func(c *Comm) {
		if c.Size() == 1 {
			t.Skip("nobody to wait for")
		}
		const token = 11
		got := make(chan error)
		go func() {
			var x [3]float64 // small enough for a stack
			_, err := Recv(c, AnySource, token, x[:])
			if err == nil && x != [3]float64{1, 2, 3} {
				err = errors.New("wrong message")
			}
			got <- err
		}()
		time.Sleep(2 * time.Millisecond)
		begin := time.Now()
		for range 20 {
			grow(200) // a stack that moves
			runtime.GC()
		}
		if d := time.Since(begin); d > 20*time.Second {
			t.Error("20 collections took", d)
		}
		select {
		case err := <-got:
			t.Fatal("received before anything was sent", err)
		default:
		}
		if err := c.Barrier(); err != nil {
			t.Fatal(err)
		}
		if err := Send(c, (c.Rank()+1)%c.Size(), token, []float64{1, 2, 3}); err != nil {
			t.Fatal(err)
		}
		if err := <-got; err != nil {
			t.Error(err)
		}
	})
}

//go:noinline
func grow(n int) int {
	var frame [100]int
	if n == 0 {
		return 0
	}
	frame[n%100] = grow(n - 1)
	return frame[n%100] + n
}

// Messages from arrays on the stacks of goroutines that grow and shrink.
func TestRanksStacks(t *testing.T) {
	ranks(t, func(c *Comm) {
		stop := collectGarbage()
		defer stop()
		to, from := (c.Rank()+1)%c.Size(), (c.Rank()+c.Size()-1)%c.Size()
		for i := range 100 {
			done := make(chan struct{})
			go func() {
				defer close(done)
				var x, y [8]int64
				x[i%8] = int64(i + c.Rank())
				f := Irecv(background, c, from, 2, y[:])
				grow(i)
				if err := Send(c, to, 2, x[:]); err != nil {
					t.Error(err)
				}
				grow(300)
				if _, err := f.Wait(background); err != nil || y[i%8] != int64(i+from) {
					t.Error(y, err)
				}
			}()
			<-done
		}
	})
}

// Two collective operations at once on one communicator are in no order.
func TestRanksOneAtATime(t *testing.T) {
	ranks(t, func(c *Comm) {
		done := c.collective("test")
		mustPanic(t, "two at once", func() { _ = c.Barrier() })
		done()
		if err := c.Barrier(); err != nil {
			t.Error(err)
		}
	})
}
