// Command numpy holds kernels/array against NumPy: the same operation on the
// same shapes, in turns, in one run.
//
//	go run ./bench/numpy -python venv/bin/python
//
// It prints a line for each operation and element type with NumPy's time divided
// by weft's at each size, and then the cells that are behind. Both write into
// destinations that are there. Everything is measured in batches of a
// millisecond or more; the best batch counts.
package main

import (
	"bufio"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/weftgo/weft/kernels"
)

//go:embed serve.py
var serve string

func main() {
	python := flag.String("python", "python3", "a Python with NumPy")
	only := flag.String("run", "", "measure the operations that match this regular expression")
	sizes := flag.String("sizes", "8,16,64,256,1024,4096,16384,65536,262144,1048576", "numbers of elements")
	turns := flag.Int("turns", 5, "batches for each cell")
	flag.Parse()
	if err := run(*python, *only, *sizes, *turns); err != nil {
		fmt.Fprintln(os.Stderr, "numpy:", err)
		os.Exit(1)
	}
}

func run(python, only, sizes string, turns int) error {
	match, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	var ns []int
	for s := range strings.SplitSeq(sizes, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 8 {
			return fmt.Errorf("-sizes %s: want numbers from 8 on", sizes)
		}
		ns = append(ns, n)
	}
	p, err := start(python)
	if err != nil {
		return err
	}
	defer p.stop()
	versions, err := p.ask("about")
	if err != nil {
		return err
	}
	engine, err := kernels.Default[float64]()
	if err != nil {
		return err
	}
	fmt.Printf("NumPy's time divided by weft's; below 1 weft is behind. %s; weft %s with %d workers, %s %s/%s, %s\n\n",
		versions, engine.Backend(), engine.Workers(), runtime.Version(), runtime.GOOS, runtime.GOARCH, time.Now().Format(time.DateOnly))
	fmt.Printf("%-26s", "elements")
	for _, n := range ns {
		fmt.Printf("%9d", n)
	}
	fmt.Println()

	// One size after the other, so that the operands of one are there at a time.
	type row struct {
		name  string
		ratio map[int]float64
		weft  map[int]float64
	}
	var rows []*row
	find := map[string]*row{}
	for _, n := range ns {
		for _, t := range []struct {
			name, dtype string
			cells       []cell
		}{
			{"f32", "float32", cells[float32](n)}, {"f64", "float64", cells[float64](n)},
			{"i64", "int64", counting(n)}, {"bool", "bool", logical(n)},
		} {
			if _, err := p.ask("setup", t.dtype, strconv.Itoa(n)); err != nil {
				return err
			}
			for _, c := range t.cells {
				name := c.name + " " + t.name
				if !match.MatchString(name) {
					continue
				}
				weft, numpy, err := compare(p, c, turns)
				if err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				r := find[name]
				if r == nil {
					r = &row{name, map[int]float64{}, map[int]float64{}}
					rows, find[name] = append(rows, r), r
				}
				r.ratio[n], r.weft[n] = numpy/weft, weft
			}
		}
	}
	var behind []string
	for _, r := range rows {
		fmt.Printf("%-26s", r.name)
		for _, n := range ns {
			fmt.Printf("%9.2f", r.ratio[n])
			if r.ratio[n] < 1 {
				behind = append(behind, fmt.Sprintf("%s, %d elements: %.2f (%.3g µs)", r.name, n, r.ratio[n], 1e6*r.weft[n]))
			}
		}
		fmt.Println()
	}
	fmt.Printf("\nBehind NumPy: %d of %d cells\n%s\n", len(behind), len(rows)*len(ns), strings.Join(behind, "\n"))
	return nil
}

// compare returns the seconds for a call of both.
func compare(p *peer, c cell, turns int) (weft, numpy float64, err error) {
	calls := 1
	for {
		if t := batch(c.f, calls); t >= time.Millisecond {
			break
		}
		calls *= 2
	}
	weft, numpy = math.Inf(1), math.Inf(1)
	for range turns {
		weft = min(weft, batch(c.f, calls).Seconds()/float64(calls))
		reply, err := p.ask("time", c.numpy)
		if err != nil {
			return 0, 0, err
		}
		t, err := strconv.ParseFloat(reply, 64)
		if err != nil {
			return 0, 0, err
		}
		numpy = min(numpy, t)
	}
	return weft, numpy, nil
}

func batch(f func(), calls int) time.Duration {
	start := time.Now()
	for range calls {
		f()
	}
	return time.Since(start)
}

// peer is a Python that does what it is told: a line in, a line out.
type peer struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func start(python string) (*peer, error) {
	cmd := exec.Command(python, "-c", serve)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &peer{cmd, in, bufio.NewScanner(out)}, nil
}

func (p *peer) ask(words ...string) (string, error) {
	if _, err := fmt.Fprintln(p.in, strings.Join(words, "\t")); err != nil {
		return "", err
	}
	if !p.out.Scan() {
		return "", fmt.Errorf("python has ended: %v", p.out.Err())
	}
	return p.out.Text(), nil
}

func (p *peer) stop() {
	p.in.Close()
	p.cmd.Wait()
}
