package par_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/par"
)

var background = context.Background()

// setProcs makes real parallelism of goroutines possible on any machine.
func setProcs(t testing.TB, n int) {
	old := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(old) })
}

// leavesNoGoroutine fails t if there are more goroutines at its end than now.
// The kernels' workers stay; they are started first.
func leavesNoGoroutine(t *testing.T) {
	var meet sync.WaitGroup
	meet.Add(par.Workers())
	par.For(background, par.Workers(), func(int) { meet.Done(); time.Sleep(time.Millisecond) })
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		for range 200 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
		stacks := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
	})
}

// most counts how many are inside at once.
type most struct{ now, max atomic.Int32 }

func (m *most) enter() {
	n := m.now.Add(1)
	for max := m.max.Load(); n > max && !m.max.CompareAndSwap(max, n); max = m.max.Load() {
	}
}

func (m *most) leave() { m.now.Add(-1) }

func TestForDoesEachItemOnce(t *testing.T) {
	setProcs(t, 8)
	for _, w := range []int{1, 2, 3, 8, 100} {
		for _, n := range []int{0, 1, 2, 7, 64, 1000, 100_000} {
			done := make([]atomic.Int32, n)
			if err := par.For(background, n, func(i int) { done[i].Add(1) }, par.WithWorkers(w)); err != nil {
				t.Fatal(err)
			}
			for i := range done {
				if d := done[i].Load(); d != 1 {
					t.Fatalf("%d workers: item %d of %d was done %d times", w, i, n, d)
				}
			}
		}
	}
}

// Chunks are those of n and grain, whatever the workers.
func TestForRangeChunks(t *testing.T) {
	setProcs(t, 4)
	for _, n := range []int{0, 1, 9, 10, 11, 1000, 1001} {
		for _, grain := range []int{1, 10, 999, 5000, math.MaxInt} {
			var want [][2]int
			for lo := 0; lo < n; lo = min(n-lo, grain) + lo {
				want = append(want, [2]int{lo, min(n-lo, grain) + lo})
			}
			for _, w := range []int{1, 4} {
				var mu sync.Mutex
				var got [][2]int
				err := par.ForRange(background, n, grain, func(lo, hi int) {
					mu.Lock()
					defer mu.Unlock()
					got = append(got, [2]int{lo, hi})
				}, par.WithWorkers(w))
				slices.SortFunc(got, func(a, b [2]int) int { return a[0] - b[0] })
				if err != nil || !slices.Equal(got, want) {
					t.Fatalf("n = %d, grain = %d, %d workers: %v, chunks %v, want %v", n, grain, w, err, got, want)
				}
			}
		}
	}
}

func TestMap(t *testing.T) {
	setProcs(t, 4)
	src := make([]int, 10_000)
	for i := range src {
		src[i] = i
	}
	dst := make([]string, len(src))
	if err := par.Map(background, dst, src, func(i int) string { return fmt.Sprint(i) }); err != nil {
		t.Fatal(err)
	}
	for i, s := range dst {
		if s != fmt.Sprint(i) {
			t.Fatalf("element %d is %q", i, s)
		}
	}
	// In place, and to the first error.
	bad := errors.New("bad")
	err := par.Map(background, src, src, func(i int) (int, error) {
		if i >= 5000 {
			return -1, fmt.Errorf("%w: %d", bad, i)
		}
		return 2 * i, nil
	})
	if !errors.Is(err, bad) || err.Error() != "bad: 5000" {
		t.Errorf("error %v, want bad: 5000", err)
	}
	for i, v := range src {
		if i < 5000 && v != 2*i || i >= 5000 && v != i {
			t.Fatalf("element %d is %d", i, v)
		}
	}
}

// The sum of numbers of very different sizes has the same bits for any number
// of workers, and is that of the tree.
func TestReduceIsTheTree(t *testing.T) {
	setProcs(t, 8)
	for _, n := range []int{0, 1, 63, 64, 65, 1000, 54321} {
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Ldexp(math.Sin(float64(i)), i*7%60)
		}
		leaf := func(lo, hi int) float64 {
			s := 0.0
			for _, v := range x[lo:hi] {
				s += v
			}
			return s
		}
		var tree func(lo, chunks int) float64
		tree = func(lo, chunks int) float64 {
			if chunks <= 1 {
				return leaf(lo, min(lo+64, n))
			}
			p := 1
			for 2*p < chunks {
				p *= 2
			}
			return tree(lo, p) + tree(lo+64*p, chunks-p)
		}
		want := tree(0, (n+63)/64)
		for _, w := range []int{1, 2, 3, 8} {
			got, err := par.Reduce(background, n, 64, leaf, func(a, b float64) float64 { return a + b }, par.WithWorkers(w))
			if err != nil || math.Float64bits(got) != math.Float64bits(want) {
				t.Errorf("n = %d, %d workers: %v, %v, want %v", n, w, got, err, want)
			}
		}
	}
	r, err := par.Reduce(background, 1000, 1, func(lo, hi int) (int, error) {
		if lo >= 700 {
			return 1, fmt.Errorf("chunk %d", lo)
		}
		return 1, nil
	}, func(a, b int) int { return a + b })
	if r != 0 || err == nil || err.Error() != "chunk 700" {
		t.Errorf("Reduce with a leaf that fails: %v, %v", r, err)
	}
}

// The error is the one that a loop would have met first, also if one further on
// comes earlier in time.
func TestForFirstError(t *testing.T) {
	setProcs(t, 4)
	leavesNoGoroutine(t)
	for range 200 {
		var begun atomic.Int32
		err := par.For(background, 10_000, func(i int) error {
			begun.Add(1)
			switch {
			case i == 40:
				time.Sleep(time.Millisecond)
				return errors.New("40")
			case i > 40:
				return fmt.Errorf("%d", i)
			}
			return nil
		})
		if err == nil || err.Error() != "40" {
			t.Fatalf("error %v, want that of item 40", err)
		}
		if n := begun.Load(); n < 41 || n > 2000 {
			t.Fatalf("%d items have begun, want little more than 41", n)
		}
	}
}

func TestForStopsWithContext(t *testing.T) {
	setProcs(t, 4)
	leavesNoGoroutine(t)
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(background)
	var begun atomic.Int32
	err := par.For(ctx, 1_000_000, func(i int) {
		if begun.Add(1) == 1000 {
			cancel(why)
		}
	})
	if err != why {
		t.Errorf("error %v, want the cause", err)
	}
	if n := begun.Load(); n > 100_000 {
		t.Errorf("%d items have begun", n)
	}
	begun.Store(0)
	if err := par.ForRange(ctx, 10, 1, func(lo, hi int) { begun.Add(1) }); err != why || begun.Load() != 0 {
		t.Errorf("with a context that has ended: %v, %d chunks", err, begun.Load())
	}
	// All done is all done.
	ctx, cancel = context.WithCancelCause(background)
	if err := par.For(ctx, 100, func(i int) {
		if i == 99 {
			cancel(why)
		}
	}, par.WithWorkers(1)); err != nil {
		t.Errorf("error %v after the last item", err)
	}
}

// calls has one call of each kind whose bodies call f.
func calls(ctx context.Context) map[string]func(f func()) error {
	return map[string]func(f func()) error{
		"For":      func(f func()) error { return par.For(ctx, 100, func(i int) { f() }) },
		"ForRange": func(f func()) error { return par.ForRange(ctx, 100, 3, func(lo, hi int) { f() }) },
		"Map": func(f func()) error {
			x := make([]int, 100)
			return par.Map(ctx, x, x, func(i int) int { f(); return i })
		},
		"Reduce": func(f func()) error {
			_, err := par.Reduce(ctx, 100, 1, func(lo, hi int) int { f(); return 0 }, func(a, b int) int { return a })
			return err
		},
		"Do": func(f func()) error {
			return par.Do(ctx, slices.Repeat([]par.Task{func(context.Context) error { f(); return nil }}, 20)...)
		},
		"DoIO": func(f func()) error {
			return par.DoIO(ctx, 5, slices.Repeat([]par.Task{func(context.Context) error { f(); return nil }}, 20)...)
		},
		"Stage": func(f func()) error {
			_, err := par.Collect(par.Stage(ctx, numbers(20), func(_ context.Context, i int) (int, error) { f(); return i, nil }, par.WithWorkers(3)))
			return err
		},
		"Source": func(f func()) error {
			source := par.Source(func(yield func(int) bool) {
				for i := 0; yield(i); i++ {
					if i == 7 {
						f()
					}
					if i == 20 {
						return
					}
				}
			})
			one := func(_ context.Context, i int) (int, error) { return i, nil }
			_, err := par.Collect(par.Stage(ctx, par.Stage(ctx, source, one), one))
			return err
		},
	}
}

func numbers(n int) par.Pipeline[int] {
	return par.Source(func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	})
}

// A panic comes out in the caller, with the stack of where it was.
func TestPanics(t *testing.T) {
	setProcs(t, 4)
	leavesNoGoroutine(t)
	for name, call := range calls(background) {
		for range 20 {
			cause := errors.New("broken")
			var count atomic.Int32
			func() {
				defer func() {
					p, ok := recover().(*par.Panic)
					if !ok || p.Value != cause || !errors.Is(p, cause) || !strings.Contains(p.Error(), "explode") || !strings.Contains(p.Error(), "broken") {
						t.Errorf("%s: recovered %v", name, p)
					}
				}()
				err := call(func() {
					if count.Add(1)%7 == 1 {
						explode(cause)
					}
				})
				t.Errorf("%s returned %v", name, err)
			}()
		}
	}
}

//go:noinline
func explode(err error) { panic(err) }

// The panic of an inner call keeps its stack.
func TestNestedPanic(t *testing.T) {
	setProcs(t, 4)
	defer func() {
		p, ok := recover().(*par.Panic)
		if !ok || p.Value != "deep" {
			t.Errorf("recovered %v", p)
		}
	}()
	par.For(background, 4, func(int) { par.For(background, 4, func(int) { panic("deep") }) })
}

// runtime.Goexit in a body ends the caller's goroutine, and workers go on.
func TestGoexit(t *testing.T) {
	setProcs(t, 4)
	leavesNoGoroutine(t)
	for name, call := range calls(background) {
		for range 20 {
			over := make(chan string, 1)
			go func() {
				how := "ended"
				defer func() { over <- how }()
				var count atomic.Int32
				err := call(func() {
					if count.Add(1)%7 == 1 {
						runtime.Goexit()
					}
				})
				how = fmt.Sprint("returned ", err)
			}()
			select {
			case how := <-over:
				if how != "ended" {
					t.Errorf("%s: the caller has %s", name, how)
				}
			case <-time.After(20 * time.Second):
				t.Fatalf("%s hangs", name)
			}
		}
	}
	// Four workers are there: bodies that wait for each other end.
	for range 20 {
		meet(t, 4)
	}
}

// meet returns if w bodies of one call run at once.
func meet(t *testing.T, w int) {
	t.Helper()
	var here atomic.Int32
	par.For(background, w, func(int) {
		here.Add(1)
		for deadline := time.Now().Add(10 * time.Second); here.Load() < int32(w); runtime.Gosched() {
			if time.Now().After(deadline) {
				t.Fatalf("%d of %d bodies at work", here.Load(), w)
			}
		}
	})
}

// Calls in calls, and kernels in them, never have more workers than
// WEFT_WORKERS says. The variable is read once, so this is another process.
func TestNestedKeepsTheLimit(t *testing.T) {
	if os.Getenv("WEFT_WORKERS") != "3" {
		child := exec.Command(os.Args[0], "-test.run=^TestNestedKeepsTheLimit$", "-test.v")
		child.Env = append(os.Environ(), "WEFT_WORKERS=3")
		out, err := child.CombinedOutput()
		if errors.Is(err, errors.ErrUnsupported) {
			t.Skip("no processes here")
		}
		if err != nil || !strings.Contains(string(out), "--- PASS") {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	setProcs(t, 8)
	if w := par.Workers(); w != 3 {
		t.Fatalf("%d workers, want 3", w)
	}
	const n = 64
	a := kernels.NewMatrix[float64](n, n)
	for i := range a.Data {
		a.Data[i] = float64(i % 7)
	}
	want := kernels.NewMatrix[float64](n, n)
	kernels.Gemm(kernels.NoTrans, kernels.NoTrans, 1, a, a, 0, want)
	var inside most
	inner := func(i int) {
		inside.enter()
		defer inside.leave()
		c := kernels.NewMatrix[float64](n, n)
		kernels.Gemm(kernels.NoTrans, kernels.NoTrans, 1, a, a, 0, c)
		if !slices.Equal(c.Data, want.Data) {
			t.Error("Gemm inside differs")
		}
	}
	middle := func(context.Context) error {
		return par.ForRange(background, 20, 1, func(lo, hi int) { inner(lo) })
	}
	par.For(background, 20, func(int) error { return par.Do(background, middle, middle, middle) })
	if m := inside.max.Load(); m < 2 || m > 3 {
		t.Errorf("%d bodies at once, want 2 or 3", m)
	}
	inside.max.Store(0)
	par.For(background, 100, func(i int) { inner(i) }, par.WithWorkers(2))
	if m := inside.max.Load(); m > 2 {
		t.Errorf("%d bodies at once, want at most 2", m)
	}
}

// A body that waits holds up nobody but its own call.
func TestBlockedBodies(t *testing.T) {
	setProcs(t, 4)
	leavesNoGoroutine(t)
	release := make(chan struct{})
	var over sync.WaitGroup
	for range 3 {
		over.Go(func() { par.For(background, 8, func(int) { <-release }) })
	}
	time.Sleep(5 * time.Millisecond)
	x := make([]float64, 1<<20)
	kernels.Fill(x, 1)
	if s := kernels.Sum(x); s != 1<<20 {
		t.Errorf("Sum = %v", s)
	}
	if err := par.For(background, 1000, func(int) {}); err != nil {
		t.Error(err)
	}
	close(release)
	over.Wait()
}

func TestDoFirstErrorCancels(t *testing.T) {
	setProcs(t, 4)
	leavesNoGoroutine(t)
	for name, do := range map[string]func(context.Context, ...par.Task) error{
		"Do":   par.Do,
		"DoIO": func(ctx context.Context, tasks ...par.Task) error { return par.DoIO(ctx, 2, tasks...) },
	} {
		bad := errors.New("bad")
		var begun atomic.Int32
		waits := func(ctx context.Context) error {
			begun.Add(1)
			<-ctx.Done()
			if context.Cause(ctx) != bad {
				t.Errorf("%s: cause %v", name, context.Cause(ctx))
			}
			return ctx.Err()
		}
		fails := func(ctx context.Context) error { return bad }
		if err := do(background, waits, fails, waits, waits, waits, waits, waits); err != bad {
			t.Errorf("%s: %v, want %v", name, err, bad)
		}
		if n := begun.Load(); n > 4 {
			t.Errorf("%s: %d tasks have begun after the error", name, n)
		}
		if err := do(background); err != nil {
			t.Errorf("%s of nothing: %v", name, err)
		}
		ctx, cancel := context.WithTimeout(background, 5*time.Millisecond)
		defer cancel()
		late := func(ctx context.Context) error { <-ctx.Done(); return nil }
		if err := do(ctx, slices.Repeat([]par.Task{late}, 10)...); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s at its deadline: %v", name, err)
		}
	}
}

// All tasks of DoIO are under way at once, and up to the limit.
func TestDoIOLimit(t *testing.T) {
	leavesNoGoroutine(t)
	var here sync.WaitGroup
	here.Add(50)
	all := slices.Repeat([]par.Task{func(context.Context) error { here.Done(); here.Wait(); return nil }}, 50)
	if err := par.DoIO(background, len(all), all...); err != nil {
		t.Error(err)
	}
	var inside most
	some := slices.Repeat([]par.Task{func(context.Context) error {
		inside.enter()
		defer inside.leave()
		time.Sleep(time.Millisecond)
		return nil
	}}, 50)
	if err := par.DoIO(background, 7, some...); err != nil || inside.max.Load() > 7 {
		t.Errorf("%v, %d tasks at once, want at most 7", err, inside.max.Load())
	}
}

func TestStageKeepsOrder(t *testing.T) {
	setProcs(t, 4)
	leavesNoGoroutine(t)
	for _, workers := range []int{1, 2, 8} {
		for _, buffer := range []int{0, 1, 5} {
			uneven := func(_ context.Context, i int) (int, error) {
				if i%5 == 0 {
					time.Sleep(50 * time.Microsecond)
				}
				return i + 1, nil
			}
			p := par.Stage(background, numbers(200), uneven, par.WithWorkers(workers), par.WithBuffer(buffer))
			p = par.Stage(background, p, uneven, par.WithWorkers(3))
			for range 2 { // each range runs it anew
				got, err := par.Collect(p)
				if err != nil || len(got) != 200 {
					t.Fatalf("%d values, %v", len(got), err)
				}
				for i, v := range got {
					if v != i+2 {
						t.Fatalf("%d workers: value %d is %d", workers, i, v)
					}
				}
			}
		}
	}
	if got, err := par.Collect(par.Stage(background, numbers(0), func(_ context.Context, i int) (int, error) { return i, nil })); err != nil || got != nil {
		t.Errorf("of nothing: %v, %v", got, err)
	}
}

// No more values are taken from the source than there is room for.
func TestStageHoldsBack(t *testing.T) {
	setProcs(t, 4)
	leavesNoGoroutine(t)
	var taken atomic.Int32
	source := par.Source(func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
			taken.Add(1)
		}
	})
	same := func(_ context.Context, i int) (int, error) { return i, nil }
	p := par.Stage(background, source, same, par.WithWorkers(2), par.WithBuffer(3)) // 5 under way
	n := 0
	for i, err := range p {
		if i != n || err != nil {
			t.Fatalf("%d, %v", i, err)
		}
		n++
		time.Sleep(time.Millisecond)
		if took := int(taken.Load()); took > n+5 {
			t.Fatalf("%d values taken from the source for %d", took, n)
		}
		if n == 20 {
			break
		}
	}
}

// Values before an error come, then the error, and that is all.
func TestStageErrors(t *testing.T) {
	setProcs(t, 4)
	leavesNoGoroutine(t)
	bad := errors.New("bad")
	same := func(_ context.Context, i int) (int, error) { return i, nil }
	for range 300 {
		var after atomic.Int32
		fails := func(ctx context.Context, i int) (int, error) {
			if i == 30 {
				return 0, bad
			}
			if i > 30 {
				after.Add(1)
			}
			return i, nil
		}
		p := par.Stage(background, par.Stage(background, numbers(10_000), fails, par.WithWorkers(4)), same)
		got, err := par.Collect(p)
		if err != bad || len(got) != 30 {
			t.Fatalf("%d values, %v; want 30, %v", len(got), err, bad)
		}
		if n := after.Load(); n > 1000 {
			t.Fatalf("%d values behind the error", n)
		}
	}
	source := func(yield func(int, error) bool) {
		for i := range 10 {
			if !yield(i, nil) {
				return
			}
		}
		yield(0, bad)
	}
	got, err := par.Collect(par.Stage(background, source, same, par.WithWorkers(3)))
	if err != bad || len(got) != 10 {
		t.Errorf("with a source that fails: %d values, %v", len(got), err)
	}
	// Work behind the error is told to stop.
	stuck := func(ctx context.Context, i int) (int, error) {
		if i == 0 {
			time.Sleep(time.Millisecond)
			return 0, bad
		}
		<-ctx.Done()
		return 0, context.Cause(ctx)
	}
	if got, err := par.Collect(par.Stage(background, numbers(10), stuck, par.WithWorkers(4))); err != bad || got != nil {
		t.Errorf("%v, %v", got, err)
	}
	if err := par.Each(numbers(10), func(i int) error {
		if i == 3 {
			return bad
		}
		return nil
	}); err != bad {
		t.Errorf("Each: %v", err)
	}
}

func TestStageStopsWithContext(t *testing.T) {
	setProcs(t, 4)
	leavesNoGoroutine(t)
	endless := par.Source(func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
	})
	same := func(_ context.Context, i int) (int, error) { return i, nil }
	ctx, cancel := context.WithCancelCause(background)
	defer cancel(nil)
	why := errors.New("enough")
	n := 0
	var last error
	for _, err := range par.Stage(ctx, par.Stage(ctx, endless, same, par.WithWorkers(2)), same) {
		if n++; n == 100 {
			cancel(why)
		}
		last = err
	}
	if last != why || n != 101 {
		t.Errorf("%d values, %v", n, last)
	}
}

// The consumer may leave by break, return, panic or Goexit.
func TestStageConsumerLeaves(t *testing.T) {
	setProcs(t, 4)
	leavesNoGoroutine(t)
	p := par.Stage(background, numbers(1_000_000), func(ctx context.Context, i int) (int, error) { return i, nil }, par.WithWorkers(4))
	p = par.Stage(background, p, func(ctx context.Context, i int) (int, error) {
		if i > 1000 {
			<-ctx.Done() // waits until it is told
		}
		return i, ctx.Err()
	})
	leave := map[string]func(){"panic": func() { panic("off") }, "Goexit": runtime.Goexit}
	for name, leave := range leave {
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer func() { recover() }()
			for range p {
				leave()
			}
			t.Errorf("%s went on", name)
		}()
		<-done
	}
	for i := range p {
		if i == 10 {
			break
		}
	}
}

func TestMisuse(t *testing.T) {
	none := func(int) {}
	for want, call := range map[string]func(){
		"kernels: par.For: n has -1, want at least 0":              func() { par.For(background, -1, none) },
		"kernels: par.ForRange: grain has 0, want at least 1":      func() { par.ForRange(background, 5, 0, func(lo, hi int) {}) },
		"kernels: par.WithWorkers: n has 0, want at least 1":       func() { par.For(background, 5, none, par.WithWorkers(0)) },
		"kernels: par.WithBuffer: n has -1, want at least 0":       func() { par.WithBuffer(-1) },
		"kernels: par.DoIO: limit has 0, want at least 1":          func() { par.DoIO(background, 0) },
		"kernels: par.Map: dst has length 2, want 3 (that of src)": func() { par.Map(background, make([]int, 2), make([]int, 3), func(i int) int { return i }) },
	} {
		func() {
			defer func() {
				if e, ok := recover().(*kernels.ShapeError); !ok || e.Error() != want {
					t.Errorf("got %v, want %s", e, want)
				}
			}()
			call()
		}()
	}
}

// A call allocates for its closures and no more, whatever n is.
func TestAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool drop things at random")
	}
	var sink atomic.Int64
	for _, n := range []int{10, 100_000} {
		for name, c := range map[string]struct {
			call func()
			want float64
		}{
			"For":      {func() { par.For(background, n, func(i int) { sink.Store(int64(n)) }) }, 2},
			"ForRange": {func() { par.ForRange(background, n, 10, func(lo, hi int) { sink.Store(int64(n)) }) }, 2},
			"Reduce": {func() {
				par.Reduce(background, n, 10, func(lo, hi int) int { return n }, func(a, b int) int { return a + b })
			}, 3},
		} {
			if got := testing.AllocsPerRun(100, c.call); got > c.want {
				t.Errorf("%s of %d: %v allocations, want at most %v", name, n, got, c.want)
			}
		}
	}
}
