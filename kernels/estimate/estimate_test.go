package estimate

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/blas"
	"github.com/weftgo/weft/kernels/lapack"
	gonumblas "gonum.org/v1/gonum/blas"
	gonumlapack "gonum.org/v1/gonum/lapack"
)

// counted are the operations that the engine "counted" has done in products,
// triangles and products with vectors.
var counted float64

// A backend that is the first of the processor's and counts.
func init() {
	op.Register(func() []*op.Backend {
		b := &op.Backend{Name: "counted"}
		b.F64 = counting()
		b.F32 = op.Table[float32]{}
		b.Err = nil
		return []*op.Backend{b}
	})
}

// counting returns a table that counts and has the default backend compute.
func counting() op.Table[float64] {
	host := func() *op.Table[float64] { return op.Host[float64]() }
	t := op.Table[float64]{
		Sum:    func(w int, x []float64) float64 { return host().Sum(w, x) },
		Asum:   func(w int, x []float64) float64 { return host().Asum(w, x) },
		Nrm2:   func(w int, x []float64) float64 { counted += 2 * float64(len(x)); return host().Nrm2(w, x) },
		Var:    func(w int, x []float64) float64 { return host().Var(w, x) },
		Dot:    func(w int, x, y []float64) float64 { counted += 2 * float64(len(x)); return host().Dot(w, x, y) },
		ArgMax: func(w int, x []float64) int { return host().ArgMax(w, x) },
		ArgMin: func(w int, x []float64) int { return host().ArgMin(w, x) },
		Iamax:  func(w int, x []float64) int { return host().Iamax(w, x) },
		Max:    func(w int, x []float64) float64 { return host().Max(w, x) },
		Min:    func(w int, x []float64) float64 { return host().Min(w, x) },
		Axpy: func(w int, alpha float64, x, y []float64) {
			counted += 2 * float64(len(x))
			host().Axpy(w, alpha, x, y)
		},
		Scal: func(w int, alpha float64, x []float64) { counted += float64(len(x)); host().Scal(w, alpha, x) },
		Add:  func(w int, dst, x, y []float64) { host().Add(w, dst, x, y) },
		Sub:  func(w int, dst, x, y []float64) { host().Sub(w, dst, x, y) },
		Mul:  func(w int, dst, x, y []float64) { host().Mul(w, dst, x, y) },
		Div:  func(w int, dst, x, y []float64) { host().Div(w, dst, x, y) },
		Fill: func(w int, x []float64, v float64) { host().Fill(w, x, v) },
		Gemv: func(p *op.Gemv[float64]) {
			counted += 2 * float64(p.A.Rows) * float64(p.A.Cols)
			host().Gemv(p)
		},
		Ger: func(p *op.Ger[float64]) { counted += 2 * float64(p.A.Rows) * float64(p.A.Cols); host().Ger(p) },
		Gemm: func(p *op.Gemm[float64]) {
			counted += 2 * float64(p.C.Rows) * float64(p.C.Cols) * float64(p.A.Cols)
			host().Gemm(p)
		},
		Gemmtr: func(p *op.Gemmtr[float64]) {
			counted += float64(p.C.Rows) * float64(p.C.Cols) * float64(p.A.Cols)
			host().Gemmtr(p)
		},
		Symv: func(p *op.Symv[float64]) { counted += 2 * float64(len(p.X)) * float64(len(p.X)); host().Symv(p) },
		Tri: func(p *op.Tri[float64]) {
			counted += float64(p.N) * float64(p.B.Rows) * float64(p.B.Cols)
			host().Tri(p)
		},
		ScaleRows: func(w int, beta float64, c op.View[float64]) { host().ScaleRows(w, beta, c) },
	}
	return t
}

// random returns n numbers, and a larger one on each diagonal of an order.
func random(n, order int) []float64 {
	x := make([]float64, n)
	s := uint64(1)
	for i := range x {
		s = s*6364136223846793005 + 1442695040888963407
		x[i] = float64(int64(s)) / (1 << 63)
	}
	for i := 0; order > 0 && i < order; i++ {
		x[i*order+i] += float64(order)
	}
	return x
}

// What the engine executes is what is counted, and a little more. The ratios
// are those of docs/estimates.md.
func TestExecuted(t *testing.T) {
	e, err := kernels.Open[float64]("counted")
	if err != nil {
		t.Fatal(err)
	}
	b, l := blas.RealOf(e), lapack.RealOf(e)
	const n = 600
	a, w, tau, work := random(n*n, n), make([]float64, n), make([]float64, n), make([]float64, 8*n)
	pivots, c := make([]int, n), make([]float64, n*n)
	for _, test := range []struct {
		work   Work[float64]
		call   func(x []float64)
		lo, hi float64
	}{
		{Gemm[float64](n, n, n), func(x []float64) {
			b.Gemm(gonumblas.NoTrans, gonumblas.Trans, n, n, n, 1, x, n, x, n, 0, c, n)
		}, 1, 1},
		{Syrk[float64](n, n), func(x []float64) { b.Syrk(gonumblas.Lower, gonumblas.NoTrans, n, n, 1, x, n, 0, c, n) }, 0.99, 1.1},
		{Trsm[float64](n, n), func(x []float64) {
			b.Trsm(gonumblas.Left, gonumblas.Lower, gonumblas.NoTrans, gonumblas.NonUnit, n, n, 1, x, n, c, n)
		}, 1, 1.2},
		{Potrf[float64](n), func(x []float64) { l.Potrf(gonumblas.Lower, n, x, n) }, 0.95, 1.3},
		{Getrf[float64](n, n), func(x []float64) { l.Getrf(n, n, x, n, pivots) }, 0.9, 1.2},
		{Geqrf[float64](n, n), func(x []float64) { l.Geqrf(n, n, x, n, tau, work, n) }, 0.9, 1.4},
		{Syev[float64](n, false), func(x []float64) {
			l.Syev(gonumlapack.EVNone, gonumblas.Lower, n, x, n, w, work, len(work))
		}, 1.2, 1.6},
		{Syev[float64](n, true), func(x []float64) {
			l.Syev(gonumlapack.EVCompute, gonumblas.Lower, n, x, n, w, work, len(work))
		}, 0.7, 1.4},
		{Gesvd[float64](n, n, true), func(x []float64) {
			l.Gesvd(gonumlapack.SVDStore, gonumlapack.SVDStore, n, n, x, n, w, c, n, random(n*n, 0), n, work, len(work))
		}, 0.7, 1.4},
	} {
		x := append([]float64(nil), a...)
		counted = 0
		test.call(x)
		r := counted / test.work.FLOPs
		t.Logf("%s: the engine executes %.3f of what is counted", test.work.Name, r)
		if r < test.lo || r > test.hi {
			t.Errorf("%s: the engine executes %.3g, counted are %.3g", test.work.Name, counted, test.work.FLOPs)
		}
	}
}

// The formulas, by counting the operations of the textbook's loops.
func TestFLOPs(t *testing.T) {
	for _, n := range []int{1, 2, 3, 10, 57} {
		lu, chol, sub := 0, 0, 0
		for k := range n {
			lu += 1 + (n - k - 1) + 2*(n-k-1)*(n-k-1) // a reciprocal, multiples, a rank-one update
			chol += 1 + (n - k - 1)                   // a root, quotients
			for j := k + 1; j < n; j++ {
				chol += 2 * (n - j)
			}
			sub += 2*k + 1
		}
		for _, c := range []struct {
			what      string
			got, want float64
		}{
			{"Getrf", Getrf[float64](n, n).FLOPs, float64(lu)},
			{"Potrf", Potrf[float64](n).FLOPs, float64(chol)},
			{"Trsm", Trsm[float64](n, 3).FLOPs, float64(3 * sub)},
			{"Gemm", Gemm[float64](n, 2, 5).FLOPs, float64(20 * n)},
			{"GemmComplex", GemmComplex[float64](n, 2, 5).FLOPs, float64(80 * n)},
			{"Syrk", Syrk[float64](n, 4).FLOPs, float64(4 * n * (n + 1))},
		} {
			if math.Abs(c.got-c.want) > 1e-9*c.want+1e-9 {
				t.Errorf("%s of %d: %v operations, want %v", c.what, n, c.got, c.want)
			}
		}
	}
	// Known totals of Working Note 41.
	near := func(what string, got, want float64) {
		if math.Abs(got/want-1) > 0.02 {
			t.Errorf("%s: %.4g, want about %.4g", what, got, want)
		}
	}
	const n = 1000.0
	near("Geqrf", Geqrf[float32](1000, 1000).FLOPs, 4*n*n*n/3)
	near("Geqrf, tall", Geqrf[float32](5000, 1000).FLOPs, 2*n*n*(5000-n/3))
	near("Geqrf, wide", Geqrf[float32](1000, 5000).FLOPs, 2*n*n*(5000-n/3))
	near("Getri", Getri[float32](1000).FLOPs, 4*n*n*n/3)
	near("Orgqr", Orgqr[float32](1000, 1000, 1000).FLOPs, 4*n*n*n/3)
	near("Syev", Syev[float32](1000, false).FLOPs, 4*n*n*n/3)
}

func TestBytesAndMemory(t *testing.T) {
	if w := Gemm[float32](10, 20, 30); w.Bytes != 4*(10*30+30*20+10*20) || w.Memory != w.Bytes {
		t.Errorf("Gemm: %v bytes, %v of memory", w.Bytes, w.Memory)
	}
	if w := Map[float64]("Axpy", 100); w.Bytes != 2400 || w.Memory != 1600 || w.FLOPs != 200 {
		t.Errorf("Axpy: %+v", w)
	}
	if w := Reduce[float64]("Dot", 100); w.Bytes != 1600 || w.FLOPs != 200 {
		t.Errorf("Dot: %+v", w)
	}
	if w := Einsum[float64]("ij,jk->ik", []int{10, 20}, []int{20, 30}); w.FLOPs != 2*10*20*30 || w.Bytes != 8*(200+600+300) {
		t.Errorf("Einsum: %v operations, %v bytes", w.FLOPs, w.Bytes)
	}
	if w := Gemm[float64](10, 10, 10).Times(3).Then(Gemm[float64](2, 2, 2)); w.FLOPs != 6016 {
		t.Errorf("several calls: %v operations", w.FLOPs)
	}
}

// simple is a machine of 1 GFLOP/s whose bytes cost next to nothing.
func simple() *Machine[float64] {
	c := Curve{{1e3, 1e-15}, {1e6, 3e-15}}
	s := Speeds{Latency: 1e-9, Bandwidth: 1e15, Work: 5e8}
	return &Machine[float64]{
		Workers: 1, One: s, All: s, ForkGemm: 1e6, ForkBytes: 1e6, Call: 1e-9, Read: c, Update: c, ReadAll: c, UpdateAll: c,
		Fresh: c, Functions: map[string]float64{"Exp": 1e-8}, Scalar: 1e-12, Lanes: 1,
	}
}

func TestOn(t *testing.T) {
	m := simple()
	near := func(w Work[float64], seconds float64) {
		t.Helper()
		if got := w.On(m).Seconds(); math.Abs(got/seconds-1) > 0.15 {
			t.Errorf("%s: %v s, want about %v", w.Name, got, seconds)
		}
	}
	near(Gemm[float64](500, 500, 500), 0.25)
	near(Syrk[float64](1000, 500), 0.5)
	near(Trsm[float64](1000, 1000), 1)
	near(Potrf[float64](2000), 8.0/3)
	near(Getrf[float64](1500, 1500), 2*1.5*1.5*1.5/3)
	near(Map[float64]("Exp", 1000), 1e-5)
	near(Gemm[float64](100, 100, 100).Times(10), 0.02)
	// Workers share what is large enough, at the speed that they have together.
	m.Workers, m.All.Work = 2, 1e9
	near(Gemm[float64](500, 500, 500), 0.125)
	near(Gemm[float64](50, 50, 50), 2.5e-4)
	// Far beyond what a duration holds.
	if d := Gemm[float64](1<<30, 1<<30, 1<<30).On(m); d < 1e9*time.Second {
		t.Errorf("a product of a lifetime takes %v", d)
	}
}

func TestCurve(t *testing.T) {
	c := Curve{{100, 1}, {10000, 3}}
	for _, p := range [][2]float64{{1, 1}, {100, 1}, {1000, 2}, {10000, 3}, {1e9, 3}} {
		if got := c.at(p[0]); math.Abs(got-p[1]) > 1e-12 {
			t.Errorf("at %v: %v, want %v", p[0], got, p[1])
		}
	}
}

// Estimates on this machine are of the right size. How near they are shows weft
// estimate; a machine that runs tests is too busy to ask for more.
func TestMeasure(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	e, err := kernels.Default[float64]()
	if err != nil {
		t.Fatal(err)
	}
	e = e.WithWorkers(1)
	m := Measure(e)
	const n = 200
	a, c := kernels.Matrix[float64]{Rows: n, Cols: n, Data: random(n*n, 0), Stride: n}, kernels.Matrix[float64]{Rows: n, Cols: n, Data: make([]float64, n*n), Stride: n}
	did := each(func() { e.Gemm(kernels.NoTrans, kernels.NoTrans, 1, a, a, 0, c) })
	if will := Gemm[float64](n, n, n).On(m); will > 8*did || 8*will < did {
		t.Errorf("a product takes %v, expected were %v", did, will)
	}
	x := a.Data
	did = each(func() { e.Sum(x) })
	if will := Reduce[float64]("Sum", len(x)).On(m); will > 8*did || 8*will < did {
		t.Errorf("a sum takes %v, expected were %v", did, will)
	}
}

func TestMeasureDevice(t *testing.T) {
	if testing.Short() {
		t.Skip("measures")
	}
	d, err := kernels.OpenDevice("fallback")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	m, err := MeasureDevice[float64](d)
	if err != nil {
		t.Fatal(err)
	}
	st, err := d.NewStream()
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	const n = 200
	a, err := kernels.PlaceMatrix[float64](d, n, n)
	if err != nil {
		t.Fatal(err)
	}
	c, err := kernels.PlaceMatrix[float64](d, n, n)
	if err != nil {
		t.Fatal(err)
	}
	did := each(func() {
		kernels.GemmOn(st, kernels.NoTrans, kernels.NoTrans, 1, a, a, 0, c)
		if err := st.Wait(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	if will := Gemm[float64](n, n, n).On(m); will > 8*did || 8*will < did {
		t.Errorf("a product takes %v, expected were %v", did, will)
	}
	if used := d.Memory().InUse; used != 2*8*n*n {
		t.Errorf("%d bytes are in use, want those of the matrices", used)
	}

	d.SetMemoryLimit(8 * n * n)
	if _, err := MeasureDevice[float64](d); !kernels.OutOfMemory(err) {
		t.Errorf("without memory: %v", err)
	}
}

func TestWrongUse(t *testing.T) {
	for what, f := range map[string]func(){
		"negative": func() { Gemm[float64](1, -1, 1) },
		"unknown":  func() { Map[float64]("Zeta", 1) },
		"reduce":   func() { Reduce[float64]("Zeta", 1) },
		"labels":   func() { Einsum[float64]("ij,jk->ik", []int{1, 2}) },
		"lengths":  func() { Einsum[float64]("ij,jk->ik", []int{1, 2}, []int{3, 4}) },
		"result":   func() { Einsum[float64]("ij->z", []int{1, 2}) },
	} {
		func() {
			defer func() {
				err, _ := recover().(error)
				if shape := new(kernels.ShapeError); !errors.As(err, &shape) {
					t.Errorf("%s: %v", what, err)
				}
			}()
			f()
			t.Errorf("%s: no panic", what)
		}()
	}
}
