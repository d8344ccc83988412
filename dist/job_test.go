package dist

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weftgo/weft/kernels"
)

type task struct {
	Name  string
	Terms []float64
}

// Results come in order, whoever did which job, and every rank does some.
func TestRanksMap(t *testing.T) {
	ranks(t, func(c *Comm) {
		var in []task
		if c.Rank() == 0 {
			for i := range 40 {
				in = append(in, task{fmt.Sprint("job ", i), []float64{float64(i), 1, 2}})
			}
		}
		done := 0
		out, err := Map(background, c, in, func(_ context.Context, x task) (map[string]float64, error) {
			time.Sleep(2 * time.Millisecond)
			done++ // one job at a time
			s := 0.0
			for _, v := range x.Terms {
				s += v
			}
			return map[string]float64{x.Name: s}, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range in {
			if v, ok := out[i][fmt.Sprint("job ", i)]; !ok || v != float64(i+3) {
				t.Fatalf("result %d is %v", i, out[i])
			}
		}
		if c.Rank() > 0 && out != nil {
			t.Error("results on rank", c.Rank())
		}
		sum := []int{done}
		if err := Allreduce(c, Sum, sum); err != nil || sum[0] != 40 || done == 0 {
			t.Error(err, sum, done)
		}
	})
}

func TestRanksMapNothing(t *testing.T) {
	ranks(t, func(c *Comm) {
		out, err := Map(background, c, nil, func(context.Context, int) (int, error) { return 0, errors.New("called") })
		if err != nil || len(out) != 0 {
			t.Error(out, err)
		}
		// Types without fields; fewer jobs than ranks.
		if _, err := Map(background, c, make([]struct{}, 1), func(context.Context, struct{}) (struct{}, error) { return struct{}{}, nil }); err != nil {
			t.Error(err)
		}
		// Interfaces and pointers.
		got, err := Map(background, c, []*task{{Name: "a"}, {Name: "b"}, {Name: "c"}}, func(_ context.Context, x *task) (*string, error) { return &x.Name, nil })
		if c.Rank() == 0 && (err != nil || *got[0]+*got[1]+*got[2] != "abc") {
			t.Error(got, err)
		}
	})
}

// Jobs fail in all ways that there are; the others are done.
func TestRanksMapFailures(t *testing.T) {
	ranks(t, func(c *Comm) {
		in := make([]int, 30)
		for i := range in {
			in[i] = i
		}
		out, err := Map(background, c, in, func(_ context.Context, i int) (*int, error) {
			time.Sleep(time.Millisecond)
			switch {
			case i%10 == 1:
				return nil, fmt.Errorf("no solution for %d", i)
			case i%10 == 2:
				var none []int
				return &none[i], nil
			case i%10 == 3:
				runtime.Goexit()
			case i%10 == 4:
				return nil, fmt.Errorf("too late: %w", context.DeadlineExceeded)
			}
			return &i, nil
		})
		if c.Rank() > 0 {
			if err != nil {
				t.Error(err)
			}
			return
		}
		var failed JobErrors
		if !errors.As(err, &failed) || len(failed) != 12 {
			t.Fatal(err)
		}
		for j, e := range failed {
			i := j/4*10 + j%4 + 1
			want := []string{fmt.Sprint("no solution for ", i), "index out of range", "Goexit", "too late"}[j%4]
			if e.Index != i || !strings.Contains(e.Text, want) || e.Rank < 0 || e.Rank >= c.Size() {
				t.Errorf("%+v, want index %d, text %q", e, i, want)
			}
			if panicked := j%4 == 1; panicked && !strings.Contains(e.Stack, "TestRanksMapFailures") {
				t.Errorf("no stack in %q", e.Stack)
			}
			if errors.Is(e, context.DeadlineExceeded) != (j%4 == 3) {
				t.Errorf("job %d: errors.Is is wrong", i)
			}
		}
		for i, v := range out {
			if bad := i%10 >= 1 && i%10 <= 4; bad != (v == nil) || v != nil && *v != i {
				t.Errorf("result %d: %v", i, v)
			}
		}
		if text := err.Error(); !strings.Contains(text, "12 jobs failed") || !strings.Contains(text, "and 9 more") {
			t.Error(text)
		}
	})
}

// When the context ends no more jobs begin, and those under way are told.
func TestRanksMapCancel(t *testing.T) {
	ranks(t, func(c *Comm) {
		ctx, stop := context.WithTimeout(background, 30*time.Millisecond)
		defer stop()
		begin := time.Now()
		var began atomic.Int32
		_, err := Map(ctx, c, make([]int, 10_000), func(ctx context.Context, _ int) (int, error) {
			began.Add(1)
			select {
			case <-ctx.Done():
				return 0, ctx.Err()
			case <-time.After(5 * time.Millisecond):
				return 0, nil
			}
		})
		if d := time.Since(begin); d > 20*time.Second {
			t.Error("took", d)
		}
		if c.Rank() > 0 {
			return
		}
		var failed JobErrors
		if !errors.As(err, &failed) || !errors.Is(err, context.DeadlineExceeded) || len(failed) < 9000 {
			t.Fatalf("%T, %d failed", err, len(failed))
		}
		if last := failed[len(failed)-1]; last.Index != 9999 || last.Rank != -1 || !strings.Contains(last.Error(), "not begun") {
			t.Error(last)
		}
	})
}

func TestRanksMapWrongUse(t *testing.T) {
	ranks(t, func(c *Comm) {
		defer func() {
			if e, ok := recover().(*kernels.ShapeError); !ok || e.Arg != "f" {
				t.Error(e)
			}
		}()
		_, _ = Map(background, c, []int{1}, func(context.Context, int) (chan int, error) { return nil, nil })
	})
}

// Hostile messages are errors.
func TestDecode(t *testing.T) {
	good, err := encode(77, false, task{"x", []float64{1}})
	if err != nil {
		t.Fatal(err)
	}
	var v task
	if i, failed, err := decode(good, &v); i != 77 || failed != nil || err != nil || v.Name != "x" {
		t.Error(i, failed, err, v)
	}
	bad, err := encode(5, true, &JobError{Text: "t", Stack: "s"})
	if err != nil {
		t.Fatal(err)
	}
	if i, failed, err := decode(bad, &v); i != 5 || failed == nil || failed.Stack != "s" || err != nil {
		t.Error(i, failed, err)
	}
	for n := range good {
		if _, _, err := decode(good[:n], new(task)); err == nil {
			t.Error("decoded", n, "bytes of", len(good))
		}
	}
}
