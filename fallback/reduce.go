package fallback

import (
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// A reduction walks its n elements in rows of L = op.Lanes[T]() virtual
// lanes: element i belongs to lane i mod L, each lane starts from +0 and takes
// its elements in increasing order, and the lanes are joined by halving.

// maxLanes is the number of lanes of the smaller type.
const maxLanes = 64

// tree joins the lanes: for h = L/2, L/4, …, 1, lane i takes in lane i+h.
func tree[T op.Float](lane *[maxLanes]T) T {
	for h := op.Lanes[T]() / 2; h >= 1; h /= 2 {
		for i := range h {
			lane[i] += lane[i+h]
		}
	}
	return lane[0]
}

// Sum adds x[i].
func Sum[T op.Float](x *T, n int) T {
	var lane [maxLanes]T
	L := op.Lanes[T]()
	for s := unsafe.Slice(x, n); len(s) > 0; s = s[min(L, len(s)):] {
		for l, v := range s[:min(L, len(s))] {
			lane[l&(maxLanes-1)] += v
		}
	}
	return tree(&lane)
}

// Asum adds |x[i]|.
func Asum[T op.Float](x *T, n int) T {
	var lane [maxLanes]T
	L := op.Lanes[T]()
	for s := unsafe.Slice(x, n); len(s) > 0; s = s[min(L, len(s)):] {
		for l, v := range s[:min(L, len(s))] {
			lane[l&(maxLanes-1)] += max(v, -v)
		}
	}
	return tree(&lane)
}

// SumSq adds x[i]*x[i] by fused multiply-adds.
func SumSq[T op.Float](x *T, n int) T { return Dot(x, x, n) }

// SqDev adds (x[i]-m)*(x[i]-m): the difference is rounded, then fused.
func SqDev[T op.Float](x *T, n int, m T) T {
	var lane [maxLanes]T
	L := op.Lanes[T]()
	for s := unsafe.Slice(x, n); len(s) > 0; s = s[min(L, len(s)):] {
		for l, v := range s[:min(L, len(s))] {
			d := v - m
			lane[l&(maxLanes-1)] = FMA(d, d, lane[l&(maxLanes-1)])
		}
	}
	return tree(&lane)
}

// Dot adds x[i]*y[i] by fused multiply-adds.
func Dot[T op.Float](x, y *T, n int) T {
	var lane [maxLanes]T
	L := op.Lanes[T]()
	s, t := unsafe.Slice(x, n), unsafe.Slice(y, n)
	for len(s) > 0 {
		w := min(L, len(s))
		for l, v := range s[:w] {
			lane[l&(maxLanes-1)] = FMA(v, t[l], lane[l&(maxLanes-1)])
		}
		s, t = s[w:], t[w:]
	}
	return tree(&lane)
}

// Max returns the largest of n ≥ 1 elements; of zeros, either. If the second
// result is true there may be a NaN among them, and the first means nothing.
func Max[T op.Float](x *T, n int) (T, bool) {
	m, nan := *x, false
	for _, v := range unsafe.Slice(x, n) {
		if v > m {
			m = v
		}
		nan = nan || v != v
	}
	return m, nan
}

// Min returns the smallest of n ≥ 1 elements, as Max does the largest.
func Min[T op.Float](x *T, n int) (T, bool) {
	m, nan := *x, false
	for _, v := range unsafe.Slice(x, n) {
		if v < m {
			m = v
		}
		nan = nan || v != v
	}
	return m, nan
}

// MaxAbs returns the largest |x[i]|, as Max does the largest x[i].
func MaxAbs[T op.Float](x *T, n int) (T, bool) {
	m, nan := T(0), false
	for _, v := range unsafe.Slice(x, n) {
		m, nan = max(m, v, -v), nan || v != v
	}
	return m, nan
}

// IndexEq returns the first i with x[i] == v, or n.
func IndexEq[T op.Float](x *T, n int, v T) int {
	for i, w := range unsafe.Slice(x, n) {
		if w == v {
			return i
		}
	}
	return n
}

// IndexAbsEq returns the first i with |x[i]| == v, or n.
func IndexAbsEq[T op.Float](x *T, n int, v T) int {
	for i, w := range unsafe.Slice(x, n) {
		if w == v || w == -v {
			return i
		}
	}
	return n
}

// IndexNaN returns the first i with x[i] not a number, or n.
func IndexNaN[T op.Float](x *T, n int) int {
	for i, w := range unsafe.Slice(x, n) {
		if w != w {
			return i
		}
	}
	return n
}
