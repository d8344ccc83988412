package kernels_test

import (
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
