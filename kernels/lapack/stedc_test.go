package lapack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
)

// tridiagonals is matrices that are hard for eigenvalue solvers, of order n
// and norm about 1 unless the name says otherwise.
func tridiagonals[T kernels.Float](n int) map[string]func(d, e []T) {
	rnd := rand.New(rand.NewPCG(7, uint64(n)))
	ldexp := func(x float64, e int) T { return T(math.Ldexp(x, e)) }
	return map[string]func(d, e []T){
		"zero":     func(d, e []T) {},
		"identity": func(d, e []T) { fill(d, 1) },
		"toeplitz": func(d, e []T) { fill(d, 2); fill(e, -1) },
		"random": func(d, e []T) {
			for i := range d {
				d[i] = T(rnd.NormFloat64())
			}
			for i := range e {
				e[i] = T(rnd.NormFloat64())
			}
		},
		"wilkinson": func(d, e []T) {
			for i := range d {
				d[i] = T(math.Abs(float64(i) - float64(n-1)/2))
			}
			fill(e, 1)
		},
		"glued wilkinson": func(d, e []T) {
			for i := range d {
				d[i] = T(math.Abs(float64(i%21) - 10))
			}
			fill(e, 1)
			for i := 20; i < n-1; i += 21 {
				e[i] = T(math.Sqrt(float64(unit[T]())))
			}
		},
		"glued at roundoff": func(d, e []T) {
			for i := range d {
				d[i] = T(math.Abs(float64(i%21) - 10))
			}
			fill(e, 1)
			for i := 20; i < n-1; i += 21 {
				e[i] = 10 * unit[T]()
			}
		},
		"graded": func(d, e []T) {
			for i := range d {
				d[i] = ldexp(1, -i)
			}
			for i := range e {
				e[i] = ldexp(1, -i-1)
			}
		},
		"graded up": func(d, e []T) {
			for i := range d {
				d[i] = ldexp(1, i-n)
			}
			for i := range e {
				e[i] = ldexp(1, i-n)
			}
		},
		"cluster": func(d, e []T) {
			for i := range d {
				d[i] = 1 + T(i%3)*unit[T]()
			}
			for i := range e {
				e[i] = T(rnd.NormFloat64()) * 4 * unit[T]()
			}
		},
		"tiny off-diagonal": func(d, e []T) {
			for i := range d {
				d[i] = T(i % 5)
			}
			for i := range e {
				e[i] = smallest[T]() * 4
			}
		},
		"zero diagonal": func(d, e []T) {
			for i := range e {
				e[i] = T(1 + i%2)
			}
		},
		"huge": func(d, e []T) {
			x := 1 / smallest[T]() / 16
			for i := range d {
				d[i] = x * T(rnd.Float64()-0.5)
			}
			fill(e, x/4)
		},
		"small": func(d, e []T) {
			x := smallest[T]()
			for i := range d {
				d[i] = x * T(rnd.Float64()-0.5)
			}
			fill(e, x/4)
		},
		"one element": func(d, e []T) {
			if n > 2 {
				e[n/2-1] = 1
			}
		},
	}
}

func fill[T kernels.Float](x []T, v T) {
	for i := range x {
		x[i] = v
	}
}

// checkTridiagonal holds eigenvalues d and vectors z, by rows, of the matrix
// against what LAPACK promises, in units of n*roundoff.
func checkTridiagonal[T kernels.Float](t *testing.T, d0, e0, d, z []T, ldz int) {
	t.Helper()
	n := len(d)
	scale := 0.0
	for _, x := range [][]T{d0, e0} {
		for _, v := range x {
			scale = max(scale, math.Abs(float64(v)))
		}
	}
	u := float64(unit[T]())
	limit := 10 * (float64(n) + 10) * u
	if !slices.IsSorted(d) {
		t.Errorf("eigenvalues not ascending")
	}
	var worst, worstQ float64
	at := func(x []T, i int) float64 {
		if i < 0 || i >= len(x) {
			return 0
		}
		return float64(x[i])
	}
	for i := range n {
		v := z[i*ldz:][:n]
		for k := range n {
			// Scaled first, for huge matrices.
			r := at(d0, k)/max(scale, 1e-300)*float64(v[k]) - float64(d[i])/max(scale, 1e-300)*float64(v[k])
			if k > 0 {
				r += at(e0, k-1) / max(scale, 1e-300) * at(v, k-1)
			}
			if k < n-1 {
				r += at(e0, k) / max(scale, 1e-300) * at(v, k+1)
			}
			if !(math.Abs(r) <= worst) {
				worst = math.Abs(r)
			}
		}
		for j := range i + 1 {
			s := 0.0
			for k, x := range z[j*ldz:][:n] {
				s += float64(x) * float64(v[k])
			}
			if i == j {
				s--
			}
			if !(math.Abs(s) <= worstQ) {
				worstQ = math.Abs(s)
			}
		}
	}
	if !(worst <= limit) || !(worstQ <= limit) {
		t.Errorf("residual %.2g, orthogonality %.2g, in n*u %.2g and %.2g", worst, worstQ, worst/u/float64(n), worstQ/u/float64(n))
	}
}

func testStedc[T kernels.Float](t *testing.T, r Real[T]) {
	for _, n := range []int{1, 2, 3, 5, 31, 32, 33, 34, 50, 64, 65, 70, 100, 129, 200} {
		for name, f := range tridiagonals[T](n) {
			t.Run(fmt.Sprintf("%s/%d", name, n), func(t *testing.T) {
				d0, e0 := make([]T, n), make([]T, n-1)
				f(d0, e0)
				d, e := slices.Clone(d0), slices.Clone(e0)
				ldz := n + 3
				z := make([]T, n*ldz)
				fill(z, T(math.NaN()))
				if !r.stedc(d, e, z, ldz) {
					t.Fatal("no convergence")
				}
				checkTridiagonal(t, d0, e0, d, z, ldz)
			})
		}
	}
}

func TestStedc(t *testing.T) {
	t.Run("float64", func(t *testing.T) { testStedc(t, Real[float64]{}) })
	t.Run("float32", func(t *testing.T) { testStedc(t, Real[float32]{}) })
}
