package array

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
	"gonum.org/v1/gonum/mat"
)

// Factorisations and what is made from them. They take one matrix, with at
// least one row and column, and are computed by gonum's mat and lapack64 in
// float64, float32 on the way there and back; this file is the only one that
// knows. Bits are those of the BLAS and LAPACK that gonum runs on: import
// kernels/blas/use for weft's. Wrong shapes panic with a *kernels.ShapeError; a
// matrix that can't be factored is an error.

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

// dense returns a copy of a matrix for gonum.
func dense[T Float](call, arg string, a *Array[T], square bool) *mat.Dense {
	if a.nd != 2 || a.size() == 0 || square && a.shape[0] != a.shape[1] {
		want := "a matrix"
		if square {
			want = "a square matrix"
		}
		fail(call, arg, a.layout.String(), want+" with elements")
	}
	return mat.NewDense(a.shape[0], a.shape[1], Convert[float64](a).data)
}

// fromDense returns a copy of gonum's m.
func fromDense[T Float](m *mat.Dense) *Array[T] { return Convert[T](FromDense(m)) }

func finite(m *mat.Dense) error {
	for _, v := range m.RawMatrix().Data {
		if v-v != 0 {
			return ErrNotFinite
		}
	}
	return nil
}

// Solve returns x with a·x = b, for a square a and b of a vector or the columns
// of a matrix, by LU factorisation with partial pivoting.
func Solve[T Float](a, b *Array[T]) (*Array[T], error) {
	m := dense("Solve", "a", a, true)
	if b.nd < 1 || b.nd > 2 || b.shape[0] != a.shape[0] {
		fail("Solve", "b", b.layout.String(), fmt.Sprintf("%d rows (as a)", a.shape[0]))
	}
	if b.size() == 0 {
		return like[T](&b.layout), nil
	}
	rhs := mat.NewDense(b.shape[0], b.size()/b.shape[0], Convert[float64](b).data)
	var lu mat.LU
	lu.Factorize(m)
	if err := singular(&lu); err != nil {
		return nil, err
	}
	var x mat.Dense
	if err := lu.SolveTo(&x, false, rhs); err != nil && !nearly(err) {
		return nil, ErrSingular
	}
	return fromDense[T](&x).Reshape(b.shape[:b.nd]...), nil
}

// singular returns an error if a factor has a zero on its diagonal.
func singular(lu *mat.LU) error {
	if d, _ := lu.LogDet(); math.IsInf(d, -1) {
		return ErrSingular
	}
	return nil
}

// nearly reports whether an error is gonum's warning of a large condition
// number, which leaves a result.
func nearly(err error) bool {
	var c mat.Condition
	return errors.As(err, &c) && !math.IsInf(float64(c), 1)
}

// Inv returns the inverse of a square matrix, by [Solve].
func Inv[T Float](a *Array[T]) (*Array[T], error) {
	if a.nd != 2 || a.size() == 0 || a.shape[0] != a.shape[1] {
		fail("Inv", "a", a.layout.String(), "a square matrix with elements")
	}
	return Solve(a, Eye[T](a.shape[0]))
}

// Det returns the determinant of a square matrix.
func Det[T Float](a *Array[T]) T {
	var lu mat.LU
	lu.Factorize(dense("Det", "a", a, true))
	return T(lu.Det())
}

// Cholesky returns the lower triangular L, with a positive diagonal, for which
// a = L·Lᵀ. Of a symmetric a only the lower triangle is read.
func Cholesky[T Float](a *Array[T]) (*Array[T], error) {
	m := dense("Cholesky", "a", a, true)
	n := a.shape[0]
	raw := m.RawMatrix()
	tri, ok := lapack64.Potrf(blas64.Symmetric{N: n, Stride: raw.Stride, Data: raw.Data, Uplo: blas.Lower})
	if !ok {
		return nil, ErrNotPositive
	}
	for i := range n {
		clear(tri.Data[i*tri.Stride+i+1 : i*tri.Stride+n])
	}
	return fromDense[T](m), nil
}

// QR returns Q with orthonormal columns and an upper triangular R for which a =
// Q·R: for a of m×n and k = min(m, n), Q is m×k and R is k×n.
func QR[T Float](a *Array[T]) (q, r *Array[T]) {
	raw := dense("QR", "a", a, false).RawMatrix()
	m, n := raw.Rows, raw.Cols
	k := min(m, n)
	tau, work := make([]float64, k), make([]float64, 1)
	lapack64.Geqrf(raw, tau, work, -1)
	work = make([]float64, int(work[0]))
	lapack64.Geqrf(raw, tau, work, len(work))
	upper := Zeros[float64](k, n)
	for i := range k {
		copy(upper.data[i*n+i:(i+1)*n], raw.Data[i*raw.Stride+i:i*raw.Stride+n])
	}
	raw.Cols = k
	work = make([]float64, 1)
	lapack64.Orgqr(raw, tau, work, -1)
	work = make([]float64, int(work[0]))
	lapack64.Orgqr(raw, tau, work, len(work))
	q64 := &Array[float64]{raw.Data, layout{nd: 2, shape: [MaxDims]int{m, k}, stride: [MaxDims]int{raw.Stride, 1}}}
	return Convert[T](q64), Convert[T](upper)
}

// EigH returns the eigenvalues of a symmetric matrix, smallest first, and the
// eigenvectors as the columns of v. Only the lower triangle of a is read.
func EigH[T Float](a *Array[T]) (values, v *Array[T], err error) {
	m := dense("EigH", "a", a, true)
	if err := finite(m); err != nil {
		return nil, nil, err
	}
	n := a.shape[0]
	sym := mat.NewSymDense(n, nil)
	for i := range n {
		for j := range i + 1 {
			sym.SetSym(i, j, m.At(i, j))
		}
	}
	var eig mat.EigenSym
	if !eig.Factorize(sym, true) {
		return nil, nil, ErrNoConvergence
	}
	var vectors mat.Dense
	eig.VectorsTo(&vectors)
	return Convert[T](FromSlice(eig.Values(nil))), fromDense[T](&vectors), nil
}

// SVD returns the singular value decomposition a = U·diag(s)·Vᵀ: for a of m×n
// and k = min(m, n), u is m×k, s has the k singular values, largest first, and
// vt is k×n.
func SVD[T Float](a *Array[T]) (u, s, vt *Array[T], err error) {
	u64, s64, v64, err := svd(dense("SVD", "a", a, false))
	if err != nil {
		return nil, nil, nil, err
	}
	return fromDense[T](u64), Convert[T](FromSlice(s64)), Convert[T](FromDense(v64).T()), nil
}

func svd(m *mat.Dense) (u *mat.Dense, s []float64, v *mat.Dense, err error) {
	if err := finite(m); err != nil {
		return nil, nil, nil, err
	}
	var f mat.SVD
	if !f.Factorize(m, mat.SVDThin) {
		return nil, nil, nil, ErrNoConvergence
	}
	u, v = new(mat.Dense), new(mat.Dense)
	f.UTo(u)
	f.VTo(v)
	return u, f.Values(nil), v, nil
}

// Lstsq returns the x for which ‖a·x - b‖₂ is least, of several the one of least
// norm, and the rank of a, for b of a vector or the columns of a matrix. It goes
// by the singular values; those below max(m, n)·ε times the largest count as
// zero, with the ε of T.
func Lstsq[T Float](a, b *Array[T]) (x *Array[T], rank int, err error) {
	m := dense("Lstsq", "a", a, false)
	if b.nd < 1 || b.nd > 2 || b.shape[0] != a.shape[0] {
		fail("Lstsq", "b", b.layout.String(), fmt.Sprintf("%d rows (as a)", a.shape[0]))
	}
	p, rank, err := pseudo(m, limit[T](a))
	if err != nil {
		return nil, 0, err
	}
	shape := append([]int{a.shape[1]}, b.shape[1:b.nd]...)
	if b.size() == 0 {
		return Zeros[T](shape...), rank, nil
	}
	rhs := mat.NewDense(b.shape[0], b.size()/b.shape[0], Convert[float64](b).data)
	return fromDense[T](p(rhs)).Reshape(shape...), rank, nil
}

// Pinv returns the Moore-Penrose inverse of a, of n×m. Singular values count as
// zero as in [Lstsq].
func Pinv[T Float](a *Array[T]) (*Array[T], error) {
	m := dense("Pinv", "a", a, false)
	p, _, err := pseudo(m, limit[T](a))
	if err != nil {
		return nil, err
	}
	one := mat.NewDense(a.shape[0], a.shape[0], Eye[float64](a.shape[0]).data)
	return fromDense[T](p(one)), nil
}

// limit returns the singular value, relative to the largest, below which one is
// zero.
func limit[T Float](a *Array[T]) float64 {
	eps := 0x1p-52
	if kindOf[T]() == kindFloat32 {
		eps = 0x1p-23
	}
	return eps * float64(max(a.shape[0], a.shape[1]))
}

// pseudo returns the product with the inverse of m on the singular values above
// limit, and how many those are.
func pseudo(m *mat.Dense, limit float64) (apply func(b *mat.Dense) *mat.Dense, rank int, err error) {
	u, s, v, err := svd(m)
	if err != nil {
		return nil, 0, err
	}
	for rank < len(s) && s[rank] > limit*s[0] {
		rank++
	}
	return func(b *mat.Dense) *mat.Dense {
		var c, x mat.Dense
		c.Mul(u.T(), b)
		for i, si := range s {
			row := c.RawRowView(i)
			for j := range row {
				if i < rank {
					row[j] /= si
				} else {
					row[j] = 0
				}
			}
		}
		x.Mul(v, &c)
		return &x
	}, rank, nil
}
