package blas

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// TestChains holds symmetric products to their definition: bit for bit what a
// product of whole matrices gives.
func TestChains(t *testing.T) {
	eachBackend(t, func(t *testing.T, im Implementation) {
		t.Run("float32", func(t *testing.T) { chains(t, api32(im)) })
		t.Run("float64", func(t *testing.T) { chains(t, api64(im)) })
		t.Run("complex64", func(t *testing.T) { chains(t, apiC64(im)) })
		t.Run("complex128", func(t *testing.T) { chains(t, apiC128(im)) })
	})
}

func chains[E element](t *testing.T, r *api[E]) {
	const n, k = 205, 30
	alpha, beta := from[E](0.75, 0), from[E](-1.25, 0)
	g := &maker[E]{rnd: rand.New(rand.NewPCG(7, 7))}
	g.matrix(n, k, k, false)
	g.matrix(n, k, k, false)
	g.matrix(n, n, n, false)
	g.matrix(n, n, n, false)
	a, b, c, sym := g.bufs[0], g.bufs[1], g.bufs[2], g.bufs[3]
	for i := range n {
		for j := range i {
			sym[i*n+j] = sym[j*n+i]
		}
	}
	var whole, got []E
	check := func(name string, ul blas.Uplo) {
		t.Helper()
		for i := range n {
			for j := range n {
				w := whole[i*n+j]
				if ul == blas.Upper && j < i || ul == blas.Lower && j > i {
					w = c[i*n+j]
				}
				if !same(got[i*n+j], w) {
					t.Fatalf("%s %c: element (%d, %d) is %v, as a product %v", name, ul, i, j, got[i*n+j], w)
				}
			}
		}
	}
	reset := func() { whole, got = slices.Clone(c), slices.Clone(c) }
	for _, ul := range uplos {
		reset()
		r.gemm(blas.NoTrans, blas.Trans, n, n, k, alpha, a, k, a, k, beta, whole, n)
		r.syrk(ul, blas.NoTrans, n, k, alpha, a, k, beta, got, n)
		check("syrk", ul)
		reset()
		r.gemm(blas.Trans, blas.NoTrans, n, n, k, alpha, a, n, b, n, beta, whole, n)
		r.gemm(blas.Trans, blas.NoTrans, n, n, k, alpha, b, n, a, n, from[E](1, 0), whole, n)
		r.syr2k(ul, blas.Trans, n, k, alpha, a, n, b, n, beta, got, n)
		check("syr2k", ul)
		half := slices.Clone(sym)
		for i := range n {
			for j := range n {
				if ul == blas.Upper && j < i || ul == blas.Lower && j > i {
					half[i*n+j] = from[E](math.NaN(), 0)
				}
			}
		}
		reset()
		r.gemm(blas.NoTrans, blas.NoTrans, n, n, n, alpha, sym, n, c, n, 0, whole, n)
		r.symm(blas.Left, ul, n, n, alpha, half, n, c, n, 0, got, n)
		check("symm left", 0)
		reset()
		r.gemm(blas.NoTrans, blas.NoTrans, n, n, n, alpha, c, n, sym, n, 0, whole, n)
		r.symm(blas.Right, ul, n, n, alpha, half, n, c, n, 0, got, n)
		check("symm right", 0)
	}
}

// TestNonFinite sees to it that NaN and infinities go where IEEE 754 sends
// them, and nowhere else.
func TestNonFinite(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	eachBackend(t, func(t *testing.T, im Implementation) {
		c := []float64{0}
		im.Dgemm(blas.NoTrans, blas.NoTrans, 1, 1, 1, 1, []float64{0}, 1, []float64{nan}, 1, 1, c, 1)
		if c[0] == c[0] {
			t.Error("Dgemm: zero times NaN is", c[0])
		}
		z := []complex128{0}
		im.Zgemm(blas.NoTrans, blas.NoTrans, 1, 1, 1, 1, []complex128{0}, 1, []complex128{complex(inf, 0)}, 1, 1, z, 1)
		if real(z[0]) == real(z[0]) {
			t.Error("Zgemm: zero times infinity is", z[0])
		}
		if i := im.Idamax(40, append(make([]float64, 35), nan, 7, nan, 0, 0), 1); i != 35 {
			t.Error("Idamax: the first NaN is at", i)
		}
		x := make([]float64, 50)
		x[10], x[30] = -3, 3
		if i := im.Idamax(50, x, 1); i != 10 {
			t.Error("Idamax: the first of equals is at", i)
		}
		// An infinity in row 20 of B is none of the business of the rows that
		// don't depend on it.
		const n = 40
		a := make([]float64, n*n)
		for i := range n {
			for j := range i + 1 {
				a[i*n+j] = 1
			}
		}
		for _, solve := range []bool{true, false} {
			b := make([]float64, n*n)
			b[20*n+5], b[20*n+6] = inf, nan
			if solve {
				im.Dtrsm(blas.Left, blas.Lower, blas.NoTrans, blas.NonUnit, n, n, 1, a, n, b, n)
			} else {
				im.Dtrmm(blas.Left, blas.Lower, blas.NoTrans, blas.NonUnit, n, n, 1, a, n, b, n)
			}
			for i := range n {
				for j := range n {
					v := b[i*n+j]
					if wanted := i >= 20 && (j == 5 || j == 6); (v-v != 0) != wanted {
						t.Fatalf("solve %v: element (%d, %d) is %v", solve, i, j, v)
					}
				}
			}
		}
	})
}

// TestAllocations sees to it that routines allocate nothing once warm.
func TestAllocations(t *testing.T) {
	e32, err := kernels.Default[float32]()
	if err != nil {
		t.Fatal(err)
	}
	e64, err := kernels.Default[float64]()
	if err != nil {
		t.Fatal(err)
	}
	im := New(e32.WithWorkers(1), e64.WithWorkers(1))
	seen := map[string]bool{}
	problems(func(p problem[float64]) {
		r := api64(im)
		if name := p.name; !seen[name[:4]] && p.size > 30 || p.name[0] == 't' && p.size == 140 {
			seen[name[:4]] = true
			if n := testing.AllocsPerRun(5, func() { p.run(r, p.bufs) }); n >= 1 {
				t.Errorf("%s: %v allocations", name, n)
			}
		}
	})
	problems(func(p problem[complex64]) {
		r := apiC64(im)
		if name := p.name; !seen["c"+name[:4]] && p.size > 30 || name[0] == 't' && p.size == 140 {
			seen["c"+name[:4]] = true
			if n := testing.AllocsPerRun(5, func() { p.run(r, p.bufs) }); n >= 1 {
				t.Errorf("complex %s: %v allocations", p.name, n)
			}
		}
	})
}
