package cuda

import (
	"math"

	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/internal/op"
)

// A reduction is two launches: one warp reduces each chunk, one block joins
// the results of the chunks (src/reduce.cu).

// chunks returns the number of chunks of n elements, and the blocks that
// reduce them.
func chunks[T op.Float](n int) (count, blocks int) {
	count = ceil(n, op.Chunk[T]())
	return count, ceil(count, reduceThreads/32)
}

// reduceOn reduces x, and y if the kernel takes two vectors, of n elements on
// the device and returns where the result is.
func reduceOn[T op.Float](c *call, k *kernel, n int, x, y driver.Ptr, more ...T) driver.Ptr {
	count, blocks := chunks[T](n)
	part := allocOf[T](c, count)
	a := launchFor[T](c, k, blocks, reduceThreads)
	a.Ptr(x)
	if y != 0 {
		a.Ptr(y)
	}
	a.Int(n)
	for _, v := range more {
		scalar(a, v)
	}
	a.Ptr(part)
	if count > 1 {
		a = launchFor[T](c, &kJoin, 1, joinThreads)
		a.Ptr(part)
		a.Int(count)
	}
	return part
}

// reduce is a whole call with one number for its result.
func (e *engine[T]) reduce(k *kernel, x, y []T) (v T, err error) {
	c, err := e.gpu.begin()
	if err != nil {
		return 0, err
	}
	defer c.end()
	dx := upload(c, x)
	var dy driver.Ptr
	if y != nil {
		dy = upload(c, y)
	}
	r := fetch[T](c, reduceOn[T](c, k, len(x), dx, dy), 1)
	if err := c.wait(); err != nil {
		return 0, err
	}
	return r[0], nil
}

func (e *engine[T]) sum(w int, x []T) T {
	v, err := e.reduce(&kSum, x, nil)
	if err != nil {
		return e.host("Sum", err).Sum(w, x)
	}
	return v
}

func (e *engine[T]) asum(w int, x []T) T {
	v, err := e.reduce(&kAsum, x, nil)
	if err != nil {
		return e.host("Asum", err).Asum(w, x)
	}
	return v
}

func (e *engine[T]) dot(w int, x, y []T) T {
	v, err := e.reduce(&kDot, x, y)
	if err != nil {
		return e.host("Dot", err).Dot(w, x, y)
	}
	return v
}

func (e *engine[T]) nrm2(w int, x []T) T {
	v, err := e.tryNrm2(x)
	if err != nil {
		return e.host("Nrm2", err).Nrm2(w, x)
	}
	return v
}

// tryNrm2 takes the root of the sum of squares if neither it nor a square that
// matters left the range of the type, and else scales by a power of two first:
// cpu/reduce.go has the reasons and the same numbers.
func (e *engine[T]) tryNrm2(x []T) (T, error) {
	tiny, maxExp := 0x1p-960, 1023
	if op.Size[T]() == 4 {
		tiny, maxExp = 0x1p-80, 127
	}
	c, err := e.gpu.begin()
	if err != nil {
		return 0, err
	}
	defer c.end()
	dx := upload(c, x)
	r := fetch[T](c, reduceOn[T](c, &kSumSq, len(x), dx, 0), 1)
	if err := c.wait(); err != nil {
		return 0, err
	}
	s := float64(r[0])
	if s >= tiny && !math.IsInf(s, 0) || math.IsNaN(s) {
		return T(math.Sqrt(s)), nil
	}
	hi, _ := extremeOn[T](c, largest, len(x), dx)
	lo, _ := extremeOn[T](c, smallest, len(x), dx)
	rh, rl := fetch[T](c, hi, 1), fetch[T](c, lo, 1)
	if err := c.wait(); err != nil {
		return 0, err
	}
	m := float64(max(rh[0], -rl[0]))
	if m == 0 || math.IsInf(m, 0) {
		return T(m), nil
	}
	_, exp := math.Frexp(m)
	exp = min(max(1-exp, -maxExp), maxExp)
	r = fetch[T](c, reduceOn(c, &kSumSqScaled, len(x), dx, 0, T(math.Ldexp(1, exp))), 1)
	if err := c.wait(); err != nil {
		return 0, err
	}
	return T(float64(math.Sqrt(float64(r[0]))) * math.Ldexp(1, -exp)), nil
}

func (e *engine[T]) variance(w int, x []T) T {
	v, err := e.tryVariance(x)
	if err != nil {
		return e.host("Var", err).Var(w, x)
	}
	return v
}

func (e *engine[T]) tryVariance(x []T) (T, error) {
	c, err := e.gpu.begin()
	if err != nil {
		return 0, err
	}
	defer c.end()
	dx := upload(c, x)
	count, blocks := chunks[T](len(x))
	mean, dev := allocOf[T](c, count), allocOf[T](c, count)
	work, out := c.alloc(count*3*8), allocOf[T](c, 1)
	a := launchFor[T](c, &kMoments, blocks, reduceThreads)
	a.Ptr(dx)
	a.Int(len(x))
	a.Ptr(mean)
	a.Ptr(dev)
	a = launchFor[T](c, &kVariance, 1, joinThreads)
	a.Ptr(mean)
	a.Ptr(dev)
	a.Int(count)
	a.Int(len(x))
	a.Ptr(work)
	a.Ptr(out)
	r := fetch[T](c, out, 1)
	if err := c.wait(); err != nil {
		return 0, err
	}
	return r[0], nil
}

// extreme is the kernels of Max and ArgMax, or of Min and ArgMin.
type extreme struct{ chunks, join *kernel }

var (
	largest  = extreme{&kMax, &kJoinMax}
	smallest = extreme{&kMin, &kJoinMin}
)

// extremeOn finds the extreme of n elements on the device and returns where
// its value and its index are.
func extremeOn[T op.Float](c *call, which extreme, n int, x driver.Ptr) (value, at driver.Ptr) {
	count, blocks := chunks[T](n)
	value, at = allocOf[T](c, count), c.alloc(8*count)
	a := launchFor[T](c, which.chunks, blocks, reduceThreads)
	a.Ptr(x)
	a.Int(n)
	a.Ptr(value)
	a.Ptr(at)
	if count > 1 {
		a = launchFor[T](c, which.join, 1, joinThreads)
		a.Ptr(value)
		a.Ptr(at)
		a.Int(count)
	}
	return value, at
}

// extreme returns the extreme of x and where it is.
func (e *engine[T]) extreme(which extreme, x []T) (v T, at int, err error) {
	c, err := e.gpu.begin()
	if err != nil {
		return 0, 0, err
	}
	defer c.end()
	value, index := extremeOn[T](c, which, len(x), upload(c, x))
	rv, ri := fetch[T](c, value, 1), fetchInt(c, index)
	if err := c.wait(); err != nil {
		return 0, 0, err
	}
	if v = rv[0]; v != v {
		v = T(math.NaN())
	}
	return v, int(*ri), nil
}

func (e *engine[T]) max(w int, x []T) T {
	v, _, err := e.extreme(largest, x)
	if err != nil {
		return e.host("Max", err).Max(w, x)
	}
	return v
}

func (e *engine[T]) min(w int, x []T) T {
	v, _, err := e.extreme(smallest, x)
	if err != nil {
		return e.host("Min", err).Min(w, x)
	}
	return v
}

func (e *engine[T]) argMax(w int, x []T) int {
	_, at, err := e.extreme(largest, x)
	if err != nil {
		return e.host("ArgMax", err).ArgMax(w, x)
	}
	return at
}

func (e *engine[T]) argMin(w int, x []T) int {
	_, at, err := e.extreme(smallest, x)
	if err != nil {
		return e.host("ArgMin", err).ArgMin(w, x)
	}
	return at
}
