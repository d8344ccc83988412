package dist

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
)

// number returns a number of type T made of small integers, so that products
// of four and sums of many are exact in every type.
func number[T Element](rank, i int) T {
	v := 1 + (7*rank+3*i)%5
	var out any
	switch any(*new(T)).(type) {
	case int:
		out = -v
	case int8:
		out = int8(v)
	case int16:
		out = int16(-v)
	case int32:
		out = int32(v) << 20
	case int64:
		out = int64(v) << 50
	case uint8:
		out = uint8(v)
	case uint16:
		out = uint16(v)
	case uint32:
		out = uint32(v)
	case uint64:
		out = uint64(v)
	case float32:
		out = float32(v) / 2
	case float64:
		out = -float64(v)
	case complex64:
		out = complex(float32(v), float32(i%3))
	case complex128:
		out = complex(float64(-v), float64(i%4))
	}
	return out.(T)
}

func numbers[T Element](rank, n int) []T {
	x := make([]T, n)
	for i := range x {
		x[i] = number[T](rank, i)
	}
	return x
}

// forAll runs a test for each element type.
func forAll(t *testing.T, c *Comm, f func(check) error) {
	t.Helper()
	run := func(name string, k check) {
		if err := f(k); err != nil {
			t.Errorf("rank %d of %d, %s: %v", c.Rank(), c.Size(), name, err)
		}
	}
	run("int", checks[int]{c})
	run("int8", checks[int8]{c})
	run("int16", checks[int16]{c})
	run("int32", checks[int32]{c})
	run("int64", checks[int64]{c})
	run("uint8", checks[uint8]{c})
	run("uint16", checks[uint16]{c})
	run("uint32", checks[uint32]{c})
	run("uint64", checks[uint64]{c})
	run("float32", checks[float32]{c})
	run("float64", checks[float64]{c})
	run("complex64", checks[complex64]{c})
	run("complex128", checks[complex128]{c})
}

// check is what is tested for an element type: each collective function
// against what it should give, which every rank can work out for itself.
type check interface {
	collectives(n int) error
	parts() error
	reductions(n int) error
	started(n int) error
	messages(n int) error
}

type checks[T Element] struct{ *Comm }

// all returns the parts of all ranks, one after the other.
func (k checks[T]) all(n int) []T {
	var all []T
	for r := range k.Size() {
		all = append(all, numbers[T](r, n)...)
	}
	return all
}

func same[T Element](what string, got, want []T) error {
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s: %v, want %v", what, clip(got), clip(want))
	}
	return nil
}

func clip[T any](x []T) []T { return x[:min(len(x), 12)] }

func (k checks[T]) collectives(n int) error {
	p, rank := k.Size(), k.Rank()
	all := k.all(n)
	var errs []error
	for root := range p {
		var whole []T
		if rank == root {
			whole = slices.Clone(all)
		}
		y := make([]T, n)
		errs = append(errs, Scatter(k.Comm, root, whole, y), same("Scatter", y, numbers[T](rank, n)))
		if rank == root {
			clear(whole)
		}
		errs = append(errs, Gather(k.Comm, root, y, whole))
		if rank == root {
			errs = append(errs, same("Gather", whole, all))
		}
		y = numbers[T](rank, n)
		errs = append(errs, Bcast(k.Comm, root, y), same("Bcast", y, numbers[T](root, n)))
	}
	y := make([]T, n*p)
	errs = append(errs, Allgather(k.Comm, numbers[T](rank, n), y), same("Allgather", y, all))
	// Rank r has for rank s the numbers of rank r+2s.
	var x, want []T
	for s := range p {
		x = append(x, numbers[T](rank+2*s, n)...)
		want = append(want, numbers[T](s+2*rank, n)...)
	}
	errs = append(errs, Alltoall(k.Comm, x, y), same("Alltoall", y, want), k.Barrier())
	return errors.Join(errs...)
}

// parts of different sizes, with empty ones among them.
func (k checks[T]) parts() error {
	p, rank := k.Size(), k.Rank()
	counts := make([]int, p)
	var all []T
	for r := range p {
		counts[r] = (3 * r) % 4
		all = append(all, numbers[T](r, counts[r])...)
	}
	var errs []error
	for root := range p {
		var whole []T
		if rank == root {
			whole = slices.Clone(all)
		}
		y := make([]T, counts[rank])
		errs = append(errs, Scatterv(k.Comm, root, whole, counts, y), same("Scatterv", y, numbers[T](rank, counts[rank])))
		if rank == root {
			clear(whole)
		}
		errs = append(errs, Gatherv(k.Comm, root, y, whole, counts))
		if rank == root {
			errs = append(errs, same("Gatherv", whole, all))
		}
	}
	y := make([]T, len(all))
	errs = append(errs, Allgatherv(k.Comm, numbers[T](rank, counts[rank]), y, counts), same("Allgatherv", y, all))
	// Rank r sends (r+2s)%3 numbers to rank s.
	xc, yc := make([]int, p), make([]int, p)
	var x, want []T
	for s := range p {
		xc[s], yc[s] = (rank+2*s)%3, (s+2*rank)%3
		x = append(x, numbers[T](rank+2*s, xc[s])...)
		want = append(want, numbers[T](s+2*rank, yc[s])...)
	}
	y = make([]T, len(want))
	errs = append(errs, Alltoallv(k.Comm, x, xc, y, yc), same("Alltoallv", y, want))
	return errors.Join(errs...)
}

// plain is op on two elements, written another way than in combine.go.
func plain[T Element](op Op, x, y T) T {
	switch op {
	case Sum:
		return x + y
	case Prod:
		return x * y
	}
	if less(x, y) == (op == Min) {
		return x
	}
	return y
}

// less reports whether x is less than y, by way of float64, which holds all of
// the test's numbers exactly.
func less[T Element](x, y T) bool { return float(x) < float(y) }

func float(x any) float64 {
	switch x := x.(type) {
	case int:
		return float64(x)
	case int8:
		return float64(x)
	case int16:
		return float64(x)
	case int32:
		return float64(x)
	case int64:
		return float64(x)
	case uint8:
		return float64(x)
	case uint16:
		return float64(x)
	case uint32:
		return float64(x)
	case uint64:
		return float64(x)
	case float32:
		return float64(x)
	}
	return x.(float64)
}

func (k checks[T]) ops() []Op {
	switch any(*new(T)).(type) {
	case complex64, complex128:
		return []Op{Sum, Prod}
	}
	return []Op{Sum, Prod, Min, Max}
}

func (k checks[T]) reduced(op Op, n int) []T {
	want := numbers[T](0, n)
	for r := 1; r < k.Size(); r++ {
		for i, v := range numbers[T](r, n) {
			want[i] = plain(op, want[i], v)
		}
	}
	return want
}

func (k checks[T]) reductions(n int) error {
	var errs []error
	for _, op := range k.ops() {
		want := k.reduced(op, n)
		x := numbers[T](k.Rank(), n)
		errs = append(errs, Allreduce(k.Comm, op, x), same("Allreduce "+op.String(), x, want))
		for root := range k.Size() {
			x := numbers[T](k.Rank(), n)
			errs = append(errs, Reduce(k.Comm, root, op, x))
			if k.Rank() == root {
				errs = append(errs, same("Reduce "+op.String(), x, want))
			} else {
				errs = append(errs, same("Reduce elsewhere", x, numbers[T](k.Rank(), n)))
			}
		}
	}
	return errors.Join(errs...)
}

func TestRanksCollectives(t *testing.T) {
	ranks(t, func(c *Comm) {
		for _, n := range []int{0, 1, 5, 1000} {
			forAll(t, c, func(k check) error { return k.collectives(n) })
		}
		forAll(t, c, func(k check) error { return k.parts() })
		// In one step and in two, with parts that differ in size.
		for _, n := range []int{0, 1, 3, 17, 4099} {
			forAll(t, c, func(k check) error { return k.reductions(n) })
		}
		for _, k := range []check{checks[int8]{c}, checks[complex64]{c}} {
			if err := k.reductions(fewBytes + 1); err != nil {
				t.Error(err)
			}
		}
	})
}

// Long messages go another way in MPI than short ones.
func TestRanksLong(t *testing.T) {
	ranks(t, func(c *Comm) {
		k := checks[float64]{c}
		for _, n := range []int{1 << 14, 1<<17 + 3} {
			if err := errors.Join(k.collectives(n), k.messages(n)); err != nil {
				t.Error(n, err)
			}
			x := numbers[float64](c.Rank(), n)
			if err := errors.Join(Allreduce(c, Sum, x), same("Allreduce", x, k.reduced(Sum, n))); err != nil {
				t.Error(n, err)
			}
		}
	})
}

// The bits of a reduction are those of the tree that Allreduce is defined by,
// at any length, and on all ranks: also of three, where the last one waits.
func TestRanksTree(t *testing.T) {
	ranks(t, func(c *Comm) {
		testTree(t, c)
		if c.Size() < 4 {
			return
		}
		three, err := c.Split(c.Rank()/3, 0)
		if err != nil {
			t.Fatal(err)
		}
		testTree(t, three)
		if err := three.Close(); err != nil {
			t.Error(err)
		}
	})
}

func testTree(t *testing.T, c *Comm) {
	const n = 100_000
	term := func(rank, i int) float64 { // whose sum depends on the order
		return math.Ldexp(math.Sin(float64(i+1)), (i*7+rank*13)%60)
	}
	parts := make([][]float64, c.Size())
	for r := range parts {
		parts[r] = make([]float64, n)
		for i := range n {
			parts[r][i] = term(r, i)
		}
	}
	x := slices.Clone(parts[c.Rank()])
	y := slices.Clone(x)
	for len(parts) > 1 { // pairs, then pairs of pairs
		var next [][]float64
		for ; len(parts) > 1; parts = parts[2:] {
			for i, v := range parts[1] {
				parts[0][i] += v
			}
			next = append(next, parts[0])
		}
		parts = append(next, parts...)
	}
	if err := Allreduce(c, Sum, x); err != nil {
		t.Fatal(err)
	}
	z := slices.Clone(y)
	if err := wait(Iallreduce(c, Sum, z)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(same("Allreduce", x, parts[0]), same("Iallreduce", z, parts[0])); err != nil {
		t.Error(err)
	}
	for i := range 1000 {
		v := y[i : i+1]
		if err := Allreduce(c, Sum, v); err != nil || v[0] != x[i] {
			t.Fatalf("element %d alone: %v, in a long slice %v (%v)", i, v[0], x[i], err)
		}
	}
}

func TestRanksNaN(t *testing.T) {
	ranks(t, func(c *Comm) {
		negZero := math.Copysign(0, -1)
		x := []float64{float64(c.Rank()), negZero, 0, math.NaN()}
		if c.Rank() == c.Size()-1 {
			x[0] = math.NaN()
			x[1], x[2] = 0, negZero
		}
		y := slices.Clone(x)
		if err := errors.Join(Allreduce(c, Max, x), Allreduce(c, Min, y)); err != nil {
			t.Fatal(err)
		}
		if !math.IsNaN(x[0]) || !math.IsNaN(y[0]) || !math.IsNaN(x[3]) {
			t.Error("a NaN is lost", x, y)
		}
		if c.Size() > 1 && (math.Signbit(x[1]) || !math.Signbit(y[1]) || math.Signbit(x[2]) || !math.Signbit(y[2])) {
			t.Error("-0 is less than 0", x, y)
		}
	})
}

func TestRanksSplit(t *testing.T) {
	ranks(t, func(c *Comm) {
		// Two groups, ordered backwards.
		half, err := c.Split(c.Rank()%2, -c.Rank())
		if err != nil {
			t.Fatal(err)
		}
		size := (c.Size() + 1 - c.Rank()%2) / 2
		if half.Size() != size || half.Rank() != size-1-c.Rank()/2 {
			t.Errorf("rank %d of %d is %d of %d", c.Rank(), c.Size(), half.Rank(), half.Size())
		}
		x := []int{c.Rank()}
		if err := Allreduce(half, Max, x); err != nil || x[0]%2 != c.Rank()%2 {
			t.Error(x, err)
		}
		// Nobody but rank 0.
		color := 0
		if c.Rank() > 0 {
			color = -1
		}
		only, err := c.Split(color, 0)
		if err != nil || (only == nil) != (c.Rank() > 0) {
			t.Error(only, err)
		}
		twin, err := half.Dup()
		if err != nil {
			t.Fatal(err)
		}
		// A message in one communicator is not one in another.
		me := []int{7}
		if err := Send(half, half.Rank(), 1, me); err != nil {
			t.Error(err)
		}
		if err := Send(twin, twin.Rank(), 1, []int{8}); err != nil {
			t.Error(err)
		}
		if _, err := Recv(twin, twin.Rank(), 1, me); err != nil || me[0] != 8 {
			t.Error(me, err)
		}
		if _, err := Recv(half, half.Rank(), 1, me); err != nil || me[0] != 7 {
			t.Error(me, err)
		}
		errs := []error{twin.Close(), half.Close()}
		if only != nil {
			errs = append(errs, only.Close())
		}
		if err := errors.Join(errs...); err != nil {
			t.Error(err)
		}
		mustPanic(t, "closed", func() { _ = half.Barrier() })
	})
}

// Wrong use panics on the rank itself, before anything is sent: the next call
// on the communicator works.
func TestRanksWrongUse(t *testing.T) {
	ranks(t, func(c *Comm) {
		p := c.Size()
		x := make([]float32, 2*p)
		for name, f := range map[string]func(){
			"Bcast root":      func() { _ = Bcast(c, p, x) },
			"Bcast root -1":   func() { _ = Bcast(c, -1, x) },
			"Scatter x":       func() { _ = Scatter(c, c.Rank(), x[:p+1], make([]float32, 1)) },
			"Scatter overlap": func() { _ = Scatter(c, c.Rank(), x[:p], x[:1]) },
			"Scatterv counts": func() { _ = Scatterv(c, c.Rank(), x, nil, x) },
			"Scatterv minus":  func() { _ = Scatterv(c, c.Rank(), x, slices.Repeat([]int{-1}, p), x) },
			"Scatterv sum":    func() { _ = Scatterv(c, c.Rank(), x, slices.Repeat([]int{math.MaxInt}, p), x) },
			"Gather y":        func() { _ = Gather(c, c.Rank(), make([]float32, 3), x) },
			"Gatherv":         func() { _ = Gatherv(c, c.Rank(), x, x, make([]int, p)) },
			"Allgather":       func() { _ = Allgather(c, x, x) },
			"Allgatherv":      func() { _ = Allgatherv(c, x[:1], x, make([]int, p+1)) },
			"Alltoall":        func() { _ = Alltoall(c, x, x[:p]) },
			"Alltoall over":   func() { _ = Alltoall(c, x, x) },
			"Alltoallv":       func() { _ = Alltoallv(c, x, make([]int, p), x, make([]int, p)) },
			"Reduce":          func() { _ = Reduce(c, p, Sum, x) },
			"Allreduce":       func() { _ = Allreduce(c, Op(9), x) },
			"Allreduce max":   func() { _ = Allreduce(c, Max, make([]complex64, 1)) },
			"Send to":         func() { _ = Send(c, p, 0, x) },
			"Send tag":        func() { _ = Send(c, 0, -1, x) },
			"Send tag big":    func() { _ = Send(c, 0, 32768, x) },
			"Recv from":       func() { _, _ = Recv(c, p, 0, x) },
			"Recv from -2":    func() { _, _ = Recv(c, -2, 0, x) },
			"Recv tag":        func() { _, _ = Recv(c, 0, -2, x) },
			"Sendrecv":        func() { _, _ = Sendrecv(c, 0, x, 0, x, 0) },
			"Isend":           func() { Isend(c, p, 0, x) },
			"Iallreduce":      func() { Iallreduce(c, Op(200), x) },
		} {
			func() {
				defer func() {
					if e, ok := recover().(*kernels.ShapeError); !ok || e.Has == "" || e.Want == "" || e.Arg == "" {
						t.Errorf("%s: %v", name, e)
					}
				}()
				f()
			}()
		}
		if math.MaxInt > math.MaxInt32 {
			mustPanic(t, "Split", func() { _, _ = c.Split(math.MaxInt, 0) })
		}
		if err := c.Barrier(); err != nil {
			t.Error(err)
		}
	})
}

func mustPanic(t *testing.T, what string, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Errorf("%s: no panic", what)
		}
	}()
	f()
}

// What MPI can't carry in one call is refused before anything is sent. The
// elements are not there: nobody may look at them.
func TestTooLarge(t *testing.T) {
	if math.MaxInt == math.MaxInt32 {
		t.Skip("no such lengths")
	}
	c := &Comm{size: 3, via: newAlone(), aside: newAlone()}
	n := math.MaxInt32
	n++
	if _, err := c.newParts("f", "counts", []int{n / 2, n / 2, 0}, "x", n); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	if _, err := c.newParts("f", "counts", []int{1, 1, n}, "x", n+2); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	if err := tooLarge("f", "x", n); !errors.Is(err, ErrTooLarge) {
		t.Error(err)
	}
	if err := tooLarge("f", "x", n-1); err != nil {
		t.Error(err)
	}
}
