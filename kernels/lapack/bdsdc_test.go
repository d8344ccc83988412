package lapack

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
)

// checkBidiagonal holds the decomposition of a bidiagonal matrix, vectors by
// rows, against what bdsdc promises.
func checkBidiagonal[T kernels.Float](t *testing.T, d0, e0, s, ut, vt []T, ld int) {
	t.Helper()
	n := len(s)
	scale := math.SmallestNonzeroFloat64
	for _, x := range [][]T{d0, e0} {
		for _, v := range x {
			scale = max(scale, math.Abs(float64(v)))
		}
	}
	u := float64(unit[T]())
	limit := 10 * (float64(n) + 10) * u
	for i, v := range s {
		if !(v >= 0) || i > 0 && v > s[i-1] {
			t.Fatalf("singular value %d is %v", i, v)
		}
	}
	var worst, worstQ float64
	for i := range n {
		a, b := ut[i*ld:][:n], vt[i*ld:][:n]
		for k := range n {
			// B*v - s*u and Bᵀ*u - s*v
			x := float64(d0[k]) / scale * float64(b[k])
			y := float64(d0[k]) / scale * float64(a[k])
			if k < n-1 {
				x += float64(e0[k]) / scale * float64(b[k+1])
			}
			if k > 0 {
				y += float64(e0[k-1]) / scale * float64(a[k-1])
			}
			x -= float64(s[i]) / scale * float64(a[k])
			y -= float64(s[i]) / scale * float64(b[k])
			for _, r := range []float64{x, y} {
				if !(math.Abs(r) <= worst) {
					worst = math.Abs(r)
				}
			}
		}
		for j := range i + 1 {
			for _, z := range [][]T{ut, vt} {
				sum := 0.0
				for k, x := range z[j*ld:][:n] {
					sum += float64(x) * float64(z[i*ld+k])
				}
				if i == j {
					sum--
				}
				if !(math.Abs(sum) <= worstQ) {
					worstQ = math.Abs(sum)
				}
			}
		}
	}
	if !(worst <= limit) || !(worstQ <= limit) {
		t.Errorf("residual %.2g, orthogonality %.2g, in n*u %.2g and %.2g", worst, worstQ, worst/u/float64(n), worstQ/u/float64(n))
	}
}

func testBdsdc[T kernels.Float](t *testing.T, r Real[T]) {
	for _, n := range []int{1, 2, 3, 5, 31, 32, 33, 34, 50, 64, 65, 66, 67, 70, 100, 129, 200} {
		for name, f := range tridiagonals[T](n) {
			t.Run(fmt.Sprintf("%s/%d", name, n), func(t *testing.T) {
				d0, e0 := make([]T, n), make([]T, n-1)
				f(d0, e0)
				d, e := slices.Clone(d0), slices.Clone(e0)
				ld := n + 3
				u, v := make([]T, n*ld), make([]T, n*ld)
				fill(u, T(math.NaN()))
				fill(v, T(math.NaN()))
				if !r.bdsdc(d, e, u, ld, v, ld) {
					t.Fatal("no convergence")
				}
				checkBidiagonal(t, d0, e0, d, u, v, ld)
			})
		}
	}
}

func TestBdsdc(t *testing.T) {
	t.Run("float64", func(t *testing.T) { testBdsdc(t, Real[float64]{}) })
	t.Run("float32", func(t *testing.T) { testBdsdc(t, Real[float32]{}) })
}
