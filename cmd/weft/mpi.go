package main

import (
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unsafe"

	"github.com/weftgo/weft/dist"
)

// mpiCheck is what each rank of a job runs.
func (a *app) mpiCheck(args []string) int {
	f := a.flags(mpiCheckCommand, "Shows whether programs of many processes work here (package dist):\n\n"+
		"  weft mpi-check               is there a library\n"+
		"  mpirun -n 4 weft mpi-check   who is there, and how fast are they\n\n"+
		"Rank 0 writes; the exit code is 1 if something is missing or wrong.")
	most := f.Int("bytes", 1<<20, "the longest `message`, in bytes")
	if code, ok := a.parse(f, args); !ok {
		return code
	}
	if *most < 8 || *most > 1<<30 {
		return a.wrong(f, fmt.Errorf("-bytes %d: want 8 to %d", *most, 1<<30))
	}
	mpi, missing := dist.Library()
	scalapack, none := dist.ScaLAPACKLibrary()
	err := dist.Run(func(c *dist.Comm) error {
		w := io.Discard
		if c.Rank() == 0 {
			w = a.stdout
		}
		library(w, "MPI", mpi, missing)
		library(w, "ScaLAPACK", scalapack, none)
		if c.Size() == 1 {
			fmt.Fprintln(w, "ranks      1, this process; mpirun -n 2 weft mpi-check starts two")
			return missing
		}
		return checkRanks(w, c, *most)
	})
	if err != nil {
		return a.fail(f, err)
	}
	return exitOK
}

func library(w io.Writer, name, found string, missing error) {
	if missing != nil {
		found = "none: " + strings.TrimPrefix(missing.Error(), "dist: ")
	}
	fmt.Fprintf(w, "%-11s%s\n", name, found)
}

// checkRanks shows where ranks run and what messages cost, and proves that all
// of them get the same bits.
func checkRanks(w io.Writer, c *dist.Comm, most int) error {
	hosts, err := allHosts(c)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "ranks      %d\n", c.Size())
	for from := 0; from < c.Size(); {
		to := from
		for to < c.Size() && hosts[to] == hosts[from] {
			to++
		}
		fmt.Fprintf(w, "  %s: %s\n", span(from, to-1), hosts[from])
		from = to
	}
	fmt.Fprintf(w, "\n%12s  %22s  %22s\n", "bytes", "around the ring", "allreduce of float64")
	for _, n := range sizes(most) {
		ring, err := timed(c, n, ringStep(c, n))
		if err != nil {
			return err
		}
		x := make([]float64, n/8)
		all, err := timed(c, n, func() error { return dist.Allreduce(c, dist.Sum, x) })
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%12d  %s  %s\n", n, cost(n, ring), cost(n, all))
	}
	sum, err := sameBits(c, most/8)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "\nthe same bits on all ranks, and those of the definition: sum %016x\n", sum)
	return nil
}

// sizes are 8 bytes and on, each 16 times the one before, to most.
func sizes(most int) []int {
	var s []int
	for n := 8; n < most; n *= 16 {
		s = append(s, n)
	}
	return append(s, most/8*8)
}

// span writes a range of ranks.
func span(from, to int) string {
	if from == to {
		return fmt.Sprint(from)
	}
	return fmt.Sprintf("%d to %d", from, to)
}

func cost(bytes int, d time.Duration) string {
	return fmt.Sprintf("%9.1f µs %5.2f GB/s", float64(d.Nanoseconds())/1e3, float64(bytes)/float64(max(d.Nanoseconds(), 1)))
}

// allHosts returns the host of each rank.
func allHosts(c *dist.Comm) ([]string, error) {
	mine := []byte(dist.Host())
	counts := make([]int, c.Size())
	if err := dist.Allgather(c, []int{len(mine)}, counts); err != nil {
		return nil, err
	}
	total := 0
	for _, n := range counts {
		total += n
	}
	all := make([]byte, total)
	if err := dist.Allgatherv(c, mine, all, counts); err != nil {
		return nil, err
	}
	hosts := make([]string, c.Size())
	for r, n := range counts {
		hosts[r], all = string(all[:n]), all[n:]
	}
	return hosts, nil
}

// ringStep returns what sends n bytes to the next rank and receives as many
// from the last.
func ringStep(c *dist.Comm, n int) func() error {
	x, y := make([]byte, n), make([]byte, n)
	next, last := (c.Rank()+1)%c.Size(), (c.Rank()+c.Size()-1)%c.Size()
	return func() error {
		_, err := dist.Sendrecv(c, next, x, last, y, 0)
		return err
	}
}

// timed returns how long f takes on the slowest rank, the best of several
// turns. All ranks make as many calls.
func timed(c *dist.Comm, bytes int, f func() error) (time.Duration, error) {
	const turns = 5
	calls := max(1, min(200, 16<<20/bytes))
	best := time.Duration(math.MaxInt64)
	for range turns {
		if err := c.Barrier(); err != nil {
			return 0, err
		}
		begin := time.Now()
		for range calls {
			if err := f(); err != nil {
				return 0, err
			}
		}
		d := []int64{time.Since(begin).Nanoseconds() / int64(calls)}
		if err := dist.Allreduce(c, dist.Max, d); err != nil {
			return 0, err
		}
		best = min(best, time.Duration(d[0]))
	}
	return best, nil
}

// sameBits adds n numbers whose sum depends on the order, and compares what
// the ranks have with each other and with the definition. It returns a digest.
func sameBits(c *dist.Comm, n int) (uint64, error) {
	n = min(n, 1<<14)
	terms := make([][]float64, c.Size())
	for r := range terms {
		terms[r] = make([]float64, n)
		for i := range terms[r] {
			terms[r][i] = math.Ldexp(float64(1+(r*7919+i*104729)%65521), (r*13+i*7)%60)
		}
	}
	x := slices.Clone(terms[c.Rank()])
	if err := dist.Allreduce(c, dist.Sum, x); err != nil {
		return 0, err
	}
	for step := 1; step < len(terms); step *= 2 {
		for r := 0; r+step < len(terms); r += 2 * step {
			for i, v := range terms[r+step] {
				terms[r][i] += v
			}
		}
	}
	digest := []uint64{sumOf(x)}
	all := make([]uint64, c.Size())
	if err := dist.Allgather(c, digest, all); err != nil {
		return 0, err
	}
	want := sumOf(terms[0])
	if wrong := slices.IndexFunc(all, func(d uint64) bool { return d != want }); wrong >= 0 {
		return 0, fmt.Errorf("rank %d has other bits than the definition: %s", wrong, strings.TrimSpace(fmt.Sprintf("%x", all)))
	}
	return want, nil
}

func sumOf(x []float64) uint64 {
	h := fnv.New64a()
	h.Write(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), 8*len(x)))
	return h.Sum64()
}
