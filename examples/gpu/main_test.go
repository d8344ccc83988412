package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/weftgo/weft/kernels"
)

// Every device computes what calls on host slices do, to the bit.
func TestRun(t *testing.T) {
	const blocks, rows, cols = 5, 70, 33
	want := ""
	x, y := kernels.NewMatrix[float32](rows, cols), kernels.NewMatrix[float32](rows, cols)
	for b := range blocks {
		measure(b, x.Data)
		kernels.Gemm(kernels.NoTrans, kernels.Trans, 1, x, whitening(cols), 0, y)
		want += fmt.Sprintf("block %2d: norm %.4f, first element %.4f\n", b, kernels.Nrm2(y.Data), y.Data[0])
	}
	for _, d := range kernels.Devices() {
		if d.Err != nil {
			continue
		}
		var out strings.Builder
		if err := run(t.Context(), &out, d.Name, blocks, rows, cols); err != nil {
			t.Error(err)
		}
		if !strings.Contains(out.String(), want) || !strings.Contains(out.String(), "on "+d.Name) {
			t.Errorf("%s: want\n%sin\n%s", d.Name, want, out.String())
		}
	}
	if err := run(t.Context(), &strings.Builder{}, "none", 1, 1, 1); err == nil {
		t.Error("there is a device called none")
	}
}
