package array_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	. "github.com/weftgo/weft/kernels/array"
)

// anyView returns a view of memory of its own, of any layout: axes in any order,
// steps forwards and backwards, broadcast, empty now and then.
func anyView[T Element](rng *rand.Rand, draw func() T) *Array[T] {
	left := []int{5, 50, 400, 3000}[rng.IntN(4)]
	shape := make([]int, 1+rng.IntN(4))
	for k := range shape {
		shape[k] = 1 + rng.IntN(left)
		left = max(1, left/shape[k])
	}
	rng.Shuffle(len(shape), func(i, j int) { shape[i], shape[j] = shape[j], shape[i] })
	a := FromFunc(func([]int) T { return draw() }, shape...)
	for range rng.IntN(4) {
		k := rng.IntN(a.Dims())
		along := func(x Index) { a = a.MoveAxis(k, 0).View(x).MoveAxis(0, k) }
		switch rng.IntN(7) {
		case 0:
			a = a.MoveAxis(k, rng.IntN(a.Dims()))
		case 1:
			along(All.By(1 + rng.IntN(3)))
		case 2:
			along(All.By(-1 - rng.IntN(2)))
		case 3:
			a = a.T()
		case 4:
			along(From(rng.IntN(2)))
		case 5:
			if a.Dims() < 4 {
				a = a.Broadcast(append([]int{1 + rng.IntN(3)}, a.Shape()...)...)
			}
		case 6:
			along(Range(rng.IntN(3), a.Dim(k)-rng.IntN(2)))
		}
	}
	return a
}

// draws returns a source of numbers among which many are equal, zeros of both
// signs, and some NaN and infinite.
func draws[T Number](rng *rand.Rand) func() T {
	special := []float64{0, 0, 1, -1, 2}
	if half := 0.5; T(half) != 0 {
		special = append(special, math.Copysign(0, -1), math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1))
	}
	often := []int{0, 1, 20, 200, math.MaxInt}[rng.IntN(5)]
	return func() T {
		switch {
		case often > 0 && rng.IntN(often) == 0:
			return T(special[rng.IntN(len(special))])
		case often == 1:
			return T(rng.IntN(3) - 1)
		}
		return T(rng.NormFloat64() * 8)
	}
}

// equalBits reports whether two elements are the same, NaN being one value.
func equalBits[T Element](x, y T) bool {
	return x == y && fmt.Sprint(x) == fmt.Sprint(y) || x != x && y != y
}

// Reductions of any view over any axes have the bits of the reductions of the
// vectors, taken out one by one.
func FuzzReductions(f *testing.F) {
	for seed := range uint64(200) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 7))
		switch rng.IntN(4) {
		case 0:
			fuzzFloats[float32](t, rng)
		case 1:
			fuzzFloats[float64](t, rng)
		case 2:
			a := anyView(rng, draws[int32](rng))
			fuzzNumbers(t, rng, a)
		case 3:
			a := anyView(rng, func() bool { return rng.IntN(5) < 4 })
			checkReduction(t, rng, "Any", a, Any)
			checkReduction(t, rng, "AllTrue", a, AllTrue)
			checkReduction(t, rng, "Count", a, Count)
		}
	})
}

func fuzzFloats[T Float](t *testing.T, rng *rand.Rand) {
	a := anyView(rng, draws[T](rng))
	fuzzNumbers(t, rng, a)
	checkReduction(t, rng, "Mean", a, Mean[T])
	checkReduction(t, rng, "Var", a, Var[T])
	checkReduction(t, rng, "Median", a, Median[T])
	for _, p := range []float64{1, 2, math.Inf(1)} {
		checkReduction(t, rng, fmt.Sprint("Norm ", p), a, func(a *Array[T], o ...Option) *Array[T] { return Norm(a, p, o...) })
	}
}

func fuzzNumbers[T Number](t *testing.T, rng *rand.Rand, a *Array[T]) {
	checkReduction(t, rng, "Sum", a, Sum[T])
	checkReduction(t, rng, "Prod", a, Prod[T])
	if a.Size() > 0 {
		checkReduction(t, rng, "Max", a, Max[T])
		checkReduction(t, rng, "Min", a, Min[T])
		checkReduction(t, rng, "ArgMax", a, ArgMax[T])
		checkReduction(t, rng, "ArgMin", a, ArgMin[T])
	}
}

func checkReduction[D, T Element](t *testing.T, rng *rand.Rand, name string, a *Array[T], f func(a *Array[T], opts ...Option) *Array[D]) {
	t.Helper()
	// A random set of axes; the others are moved to the front.
	var axes []int
	front := a
	kept := 0
	for k := range a.Dims() {
		if rng.IntN(2) == 0 {
			axes = append(axes, k)
		} else {
			front = front.MoveAxis(k, kept)
			kept++
		}
	}
	opts := []Option{Axis(axes...)}
	var mask *Array[bool]
	if rng.IntN(4) == 0 {
		mask = FromFunc(func([]int) bool { return rng.IntN(4) > 0 }, a.Shape()...)
		opts = append(opts, Where(mask))
	}
	skip := rng.IntN(4) == 0
	if skip {
		opts = append(opts, SkipNaN())
	}
	got := f(a, opts...)
	index := make([]Index, kept)
	for at, v := range got.All() {
		for k, i := range at {
			index[k] = At(i)
		}
		x := FromSlice(front.View(index...).Values())
		each := []Option{}
		if skip {
			each = append(each, SkipNaN())
		}
		if mask != nil {
			m := mask
			for k, moved := 0, 0; k < a.Dims(); k++ {
				if !contains(axes, k) {
					m = m.MoveAxis(k, moved)
					moved++
				}
			}
			each = append(each, Where(FromSlice(m.View(index...).Values())))
		}
		if want := f(x, each...).Item(); !equalBits(v, want) {
			t.Fatalf("%s of shape %v, strides %v, axes %v, mask %v, skip %v: %v at %v, want %v", name, a.Shape(), a.Strides(), axes, mask != nil, skip, v, at, want)
		}
	}
}

func contains(x []int, v int) bool {
	for _, w := range x {
		if w == v {
			return true
		}
	}
	return false
}

// Elementwise functions of any views, into any view, have the values of the
// elements one by one.
func FuzzElementwise(f *testing.F) {
	for seed := range uint64(100) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		rng := rand.New(rand.NewPCG(seed, 8))
		switch rng.IntN(4) {
		case 0:
			fuzzElements(t, rng, draws[float32](rng))
			fuzzTests[float32](t, rng)
		case 1:
			fuzzElements(t, rng, draws[float64](rng))
			fuzzTests[float64](t, rng)
		case 2:
			fuzzElements(t, rng, draws[int32](rng))
		case 3:
			fuzzElements(t, rng, draws[int64](rng))
			fuzzLogic(t, rng)
		}
	})
}

// operands returns three arrays that broadcast together, and a destination.
func operands[D, T Element](rng *rand.Rand, draw func() T) (dst *Array[D], a, b, c *Array[T]) {
	var zero D
	dst = anyView(rng, func() D { return zero })
	if dst.Broadcast(dst.Shape()...); !writes(dst) {
		dst = Zeros[D](dst.Shape()...).T().Copy().T()
	}
	one := func() *Array[T] {
		shape := dst.Shape()
		for k := range shape {
			if rng.IntN(4) == 0 {
				shape[k] = 1
			}
		}
		shape = shape[rng.IntN(len(shape)+1):]
		a := FromFunc(func([]int) T { return draw() }, shape...)
		if rng.IntN(2) == 0 {
			a = a.T().Copy().T()
		}
		if len(shape) > 0 && rng.IntN(3) == 0 {
			wide := Zeros[T](append(shape[:len(shape)-1:len(shape)-1], 2*shape[len(shape)-1])...)
			index := []Index{Rest, All.By([]int{2, -2}[rng.IntN(2)])}
			v := wide.View(index...)
			CopyTo(v, a)
			a = v
		}
		return a
	}
	return dst, one(), one(), one()
}

// writes reports whether every element of a has a place of its own.
func writes[T Element](a *Array[T]) bool {
	for k, s := range a.Strides() {
		if s == 0 && a.Dim(k) > 1 {
			return false
		}
	}
	return true
}

func checkElements[D, A, B Element](t *testing.T, name string, dst *Array[D], a *Array[A], b *Array[B], want func(x A, y B) D) {
	t.Helper()
	a, b = a.Broadcast(dst.Shape()...), b.Broadcast(dst.Shape()...)
	for at, v := range dst.All() {
		if w := want(a.At(at...), b.At(at...)); !equalBits(v, w) {
			t.Fatalf("%s of strides %v and %v into %v, shape %v: %v at %v, want %v", name, a.Strides(), b.Strides(), dst.Strides(), dst.Shape(), v, at, w)
		}
	}
}

func fuzzElements[T Number](t *testing.T, rng *rand.Rand, draw func() T) {
	dst, a, b, _ := operands[T](rng, draw)
	for name, f := range map[string]struct {
		to   func(dst, a, b *Array[T])
		want func(x, y T) T
	}{
		"AddTo": {AddTo[T], func(x, y T) T { return x + y }},
		"SubTo": {SubTo[T], func(x, y T) T { return x - y }},
		"MulTo": {MulTo[T], func(x, y T) T { return x * y }},
		"MaximumTo": {MaximumTo[T], func(x, y T) T {
			if y > x || y != y {
				return y
			}
			return x
		}},
		"MinimumTo": {MinimumTo[T], func(x, y T) T {
			if y < x || y != y {
				return y
			}
			return x
		}},
		"AbsTo": {func(dst, a, _ *Array[T]) { AbsTo(dst, a) }, func(x, _ T) T { return T(math.Abs(float64(x))) }},
		"NegTo": {func(dst, a, _ *Array[T]) { NegTo(dst, a) }, func(x, _ T) T { return -x }},
		"SignTo": {func(dst, a, _ *Array[T]) { SignTo(dst, a) }, func(x, _ T) T {
			switch {
			case x > 0:
				return 1
			case x < 0:
				zero := T(0)
				return zero - 1
			case x == 0:
				return 0
			}
			return x
		}},
		"ClampTo": {func(dst, a, _ *Array[T]) { ClampTo(dst, a, 0, 2) }, func(x, _ T) T {
			switch {
			case x < 0:
				return 0
			case x > 2:
				return 2
			}
			return x
		}},
	} {
		f.to(dst, a, b)
		checkElements(t, name, dst, a, b, f.want)
	}
	less, a, b, _ := operands[bool](rng, draw)
	for name, f := range map[string]struct {
		to   func(dst *Array[bool], a, b *Array[T])
		want func(x, y T) bool
	}{
		"LessTo":         {LessTo[T], func(x, y T) bool { return x < y }},
		"LessEqualTo":    {LessEqualTo[T], func(x, y T) bool { return x <= y }},
		"GreaterTo":      {GreaterTo[T], func(x, y T) bool { return x > y }},
		"GreaterEqualTo": {GreaterEqualTo[T], func(x, y T) bool { return x >= y }},
		"EqualTo":        {EqualTo[T], func(x, y T) bool { return x == y }},
		"NotEqualTo":     {NotEqualTo[T], func(x, y T) bool { return x != y }},
	} {
		f.to(less, a, b)
		checkElements(t, name, less, a, b, f.want)
	}
	SelectTo(dst, Less(dst, Scalar[T](1)).Copy(), dst, Scalar[T](1))
	checkElements(t, "SelectTo", dst, dst, dst, func(x, _ T) T { return min(x, 1) })
}

func fuzzTests[T Float](t *testing.T, rng *rand.Rand) {
	dst, a, b, _ := operands[bool](rng, draws[T](rng))
	for name, f := range map[string]struct {
		to   func(dst *Array[bool], a *Array[T])
		want func(x float64) bool
	}{
		"IsNaNTo":    {IsNaNTo[T], math.IsNaN},
		"IsInfTo":    {IsInfTo[T], func(x float64) bool { return math.IsInf(x, 0) }},
		"IsFiniteTo": {IsFiniteTo[T], func(x float64) bool { return x-x == 0 }},
	} {
		f.to(dst, a)
		checkElements(t, name, dst, a, b, func(x, _ T) bool { return f.want(float64(x)) })
	}
}

func fuzzLogic(t *testing.T, rng *rand.Rand) {
	dst, a, b, _ := operands[bool](rng, func() bool { return rng.IntN(2) == 0 })
	for name, f := range map[string]struct {
		to   func(dst, a, b *Array[bool])
		want func(x, y bool) bool
	}{
		"AndTo": {AndTo, func(x, y bool) bool { return x && y }},
		"OrTo":  {OrTo, func(x, y bool) bool { return x || y }},
		"XorTo": {XorTo, func(x, y bool) bool { return x != y }},
		"NotTo": {func(dst, a, _ *Array[bool]) { NotTo(dst, a) }, func(x, _ bool) bool { return !x }},
	} {
		f.to(dst, a, b)
		checkElements(t, name, dst, a, b, f.want)
	}
}

// Vectors of many chunks, with gaps and side by side, have the bits of their
// copies.
func TestLongVectors(t *testing.T) {
	t.Run("f32", testLongVectors[float32])
	t.Run("f64", testLongVectors[float64])
}

func testLongVectors[T Float](t *testing.T) {
	near := func(shape ...int) *Array[T] { // products neither overflow nor vanish
		return Add(Div(random[T](shape...), Scalar[T](1000)), Scalar[T](1))
	}
	for name, a := range map[string]*Array[T]{
		"transposed":        near(70, 2001).T(),
		"wide transposed":   near(2, 70001).T(),
		"transposed wide":   near(70001, 2).T(),
		"backwards":         near(140001).View(All.By(-1)),
		"every second":      near(200002).View(All.By(2)),
		"columns with gaps": near(301, 1000).View(All, All.By(3)),
		"three axes":        near(41, 53, 67).Transpose(1, 2, 0),
		"tall":              near(70000, 3),
		"tall and wide":     near(70000, 64),
	} {
		whole := a.Copy()
		for _, axes := range [][]Option{nil, {Axis(0)}, {Axis(-1)}, {Axis(0, -1), KeepDims()}} {
			if a.Dims() == 1 && len(axes) > 0 {
				continue
			}
			for f, reduce := range map[string]func(a *Array[T], o ...Option) *Array[T]{
				"Sum": Sum[T], "Prod": Prod[T], "Mean": Mean[T], "Var": Var[T], "Max": Max[T], "Min": Min[T],
			} {
				got, want := reduce(a, axes...), reduce(whole, axes...)
				if !same(got, want) {
					t.Errorf("%s of %s by %d options differs from that of its copy", f, name, len(axes))
				}
			}
		}
		// And they are those of the vectors, one by one.
		if a.Dims() == 2 {
			sums, prods := Sum(a, Axis(0)), Prod(a, Axis(0))
			for j := 0; j < a.Dim(1); j += 1 + a.Dim(1)/3 {
				x := FromSlice(a.View(All, At(j)).Values())
				if sums.At(j) != Sum(x).Item() || prods.At(j) != Prod(x).Item() {
					t.Errorf("%s: column %d: %v and %v, want %v and %v", name, j, sums.At(j), prods.At(j), Sum(x), Prod(x))
				}
			}
		}
	}
}
