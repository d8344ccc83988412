package cpu

import (
	"slices"

	"github.com/klauspost/cpuid/v2"
	"github.com/weftgo/weft/internal/op"
)

// tier is a level of instruction sets with a kernel set for each type.
type tier struct {
	name, features string
	err            error
	f32            Set[float32]
	f64            Set[float64]
}

// Backends returns the processor's backends, best first, among them those that
// this machine or this build can't use, with the reason in Err.
func Backends() []*op.Backend {
	tiers, c := host()
	var bs []*op.Backend
	for _, t := range tiers {
		b := &op.Backend{Name: t.name, Features: t.features, Err: t.err}
		if t.err == nil {
			l32, l64 := &loops[float32]{set: t.f32, caches: c}, &loops[float64]{set: t.f64, caches: c}
			b.F32, b.F64 = table(l32), table(l64)
			b.Edges = append(edges(l32), edges(l64)...)
			slices.Sort(b.Edges)
			b.Edges = slices.Compact(b.Edges)
			b.Device = newDevice(b)
		}
		bs = append(bs, b)
	}
	return bs
}

// host returns the levels there are, best first, and the caches of this machine.
func host() ([]tier, caches) {
	c := caches{l1: 32 << 10, l2: 256 << 10}
	if cpuid.CPU.Cache.L1D > 0 {
		c.l1 = cpuid.CPU.Cache.L1D
	}
	if cpuid.CPU.Cache.L2 > 0 {
		c.l2 = cpuid.CPU.Cache.L2
	}
	return append(isaTiers(), tier{
		name: "fallback", features: "plain Go",
		f32: portable[float32](), f64: portable[float64](),
	}), c
}

// table binds the loops to the functions of a table.
func table[T op.Float](l *loops[T]) op.Table[T] {
	return op.Table[T]{
		Sum: l.sum, Asum: l.asum, Nrm2: l.nrm2, Var: l.variance, Dot: l.dot,
		Max: l.max, Min: l.min, ArgMax: l.argMax, ArgMin: l.argMin, Iamax: l.iamax,
		Axpy: l.axpy, Scal: l.scal, Fill: l.fill,
		Add: l.elementwise(opAdd, l.set.Add), Sub: l.elementwise(opSub, l.set.Sub),
		Mul: l.elementwise(opMul, l.set.Mul), Div: l.elementwise(opDiv, l.set.Div),
		Unary: l.unary, Binary: l.binary, MulAdd: l.mulAdd, Compare: l.compare,
		Gemv: l.gemv, Ger: l.ger, Gemm: l.gemm, Gemmtr: l.gemmtr, Symv: l.symv, Tri: l.tri,
		ScaleRows: l.scaleRows, Within: l.within,
		Complex: op.Complex[T]{
			Gemm: l.gemmComplex, Gemv: l.gemvComplex, Ger: l.gerComplex,
			Scal: l.scalComplex, Axpy: l.axpyComplex, Dot: l.dotComplex, Iamax: l.iamaxComplex,
		},
		Short: op.Short[T]{
			Sum: l.set.Sum, Asum: l.set.Asum, Nrm2: l.shortNrm2, Dot: l.set.Dot,
			Max: l.shortMax, Min: l.shortMin, ArgMax: l.shortArgMax, ArgMin: l.shortArgMin, Iamax: l.shortIamax,
			Axpy: l.set.Axpy, Scale: l.set.Scale, Fill: l.set.Fill,
			Add: l.set.Add, Sub: l.set.Sub, Mul: l.set.Mul, Div: l.set.Div,
			AxpyComplex: l.set.AxpyComplex, DotComplex: l.set.DotComplex,
			Ger: l.set.Ger, Gemv: l.shortGemv,
		},
	}
}

// edges returns the sizes at which the loops change path.
func edges[T op.Float](l *loops[T]) []int {
	s := &l.set.Gemm
	kc, mc, _ := l.blocks(1<<20, 1<<20, 1<<20)
	return []int{
		s.Lanes, s.NR, len(s.Wide) - 1, len(s.Narrow) - 1, 8 * (len(s.Wide) - 1), kc, mc,
		op.Lanes[T](), l.set.AxpyRowsLen, max(l.set.DotRowsLen, 1), max(2*l.set.AxpyRowsShortMax, 1),
	}
}
