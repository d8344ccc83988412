package array_test

import (
	"errors"
	"math"
	"testing"

	"github.com/weftgo/weft/kernels"
	. "github.com/weftgo/weft/kernels/array"
)

// Functions that are not one pass over their operands have a form with
// destinations, too: of any layout, looked at before anything is written, and
// as they were after an error.
func TestDestinations(t *testing.T) {
	t.Run("f32", testDestinations[float32])
	t.Run("f64", testDestinations[float64])
}

func testDestinations[T Float](t *testing.T) {
	a := FromFunc(func(i []int) T { return T(math.Sin(float64(7*i[0] + 3*i[1]))) }, 4, 6)
	square := Add(MatMul(a, a.T()), Eye[T](4))
	batch := Stack(0, square, Mul(square, Scalar[T](2)))
	none, x := Zeros[T](4, 4), a.View(At(1))
	q, r := QR(a)
	w, v, err := EigH(batch)
	if err != nil {
		t.Fatal(err)
	}
	u, s, vt, err := SVD(a)
	if err != nil {
		t.Fatal(err)
	}
	solution, rank, err := Lstsq(a, a.View(All, At(0)))
	if err != nil {
		t.Fatal(err)
	}
	type floats = []*Array[T]
	for name, f := range map[string]struct {
		want floats
		to   func(dst floats) error
	}{
		"LogSumExp": {floats{LogSumExp(a, Axis(1))}, func(d floats) error { LogSumExpTo(d[0], a, Axis(1)); return nil }},
		"Softmax":   {floats{Softmax(a, 1)}, func(d floats) error { SoftmaxTo(d[0], a, 1); return nil }},
		"Cov":       {floats{Cov(a)}, func(d floats) error { CovTo(d[0], a); return nil }},
		"Corr":      {floats{Corr(a)}, func(d floats) error { CorrTo(d[0], a); return nil }},
		"Einsum":    {floats{MatMul(a, a.T())}, func(d floats) error { EinsumTo(d[0], "ij,kj->ik", a, a); return nil }},
		"Dot":       {floats{Scalar(Dot(x, x))}, func(d floats) error { DotTo(d[0], x, x); return nil }},
		"Det":       {floats{Det(batch)}, func(d floats) error { DetTo(d[0], batch); return nil }},
		"Inv":       {floats{must(Inv(batch))}, func(d floats) error { return InvTo(d[0], batch) }},
		"Cholesky":  {floats{must(Cholesky(batch))}, func(d floats) error { return CholeskyTo(d[0], batch) }},
		"Solve":     {floats{must(Solve(batch, a))}, func(d floats) error { return SolveTo(d[0], batch, a) }},
		"Pinv":      {floats{must(Pinv(a))}, func(d floats) error { return PinvTo(d[0], a) }},
		"QR":        {floats{q, r}, func(d floats) error { QRTo(d[0], d[1], a); return nil }},
		"EigH":      {floats{w, v}, func(d floats) error { return EigHTo(d[0], d[1], batch) }},
		"SVD":       {floats{u, s, vt}, func(d floats) error { return SVDTo(d[0], d[1], d[2], a) }},
		"Lstsq": {floats{solution}, func(d floats) error {
			k, err := LstsqTo(d[0], a, a.View(All, At(0)))
			if k != rank {
				t.Errorf("rank %d, want %d", k, rank)
			}
			return err
		}},
	} {
		var dst floats
		for _, w := range f.want {
			dst = append(dst, turned(w))
		}
		if err := f.to(dst); err != nil {
			t.Errorf("%sTo: %v", name, err)
		}
		for i := range dst {
			if !same(dst[i], f.want[i]) {
				t.Errorf("%sTo has another result %d", name, i)
			}
		}
		for i := range dst {
			wrong := append(floats{}, dst...)
			wrong[i] = Full[T](5, 2, 3)
			for j := range dst {
				wrong[j].Fill(5)
			}
			refusedBy(t, name+"To", func() { f.to(wrong) })
			for _, d := range wrong {
				if !AllTrue(Equal(d, Scalar[T](5))).Item() {
					t.Errorf("%sTo of a wrong destination has written", name)
				}
			}
		}
	}
	// Results into each other, and into what is read only.
	refusedBy(t, "SVDTo", func() { SVDTo(u, s, u.Reshape(4, 4), a.View(All, To(4))) })
	refusedBy(t, "InvTo", func() { InvTo(Zeros[T]().Broadcast(4, 4), square) })

	for name, f := range map[string]func(dst *Array[T]) error{
		"Inv":      func(dst *Array[T]) error { return InvTo(dst, none) },
		"Cholesky": func(dst *Array[T]) error { return CholeskyTo(dst, none) },
		"Solve":    func(dst *Array[T]) error { return SolveTo(dst, none, square) },
		"Pinv":     func(dst *Array[T]) error { return PinvTo(dst, Full(T(math.NaN()), 4, 4)) },
		"EigH":     func(dst *Array[T]) error { return EigHTo(dst.View(At(0)), dst, Full(T(math.Inf(1)), 4, 4)) },
		"SVD":      func(dst *Array[T]) error { return SVDTo(dst, dst.View(At(0)), dst, Full(T(math.NaN()), 4, 4)) },
		"Lstsq": func(dst *Array[T]) error {
			_, err := LstsqTo(dst, Full(T(math.NaN()), 4, 4), square)
			return err
		},
	} {
		dst := Full[T](5, 4, 4)
		if f(dst) == nil || !AllTrue(Equal(dst, Scalar[T](5))).Item() {
			t.Errorf("%sTo: no error, or it has written", name)
		}
	}
	// An operand as its own destination.
	b := square.Copy()
	if err := InvTo(b.T(), b); err != nil || !same(b.T(), must(Inv(square))) {
		t.Errorf("InvTo its operand: %v", err)
	}
	b = a.Copy()
	SoftmaxTo(b, b, 0)
	if !same(b, Softmax(a, 0)) {
		t.Error("Softmax in place has another result")
	}
}

// turned returns an array of the shape of a whose elements run backwards and by
// columns through storage that has gaps.
func turned[T Element](a *Array[T]) *Array[T] {
	shape := a.Shape()
	index := make([]Index, len(shape))
	for i, j := 0, len(shape)-1; i < j; i, j = i+1, j-1 {
		shape[i], shape[j] = shape[j], shape[i]
	}
	for k := range shape {
		shape[k] *= 2
		index[k] = All.By(-2)
	}
	return Zeros[T](shape...).View(index...).T()
}

// refusedBy fails the test unless f panics with an error of the call.
func refusedBy(t *testing.T, call string, f func()) {
	t.Helper()
	var wrong *kernels.ShapeError
	if err := refused(f); !errors.As(err, &wrong) || wrong.Func != "array."+call {
		t.Errorf("%s: %v", call, err)
	}
}

func TestCountingTo(t *testing.T) {
	a := random[float64](5, 40)
	a.Set(math.NaN(), 1, 1)
	counts, edges := Histogram(a, 7, -1, 0.5)
	c, e := turned(counts), turned(edges)
	HistogramTo(c, e, a, -1, 0.5)
	if !same(c, counts) || !same(e, edges) {
		t.Error("HistogramTo", c, e)
	}
	refusedBy(t, "HistogramTo", func() { HistogramTo(c, e.View(From(1)), a, -1, 0.5) })
	refusedBy(t, "HistogramTo", func() { HistogramTo(c, a.View(At(0), To(8)), a, -1, 0.5) })

	i := FromSlice([]int32{3, 1, 3, 0, 1, 3})
	n := turned(Zeros[int64](6))
	n.Fill(9)
	BincountTo(n, i)
	if !same(n, FromSlice([]int64{1, 2, 0, 3, 0, 0})) || !same(n, Bincount(i, 6)) {
		t.Error("BincountTo", n)
	}
	for _, wrong := range []*Array[int32]{FromSlice([]int32{6}), FromSlice([]int32{-1})} {
		refusedBy(t, "BincountTo", func() { BincountTo(n, wrong) })
	}

	mask := Greater(a, Scalar(0.25))
	kept, at := turned(Compress(a, mask)), turned(Nonzero(mask))
	CompressTo(kept, a, mask)
	NonzeroTo(at, mask)
	if !same(kept, Compress(a, mask)) || !same(at, Nonzero(mask)) || kept.Size() == 0 {
		t.Error("CompressTo or NonzeroTo")
	}
	refusedBy(t, "CompressTo", func() { CompressTo(kept.View(From(1)), a, mask) })
	refusedBy(t, "CompressTo", func() { CompressTo(a.Ravel().View(To(kept.Size())), a, mask) })
	refusedBy(t, "NonzeroTo", func() { NonzeroTo(at.T(), mask) })
	if at := Nonzero(Scalar(true)); at.Dim(0) != 1 || at.Dim(1) != 0 {
		t.Error(at.Shape())
	}

	values, often := Unique(i)
	v, o := turned(Zeros[int32](6)), turned(Zeros[int64](4))
	v.Fill(9)
	if k := UniqueTo(v, o, i); k != 3 || !same(v.View(To(3)), values) || !same(o.View(To(3)), often) || v.At(3) != 9 {
		t.Error("UniqueTo", k, v, o)
	}
	refusedBy(t, "UniqueTo", func() { UniqueTo(v, o.View(To(2)), i) })
	both := Zeros[int64](4)
	refusedBy(t, "UniqueTo", func() { UniqueTo(both, both, FromSlice([]int64{1, 2})) })
}
