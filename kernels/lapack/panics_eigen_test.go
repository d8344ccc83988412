package lapack

import (
	"fmt"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
)

// eigenNames is gonum's names for eigenvalues and singular values.
type eigenNames interface {
	Dsytrd(ul blas.Uplo, n int, a []float64, lda int, d, e, tau, work []float64, lwork int)
	Dorgtr(ul blas.Uplo, n int, a []float64, lda int, tau, work []float64, lwork int)
	Dsteqr(comp lapack.EVComp, n int, d, e, z []float64, ldz int, work []float64) bool
	Dsyev(job lapack.EVJob, ul blas.Uplo, n int, a []float64, lda int, w, work []float64, lwork int) bool
	Dgebrd(m, n int, a []float64, lda int, d, e, tauQ, tauP, work []float64, lwork int)
	Dorgbr(vect lapack.GenOrtho, m, n, k int, a []float64, lda int, tau, work []float64, lwork int)
	Dormbr(vect lapack.ApplyOrtho, s blas.Side, t blas.Transpose, m, n, k int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int)
	Dbdsqr(ul blas.Uplo, n, ncvt, nru, ncc int, d, e, vt []float64, ldvt int, u []float64, ldu int, c []float64, ldc int, work []float64) bool
	Dgesvd(jobU, jobVT lapack.SVDJob, m, n int, a []float64, lda int, s, u []float64, ldu int, vt []float64, ldvt int, work []float64, lwork int) bool
}

// TestEigenPanics is TestPanics for eigenvalues and singular values. A job is
// fixed in each of its functions.
func TestEigenPanics(t *testing.T) {
	routines := func(im eigenNames) map[string]any {
		fs := map[string]any{"Dsytrd": im.Dsytrd, "Dorgtr": im.Dorgtr, "Dgebrd": im.Dgebrd, "Dbdsqr": im.Dbdsqr}
		for _, job := range []byte{'N', 'V', 'I', 'X'} {
			fs[fmt.Sprintf("Dsteqr/%c", job)] = func(n int, d, e, z []float64, ldz int, work []float64) {
				im.Dsteqr(lapack.EVComp(job), n, d, e, z, ldz, work)
			}
		}
		for _, job := range []byte{'N', 'V', 'X'} {
			fs[fmt.Sprintf("Dsyev/%c", job)] = func(ul blas.Uplo, n int, a []float64, lda int, w, work []float64, lwork int) {
				im.Dsyev(lapack.EVJob(job), ul, n, a, lda, w, work, lwork)
			}
		}
		for _, job := range []byte{'Q', 'P', 'X'} {
			fs[fmt.Sprintf("Dorgbr/%c", job)] = func(m, n, k int, a []float64, lda int, tau, work []float64, lwork int) {
				im.Dorgbr(lapack.GenOrtho(job), m, n, k, a, lda, tau, work, lwork)
			}
			fs[fmt.Sprintf("Dormbr/%c", job)] = func(s blas.Side, t blas.Transpose, m, n, k int, a []float64, lda int, tau, c []float64, ldc int, work []float64, lwork int) {
				im.Dormbr(lapack.ApplyOrtho(job), s, t, m, n, k, a, lda, tau, c, ldc, work, lwork)
			}
		}
		for _, jobs := range []string{"AA", "SN", "NS", "OS", "XS", "SX"} {
			fs["Dgesvd/"+jobs] = func(m, n int, a []float64, lda int, s, u []float64, ldu int, vt []float64, ldvt int, work []float64, lwork int) {
				im.Dgesvd(lapack.SVDJob(jobs[0]), lapack.SVDJob(jobs[1]), m, n, a, lda, s, u, ldu, vt, ldvt, work, lwork)
			}
		}
		return fs
	}
	theirs := routines(gonum.Implementation{})
	for name, ours := range routines(Implementation{}) {
		t.Run(name, func(t *testing.T) {
			comparePanics(t, reflect.ValueOf(ours), reflect.ValueOf(theirs[name]))
		})
	}
}
