package blas

import (
	"fmt"
	"math"
	"math/cmplx"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// TestResults solves all problems on every backend and holds the results
// against gonum's in the wider type; and on several workers, where every bit
// must be the same. So must it be on every backend.
func TestResults(t *testing.T) {
	var ref gonum.Implementation
	real := api64(ref)
	// In gonum 0.17 Dger is wrong, and reads memory that is not its own, for
	// some negative increments; and Dsyrk reads C with beta = 0.
	real.ger = func(m, n int, alpha float64, x []float64, incX int, y []float64, incY int, a []float64, lda int) {
		for i := range m {
			for j := range n {
				a[i*lda+j] += alpha * x[first(m, incX)+i*incX] * y[first(n, incY)+j*incY]
			}
		}
	}
	real.syrk = func(ul blas.Uplo, t blas.Transpose, n, k int, alpha float64, a []float64, lda int, beta float64, c []float64, ldc int) {
		if beta == 0 {
			ref.Dsyrk(ul, t, n, k, 0, a, lda, 0, c, ldc)
		}
		ref.Dsyrk(ul, t, n, k, alpha, a, lda, beta, c, ldc)
	}
	t.Run("float32", func(t *testing.T) {
		solve(t, real, 0x1p-24, func(im Implementation) *api[float32] { return api32(im) })
	})
	t.Run("float64", func(t *testing.T) {
		solve(t, real, 0x1p-53, func(im Implementation) *api[float64] { return api64(im) })
	})
	t.Run("complex64", func(t *testing.T) {
		solve(t, apiC128(ref), 0x1p-24, func(im Implementation) *api[complex64] { return apiC64(im) })
	})
	t.Run("complex128", func(t *testing.T) {
		solve(t, apiC128(ref), 0x1p-53, func(im Implementation) *api[complex128] { return apiC128(im) })
	})
}

// solve holds the implementation for E against ref for W.
func solve[E, W element](t *testing.T, ref *api[W], u float64, of func(Implementation) *api[E]) {
	type variant struct {
		name string
		api  *api[E]
	}
	var variants []variant
	for _, b := range kernels.Backends() {
		if b.Err != nil {
			t.Logf("%s: %v", b.Name, b.Err)
			continue
		}
		im := on(t, b.Name)
		for _, w := range []int{1, 3} {
			if w > 1 && b.Name == "fallback" && !full {
				continue // work is split in the same way for all, and it is slow
			}
			variants = append(variants, variant{fmt.Sprintf("%s with %d workers", b.Name, w), of(New(im.e32.WithWorkers(w), im.e64.WithWorkers(w)))})
		}
	}
	var wanted []problem[W]
	problems(func(p problem[W]) {
		p.run(ref, p.bufs)
		wanted = append(wanted, p)
	})
	failures := 0
	problems(func(p problem[E]) {
		w := wanted[0]
		wanted = wanted[1:]
		if failures > 20 {
			return
		}
		var first [][]E
		for _, v := range variants {
			got := make([][]E, len(p.bufs))
			for i, b := range p.bufs {
				got[i] = slices.Clone(b)
			}
			p.run(v.api, got)
			if first == nil {
				first = got
				if err := compare(got, w.bufs, 4*float64(p.size+8)*u); err != nil {
					t.Errorf("%s: %s: %v", p.name, v.name, err)
					failures++
				}
				continue
			}
			for i := range got {
				for j, x := range got[i] {
					if !same(x, first[i][j]) {
						t.Fatalf("%s: operand %d, element %d is %v on %s and %v on %s",
							p.name, i, j, x, v.name, first[i][j], variants[0].name)
					}
				}
			}
		}
	})
}

// compare returns an error unless got is want within tol, relative to elements
// of about one, and NaN in the same places.
func compare[E, W element](got [][]E, want [][]W, tol float64) error {
	for i := range got {
		for j, x := range got[i] {
			g, w := wide(x), wide(want[i][j])
			if cmplx.IsNaN(g) != cmplx.IsNaN(w) || cmplx.Abs(g-w) > tol*(1+cmplx.Abs(w)) {
				return fmt.Errorf("operand %d, element %d is %v, want %v (off by %.3g, may be %.3g)", i, j, g, w, cmplx.Abs(g-w), tol*(1+cmplx.Abs(w)))
			}
		}
	}
	return nil
}

// same reports whether x and y have the same bits, all NaNs being one.
func same[E element](x, y E) bool {
	a, b := wide(x), wide(y)
	eq := func(x, y float64) bool {
		return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y
	}
	return eq(real(a), real(b)) && eq(imag(a), imag(b))
}
