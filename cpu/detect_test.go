package cpu

import (
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/cpuid/v2"
)

// A tier needs each feature of its level: taking any one away takes the tier
// away, and names what is missing.
func TestTiersAreCumulative(t *testing.T) {
	for _, gone := range v4 {
		has := func(f cpuid.FeatureID) bool { return f != gone }
		if err := missing("avx512", v4, has); err == nil || !strings.Contains(err.Error(), gone.String()) {
			t.Errorf("without %v: avx512 says %v", gone, err)
		}
		err := missing("avx2", v3, has)
		if needed := slices.Contains(v3, gone); needed != (err != nil) {
			t.Errorf("without %v: avx2 says %v", gone, err)
		}
	}
	if err := missing("avx512", v4, func(cpuid.FeatureID) bool { return true }); err != nil {
		t.Errorf("with everything: %v", err)
	}
}

// The tiers agree with the level that the cpuid module computes.
func TestTiersAgreeWithLevel(t *testing.T) {
	level := Detect().Level
	for name, tier := range map[string]struct {
		want []cpuid.FeatureID
		at   int
	}{"avx512": {v4, 4}, "avx2": {v3, 3}} {
		if usable := missing(name, tier.want, has) == nil; usable != (level >= tier.at) {
			t.Errorf("%s usable: %v, but the level is %d", name, usable, level)
		}
	}
}

func TestBackendsAreBestFirst(t *testing.T) {
	var names []string
	for _, b := range Backends() {
		names = append(names, b.Name)
		if b.Err == nil && (b.F32.Gemm == nil || b.F64.Gemm == nil || len(b.Edges) == 0) {
			t.Errorf("%s is usable but incomplete", b.Name)
		}
	}
	if !slices.Equal(names, []string{"avx512", "avx2", "fallback"}) {
		t.Errorf("backends are %v", names)
	}
}
