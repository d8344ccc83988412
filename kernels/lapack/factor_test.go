package lapack

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// dense is a matrix with NaN in the gaps between its rows, which nobody may
// touch.
type dense[T kernels.Float] struct {
	m, n, ld int
	a        []T
}

func newDense[T kernels.Float](m, n, gap int, f func(i, j int) float64) dense[T] {
	d := dense[T]{m: m, n: n, ld: max(1, n+gap)}
	d.a = make([]T, m*d.ld+gap)
	for i := range d.a {
		d.a[i] = T(math.NaN())
	}
	for i := range m {
		for j := range n {
			d.a[i*d.ld+j] = T(f(i, j))
		}
	}
	return d
}

func (d dense[T]) clone() dense[T] {
	d.a = slices.Clone(d.a)
	return d
}

func (d dense[T]) at(i, j int) float64 { return float64(d.a[i*d.ld+j]) }

// gaps reports whether the gaps are as they were.
func (d dense[T]) gaps() bool {
	for k, v := range d.a {
		if (k/d.ld >= d.m || k%d.ld >= d.n) && v == v {
			return false
		}
	}
	return true
}

// wide returns f of each place as a float64 matrix.
func wide(m, n int, f func(i, j int) float64) [][]float64 {
	x := make([][]float64, m)
	for i := range x {
		x[i] = make([]float64, n)
		for j := range n {
			x[i][j] = f(i, j)
		}
	}
	return x
}

func (d dense[T]) wide() [][]float64 { return wide(d.m, d.n, d.at) }

func mul(x, y [][]float64) [][]float64 {
	z := make([][]float64, len(x))
	for i := range x {
		if len(y) > 0 {
			z[i] = make([]float64, len(y[0]))
		}
		for k, v := range x[i] {
			for j, w := range y[k] {
				z[i][j] += float64(v * w)
			}
		}
	}
	return z
}

func transposed(x [][]float64, n int) [][]float64 {
	return wide(n, len(x), func(i, j int) float64 { return x[j][i] })
}

func identity(n int) [][]float64 {
	return wide(n, n, func(i, j int) float64 {
		if i == j {
			return 1
		}
		return 0
	})
}

// norm returns the Frobenius norm of x-y; nil is zero. A NaN makes it NaN.
func norm(x, y [][]float64) float64 {
	s := 0.0
	for i := range x {
		for j, v := range x[i] {
			if y != nil {
				v -= y[i][j]
			}
			s += float64(v * v)
		}
	}
	return math.Sqrt(s)
}

// sizes are all small ones, and those around the sizes of blocks.
func sizes() []int {
	var s []int
	for n := range 71 {
		s = append(s, n)
	}
	return append(s, 95, 96, 97, 127, 128, 129, 130, 193)
}

// shapes are m×n matrices, square and not.
func shapes() [][2]int {
	s := [][2]int{
		{1, 7}, {7, 1}, {3, 70}, {70, 3}, {8, 9}, {9, 8}, {64, 65}, {65, 64}, {66, 130}, {130, 66}, {67, 200}, {200, 67},
		{63, 64}, {129, 128}, {1, 300}, {300, 1}, {300, 5}, {5, 300}, {65, 63}, {4, 1100}, {1100, 4}, {0, 5}, {5, 0},
	}
	for _, n := range sizes() {
		s = append(s, [2]int{n, n})
	}
	return s
}

// each runs f for both types on the default engine; that the others give the
// same bits is what TestBits says.
func each(t *testing.T, f32 func(t *testing.T, r Real[float32]), f64 func(t *testing.T, r Real[float64])) {
	t.Run("float32", func(t *testing.T) { f32(t, Real[float32]{}) })
	t.Run("float64", func(t *testing.T) { f64(t, Real[float64]{}) })
}

func near[T kernels.Float](t *testing.T, what string, got, scale float64, n int) {
	t.Helper()
	if limit := 4 * float64(n+4) * float64(unit[T]()) * scale; !(got <= limit) {
		t.Fatalf("%s: %g, want at most %g", what, got, limit)
	}
}

func random(rnd *rand.Rand) func(i, j int) float64 {
	return func(i, j int) float64 { return rnd.NormFloat64() }
}

// definite returns a symmetric positive definite matrix with only the triangle
// ul, and the whole of it.
func definite[T kernels.Float](rnd *rand.Rand, ul blas.Uplo, n, gap int) (dense[T], [][]float64) {
	whole := newDense[T](n, n, 0, func(i, j int) float64 {
		if i == j {
			return float64(n)/4 + 1
		}
		return rnd.Float64() - 0.5
	})
	at := func(i, j int) float64 { return whole.at(max(i, j), min(i, j)) }
	return newDense[T](n, n, gap, func(i, j int) float64 {
		if i != j && (i < j) != (ul == blas.Upper) {
			return math.NaN()
		}
		return at(i, j)
	}), wide(n, n, at)
}

// triangle returns one triangle of x, as a lower or upper factor.
func triangle[T kernels.Float](d dense[T], ul blas.Uplo, diag blas.Diag) [][]float64 {
	return wide(d.m, d.n, func(i, j int) float64 {
		switch {
		case i == j && diag == blas.Unit:
			return 1
		case i == j || (i < j) == (ul == blas.Upper):
			return d.at(i, j)
		}
		return 0
	})
}

// others reports whether the triangle that is not ul is NaN as it was.
func others[T kernels.Float](d dense[T], ul blas.Uplo) bool {
	for i := range d.m {
		for j := range d.n {
			if v := d.at(i, j); i != j && (i < j) != (ul == blas.Upper) && v == v {
				return false
			}
		}
	}
	return true
}

func TestPotrf(t *testing.T) { each(t, testPotrf[float32], testPotrf[float64]) }

func testPotrf[T kernels.Float](t *testing.T, r Real[T]) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, n := range append(sizes(), 256, 257, 330) {
		for _, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
			name := fmt.Sprintf("%c n=%d", ul, n)
			d, whole := definite[T](rnd, ul, n, n%3)
			if !r.Potrf(ul, n, d.a, d.ld) {
				t.Fatal(name, "is not definite")
			}
			if !d.gaps() || !others(d, ul) {
				t.Fatal(name, "writes where it should not")
			}
			f := triangle(d, ul, blas.NonUnit)
			product := mul(f, transposed(f, n))
			if ul == blas.Upper {
				product = mul(transposed(f, n), f)
			}
			near[T](t, name+" factor", norm(product, whole), norm(whole, nil), n)

			b := newDense[T](n, 3, 2, random(rnd))
			x := b.clone()
			r.Potrs(ul, n, 3, d.a, d.ld, x.a, x.ld)
			near[T](t, name+" solution", norm(mul(whole, x.wide()), b.wide()), norm(whole, nil)*norm(x.wide(), nil), n)

			inv := d.clone()
			if !r.Potri(ul, n, inv.a, inv.ld) || !inv.gaps() || !others(inv, ul) {
				t.Fatal(name, "Potri")
			}
			xi := wide(n, n, func(i, j int) float64 {
				if ul == blas.Lower {
					return inv.at(max(i, j), min(i, j))
				}
				return inv.at(min(i, j), max(i, j))
			})
			near[T](t, name+" inverse", norm(mul(whole, xi), identity(n)), norm(whole, nil)*norm(xi, nil), n)

			e, _ := definite[T](rnd, ul, n, 0)
			y := b.clone()
			if !r.Posv(ul, n, 3, e.a, e.ld, y.a, y.ld) || !y.gaps() {
				t.Fatal(name, "Posv")
			}
		}
	}
}

// TestIndefinite spoils each pivot in turn.
func TestIndefinite(t *testing.T) { each(t, testIndefinite[float32], testIndefinite[float64]) }

func testIndefinite[T kernels.Float](t *testing.T, r Real[T]) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{1, 4, 5, 13, 70, 260} {
		for _, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
			good, _ := definite[T](rnd, ul, n, 1)
			for j := 0; j < n; j += 1 + n/100*3 {
				for _, v := range []float64{-1, math.NaN(), math.Inf(-1)} {
					d := good.clone()
					d.a[j*d.ld+j] = T(v)
					if r.Potrf(ul, n, d.a, d.ld) {
						t.Fatalf("%c n=%d: %v at %d counts as definite", ul, n, v, j)
					}
					if !d.gaps() || !others(d, ul) {
						t.Fatalf("%c n=%d: writes where it should not", ul, n)
					}
				}
			}
			f := good.clone()
			r.Potrf(ul, n, f.a, f.ld)
			f.a[n/2*f.ld+n/2] = 0
			before := slices.Clone(f.a)
			if r.Potri(ul, n, f.a, f.ld) || !same(f.a, before) {
				t.Fatalf("%c n=%d: Potri of a singular factor", ul, n)
			}
		}
	}
}

func TestTrtri(t *testing.T) { each(t, testTrtri[float32], testTrtri[float64]) }

func testTrtri[T kernels.Float](t *testing.T, r Real[T]) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for _, n := range sizes() {
		for _, ul := range []blas.Uplo{blas.Upper, blas.Lower} {
			for _, diag := range []blas.Diag{blas.NonUnit, blas.Unit} {
				name := fmt.Sprintf("%c%c n=%d", ul, diag, n)
				d := newDense[T](n, n, n%3, func(i, j int) float64 {
					switch {
					case i == j && diag == blas.Unit:
						return math.NaN()
					case i == j:
						return 1 + rnd.Float64()
					case (i < j) == (ul == blas.Upper):
						return rnd.NormFloat64() / float64(n)
					}
					return math.NaN()
				})
				whole := triangle(d, ul, diag)
				b := newDense[T](n, 4, 1, random(rnd))
				for _, tr := range []blas.Transpose{blas.NoTrans, blas.Trans} {
					x := b.clone()
					if !r.Trtrs(ul, tr, diag, n, 4, d.a, d.ld, x.a, x.ld) || !x.gaps() {
						t.Fatal(name, "Trtrs")
					}
					op := whole
					if tr == blas.Trans {
						op = transposed(whole, n)
					}
					near[T](t, name+" solution", norm(mul(op, x.wide()), b.wide()), norm(whole, nil)*norm(x.wide(), nil), n)
				}
				if n > 0 && diag == blas.NonUnit {
					bad := d.clone()
					bad.a[n/3*d.ld+n/3] = 0
					before, x := slices.Clone(bad.a), b.clone()
					if r.Trtri(ul, diag, n, bad.a, bad.ld) || r.Trtrs(ul, blas.NoTrans, diag, n, 4, bad.a, bad.ld, x.a, x.ld) ||
						!same(before, bad.a) || !same(x.a, b.a) {
						t.Fatal(name, "a zero on the diagonal passes, or something is written")
					}
				}
				if !r.Trtri(ul, diag, n, d.a, d.ld) || !d.gaps() || !others(d, ul) {
					t.Fatal(name, "Trtri")
				}
				inv := triangle(d, ul, diag)
				near[T](t, name+" inverse", norm(mul(whole, inv), identity(n)), norm(whole, nil)*norm(inv, nil), n)
			}
		}
	}
}

func TestGetrf(t *testing.T) { each(t, testGetrf[float32], testGetrf[float64]) }

func testGetrf[T kernels.Float](t *testing.T, r Real[T]) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for _, s := range shapes() {
		m, n := s[0], s[1]
		k := min(m, n)
		name := fmt.Sprintf("%d×%d", m, n)
		a := newDense[T](m, n, m%3, random(rnd))
		d := a.clone()
		ipiv := make([]int, k)
		if !r.Getrf(m, n, d.a, d.ld, ipiv) || !d.gaps() {
			t.Fatal(name, "is singular, or gaps are written")
		}
		l := wide(m, k, func(i, j int) float64 {
			switch {
			case i == j:
				return 1
			case i < j:
				return 0
			case math.Abs(d.at(i, j)) > 1:
				t.Fatalf("%s: a multiplier of %v", name, d.at(i, j))
			}
			return d.at(i, j)
		})
		u := wide(k, n, func(i, j int) float64 {
			if i > j {
				return 0
			}
			return d.at(i, j)
		})
		p := a.wide()
		for i, q := range ipiv {
			if q < i || q >= m {
				t.Fatalf("%s: row %d is exchanged with %d", name, i, q)
			}
			p[i], p[q] = p[q], p[i]
		}
		near[T](t, name+" factors", norm(mul(l, u), p), norm(l, nil)*norm(u, nil), k)
		if m != n {
			continue
		}
		b := newDense[T](n, 3, 1, random(rnd))
		whole := a.wide()
		for _, tr := range []blas.Transpose{blas.NoTrans, blas.Trans} {
			x := b.clone()
			r.Getrs(tr, n, 3, d.a, d.ld, ipiv, x.a, x.ld)
			op := whole
			if tr == blas.Trans {
				op = transposed(whole, n)
			}
			near[T](t, name+" solution", norm(mul(op, x.wide()), b.wide()), norm(l, nil)*norm(u, nil)*norm(x.wide(), nil), n)
		}
		inv := d.clone()
		work := make([]T, max(1, n))
		if !r.Getri(n, inv.a, inv.ld, ipiv, work, len(work)) || !inv.gaps() {
			t.Fatal(name, "Getri")
		}
		near[T](t, name+" inverse", norm(mul(inv.wide(), whole), identity(n)), norm(inv.wide(), nil)*norm(l, nil)*norm(u, nil), n)
		x, y := b.clone(), a.clone()
		if !r.Gesv(n, 3, y.a, y.ld, ipiv, x.a, x.ld) || !same(y.a, d.a) && n > 0 {
			t.Fatal(name, "Gesv")
		}
	}
}

// TestSingular makes each column in turn zero, or a copy of the first.
func TestSingular(t *testing.T) { each(t, testSingular[float32], testSingular[float64]) }

func testSingular[T kernels.Float](t *testing.T, r Real[T]) {
	rnd := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{1, 3, 4, 5, 64, 67, 140} {
		a := newDense[T](n, n, 1, random(rnd))
		ipiv := make([]int, n)
		for j := range n {
			d := a.clone()
			for i := range n {
				d.a[i*d.ld+j] = 0
			}
			if r.Getrf(n, n, d.a, d.ld, ipiv) {
				t.Fatalf("n=%d: zero column %d goes unnoticed", n, j)
			}
			for i, v := range d.a {
				if v != v && i%d.ld < n && i/d.ld < n {
					t.Fatalf("n=%d: NaN after zero column %d", n, j)
				}
			}
			before := slices.Clone(d.a)
			work := make([]T, n)
			if r.Getri(n, d.a, d.ld, ipiv, work, n) || !same(d.a, before) {
				t.Fatalf("n=%d: Getri of a singular matrix", n)
			}
			x := newDense[T](n, 1, 0, random(rnd))
			y := a.clone()
			for i := range n {
				y.a[i*y.ld+j] = 0
			}
			if r.Gesv(n, 1, y.a, y.ld, ipiv, x.a, x.ld) {
				t.Fatalf("n=%d: Gesv of a singular matrix", n)
			}
		}
	}
	// A pivot whose inverse overflows.
	tiny := smallest[T]() / 8
	a := []T{tiny, tiny, tiny / 2, tiny}
	if !r.Getrf(2, 2, a, 2, make([]int, 2)) || a[2] != 0.5 {
		t.Error("subnormal pivot:", a)
	}
}

func TestGeqrf(t *testing.T) { each(t, testGeqrf[float32], testGeqrf[float64]) }

func testGeqrf[T kernels.Float](t *testing.T, r Real[T]) {
	rnd := rand.New(rand.NewPCG(11, 12))
	work := make([]T, 2000)
	for _, s := range shapes() {
		m, n := s[0], s[1]
		k := min(m, n)
		name := fmt.Sprintf("%d×%d", m, n)
		a := newDense[T](m, n, m%3, random(rnd))
		whole := a.wide()

		qr := a.clone()
		tau := make([]T, k)
		r.Geqrf(m, n, qr.a, qr.ld, tau, work, len(work))
		q := newDense[T](m, k, 1, func(i, j int) float64 { return 0 })
		for i := range m {
			copy(q.a[i*q.ld:][:k], qr.a[i*qr.ld:])
		}
		r.Orgqr(m, k, k, q.a, q.ld, tau, work, len(work))
		up := wide(k, n, func(i, j int) float64 {
			if i > j {
				return 0
			}
			return qr.at(i, j)
		})
		if !qr.gaps() || !q.gaps() {
			t.Fatal(name, "gaps are written")
		}
		near[T](t, name+" QᵀQ-I", norm(mul(transposed(q.wide(), k), q.wide()), identity(k)), math.Sqrt(float64(k)), m)
		near[T](t, name+" QR-A", norm(mul(q.wide(), up), whole), norm(whole, nil), m)
		// Qᵀ*A = R, and A = Q*(Qᵀ*A).
		c := a.clone()
		r.Ormqr(blas.Left, blas.Trans, m, n, k, qr.a, qr.ld, tau, c.a, c.ld, work, len(work))
		near[T](t, name+" QᵀA-R", norm(c.wide()[:k], up), norm(whole, nil), m)
		r.Ormqr(blas.Left, blas.NoTrans, m, n, k, qr.a, qr.ld, tau, c.a, c.ld, work, len(work))
		near[T](t, name+" QQᵀA-A", norm(c.wide(), whole), norm(whole, nil), m)
		if !c.gaps() {
			t.Fatal(name, "gaps are written")
		}
		// From the right: (Cᵀ*Q)ᵀ = QᵀC.
		ct := newDense[T](n, m, 2, func(i, j int) float64 { return a.at(j, i) })
		r.Ormqr(blas.Right, blas.NoTrans, n, m, k, qr.a, qr.ld, tau, ct.a, ct.ld, work, len(work))
		near[T](t, name+" AᵀQ-Rᵀ", norm(transposed(ct.wide(), m)[:k], up), norm(whole, nil), m)
		r.Ormqr(blas.Right, blas.Trans, n, m, k, qr.a, qr.ld, tau, ct.a, ct.ld, work, len(work))
		near[T](t, name+" AᵀQQᵀ-Aᵀ", norm(transposed(ct.wide(), m), whole), norm(whole, nil), m)

		lq := a.clone()
		r.Gelqf(m, n, lq.a, lq.ld, tau, work, len(work))
		p := newDense[T](k, n, 1, func(i, j int) float64 { return 0 })
		for i := range k {
			copy(p.a[i*p.ld:][:n], lq.a[i*lq.ld:])
		}
		r.Orglq(k, n, k, p.a, p.ld, tau, work, len(work))
		low := wide(m, k, func(i, j int) float64 {
			if i < j {
				return 0
			}
			return lq.at(i, j)
		})
		if !lq.gaps() || !p.gaps() {
			t.Fatal(name, "gaps are written")
		}
		near[T](t, name+" QQᵀ-I", norm(mul(p.wide(), transposed(p.wide(), n)), identity(k)), math.Sqrt(float64(k)), n)
		near[T](t, name+" LQ-A", norm(mul(low, p.wide()), whole), norm(whole, nil), n)
		e := a.clone()
		r.Ormlq(blas.Right, blas.Trans, m, n, k, lq.a, lq.ld, tau, e.a, e.ld, work, len(work))
		for i := range m {
			near[T](t, name+" AQᵀ-L", norm([][]float64{e.wide()[i][:k]}, low[i:i+1]), norm(whole, nil), n)
		}
		r.Ormlq(blas.Right, blas.NoTrans, m, n, k, lq.a, lq.ld, tau, e.a, e.ld, work, len(work))
		near[T](t, name+" AQᵀQ-A", norm(e.wide(), whole), norm(whole, nil), n)
		et := newDense[T](n, m, 2, func(i, j int) float64 { return a.at(j, i) })
		r.Ormlq(blas.Left, blas.NoTrans, n, m, k, lq.a, lq.ld, tau, et.a, et.ld, work, len(work))
		near[T](t, name+" QAᵀ-Lᵀ", norm(et.wide()[:k], transposed(low, k)), norm(whole, nil), n)
		r.Ormlq(blas.Left, blas.Trans, n, m, k, lq.a, lq.ld, tau, et.a, et.ld, work, len(work))
		near[T](t, name+" QᵀQAᵀ-Aᵀ", norm(transposed(et.wide(), m), whole), norm(whole, nil), n)
	}
}

// TestOrthogonalColumns has fewer reflectors than columns or rows.
func TestOrthogonalColumns(t *testing.T) {
	each(t, testOrthogonalColumns[float32], testOrthogonalColumns[float64])
}

func testOrthogonalColumns[T kernels.Float](t *testing.T, r Real[T]) {
	rnd := rand.New(rand.NewPCG(13, 14))
	work := make([]T, 1000)
	for _, s := range [][3]int{{5, 5, 2}, {70, 70, 65}, {90, 80, 3}, {140, 139, 70}, {10, 7, 0}} {
		m, n, k := s[0], s[1], s[2]
		a := newDense[T](m, n, 1, random(rnd))
		tau := make([]T, n)
		r.Geqrf(m, n, a.a, a.ld, tau, work, len(work))
		r.Orgqr(m, n, k, a.a, a.ld, tau[:k], work, len(work))
		near[T](t, "Orgqr", norm(mul(transposed(a.wide(), n), a.wide()), identity(n)), math.Sqrt(float64(n)), m)
		b := newDense[T](n, m, 1, random(rnd))
		r.Gelqf(n, m, b.a, b.ld, tau, work, len(work))
		r.Orglq(n, m, k, b.a, b.ld, tau[:k], work, len(work))
		near[T](t, "Orglq", norm(mul(b.wide(), transposed(b.wide(), m)), identity(n)), math.Sqrt(float64(n)), m)
	}
}

func TestGels(t *testing.T) { each(t, testGels[float32], testGels[float64]) }

func testGels[T kernels.Float](t *testing.T, r Real[T]) {
	rnd := rand.New(rand.NewPCG(15, 16))
	work := make([]T, 2000)
	u := float64(unit[T]())
	small, large := float64(smallest[T]())*16, float64(1/smallest[T]())/16
	for _, s := range [][2]int{{1, 1}, {5, 3}, {3, 5}, {12, 12}, {70, 65}, {65, 70}, {200, 20}, {20, 200}, {150, 130}, {130, 150}} {
		for _, scale := range [][2]float64{{1, 1}, {small, small}, {large, large}, {1, small}} {
			for _, tr := range []blas.Transpose{blas.NoTrans, blas.Trans} {
				m, n, nrhs := s[0], s[1], 3
				name := fmt.Sprintf("%c %d×%d scaled %v", tr, m, n, scale)
				a := newDense[T](m, n, 1, func(i, j int) float64 { return scale[0] * rnd.Float64() })
				rows, cols := m, n
				op := wide(m, n, func(i, j int) float64 { return a.at(i, j) / scale[0] })
				if tr == blas.Trans {
					rows, cols = n, m
					op = transposed(op, n)
				}
				b := newDense[T](max(m, n), nrhs, 1, func(i, j int) float64 { return scale[1] * rnd.Float64() })
				f, x := a.clone(), b.clone()
				if !r.Gels(tr, m, n, nrhs, f.a, f.ld, x.a, x.ld, work, len(work)) || !f.gaps() || !x.gaps() {
					t.Fatal(name)
				}
				unscale := scale[0] / scale[1]
				sol := wide(cols, nrhs, func(i, j int) float64 { return x.at(i, j) * unscale })
				rhs := wide(rows, nrhs, func(i, j int) float64 { return b.at(i, j) / scale[1] })
				residual := mul(op, sol)
				for i := range residual {
					for j := range residual[i] {
						residual[i][j] -= rhs[i][j]
					}
				}
				limit := 50 * float64(m+n) * u * norm(op, nil) * (norm(op, nil)*norm(sol, nil) + norm(rhs, nil))
				if rows >= cols {
					// The residual is orthogonal to the columns.
					if g := norm(mul(transposed(op, cols), residual), nil); !(g <= limit) {
						t.Fatalf("%s: gradient %g, limit %g", name, g, limit)
					}
					// Its norm is in the rows below the solution.
					for j := range nrhs {
						want, got := 0.0, 0.0
						for i := range rows {
							want += residual[i][j] * residual[i][j]
							if i >= cols {
								v := x.at(i, j) / scale[1]
								got += v * v
							}
						}
						if math.Abs(want-got) > 1000*u*(want+1) {
							t.Fatalf("%s: residual %g, in b %g", name, want, got)
						}
					}
					continue
				}
				if g := norm(residual, nil); !(g <= limit) {
					t.Fatalf("%s: residual %g, limit %g", name, g, limit)
				}
				// Of all solutions the least is that in the range of op(A)ᵀ: what
				// least squares leaves of it is nothing.
				at := newDense[T](cols, rows, 0, func(i, j int) float64 { return op[j][i] })
				y := newDense[T](cols, nrhs, 0, func(i, j int) float64 { return sol[i][j] })
				r.Gels(blas.NoTrans, cols, rows, nrhs, at.a, at.ld, y.a, y.ld, work, len(work))
				if g := norm(y.wide()[rows:], nil); !(g <= 50*float64(m+n)*u*norm(op, nil)*norm(sol, nil)) {
					t.Fatalf("%s: %g of the solution is outside of the range", name, g)
				}
			}
		}
	}
	// A matrix without full rank, and one of zeros.
	a := []T{1, 0, 1, 0, 1, 0}
	b := []T{1, 2, 3}
	if r.Gels(blas.NoTrans, 3, 2, 1, a, 2, b, 1, work, len(work)) {
		t.Error("a matrix of rank 1 passes")
	}
	if z := []T{1, 2, 3}; !r.Gels(blas.NoTrans, 3, 2, 1, make([]T, 6), 2, z, 1, work, len(work)) || z[0] != 0 || z[1] != 0 {
		t.Error("zero matrix:", z)
	}
}

// TestLarfg has vectors near the limits of the type.
func TestLarfg(t *testing.T) { each(t, testLarfg[float32], testLarfg[float64]) }

func testLarfg[T kernels.Float](t *testing.T, r Real[T]) {
	rnd := rand.New(rand.NewPCG(17, 18))
	least := smallest[T]() * unit[T]() * 2
	for _, n := range []int{2, 3, 10, 40} {
		for _, scale := range []T{1, least, least * 1000, smallest[T](), 1 / smallest[T]() / 32, smallest[T]() / unit[T]()} {
			x := make([]T, n)
			for i := range x {
				x[i] = T(rnd.Float64()+1) * scale
			}
			v := slices.Clone(x)
			beta, tau := r.larfg(n, v[0], v[1:], 1)
			v[0] = 1
			// H*x = (beta; 0), all divided by scale.
			d := 0.0
			for i := range v {
				d += float64(v[i]) * (float64(x[i]) / float64(scale))
			}
			for i := range v {
				h := float64(x[i])/float64(scale) - float64(tau)*float64(v[i])*d
				want := 0.0
				if i == 0 {
					want = float64(beta) / float64(scale)
				}
				// A subnormal beta is off by its last place.
				if math.Abs(h-want) > 20*float64(n)*(float64(unit[T]())+float64(least)/float64(scale)/10) {
					t.Fatalf("n=%d scale %g: element %d is %g, want %g", n, scale, i, h, want)
				}
			}
		}
	}
	if beta, tau := r.larfg(3, 5, []T{0, 0}, 1); beta != 5 || tau != 0 {
		t.Error("a zero vector:", beta, tau)
	}
}
