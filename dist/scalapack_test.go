package dist

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/weftgo/weft/kernels"
)

func TestRanksScaLAPACK(t *testing.T) {
	ranks(t, func(c *Comm) {
		needScaLAPACK(t, c)
		gs := grids(t, c)
		r := source(5)
		for _, n := range []int{65, 1, 0, 2} { // a block has 64
			if testing.Short() && n < 1 {
				break
			}
			testLU[float32](t, r, gs, n)
			testCholesky[float32](t, r, gs, n)
			testEigen[float32](t, r, gs, n)
			testQR[float32](t, r, gs, n, 2*n)
			testLeastSquares[float32](t, r, gs, n, 2*n)
		}
		for _, n := range []int{130, 2} {
			if testing.Short() && n == 2 {
				break
			}
			testLU[float64](t, r, gs, n)
			testCholesky[float64](t, r, gs, n)
			testEigen[float64](t, r, gs, n)
			testQR[float64](t, r, gs, n+50, n)
			testLeastSquares[float64](t, r, gs, n+50, n)
		}
	})
}

// needScaLAPACK skips a test where the library is not installed.
func needScaLAPACK(t *testing.T, c *Comm) {
	if c.Size() == 1 {
		return
	}
	if _, err := loadScaLAPACK(); err != nil {
		lacks(t, err)
	}
}

func unitOf[T kernels.Float]() float64 {
	if T(1)+T(0x1p-30) == 1 {
		return 0x1p-24
	}
	return 0x1p-53
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// near reports an element of the matrices that differs by more than within.
func near[T kernels.Float](t *testing.T, what string, got, want kernels.Matrix[T], within float64) {
	t.Helper()
	for i := range want.Rows {
		for j, w := range rowOf(want, i) {
			if g := rowOf(got, i)[j]; !(math.Abs(float64(g-w)) <= within) {
				t.Fatalf("%s, %d×%d: element (%d, %d) is %v, want %v within %g", what, want.Rows, want.Cols, i, j, g, w, within)
			}
		}
	}
}

func times[T kernels.Float](tA, tB kernels.Transpose, a, b kernels.Matrix[T]) kernels.Matrix[T] {
	rows, cols := a.Rows, b.Cols
	if tA == kernels.Trans {
		rows = a.Cols
	}
	if tB == kernels.Trans {
		cols = b.Rows
	}
	c := kernels.NewMatrix[T](rows, cols)
	kernels.Gemm(tA, tB, 1, a, b, 0, c)
	return c
}

func identity[T kernels.Float](n int) kernels.Matrix[T] {
	m := kernels.NewMatrix[T](n, n)
	for i := range n {
		m.Data[i*m.Stride+i] = 1
	}
	return m
}

// dominant returns a random matrix that is well conditioned, and symmetric if asked.
func dominant[T kernels.Float](r *rand.Rand, n int, symmetric bool) kernels.Matrix[T] {
	a := random[T](r, n, n)
	for i := range n {
		for j := range i {
			if symmetric {
				a.Data[j*n+i] = a.Data[i*n+j]
			}
		}
		a.Data[i*n+i] += T(3 * math.Sqrt(float64(n)))
	}
	return a
}

func testLU[T kernels.Float](t *testing.T, r *rand.Rand, gs []*Grid, n int) {
	u := unitOf[T]()
	a, x := random[T](r, n, n), random[T](r, n, 1+r.IntN(70))
	m := spread(r, gs, a)
	f, err := Getrf(m)
	must(t, err)
	if bitsDiffer(collected(t, m).Data, a.Data) >= 0 {
		t.Fatal("Getrf changed its operand")
	}
	// P*L*U is A.
	factors := empty[T](r, gs, n, n)
	must(t, f.Factors(factors))
	pivots, err := f.Pivots()
	must(t, err)
	lu := collected(t, factors)
	l, upper := identity[T](n), kernels.NewMatrix[T](n, n)
	for i := range n {
		copy(l.Data[i*l.Stride:], lu.Data[i*lu.Stride:][:i])
		copy(upper.Data[i*upper.Stride+i:][:n-i], lu.Data[i*lu.Stride+i:])
		for j := range i {
			if math.Abs(float64(lu.Data[i*lu.Stride+j])) > 1 {
				t.Fatalf("L[%d][%d] is %v: not by partial pivoting", i, j, lu.Data[i*lu.Stride+j])
			}
		}
	}
	p := times(kernels.NoTrans, kernels.NoTrans, l, upper)
	for i := n - 1; i >= 0; i-- {
		for j := range n {
			x, y := &p.Data[i*p.Stride+j], &p.Data[pivots[i]*p.Stride+j]
			*x, *y = *y, *x
		}
	}
	near(t, "P*L*U", p, a, 50*float64(n+1)*u)
	// Well-conditioned solutions come back.
	a = dominant[T](r, n, false)
	m = spread(r, gs, a)
	f, err = Getrf(m)
	must(t, err)
	for _, tr := range []kernels.Transpose{kernels.NoTrans, kernels.Trans} {
		b := spread(r, gs, times(tr, kernels.NoTrans, a, x))
		must(t, f.Solve(tr, b))
		near(t, "LU.Solve", collected(t, b), x, 50*float64(n+1)*u)
	}
	b := spread(r, gs, times(kernels.NoTrans, kernels.NoTrans, a, x))
	must(t, Gesv(m, b))
	near(t, "Gesv", collected(t, b), x, 50*float64(n+1)*u)
}

func testCholesky[T kernels.Float](t *testing.T, r *rand.Rand, gs []*Grid, n int) {
	u := unitOf[T]()
	a, x := dominant[T](r, n, true), random[T](r, n, 1+r.IntN(70))
	lower := kernels.Matrix[T]{Rows: n, Cols: n, Stride: a.Stride, Data: append([]T(nil), a.Data...)}
	for i := range n { // what is above the diagonal is not read
		for j := i + 1; j < n; j++ {
			lower.Data[i*lower.Stride+j] = T(math.NaN())
		}
	}
	f, err := Potrf(spread(r, gs, lower))
	must(t, err)
	l := empty[T](r, gs, n, n)
	must(t, f.Factor(l))
	all := collected(t, l)
	near(t, "L*Lᵀ", times(kernels.NoTrans, kernels.Trans, all, all), a, 50*float64(n+1)*u)
	b := spread(r, gs, times(kernels.NoTrans, kernels.NoTrans, a, x))
	must(t, f.Solve(b))
	near(t, "Cholesky.Solve", collected(t, b), x, 100*float64(n+1)*u)
}

func testQR[T kernels.Float](t *testing.T, r *rand.Rand, gs []*Grid, m, n int) {
	u, k := unitOf[T](), min(m, n)
	a := random[T](r, m, n)
	f, err := Geqrf(spread(r, gs, a))
	must(t, err)
	q, rr := empty[T](r, gs, m, k), empty[T](r, gs, k, n)
	must(t, f.Q(q))
	must(t, f.R(rr))
	qs, rs := collected(t, q), collected(t, rr)
	for i := range k {
		for j := range i {
			if rs.Data[i*rs.Stride+j] != 0 {
				t.Fatalf("R[%d][%d] is %v", i, j, rs.Data[i*rs.Stride+j])
			}
		}
	}
	within := 50 * float64(m+n+1) * u
	near(t, "Q*R", times(kernels.NoTrans, kernels.NoTrans, qs, rs), a, within)
	near(t, "QᵀQ", times(kernels.Trans, kernels.NoTrans, qs, qs), identity[T](k), within)
}

// testLeastSquares checks what defines the solution: a residual that the columns
// of op(A) are orthogonal to, or, if there are more of them than rows, none, and
// a solution that is in the range of op(A)ᵀ.
func testLeastSquares[T kernels.Float](t *testing.T, r *rand.Rand, gs []*Grid, m, n int) {
	for _, tr := range []kernels.Transpose{kernels.NoTrans, kernels.Trans} {
		rows, cols := m, n
		if tr == kernels.Trans {
			rows, cols = n, m
		}
		a := random[T](r, m, n)
		for i := range min(m, n) { // well conditioned
			a.Data[i*a.Stride+i] += T(3 * math.Sqrt(float64(max(m, n))))
		}
		b := random[T](r, rows, 1+r.IntN(5))
		x := empty[T](r, gs, cols, b.Cols)
		must(t, Gels(tr, spread(r, gs, a), spread(r, gs, b), x))
		xs := collected(t, x)
		rest := kernels.NewMatrix[T](b.Rows, b.Cols)
		copyRows(rest, b)
		kernels.Gemm(tr, kernels.NoTrans, -1, a, xs, 1, rest)
		other := kernels.Trans
		if tr == kernels.Trans {
			other = kernels.NoTrans
		}
		within := 200 * float64(m+n+1) * unitOf[T]()
		near(t, "op(A)ᵀ(B - op(A)X)", times(other, kernels.NoTrans, a, rest), kernels.NewMatrix[T](cols, b.Cols), 10*within)
		if rows <= cols {
			near(t, "B - op(A)X", rest, kernels.NewMatrix[T](rows, b.Cols), within)
			// The shortest solution is op(A)ᵀy: solve for y, and compare.
			y := NewMatrix[T](gs[0], rows, b.Cols, 8, 8)
			must(t, Gels(other, spread(r, gs, a), spread(r, gs, xs), y))
			near(t, "op(A)ᵀy", times(other, kernels.NoTrans, a, collected(t, y)), xs, within)
		}
	}
}

func testEigen[T kernels.Float](t *testing.T, r *rand.Rand, gs []*Grid, n int) {
	a := dominant[T](r, n, true)
	m := spread(r, gs, a)
	z := empty[T](r, gs, n, n)
	w, err := Syev(m, z)
	must(t, err)
	if bitsDiffer(collected(t, m).Data, a.Data) >= 0 {
		t.Fatal("Syev changed its operand")
	}
	v := collected(t, z)
	within := 100 * float64(n+1) * unitOf[T]() * (1 + math.Sqrt(float64(n)))
	scaled := kernels.NewMatrix[T](n, n)
	copyRows(scaled, v)
	for i := range n {
		for j := range n {
			scaled.Data[i*n+j] *= w[j]
		}
		if i > 0 && w[i] < w[i-1] {
			t.Fatalf("eigenvalues %v, %v", w[i-1], w[i])
		}
	}
	near(t, "Z*diag(w)*Zᵀ", times(kernels.NoTrans, kernels.Trans, scaled, v), a, within)
	near(t, "ZᵀZ", times(kernels.Trans, kernels.NoTrans, v, v), identity[T](n), within)
	alone, err := Syev(m, nil)
	must(t, err)
	for i := range w {
		if math.Abs(float64(w[i]-alone[i])) > within {
			t.Fatalf("eigenvalue %d is %v with vectors, %v without", i, w[i], alone[i])
		}
	}
}

// What can't be factored is the same error on all ranks, and changes nothing.
func TestRanksScaLAPACKErrors(t *testing.T) {
	ranks(t, func(c *Comm) {
		needScaLAPACK(t, c)
		gs := grids(t, c)
		r := source(6)
		const n = 70
		a := dominant[float64](r, n, true)
		singular := kernels.NewMatrix[float64](n, n)
		copyRows(singular, a)
		for i := range n {
			singular.Data[i*n+40] = 0
		}
		indefinite := kernels.NewMatrix[float64](n, n)
		copyRows(indefinite, a)
		indefinite.Data[66*n+66] = -1
		infinite := kernels.NewMatrix[float64](n, n)
		copyRows(infinite, a)
		infinite.Data[3] = math.Inf(1)
		infinite.Data[3*n] = math.Inf(1)
		rhs := random[float64](r, n, 3)
		b, x := spread(r, gs, rhs), spread(r, gs, rhs)
		all := func(what string, err, want error) {
			t.Helper()
			if !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", what, err, want)
			}
			text := make([]byte, 1000)
			if err != nil {
				copy(text, err.Error())
			}
			must(t, Bcast(c, 0, text))
			if err != nil && string(text[:len(err.Error())]) != err.Error() {
				t.Errorf("%s: ranks have different errors: %q and %q", what, text, err)
			}
		}
		all("Gesv", Gesv(spread(r, gs, singular), b), ErrSingular)
		_, err := Getrf(spread(r, gs, singular))
		all("Getrf", err, ErrSingular)
		_, err = Potrf(spread(r, gs, indefinite))
		all("Potrf", err, ErrNotPositiveDefinite)
		_, err = Syev(spread(r, gs, infinite), nil)
		all("Syev", err, ErrNoEigenvalues)
		all("Gels", Gels(kernels.NoTrans, spread(r, gs, singular), b, x), ErrSingular)
		for _, m := range []*Matrix[float64]{b, x} {
			if bitsDiffer(collected(t, m).Data, rhs.Data) >= 0 {
				t.Error("an error left its mark")
			}
		}
		if c.Size() == 1 {
			return
		}
		// Matrices that have only a shape: nothing may be done with them.
		g := gs[0]
		over := math.MaxInt32
		over++
		for _, d := range [][2]int{{over, over}, {over, 3}, {200_000, 200_000}} {
			large := &Matrix[float64]{Rows: d[0], Cols: d[1], RowBlock: 64, ColBlock: 64, grid: g}
			_, err := Geqrf(large)
			all("Geqrf", err, ErrTooLarge)
		}
		large := &Matrix[float64]{Rows: 100_000, Cols: 100_000, RowBlock: 64, ColBlock: 64, grid: g}
		_, err = Syev(large, nil) // A fits; what it works on, on up to four ranks, does not
		all("Syev", err, ErrTooLarge)
		// Ranks agree if one of them alone can't.
		var mine error
		if c.Rank() == c.Size()-1 {
			mine = ErrNoScaLAPACK
		}
		all("agree", agree(c, mine), ErrNoScaLAPACK)
		all("agree", agree(c, nil), nil)
	})
}
