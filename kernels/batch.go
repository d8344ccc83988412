package kernels

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"

	"github.com/weftgo/weft/internal/op"
)

// Profile says how exactly a product on placed operands is computed. All but
// [Exact] are asked for by name: their results depend on the device.
//
// On a processor a fast profile rounds the elements to its format, to nearest
// even, and goes on as exactly as always: as accurate as a GPU, and not faster.
type Profile = op.Profile

// The profiles.
const (
	// Exact gives the bits of [Gemm], the same everywhere.
	Exact = op.Exact

	// TF32, for float32: elements of A and B are rounded to 11 significant bits,
	// products are added in float32 in an order of the device's choice. With
	// n terms |error| ≤ (2u + n·ε)·Σ|a||b|, u = 2⁻¹¹, ε = 2⁻²³, up to small terms.
	TF32 = op.TF32

	// BF16, for float32: as TF32 with 8 significant bits, u = 2⁻⁸.
	BF16 = op.BF16

	// F16, for float32: as TF32 with u = 2⁻¹¹, and a range of 6e-8 to 65504:
	// elements beyond it become zero or infinite.
	F16 = op.F16

	// Tensor, for float64: nothing is rounded but products and sums, which are
	// added by tensor cores in an order of their choice.
	Tensor = op.Tensor
)

// Profiles returns the profiles that the device offers.
func (d *Device) Profiles() []Profile {
	var ps []Profile
	for p := range Profile(op.Profiles) {
		if d.dev.Offers(p) {
			ps = append(ps, p)
		}
	}
	return ps
}

// GemmProfileOn enqueues [Gemm] in a profile. It panics with a [*ShapeError] if
// the profile is not for T; a device that does not offer it gives an error of
// the stream.
func GemmProfileOn[T Float](st *Stream, p Profile, tA, tB Transpose, alpha T, a, b PlacedMatrix[T], beta T, c PlacedMatrix[T]) {
	GemmStridedOn(st, p, tA, tB, alpha, a, 0, b, 0, beta, c, 0, 1)
}

// GemmStridedOn enqueues count products of the same shape, in a profile. a, b
// and c are the operands of the first; those of number i begin i·strideA,
// i·strideB and i·strideC elements behind them. With a stride of zero all
// products use the same A or B.
//
// Each result is that of [GemmProfileOn]. It panics with a [*ShapeError] if
// shapes don't fit, if what a matrix is a view of ends before the last product
// does, or if an element of a C is also one of another C, of an A or of a B.
func GemmStridedOn[T Float](st *Stream, p Profile, tA, tB Transpose, alpha T, a PlacedMatrix[T], strideA int, b PlacedMatrix[T], strideB int, beta T, c PlacedMatrix[T], strideC int, count int) {
	const call = "Gemm"
	g := gemmOf(tA, tB, alpha, &a.m, &b.m, beta, &c.m)
	suits[T](call, p)
	if count < 0 {
		panic(&ShapeError{call, "count", strconv.Itoa(count), "at least 0"})
	}
	s := st.begin(call)
	defer st.end()
	s.use(call, "a", a.at)
	s.use(call, "b", b.at)
	s.use(call, "c", c.at)
	if count == 0 || c.m.Rows == 0 || c.m.Cols == 0 {
		return
	}
	if count > 1 && strideC < extent(&c.m) {
		panic(&ShapeError{call, "strideC", strconv.Itoa(strideC), fmt.Sprintf("at least %d (the extent of c)", extent(&c.m))})
	}
	ra := reach(call, "a", "strideA", &a.m, strideA, count)
	rb := reach(call, "b", "strideB", &b.m, strideB, count)
	rc := reach(call, "c", "strideC", &c.m, strideC, count)
	if count == 1 {
		noOverlapMatrix(call, "c", &c.m, "a", &a.m)
		noOverlapMatrix(call, "c", &c.m, "b", &b.m)
	} else {
		noOverlap(call, "c", rc, "a", ra, false)
		noOverlap(call, "c", rc, "b", rb, false)
	}
	productsOn(op.QueueOf[T](st.queue), &op.Products[T]{
		Profile: p, Gemm: g, Count: count, StrideA: strideA, StrideB: strideB, StrideC: strideC,
	})
}

// GemmBatchOn enqueues the products of a[i] and b[i] to c[i], in a profile.
// They have the same shapes, and all a the same stride, as have all b and all
// c.
//
// Each result is that of [GemmProfileOn]. It panics with a [*ShapeError] if
// shapes don't fit, or if an element of a c is also one of another matrix.
func GemmBatchOn[T Float](st *Stream, p Profile, tA, tB Transpose, alpha T, a, b []PlacedMatrix[T], beta T, c []PlacedMatrix[T]) {
	const call = "Gemm"
	suits[T](call, p)
	if len(b) != len(a) {
		mismatch(call, "b", len(b), "matrix", len(a), "length of a")
	}
	if len(c) != len(a) {
		mismatch(call, "c", len(c), "matrix", len(a), "length of a")
	}
	s := st.begin(call)
	defer st.end()
	if len(a) == 0 {
		return
	}
	ps := &op.Products[T]{
		Profile: p, Gemm: gemmOf(tA, tB, alpha, &a[0].m, &b[0].m, beta, &c[0].m), Count: len(a),
		As: make([][]T, len(a)), Bs: make([][]T, len(a)), Cs: make([][]T, len(a)),
	}
	for i := range a {
		alike(call, "a", i, &a[i].m, &a[0].m)
		alike(call, "b", i, &b[i].m, &b[0].m)
		alike(call, "c", i, &c[i].m, &c[0].m)
		ps.As[i], ps.Bs[i], ps.Cs[i] = a[i].m.Data, b[i].m.Data, c[i].m.Data
	}
	empty := c[0].m.Rows == 0 || c[0].m.Cols == 0
	if !empty {
		apartAll(call, a, b, c)
	}
	for i := range a {
		s.use(call, "a", a[i].at)
		s.use(call, "b", b[i].at)
		s.use(call, "c", c[i].at)
	}
	if !empty {
		productsOn(op.QueueOf[T](st.queue), ps)
	}
}

// suits panics unless p is a profile for T.
func suits[T Float](call string, p Profile) {
	if p < 0 || p >= op.Profiles {
		panic(&ShapeError{call, "p", fmt.Sprintf("the value %d", p), "a profile"})
	}
	if n := p.Size(); n != 0 && n != op.Size[T]() {
		panic(&ShapeError{call, "p", "the profile " + p.String(), fmt.Sprintf("one for elements of %d bytes", op.Size[T]())})
	}
}

// extent returns how many elements lie between the first of m and its last,
// both included.
func extent[T Float](m *Matrix[T]) int {
	if m.Rows == 0 || m.Cols == 0 {
		return 0
	}
	return (m.Rows-1)*m.Stride + m.Cols
}

// reach returns all that a batch uses behind its first matrix.
func reach[T Float](call, arg, strideArg string, m *Matrix[T], stride, times int) []T {
	n := extent(m)
	if stride < 0 {
		panic(&ShapeError{call, strideArg, strconv.Itoa(stride), "at least 0"})
	}
	if n == 0 {
		return nil
	}
	all := product(stride, times-1)
	if all > cap(m.Data)-n {
		panic(&ShapeError{call, arg, count(cap(m.Data), "element") + " up to the end of its memory", fmt.Sprintf("at least %d for %d products", uint64(all)+uint64(n), times)})
	}
	return m.Data[: all+n : cap(m.Data)]
}

// alike panics unless m has the shape and stride of first.
func alike[T Float](call, arg string, i int, m, first *Matrix[T]) {
	arg = fmt.Sprintf("%s[%d]", arg, i)
	sameShape(call, arg, m.Rows, m.Cols, first.Rows, first.Cols, "the first")
	if m.Stride != first.Stride {
		panic(&ShapeError{call, arg, fmt.Sprintf("stride %d", m.Stride), fmt.Sprintf("%d (that of the first)", first.Stride)})
	}
}

// productsOn enqueues checked products. What is not worth a kernel of its own
// is done one by one.
func productsOn[T Float](q op.Queue[T], p *op.Products[T]) {
	g := &p.Gemm
	thin := p.Profile == op.Exact && (p.Count == 1 || g.C.Rows == 1 || g.C.Cols == 1)
	if g.Alpha != 0 && g.A.Cols != 0 && !thin {
		q.Products(p)
		return
	}
	for i := range p.Count {
		one := p.At(i)
		gemmOn(q, &one)
	}
}

// apartAll panics if a matrix of c shares an element with any other of the
// matrices. They have elements.
func apartAll[T Float](call string, a, b, c []PlacedMatrix[T]) {
	type operand struct {
		arg    string
		number int
		m      *Matrix[T]
		start  uintptr
	}
	var all []operand
	for _, ms := range []struct {
		arg string
		of  []PlacedMatrix[T]
	}{{"a", a}, {"b", b}, {"c", c}} {
		for i := range ms.of {
			if m := &ms.of[i].m; m.Rows > 0 && m.Cols > 0 {
				all = append(all, operand{ms.arg, i, m, uintptr(addr(m.Data))})
			}
		}
	}
	slices.SortFunc(all, func(x, y operand) int {
		return cmp.Or(cmp.Compare(x.start, y.start), cmp.Compare(x.arg, y.arg), cmp.Compare(x.number, y.number))
	})
	// One A or B is often used for all.
	all = slices.CompactFunc(all, func(x, y operand) bool { return x.start == y.start && x.arg == y.arg && x.arg != "c" })
	for i := range all {
		x := &all[i]
		end := x.start + uintptr(extent(x.m)*op.Size[T]())
		for j := i + 1; j < len(all) && all[j].start < end; j++ {
			y := &all[j]
			if (x.arg == "c" || y.arg == "c") && overlaps(x.m, y.m) {
				if y.arg == "c" {
					x, y = y, x
				}
				overlapping(call, fmt.Sprintf("%s[%d]", x.arg, x.number), fmt.Sprintf("%s[%d]", y.arg, y.number))
			}
		}
	}
}
