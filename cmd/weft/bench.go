package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/weftgo/weft/bench"
	"github.com/weftgo/weft/kernels"
)

const benchSummary = `Measures the limits of this machine, then functions on each backend, held against
these limits and against gonum, and a real workload: the classification of 1,797
handwritten digits and their principal components.

The table gives for each function its rate, the per cent of the limit, and how many
times faster it is than gonum. For products the limit is the rate of fused
multiply-adds with the backend's instructions, for the rest that of reading from the
level of memory that the operands fit in. -json has all of it.`

func (a *app) bench(args []string) int {
	f := a.flags("bench", benchSummary)
	var ops, sizes, backends, types, workers list
	f.Var(&ops, "op", "`names` of what to measure, separated by commas: "+strings.Join(bench.Ops(), ", ")+" (default: all but pause and contention)")
	f.Var(&sizes, "size", "`sizes` instead of the usual ones: 1000 or 1e6, MxN for matrix and vector, MxNxK for products")
	f.Var(&backends, "backend", "`names` of backends (default: all that can be used here)")
	f.Var(&types, "type", "element `types`: f32, f64 (default: both)")
	f.Var(&workers, "workers", "`numbers` of workers, or all (default: 1,all)")
	budget := f.Duration("time", 0, "time to take (default: what is needed, two minutes at most)")
	asJSON := f.Bool("json", false, "write records as JSON instead of a table")
	benchstat := f.Bool("benchstat", false, "write lines for benchstat instead of a table")
	file := f.String("o", "", "write the records to this `file`, and the table to the standard output")
	if code, ok := a.parse(f, args); !ok {
		return code
	}
	opt := bench.Options{Ops: ops, Backends: backends, Types: types, Time: *budget, Spin: spinProcess}
	for _, s := range sizes {
		shape, err := bench.ParseShape(s)
		if err != nil {
			return a.wrong(f, err)
		}
		opt.Shapes = append(opt.Shapes, shape)
	}
	for _, s := range workers {
		n, err := strconv.Atoi(s)
		switch {
		case s == "all":
			n = 0
		case err != nil || n < 1:
			return a.wrong(f, fmt.Errorf("workers %q: want a number of at least 1, or all", s))
		}
		opt.Workers = append(opt.Workers, n)
	}
	if *asJSON && *benchstat {
		return a.wrong(f, errors.New("-json and -benchstat exclude each other"))
	}
	if *budget < 0 {
		return a.wrong(f, fmt.Errorf("time %v: want more than nothing", *budget))
	}
	line := newProgress(a.stderr)
	opt.Progress = line.show
	b, err := bench.New(opt)
	if err != nil {
		return a.wrong(f, err)
	}
	if err := environment(); err != nil {
		return a.fail(f, err)
	}
	records := (*bench.Report).JSON
	if *benchstat {
		records = (*bench.Report).Benchstat
	}
	var out *os.File
	if *file != "" {
		if out, err = os.Create(*file); err != nil {
			return a.fail(f, err)
		}
	}
	fmt.Fprintf(a.stderr, "weft bench: this takes about %v\n", b.Estimate().Round(time.Second))
	report, err := b.Run(a.ctx)
	line.clear()
	if err != nil && !errors.Is(err, context.Canceled) {
		return a.fail(f, err)
	}
	shown := (*bench.Report).Table
	if out != nil {
		if err := errors.Join(records(report, out), out.Close()); err != nil {
			return a.fail(f, err)
		}
	} else if *asJSON || *benchstat {
		shown = records
	}
	if err := shown(report, a.stdout); err != nil {
		return a.fail(f, err)
	}
	if err != nil {
		return a.fail(f, errors.New("interrupted; this is what there was"))
	}
	return exitOK
}

// environment returns what is wrong with what the environment asks of weft:
// WEFT_REQUIRE must hold although each backend is opened by name here.
func environment() error {
	_, err := kernels.Default[float64]()
	return err
}

// spinProcess returns the command that runs this program as one that spins.
func spinProcess() *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return exec.Command(self, spinCommand)
}
