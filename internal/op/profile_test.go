package op

import (
	"math"
	"math/rand/v2"
	"testing"
)

// nearest returns the multiple of unit that is nearest to x, ties to even.
func nearest(x, unit float64) float64 { return math.RoundToEven(x/unit) * unit }

// Rounding to a format agrees with arithmetic on numbers of all sizes, and
// keeps what the format holds.
func TestRound(t *testing.T) {
	formats := []struct {
		p        Profile
		digits   int // significant bits
		least    int // exponent of the smallest normal number
		overflow float64
	}{
		{TF32, 11, -126, 0x1p128}, {BF16, 8, -126, 0x1p128}, {F16, 11, -14, 0x1p16},
	}
	r := rand.New(rand.NewPCG(1, 2))
	for _, f := range formats {
		for i := range 300_000 {
			bits := r.Uint32()
			if i%2 == 0 {
				bits &= 0xffffe000 >> (i / 2 % 4) // ties, and numbers that need no rounding
			}
			x := float32(math.Float32frombits(bits))
			if i%3 == 0 {
				x = float32(math.Ldexp(r.NormFloat64(), r.IntN(50)-30))
			}
			got := f.p.Round(x)
			if x != x {
				if got == got {
					t.Fatalf("%v: NaN became %v", f.p, got)
				}
				continue
			}
			want := float64(x)
			if !math.IsInf(want, 0) && want != 0 {
				_, e := math.Frexp(want)
				want = nearest(want, math.Ldexp(1, max(e-1, f.least)-(f.digits-1)))
				if math.Abs(want) >= f.overflow {
					want = math.Inf(int(math.Copysign(1, want)))
				}
			}
			if float64(got) != want || math.Signbit(float64(got)) != math.Signbit(float64(x)) {
				t.Fatalf("%v.Round(%v) = %v, want %v", f.p, x, got, want)
			}
			if f.p.Round(got) != got {
				t.Fatalf("%v: %v is rounded twice", f.p, x)
			}
		}
	}
	for _, p := range []Profile{Exact, Tensor} {
		if x := float32(math.Pi); p.Round(x) != x {
			t.Errorf("%v rounds", p)
		}
	}
}

func TestProfile(t *testing.T) {
	seen := map[string]bool{}
	for p := range Profile(Profiles) {
		if seen[p.String()] {
			t.Errorf("two profiles are called %v", p)
		}
		seen[p.String()] = true
	}
	if Profile(Profiles).String() != "unknown profile" || TF32.Size() != 4 || Tensor.Size() != 8 || Exact.Size() != 0 {
		t.Error("a name or a size is wrong")
	}
}
