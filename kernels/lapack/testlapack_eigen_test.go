package lapack

import (
	"os"
	"testing"

	"github.com/weftgo/weft/kernels"
	wblas "github.com/weftgo/weft/kernels/blas"
	"gonum.org/v1/gonum/lapack/testlapack"
)

// TestGonumEigen runs gonum's own tests of eigenvalues and singular values on
// every backend.
func TestGonumEigen(t *testing.T) {
	eachBackend(t, func(t *testing.T, e *kernels.Engine[float64]) {
		im := New(wblas.New(nil, e))
		for _, c := range []struct {
			name string
			slow bool
			f    func(t *testing.T)
		}{
			{"Dsytrd", true, func(t *testing.T) { testlapack.DsytrdTest(t, im) }},
			{"Dorgtr", false, func(t *testing.T) { testlapack.DorgtrTest(t, im) }},
			{"Dsteqr", false, func(t *testing.T) { testlapack.DsteqrTest(t, im) }},
			{"Dsyev", false, func(t *testing.T) { testlapack.DsyevTest(t, im) }},
			{"Dgebrd", true, func(t *testing.T) { testlapack.DgebrdTest(t, im) }},
			{"Dorgbr", false, func(t *testing.T) { testlapack.DorgbrTest(t, im) }},
			{"Dormbr", true, func(t *testing.T) { testlapack.DormbrTest(t, im) }},
			{"Dbdsqr", true, func(t *testing.T) { testlapack.DbdsqrTest(t, im) }},
			{"Dgesvd", true, func(t *testing.T) { testlapack.DgesvdTest(t, im, 1e-13) }},
		} {
			t.Run(c.name, func(t *testing.T) {
				if c.slow && os.Getenv("WEFT_TEST") != "full" {
					t.Skip("slow: set WEFT_TEST=full")
				}
				c.f(t)
			})
		}
	})
}
