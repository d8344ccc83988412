package blas

import (
	"math"

	"github.com/weftgo/weft/kernels"
)

// Level 1 takes contiguous vectors to the engine as they are. Others are made
// contiguous first, so that a result does not depend on how its operands lie.

func dot[T kernels.Float](e *kernels.Engine[T], n int, x []T, incX int, y []T, incY int) T {
	if incX == 1 && incY == 1 && 0 <= n && n <= len(x) && n <= len(y) {
		return e.Dot(x[:n], y[:n])
	}
	return dotStrided(e, n, x, incX, y, incY)
}

func dotStrided[T kernels.Float](e *kernels.Engine[T], n int, x []T, incX int, y []T, incY int) T {
	if !checkTwo(n, len(x), incX, len(y), incY) {
		return 0
	}
	s := getScratch[T]()
	d := e.Dot(s.in(&s.x, n, x, incX), s.in(&s.y, n, y, incY))
	putScratch(s)
	return d
}

// checkTwo is the checks of a routine on two vectors. It reports whether there
// is something to do.
func checkTwo(n, x, incX, y, incY int) bool {
	want(incX != 0, zeroIncX)
	want(incY != 0, zeroIncY)
	if n == 0 {
		return false
	}
	want(n > 0, nLT0)
	want(holds(x, n, incX), shortX)
	want(holds(y, n, incY), shortY)
	return true
}

// in returns x as a contiguous vector, for reading: itself, or gathered in b.
func (s *scratch[T]) in(b *buffer[T], n int, x []T, inc int) []T {
	if inc == 1 {
		return x[:n]
	}
	return b.gather(n, x, inc)
}

// checkOne is the checks of a reduction of one vector. It reports whether
// there is something to do.
func checkOne(n, x, incX int) bool {
	want(incX != 0, zeroIncX)
	if incX < 0 {
		return false
	}
	want(x > (n-1)*incX, shortX)
	want(n >= 0, nLT0)
	return n > 0
}

func nrm2[T kernels.Float](e *kernels.Engine[T], n int, x []T, incX int) T {
	if incX == 1 && 0 <= n && n <= len(x) {
		return e.Nrm2(x[:n])
	}
	if !checkOne(n, len(x), incX) {
		return 0
	}
	s := getScratch[T]()
	r := e.Nrm2(s.in(&s.x, n, x, incX))
	putScratch(s)
	return r
}

func asum[T kernels.Float](e *kernels.Engine[T], n int, x []T, incX int) T {
	if incX == 1 && 0 <= n && n <= len(x) {
		return e.Asum(x[:n])
	}
	want(n >= 0, nLT0) // here gonum looks at n first
	if !checkOne(n, len(x), incX) {
		return 0
	}
	s := getScratch[T]()
	r := e.Asum(s.in(&s.x, n, x, incX))
	putScratch(s)
	return r
}

// iamax returns the index of the first NaN or, if there is none, of the first
// element whose absolute value no other exceeds.
func iamax[T kernels.Float](e *kernels.Engine[T], n int, x []T, incX int) int {
	if incX == 1 && 0 < n && n <= len(x) {
		return e.Iamax(x[:n])
	}
	if !checkOne(n, len(x), incX) {
		return -1
	}
	s := getScratch[T]()
	i := e.Iamax(s.in(&s.x, n, x, incX))
	putScratch(s)
	return i
}

// short is up to how many elements a plain loop adds sooner than a call of the
// engine. There a product is rounded before it is added.
const short = 8

// sum returns Σ x[i]*y[i] within a routine of level 2.
func sum[T kernels.Float](e *kernels.Engine[T], x, y []T) T {
	if len(x) > short {
		return e.Dot(x, y)
	}
	y = y[:len(x)]
	s := T(0)
	for i, v := range x {
		s += T(v * y[i])
	}
	return s
}

// add adds alpha*x to y within a routine of level 2.
func add[T kernels.Float](e *kernels.Engine[T], alpha T, x, y []T) {
	if len(x) > short {
		e.Axpy(alpha, x, y)
		return
	}
	addPlain(alpha, x, y)
}

func addPlain[T kernels.Float](alpha T, x, y []T) {
	y = y[:len(x)]
	for i, v := range x {
		y[i] += T(alpha * v)
	}
}

func swap[T any](n int, x []T, incX int, y []T, incY int) {
	if !checkTwo(n, len(x), incX, len(y), incY) {
		return
	}
	if incX == 1 && incY == 1 {
		x, y = x[:n], y[:n]
		for i, v := range x {
			x[i], y[i] = y[i], v
		}
		return
	}
	ix, iy := first(n, incX), first(n, incY)
	for range n {
		x[ix], y[iy] = y[iy], x[ix]
		ix += incX
		iy += incY
	}
}

func copyVec[T any](n int, x []T, incX int, y []T, incY int) {
	if !checkTwo(n, len(x), incX, len(y), incY) {
		return
	}
	if incX == 1 && incY == 1 {
		copy(y[:n], x[:n])
		return
	}
	ix, iy := first(n, incX), first(n, incY)
	for range n {
		y[iy] = x[ix]
		ix += incX
		iy += incY
	}
}

func rot[T kernels.Float](n int, x []T, incX int, y []T, incY int, c, s T) {
	if !checkTwo(n, len(x), incX, len(y), incY) {
		return
	}
	if incX == 1 && incY == 1 {
		x, y = x[:n], y[:n]
		for i, v := range x {
			w := y[i]
			x[i], y[i] = T(c*v)+T(s*w), T(c*w)-T(s*v)
		}
		return
	}
	ix, iy := first(n, incX), first(n, incY)
	for range n {
		v, w := x[ix], y[iy]
		x[ix], y[iy] = T(c*v)+T(s*w), T(c*w)-T(s*v)
		ix += incX
		iy += incY
	}
}

func axpy[T kernels.Float](e *kernels.Engine[T], n int, alpha T, x []T, incX int, y []T, incY int) {
	if incX == 1 && incY == 1 && 0 <= n && n <= len(x) && n <= len(y) {
		if alpha != 0 {
			e.Axpy(alpha, x[:n], y[:n])
		}
		return
	}
	axpyStrided(e, n, alpha, x, incX, y, incY)
}

func axpyStrided[T kernels.Float](e *kernels.Engine[T], n int, alpha T, x []T, incX int, y []T, incY int) {
	if !checkTwo(n, len(x), incX, len(y), incY) || alpha == 0 {
		return
	}
	if size[T]() == 8 {
		ix, iy := first(n, incX), first(n, incY)
		for range n {
			y[iy] = T(math.FMA(float64(alpha), float64(x[ix]), float64(y[iy])))
			ix += incX
			iy += incY
		}
		return
	}
	s := getScratch[T]()
	vx := s.in(&s.x, n, x, incX)
	if incY == 1 {
		e.Axpy(alpha, vx, y[:n])
	} else {
		vy := s.y.gather(n, y, incY)
		e.Axpy(alpha, vx, vy)
		scatter(vy, y, incY)
	}
	putScratch(s)
}

// scal clears x if alpha is zero, NaN or not, as gonum does.
func scal[T kernels.Float](e *kernels.Engine[T], n int, alpha T, x []T, incX int) {
	want(incX != 0, zeroIncX)
	if incX < 0 || n == 0 {
		return
	}
	want(n > 0, nLT0)
	want(holds(len(x), n, incX), shortX)
	switch {
	case incX != 1:
		for i := range n {
			x[i*incX] = scaled(alpha, x[i*incX])
		}
	case alpha == 0:
		clear(x[:n])
	default:
		e.Scal(alpha, x[:n])
	}
}

func scaled[T kernels.Float](alpha, x T) T {
	if alpha == 0 {
		return 0
	}
	return alpha * x
}
