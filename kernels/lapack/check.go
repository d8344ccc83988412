package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// The messages of gonum's panics, word for word.
const (
	badUplo  = "lapack: bad Uplo"
	badDiag  = "lapack: bad Diag"
	badTrans = "lapack: bad Trans"
	badSide  = "lapack: bad Side"

	mLT0    = "lapack: m < 0"
	nLT0    = "lapack: n < 0"
	kLT0    = "lapack: k < 0"
	nrhsLT0 = "lapack: nrhs < 0"
	kGTM    = "lapack: k > m"
	kGTN    = "lapack: k > n"
	nGTM    = "lapack: n > m"
	nLTM    = "lapack: n < m"

	badLdA = "lapack: bad leading dimension of A"
	badLdB = "lapack: bad leading dimension of B"
	badLdC = "lapack: bad leading dimension of C"

	badLWork   = "lapack: insufficient declared workspace length"
	badLenIpiv = "lapack: bad length of ipiv"
	badLenTau  = "lapack: bad length of tau"

	shortA    = "lapack: insufficient length of a"
	shortAB   = "lapack: insufficient length of ab"
	shortB    = "lapack: insufficient length of b"
	shortC    = "lapack: insufficient length of c"
	shortTau  = "lapack: insufficient length of tau"
	shortWork = "lapack: insufficient length of work"
)

// want panics with msg unless ok. Arguments are checked by rows of these, in
// gonum's order, which programs that recover from them may rely on.
func want(ok bool, msg string) {
	if !ok {
		panic(msg)
	}
}

func isUplo(ul blas.Uplo) bool { return ul == blas.Lower || ul == blas.Upper }
func isDiag(d blas.Diag) bool  { return d == blas.NonUnit || d == blas.Unit }
func isTrans(t blas.Transpose) bool {
	return t == blas.NoTrans || t == blas.Trans || t == blas.ConjTrans
}

// wantWork is the checks of a workspace of which the routine wants need.
func wantWork(need, work, lwork int) {
	want(lwork >= max(1, need) || lwork == -1, badLWork)
	want(work >= max(1, lwork), shortWork)
}

// blockWork is the number of columns that a workspace holds according to a
// query, as in gonum. Memory comes from a pool here, so all that programs get
// from it is that lengths made for gonum's LAPACK fit.
const blockWork = 32

// length returns a workspace's length as an element of it, rounded up.
func length[T kernels.Float](n int) T {
	v := T(max(1, n))
	if int(v) < n {
		v *= 1 + 2*unit[T]()
	}
	return v
}
