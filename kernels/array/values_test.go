package array_test

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
	. "github.com/weftgo/weft/kernels/array"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"
)

// A float32 fused multiply-add is rounded once, ties and subnormals included.
func TestFMA32(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	draw := func() float32 {
		switch rng.IntN(4) {
		case 0:
			return math.Float32frombits(rng.Uint32()&0x807fffff | uint32(rng.IntN(20))<<23) // small
		case 1:
			return float32(rng.IntN(1<<12)) * float32(math.Ldexp(1, rng.IntN(60)-30)) // ties
		}
		return math.Float32frombits(rng.Uint32()&0x807fffff | uint32(87+rng.IntN(80))<<23)
	}
	const n = 20000
	x, y, z := Zeros[float32](n), Zeros[float32](n), Zeros[float32](n)
	for i := range n {
		x.Set(draw(), i)
		y.Set(draw(), i)
		z.Set(draw(), i)
	}
	got := FMA(x, y, z)
	exact := func(v float32) *big.Float { return new(big.Float).SetPrec(400).SetFloat64(float64(v)) }
	for i := range n {
		s := exact(x.At(i))
		s.Mul(s, exact(y.At(i)))
		s.Add(s, exact(z.At(i)))
		if want, _ := s.Float32(); got.At(i) != want {
			t.Fatalf("fma(%v, %v, %v) is %v, want %v", x.At(i), y.At(i), z.At(i), got.At(i), want)
		}
	}
	for _, c := range [][4]float32{{float32(math.Inf(1)), 1, 1, float32(math.Inf(1))}, {3e38, 3e38, 1, float32(math.Inf(1))}, {0, 1, 0, 0}} {
		if got := FMA(Scalar(c[0]), Scalar(c[1]), Scalar(c[2])).Item(); got != c[3] {
			t.Errorf("%v: %v", c, got)
		}
	}
}

func TestSortLong(t *testing.T) {
	t.Run("f32", testSort[float32])
	t.Run("f64", testSort[float64])
	t.Run("i32", testSort[int32])
	t.Run("i64", testSort[int64])
}

func testSort[T Number](t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 4, 5, 7, 100, 255, 256, 511, 512, 2047, 2048, 4095, 4096, 20001} {
		for kind, draw := range map[string]func(i int) float64{
			"random":  func(int) float64 { return rand.NormFloat64() * 1e6 },
			"few":     func(int) float64 { return float64(rand.IntN(5) - 2) },
			"rising":  func(i int) float64 { return float64(i) },
			"falling": func(i int) float64 { return -float64(i) },
			"nearly":  func(i int) float64 { return float64(i ^ rand.IntN(2)) },
		} {
			x := make([]T, n)
			for i := range x {
				x[i] = T(draw(i))
			}
			want := slices.Sorted(slices.Values(x))
			a := FromSlice(x)
			if got := Sort(a, 0).Values(); !slices.Equal(got, want) {
				t.Fatalf("%d %s: not sorted", n, kind)
			}
			order := ArgSort(a, 0).Values()
			for i, p := range order {
				if x[p] != want[i] || i > 0 && x[p] == want[i-1] && p < order[i-1] {
					t.Fatalf("%d %s: position %d", n, kind, i)
				}
			}
			if n == 0 {
				continue
			}
			k := rand.IntN(n)
			part := Partition(a, k, 0).Values()
			if part[k] != want[k] || slices.Max(part[:k+1]) != part[k] || slices.Min(part[k:]) != part[k] {
				t.Fatalf("%d %s: not parted at %d", n, kind, k)
			}
			slices.Sort(part)
			if !slices.Equal(part, want) {
				t.Fatalf("%d %s: partition lost elements", n, kind)
			}
			top, at := TopK(a, k, 0)
			for i, v := range top.Values() {
				p := at.At(i)
				if v != want[n-1-i] || x[p] != v || i > 0 && v == top.At(i-1) && p < at.At(i-1) {
					t.Fatalf("%d %s: top %d of %d", n, kind, i, k)
				}
			}
		}
	}
}

// -0 comes before +0 where sorting shows it, and equals it elsewhere; NaN is
// last.
func TestSortSpecial(t *testing.T) {
	nan, minus := math.NaN(), math.Copysign(0, -1)
	a := FromSlice([]float64{nan, 0, minus, math.Inf(1), -1, math.Inf(-1), minus, -nan})
	if got := fmt.Sprint(Sort(a, 0).Values()); got != "[-Inf -1 -0 -0 0 +Inf NaN NaN]" {
		t.Error(got)
	}
	if got := fmt.Sprint(ArgSort(a, 0).Values()); got != "[5 4 1 2 6 3 0 7]" {
		t.Error(got)
	}
	v, n := Unique(a)
	if fmt.Sprint(v.Values(), n.Values()) != "[-Inf -1 0 +Inf NaN] [1 1 3 1 2]" {
		t.Error(v, n)
	}
	top, at := TopK(a, 4, 0)
	if fmt.Sprint(top.Values(), at.Values()) != "[NaN NaN +Inf 0] [0 7 3 1]" {
		t.Error(top, at)
	}
	if s := Sum(FromSlice([]float64{minus}, 1, 1), Axis(0)).Item(); math.Signbit(s) {
		t.Error("the sum of -0 is not +0")
	}
}

// Where a mask leaves nothing.
func TestNothingLeft(t *testing.T) {
	nan := Full(math.NaN(), 2, 3)
	none := Zeros[bool](3)
	if a := Sum(nan, SkipNaN(), Axis(1)); !same(a, Zeros[float64](2)) {
		t.Error(a)
	}
	if a := Max(nan, SkipNaN()); a.Item() == a.Item() {
		t.Error(a)
	}
	if a := ArgMin(nan, SkipNaN(), Axis(0)); !same(a, Full[int64](-1, 3)) {
		t.Error(a)
	}
	if a := Max(Zeros[int32](2, 3), Where(none)); a.Item() != math.MinInt32 {
		t.Error(a)
	}
	if a := Median(nan, SkipNaN()); a.Item() == a.Item() {
		t.Error(a)
	}
	if a := Mean(nan, Where(none)); a.Item() == a.Item() {
		t.Error(a)
	}
	if a := ArgMax(FromSlice([]float64{5, 1, math.NaN(), 3}), SkipNaN(), Where(FromSlice([]bool{false, true, true, true}))); a.Item() != 3 {
		t.Error(a)
	}
}

// Signs of the least and the largest numbers of their types.
func TestSignLimits(t *testing.T) {
	const least, most = math.SmallestNonzeroFloat64, math.MaxFloat64
	if a := Sign(FromSlice([]float64{least, -least, most, -most, math.Inf(-1)})); !same(a, FromSlice([]float64{1, -1, 1, -1, -1})) {
		t.Error(a)
	}
	if a := Sign(FromSlice([]float32{math.SmallestNonzeroFloat32, -math.SmallestNonzeroFloat32, math.MaxFloat32})); !same(a, FromSlice([]float32{1, -1, 1})) {
		t.Error(a)
	}
	if a := Sign(FromSlice([]int64{math.MinInt64, math.MaxInt64})); !same(a, FromSlice([]int64{-1, 1})) {
		t.Error(a)
	}
}

func TestConvert(t *testing.T) {
	x := FromSlice([]float64{-1.5, 0, 2.75})
	if a := Convert[int32](x); !same(a, FromSlice([]int32{-1, 0, 2})) {
		t.Error(a)
	}
	if a := Convert[bool](x.View(All.By(-1))); !same(a, FromSlice([]bool{true, false, true})) {
		t.Error(a)
	}
	if a := Convert[float32](FromSlice([]bool{true, false})); !same(a, FromSlice([]float32{1, 0})) {
		t.Error(a)
	}
	if a := Convert[int64](FromSlice([]int32{7})); a.Item() != 7 {
		t.Error(a)
	}
}

// Conversions share storage.
func TestMatrices(t *testing.T) {
	g := blas64.General{Rows: 2, Cols: 3, Stride: 4, Data: []float64{1, 2, 3, 0, 4, 5, 6}}
	a := FromMatrix(kernels.Matrix[float64](g))
	if !same(a, FromRows([]float64{1, 2, 3}, []float64{4, 5, 6})) {
		t.Error(a)
	}
	a.Set(9, 1, 2)
	d, ok := ToDense(a)
	if !ok || g.Data[6] != 9 || d.At(1, 2) != 9 {
		t.Error(d, ok)
	}
	d.Set(0, 0, 8)
	if !same(FromDense(d), a) || a.At(0, 0) != 8 {
		t.Error("ToDense copies")
	}
	if _, ok := ToMatrix(a.T()); ok {
		t.Error("a transposed array is not row-major")
	}
	if _, ok := ToMatrix(a.View(All, All.By(2))); ok {
		t.Error("columns with gaps are not row-major")
	}
	m, ok := ToMatrix(a.View(All, From(1)))
	if !ok || m.Cols != 2 || m.Stride != 4 || m.Data[5] != 9 {
		t.Error(m, ok)
	}
	v, ok := ToVector(a.View(All, At(1)))
	if !ok || v.N != 2 || v.Inc != 4 || v.Data[4] != 5 || !same(FromVector(v), a.View(All, At(1))) {
		t.Error(v, ok)
	}
	if _, ok := ToVector(a.View(At(0), All.By(-1))); ok {
		t.Error("a negative increment is not a vector")
	}
	for _, f := range []func(){
		func() { FromMatrix(kernels.Matrix[float64]{Rows: 3, Cols: 3, Stride: 4, Data: g.Data}) },
		func() { FromMatrix(kernels.Matrix[float64]{Rows: 1, Cols: 3, Stride: 2, Data: g.Data}) },
		func() { FromVector(kernels.Vector[float64]{N: 4, Inc: 3, Data: g.Data}) },
	} {
		if refused(f) == nil {
			t.Error("no panic for data that does not hold the matrix")
		}
	}
}

func TestFactorisations(t *testing.T) {
	t.Run("f32", func(t *testing.T) { testFactorisations[float32](t, 1e-4) })
	t.Run("f64", func(t *testing.T) { testFactorisations[float64](t, 1e-12) })
}

func testFactorisations[T Float](t *testing.T, tolerance T) {
	for _, shape := range [][2]int{{1, 1}, {4, 4}, {9, 3}, {3, 9}} {
		a := random[T](shape[0], shape[1])
		near := func(what string, got, want *Array[T]) {
			t.Helper()
			if d := Norm(Sub(got, want), math.Inf(1)).Item(); !(d <= tolerance) {
				t.Errorf("%v: %s is off by %v", shape, what, d)
			}
		}
		k := min(shape[0], shape[1])
		q, r := QR(a)
		near("QR", MatMul(q, r), a)
		near("QᵀQ", MatMul(q.T(), q), Eye[T](k))
		for i := range r.Dim(0) {
			for j := range i {
				if r.At(i, j) != 0 {
					t.Errorf("R[%d][%d] is not zero", i, j)
				}
			}
		}
		u, s, vt, err := SVD(a)
		if err != nil {
			t.Fatal(err)
		}
		near("SVD", MatMul(Mul(u, s), vt), a)
		p, err := Pinv(a)
		if err != nil {
			t.Fatal(err)
		}
		near("Pinv", MatMul(MatMul(a, p), a), a)
		g := MatMul(a, a.T())
		w, v, err := EigH(g)
		if err != nil {
			t.Fatal(err)
		}
		near("EigH", MatMul(g, v), Mul(v, w))
		if shape[0] == shape[1] {
			x, err := Solve(a, a)
			if err != nil {
				t.Fatal(err)
			}
			near("Solve", x, Eye[T](k))
			inv, err := Inv(a)
			if err != nil {
				t.Fatal(err)
			}
			near("Inv", MatMul(inv, a), Eye[T](k))
			spd := Add(g, Eye[T](k))
			l, err := Cholesky(spd)
			if err != nil {
				t.Fatal(err)
			}
			near("Cholesky", MatMul(l, l.T()), spd)
		}
	}
	// Of rank one: the solution of least norm.
	one := Full[T](1, 3, 2)
	x, rank, err := Lstsq(one, FromSlice([]T{2, 2, 2}))
	if err != nil || rank != 1 || math.Abs(float64(x.At(0)-1)) > float64(tolerance) || x.Size() != 2 {
		t.Error(x, rank, err)
	}
	square := Full[T](1, 2, 2)
	if _, err := Solve(square, FromSlice([]T{1, 2})); !errors.Is(err, ErrSingular) {
		t.Error(err)
	}
	if _, err := Inv(square); !errors.Is(err, ErrSingular) {
		t.Error(err)
	}
	if Det(square).Item() != 0 {
		t.Error("det")
	}
	if _, err := Cholesky(Neg(square)); !errors.Is(err, ErrNotPositive) {
		t.Error(err)
	}
	if _, _, _, err := SVD(Full(T(math.NaN()), 2, 2)); !errors.Is(err, ErrNotFinite) {
		t.Error(err)
	}
	if _, _, err := EigH(Full(T(math.Inf(1)), 2, 2)); !errors.Is(err, ErrNotFinite) {
		t.Error(err)
	}
	// What is above the diagonal is not looked at.
	lower := FromRows([]T{4, T(math.NaN())}, []T{2, 3})
	if l, err := Cholesky(lower); err != nil || math.Abs(float64(Det(l).Item()*Det(l).Item()-8)) > 8*float64(tolerance) || l.At(0, 1) != 0 {
		t.Error(l, err)
	}
	if w, _, err := EigH(lower); err != nil || math.Abs(float64(Prod(w).Item()-8)) > 8*float64(tolerance) {
		t.Error(w, err)
	}
}

// Each matrix of a batch, of any layout, has the bits that it has alone.
func TestBatches(t *testing.T) {
	t.Run("f32", testBatches[float32])
	t.Run("f64", testBatches[float64])
}

func testBatches[T Float](t *testing.T) {
	first := func(x *Array[T], err error) []*Array[T] { return []*Array[T]{must(x, err)} }
	spd := func(a *Array[T]) *Array[T] {
		return Add(MatMul(a, a.MoveAxis(-1, -2)), Eye[T](a.Dim(-2)))
	}
	for name, f := range map[string]func(a *Array[T]) []*Array[T]{
		"Inv":      func(a *Array[T]) []*Array[T] { return first(Inv(spd(a))) },
		"Det":      func(a *Array[T]) []*Array[T] { return []*Array[T]{Det(spd(a))} },
		"Cholesky": func(a *Array[T]) []*Array[T] { return first(Cholesky(spd(a))) },
		"QR": func(a *Array[T]) []*Array[T] {
			q, r := QR(a)
			return []*Array[T]{q, r}
		},
		"EigH": func(a *Array[T]) []*Array[T] {
			w, v, err := EigH(spd(a))
			return append(first(w, err), v)
		},
		"SVD": func(a *Array[T]) []*Array[T] {
			u, s, vt, err := SVD(a)
			return append(first(u, err), s, vt)
		},
		"Pinv":  func(a *Array[T]) []*Array[T] { return first(Pinv(a)) },
		"Solve": func(a *Array[T]) []*Array[T] { return first(Solve(spd(a), a)) },
	} {
		for _, s := range [][2]int{{1, 1}, {4, 6}, {6, 4}} {
			a := random[T](2, 3, s[0], s[1])
			for layout, v := range views(a) {
				all := f(v)
				for i := range 2 {
					for j := range 3 {
						for k, want := range f(a.View(At(i), At(j))) {
							if !same(all[k].View(At(i), At(j)), want) {
								t.Errorf("%s of %v, %s: result %d of matrix %d, %d differs", name, s, layout, k, i, j)
							}
						}
					}
				}
			}
			for _, none := range f(a.View(All, To(0))) {
				if none.Size() != 0 || none.Dim(0) != 2 || none.Dim(1) != 0 {
					t.Errorf("%s of no matrix: %v", name, none.Shape())
				}
			}
		}
	}

	// Matrices and right sides broadcast.
	a, b, v := Add(random[T](3, 5, 5), Mul(Eye[T](5), Scalar[T](4))), random[T](2, 1, 5, 4), random[T](5)
	x, y := must(Solve(a, b)), must(Solve(a, v))
	if fmt.Sprint(x.Shape(), y.Shape()) != "[2 3 5 4] [3 5]" {
		t.Fatal(x.Shape(), y.Shape())
	}
	for j := range 3 {
		aj := a.View(At(j))
		for i := range 2 {
			if !same(x.View(At(i), At(j)), must(Solve(aj, b.View(At(i), At(0))))) {
				t.Error(i, j)
			}
		}
		if !same(y.View(At(j)), must(Solve(aj, v))) {
			t.Error(j)
		}
	}
	if x := must(Solve(a, Zeros[T](5, 0))); x.Size() != 0 || x.Dims() != 3 {
		t.Error(x.Shape())
	}
	// One matrix of several that can't be factored is an error.
	a.View(At(1)).Fill(0)
	if _, err := Solve(a, v); !errors.Is(err, ErrSingular) {
		t.Error(err)
	}
	if _, err := Inv(a); !errors.Is(err, ErrSingular) {
		t.Error(err)
	}
	if _, err := Cholesky(a.View(From(1))); !errors.Is(err, ErrNotPositive) {
		t.Error(err)
	}
}

func TestIterators(t *testing.T) {
	a := Arange[int32](0, 24, 1).Reshape(2, 3, 4).T()
	n := 0
	for index, v := range a.All() {
		if a.At(index...) != v {
			t.Fatal(index, v)
		}
		n++
	}
	if n != 24 || !slices.Equal(slices.Collect(a.Elements()), a.Values()) {
		t.Error(n)
	}
	for i, v := range a.Along(1) {
		if !same(v, a.View(All, At(i))) {
			t.Error(i, v)
		}
		if i == 1 {
			break
		}
	}
	for range Zeros[bool](2, 0).All() {
		t.Error("an empty array has elements")
	}
	for index, v := range Scalar(5.0).All() {
		if len(index) != 0 || v != 5 {
			t.Error(index, v)
		}
	}
}

// Products of every layout, with and without a batch, are those of row-major
// copies to the bit, and right.
func TestMatMul(t *testing.T) {
	for _, s := range [][3]int{{1, 1, 1}, {1, 7, 5}, {5, 7, 1}, {4, 9, 6}, {3, 0, 2}, {0, 3, 2}} {
		a, b := random[float64](2, s[0], s[1]), random[float64](2, s[1], s[2])
		want := MatMul(a, b)
		for la, va := range views(a) {
			for lb, vb := range views(b) {
				if got := MatMul(va, vb); !same(got, want) {
					t.Errorf("%v: %s by %s differs", s, la, lb)
				}
			}
		}
		if want.Size() == 0 {
			continue
		}
		var m mat.Dense
		da, ok := ToDense(a.View(At(1)))
		db, ok2 := ToDense(b.View(At(1)))
		if !ok || !ok2 {
			continue // an inner length of zero
		}
		m.Mul(da, db)
		if d := Norm(Sub(FromDense(&m), want.View(At(1))), math.Inf(1)).Item(); d > 1e-13 {
			t.Errorf("%v: off by %v", s, d)
		}
	}
}

// digest is a hash of results of every function that computes on the kernels.
func digest() string {
	h := sha256.New()
	add := func(a *Array[float64]) {
		for v := range a.Elements() {
			binary.Write(h, binary.LittleEndian, v)
		}
	}
	a, b := random[float64](70, 300), random[float64](300)
	for _, axes := range [][]Option{nil, {Axis(0)}, {Axis(1)}} {
		for _, f := range []func(*Array[float64], ...Option) *Array[float64]{Sum[float64], Mean[float64], Var[float64], Max[float64], Prod[float64]} {
			add(f(a, axes...))
			add(f(a.T(), axes...))
		}
		add(Norm(a, 1, axes...))
		add(Norm(a, 2, axes...))
	}
	add(Sum(random[float64](40000, 3), Axis(0)))
	add(Add(a, b))
	add(Mul(a, a.View(All, At(3), NewAxis)))
	add(FMA(a, a, b))
	add(MatMul(a, a.T()))
	add(MatMul(a, b))
	add(Distances(Euclidean, a, a))
	add(Corr(a))
	add(CumSum(a, 0))
	add(Quantile(a, 0.3, Axis(0)))
	add(Convert[float64](Sum(random[float32](500, 90), Axis(0))))
	factors[float64](add)
	factors[float32](add)
	add(Convert[float64](FMA(random[float32](500, 90), random[float32](90), random[float32](90))))
	return fmt.Sprintf("%x", h.Sum(nil))
}

// factors passes on the results of the factorisations.
func factors[T Float](add func(a *Array[float64])) {
	put := func(err error, as ...*Array[T]) {
		if err != nil {
			panic(err)
		}
		for _, a := range as {
			add(Convert[float64](a))
		}
	}
	a := random[T](2, 90, 90)
	spd := Add(MatMul(a, a.MoveAxis(-1, -2)), Eye[T](90))
	x, err := Solve(a, random[T](90, 7))
	put(err, x, Det(a))
	x, err = Inv(a)
	put(err, x)
	x, err = Cholesky(spd)
	put(err, x)
	q, r := QR(random[T](100, 70))
	put(nil, q, r)
	w, v, err := EigH(spd)
	put(err, w, v)
	u, s, vt, err := SVD(random[T](2, 60, 80))
	put(err, u, s, vt)
	x, _, err = Lstsq(random[T](150, 20), random[T](150))
	put(err, x)
	x, err = Pinv(random[T](30, 50))
	put(err, x)
}

// Every backend, and any number of workers, gives the same bits. The default
// engine is chosen once in a process, so each has one.
func TestBackends(t *testing.T) {
	if os.Getenv("WEFT_TEST_DIGEST") != "" {
		fmt.Println(digest())
		os.Exit(0)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Skip(err)
	}
	// What it is on any machine. It changes where a definition does.
	const want = "e863662b42542851fbf18dada1e883a551f4251ee6f0eeca5842126929446cf7"
	if got := digest(); got != want {
		t.Errorf("digest %s, want %s", got, want)
	}
	for _, b := range kernels.Backends() {
		for _, workers := range []string{"1", "3"} {
			if b.Err != nil {
				continue
			}
			c := exec.Command(exe, "-test.run=^TestBackends$")
			c.Env = append(os.Environ(), "WEFT_TEST_DIGEST=1", "WEFT_BACKEND="+b.Name, "WEFT_WORKERS="+workers)
			out, err := c.Output()
			if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
				t.Fatalf("%s: %v\n%s", b.Name, err, exit.Stderr)
			} else if err != nil {
				t.Skipf("this program can't be started a second time here: %v", err)
			}
			if got := string(out); got != want+"\n" {
				t.Errorf("%s with %s workers: %s, want %s", b.Name, workers, got, want)
			}
		}
	}
}

// Maxima, minima and their positions are those of the vectors one by one, NaN
// and zeros included, whatever lies beside them.
func TestExtremes(t *testing.T) {
	t.Run("f32", testExtremes[float32])
	t.Run("f64", testExtremes[float64])
	t.Run("i32", testExtremes[int32])
	t.Run("i64", testExtremes[int64])
}

func testExtremes[T Number](t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	nan, minus := math.NaN(), math.Copysign(0, -1)
	values := []float64{1, 2, -1, -2, 0, 0, 0, 3, 0, 0, 0, 0}
	if half := 0.5; T(half) != 0 {
		values = append(values, nan, minus, minus, minus, math.Inf(1), math.Inf(-1))
	}
	bits := func(v T) uint64 { return math.Float64bits(float64(v)) }
	for _, shape := range [][3]int{{1, 8, 3}, {2, 8, 3}, {3, 20, 2}, {4, 9, 5}, {5, 1030, 1}, {7, 16, 1}, {9, 31, 2}, {40, 7, 1}} {
		// The first and the last axis are reduced.
		a := FromFunc(func([]int) T { return T(values[rng.IntN(len(values))]) }, shape[0], shape[2], shape[1]).MoveAxis(-1, 1)
		axes := Axis(0, 2)
		hi, lo, hiAt, loAt := Max(a, axes), Min(a, axes), ArgMax(a, axes), ArgMin(a, axes)
		for j := range shape[1] {
			x := a.View(All, At(j)).Values()
			max, min := 0, 0
			equal := func(x, y T) bool { return bits(x) == bits(y) || x != x && y != y }
			for i, v := range x {
				if x[max] == x[max] && !(v <= x[max]) {
					max = i
				}
				if x[min] == x[min] && !(v >= x[min]) {
					min = i
				}
			}
			if hiAt.At(j) != int64(max) || loAt.At(j) != int64(min) || !equal(hi.At(j), x[max]) || !equal(lo.At(j), x[min]) {
				t.Errorf("%v: of vector %d %v: max %v at %d, min %v at %d", shape, j, x, hi.At(j), hiAt.At(j), lo.At(j), loAt.At(j))
			}
		}
		// Into places that are not next to each other.
		to := Zeros[T](shape[1], 2)
		MaxTo(to.View(All, At(1)), a, axes)
		for j := range shape[1] {
			if bits(to.At(j, 1)) != bits(hi.At(j)) || to.At(j, 0) != 0 {
				t.Errorf("%v: MaxTo a view: %v", shape, to)
			}
		}
	}
}

// Select and comparisons on lengths around what is taken at a time, from any
// place of a run.
func TestSelectRuns(t *testing.T) {
	x, y := random[float64](70), FromSlice(slices.Repeat([]float64{0.25, math.NaN()}, 35))
	for n := range 35 {
		for from := range 3 {
			a, b := x.View(Range(from, from+n)), y.View(Range(2*from, 2*from+n))
			less, geq, chosen := Less(a, b), GreaterEqual(a, b), Select(Less(a, b), a, b)
			small := Select(less, Convert[float32](a), Convert[float32](b))
			flags := Select(less, geq, Not(geq))
			for i := range n {
				v, w := a.At(i), b.At(i)
				want := w
				if v < w {
					want = v
				}
				if less.At(i) != (v < w) || geq.At(i) != (v >= w) || math.Float64bits(chosen.At(i)) != math.Float64bits(want) {
					t.Errorf("%d from %d: %v and %v give %v, %v, %v", n, from, v, w, less.At(i), geq.At(i), chosen.At(i))
				}
				if s := small.At(i); s != float32(want) && s == s || flags.At(i) != (less.At(i) == geq.At(i)) {
					t.Errorf("%d from %d: %v, %v", n, from, s, flags.At(i))
				}
			}
		}
	}
}

// Integers at the ends of their type are neither lost nor wrapped around.
func TestArangeLimits(t *testing.T) {
	const lo, hi = math.MinInt64, math.MaxInt64
	for _, c := range []struct {
		start, stop, step int64
		want              []int64
	}{
		{lo, hi, hi, []int64{lo, -1, hi - 1}},
		{hi, lo, lo, []int64{hi, -1}},
		{hi - 2, hi, 1, []int64{hi - 2, hi - 1}},
		{lo, lo + 3, 2, []int64{lo, lo + 2}},
		{lo, hi, -1, []int64{}},
		{hi, lo, 1, []int64{}},
		{4, 4, 1, []int64{}},
	} {
		if got := Arange(c.start, c.stop, c.step).Values(); !slices.Equal(got, c.want) {
			t.Errorf("%d to %d by %d: %v", c.start, c.stop, c.step, got)
		}
	}
	if got := Arange[int32](math.MinInt32, math.MaxInt32, math.MaxInt32).Values(); !slices.Equal(got, []int32{math.MinInt32, -1, math.MaxInt32 - 1}) {
		t.Error(got)
	}
	if refused(func() { Arange[int64](lo, hi, 1) }) == nil {
		t.Error("no panic for more numbers than memory")
	}
}
