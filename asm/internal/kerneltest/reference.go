package kerneltest

import "math"

// The references: the definitions of the documentation of package avx2, in
// plain Go.

// fma is a*b+c with one rounding.
func fma[T Float](a, b, c T) T {
	switch a := any(a).(type) {
	case float32:
		return T(fma32(a, float32(b), float32(c)))
	case float64:
		return T(math.FMA(a, float64(b), float64(c)))
	}
	panic("unreachable")
}

// fma32 adds in float64, where the product is exact, and makes the sum odd if
// it is inexact: rounding an odd number of so many more bits once more cannot
// go wrong.
func fma32(a, b, c float32) float32 {
	p, q := float64(a)*float64(b), float64(c)
	s := p + q
	if s-s != 0 { // infinite or NaN
		return float32(s)
	}
	v := s - p
	err := (p - (s - v)) + (q - v)
	if bits := math.Float64bits(s); err != 0 && bits&1 == 0 {
		if (err > 0) == (s > 0) {
			bits++
		} else {
			bits--
		}
		s = math.Float64frombits(bits)
	}
	return float32(s)
}

// lanes is the number of virtual lanes.
func lanes[T Float]() int {
	if bits(T(1)) == bits(float32(1)) {
		return 64
	}
	return 32
}

// reduce runs step on the lane of each element and joins the lanes.
func reduce[T Float](n int, step func(i int, lane T) T) T {
	l := make([]T, lanes[T]())
	for i := range n {
		l[i%len(l)] = step(i, l[i%len(l)])
	}
	for h := len(l) / 2; h >= 1; h /= 2 {
		for i := range h {
			l[i] += l[i+h]
		}
	}
	return l[0]
}

func refSum[T Float](x []T) T {
	return reduce(len(x), func(i int, lane T) T { return lane + x[i] })
}

func refAsum[T Float](x []T) T {
	return reduce(len(x), func(i int, lane T) T { return lane + T(math.Abs(float64(x[i]))) })
}

func refSumSq[T Float](x []T) T {
	return reduce(len(x), func(i int, lane T) T { return fma(x[i], x[i], lane) })
}

func refSqDev[T Float](x []T, m T) T {
	return reduce(len(x), func(i int, lane T) T { d := x[i] - m; return fma(d, d, lane) })
}

func refDot[T Float](x, y []T) T {
	return reduce(len(x), func(i int, lane T) T { return fma(x[i], y[i], lane) })
}
