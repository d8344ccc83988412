package blas

import (
	"testing"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas/testblas"
)

// eachBackend runs f with an implementation on each backend that this machine
// has.
func eachBackend(t *testing.T, f func(t *testing.T, im Implementation)) {
	for _, b := range kernels.Backends() {
		t.Run(b.Name, func(t *testing.T) {
			if b.Err != nil {
				t.Skip(b.Err)
			}
			f(t, on(t, b.Name))
		})
	}
}

func on(t testing.TB, name string) Implementation {
	e32, err := kernels.Open[float32](name)
	if err != nil {
		t.Fatal(err)
	}
	e64, err := kernels.Open[float64](name)
	if err != nil {
		t.Fatal(err)
	}
	return New(e32, e64)
}

// TestGonum runs gonum's own tests of a BLAS, which know float64 and
// complex128.
func TestGonum(t *testing.T) {
	eachBackend(t, func(t *testing.T, im Implementation) {
		for _, c := range []struct {
			name string
			long bool
			f    func(t *testing.T)
		}{
			{"Dasum", false, func(t *testing.T) { testblas.DasumTest(t, im) }},
			{"Daxpy", false, func(t *testing.T) { testblas.DaxpyTest(t, im) }},
			{"Dcopy", false, func(t *testing.T) { testblas.DcopyTest(t, im) }},
			{"Ddot", false, func(t *testing.T) { testblas.DdotTest(t, im) }},
			{"Dnrm2", false, func(t *testing.T) { testblas.Dnrm2Test(t, im) }},
			{"Drot", false, func(t *testing.T) { testblas.DrotTest(t, im) }},
			{"Drotg", false, func(t *testing.T) { testblas.DrotgTest(t, im, false) }},
			{"Drotm", false, func(t *testing.T) { testblas.DrotmTest(t, im) }},
			{"Drotmg", false, func(t *testing.T) { testblas.DrotmgTest(t, im) }},
			{"Dscal", false, func(t *testing.T) { testblas.DscalTest(t, im) }},
			{"Dswap", false, func(t *testing.T) { testblas.DswapTest(t, im) }},
			{"Idamax", false, func(t *testing.T) { testblas.IdamaxTest(t, im) }},

			{"Dgbmv", false, func(t *testing.T) { testblas.DgbmvTest(t, im) }},
			{"Dgemv", false, func(t *testing.T) { testblas.DgemvTest(t, im) }},
			{"Dger", false, func(t *testing.T) { testblas.DgerTest(t, im) }},
			{"Dsbmv", false, func(t *testing.T) { testblas.DsbmvTest(t, im) }},
			{"Dspmv", false, func(t *testing.T) { testblas.DspmvTest(t, im) }},
			{"Dspr", false, func(t *testing.T) { testblas.DsprTest(t, im) }},
			{"Dspr2", false, func(t *testing.T) { testblas.Dspr2Test(t, im) }},
			{"Dsymv", false, func(t *testing.T) { testblas.DsymvTest(t, im) }},
			{"Dsyr", false, func(t *testing.T) { testblas.DsyrTest(t, im) }},
			{"Dsyr2", false, func(t *testing.T) { testblas.Dsyr2Test(t, im) }},
			{"Dtbmv", false, func(t *testing.T) { testblas.DtbmvTest(t, im) }},
			{"Dtbsv", false, func(t *testing.T) { testblas.DtbsvTest(t, im) }},
			{"Dtpmv", false, func(t *testing.T) { testblas.DtpmvTest(t, im) }},
			{"Dtpsv", false, func(t *testing.T) { testblas.DtpsvTest(t, im) }},
			{"Dtrmv", false, func(t *testing.T) { testblas.DtrmvTest(t, im) }},
			{"Dtrsv", false, func(t *testing.T) { testblas.DtrsvTest(t, im) }},
			{"Dtxmv", false, func(t *testing.T) { testblas.DtxmvTest(t, im) }},

			{"Dgemm", false, func(t *testing.T) { testblas.TestDgemm(t, im) }},
			{"Dsymm", false, func(t *testing.T) { testblas.DsymmTest(t, im) }},
			{"Dsyr2k", false, func(t *testing.T) { testblas.Dsyr2kTest(t, im) }},
			{"Dsyrk", false, func(t *testing.T) { testblas.DsyrkTest(t, im) }},
			{"Dtrmm", false, func(t *testing.T) { testblas.DtrmmTest(t, im) }},
			{"Dtrsm", false, func(t *testing.T) { testblas.DtrsmTest(t, im) }},

			{"Dzasum", false, func(t *testing.T) { testblas.DzasumTest(t, im) }},
			{"Dznrm2", false, func(t *testing.T) { testblas.Dznrm2Test(t, im) }},
			{"Izamax", false, func(t *testing.T) { testblas.IzamaxTest(t, im) }},
			{"Zaxpy", false, func(t *testing.T) { testblas.ZaxpyTest(t, im) }},
			{"Zcopy", false, func(t *testing.T) { testblas.ZcopyTest(t, im) }},
			{"Zdotc", false, func(t *testing.T) { testblas.ZdotcTest(t, im) }},
			{"Zdotu", false, func(t *testing.T) { testblas.ZdotuTest(t, im) }},
			{"Zdscal", false, func(t *testing.T) { testblas.ZdscalTest(t, im) }},
			{"Zscal", false, func(t *testing.T) { testblas.ZscalTest(t, im) }},
			{"Zswap", false, func(t *testing.T) { testblas.ZswapTest(t, im) }},

			{"Zgemv", false, func(t *testing.T) { testblas.ZgemvTest(t, im) }},
			{"Zgerc", false, func(t *testing.T) { testblas.ZgercTest(t, im) }},
			{"Zgeru", false, func(t *testing.T) { testblas.ZgeruTest(t, im) }},
			{"Zhemv", false, func(t *testing.T) { testblas.ZhemvTest(t, im) }},
			{"Zher", false, func(t *testing.T) { testblas.ZherTest(t, im) }},
			{"Zher2", false, func(t *testing.T) { testblas.Zher2Test(t, im) }},
			{"Ztrmv", false, func(t *testing.T) { testblas.ZtrmvTest(t, im) }},
			{"Ztrsv", false, func(t *testing.T) { testblas.ZtrsvTest(t, im) }},

			{"Zgemm", false, func(t *testing.T) { testblas.ZgemmTest(t, im) }},
			{"Zhemm", false, func(t *testing.T) { testblas.ZhemmTest(t, im) }},
			{"Zher2k", false, func(t *testing.T) { testblas.Zher2kTest(t, im) }},
			{"Zherk", false, func(t *testing.T) { testblas.ZherkTest(t, im) }},
			{"Zsymm", false, func(t *testing.T) { testblas.ZsymmTest(t, im) }},
			{"Zsyr2k", false, func(t *testing.T) { testblas.Zsyr2kTest(t, im) }},
			{"Zsyrk", false, func(t *testing.T) { testblas.ZsyrkTest(t, im) }},
			{"Ztrmm", true, func(t *testing.T) { testblas.ZtrmmTest(t, im) }},
			{"Ztrsm", true, func(t *testing.T) { testblas.ZtrsmTest(t, im) }},
		} {
			t.Run(c.name, func(t *testing.T) {
				if c.long && testing.Short() {
					t.Skip("takes a while")
				}
				c.f(t)
			})
		}
	})
}
