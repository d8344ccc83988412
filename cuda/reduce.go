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

// reduceOn launches f on n elements on the device and returns where its result
// is. Nrm2 has a second part, of two elements; finishReduce makes one number
// of both.
func reduceOn[T op.Float](w *work, f op.Reduction, n int, x, y driver.Ptr) (result, second driver.Ptr) {
	switch f {
	case op.Sum:
		return sumOn[T](w, &kSum, n, x, 0), 0
	case op.Asum:
		return sumOn[T](w, &kAsum, n, x, 0), 0
	case op.Dot:
		return sumOn[T](w, &kDot, n, x, y), 0
	case op.Nrm2:
		return nrm2On[T](w, n, x)
	case op.Var:
		return varOn[T](w, n, x), 0
	case op.Max:
		result, _ = extremeOn[T](w, largest, n, x)
	case op.Min:
		result, _ = extremeOn[T](w, smallest, n, x)
	}
	return result, 0
}

// finishReduce returns the result of f from what reduceOn left.
func finishReduce[T op.Float](f op.Reduction, r T, second [2]T) T {
	switch f {
	case op.Nrm2:
		return nrm2(r, second)
	case op.Max, op.Min:
		if r != r {
			return T(math.NaN())
		}
	}
	return r
}

// sumOn adds up over x, and y if the kernel takes two vectors.
func sumOn[T op.Float](w *work, k *kernel, n int, x, y driver.Ptr) driver.Ptr {
	count, blocks := chunks[T](n)
	part := allocOf[T](w, count)
	a := launchFor[T](w, k, blocks, reduceThreads)
	a.Ptr(x)
	if y != 0 {
		a.Ptr(y)
	}
	a.Int(n)
	a.Ptr(part)
	joinOn[T](w, part, count)
	return part
}

// joinOn leaves the sum of count parts in the first.
func joinOn[T op.Float](w *work, part driver.Ptr, count int) {
	if count > 1 {
		a := launchFor[T](w, &kJoin, 1, joinThreads)
		a.Ptr(part)
		a.Int(count)
	}
}

// nrm2On leaves the sum of squares in sum. If it, or a square that matters, left
// the range of the type, there are, behind it, the largest magnitude and the
// sum of the squares scaled by a power of two; if not, these are undefined.
// The device decides, so that nobody has to wait (cpu/reduce.go has the
// reasons and the same numbers).
func nrm2On[T op.Float](w *work, n int, x driver.Ptr) (sum, scaled driver.Ptr) {
	count, blocks := chunks[T](n)
	sum = sumOn[T](w, &kSumSq, n, x, 0)
	large := allocOf[T](w, count)
	a := launchFor[T](w, &kLargest, blocks, reduceThreads)
	a.Ptr(x)
	a.Int(n)
	a.Ptr(sum)
	a.Ptr(large)
	scaled = allocOf[T](w, 1+count)
	part := scaled + driver.Ptr(op.Size[T]())
	a = launchFor[T](w, &kSumSqScaled, blocks, reduceThreads)
	a.Ptr(x)
	a.Int(n)
	a.Ptr(sum)
	a.Ptr(large)
	a.Ptr(scaled)
	a.Ptr(part)
	joinOn[T](w, part, count)
	return sum, scaled
}

// nrm2 makes the norm of what nrm2On leaves.
func nrm2[T op.Float](sum T, scaled [2]T) T {
	tiny, maxExp := 0x1p-960, 1023
	if op.Size[T]() == 4 {
		tiny, maxExp = 0x1p-80, 127
	}
	s := float64(sum)
	if s >= tiny && !math.IsInf(s, 0) || math.IsNaN(s) {
		return T(math.Sqrt(s))
	}
	m := float64(scaled[0])
	if m == 0 || math.IsInf(m, 0) {
		return T(m)
	}
	_, exp := math.Frexp(m)
	exp = min(max(1-exp, -maxExp), maxExp)
	return T(float64(math.Sqrt(float64(scaled[1]))) * math.Ldexp(1, -exp))
}

// varOn returns where the variance is.
func varOn[T op.Float](w *work, n int, x driver.Ptr) driver.Ptr {
	count, blocks := chunks[T](n)
	mean, dev := allocOf[T](w, count), allocOf[T](w, count)
	tree, out := w.alloc(count*3*8), allocOf[T](w, 1)
	a := launchFor[T](w, &kMoments, blocks, reduceThreads)
	a.Ptr(x)
	a.Int(n)
	a.Ptr(mean)
	a.Ptr(dev)
	a = launchFor[T](w, &kVariance, 1, joinThreads)
	a.Ptr(mean)
	a.Ptr(dev)
	a.Int(count)
	a.Int(n)
	a.Ptr(tree)
	a.Ptr(out)
	return out
}

// extreme is the kernels of Max and ArgMax, or of Min and ArgMin.
type extreme struct{ chunks, join *kernel }

var (
	largest  = extreme{&kMax, &kJoinMax}
	smallest = extreme{&kMin, &kJoinMin}
)

// extremeOn finds the extreme of n elements on the device and returns where
// its value and its index are.
func extremeOn[T op.Float](w *work, which extreme, n int, x driver.Ptr) (value, at driver.Ptr) {
	count, blocks := chunks[T](n)
	value, at = allocOf[T](w, count), w.alloc(8*count)
	a := launchFor[T](w, which.chunks, blocks, reduceThreads)
	a.Ptr(x)
	a.Int(n)
	a.Ptr(value)
	a.Ptr(at)
	if count > 1 {
		a = launchFor[T](w, which.join, 1, joinThreads)
		a.Ptr(value)
		a.Ptr(at)
		a.Int(count)
	}
	return value, at
}

// argOn returns where the index of the extreme is.
func argOn[T op.Float](w *work, f op.Reduction, n int, x driver.Ptr) driver.Ptr {
	which := largest
	if f == op.ArgMin {
		which = smallest
	}
	_, at := extremeOn[T](w, which, n, x)
	return at
}

// reduce is a whole call with one number for its result.
func (e *engine[T]) reduce(f op.Reduction, w int, x, y []T) T {
	v, err := e.tryReduce(f, x, y)
	if err != nil {
		return e.host(f.String(), err).Reduce(f, w, x, y)
	}
	e.ctl.Did(f.Operations(len(x)))
	return v
}

func (e *engine[T]) tryReduce(f op.Reduction, x, y []T) (v T, err error) {
	c, err := e.gpu.begin(e.ctl)
	if err != nil {
		return 0, err
	}
	defer c.end()
	dx := upload(c, x)
	var dy driver.Ptr
	if y != nil {
		dy = upload(c, y)
	}
	result, second := reduceOn[T](&c.work, f, len(x), dx, dy)
	r := fetch[T](c, result, 1)
	var r2 []T
	if second != 0 {
		r2 = fetch[T](c, second, 2)
	}
	if err := c.wait(); err != nil {
		return 0, err
	}
	var pair [2]T
	copy(pair[:], r2)
	return finishReduce(f, r[0], pair), nil
}

// arg is a whole call whose result is an index.
func (e *engine[T]) arg(f op.Reduction, w int, x []T) int {
	at, err := e.tryArg(f, x)
	if err != nil {
		return e.host(f.String(), err).Arg(f, w, x)
	}
	return at
}

func (e *engine[T]) tryArg(f op.Reduction, x []T) (int, error) {
	c, err := e.gpu.begin(e.ctl)
	if err != nil {
		return 0, err
	}
	defer c.end()
	r := fetchInt(c, argOn[T](&c.work, f, len(x), upload(c, x)))
	if err := c.wait(); err != nil {
		return 0, err
	}
	return int(*r), nil
}
