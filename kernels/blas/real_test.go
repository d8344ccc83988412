package blas

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
)

// TestReal compares the generic form with the one that has gonum's names. Each
// problem runs through both.
func TestReal(t *testing.T) {
	r := Implementation{}.Float64()
	seen := map[string]bool{}
	problems(func(p problem[float64]) {
		if p.size > 140 || seen[p.name] {
			return
		}
		seen[p.name] = true
		mine := &api[float64]{
			dot: r.Dot, nrm2: r.Nrm2, asum: r.Asum,
			iamax: r.Iamax, swap: r.Swap, copy: r.Copy, axpy: r.Axpy, scal: r.Scal,
			gemv: r.Gemv, ger: r.Ger, symv: r.Symv, syr: r.Syr, syr2: r.Syr2, trmv: r.Trmv, trsv: r.Trsv,
			gemm: r.Gemm, symm: r.Symm, syrk: r.Syrk, syr2k: r.Syr2k, trmm: r.Trmm, trsm: r.Trsm,
		}
		a, b := clones(p.bufs), clones(p.bufs)
		p.run(mine, a)
		p.run(api64(Implementation{}), b)
		for i := range a {
			if !slices.EqualFunc(a[i], b[i], same[float64]) {
				t.Fatalf("%s: operand %d differs", p.name, i)
			}
		}
	})
}

func clones(bufs [][]float64) (c [][]float64) {
	for _, b := range bufs {
		c = append(c, slices.Clone(b))
	}
	return c
}

// TestRot turns there and back, and compares with the definition.
func TestRot(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	r := RealOf[float32](nil)
	const c, s = 0.6, 0.8
	for _, n := range []int{0, 1, 2, 9, 40} {
		for _, inc := range [][2]int{{1, 1}, {2, -3}, {-1, 1}} {
			x, y := make([]float32, 3*n+1), make([]float32, 3*n+1)
			for i := range x {
				x[i], y[i] = rnd.Float32(), rnd.Float32()
			}
			u, v := slices.Clone(x), slices.Clone(y)
			r.Rot(n, u, inc[0], v, inc[1], c, s)
			ix, iy := first(n, inc[0]), first(n, inc[1])
			for range n {
				p, q := float32(c*x[ix])+float32(s*y[iy]), float32(c*y[iy])-float32(s*x[ix])
				if u[ix] != p || v[iy] != q {
					t.Fatalf("n=%d inc %v: (%v, %v), want (%v, %v)", n, inc, u[ix], v[iy], p, q)
				}
				u[ix], v[iy] = x[ix], y[iy]
				ix, iy = ix+inc[0], iy+inc[1]
			}
			if !slices.Equal(u, x) || !slices.Equal(v, y) {
				t.Fatalf("n=%d inc %v: other elements are written", n, inc)
			}
		}
	}
	defer func() {
		if recover() != zeroIncX {
			t.Error("a zero increment passes")
		}
	}()
	r.Rot(1, []float32{1}, 0, []float32{1}, 1, c, s)
}

// TestDefaultEngine sees to it that a zero Real computes with the default.
func TestDefaultEngine(t *testing.T) {
	var r Real[float64]
	c := []float64{1}
	r.Gemm(blas.NoTrans, blas.NoTrans, 1, 1, 1, 2, []float64{3}, 1, []float64{5}, 1, 1, c, 1)
	if c[0] != 31 || r.Engine() == nil || r.Engine() != RealOf[float64](nil).Engine() {
		t.Error(c, r.Engine())
	}
}
