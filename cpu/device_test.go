package cpu

import (
	"runtime"
	"slices"
	"testing"

	"github.com/weftgo/weft/internal/op"
)

// Work on a stream is shared by as many workers as the stream was opened for.
func TestStreamKeepsItsWorkers(t *testing.T) {
	matrix := op.View[float64]{Data: make([]float64, 4), Rows: 2, Cols: 2, RowStride: 2, ColStride: 1}
	product := op.Gemm[float64]{Workers: 7, Alpha: 1, A: matrix, B: matrix, C: matrix}
	for _, workers := range []int{1, 3} {
		var seen []int
		b := new(op.Backend)
		b.F64.Gemm = func(p *op.Gemm[float64]) { seen = append(seen, p.Workers) }
		b.F64.Gemv = func(p *op.Gemv[float64]) { seen = append(seen, p.Workers) }
		b.F64.Scal = func(w int, _ float64, _ []float64) { seen = append(seen, w) }
		b.F64.Sum = func(w int, _ []float64) float64 { seen = append(seen, w); return 0 }
		q := newStream(&line{workers: workers}, nil, b.F32, b.F64).F64()
		q.Gemm(&product)
		q.Gemv(&op.Gemv[float64]{})
		q.Map(op.Scal, 2, nil, nil, nil)
		q.Products(&op.Products[float64]{Gemm: product, Count: 1})
		over := make(chan float64)
		q.Reduce(op.Sum, nil, nil, receiver{over})
		<-over
		if want := slices.Repeat([]int{workers}, 5); !slices.Equal(seen, want) && runtime.GOMAXPROCS(0) > 1 {
			t.Errorf("the calls may use %d workers, want %d", seen, want)
		}
	}
}

type receiver struct{ to chan float64 }

func (r receiver) Set(v float64, _ error) { r.to <- v }
