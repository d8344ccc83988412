package kerneltest

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Elementwise is an elementwise kernel of one, two or three operands and plain
// Go's function for it: those fields are set that have as many.
type Elementwise[T Float] struct {
	Name    string
	Unary   func(dst, x *T, n int)
	Binary  func(dst, x, y *T, n int)
	Ternary func(dst, x, y, z *T, n int)
	// Stops is a kernel of one operand that may stop early and returns how many
	// elements it has done, and Limit the magnitude that it must go up to.
	Stops func(dst, x *T, n int) int
	Limit T

	WantUnary   func(dst, x *T, n int)
	WantBinary  func(dst, x, y *T, n int)
	WantTernary func(dst, x, y, z *T, n int)
}

// RunElementwise tests kernels bit for bit, NaN included: over every tail and
// misalignment between pages that fault, in place, and on numbers of all
// magnitudes.
func RunElementwise[T Float](t *testing.T, kernels []Elementwise[T]) {
	for _, k := range kernels {
		t.Run(k.Name, k.test)
	}
}

// numbers makes n of them: patterns of bits, numbers of moderate size, and
// those at which functions change path.
func numbers[T Float](r *rand.Rand, n int) []T {
	x := make([]T, n)
	for i := range x {
		switch r.IntN(4) {
		case 0:
			x[i] = fromBits[T](r.Uint64())
		case 1:
			x[i] = T(r.NormFloat64() * 4)
		case 2:
			x[i] = T(math.Ldexp(r.NormFloat64(), r.IntN(64)-32))
		default:
			x[i] = T(edges[r.IntN(len(edges))])
			if r.IntN(2) == 0 {
				x[i] = -x[i]
			}
			if r.IntN(2) == 0 {
				x[i] = fromBits[T](bits(x[i]) + uint64(r.IntN(5)) - 2)
			}
		}
	}
	return x
}

// usual makes n numbers within every function's usual range, up to 1 or above
// it too, and at some places what numbers makes. Vectors without one of these
// take a path of their own.
func usual[T Float](r *rand.Rand, n int) []T {
	x := numbers[T](r, n)
	negative, large, other := r.IntN(2) == 0, r.IntN(2) == 0, 1+r.IntN(200)
	for i := range x {
		if r.IntN(other) == 1 {
			continue
		}
		v := r.Float64()
		if large {
			v *= 30
		}
		if negative && r.IntN(2) == 0 {
			v = -v
		}
		x[i] = T(v)
	}
	return x
}

// edges are numbers at which functions change path, overflow or underflow.
var edges = []float64{
	0, 1, 0.5, 2, 3, math.Inf(1), math.NaN(), math.SmallestNonzeroFloat64, math.SmallestNonzeroFloat32,
	0x1p-1022, 0x1p-126, math.MaxFloat64, math.MaxFloat32, math.Sqrt2, math.Sqrt2 - 1, math.Sqrt2 + 1, math.Sqrt2 / 2,
	math.Pi / 4, math.Pi / 2, math.Pi, 3 * math.Pi / 4, 1 << 20, 1<<20 + 1, 1 << 52, 1<<53 - 1, 1 << 24,
	math.Ln2 / 2, math.Ln2, 6, 12, 15, 22, 40, 88.72284, 89, 103.97208, 104, 127.99999, 128, 149, 151,
	709.782712893384, 710.4758600739439, 712, 745.1332191019412, 746, 1023, 1024, 1074, 1075, 1076, 36.7368005696771, 38.5,
}

func fromBits[T Float](b uint64) T {
	var z T
	switch p := any(&z).(type) {
	case *float32:
		*p = math.Float32frombits(uint32(b))
	case *float64:
		*p = math.Float64frombits(b)
	}
	return z
}

func (k Elementwise[T]) test(t *testing.T) {
	var arenas [4]*arena[T]
	for i := range arenas {
		arenas[i] = newArena[T](t)
	}
	r := rand.New(rand.NewPCG(7, 7))
	operands := 1
	if k.Binary != nil {
		operands = 2
	} else if k.Ternary != nil {
		operands = 3
	}
	check := func(n, place int) {
		var in [3][]T
		for i := range operands {
			if place%2 == 0 {
				in[i] = numbers[T](r, n)
			} else {
				in[i] = usual[T](r, n)
			}
		}
		want := make([]T, n+1)
		switch operands {
		case 1:
			k.WantUnary(ptr(want), ptr(in[0]), n)
		case 2:
			k.WantBinary(ptr(want), ptr(in[0]), ptr(in[1]), n)
		case 3:
			k.WantTernary(ptr(want), ptr(in[0]), ptr(in[1]), ptr(in[2]), n)
		}
		// The result apart, and over each operand.
		for over := -1; over < operands; over++ {
			var at [4]*T
			var dst []T
			for i := range operands {
				x := arenas[i].put(in[i], place+i*(n%5))
				if at[i] = ptr(x); i == over {
					dst = x
				}
			}
			if over < 0 {
				dst = arenas[3].take(n, place+n%3)
			}
			done := n
			switch {
			case k.Stops != nil:
				done = k.Stops(ptr(dst), at[0], n)
			case operands == 1:
				k.Unary(ptr(dst), at[0], n)
			case operands == 2:
				k.Binary(ptr(dst), at[0], at[1], n)
			case operands == 3:
				k.Ternary(ptr(dst), at[0], at[1], at[2], n)
			}
			if done < n && !anyBeyond(in[0][done:min(n, done+8)], k.Limit) {
				t.Fatalf("n=%d place=%d: stopped at %d for no reason", n, place, done)
			}
			for i, got := range dst[:done] {
				if bits(got) != bits(want[i]) {
					var args []T
					for o := range operands {
						args = append(args, in[o][i])
					}
					t.Fatalf("n=%d place=%d over=%d: element %d of %v (%x) is %v (%x), want %v (%x)",
						n, place, over, i, args, bits(args[0]), got, bits(got), want[i], bits(want[i]))
				}
			}
			for i, a := range arenas {
				if (i < operands || i == 3 && over < 0) && !a.intact() {
					t.Fatalf("n=%d place=%d over=%d: wrote outside operand %d", n, place, over, i)
				}
			}
			for i := range operands {
				if i != over && !sameBits(arenas[i].all[arenas[i].from:][:n], in[i]) {
					t.Fatalf("n=%d place=%d over=%d: changed operand %d", n, place, over, i)
				}
			}
		}
	}
	for n := range 35 {
		for place := range places {
			check(n, place)
		}
	}
	rounds := 20
	if testing.Short() {
		rounds = 2
	}
	for i := range rounds {
		check(1000+i, i)
	}
}

func anyBeyond[T Float](x []T, limit T) bool {
	for _, v := range x {
		if v > limit || v < -limit {
			return true
		}
	}
	return false
}

func sameBits[T Float](x, y []T) bool {
	for i, v := range x {
		if bits(v) != bits(y[i]) {
			return false
		}
	}
	return true
}
