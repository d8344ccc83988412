package array

import (
	"fmt"
	"math"

	"github.com/weftgo/weft/kernels"
)

// Reductions. Each is a function of the vector of the elements that are
// reduced, taken in row-major order of the reduced axes; Where and SkipNaN take
// elements out of it. Bits depend on that vector alone: not on strides, on
// which axes they are, on the backend or on workers. The forms with To write
// into dst, which has the shape of the result and shares nothing with a.
// Without SkipNaN a NaN gives NaN.

// Sum returns the sum of the elements, 0 of none: of floats kernels.Sum of the
// vector, of integers the sum that wraps around.
func Sum[T Number](a *Array[T], opts ...Option) *Array[T] {
	return reduce("Sum", a, opts, sumReducer[T]())
}

// SumTo is [Sum] into dst, which has the shape of the result.
func SumTo[T Number](dst, a *Array[T], opts ...Option) {
	reduceTo("SumTo", dst, a, opts, sumReducer[T]())
}

func sumReducer[T Number]() reducer[T, T] {
	return reducer[T, T]{f: sumVector[T], fold: addRun[T], free: always[T], lanes: true}
}

// always says that the order of elements makes no difference.
func always[D Element](D) bool { return true }

func sumVector[T Number](x []T) T {
	switch kindOf[T]() {
	case kindFloat32, kindFloat64:
		if len(x) <= 4 {
			return sumFew(x)
		}
		if kindOf[T]() == kindFloat32 {
			return one[T](kernels.Sum(as[float32](x)))
		}
		return one[T](kernels.Sum(as[float64](x)))
	}
	// Four chains of additions, which need not wait for each other.
	var s0, s1, s2, s3 T
	for ; len(x) >= 4; x = x[4:] {
		s0 += x[0]
		s1 += x[1]
		s2 += x[2]
		s3 += x[3]
	}
	for _, v := range x {
		s0 += v
	}
	return s0 + s1 + s2 + s3
}

// sumFew is kernels.Sum of up to four elements: each is a lane, joined to +0.
func sumFew[T Number](x []T) T {
	switch len(x) {
	case 1:
		return 0 + x[0]
	case 2:
		return 0 + x[0] + x[1]
	case 3:
		return 0 + x[0] + x[2] + x[1]
	case 4:
		return (0 + x[0] + x[2]) + (0 + x[1] + x[3])
	}
	return 0
}

// Mean returns the sum divided by the number of elements, NaN of none.
func Mean[T Float](a *Array[T], opts ...Option) *Array[T] {
	if masked(opts) {
		return reduce("Mean", a, opts, reducer[T, T]{f: kernels.Mean[T]})
	}
	dst := reduce("Mean", a, opts, sumReducer[T]())
	divideBy(dst, a)
	return dst
}

// MeanTo is [Mean] into dst, which has the shape of the result.
func MeanTo[T Float](dst, a *Array[T], opts ...Option) {
	if masked(opts) {
		reduceTo("MeanTo", dst, a, opts, reducer[T, T]{f: kernels.Mean[T]})
		return
	}
	reduceTo("MeanTo", dst, a, opts, sumReducer[T]())
	divideBy(dst, a)
}

// divideBy divides sums of a by the number of elements of each.
func divideBy[T Float](sums, a *Array[T]) {
	n := T(a.size() / max(1, sums.size()))
	if sums.nd <= 1 && sums.size() <= few {
		for i := range sums.size() {
			sums.data[sums.off+i*sums.stride[0]] /= n
		}
		return
	}
	b := bufferPool.Get().(*buffers)
	count := Array[T]{data: blockOf[T](b, 3)[:1]}
	count.data[0] = n
	DivTo(sums, sums, &count)
	bufferPool.Put(b)
}

// Prod returns the product of the elements, 1 of none. Of floats it is taken over
// the lanes, halving and tree of kernels.Sum with · for + and 1 for 0.
func Prod[T Number](a *Array[T], opts ...Option) *Array[T] {
	return reduce("Prod", a, opts, prodReducer[T]())
}

// ProdTo is [Prod] into dst, which has the shape of the result.
func ProdTo[T Number](dst *Array[T], a *Array[T], opts ...Option) {
	reduceTo("ProdTo", dst, a, opts, prodReducer[T]())
}

func prodReducer[T Number]() reducer[T, T] {
	return reducer[T, T]{f: prodVector[T], fold: mulRun[T], free: always[T], lanes: true}
}

func prodVector[T Number](x []T) T {
	if !kindOf[T]().float() {
		p := T(1)
		for _, v := range x {
			p *= v
		}
		return p
	}
	lanes, chunk := lanesOf[T]()
	if len(x) > chunk {
		left := chunk
		for 2*left < len(x) {
			left *= 2
		}
		return prodVector(x[:left]) * prodVector(x[left:])
	}
	if len(x) <= lanes {
		// A lane is an element: only halving is left.
		var lane [64]T
		n := copy(lane[:], x)
		if n == 0 {
			return 1
		}
		for n > 1 {
			h := 1
			for 2*h < n {
				h *= 2
			}
			for i := range n - h {
				lane[i] *= lane[h+i]
			}
			n = h
		}
		return lane[0]
	}
	var lane [64]T
	for i := 0; i < lanes; i += 8 {
		prodLanes((*[8]T)(lane[i:]), x, i, lanes)
	}
	for h := lanes / 2; h > 0; h /= 2 {
		for i := range h {
			lane[i] *= lane[i+h]
		}
	}
	return lane[0]
}

// prodLanes sets eight lanes, from one on, to the products of their elements of x.
func prodLanes[T Number](lane *[8]T, x []T, from, lanes int) {
	var p0, p1, p2, p3, p4, p5, p6, p7 T = 1, 1, 1, 1, 1, 1, 1, 1
	for ; from+8 <= len(x); from += lanes {
		y := (*[8]T)(x[from:])
		p0 *= y[0]
		p1 *= y[1]
		p2 *= y[2]
		p3 *= y[3]
		p4 *= y[4]
		p5 *= y[5]
		p6 *= y[6]
		p7 *= y[7]
	}
	*lane = [8]T{p0, p1, p2, p3, p4, p5, p6, p7}
	if from < len(x) {
		for i, v := range x[from:] {
			lane[i] *= v
		}
	}
}

// Var returns the variance Σ(x-mean)²/(n-ddof), where n is the number of
// elements and ddof is 0 unless [DDof] sets it, and NaN if n is not above ddof
// (or is 0). It is kernels.Var, which divides by n-1, times (n-1)/(n-ddof) in
// float64, and of one element x[0]-x[0].
func Var[T Float](a *Array[T], opts ...Option) *Array[T] {
	return reduce("Var", a, opts, varReducer[T](opts, false))
}

// VarTo is [Var] into dst, which has the shape of the result.
func VarTo[T Float](dst, a *Array[T], opts ...Option) {
	reduceTo("VarTo", dst, a, opts, varReducer[T](opts, false))
}

// Std returns the square root of [Var].
func Std[T Float](a *Array[T], opts ...Option) *Array[T] {
	return reduce("Std", a, opts, varReducer[T](opts, true))
}

// StdTo is [Std] into dst, which has the shape of the result.
func StdTo[T Float](dst, a *Array[T], opts ...Option) {
	reduceTo("StdTo", dst, a, opts, varReducer[T](opts, true))
}

func varReducer[T Float](opts []Option, root bool) reducer[T, T] {
	ddof := 0
	for i := range opts {
		if opts[i].what == optionDDof {
			ddof = opts[i].n
		}
	}
	return reducer[T, T]{f: func(x []T) T {
		v := variance(x, ddof)
		if root {
			v = T(math.Sqrt(float64(v)))
		}
		return v
	}}
}

func variance[T Float](x []T, ddof int) T {
	n := len(x)
	switch {
	case n == 0 || n <= ddof:
		return T(math.NaN())
	case n == 1:
		return x[0] - x[0]
	case ddof == 1:
		return kernels.Var(x)
	}
	return T(float64(kernels.Var(x)) * (float64(n-1) / float64(n-ddof)))
}

// Max returns the largest element: the first NaN or, if there is none, the first
// element that no other exceeds. It panics with a *kernels.ShapeError where the
// shape leaves it no element; where a mask or SkipNaN leaves none, it is NaN, or
// the least number of an integer type.
func Max[T Number](a *Array[T], opts ...Option) *Array[T] {
	return reduce("Max", a, opts, maxReducer[T]())
}

// MaxTo is [Max] into dst, which has the shape of the result.
func MaxTo[T Number](dst *Array[T], a *Array[T], opts ...Option) {
	reduceTo("MaxTo", dst, a, opts, maxReducer[T]())
}

// Min returns the smallest element, by the rules of [Max].
func Min[T Number](a *Array[T], opts ...Option) *Array[T] {
	return reduce("Min", a, opts, minReducer[T]())
}

// MinTo is [Min] into dst, which has the shape of the result.
func MinTo[T Number](dst *Array[T], a *Array[T], opts ...Option) {
	reduceTo("MinTo", dst, a, opts, minReducer[T]())
}

// ArgMax returns the position of [Max] among the reduced elements, counted in
// row-major order of the reduced axes; elements that a mask or SkipNaN takes out
// are counted. Where they leave none it is -1.
func ArgMax[T Number](a *Array[T], opts ...Option) *Array[int64] {
	return reduce("ArgMax", a, opts, argReducer(maxVector[T], maxRows[T]))
}

// ArgMaxTo is [ArgMax] into dst, which has the shape of the result.
func ArgMaxTo[T Number](dst *Array[int64], a *Array[T], opts ...Option) {
	reduceTo("ArgMaxTo", dst, a, opts, argReducer(maxVector[T], maxRows[T]))
}

// ArgMin returns the position of [Min], by the rules of [ArgMax].
func ArgMin[T Number](a *Array[T], opts ...Option) *Array[int64] {
	return reduce("ArgMin", a, opts, argReducer(minVector[T], minRows[T]))
}

// ArgMinTo is [ArgMin] into dst, which has the shape of the result.
func ArgMinTo[T Number](dst *Array[int64], a *Array[T], opts ...Option) {
	reduceTo("ArgMinTo", dst, a, opts, argReducer(minVector[T], minRows[T]))
}

// Of zeros of both signs the first decides, and so the order of the elements.
func maxReducer[T Number]() reducer[T, T] {
	return reducer[T, T]{needs: true, f: maxOf[T], fold: maximumRun[T], free: notZero[T]}
}

func minReducer[T Number]() reducer[T, T] {
	return reducer[T, T]{needs: true, f: minOf[T], fold: minimumRun[T], free: notZero[T]}
}

func notZero[T Number](v T) bool { return v != 0 || !kindOf[T]().float() }

func maxOf[T Number](x []T) T {
	if len(x) == 0 {
		return nothing[T](false)
	}
	if len(x) <= few/8 {
		m := x[0]
		for _, v := range x {
			if !(v <= m) && m == m {
				m = v
			}
		}
		return m
	}
	switch kindOf[T]() {
	case kindFloat32:
		return one[T](kernels.Max(as[float32](x)))
	case kindFloat64:
		return one[T](kernels.Max(as[float64](x)))
	}
	m0, m1, m2, m3 := x[0], x[0], x[0], x[0]
	for ; len(x) >= 4; x = x[4:] {
		m0, m1, m2, m3 = max(m0, x[0]), max(m1, x[1]), max(m2, x[2]), max(m3, x[3])
	}
	for _, v := range x {
		m0 = max(m0, v)
	}
	return max(m0, m1, m2, m3)
}

func minOf[T Number](x []T) T {
	if len(x) == 0 {
		return nothing[T](true)
	}
	if len(x) <= few/8 {
		m := x[0]
		for _, v := range x {
			if !(v >= m) && m == m {
				m = v
			}
		}
		return m
	}
	switch kindOf[T]() {
	case kindFloat32:
		return one[T](kernels.Min(as[float32](x)))
	case kindFloat64:
		return one[T](kernels.Min(as[float64](x)))
	}
	m0, m1, m2, m3 := x[0], x[0], x[0], x[0]
	for ; len(x) >= 4; x = x[4:] {
		m0, m1, m2, m3 = min(m0, x[0]), min(m1, x[1]), min(m2, x[2]), min(m3, x[3])
	}
	for _, v := range x {
		m0 = min(m0, v)
	}
	return min(m0, m1, m2, m3)
}

// nothing is the maximum of no element, or the minimum.
func nothing[T Number](min bool) T {
	var i64, i32 = int64(math.MinInt64), int32(math.MinInt32)
	if min {
		i64, i32 = math.MaxInt64, math.MaxInt32
	}
	switch kindOf[T]() {
	case kindInt32:
		return one[T](i32)
	case kindInt64:
		return one[T](i64)
	}
	return T(math.NaN())
}

func maxVector[T Number](x []T) int {
	switch kindOf[T]() {
	case kindFloat32:
		return kernels.ArgMax(as[float32](x))
	case kindFloat64:
		return kernels.ArgMax(as[float64](x))
	}
	at := 0
	for i, v := range x {
		if v > x[at] {
			at = i
		}
	}
	return at
}

func minVector[T Number](x []T) int {
	switch kindOf[T]() {
	case kindFloat32:
		return kernels.ArgMin(as[float32](x))
	case kindFloat64:
		return kernels.ArgMin(as[float64](x))
	}
	at := 0
	for i, v := range x {
		if v < x[at] {
			at = i
		}
	}
	return at
}

// argReducer makes a position among all elements of one among those that are
// kept.
func argReducer[T Number](f func(x []T) int, rows fourRows[T]) reducer[int64, T] {
	return reducer[int64, T]{needs: true, rows: rows, at: func(x []T, keep []bool) int64 {
		if keep == nil {
			return int64(f(x))
		}
		kept := make([]T, len(x))
		kept = selected(kept, x, keep)
		if len(kept) == 0 {
			return -1
		}
		at := f(kept)
		for i, k := range keep {
			if !k {
				continue
			}
			if at == 0 {
				return int64(i)
			}
			at--
		}
		return -1
	}}
}

// Any returns whether an element is true; of none it is false.
func Any(a *Array[bool], opts ...Option) *Array[bool] { return reduce("Any", a, opts, anyReducer) }

// AnyTo is [Any] into dst, which has the shape of the result.
func AnyTo(dst, a *Array[bool], opts ...Option) { reduceTo("AnyTo", dst, a, opts, anyReducer) }

// AllTrue returns whether every element is true; of none it is true. (All is an
// index.)
func AllTrue(a *Array[bool], opts ...Option) *Array[bool] {
	return reduce("AllTrue", a, opts, allReducer)
}

// AllTrueTo is [AllTrue] into dst, which has the shape of the result.
func AllTrueTo(dst, a *Array[bool], opts ...Option) { reduceTo("AllTrueTo", dst, a, opts, allReducer) }

// Count returns the number of elements that are true.
func Count(a *Array[bool], opts ...Option) *Array[int64] {
	return reduce("Count", a, opts, countReducer)
}

// CountTo is [Count] into dst, which has the shape of the result.
func CountTo(dst *Array[int64], a *Array[bool], opts ...Option) {
	reduceTo("CountTo", dst, a, opts, countReducer)
}

var (
	anyReducer   = reducer[bool, bool]{f: anyOf, fold: orRun, free: always[bool]}
	allReducer   = reducer[bool, bool]{f: allOf, fold: andRun, free: always[bool]}
	countReducer = reducer[int64, bool]{f: countOf, free: always[int64]}
)

// Norm returns the p-norm of the elements as a vector, 0 of none: for p = 1 the
// sum of the absolute values (kernels.Asum), for p = 2 the Euclidean norm
// (kernels.Nrm2, which neither overflows nor underflows on the way), for p =
// math.Inf(1) the largest absolute value. Other p panic with a
// *kernels.ShapeError. For a matrix, p = 2 over everything is the Frobenius
// norm.
func Norm[T Float](a *Array[T], p float64, opts ...Option) *Array[T] {
	checkNorm("Norm", p)
	return reduce("Norm", a, opts, reducer[T, T]{f: func(x []T) T { return normVector(x, p) }})
}

// NormTo is [Norm] into dst, which has the shape of the result.
func NormTo[T Float](dst, a *Array[T], p float64, opts ...Option) {
	checkNorm("NormTo", p)
	reduceTo("NormTo", dst, a, opts, reducer[T, T]{f: func(x []T) T { return normVector(x, p) }})
}

func checkNorm(call string, p float64) {
	if p != 1 && p != 2 && !math.IsInf(p, 1) {
		fail(call, "p", fmt.Sprint(p), "1, 2 or +Inf")
	}
}

func normVector[T Float](x []T, p float64) T {
	switch {
	case p == 1:
		return kernels.Asum(x)
	case p == 2:
		return kernels.Nrm2(x)
	case len(x) == 0:
		return 0
	}
	// The larger of two absolute values; a NaN stays.
	hi, lo := kernels.Max(x), kernels.Min(x)
	return T(math.Max(math.Abs(float64(hi)), math.Abs(float64(lo))))
}
