package kernels_test

import (
	"math/rand/v2"
	"testing"

	"github.com/weftgo/weft/kernels"
)

// Products of some dozens of rows with a deep B have ways of their own, which
// depend on the distance of B's rows. The bits are those of plain Go.
func TestGemmOfFewRows(t *testing.T) {
	t.Run("f32", testFewRows[float32])
	t.Run("f64", testFewRows[float64])
}

func testFewRows[T kernels.Float](t *testing.T) {
	const n, k = 75, 450
	rng := rand.New(rand.NewPCG(3, 4))
	random := func(rows, cols, stride int) kernels.Matrix[T] {
		m := kernels.Matrix[T]{Rows: rows, Cols: cols, Stride: stride, Data: make([]T, rows*stride)}
		for i := range m.Data {
			m.Data[i] = T(rng.Float64() - 0.5)
		}
		return m
	}
	ref := open[T](t, "fallback")
	for _, stride := range []int{n, 1024, 1037} {
		b := random(k, n, stride)
		for _, m := range []int{11, 12, 16, 17, 31, 96, 97} {
			a, c := random(m, k, k+1), random(m, n, n)
			for _, beta := range []T{0, 1, -0.5} {
				alpha := 1 - beta
				want := c
				want.Data = append([]T(nil), c.Data...)
				ref.Gemm(kernels.NoTrans, kernels.NoTrans, alpha, a, b, beta, want)
				for _, be := range kernels.Backends() {
					if be.Err != nil || be.Name == "fallback" {
						continue
					}
					for _, workers := range []int{1, 3} {
						got := c
						got.Data = append([]T(nil), c.Data...)
						open[T](t, be.Name).WithWorkers(workers).Gemm(kernels.NoTrans, kernels.NoTrans, alpha, a, b, beta, got)
						for i, v := range got.Data {
							if v != want.Data[i] {
								t.Fatalf("%s, %d workers, m=%d stride=%d alpha=%v beta=%v: element %d is %v, want %v", be.Name, workers, m, stride, alpha, beta, i, v, want.Data[i])
							}
						}
					}
				}
			}
		}
	}
}
