package array

import "unsafe"

// address returns where the first element of an array's storage is, or would
// be, in elements of its size.
func address[T Element](a *Array[T]) uintptr {
	return uintptr(unsafe.Pointer(unsafe.SliceData(a.data)))
}

// sameView reports whether a and b are the same elements in the same order.
func sameView[T Element](a, b *Array[T]) bool {
	if a == b {
		return true
	}
	at := func(x *Array[T]) uintptr { return address(x) + uintptr(x.off)*uintptr(kindOf[T]().size()) }
	return a.nd == b.nd && a.shape == b.shape && a.stride == b.stride && at(a) == at(b)
}

// writable panics if dst, the destination of a call, holds an element in more
// than one place, as the result of Broadcast does.
func writable(call string, dst *layout) {
	for k, n := range dst.shape[:dst.nd] {
		if n > 1 && dst.stride[k] == 0 && dst.size() > 0 {
			fail(call, "dst", "the same element in several places (it is broadcast)", "memory of its own: it is written")
		}
	}
}

// apart panics if the destination of a call shares elements with an input. If
// same is set, it may be the input itself.
func apart[D, T Element](call string, dst *Array[D], arg string, in *Array[T], same bool) {
	if kindOf[D]() != kindOf[T]() {
		return // memory has one type
	}
	d := cast[T](dst)
	if len(d.data) == 0 || len(in.data) == 0 || d.size() == 0 || in.size() == 0 {
		return
	}
	if same && sameView(d, in) {
		return
	}
	size := kindOf[T]().size()
	gap := int64(address(in)) - int64(address(d))
	a, b := d.layout, in.layout
	b.off += int(gap / int64(size))
	if gap%int64(size) != 0 || meet(&a, &b) {
		fail(call, "dst", "elements in common with "+arg, "memory of its own: it is written")
	}
}

// meet reports whether two layouts of one storage have a position in common:
// whether Σ i[k]·s[k] = c has a solution with 0 ≤ i[k] < n[k] over the axes of
// both. The search takes the largest stride first; what the others can reach
// leaves it one or two choices in any layout that slicing makes. It gives up,
// and says yes, after as many steps as no such layout needs.
func meet(a, b *layout) bool {
	alo, ahi := a.extent()
	blo, bhi := b.extent()
	if ahi < blo || bhi < alo {
		return false
	}
	// Both with positive strides: a reaches alo + Σ, b reaches bhi - Σ.
	var t terms
	for k := range a.nd {
		t.add(a.shape[k], abs(a.stride[k]))
	}
	for k := range b.nd {
		t.add(b.shape[k], abs(b.stride[k]))
	}
	t.finish()
	t.steps = 10_000
	return t.reach(0, bhi-alo)
}

// terms is the sum Σ i[k]·s[k], 0 ≤ i[k] < n[k], strides falling.
type terms struct {
	nd, steps int
	n, s      [2 * MaxDims]int
	rest      [2*MaxDims + 1]int // the largest sum of the terms from k on
	gcd       [2*MaxDims + 1]int // of the strides from k on
}

func (t *terms) add(n, s int) {
	if n == 1 || s == 0 {
		return
	}
	at := t.nd
	for at > 0 && t.s[at-1] < s {
		t.n[at], t.s[at] = t.n[at-1], t.s[at-1]
		at--
	}
	t.n[at], t.s[at] = n, s
	t.nd++
}

func (t *terms) finish() {
	for k := t.nd - 1; k >= 0; k-- {
		t.rest[k] = t.rest[k+1] + (t.n[k]-1)*t.s[k]
		g, h := t.s[k], t.gcd[k+1]
		for h != 0 {
			g, h = h, g%h
		}
		t.gcd[k] = g
	}
}

// reach reports whether the terms from k on can sum to c.
func (t *terms) reach(k, c int) bool {
	if c < 0 || c > t.rest[k] {
		return false
	}
	if c == 0 {
		return true
	}
	if t.steps--; t.steps < 0 {
		return true
	}
	if c%t.gcd[k] != 0 {
		return false
	}
	// i·s ≤ c ≤ i·s + rest
	hi := min(c/t.s[k], t.n[k]-1)
	lo := max(0, (c-t.rest[k+1]+t.s[k]-1)/t.s[k])
	for i := hi; i >= lo; i-- {
		if t.reach(k+1, c-i*t.s[k]) {
			return true
		}
	}
	return false
}
