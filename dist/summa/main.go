// Command summa measures a distributed product and holds it against the model of
// its cost, [dist.PredictGemm], with what it measures of the machine first:
//
//	go build -o out/summa ./dist/summa
//	WEFT_WORKERS=1 mpirun -n 2 out/summa -n 4096
//
// Started by itself it measures the product in one process. With -table it
// measures nothing and prints predictions for up to 4096 ranks.
package main

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	"github.com/weftgo/weft/dist"
	"github.com/weftgo/weft/kernels"
)

func main() {
	n := flag.Int("n", 2048, "order of the matrices")
	block := flag.Int("block", dist.DefaultBlock, "order of the blocks")
	turns := flag.Int("turns", 5, "how often the product is measured")
	rows := flag.Int("rows", 0, "rows of the grid; 0 is as square as can be")
	table := flag.Bool("table", false, "print predictions for -n on a cluster of -latency, -bandwidth and -rate, and do nothing else")
	on := dist.Machine{}
	flag.Float64Var(&on.Latency, "latency", 2e-6, "for -table, seconds")
	flag.Float64Var(&on.Bandwidth, "bandwidth", 12.5e9, "for -table, bytes a second")
	flag.Float64Var(&on.Rate, "rate", 45e9, "for -table, operations a second of a rank")
	flag.Parse()
	if *table {
		predictions(os.Stdout, *n, *block, on)
		return
	}
	if err := dist.Run(func(c *dist.Comm) error { return measure(c, *n, *block, *turns, *rows) }); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// predictions prints a line for each number of ranks.
func predictions(w io.Writer, n, block int, on dist.Machine) {
	fmt.Fprintln(w, "| ranks | grid | compute | communicate | total | overlapped | efficiency |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|")
	for ranks := 1; ranks <= 4096; ranks *= 2 {
		rows, cols := dist.Dims(ranks)
		c := dist.PredictGemm[float64](n, n, n, rows, cols, block, on)
		fmt.Fprintf(w, "| %d | %d×%d | %.3g s | %.3g s | %.3g s | %.3g s | %.0f %% |\n",
			ranks, rows, cols, c.Compute, c.Communicate, c.Total, c.Overlapped, 100*c.Efficiency)
	}
}

func measure(c *dist.Comm, n, block, turns, rows int) error {
	if rows == 0 {
		rows, _ = dist.Dims(c.Size())
	}
	cols := c.Size() / rows
	g, err := dist.NewGrid(c, rows, cols)
	if err != nil {
		return err
	}
	defer g.Close()
	on := dist.Machine{}
	if on.Latency, on.Bandwidth, err = network(c, n/rows*block); err != nil {
		return err
	}
	a, b, z := dist.NewMatrix[float64](g, n, n, block, block), dist.NewMatrix[float64](g, n, n, block, block), dist.NewMatrix[float64](g, n, n, block, block)
	a.Fill(func(i, j int) float64 { return float64(i%7) - 3 })
	b.Fill(func(i, j int) float64 { return float64(j%5) - 2 })
	if on.Rate, err = rate(c, z.Local.Rows, z.Local.Cols, block, turns); err != nil {
		return err
	}
	best := math.Inf(1)
	for range turns {
		if err := c.Barrier(); err != nil {
			return err
		}
		start := time.Now()
		if err := dist.Gemm(kernels.NoTrans, kernels.NoTrans, 1, a, b, 0, z); err != nil {
			return err
		}
		if err := c.Barrier(); err != nil {
			return err
		}
		best = min(best, time.Since(start).Seconds())
	}
	if c.Rank() == 0 {
		p := dist.PredictGemm[float64](n, n, n, rows, cols, block, on)
		fmt.Printf("%d ranks in %d×%d, n = %d: latency %.3g us, bandwidth %.3g GB/s, a rank's Gemm %.4g GFLOP/s\n",
			c.Size(), rows, cols, n, 1e6*on.Latency, on.Bandwidth/1e9, on.Rate/1e9)
		fmt.Printf("measured %.4g s, %.4g GFLOP/s; predicted %.4g s, of which %.3g s of communication\n",
			best, 2*math.Pow(float64(n), 3)/best/1e9, p.Total, p.Communicate)
	}
	return nil
}

// network measures broadcasts between two ranks, of one number and of many: the
// best of several.
func network(c *dist.Comm, long int) (latency, bandwidth float64, err error) {
	if c.Size() == 1 {
		return 0, math.Inf(1), nil
	}
	const turns = 20
	times := [2]float64{math.Inf(1), math.Inf(1)}
	for i, n := range []int{1, long} {
		x := make([]float64, n)
		for range turns {
			if err := c.Barrier(); err != nil {
				return 0, 0, err
			}
			start := time.Now()
			for range 2 { // there and back
				if c.Rank() < 2 {
					if err := pingpong(c, x); err != nil {
						return 0, 0, err
					}
				}
			}
			times[i] = min(times[i], time.Since(start).Seconds()/4)
		}
	}
	if err := dist.Bcast(c, 0, times[:]); err != nil {
		return 0, 0, err
	}
	return times[0], float64(8*long) / max(times[1]-times[0], 1e-9), nil
}

func pingpong(c *dist.Comm, x []float64) error {
	if c.Rank() == 0 {
		if err := dist.Send(c, 1, 0, x); err != nil {
			return err
		}
		_, err := dist.Recv(c, 1, 0, x)
		return err
	}
	if _, err := dist.Recv(c, 0, 0, x); err != nil {
		return err
	}
	return dist.Send(c, 0, 0, x)
}

// rate measures the products of panels while all ranks compute them: that of the
// slowest rank.
func rate(c *dist.Comm, m, n, k, turns int) (float64, error) {
	a, b, z := kernels.NewMatrix[float64](m, k), kernels.NewMatrix[float64](k, n), kernels.NewMatrix[float64](m, n)
	best := []float64{0}
	for range turns {
		if err := c.Barrier(); err != nil {
			return 0, err
		}
		start := time.Now()
		for range 4 {
			kernels.Gemm(kernels.NoTrans, kernels.NoTrans, 1, a, b, 1, z)
		}
		best[0] = max(best[0], 8*float64(m)*float64(n)*float64(k)/time.Since(start).Seconds())
	}
	err := dist.Allreduce(c, dist.Min, best)
	return best[0], err
}
