package dist

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/weftgo/weft/kernels"
)

func TestRanksGemm(t *testing.T) {
	ranks(t, func(c *Comm) { testGemm[float64](t, c); testGemm[float32](t, c) })
}

// testGemm compares with kernels.Gemm, bit for bit, over shapes, transpositions,
// grids and blocks.
func testGemm[T kernels.Float](t *testing.T, c *Comm) {
	r, gs := source(3), grids(t, c)
	trials := 30
	switch {
	case full:
		trials = 400
	case testing.Short():
		trials = 12
	}
	for trial := range trials {
		size := func() int {
			switch r.IntN(6) {
			case 0:
				return 1
			case 1:
				return 2
			case 2:
				return 1 + r.IntN(5)
			}
			return 1 + r.IntN(150)
		}
		m, n, k := size(), size(), size()
		if r.IntN(5) == 0 {
			k = 250 + r.IntN(600)
		}
		if r.IntN(25) == 0 {
			k = 0
		}
		alpha := []T{1, 1, -0.75, 0, T(math.Pi)}[r.IntN(5)]
		beta := []T{0, 1, 0.3, -1}[r.IntN(4)]
		checkGemm(t, r, gs, trial, m, n, k, alpha, beta)
	}
	// A rank has one column of several, which is no dot product all the same.
	for _, g := range gs {
		_, n := g.Shape()
		if n == 1 {
			continue
		}
		a, b, want := random[T](r, 7, 90), random[T](r, 90, n), random[T](r, 7, n)
		x, y, z := spread(r, gs, a), spread(r, gs, b), NewMatrix[T](g, 7, n, 1, 1)
		z.Fill(func(i, j int) T { return want.Data[i*n+j] })
		kernels.Gemm(kernels.NoTrans, kernels.NoTrans, 0.9, a, b, 1, want)
		if err := Gemm(kernels.NoTrans, kernels.NoTrans, 0.9, x, y, 1, z); err != nil {
			t.Fatal(err)
		}
		if i := bitsDiffer(collected(t, z).Data, want.Data); i >= 0 {
			t.Fatalf("one column of %d on each rank: element %d differs", n, i)
		}
	}
	// One row or column, and sizes beyond one piece of what is sent at a time.
	for trial, d := range [][3]int{{1, 1, 70000}, {1, 40, 10000}, {2, 1, 140000}, {3, 1, 150000}, {1, 2, 140000}} {
		checkGemm(t, r, gs, -1-trial, d[0], d[1], d[2], T(1.1), T(0.7))
	}
}

func checkGemm[T kernels.Float](t *testing.T, r *rand.Rand, gs []*Grid, trial, m, n, k int, alpha, beta T) {
	t.Helper()
	trans := func() kernels.Transpose { return []kernels.Transpose{kernels.NoTrans, kernels.Trans}[r.IntN(2)] }
	tA, tB := trans(), trans()
	matrix := func(tr kernels.Transpose, rows, cols int) kernels.Matrix[T] {
		if tr == kernels.Trans {
			rows, cols = cols, rows
		}
		return random[T](r, rows, cols)
	}
	a, b, want := matrix(tA, m, k), matrix(tB, k, n), random[T](r, m, n)
	switch trial % 7 {
	case 1: // infinities and NaN go where they should
		if len(a.Data) > 0 {
			a.Data[r.IntN(len(a.Data))] = T(math.Inf(1))
		}
	case 2:
		want.Data[0] = T(math.NaN())
	}
	x, y, z := spread(r, gs, a), spread(r, gs, b), spread(r, gs, want)
	if trial%3 == 0 { // layouts that fit each other
		g := z.grid
		bm, bn, bk := z.RowBlock, z.ColBlock, []int{1, 128, 256, 300}[r.IntN(4)]
		if tA == kernels.NoTrans {
			x = NewMatrix[T](g, m, k, bm, bk)
			x.Fill(func(i, j int) T { return a.Data[i*a.Stride+j] })
		}
		if tB == kernels.NoTrans {
			y = NewMatrix[T](g, k, n, bk, bn)
			y.Fill(func(i, j int) T { return b.Data[i*b.Stride+j] })
		}
	}
	kernels.Gemm(tA, tB, alpha, a, b, beta, want)
	if err := Gemm(tA, tB, alpha, x, y, beta, z); err != nil {
		t.Fatal(err)
	}
	got := collected(t, z)
	if i := bitsDiffer(got.Data, want.Data); i >= 0 {
		p, q := z.grid.Shape()
		t.Fatalf("trial %d: %c%c %d×%d×%d alpha %v beta %v on %d×%d, C in blocks of %d×%d: element %d is %v, want %v",
			trial, tA, tB, m, n, k, alpha, beta, p, q, z.RowBlock, z.ColBlock, i, got.Data[i], want.Data[i])
	}
}

// Wrong use panics before anything is sent.
func TestRanksGemmMisuse(t *testing.T) {
	ranks(t, func(c *Comm) {
		g := grids(t, c)[0]
		a, b := NewMatrix[float64](g, 3, 4, 2, 2), NewMatrix[float64](g, 4, 5, 2, 2)
		for name, f := range map[string]func(){
			"rows of b":    func() { Gemm(kernels.Trans, kernels.NoTrans, 1, a, b, 0, NewMatrix[float64](g, 4, 5, 2, 2)) },
			"rows of c":    func() { Gemm(kernels.NoTrans, kernels.NoTrans, 1, a, b, 0, NewMatrix[float64](g, 4, 5, 2, 2)) },
			"columns of c": func() { Gemm(kernels.NoTrans, kernels.NoTrans, 1, a, b, 0, NewMatrix[float64](g, 3, 4, 2, 2)) },
			"transpose":    func() { Gemm('X', kernels.NoTrans, 1, a, b, 0, NewMatrix[float64](g, 3, 5, 2, 2)) },
			"c is a":       func() { Gemm(kernels.NoTrans, kernels.Trans, 1, a, NewMatrix[float64](g, 4, 4, 2, 2), 0, a) },
			"the grid":     func() { NewGrid(c, c.Size(), 2) },
			"a block":      func() { NewMatrix[float64](g, 3, 4, 0, 2) },
			"a root":       func() { a.Gather(c.Size(), kernels.NewMatrix[float64](3, 4)) },
			"a copy":       func() { a.Copy(b) },
		} {
			func() {
				defer func() {
					if _, ok := recover().(*kernels.ShapeError); !ok {
						t.Errorf("%s: no *ShapeError", name)
					}
				}()
				f()
			}()
		}
	})
}
