package kernels

import (
	"slices"

	"github.com/weftgo/weft/cpu"
)

// Machine is what weft knows about the processor it runs on: its name and
// features, cores and caches.
type Machine = cpu.Info

// ThisMachine reads the processor's own description. Features whose register
// state the operating system does not save count as absent.
func ThisMachine() Machine { return cpu.Detect() }

// Edges returns the sizes at which the code of a backend changes path: widths
// of vectors, sizes of tiles and blocks. Tests straddle them.
func Edges(backend string) []int {
	b, err := find(backend)
	if err != nil {
		return nil
	}
	return slices.Clone(b.Edges)
}
