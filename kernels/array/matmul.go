package array

import (
	"fmt"

	"github.com/weftgo/weft/kernels"
)

// MatMul returns the matrix product of the last two axes, for every position of
// the axes before them, which broadcast: a of …×m×k and b of …×k×n give …×m×n.
// A vector on the left is a row, one on the right a column, and its axis is
// missing from the result. It panics with a *kernels.ShapeError if lengths do
// not fit.
//
// Each product is kernels.Gemm of the two matrices, as stored in row-major
// order; so the bits do not depend on strides.
func MatMul[T Float](a, b *Array[T]) *Array[T] {
	_, _, l := product("MatMul", a, b)
	r := like[T](&l)
	MatMulTo(r, a, b)
	return r
}

// MatMulTo is [MatMul] into dst, which has the shape of the result and shares
// nothing with a or b.
func MatMulTo[T Float](dst, a, b *Array[T]) {
	const call = "MatMulTo"
	la, lb, l := product(call, a, b)
	if !l.sameShape(&dst.layout) {
		fail(call, "dst", dst.layout.String(), l.String())
	}
	writable(call, &dst.layout)
	apart(call, dst, "a", a, false)
	apart(call, dst, "b", b, false)
	if dst.size() == 0 {
		return
	}
	// Both with all axes of the product, and dst with those of the vectors.
	ld := dst.layout
	if b.nd == 1 {
		ld.push(call, 1, 1)
	}
	if a.nd == 1 {
		ld = ld.inserted(ld.nd-1, 1)
	}
	k := la.shape[la.nd-1]
	batch := func(l *layout) layout {
		r := *l
		r.nd -= 2
		return r
	}
	bd, ba, bb := batch(&ld), batch(&la), batch(&lb)
	ba, bb = ba.expand(call, "a", &bd), bb.expand(call, "b", &bd)
	m, n := ld.shape[ld.nd-2], ld.shape[ld.nd-1]
	vector := m == 1 || n == 1
	w := newNest(&bd, &ba, &bb)
	var ra, rb, rd spare[T]
	for ok := true; ok; ok = w.next(0) {
		ma, ta := ra.operand(a.data, w.off[1], &la, vector)
		mb, tb := rb.operand(b.data, w.off[2], &lb, vector)
		// The result goes to its place, or there from memory of its own.
		md := &Array[T]{dst.data, layout{off: w.off[0], nd: 2,
			shape: [MaxDims]int{m, n}, stride: [MaxDims]int{ld.stride[ld.nd-2], ld.stride[ld.nd-1]}}}
		c, direct := ToMatrix(md)
		if !direct {
			c = rd.matrix(m, n)
		}
		if k == 0 {
			ma, mb = kernels.Matrix[T]{Rows: m, Stride: 1}, kernels.Matrix[T]{Cols: n, Stride: n}
			ta, tb = kernels.NoTrans, kernels.NoTrans
		}
		kernels.Gemm(ta, tb, 1, ma, mb, 0, c)
		if !direct {
			copyLayout(md, FromMatrix(c))
		}
	}
}

// product returns the layouts of the operands of a product as matrices, and the
// layout of the result, without strides.
func product[T Float](call string, a, b *Array[T]) (la, lb, l layout) {
	la, lb = a.layout, b.layout
	if la.nd == 0 || lb.nd == 0 {
		fail(call, "a and b", la.String()+" and "+lb.String(), "at least one dimension")
	}
	if la.nd == 1 {
		la = la.inserted(0, 1)
	}
	if lb.nd == 1 {
		lb = lb.inserted(1, 1)
	}
	if k := la.shape[la.nd-1]; lb.shape[lb.nd-2] != k {
		fail(call, "b", lb.String(), fmt.Sprintf("%d rows (columns of a, %s)", k, la.String()))
	}
	ba, bb := la, lb
	ba.nd -= 2
	bb.nd -= 2
	l = broadcast(call, "a", &ba, "b", &bb)
	if a.nd > 1 {
		l.push(call, la.shape[la.nd-2], 0)
	}
	if b.nd > 1 {
		l.push(call, lb.shape[lb.nd-1], 0)
	}
	for k := l.nd; k < MaxDims; k++ {
		l.shape[k] = 0
	}
	return la, lb, l
}

// inserted returns the layout with an axis at k.
func (l *layout) inserted(k, stride int) layout {
	r := *l
	r.push("MatMul", 1, 1)
	copy(r.shape[k+1:r.nd], l.shape[k:l.nd])
	copy(r.stride[k+1:r.nd], l.stride[k:l.nd])
	r.shape[k], r.stride[k] = 1, stride
	return r
}

// spare is memory for a matrix, kept between the products of a batch.
type spare[T Float] struct{ data []T }

func (s *spare[T]) matrix(rows, cols int) kernels.Matrix[T] {
	if len(s.data) < rows*cols {
		s.data = make([]T, rows*cols)
	}
	return kernels.Matrix[T]{Rows: rows, Cols: cols, Data: s.data[:rows*cols], Stride: max(cols, 1)}
}

// operand returns the last two axes of l, at off, as an operand of Gemm: in
// place, as stored or transposed, or copied. Transposed it makes no difference
// to the bits unless the product is that of a vector.
func (s *spare[T]) operand(data []T, off int, l *layout, vector bool) (kernels.Matrix[T], kernels.Transpose) {
	v := &Array[T]{data, layout{off: off, nd: 2}}
	copy(v.shape[:2], l.shape[l.nd-2:l.nd])
	copy(v.stride[:2], l.stride[l.nd-2:l.nd])
	if m, ok := ToMatrix(v); ok {
		return m, kernels.NoTrans
	}
	if m, ok := ToMatrix(v.T()); ok && !vector {
		return m, kernels.Trans
	}
	m := s.matrix(v.shape[0], v.shape[1])
	copyLayout(FromMatrix(m), v)
	return m, kernels.NoTrans
}

// Dot returns the sum of the products of two vectors, kernels.Dot.
func Dot[T Float](a, b *Array[T]) T { return dot("Dot", a, b) }

// DotTo is [Dot] into dst, which has one element.
func DotTo[T Float](dst, a, b *Array[T]) {
	if dst.size() != 1 {
		fail("DotTo", "dst", dst.layout.String(), "one element")
	}
	dst.data[dst.off] = dot("DotTo", a, b)
}

func dot[T Float](call string, a, b *Array[T]) T {
	if a.nd != 1 || b.nd != 1 || a.shape[0] != b.shape[0] {
		fail(call, "b", b.layout.String(), fmt.Sprintf("one dimension, as long as a (%s)", a.layout.String()))
	}
	return kernels.Dot(a.rowMajorData(), b.rowMajorData())
}

// Outer returns all products of an element of a and one of b; a's axes come
// first.
func Outer[T Number](a, b *Array[T]) *Array[T] {
	return Mul(a.column("Outer", b.nd), b)
}

// OuterTo is [Outer] into dst, which has the shape of the result.
func OuterTo[T Number](dst, a, b *Array[T]) { MulTo(dst, a.column("OuterTo", b.nd), b) }

// column returns a view of a with n axes of length one behind its own.
func (a *Array[T]) column(call string, n int) *Array[T] {
	l := a.layout
	for range n {
		l.push(call, 1, 1)
	}
	return &Array[T]{a.data, l}
}
