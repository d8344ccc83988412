package array

import "math"

// fma returns x·y + z rounded once, on every processor.
//
// For float32 the product is exact in float64. Its sum with z is rounded there
// to odd: if it is inexact and the last bit is even, the neighbour on the side
// of the error takes its place. A second rounding, to float32, is then as good
// as one (S. Boldo, G. Melquiond, IEEE Trans. Computers 57(4), 2008).
func fma[T Float](x, y, z T) T {
	if kindOf[T]() == kindFloat64 {
		return T(math.FMA(float64(x), float64(y), float64(z)))
	}
	p, c := float64(x)*float64(y), float64(z)
	s := float64(p) + c
	t := s - float64(p)
	e := (float64(p) - (s - t)) + (c - t) // the error of s, exactly (Knuth's TwoSum)
	if bits := math.Float64bits(s); e != 0 && e == e && bits&1 == 0 {
		if (e > 0) == (s > 0) {
			bits++
		} else {
			bits--
		}
		s = math.Float64frombits(bits)
	}
	return T(s)
}
