//go:build !static && linux && (amd64 || arm64)

package dist

import (
	"errors"
	"fmt"
	"log"
	"testing"
	"time"
	"unsafe"
)

// Sums of float64 by Allreduce, and by the library's own MPI_Allreduce in place
// on the same memory, called as dist calls it: in one job, turn by turn. A figure
// is the best of many turns, of the slowest rank.
//
//	go test ./dist -run '^$' -bench Allreduce -benchtime 1x
func BenchmarkAllreduce(b *testing.B) {
	for _, ranks := range []int{2, 4} {
		b.Run(fmt.Sprintf("ranks=%d", ranks), func(b *testing.B) {
			for b.Loop() {
				out, err := mpirun(b, ranks, "allreduce")
				if err != nil {
					b.Fatal(err, out)
				}
				b.Log("\n" + out)
			}
		})
	}
}

func init() {
	programs["allreduce"] = func() {
		if err := Run(compareAllreduce); err != nil {
			log.Fatal(err)
		}
	}
}

func compareAllreduce(c *Comm) error {
	b, err := load()
	if err != nil {
		return err
	}
	library, err := openLibrary(libraryNames...)
	if err != nil {
		return err
	}
	fn, sum := symbol(library, "MPI_Allreduce"), symbol(library, "ompi_mpi_op_sum")
	if fn == 0 || sum == 0 {
		return errors.New("the library has no MPI_Allreduce")
	}
	if c.Rank() == 0 {
		fmt.Printf("%10s  %10s  %10s  %6s\n", "bytes", "dist, µs", "MPI, µs", "ratio")
	}
	for _, n := range []int{8, 1 << 10, 16 << 10, 64 << 10, 1 << 20, 16 << 20} {
		x := make([]float64, n/8)
		best, err := turns(c, n,
			func() error { return Allreduce(c, Sum, x) },
			func() error {
				code := foreign(fn, inPlace, uintptr(unsafe.Pointer(&x[0])), uintptr(len(x)), b.types[kindFloat64], sum, c.handle())
				return b.check("Allreduce", int32(code), c.Rank(), c.Size())
			})
		if err != nil {
			return err
		}
		if c.Rank() == 0 {
			us := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }
			fmt.Printf("%10d  %10.1f  %10.1f  %6.2f\n", n, us(best[0]), us(best[1]), us(best[0])/us(best[1]))
		}
	}
	return nil
}

// turns returns how long a call of each function takes on the slowest rank, the
// best of many turns.
func turns(c *Comm, bytes int, f ...func() error) ([]time.Duration, error) {
	const turns = 50
	calls := max(1, min(200, 8<<20/bytes))
	best := make([]time.Duration, len(f))
	for range turns {
		for i, f := range f {
			if err := c.Barrier(); err != nil {
				return nil, err
			}
			begin := time.Now()
			for range calls {
				if err := f(); err != nil {
					return nil, err
				}
			}
			d := []int64{int64(time.Since(begin)) / int64(calls)}
			if err := Allreduce(c, Max, d); err != nil {
				return nil, err
			}
			if best[i] == 0 || time.Duration(d[0]) < best[i] {
				best[i] = time.Duration(d[0])
			}
		}
	}
	return best, nil
}
