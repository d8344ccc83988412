package blas

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/blas"
)

// problem is one call with its operands. What the routine must not read is
// NaN: the other triangle, gaps between rows and elements, guard bands, the
// output where beta is zero.
type problem[E element] struct {
	name string
	bufs [][]E
	size int // of the largest sum
	run  func(r *api[E], bufs [][]E)
}

// maker makes operands of the same values for all types.
type maker[E element] struct {
	rnd  *rand.Rand
	bufs [][]E
}

func from[E element](re, im float64) E {
	var z E
	switch p := any(&z).(type) {
	case *float32:
		*p = float32(re)
	case *float64:
		*p = re
	case *complex64:
		*p = complex(float32(re), float32(im))
	case *complex128:
		*p = complex(re, im)
	}
	return z
}

func wide[E element](x E) complex128 {
	switch x := any(x).(type) {
	case float32:
		return complex(float64(x), 0)
	case float64:
		return complex(x, 0)
	case complex64:
		return complex128(x)
	case complex128:
		return x
	}
	panic("unreachable")
}

func isComplex[E element]() bool {
	var z E
	switch any(z).(type) {
	case complex64, complex128:
		return true
	}
	return false
}

func (g *maker[E]) value() E {
	f := func() float64 { return float64(float32(g.rnd.Float64()*2 - 1)) }
	return from[E](f(), f())
}

const guard = 5

// blank returns n elements of NaN, and guards, which operand number i is then.
func (g *maker[E]) blank(n int) []E {
	b := make([]E, n+guard)
	for i := range b {
		b[i] = from[E](math.NaN(), math.NaN())
	}
	g.bufs = append(g.bufs, b)
	return b
}

func (g *maker[E]) vector(n, inc int, blank bool) {
	if inc < 0 {
		inc = -inc
	}
	b := g.blank((n-1)*inc + 1)
	for i := 0; i < n && !blank; i++ {
		b[i*inc] = g.value()
	}
}

func (g *maker[E]) matrix(rows, cols, ld int, blank bool) {
	b := g.blank((rows-1)*ld + cols)
	for i := 0; i < rows && !blank; i++ {
		for j := range cols {
			b[i*ld+j] = g.value()
		}
	}
}

// transposed is matrix with rows and columns exchanged unless t is NoTrans.
func (g *maker[E]) factor(t blas.Transpose, rows, cols, pad int) int {
	if t != blas.NoTrans {
		rows, cols = cols, rows
	}
	g.matrix(rows, cols, cols+pad, false)
	return cols + pad
}

// triangle makes a triangle. If scale is not zero it is fit to be divided by:
// off the diagonal, elements are at most scale.
func (g *maker[E]) triangle(ul blas.Uplo, n, ld int, unit, blank bool, scale float64) {
	b := g.blank((n-1)*ld + n)
	for i := range n {
		lo, hi := 0, i+1
		if ul == blas.Upper {
			lo, hi = i, n
		}
		for j := lo; j < hi && !blank; j++ {
			switch {
			case i != j && scale != 0:
				b[i*ld+j] = g.value() * from[E](float64(float32(scale)), 0)
			case i != j:
				b[i*ld+j] = g.value()
			case !unit:
				b[i*ld+j] = g.value() + from[E](2, 0)
			}
		}
	}
}

type shape struct{ m, n, k int }

// scalars are the pairs of alpha and beta that routines know as special, and
// one that is not.
func scalars[E element]() [][2]E {
	v := func(re, im float64) E { return from[E](re, im) }
	return [][2]E{{v(1, 0), v(0, 0)}, {v(0.5, -0.25), v(-1.5, 0.5)}, {v(-1, 0), v(1, 0)}, {v(0, 0), v(2, 0)}}
}

var (
	uplos = []blas.Uplo{blas.Lower, blas.Upper}
	sides = []blas.Side{blas.Left, blas.Right}
	diags = []blas.Diag{blas.NonUnit, blas.Unit}
)

func transposes[E element]() []blas.Transpose {
	if isComplex[E]() {
		return []blas.Transpose{blas.NoTrans, blas.Trans, blas.ConjTrans}
	}
	return []blas.Transpose{blas.NoTrans, blas.Trans}
}

// full asks for larger problems, on more workers.
var full = os.Getenv("WEFT_TEST") == "full"

// problems calls yield with all problems of a type. The order, the names and
// the values are the same for float32 and float64, and for the complex types.
func problems[E element](yield func(problem[E])) {
	seed := uint64(0)
	emit := func(size int, name string, make func(g *maker[E]), run func(r *api[E], b [][]E)) {
		seed++
		g := &maker[E]{rnd: rand.New(rand.NewPCG(seed, 1))}
		make(g)
		yield(problem[E]{name, g.bufs, size, run})
	}
	label := fmt.Sprintf
	sizes := []int{1, 2, 3, 7, 16, 33, 65, 97, 130}
	if full {
		sizes[len(sizes)-1] = 200
	}
	incs := []int{1, 2, -1, -3}
	if testing.Short() {
		sizes = []int{1, 3, 33, 100}
		incs = []int{1, -2}
	}
	vectors[E](emit, append(sizes, 1000), incs)

	for i, n := range sizes {
		m := sizes[(i+3)%len(sizes)]
		for j, ab := range scalars[E]() {
			alpha, beta := ab[0], ab[1]
			blank := beta == 0
			incX, incY := incs[j%len(incs)], incs[(i+j)%len(incs)]
			for _, t := range transposes[E]() {
				lenX, lenY := n, m
				if t != blas.NoTrans {
					lenX, lenY = m, n
				}
				emit(lenX, label("gemv %c m=%d n=%d %v %v inc %d %d", t, m, n, alpha, beta, incX, incY), func(g *maker[E]) {
					g.matrix(m, n, n+2, false)
					g.vector(lenX, incX, false)
					g.vector(lenY, incY, blank)
				}, func(r *api[E], b [][]E) { r.gemv(t, m, n, alpha, b[0], n+2, b[1], incX, beta, b[2], incY) })
			}
			emit(1, label("ger m=%d n=%d %v inc %d %d", m, n, alpha, incX, incY), func(g *maker[E]) {
				g.vector(m, incX, false)
				g.vector(n, incY, false)
				g.matrix(m, n, n+1, false)
			}, func(r *api[E], b [][]E) { r.ger(m, n, alpha, b[0], incX, b[1], incY, b[2], n+1) })
			for _, ul := range uplos {
				emit(n, label("symv %c n=%d %v %v inc %d %d", ul, n, alpha, beta, incX, incY), func(g *maker[E]) {
					g.triangle(ul, n, n+1, false, false, 0)
					g.vector(n, incX, false)
					g.vector(n, incY, blank)
				}, func(r *api[E], b [][]E) { r.symv(ul, n, alpha, b[0], n+1, b[1], incX, beta, b[2], incY) })
				emit(1, label("syr %c n=%d %v inc %d", ul, n, alpha, incX), func(g *maker[E]) {
					g.vector(n, incX, false)
					g.triangle(ul, n, n+1, false, false, 0)
				}, func(r *api[E], b [][]E) { r.syr(ul, n, alpha, b[0], incX, b[1], n+1) })
				emit(2, label("syr2 %c n=%d %v inc %d %d", ul, n, alpha, incX, incY), func(g *maker[E]) {
					g.vector(n, incX, false)
					g.vector(n, incY, false)
					g.triangle(ul, n, n+1, false, false, 0)
				}, func(r *api[E], b [][]E) { r.syr2(ul, n, alpha, b[0], incX, b[1], incY, b[2], n+1) })
			}
		}
		for _, ul := range uplos {
			for _, t := range transposes[E]() {
				for _, d := range diags {
					for _, inc := range incs {
						make := func(g *maker[E]) {
							g.triangle(ul, n, n+3, d == blas.Unit, false, 1/float64(n))
							g.vector(n, inc, false)
						}
						emit(n, label("trmv %c%c%c n=%d inc %d", ul, t, d, n, inc), make,
							func(r *api[E], b [][]E) { r.trmv(ul, t, d, n, b[0], n+3, b[1], inc) })
						emit(n, label("trsv %c%c%c n=%d inc %d", ul, t, d, n, inc), make,
							func(r *api[E], b [][]E) { r.trsv(ul, t, d, n, b[0], n+3, b[1], inc) })
					}
				}
			}
		}
	}

	shapes := []shape{{1, 1, 1}, {1, 9, 4}, {9, 1, 4}, {2, 3, 0}, {2, 2, 2}, {17, 16, 15}, {40, 65, 33}, {97, 100, 20}, {20, 130, 140}, {150, 30, 70}, {200, 66, 97}, {230, 310, 270}}
	if testing.Short() {
		shapes = []shape{{1, 1, 1}, {2, 3, 0}, {17, 16, 15}, {20, 130, 140}, {100, 66, 33}}
	}
	for i, s := range shapes {
		m, n, k := s.m, s.n, s.k
		for j, ab := range scalars[E]() {
			alpha, beta := ab[0], ab[1]
			blank := beta == 0
			if j > 1 && i > 5 || j != 1 && m*n*k > 1e6 {
				continue // the special scalars have been seen
			}
			for _, tA := range transposes[E]() {
				for _, tB := range transposes[E]() {
					var lda, ldb int
					emit(k, label("gemm %c%c %v %v %v", tA, tB, s, alpha, beta), func(g *maker[E]) {
						lda = g.factor(tA, m, k, 1)
						ldb = g.factor(tB, k, n, 2)
						g.matrix(m, n, n+3, blank)
					}, func(r *api[E], b [][]E) { r.gemm(tA, tB, m, n, k, alpha, b[0], lda, b[1], ldb, beta, b[2], n+3) })
				}
			}
			for _, ul := range uplos {
				for _, side := range sides {
					na := n
					if side == blas.Left {
						na = m
					}
					make := func(g *maker[E]) {
						g.triangle(ul, na, na+2, false, false, 0)
						g.matrix(m, n, n+1, false)
						g.matrix(m, n, n, blank)
					}
					emit(na, label("symm %c%c m=%d n=%d %v %v", side, ul, m, n, alpha, beta), make,
						func(r *api[E], b [][]E) { r.symm(side, ul, m, n, alpha, b[0], na+2, b[1], n+1, beta, b[2], n) })
					if isComplex[E]() {
						emit(na, label("hemm %c%c m=%d n=%d %v %v", side, ul, m, n, alpha, beta), make,
							func(r *api[E], b [][]E) { r.hemm(side, ul, m, n, alpha, b[0], na+2, b[1], n+1, beta, b[2], n) })
					}
					for _, t := range transposes[E]() {
						for _, d := range diags {
							make := func(g *maker[E]) {
								g.triangle(ul, na, na+2, d == blas.Unit, false, 1/float64(na))
								g.matrix(m, n, n+1, false)
							}
							emit(na, label("trmm %c%c%c%c m=%d n=%d %v", side, ul, t, d, m, n, alpha), make,
								func(r *api[E], b [][]E) { r.trmm(side, ul, t, d, m, n, alpha, b[0], na+2, b[1], n+1) })
							emit(na, label("trsm %c%c%c%c m=%d n=%d %v", side, ul, t, d, m, n, alpha), make,
								func(r *api[E], b [][]E) { r.trsm(side, ul, t, d, m, n, alpha, b[0], na+2, b[1], n+1) })
						}
					}
				}
				for _, t := range transposes[E]() {
					var lda, ldb int
					make := func(g *maker[E]) {
						lda = g.factor(t, n, k, 1)
						ldb = g.factor(t, n, k, 2)
						g.triangle(ul, n, n+1, false, blank, 0)
					}
					if t != blas.ConjTrans {
						emit(k, label("syrk %c%c n=%d k=%d %v %v", ul, t, n, k, alpha, beta), make,
							func(r *api[E], b [][]E) { r.syrk(ul, t, n, k, alpha, b[0], lda, beta, b[2], n+1) })
						emit(2*k, label("syr2k %c%c n=%d k=%d %v %v", ul, t, n, k, alpha, beta), make,
							func(r *api[E], b [][]E) { r.syr2k(ul, t, n, k, alpha, b[0], lda, b[1], ldb, beta, b[2], n+1) })
					}
					if isComplex[E]() && t != blas.Trans {
						emit(k, label("herk %c%c n=%d k=%d %v %v", ul, t, n, k, alpha, beta), make,
							func(r *api[E], b [][]E) {
								r.herk(ul, t, n, k, real(wide(alpha)), b[0], lda, real(wide(beta)), b[2], n+1)
							})
						emit(2*k, label("her2k %c%c n=%d k=%d %v %v", ul, t, n, k, alpha, beta), make,
							func(r *api[E], b [][]E) { r.her2k(ul, t, n, k, alpha, b[0], lda, b[1], ldb, beta, b[2], n+1) })
					}
				}
			}
		}
	}
}

// vectors emits the problems of level 1. A number that a routine returns
// becomes the first element of the last operand.
func vectors[E element](emit func(int, string, func(*maker[E]), func(*api[E], [][]E)), sizes, incs []int) {
	for _, n := range sizes {
		for _, incX := range incs {
			one := func(g *maker[E]) {
				g.vector(n, incX, false)
				g.blank(1)
			}
			emit(n, fmt.Sprintf("nrm2 n=%d inc %d", n, incX), one,
				func(r *api[E], b [][]E) { b[1][0] = from[E](r.nrm2(n, b[0], incX), 0) })
			emit(n, fmt.Sprintf("asum n=%d inc %d", n, incX), one,
				func(r *api[E], b [][]E) { b[1][0] = from[E](r.asum(n, b[0], incX), 0) })
			emit(0, fmt.Sprintf("iamax n=%d inc %d", n, incX), one,
				func(r *api[E], b [][]E) { b[1][0] = from[E](float64(r.iamax(n, b[0], incX)), 0) })
			for _, ab := range scalars[E]() {
				emit(0, fmt.Sprintf("scal n=%d inc %d %v", n, incX, ab[0]), one,
					func(r *api[E], b [][]E) { r.scal(n, ab[0], b[0], incX) })
			}
			for _, incY := range incs {
				two := func(g *maker[E]) {
					g.vector(n, incX, false)
					g.vector(n, incY, false)
					g.blank(1)
				}
				name := fmt.Sprintf("n=%d inc %d %d", n, incX, incY)
				emit(n, "dot "+name, two, func(r *api[E], b [][]E) { b[2][0] = r.dot(n, b[0], incX, b[1], incY) })
				emit(0, "swap "+name, two, func(r *api[E], b [][]E) { r.swap(n, b[0], incX, b[1], incY) })
				emit(0, "copy "+name, two, func(r *api[E], b [][]E) { r.copy(n, b[0], incX, b[1], incY) })
				for _, ab := range scalars[E]() {
					emit(1, fmt.Sprintf("axpy %s %v", name, ab[0]), two,
						func(r *api[E], b [][]E) { r.axpy(n, ab[0], b[0], incX, b[1], incY) })
				}
			}
		}
	}
}
