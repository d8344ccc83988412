package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/estimate"
)

func TestEstimate(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	code, out, stderr := weft(t, "estimate", "gemm", "20", "30", "40", "-measure", "-workers", "1")
	if code != exitOK || !strings.Contains(out, "Gemm 20×30×40") || !strings.Contains(out, "operations  4.8e+04") ||
		!strings.Contains(out, "memory      2.08e+04 bytes") || !strings.Contains(out, "measured") {
		t.Errorf("exit code %d\n%s%s", code, out, stderr)
	}
	code, out, stderr = weft(t, "estimate", "-machine", "-type", "f32", "-backend", "fallback", "-workers", "1")
	var m estimate.Machine[float32]
	if err := json.Unmarshal([]byte(out), &m); err != nil || code != exitOK || m.Backend != "fallback" || m.One.Work <= 0 || len(m.Read) == 0 {
		t.Errorf("exit code %d, %v\n%s%s", code, err, out, stderr)
	}
}

// Every kind of the table can be called, and knows its work.
func TestEstimateKinds(t *testing.T) {
	e, err := kernels.Default[float64]()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range kinds(e) {
		sizes := slices.Repeat([]int{12}, k.sizes)
		if w := k.work(sizes); w.FLOPs < 0 || w.Bytes <= 0 || w.Memory <= 0 {
			t.Errorf("%s: %+v", k.name, w)
		}
		before, call := k.call(sizes)
		if before != nil {
			before()
		}
		call()
	}
}

func TestEstimateWrongUse(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"estimate solv 3", "array.Solve"},
		{"estimate gemm 3 4", "takes 3 sizes"},
		{"estimate gemm 3 4 none", "want a number"},
		{"estimate -type f16", "there are f32, f64"},
		{"estimate -workers -2", "at least 1"},
		{"estimate -x", "-measure"},
	} {
		code, _, stderr := weft(t, strings.Fields(test.args)...)
		if code != exitUsage || !strings.Contains(stderr, test.want) {
			t.Errorf("weft %s: exit code %d, no %q in\n%s", test.args, code, test.want, stderr)
		}
	}
}
