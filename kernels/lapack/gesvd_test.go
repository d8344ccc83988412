package lapack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack"
	"gonum.org/v1/gonum/lapack/gonum"
)

// generals is m×n matrices, row by row.
func generals[T kernels.Float](m, n int) map[string]func(i, j int) float64 {
	rnd := rand.New(rand.NewPCG(uint64(m), uint64(n)))
	big := float64(1/smallest[T]()) / 8
	k := max(m, n)
	return map[string]func(i, j int) float64{
		"random": func(i, j int) float64 { return rnd.NormFloat64() },
		"zero":   func(i, j int) float64 { return 0 },
		"ones":   func(i, j int) float64 { return 1 },
		"identity": func(i, j int) float64 {
			if i == j {
				return 1
			}
			return 0
		},
		// Kahan's matrix, with a cosine of 0.6.
		"kahan": func(i, j int) float64 {
			s := math.Pow(0.8, float64(i))
			switch {
			case i > j:
				return 0
			case i == j:
				return s
			}
			return -0.6 * s
		},
		"hilbert":       func(i, j int) float64 { return 1 / float64(i+j+1) },
		"graded rows":   func(i, j int) float64 { return math.Ldexp(rnd.NormFloat64(), -i) },
		"graded across": func(i, j int) float64 { return math.Ldexp(rnd.NormFloat64(), j-k) },
		"rank two":      func(i, j int) float64 { return float64((i+1)*(j+2)) + float64(i%3*(j%5)) },
		"huge":          func(i, j int) float64 { return big * (rnd.Float64() - 0.5) },
		"small":         func(i, j int) float64 { return (rnd.Float64() - 0.5) / big },
		"one row": func(i, j int) float64 {
			if i == m/2 {
				return 1
			}
			return 0
		},
	}
}

// svd is the result of a call of Gesvd, without the gaps between rows.
type svd[T kernels.Float] struct{ s, u, vt []T }

// callGesvd calls Gesvd with rows farther apart than they are long, and reports
// whether what is between them stayed.
func callGesvd[T kernels.Float](t *testing.T, r Real[T], jobU, jobVT lapack.SVDJob, m, n int, a []T) svd[T] {
	t.Helper()
	k := min(m, n)
	count := func(j lapack.SVDJob, all int) int {
		switch j {
		case lapack.SVDAll:
			return all
		case lapack.SVDStore:
			return k
		}
		return 0
	}
	colsU, rowsV := count(jobU, m), count(jobVT, n)
	lda, ldu, ldv := n+2, colsU+3, n+5
	nan := T(math.NaN())
	b, u, vt := make([]T, m*lda), make([]T, m*ldu), make([]T, rowsV*ldv)
	for _, x := range [][]T{b, u, vt} {
		fill(x, nan)
	}
	for i := range m {
		copy(b[i*lda:], a[i*n:][:n])
	}
	s := make([]T, k)
	work := make([]T, max(1, 3*k+max(m, n), 5*k))
	if !r.Gesvd(jobU, jobVT, m, n, b, lda, s, u, ldu, vt, ldv, work, len(work)) {
		t.Fatal("no convergence")
	}
	cut := func(x []T, rows, cols, ld int) []T {
		var y []T
		for i := range rows {
			y = append(y, x[i*ld:][:cols]...)
			for _, v := range x[i*ld+cols : (i+1)*ld] {
				if v == v {
					t.Fatal("wrote between rows")
				}
			}
		}
		return y
	}
	cut(b, m, n, lda)
	return svd[T]{s, cut(u, m, colsU, ldu), cut(vt, rowsV, n, ldv)}
}

// checkSVD holds a decomposition against what LAPACK promises.
func checkSVD[T kernels.Float](t *testing.T, m, n int, a []T, f svd[T]) {
	t.Helper()
	k := min(m, n)
	p := float64(max(m, n))
	u := float64(unit[T]())
	limit := 10 * (p + 10) * u
	scale := math.SmallestNonzeroFloat64
	for _, v := range a {
		scale = max(scale, math.Abs(float64(v)))
	}
	for i, v := range f.s {
		if !(v >= 0) || i > 0 && v > f.s[i-1] {
			t.Fatalf("singular value %d is %v", i, v)
		}
	}
	cols, rows := len(f.u)/m, len(f.vt)/n
	var worst, worstQ float64
	bad := func(w *float64, x float64) {
		if !(math.Abs(x) <= *w) {
			*w = math.Abs(x)
		}
	}
	row := make([]float64, n)
	for i := range m {
		clear(row)
		for q := range k {
			w := float64(f.u[i*cols+q]) * (float64(f.s[q]) / scale)
			for j, v := range f.vt[q*n:][:n] {
				row[j] += w * float64(v)
			}
		}
		for j, v := range row {
			bad(&worst, v-float64(a[i*n+j])/scale)
		}
	}
	gram := make([]float64, cols*cols)
	for i := range m {
		x := f.u[i*cols:][:cols]
		for c, v := range x {
			for d, w := range x {
				gram[c*cols+d] += float64(v) * float64(w)
			}
		}
	}
	for c := range cols {
		gram[c*cols+c]--
	}
	for _, v := range gram {
		bad(&worstQ, v)
	}
	for c := range rows {
		for d := range c + 1 {
			s := 0.0
			for j, v := range f.vt[c*n:][:n] {
				s += float64(v) * float64(f.vt[d*n+j])
			}
			if c == d {
				s--
			}
			bad(&worstQ, s)
		}
	}
	// The norm of a is up to √(mn) times its largest element.
	if !(worst <= limit*math.Sqrt(p)) || !(worstQ <= limit) {
		t.Errorf("residual %.2g, orthogonality %.2g, in p*u %.2g and %.2g", worst, worstQ, worst/u/p, worstQ/u/p)
	}
}

func testGesvd[T kernels.Float](t *testing.T, e *kernels.Engine[T]) {
	r := RealOf(e)
	const none, some, all = lapack.SVDNone, lapack.SVDStore, lapack.SVDAll
	sizes := [][2]int{{1, 1}, {1, 4}, {4, 1}, {2, 2}, {5, 3}, {8, 8}, {32, 32}, {33, 32}, {40, 5}, {35, 60}, {70, 60}}
	if os.Getenv("WEFT_TEST") == "full" {
		sizes = append(sizes, [][2]int{
			{3, 5}, {31, 31}, {32, 20}, {33, 33}, {5, 40}, {65, 40}, {40, 65}, {66, 66}, {97, 97}, {100, 98}, {130, 35}, {35, 130}, {200, 200},
		}...)
	}
	for _, size := range sizes {
		m, n := size[0], size[1]
		for name, f := range generals[T](m, n) {
			t.Run(fmt.Sprintf("%s/%dx%d", name, m, n), func(t *testing.T) {
				a := make([]T, m*n)
				for i := range m {
					for j := range n {
						a[i*n+j] = T(f(i, j))
					}
				}
				full := callGesvd(t, r, all, all, m, n, a)
				checkSVD(t, m, n, a, full)
				checkSVD(t, m, n, a, callGesvd(t, r, some, some, m, n, a))
				// What is asked for on one side does not change the other.
				for _, f := range []svd[T]{callGesvd(t, r, all, none, m, n, a), callGesvd(t, r, none, all, m, n, a)} {
					sameBits(t, "s", f.s, full.s)
					if len(f.u) > 0 {
						sameBits(t, "u", f.u, full.u)
					} else {
						sameBits(t, "vt", f.vt, full.vt)
					}
				}
				only := callGesvd(t, r, none, none, m, n, a)
				for i, v := range only.s {
					if d := math.Abs(float64(v/2 - full.s[i]/2)); d > 10*float64(m+n+10)*float64(unit[T]())*float64(full.s[0]) {
						t.Fatalf("singular value %d is %v without vectors, %v with", i, v, full.s[i])
					}
				}
			})
		}
	}
}

func sameBits[T kernels.Float](t *testing.T, what string, x, y []T) {
	t.Helper()
	if !same(x, y) {
		t.Fatalf("%s: %v and %v", what, x, y)
	}
}

func TestGesvd(t *testing.T) {
	t.Run("float64", func(t *testing.T) { eachBackend(t, testGesvd[float64]) })
	t.Run("float32", func(t *testing.T) { eachBackend(t, testGesvd[float32]) })
}

// TestEigenBits compares results bit for bit between backends and numbers of
// workers.
func TestEigenBits(t *testing.T) {
	t.Run("float64", testEigenBits[float64])
	t.Run("float32", testEigenBits[float32])
}

func testEigenBits[T kernels.Float](t *testing.T) {
	type result struct {
		w, z []T
		full svd[T]
		only []T
	}
	for _, size := range [][2]int{{7, 7}, {20, 12}, {50, 50}, {150, 150}, {220, 120}, {90, 260}} {
		m, n := size[0], size[1]
		rnd := rand.New(rand.NewPCG(3, uint64(m)))
		a := make([]T, m*n)
		for i := range a {
			a[i] = T(rnd.NormFloat64())
		}
		k := min(m, n)
		var first *result
		eachBackend(t, func(t *testing.T, e *kernels.Engine[T]) {
			for workers := 1; workers <= 3; workers++ {
				r := RealOf(e.WithWorkers(workers))
				got := result{w: make([]T, k), z: make([]T, k*k)}
				for i := range k {
					copy(got.z[i*k:][:k], a[i*n:])
				}
				work := make([]T, 3*k)
				if !r.Syev(lapack.EVCompute, 'U', k, got.z, k, got.w, work, len(work)) {
					t.Fatal("no convergence")
				}
				got.full = callGesvd(t, r, lapack.SVDAll, lapack.SVDAll, m, n, a)
				got.only = callGesvd(t, r, lapack.SVDNone, lapack.SVDNone, m, n, a).s
				if first == nil {
					first = &got
					continue
				}
				sameBits(t, "eigenvalues", got.w, first.w)
				sameBits(t, "eigenvectors", got.z, first.z)
				sameBits(t, "s", got.full.s, first.full.s)
				sameBits(t, "u", got.full.u, first.full.u)
				sameBits(t, "vt", got.full.vt, first.full.vt)
				sameBits(t, "s alone", got.only, first.only)
			}
		})
	}
}

// TestEigenNotFinite wants an answer, and no hang, for NaN and infinities.
func TestEigenNotFinite(t *testing.T) {
	r := Real[float64]{}
	for _, n := range []int{1, 2, 5, 33, 70} {
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			for _, at := range []int{0, n * n / 2, n*n - 1} {
				a := make([]float64, n*n)
				for i := range a {
					a[i] = float64(i % 5)
				}
				a[at] = bad
				for i := range n {
					for j := range i {
						a[j*n+i] = a[i*n+j]
					}
				}
				s, w := make([]float64, n), make([]float64, 5*n)
				u, v := make([]float64, n*n), make([]float64, n*n)
				for _, job := range []lapack.SVDJob{lapack.SVDNone, lapack.SVDAll} {
					if r.Gesvd(job, job, n, n, a, n, s, u, n, v, n, w, len(w)) {
						t.Errorf("n = %d: singular values of a matrix with %v at %d", n, bad, at)
					}
				}
				isBad := false
				for i := range n {
					for j := range i + 1 {
						isBad = isBad || a[i*n+j]-a[i*n+j] != 0
					}
				}
				for _, job := range []lapack.EVJob{lapack.EVNone, lapack.EVCompute} {
					b := append([]float64(nil), a...)
					if isBad && r.Syev(job, 'L', n, b, n, s, w, len(w)) {
						t.Errorf("n = %d: eigenvalues of a matrix with %v at %d", n, bad, at)
					}
				}
				d, e := make([]float64, n), make([]float64, n)
				d[n/2] = bad
				if r.Bdsqr('U', n, 0, 0, 0, d, e, nil, 1, nil, 1, nil, 1, w) {
					t.Errorf("n = %d: Bdsqr of %v", n, bad)
				}
				if r.Steqr(lapack.EVTridiag, n, d, e, u, n, w) || r.Steqr(lapack.EVCompNone, n, d, e, nil, 1, nil) {
					t.Errorf("n = %d: Steqr of %v", n, bad)
				}
			}
		}
	}
}

// TestBdsqrSmallValues wants a small relative error in singular values that are
// 140 orders of magnitude apart: their product is that of the diagonal.
func TestBdsqrSmallValues(t *testing.T) {
	const n = 40
	d, e := make([]float64, n), make([]float64, n-1)
	product := 1.0
	for i := range d {
		d[i] = math.Ldexp(1+float64(i%3)/4, -12*i)
		product *= 1 + float64(i%3)/4
	}
	for i := range e {
		e[i] = math.Ldexp(1, -12*i-6)
	}
	for _, ul := range []byte{'U', 'L'} {
		s, off := append([]float64(nil), d...), append([]float64(nil), e...)
		u, v, c := make([]float64, n*n), make([]float64, n*n), make([]float64, n*n)
		for i := range n {
			u[i*n+i], v[i*n+i], c[i*n+i] = 1, 1, 1
		}
		if !(Real[float64]{}).Bdsqr(blas.Uplo(ul), n, n, n, n, s, off, v, n, u, n, c, n, make([]float64, 4*n)) {
			t.Fatal("no convergence")
		}
		got := 1.0
		for i, x := range s {
			got *= math.Ldexp(x, 12*i)
		}
		if math.Abs(got/product-1) > 1e-12 {
			t.Errorf("%c: the product of singular values is off by a factor of %v", ul, got/product)
		}
		// c has become uᵀ.
		for i := range n {
			for j := range n {
				if u[i*n+j] != c[j*n+i] {
					t.Fatalf("%c: u[%d][%d] is %v and c has %v", ul, i, j, u[i*n+j], c[j*n+i])
				}
			}
		}
	}
}

// TestEigenGonum compares eigenvalues, singular values and, but for their signs,
// vectors with gonum's.
func TestEigenGonum(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var theirs gonum.Implementation
	var ours Implementation
	near := func(what string, x, y []float64, tol float64) {
		t.Helper()
		for i, v := range x {
			if !(math.Abs(v-y[i]) <= tol) {
				t.Fatalf("%s %d is %v, gonum has %v", what, i, v, y[i])
			}
		}
	}
	for _, size := range [][2]int{{6, 6}, {30, 20}, {45, 60}, {120, 120}} {
		m, n := size[0], size[1]
		k := min(m, n)
		a := make([]float64, m*n)
		for i := range a {
			a[i] = rnd.NormFloat64()
		}
		work := make([]float64, 200*(m+n))
		var s [2][]float64
		var rank1 [2][]float64 // sums of signed products, in which signs cancel
		for i, f := range []func(jobU, jobVT lapack.SVDJob, m, n int, a []float64, lda int, s, u []float64, ldu int, vt []float64, ldvt int, work []float64, lwork int) bool{ours.Dgesvd, theirs.Dgesvd} {
			u, vt := make([]float64, m*k), make([]float64, k*n)
			s[i] = make([]float64, k)
			if !f(lapack.SVDStore, lapack.SVDStore, m, n, append([]float64(nil), a...), n, s[i], u, k, vt, n, work, len(work)) {
				t.Fatal("no convergence")
			}
			// The first and the last pair.
			for r := range m {
				for c := range n {
					rank1[i] = append(rank1[i], u[r*k]*vt[c], u[r*k+k-1]*vt[(k-1)*n+c])
				}
			}
		}
		near("singular value", s[0], s[1], 1e-12)
		near("product of singular vectors", rank1[0], rank1[1], 1e-9)

		var w, z [2][]float64
		for i, f := range []func(job lapack.EVJob, ul blas.Uplo, n int, a []float64, lda int, w, work []float64, lwork int) bool{ours.Dsyev, theirs.Dsyev} {
			w[i] = make([]float64, k)
			b := make([]float64, k*k)
			for r := range k {
				copy(b[r*k:][:k], a[r*n:])
			}
			if !f(lapack.EVCompute, blas.Upper, k, b, k, w[i], work, len(work)) {
				t.Fatal("no convergence")
			}
			for r := range k {
				for c := range k {
					z[i] = append(z[i], b[r*k]*b[c*k], b[r*k+k-1]*b[c*k+k-1])
				}
			}
		}
		near("eigenvalue", w[0], w[1], 1e-12)
		near("product of eigenvectors", z[0], z[1], 1e-9)
	}
}
