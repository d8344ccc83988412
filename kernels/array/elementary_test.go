package array

import (
	"math"
	"testing"

	"github.com/weftgo/weft/kernels/vmath"
)

// Every function is that of package vmath on each element, whatever the layout.
func TestElementary(t *testing.T) {
	t.Run("float32", testElementary[float32])
	t.Run("float64", testElementary[float64])
}

func testElementary[T Float](t *testing.T) {
	a := FromFunc(func(at []int) T { return T(at[0]-3)*0.37 + T(at[1])*0.11 - 0.2 }, 7, 5)
	b := FromFunc(func(at []int) T { return T(at[0]) - 2.5 }, 5)
	for name, f := range map[string]struct {
		of   func(a *Array[T]) *Array[T]
		to   func(dst, a *Array[T])
		each func(dst, x []T)
	}{
		"Exp":      {Exp[T], ExpTo[T], vmath.Exp[T]},
		"Exp2":     {Exp2[T], Exp2To[T], vmath.Exp2[T]},
		"Expm1":    {Expm1[T], Expm1To[T], vmath.Expm1[T]},
		"Log":      {Log[T], LogTo[T], vmath.Log[T]},
		"Log2":     {Log2[T], Log2To[T], vmath.Log2[T]},
		"Log10":    {Log10[T], Log10To[T], vmath.Log10[T]},
		"Log1p":    {Log1p[T], Log1pTo[T], vmath.Log1p[T]},
		"Sin":      {Sin[T], SinTo[T], vmath.Sin[T]},
		"Cos":      {Cos[T], CosTo[T], vmath.Cos[T]},
		"Tan":      {Tan[T], TanTo[T], vmath.Tan[T]},
		"Asin":     {Asin[T], AsinTo[T], vmath.Asin[T]},
		"Acos":     {Acos[T], AcosTo[T], vmath.Acos[T]},
		"Atan":     {Atan[T], AtanTo[T], vmath.Atan[T]},
		"Sinh":     {Sinh[T], SinhTo[T], vmath.Sinh[T]},
		"Cosh":     {Cosh[T], CoshTo[T], vmath.Cosh[T]},
		"Tanh":     {Tanh[T], TanhTo[T], vmath.Tanh[T]},
		"Sigmoid":  {Sigmoid[T], SigmoidTo[T], vmath.Sigmoid[T]},
		"Softplus": {Softplus[T], SoftplusTo[T], vmath.Softplus[T]},
		"Gelu":     {Gelu[T], GeluTo[T], vmath.Gelu[T]},
		"Cbrt":     {Cbrt[T], CbrtTo[T], vmath.Cbrt[T]},
		"Erf":      {Erf[T], ErfTo[T], vmath.Erf[T]},
	} {
		v := a.T().View(All.By(-1), From(1))
		x := v.Values()
		f.each(x, x)
		sameElements(t, name, f.of(v), x)
		d := Zeros[T](v.Shape()...).T().Copy().T() // column by column
		f.to(d, v)
		sameElements(t, name+"To", d, x)
	}
	for name, f := range map[string]struct {
		of   func(a, b *Array[T]) *Array[T]
		to   func(dst, a, b *Array[T])
		each func(dst, x, y []T)
	}{
		"Pow": {Pow[T], PowTo[T], vmath.Pow[T]}, "Atan2": {Atan2[T], Atan2To[T], vmath.Atan2[T]},
		"Copysign": {Copysign[T], CopysignTo[T], vmath.Copysign[T]},
	} {
		x, y := a.Values(), b.Broadcast(7, 5).Values()
		want := make([]T, len(x))
		f.each(want, x, y)
		sameElements(t, name, f.of(a, b), want)
		d := a.Copy()
		f.to(d, d, b)
		sameElements(t, name+"To", d, want)
	}
}

// sameElements reports elements that are not bit for bit want's.
func sameElements[T Float](t *testing.T, name string, a *Array[T], want []T) {
	t.Helper()
	for i, v := range a.Values() {
		if math.Float64bits(float64(v)) != math.Float64bits(float64(want[i])) {
			t.Errorf("%s: element %d is %v, want %v", name, i, v, want[i])
			return
		}
	}
}

func TestLogSumExp(t *testing.T) {
	inf := math.Inf(1)
	a := FromSlice([]float64{1000, 1000, -inf, -inf, inf, 1, 0, math.Log(3)}, 4, 2)
	got := LogSumExp(a, Axis(1)).Values()
	for i, want := range []float64{1000 + math.Ln2, -inf, inf, math.Log(4)} {
		if got[i] != want && math.Abs(got[i]-want) > 1e-15*math.Abs(want) {
			t.Errorf("row %d: %v, want %v", i, got[i], want)
		}
	}
	if v := LogSumExp(FromSlice([]float64{1, math.NaN()}, 2)).Item(); v == v {
		t.Errorf("%v of a NaN", v)
	}
	if v := LogSumExp(FromSlice([]float64{0, math.NaN()}, 2), SkipNaN()).Item(); v != 0 {
		t.Errorf("%v without the NaN, want 0", v)
	}
	if s := LogSumExp(a, Axis(0), KeepDims()).Shape(); len(s) != 2 || s[0] != 1 || s[1] != 2 {
		t.Errorf("shape %v, want [1 2]", s)
	}
}

func TestSoftmax(t *testing.T) {
	a := FromSlice([]float32{1000, 1000, 0, 0, -5, 700}, 3, 2)
	got := Softmax(a, -1).Values()
	want := []float32{0.5, 0.5, 0.5, 0.5, 0, 1}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, want %v", got, want)
			break
		}
	}
	for i, v := range Softmax(a).Values() {
		if want := Softmax(a.Ravel(), 0).At(i); v != want {
			t.Errorf("over everything, element %d is %v, want %v", i, v, want)
		}
	}
	products := FromFunc(func(at []int) float64 { return float64(at[0]*at[1]) / 7 }, 9, 30)
	for i, v := range Sum(Softmax(products, 0), Axis(0)).Values() {
		if math.Abs(v-1) > 1e-15 {
			t.Errorf("column %d adds up to %v", i, v)
		}
	}
}
