//go:build !amd64 || noasm

package cpu

import "errors"

// isaTiers returns the levels with assembly, none of which this build has.
func isaTiers() []tier {
	err := errors.New("built without assembly for this processor (not amd64, or with -tags noasm)")
	return []tier{
		{name: "avx512", features: "AVX-512 F BW CD DQ VL", err: err},
		{name: "avx2", features: "AVX2 FMA", err: err},
	}
}
