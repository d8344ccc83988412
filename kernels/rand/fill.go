package rand

import (
	"context"
	"fmt"
	"math"
	"math/bits"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/par"
	"github.com/weftgo/weft/kernels/vmath"
)

// Fills are cut into runs whose buffers stay in the first-level cache, and from
// minShare elements on shared by workers, grain elements at a time.
const (
	run      = 256
	grain    = 16 * run
	minShare = 2 * grain
)

// fill calls f for runs of n elements, side by side if there are many. What f
// does for an element must depend on the element's number only.
func fill(n int, f func(lo, hi int)) {
	each := func(lo, hi int) {
		for ; lo < hi; lo += run {
			f(lo, min(lo+run, hi))
		}
	}
	if n < minShare {
		each(0, n)
		return
	}
	par.ForRange(context.Background(), n, grain, each) // f neither fails nor ends early
}

// words returns how many words an element of T takes.
func words[T kernels.Float]() uint64 {
	if _, short := any(T(0)).(float32); short {
		return 1
	}
	return 2
}

// fractions sets dst to numbers v in [0, 1), at most run of them, from word p
// on.
func fractions[T kernels.Float](g *Philox, dst []T, p uint64) {
	var u [run + 1]uint64
	switch dst := any(dst).(type) {
	case []float32:
		odd := p & 1
		g.pairs(u[:(uint64(len(dst))+odd+1)/2], p>>1)
		for i := range dst {
			dst[i] = fraction32(word(&u, uint64(i)+odd))
		}
	case []float64:
		g.uint64s(u[:len(dst)], p)
		for i := range dst {
			dst[i] = fraction64(u[i])
		}
	}
}

// positives sets dst to numbers q in (0, 1], otherwise as fractions does.
func positives[T kernels.Float](g *Philox, dst []T, p uint64) {
	switch dst := any(dst).(type) {
	case []float32:
		var u [run + 1]uint64
		odd := p & 1
		g.pairs(u[:(uint64(len(dst))+odd+1)/2], p>>1)
		for i := range dst {
			dst[i] = positive32(word(&u, uint64(i)+odd))
		}
	case []float64:
		fractions(g, dst, p)
		for i, v := range dst {
			dst[i] = 1 - v
		}
	}
}

func word(u *[run + 1]uint64, i uint64) uint32 { return uint32(u[i/2] >> (i % 2 * 32)) }

func fraction32(u uint32) float32 { return float32(u>>8) * 0x1p-24 }
func fraction64(u uint64) float64 { return float64(u>>11) * 0x1p-53 }
func positive32(u uint32) float32 { return float32(float32(u)*0x1p-32) + 0x1p-33 }

// Uniform fills dst with numbers evenly distributed over [a, b), multiples of
// 2^-24 (float32) or 2^-53 (float64) of b-a above a, rounded. Uniform(g, x, 0,
// 1) is what NumPy calls random. a, b and b-a are finite and a < b.
func Uniform[T kernels.Float](g *Philox, dst []T, a, b T) {
	if !(a < b) || math.IsInf(float64(b-a), 0) {
		misuse("Uniform", "b", fmt.Sprint(b), fmt.Sprintf("a finite number above %v (that of a), and a finite distance", a))
	}
	width, last := b-a, below(b)
	p := g.place
	g.place += words[T]() * uint64(len(dst))
	fill(len(dst), func(lo, hi int) {
		x := dst[lo:hi]
		fractions(g, x, p+words[T]()*uint64(lo))
		if a == 0 && b == 1 {
			return // v·1 + 0 is v
		}
		for i, v := range x {
			x[i] = min(T(v*width)+a, last)
		}
	})
}

// below returns the largest number below b.
func below[T kernels.Float](b T) T {
	if _, short := any(b).(float32); short {
		return T(math.Nextafter32(float32(b), float32(math.Inf(-1))))
	}
	return T(math.Nextafter(float64(b), math.Inf(-1)))
}

// Exponential fills dst with numbers of the exponential distribution: zero and
// above, with density e^(-x/mean)/mean. mean is finite and not negative. The
// largest are 22.9·mean in float32 and 36.7·mean in float64.
func Exponential[T kernels.Float](g *Philox, dst []T, mean T) {
	if !(mean >= 0) || math.IsInf(float64(mean), 0) {
		misuse("Exponential", "mean", fmt.Sprint(mean), "a finite number of at least 0")
	}
	p := g.place
	g.place += words[T]() * uint64(len(dst))
	fill(len(dst), func(lo, hi int) {
		x := dst[lo:hi]
		positives(g, x, p+words[T]()*uint64(lo))
		vmath.Log(x, x)
		for i, v := range x {
			x[i] = -v * mean
		}
	})
}

// Normal fills dst with numbers of the normal distribution with mean and
// standard deviation sd, both finite and sd not negative, by the method of Box
// and Muller. The largest are 6.7 (float32) and 8.5 (float64) standard
// deviations from the mean.
func Normal[T kernels.Float](g *Philox, dst []T, mean, sd T) {
	if !(sd >= 0) || math.IsInf(float64(sd), 0) {
		misuse("Normal", "sd", fmt.Sprint(sd), "a finite number of at least 0")
	}
	if mean-mean != 0 {
		misuse("Normal", "mean", fmt.Sprint(mean), "a finite number")
	}
	size := words[T]()
	first := (g.place + size - 1) / size // the number of the value dst[0] of the stream
	g.place = (first + uint64(len(dst))) * size
	fill(len(dst), func(lo, hi int) { normals(g, dst[lo:hi], first+uint64(lo), mean, sd) })
}

// normals sets dst to values n, n+1, … of the stream, at most run of them.
// Values 2j and 2j+1 are made together.
func normals[T kernels.Float](g *Philox, dst []T, n uint64, mean, sd T) {
	if len(dst) == 0 {
		return
	}
	const half = run/2 + 1
	var radius, angle, side [half]T
	pairs := (n+uint64(len(dst))-1)/2 - n/2 + 1
	r, t, s := radius[:pairs], angle[:pairs], side[:pairs]
	polar(g, r, t, n/2)
	vmath.Log(r, r)
	for i := range r {
		r[i] *= -2
	}
	vmath.Sqrt(r, r)
	for i := range t {
		t[i] *= 2 * math.Pi
	}
	vmath.Cos(s, t)
	for i := int(n & 1); i < len(dst); i += 2 {
		j := (uint64(i) + n&1) / 2
		dst[i] = T(T(r[j]*s[j])*sd) + mean
	}
	vmath.Sin(s, t)
	for i := 1 - int(n&1); i < len(dst); i += 2 {
		j := (uint64(i) + n&1) / 2
		dst[i] = T(T(r[j]*s[j])*sd) + mean
	}
}

// polar sets r to the first numbers of pairs j, j+1, …, in (0, 1], and t to the
// second ones, in [0, 1).
func polar[T kernels.Float](g *Philox, r, t []T, j uint64) {
	var u [run + 2]uint64
	switch r := any(r).(type) {
	case []float32:
		t := any(t).([]float32)
		g.pairs(u[:len(r)], j)
		for i := range r {
			r[i], t[i] = positive32(uint32(u[i])), fraction32(uint32(u[i]>>32))
		}
	case []float64:
		t := any(t).([]float64)
		g.pairs(u[:2*len(r)], 2*j)
		for i := range r {
			r[i], t[i] = 1-fraction64(u[2*i]), fraction64(u[2*i+1])
		}
	}
}

// Integers fills dst with integers from lo to hi-1. Of 2^64 equally likely
// words, each integer gets the same number but for one, so its chance is off
// by less than 2^-64: with hi-lo below a million nobody can find that in a
// lifetime of numbers. lo < hi.
func Integers[I ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint | ~uint8 | ~uint16 | ~uint32 | ~uint64](g *Philox, dst []I, lo, hi I) {
	if lo >= hi {
		misuse("Integers", "hi", fmt.Sprint(hi), fmt.Sprintf("more than %v (that of lo)", lo))
	}
	span := uint64(hi) - uint64(lo)
	p := g.place
	g.place += 2 * uint64(len(dst))
	fill(len(dst), func(from, to int) {
		var u [run]uint64
		x := dst[from:to]
		g.uint64s(u[:len(x)], p+2*uint64(from))
		for i := range x {
			high, _ := bits.Mul64(u[i], span)
			x[i] = I(uint64(lo) + high)
		}
	})
}

// Shuffle brings x into random order, by a Uint64 for each exchange (R.
// Fisher, F. Yates; R. Durstenfeld, CACM 7(7), 1964): for i from the last
// index down to 1, elements i and (Uint64·(i+1)) div 2^64 change places. One
// goroutine does it: each exchange depends on those before.
func Shuffle[E any](g *Philox, x []E) {
	for i := len(x) - 1; i > 0; i-- {
		j, _ := bits.Mul64(g.Uint64(), uint64(i)+1)
		x[i], x[j] = x[j], x[i]
	}
}

// Permutation returns 0 to n-1 in the order that [Shuffle] gives them.
func Permutation(g *Philox, n int) []int {
	if n < 0 {
		misuse("Permutation", "n", fmt.Sprint(n), "at least 0")
	}
	x := make([]int, n)
	for i := range x {
		x[i] = i
	}
	Shuffle(g, x)
	return x
}

func misuse(call, arg, has, want string) {
	panic(&kernels.ShapeError{Func: "rand." + call, Arg: arg, Has: has, Want: want})
}
