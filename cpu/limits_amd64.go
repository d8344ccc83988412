//go:build amd64 && !noasm

package cpu

import (
	"github.com/weftgo/weft/asm/avx2"
	"github.com/weftgo/weft/asm/avx512"
)

// isaMeters returns the meters of the levels with assembly, best first.
func isaMeters() []Meter {
	var ms []Meter
	if missing("avx512", v4, has) == nil {
		const turn = 2 * avx512.PeakFMAPerIter * avx512.VectorBytes
		ms = append(ms, Meter{
			Backend: "avx512",
			FMAF32:  avx512.PeakFMAF32, FLOPF32: turn / 4,
			FMAF64: avx512.PeakFMAF64, FLOPF64: turn / 8,
			Read: avx512.ReadBytes, ReadStep: avx512.ReadBytesStep,
		})
	}
	if missing("avx2", v3, has) == nil {
		const turn = 2 * avx2.PeakFMAPerIter * avx2.VectorBytes
		ms = append(ms, Meter{
			Backend: "avx2",
			FMAF32:  avx2.PeakFMAF32, FLOPF32: turn / 4,
			FMAF64: avx2.PeakFMAF64, FLOPF64: turn / 8,
			Read: avx2.ReadBytes, ReadStep: avx2.ReadBytesStep,
		})
	}
	return ms
}
