package array

import (
	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// side is how many sums are taken side by side: their lanes fill half of a
// core's second cache. A thousand columns take 1.8 times as long as the plain
// sum of as many numbers; with 256 at a time, whose lanes are nearer, 4 times:
// the calls are too short.
const side = 1024

// sumSideways sets dst to the sums of the vectors of v, if they lie side by
// side in storage, and reports whether they did. It is kernels.Sum's
// definition (docs/numerics.md) with rows of many vectors' elements in place of
// elements: rows join lanes, lanes join by halving, and chunks by the tree.
func sumSideways[T Float](dst, a *Array[T], v *vectors) bool {
	w := &v.kept
	n := w.n[0]
	if w.s[1][0] != 1 || n < 2 || v.n < 2 || v.red.nd == 1 && v.red.s[0][0] == 1 {
		return false
	}
	lanes, chunk := op.Lanes[T](), op.Chunk[T]()
	wide := min(n, side)
	size := kindOf[T]().size()
	s := scratchPool.Get().(*scratch)
	acc := room[T](&s.a, lanes*wide, size)
	var joined tree[T]
	joined.room = room[T](&s.b, treeDepth(v.n, chunk)*wide, size)
	for ok := true; ok; ok = w.next(1) {
		for i := 0; i < n; i += wide {
			m := min(wide, n-i)
			at := w.off[1] + i
			joined.start(m)
			used := 0 // rows of the chunk
			for more := true; more; more = v.red.next(1) {
				rows, step := v.red.n[0], v.red.s[0][0]
				for r := 0; r < rows; {
					from := at + v.red.off[0] + r*step
					lane := used % lanes
					// Rows without gaps make one long addition.
					k := 1
					if step == m {
						k = min(rows-r, lanes-lane)
					}
					sum := acc[lane*m : (lane+k)*m]
					x := a.data[from : from+k*m]
					if used < lanes {
						clear(sum)
					}
					kernels.Add(sum, sum, x)
					r += k
					if used += k; used == chunk {
						halve(acc, lanes, m)
						joined.add(acc[:m])
						used = 0
					}
				}
			}
			if used > 0 {
				halve(acc, min(used, lanes), m)
				joined.add(acc[:m])
			}
			to := w.off[0] + i*w.s[0][0]
			for _, x := range joined.result() {
				dst.data[to] = x
				to += w.s[0][0]
			}
		}
	}
	scratchPool.Put(s)
	return true
}

// halve joins lanes of m sums into the first. Lanes that were not used hold
// zeros in the definition and nothing here: no lane is -0, so that adding +0
// changes none.
func halve[T Float](acc []T, lanes, m int) {
	h := 1
	for 2*h < lanes {
		h *= 2
	}
	for ; h > 0 && lanes > 1; h /= 2 {
		k := min(lanes-h, h)
		kernels.Add(acc[:k*m], acc[:k*m], acc[h*m:(h+k)*m])
		lanes = h
	}
}

// tree joins the results of chunks, m sums each, in the order of the
// definition: like a binary counter, where a digit holds 2^i chunks.
type tree[T Float] struct {
	room   []T
	m      int
	chunks int
}

// treeDepth returns how many rows a tree needs for so many elements.
func treeDepth(n, chunk int) int {
	depth := 2
	for c := (n + chunk - 1) / chunk; c > 1; c /= 2 {
		depth++
	}
	return depth
}

func (t *tree[T]) start(m int) { t.m, t.chunks = m, 0 }

// row returns digit i.
func (t *tree[T]) row(i int) []T { return t.room[i*t.m : (i+1)*t.m] }

func (t *tree[T]) add(x []T) {
	i := 0
	for ; t.chunks>>i&1 != 0; i++ {
		kernels.Add(x, t.row(i), x)
	}
	copy(t.row(i), x)
	t.chunks++
}

// result returns the sums; the tree is used up.
func (t *tree[T]) result() []T {
	var sum []T
	for i := 0; t.chunks>>i != 0; i++ {
		if t.chunks>>i&1 == 0 {
			continue
		}
		if sum != nil {
			kernels.Add(t.row(i), t.row(i), sum)
		}
		sum = t.row(i)
	}
	return sum
}
