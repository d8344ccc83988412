//go:build amd64 && !noasm

package base

import "testing"

func TestCPUID(t *testing.T) {
	_, b, c, d := CPUID(0, 0)
	vendor := ""
	for _, word := range []uint32{b, d, c} {
		for range 4 {
			vendor += string(rune(word & 0xff))
			word >>= 8
		}
	}
	t.Logf("vendor %q", vendor)
	for _, r := range vendor {
		if r < ' ' || r > '~' {
			t.Fatalf("vendor %q", vendor)
		}
	}
	if _, _, c, _ := CPUID(1, 0); c&(1<<27) != 0 {
		if lo, _ := XGETBV(); lo&1 == 0 {
			t.Errorf("XCR0 = %#x: bit 0 is always set", lo)
		}
	}
}
