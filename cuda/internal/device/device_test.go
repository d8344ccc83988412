package device

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/cuda/sim"
)

func TestClass(t *testing.T) {
	last := int64(0)
	for n := int64(1); n < 1<<40; n += 1 + n/37 {
		c := class(n)
		if c < n || c < last || c%128 != 0 || n > 512 && c > n+n/4 {
			t.Fatalf("class(%d) = %d after %d", n, c, last)
		}
		if c != class(c) {
			t.Fatalf("class(%d) = %d, and class of that is %d", n, c, class(c))
		}
		last = c
	}
	if n := bits.Len64(uint64(class(1 << 40))); n != 41 {
		t.Errorf("class(1<<40) has %d bits", n)
	}
}

// newFake returns a cache over a driver that has room for so many bytes.
func newFake(limit, room int64) (*cache[int], map[int]int64) {
	held := map[int]int64{}
	next := 0
	return &cache[int]{
		what: "memory", limit: limit, keep: limit,
		alloc: func(n int64) (int, error) {
			sum := n
			for _, h := range held {
				sum += h
			}
			if sum > room {
				return 0, driver.OutOfMemory
			}
			next++
			held[next] = n
			return next, nil
		},
		release: func(p int) error {
			if _, ok := held[p]; !ok {
				return errors.New("freed twice")
			}
			delete(held, p)
			return nil
		},
	}, held
}

func TestCache(t *testing.T) {
	for _, c := range []struct{ limit, room int64 }{{4096, 1 << 20}, {1 << 20, 4096}} {
		cache, held := newFake(c.limit, c.room)
		a, size, err := cache.get(1000)
		if err != nil || size != 1024 {
			t.Fatalf("get(1000): %d bytes, %v", size, err)
		}
		if err := cache.put(a, size); err != nil {
			t.Fatal(err)
		}
		if b, _, _ := cache.get(1010); b != a {
			t.Error("the block that came back was not used again")
		}
		b, sizeB, err := cache.get(2000)
		if err != nil {
			t.Fatal(err)
		}
		cache.put(a, size)
		cache.put(b, sizeB)
		if live, spare := cache.use(); live != 0 || spare != size+sizeB {
			t.Errorf("%d bytes in use, %d kept", live, spare)
		}
		// What is kept makes room.
		d, sizeD, err := cache.get(3500)
		if err != nil || len(held) != 1 {
			t.Fatalf("get(3500): %v, %d blocks held", err, len(held))
		}
		_, _, err = cache.get(1000)
		var m *MemoryError
		if !errors.As(err, &m) || m.Want != 1000 || m.InUse != sizeD {
			t.Errorf("get beyond what there is: %v", err)
		}
		if got, want := errors.Is(err, driver.OutOfMemory), c.room < c.limit; got != want {
			t.Errorf("the driver's refusal is part of the error: %v, want %v", got, want)
		}
		cache.put(d, sizeD)
		if cache.trim(); len(held) != 0 {
			t.Errorf("%d blocks held after trim", len(held))
		}
	}
}

// open returns the first device, of the simulated driver unless told otherwise.
func open(t *testing.T, options Options) *Device {
	t.Helper()
	if os.Getenv(driver.LibraryVariable) == "" {
		t.Setenv(driver.LibraryVariable, sim.Library(t, filepath.Join("..", "..", "src", "weft.cu")))
	}
	ds, err := Find(options)
	if err != nil {
		t.Fatal(err)
	}
	d := ds[0]
	t.Cleanup(func() {
		if live, _ := d.MemoryUse(); live != 0 {
			t.Errorf("%d bytes of device memory are still in use", live)
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func one[T any](t *testing.T, f func() (T, error)) T {
	t.Helper()
	v, err := f()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// fill sets n elements at p to v.
func fill(s *Stream, p driver.Ptr, n int, v float32) {
	a := s.Launch("fill_f32", (n+1023)/1024, 256)
	a.Int(n)
	a.F32(v)
	a.Ptr(p)
}

func TestStream(t *testing.T) {
	d := open(t, Options{})
	const n = 3000
	m := one(t, func() (Memory, error) { return d.Alloc(4 * n) })
	h := one(t, func() (Pinned, error) { return d.AllocPinned(4 * n) })
	s, e := one(t, d.NewStream), one(t, d.NewEvent)
	for round := range 20 {
		fill(s, m.Ptr, n, 1)
		if round%2 == 0 {
			s.Submit() // in two parts
		}
		fill(s, m.Ptr, n/2, float32(round))
		s.ToHost(h.Ptr, m.Ptr, 4*n)
		s.Record(e)
		s.Submit()
		check(t, e.Wait(t.Context()))
		x := unsafe.Slice((*float32)(h.Ptr), n)
		if x[0] != float32(round) || x[n/2] != 1 {
			t.Fatalf("round %d: %v and %v", round, x[0], x[n/2])
		}
	}
	d.Free(m)
	d.FreePinned(h)
	check(t, s.Close())
	check(t, e.Close())
}

func TestWaitForOtherStream(t *testing.T) {
	d := open(t, Options{})
	m := one(t, func() (Memory, error) { return d.Alloc(4) })
	h := one(t, func() (Pinned, error) { return d.AllocPinned(4) })
	a, b := one(t, d.NewStream), one(t, d.NewStream)
	e, done := one(t, d.NewEvent), one(t, d.NewEvent)
	for i := range 10 {
		fill(a, m.Ptr, 1, float32(i))
		a.Record(e)
		a.Submit()
		b.WaitFor(e)
		b.ToHost(h.Ptr, m.Ptr, 4)
		b.Record(done)
		b.Submit()
		check(t, done.Wait(t.Context()))
		check(t, e.Wait(t.Context()))
		if v := *(*float32)(h.Ptr); v != float32(i) {
			t.Fatalf("round %d: %v", i, v)
		}
	}
	d.Free(m)
}

// An error stops a lasting stream until it is cleared, and the streams that
// wait for it. Marks are reached all the same, in order.
func TestLastingStream(t *testing.T) {
	d := open(t, Options{})
	m := one(t, func() (Memory, error) { return d.Alloc(8) })
	h := one(t, func() (Pinned, error) { return d.AllocPinned(8) })
	a, b := one(t, d.NewLastingStream), one(t, d.NewLastingStream)
	var (
		mu   sync.Mutex
		seen []string
	)
	over := make(chan error, 1)
	note := func(name string) func(error) {
		return func(err error) {
			mu.Lock()
			defer mu.Unlock()
			seen = append(seen, fmt.Sprint(name, err != nil))
		}
	}
	wait := func(s *Stream) error {
		s.Mark(func(err error) { over <- err })
		s.Submit()
		return <-over
	}
	x := unsafe.Slice((*float32)(h.Ptr), 2)
	for range 20 {
		x[0], x[1] = 9, 9
		fill(a, m.Ptr, 1, 1)
		a.Mark(note("a"))
		a.Fail(errors.New("no"))
		fill(a, m.Ptr, 1, 2)
		failed := a.Mark(note("b"))
		a.Submit()
		fill(b, m.Ptr+4, 1, 3)
		b.Submit()
		b.WaitForMark(failed)
		fill(b, m.Ptr+4, 1, 4)
		b.Submit()
		errA, errB := wait(a), wait(b)
		if errA == nil || errA != errB {
			t.Fatalf("%v and %v", errA, errB)
		}
		a.Clear(errors.New("another"))
		fill(a, m.Ptr, 1, 5)
		if err := wait(a); err != errA {
			t.Fatalf("an error that nobody cleared is %v", err)
		}
		a.Clear(errA)
		b.Clear(errA)
		b.WaitForMark(a.Mark(note("c")))
		a.Submit()
		b.ToHost(h.Ptr, m.Ptr, 8)
		if err := wait(b); err != nil || x[0] != 1 || x[1] != 3 {
			t.Fatalf("%v, %v", err, x)
		}
		if got := strings.Join(seen, " "); got != "afalse btrue cfalse" {
			t.Fatal(got)
		}
		seen = nil
	}
	d.Retire(m)
	d.RetirePinned(h)
	check(t, a.Close())
	check(t, b.Close())
}

func TestCancelledWait(t *testing.T) {
	d := open(t, Options{})
	m := one(t, func() (Memory, error) { return d.Alloc(4) })
	s, e := one(t, d.NewStream), one(t, d.NewEvent)
	fill(s, m.Ptr, 1, 1)
	s.Record(e)
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if err := e.Wait(ctx); err != why {
		t.Errorf("a wait whose context is done: %v", err)
	}
	s.Submit()
	check(t, e.Wait(t.Context())) // the work goes on, and can still be waited for
	d.Free(m)
}

// A command that the driver refuses stops the stream up to the next event, and
// the device goes on.
func TestRefusal(t *testing.T) {
	d := open(t, Options{})
	m := one(t, func() (Memory, error) { return d.Alloc(4) })
	h := one(t, func() (Pinned, error) { return d.AllocPinned(4) })
	s, e := one(t, d.NewStream), one(t, d.NewEvent)
	*(*float32)(h.Ptr) = 5
	s.Launch("no_such_kernel", 1, 1)
	fill(s, m.Ptr, 1, 1)
	s.ToHost(h.Ptr, m.Ptr, 4)
	s.Record(e)
	s.Submit()
	err := e.Wait(t.Context())
	if !errors.Is(err, driver.NotFound) || !strings.Contains(err.Error(), "no_such_kernel") {
		t.Errorf("a kernel that does not exist: %v", err)
	}
	if v := *(*float32)(h.Ptr); v != 5 {
		t.Errorf("work after the one that failed has been done: %v", v)
	}
	fill(s, m.Ptr, 1, 7)
	s.ToHost(h.Ptr, m.Ptr, 4)
	s.Record(e)
	s.Submit()
	check(t, e.Wait(t.Context()))
	if v := *(*float32)(h.Ptr); v != 7 || d.Failure() != nil {
		t.Errorf("after it: %v, %v", v, d.Failure())
	}
	d.Free(m)
}

func TestManyGoroutines(t *testing.T) {
	d := open(t, Options{})
	var wg sync.WaitGroup
	for g := range 16 {
		wg.Go(func() {
			s, err := d.NewStream()
			e, err2 := d.NewEvent()
			h, err3 := d.AllocPinned(4096)
			if err := errors.Join(err, err2, err3); err != nil {
				t.Error(err)
				return
			}
			for i := range 20 {
				m, err := d.Alloc(4 * (i + 1) * 10)
				if err != nil {
					t.Error(err)
					return
				}
				fill(s, m.Ptr, (i+1)*10, float32(g))
				s.ToHost(h.Ptr, m.Ptr, 4*(i+1)*10)
				s.Record(e)
				s.Submit()
				if i%4 == 0 {
					runtime.GC()
				}
				if err := e.Wait(context.Background()); err != nil {
					t.Error(err)
				}
				if v := unsafe.Slice((*float32)(h.Ptr), 4*(i+1)*10)[i*10]; v != float32(g) {
					t.Errorf("goroutine %d: %v", g, v)
				}
				d.Free(m)
			}
		})
	}
	wg.Wait()
}

func TestExactMemory(t *testing.T) {
	d := open(t, Options{NoCache: true, MemoryLimit: 1000})
	m := one(t, func() (Memory, error) { return d.Alloc(1000) })
	_, err := d.Alloc(1)
	var e *MemoryError
	if !errors.As(err, &e) || e.Limit != 1000 || e.InUse != 1000 {
		t.Errorf("beyond the limit: %v", err)
	}
	d.Free(m)
	if live, spare := d.MemoryUse(); live != 0 || spare != 0 {
		t.Errorf("%d bytes in use, %d kept", live, spare)
	}
}

// After a fault the device is set aside: every use says so and why, waits end,
// and nothing hangs.
func TestFault(t *testing.T) {
	library := sim.Library(t, filepath.Join("..", "..", "src", "weft.cu"))
	for _, env := range []string{"WEFT_SIM_FAULT=fill_f32:3", "WEFT_SIM_LOST=2", "WEFT_SIM_FAIL=cuModuleLoadDataEx:1:218"} {
		for _, lazy := range []int{0, 1} {
			out, err := sim.Rerun(t, "TestFaultChild", env, fmt.Sprintf("WEFT_SIM_LAZY=%d", lazy), driver.LibraryVariable+"="+library)
			if err != nil || !strings.Contains(out, "--- PASS") {
				t.Errorf("%s, lazy %d: %v\n%s", env, lazy, err, out)
			}
		}
	}
}

func TestFaultChild(t *testing.T) {
	if !sim.Rerunning() {
		t.Skip("started by TestFault")
	}
	ds, err := Find(Options{})
	check(t, err)
	d := ds[0]
	use := func() error {
		m, err := d.Alloc(4096)
		if err != nil {
			return err
		}
		s, err := d.NewStream()
		if err != nil {
			return err
		}
		e, err := d.NewEvent()
		if err != nil {
			return err
		}
		for range 2 {
			fill(s, m.Ptr, 1000, 1)
			s.Record(e)
			s.Submit()
			if err := e.Wait(context.Background()); err != nil {
				return err
			}
		}
		d.Free(m)
		return nil
	}
	var first error
	for range 5 {
		err := use()
		if first == nil {
			first = err
		}
	}
	var r driver.Result
	if !errors.Is(first, ErrFailed) || !errors.As(first, &r) {
		t.Fatalf("the first error: %v", first)
	}
	t.Log(first)
	if err := use(); err == nil || err.Error() != first.Error() || d.Failure() == nil {
		t.Errorf("a later error is another: %v", err)
	}
	check(t, d.Close())
}
