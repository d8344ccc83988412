package vmath

import (
	"errors"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// all has every function of one type by its name.
func all[T kernels.Float]() (one map[string]func(dst, x []T), two map[string]func(dst, x, y []T)) {
	one = map[string]func(dst, x []T){
		"Exp": Exp[T], "Exp2": Exp2[T], "Expm1": Expm1[T], "Log": Log[T], "Log2": Log2[T], "Log10": Log10[T], "Log1p": Log1p[T],
		"Sin": Sin[T], "Cos": Cos[T], "Tan": Tan[T], "Asin": Asin[T], "Acos": Acos[T], "Atan": Atan[T],
		"Sinh": Sinh[T], "Cosh": Cosh[T], "Tanh": Tanh[T], "Sigmoid": Sigmoid[T], "Softplus": Softplus[T],
		"Cbrt": Cbrt[T], "Erf": Erf[T], "Gelu": Gelu[T],
		"Sqrt": Sqrt[T], "Abs": Abs[T], "Neg": Neg[T], "Floor": Floor[T], "Ceil": Ceil[T], "Trunc": Trunc[T], "Round": Round[T],
	}
	two = map[string]func(dst, x, y []T){
		"Pow": Pow[T], "Atan2": Atan2[T], "Minimum": Minimum[T], "Maximum": Maximum[T], "Copysign": Copysign[T], "Smaller": Smaller[T], "Larger": Larger[T],
	}
	return one, two
}

// Each function is there, and computes what the engine does under its name.
func TestNames(t *testing.T) {
	one, two := all[float64]()
	e := engine[float64]()
	x, y := []float64{0.3, -0.6, 0.9, 2.5}, []float64{-0.7, 0.2, 1.5, -3}
	got, want := make([]float64, 4), make([]float64, 4)
	same := func(name string) {
		for i, v := range got {
			if math.Float64bits(v) != math.Float64bits(want[i]) {
				t.Errorf("%s: got %v, want %v", name, got, want)
				return
			}
		}
	}
	for f := range op.NumUnary {
		one[f.String()](got, x)
		e.Unary(f, want, x)
		same(f.String())
	}
	for f := range op.NumBinary {
		two[f.String()](got, x, y)
		e.Binary(f, want, x, y)
		same(f.String())
	}
	MulAdd(got, x, y, x)
	for i := range want {
		want[i] = math.FMA(x[i], y[i], x[i])
	}
	same("MulAdd")
}

// limits are the errors that the functions may have, in ulp of float64.
func limit(name string) float64 {
	if name == "Erf" || name == "Gelu" {
		return 2
	}
	return 1
}

// The hardest cases that internal/ulp found, against mpmath.
func TestHardCases(t *testing.T) {
	one, two := all[float64]()
	text, err := os.ReadFile("testdata/hard.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]int{}
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		name := fields[0]
		var v []float64
		for _, s := range fields[1:] {
			x, err := strconv.ParseFloat(s, 64)
			if err != nil {
				t.Fatal(err)
			}
			v = append(v, x)
		}
		near, rest := v[len(v)-2], v[len(v)-1]
		got := make([]float64, 1)
		if f := one[name]; f != nil {
			f(got, v[:1])
		} else {
			two[name](got, v[:1], v[1:2])
		}
		ulp := math.Abs(math.Nextafter(near, math.Copysign(math.Inf(1), near)) - near)
		if u := math.Abs((got[0]-near)/ulp - rest); !(u <= limit(name)) {
			t.Errorf("%s(%v): got %x, want %x%+f ulp: %.3f ulp", name, v[:len(v)-2], got[0], near, rest, u)
		}
		cases[name]++
	}
	for f := range op.Sqrt {
		if cases[f.String()] < 20 {
			t.Errorf("%s: only %d cases", f, cases[f.String()])
		}
	}
}

// Special values by C's Annex F: function, arguments, value. Results are
// compared by their bits, so that -0 is not +0 and NaN is the one NaN.
func TestSpecialValues(t *testing.T) {
	t.Run("f32", testSpecialValues[float32])
	t.Run("f64", testSpecialValues[float64])
}

func testSpecialValues[T kernels.Float](t *testing.T) {
	inf, nan, z := math.Inf(1), math.NaN(), math.Copysign(0, -1)
	one, two := all[T]()
	for _, c := range []struct {
		name    string
		x, want float64
	}{
		{"Exp", 0, 1}, {"Exp", z, 1}, {"Exp", inf, inf}, {"Exp", -inf, 0}, {"Exp", 1e4, inf}, {"Exp", -1e4, 0},
		{"Exp2", 0, 1}, {"Exp2", 10, 1024}, {"Exp2", -3, 0.125}, {"Exp2", inf, inf}, {"Exp2", -inf, 0}, {"Exp2", 2000, inf}, {"Exp2", -2000, 0},
		{"Exp2", -149, 0x1p-149}, {"Exp2", -126, 0x1p-126}, {"Exp2", 127, 0x1p127},
		{"Expm1", 0, 0}, {"Expm1", z, z}, {"Expm1", inf, inf}, {"Expm1", -inf, -1}, {"Expm1", -100, -1}, {"Expm1", 1e4, inf},
		{"Log", 1, 0}, {"Log", 0, -inf}, {"Log", z, -inf}, {"Log", inf, inf}, {"Log", -1, nan}, {"Log", -inf, nan},
		{"Log2", 1, 0}, {"Log2", 8, 3}, {"Log2", 0x1p-149, -149}, {"Log2", 0, -inf}, {"Log2", z, -inf}, {"Log2", inf, inf}, {"Log2", -1, nan}, {"Log2", -inf, nan},
		{"Log10", 1, 0}, {"Log10", 1000, 3}, {"Log10", 0, -inf}, {"Log10", z, -inf}, {"Log10", inf, inf}, {"Log10", -1, nan}, {"Log10", -inf, nan},
		{"Log1p", 0, 0}, {"Log1p", z, z}, {"Log1p", -1, -inf}, {"Log1p", inf, inf}, {"Log1p", -2, nan}, {"Log1p", -inf, nan}, {"Log1p", 0x1p-149, 0x1p-149},
		{"Sin", 0, 0}, {"Sin", z, z}, {"Sin", inf, nan}, {"Sin", -inf, nan}, {"Sin", -0x1p-149, -0x1p-149},
		{"Cos", 0, 1}, {"Cos", z, 1}, {"Cos", inf, nan}, {"Cos", -inf, nan},
		{"Tan", 0, 0}, {"Tan", z, z}, {"Tan", inf, nan}, {"Tan", -inf, nan}, {"Tan", 0x1p-149, 0x1p-149},
		{"Asin", 0, 0}, {"Asin", z, z}, {"Asin", 1, math.Pi / 2}, {"Asin", -1, -math.Pi / 2}, {"Asin", 1.5, nan}, {"Asin", -inf, nan},
		{"Acos", 1, 0}, {"Acos", 0, math.Pi / 2}, {"Acos", z, math.Pi / 2}, {"Acos", -1, math.Pi}, {"Acos", -1.5, nan}, {"Acos", inf, nan},
		{"Atan", 0, 0}, {"Atan", z, z}, {"Atan", inf, math.Pi / 2}, {"Atan", -inf, -math.Pi / 2}, {"Atan", 1, math.Pi / 4},
		{"Sinh", 0, 0}, {"Sinh", z, z}, {"Sinh", inf, inf}, {"Sinh", -inf, -inf}, {"Sinh", 1e4, inf}, {"Sinh", -1e4, -inf},
		{"Cosh", 0, 1}, {"Cosh", z, 1}, {"Cosh", inf, inf}, {"Cosh", -inf, inf}, {"Cosh", -1e4, inf},
		{"Tanh", 0, 0}, {"Tanh", z, z}, {"Tanh", inf, 1}, {"Tanh", -inf, -1}, {"Tanh", 30, 1}, {"Tanh", -30, -1},
		{"Sigmoid", 0, 0.5}, {"Sigmoid", z, 0.5}, {"Sigmoid", inf, 1}, {"Sigmoid", -inf, 0}, {"Sigmoid", -1e4, 0}, {"Sigmoid", 50, 1},
		{"Softplus", inf, inf}, {"Softplus", -inf, 0}, {"Softplus", 1e4, 1e4}, {"Softplus", -1e4, 0}, {"Softplus", 0, math.Ln2},
		{"Cbrt", 0, 0}, {"Cbrt", z, z}, {"Cbrt", inf, inf}, {"Cbrt", -inf, -inf}, {"Cbrt", 27, 3}, {"Cbrt", -8, -2}, {"Cbrt", 0x1p-129, 0x1p-43},
		{"Erf", 0, 0}, {"Erf", z, z}, {"Erf", inf, 1}, {"Erf", -inf, -1}, {"Erf", 10, 1},
		{"Gelu", 0, 0}, {"Gelu", z, z}, {"Gelu", inf, inf}, {"Gelu", -inf, z}, {"Gelu", 100, 100}, {"Gelu", -100, z},
		{"Sqrt", 0, 0}, {"Sqrt", z, z}, {"Sqrt", inf, inf}, {"Sqrt", -1, nan}, {"Sqrt", -inf, nan}, {"Sqrt", 2, math.Sqrt2},
		{"Abs", z, 0}, {"Abs", -inf, inf}, {"Abs", -2, 2}, {"Neg", 0, z}, {"Neg", z, 0}, {"Neg", inf, -inf},
		{"Floor", z, z}, {"Floor", -0.5, -1}, {"Floor", 1.5, 1}, {"Floor", inf, inf}, {"Floor", 0x1p60, 0x1p60},
		{"Ceil", z, z}, {"Ceil", -0.5, z}, {"Ceil", 1.5, 2}, {"Ceil", -inf, -inf},
		{"Trunc", z, z}, {"Trunc", -0.5, z}, {"Trunc", -1.5, -1}, {"Trunc", inf, inf},
		{"Round", z, z}, {"Round", -0.5, z}, {"Round", 0.5, 0}, {"Round", 1.5, 2}, {"Round", 2.5, 2}, {"Round", -2.5, -2}, {"Round", inf, inf},
	} {
		checkSpecial(t, c.name, func(dst, x []T) { one[c.name](dst, x) }, T(c.want), T(c.x))
	}
	for name, f := range one {
		if name != "Abs" && name != "Neg" {
			checkSpecial(t, name, f, T(nan), T(nan))
		}
	}
	const pi = math.Pi
	for _, c := range []struct {
		name       string
		x, y, want float64
	}{
		{"Pow", nan, 0, 1}, {"Pow", nan, z, 1}, {"Pow", 1, nan, 1}, {"Pow", 1, inf, 1}, {"Pow", inf, 0, 1}, {"Pow", 0, 0, 1},
		{"Pow", nan, 1, nan}, {"Pow", 2, nan, nan}, {"Pow", -1, inf, 1}, {"Pow", -1, -inf, 1}, {"Pow", -2, 0.5, nan}, {"Pow", -2, 3, -8}, {"Pow", -2, -2, 0.25},
		{"Pow", 0, -3, inf}, {"Pow", z, -3, -inf}, {"Pow", z, -2, inf}, {"Pow", z, -0.5, inf}, {"Pow", 0, -inf, inf}, {"Pow", z, -inf, inf},
		{"Pow", 0, 3, 0}, {"Pow", z, 3, z}, {"Pow", z, 2, 0}, {"Pow", z, 0.5, 0}, {"Pow", z, inf, 0},
		{"Pow", 0.5, inf, 0}, {"Pow", -0.5, inf, 0}, {"Pow", 0.5, -inf, inf}, {"Pow", 2, inf, inf}, {"Pow", -2, inf, inf}, {"Pow", 2, -inf, 0},
		{"Pow", inf, 2, inf}, {"Pow", inf, -2, 0}, {"Pow", inf, inf, inf}, {"Pow", inf, -inf, 0},
		{"Pow", -inf, 3, -inf}, {"Pow", -inf, 2, inf}, {"Pow", -inf, 0.5, inf}, {"Pow", -inf, -3, z}, {"Pow", -inf, -2, 0}, {"Pow", -inf, -0.5, 0},
		{"Pow", 10, 5, 1e5}, {"Pow", 2, -149, 0x1p-149}, {"Pow", 2, 2000, inf}, {"Pow", -2, 2001, -inf}, {"Pow", -2, -2001, z}, {"Pow", -1, 1e30, 1},
		{"Atan2", 0, 1, 0}, {"Atan2", z, 1, z}, {"Atan2", 0, -1, pi}, {"Atan2", z, -1, -pi}, {"Atan2", 0, 0, 0}, {"Atan2", z, 0, z},
		{"Atan2", 0, z, pi}, {"Atan2", z, z, -pi}, {"Atan2", 1, 0, pi / 2}, {"Atan2", -1, z, -pi / 2}, {"Atan2", 1, inf, 0}, {"Atan2", -1, inf, z},
		{"Atan2", 1, -inf, pi}, {"Atan2", -1, -inf, -pi}, {"Atan2", inf, 1, pi / 2}, {"Atan2", -inf, 1, -pi / 2},
		{"Atan2", inf, inf, pi / 4}, {"Atan2", -inf, inf, -pi / 4}, {"Atan2", inf, -inf, 3 * pi / 4}, {"Atan2", -inf, -inf, -3 * pi / 4},
		{"Atan2", 1, 1, pi / 4}, {"Atan2", -1, -1, -3 * pi / 4}, {"Atan2", nan, 1, nan}, {"Atan2", 1, nan, nan},
		{"Minimum", 0, z, z}, {"Minimum", z, 0, z}, {"Minimum", 1, nan, nan}, {"Minimum", nan, 1, nan}, {"Minimum", -inf, 1, -inf}, {"Minimum", 1, 2, 1},
		{"Maximum", 0, z, 0}, {"Maximum", z, 0, 0}, {"Maximum", 1, nan, nan}, {"Maximum", nan, 1, nan}, {"Maximum", -inf, 1, 1}, {"Maximum", 1, 2, 2},
		{"Smaller", 0, z, 0}, {"Smaller", z, 0, z}, {"Smaller", 1, nan, nan}, {"Smaller", nan, 1, nan}, {"Smaller", -inf, 1, -inf}, {"Smaller", 2, 1, 1},
		{"Larger", 0, z, 0}, {"Larger", z, 0, z}, {"Larger", 1, nan, nan}, {"Larger", nan, 1, nan}, {"Larger", -inf, 1, 1}, {"Larger", 1, 2, 2},
		{"Copysign", 1, z, -1}, {"Copysign", -1, 0, 1}, {"Copysign", inf, -2, -inf}, {"Copysign", 0, -1, z},
	} {
		checkSpecial(t, c.name, func(dst, x []T) { two[c.name](dst, x[:1], x[1:]) }, T(c.want), T(c.x), T(c.y))
	}
}

// checkSpecial compares a result with want, by its bits.
func checkSpecial[T kernels.Float](t *testing.T, name string, f func(dst, x []T), want T, args ...T) {
	t.Helper()
	if want != want {
		want = T(math.Float64frombits(0x7ff8 << 48))
	}
	dst := make([]T, 1)
	f(dst, args)
	if math.Float64bits(float64(dst[0])) != math.Float64bits(float64(want)) {
		t.Errorf("%s(%v) is %v, want %v", name, args, dst[0], want)
	}
}

// Wrong use is named, before anything is written.
func TestMisuse(t *testing.T) {
	x, y := []float64{1, 2, 3, 4}, []float64{5, 6, 7, 8}
	for want, call := range map[string]func(){
		"kernels: Exp: x has 3 elements, want 4 (length of dst)":                                    func() { Exp(y, x[:3]) },
		"kernels: Tanh: dst has elements in common with x, want memory of its own: it is written":   func() { Tanh(x[1:], x[:3]) },
		"kernels: Pow: y has 3 elements, want 4 (length of dst)":                                    func() { Pow(y, x, x[:3]) },
		"kernels: Atan2: dst has elements in common with y, want memory of its own: it is written":  func() { Atan2(x[1:], y[:3], x[:3]) },
		"kernels: MulAdd: z has 2 elements, want 3 (length of dst)":                                 func() { MulAdd(x[:3], x[:3], x[:3], y[:2]) },
		"kernels: MulAdd: dst has elements in common with z, want memory of its own: it is written": func() { MulAdd(x[1:], y[:3], y[:3], x[:3]) },
	} {
		func() {
			defer func() {
				err, _ := recover().(error)
				var shape *kernels.ShapeError
				if !errors.As(err, &shape) || err.Error() != want {
					t.Errorf("panic %v, want %q", err, want)
				}
			}()
			call()
		}()
	}
	if x[0] != 1 || x[3] != 4 || y[0] != 5 {
		t.Error("written before the panic")
	}
	Exp[float32](nil, nil)
	Pow[float32](nil, nil, []float32{})
}
