package lapack

import (
	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// Potrf computes the Cholesky factorisation of a symmetric positive definite
// matrix of order n, of which a holds the triangle ul: A = Uᵀ*U if ul is Upper,
// A = L*Lᵀ if it is Lower. The factor overwrites the triangle; the other one is
// not read or written.
//
// It returns false if A is not positive definite: if a pivot is zero, negative
// or NaN. The triangle then holds a factorisation that was left unfinished.
//
// A is halved until blocks of 256 or, of a lower triangle, of 1024 are left, which
// go by blocks of 64 columns; the rest are products. The bits are the same on every backend. Backward error: |A - L*Lᵀ| ≤ γ(n+1)·|L|·|Lᵀ| (N.
// Higham, Accuracy and Stability of Numerical Algorithms, 2002, th. 10.3).
func Potrf[T kernels.Float](ul blas.Uplo, n int, a []T, lda int) (ok bool) {
	return Real[T]{}.Potrf(ul, n, a, lda)
}

// Potrf is [Potrf] on r's engine.
func (r Real[T]) Potrf(ul blas.Uplo, n int, a []T, lda int) (ok bool) {
	want(isUplo(ul), badUplo)
	want(n >= 0, nLT0)
	want(lda >= max(1, n), badLdA)
	if n == 0 {
		return true
	}
	want(len(a) >= (n-1)*lda+n, shortA)
	return r.potrf(ul, n, a, lda)
}

const (
	// leafPotrf is up to how many rows Potrf does by strips of strip rows: half
	// of them stays in a second-level cache.
	leafPotrf = 256
	strip     = 4
	// smallPotrf is up to how many rows of a lower triangle are done in their place.
	smallPotrf = 24
	// A lower triangle of up to wholePotrf rows goes by blocks of blockPotrf columns.
	// A larger one is halved, at a multiple of blockPotrf, and so is an upper one:
	// its blocks are rows, too few for several workers.
	blockPotrf = 64
	wholePotrf = 1024
)

func (r Real[T]) potrf(ul blas.Uplo, n int, a []T, lda int) bool {
	if ul == blas.Lower && n <= smallPotrf {
		return potrfSmall(n, a, lda)
	}
	if n <= leafPotrf {
		return r.potrfLeaf(ul, n, a, lda)
	}
	if ul == blas.Lower && n <= wholePotrf {
		return r.potrfBlocks(n, a, lda)
	}
	h := half(n, blockPotrf)
	rest := a[h*lda+h:]
	if !r.potrf(ul, h, a, lda) {
		return false
	}
	if ul == blas.Upper {
		side := a[h:]
		r.Trsm(blas.Left, blas.Upper, blas.Trans, blas.NonUnit, h, n-h, 1, a, lda, side, lda)
		r.Syrk(blas.Upper, blas.Trans, n-h, h, -1, side, lda, 1, rest, lda)
	} else {
		side := a[h*lda:]
		r.Trsm(blas.Right, blas.Lower, blas.Trans, blas.NonUnit, n-h, h, 1, a, lda, side, lda)
		r.Syrk(blas.Lower, blas.NoTrans, n-h, h, -1, side, lda, 1, rest, lda)
	}
	return r.potrf(ul, n-h, rest, lda)
}

// potrfSmall makes L row by row, of each four elements at a time: dot products of
// rows.
func potrfSmall[T kernels.Float](n int, a []T, lda int) bool {
	// The inverses of the diagonal neither overflow nor are subnormal.
	var inv [smallPotrf]T
	for i := range n {
		row := a[i*lda:][:i+1]
		j := 0
		for ; j+strip <= i; j += strip {
			x := row[:j]
			l0, l1, l2, l3 := a[j*lda:], a[(j+1)*lda:], a[(j+2)*lda:], a[(j+3)*lda:]
			r0, r1, r2, r3 := l0[:len(x)], l1[:len(x)], l2[:len(x)], l3[:len(x)]
			s0, s1, s2, s3 := row[j], row[j+1], row[j+2], row[j+3]
			for k, v := range x {
				s0 -= T(v * r0[k])
				s1 -= T(v * r1[k])
				s2 -= T(v * r2[k])
				s3 -= T(v * r3[k])
			}
			s0 *= inv[j]
			s1 = (s1 - T(s0*l1[j])) * inv[j+1]
			s2 = (s2 - T(s0*l2[j]) - T(s1*l2[j+1])) * inv[j+2]
			s3 = (s3 - T(s0*l3[j]) - T(s1*l3[j+1]) - T(s2*l3[j+2])) * inv[j+3]
			row[j], row[j+1], row[j+2], row[j+3] = s0, s1, s2, s3
		}
		for ; j < i; j++ {
			s := row[j]
			for k, l := range a[j*lda:][:j] {
				s -= T(row[k] * l)
			}
			row[j] = s * inv[j]
		}
		v := row[i] - squares(row[:i])
		if !(v > 0) {
			return false
		}
		v = sqrt(v)
		row[i], inv[i] = v, 1/v
	}
	return true
}

// squares returns Σ x[i]² of a few elements, in two sums.
func squares[T kernels.Float](x []T) T {
	var even, odd T
	for len(x) >= 2 {
		even += T(x[0] * x[0])
		odd += T(x[1] * x[1])
		x = x[2:]
	}
	if len(x) > 0 {
		even += T(x[0] * x[0])
	}
	return even + odd
}

// potrfBlocks makes L by blocks of columns: each takes all at once what the blocks
// before it give, and is written only then.
func (r Real[T]) potrfBlocks(n int, a []T, lda int) bool {
	const no, tr = blas.NoTrans, blas.Trans
	for j := 0; j < n; j += blockPotrf {
		w := min(blockPotrf, n-j)
		left, corner := a[j*lda:], a[j*lda+j:]
		r.Syrk(blas.Lower, no, w, j, -1, left, lda, 1, corner, lda)
		if !r.potrfLeaf(blas.Lower, w, corner, lda) {
			return false
		}
		rest := n - j - w
		if rest == 0 {
			break
		}
		side := corner[w*lda:]
		if j > 0 {
			r.Gemm(no, tr, rest, w, j, -1, left[w*lda:], lda, left, lda, 1, side, lda)
		}
		r.Trsm(blas.Right, blas.Lower, tr, blas.NonUnit, rest, w, 1, corner, lda, side, lda)
	}
	return true
}

// potrfLeaf factors a small matrix in a copy, which is upper and holds -A where
// A is yet to be factored: a product that adds, of factors whose rows are
// contiguous, is the quickest there is. If that fails, a is as it was.
func (r Real[T]) potrfLeaf(ul blas.Uplo, n int, a []T, lda int) bool {
	ld := oddLines[T](n)
	b := take[T](n * ld)
	u := b.data
	if ul == blas.Upper {
		for i := range n {
			to := u[i*ld+i:][:n-i]
			for j, v := range a[i*lda+i : i*lda+n] {
				to[j] = -v
			}
		}
	} else {
		lowerToUpper(n, a, lda, u, ld)
	}
	ok := r.potrfStrips(n, u, ld)
	switch {
	case !ok:
	case ul == blas.Upper:
		for i := range n {
			copy(a[i*lda+i:i*lda+n], u[i*ld+i:])
		}
	default:
		upperToLower(n, a, lda, u, ld)
	}
	b.drop()
	return ok
}

// lowerToUpper makes the upper triangle of u that of -aᵀ, eight rows of a at a
// time; upperToLower copies it back, without the sign.
func lowerToUpper[T kernels.Float](n int, a []T, lda int, u []T, ld int) {
	i := 0
	for ; i+8 <= n; i += 8 {
		a0, a1, a2, a3 := a[i*lda:][:i], a[(i+1)*lda:][:i], a[(i+2)*lda:][:i], a[(i+3)*lda:][:i]
		a4, a5, a6, a7 := a[(i+4)*lda:][:i], a[(i+5)*lda:][:i], a[(i+6)*lda:][:i], a[(i+7)*lda:][:i]
		for j, v := range a0 {
			t := (*[8]T)(u[j*ld+i:])
			t[0], t[1], t[2], t[3] = -v, -a1[j], -a2[j], -a3[j]
			t[4], t[5], t[6], t[7] = -a4[j], -a5[j], -a6[j], -a7[j]
		}
		for r := i; r < i+8; r++ {
			for j := i; j <= r; j++ {
				u[j*ld+r] = -a[r*lda+j]
			}
		}
	}
	for ; i < n; i++ {
		for j, v := range a[i*lda:][:i+1] {
			u[j*ld+i] = -v
		}
	}
}

func upperToLower[T kernels.Float](n int, a []T, lda int, u []T, ld int) {
	i := 0
	for ; i+8 <= n; i += 8 {
		transposeBack(8, i, a[i*lda:], lda, u[i:], ld)
		for r := i; r < i+8; r++ {
			for j := i; j <= r; j++ {
				a[r*lda+j] = u[j*ld+r]
			}
		}
	}
	for ; i < n; i++ {
		row := a[i*lda:][:i+1]
		for j := range row {
			row[j] = u[j*ld+i]
		}
	}
}

// potrfStrips makes U of -A. To each strip the rows above it give a product, in
// two parts: to three strips at once what those before them give, then to each
// what the three do. Then its triangle on the diagonal is factored, and the rest
// solved for.
func (r Real[T]) potrfStrips(n int, u []T, ld int) bool {
	const three = 3 * strip
	for j := 0; j < n; j += strip {
		w, from := min(strip, n-j), j/three*three
		if j == from && j > 0 {
			r.Gemm(blas.Trans, blas.NoTrans, min(three, n-j), n-j, j, 1, u[j:], ld, u[j:], ld, 1, u[j*ld+j:], ld)
		} else if j > from {
			above := u[from*ld+j:]
			r.Gemm(blas.Trans, blas.NoTrans, w, n-j, j-from, 1, above, ld, above, ld, 1, u[j*ld+j:], ld)
		}
		// l is the factor on the diagonal, transposed, and inv the inverse of
		// its own, which neither overflows nor is subnormal. -1 makes A of -A.
		var l [strip][strip]T
		var inv [strip]T
		for i := range w {
			for k := range i {
				v := -u[(j+k)*ld+j+i]
				for q, x := range l[k][:k] {
					v -= T(l[i][q] * x)
				}
				v *= inv[k]
				l[i][k] = v
				u[(j+k)*ld+j+i] = v
			}
			v := -u[(j+i)*ld+j+i]
			for _, x := range l[i][:i] {
				v -= T(x * x)
			}
			if !(v > 0) {
				return false
			}
			v = sqrt(v)
			l[i][i], inv[i] = v, 1/v
			u[(j+i)*ld+j+i] = v
		}
		if j+w == n {
			break
		}
		rest := n - j - w
		side := u[j*ld+j+w:]
		if rest > narrow {
			e := r.Engine()
			for i := range strip {
				row := side[i*ld:][:rest]
				for k, v := range l[i][:i] {
					e.Axpy(v, side[k*ld:][:rest], row)
				}
				e.Scal(-inv[i], row)
			}
			continue
		}
		r0, r1, r2, r3 := side[:rest], side[ld:][:rest], side[2*ld:][:rest], side[3*ld:][:rest]
		for c, v := range r0 {
			x0 := -v * inv[0]
			x1 := (-r1[c] - T(x0*l[1][0])) * inv[1]
			x2 := (-r2[c] - T(x0*l[2][0]) - T(x1*l[2][1])) * inv[2]
			x3 := (-r3[c] - T(x0*l[3][0]) - T(x1*l[3][1]) - T(x2*l[3][2])) * inv[3]
			r0[c], r1[c], r2[c], r3[c] = x0, x1, x2, x3
		}
	}
	return true
}

// Potrs solves A*X = B with the factor that [Potrf] left in a. X overwrites B,
// of n×nrhs.
func Potrs[T kernels.Float](ul blas.Uplo, n, nrhs int, a []T, lda int, b []T, ldb int) {
	Real[T]{}.Potrs(ul, n, nrhs, a, lda, b, ldb)
}

// Potrs is [Potrs] on r's engine.
func (r Real[T]) Potrs(ul blas.Uplo, n, nrhs int, a []T, lda int, b []T, ldb int) {
	want(isUplo(ul), badUplo)
	want(n >= 0, nLT0)
	want(nrhs >= 0, nrhsLT0)
	want(lda >= max(1, n), badLdA)
	want(ldb >= max(1, nrhs), badLdB)
	if n == 0 || nrhs == 0 {
		return
	}
	want(len(a) >= (n-1)*lda+n, shortA)
	want(len(b) >= (n-1)*ldb+nrhs, shortB)
	first, then := blas.NoTrans, blas.Trans
	if ul == blas.Upper {
		first, then = then, first
	}
	r.Trsm(blas.Left, ul, first, blas.NonUnit, n, nrhs, 1, a, lda, b, ldb)
	r.Trsm(blas.Left, ul, then, blas.NonUnit, n, nrhs, 1, a, lda, b, ldb)
}

// Potri computes the inverse of A from the factor that [Potrf] left in a. The
// triangle ul of the inverse overwrites that of the factor. It returns false,
// with nothing written, if the factor has a zero on its diagonal.
func Potri[T kernels.Float](ul blas.Uplo, n int, a []T, lda int) (ok bool) {
	return Real[T]{}.Potri(ul, n, a, lda)
}

// Potri is [Potri] on r's engine.
func (r Real[T]) Potri(ul blas.Uplo, n int, a []T, lda int) (ok bool) {
	if !r.Trtri(ul, blas.NonUnit, n, a, lda) {
		return false
	}
	if n > 0 {
		r.lauum(ul, n, a, lda)
	}
	return true
}

// Posv solves A*X = B for a symmetric positive definite A: [Potrf] and, if that
// returns true, [Potrs].
func Posv[T kernels.Float](ul blas.Uplo, n, nrhs int, a []T, lda int, b []T, ldb int) (ok bool) {
	return Real[T]{}.Posv(ul, n, nrhs, a, lda, b, ldb)
}

// Posv is [Posv] on r's engine.
func (r Real[T]) Posv(ul blas.Uplo, n, nrhs int, a []T, lda int, b []T, ldb int) (ok bool) {
	want(isUplo(ul), badUplo)
	want(n >= 0, nLT0)
	want(nrhs >= 0, nrhsLT0)
	want(lda >= max(1, n), badLdA)
	want(ldb >= max(1, nrhs), badLdB)
	if n == 0 || nrhs == 0 {
		return true
	}
	want(len(a) >= (n-1)*lda+n, shortA)
	want(len(b) >= (n-1)*ldb+nrhs, shortB)
	if !r.potrf(ul, n, a, lda) {
		return false
	}
	r.Potrs(ul, n, nrhs, a, lda, b, ldb)
	return true
}
