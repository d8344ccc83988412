package fallback

import (
	"math"
	"math/bits"
)

// Arguments of the trigonometric functions beyond 2^20 are reduced with as
// many bits of 2/pi as matter: M. Payne, R. Hanek, Radian reduction for
// trigonometric functions, SIGNUM Newsletter 18(1), 1983. Vector code leaves
// such arguments to the functions here.

// twoOverPi is 2/pi after 64 zeros: bit i of its fraction, counted from 1, is
// bit 63+i from the left.
var twoOverPi = [...]uint64{
	0x0000000000000000, 0xa2f9836e4e441529, 0xfc2757d1f534ddc0,
	0xdb6295993c439041, 0xfe5163abdebbc561, 0xb7246e3a424dd2e0,
	0x06492eea09d1921c, 0xfe1deb1cb129a73e, 0xe88235f52ebb4484,
	0xe99c7026b45f7e41, 0x3991d639835339f4, 0x9c845f8bbdf9283b,
	0x1ff897ffde05980f, 0xef2f118b5a0a6d1f, 0x6d367ecf27cb09b7,
	0x4f463f669e5fea2d, 0x7527bac7ebe5f17b, 0x3d0739f78a5292ea,
	0x6bfb5fb11f8d5d08, 0x56033046fc7b6bab, 0xf0cfbc209af4361d,
}

// hugeQuadrant returns n in the last bits of t and r+rl = |x| - n*pi/2 for a
// finite x of at least 1 in magnitude, with |r| <= pi/4.
func hugeQuadrant(x float64) (t, r, rl float64) {
	b := math.Float64bits(x)
	e := int(b>>52&0x7ff) - 1075
	m := b&(1<<52-1) | 1<<52
	// |x| = m*2^e. Bits of 2/pi up to e-2 make multiples of 4 with it: start
	// behind them, with weight 2.
	from := 63 + e - 1
	w, s := from/64, uint(from%64)
	word := func(i int) uint64 {
		return twoOverPi[w+i]<<s | uint64(twoOverPi[w+i+1]>>1)>>(63-s)
	}
	// A quarter of |x|*2/pi, less its integer part, as a fraction of 192 bits.
	h0, p0 := bits.Mul64(m, word(2))
	h1, p1 := bits.Mul64(m, word(1))
	p1, carry := bits.Add64(p1, h0, 0)
	p2 := m*word(0) + h1 + carry
	// Two bits are n, the rest is the part of a quadrant beyond it.
	n := p2 >> 62
	p2, p1, p0 = p2<<2|p1>>62, p1<<2|p0>>62, p0<<2
	negative := p2>>63 != 0
	if negative { // nearer to the next quadrant
		n++
		var borrow uint64
		p0, borrow = bits.Sub64(0, p0, 0)
		p1, borrow = bits.Sub64(0, p1, borrow)
		p2, _ = bits.Sub64(0, p2, borrow)
	}
	shift := 0
	for p2>>63 == 0 {
		lz := max(1, min(63, bits.LeadingZeros64(p2)))
		p2, p1, p0 = p2<<lz|p1>>(64-lz), p1<<lz|p0>>(64-lz), p0<<lz
		shift += lz
	}
	// The first 53 bits and the next.
	hi := math.Ldexp(float64(p2>>11), -53-shift)
	lo := math.Ldexp(float64((p2<<53|p1>>11)>>11), -106-shift)
	const halfPi, halfPiLow = math.Pi / 2, 6.123233995736766035868820147291983e-17
	r = float64(hi * halfPi)
	rl = math.FMA(hi, halfPi, -r) + math.FMA(hi, halfPiLow, float64(lo*halfPi))
	if negative {
		r, rl = -r, -rl
	}
	return math.Float64frombits(n), r, rl
}

// nextQuadrant adds one to the integer in the last bits of t.
func nextQuadrant(t float64) float64 { return math.Float64frombits(math.Float64bits(t) + 1) }

func hugeSinF64(x float64) float64 {
	if math.IsInf(x, 0) {
		return nan
	}
	t, r, rl := hugeQuadrant(x)
	return sinReducedF64(t, r, rl, x)
}

func hugeCosF64(x float64) float64 {
	if math.IsInf(x, 0) {
		return nan
	}
	t, r, rl := hugeQuadrant(x)
	return sinReducedF64(nextQuadrant(t), r, rl, 0)
}

func hugeTanF64(x float64) float64 {
	if math.IsInf(x, 0) {
		return nan
	}
	t, r, rl := hugeQuadrant(x)
	return tanReducedF64(t, r, rl, x)
}

func hugeSinF32(x float64) float64 {
	if math.IsInf(x, 0) {
		return nan
	}
	t, r, rl := hugeQuadrant(x)
	return sinReducedF32(t, r, rl, x)
}

func hugeCosF32(x float64) float64 {
	if math.IsInf(x, 0) {
		return nan
	}
	t, r, rl := hugeQuadrant(x)
	return sinReducedF32(nextQuadrant(t), r, rl, 0)
}

func hugeTanF32(x float64) float64 {
	if math.IsInf(x, 0) {
		return nan
	}
	t, r, rl := hugeQuadrant(x)
	return tanReducedF32(t, r, rl, x)
}
