package dist

import (
	"math"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// Machine is what a prediction knows of a cluster.
type Machine struct {
	Latency   float64 // seconds that a message takes, however short
	Bandwidth float64 // bytes a second beyond that, out of or into a rank
	Rate      float64 // floating-point operations a second in kernels.Gemm on a rank
}

// GemmCost is what a product is predicted to take, in seconds.
type GemmCost struct {
	Compute     float64 // the products of the rank with the largest part of C
	Communicate float64 // the broadcasts
	Total       float64 // one after the other
	Overlapped  float64 // each broadcast while the product before it is computed
	Efficiency  float64 // of Total: one rank's time over ranks times this one's
}

// PredictGemm predicts what [Gemm] takes for op(A) of m×k and op(B) of k×n on a
// grid of rows×cols processes, C in blocks of block×block and panels of block
// steps of k that are where they are broadcast from. It computes and sends nothing.
//
// With latency α, β seconds a byte and γ seconds an operation, a panel of A of s
// bytes reaches q processes in b(q, s) = min(⌈log₂ q⌉·(α + s·β), (⌈log₂ q⌉ + q - 1)·α
// + 2·(q-1)/q·s·β): by a tree, or scattered and gathered (R. van de Geijn and J.
// Watts, Concurrency: Practice and Experience 9(4), 1997; R. Thakur and others,
// Int. J. High Performance Computing Applications 19(1), 2005). Of ⌈k/block⌉ panels each
// costs b(cols, m'·block) for A, b(rows, n'·block) for B, and 2·m'·n'·block·γ, m'×n'
// being the largest part of C. It knows nothing of other traffic, of how
// processes share a machine's memory, or of the machine's noise.
func PredictGemm[T kernels.Float](m, n, k, rows, cols, block int, on Machine) GemmCost {
	if m < 1 || n < 1 || k < 1 {
		return GemmCost{Efficiency: 1}
	}
	mp := float64(cyclic{m, block, rows, 0}.most())
	np := float64(cyclic{n, block, cols, 0}.most())
	size := float64(op.Size[T]())
	panels := float64((k + block - 1) / block)
	deep := float64(k) / panels
	compute := 2 * mp * np * deep / on.Rate
	send := on.broadcast(cols, mp*deep*size) + on.broadcast(rows, np*deep*size)
	c := GemmCost{
		Compute:     panels * compute,
		Communicate: panels * send,
		Total:       panels * (compute + send),
		Overlapped:  send + (panels-1)*max(compute, send) + compute,
	}
	c.Efficiency = 2 * float64(m) * float64(n) * float64(k) / on.Rate / (float64(rows*cols) * c.Total)
	return c
}

// broadcast returns the seconds that bytes take from one to all of q processes.
func (on Machine) broadcast(q int, bytes float64) float64 {
	if q == 1 {
		return 0
	}
	steps := math.Ceil(math.Log2(float64(q)))
	tree := steps * (on.Latency + bytes/on.Bandwidth)
	scattered := (steps+float64(q-1))*on.Latency + 2*float64(q-1)/float64(q)*bytes/on.Bandwidth
	return min(tree, scattered)
}
