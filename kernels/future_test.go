package kernels_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/weftgo/weft/kernels"
)

var errBroken = errors.New("broken")

func TestPromise(t *testing.T) {
	p := kernels.NewPromise[int]()
	f := p.Future()
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := f.Wait(short); err != context.DeadlineExceeded {
		t.Errorf("Wait for what nobody has resolved: %v", err)
	}
	if f.Err() != nil {
		t.Errorf("Err of what goes on: %v", f.Err())
	}
	select {
	case <-f.Done():
		t.Error("done before it was resolved")
	default:
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if v, err := p.Future().Wait(t.Context()); v != 7 || err != nil {
				t.Errorf("%v, %v", v, err)
			}
		})
	}
	p.Resolve(7, nil)
	wg.Wait()
	<-f.Done()
	if v, err := f.Wait(ended()); v != 7 || err != nil {
		t.Errorf("a result that is there, under a context that has ended: %v, %v", v, err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a promise could be resolved twice")
		}
	}()
	p.Resolve(8, nil)
}

func TestPromiseFails(t *testing.T) {
	p := kernels.NewPromise[string]()
	p.Resolve("", errBroken)
	if _, err := p.Future().Wait(t.Context()); err != errBroken || p.Future().Err() != errBroken {
		t.Errorf("%v, %v", err, p.Future().Err())
	}
}

func TestJoin(t *testing.T) {
	before := runtime.NumGoroutine()
	ps := make([]*kernels.Promise[int], 5)
	fs := make([]kernels.Future[int], len(ps))
	for i := range ps {
		ps[i] = kernels.NewPromise[int]()
		fs[i] = ps[i].Future()
	}
	ps[3].Resolve(3, nil) // one is over already
	all := kernels.Join(fs...)
	for _, i := range []int{4, 0, 2, 1} {
		select {
		case <-all.Done():
			t.Fatal("over before all are")
		default:
		}
		if n := runtime.NumGoroutine(); n > before {
			t.Errorf("%d goroutines, %d before", n, before)
		}
		ps[i].Resolve(i, nil)
	}
	vs, err := all.Wait(t.Context())
	if err != nil || len(vs) != 5 {
		t.Fatal(vs, err)
	}
	for i, v := range vs {
		if v != i {
			t.Errorf("result %d is %d", i, v)
		}
	}
	if vs, err := kernels.Join[int]().Wait(t.Context()); err != nil || len(vs) != 0 {
		t.Errorf("of nothing: %v, %v", vs, err)
	}

	// The first in the order of the arguments, whichever failed sooner.
	other := errors.New("another error")
	a, b, c := kernels.NewPromise[int](), kernels.NewPromise[int](), kernels.NewPromise[int]()
	all = kernels.Join(a.Future(), b.Future(), c.Future())
	c.Resolve(0, other)
	b.Resolve(0, errBroken)
	if all.Err() != nil {
		t.Error("an error before all are over")
	}
	a.Resolve(1, nil)
	if _, err := all.Wait(t.Context()); err != errBroken {
		t.Error(err)
	}
	if err := kernels.WaitAll(t.Context(), a.Future(), b.Future(), c.Future()); err != errBroken {
		t.Error(err)
	}
}

// Joined, and waited for, by many goroutines that race with those who resolve.
func TestJoinRaces(t *testing.T) {
	for range 200 {
		var ps [6]*kernels.Promise[int]
		var fs []kernels.Future[int]
		for i := range ps {
			ps[i] = kernels.NewPromise[int]()
			fs = append(fs, ps[i].Future())
		}
		var wg sync.WaitGroup
		for i := range ps {
			wg.Go(func() { ps[i].Resolve(i, nil) })
			wg.Go(func() {
				if vs, err := kernels.Join(fs...).Wait(t.Context()); err != nil || vs[i] != i {
					t.Error(vs, err)
				}
			})
		}
		wg.Wait()
	}
}

func TestWaitAll(t *testing.T) {
	n, s := kernels.NewPromise[int](), kernels.NewPromise[string]()
	go func() {
		s.Resolve("five", nil)
		n.Resolve(5, nil)
	}()
	if err := kernels.WaitAll(t.Context(), n.Future(), s.Future()); err != nil {
		t.Error(err)
	}
	never := kernels.NewPromise[int]()
	short, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := kernels.WaitAll(short, n.Future(), never.Future()); err != context.DeadlineExceeded {
		t.Error(err)
	}
	if err := kernels.WaitAll(ended(), n.Future(), s.Future()); err != nil {
		t.Errorf("all are over: %v", err)
	}
}

func TestThen(t *testing.T) {
	p := kernels.NewPromise[int]()
	f := kernels.Then(p.Future(), func(n int) (string, error) { return string(rune('a' + n)), nil })
	p.Resolve(2, nil)
	if v, err := f.Wait(t.Context()); v != "c" || err != nil {
		t.Errorf("%q, %v", v, err)
	}
	g := kernels.Then(f, func(string) (int, error) { return 0, errBroken })
	if _, err := g.Wait(t.Context()); err != errBroken {
		t.Error(err)
	}
	called := false
	h := kernels.Then(g, func(int) (int, error) { called = true; return 1, nil })
	if _, err := h.Wait(t.Context()); err != errBroken || called {
		t.Errorf("%v, called %v", err, called)
	}
}
