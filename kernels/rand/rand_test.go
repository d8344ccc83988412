package rand_test

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"math/bits"
	randv2 "math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/rand"
	"github.com/weftgo/weft/kernels/vmath"
)

var _ randv2.Source = (*rand.Philox)(nil)

// A generator is Philox4x32-10 of what the package says, in plain words.
func block(seed, stream, b uint64) (w [4]uint32) {
	k0, k1 := uint32(seed), uint32(seed>>32)
	w = [4]uint32{uint32(b), uint32(b >> 32), uint32(stream), uint32(stream >> 32)}
	for range 10 {
		h0, l0 := bits.Mul32(w[0], 0xD2511F53)
		h1, l1 := bits.Mul32(w[2], 0xCD9E8D57)
		w = [4]uint32{h1 ^ w[1] ^ k0, l1, h0 ^ w[3] ^ k1, l0}
		k0, k1 = k0+0x9E3779B9, k1+0xBB67AE85
	}
	return w
}

func word(seed, stream, p uint64) uint32 { return block(seed, stream, p/4)[p%4] }

func double(seed, stream, p uint64) uint64 {
	return uint64(word(seed, stream, p)) | uint64(word(seed, stream, p+1))<<32
}

// The vectors that come with Random123 (kat_vectors, philox4x32 10).
func TestKnownAnswers(t *testing.T) {
	const ones = math.MaxUint64
	for _, c := range []struct {
		low, stream, seed uint64
		want              [4]uint32
	}{
		{0, 0, 0, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{ones, ones, ones, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{0x85a308d3243f6a88, 0x0370734413198a2e, 0x299f31d0a4093822, [4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := block(c.seed, c.stream, c.low); got != c.want {
			t.Errorf("the test's own Philox: %x, want %x", got, c.want)
		}
		switch g := rand.NewStream(c.seed, c.stream); {
		case c.low == 0:
			for i, w := range c.want {
				if got := g.Uint32(); got != w {
					t.Errorf("word %d: %x, want %x", i, got, w)
				}
			}
		case math.MaxInt == math.MaxInt32: // Split can't count that far
		case c.low>>63 == 1: // blocks that only Split has
			seed, stream := g.Split(int(c.low & math.MaxInt64)).Seed()
			if got := [4]uint32{uint32(seed), uint32(seed >> 32), uint32(stream), uint32(stream >> 32)}; got != c.want {
				t.Errorf("counter %x: %x, want %x", c.low, got, c.want)
			}
		default:
			t.Errorf("counter %x is out of reach", c.low)
		}
	}
}

// Numbers one by one are words of the stream, wherever they are asked for.
func TestSource(t *testing.T) {
	const seed, stream = 0x123456789abcdef0, 77
	g := rand.NewStream(seed, stream)
	r := randv2.New(randv2.NewPCG(1, 2))
	p := uint64(0)
	for range 2000 {
		if g.Position() != p {
			t.Fatalf("position %d, want %d", g.Position(), p)
		}
		switch r.IntN(5) {
		case 0:
			if got, want := g.Uint32(), word(seed, stream, p); got != want {
				t.Fatalf("Uint32 at %d: %x, want %x", p, got, want)
			}
			p++
		case 1, 2:
			if got, want := g.Uint64(), double(seed, stream, p); got != want {
				t.Fatalf("Uint64 at %d: %x, want %x", p, got, want)
			}
			p += 2
		case 3:
			n := r.Uint64N(10)
			g.Skip(n)
			p += n
		case 4:
			p = r.Uint64() >> r.UintN(64)
			g.Seek(p)
			i := r.Uint64() >> 1
			if got, want := g.At(i), double(seed, stream, 2*i); got != want {
				t.Fatalf("At(%d): %x, want %x", i, got, want)
			}
		}
	}
	g.Seek(math.MaxUint64) // and round to word 0
	if got, want := g.Uint64(), uint64(word(seed, stream, math.MaxUint64))|uint64(word(seed, stream, 0))<<32; got != want {
		t.Errorf("at the end: %x, want %x", got, want)
	}
}

func TestStreams(t *testing.T) {
	seen := map[uint64]string{}
	add := func(name string, g *rand.Philox) {
		v := g.Uint64()
		if other, ok := seen[v]; ok {
			t.Errorf("%s begins as %s", name, other)
		}
		seen[v] = name
	}
	for s := range uint64(20) {
		for k := range uint64(20) {
			add(fmt.Sprint("stream ", s, k), rand.NewStream(s, k))
		}
	}
	g := rand.New(5)
	for k := range 100 {
		h := g.Split(k)
		g.Uint32() // does not matter to Split
		if a, b := rand.New(5).Split(k).Uint64(), g.Split(k).Uint64(); a != b {
			t.Errorf("Split(%d) gives %x and %x", k, a, b)
		}
		add(fmt.Sprint("split ", k), h)
		add(fmt.Sprint("split 1 of split ", k), h.Split(1))
	}
}

// reference has each fill, an element at a time, from the formulas.
func fractionOf[T kernels.Float](w func(p uint64) uint32, p uint64) (v, q T) {
	if size[T]() == 1 {
		u := w(p)
		return T(u>>8) * T(math.Ldexp(1, -24)), T(float32(float32(u)*0x1p-32) + 0x1p-33)
	}
	u := uint64(w(p)) | uint64(w(p+1))<<32
	v = T(float64(u>>11) * 0x1p-53)
	return v, 1 - v
}

func size[T kernels.Float]() uint64 {
	if T(1)+T(math.Ldexp(1, -30)) == 1 {
		return 1
	}
	return 2
}

func unary[T kernels.Float](f func(dst, x []T), x T) T {
	y := []T{x}
	f(y, y)
	return y[0]
}

func normalOf[T kernels.Float](w func(p uint64) uint32, i uint64, mean, sd T) T {
	s := size[T]()
	_, q := fractionOf[T](w, i/2*2*s)
	v, _ := fractionOf[T](w, i/2*2*s+s)
	r, angle := unary(vmath.Sqrt[T], -2*unary(vmath.Log[T], q)), v*T(2*math.Pi)
	side := unary(vmath.Cos[T], angle)
	if i%2 == 1 {
		side = unary(vmath.Sin[T], angle)
	}
	return T(T(r*side)*sd) + mean
}

// fills has the functions that fill, with their definitions: element i of a
// fill that begins at word p.
func fills[T kernels.Float]() map[string]struct {
	fill func(g *rand.Philox, dst []T)
	want func(w func(p uint64) uint32, p, i uint64) T
} {
	type c = struct {
		fill func(g *rand.Philox, dst []T)
		want func(w func(p uint64) uint32, p, i uint64) T
	}
	s := size[T]()
	return map[string]c{
		"Uniform01": {func(g *rand.Philox, dst []T) { rand.Uniform(g, dst, 0, 1) },
			func(w func(uint64) uint32, p, i uint64) T { v, _ := fractionOf[T](w, p+s*i); return v }},
		"Uniform": {func(g *rand.Philox, dst []T) { rand.Uniform(g, dst, -3, 0.7) },
			func(w func(uint64) uint32, p, i uint64) T {
				v, _ := fractionOf[T](w, p+s*i)
				return T(v*(T(0.7) - -3)) - 3
			}},
		"Exponential": {func(g *rand.Philox, dst []T) { rand.Exponential(g, dst, 2.5) },
			func(w func(uint64) uint32, p, i uint64) T {
				_, q := fractionOf[T](w, p+s*i)
				return -unary(vmath.Log[T], q) * 2.5
			}},
		"Normal": {func(g *rand.Philox, dst []T) { rand.Normal(g, dst, 1, 3) },
			func(w func(uint64) uint32, p, i uint64) T { return normalOf[T](w, (p+s-1)/s+i, 1, 3) }},
		"Integers": {func(g *rand.Philox, dst []T) {
			x := make([]int16, len(dst))
			rand.Integers(g, x, -300, 1000)
			for i := range x {
				dst[i] = T(x[i])
			}
		}, func(w func(uint64) uint32, p, i uint64) T {
			high, _ := bits.Mul64(uint64(w(p+2*i))|uint64(w(p+2*i+1))<<32, 1300)
			return T(high) - 300
		}},
	}
}

// Every element is what its definition says, in one fill or in two, by one
// worker or several, from any word on.
func TestFills(t *testing.T) {
	t.Run("f32", testFills[float32])
	t.Run("f64", testFills[float64])
}

func testFills[T kernels.Float](t *testing.T) {
	old := runtime.GOMAXPROCS(4)
	defer runtime.GOMAXPROCS(old)
	const seed, stream = 99, 1 << 40
	w := func(p uint64) uint32 { return word(seed, stream, p) }
	for name, f := range fills[T]() {
		for _, n := range []int{0, 1, 2, 3, 255, 256, 257, 1000, 30_001} {
			for p := range uint64(6) {
				if n > 1000 && p != 0 && p != 5 {
					continue
				}
				g := rand.NewStream(seed, stream)
				g.Seek(p)
				x := make([]T, n)
				f.fill(g, x)
				step := 1 + n/500
				for i := 0; i < n; i += step {
					if want := f.want(w, p, uint64(i)); x[i] != want {
						t.Fatalf("%s of %d from word %d: element %d is %v, want %v", name, n, p, i, x[i], want)
					}
				}
				end := g.Position()
				g.Seek(p)
				y := make([]T, n)
				f.fill(g, y[:n/3])
				f.fill(g, y[n/3:])
				if !slices.Equal(x, y) || g.Position() != end {
					t.Fatalf("%s of %d from word %d in two parts differs", name, n, p)
				}
			}
		}
	}
}

// Bits that no backend, no number of workers and no machine may change.
func TestDigest(t *testing.T) {
	h := fnv.New64a()
	g := rand.New(2026)
	digest(h.Write, g, fills[float32]())
	digest(h.Write, g, fills[float64]())
	for _, v := range rand.Permutation(g, 1000) {
		h.Write(binary.LittleEndian.AppendUint64(nil, uint64(v)))
	}
	const want = 0xfc6ac645c91d6b93
	if got := h.Sum64(); got != want {
		t.Errorf("digest %#x, want %#x", got, uint64(want))
	}
}

func digest[T kernels.Float, F struct {
	fill func(g *rand.Philox, dst []T)
	want func(w func(p uint64) uint32, p, i uint64) T
}](write func([]byte) (int, error), g *rand.Philox, fills map[string]F) {
	x := make([]T, 10_007)
	for _, name := range []string{"Uniform01", "Uniform", "Exponential", "Normal", "Integers"} {
		f := (struct {
			fill func(g *rand.Philox, dst []T)
			want func(w func(p uint64) uint32, p, i uint64) T
		})(fills[name])
		f.fill(g, x)
		for _, v := range x {
			write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(float64(v))))
		}
	}
}

// The ends of the intervals.
func TestRanges(t *testing.T) {
	x := make([]float32, 200_000)
	g := rand.New(1)
	rand.Uniform(g, x, 1, math.Nextafter32(1, 2)) // one number only
	if i := slices.IndexFunc(x, func(v float32) bool { return v != 1 }); i >= 0 {
		t.Errorf("element %d is %v, want 1", i, x[i])
	}
	rand.Uniform(g, x, 1e7, 1e7+2)
	if lo, hi := slices.Min(x), slices.Max(x); lo != 1e7 || hi != 1e7+1 {
		t.Errorf("from %v to %v", lo, hi)
	}
	rand.Exponential(g, x, 1)
	if lo := slices.Min(x); lo < 0 {
		t.Errorf("exponential %v", lo)
	}
	small := make([]uint8, 100_000)
	rand.Integers(g, small, 250, 255)
	if lo, hi := slices.Min(small), slices.Max(small); lo != 250 || hi != 254 {
		t.Errorf("integers from %d to %d", lo, hi)
	}
	wide := make([]int64, 1000)
	rand.Integers(g, wide, math.MinInt64, math.MaxInt64)
	if lo, hi := slices.Min(wide), slices.Max(wide); lo > math.MinInt64/100*98 || hi < math.MaxInt64/100*98 {
		t.Errorf("integers from %d to %d", lo, hi)
	}
	p := rand.Permutation(g, 1000)
	slices.Sort(p)
	for i, v := range p {
		if v != i {
			t.Fatalf("Permutation lacks %d", i)
		}
	}
}

// kolmogorov returns √n times the largest distance between the distribution
// of x and cdf. Above 1.95 its probability is 0.001.
func kolmogorov[T kernels.Float](x []T, cdf func(float64) float64) float64 {
	x = slices.Clone(x)
	slices.Sort(x)
	n, d := float64(len(x)), 0.0
	for i, v := range x {
		f := cdf(float64(v))
		d = max(d, f-float64(i)/n, float64(i+1)/n-f)
	}
	return d * math.Sqrt(n)
}

// Distributions by their exact cumulative functions, moments, and correlation
// of neighbours. Seeds are fixed: a failure is one of the code.
func TestStatistics(t *testing.T) {
	t.Run("f32", testStatistics[float32])
	t.Run("f64", testStatistics[float64])
}

func testStatistics[T kernels.Float](t *testing.T) {
	const n = 100_000
	g := rand.New(314159)
	for _, c := range []struct {
		name           string
		fill           func(x []T)
		cdf            func(x float64) float64
		mean, variance float64
		kurtosis       float64
	}{
		{"uniform", func(x []T) { rand.Uniform(g, x, 2, 5) }, func(x float64) float64 { return (x - 2) / 3 }, 3.5, 0.75, 1.8},
		{"normal", func(x []T) { rand.Normal(g, x, -1, 2) }, func(x float64) float64 { return math.Erfc(-(x+1)/(2*math.Sqrt2)) / 2 }, -1, 4, 3},
		{"exponential", func(x []T) { rand.Exponential(g, x, 3) }, func(x float64) float64 { return -math.Expm1(-x / 3) }, 3, 9, 9},
	} {
		x := make([]T, n)
		c.fill(x)
		if d := kolmogorov(x, c.cdf); d > 1.95 {
			t.Errorf("%s: Kolmogorov-Smirnov %v", c.name, d)
		}
		var s1, s2, serial, pair float64
		for i, v := range x {
			d := (float64(v) - c.mean) / math.Sqrt(c.variance)
			s1 += d
			s2 += d * d
			if i > 0 {
				serial += d * (float64(x[i-1]) - c.mean) / math.Sqrt(c.variance)
			}
			if i%2 == 1 { // the two of a pair of Box and Muller: squares, too
				e := (float64(x[i-1]) - c.mean) / math.Sqrt(c.variance)
				pair += (d*d - 1) * (e*e - 1)
			}
		}
		root := math.Sqrt(n)
		for what, z := range map[string]float64{
			"mean": s1 / root, "variance": (s2 - n) / root / math.Sqrt(c.kurtosis-1), "serial correlation": serial / root,
			"correlation of squares": pair / math.Sqrt(n/2) / (c.kurtosis - 1),
		} {
			if math.Abs(z) > 4 {
				t.Errorf("%s: the %s is off by %.2f standard deviations", c.name, what, z)
			}
		}
	}
	// Integers, pairs of neighbours and bits, by chi-square.
	x := make([]int, 200_000)
	rand.Integers(g, x, 0, 32)
	one, two := make([]int, 32), make([]int, 1024)
	for i, v := range x {
		one[v]++
		if i%2 == 1 {
			two[x[i-1]*32+v]++
		}
	}
	for name, counts := range map[string][]int{"integers": one, "pairs": two} {
		total, chi := 0, 0.0
		for _, c := range counts {
			total += c
		}
		e := float64(total) / float64(len(counts))
		for _, c := range counts {
			chi += (float64(c) - e) * (float64(c) - e) / e
		}
		free := float64(len(counts) - 1)
		if z := (chi - free) / math.Sqrt(2*free); math.Abs(z) > 4 {
			t.Errorf("%s: chi-square %v of %v degrees of freedom", name, chi, free)
		}
	}
	// Where each of 6 goes in permutations.
	var places [6][6]int
	for range 30_000 {
		for i, v := range rand.Permutation(g, 6) {
			places[i][v]++
		}
	}
	chi := 0.0
	for _, row := range places {
		for _, c := range row {
			chi += float64((c-5000)*(c-5000)) / 5000
		}
	}
	if chi > 25+4*math.Sqrt(50) {
		t.Errorf("permutations: chi-square %v of 25 degrees of freedom", chi)
	}
}

func TestMisuse(t *testing.T) {
	g, x := rand.New(1), make([]float64, 3)
	inf := math.Inf(1)
	for want, call := range map[string]func(){
		"kernels: rand.Uniform: b has 1, want a finite number above 1 (that of a), and a finite distance":            func() { rand.Uniform(g, x, 1, 1) },
		"kernels: rand.Uniform: b has +Inf, want a finite number above 0 (that of a), and a finite distance":         func() { rand.Uniform(g, x, 0, inf) },
		"kernels: rand.Uniform: b has NaN, want a finite number above 0 (that of a), and a finite distance":          func() { rand.Uniform(g, x, 0, inf-inf) },
		"kernels: rand.Uniform: b has 1e+308, want a finite number above -1e+308 (that of a), and a finite distance": func() { rand.Uniform(g, x, -1e308, 1e308) },
		"kernels: rand.Exponential: mean has -1, want a finite number of at least 0":                                 func() { rand.Exponential(g, x, -1) },
		"kernels: rand.Normal: sd has -1, want a finite number of at least 0":                                        func() { rand.Normal(g, x, 0, -1) },
		"kernels: rand.Normal: mean has NaN, want a finite number":                                                   func() { rand.Normal(g, x, inf-inf, 1) },
		"kernels: rand.Integers: hi has 3, want more than 3 (that of lo)":                                            func() { rand.Integers(g, []int{1}, 3, 3) },
		"kernels: rand.Permutation: n has -1, want at least 0":                                                       func() { rand.Permutation(g, -1) },
		"kernels: rand.Split: k has -1, want at least 0":                                                             func() { g.Split(-1) },
	} {
		func() {
			defer func() {
				if e, ok := recover().(*kernels.ShapeError); !ok || e.Error() != want {
					t.Errorf("got %v, want %s", e, want)
				}
			}()
			call()
		}()
	}
	if g.Position() != 0 {
		t.Error("numbers were used")
	}
}

func TestAllocations(t *testing.T) {
	g, x := rand.New(1), make([]float64, 100)
	if n := testing.AllocsPerRun(100, func() { rand.Normal(g, x, 0, 1) }); n > 8 {
		t.Errorf("Normal: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { g.Uint64() }); n != 0 {
		t.Errorf("Uint64: %v allocations", n)
	}
}
