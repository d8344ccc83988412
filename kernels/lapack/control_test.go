package lapack_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/lapack"
	"gonum.org/v1/gonum/blas"
	gonum "gonum.org/v1/gonum/lapack"
)

// countdown is a context that ends when it has been asked so often.
type countdown struct {
	context.Context
	left  atomic.Int64
	asked atomic.Int64
}

func (c *countdown) Err() error {
	c.asked.Add(1)
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// ending returns a context that ends at question n.
func ending(n int64) *countdown {
	c := &countdown{Context: context.Background()}
	c.left.Store(n)
	return c
}

// drivers are the routines whose work a context may cut short, on a matrix of
// m×n, of which they return all that they leave.
func drivers[T kernels.Float](m, n int) map[string]func(r lapack.Real[T], a []T) []T {
	k := min(m, n)
	square := func(a []T) []T { // n×n and symmetric
		s := make([]T, n*n)
		for i := range n {
			for j := range n {
				s[i*n+j] = a[i*n+j] + a[j*n+i]
			}
		}
		return s
	}
	definite := func(a []T) []T {
		s := square(a)
		for i := range n {
			s[i*n+i] += T(4 * n)
		}
		return s
	}
	right := func() []T { return slices.Repeat([]T{1, 2, 3}, n) } // n×3
	query := func(f func(work []T, lwork int)) []T {
		var size [1]T
		f(size[:], -1)
		return make([]T, int(size[0]))
	}
	return map[string]func(r lapack.Real[T], a []T) []T{
		"Potrf": func(r lapack.Real[T], a []T) []T {
			s := definite(a)
			r.Potrf(blas.Lower, n, s, n)
			return s
		},
		"Posv": func(r lapack.Real[T], a []T) []T {
			s, b := definite(a), right()
			r.Posv(blas.Upper, n, 3, s, n, b, 3)
			return append(s, b...)
		},
		"Potri": func(r lapack.Real[T], a []T) []T {
			s := definite(a)
			r.Potrf(blas.Upper, n, s, n)
			r.Potri(blas.Upper, n, s, n)
			return s
		},
		"Getrf": func(r lapack.Real[T], a []T) []T {
			s := slices.Clone(a)
			r.Getrf(m, n, s, n, make([]int, k))
			return s
		},
		"Gesv": func(r lapack.Real[T], a []T) []T {
			s, b := slices.Clone(a[:n*n]), right()
			r.Gesv(n, 3, s, n, make([]int, n), b, 3)
			return append(s, b...)
		},
		"Getri": func(r lapack.Real[T], a []T) []T {
			s, p := slices.Clone(a[:n*n]), make([]int, n)
			r.Getrf(n, n, s, n, p)
			work := query(func(w []T, l int) { r.Getri(n, s, n, p, w, l) })
			r.Getri(n, s, n, p, work, len(work))
			return s
		},
		"Trtri": func(r lapack.Real[T], a []T) []T {
			s := definite(a)
			r.Trtri(blas.Lower, blas.NonUnit, n, s, n)
			return s
		},
		"Geqrf": func(r lapack.Real[T], a []T) []T {
			s, tau := slices.Clone(a), make([]T, k)
			work := query(func(w []T, l int) { r.Geqrf(m, n, s, n, tau, w, l) })
			r.Geqrf(m, n, s, n, tau, work, len(work))
			work = query(func(w []T, l int) { r.Orgqr(m, k, k, s, n, tau, w, l) })
			r.Orgqr(m, k, k, s, n, tau, work, len(work))
			return s
		},
		"Gelqf": func(r lapack.Real[T], a []T) []T {
			s, tau := slices.Clone(a), make([]T, k)
			work := query(func(w []T, l int) { r.Gelqf(m, n, s, n, tau, w, l) })
			r.Gelqf(m, n, s, n, tau, work, len(work))
			return s
		},
		"Gels": func(r lapack.Real[T], a []T) []T {
			s, b := slices.Clone(a), make([]T, 2*max(m, n))
			for i := range b {
				b[i] = T(i % 5)
			}
			work := query(func(w []T, l int) { r.Gels(blas.NoTrans, m, n, 2, s, n, b, 2, w, l) })
			r.Gels(blas.NoTrans, m, n, 2, s, n, b, 2, work, len(work))
			return append(s, b...)
		},
		"Syev": func(r lapack.Real[T], a []T) []T {
			s, w := square(a), make([]T, n)
			work := query(func(wk []T, l int) { r.Syev(gonum.EVCompute, blas.Upper, n, s, n, w, wk, l) })
			r.Syev(gonum.EVCompute, blas.Upper, n, s, n, w, work, len(work))
			return append(s, w...)
		},
		"Syev/values": func(r lapack.Real[T], a []T) []T {
			s, w := square(a), make([]T, n)
			work := query(func(wk []T, l int) { r.Syev(gonum.EVNone, blas.Lower, n, s, n, w, wk, l) })
			r.Syev(gonum.EVNone, blas.Lower, n, s, n, w, work, len(work))
			return w
		},
		"Gesvd": func(r lapack.Real[T], a []T) []T {
			s, sv, u, vt := slices.Clone(a), make([]T, k), make([]T, m*k), make([]T, k*n)
			work := query(func(w []T, l int) {
				r.Gesvd(gonum.SVDStore, gonum.SVDStore, m, n, s, n, sv, u, k, vt, n, w, l)
			})
			r.Gesvd(gonum.SVDStore, gonum.SVDStore, m, n, s, n, sv, u, k, vt, n, work, len(work))
			return append(append(sv, u...), vt...)
		},
		"Gesvd/values": func(r lapack.Real[T], a []T) []T {
			s, sv := slices.Clone(a), make([]T, k)
			work := query(func(w []T, l int) {
				r.Gesvd(gonum.SVDNone, gonum.SVDNone, m, n, s, n, sv, nil, 1, nil, 1, w, l)
			})
			r.Gesvd(gonum.SVDNone, gonum.SVDNone, m, n, s, n, sv, nil, 1, nil, 1, work, len(work))
			return sv
		},
	}
}

// A factorisation that is cut short anywhere, at whatever it then finds in its
// operands, comes to an end without a panic, and soon; one that is not has the
// bits of any other.
func TestCutShort(t *testing.T) {
	t.Run("f32", testCutShort[float32])
	t.Run("f64", testCutShort[float64])
}

func testCutShort[T kernels.Float](t *testing.T) {
	e, err := kernels.Default[T]()
	if err != nil {
		t.Fatal(err)
	}
	e = e.WithWorkers(2)
	times := 12
	if testing.Short() {
		times = 4
	}
	rnd := rand.New(rand.NewPCG(21, 22))
	for _, shape := range [][2]int{{150, 150}, {330, 190}} {
		m, n := shape[0], shape[1]
		a := make([]T, m*n)
		for i := range a {
			a[i] = T(rnd.NormFloat64())
		}
		for name, f := range drivers[T](m, n) {
			start := time.Now()
			want := f(lapack.RealOf(e), a)
			usual := time.Since(start)
			all := ending(1 << 60)
			if got := f(lapack.RealOf(e.WithContext(all)), a); !slices.Equal(got, want) {
				t.Errorf("%s of %d×%d: other bits under a context", name, m, n)
			}
			for i := range times {
				at := rnd.Int64N(all.asked.Load() + 1)
				if i == 0 {
					at = 0
				}
				ctx := ending(at)
				start := time.Now()
				f(lapack.RealOf(e.WithContext(ctx)), a)
				if took := time.Since(start); took > 4*usual+2*time.Second {
					t.Errorf("%s of %d×%d, cut short at question %d of %d: takes %v instead of %v", name, m, n, at, all.asked.Load(), took, usual)
				}
			}
		}
	}
}
