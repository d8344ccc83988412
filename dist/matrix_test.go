package dist

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/weftgo/weft/kernels"
)

// source returns random numbers that are the same on all ranks.
func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 7)) }

// grids returns a grid of each shape that c has the processes for.
func grids(t *testing.T, c *Comm) []*Grid {
	t.Helper()
	var gs []*Grid
	for rows := 1; rows <= c.Size(); rows++ {
		if c.Size()%rows == 0 {
			g, err := NewGrid(c, rows, c.Size()/rows)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := g.Close(); err != nil {
					t.Error(err)
				}
			})
			gs = append(gs, g)
		}
	}
	return gs
}

// random returns the same matrix of numbers on all ranks.
func random[T kernels.Float](r *rand.Rand, rows, cols int) kernels.Matrix[T] {
	m := kernels.NewMatrix[T](rows, cols)
	for i := range m.Data {
		m.Data[i] = T(r.NormFloat64())
	}
	return m
}

// spread returns a, which all ranks have, in a random layout on a random grid.
func spread[T kernels.Float](r *rand.Rand, gs []*Grid, a kernels.Matrix[T]) *Matrix[T] {
	m := empty[T](r, gs, a.Rows, a.Cols)
	m.Fill(func(i, j int) T { return a.Data[i*a.Stride+j] })
	return m
}

// empty returns a matrix of NaN in a random layout on a random grid.
func empty[T kernels.Float](r *rand.Rand, gs []*Grid, rows, cols int) *Matrix[T] {
	block := func() int { return []int{1, 2, 3, 8, 17, 64, 300}[r.IntN(7)] }
	m := NewMatrix[T](gs[r.IntN(len(gs))], rows, cols, block(), block())
	m.Fill(func(i, j int) T { return T(math.NaN()) })
	return m
}

// collected returns all of m on all ranks.
func collected[T kernels.Float](t *testing.T, m *Matrix[T]) kernels.Matrix[T] {
	t.Helper()
	a := kernels.NewMatrix[T](m.Rows, m.Cols)
	last := m.Grid().comm.Size() - 1
	if err := m.Gather(last, a); err != nil {
		t.Fatal(err)
	}
	if err := Bcast(m.Grid().comm, last, a.Data); err != nil {
		t.Fatal(err)
	}
	return a
}

// bitsDiffer returns the first element of which the bits differ, NaNs apart, or -1.
func bitsDiffer[T kernels.Float](x, y []T) int {
	for i := range x {
		if math.Float64bits(float64(x[i])) != math.Float64bits(float64(y[i])) && (x[i] == x[i] || y[i] == y[i]) {
			return i
		}
	}
	return -1
}

func TestRanksLayouts(t *testing.T) {
	ranks(t, func(c *Comm) { testLayouts[float64](t, c); testLayouts[float32](t, c) })
}

// Matrices go from layout to layout, transposed and not, and to and from a rank.
func testLayouts[T kernels.Float](t *testing.T, c *Comm) {
	r, gs := source(1), grids(t, c)
	for range 40 {
		rows, cols := r.IntN(90), r.IntN(90)
		a := random[T](r, rows, cols)
		x := empty[T](r, gs, rows, cols)
		root := r.IntN(c.Size())
		mine := kernels.Matrix[T]{}
		if c.Rank() == root {
			mine = a
		}
		if err := x.Scatter(root, mine); err != nil {
			t.Fatal(err)
		}
		for li := range x.Local.Rows {
			for lj := range x.Local.Cols {
				i, j := x.Global(li, lj)
				rank, oi, oj := x.Owner(i, j)
				if rank != c.Rank() || oi != li || oj != lj || x.Local.Data[li*x.Local.Stride+lj] != a.Data[i*a.Stride+j] {
					t.Fatalf("local (%d, %d) is (%d, %d) on rank %d, which is (%d, %d) on %d", li, lj, i, j, c.Rank(), oi, oj, rank)
				}
			}
		}
		y, z := empty[T](r, gs, rows, cols), empty[T](r, gs, cols, rows)
		if err := y.Copy(x); err != nil {
			t.Fatal(err)
		}
		if err := z.CopyTransposed(y); err != nil {
			t.Fatal(err)
		}
		back := empty[T](r, gs, rows, cols)
		if err := back.CopyTransposed(z); err != nil {
			t.Fatal(err)
		}
		for _, m := range []*Matrix[T]{y, back} {
			if got := collected(t, m); bitsDiffer(got.Data, a.Data) >= 0 {
				t.Fatalf("%d×%d: a matrix changed on its way", rows, cols)
			}
		}
	}
}

func TestRanksNorms(t *testing.T) {
	ranks(t, func(c *Comm) { testNorms[float64](t, c); testNorms[float32](t, c) })
}

func testNorms[T kernels.Float](t *testing.T, c *Comm) {
	r, gs := source(2), grids(t, c)
	for n := range 30 {
		rows, cols := r.IntN(80), r.IntN(80)
		a := random[T](r, rows, cols)
		if n%5 == 4 && len(a.Data) > 0 {
			a.Data[r.IntN(len(a.Data))] = T(math.NaN())
		}
		x := spread(r, gs, a)
		var asum, nrm []T
		inf, one, most := T(0), T(0), T(0)
		for i := range rows {
			asum = append(asum, kernels.Asum(rowOf(a, i)))
			nrm = append(nrm, kernels.Nrm2(rowOf(a, i)))
		}
		if rows > 0 {
			inf = kernels.Max(asum)
		}
		asum = nil
		for j := range cols {
			var col []T
			for i := range rows {
				col = append(col, a.Data[i*a.Stride+j])
			}
			asum = append(asum, kernels.Asum(col))
		}
		if cols > 0 {
			one = kernels.Max(asum)
		}
		for _, v := range a.Data {
			most = max(most, v, -v)
		}
		want := []T{inf, one, kernels.Nrm2(nrm), most}
		var got []T
		for _, f := range []func() (T, error){x.NormInf, x.NormOne, x.NormFro, x.NormMax} {
			v, err := f()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, v)
		}
		if i := bitsDiffer(got, want); i >= 0 {
			t.Fatalf("%d×%d: norm %d is %v, want %v", rows, cols, i, got[i], want[i])
		}
	}
}
