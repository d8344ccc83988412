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
	counts, edges = Zeros[int64](n), Zeros[T](n+1)
	HistogramTo(counts, edges, a, lo, hi)
	return counts, edges
}

// HistogramTo is [Histogram] into counts, whose length is the number of bins, and
// edges, which is longer by one. Neither shares elements with a.
func HistogramTo[T Float](counts *Array[int64], edges, a *Array[T], lo, hi T) {
	const call = "HistogramTo"
	if counts.nd != 1 || counts.shape[0] < 1 {
		fail(call, "counts", counts.layout.String(), "one dimension and at least one bin")
	}
	n := counts.shape[0]
	if edges.nd != 1 || edges.shape[0] != n+1 {
		fail(call, "edges", edges.layout.String(), shapeString([]int{n + 1}))
	}
	if !(lo < hi) || math.IsInf(float64(hi)-float64(lo), 0) {
		fail(call, "lo", fmt.Sprint(lo), fmt.Sprintf("finite and below hi (%v)", hi))
	}
	writable(call, &counts.layout)
	writable(call, &edges.layout)
	apart(call, edges, "a", a, false)
	count, edge := make([]int64, n), Linspace(lo, hi, n+1).data
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
	copyLayout(counts, FromSlice(count))
	copyLayout(edges, FromSlice(edge))
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
	BincountTo(r, a)
	return r
}

// BincountTo is [Bincount] into dst, whose length is above the largest element of
// a, with which it shares nothing. It panics with a *kernels.ShapeError if an
// element is negative or has no place in dst.
func BincountTo[T Integer](dst *Array[int64], a *Array[T]) {
	const call = "BincountTo"
	if dst.nd != 1 {
		fail(call, "dst", dst.layout.String(), "one dimension")
	}
	writable(call, &dst.layout)
	apart(call, dst, "a", a, false)
	n := int64(dst.shape[0])
	for v := range a.Elements() {
		if v < 0 || int64(v) >= n {
			fail(call, "a", fmt.Sprintf("the element %d", v), fmt.Sprintf("none below 0 or above %d", n-1))
		}
	}
	dst.Fill(0)
	for v := range a.Elements() {
		dst.data[dst.off+int(v)*dst.stride[0]]++
	}
}
