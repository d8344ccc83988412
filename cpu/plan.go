package cpu

import "github.com/weftgo/weft/internal/op"

// Plan is what the loops of a level have chosen for this machine.
type Plan struct {
	Backend, Type string
	L1, L2        int // bytes of the caches that the blocks are cut for

	// A tile of C has up to MR rows and NR columns. KC, MC and NC are the sizes
	// of blocks of a large product; see (*loops).blocks.
	MR, NR, KC, MC, NC int

	// ForkGemm is the number of multiply-adds from which workers share a
	// product, ForkBytes the size of operands from which they share the rest.
	ForkGemm  int64
	ForkBytes int
}

// Plans returns the plans of the levels that this machine and this build can
// use, best first.
func Plans() []Plan {
	var ps []Plan
	tiers, c := host()
	for _, t := range tiers {
		if t.err == nil {
			ps = append(ps, planOf("f32", t.name, &loops[float32]{set: t.f32, caches: c}), planOf("f64", t.name, &loops[float64]{set: t.f64, caches: c}))
		}
	}
	return ps
}

func planOf[T op.Float](typ, name string, l *loops[T]) Plan {
	const large = 1 << 20
	s := &l.set.Gemm
	kc, mc, nc := l.blocks(large, large, large)
	return Plan{name, typ, l.caches.l1, l.caches.l2, len(s.Wide) - 1, s.NR, kc, mc, nc, s.MinFork, minForkBytes}
}
