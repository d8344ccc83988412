package lapack

import "github.com/weftgo/weft/kernels"

// secular is the equation that the eigenvalues of a diagonal matrix plus one
// of rank one satisfy,
//
//	f(x) = inv + Σ z[i]²/(p[i] - x) = 0,
//
// with poles p[0] < p[1] < … and inv > 0. Root j lies between poles j and j+1,
// the last one at most limit above the last pole. The poles are d or, for
// singular values, the squares of d ≥ 0.
type secular[T kernels.Float] struct {
	d, z       []T
	squares    bool
	inv, limit T
}

// apart returns p[i] - p[o] to nearly full precision.
func (s *secular[T]) apart(i, o int) T {
	if s.squares {
		return T((s.d[i] - s.d[o]) * (s.d[i] + s.d[o]))
	}
	return s.d[i] - s.d[o]
}

// value returns the eigenvalue, or singular value, that is eta above pole o.
func (s *secular[T]) value(o int, eta T) T {
	d := s.d[o]
	if !s.squares {
		return d + eta
	}
	if d == 0 {
		return sqrt(eta)
	}
	return d + eta/(d+sqrt(T(d*d)+eta))
}

// root finds root j. It lies eta above pole o, one of the two beside it, and
// delta[i] is p[i] minus the root. All three are such that each delta[i] has a
// small relative error, without which vectors would not be orthogonal.
//
// The iteration takes the root of a rational function with f's value and the
// slopes of its two halves at eta, and poles j and j+1 (J. Bunch, C. Nielsen,
// D. Sorensen, Numer. Math. 31, 1978; R.-C. Li, LAPACK Working Note 89, 1994).
// It keeps the root in an interval, which is halved wherever that fails.
func (s *secular[T]) root(j int, delta []T) (o int, eta T) {
	k := len(s.d)
	delta = delta[:k]
	if k == 1 {
		eta = s.limit
		delta[0] = -eta
		return 0, eta
	}
	last := j == k-1
	// lo and hi hold the root, counted from pole o.
	var lo, hi T
	o = j
	if last {
		lo, hi = 0, s.limit
		s.shift(o, delta)
		eta = hi / 2
	} else {
		gap := s.apart(j+1, j)
		s.shift(j, delta)
		lo, hi, eta = 0, gap/2, gap/2
		if f, _, _, _ := s.at(j, eta, delta); f < 0 {
			o = j + 1
			s.shift(o, delta)
			lo, hi, eta = -gap/2, 0, -gap/2
		}
	}
	u := unit[T]()
	const steps = 200 // the interval is never halved as often
	for step := range steps {
		f, left, right, size := s.at(j, eta, delta)
		if f != f || abs(f) <= u*size {
			break
		}
		if f < 0 {
			lo = eta
		} else {
			hi = eta
		}
		// The function's poles, from eta.
		a := j
		if last {
			a = j - 1
			// Its pole j is a term of f, the rest is at j-1.
			t := s.z[j] / (delta[j] - eta)
			right = T(t * t)
			left -= right
		}
		next := step3(f, left, right, delta[a]-eta, delta[a+1]-eta, lo-eta, hi-eta)
		if step > 10 && step%2 == 0 || next == 0 {
			next = T((hi-eta)/2) + T((lo-eta)/2)
		}
		next += eta
		if next <= lo || next >= hi {
			next = lo + T((hi-lo)/2)
		}
		if next == eta || next <= lo || next >= hi {
			break
		}
		eta = next
	}
	for i := range delta {
		delta[i] -= eta
	}
	return o, eta
}

// step3 returns the zero x in (lo, hi) of the function
//
//	c + da²·left/(da - x) + db²·right/(db - x)
//
// that is f at x = 0, or Newton's step. It returns 0 if neither is there.
func step3[T kernels.Float](f, left, right, da, db, lo, hi T) T {
	c := f - T(da*left) - T(db*right)
	b := T(T(da*db) * f)
	a := T((da+db)*f) - T(T(da*db)*(left+right))
	// c·x² - a·x + b = 0
	q := (a + copysign(sqrt(max(0, T(a*a)-T(4*T(b*c)))), a)) / 2
	if x := b / q; x > lo && x < hi {
		return x
	}
	if x := q / c; x > lo && x < hi {
		return x
	}
	if x := -f / (left + right); x > lo && x < hi {
		return x
	}
	return 0
}

// shift sets delta to the poles as seen from pole o.
func (s *secular[T]) shift(o int, delta []T) {
	d := s.d[:len(delta)]
	from := d[o]
	if s.squares {
		for i, v := range d {
			delta[i] = T((v - from) * (v + from))
		}
		return
	}
	for i, v := range d {
		delta[i] = v - from
	}
}

// at returns f at eta, with the slopes of its halves: of the terms up to pole
// j and of those after it. size is such that f is computed to within size
// units of roundoff, eta's own included.
func (s *secular[T]) at(j int, eta T, delta []T) (f, left, right, size T) {
	z := s.z[:len(delta)]
	var psi, phi T
	for i, p := range delta[:j+1] {
		zi := z[i]
		t := zi / (p - eta)
		psi += T(zi * t)
		left += T(t * t)
	}
	for i := len(delta) - 1; i > j; i-- {
		zi := z[i]
		t := zi / (delta[i] - eta)
		phi += T(zi * t)
		right += T(t * t)
	}
	return s.inv + (psi + phi), left, right, s.inv + T(8*(abs(psi)+abs(phi))) + T(abs(eta)*(left+right))
}

// weights replaces z by one for which the roots found, whose deltas are the
// rows of the matrix delta, are exact up to roundoff. It has the signs of the
// old one. The vectors made with it are orthogonal, however close the roots
// are. (M. Gu, S. Eisenstat, SIAM J. Matrix Anal. Appl. 15(4), 1994, and
// 16(1), 1995.)
func (s *secular[T]) weights(delta []T, ld int, w []T) {
	k := len(s.d)
	d, w := s.d, w[:k]
	for i := range w {
		w[i] = 1
	}
	for j := range k {
		row := delta[j*ld:][:k]
		w[j] *= -row[j]
		dj := d[j]
		if s.squares {
			for i, v := range row[:j] {
				w[i] *= v / T((d[i]-dj)*(d[i]+dj))
			}
			for i := j + 1; i < k; i++ {
				w[i] *= row[i] / T((d[i]-dj)*(d[i]+dj))
			}
			continue
		}
		for i, v := range row[:j] {
			w[i] *= v / (d[i] - dj)
		}
		for i := j + 1; i < k; i++ {
			w[i] *= row[i] / (d[i] - dj)
		}
	}
	for i, v := range w {
		s.z[i] = copysign(sqrt(abs(v)), s.z[i])
	}
}
