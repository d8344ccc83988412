package lapack

import "github.com/weftgo/weft/kernels"

// Small matrices, and the small ends of large ones, are worked off one
// reflector after the other, and vectors of at most narrow elements by plain
// loops: a call of the engine takes longer than its work there. A product in a
// plain loop is rounded before it is added.

// Up to these orders matrices are worked off that way.
const (
	orderSytrd = 48
	orderGebrd = 96
)

// reflect is larfg for a vector x, whose first element is alpha: it makes x[0]
// beta and the rest v.
func (r Real[T]) reflect(x []T) (tau T) {
	if len(x) > narrow {
		x[0], tau = r.larfg(len(x), x[0], x[1:], 1)
		return tau
	}
	alpha, sum := x[0], T(0)
	for _, v := range x[1:] {
		sum += T(v * v)
	}
	all := T(alpha*alpha) + sum
	tiny := smallest[T]() / T(unit[T]()*unit[T]())
	if !(sum > tiny && all < 1/tiny) {
		x[0], tau = r.larfg(len(x), alpha, x[1:], 1)
		return tau
	}
	beta := -copysign(sqrt(all), alpha)
	scale := 1 / (alpha - beta)
	for i := range x[1:] {
		x[1+i] *= scale
	}
	x[0] = beta
	return (beta - alpha) / beta
}

func plainDot[T kernels.Float](x, y []T) T {
	y = y[:len(x)]
	var a, b T
	for len(x) >= 2 {
		a += T(x[0] * y[0])
		b += T(x[1] * y[1])
		x, y = x[2:], y[2:]
	}
	if len(x) > 0 {
		a += T(x[0] * y[0])
	}
	return a + b
}

func plainAxpy[T kernels.Float](alpha T, x, y []T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += T(alpha * v)
	}
}

// plainTridiagonal is tridiagonal for the last rows and columns, from first on.
func (s *symmetric[T]) plainTridiagonal(first int, d, e, tau []T) {
	n, a, lda, g := s.n, s.a, s.ld, s.r.Engine()
	b := take[T](n)
	for i := first; i < n-1; i++ {
		d[i] = a[i*lda+i]
		v := a[i*lda+i+1 : i*lda+n]
		t := s.r.reflect(v)
		tau[i], e[i] = t, v[0]
		if t == 0 {
			continue
		}
		v[0] = 1
		w := b.data[:len(v)]
		rest := kernels.Matrix[T]{Rows: len(v), Cols: len(v), Data: a[(i+1)*lda+i+1:], Stride: lda}
		if len(v) > narrow {
			g.Gemv(kernels.Trans, t, rest, v, 0, w)
			g.Axpy(-t/2*g.Dot(v, w), v, w)
			g.Ger(-1, v, w, rest)
			g.Ger(-1, w, v, rest)
			continue
		}
		for k := range w {
			w[k] = T(t * plainDot(v, rest.Data[k*lda:]))
		}
		plainAxpy(-t/2*plainDot(v, w), v, w)
		for k, vk := range v {
			row := rest.Data[k*lda:][:len(v)]
			wk := w[k]
			for j, vj := range v {
				row[j] -= T(vk*w[j]) + T(wk*vj)
			}
		}
	}
	d[n-1] = a[(n-1)*lda+n-1]
	b.drop()
}

// plainQ makes the n×n matrix z the transpose of H[0]*H[1]*…*H[k-1]. Vector i
// has zeros before element i+shift and its 1 there; its rest is in row i of a.
func plainQ[T kernels.Float](n, k, shift int, a []T, lda int, tau, z []T, ldz int) {
	for i := range n {
		row := z[i*ldz:][:n]
		clear(row)
		row[i] = 1
	}
	for i := k - 1; i >= 0; i-- {
		if tau[i] == 0 {
			continue
		}
		one := i + shift
		v := a[i*lda+one+1 : i*lda+n]
		for j := one; j < n; j++ {
			row := z[j*ldz+one:][:n-one]
			c := T(-tau[i] * (row[0] + plainDot(v, row[1:])))
			row[0] += c
			plainAxpy(c, v, row[1:])
		}
	}
}

// plainGebrd is gebrd for the rows and columns from first on. It leaves the
// left reflectors in the rows of q from first on, as Gebrd does in columns,
// and not in a.
func (r Real[T]) plainGebrd(first, m, n int, a []T, lda int, d, e, tauQ, tauP, q []T, ldq int) {
	b := take[T](m + n)
	w, x := b.data[:n], b.data[n:]
	for i := first; i < n; i++ {
		c := q[i*ldq+i : i*ldq+m]
		for k := range c {
			c[k] = a[(i+k)*lda+i]
		}
		tauQ[i] = r.reflect(c)
		d[i] = c[0]
		tauP[i] = 0
		if i == n-1 {
			break
		}
		row := a[i*lda+i+1 : i*lda+n]
		if tauQ[i] != 0 {
			c[0] = 1
			r.larfLeft(c, tauQ[i], kernels.Matrix[T]{Rows: m - i, Cols: len(row), Data: a[i*lda+i+1:], Stride: lda}, w[:len(row)])
			c[0] = d[i]
		}
		tauP[i] = r.reflect(row)
		e[i] = row[0]
		if tauP[i] == 0 || i == m-1 {
			continue
		}
		row[0] = 1
		rest := kernels.Matrix[T]{Rows: m - i - 1, Cols: len(row), Data: a[(i+1)*lda+i+1:], Stride: lda}
		r.larfRight(row, tauP[i], rest, x[:rest.Rows])
		row[0] = e[i]
	}
	b.drop()
}

// narrowLarf is up to how many elements of a row plain loops apply a reflector
// sooner than two calls of the engine.
const narrowLarf = 12

// larfLeft applies I - tau*v*vᵀ to a from the left. w has an element for each
// column of a; what it holds does not matter.
func (r Real[T]) larfLeft(v []T, tau T, a kernels.Matrix[T], w []T) {
	if len(w) > narrowLarf {
		g := r.Engine()
		g.Gemv(kernels.Trans, 1, a, v, 0, w)
		g.Ger(-tau, v, w, a)
		return
	}
	clear(w)
	n, ld := len(w), a.Stride
	k := 0
	for ; k+strip <= len(v); k += strip {
		x := (*[strip]T)(v[k:])
		d := a.Data[k*ld:]
		r0, r1, r2, r3 := d[:n], d[ld:][:n], d[2*ld:][:n], d[3*ld:][:n]
		for j, s := range w {
			w[j] = s + (T(x[0]*r0[j]) + T(x[1]*r1[j])) + (T(x[2]*r2[j]) + T(x[3]*r3[j]))
		}
	}
	for ; k < len(v); k++ {
		plainAxpy(v[k], a.Data[k*ld:][:n], w)
	}
	for j := range w {
		w[j] *= -tau
	}
	for k = 0; k+strip <= len(v); k += strip {
		x := (*[strip]T)(v[k:])
		d := a.Data[k*ld:]
		r0, r1, r2, r3 := d[:n], d[ld:][:n], d[2*ld:][:n], d[3*ld:][:n]
		for j, s := range w {
			r0[j] += T(x[0] * s)
			r1[j] += T(x[1] * s)
			r2[j] += T(x[2] * s)
			r3[j] += T(x[3] * s)
		}
	}
	for ; k < len(v); k++ {
		plainAxpy(v[k], w, a.Data[k*ld:])
	}
}

// larfRight applies I - tau*v*vᵀ to a from the right. w has an element for each
// row of a; what it holds does not matter.
func (r Real[T]) larfRight(v []T, tau T, a kernels.Matrix[T], w []T) {
	if len(v) > narrowLarf {
		g := r.Engine()
		g.Gemv(kernels.NoTrans, 1, a, v, 0, w)
		g.Ger(-tau, w, v, a)
		return
	}
	for k := range w {
		row := a.Data[k*a.Stride:][:len(v)]
		plainAxpy(-tau*plainDot(v, row), v, row)
	}
}
