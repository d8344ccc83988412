package kernels

import (
	"fmt"
	"math"
	"math/bits"
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// Arguments are checked here and nowhere else. Each check has a fast form that
// the common case passes, and a slow one that finds out what is wrong and
// panics.

// fits reports whether m describes a matrix that its data holds.
func fits[T Float](m *Matrix[T]) bool {
	if m.Rows <= 0 || m.Cols <= 0 {
		return m.Rows >= 0 && m.Cols >= 0
	}
	hi, span := bits.Mul64(uint64(m.Rows-1), uint64(m.Stride))
	return m.Stride >= m.Cols && hi == 0 && m.Cols <= len(m.Data) && span <= uint64(len(m.Data)-m.Cols)
}

// unfit panics with what is wrong about a matrix that does not fit.
func unfit[T Float](call, arg string, m *Matrix[T]) {
	fail := func(has, want string) { panic(&ShapeError{call, arg, has, want}) }
	switch {
	case m.Rows < 0:
		fail(count(m.Rows, "row"), "at least 0")
	case m.Cols < 0:
		fail(count(m.Cols, "column"), "at least 0")
	case m.Stride < m.Cols:
		fail(fmt.Sprintf("stride %d", m.Stride), fmt.Sprintf("at least %d (its columns)", m.Cols))
	}
	hi, lo := bits.Mul64(uint64(m.Rows-1), uint64(m.Stride))
	if hi != 0 || lo > math.MaxInt-uint64(m.Cols) {
		fail(fmt.Sprintf("%d rows with stride %d", m.Rows, m.Stride), "fewer: the product overflows an int")
	}
	fail(count(len(m.Data), "element"), fmt.Sprintf("at least %d ((rows-1)*stride+columns)", lo+uint64(m.Cols)))
}

func count(n int, what string) string {
	if n == 1 || n == -1 {
		return fmt.Sprintf("%d %s", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// mismatch panics because an argument has n of something and not want.
func mismatch(call, arg string, n int, what string, want int, of string) {
	panic(&ShapeError{call, arg, count(n, what), fmt.Sprintf("%d (%s)", want, of)})
}

func badTranspose(call, arg string, t Transpose) {
	panic(&ShapeError{call, arg, fmt.Sprintf("the value %d", t), "NoTrans or Trans"})
}

// sameLen panics unless y is as long as x.
func sameLen[T Float](call, arg string, n int, y []T, of string) {
	if len(y) != n {
		mismatch(call, arg, len(y), "element", n, of)
	}
}

// apart reports whether a and b share no element. Extents are of elements.
func apart[T Float](a *T, na int, b *T, nb int) bool {
	size := uintptr(op.Size[T]())
	pa, pb := uintptr(unsafe.Pointer(a)), uintptr(unsafe.Pointer(b))
	return pa+uintptr(na)*size <= pb || pb+uintptr(nb)*size <= pa
}

// noOverlap panics if out and in overlap. The same vector may serve as both if
// same is true.
func noOverlap[T Float](call, arg string, out []T, inArg string, in []T, same bool) {
	if len(out) == 0 || len(in) == 0 {
		return
	}
	if same && &out[0] == &in[0] {
		return
	}
	if !apart(&out[0], len(out), &in[0], len(in)) {
		overlapping(call, arg, inArg)
	}
}

func overlapping(call, arg, inArg string) {
	panic(&ShapeError{call, arg, "elements in common with " + inArg, "memory of its own: it is written"})
}

// near reports whether the extents of out, which has elements, and of m, which
// fits, have an address in common.
func near[T Float](out, m *Matrix[T]) bool {
	size := uintptr(op.Size[T]())
	po, pm := uintptr(unsafe.Pointer(unsafe.SliceData(out.Data))), uintptr(unsafe.Pointer(unsafe.SliceData(m.Data)))
	no, nm := uintptr((out.Rows-1)*out.Stride+out.Cols), uintptr((m.Rows-1)*m.Stride+m.Cols)
	return po < pm+nm*size && pm < po+no*size
}

// noOverlapMatrix panics if out, which has elements, shares one with m. Views
// of one array that lie side by side share none.
func noOverlapMatrix[T Float](call, arg string, out *Matrix[T], inArg string, m *Matrix[T]) {
	if m.Rows > 0 && m.Cols > 0 && near(out, m) && overlaps(out, m) {
		overlapping(call, arg, inArg)
	}
}

// overlaps compares two matrices whose extents overlap, row by row.
func overlaps[T Float](a, b *Matrix[T]) bool {
	// The first element of b, counted from that of a.
	size := int64(op.Size[T]())
	d := int64(uintptr(unsafe.Pointer(&b.Data[0]))) - int64(uintptr(unsafe.Pointer(&a.Data[0])))
	if d%size != 0 {
		return true // made by unsafe means; say so rather than compute nonsense
	}
	off := int(d / size)
	for i := range a.Rows {
		// Row i of a is [lo, hi); rows of b start at off+r*b.Stride. The first
		// of them that ends after lo is the only one to look at.
		lo := i * a.Stride
		r := max(0, floorDiv(lo-off-b.Cols, b.Stride)+1)
		if r < b.Rows && off+r*b.Stride < lo+a.Cols {
			return true
		}
	}
	return false
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
