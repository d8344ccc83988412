package array

// Cumulative functions run along one axis. They are chains: element i of the
// result is element i-1 joined with element i of a, whatever the layout. dst may
// be a itself.

// CumSum returns along an axis the sums a[0], a[0]+a[1], ….
func CumSum[T Number](a *Array[T], axis int) *Array[T] {
	r := like[T](&a.layout)
	cumulate("CumSum", r, a, axis, addRun[T], addChain[T])
	return r
}

// CumSumTo is [CumSum] into dst, which has the shape of a.
func CumSumTo[T Number](dst, a *Array[T], axis int) {
	cumulate("CumSumTo", dst, a, axis, addRun[T], addChain[T])
}

// CumProd returns along an axis the products a[0], a[0]·a[1], ….
func CumProd[T Number](a *Array[T], axis int) *Array[T] {
	r := like[T](&a.layout)
	cumulate("CumProd", r, a, axis, mulRun[T], mulChain[T])
	return r
}

// CumProdTo is [CumProd] into dst, which has the shape of a.
func CumProdTo[T Number](dst, a *Array[T], axis int) {
	cumulate("CumProdTo", dst, a, axis, mulRun[T], mulChain[T])
}

// CumMax returns along an axis the maxima so far; after a NaN they are NaN.
func CumMax[T Number](a *Array[T], axis int) *Array[T] {
	r := like[T](&a.layout)
	cumulate("CumMax", r, a, axis, maximumRun[T], maximumChain[T])
	return r
}

// CumMaxTo is [CumMax] into dst, which has the shape of a.
func CumMaxTo[T Number](dst, a *Array[T], axis int) {
	cumulate("CumMaxTo", dst, a, axis, maximumRun[T], maximumChain[T])
}

// cumulate sets dst[i] = f(dst[i-1], a[i]) along an axis; chain does it for one
// line whose first element is there.
func cumulate[T Number](call string, dst, a *Array[T], axis int,
	f func(d, x, y []T), chain func(d []T, to, ds int, x []T, from, xs, n int)) {
	axis = a.axis(call, axis)
	if !dst.sameShape(&a.layout) {
		fail(call, "dst", dst.layout.String(), a.layout.String())
	}
	writable(call, &dst.layout)
	apart(call, dst, "a", a, true)
	if a.size() == 0 {
		return
	}
	to, from := &Array[T]{dst.data, dst.without(axis)}, &Array[T]{a.data, a.without(axis)}
	n, ds, as := a.shape[axis], dst.stride[axis], a.stride[axis]
	copyLayout(to, from)
	if to.size() >= few && abs(as) != 1 {
		// A row at a time; along the storage a line at a time is better.
		for range n - 1 {
			before := *to
			to.off += ds
			from.off += as
			map2To(call, to, &before, from, f)
		}
		return
	}
	w := newNest(&to.layout, &from.layout)
	for ok := true; ok; ok = w.next(0) {
		chain(dst.data, w.off[0], ds, a.data, w.off[1], as, n)
	}
}

func addChain[T Number](d []T, to, ds int, x []T, from, xs, n int) {
	v := d[to]
	for range n - 1 {
		to += ds
		from += xs
		v += x[from]
		d[to] = v
	}
}

func mulChain[T Number](d []T, to, ds int, x []T, from, xs, n int) {
	v := d[to]
	for range n - 1 {
		to += ds
		from += xs
		v *= x[from]
		d[to] = v
	}
}

func maximumChain[T Number](d []T, to, ds int, x []T, from, xs, n int) {
	v := d[to]
	for range n - 1 {
		to += ds
		from += xs
		if w := x[from]; w > v || w != w {
			v = w
		}
		d[to] = v
	}
}
