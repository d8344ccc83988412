package kernels_test

import (
	"math"
	"testing"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// Elementwise functions allocate nothing, and their operands stay on the stack.
func TestElementwiseAllocations(t *testing.T) {
	if !kernels.KnowsStack || kernels.RaceEnabled {
		t.Skip("operands go to the heap here")
	}
	e := open[float64](t, kernels.Backends()[len(kernels.Backends())-1].Name)
	if n := testing.AllocsPerRun(50, func() {
		var x, y, z [64]float64
		e.Unary(op.Exp, y[:], x[:])
		e.Binary(op.Pow, y[:], x[:], y[:])
		e.MulAdd(y[:], x[:], y[:], z[:])
	}); n != 0 {
		t.Errorf("%v allocations on the stack", n)
	}
	x, y := make([]float64, 100000), make([]float64, 100000)
	if n := testing.AllocsPerRun(20, func() { e.Unary(op.Tanh, y, x) }); n > 0.5 {
		t.Errorf("%v allocations of a long vector", n)
	}
}

// Every backend compares as Go does, at every length and alignment, and writes
// nothing beyond.
func TestCompare(t *testing.T) {
	for _, b := range kernels.Backends() {
		if b.Err == nil {
			t.Run(b.Name+"/f32", func(t *testing.T) { testCompare(t, open[float32](t, b.Name)) })
			t.Run(b.Name+"/f64", func(t *testing.T) { testCompare(t, open[float64](t, b.Name)) })
		}
	}
}

func testCompare[T kernels.Float](t *testing.T, e *kernels.Engine[T]) {
	inf, nan, z := T(math.Inf(1)), T(math.NaN()), T(math.Copysign(0, -1))
	values := []T{0, z, 1, -1, inf, -inf, nan, 2.5}
	const most = 20000
	x, y := make([]T, most+8), make([]T, most+8)
	for i := range x {
		x[i], y[i] = values[i%8], values[(i/8+i/64)%8]
	}
	want := [op.NumComparison]func(x, y T) bool{
		op.Equal: func(x, y T) bool { return x == y }, op.NotEqual: func(x, y T) bool { return x != y },
		op.Less: func(x, y T) bool { return x < y }, op.LessEqual: func(x, y T) bool { return x <= y },
	}
	for c := range op.NumComparison {
		for _, n := range []int{0, 1, 7, 8, 9, 31, 64, 65, 2048, 2055, most} {
			for at := range 4 {
				dst := make([]bool, n+2)
				dst[n+1] = true
				e.Compare(c, dst[1:n+1], x[at:at+n], y[at:at+n])
				for i, got := range dst[1 : n+1] {
					if v, w := x[at+i], y[at+i]; got != want[c](v, w) {
						t.Fatalf("%s: %v and %v at %d of %d: %v", c, v, w, i, n, got)
					}
				}
				if dst[0] || !dst[n+1] {
					t.Fatalf("%s of %d elements writes beyond them", c, n)
				}
			}
		}
	}
}
