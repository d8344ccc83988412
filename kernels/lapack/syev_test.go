package lapack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// symmetrics is symmetric matrices of order n, row by row.
func symmetrics[T kernels.Float](n int) map[string]func() []T {
	rnd := rand.New(rand.NewPCG(11, uint64(n)))
	made := func(f func(i, j int) float64) func() []T {
		return func() []T {
			a := make([]T, n*n)
			for i := range n {
				for j := range i + 1 {
					a[i*n+j] = T(f(i, j))
					a[j*n+i] = a[i*n+j]
				}
			}
			return a
		}
	}
	big := float64(1/smallest[T]()) / 8
	return map[string]func() []T{
		"random":    made(func(i, j int) float64 { return rnd.NormFloat64() }),
		"zero":      made(func(i, j int) float64 { return 0 }),
		"ones":      made(func(i, j int) float64 { return 1 }),
		"identity":  made(func(i, j int) float64 { return float64(1 - min(1, i-j)) }),
		"diagonal":  made(func(i, j int) float64 { return float64(1-min(1, i-j)) * float64(i%7-3) }),
		"hilbert":   made(func(i, j int) float64 { return 1 / float64(i+j+1) }),
		"graded":    made(func(i, j int) float64 { return math.Ldexp(rnd.NormFloat64(), -i-j) }),
		"graded up": made(func(i, j int) float64 { return math.Ldexp(rnd.NormFloat64(), i+j-2*n) }),
		"huge":      made(func(i, j int) float64 { return big * (rnd.Float64() - 0.5) }),
		"small":     made(func(i, j int) float64 { return (rnd.Float64() - 0.5) / big }),
		"blocks": made(func(i, j int) float64 {
			if i/5 == j/5 {
				return 1
			}
			return 0
		}),
		"rank one": made(func(i, j int) float64 { return float64((i + 1) * (j + 1)) }),
	}
}

// checkEigen holds the eigenvalues w and vectors, the columns of z, of the
// symmetric matrix a against what LAPACK promises.
func checkEigen[T kernels.Float](t *testing.T, n int, a, w, z []T, ldz int) {
	t.Helper()
	u := float64(unit[T]())
	limit := 10 * (float64(n) + 10) * u
	scale := math.SmallestNonzeroFloat64
	for _, v := range a {
		scale = max(scale, math.Abs(float64(v)))
	}
	if !slices.IsSorted(w) {
		t.Error("eigenvalues not ascending")
	}
	var worst, worstQ float64
	col := make([]float64, n)
	sum := make([]float64, n)
	for j := range n {
		for i := range n {
			col[i] = float64(z[i*ldz+j])
		}
		for i := range n {
			s := 0.0
			for k, v := range a[i*n:][:n] {
				s += float64(v) / scale * col[k]
			}
			s -= float64(w[j]) / scale * col[i]
			if !(math.Abs(s) <= worst) {
				worst = math.Abs(s)
			}
		}
		clear(sum)
		for i := range n {
			for k, v := range z[i*ldz:][:n] {
				sum[k] += float64(v) * col[i]
			}
		}
		sum[j]--
		for _, s := range sum {
			if !(math.Abs(s) <= worstQ) {
				worstQ = math.Abs(s)
			}
		}
	}
	// The norm of a is up to n times its largest element.
	if !(worst <= limit*math.Sqrt(float64(n)+1)) || !(worstQ <= limit) {
		t.Errorf("residual %.2g, orthogonality %.2g, in n*u %.2g and %.2g", worst, worstQ, worst/u/float64(n), worstQ/u/float64(n))
	}
}

func testSyev[T kernels.Float](t *testing.T, e *kernels.Engine[T]) {
	r := RealOf(e)
	sizes := []int{0, 1, 2, 3, 5, 16, 32, 33, 49, 70}
	if os.Getenv("WEFT_TEST") == "full" {
		sizes = append(sizes, 4, 8, 31, 34, 47, 48, 63, 64, 65, 97, 130, 200)
	}
	for _, n := range sizes {
		for name, f := range symmetrics[T](n) {
			a := f()
			for _, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
				t.Run(fmt.Sprintf("%s/%d/%c", name, n, ul), func(t *testing.T) {
					lda := n + 3
					b := make([]T, n*lda)
					fill(b, T(math.NaN()))
					for i := range n {
						for j := range n {
							if j >= i == (ul == blas.Upper) || i == j {
								b[i*lda+j] = a[i*n+j]
							}
						}
					}
					c := slices.Clone(b)
					w, only := make([]T, n), make([]T, n)
					work := make([]T, max(1, 3*n-1))
					if !r.Syev(lapack.EVCompute, ul, n, b, max(1, lda), w, work, len(work)) {
						t.Fatal("no convergence")
					}
					checkEigen(t, n, a, w, b, lda)
					for i := range n {
						for _, v := range b[i*lda+n : (i+1)*lda] {
							if v == v {
								t.Fatal("wrote between rows")
							}
						}
					}
					if !r.Syev(lapack.EVNone, ul, n, c, max(1, lda), only, work, len(work)) {
						t.Fatal("no convergence without vectors")
					}
					scale := 0.0
					for _, v := range w {
						scale = max(scale, math.Abs(float64(v)))
					}
					for i, v := range only {
						if d := math.Abs(float64(v)/2 - float64(w[i])/2); d > scale*float64(unit[T]())*5*float64(n+10) {
							t.Fatalf("eigenvalue %d is %v without vectors and %v with", i, v, w[i])
						}
					}
				})
			}
		}
	}
}

func TestSyev(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachBackend(t, testSyev[float64]) })
	t.Run("float32", func(t *testing.T) { eachBackend(t, testSyev[float32]) })
}
