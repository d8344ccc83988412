package main

import "math"

// Functions of float32 that need no more than float32 to stay below one unit
// in the last place: twice the lanes, and nothing to convert. The parts that
// are too large to be rounded carry what they lose. docs/elementary.md has the
// errors, over all float32 values.

// As rounder and expBias in float64.
const singleRounder = 3 << 22

func (p *program) singleBias() float64 {
	if p.usual {
		return 0
	}
	return 254
}

// multiple returns the integer n nearest to x*c, also with the bias in the last
// bits of t.
func (p *program) multiple(x *node, c float64) (n, t *node) {
	shift := p.num(singleRounder + p.singleBias())
	t = p.fma(x, p.num(c), shift)
	return p.sub(t, shift), t
}

// ln2 for float32: a multiple of the first by up to 2^8 that is taken from a
// number near to it leaves an exact rest.
var ln2Single = bitsOf(ln2Digits, 24)

// expSingleRest returns r = x - n*log(2).
func (p *program) expSingleRest(x, n *node) *node {
	r := p.fnma(n, p.num(ln2Single), x)
	return p.fnma(n, p.num(twoPart(ln2Digits, ln2Single)), r)
}

// horner1 is Horner's rule, one coefficient after the other: what is rounded
// last is the smallest.
func (p *program) horner1(x *node, c []float64) *node {
	r := p.num(c[len(c)-1])
	for i := len(c) - 2; i >= 0; i-- {
		r = p.fma(r, x, p.num(c[i]))
	}
	return r
}

// scaleSingle returns v*2^n for the n in the last bits of t.
func (p *program) scaleSingle(v, n, t *node) *node {
	if p.usual { // v and the result are normal numbers
		return p.iadd(v, p.shl(t, 23))
	}
	if p.scales {
		return p.add(opScale, float, 0, v, n)
	}
	half := p.shr(t, 1)
	return p.mul(p.mul(v, p.shl(half, 23)), p.shl(p.isub(t, half), 23))
}

func (p *program) expSingle() *node {
	x := p.limited(p.x(), 87, -104, 89)
	n, t := p.multiple(x, math.Log2E)
	r := p.expSingleRest(x, n)
	one := p.num(1)
	v := p.fma(p.fma(p.horner1(r, expSinglePoly), r, one), r, one)
	return p.orNaN(p.x(), p.scaleSingle(v, n, t))
}

func (p *program) exp2Single() *node {
	x := p.limited(p.x(), 125, -151, 129)
	n, t := p.multiple(x, 1)
	f := p.sub(x, n)
	v := p.fma(p.horner1(f, exp2SinglePoly), f, p.num(1))
	return p.orNaN(p.x(), p.scaleSingle(v, n, t))
}

// splitSingle returns k and f with x = 2^k * (1+f), -1/3 <= f < 1/3, for x > 0.
func (p *program) splitSingle(x *node) (k, f *node) {
	const one, mantissa = 127 << 23, 1<<23 - 1
	least := uint64(math.Float32bits(2. / 3))
	p.except(p.outside(x, math.Inf(1)))
	bias := p.num(1<<23 + 127)
	if !p.usual {
		subnormal := p.less(x, p.num(0x1p-126))
		x = p.pick(subnormal, p.mul(x, p.num(0x1p23)), x)
		bias = p.pick(subnormal, p.num(1<<23+127+23), bias)
	}
	h := p.iadd(x, p.bits(one-least))
	k = p.sub(p.or(p.shr(h, 23), p.num(1<<23)), bias)
	m := p.iadd(p.and(h, p.bits(mantissa)), p.bits(least))
	return k, p.sub(m, p.num(1))
}

// log1Single returns log(1+f)-f+low.
func (p *program) log1Single(f, low *node) *node {
	c := log1SinglePoly
	return p.fma(p.mul(f, f), p.fma(p.horner(f, c[1:]), f, p.num(c[0])), low)
}

// plusSingle returns k*log(2)/log(b) + hi + lo in two parts, given
// log(2)/log(b). lo may be nil.
func (p *program) plusSingle(k *node, digits string, hi, lo *node) (h, l *node) {
	c := bitsOf(digits, 16) // a multiple of it by up to 2^8 is exact
	return p.plus(k, c, twoPart(digits, c), hi, lo)
}

func (p *program) logSingle() *node {
	k, f := p.splitSingle(p.x())
	h, low := p.plusSingle(k, ln2Digits, f, nil)
	return p.logLimits(p.x(), p.num(0), p.sum(h, p.log1Single(f, low)))
}

// timesSingle returns (f+low)*c in two parts.
func (p *program) timesSingle(f, low *node, digits string) (h, l *node) {
	c := float64(float32(bitsOf(digits, 53)))
	f, low = p.fastTwoSum(f, low)
	h, minusLow := p.twoProduct(f, p.num(c))
	return h, p.fma(low, p.num(c), p.sub(p.mul(f, p.num(twoPart(digits, c))), minusLow))
}

func (p *program) log2Single() *node {
	k, f := p.splitSingle(p.x())
	h, l := p.timesSingle(f, p.log1Single(f, p.num(0)), log2eDigits)
	s, e := p.fastTwoSum(k, h)
	return p.logLimits(p.x(), p.num(0), p.sum(s, p.sum(e, l)))
}

func (p *program) log10Single() *node {
	k, f := p.splitSingle(p.x())
	h, l := p.timesSingle(f, p.log1Single(f, p.num(0)), log10eDigits)
	h, l = p.plusSingle(k, log102Digits, h, l)
	return p.logLimits(p.x(), p.num(0), p.sum(h, l))
}

// tanh(x) = x + x^3*P(x^2) up to 1, and 1 - 2/(exp(2x)+1) beyond.
func (p *program) tanhSingle() *node {
	x := p.x()
	p.except(p.exceeds(x, math.Inf(1)))
	a := p.min(p.abs(x), p.num(10))
	z := p.mul(a, a)
	small := p.fma(p.mul(a, z), p.horner1(z, tanhSinglePoly), a)
	b := p.sum(a, a)
	n, t := p.multiple(b, math.Log2E)
	r := p.expSingleRest(b, n)
	e := p.fma(p.mul(r, r), p.horner1(r, expSinglePoly), r)
	// 2^n is so small that one factor has it.
	power := p.shl(p.iadd(t, p.bits(uint64(uint32(127-int32(p.singleBias()))))), 23)
	d := p.fma(e, power, p.sum(power, p.num(1)))
	large := p.sub(p.num(1), p.div(p.num(2), d))
	v := p.pick(p.less(a, p.num(1)), small, large)
	return p.orNaN(x, p.or(v, p.sign(x)))
}
