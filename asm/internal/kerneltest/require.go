package kerneltest

import "testing"

// Level is a set of processor features.
type Level int

// The levels of the packages.
const (
	AVX2   Level = iota // x86-64-v3
	AVX512              // x86-64-v4
)

// Require skips the test where the processor or the operating system lacks a
// feature of the level, as the two functions of package base tell.
func Require(t *testing.T, level Level, cpuid func(leaf, sub uint32) (a, b, c, d uint32), xgetbv func() (lo, hi uint32)) {
	t.Helper()
	const (
		fma, osxsave, avx              = 1 << 12, 1 << 27, 1 << 28 // leaf 1, ECX
		bmi1, avx2, bmi2               = 1 << 3, 1 << 5, 1 << 8    // leaf 7, EBX
		avx512f, dq, cd, bw, vl        = 1 << 16, 1 << 17, 1 << 28, 1 << 30, 1 << 31
		stateAVX, stateAVX512          = 0x06, 0xe6 // XCR0
		leaf1                   uint32 = fma | osxsave | avx
	)
	leaf7, state, name := uint32(bmi1|avx2|bmi2), uint32(stateAVX), "x86-64-v3 (AVX2, FMA, BMI)"
	if level == AVX512 {
		leaf7 |= avx512f | dq | cd | bw | vl
		state, name = stateAVX512, "x86-64-v4 (AVX-512 F, DQ, CD, BW, VL)"
	}
	has := func() bool {
		if top, _, _, _ := cpuid(0, 0); top < 7 {
			return false
		}
		if _, _, c, _ := cpuid(1, 0); c&leaf1 != leaf1 {
			return false
		}
		if _, b, _, _ := cpuid(7, 0); b&leaf7 != leaf7 {
			return false
		}
		lo, _ := xgetbv()
		return lo&state == state
	}
	if !has() {
		t.Skip("this machine lacks a feature of " + name)
	}
}
