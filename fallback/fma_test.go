package fallback

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// exact32 returns x*y+z rounded once, for finite x, y and z.
func exact32(sum, z *big.Float, x, y, c float32) float32 {
	// The product is exact in float64. 640 bits hold any sum of two numbers
	// between 2^-298 and 2^256.
	sum.SetPrec(640).SetFloat64(float64(x) * float64(y))
	sum.Add(sum, z.SetFloat64(float64(c)))
	f, _ := sum.Float32()
	return f
}

// near returns a number within a few units in the last place of 2^e.
func near(r *rand.Rand, e int) float32 {
	f := math.Ldexp(1+float64(r.IntN(9)-4)*0x1p-23, e)
	return float32(f) * float32(1-2*r.IntN(2))
}

// any32 returns any finite number.
func any32(r *rand.Rand) float32 {
	for {
		if f := math.Float32frombits(r.Uint32()); !math.IsInf(float64(f), 0) && f == f {
			return f
		}
	}
}

// TestFMA32 holds the float32 FMA against arbitrary precision, on numbers
// that make rounding hard.
func TestFMA32(t *testing.T) {
	hard := map[string]func(r *rand.Rand) (x, y, z float32){
		"anything": func(r *rand.Rand) (x, y, z float32) { return any32(r), any32(r), any32(r) },
		"similar": func(r *rand.Rand) (x, y, z float32) {
			return near(r, r.IntN(9)-4), float32(r.NormFloat64()), float32(r.NormFloat64())
		},
		// The product is half a unit in the last place of z, or next to it:
		// ties, and sums that float64 rounds to a tie.
		"near ties": func(r *rand.Rand) (x, y, z float32) {
			z = any32(r)
			_, e := math.Frexp(float64(z))
			d := r.IntN(100) - 50
			return near(r, d), near(r, e-25-d+r.IntN(3)-1), z
		},
		// The same with z the smaller part.
		"near ties of the product": func(r *rand.Rand) (x, y, z float32) {
			x, y = near(r, r.IntN(60)-30), float32(1+r.IntN(1<<12))
			_, e := math.Frexp(float64(x) * float64(y))
			return x, y, near(r, e-25-r.IntN(32))
		},
		"few digits": func(r *rand.Rand) (x, y, z float32) {
			f := func(e int) float32 { return float32(math.Ldexp(float64(r.IntN(1<<13)-1<<12), e)) }
			return f(r.IntN(20)), f(r.IntN(20)), f(r.IntN(60) - 30)
		},
		"subnormal results": func(r *rand.Rand) (x, y, z float32) {
			d := r.IntN(60) - 30
			return near(r, -70+d), near(r, -70-d-r.IntN(20)), math.Float32frombits(r.Uint32N(1<<24) | r.Uint32()&(1<<31))
		},
		"products below everything": func(r *rand.Rand) (x, y, z float32) {
			return near(r, -126-r.IntN(23)), near(r, -r.IntN(126)), math.Float32frombits(r.Uint32N(1 << 10))
		},
		"overflow": func(r *rand.Rand) (x, y, z float32) {
			d := r.IntN(60) - 30
			return near(r, 52+d), near(r, 51-d-r.IntN(3)), math.MaxFloat32 * float32(1-2*r.IntN(2))
		},
		"cancellation": func(r *rand.Rand) (x, y, z float32) {
			x, y = any32(r), near(r, r.IntN(9)-4)
			z = -float32(float64(x) * float64(y))
			if math.IsInf(float64(z), 0) {
				z = math.MaxFloat32
			}
			return x, y, math.Float32frombits(math.Float32bits(z) ^ r.Uint32N(4))
		},
	}
	n := 250_000
	if testing.Short() {
		n = 10_000
	}
	var sum, tmp big.Float
	for name, f := range hard {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(9, 10))
			for range n {
				x, y, z := f(r)
				if s := float64(x)*float64(y) + float64(z); s != s || math.IsInf(s, 0) {
					continue
				}
				want := exact32(&sum, &tmp, x, y, z)
				if got := FMA(x, y, z); got != want || got == 0 && math.Signbit(float64(got)) != signOfZero(x, y, z, want) {
					t.Fatalf("FMA(%x, %x, %x) = %x, want %x", x, y, z, got, want)
				}
			}
		})
	}
}

// signOfZero returns whether a result of zero is negative: a sum that is
// exactly zero is positive unless both parts are negative zeros, and one that
// underflows keeps its sign, as math/big says.
func signOfZero(x, y, z, want float32) bool {
	p := float64(x) * float64(y)
	if p+float64(z) == 0 {
		return math.Signbit(p) && math.Signbit(float64(z))
	}
	return math.Signbit(float64(want))
}

func TestFMASpecials(t *testing.T) {
	t.Run("f32", testFMASpecials[float32])
	t.Run("f64", testFMASpecials[float64])
}

func testFMASpecials[T float32 | float64](t *testing.T) {
	inf, nan, zero := T(math.Inf(1)), T(math.NaN()), T(0)
	largest := T(math.MaxFloat32)
	if T(1)/3 != T(float32(1)/3) {
		largest = T(math.Float64frombits(0x7fefffffffffffff))
	}
	for _, c := range [][4]T{
		{inf, 2, 3, inf}, {inf, -2, 3, -inf}, {inf, inf, inf, inf}, {2, 3, -inf, -inf},
		{inf, 0, 1, nan}, {0, -inf, nan, nan}, {inf, 1, -inf, nan}, {-inf, 1, inf, nan},
		{nan, 1, 1, nan}, {1, nan, 1, nan}, {1, 1, nan, nan}, {0, 0, nan, nan},
		// A product beyond the largest number is not an infinity.
		{largest, largest, -inf, -inf}, {largest, 2, -largest, largest}, {largest, -2, largest, -largest},
		{largest, largest, -largest, inf}, {largest, 1, largest, inf}, {largest, -1, largest, 0},
		{0, 5, 0, 0}, {-zero, 5, 0, 0}, {3, 4, -12, 0},
	} {
		if got := FMA(c[0], c[1], c[2]); got != c[3] && (got == got || c[3] == c[3]) {
			t.Errorf("FMA(%v, %v, %v) = %v, want %v", c[0], c[1], c[2], got, c[3])
		}
	}
	negZero := T(math.Copysign(0, -1))
	for _, c := range []struct {
		x, y, z  T
		negative bool
	}{
		{0, -1, negZero, true}, {negZero, 1, negZero, true}, {0, 1, negZero, false}, {0, -1, 0, false}, {1, 1, -1, false},
	} {
		if got := FMA(c.x, c.y, c.z); got != 0 || math.Signbit(float64(got)) != c.negative {
			t.Errorf("FMA(%v, %v, %v) = %v, want negative zero: %v", c.x, c.y, c.z, got, c.negative)
		}
	}
}
