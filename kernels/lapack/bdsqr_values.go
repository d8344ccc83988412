package lapack

import (
	"math"
	"slices"

	"github.com/weftgo/weft/kernels"
)

// bidiagonalValues makes d the singular values, descending, of the upper
// bidiagonal matrix with diagonal d and off-diagonal e, which is destroyed,
// with errors small against the largest. It returns false if an element is NaN
// or infinite, or if there is no convergence.
//
// The method is the differential quotient-difference algorithm with shifts (K.
// Fernando, B. Parlett, Numer. Math. 67, 1994), in float64 for both types: it
// works on squares.
func bidiagonalValues[T kernels.Float](d, e []T) bool {
	n := len(d)
	x, ok := exponent(d, e)
	if !ok {
		return false
	}
	b := take[float64](5 * n)
	defer b.drop()
	s := dqds{q: b.data[:n], e: b.data[n : 2*n], q2: b.data[2*n : 3*n], e2: b.data[3*n : 4*n], pivots: b.data[4*n:]}
	// The largest element is now between ½ and 1.
	f := math.Ldexp(1, -x/2)
	g := math.Ldexp(1, -x+x/2)
	for i, v := range d {
		w := float64(v) * f * g
		s.q[i] = float64(w * w)
	}
	for i, v := range e {
		w := float64(v) * f * g
		s.e[i] = float64(w * w)
	}
	if !s.run() {
		return false
	}
	slices.Sort(s.q)
	for i, v := range s.q {
		d[n-1-i] = T(math.Sqrt(v) / f / g)
	}
	return true
}

// dqds finds the eigenvalues of BᵀB, B upper bidiagonal with the roots of q
// above those of e. They are left in q, in no order.
type dqds struct {
	q, e   []float64
	q2, e2 []float64 // what a transformation makes of them
	pivots []float64 // of the last one

	// The rest is of the block at work. BᵀB of its q and e, plus sigma + low,
	// has the eigenvalues that are to be found in it.
	lo, hi     int
	sigma, low float64

	tau     float64 // the next shift
	part    float64 // how much of the least pivot a careful shift is
	waiting []waitingBlock
}

// waitingBlock is a block that ends before the one at work begins.
type waitingBlock struct {
	lo         int
	sigma, low float64
}

// negligibleSquare is the square of half a unit of roundoff. An element of B
// of that root adds no more to the error, nor does one that is so small against
// the root of sigma, which is below every value sought.
const negligibleSquare = 0x1p-108

func (s *dqds) negligible(i int) bool {
	return s.e[i] <= negligibleSquare || s.e[i] <= float64(negligibleSquare*s.sigma)
}

func (s *dqds) run() bool {
	n := len(s.q)
	s.hi = n - 1
	s.start()
	// Usually there are four transformations for each value.
	for budget := 40*n + 100; ; {
		switch {
		case s.hi < s.lo:
			if len(s.waiting) == 0 {
				return true
			}
			w := s.waiting[len(s.waiting)-1]
			s.waiting = s.waiting[:len(s.waiting)-1]
			s.lo, s.sigma, s.low = w.lo, w.sigma, w.low
			s.start()
			continue
		case s.hi == s.lo || s.negligible(s.hi-1):
			s.q[s.hi] += s.low
			s.q[s.hi] += s.sigma
			s.hi--
			s.choose()
			continue
		}
		if budget == 0 {
			return false
		}
		budget--
		if !s.step() {
			return false
		}
	}
}

// start looks for zeros in the block, of which it leaves the last part at
// work, with the larger end first.
func (s *dqds) start() {
	for i := s.hi - 1; i >= s.lo; i-- {
		if s.negligible(i) {
			s.waiting = append(s.waiting, waitingBlock{s.lo, s.sigma, s.low})
			s.lo = i + 1
			break
		}
	}
	if s.lo < s.hi && s.q[s.lo] < s.q[s.hi] {
		slices.Reverse(s.q[s.lo : s.hi+1])
		slices.Reverse(s.e[s.lo:s.hi])
	}
	s.tau, s.part = 0, 0.25
}

// atEnd estimates the least eigenvalue from below, for a block whose end has
// split off but for little. It is that of the last two rows and columns of
// B*Bᵀ, which is never below it, less what the row above them takes away: to
// the second order, and half as much again, since a shift that is too large
// costs another transformation.
func (s *dqds) atEnd() float64 {
	a, b, c := s.q[s.hi-1], s.e[s.hi-1], s.q[s.hi]
	if a == 0 || c == 0 {
		return 0
	}
	sum, diff, off := a+b+c, a+b-c, float64(b*c)
	root := math.Sqrt(float64(diff*diff) + float64(4*off))
	x := float64(c * (a / ((sum + root) / 2)))
	if s.hi-1 == s.lo {
		return x
	}
	above := s.e[s.hi-2]
	gap := s.q[s.hi-2] + above - x
	if gap <= 0 {
		return x
	}
	top := a + b - x
	share := off / (float64(top*top) + off)
	return max(0, x-float64(1.5*float64(float64(float64(above*a)*share)/gap)))
}

// choose sets the next shift. No eigenvalue is above the least pivot.
func (s *dqds) choose() {
	if s.hi <= s.lo {
		return
	}
	at := s.lo
	for i := s.lo + 1; i <= s.hi; i++ {
		if s.pivots[i] < s.pivots[at] {
			at = i
		}
	}
	least := s.pivots[at]
	if at == s.hi {
		s.tau = min(least, s.atEnd())
	} else {
		s.tau = float64(s.part * least)
	}
}

// step does a transformation with the shift tau, or with a smaller one if the
// matrix would not remain positive, and chooses the next one.
func (s *dqds) step() bool {
	for try := 0; ; try++ {
		at := s.transform()
		if at > s.hi {
			break
		}
		last := s.tau + s.pivots[at]
		switch {
		case s.tau == 0:
			return false
		case try >= 4:
			s.tau = 0
		case at == s.hi && last > 0 && try < 2:
			// The last pivot alone is negative: this is a lower bound.
			s.tau = float64(last * (1 - 0x1p-50))
		default:
			s.tau /= 4
			s.part /= 2
		}
	}
	copy(s.q[s.lo:s.hi+1], s.q2[s.lo:])
	copy(s.e[s.lo:s.hi], s.e2[s.lo:])
	// sigma + low, with what a sum of two loses.
	sum := s.sigma + s.tau
	s.low += s.tau - (sum - s.sigma)
	s.sigma = sum
	s.part += (1 - s.part) / 3
	s.choose()
	for i := s.hi - 2; i >= s.lo; i-- {
		if s.negligible(i) {
			s.start()
			break
		}
	}
	return true
}

// transform makes q2 and e2 those of the block at work after a step with shift
// tau. It returns the index of the first pivot that is not positive or zero, hi+1
// if there is none.
func (s *dqds) transform() int {
	lo, hi, tau := s.lo, s.hi, s.tau
	q, e, q2, e2, p := s.q[:hi+1], s.e[:hi+1], s.q2[:hi+1], s.e2[:hi+1], s.pivots[:hi+1]
	d := q[lo] - tau
	for i := lo; i < hi; i++ {
		p[i] = d
		if !(d >= 0) {
			return i
		}
		qq := d + e[i]
		t := q[i+1] / qq
		q2[i] = qq
		e2[i] = float64(e[i] * t)
		d = float64(d*t) - tau
	}
	p[hi], q2[hi] = d, d
	if !(d >= 0) {
		return hi
	}
	return hi + 1
}
