// Package kerneltest holds the assembly kernels of one package, all of them,
// against plain Go, bit for bit, with operands between pages that fault. It
// is imported by tests only.
package kerneltest

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// Float is the set of element types.
type Float interface{ float32 | float64 }

// Tile is a GEMM micro-kernel.
type Tile[T Float] = func(k int, a *T, ars, acs int, b *T, brs int, c *T, ldc int, mode int, beta T, cols int)

// Tiles is a family of micro-kernels by rows, for so many columns.
type Tiles[T Float] struct {
	Name             string
	ByRows           []Tile[T]
	MinCols, MaxCols int
}

// Set is all kernels of a package for one type.
type Set[T Float] struct {
	Sum, Asum, SumSq func(x *T, n int) T
	SqDev            func(x *T, n int, m T) T
	Dot              func(x, y *T, n int) T
	Max, Min, MaxAbs func(x *T, n int) (T, bool)
	IndexEq          func(x *T, n int, v T) int
	IndexAbsEq       func(x *T, n int, v T) int
	IndexNaN         func(x *T, n int) int
	Axpy             func(alpha T, x, y *T, n int)
	Scale            func(alpha T, x, dst *T, n int)
	Fill             func(dst *T, n int, v T)
	Add, Sub         func(dst, x, y *T, n int)
	Mul, Div         func(dst, x, y *T, n int)
	AxpyRowsCount    int
	AxpyRows         func(x *T, a *T, lda int, y *T, n int)
	DotRowsCount     int
	DotRows          func(m int, a *T, lda int, x *T, n int, out *T)
	SymvRows         func(a *T, lda int, f, x, y *T, n int, out *T)
	TriSolve, TriMul func(t, b *T, ldb, n int)
	Ger              func(alpha T, x *T, m int, y *T, n int, a *T, lda int)
	AxpyRowsShortMax int
	AxpyRowsShort    func(x *T, m int, a *T, lda int, y *T, n int)
	DotRowsShort     func(m int, a *T, lda int, x *T, n int, out *T)
	Tiles            []Tiles[T]
	NR               int
	Pack             func(k int, b *T, bs int, dst *T)
	Transpose        func(lines, n int, b *T, bs int, dst *T, ds int)
	TransposeUnit    int

	PackComplex      func(k int, b *T, brs int, dst *T)
	PackComplexTrans func(k int, b *T, bcs int, dst *T, conj bool)
	TransposeComplex func(lines, n int, b *T, bs int, dst *T, ds int, conj bool)
	ScaleComplex     func(re, im T, x, dst *T, n int)
	AxpyComplex      func(re, im T, x, y *T, n int)
	DotComplex       func(x, y *T, n int, out *T)
	AbsSumComplex    func(x *T, n int, dst *T)
}

// Run tests all kernels of s.
func Run[T Float](t *testing.T, s Set[T]) {
	t.Run("Reductions", s.testReductions)
	t.Run("Extremes", s.testExtremes)
	t.Run("Searches", s.testSearches)
	t.Run("Vectors", s.testVectors)
	t.Run("MatVec", s.testMatVec)
	t.Run("ShortRows", s.testShortRows)
	t.Run("Pack", s.testPack)
	t.Run("Transpose", s.testTranspose)
	t.Run("Complex", s.testComplex)
	for _, f := range s.Tiles {
		t.Run("Gemm/"+f.Name, func(t *testing.T) { testTiles(t, s.NR, f) })
	}
}

// lengths calls f with all short lengths and a few long ones, and with ways
// to lay out operands: all of them, or with -short one of them in turn.
func lengths(least int, f func(n, place int)) {
	var ns []int
	for n := least; n <= 300; n++ {
		if testing.Short() && n > 136 && n%16 > 1 {
			continue
		}
		ns = append(ns, n)
	}
	for i, n := range append(ns, 511, 512, 1000, 2049) {
		for place := range places {
			if !testing.Short() || place == i%places {
				f(n, place)
			}
		}
	}
}

// kinds of data.
var kinds = []string{"tame", "tiny", "wild"}

// kindsFor is all kinds, or with -short one of them in turn.
func kindsFor(turn int) []string {
	if testing.Short() {
		return kinds[turn%len(kinds):][:1]
	}
	return kinds
}

// data makes n elements: tame ones are of similar magnitude, products of tiny
// ones underflow, to zeros of both signs or to subnormals, and among wild
// ones are infinities, NaNs and zeros.
func data[T Float](seed uint64, kind string, n int) []T {
	r := rand.New(rand.NewPCG(seed, uint64(n)))
	x := make([]T, n)
	for i := range x {
		v := r.NormFloat64()
		switch {
		case kind == "tame":
			v *= math.Exp(2 * r.NormFloat64())
		case kind == "tiny":
			e := 22 + r.IntN(3)
			if lanes[T]() == 32 {
				e = 161 + r.IntN(3)
			}
			v *= math.Pow(10, -float64(e))
		case r.IntN(30) == 0:
			special := []float64{math.Inf(1), math.Inf(-1), math.NaN(), math.Copysign(0, -1), 0, 1e30, -1e-40}
			v = special[r.IntN(len(special))]
		}
		x[i] = T(v)
	}
	return x
}

func (s Set[T]) testReductions(t *testing.T) {
	ax, ay := newArena[T](t), newArena[T](t)
	lengths(0, func(n, place int) {
		for _, kind := range kinds {
			vx, vy := data[T](1, kind, n), data[T](2, kind, n)
			x, y := ax.put(vx, place), ay.put(vy, place+n%5)
			m := T(0.37)
			if kind == "tiny" {
				m = 0
			}
			for _, c := range []struct {
				name      string
				got, want T
			}{
				{"Sum", s.Sum(ptr(x), n), refSum(vx)},
				{"Asum", s.Asum(ptr(x), n), refAsum(vx)},
				{"SumSq", s.SumSq(ptr(x), n), refSumSq(vx)},
				{"SqDev", s.SqDev(ptr(x), n, m), refSqDev(vx, m)},
				{"Dot", s.Dot(ptr(x), ptr(y), n), refDot(vx, vy)},
				{"Dot(x,x)", s.Dot(ptr(x), ptr(x), n), refDot(vx, vx)},
			} {
				if !same(c.got, c.want) {
					t.Fatalf("%s: n=%d place=%d %s: got %v, want %v", c.name, n, place, kind, c.got, c.want)
				}
			}
			if !ax.intact() || !ay.intact() {
				t.Fatalf("n=%d place=%d: wrote", n, place)
			}
		}
	})
	// Every lane -0, alone and with all the others.
	tiny := T(math.Ldexp(1, -100))
	if lanes[T]() == 32 {
		tiny = T(math.Ldexp(1, -1000))
	}
	for n := range 3 * lanes[T]() {
		vx, vy := make([]T, n), make([]T, n)
		for i := range n {
			vx[i], vy[i] = tiny, -tiny
		}
		x, y := ax.put(vx, n), ay.put(vy, n+1)
		if got, want := s.Dot(ptr(x), ptr(y), n), refDot(vx, vy); !same(got, want) {
			t.Fatalf("Dot of products that underflow: n=%d: got %v, want %v", n, got, want)
		}
	}
}

func (s Set[T]) testExtremes(t *testing.T) {
	ax := newArena[T](t)
	for _, f := range []struct {
		name   string
		kernel func(x *T, n int) (T, bool)
		pick   func(a, b float64) float64
	}{{"Max", s.Max, math.Max}, {"Min", s.Min, math.Min},
		{"MaxAbs", s.MaxAbs, func(a, b float64) float64 { return math.Max(math.Abs(a), math.Abs(b)) }}} {
		lengths(1, func(n, place int) {
			x := ax.put(data[T](3, "tame", n), place)
			check := func(what string, suspectAllowed bool) {
				want := T(f.pick(float64(x[0]), float64(x[0])))
				for _, v := range x {
					want = T(f.pick(float64(want), float64(v)))
				}
				if got, suspect := f.kernel(ptr(x), n); got != want || suspect && !suspectAllowed {
					t.Fatalf("%s: n=%d place=%d %s: got %v %v, want %v", f.name, n, place, what, got, suspect, want)
				}
			}
			check("tame", false)
			// The extreme at each place in turn, and a NaN.
			step := 1
			if n > 300 || testing.Short() && n > 70 {
				step = 13
			}
			for i := n % step; i < n; i += step {
				old := x[i]
				x[i] = T(f.pick(1e6, -1e6))
				check("extreme", false)
				x[i] = T(math.NaN())
				if _, suspect := f.kernel(ptr(x), n); !suspect {
					t.Fatalf("%s: n=%d place=%d: NaN at %d not suspected", f.name, n, place, i)
				}
				x[i] = old
			}
			x[n/2] = T(math.Inf(1))
			check("+Inf", true)
			x[n-1] = T(math.Inf(-1))
			check("-Inf", true)
			x[0] = T(math.NaN())
			if _, suspect := f.kernel(ptr(x), n); !suspect {
				t.Fatalf("%s: n=%d place=%d: NaN among infinities not suspected", f.name, n, place)
			}
			for i := range x {
				x[i] = T(math.Inf(-1))
			}
			check("all -Inf", true)
			for i := range x {
				x[i] = T(math.NaN())
			}
			if _, suspect := f.kernel(ptr(x), n); !suspect {
				t.Fatalf("%s: n=%d place=%d: all NaN not suspected", f.name, n, place)
			}
			if !ax.intact() {
				t.Fatalf("%s: n=%d place=%d: wrote", f.name, n, place)
			}
		})
	}
}

func (s Set[T]) testSearches(t *testing.T) {
	ax := newArena[T](t)
	lengths(0, func(n, place int) {
		x := ax.take(n, place)
		for i := range x {
			x[i] = T(i + 1)
		}
		expect := func(name string, got, want int) {
			t.Helper()
			if got != want {
				t.Fatalf("%s: n=%d place=%d: got %d, want %d", name, n, place, got, want)
			}
		}
		for i := range x {
			if i > 300 && i%17 != 0 || testing.Short() && n > 150 && i%7 != 0 {
				continue
			}
			expect("IndexEq", s.IndexEq(ptr(x), n, x[i]), i)
			old := x[i]
			expect("IndexAbsEq", s.IndexAbsEq(ptr(x), n, old), i)
			x[i] = -old
			expect("IndexAbsEq of a negative one", s.IndexAbsEq(ptr(x), n, old), i)
			x[i] = T(math.NaN())
			expect("IndexNaN", s.IndexNaN(ptr(x), n), i)
			x[n-1] = T(math.NaN())
			expect("IndexNaN with another", s.IndexNaN(ptr(x), n), i)
			x[n-1] = T(n)
			x[i] = T(math.Copysign(0, -1))
			expect("IndexEq of a zero", s.IndexEq(ptr(x), n, 0), i)
			x[i] = old
		}
		expect("IndexEq of nothing", s.IndexEq(ptr(x), n, 0), n)
		expect("IndexEq of NaN", s.IndexEq(ptr(x), n, T(math.NaN())), n)
		expect("IndexNaN of nothing", s.IndexNaN(ptr(x), n), n)
		for i := range x {
			x[i] = T(math.NaN())
		}
		expect("IndexEq among NaNs", s.IndexEq(ptr(x), n, 0), n)
		expect("IndexEq of NaN among NaNs", s.IndexEq(ptr(x), n, T(math.NaN())), n)
		expect("IndexNaN among NaNs", s.IndexNaN(ptr(x), n), 0)
		if !ax.intact() {
			t.Fatalf("n=%d place=%d: wrote", n, place)
		}
	})
}

func (s Set[T]) testVectors(t *testing.T) {
	ax, ay, ad := newArena[T](t), newArena[T](t), newArena[T](t)
	lengths(0, func(n, place int) {
		for _, kind := range kindsFor(n) {
			vx, vy := data[T](4, kind, n), data[T](5, kind, n)
			alpha := T(-1.7)
			if kind == "tiny" {
				alpha = data[T](6, kind, 1)[0]
			}
			check := func(name string, dst []T, want func(i int) T) {
				t.Helper()
				for i, got := range dst {
					if !same(got, want(i)) {
						t.Fatalf("%s: n=%d place=%d %s: element %d is %v, want %v", name, n, place, kind, i, got, want(i))
					}
				}
				if !ax.intact() || !ay.intact() || !ad.intact() {
					t.Fatalf("%s: n=%d place=%d: wrote outside", name, n, place)
				}
			}
			x, y, dst := ax.put(vx, place), ay.put(vy, place+n%5), ad.take(n, place+n%3)
			s.Axpy(alpha, ptr(x), ptr(y), n)
			check("Axpy", y, func(i int) T { return fma(alpha, vx[i], vy[i]) })
			y = ay.put(vy, place+n%5)

			scaled := func(i int) T { return alpha * vx[i] }
			s.Scale(alpha, ptr(x), ptr(dst), n)
			check("Scale", dst, scaled)
			s.Scale(alpha, ptr(x), ptr(x), n)
			check("Scale in place", x, scaled)

			dst = ad.take(n, place+n%3)
			s.Fill(ptr(dst), n, alpha)
			check("Fill", dst, func(int) T { return alpha })

			for _, f := range []struct {
				name   string
				kernel func(dst, x, y *T, n int)
				op     func(x, y T) T
			}{
				{"Add", s.Add, func(x, y T) T { return x + y }},
				{"Sub", s.Sub, func(x, y T) T { return x - y }},
				{"Mul", s.Mul, func(x, y T) T { return x * y }},
				{"Div", s.Div, func(x, y T) T { return x / y }},
			} {
				x, dst = ax.put(vx, place), ad.take(n, place+n%3)
				want := func(i int) T { return f.op(vx[i], vy[i]) }
				f.kernel(ptr(dst), ptr(x), ptr(y), n)
				check(f.name, dst, want)
				check(f.name+" keeps x", x, func(i int) T { return vx[i] })
				f.kernel(ptr(x), ptr(x), ptr(y), n)
				check(f.name+" over x", x, want)
				x = ax.put(vx, place)
				f.kernel(ptr(y), ptr(x), ptr(y), n)
				check(f.name+" over y", y, want)
				y = ay.put(vy, place+n%5)
				f.kernel(ptr(x), ptr(x), ptr(x), n)
				check(f.name+" all the same", x, func(i int) T { return f.op(vx[i], vx[i]) })
			}
		}
	})
}

func (s Set[T]) testMatVec(t *testing.T) {
	aa, ax, ay, ao := newArena[T](t), newArena[T](t), newArena[T](t), newArena[T](t)
	lengths(0, func(n, place int) {
		if n > 1500 {
			return // more than an arena holds
		}
		for i, kind := range kindsFor(n / 2) {
			gap := []int{0, 1, 5}[(n+i)%3]
			fill := func(rows int) (a []T, row func(r int) []T) {
				from := data[T](7, kind, rows*n)
				a = aa.take(max(0, (rows-1)*(n+gap)+n), place)
				for r := range rows {
					copy(a[r*(n+gap):], from[r*n:(r+1)*n])
				}
				return a, func(r int) []T { return from[r*n : (r+1)*n] }
			}

			a, row := fill(s.AxpyRowsCount)
			vx, vy := data[T](8, kind, s.AxpyRowsCount), data[T](9, kind, n)
			x, y := ax.put(vx, place+1), ay.put(vy, place+n%5)
			s.AxpyRows(ptr(x), ptr(a), n+gap, ptr(y), n)
			for j, got := range y {
				want := vy[j]
				for r, x := range vx {
					want = fma(x, row(r)[j], want)
				}
				if !same(got, want) {
					t.Fatalf("AxpyRows: n=%d place=%d %s: element %d is %v, want %v", n, place, kind, j, got, want)
				}
			}
			if !ay.intact() {
				t.Fatalf("AxpyRows: n=%d place=%d: wrote outside", n, place)
			}
			const rows = 4
			a, row = fill(rows)
			vx, vy = data[T](14, kind, n), data[T](15, kind, n)
			f := data[T](16, kind, rows)
			x, y = ax.put(vx, place+n%5), ay.put(vy, place+n%3)
			out := ao.take(rows, place)
			s.SymvRows(ptr(a), n+gap, ptr(f), ptr(x), ptr(y), n, ptr(out))
			for r := range rows {
				l := make([]T, lanes[T]()/4)
				for j, v := range row(r) {
					l[j%len(l)] = fma(v, vx[j], l[j%len(l)])
					vy[j] = fma(f[r], v, vy[j])
				}
				for h := len(l) / 2; h >= 1; h /= 2 {
					for i := range h {
						l[i] += l[i+h]
					}
				}
				if !same(out[r], l[0]) {
					t.Fatalf("SymvRows: n=%d place=%d %s: row %d is %v, want %v", n, place, kind, r, out[r], l[0])
				}
			}
			for j, got := range y {
				if !same(got, vy[j]) {
					t.Fatalf("SymvRows: n=%d place=%d %s: element %d is %v, want %v", n, place, kind, j, got, vy[j])
				}
			}
			if !ay.intact() || !ao.intact() {
				t.Fatalf("SymvRows: n=%d place=%d: wrote outside", n, place)
			}
			for _, solve := range []bool{true, false} {
				s.testTriangle(t, aa, solve, n, place, gap, kind)
			}
			m := s.DotRowsCount + (n+place)%6
			a, row = fill(m)
			vx = data[T](10, kind, n)
			x, out = ax.put(vx, place+n%5), ay.take(m, place+n%3)
			s.DotRows(m, ptr(a), n+gap, ptr(x), n, ptr(out))
			for r, got := range out {
				if want := refDot(row(r), vx); !same(got, want) {
					t.Fatalf("DotRows: n=%d place=%d %s: row %d is %v, want %v", n, place, kind, r, got, want)
				}
			}
			if !ay.intact() {
				t.Fatalf("DotRows: n=%d place=%d: wrote outside", n, place)
			}
		}
	})
}

// testShortRows tests the kernels that walk down the rows themselves.
func (s Set[T]) testShortRows(t *testing.T) {
	aa, ax, ay := newArena[T](t), newArena[T](t), newArena[T](t)
	lengths(1, func(n, place int) {
		if n > s.AxpyRowsShortMax && n%7 > 0 {
			return
		}
		for i, kind := range kindsFor(n / 2) {
			m := 1 + (n+place+3*i)%11
			lda := n + []int{0, 1, 5}[(n+i)%3]
			from := data[T](31, kind, m*n)
			lay := func() []T {
				a := aa.take((m-1)*lda+n, place)
				for r := range m {
					copy(a[r*lda:], from[r*n:(r+1)*n])
				}
				return a
			}
			fail := func(name string, r, j int, got, want T) {
				t.Helper()
				t.Fatalf("%s: m=%d n=%d place=%d %s: element %d, %d is %v, want %v", name, m, n, place, kind, r, j, got, want)
			}

			alpha := T(-1.7)
			vx, vy := data[T](32, kind, m), data[T](33, kind, n)
			x, y, a := ax.put(vx, place+1), ay.put(vy, place+n%5), lay()
			s.Ger(alpha, ptr(x), m, ptr(y), n, ptr(a), lda)
			for at, got := range a {
				r, j := at/lda, at%lda
				if j >= n {
					if bits(got) != bits(mark[T]()) {
						t.Fatalf("Ger: m=%d n=%d place=%d: wrote between rows", m, n, place)
					}
				} else if want := fma(alpha*vx[r], vy[j], from[r*n+j]); !same(got, want) {
					fail("Ger", r, j, got, want)
				}
			}
			if !aa.intact() {
				t.Fatalf("Ger: m=%d n=%d place=%d: wrote outside", m, n, place)
			}

			if n <= s.AxpyRowsShortMax {
				a = lay()
				s.AxpyRowsShort(ptr(x), m, ptr(a), lda, ptr(y), n)
				for j, got := range y {
					want := vy[j]
					for r, v := range vx {
						want = fma(v, from[r*n+j], want)
					}
					if !same(got, want) {
						fail("AxpyRowsShort", 0, j, got, want)
					}
				}
				if !ay.intact() {
					t.Fatalf("AxpyRowsShort: m=%d n=%d place=%d: wrote outside", m, n, place)
				}
			}

			if n <= lanes[T]() && m >= 4 {
				x, out := ax.put(vy, place+2), ay.take(m, place+n%3)
				a = lay()
				s.DotRowsShort(m, ptr(a), lda, ptr(x), n, ptr(out))
				for r, got := range out {
					if want := refDot(from[r*n:(r+1)*n], vy); !same(got, want) {
						fail("DotRowsShort", r, 0, got, want)
					}
				}
				if !ay.intact() {
					t.Fatalf("DotRowsShort: m=%d n=%d place=%d: wrote outside", m, n, place)
				}
			}
		}
	})
}

func (s Set[T]) testPack(t *testing.T) {
	ab, ad := newArena[T](t), newArena[T](t)
	for k := range 70 {
		if testing.Short() && k > 35 {
			break
		}
		for place := range places {
			stride := s.NR + []int{0, 1, 5}[k%3]
			b := ab.take(max(0, (k-1)*stride+s.NR), place)
			for line := range k {
				for i := range s.NR {
					b[line*stride+i] = T(1000*line + i + 1)
				}
			}
			dst := ad.take(k*s.NR, place+k%5)
			s.Pack(k, ptr(b), stride, ptr(dst))
			for i, got := range dst {
				if want := T(1000*(i/s.NR) + i%s.NR + 1); got != want {
					t.Fatalf("Pack: k=%d place=%d: got %v, want %v", k, place, got, want)
				}
			}
			if !ad.intact() {
				t.Fatalf("Pack: k=%d place=%d: wrote outside", k, place)
			}
		}
	}
}

func (s Set[T]) testTranspose(t *testing.T) {
	ab, ad := newArena[T](t), newArena[T](t)
	for n := range 70 {
		if testing.Short() && n > 35 {
			break
		}
		for turn := range places {
			lines := turn % 4 * s.TransposeUnit
			bs, ds := n+[]int{0, 1, 5}[turn%3], lines+[]int{0, 3}[turn%2]
			b := ab.take(max(0, (lines-1)*bs+n), turn)
			for line := range lines {
				for i := range n {
					b[line*bs+i] = T(1000*line + i + 1)
				}
			}
			dst := ad.take(max(0, (n-1)*ds+lines), turn+n%5)
			s.Transpose(lines, n, ptr(b), bs, ptr(dst), ds)
			for i, got := range dst {
				if i%ds >= lines {
					if bits(got) != bits(mark[T]()) {
						t.Fatalf("Transpose: lines=%d n=%d: wrote between lines", lines, n)
					}
				} else if want := T(1000*(i%ds) + i/ds + 1); got != want {
					t.Fatalf("Transpose: lines=%d n=%d: got %v, want %v", lines, n, got, want)
				}
			}
			if !ad.intact() {
				t.Fatalf("Transpose: lines=%d n=%d: wrote outside", lines, n)
			}
		}
	}
}

// Bits of a tile's mode, as in the documentation of package avx2.
const (
	startZero = iota
	startC
	startBetaC
	prefetch = 4
)

func testTiles[T Float](t *testing.T, nr int, f Tiles[T]) {
	aa, ab, ac := newArena[T](t), newArena[T](t), newArena[T](t)
	ks := []int{1, 2, 3, 7, 20}
	if !testing.Short() {
		ks = nil
		for k := 1; k <= 20; k++ {
			ks = append(ks, k)
		}
		ks = append(ks, 65)
	}
	maxRows, n := len(f.ByRows)-1, f.MaxCols
	if f.ByRows[0] != nil {
		t.Error("there is a tile without rows")
	}
	turn := 0
	for round, k := range ks {
		for _, kind := range kindsFor(round) {
			a, b, c := data[T](11, kind, maxRows*k), data[T](12, kind, k*n), data[T](13, kind, maxRows*n)
			beta := T(0.7)
			for start := startZero; start <= startBetaC; start++ {
				// An element does not depend on the shape of the tile.
				want := make([]T, maxRows*n)
				for i := range maxRows {
					for j := range n {
						acc := []T{0, c[i*n+j], beta * c[i*n+j]}[start]
						for p := range k {
							acc = fma(a[i*k+p], b[p*n+j], acc)
						}
						want[i*n+j] = acc
					}
				}
				for rows := 1; rows <= maxRows; rows++ {
					for cols := f.MinCols; cols <= f.MaxCols; cols++ {
						turn++
						mode := start
						if turn%2 == 0 {
							mode |= prefetch
						}
						// Row-major, column-major, with gaps, and neither of them.
						ars, acs := k+turn%3, 1
						switch turn % 4 {
						case 1:
							ars, acs = 1, rows+turn%3
						case 2:
							ars, acs = 2*k+1, 2
						}
						brs := []int{cols, cols + 3, nr}[turn%3]
						ldc := cols + turn%5
						pa := aa.take((rows-1)*ars+(k-1)*acs+1, turn)
						pb := ab.take((k-1)*brs+cols, turn+1)
						pc := ac.take((rows-1)*ldc+cols, turn*5/2)
						for p := range k {
							for i := range rows {
								pa[i*ars+p*acs] = a[i*k+p]
							}
							copy(pb[p*brs:], b[p*n:p*n+cols])
						}
						if start != startZero {
							for i := range rows {
								copy(pc[i*ldc:], c[i*n:i*n+cols])
							}
						}
						f.ByRows[rows](k, ptr(pa), ars, acs, ptr(pb), brs, ptr(pc), ldc, mode, beta, cols)
						for i := range pc {
							i, j := i/ldc, i%ldc
							if j >= cols {
								if bits(pc[i*ldc+j]) != bits(mark[T]()) {
									t.Fatalf("%dx%d k=%d: wrote between the rows of c", rows, cols, k)
								}
							} else if !same(pc[i*ldc+j], want[i*n+j]) {
								t.Fatalf("%dx%d k=%d start=%d ars=%d acs=%d brs=%d ldc=%d %s: (%d,%d) is %v, want %v",
									rows, cols, k, start, ars, acs, brs, ldc, kind, i, j, pc[i*ldc+j], want[i*n+j])
							}
						}
						if !ac.intact() {
							t.Fatalf("%dx%d k=%d: wrote outside c", rows, cols, k)
						}
					}
				}
			}
		}
	}
}

// testTriangle compares TriSolve and TriMul with their definition, the rows in
// either order. What lies between rows is part of what must not change.
func (s Set[T]) testTriangle(t *testing.T, ab *arena[T], solve bool, n, place, gap int, kind string) {
	const rows = 4
	pitch := n + gap
	f, v := data[T](17, kind, rows*rows), data[T](18, kind, (rows-1)*pitch+n)
	for _, down := range []bool{true, false} {
		b, want := ab.put(v, place), slices.Clone(v)
		first, ldb := 0, pitch
		if !down {
			first, ldb = (rows-1)*pitch, -pitch
		}
		x := func(r, j int) *T { return &want[first+r*ldb+j] }
		for j := range n {
			for i := range rows {
				r := i
				if !solve {
					r = rows - 1 - i
					*x(r, j) *= f[5*r]
				}
				for q := range r {
					*x(r, j) = fma(f[4*r+q], *x(q, j), *x(r, j))
				}
				if solve {
					*x(r, j) *= f[5*r]
				}
			}
		}
		call := s.TriMul
		if solve {
			call = s.TriSolve
		}
		if n > 0 {
			call(ptr(f), &b[first], ldb, n)
		}
		for i, got := range b {
			if !same(got, want[i]) {
				t.Fatalf("triangle: solve=%v down=%v n=%d place=%d %s: element %d is %v, want %v", solve, down, n, place, kind, i, got, want[i])
			}
		}
		if !ab.intact() {
			t.Fatalf("triangle: solve=%v down=%v n=%d place=%d: wrote outside", solve, down, n, place)
		}
	}
}
