package array_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/weftgo/weft/kernels"
	. "github.com/weftgo/weft/kernels/array"
)

// views returns views of one shape onto arrays of other layouts, all with the
// elements of a.
func views[T Element](a *Array[T]) map[string]*Array[T] {
	n := a.Dims()
	order := make([]int, n)
	for k := range order {
		order[k] = n - 1 - k
	}
	index := func(x Index) []Index {
		s := make([]Index, n)
		for k := range s {
			s[k] = x
		}
		return s
	}
	gaps := make([]int, n)
	for k := range gaps {
		gaps[k] = 3*a.Dim(k) + 1
	}
	spread := Zeros[T](gaps...)
	every := spread.View(index(From(1).By(3))...)
	for k := range n {
		every = every.MoveAxis(k, 0).View(To(a.Dim(k))).MoveAxis(0, k)
	}
	CopyTo(every, a)
	m := map[string]*Array[T]{
		"plain":      a.Copy(),
		"spread":     every,
		"transposed": a.T().Copy().T(),
		"reversed":   a.View(index(All.By(-1))...).Copy().View(index(All.By(-1))...),
	}
	if n > 1 {
		m["middle first"] = a.MoveAxis(n/2, 0).Copy().MoveAxis(0, n/2)
	}
	return m
}

// vectorsOf returns the vectors that a reduction over axes is made from.
func vectorsOf[T Element](a *Array[T], axes ...int) [][]T {
	rest := a
	for i, k := range axes { // to the end, in order
		rest = rest.MoveAxis(k-i, -1)
	}
	n := 1
	for _, k := range axes {
		n *= a.Dim(k)
	}
	var v [][]T
	x := rest.Values()
	for i := 0; i < len(x); i += n {
		v = append(v, x[i:i+n])
	}
	return v
}

// Reductions are the kernels' functions of vectors, on any layout, to the bit.
func TestReductionsAreVectors(t *testing.T) {
	t.Run("f32", testReductions[float32])
	t.Run("f64", testReductions[float64])
}

func testReductions[T Float](t *testing.T) {
	for _, shape := range [][]int{{7}, {1, 1}, {5, 9}, {40, 300}, {3, 70, 11}, {2, 3, 4, 5}, {33001, 2}, {2, 40001}, {33, 2, 517}} {
		a := random[T](shape...)
		a.Set(T(math.Copysign(0, -1)), make([]int, len(shape))...)
		layouts := views(a)
		for mask := 1; mask < 1<<len(shape); mask++ {
			var axes []int
			for k := range shape {
				if mask>>k&1 != 0 {
					axes = append(axes, k)
				}
			}
			vectors := vectorsOf(a, axes...)
			for name, f := range map[string]struct {
				f func(a *Array[T], o ...Option) *Array[T]
				v func(x []T) T
			}{
				"Sum":  {Sum[T], kernels.Sum[T]},
				"Mean": {Mean[T], kernels.Mean[T]},
				"Max":  {Max[T], kernels.Max[T]},
				"Norm": {func(a *Array[T], o ...Option) *Array[T] { return Norm(a, 2, o...) }, kernels.Nrm2[T]},
				"Var":  {func(a *Array[T], o ...Option) *Array[T] { return Var(a, append(o, DDof(1))...) }, kernels.Var[T]},
			} {
				for layout, view := range layouts {
					got := f.f(view, Axis(axes...)).Values()
					for i, x := range vectors {
						want := f.v(x)
						if len(x) == 1 && name == "Var" {
							continue // NaN there and here
						}
						if got[i] != want {
							t.Fatalf("%s of %v over %v, %s: element %d is %v, want %v", name, shape, axes, layout, i, got[i], want)
						}
					}
				}
			}
		}
	}
}

// Everything else gives the same on every layout, and into every layout.
func TestLayoutsDoNotShow(t *testing.T) {
	a, b := random[float64](4, 5, 70), random[float64](4, 5, 70)
	mask := Less(a, b)
	for name, f := range map[string]func(a, b *Array[float64], dst *Array[float64]){
		"Add":    func(a, b, dst *Array[float64]) { AddTo(dst, a, b) },
		"Div":    func(a, b, dst *Array[float64]) { DivTo(dst, a, b) },
		"FMA":    func(a, b, dst *Array[float64]) { FMATo(dst, a, b, a) },
		"row":    func(a, b, dst *Array[float64]) { MulTo(dst, a, b.View(At(0), At(0))) },
		"column": func(a, b, dst *Array[float64]) { MulTo(dst, a, b.View(All, All, Range(2, 3))) },
		"Select": func(a, b, dst *Array[float64]) { SelectTo(dst, mask, a, b) },
		"Round":  func(a, b, dst *Array[float64]) { RoundTo(dst, a) },
		"Copy":   func(a, b, dst *Array[float64]) { CopyTo(dst, a) },
		"CumSum": func(a, b, dst *Array[float64]) { CumSumTo(dst, a, 1) },
		"CumMax": func(a, b, dst *Array[float64]) { CumMaxTo(dst, a, 2) },
		"Sort":   func(a, b, dst *Array[float64]) { SortTo(dst, a, 0) },
		"MatMul": func(a, b, dst *Array[float64]) { MatMulTo(dst.View(Rest, To(5)), a, b.MoveAxis(1, 2)) },
		"vector": func(a, b, dst *Array[float64]) { MatMulTo(dst.View(All, All, At(3)), a, b.View(At(1), At(2))) },
		"row*":   func(a, b, dst *Array[float64]) { MatMulTo(dst.View(All, At(0)), b.View(At(1), All, At(7)), a) },
		"Take":   func(a, b, dst *Array[float64]) { TakeTo(dst, a, FromSlice([]int32{3, 0, 0, -1}), 0) },
		"Stack":  func(a, b, dst *Array[float64]) { StackTo(dst.View(To(2)), 0, a.View(At(1)), b.View(At(2))) },
		"Outer": func(a, b, dst *Array[float64]) {
			OuterTo(dst.View(At(0)), a.View(At(0), All, At(1)), b.View(At(0), At(0)))
		},
		"Einsum": func(a, b, dst *Array[float64]) { EinsumTo(dst.View(Rest, To(5)), "ijk,ilk->ijl", a, b) },
		"Concat": func(a, b, dst *Array[float64]) { ConcatTo(dst, 2, a.View(Rest, To(30)), b.View(Rest, From(30))) },
	} {
		want := Zeros[float64](4, 5, 70)
		f(a, b, want)
		for la, va := range views(a) {
			for lb, vb := range views(b) {
				for ld, dst := range views(Zeros[float64](4, 5, 70)) {
					f(va, vb, dst)
					if !same(dst, want) {
						t.Errorf("%s of %s and %s into %s differs", name, la, lb, ld)
					}
				}
			}
		}
	}
}

// refused reports whether f panics with a ShapeError.
func refused(f func()) (err *kernels.ShapeError) {
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(error)
			if !ok || !errors.As(e, &err) {
				panic(r)
			}
		}
	}()
	f()
	return nil
}

func TestMisuse(t *testing.T) {
	a, v := random[float64](3, 4), random[float64](5)
	b := Zeros[int64](3, 4)
	for name, f := range map[string]func(){
		"array.Add: b has shape 5":                       func() { Add(a, v) },
		"array.AddTo: b":                                 func() { AddTo(a, a, v) },
		"array.AddTo: dst has elements in common with a": func() { AddTo(a.View(From(1)), a.View(To(2)), Scalar(1.0)) },
		"array.AddTo: dst has the same element":          func() { AddTo(v.Broadcast(2, 5), v, v) },
		"array.SumTo: dst has shape 3, want shape 4":     func() { SumTo(Zeros[float64](3), a, Axis(0)) },
		"array.SumTo: dst has elements in common":        func() { SumTo(a.View(At(0)), a, Axis(0)) },
		"array.Sum: axis has 2,":                         func() { Sum(a, Axis(2)) },
		"array.Sum: axis has 0 twice":                    func() { Sum(a, Axis(0, -2)) },
		"array.Sum: mask":                                func() { Sum(a, Where(Zeros[bool](3))) },
		"array.Max: a has shape 0x4":                     func() { Max(a.View(To(0)), Axis(0)) },
		"array.ArgMin: a has shape 0":                    func() { ArgMin(v.View(To(0))) },
		"array.At: index has 3 for axis 0":               func() { a.At(3, 0) },
		"array.At: index has 1 numbers":                  func() { a.At(3) },
		"array.View: index has 4 for axis 1":             func() { a.View(All, At(4)) },
		"array.View: index has 3 axes":                   func() { a.View(All, All, All) },
		"array.Index.By: step":                           func() { All.By(0) },
		"array.Reshape: shape has [5 -1]":                func() { a.Reshape(5, -1) },
		"array.Reshape: shape has [0 -1]":                func() { a.Reshape(0, -1) },
		"array.Zeros: shape has length -1":               func() { Zeros[bool](2, -1) },
		"array.Zeros: shape has 9 dimensions":            func() { Zeros[bool](1, 1, 1, 1, 1, 1, 1, 1, 1) },
		"array.Zeros: shape has more elements":           func() { Zeros[bool](math.MaxInt, 2) },
		"array.FromSlice: x has 2 elements":              func() { FromSlice([]bool{true, false}, 3) },
		"array.Transpose: axes has 0 twice":              func() { a.Transpose(0, 0) },
		"array.Broadcast: a":                             func() { a.Broadcast(3, 5) },
		"array.Squeeze: axis":                            func() { a.Squeeze(0) },
		"array.MatMul: b":                                func() { MatMul(a, a) },
		"array.Einsum: spec has 1 operands":              func() { Einsum("ij", a, a) },
		"array.Einsum: operand has 4 and 3":              func() { Einsum("ij,jk", a, a) },
		"array.Item: a":                                  func() { a.Item() },
		"array.Quantile: q":                              func() { Quantile(a, 1.5) },
		"array.Clamp: lo":                                func() { Clamp(a, 2, 1) },
		"array.Bincount: a has the element -1":           func() { Bincount(FromSlice([]int32{-1}), 0) },
		"array.PartitionTo: k":                           func() { Partition(a, 4, 1) },
		"array.TopK: k":                                  func() { TopK(a, 5, 1) },
		"array.Take: indices has 3":                      func() { Take(a, FromSlice([]int32{3}), 0) },
		"array.Concat: array 1 has shape 5":              func() { Concat(0, a, v) },
		"array.Solve: a has shape 3x4":                   func() { Solve(a, v) },
		"array.Norm: p has 3":                            func() { Norm(a, 3) },
		"array.CumSumTo: dst":                            func() { CumSumTo(Zeros[int64](4, 3), b, 0) },
		"array.HistogramTo: lo":                          func() { Histogram(a, 3, 1, 1) },
		"array.DistancesTo: y":                           func() { Distances(Euclidean, a, a.T()) },
	} {
		before := a.Copy()
		err := refused(f)
		if err == nil || !strings.HasPrefix(err.Error(), "kernels: "+name) {
			t.Errorf("%s: %v", name, err)
		}
		if !same(a, before) {
			t.Fatalf("%s has written", name)
		}
	}
}

// A destination is refused exactly where it shares an element with an operand
// without being it.
func TestOverlap(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	data := make([]float64, 120)
	var found [2]int
	for range 5000 {
		view := func() *Array[float64] {
			a := FromSlice(data, [][]int{{10, 12}, {6, 20}, {120, 1}, {8, 15}}[rng.IntN(4)]...)
			for k := range 2 {
				n := a.Dim(k)
				lo := rng.IntN(n)
				index := Range(lo, lo+1+rng.IntN(n-lo)).By(1 + rng.IntN(3))
				if rng.IntN(2) == 0 {
					index = From(n - 1 - lo).By(-1 - rng.IntN(3))
				}
				a = a.MoveAxis(k, 0).View(index).MoveAxis(0, k)
			}
			if rng.IntN(2) == 0 {
				a = a.T()
			}
			return a
		}
		a, b := view(), view()
		rows, cols := min(a.Dim(0), b.Dim(0)), min(a.Dim(1), b.Dim(1))
		a, b = a.View(To(rows), To(cols)), b.View(To(rows), To(cols))
		clear(data)
		a.Fill(1)
		shared := 0
		for v := range b.Elements() {
			if v == 1 {
				shared = 1
			}
		}
		found[shared]++
		// ConcatTo refuses every common element, even of the same view.
		if err := refused(func() { ConcatTo(a, 0, b) }); (err != nil) != (shared == 1) {
			t.Fatalf("strides %v and %v, shape %v: shared %d, %v", a.Strides(), b.Strides(), a.Shape(), shared, err)
		}
	}
	if min(found[0], found[1]) < 300 {
		t.Errorf("%d cases apart, %d shared", found[0], found[1])
	}
}

// dst may be an operand, on any layout.
func TestInPlace(t *testing.T) {
	a, b := random[float32](6, 70), random[float32](6, 70)
	want := Sub(a, b)
	for name, v := range views(a) {
		SubTo(v, v, b)
		if !same(v, want) {
			t.Error(name)
		}
	}
	for name, v := range views(b) {
		SubTo(v, a, v)
		if !same(v, want) {
			t.Error(name)
		}
	}
	c := a.Copy()
	SortTo(c, c, 0)
	if !same(c, Sort(a, 0)) {
		t.Error("Sort in place differs")
	}
	CumSumTo(c, c, 1)
	if !same(c, CumSum(Sort(a, 0), 1)) {
		t.Error("CumSum in place differs")
	}
}

// Views reach the elements that Python's slices reach.
func FuzzView(f *testing.F) {
	f.Add(uint8(5), int8(0), int8(3), int8(1), uint8(0))
	f.Add(uint8(7), int8(-2), int8(-9), int8(-2), uint8(3))
	f.Add(uint8(0), int8(-1), int8(4), int8(-128), uint8(2))
	f.Fuzz(func(t *testing.T, n uint8, start, stop, step int8, open uint8) {
		if step == 0 {
			return
		}
		a := Arange(0, int64(n), 1)
		var index Index
		hasStart, hasStop := open&1 == 0, open&2 == 0
		switch {
		case hasStart && hasStop:
			index = Range(int(start), int(stop))
		case hasStart:
			index = From(int(start))
		case hasStop:
			index = To(int(stop))
		default:
			index = All
		}
		// By definition: from the first position on while before the last.
		first, last := 0, int(n)
		if step < 0 {
			first, last = int(n)-1, -1
		}
		at := func(i int8) int {
			p := int(i)
			if p < 0 {
				p += int(n)
			}
			if step < 0 {
				return max(min(p, int(n)-1), -1)
			}
			return max(min(p, int(n)), 0)
		}
		if hasStart {
			first = at(start)
		}
		if hasStop {
			last = at(stop)
		}
		want := []int64{}
		for i := first; step > 0 && i < last || step < 0 && i > last; i += int(step) {
			want = append(want, int64(i))
		}
		if got := a.View(index.By(int(step))).Values(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%d %d:%d:%d (%d): %v, want %v", n, start, stop, step, open, got, want)
		}
	})
}

// Reshaping any view keeps the elements and their order.
func FuzzReshape(f *testing.F) {
	f.Add(uint64(1))
	f.Add(uint64(99))
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 1))
		shape := make([]int, 1+rng.IntN(4))
		for k := range shape {
			shape[k] = 1 + rng.IntN(6)
		}
		a := FromFunc(func(i []int) int32 { return int32(rng.IntN(1000)) }, shape...)
		for range rng.IntN(4) {
			k := rng.IntN(a.Dims())
			switch rng.IntN(4) {
			case 0:
				a = a.MoveAxis(k, rng.IntN(a.Dims()))
			case 1:
				a = a.MoveAxis(k, 0).View(All.By(1+rng.IntN(2))).MoveAxis(0, k)
			case 2:
				a = a.MoveAxis(k, 0).View(All.By(-1)).MoveAxis(0, k)
			case 3:
				a = a.T()
			}
		}
		// Another shape: take factors apart and put them together.
		var to []int
		for _, n := range a.Shape() {
			for p := 2; n > 1; p++ {
				for n%p == 0 {
					to = append(to, p)
					n /= p
				}
			}
		}
		for len(to) > 3 {
			i := rng.IntN(len(to) - 1)
			to[i] *= to[i+1]
			to = append(to[:i+1], to[i+2:]...)
		}
		to = append(to, 1)
		r := a.Reshape(to...)
		if fmt.Sprint(r.Values()) != fmt.Sprint(a.Values()) || fmt.Sprint(r.Shape()) != fmt.Sprint(to) {
			t.Errorf("%v %v to %v: %v", a.Shape(), a.Strides(), to, r)
		}
	})
}

// Into a destination, elementwise functions and sums allocate nothing.
func TestNoAllocations(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes sync.Pool drop things at random")
	}
	a, b, dst := random[float64](50, 60), random[float64](60), Zeros[float64](50, 60)
	turned, less, line := random[float64](60, 50).T(), Zeros[bool](50, 60), Zeros[float64](60)
	two := Scalar(2.0)
	for name, f := range map[string]func(){
		"Add":      func() { AddTo(dst, a, b) },
		"Mul":      func() { MulTo(dst, a, two) },
		"turned":   func() { SubTo(dst, turned, a) },
		"FMA":      func() { FMATo(dst, a, b, two) },
		"Less":     func() { LessTo(less, a, b) },
		"Select":   func() { SelectTo(dst, less, a, b) },
		"Copy":     func() { CopyTo(dst, turned) },
		"Sum":      func() { SumTo(line, a, Axis(0)) },
		"Max":      func() { MaxTo(line, a, Axis(0)) },
		"SkipNaN":  func() { SumTo(line, a, Axis(0), SkipNaN()) },
		"CumSum":   func() { CumSumTo(dst, a, 1) },
		"Sort":     func() { SortTo(dst, a, 1) },
		"Quantile": func() { MedianTo(line, a, Axis(0)) },
	} {
		if n := testing.AllocsPerRun(20, f); n > 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
