package dist

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

// messages sends around the ring, to oneself where there is nobody else.
func (k checks[T]) messages(n int) error {
	p, rank := k.Size(), k.Rank()
	next, last := (rank+1)%p, (rank+p-1)%p
	x, y := numbers[T](rank, n), make([]T, n+1)
	s, err := Sendrecv(k.Comm, next, x, last, y, 3)
	errs := []error{err, same("Sendrecv", y[:n], numbers[T](last, n))}
	if (s != Status{last, 3, n}) {
		errs = append(errs, errors.New("status of Sendrecv"))
	}
	// Even ranks send first. One alone receives before it sends.
	clear(y)
	got := Irecv(context.Background(), k.Comm, AnySource, 4, y)
	errs = append(errs, Send(k.Comm, next, 4, x))
	s, err = got.Wait(context.Background())
	errs = append(errs, err, same("Irecv", y[:n], numbers[T](last, n)), same("Irecv", y[n:], make([]T, 1)))
	if (s != Status{last, 4, n}) {
		errs = append(errs, errors.New("status of Irecv"))
	}
	// Two ranks.
	if rank^1 < p {
		if rank%2 == 0 {
			errs = append(errs, Send(k.Comm, rank^1, 5, x))
		} else {
			s, err = Recv(k.Comm, AnySource, AnyTag, y)
			errs = append(errs, err, same("Recv", y[:n], numbers[T](rank^1, n)))
			if (s != Status{rank ^ 1, 5, n}) {
				errs = append(errs, errors.New("status of Recv"))
			}
		}
	}
	return errors.Join(append(errs, k.Barrier())...)
}

func TestRanksMessages(t *testing.T) {
	ranks(t, func(c *Comm) {
		for _, n := range []int{0, 1, 100} {
			forAll(t, c, func(k check) error { return k.messages(n) })
		}
	})
}

// Messages keep their order, and wait for who asks for their tag.
func TestRanksOrder(t *testing.T) {
	ranks(t, func(c *Comm) {
		to, from := (c.Rank()+1)%c.Size(), (c.Rank()+c.Size()-1)%c.Size()
		for i := range 50 {
			if err := Send(c, to, i%2, []int32{int32(i)}); err != nil {
				t.Fatal(err)
			}
		}
		var got []int32
		for i := range 50 {
			x := []int32{-1}
			if _, err := Recv(c, from, 1-i/25, x); err != nil {
				t.Fatal(err)
			}
			got = append(got, x[0])
		}
		for i, v := range got {
			want := int32(2*i + 1)
			if i >= 25 {
				want = int32(2 * (i - 25))
			}
			if v != want {
				t.Fatalf("message %d is %d, want %d: %v", i, v, want, got)
			}
		}
	})
}

func TestRanksTruncated(t *testing.T) {
	ranks(t, func(c *Comm) {
		to, from := (c.Rank()+1)%c.Size(), (c.Rank()+c.Size()-1)%c.Size()
		if err := Send(c, to, 0, make([]int64, 10)); err != nil {
			t.Fatal(err)
		}
		if _, err := Recv(c, from, 0, make([]int64, 9)); !errors.Is(err, ErrTruncated) {
			t.Error(err)
		}
		f := Irecv(context.Background(), c, from, 0, make([]int64, 9))
		if err := Send(c, to, 0, make([]int64, 10)); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Wait(context.Background()); !errors.Is(err, ErrTruncated) {
			t.Error(err)
		}
		// The communicator is as it was.
		x := []int64{1}
		if err := Allreduce(c, Sum, x); err != nil || x[0] != int64(c.Size()) {
			t.Error(x, err)
		}
	})
}

func TestRanksProbe(t *testing.T) {
	ranks(t, func(c *Comm) {
		ctx, stop := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer stop()
		if _, err := Probe[byte](ctx, c, AnySource, AnyTag); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if err := c.Barrier(); err != nil {
			t.Fatal(err)
		}
		to, from := (c.Rank()+1)%c.Size(), (c.Rank()+c.Size()-1)%c.Size()
		if err := Send(c, to, 9, make([]float32, 12)); err != nil {
			t.Fatal(err)
		}
		s, err := Probe[float32](context.Background(), c, from, AnyTag)
		if err != nil || (s != Status{from, 9, 12}) {
			t.Fatal(s, err)
		}
		x := slices.Repeat([]float32{1}, 12)
		if _, err := Recv(c, s.From, s.Tag, x); err != nil || x[11] != 0 {
			t.Error(x, err)
		}
	})
}
