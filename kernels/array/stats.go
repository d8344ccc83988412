package array

import (
	"fmt"
	"math"
	"slices"

	"github.com/weftgo/weft/internal/op"
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
	o := parse("Sum", &a.layout, opts)
	l := o.result(&a.layout)
	dst := like[T](&l)
	sumInto("Sum", dst, a, &o)
	return dst
}

// SumTo is [Sum] into dst, which has the shape of the result.
func SumTo[T Number](dst, a *Array[T], opts ...Option) {
	o := parse("SumTo", &a.layout, opts)
	checkResult("SumTo", dst, a, &o)
	sumInto("SumTo", dst, a, &o)
}

func sumInto[T Number](call string, dst, a *Array[T], o *options) {
	if o.mask == nil && !o.skip {
		v := arrange(call, &dst.layout, &a.layout, o)
		if v.out > 0 {
			switch kindOf[T]() {
			case kindFloat32:
				if sumSideways(cast[float32](dst), cast[float32](a), &v) {
					return
				}
			case kindFloat64:
				if sumSideways(cast[float64](dst), cast[float64](a), &v) {
					return
				}
			}
		}
	}
	reduceInto(call, dst, a, o, reducer[T, T]{f: sumVector[T]})
}

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
	var s T
	for _, v := range x {
		s += v
	}
	return s
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
	o := parse("Mean", &a.layout, opts)
	l := o.result(&a.layout)
	dst := like[T](&l)
	meanInto("Mean", dst, a, &o)
	return dst
}

// MeanTo is [Mean] into dst, which has the shape of the result.
func MeanTo[T Float](dst, a *Array[T], opts ...Option) {
	o := parse("MeanTo", &a.layout, opts)
	checkResult("MeanTo", dst, a, &o)
	meanInto("MeanTo", dst, a, &o)
}

func meanInto[T Float](call string, dst, a *Array[T], o *options) {
	if o.mask != nil || o.skip {
		reduceInto(call, dst, a, o, reducer[T, T]{f: kernels.Mean[T]})
		return
	}
	sumInto(call, dst, a, o)
	n := 1
	for k := range a.nd {
		if o.reduced[k] {
			n *= a.shape[k]
		}
	}
	DivTo(dst, dst, &Array[T]{data: []T{T(n)}})
}

// Prod returns the product of the elements, 1 of none. Of floats it is taken over
// the lanes, halving and tree of kernels.Sum with · for + and 1 for 0.
func Prod[T Number](a *Array[T], opts ...Option) *Array[T] {
	return reduce("Prod", a, opts, reducer[T, T]{f: prodVector[T]})
}

// ProdTo is [Prod] into dst, which has the shape of the result.
func ProdTo[T Number](dst *Array[T], a *Array[T], opts ...Option) {
	reduceTo("ProdTo", dst, a, opts, reducer[T, T]{f: prodVector[T]})
}

func prodVector[T Number](x []T) T {
	if !kindOf[T]().float() {
		p := T(1)
		for _, v := range x {
			p *= v
		}
		return p
	}
	lanes := op.Lanes[float64]()
	if kindOf[T]() == kindFloat32 {
		lanes = op.Lanes[float32]()
	}
	chunk := 512 * lanes
	if len(x) > chunk {
		left := chunk
		for 2*left < len(x) {
			left *= 2
		}
		return prodVector(x[:left]) * prodVector(x[left:])
	}
	var lane [64]T
	for i := range lane {
		lane[i] = 1
	}
	for ; len(x) >= lanes; x = x[lanes:] {
		mulRun(lane[:lanes], lane[:lanes], x[:lanes])
	}
	for i, v := range x {
		lane[i] *= v
	}
	for h := lanes / 2; h > 0; h /= 2 {
		for i := range h {
			lane[i] *= lane[i+h]
		}
	}
	return lane[0]
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

func maxReducer[T Number]() reducer[T, T] {
	return reducer[T, T]{needs: true, rows: largestRows[T], f: func(x []T) T {
		if len(x) == 0 {
			return nothing[T](false)
		}
		return x[maxVector(x)]
	}}
}

func minReducer[T Number]() reducer[T, T] {
	return reducer[T, T]{needs: true, rows: smallestRows[T], f: func(x []T) T {
		if len(x) == 0 {
			return nothing[T](true)
		}
		return x[minVector(x)]
	}}
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
	anyReducer = reducer[bool, bool]{f: func(x []bool) bool { return slices.Contains(x, true) }}
	allReducer = reducer[bool, bool]{f: func(x []bool) bool { return !slices.Contains(x, false) }}

	countReducer = reducer[int64, bool]{f: func(x []bool) int64 {
		n := int64(0)
		for _, v := range x {
			if v {
				n++
			}
		}
		return n
	}}
)

// Norm returns the p-norm of the elements as a vector, 0 of none: for p = 1 the
// sum of the absolute values (kernels.Asum), for p = 2 the Euclidean norm
// (kernels.Nrm2, which neither overflows nor underflows on the way), for p =
// math.Inf(1) the largest absolute value. Other p panic with a
// *kernels.ShapeError. For a matrix, p = 2 over everything is the Frobenius
// norm.
func Norm[T Float](a *Array[T], p float64, opts ...Option) *Array[T] {
	return reduce("Norm", a, opts, normReducer[T]("Norm", p))
}

// NormTo is [Norm] into dst, which has the shape of the result.
func NormTo[T Float](dst, a *Array[T], p float64, opts ...Option) {
	reduceTo("NormTo", dst, a, opts, normReducer[T]("NormTo", p))
}

func normReducer[T Float](call string, p float64) reducer[T, T] {
	switch {
	case p == 1:
		return reducer[T, T]{f: kernels.Asum[T]}
	case p == 2:
		return reducer[T, T]{f: kernels.Nrm2[T]}
	case !math.IsInf(p, 1):
		fail(call, "p", fmt.Sprint(p), "1, 2 or +Inf")
	}
	return reducer[T, T]{f: func(x []T) T {
		if len(x) == 0 {
			return 0
		}
		// The larger of two absolute values; a NaN stays.
		hi, lo := kernels.Max(x), kernels.Min(x)
		return T(math.Max(math.Abs(float64(hi)), math.Abs(float64(lo))))
	}}
}
