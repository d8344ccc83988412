// Package cost is the model of what a call takes: so long for the call itself,
// so long for each byte that it touches, so long for each operation. The router
// of package kernels decides by it, and package kernels/estimate foretells.
package cost

import "time"

// Speeds are what the model knows of a way to compute, for one type of elements.
type Speeds struct {
	Latency   float64 // seconds that a call takes, whatever its size
	Bandwidth float64 // bytes a second, operands and results
	Work      float64 // multiply-adds a second; zero if it is not worth asking for
}

// Seconds returns how long so many multiply-adds on so many bytes take.
func (s *Speeds) Seconds(work, bytes float64) float64 {
	return s.Latency + bytes/s.Bandwidth + work/s.Work
}

// Gemm returns the multiply-adds of a product of m×k and k×n, and the elements
// that it reads and writes.
func Gemm(m, n, k int, reads bool) (work, elements float64) {
	x, y, z := float64(m), float64(n), float64(k)
	elements = x*z + z*y + x*y
	if reads {
		elements += x * y
	}
	return x * y * z, elements
}

// patience is the longest a single product may take while speeds are measured:
// what is slower does not pay, or is a simulation.
const patience = 20 * time.Millisecond

// Side is the most rows and columns of a product in [Measure].
const Side = 512

// Measure finds speeds by a handful of products of elements of so many bytes, in
// a few milliseconds. product does one of a result of m×n and tells how long it
// took, and the last one that it is asked for is the largest. Where that takes
// longer than patience, Work is zero.
func Measure(size int, product func(m, n, k int) time.Duration) Speeds {
	// seconds is the best of some.
	seconds := func(m, n, k int) float64 {
		best := product(m, n, k)
		for i := 0; i < 3 && best < patience; i++ {
			best = min(best, product(m, n, k))
		}
		return max(best.Seconds(), 1e-9)
	}
	product(2, 2, 2) // a device starts
	s := Speeds{Latency: seconds(2, 2, 2)}

	// Much to move and little to do.
	_, moved := Gemm(Side, 2, Side, false)
	s.Bandwidth = moved * float64(size) / rest(seconds(Side, 2, Side), s.Latency)

	// Much to do, in steps, so that a slow device is found out early. What is
	// left of the time is at least a twentieth: it may be less than the noise.
	for _, n := range []int{64, 256, Side} {
		t := seconds(n, n, n)
		if t > patience.Seconds() {
			return Speeds{}
		}
		work, moved := Gemm(n, n, n, false)
		s.Work = work / rest(t, s.Latency+moved*float64(size)/s.Bandwidth)
	}
	return s
}

// rest returns what is left of t seconds without a part of them.
func rest(t, part float64) float64 { return max(t-part, t/20) }
