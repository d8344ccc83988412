//go:build !static

package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/weftgo/weft/cuda/sim"
)

// With a driver, be it the simulated one, info shows the device and parity
// proves it.
func TestCUDA(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the simulated driver")
	}
	library := sim.Library(t, filepath.Join("..", "..", "cuda", "src", "weft.cu"))
	out, err := sim.Rerun(t, "TestCUDAChild", "WEFT_CUDA_LIBRARY="+library)
	if err != nil || !strings.Contains(out, "--- PASS: TestCUDAChild") {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestCUDAChild(t *testing.T) {
	if !sim.Rerunning() {
		t.Skip("started by TestCUDA")
	}
	code, out, _ := weft(t, "info")
	for _, want := range []string{"cuda", "Simulated device", "GiB", "compute capability 8.0", "CUDA 12.4"} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("exit code %d, no %q in\n%s", code, want, out)
		}
	}
	code, out, stderr := weft(t, "parity", "-short", "-type", "f32", "-backend", "cuda")
	if code != exitOK || !strings.Contains(out, "cuda f32") {
		t.Errorf("exit code %d\n%s%s", code, out, stderr)
	}
}
