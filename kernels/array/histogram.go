package array

import (
	"fmt"
	"math"
)

// Histogram returns how many elements lie in each of n bins of equal width from
// lo to hi, and the n+1 edges, Linspace(lo, hi, n+1). Bin i has the elements
// edges[i] ≤ x < edges[i+1]; the last has hi too. Elements elsewhere and NaN are
// not counted. It panics with a *kernels.ShapeError unless n ≥ 1 and lo < hi are
// finite.
func Histogram[T Float](a *Array[T], n int, lo, hi T) (counts *Array[int64], edges *Array[T]) {
	if n < 1 {
		fail("Histogram", "n", fmt.Sprint(n), "at least 1")
	}
	if !(lo < hi) || math.IsInf(float64(hi)-float64(lo), 0) {
		fail("Histogram", "lo", fmt.Sprint(lo), fmt.Sprintf("finite and below hi (%v)", hi))
	}
	counts, edges = Zeros[int64](n), Linspace(lo, hi, n+1)
	count, edge := counts.data, edges.data
	scale := float64(n) / (float64(hi) - float64(lo))
	for v := range a.Elements() {
		if !(v >= lo && v <= hi) {
			continue
		}
		i := n - 1
		if at := (float64(v) - float64(lo)) * scale; at < float64(n) {
			i = int(at)
		}
		for i > 0 && v < edge[i] {
			i--
		}
		for i < n-1 && v >= edge[i+1] {
			i++
		}
		count[i]++
	}
	return counts, edges
}

// Bincount returns how often each of 0, 1, … occurs in a, up to its largest
// element or, if that is more, n elements of them. It panics with a
// *kernels.ShapeError if an element is negative.
func Bincount[T Integer](a *Array[T], n int) *Array[int64] {
	for v := range a.Elements() {
		if v < 0 {
			fail("Bincount", "a", fmt.Sprintf("the element %d", v), "no negative one")
		}
		n = max(n, int(min(int64(v), math.MaxInt-1))+1)
	}
	r := zeros[int64]("Bincount", []int{n})
	for v := range a.Elements() {
		r.data[v]++
	}
	return r
}
