package cpu

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// counts is a task that counts how often each item is done.
type counts struct {
	done []atomic.Int32
	each func(i int)
}

func (c *counts) item(i int) {
	c.done[i].Add(1)
	if c.each != nil {
		c.each(i)
	}
}

func (c *counts) check(t *testing.T) {
	t.Helper()
	for i := range c.done {
		if n := c.done[i].Load(); n != 1 {
			t.Fatalf("item %d of %d was done %d times", i, len(c.done), n)
		}
	}
}

func newCounts(n int, each func(int)) *counts {
	return &counts{done: make([]atomic.Int32, n), each: each}
}

// setProcs makes real parallelism of goroutines possible on any machine.
func setProcs(t *testing.T, n int) {
	old := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(old) })
}

func TestForkDoesEachItemOnce(t *testing.T) {
	setProcs(t, 8)
	for _, w := range []int{1, 2, 3, 8} {
		for _, n := range []int{0, 1, 2, 7, 64, 1000} {
			for range 20 {
				c := newCounts(n, nil)
				fork(w, n, c)
				c.check(t)
			}
		}
	}
}

// A region is used again at once, while workers that came late for the one
// before may still look at it.
func TestForkInQuickSuccession(t *testing.T) {
	setProcs(t, 4)
	for range 20000 {
		c := newCounts(5, nil)
		fork(4, 5, c)
		c.check(t)
	}
}

func TestForkInsideItems(t *testing.T) {
	setProcs(t, 4)
	var inner atomic.Int32
	c := newCounts(20, func(int) {
		d := newCounts(10, func(int) {
			e := newCounts(3, func(int) { inner.Add(1) })
			fork(4, 3, e)
			e.check(t)
		})
		fork(4, 10, d)
		d.check(t)
	})
	fork(4, 20, c)
	c.check(t)
	if n := inner.Load(); n != 600 {
		t.Fatalf("%d innermost items, want 600", n)
	}
}

// More calls at once than there are regions: those left over run alone.
func TestForkFromManyGoroutines(t *testing.T) {
	setProcs(t, 4)
	var wg sync.WaitGroup
	for range 3 * maxRegions {
		wg.Go(func() {
			for range 50 {
				c := newCounts(9, func(int) { runtime.Gosched() })
				fork(4, 9, c)
				for i := range c.done {
					if c.done[i].Load() != 1 {
						t.Errorf("item %d was done %d times", i, c.done[i].Load())
					}
				}
			}
		})
	}
	wg.Wait()
}

// Workers that have gone to sleep are woken; two items that wait for each
// other end only if two goroutines are at work.
func TestForkWakesSleepers(t *testing.T) {
	setProcs(t, 4)
	fork(2, 2, newCounts(2, nil)) // the pool exists
	for range 20 {
		time.Sleep(2 * time.Millisecond) // far longer than workers watch
		var meet sync.WaitGroup
		meet.Add(2)
		c := newCounts(2, func(int) {
			meet.Done()
			meet.Wait()
		})
		fork(2, 2, c)
		c.check(t)
	}
}

// A call never has more goroutines than it is allowed.
func TestForkKeepsItsLimit(t *testing.T) {
	setProcs(t, 8)
	fork(8, 100, newCounts(100, nil)) // eight workers exist
	for range 200 {
		var now, most atomic.Int32
		c := newCounts(50, func(int) {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			runtime.Gosched()
			now.Add(-1)
		})
		fork(3, 50, c)
		c.check(t)
		if most.Load() > 3 {
			t.Fatalf("%d goroutines at once, want at most 3", most.Load())
		}
	}
}

// An item that takes long, such as one whose worker lost its processor, is
// waited for, and the caller sleeps rather than spins.
func TestForkWaitsForSlowItems(t *testing.T) {
	setProcs(t, 4)
	for range 5 {
		c := newCounts(4, func(i int) {
			if i == 1 {
				time.Sleep(5 * time.Millisecond)
			}
		})
		fork(4, 4, c)
		c.check(t)
	}
}

// An item may end its goroutine: another worker takes the place of one that is
// gone, and a caller is gone when nobody is in its items any more.
func TestForkSurvivesGoexit(t *testing.T) {
	setProcs(t, 4)
	for round := range 50 {
		var left atomic.Int32
		over := make(chan struct{})
		go func() {
			defer close(over)
			Fork(4, 40, func(i int) {
				left.Add(1)
				defer left.Add(-1)
				runtime.Gosched()
				if i%10 == round%10 {
					runtime.Goexit()
				}
			})
		}()
		<-over
		if n := left.Load(); n != 0 {
			t.Fatalf("%d items at work", n)
		}
	}
	for range 20 {
		var meet sync.WaitGroup
		meet.Add(4)
		Fork(4, 4, func(int) { meet.Done(); meet.Wait() })
	}
	for i := range pool.regions {
		if r := &pool.regions[i]; r.busy.Load() || r.joined.Load() != 0 {
			t.Errorf("region %d is in use", i)
		}
	}
}

// A panic of the caller's item passes through, and closes the region.
func TestForkPanics(t *testing.T) {
	setProcs(t, 4)
	for range 2 * maxRegions {
		func() {
			defer func() {
				if v := recover(); v != "off" {
					t.Errorf("recovered %v", v)
				}
			}()
			Fork(2, 1000, func(i int) {
				if !onWorker() {
					panic("off")
				}
			})
		}()
	}
	c := newCounts(100, nil)
	fork(4, 100, c)
	c.check(t)
}

// onWorker reports whether a worker of the pool is the caller.
func onWorker() bool {
	stack := make([]byte, 4096)
	return strings.Contains(string(stack[:runtime.Stack(stack, false)]), "(*workers).run")
}

func TestForkAllocatesNothing(t *testing.T) {
	setProcs(t, 4)
	c := newCounts(64, nil)
	fork(4, 64, c)
	if n := testing.AllocsPerRun(100, func() { fork(4, 64, c) }); n != 0 {
		t.Errorf("%v allocations a fork", n)
	}
}

func TestShare(t *testing.T) {
	setProcs(t, 4)
	for _, c := range []struct {
		w      int
		enough bool
		want   int
	}{{1, true, 1}, {8, false, 1}, {3, true, 3}, {100, true, 4}} {
		if got := share(c.w, c.enough); got != c.want {
			t.Errorf("share(%d, %v) = %d, want %d", c.w, c.enough, got, c.want)
		}
	}
}
