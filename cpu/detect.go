package cpu

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/klauspost/cpuid/v2"
	syscpu "golang.org/x/sys/cpu"
)

// Info is what weft knows about the processor.
type Info struct {
	Arch          string   `json:"arch"`
	Name          string   `json:"name"`
	Level         int      `json:"level"` // x86-64 microarchitecture level 1 to 4; 0 elsewhere
	FMA           bool     `json:"fma"`   // float64 fused multiply-add in hardware
	PhysicalCores int      `json:"physical_cores"`
	LogicalCores  int      `json:"logical_cores"`
	Usable        int      `json:"usable"`     // GOMAXPROCS: what this process may use
	CacheLine     int      `json:"cache_line"` // bytes, here and below; 0 if unknown
	L1D           int      `json:"l1d"`
	L2            int      `json:"l2"`
	L3            int      `json:"l3"`
	Features      []string `json:"features"`
}

// Detect reads the processor's own description. Features whose register state
// the operating system does not save count as absent.
func Detect() Info {
	c := &cpuid.CPU
	return Info{
		Arch:          runtime.GOARCH,
		Name:          c.BrandName,
		Level:         c.X64Level(),
		FMA:           hasFMA(),
		PhysicalCores: c.PhysicalCores,
		LogicalCores:  c.LogicalCores,
		Usable:        runtime.GOMAXPROCS(0),
		CacheLine:     c.CacheLine,
		L1D:           max(c.Cache.L1D, 0),
		L2:            max(c.Cache.L2, 0),
		L3:            max(c.Cache.L3, 0),
		Features:      c.FeatureSet(),
	}
}

// hasFMA reports whether math.FMA is an instruction. It asks x/sys/cpu, since
// cpuid knows nothing of the processor when built without assembly.
func hasFMA() bool {
	switch runtime.GOARCH {
	case "386", "amd64":
		return runtime.GOARCH == "amd64" && syscpu.X86.HasFMA
	case "arm64", "ppc64", "ppc64le", "riscv64", "s390x", "loong64":
		return true
	}
	return false
}

// Tiers are cumulative: a tier needs everything of the level below it, so that
// a kernel may use any instruction of its level without asking.
var (
	v3 = []cpuid.FeatureID{
		cpuid.SSE3, cpuid.SSSE3, cpuid.SSE4, cpuid.SSE42, cpuid.POPCNT, cpuid.CX16, cpuid.LAHF,
		cpuid.OSXSAVE, cpuid.AVX, cpuid.AVX2, cpuid.FMA3, cpuid.F16C,
		cpuid.BMI1, cpuid.BMI2, cpuid.LZCNT, cpuid.MOVBE,
	}
	v4 = append(v3[:len(v3):len(v3)],
		cpuid.AVX512F, cpuid.AVX512BW, cpuid.AVX512CD, cpuid.AVX512DQ, cpuid.AVX512VL)
)

// missing names the features of want that has denies, or returns nil.
func missing(tier string, want []cpuid.FeatureID, has func(cpuid.FeatureID) bool) error {
	var names []string
	for _, f := range want {
		if !has(f) {
			names = append(names, f.String())
		}
	}
	if names == nil {
		return nil
	}
	return fmt.Errorf("%s: this processor, or the operating system's support for it, lacks %s",
		tier, strings.Join(names, ", "))
}

func has(f cpuid.FeatureID) bool { return cpuid.CPU.Has(f) }
