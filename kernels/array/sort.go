package array

import (
	"cmp"
	"fmt"
	"slices"
)

// Sorting runs along one axis. -0 comes before +0, and NaN behind everything.
// dst may be a itself where they have one type and shape.

// lines calls f with the lines of a along an axis and their places in dst,
// brought together in storage if they are not.
func lines[D, T Element](call string, dst *Array[D], a *Array[T], axis int, f func(d []D, x []T, s *scratch)) {
	if dst.size() == 0 && a.size() == 0 {
		return
	}
	n, m := a.shape[axis], dst.shape[axis]
	to, from := dst.without(axis), a.without(axis)
	if to.size() == 0 {
		return
	}
	w := newNest(&to, &from)
	ds, as := dst.stride[axis], a.stride[axis]
	s := scratchPool.Get().(*scratch)
	for ok := true; ok; ok = w.next(0) {
		var x []T
		var d []D
		if as == 1 || n <= 1 {
			x = a.data[w.off[1] : w.off[1]+n]
		} else {
			x = room[T](&s.a, n, kindOf[T]().size())
			gather(x, a.data, w.off[1], as)
		}
		if ds == 1 || m <= 1 {
			f(dst.data[w.off[0]:w.off[0]+m], x, s)
			continue
		}
		d = room[D](&s.b, m, kindOf[D]().size())
		f(d, x, s)
		at := w.off[0]
		for _, v := range d {
			dst.data[at] = v
			at += ds
		}
	}
	scratchPool.Put(s)
}

// checkLines checks a call whose result has m in place of the length of an axis
// of a.
func checkLines[D, T Element](call string, dst *Array[D], a *Array[T], axis, m int) {
	l := a.layout
	l.shape[axis] = m
	if !dst.sameShape(&l) {
		fail(call, "dst", dst.layout.String(), l.String())
	}
	writable(call, &dst.layout)
	apart(call, dst, "a", a, true)
}

// Sort returns a sorted along an axis, smallest first.
func Sort[T Number](a *Array[T], axis int) *Array[T] {
	r := like[T](&a.layout)
	SortTo(r, a, axis)
	return r
}

// SortTo is [Sort] into dst, which has the shape of a.
func SortTo[T Number](dst, a *Array[T], axis int) {
	axis = a.axis("SortTo", axis)
	checkLines("SortTo", dst, a, axis, a.shape[axis])
	lines("SortTo", dst, a, axis, sortLine[T])
}

func sortLine[T Number](d, x []T, s *scratch) {
	keys, spare := words(&s.c, len(x)), words(&s.d, len(x))
	toKeys(keys, x)
	fromKeys(d, sortKeys(keys, spare, keyBits[T]()))
}

// ArgSort returns the positions along an axis that sort a: the first is that of
// the smallest. Equal elements keep their order.
func ArgSort[T Number](a *Array[T], axis int) *Array[int64] {
	r := like[int64](&a.layout)
	ArgSortTo(r, a, axis)
	return r
}

// ArgSortTo is [ArgSort] into dst, which has the shape of a.
func ArgSortTo[T Number](dst *Array[int64], a *Array[T], axis int) {
	axis = a.axis("ArgSortTo", axis)
	checkLines("ArgSortTo", dst, a, axis, a.shape[axis])
	lines("ArgSortTo", dst, a, axis, func(d []int64, x []T, s *scratch) {
		copy(d, argSortLine(x, s))
	})
}

// argSortLine returns positions in memory of its own or of s.
func argSortLine[T Number](x []T, s *scratch) []int64 {
	n := len(x)
	keys, spare := words(&s.c, 2*n), words(&s.d, 2*n)
	tags, spareTags := toInts(keys[n:]), toInts(spare[n:])
	toKeys(keys[:n], x)
	equalZeros(keys[:n], keyBits[T](), kindOf[T]().float())
	for i := range tags {
		tags[i] = int64(i)
	}
	return sortTags(keys[:n], spare[:n], tags, spareTags, keyBits[T]())
}

// Partition returns a with the elements along an axis in such an order that the
// k-th is where sorting would bring it, with none larger before and none smaller
// behind it. Negative k count from the end.
func Partition[T Number](a *Array[T], k, axis int) *Array[T] {
	r := like[T](&a.layout)
	PartitionTo(r, a, k, axis)
	return r
}

// PartitionTo is [Partition] into dst, which has the shape of a.
func PartitionTo[T Number](dst, a *Array[T], k, axis int) {
	axis = a.axis("PartitionTo", axis)
	n := a.shape[axis]
	if k < -n || k >= n {
		fail("PartitionTo", "k", fmt.Sprint(k), fmt.Sprintf("%d to %d", -n, n-1))
	}
	if k < 0 {
		k += n
	}
	checkLines("PartitionTo", dst, a, axis, n)
	lines("PartitionTo", dst, a, axis, func(d, x []T, s *scratch) {
		keys := words(&s.c, n)
		toKeys(keys, x)
		selectKey(keys, k)
		fromKeys(d, keys)
	})
}

// TopK returns along an axis the k largest elements, largest first, and their
// positions. NaN counts as larger than every number. Of equal elements the
// first come first.
func TopK[T Number](a *Array[T], k, axis int) (values *Array[T], positions *Array[int64]) {
	axis = a.axis("TopK", axis)
	n := a.shape[axis]
	if k < 0 || k > n {
		fail("TopK", "k", fmt.Sprint(k), fmt.Sprintf("0 to %d", n))
	}
	l := a.layout
	l.shape[axis] = k
	values, positions = like[T](&l), like[int64](&l)
	TopKTo(values, positions, a, axis)
	return values, positions
}

// TopKTo is [TopK] into values and positions; k is the length of their axis.
func TopKTo[T Number](values *Array[T], positions *Array[int64], a *Array[T], axis int) {
	axis = a.axis("TopKTo", axis)
	if values.nd != a.nd || values.shape[axis] > a.shape[axis] {
		fail("TopKTo", "values", values.layout.String(), fmt.Sprintf("at most %d along axis %d of %s", a.shape[axis], axis, a.layout.String()))
	}
	k := values.shape[axis]
	checkLines("TopKTo", values, a, axis, k)
	checkLines("TopKTo", positions, a, axis, k)
	apart("TopKTo", values, "a", a, false)
	apart("TopKTo", positions, "a", a, false)
	apart("TopKTo", values, "positions", positions, false)
	if k == 0 || a.size() == 0 {
		return
	}
	lines("TopKTo", positions, a, axis, topLine[T])
	// The values are those at the positions.
	to, at, from := values.without(axis), positions.without(axis), a.without(axis)
	w := newNest(&to, &at, &from)
	for ok := true; ok; ok = w.next(0) {
		for i := range k {
			p := positions.data[w.off[1]+i*positions.stride[axis]]
			values.data[w.off[0]+i*values.stride[axis]] = a.data[w.off[2]+int(p)*a.stride[axis]]
		}
	}
}

func topLine[T Number](d []int64, x []T, s *scratch) {
	k, n := len(d), len(x)
	keys, found := words(&s.c, n), words(&s.d, n)
	toKeys(keys, x)
	equalZeros(keys, keyBits[T](), kindOf[T]().float())
	copy(found, keys)
	selectKey(found, n-k)
	least := found[n-k]
	// What is above the least of them, and the first of its equals.
	equals := k
	for _, key := range keys {
		if key > least {
			equals--
		}
	}
	m := 0
	for i, key := range keys {
		if key > least || key == least && equals > 0 {
			if key == least {
				equals--
			}
			d[m] = int64(i)
			m++
		}
	}
	slices.SortFunc(d, func(i, j int64) int {
		return cmp.Or(cmp.Compare(keys[j], keys[i]), cmp.Compare(i, j))
	})
}

// Unique returns the different elements of a, sorted, and how often each
// occurs. -0 and +0 are equal, as are all NaNs.
func Unique[T Number](a *Array[T]) (values *Array[T], counts *Array[int64]) {
	v, n := unique(a)
	return FromSlice(v), FromSlice(n)
}

// UniqueTo is [Unique] into values and counts, and returns how many there are.
// Both have one dimension and room for so many, of which a.Size() is the most;
// what is behind them stays. It panics with a *kernels.ShapeError if there is too
// little room.
func UniqueTo[T Number](values *Array[T], counts *Array[int64], a *Array[T]) int {
	const call = "UniqueTo"
	v, n := unique(a)
	if values.nd != 1 || values.shape[0] < len(v) {
		fail(call, "values", values.layout.String(), fmt.Sprintf("one dimension of at least %d", len(v)))
	}
	if counts.nd != 1 || counts.shape[0] < len(v) {
		fail(call, "counts", counts.layout.String(), fmt.Sprintf("one dimension of at least %d", len(v)))
	}
	writable(call, &values.layout)
	writable(call, &counts.layout)
	apart(call, values, "counts", counts, false)
	copyLayout(values.View(To(len(v))), FromSlice(v))
	copyLayout(counts.View(To(len(v))), FromSlice(n))
	return len(v)
}

func unique[T Number](a *Array[T]) (values []T, counts []int64) {
	x := a.Copy().data
	keys, spare := make([]uint64, len(x)), make([]uint64, len(x))
	toKeys(keys, x)
	equalZeros(keys, keyBits[T](), kindOf[T]().float())
	keys = sortKeys(keys, spare, keyBits[T]())
	m := 0
	for i, k := range keys {
		if i == 0 || k != keys[m-1] {
			keys[m] = k
			m++
			counts = append(counts, 0)
		}
		counts[m-1]++
	}
	values = make([]T, m)
	fromKeys(values, keys[:m])
	return values, counts
}

// SearchSorted returns for each element of v where it would be inserted into
// sorted, which has one dimension and is sorted as [Sort] does: before the
// elements that equal it or, if right is set, behind them.
func SearchSorted[T Number](sorted, v *Array[T], right bool) *Array[int64] {
	r := like[int64](&v.layout)
	SearchSortedTo(r, sorted, v, right)
	return r
}

// SearchSortedTo is [SearchSorted] into dst, which has a shape that v broadcasts
// to.
func SearchSortedTo[T Number](dst *Array[int64], sorted, v *Array[T], right bool) {
	if sorted.nd != 1 {
		fail("SearchSortedTo", "sorted", sorted.layout.String(), "one dimension")
	}
	apart("SearchSortedTo", dst, "sorted", sorted, false)
	x := sorted.rowMajorData()
	mapTo("SearchSortedTo", dst, v, func(d []int64, v []T) {
		for i, w := range v {
			lo, hi := 0, len(x)
			for lo < hi {
				mid := int(uint(lo+hi) >> 1)
				if u := x[mid]; before(u, w) || right && !before(w, u) {
					lo = mid + 1
				} else {
					hi = mid
				}
			}
			d[i] = int64(lo)
		}
	})
}

// before reports x < y where NaN is behind everything.
func before[T Number](x, y T) bool { return x < y || x == x && y != y }
