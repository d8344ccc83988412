package dist

import (
	"math/bits"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// reduceTree joins values in the tree of chunks: of m values the tree of the
// first p and the tree of the others, with p the largest power of two below m.
// Runs of 2^k chunks that begin at a multiple of 2^k are nodes of it, whatever
// m is. Each rank computes the values of the few that its piece consists of, by
// leaf, all ranks get all of these, and join what is left. A value is as many
// numbers as empty, the value of no elements.
func reduceTree[T, R kernels.Float](x *Vector[T], leaf func(lo, hi int) []R, join func(a, b []R) []R, empty []R) ([]R, error) {
	if x.N == 0 {
		return empty, nil
	}
	chunk, width := op.Chunk[T](), len(empty)
	var mine []R
	nodes := map[[2]int]int{} // first chunk and the one after the last, to the number of the value
	counts := make([]int, x.comm.Size())
	for r := range counts {
		lo, hi := x.chunks(r)
		for lo < hi {
			n := 1 << min(bits.TrailingZeros(uint(lo)), bits.Len(uint(hi-lo))-1)
			nodes[[2]int{lo, lo + n}] = len(nodes)
			counts[r] += width
			if r == x.comm.Rank() {
				first := lo*chunk - x.Offset
				mine = append(mine, leaf(first, min(first+n*chunk, len(x.Local)))...)
			}
			lo += n
		}
	}
	all := make([]R, len(nodes)*width)
	if err := Allgatherv(x.comm, mine, all, counts); err != nil {
		return empty, err
	}
	var tree func(lo, hi int) []R
	tree = func(lo, hi int) []R {
		if i, ok := nodes[[2]int{lo, hi}]; ok {
			return all[i*width:][:width]
		}
		mid := lo + below(hi-lo)
		return join(tree(lo, mid), tree(mid, hi))
	}
	return tree(0, x.all()), nil
}

// overChunks joins what f gives for each chunk of elements lo to hi-1, of which
// the first begins a chunk, in the tree of chunks.
func overChunks[T kernels.Float, R any](lo, hi int, f func(lo, hi int) R, join func(a, b R) R) R {
	n := op.Chunk[T]()
	if hi-lo <= n {
		return f(lo, hi)
	}
	mid := lo + n*below((hi-lo+n-1)/n)
	return join(overChunks[T](lo, mid, f, join), overChunks[T](mid, hi, f, join))
}

// below returns the largest power of two below m ≥ 2.
func below(m int) int { return 1 << (bits.Len(uint(m-1)) - 1) }
