package fallback

import (
	"math"

	"github.com/weftgo/weft/internal/op"
)

// FMA returns x*y+z rounded once.
func FMA[T op.Float](x, y, z T) T {
	if op.Size[T]() == 4 {
		return T(fma32(float64(x), float64(y), float64(z)))
	}
	return T(math.FMA(float64(x), float64(y), float64(z)))
}

// fma32 returns x*y+z rounded once to float32, for float32 values x, y, z.
//
// The product of two 24-bit significands is exact in float64. Their sum with
// z is rounded there, and rounding it again to float32 goes wrong only where
// needsOdd says so; the first rounding is then made one to odd, after which a
// second to fewer bits is as good as one (S. Boldo, G. Melquiond, Emulation
// of FMA and correctly rounded sums, IEEE Trans. Computers 57(4), 2008).
func fma32(x, y, z float64) float32 {
	p := float64(x * y)
	s := p + z
	if needsOdd(s) {
		s = roundOdd(p, z, s)
	}
	return float32(s)
}

// needsOdd reports whether s, a rounded sum, may round wrongly to float32:
// it lies exactly between two float32 values and may not be a true tie, or
// the result is subnormal in float32, where the midpoints are elsewhere.
func needsOdd(s float64) bool {
	const (
		dropped = 1<<29 - 1          // the bits that a float32 has no room for
		tie     = 1 << 28            // these bits at a midpoint
		normal  = (1023 - 126) << 52 // the smallest normal float32
	)
	b := math.Float64bits(s)
	return b&dropped == tie || b<<1 < normal<<1
}

// roundOdd returns p+z rounded to odd, given s, the sum rounded to nearest:
// if s is inexact and its last bit is even, the neighbour on the side of the
// error takes its place.
//
//go:noinline
func roundOdd(p, z, s float64) float64 {
	t := s - p
	e := (p - (s - t)) + (z - t) // the error of s, exactly (Knuth's TwoSum)
	if e == 0 || math.IsNaN(e) {
		return s
	}
	b := math.Float64bits(s)
	switch {
	case b&1 != 0:
	case (e > 0) == (s > 0):
		b++
	default:
		b--
	}
	return math.Float64frombits(b)
}
