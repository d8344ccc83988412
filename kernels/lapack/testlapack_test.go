package lapack

import (
	"os"
	"testing"

	"github.com/weftgo/weft/kernels"
	wblas "github.com/weftgo/weft/kernels/blas"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/testlapack"
)

// eachBackend runs f with an engine on each backend that this machine has.
func eachBackend[T kernels.Float](t *testing.T, f func(t *testing.T, e *kernels.Engine[T])) {
	for _, b := range kernels.Backends() {
		t.Run(b.Name, func(t *testing.T) {
			if b.Err != nil {
				t.Skip(b.Err)
			}
			e, err := kernels.Open[T](b.Name)
			if err != nil {
				t.Fatal(err)
			}
			f(t, e)
		})
	}
}

// inside gives gonum's names to what this package does not export.
type inside struct{ Implementation }

func (in inside) Dlarfg(n int, alpha float64, x []float64, incX int) (beta, tau float64) {
	return in.r.larfg(n, alpha, x, incX)
}

func (in inside) Dlarft(direct lapack.Direct, store lapack.StoreV, n, k int, v []float64, ldv int, tau []float64, t []float64, ldt int) {
	h := in.r.larft(direct, store, n, k, v, ldv, tau)
	for i := range k {
		for j := range k {
			if i <= j == h.forward || i == j {
				t[i*ldt+j] = -h.t[i*h.ldt+j]
			}
		}
	}
	h.free()
}

func (in inside) Dlarfb(side blas.Side, trans blas.Transpose, direct lapack.Direct, store lapack.StoreV, m, n, k int, v []float64, ldv int, t []float64, ldt int, c []float64, ldc int, work []float64, ldwork int) {
	order, other := m, n
	if side == blas.Right {
		order, other = n, m
	}
	h := in.r.larft(direct, store, order, k, v, ldv, make([]float64, k))
	for i := range k {
		for j := range k {
			h.t[i*h.ldt+j] = -t[i*ldt+j]
		}
	}
	h.larfb(side, trans, other, c, ldc)
	h.free()
}

func (in inside) Dlauum(ul blas.Uplo, n int, a []float64, lda int) {
	if n > 0 {
		in.r.lauum(ul, n, a, lda)
	}
}

func (in inside) Dlaswp(n int, a []float64, lda int, k1, k2 int, ipiv []int, incX int) {
	laswp(n, a, lda, k1, k2+1, ipiv, incX < 0)
}

// TestGonum runs gonum's own tests of a LAPACK. Those that take seconds run with
// WEFT_TEST=full.
func TestGonum(t *testing.T) {
	eachBackend(t, func(t *testing.T, e *kernels.Engine[float64]) {
		im := New(wblas.New(nil, e))
		in := inside{im}
		for _, c := range []struct {
			name string
			slow bool
			f    func(t *testing.T)
		}{
			{"Dlarfb", false, func(t *testing.T) { testlapack.DlarfbTest(t, in) }},
			{"Dlarfg", false, func(t *testing.T) { testlapack.DlarfgTest(t, in) }},
			{"Dlarft", false, func(t *testing.T) { testlapack.DlarftTest(t, in) }},
			{"Dlaswp", false, func(t *testing.T) { testlapack.DlaswpTest(t, in) }},
			{"Dlauum", false, func(t *testing.T) { testlapack.DlauumTest(t, in) }},

			{"Dpotrf", false, func(t *testing.T) { testlapack.DpotrfTest(t, im) }},
			{"Dpotri", false, func(t *testing.T) { testlapack.DpotriTest(t, im) }},
			{"Dpotrs", false, func(t *testing.T) { testlapack.DpotrsTest(t, im) }},
			{"Dpocon", false, func(t *testing.T) { testlapack.DpoconTest(t, im) }},
			{"Dtrtri", false, func(t *testing.T) { testlapack.DtrtriTest(t, im) }},
			{"Dtrtrs", false, func(t *testing.T) { testlapack.DtrtrsTest(t, im) }},
			{"Dtrcon", false, func(t *testing.T) { testlapack.DtrconTest(t, im) }},
			{"Dgetrf", true, func(t *testing.T) { testlapack.DgetrfTest(t, im) }},
			{"Dgetri", false, func(t *testing.T) { testlapack.DgetriTest(t, im) }},
			{"Dgetrs", true, func(t *testing.T) { testlapack.DgetrsTest(t, im) }},
			{"Dgesv", false, func(t *testing.T) { testlapack.DgesvTest(t, im) }},
			{"Dgecon", false, func(t *testing.T) { testlapack.DgeconTest(t, im) }},
			{"Dgeqrf", true, func(t *testing.T) { testlapack.DgeqrfTest(t, im) }},
			{"Dgelqf", false, func(t *testing.T) { testlapack.DgelqfTest(t, im) }},
			{"Dgeqp3", true, func(t *testing.T) { testlapack.Dgeqp3Test(t, im) }},
			{"Dormqr", true, func(t *testing.T) { testlapack.DormqrTest(t, im) }},
			{"Dormlq", true, func(t *testing.T) { testlapack.DormlqTest(t, im) }},
			{"Dorgqr", false, func(t *testing.T) { testlapack.DorgqrTest(t, im) }},
			{"Dorglq", false, func(t *testing.T) { testlapack.DorglqTest(t, im) }},
			{"Dgels", true, func(t *testing.T) { testlapack.DgelsTest(t, im) }},
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
