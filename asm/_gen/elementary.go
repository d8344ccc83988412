package main

import "math"

// The elementary functions, as programs. This is where their bits are defined:
// the same operations in the same order make the assembly and package
// fallback. Functions of float32 are computed in float64 to a little more than
// float32 has and rounded once more, but for those of single.go; those of
// float64 carry the low parts that they need to stay below one unit in the
// last place.
//
// A number in two parts, "hi, lo", is their unrounded sum. For the exact
// transformations see J.-M. Muller et al., Handbook of Floating-Point
// Arithmetic, 2nd edition, Birkhäuser 2018, chapter 4; for the reductions
// chapter 10, and J.-M. Muller, Elementary Functions, 3rd edition, 2016.

// poly has the coefficients of a polynomial for each type, lowest first.
type poly struct{ f64, f32 []float64 }

func (p *program) coefficients(c poly) []float64 {
	if p.double() {
		return c.f64
	}
	return c.f32
}

// eval evaluates a polynomial: Horner's rule on every second coefficient, or
// on every fourth of a long polynomial, and then on what comes out. That
// shortens the chain of operations that wait for each other.
func (p *program) eval(z *node, c poly) *node { return p.horner(z, p.coefficients(c)) }

func (p *program) horner(z *node, c []float64) *node {
	switch {
	case len(c) == 1:
		return p.num(c[0])
	case len(c) <= 3:
		r := p.num(c[len(c)-1])
		for i := len(c) - 2; i >= 0; i-- {
			r = p.fma(r, z, p.num(c[i]))
		}
		return r
	}
	var even, odd []float64
	for i, v := range c {
		if i%2 == 0 {
			even = append(even, v)
		} else {
			odd = append(odd, v)
		}
	}
	zz := p.mul(z, z)
	steps := func(c []float64) func() *node {
		i := len(c) - 1
		r := p.num(c[i])
		return func() *node {
			if i--; i >= 0 {
				r = p.fma(r, zz, p.num(c[i]))
			}
			return r
		}
	}
	if len(c) >= 10 {
		return p.fma(p.horner(zz, odd), z, p.horner(zz, even))
	}
	nextEven, nextOdd := steps(even), steps(odd)
	var e, o *node
	for range even {
		e, o = nextEven(), nextOdd()
	}
	return p.fma(o, z, e)
}

func (p *program) signMask() *node    { return p.num(math.Copysign(0, -1)) }
func (p *program) abs(x *node) *node  { return p.andNot(x, p.signMask()) }
func (p *program) sign(x *node) *node { return p.and(x, p.signMask()) }

func (p *program) inf() *node { return p.num(math.Inf(1)) }

// The NaN that every function returns: quiet, positive, without a payload.
func (p *program) nan() *node {
	if p.width == f32 {
		return p.bits(0x7fc << 20)
	}
	return p.bits(0x7ff8 << 48)
}

// orNaN is v, or NaN where x is NaN.
func (p *program) orNaN(x, v *node) *node {
	if p.usual {
		return v
	}
	return p.pick(p.unordered(x, x), p.nan(), v)
}

// exceeds is true where x is above limit in magnitude, or NaN: the bits of
// positive numbers are in order.
func (p *program) exceeds(x *node, limit float64) *node { return p.igreater(p.abs(x), p.num(limit)) }

// outside is true where x is not a normal and positive number below limit. The
// bits of those are turned into the least integers there are.
func (p *program) outside(x *node, limit float64) *node {
	least, top := uint64(1<<52), uint64(1<<63)
	if p.width == f32 {
		least, top = 1<<23, 1<<31
	}
	return p.igreater(p.iadd(x, p.bits(top-least)), p.bits(top-least-1+p.num(limit).imm))
}

// limited returns x between lo and hi, and something between for NaN. The usual
// program takes x up to a magnitude as it is.
func (p *program) limited(x *node, usual, lo, hi float64) *node {
	if p.usual {
		p.except(p.exceeds(x, usual))
		return x
	}
	return p.clamp(x, lo, hi)
}

// limitedAbs returns |x| up to hi, as limited does.
func (p *program) limitedAbs(x *node, usual, hi float64) *node {
	if p.usual {
		p.except(p.exceeds(x, usual))
		return p.abs(x)
	}
	return p.min(p.abs(x), p.num(hi))
}

// fastTwoSum returns a+b in two parts, given |a| >= |b| or a = 0.
func (p *program) fastTwoSum(a, b *node) (s, e *node) {
	s = p.sum(a, b)
	return s, p.sub(b, p.sub(s, a))
}

// twoProduct returns a*b in two parts, the second with its sign turned.
func (p *program) twoProduct(a, b *node) (h, minusLow *node) {
	h = p.mul(a, b)
	return h, p.fnma(a, b, h)
}

// quotient returns (a+al)/(b+bl), rounded almost as if at once.
func (p *program) quotient(a, al, b, bl *node) *node {
	q, rem, inv := p.divide(a, al, b, bl)
	return p.fma(rem, inv, q)
}

// quotient2 is quotient in two parts.
func (p *program) quotient2(a, al, b, bl *node) (hi, lo *node) {
	q, rem, inv := p.divide(a, al, b, bl)
	return q, p.mul(rem, inv)
}

// divide returns an approximate quotient q, the remainder, and 1/b.
func (p *program) divide(a, al, b, bl *node) (q, rem, inv *node) {
	inv = p.div(p.num(1), b)
	q = p.mul(a, inv)
	return q, p.sum(p.fnma(q, b, a), p.fnma(q, bl, al)), inv
}

// ln2 in two parts, the first with 11 zeros at its end, so that a multiple of
// it by up to 2^11 is exact.
var (
	ln2Hi = math.Float64frombits(math.Float64bits(math.Ln2) &^ (1<<11 - 1))
	ln2Lo = twoPart(ln2Digits, ln2Hi)
)

// Where rounding by addition leaves an integer: 2^52+2^51 has it in its last
// bits. expBias is added so that what is there stays positive; the usual program
// has no need of that.
const (
	rounder = 3 << 51
	expBias = 2046
)

func (p *program) bias() uint64 {
	if p.usual {
		return 0
	}
	return expBias
}

// shift is the number that rounds by addition, with the bias.
func (p *program) shift() *node { return p.num(float64(rounder + p.bias())) }

// exponential is exp(x) = 2^n * (1+p).
type exponential struct {
	t       *node // n and the bias in its last bits
	n       *node
	p, pLow *node // pLow is nil for float32
}

// exponential reduces x, which must be between -1100*log(2) and 1100*log(2).
func (p *program) exponential(x *node) exponential {
	t := p.fma(x, p.num(math.Log2E), p.shift())
	n := p.sub(t, p.shift())
	if !p.double() {
		return exponential{t: t, n: n, p: p.expSmall(p.fnma(n, p.num(math.Ln2), x))}
	}
	e := exponential{t: t, n: n}
	e.p, e.pLow = p.expSmallParts(p.fnma(n, p.num(ln2Hi), x), p.mul(n, p.num(-ln2Lo)))
	return e
}

// expSmall returns exp(r)-1 for |r| <= log(2)/2.
func (p *program) expSmall(r *node) *node {
	return p.fma(p.mul(r, r), p.fma(r, p.eval(r, expPoly), p.num(0.5)), r)
}

// expSmallParts returns exp(hi+lo)-1 in two parts. What is quadratic in hi+lo is
// rounded.
func (p *program) expSmallParts(hi, lo *node) (h, l *node) {
	r := p.sum(hi, lo)
	low := p.sum(p.sub(hi, r), lo)
	q := p.mul(p.mul(r, r), p.fma(r, p.eval(r, expPoly), p.num(0.5)))
	h, l = p.fastTwoSum(r, q)
	return h, p.sum(l, low)
}

// scale returns v*2^n for the n in the last bits of t. Two factors go further
// than the exponents of one, and their product with v rounds only once.
// Neither is needed for usual numbers.
func (p *program) scale(v, t *node) *node {
	switch {
	case !p.double():
		return p.mul(v, p.power(t))
	case p.usual: // v and the result are normal numbers, or n is 0
		return p.iadd(v, p.shl(t, 52))
	}
	half := p.shr(t, 1)
	return p.mul(p.mul(v, p.shl(half, 52)), p.shl(p.isub(t, half), 52))
}

// scaleBy is scale where there is an instruction for it that takes n.
func (p *program) scaleBy(v, n, t *node) *node {
	if p.scales && !p.usual {
		return p.add(opScale, float, 0, v, n)
	}
	return p.scale(v, t)
}

// power returns 2^n for the n in the last bits of t, -1023 < n < 1024.
func (p *program) power(t *node) *node {
	return p.iadd(p.shl(t, 52), p.bits((1<<12+1023-p.bias())<<52))
}

// inversePower returns 2^-n for the n in the last bits of t, -1023 < n, and 0
// where that is less than the smallest normal number.
func (p *program) inversePower(t *node) *node {
	u := p.isub(p.bits((1023+p.bias())<<52), p.shl(t, 52))
	if p.usual {
		return u
	}
	return p.max(u, p.num(0))
}

// clamp returns x between lo and hi, and something between for NaN.
func (p *program) clamp(x *node, lo, hi float64) *node {
	return p.max(p.min(x, p.num(hi)), p.num(lo))
}

// by is f64 for functions of float64 and f32 for those of float32.
func (p *program) by(f64, f32 float64) float64 {
	if p.double() {
		return f64
	}
	return f32
}

// expm1Parts returns E/2^n = p + (1-2^-n) for E = exp(x)-1, and u = 2^-n.
func (p *program) expm1Parts(e exponential) (h, l, u *node) {
	u = p.inversePower(e.t)
	if !p.double() {
		return p.sum(p.sub(p.num(1), u), e.p), nil, u
	}
	one := p.num(1)
	w := p.sub(one, u)
	wl := p.sub(p.sub(one, w), u) // not zero for large n
	s, err := p.fastTwoSum(w, e.p)
	h, l = p.fastTwoSum(s, p.sum(err, p.sum(e.pLow, wl)))
	return h, l, u
}

// exp(x) = 2^n * (1 + r*Q(r)). Q is near 1, and r below 0.35, so that what is
// rounded before the last sum is a third of what that rounds.
func (p *program) exp() *node {
	x := p.limited(p.x(), 708, -746, 710)
	t := p.fma(x, p.num(math.Log2E), p.shift())
	n := p.sub(t, p.shift())
	r := p.fnma(n, p.num(ln2Lo), p.fnma(n, p.num(ln2Hi), x))
	one := p.num(1)
	v := p.fma(p.fma(p.eval(r, expWholePoly), r, one), r, one)
	return p.orNaN(p.x(), p.scaleBy(v, n, t))
}

// exp2(x) = 2^n * (1 + f*Q(f)) for x = n + f.
func (p *program) exp2() *node {
	x := p.limited(p.x(), 1021, -1076, 1025)
	t := p.sum(x, p.shift())
	n := p.sub(t, p.shift())
	f := p.sub(x, n)
	c := p.coefficients(exp2Poly)
	v := p.fma(p.fma(p.horner(f, c[1:]), f, p.num(c[0])), f, p.num(1))
	return p.orNaN(p.x(), p.scaleBy(v, n, t))
}

func (p *program) expm1() *node {
	x := p.x()
	e := p.exponential(p.limited(x, 700, -40, p.by(710, 89)))
	h, _, _ := p.expm1Parts(e)
	return p.orNaN(x, p.or(p.scale(h, e.t), p.sign(x)))
}

// sinh(x) = (E + E/(E+1))/2 for E = exp(x)-1, divided by 2^n.
func (p *program) sinh() *node {
	x := p.x()
	e := p.exponential(p.limitedAbs(x, 700, p.by(712, 90)))
	h, l, u := p.expm1Parts(e)
	var v *node
	if p.double() {
		d, dl := p.onePlus(e)
		q, ql := p.quotient2(h, l, d, dl)
		s, err := p.fastTwoSum(h, p.mul(u, q))
		v = p.sum(s, p.sum(p.fma(u, ql, err), l))
	} else {
		v = p.fma(u, p.div(h, p.sum(p.num(1), e.p)), h)
	}
	half := p.isub(e.t, p.bits(1))
	if p.usual {
		v = p.mul(v, p.power(half)) // v may be zero
	} else {
		v = p.scale(v, half)
	}
	return p.orNaN(x, p.or(v, p.sign(x)))
}

// onePlus returns 1+p in two parts.
func (p *program) onePlus(e exponential) (h, l *node) {
	h, l = p.fastTwoSum(p.num(1), e.p)
	return h, p.sum(l, e.pLow)
}

// cosh(x) = (m + 2^-2n/m)/2 * 2^n for exp(|x|) = m*2^n.
func (p *program) cosh() *node {
	x := p.x()
	e := p.exponential(p.limitedAbs(x, 700, p.by(712, 90)))
	u := p.inversePower(e.t)
	uu := p.mul(u, u)
	var v *node
	if p.double() {
		m, l := p.onePlus(e)
		q, ql := p.quotient2(p.num(1), p.num(0), m, l)
		s, err := p.fastTwoSum(m, p.mul(uu, q))
		v = p.sum(s, p.sum(p.fma(uu, ql, err), l))
	} else {
		m := p.sum(p.num(1), e.p)
		v = p.sum(m, p.div(uu, m))
	}
	return p.orNaN(x, p.scale(v, p.isub(e.t, p.bits(1))))
}

// tanh(x) = (E-1)/(E+1) for E = exp(2|x|) = 2^n * (1+p).
func (p *program) tanh() *node {
	x := p.x()
	p.except(p.exceeds(x, math.Inf(1)))
	a := p.min(p.abs(x), p.num(22))
	e := p.exponential(p.sum(a, a))
	power := p.power(e.t)
	plus := func(c float64) (h, l *node) { // E + c
		whole, lost := p.fastTwoSum(power, p.num(c)) // for n > 52 something is
		h = p.fma(e.p, power, whole)
		return h, p.fma(e.pLow, power, p.sum(p.fma(e.p, power, p.sub(whole, h)), lost))
	}
	h, l := plus(-1)
	d, dl := plus(1)
	return p.orNaN(x, p.or(p.quotient(h, l, d, dl), p.sign(x)))
}

// sigmoid(x) = 1/(1+exp(-x)), or exp(x)/(1+exp(x)) for negative x.
func (p *program) sigmoid() *node {
	x := p.x()
	e := p.exponential(p.sub(p.num(0), p.limitedAbs(x, 700, p.by(746, 104))))
	negative := p.less(x, p.num(0))
	if !p.double() {
		v := p.scale(p.sum(p.num(1), e.p), e.t)
		return p.orNaN(x, p.div(p.pick(negative, v, p.num(1)), p.sum(p.num(1), v)))
	}
	m, ml := p.onePlus(e)
	// Below 2^-60 it makes no difference to the divisor.
	s := p.power(p.sum(p.max(e.n, p.num(-100)), p.shift()))
	d, dl := p.fastTwoSum(p.num(1), p.mul(m, s))
	v := p.quotient(p.pick(negative, m, p.num(1)), p.pick(negative, ml, p.num(0)), d, p.fma(ml, s, dl))
	return p.orNaN(x, p.scale(v, p.pick(negative, e.t, p.shift())))
}

const (
	exponentOne  = 1023 << 52
	mantissaBits = 1<<52 - 1
)

var sqrtHalf = math.Float64bits(math.Sqrt2 / 2)

// split returns k and m with x = 2^k * m, sqrt(1/2) <= m < sqrt(2), for a
// normal positive x, and the biased exponent k+1023 where a float64 has it.
func (p *program) split(x *node) (k, m, biased *node) {
	h := p.iadd(x, p.bits(exponentOne-sqrtHalf))
	biased = p.shr(h, 52)
	k = p.sub(p.or(biased, p.num(1<<52)), p.num(1<<52+1023))
	m = p.iadd(p.and(h, p.bits(mantissaBits)), p.bits(sqrtHalf))
	return k, m, biased
}

// splitAny is split for any positive x.
func (p *program) splitAny(x *node) (k, m *node) {
	if p.usual {
		k, m, _ = p.split(x)
		return k, m
	}
	subnormal := p.less(x, p.num(0x1p-1022))
	k, m, _ = p.split(p.pick(subnormal, p.mul(x, p.num(0x1p54)), x))
	return p.sub(k, p.pick(subnormal, p.num(54), p.num(0))), m
}

// log1 returns log(1+f) in two parts, f itself and the rest, for sqrt(1/2)-1 <=
// f <= sqrt(2)-1, and adds low to the second. With s = f/(2+f) it is 2*atanh(s)
// = s*(2+s*s*P), and 2s = f-s*f makes that f - s*(f-s*s*P).
func (p *program) log1(f, low *node) (hi, lo *node) {
	s := p.div(f, p.sum(f, p.num(2)))
	z := p.mul(s, s)
	r := p.eval(z, logPoly)
	if !p.double() {
		return p.mul(s, p.fma(z, r, p.num(2))), nil
	}
	return f, p.fnma(s, p.fnma(z, r, f), low)
}

// inLog returns what a low part of f adds to log(1+f): fl/(1+f), nearly.
func (p *program) inLog(f, fl *node) *node { return p.fnma(f, fl, fl) }

// logarithm returns k and f with x = 2^k * (1+f).
func (p *program) logarithm() (k, f *node) {
	p.except(p.outside(p.x(), math.Inf(1)))
	k, m := p.splitAny(p.x())
	return k, p.sub(m, p.num(1))
}

// logLimits replaces what log gives at infinity, at and below zero.
func (p *program) logLimits(x, zero, v *node) *node {
	if p.usual {
		return v
	}
	v = p.pick(p.equal(x, p.inf()), p.inf(), v)
	v = p.pick(p.less(zero, x), v, p.nan())
	return p.pick(p.equal(x, zero), p.num(math.Inf(-1)), v)
}

// plus returns k*(ch+cl) + hi + lo in two parts, where k*ch is exact, and is
// zero or larger than hi. lo may be nil.
func (p *program) plus(k *node, ch, cl float64, hi, lo *node) (h, l *node) {
	h, l = p.fastTwoSum(p.mul(k, p.num(ch)), hi)
	if lo != nil {
		l = p.sum(l, lo)
	}
	return h, p.fma(k, p.num(cl), l)
}

func (p *program) log() *node {
	k, f := p.logarithm()
	h, low := p.plus(k, ln2Hi, ln2Lo, f, nil)
	_, low = p.log1(f, low)
	return p.logLimits(p.x(), p.num(0), p.sum(h, low))
}

// times returns (hi+lo)*(ch+cl) in two parts.
func (p *program) times(hi, lo *node, ch, cl float64) (h, l *node) {
	hi, lo = p.fastTwoSum(hi, lo)
	h, minusLow := p.twoProduct(hi, p.num(ch))
	l = p.fma(hi, p.num(cl), p.mul(lo, p.num(ch)))
	return h, p.sub(l, minusLow)
}

func (p *program) log2() *node {
	k, f := p.logarithm()
	hi, lo := p.log1(f, p.num(0))
	h, low := p.times(hi, lo, math.Log2E, twoPart(log2eDigits, math.Log2E))
	s, e := p.fastTwoSum(k, h)
	return p.logLimits(p.x(), p.num(0), p.sum(s, p.sum(e, low)))
}

func (p *program) log10() *node {
	k, f := p.logarithm()
	hi, lo := p.log1(f, p.num(0))
	h, low := p.times(hi, lo, math.Log10E, twoPart(log10eDigits, math.Log10E))
	h, low = p.plus(k, log102Hi, log102Lo, h, low)
	return p.logLimits(p.x(), p.num(0), p.sum(h, low))
}

// log1pOf returns log(1+x) for x > -1 and below infinity.
func (p *program) log1pOf(x *node) *node {
	one := p.num(1)
	u := p.sum(x, one)
	// What u has lost of 1+x.
	c := p.sub(p.min(x, one), p.sub(u, p.max(x, one)))
	k, m, biased := p.split(u)
	// c/2^k; zero for the largest k.
	inv := p.isub(p.bits(2046<<52), p.shl(biased, 52))
	if !p.usual {
		inv = p.max(inv, p.num(0))
	}
	f, fl := p.fastTwoSum(p.sub(m, one), p.mul(c, inv))
	if !p.double() {
		v, _ := p.log1(f, nil)
		return p.fma(k, p.num(math.Ln2), v)
	}
	h, low := p.plus(k, ln2Hi, ln2Lo, f, p.inLog(f, fl))
	_, low = p.log1(f, low)
	return p.sum(h, low)
}

func (p *program) log1p() *node {
	x := p.x()
	p.except(p.outside(p.sum(x, p.num(1)), 0x1p1000))
	return p.logLimits(x, p.num(-1), p.or(p.log1pOf(x), p.sign(x)))
}

// Pi/2 in parts. The first three have so few bits that a multiple of them by
// up to 2^20 is exact.
var (
	halfPi1 = bitsOf(halfPiDigits, 33)
	halfPi2 = bitsOf(halfPiDigits, 31, halfPi1)
	halfPi3 = bitsOf(halfPiDigits, 31, halfPi1, halfPi2)
	halfPi4 = bitsOf(halfPiDigits, 53, halfPi1, halfPi2, halfPi3)
)

// trigLimit is the largest argument that quadrant reduces. Package fallback
// reduces larger ones by the method of Payne and Hanek.
const trigLimit = 1 << 20

// quadrant returns r+rl = |x| - n*pi/2, |r| <= pi/4, and n in the last bits
// of t.
func (p *program) quadrant(x *node) (t, r, rl *node) {
	t = p.fma(x, p.num(2/math.Pi), p.num(rounder))
	n := p.sub(t, p.num(rounder))
	a := p.fnma(n, p.num(halfPi1), x)
	if !p.double() {
		return t, p.fnma(n, p.num(bitsOf(halfPiDigits, 53, halfPi1)), a), p.num(0)
	}
	b := p.fnma(n, p.num(halfPi2), a)
	bl := p.fnma(n, p.num(halfPi2), p.sub(a, b))
	c := p.fnma(n, p.num(halfPi3), b)
	cl := p.fnma(n, p.num(halfPi3), p.sub(b, c))
	low := p.fnma(n, p.num(halfPi4), p.sum(bl, cl))
	r = p.sum(c, low)
	return t, r, p.sum(p.sub(c, r), low)
}

// sinCos returns the sine and cosine of r+rl in two parts each.
func (p *program) sinCos(r, rl *node) (s, sl, c, cl *node) {
	z := p.mul(r, r)
	v := p.mul(z, r)
	half := p.mul(z, p.num(0.5))
	c = p.sub(p.num(1), half)
	if !p.double() {
		return r, p.mul(v, p.eval(z, sinPoly)), c, p.mul(p.mul(z, z), p.eval(z, cosPoly))
	}
	s, sl = r, p.fma(v, p.eval(z, sinPoly), p.fnma(half, rl, rl))
	cl = p.fnma(r, rl, p.sub(p.sub(p.num(1), c), half))
	return s, sl, c, p.fma(p.mul(z, z), p.eval(z, cosPoly), cl)
}

// isOdd says where the last bit of t is set.
func (p *program) isOdd(t *node) *node { return p.igreater(p.and(t, p.bits(1)), p.bits(0)) }

// sinFrom is the sine of n*pi/2 + r + rl, with n in the last bits of t and the
// sign turned where that of flip is set.
func (p *program) sinFrom(t, r, rl, flip *node) *node {
	s, sl, c, cl := p.sinCos(r, rl)
	v := p.pick(p.isOdd(t), p.sum(c, cl), p.sum(s, sl))
	flip2 := p.shl(p.shr(t, 1), 63)
	if flip != nil {
		flip2 = p.xor(flip2, p.sign(flip))
	}
	return p.xor(v, flip2)
}

func (p *program) tanFrom(t, r, rl, flip *node) *node {
	s, sl, c, cl := p.sinCos(r, rl)
	odd := p.isOdd(t)
	var v *node
	if p.double() {
		s, sl = p.fastTwoSum(s, sl)
		c, cl = p.fastTwoSum(c, cl)
		v = p.quotient(p.pick(odd, c, s), p.pick(odd, cl, sl), p.pick(odd, s, c), p.pick(odd, sl, cl))
	} else {
		s, c = p.sum(s, sl), p.sum(c, cl)
		v = p.div(p.pick(odd, c, s), p.pick(odd, s, c))
	}
	return p.xor(v, p.xor(p.shl(t, 63), p.sign(flip)))
}

func trigonometric(beyond string, from func(p *program, t, r, rl, x *node) *node) func(p *program) *node {
	return func(p *program) *node {
		x := p.x()
		a := p.abs(x)
		if p.usual {
			p.except(p.exceeds(x, trigLimit))
		} else {
			p.leave(p.less(p.num(trigLimit), a), beyond)
		}
		t, r, rl := p.quadrant(a)
		return p.orNaN(x, from(p, t, r, rl, x))
	}
}

var sin = trigonometric("hugeSin", func(p *program, t, r, rl, x *node) *node { return p.sinFrom(t, r, rl, x) })

// cos is the sine a quadrant further on.
var cos = trigonometric("hugeCos", func(p *program, t, r, rl, x *node) *node {
	return p.sinFrom(p.iadd(t, p.bits(1)), r, rl, nil)
})

var tan = trigonometric("hugeTan", func(p *program, t, r, rl, x *node) *node { return p.tanFrom(t, r, rl, x) })

// What package fallback needs for arguments beyond trigLimit, with inputs t,
// r, rl and the sign.
func (p *program) sinReduced() *node {
	return p.sinFrom(p.nodes[0], p.nodes[1], p.nodes[2], p.nodes[3])
}

func (p *program) tanReduced() *node {
	return p.tanFrom(p.nodes[0], p.nodes[1], p.nodes[2], p.nodes[3])
}

// piOver returns pi/d in two parts.
func (p *program) piOver(d float64) (hi, lo *node) {
	h := math.Pi / d
	return p.num(h), p.num(twoPart(halfPiDigits, math.Pi/2) * 2 / d)
}

// atanSmall returns atan(t) - t + tl.
func (p *program) atanSmall(t, tl *node) *node {
	z := p.mul(t, t)
	return p.fma(p.mul(z, t), p.eval(z, atanPoly), tl)
}

// atan(a) = base + atan(t): t = a, (a-1)/(a+1) or -1/a, whichever is least.
func (p *program) atan() *node {
	x := p.x()
	a := p.abs(x)
	one := p.num(1)
	middle := p.less(p.num(math.Sqrt2-1), a)
	large := p.less(p.num(math.Sqrt2+1), a)
	p.except(p.exceeds(x, 0x1p1000))
	num := p.pick(large, p.num(-1), p.pick(middle, p.sub(a, one), a))
	den := p.pick(large, a, p.pick(middle, p.sum(a, one), one))
	h4, l4 := p.piOver(4)
	h2, l2 := p.piOver(2)
	base := p.pick(large, h2, p.pick(middle, h4, p.num(0)))
	if !p.double() {
		t := p.div(num, den)
		v := p.sum(base, p.sum(t, p.atanSmall(t, p.num(0))))
		return p.orNaN(x, p.or(v, p.sign(x)))
	}
	baseLow := p.pick(large, l2, p.pick(middle, l4, p.num(0)))
	// a+1 and a-1 may be inexact.
	onlyMiddle := p.butNot(middle, large)
	big, small := p.max(a, one), p.min(a, one)
	dl := p.pick(onlyMiddle, p.sub(small, p.sub(den, big)), p.num(0))
	nl := p.pick(onlyMiddle, p.sub(a, p.sum(num, one)), p.num(0))
	t, tl := p.quotient2(num, nl, den, dl)
	// For infinity the remainder is NaN.
	if !p.usual {
		tl = p.pick(p.equal(a, p.inf()), p.num(0), tl)
	}
	return p.orNaN(x, p.or(p.withBase(base, baseLow, t, tl), p.sign(x)))
}

// withBase returns base + baseLow + atan(t+tl).
func (p *program) withBase(base, baseLow, t, tl *node) *node {
	w := p.atanSmall(t, tl)
	s, e := p.fastTwoSum(base, t)
	return p.sum(s, p.sum(p.sum(e, baseLow), w))
}

// arcsine returns, for a = |x| <= 1, either a and asin(a) - a or, where upper
// is true, the root s of (1-a)/2 in two parts and asin(s) - s.
func (p *program) arcsine(a *node) (upper, s, sl, w *node) {
	upper = p.less(p.num(0.5), a)
	p.except(p.exceeds(a, 1-0x1p-53))
	half := p.fnma(a, p.num(0.5), p.num(0.5)) // exact above 1/2
	z := p.pick(upper, half, p.mul(a, a))
	root := p.sqrt(half)
	s = p.pick(upper, root, a)
	w = p.mul(p.mul(z, s), p.eval(z, asinPoly))
	if p.double() {
		// root + (half-root^2)/(2*root)
		low := p.div(p.fnma(root, root, half), p.sum(root, root))
		if !p.usual {
			low = p.pick(p.less(p.num(0), half), low, p.num(0))
		}
		sl = p.pick(upper, low, p.num(0))
	}
	return upper, s, sl, w
}

// asin(a) = pi/2 - 2*asin(sqrt((1-a)/2)) above 1/2.
func (p *program) asin() *node {
	x := p.x()
	a := p.abs(x)
	upper, s, sl, w := p.arcsine(a)
	h2, l2 := p.piOver(2)
	var v *node
	if p.double() {
		w = p.sum(w, sl)
		two := p.sum(s, s)
		hi, e := p.fastTwoSum(h2, p.xor(two, p.signMask()))
		above := p.sum(hi, p.sum(e, p.fma(w, p.num(-2), l2)))
		v = p.pick(upper, above, p.sum(s, w))
	} else {
		y := p.sum(s, w)
		v = p.pick(upper, p.fma(y, p.num(-2), h2), y)
	}
	if p.usual {
		return p.or(v, p.sign(x))
	}
	v = p.pick(p.lessEqual(a, p.num(1)), v, p.nan())
	return p.or(v, p.pick(p.lessEqual(a, p.num(1)), p.sign(x), p.num(0)))
}

// acos(x) is pi/2 - asin(x) up to 1/2, and 2*asin(sqrt((1-a)/2)) or pi less
// that beyond.
func (p *program) acos() *node {
	x := p.x()
	a := p.abs(x)
	upper, s, sl, w := p.arcsine(a)
	negative := p.less(x, p.num(0))
	h2, l2 := p.piOver(2)
	h1, l1 := p.piOver(1)
	// v = base + factor*(s+w), with factor 2 or -2 above, else 1 or -1.
	sign := p.pick(upper, p.sign(x), p.xor(p.sign(x), p.signMask()))
	if !p.double() {
		y := p.sum(s, w)
		y = p.pick(upper, p.sum(y, y), y)
		base := p.pick(upper, p.pick(negative, h1, p.num(0)), h2)
		v := p.sum(base, p.xor(y, sign))
		return p.upToOne(a, v)
	}
	w = p.sum(w, sl)
	y := p.xor(p.pick(upper, p.sum(s, s), s), sign)
	yl := p.xor(p.pick(upper, p.sum(w, w), w), sign)
	base := p.pick(upper, p.pick(negative, h1, p.num(0)), h2)
	baseLow := p.pick(upper, p.pick(negative, l1, p.num(0)), l2)
	hi, e := p.fastTwoSum(base, y)
	v := p.sum(hi, p.sum(p.sum(e, baseLow), yl))
	return p.upToOne(a, v)
}

// upToOne is v, or NaN where a is not up to 1.
func (p *program) upToOne(a, v *node) *node {
	if p.usual {
		return v
	}
	return p.pick(p.lessEqual(a, p.num(1)), v, p.nan())
}

// twoSum returns a+b in two parts.
func (p *program) twoSum(a, b *node) (s, e *node) {
	s = p.sum(a, b)
	t := p.sub(s, a)
	return s, p.sum(p.sub(a, p.sub(s, t)), p.sub(b, t))
}

// softplus(x) = log(1+exp(x)) = max(x, 0) + log1p(exp(-|x|)).
func (p *program) softplus() *node {
	x := p.x()
	e := p.exponential(p.sub(p.num(0), p.limitedAbs(x, 700, p.by(746, 104))))
	above := p.max(x, p.num(0))
	if !p.double() {
		v := p.log1pOf(p.scale(p.sum(p.num(1), e.p), e.t))
		return p.orNaN(x, p.sum(above, v))
	}
	m, ml := p.onePlus(e)
	m, ml = p.fastTwoSum(m, ml)
	v := p.scale(m, e.t)
	power := p.power(e.t)
	if !p.usual {
		power = p.max(power, p.num(0))
	}
	vl := p.mul(ml, power)
	one := p.num(1)
	u, c := p.fastTwoSum(one, v)
	// u is below or above sqrt(2), whose logarithm is half of that of 2.
	high := p.less(p.num(math.Sqrt2), u)
	f, fl := p.sub(u, one), p.sum(c, vl)
	f = p.pick(high, p.sub(p.mul(u, p.num(0.5)), one), f)
	fl = p.pick(high, p.mul(fl, p.num(0.5)), fl)
	f, fl = p.fastTwoSum(f, fl)
	hi, lo := p.log1(f, p.inLog(f, fl))
	h, l := p.fastTwoSum(p.pick(high, p.num(ln2Hi), p.num(0)), hi)
	l = p.sum(l, p.sum(lo, p.pick(high, p.num(ln2Lo), p.num(0))))
	s, err := p.twoSum(above, h)
	v = p.sum(s, p.sum(err, l))
	if p.usual {
		return v
	}
	return p.orNaN(x, p.pick(p.equal(x, p.inf()), x, v))
}

// cbrt(2^(3k)*m) = 2^k * cbrt(m) for 1 <= m < 8, from an approximation w of
// m^(-1/3).
func (p *program) cbrt() *node {
	x := p.x()
	a := p.abs(x)
	scaled := a
	var subnormal *node
	p.except(p.outside(a, math.Inf(1)))
	if p.double() && !p.usual {
		subnormal = p.less(a, p.num(0x1p-1022))
		scaled = p.pick(subnormal, p.mul(a, p.num(0x1p54)), a)
	}
	one := p.num(1)
	exponent := p.sub(p.or(p.shr(scaled, 52), p.num(1<<52)), p.num(1<<52+1023))
	m := p.or(p.and(scaled, p.bits(mantissaBits)), one)
	t := p.fma(p.sub(exponent, one), p.num(1./3), p.shift())
	k := p.sub(t, p.shift())
	j := p.fnma(k, p.num(3), exponent) // 0, 1 or 2
	// Parabolas through 2^j and 2^(-j/3).
	q1, q2 := math.Exp2(-1./3), math.Exp2(-2./3)
	factor := p.fma(j, p.fma(j, p.num((q2-2*q1+1)/2), p.num((4*q1-q2-3)/2)), one)
	w := p.mul(p.eval(m, cbrtPoly), factor)
	m = p.mul(m, p.fma(j, p.fma(j, p.num(0.5), p.num(0.5)), one))
	// w*(1-h)^(-1/3) for h = 1 - m*w^3.
	h := p.fnma(p.mul(m, w), p.mul(w, w), one)
	w = p.fma(p.mul(w, h), p.fma(h, p.num(2./9), p.num(1./3)), w)
	ww := p.mul(w, w)
	v := p.mul(m, ww)
	if p.double() {
		// One step of Newton's from v with an exact v^3.
		vv, minusLow := p.twoProduct(v, v)
		rest := p.fma(v, minusLow, p.fnma(v, vv, m))
		v = p.fma(p.mul(rest, ww), p.num(1./3), v)
	}
	v = p.mul(v, p.power(t))
	if p.usual {
		return p.or(v, p.sign(x))
	}
	if p.double() {
		v = p.mul(v, p.pick(subnormal, p.num(0x1p-18), one))
	}
	v = p.pick(p.less(p.num(0), a), v, p.num(0))
	v = p.pick(p.equal(a, p.inf()), a, v)
	return p.orNaN(x, p.or(v, p.sign(x)))
}

// erf(x) = x + x*P(x^2) up to 1, and 1 - exp(-Q(|x|)) beyond.
func (p *program) erf() *node {
	x := p.x()
	p.except(p.exceeds(x, math.Inf(1)))
	a := p.min(p.abs(x), p.num(6))
	small := p.erfSmall(a)
	u := p.max(p.sub(a, p.num(1)), p.num(0))
	e := p.exponential(p.xor(p.eval(u, erfcPoly), p.signMask()))
	large := p.fnma(p.sum(p.num(1), e.p), p.power(e.t), p.num(1))
	v := p.pick(p.less(p.num(1), a), large, small)
	return p.orNaN(x, p.or(v, p.sign(x)))
}

// erfSmall is erf(a) for 0 <= a <= 1. The first two terms of P, which are large
// there, are in two parts for float64.
func (p *program) erfSmall(a *node) *node {
	if !p.double() {
		return p.fma(a, p.eval(p.mul(a, a), erfPoly), a)
	}
	c := p.coefficients(erfPoly)
	z, minusZ := p.twoProduct(a, a)
	first, minusFirst := p.twoProduct(z, p.num(c[1]))
	h, e := p.twoSum(first, p.num(c[0]))
	e = p.sub(p.sub(e, minusFirst), p.mul(minusZ, p.num(c[1])))
	l := p.fma(p.mul(z, z), p.horner(z, c[2:]), e)
	t, minusT := p.twoProduct(a, h)
	return p.sum(a, p.sum(t, p.sub(p.mul(a, l), minusT)))
}

// gelu(x) = x*(1+erf(x/sqrt(2)))/2, from x*erfc(t)/2 for t = |x|/sqrt(2).
// erfc(t) = exp(-t^2)*P((t-3)/(t+3))/(t+3/4); the form of the argument is that
// of M. Shepherd, J. Laframboise, Chebyshev approximation of (1+2x)exp(x²)erfc
// x, Mathematics of Computation 36, 1981.
func (p *program) gelu() *node {
	x := p.x()
	a := p.limitedAbs(x, p.by(36, 15), p.by(40, 15))
	half := p.mul(a, p.num(-0.5))
	c := p.coefficients(geluPoly)
	var g *node
	if p.double() {
		g = p.geluTail(a, half, c)
	} else {
		t := p.mul(a, p.num(math.Sqrt2/2))
		r := p.horner(p.div(p.sub(t, p.num(3)), p.sum(t, p.num(3))), c)
		e := p.exponential(p.mul(half, a))
		g = p.mul(p.mul(r, p.sum(p.num(1), e.p)), half)
		g = p.scale(p.div(g, p.sum(t, p.num(0.75))), e.t)
	}
	v := p.sum(p.max(x, p.num(0)), g)
	// The sum has lost the sign of a zero.
	return p.orNaN(x, p.or(v, p.sign(x)))
}

// geluTail returns -a*erfc(a/sqrt(2))/2 with all factors in two parts.
func (p *program) geluTail(a, half *node, c []float64) *node {
	t, minusLow := p.twoProduct(a, p.num(math.Sqrt2/2))
	tl := p.sub(p.mul(a, p.num(twoPart(sqrtHalfDigits, math.Sqrt2/2))), minusLow)
	d, dl := p.twoSum(t, p.num(0.75))
	dl = p.sum(dl, tl)
	y := p.div(p.sub(t, p.num(3)), p.sum(t, p.num(3)))
	r, rl := p.fastTwoSum(p.num(c[0]), p.mul(y, p.horner(y, c[1:])))
	// exp(-x^2/2) of an exact square.
	h, minusLow := p.twoProduct(half, a)
	n := p.fma(h, p.num(math.Log2E), p.shift())
	k := p.sub(n, p.shift())
	low := p.fnma(k, p.num(ln2Lo), p.xor(minusLow, p.signMask()))
	m, ml := p.expSmallParts(p.fnma(k, p.num(ln2Hi), h), low)
	m, ml = p.onePlus(exponential{p: m, pLow: ml})
	v, vl := p.product(r, rl, m, ml)
	v, vl = p.product(v, vl, half, nil)
	return p.scale(p.quotient(v, vl, d, dl), n)
}

// product returns (a+al)*(b+bl) in two parts; bl may be nil.
func (p *program) product(a, al, b, bl *node) (h, l *node) {
	h, minusLow := p.twoProduct(a, b)
	l = p.fma(al, b, p.xor(minusLow, p.signMask()))
	if bl != nil {
		l = p.fma(a, bl, l)
	}
	return h, l
}

// pow(x, y) = exp(y*log|x|), with a logarithm of some 2^-65.
func (p *program) pow() *node {
	x, y := p.x(), p.y()
	a := p.abs(x)
	zero, one := p.num(0), p.num(1)
	var v *node
	if p.double() {
		v = p.powDouble(a, y)
	} else {
		k, m, _ := p.split(a)
		l, _ := p.log1(p.sub(m, one), nil)
		z := p.mul(y, p.fma(k, p.num(math.Ln2), l))
		p.exceptPower(x, z)
		e := p.exponential(p.clamp(z, -104, 89))
		v = p.scale(p.sum(one, e.p), e.t)
	}
	if p.usual {
		return v
	}
	negative, yNegative := p.less(x, zero), p.less(y, zero)
	below, above := p.less(a, one), p.less(one, a)
	yLimit, aLimit := p.equal(p.abs(y), p.inf()), p.equal(a, p.inf())
	limit := p.either(p.either(yLimit, aLimit), p.equal(a, zero))
	down := p.either(p.both(below, p.less(zero, y)), p.both(above, yNegative))
	v = p.pick(limit, p.pick(down, zero, p.inf()), v)
	v = p.pick(p.equal(a, one), one, v)
	whole := p.equal(p.round(y, toZero), y)
	half := p.mul(y, p.num(0.5))
	odd := p.butNot(whole, p.equal(p.round(half, toZero), half))
	v = p.or(v, p.pick(odd, p.sign(x), p.bits(0)))
	v = p.pick(p.butNot(p.butNot(negative, whole), aLimit), p.nan(), v)
	v = p.pick(p.unordered(x, y), p.nan(), v)
	return p.pick(p.either(p.equal(x, one), p.equal(y, zero)), one, v)
}

// exceptPower leaves x that is not positive, and powers exp(h) beyond the
// normal numbers, to the whole program.
func (p *program) exceptPower(x, h *node) {
	p.except(p.either(p.outside(x, math.Inf(1)), p.exceeds(h, 700)))
}

func (p *program) powDouble(a, y *node) *node {
	k, m := p.splitAny(a)
	f := p.sub(m, p.num(1))
	d, dl := p.fastTwoSum(p.num(2), f)
	s, sl := p.fastTwoSum(p.quotient2(f, p.num(0), d, dl))
	// 2s + 2/3*s^3 in two parts each, and the rest.
	z, minusLow := p.twoProduct(s, s)
	zl := p.sub(p.mul(p.sum(s, s), sl), minusLow)
	cube, minusLow := p.twoProduct(s, z)
	cubeLow := p.sub(p.fma(s, zl, p.mul(sl, z)), minusLow)
	third, minusLow := p.twoProduct(cube, p.num(2./3))
	thirdLow := p.sub(p.fma(cubeLow, p.num(2./3), p.mul(cube, p.num(twoPart(twoThirdsDigits, 2./3)))), minusLow)
	rest := p.mul(p.mul(p.mul(z, z), s), p.eval(z, powLogPoly))
	hi, e := p.fastTwoSum(p.sum(s, s), third)
	lo := p.sum(e, p.sum(p.sum(sl, sl), p.sum(thirdLow, rest)))
	l, e := p.fastTwoSum(p.mul(k, p.num(ln2Hi)), hi)
	l, ll := p.fastTwoSum(l, p.sum(e, p.fma(k, p.num(ln2Lo), lo)))
	// Times y. Where that is beyond exp's limits its low part may be anything.
	h, minusLow := p.twoProduct(y, l)
	low := p.sub(p.mul(y, ll), minusLow)
	p.exceptPower(p.x(), h)
	if !p.usual {
		low = p.pick(p.less(p.abs(h), p.num(800)), low, p.num(0))
		h = p.clamp(h, -800, 800)
	}
	t := p.fma(h, p.num(math.Log2E), p.shift())
	n := p.sub(t, p.shift())
	r, rl := p.expSmallParts(p.fnma(n, p.num(ln2Hi), h), p.fma(n, p.num(-ln2Lo), low))
	m, ml := p.fastTwoSum(p.num(1), r)
	return p.scale(p.sum(m, p.sum(ml, rl)), t)
}

// atan2(y, x) is the angle of the point (x, y): x() is the ordinate.
func (p *program) atan2() *node {
	y, x := p.x(), p.y()
	ay, ax := p.abs(y), p.abs(x)
	zero, one := p.num(0), p.num(1)
	high, low := p.max(ax, ay), p.min(ax, ay)
	steep := p.less(ax, ay)
	n, d := low, high
	if p.usual {
		p.except(p.either(p.either(p.exceeds(x, 0x1p1000), p.exceeds(y, 0x1p1000)), p.less(high, p.num(0x1p-900))))
	} else {
		// Both infinite, or both zero, is as if both were 1, or 0 and 1.
		infinite := p.equal(low, p.inf())
		n = p.pick(infinite, one, low)
		d = p.pick(infinite, one, p.pick(p.equal(high, zero), one, high))
	}
	if p.double() && !p.usual {
		// Bring large and small ones where nothing is lost.
		large, small := p.less(p.num(0x1p1000), d), p.less(d, p.num(0x1p-900))
		f := p.pick(large, p.num(0x1p-100), p.pick(small, p.num(0x1p120), one))
		n, d = p.mul(n, f), p.mul(d, f)
	}
	// From atan(n/d) on as in atan.
	middle := p.less(p.mul(d, p.num(math.Sqrt2-1)), n)
	num := p.pick(middle, p.sub(n, d), n)
	den := p.pick(middle, p.sum(n, d), d)
	h4, l4 := p.piOver(4)
	h2, l2 := p.piOver(2)
	h1, l1 := p.piOver(1)
	base := p.pick(middle, h4, zero)
	// a, pi/2-a, pi-a or pi/2+a, where the quarter and the turn of a join base.
	left := p.igreater(p.bits(0), p.and(x, p.signMask()))
	var v *node
	if !p.double() {
		t := p.div(num, den)
		v = p.sum(base, p.sum(t, p.atanSmall(t, zero)))
		v = p.pick(steep, p.sub(h2, v), v)
		v = p.pick(left, p.sub(h1, v), v)
	} else {
		dl := p.pick(middle, p.sub(n, p.sub(den, d)), zero)
		nl := p.pick(middle, p.sub(n, p.sum(num, d)), zero)
		t, tl := p.quotient2(num, nl, den, dl)
		if !p.usual {
			tl = p.pick(p.equal(d, p.inf()), zero, tl)
		}
		turn := p.xor(p.pick(steep, p.signMask(), p.bits(0)), p.pick(left, p.signMask(), p.bits(0)))
		w := p.xor(p.atanSmall(t, tl), turn)
		t = p.xor(t, turn)
		base = p.xor(base, turn)
		baseLow := p.xor(p.pick(middle, l4, zero), turn)
		// Now add pi/2 or pi.
		whole := p.pick(steep, h2, p.pick(left, h1, zero))
		wholeLow := p.pick(steep, l2, p.pick(left, l1, zero))
		b, bl := p.fastTwoSum(whole, base)
		s, e := p.fastTwoSum(b, t)
		v = p.sum(s, p.sum(p.sum(p.sum(e, bl), p.sum(baseLow, wholeLow)), w))
	}
	v = p.or(v, p.sign(y))
	if p.usual {
		return v
	}
	return p.pick(p.unordered(x, y), p.nan(), v)
}

// approximated is a function that is not exact, by its name in op.Unary or
// op.Binary.
type approximated struct {
	name, formula string
	inputs        int
	build         func(p *program) *node
	single        func(p *program) *node // that of float32, if it is another
}

// program returns the program for elements of type e: the whole one, or the
// one for usual arguments.
func (f *approximated) program(e *elem, scales, usual bool) *program {
	p := newProgram(e, f.inputs)
	p.scales, p.usual = scales, usual
	if f.isSingle(e) {
		p.width = f32
		p.out = []*node{f.single(p)}
	} else {
		p.out = []*node{f.build(p)}
	}
	return p
}

// isSingle reports whether the program for elements of type e computes in
// float32.
func (f *approximated) isSingle(e *elem) bool { return e == f32 && f.single != nil }

var elementary = []approximated{
	{"Exp", "exp(x[i])", 1, (*program).exp, (*program).expSingle},
	{"Exp2", "2^x[i]", 1, (*program).exp2, (*program).exp2Single},
	{"Expm1", "exp(x[i])-1", 1, (*program).expm1, nil},
	{"Log", "log(x[i])", 1, (*program).log, (*program).logSingle},
	{"Log2", "log2(x[i])", 1, (*program).log2, (*program).log2Single},
	{"Log10", "log10(x[i])", 1, (*program).log10, (*program).log10Single},
	{"Log1p", "log(1+x[i])", 1, (*program).log1p, nil},
	{"Sin", "sin(x[i])", 1, sin, nil},
	{"Cos", "cos(x[i])", 1, cos, nil},
	{"Tan", "tan(x[i])", 1, tan, nil},
	{"Asin", "asin(x[i])", 1, (*program).asin, nil},
	{"Acos", "acos(x[i])", 1, (*program).acos, nil},
	{"Atan", "atan(x[i])", 1, (*program).atan, nil},
	{"Sinh", "sinh(x[i])", 1, (*program).sinh, nil},
	{"Cosh", "cosh(x[i])", 1, (*program).cosh, nil},
	{"Tanh", "tanh(x[i])", 1, (*program).tanh, (*program).tanhSingle},
	{"Sigmoid", "1/(1+exp(-x[i]))", 1, (*program).sigmoid, nil},
	{"Softplus", "log(1+exp(x[i]))", 1, (*program).softplus, nil},
	{"Cbrt", "the cubic root of x[i]", 1, (*program).cbrt, nil},
	{"Erf", "erf(x[i])", 1, (*program).erf, nil},
	{"Gelu", "x[i]*(1+erf(x[i]/sqrt(2)))/2", 1, (*program).gelu, nil},
	{"Pow", "x[i]^y[i]", 2, (*program).pow, nil},
	{"Atan2", "the angle of the point (y[i], x[i])", 2, (*program).atan2, nil},
}

// plain lists the functions that are exact or rounded once.
var plain = []struct {
	name, formula string
	inputs        int
	build         func(p *program) *node
}{
	{"Sqrt", "sqrt(x[i])", 1, func(p *program) *node { return p.orNaN(p.x(), p.pick(p.less(p.x(), p.num(0)), p.nan(), p.sqrt(p.x()))) }},
	{"Abs", "|x[i]|", 1, func(p *program) *node { return p.abs(p.x()) }},
	{"Neg", "-x[i]", 1, func(p *program) *node { return p.xor(p.x(), p.signMask()) }},
	{"Floor", "the largest integer up to x[i]", 1, func(p *program) *node { return p.rounded(toFloor) }},
	{"Ceil", "the least integer from x[i] on", 1, func(p *program) *node { return p.rounded(toCeil) }},
	{"Trunc", "the integer part of x[i]", 1, func(p *program) *node { return p.rounded(toZero) }},
	{"Round", "the nearest integer to x[i], of two the even one", 1, func(p *program) *node { return p.rounded(toEven) }},
	// The instructions take the second operand if both are zero.
	{"Minimum", "the lesser of x[i] and y[i]", 2, func(p *program) *node {
		return p.extreme(p.or(p.min(p.x(), p.y()), p.min(p.y(), p.x())))
	}},
	{"Maximum", "the greater of x[i] and y[i]", 2, func(p *program) *node {
		return p.extreme(p.and(p.max(p.x(), p.y()), p.max(p.y(), p.x())))
	}},
	{"Smaller", "the lesser of x[i] and y[i], x[i] if they are equal", 2, func(p *program) *node {
		return p.extreme(p.min(p.y(), p.x()))
	}},
	{"Larger", "the greater of x[i] and y[i], x[i] if they are equal", 2, func(p *program) *node {
		return p.extreme(p.max(p.y(), p.x()))
	}},
	{"Copysign", "x[i] with the sign of y[i]", 2, func(p *program) *node {
		return p.or(p.abs(p.x()), p.sign(p.y()))
	}},
	{"MulAdd", "fma(x[i], y[i], z[i])", 3, func(p *program) *node {
		v := p.fma(p.x(), p.y(), p.nodes[2])
		return p.orNaN(v, v)
	}},
}

func (p *program) rounded(direction uint64) *node {
	return p.orNaN(p.x(), p.round(p.x(), direction))
}

func (p *program) extreme(v *node) *node {
	return p.pick(p.unordered(p.x(), p.y()), p.nan(), v)
}

// mostSideBySide is the number of vectors that a usual program does at once, if
// they need no more than mostStack bytes of the stack.
const (
	mostSideBySide = 2
	mostStack      = 576
)

func emitElementary(g *emitter) {
	if !g.masks {
		g.tailMasks()
	}
	for _, e := range elems {
		for _, f := range elementary {
			p := f.program(e, g.masks, false)
			usual := f.program(e, g.masks, true)
			if usual.guard == nil {
				usual = nil
			}
			doc := []string{"computes dst[i] = " + f.formula + " for n elements.", "dst may be an operand."}
			if p.guard != nil {
				doc = append(doc, "It stops before a vector with an element of magnitude above 2^20, and",
					"returns how many elements are done.")
			}
			g.function(p, usual, f.name+e.suffix, doc...)
		}
		for _, f := range plain {
			p := newProgram(e, f.inputs)
			p.width = e
			p.out = []*node{f.build(p)}
			g.function(p, nil, f.name+e.suffix, "computes dst[i] = "+f.formula+" for n elements.", "dst may be an operand.")
		}
	}
	g.constants()
}
