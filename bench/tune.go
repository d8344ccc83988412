package bench

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/limits"
)

// Tune writes the block sizes and thresholds that backends of the processor
// have chosen for this machine, and why.
func Tune(w io.Writer, backends []string) error {
	var b strings.Builder
	m := kernels.ThisMachine()
	fmt.Fprintf(&b, "%s, %s%s\n", m.Name, plural(m.Usable, "worker"), caches(m.L1D, m.L2, m.L3))
	for _, p := range limits.Plans() {
		if slices.Contains(backends, p.Backend) {
			tuneOne(&b, &p)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func tuneOne(b *strings.Builder, p *limits.Plan) {
	size := map[string]int{"f32": 4, "f64": 8}[p.Type]
	fmt.Fprintf(b, "\n%s %s, blocks cut for L1 %s and L2 %s\n", p.Backend, p.Type, Bytes(p.L1), Bytes(p.L2))
	row := func(name string, value int64, why string, args ...any) {
		fmt.Fprintf(b, "  %-10s%9d  %s\n", name, value, fmt.Sprintf(why, args...))
	}
	of := func(bytes, cache int) string { return fmt.Sprintf("%.0f%%", 100*float64(bytes)/float64(cache)) }
	row("MR", int64(p.MR), "rows of a tile of C, whose sums stay in registers")
	row("NR", int64(p.NR), "columns of a tile")
	panel := p.KC * p.NR * size
	row("KC", int64(p.KC), "depth of a block: a panel of B, KC x NR, is %s, %s of L1, and streams in from L2", Bytes(panel), of(panel, p.L1))
	block := p.MC * p.KC * size
	row("MC", int64(p.MC), "rows of a block of A: MC x KC is %s, %s of L2, and stays there", Bytes(block), of(block, p.L2))
	row("NC", int64(p.NC), "columns of a block of B: KC x NC is %s, packed once for all workers", Bytes(p.KC*p.NC*size))
	n := int64(1)
	for n*n*n < p.ForkGemm {
		n++
	}
	row("fork", p.ForkGemm, "multiply-adds from which workers share a product, n = %d if it is square: two must gain more than waking one costs", n)
	row("", int64(p.ForkBytes), "bytes of operands from which they share anything else: %d elements", p.ForkBytes/size)
}
