package array

import (
	"fmt"
	"math"
)

// Median returns the middle element in sorted order, or half the sum of the two
// in the middle; NaN of none and where there is a NaN.
func Median[T Float](a *Array[T], opts ...Option) *Array[T] {
	return reduce("Median", a, opts, reducer[T, T]{f: median[T], free: always[T]})
}

// MedianTo is [Median] into dst, which has the shape of the result.
func MedianTo[T Float](dst, a *Array[T], opts ...Option) {
	reduceTo("MedianTo", dst, a, opts, reducer[T, T]{f: median[T], free: always[T]})
}

// Quantile returns the quantile for q from 0 to 1, NaN of none and where there
// is a NaN. With n elements in sorted order it lies at (n-1)q: between two of
// them, x and y, at the fraction t, it is x + (y-x)·t, or y - (y-x)·(1-t) from t
// = ½ on, in float64. (R. Hyndman, Y. Fan, The American Statistician 50(4),
// 1996, number 7.)
func Quantile[T Float](a *Array[T], q float64, opts ...Option) *Array[T] {
	return reduce("Quantile", a, opts, quantileReducer[T]("Quantile", q))
}

// QuantileTo is [Quantile] into dst, which has the shape of the result.
func QuantileTo[T Float](dst, a *Array[T], q float64, opts ...Option) {
	reduceTo("QuantileTo", dst, a, opts, quantileReducer[T]("QuantileTo", q))
}

func quantileReducer[T Float](call string, q float64) reducer[T, T] {
	if !(q >= 0 && q <= 1) {
		fail(call, "q", fmt.Sprint(q), "0 to 1")
	}
	return reducer[T, T]{free: always[T], f: func(x []T) T {
		at := float64(len(x)-1) * q
		i := int(at)
		lo, hi := neighbours(x, i)
		t := at - float64(i)
		if t >= 0.5 {
			return T(hi - float64((hi-lo)*(1-t)))
		}
		return T(lo + float64((hi-lo)*t))
	}}
}

func median[T Float](x []T) T {
	n := len(x)
	lo, hi := neighbours(x, max(0, (n-1)/2))
	if n%2 == 1 {
		return T(lo)
	}
	return (T(lo) + T(hi)) / 2
}

// neighbours returns elements i and i+1 of x in sorted order, the last again
// behind it. If there is a NaN, or nothing, they are NaN.
func neighbours[T Float](x []T, i int) (lo, hi float64) {
	if len(x) == 0 {
		return math.NaN(), math.NaN()
	}
	s := scratchPool.Get().(*scratch)
	defer scratchPool.Put(s)
	keys := words(&s.a, len(x))
	toKeys(keys, x)
	selectKey(keys, i)
	next, last := keys[i], uint64(0)
	for j, k := range keys[i+1:] {
		if j == 0 || k < next {
			next = k
		}
		last = max(last, k)
	}
	var pair [2]T
	fromKeys(pair[:], []uint64{keys[i], next})
	if nan := ^uint64(0) >> (64 - keyBits[T]()); last == nan || keys[i] == nan {
		return math.NaN(), math.NaN()
	}
	return float64(pair[0]), float64(pair[1])
}
