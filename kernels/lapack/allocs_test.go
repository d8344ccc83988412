package lapack

import (
	"math/rand/v2"
	"runtime/debug"
	"testing"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
)

// TestEigenAllocations is TestAllocations for eigenvalues and singular values.
func TestEigenAllocations(t *testing.T) {
	t.Run("float32", testEigenAllocations[float32])
	t.Run("float64", testEigenAllocations[float64])
}

func testEigenAllocations[T kernels.Float](t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector empties pools on purpose")
	}
	defer debug.SetGCPercent(debug.SetGCPercent(-1)) // it would empty the pools
	e, err := kernels.Default[T]()
	if err != nil {
		t.Fatal(err)
	}
	r := RealOf(e.WithWorkers(1))
	for _, n := range []int{5, 40, 150} {
		a, c, u, vt := make([]T, n*n), make([]T, n*n), make([]T, n*n), make([]T, n*n)
		for i := range a {
			a[i] = T(rand.NormFloat64())
		}
		s, work := make([]T, n), make([]T, 40*n)
		for name, run := range map[string]func(){
			"Syev, vectors": func() { r.Syev(lapack.EVCompute, blas.Upper, n, c, n, s, work, len(work)) },
			"Syev, values":  func() { r.Syev(lapack.EVNone, blas.Upper, n, c, n, s, work, len(work)) },
			"Gesvd": func() {
				r.Gesvd(lapack.SVDAll, lapack.SVDAll, n, n, c, n, s, u, n, vt, n, work, len(work))
			},
		} {
			if got := testing.AllocsPerRun(5, func() { copy(c, a); run() }); got >= 1 {
				t.Errorf("%s n=%d: %v allocations", name, n, got)
			}
		}
	}
}
