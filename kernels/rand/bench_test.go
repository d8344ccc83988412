package rand_test

import (
	randv2 "math/rand/v2"
	"testing"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/rand"
)

// Nanoseconds for a number: a fill of 4096, which one worker does, against
// math/rand/v2 in a loop over the same slice.
func BenchmarkFill(b *testing.B) {
	x := make([]float64, 4096)
	g, pcg, cha := rand.New(1), randv2.New(randv2.NewPCG(1, 2)), randv2.New(randv2.NewChaCha8([32]byte{}))
	each := func(f func() float64) func() {
		return func() {
			for i := range x {
				x[i] = f()
			}
		}
	}
	benchmarkFills[float32](b, "f32", g)
	benchmarkFills[float64](b, "f64", g)
	ints := make([]int, len(x))
	perNumber(b, "int/Integers", func() { rand.Integers(g, ints, 0, 1000) })
	perNumber(b, "v2/Float64/PCG", each(pcg.Float64))
	perNumber(b, "v2/Float64/ChaCha8", each(cha.Float64))
	perNumber(b, "v2/Float64/Philox", each(randv2.New(g).Float64))
	perNumber(b, "v2/NormFloat64/PCG", each(pcg.NormFloat64))
	perNumber(b, "v2/ExpFloat64/PCG", each(pcg.ExpFloat64))
}

func benchmarkFills[T kernels.Float](b *testing.B, name string, g *rand.Philox) {
	x := make([]T, 4096)
	perNumber(b, name+"/Uniform", func() { rand.Uniform(g, x, 0, 1) })
	perNumber(b, name+"/Normal", func() { rand.Normal(g, x, 0, 1) })
	perNumber(b, name+"/Exponential", func() { rand.Exponential(g, x, 1) })
}

func perNumber(b *testing.B, name string, fill func()) {
	b.Run(name, func(b *testing.B) {
		for b.Loop() {
			fill()
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/4096, "ns/number")
	})
}
