package dist

import (
	"math"
	"testing"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

func TestRanksReductions(t *testing.T) {
	ranks(t, func(c *Comm) { testReductions[float64](t, c); testReductions[float32](t, c) })
}

// testReductions compares with package kernels on the whole vector, bit for bit.
func testReductions[T kernels.Float](t *testing.T, c *Comm) {
	r := source(4)
	chunk := op.Chunk[T]()
	lengths := []int{13*chunk + 77, 0, 1, chunk + 1, 2, chunk - 1, chunk, 2*chunk + 5, 3 * chunk}
	if testing.Short() {
		lengths = lengths[:4]
	}
	for trial, n := range lengths {
		// The numbers are normal, tiny, huge; with NaN, infinity, equal extremes.
		for kind := range 6 {
			if testing.Short() && n > 3*chunk && kind > 2 {
				continue
			}
			a, b := make([]T, n), make([]T, n)
			scale := []float64{1, 1e-30, 1e30, 1, 1, 1}[kind]
			if op.Size[T]() == 8 {
				scale = []float64{1, 1e-300, 1e300, 1, 1, 1}[kind]
			}
			for i := range a {
				a[i], b[i] = T(r.NormFloat64()*scale), T(r.NormFloat64())
			}
			if n > 0 {
				switch kind {
				case 3:
					a[r.IntN(n)], a[r.IntN(n)] = T(math.NaN()), T(math.NaN())
				case 4:
					a[r.IntN(n)] = T(math.Inf(-1))
				case 5:
					v := T(100)
					a[r.IntN(n)], a[r.IntN(n)], a[r.IntN(n)], a[r.IntN(n)] = v, v, -v, -v
				}
			}
			x, y := NewVector[T](c, n), NewVector[T](c, n)
			root := trial % c.Size()
			send := a
			if c.Rank() != root {
				send = nil
			}
			if err := x.Scatter(root, send); err != nil {
				t.Fatal(err)
			}
			y.Fill(func(i int) T { return b[i] })
			for _, f := range []struct {
				name string
				got  func() (T, error)
				want T
			}{
				{"Sum", x.Sum, kernels.Sum(a)},
				{"Asum", x.Asum, kernels.Asum(a)},
				{"Dot", func() (T, error) { return x.Dot(y) }, kernels.Dot(a, b)},
				{"Mean", x.Mean, kernels.Mean(a)},
				{"Var", x.Var, kernels.Var(a)},
				{"Nrm2", x.Nrm2, kernels.Nrm2(a)},
				{"Max", x.Max, kernels.Max(a)},
				{"Min", x.Min, kernels.Min(a)},
				{"ArgMax", func() (T, error) { i, err := x.ArgMax(); return T(i), err }, T(kernels.ArgMax(a))},
				{"ArgMin", func() (T, error) { i, err := x.ArgMin(); return T(i), err }, T(kernels.ArgMin(a))},
			} {
				got, err := f.got()
				if err != nil {
					t.Fatal(err)
				}
				if bitsDiffer([]T{got}, []T{f.want}) >= 0 {
					t.Errorf("%s of %d elements, kind %d: %v, want %v", f.name, n, kind, got, f.want)
				}
			}
			back := make([]T, n)
			if err := x.Gather(0, back); err != nil {
				t.Fatal(err)
			}
			if c.Rank() == 0 && bitsDiffer(back, a) >= 0 {
				t.Errorf("a vector of %d elements changed on its way", n)
			}
		}
	}
}
