package op

import "math"

// Profile says how exactly a product is computed. Every profile but Exact is
// asked for by name, since its results depend on the device.
type Profile int

// The profiles.
const (
	// Exact is the definition in docs/numerics.md: the same bits everywhere.
	Exact Profile = iota

	// TF32 rounds the float32 elements of A and B to 11 significant bits, and
	// adds in float32 in an order of the device's choice.
	TF32

	// BF16 rounds the float32 elements of A and B to bfloat16, 8 significant
	// bits, and adds in float32.
	BF16

	// F16 rounds the float32 elements of A and B to binary16, 11 significant
	// bits and a range of 6e-8 to 65504, and adds in float32.
	F16

	// Tensor is float64 on tensor cores: nothing is rounded but products and
	// sums, in an order of the device's choice.
	Tensor

	// Profiles is the number of profiles.
	Profiles = iota
)

var profileNames = [Profiles]string{"exact", "tf32", "bf16", "f16", "tensor"}

// String returns the profile's name.
func (p Profile) String() string {
	if p < 0 || p >= Profiles {
		return "unknown profile"
	}
	return profileNames[p]
}

// Size returns the size in bytes of the elements that p is for: 4 or 8, or 0
// for both.
func (p Profile) Size() int {
	switch p {
	case TF32, BF16, F16:
		return 4
	case Tensor:
		return 8
	}
	return 0
}

// Round returns x rounded to the format of p's operands, to the nearest, ties
// to even. Subnormal numbers, infinities and NaN are kept as far as the format
// has them.
func (p Profile) Round(x float32) float32 {
	switch p {
	case TF32:
		return roundBits(x, 13)
	case BF16:
		return roundBits(x, 16)
	case F16:
		return roundF16(x)
	}
	return x
}

// roundBits rounds away the last n bits of x's fraction. What is carried out of
// it goes to the exponent, as it should: up to infinity.
func roundBits(x float32, n uint) float32 {
	if x != x {
		return x
	}
	b := math.Float32bits(x)
	b += 1<<(n-1) - 1 + b>>n&1
	return math.Float32frombits(b &^ (1<<n - 1))
}

// roundF16 rounds to binary16.
func roundF16(x float32) float32 {
	const (
		least    = 0x1p-14 // normal number
		overflow = 65520   // and above rounds to infinity
	)
	switch a := math.Abs(float64(x)); {
	case a >= overflow:
		return float32(math.Inf(int(math.Copysign(1, float64(x)))))
	case a < least:
		// A multiple of 2⁻²⁴: the sum with 1.5·2²⁸ in float64 has 29-52 = -24 as
		// the place of its last bit.
		const shift = 0x1.8p28
		return float32(math.Copysign(float64(float64(a+shift)-shift), float64(x)))
	}
	return roundBits(x, 13)
}
