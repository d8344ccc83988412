package dist

import (
	"math/rand/v2"
	"testing"
)

// Every index of a cyclic dimension is on one process, under one number there.
func TestCyclic(t *testing.T) {
	for n := range 40 {
		for _, block := range []int{1, 2, 3, 7, 16, 50} {
			for procs := 1; procs <= 5; procs++ {
				for first := range procs {
					d := cyclic{n, block, procs, first}
					seen, most := 0, 0
					for p := range procs {
						last := -1
						for l := range d.count(p) {
							i := d.global(p, l)
							if i <= last || i >= n || d.owner(i) != p || d.local(i) != l {
								t.Fatalf("%+v: number %d of process %d is %d, which is number %d of %d", d, l, p, i, d.local(i), d.owner(i))
							}
							last = i
							seen++
						}
						most = max(most, d.count(p))
					}
					if seen != n || d.most() != most {
						t.Fatalf("%+v: %d indices, most %d; want %d, %d", d, seen, d.most(), n, most)
					}
				}
			}
		}
	}
}

// The spans between all pairs of processes move every index once, to its place.
func TestSpans(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := r.IntN(60)
		i, j := r.IntN(20), r.IntN(20)
		dim := func(from int) cyclic {
			procs := 1 + r.IntN(4)
			return cyclic{from + n + r.IntN(9), 1 + r.IntN(12), procs, r.IntN(procs)}
		}
		src, dst := dim(i), dim(j)
		moved := make([]int, n)
		for ps := range src.procs {
			for pd := range dst.procs {
				for _, x := range spans(dst, pd, j, src, ps, i, n) {
					for k := range x.n {
						from, to := src.global(ps, x.src+k)-i, dst.global(pd, x.dst+k)-j
						if from != to || from < 0 || from >= n {
							t.Fatalf("%+v from %d to %+v from %d: %d becomes %d", src, i, dst, j, from, to)
						}
						moved[from]++
					}
				}
			}
		}
		for k, m := range moved {
			if m != 1 {
				t.Fatalf("%+v from %d to %+v from %d: index %d moves %d times", src, i, dst, j, k, m)
			}
		}
	}
}
