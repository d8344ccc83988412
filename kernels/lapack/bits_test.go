package lapack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// same reports whether x and y have the same bits; NaN is one value.
func same[T kernels.Float](x, y []T) bool {
	return slices.EqualFunc(x, y, func(v, w T) bool {
		return v != v && w != w || v == w && math.Signbit(float64(v)) == math.Signbit(float64(w))
	})
}

// call is a routine on operands of its own. run returns the numbers that it
// leaves, and does it again if it is called again.
type call[T kernels.Float] struct {
	name string
	run  func(r Real[T]) []T
}

// calls are all factorisations and solutions of order about n. If spoil is set,
// one number of the matrix is v.
func calls[T kernels.Float](n int, spoil bool, v float64) []call[T] {
	rnd := rand.New(rand.NewPCG(uint64(n), 19))
	ld := n + 2
	put := func(a []T) []T {
		if spoil && n > 0 {
			i, j := rnd.IntN(n), rnd.IntN(n)
			a[i*ld+j], a[j*ld+i] = T(v), T(v)
		}
		return a
	}
	spd, gen, rhs := make([]T, n*ld), make([]T, n*ld), make([]T, n*ld)
	for i := range gen {
		gen[i], rhs[i], spd[i] = T(rnd.NormFloat64()), T(rnd.NormFloat64()), T(rnd.Float64()-0.5)
	}
	for i := range n {
		for j := range i {
			spd[i*ld+j] = spd[j*ld+i]
		}
		spd[i*ld+i] = T(n + 1)
	}
	put(spd)
	put(gen)
	a, b := make([]T, n*ld), make([]T, n*ld)
	tau, work, ipiv := make([]T, n), make([]T, 64*(n+70)), make([]int, n)
	both := make([]T, 0, 3*n*ld+3*n)
	out := func(xs ...[]T) []T {
		both = both[:0]
		for _, x := range xs {
			both = append(both, x...)
		}
		for _, p := range ipiv {
			both = append(both, T(p))
		}
		return both
	}
	flag := func(ok bool) []T {
		tau[0] = 0
		if ok {
			tau[0] = 1
		}
		return tau[:1]
	}
	var cs []call[T]
	add := func(name string, run func(r Real[T]) []T) { cs = append(cs, call[T]{name, run}) }
	if n == 0 {
		return nil
	}
	for _, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
		add(fmt.Sprintf("Posv %c", ul), func(r Real[T]) []T {
			copy(a, spd)
			copy(b, rhs)
			return out(flag(r.Posv(ul, n, n, a, ld, b, ld)), a, b)
		})
		add(fmt.Sprintf("Potri %c", ul), func(r Real[T]) []T {
			copy(a, spd)
			r.Potrf(ul, n, a, ld)
			return out(flag(r.Potri(ul, n, a, ld)), a)
		})
		add(fmt.Sprintf("Trtri %c", ul), func(r Real[T]) []T {
			copy(a, spd)
			return out(flag(r.Trtri(ul, blas.NonUnit, n, a, ld)), a)
		})
	}
	add("Gesv", func(r Real[T]) []T {
		copy(a, gen)
		copy(b, rhs)
		return out(flag(r.Gesv(n, n, a, ld, ipiv, b, ld)), a, b)
	})
	add("Getri", func(r Real[T]) []T {
		copy(a, gen)
		r.Getrf(n, n, a, ld, ipiv)
		return out(flag(r.Getri(n, a, ld, ipiv, work, len(work))), a)
	})
	m := (n + 1) / 2
	add("Getrf tall", func(r Real[T]) []T {
		copy(a, gen)
		return out(flag(r.Getrf(n, m, a, ld, ipiv[:m])), a)
	})
	add("Getrf wide", func(r Real[T]) []T {
		copy(a, gen)
		return out(flag(r.Getrf(m, n, a, ld, ipiv[:m])), a)
	})
	add("Geqrf, Ormqr, Orgqr", func(r Real[T]) []T {
		copy(a, gen)
		copy(b, rhs)
		r.Geqrf(n, n, a, ld, tau, work, len(work))
		r.Ormqr(blas.Left, blas.Trans, n, n, n, a, ld, tau, b, ld, work, len(work))
		r.Ormqr(blas.Right, blas.NoTrans, n, n, n, a, ld, tau, b, ld, work, len(work))
		out(a, b)
		r.Orgqr(n, n, n, a, ld, tau, work, len(work))
		return append(both, a...)
	})
	add("Gelqf, Ormlq, Orglq", func(r Real[T]) []T {
		copy(a, gen)
		copy(b, rhs)
		r.Gelqf(n, n, a, ld, tau, work, len(work))
		r.Ormlq(blas.Left, blas.Trans, n, n, n, a, ld, tau, b, ld, work, len(work))
		r.Ormlq(blas.Right, blas.NoTrans, n, n, n, a, ld, tau, b, ld, work, len(work))
		out(a, b)
		r.Orglq(n, n, n, a, ld, tau, work, len(work))
		return append(both, a...)
	})
	for _, t := range []blas.Transpose{blas.NoTrans, blas.Trans} {
		add(fmt.Sprintf("Gels %c", t), func(r Real[T]) []T {
			copy(a, gen)
			copy(b, rhs)
			return out(flag(r.Gels(t, n, m, n, a, ld, b, ld, work, len(work))), a, b)
		})
		add(fmt.Sprintf("Gels %c wide", t), func(r Real[T]) []T {
			copy(a, gen)
			copy(b, rhs)
			return out(flag(r.Gels(t, m, n, n, a, ld, b, ld, work, len(work))), a, b)
		})
	}
	return cs
}

// TestBits compares all backends and numbers of workers, bit for bit.
func TestBits(t *testing.T) {
	t.Run("float32", testBits[float32])
	t.Run("float64", testBits[float64])
}

func testBits[T kernels.Float](t *testing.T) {
	sizes := []int{1, 3, 8, 21, 50, 67, 131, 270}
	if testing.Short() {
		sizes = []int{3, 21, 67, 131}
	}
	want := map[string][]T{}
	eachBackend(t, func(t *testing.T, e *kernels.Engine[T]) {
		for _, n := range sizes {
			for _, c := range calls[T](n, false, 0) {
				if n > 200 && c.name[:2] != "Po" {
					continue // only Potrf has blocks of that size
				}
				for w := 1; w <= 3; w++ {
					if w == 3 && n != 131 {
						continue
					}
					name := fmt.Sprintf("%s n=%d", c.name, n)
					got := c.run(RealOf(e.WithWorkers(w)))
					if want[name] == nil {
						want[name] = slices.Clone(got)
					}
					if !same(got, want[name]) {
						t.Fatalf("%s with %d workers: not the bits of the first backend", name, w)
					}
				}
			}
		}
	})
}

// TestNonFinite spoils matrices with a NaN or an infinity: no routine may hang
// or leave its slices, and a NaN must show.
func TestNonFinite(t *testing.T) {
	t.Run("float32", testNonFinite[float32])
	t.Run("float64", testNonFinite[float64])
}

func testNonFinite[T kernels.Float](t *testing.T) {
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		for n := 1; n < 150; n += 1 + n/5 {
			for _, c := range calls[T](n, true, v) {
				got := c.run(Real[T]{})
				if v != v && !slices.ContainsFunc(got, func(x T) bool { return x != x }) {
					t.Fatalf("%s n=%d: no trace of a NaN", c.name, n)
				}
			}
		}
	}
}

// TestAllocations sees to it that routines allocate nothing once warm.
func TestAllocations(t *testing.T) {
	t.Run("float32", testAllocations[float32])
	t.Run("float64", testAllocations[float64])
}

func testAllocations[T kernels.Float](t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools on purpose")
	}
	e, err := kernels.Default[T]()
	if err != nil {
		t.Fatal(err)
	}
	r := RealOf(e.WithWorkers(1))
	for _, n := range []int{5, 40, 150} {
		for _, c := range calls[T](n, false, 0) {
			if got := testing.AllocsPerRun(5, func() { c.run(r) }); got >= 1 {
				t.Errorf("%s n=%d: %v allocations", c.name, n, got)
			}
		}
	}
}
