package estimate

import (
	"fmt"

	"github.com/weftgo/weft/kernels"
)

// The counts are those of LAPACK Working Note 41. Walks have the blocks of
// kernels/lapack, whose constants have the same names and values there; a test
// compares them.

// Potrf is the Cholesky factorisation of order n: n³/3 + n²/2 + n/6 operations.
func Potrf[T kernels.Float](n int) Work[T] {
	natural("Potrf", "n", n)
	x := float64(n)
	w := factor[T](fmt.Sprintf("Potrf %d", n), x*x*x/3+x*x/2+x/6, x*(x+1)/2, x*x, min(x, leafPotrf)*min(x, leafPotrf))
	w.seconds = func(m *Machine[T]) float64 { return m.potrf(x) }
	return w
}

const (
	leafPotrf  = 256
	strip      = 4
	blockPotrf = 64
	wholePotrf = 1024
)

// potrf returns the seconds of the factorisation of a lower triangle.
func (m *Machine[T]) potrf(n float64) float64 {
	switch {
	case n > wholePotrf:
		h := half(n, blockPotrf)
		return m.potrf(h) + m.tri(h, n-h) + m.syrk(n-h, h) + m.potrf(n-h)
	case n > leafPotrf:
		t := 0.0
		for j := 0.0; j < n; j += blockPotrf {
			w := min(blockPotrf, n-j)
			t += m.syrk(w, j) + m.potrf(w) + m.gemm(n-j-w, w, j, true)
			if j+w < n {
				t += m.tri(w, n-j-w)
			}
		}
		return t
	}
	const three = 3 * strip
	t := 2*m.touch(m.Update, n*n/2) + n*n/2*m.Scalar // the copy, half of it transposed
	for j := 0.0; j < n; j += three {
		if j > 0 {
			t += m.gemm(min(three, n-j), n-j, j, true)
		}
		for s := strip; s < three && j+float64(s) < n; s += strip {
			t += m.gemm(strip, n-j-float64(s), float64(s), true)
		}
		for s := 0; s < three && j+float64(s) < n; s += strip {
			if rest := n - j - float64(s+strip); rest > 24 {
				t += 10*m.Call + 6*m.touch(m.Update, 3*rest/2)
			} else {
				t += 10 * max(rest, 0) * m.Scalar
			}
			t += 40 * m.Scalar
		}
	}
	return t
}

// Potrs is the solution with a Cholesky factor of order n for so many right
// sides: 2·n²·rhs operations.
func Potrs[T kernels.Float](n, rhs int) Work[T] {
	natural("Potrs", "n or rhs", n, rhs)
	x, y := float64(n), float64(rhs)
	w := factor[T](fmt.Sprintf("Potrs %d, %d", n, rhs), 2*x*x*y, x*(x+1)/2+x*y, x*x+x*y, 0)
	w.seconds = func(m *Machine[T]) float64 { return 2 * m.tri(x, y) }
	return w
}

// Potri is the inverse by a Cholesky factor of order n: 2n³/3 + n²/2 + 5n/6
// operations.
func Potri[T kernels.Float](n int) Work[T] {
	natural("Potri", "n", n)
	x := float64(n)
	w := factor[T](fmt.Sprintf("Potri %d", n), 2*x*x*x/3+x*x/2+5*x/6, x*(x+1)/2, x*x, 0)
	w.seconds = func(m *Machine[T]) float64 { return m.trtri(x) + m.trtri(x) + m.syrk(x, x/6) }
	return w
}

func (m *Machine[T]) trtri(n float64) float64 {
	const leafTri = 32
	if n <= leafTri {
		return n*m.Call + n*n*n/6*m.Scalar
	}
	h := half(n, 8)
	return m.trtri(h) + m.tri(h, n-h) + m.tri(n-h, h) + m.trtri(n-h)
}

// Posv is [Potrf] and [Potrs].
func Posv[T kernels.Float](n, rhs int) Work[T] {
	return both(Potrf[T](n), Potrs[T](n, rhs), float64(n)*float64(n)).named("Posv %d, %d", n, rhs)
}

// Getrf is the LU factorisation of an m×n matrix. With k = min(m, n) and p = max(m,
// n) it takes p·k² - k³/3 - k²/2 + 5k/6 operations, 2n³/3 - n²/2 + 5n/6 for a square
// one.
func Getrf[T kernels.Float](m, n int) Work[T] {
	natural("Getrf", "m or n", m, n)
	x, y := float64(m), float64(n)
	k, p := min(x, y), max(x, y)
	w := factor[T](fmt.Sprintf("Getrf %d×%d", m, n), p*k*k-k*k*k/3-k*k/2+5*k/6, x*y, x*y, x*min(k, panelGetrf))
	w.seconds = func(m *Machine[T]) float64 { return m.getrf(x, y) }
	return w
}

const (
	panelGetrf = 64
	leafGetrf  = 8
	smallGetrf = 64 * 64
)

func (m *Machine[T]) getrf(rows, n float64) float64 {
	k := min(rows, n)
	switch {
	case rows*n <= smallGetrf:
		t := 0.0
		for j := 0.0; j < k; j += strip {
			t += (rows - j) * (14 * m.Scalar) // four columns one by one, the pivot among them
			t += 4 * n * m.Scalar             // rows that change places
			if rest := n - j - strip; rest > 0 {
				t += 10*rest*m.Scalar + m.gemm(rows-j-strip, rest, strip, true)
			}
		}
		return t
	case k < n:
		return m.getrf(rows, k) + m.swaps(n-k, k) + m.tri(k, n-k)
	case n <= panelGetrf:
		return 2*m.touch(m.Update, rows*n) + 2*rows*n*m.Scalar/4 + m.getrfPanel(rows, n)
	}
	h := half(n, panelGetrf)
	return m.getrf(rows, h) + m.swaps(n-h, h) + m.tri(h, n-h) + m.gemm(rows-h, n-h, h, true) +
		m.getrf(rows-h, n-h) + m.swaps(h, n-h)
}

// swaps returns the seconds of exchanging k rows of n elements.
func (m *Machine[T]) swaps(n, k float64) float64 { return m.touch(m.Update, 4*n*k) + n*k*m.Scalar }

func (m *Machine[T]) getrfPanel(rows, n float64) float64 {
	if n <= leafGetrf {
		t := 0.0
		for c := 0.0; c < n; c++ {
			bytes := rows * (c + 1) * size[T]()
			t += 3*m.Call + bytes*m.Read.at(rows*n*size[T]()) + rows*m.Functions["ArgMax"] + m.touch(m.Update, 3*rows) + n*m.Scalar
		}
		return t
	}
	h := half(n, leafGetrf)
	return m.getrfPanel(rows, h) + (n-h)*h*m.Scalar + m.tri(h, n-h) + m.gemm(n-h, rows-h, h, true) + m.getrfPanel(rows-h, n-h) + h*n*m.Scalar
}

// Getrs is the solution with an LU factorisation of order n for so many right
// sides: rhs·(2n² - n) operations.
func Getrs[T kernels.Float](n, rhs int) Work[T] {
	natural("Getrs", "n or rhs", n, rhs)
	x, y := float64(n), float64(rhs)
	w := factor[T](fmt.Sprintf("Getrs %d, %d", n, rhs), y*(2*x*x-x), x*x+2*x*y, x*x+x*y, 0)
	w.seconds = func(m *Machine[T]) float64 { return m.swaps(y, x) + 2*m.tri(x, y) }
	return w
}

// Getri is the inverse by an LU factorisation of order n: 4n³/3 - n² + 5n/3
// operations.
func Getri[T kernels.Float](n int) Work[T] {
	natural("Getri", "n", n)
	x := float64(n)
	w := factor[T](fmt.Sprintf("Getri %d", n), 4*x*x*x/3-x*x+5*x/3, x*x, x*x, x*min(x, 128))
	w.seconds = func(m *Machine[T]) float64 {
		t := m.trtri(x) + x*x*m.Scalar
		const blockGetri = 128
		for j := 0.0; j < x; j += blockGetri {
			k := min(blockGetri, x-j)
			t += m.gemm(x, k, x-j-k, true) + m.tri(k, x) + m.touch(m.Update, 3*x*k)
		}
		return t
	}
	return w
}

// Gesv is [Getrf] and [Getrs].
func Gesv[T kernels.Float](n, rhs int) Work[T] {
	return both(Getrf[T](n, n), Getrs[T](n, rhs), float64(n)*float64(n)).named("Gesv %d, %d", n, rhs)
}

// Geqrf is the QR factorisation of an m×n matrix. For m ≥ n it takes 2mn² - 2n³/3 +
// mn + n² + 14n/3 operations, for m < n 2nm² - 2m³/3 + 3nm - m² + 14m/3.
func Geqrf[T kernels.Float](m, n int) Work[T] {
	natural("Geqrf", "m or n", m, n)
	x, y := float64(m), float64(n)
	flops := 2*x*y*y - 2*y*y*y/3 + x*y + y*y + 14*y/3
	if m < n {
		flops = 2*y*x*x - 2*x*x*x/3 + 3*y*x - x*x + 14*x/3
	}
	w := factor[T](fmt.Sprintf("Geqrf %d×%d", m, n), flops, x*y, x*y, panelGeqrf*(x+2*y))
	w.seconds = func(m *Machine[T]) float64 { return m.geqrf(x, y) }
	return w
}

const (
	panelGeqrf = 64
	orderGeqrf = 96
	leafGeqrf  = 4
	smallGeqrf = 64 * 64
)

func (m *Machine[T]) geqrf(rows, n float64) float64 {
	k, block, t := min(rows, n), float64(panelGeqrf), 0.0
	if max(rows, n) <= orderGeqrf {
		for i := 0.0; i < k; i++ {
			t += m.larfg(rows - i)
			if left, rest := int(rows-i), int(n-i-1); rest > 0 {
				t += Gemv[T](left, rest).seconds(m) + Ger[T](left, rest).seconds(m)
			}
		}
		return t
	}
	if rows*n <= smallGeqrf {
		block = leafGeqrf
	}
	for i := 0.0; i < k; i += block {
		w := min(block, k-i)
		t += m.touch(m.Update, 2*w*(rows-i)) + w*(rows-i)*m.Scalar/2 + m.geqrfPanel(rows-i, w)
		if rest := n - i - w; rest > 0 {
			t += m.larfb(rows-i, w, rest)
		}
	}
	return t
}

// geqrfPanel returns the seconds of k reflectors of n elements, and of their
// triangle.
func (m *Machine[T]) geqrfPanel(n, k float64) float64 {
	if k <= leafGeqrf {
		pairs := k * (k - 1) / 2
		return k*m.larfg(n) + pairs*(6*m.Call+m.touch(m.Read, 4*n)+m.touch(m.Update, 3*n)) + k*n*m.Scalar/4
	}
	h := half(k, leafGeqrf)
	return m.geqrfPanel(n, h) + m.larfb(n, h, k-h) + m.geqrfPanel(n-h, k-h) + m.join(n-h, h, k-h)
}

// larfg returns the seconds of making a reflector of n elements of a panel.
func (m *Machine[T]) larfg(n float64) float64 {
	return m.Call + 2*n*max(m.Functions["Nrm2"], size[T]()*m.Read.at(0)) + m.Call + m.touch(m.Update, 2*n) + 10*m.Scalar
}

// join returns the seconds of the square beside two triangles of reflectors.
func (m *Machine[T]) join(n, p, q float64) float64 {
	return m.gemm(p, q, n, false) + m.gemm(p, q, p, false) + m.gemm(p, q, q, false)
}

// larfb returns the seconds of k reflectors of n elements on cols columns.
func (m *Machine[T]) larfb(n, k, cols float64) float64 {
	return m.gemm(k, cols, n, false) + m.gemm(k, cols, k, false) + m.gemm(n, cols, k, true)
}

// larft returns the seconds of the triangle of k reflectors of n elements.
func (m *Machine[T]) larft(n, k float64) float64 {
	const leafReflect = 8
	if k <= leafReflect {
		return m.gemm(k, k, n, false) + k*k*k/3*m.Scalar
	}
	h := half(k, leafReflect)
	return m.larft(n, h) + m.larft(n-h, k-h) + m.join(n-h, h, k-h)
}

// Orgqr makes the first n columns of the Q of k reflectors of m elements: 4mnk -
// 2(m+n)k² + 4k³/3 + 3nk - mk - k² - 4k/3 operations.
func Orgqr[T kernels.Float](m, n, k int) Work[T] {
	natural("Orgqr", "m, n or k", m, n, k)
	x, y, z := float64(m), float64(n), float64(k)
	w := factor[T](fmt.Sprintf("Orgqr %d×%d, %d", m, n, k), 4*x*y*z-2*(x+y)*z*z+4*z*z*z/3+3*y*z-x*z-z*z-4*z/3, x*y, x*y, panelGeqrf*(x+2*y))
	w.seconds = func(m *Machine[T]) float64 {
		t := 0.0
		for i := 0.0; i < z; i += panelGeqrf {
			w := min(panelGeqrf, z-i)
			t += m.touch(m.Update, 3*w*(x-i)) + m.larft(x-i, w) + m.gemm(x-i, w, w, false) + m.tri(w, w)
			if rest := y - i - w; rest > 0 {
				t += m.larfb(x-i, w, rest)
			}
		}
		return t
	}
	return w
}

// Ormqr multiplies an m×n matrix from the left by k reflectors of m elements:
// 4mnk - 2nk² + 3nk operations.
func Ormqr[T kernels.Float](m, n, k int) Work[T] {
	natural("Ormqr", "m, n or k", m, n, k)
	x, y, z := float64(m), float64(n), float64(k)
	w := factor[T](fmt.Sprintf("Ormqr %d×%d, %d", m, n, k), 4*x*y*z-2*y*z*z+3*y*z, x*z+x*y, x*z+x*y, panelGeqrf*(x+2*y))
	w.seconds = func(m *Machine[T]) float64 { return m.orm(x, z, y) }
	return w
}

// orm returns the seconds of applying k reflectors of n elements to cols columns.
func (m *Machine[T]) orm(n, k, cols float64) float64 {
	t := 0.0
	for i := 0.0; i < k; i += panelGeqrf {
		w := min(panelGeqrf, k-i)
		t += m.touch(m.Update, 2*w*(n-i)) + m.larft(n-i, w) + m.larfb(n-i, w, cols)
	}
	return t
}

// Gels is the least squares solution for an m×n matrix and so many right sides:
// that of Geqrf, Ormqr and a triangular solution, of the transpose if m < n.
func Gels[T kernels.Float](m, n, rhs int) Work[T] {
	natural("Gels", "m, n or rhs", m, n, rhs)
	p, k := max(m, n), min(m, n)
	q, o, s := Geqrf[T](p, k), Ormqr[T](p, rhs, k), Trsm[T](k, rhs)
	w := both(both(q, o, float64(p)*float64(k)), s, float64(k)*float64(k)/2)
	return w.named("Gels %d×%d, %d", m, n, rhs)
}

// Syev is the eigenvalues of a symmetric matrix of order n, and its eigenvectors
// if they are wanted. Operations are those of the reduction to tridiagonal form,
// 4n³/3 + 7n²/2 - 17n/6 - 19 (Working Note 41), and for vectors 4n³/3 for divide and
// conquer, of which deflation spares a part that depends on the matrix (J. Demmel,
// Applied Numerical Linear Algebra, 1997, section 5.3.3), and 2n³ for the
// transformation back.
func Syev[T kernels.Float](n int, vectors bool) Work[T] {
	natural("Syev", "n", n)
	x := float64(n)
	flops, what, more := max(4*x*x*x/3+7*x*x/2-17*x/6-19, 0), "values", x*x
	if vectors {
		flops += 4*x*x*x/3 + 2*x*x*x
		what, more = "vectors", 3*x*x
	}
	w := factor[T](fmt.Sprintf("Syev %d %s", n, what), flops, x*x, x*x, more+128*x)
	w.seconds = func(m *Machine[T]) float64 {
		t := 3*m.touch(m.Update, x*x) + m.sytrd(x)
		if !vectors {
			return t + m.qlValues(x)
		}
		return t + m.stedc(x, 1) + m.back(x, x, x) + m.touch(m.Update, 2*x*x)
	}
	return w
}

// back is orm, for a matrix of up to 32 columns one by one.
func (m *Machine[T]) back(n, k, cols float64) float64 {
	if n <= 32 {
		return 2*k*m.Call + n*k*cols*m.Scalar/2
	}
	return m.orm(n, k, cols)
}

func (m *Machine[T]) sytrd(n float64) float64 {
	const panelSytrd, orderSytrd = 32, 48
	t := 0.0
	for first := 0.0; first < n; first += panelSytrd {
		w := min(panelSytrd, n-first)
		for k := 0.0; k < w; k++ {
			rows := n - first - k - 1
			t += m.reflector(rows) + m.symv(rows) + 3*m.Call + 3*m.touch(m.Update, 2*rows)
			if n-first > orderSytrd && k > 0 {
				t += m.matrix(m.Read, m.Read, 2*k*rows) * 3
			}
		}
		if next := n - first - w; next > 0 && n-first > orderSytrd {
			t += m.gemm(next, next, 2*w, true)
		}
	}
	return t
}

// reflector returns the seconds of a reflector of n elements.
func (m *Machine[T]) reflector(n float64) float64 {
	return 2*m.Call + n*max(m.Functions["Nrm2"], size[T]()*m.Read.at(0)) + m.touch(m.Update, 2*n) + 20*m.Scalar
}

// qlValues returns the seconds of the QL method for the values of a tridiagonal
// matrix: some 1.7 sweeps for a value, each a chain of divisions and roots.
func (m *Machine[T]) qlValues(n float64) float64 { return 0.85 * n * n * chain * m.Scalar }

// chain is how many operations a step of such a sweep is worth.
const chain = 24

// stedc returns the seconds of divide and conquer for a tridiagonal matrix, or
// for a bidiagonal one with sides = 2 sets of vectors.
func (m *Machine[T]) stedc(n, sides float64) float64 {
	const leafStedc = 32
	if n <= leafStedc {
		return sides*1.2*n*n*n*m.Scalar + n*n*chain/2*m.Scalar
	}
	h := half(n, 8)
	t := m.stedc(h, sides) + m.stedc(n-h, sides)
	k := kept * n // what does not deflate
	t += sides * (m.gemm(k, h, k/2, false) + m.gemm(k, n-h, k/2, false))
	t += secular*k*k*m.Scalar + sides*(m.touch(m.Update, 3*n*n)+k*k*m.Scalar)
	return t
}

const (
	kept    = 0.9
	secular = 30 // operations of the secular equation for a pair of values
)

// Gesvd is the singular values of an m×n matrix, and k = min(m, n) singular
// vectors on both sides if they are wanted. Operations, with p = max(m, n), are 4pk²
// - 4k³/3 for the reduction to bidiagonal form, or from p ≥ 1.6k on that of R after
// a QR factorisation; and for vectors 8k³/3 for divide and conquer, and those of
// the transformations back, 2k³ for each side and more for a Q of p rows.
func Gesvd[T kernels.Float](m, n int, vectors bool) Work[T] {
	natural("Gesvd", "m or n", m, n)
	p, k := float64(max(m, n)), float64(min(m, n))
	qr := 5*p >= 8*k
	flops, rows := 4*p*k*k-4*k*k*k/3, p
	if qr {
		flops, rows = 2*p*k*k-2*k*k*k/3+8*k*k*k/3, k
	}
	what, more := "values", p*k
	if vectors {
		what, more = "vectors", 2*p*k+3*k*k
		flops += 8*k*k*k/3 + 2*k*k*k + 4*rows*k*k - 2*k*k*k
		if qr {
			flops += 4*p*k*k - 2*k*k*k
		}
	}
	moved := p * k
	out := k
	if vectors {
		out = p*k + k*k + k
	}
	w := factor[T](fmt.Sprintf("Gesvd %d×%d %s", m, n, what), flops, moved, moved+out, more+128*p)
	w.Bytes = (moved + out) * size[T]()
	w.seconds = func(m *Machine[T]) float64 {
		t := 2 * m.touch(m.Update, p*k)
		if qr {
			t += m.geqrf(p, k) + m.touch(m.Update, 2*k*k)
		}
		t += m.gebrd(rows, k)
		if !vectors {
			return t + 2*m.qlValues(k)
		}
		t += m.stedc(k, 2) + m.back(k, k, k) + m.back(rows, k, k) + m.touch(m.Update, 3*p*k)
		if qr {
			t += m.orm(p, k, k)
		}
		return t
	}
	return w
}

func (m *Machine[T]) gebrd(rows, n float64) float64 {
	const panelGebrd, orderGebrd = 32, 96
	t := 0.0
	for first := 0.0; first < n; first += panelGebrd {
		w := min(panelGebrd, n-first)
		for q := 0.0; q < w; q++ {
			i := first + q
			r, c := rows-i, n-i-1
			set := (rows - first) * (n - first) * size[T]()
			pass := m.Call + m.stream(m.Read, m.ReadAll, r*c*size[T](), set)
			t += m.reflector(r) + m.reflector(c) + 2*pass + r*4*m.Scalar
			if rows-first > orderGebrd {
				t += 3*m.matrix(m.Read, m.Read, 2*q*r) + 3*m.matrix(m.Read, m.Read, 2*q*c)
			} else {
				t += 2 * m.touch(m.Update, 3*r*c)
			}
		}
		if rows-first <= orderGebrd {
			continue
		}
		t += m.gemm(rows-first-w, n-first-w, 2*w, true)
	}
	return t
}

// factor returns a work without its time: operations, elements that are read and
// written where they are, elements of the operands, and of the workspace.
func factor[T kernels.Float](name string, flops, moved, operands, workspace float64) Work[T] {
	return Work[T]{Name: name, FLOPs: flops, Bytes: 2 * moved * size[T](), Memory: (operands + workspace) * size[T]()}
}

// both returns w followed by v on operands of which so many elements are the
// same.
func both[T kernels.Float](w, v Work[T], shared float64) Work[T] {
	r := w.Then(v)
	r.Memory -= shared * size[T]()
	r.Bytes -= shared * size[T]()
	return r
}
