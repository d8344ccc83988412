package array

import (
	"errors"
	"fmt"
	"slices"

	"github.com/weftgo/weft/kernels/lapack"
	"gonum.org/v1/gonum/blas"
	lapackconst "gonum.org/v1/gonum/lapack"
)

// Factorisations and what is made from them: the functions of kernels/lapack, in
// the type of the elements, on row-major copies. A matrix is the last two axes
// and has at least one row and column; axes before them count matrices, each of
// which is worked on for itself. Bits are the same on every backend. Wrong
// shapes panic with a *kernels.ShapeError; a matrix that can't be factored is an
// error, and of several the first decides. The forms with To copy the results
// into their destinations, of any layout, when all are there: so a destination
// may be the operand or share elements with it, and an error leaves it as it was.

var (
	// ErrSingular says that a matrix has no inverse.
	ErrSingular = errors.New("array: matrix is singular")
	// ErrNotPositive says that a matrix is not positive definite.
	ErrNotPositive = errors.New("array: matrix is not positive definite")
	// ErrNotFinite says that a matrix has a NaN or an infinity.
	ErrNotFinite = errors.New("array: matrix has a NaN or an infinity")
	// ErrNoConvergence says that an iteration did not come to its end.
	ErrNoConvergence = errors.New("array: the iteration did not converge")
)

// checkMatrices returns the rows and columns of the matrices of a.
func checkMatrices[T Float](call string, a *Array[T], square bool) (m, n int) {
	if a.nd >= 2 {
		m, n = a.shape[a.nd-2], a.shape[a.nd-1]
	}
	if m == 0 || n == 0 || square && m != n {
		want := "matrices with elements"
		if square {
			want = "square matrices with elements"
		}
		fail(call, "a", a.layout.String(), want)
	}
	return m, n
}

// ending returns a new array of the shape of a with the lengths of ends in place
// of the last two.
func ending[T Float](a *Array[T], ends ...int) *Array[T] {
	l := a.layout
	l.nd += len(ends) - 2
	clear(l.shape[a.nd-2:])
	copy(l.shape[a.nd-2:], ends)
	return like[T](&l)
}

// item returns element i of an array of rows of n.
func item[T Float](a *Array[T], i, n int) []T { return a.data[i*n : (i+1)*n] }

// result is what a call has computed, r, and where it goes.
type result[T Float] struct {
	name   string
	dst, r *Array[T]
}

// deliver brings the results of a call to their destinations, unless err is
// there, which it returns.
func deliver[T Float](call string, err error, results ...result[T]) error {
	if err != nil {
		return err
	}
	for i, x := range results {
		if !x.dst.sameShape(&x.r.layout) {
			fail(call, x.name, x.dst.layout.String(), x.r.layout.String())
		}
		writable(call, &x.dst.layout)
		for _, y := range results[:i] {
			apart(call, x.dst, y.name, y.dst, false)
		}
	}
	for _, x := range results {
		copyLayout(x.dst, x.r)
	}
	return nil
}

// flip exchanges the last two axes.
func flip[T Float](a *Array[T]) *Array[T] { return a.MoveAxis(-1, -2) }

func finite[T Float](x []T) bool {
	return !slices.ContainsFunc(x, func(v T) bool { return v-v != 0 })
}

// Solve returns x with a·x = b, for square a, by LU factorisation with partial
// pivoting (lapack.Getrf and Getrs). If b has one dimension it is a vector, and
// so is each x; otherwise its last two axes are matrices, whose columns are
// solved for. The axes before broadcast. It returns [ErrSingular] if a pivot is
// zero; a matrix that is nearly singular gives an x of little worth and no
// error.
func Solve[T Float](a, b *Array[T]) (*Array[T], error) { return solve("Solve", a, b) }

// SolveTo is [Solve] into dst, which has the shape of the result.
func SolveTo[T Float](dst, a, b *Array[T]) error {
	x, err := solve("SolveTo", a, b)
	return deliver("SolveTo", err, result[T]{"dst", dst, x})
}

func solve[T Float](call string, a, b *Array[T]) (*Array[T], error) {
	n, _ := checkMatrices(call, a, true)
	rhs := b.layout
	if b.nd == 1 {
		rhs.push(call, 1, 1)
	}
	if rhs.nd < 2 || rhs.shape[rhs.nd-2] != n {
		fail(call, "b", b.layout.String(), fmt.Sprintf("%d rows (as a)", n))
	}
	cols := rhs.shape[rhs.nd-1]
	from, to := a.layout, rhs
	from.nd -= 2
	to.nd -= 2
	l := broadcast(call, "a", &from, "b", &to)
	to = l
	l.push(call, n, 0)
	l.push(call, cols, 0)
	x := like[T](&l)
	CopyTo(x, &Array[T]{b.data, rhs})

	lu, pivots := a.Copy(), make([]int, a.size()/n)
	for i := range a.size() / (n * n) {
		if !lapack.Getrf(n, n, item(lu, i, n*n), n, pivots[i*n:(i+1)*n]) {
			return nil, ErrSingular
		}
	}
	if x.size() > 0 {
		// Which matrix belongs to which right side.
		from.packed()
		of := from.expand(call, "a", &to)
		to.packed()
		w := newNest(&to, &of)
		for ok := true; ok; ok = w.next(0) {
			i := w.off[1]
			lapack.Getrs(blas.NoTrans, n, cols, item(lu, i, n*n), n, pivots[i*n:(i+1)*n], item(x, w.off[0], n*cols), cols)
		}
	}
	if b.nd == 1 {
		x = x.Reshape(l.shape[:l.nd-1]...)
	}
	return x, nil
}

// Inv returns the inverses of square matrices, by LU factorisation with partial
// pivoting (lapack.Getrf and Getri), or [ErrSingular].
func Inv[T Float](a *Array[T]) (*Array[T], error) { return inverse("Inv", a) }

// InvTo is [Inv] into dst, which has the shape of a.
func InvTo[T Float](dst, a *Array[T]) error {
	x, err := inverse("InvTo", a)
	return deliver("InvTo", err, result[T]{"dst", dst, x})
}

func inverse[T Float](call string, a *Array[T]) (*Array[T], error) {
	n, _ := checkMatrices(call, a, true)
	r := a.Copy()
	pivots, work := make([]int, n), make([]T, n)
	for x := range slices.Chunk(r.data, n*n) {
		if !lapack.Getrf(n, n, x, n, pivots) || !lapack.Getri(n, x, n, pivots, work, n) {
			return nil, ErrSingular
		}
	}
	return r, nil
}

// Det returns the determinants of square matrices: the product of the pivots of
// the LU factorisation from the first to the last, in float64, negated for each
// exchange of rows, and rounded to the type.
func Det[T Float](a *Array[T]) *Array[T] { return determinants("Det", a) }

// DetTo is [Det] into dst, which has the shape of a without its last two axes.
func DetTo[T Float](dst, a *Array[T]) {
	deliver("DetTo", nil, result[T]{"dst", dst, determinants("DetTo", a)})
}

func determinants[T Float](call string, a *Array[T]) *Array[T] {
	n, _ := checkMatrices(call, a, true)
	r := ending(a)
	lu, pivots := a.Copy(), make([]int, n)
	for i := range r.data {
		x := item(lu, i, n*n)
		lapack.Getrf(n, n, x, n, pivots)
		d := 1.0
		for j, p := range pivots {
			d *= float64(x[j*n+j])
			if p != j {
				d = -d
			}
		}
		r.data[i] = T(d)
	}
	return r
}

// Cholesky returns the lower triangular L, with a positive diagonal, for which
// a = L·Lᵀ (lapack.Potrf), or [ErrNotPositive]. Only the lower triangle of a is
// looked at.
func Cholesky[T Float](a *Array[T]) (*Array[T], error) { return cholesky("Cholesky", a) }

// CholeskyTo is [Cholesky] into dst, which has the shape of a.
func CholeskyTo[T Float](dst, a *Array[T]) error {
	l, err := cholesky("CholeskyTo", a)
	return deliver("CholeskyTo", err, result[T]{"dst", dst, l})
}

func cholesky[T Float](call string, a *Array[T]) (*Array[T], error) {
	n, _ := checkMatrices(call, a, true)
	r := a.Copy()
	for x := range slices.Chunk(r.data, n*n) {
		if !lapack.Potrf(blas.Lower, n, x, n) {
			return nil, ErrNotPositive
		}
		for i := range n {
			clear(x[i*n+i+1 : (i+1)*n])
		}
	}
	return r, nil
}

// QR returns Q with orthonormal columns and an upper triangular R for which a =
// Q·R (lapack.Geqrf and Orgqr): for a of m×n and k = min(m, n), Q is m×k and R
// is k×n. The diagonal of R may have either sign.
func QR[T Float](a *Array[T]) (q, r *Array[T]) { return qr("QR", a) }

// QRTo is [QR] into q and r, which have the shapes of its results.
func QRTo[T Float](q, r, a *Array[T]) {
	f, g := qr("QRTo", a)
	deliver("QRTo", nil, result[T]{"q", q, f}, result[T]{"r", r, g})
}

func qr[T Float](call string, a *Array[T]) (q, r *Array[T]) {
	m, n := checkMatrices(call, a, false)
	k := min(m, n)
	q, r = ending(a, m, k), ending(a, k, n)
	f, tau, work := a.Copy(), make([]T, k), make([]T, n)
	for b := range a.size() / (m * n) {
		x, qb, rb := item(f, b, m*n), item(q, b, m*k), item(r, b, k*n)
		lapack.Geqrf(m, n, x, n, tau, work, n)
		for i := range m {
			copy(qb[i*k:(i+1)*k], x[i*n:])
			if i < k {
				copy(rb[i*n+i:(i+1)*n], x[i*n+i:])
			}
		}
		lapack.Orgqr(m, k, k, qb, k, tau, work, n)
	}
	return q, r
}

// EigH returns the eigenvalues of symmetric matrices, smallest first, and unit
// eigenvectors as the columns of v (lapack.Syev). Only the lower triangle of a
// is looked at; a NaN or infinity there gives [ErrNotFinite].
func EigH[T Float](a *Array[T]) (values, v *Array[T], err error) { return eigH("EigH", a) }

// EigHTo is [EigH] into values and v, which have the shapes of its results.
func EigHTo[T Float](values, v, a *Array[T]) error {
	w, x, err := eigH("EigHTo", a)
	return deliver("EigHTo", err, result[T]{"values", values, w}, result[T]{"v", v, x})
}

func eigH[T Float](call string, a *Array[T]) (values, v *Array[T], err error) {
	n, _ := checkMatrices(call, a, true)
	values, v = ending(a, n), a.Copy()
	work := make([]T, 3*n)
	for b := range v.size() / (n * n) {
		x := item(v, b, n*n)
		for i := range n {
			if !finite(x[i*n : i*n+i+1]) {
				return nil, nil, ErrNotFinite
			}
		}
		if !lapack.Syev(lapackconst.EVCompute, blas.Lower, n, x, n, item(values, b, n), work, len(work)) {
			return nil, nil, ErrNoConvergence
		}
	}
	return values, v, nil
}

// SVD returns the singular value decomposition a = U·diag(s)·Vᵀ (lapack.Gesvd):
// for a of m×n and k = min(m, n), u is m×k, s has the k singular values, largest
// first, and vt is k×n. A NaN or infinity gives [ErrNotFinite].
func SVD[T Float](a *Array[T]) (u, s, vt *Array[T], err error) { return svd("SVD", a) }

// SVDTo is [SVD] into u, s and vt, which have the shapes of its results.
func SVDTo[T Float](u, s, vt, a *Array[T]) error {
	x, y, z, err := svd("SVDTo", a)
	return deliver("SVDTo", err, result[T]{"u", u, x}, result[T]{"s", s, y}, result[T]{"vt", vt, z})
}

func svd[T Float](call string, a *Array[T]) (u, s, vt *Array[T], err error) {
	m, n := checkMatrices(call, a, false)
	k := min(m, n)
	u, s, vt = ending(a, m, k), ending(a, k), ending(a, k, n)
	f, work := a.Copy(), make([]T, max(3*k+max(m, n), 5*k))
	if !finite(f.data) {
		return nil, nil, nil, ErrNotFinite
	}
	for b := range a.size() / (m * n) {
		if !lapack.Gesvd(lapackconst.SVDStore, lapackconst.SVDStore, m, n, item(f, b, m*n), n, item(s, b, k),
			item(u, b, m*k), k, item(vt, b, k*n), n, work, len(work)) {
			return nil, nil, nil, ErrNoConvergence
		}
	}
	return u, s, vt, nil
}

// Lstsq returns the x for which ‖a·x - b‖₂ is least, of several the one of least
// norm, and the rank of a, for one matrix a, and b of a vector or the columns of
// a matrix: V·(Uᵀ·b/s) with the factors of [SVD] that belong to the singular
// values s above max(m, n)·ε times the largest, with the ε of T; so many there
// are is the rank.
func Lstsq[T Float](a, b *Array[T]) (x *Array[T], rank int, err error) {
	return leastSquares("Lstsq", a, b)
}

// LstsqTo is [Lstsq] into dst, which has the shape of x.
func LstsqTo[T Float](dst, a, b *Array[T]) (rank int, err error) {
	x, rank, err := leastSquares("LstsqTo", a, b)
	return rank, deliver("LstsqTo", err, result[T]{"dst", dst, x})
}

func leastSquares[T Float](call string, a, b *Array[T]) (x *Array[T], rank int, err error) {
	checkMatrices(call, a, false)
	if a.nd != 2 {
		fail(call, "a", a.layout.String(), "one matrix")
	}
	if b.nd < 1 || b.nd > 2 || b.shape[0] != a.shape[0] {
		fail(call, "b", b.layout.String(), fmt.Sprintf("%d rows (as a)", a.shape[0]))
	}
	u, s, vt, err := svd(call, a)
	if err != nil {
		return nil, 0, err
	}
	rank = rankOf(s.data, a)
	c := MatMul(u.View(All, To(rank)).T(), b)
	return MatMul(vt.View(To(rank)).T(), Div(c, s.View(To(rank)).column(call, b.nd-1))), rank, nil
}

// rankOf returns how many of the singular values of a matrix of a are not taken
// for zero.
func rankOf[T Float](s []T, a *Array[T]) (rank int) {
	eps := 0x1p-52
	if kindOf[T]() == kindFloat32 {
		eps = 0x1p-23
	}
	limit := eps * float64(max(a.shape[a.nd-2], a.shape[a.nd-1])) * float64(s[0])
	for rank < len(s) && float64(s[rank]) > limit {
		rank++
	}
	return rank
}

// Pinv returns the Moore-Penrose inverses of the matrices of a, of n×m:
// (V/s)·Uᵀ with the factors of [SVD]. Singular values count as zero as in
// [Lstsq].
func Pinv[T Float](a *Array[T]) (*Array[T], error) { return pseudoInverse("Pinv", a) }

// PinvTo is [Pinv] into dst, which has the shape of a with its last two axes
// exchanged.
func PinvTo[T Float](dst, a *Array[T]) error {
	x, err := pseudoInverse("PinvTo", a)
	return deliver("PinvTo", err, result[T]{"dst", dst, x})
}

func pseudoInverse[T Float](call string, a *Array[T]) (*Array[T], error) {
	u, s, vt, err := svd(call, a)
	if err != nil {
		return nil, err
	}
	k := s.shape[s.nd-1]
	for row := range slices.Chunk(s.data, k) {
		rank := rankOf(row, a)
		for i := range row {
			if i < rank {
				row[i] = 1 / row[i]
			} else {
				row[i] = 0
			}
		}
	}
	return MatMul(flip(Mul(vt, s.column(call, 1))), flip(u)), nil
}
