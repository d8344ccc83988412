package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/weftgo/weft/bench"
	"github.com/weftgo/weft/bench/report"
	"github.com/weftgo/weft/internal/fixture"
	"github.com/weftgo/weft/kernels"
)

const benchSummary = `Measures the limits of this machine, then functions on each backend, held against
these limits, against gonum and against each BLAS that is installed here (OpenBLAS,
BLIS, MKL), and a real workload: the classification of 1,797 handwritten digits and
their principal components.

The table gives for each function its rate, the per cent of the limit, and how many
times faster it is than gonum. For products the limit is the rate of fused
multiply-adds with the backend's instructions, for the rest that of reading from the
level of memory that the operands fit in. -json has all of it; -report makes a page
of it, with the roofline, a curve for each function, and the rows in which weft is
furthest behind.`

func (a *app) bench(args []string) int {
	f := a.flags("bench", benchSummary)
	var ops, sizes, backends, types, workers, peers list
	f.Var(&ops, "op", "`names` of what to measure, separated by commas: "+strings.Join(bench.Ops(), ", ")+" (default: all but pause and contention)")
	f.Var(&sizes, "size", "`sizes` instead of the usual ones: 1000 or 1e6, MxN for matrix and vector, MxNxK for products")
	f.Var(&backends, "backend", "`names` of backends (default: all that can be used here)")
	f.Var(&types, "type", "element `types`: f32, f64 (default: both)")
	f.Var(&workers, "workers", "`numbers` of workers, or all (default: 1,all)")
	f.Var(&peers, "peer", "shared `libraries` to compare with, beside those that are found and those in "+bench.PeersVariable+
		": path, or path@CORETYPE for an OpenBLAS with the kernels of that processor; none leaves out all")
	budget := f.Duration("time", 0, "time to take (default: what is needed, four minutes at most)")
	short := f.Bool("short", false, "few sizes, the best backend only, half a minute")
	tune := f.Bool("tune", false, "measure nothing; write the block sizes and thresholds that weft has chosen here, and why")
	var out benchOutput
	f.BoolVar(&out.json, "json", false, "write records as JSON instead of a table")
	f.BoolVar(&out.benchstat, "benchstat", false, "write lines for benchstat instead of a table")
	f.StringVar(&out.file, "o", "", "write the records to this `file`, and the table to the standard output")
	f.StringVar(&out.page, "report", "", "write a page to this `file`, HTML that needs nothing else")
	f.StringVar(&out.plots, "plots", "", "write the pictures of the page to this `directory`, as SVG")
	from := f.String("from", "", "measure nothing; read the records from this `file`, JSON of an earlier run")
	compare := f.String("compare", "", "hold the records against those in this `file`, JSON of an earlier run")
	if code, ok := a.parse(f, args); !ok {
		return code
	}
	if err := exclusive(f); err != nil {
		return a.wrong(f, err)
	}
	opt := bench.Options{Ops: ops, Backends: backends, Types: types, Time: *budget, Short: *short, Spin: spinProcess}
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
	if opt.NoPeers = len(peers) == 1 && peers[0] == "none"; !opt.NoPeers {
		more, _ := a.getenv(bench.PeersVariable)
		opt.Peers = append(filepath.SplitList(more), peers...)
	}
	if *budget < 0 {
		return a.wrong(f, fmt.Errorf("time %v: want more than nothing", *budget))
	}
	if *tune {
		names, err := bench.Backends(backends)
		if err != nil {
			return a.wrong(f, err)
		}
		if err := bench.Tune(a.stdout, names); err != nil {
			return a.fail(f, err)
		}
		return exitOK
	}
	if *compare != "" {
		var err error
		if out.old, err = readRecords(*compare); err != nil {
			return a.fail(f, err)
		}
	}
	if *from != "" {
		r, err := readRecords(*from)
		if err == nil {
			err = a.benchWrite(r, &out)
		}
		if err != nil {
			return a.fail(f, err)
		}
		return exitOK
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
	if err := out.create(); err != nil {
		return a.fail(f, err)
	}
	fmt.Fprintf(a.stderr, "weft bench: this takes about %v\n", b.Estimate().Round(time.Second))
	r, interrupted := b.Run(a.ctx)
	line.clear()
	if interrupted != nil && !errors.Is(interrupted, context.Canceled) {
		return a.fail(f, interrupted)
	}
	if out.page != "" && interrupted == nil {
		out.parity = a.shortParity(r.Header.Backends)
	}
	if err := a.benchWrite(r, &out); err != nil {
		return a.fail(f, err)
	}
	if interrupted != nil {
		return a.fail(f, errors.New("interrupted; this is what there was"))
	}
	return exitOK
}

// exclusive returns which of the flags that are set make no sense together.
func exclusive(f *flag.FlagSet) error {
	set := map[string]bool{}
	f.Visit(func(f *flag.Flag) { set[f.Name] = true })
	what := []string{"op", "size", "type", "workers", "peer", "time", "short"}
	for name, others := range map[string][]string{
		"json": {"benchstat"},
		"from": slices.Concat(what, []string{"backend"}),
		"tune": slices.Concat(what, []string{"json", "benchstat", "o", "report", "plots", "from", "compare"}),
	} {
		for _, o := range others {
			if set[name] && set[o] {
				return fmt.Errorf("-%s and -%s exclude each other", name, o)
			}
		}
	}
	return nil
}

// benchOutput says what becomes of the records.
type benchOutput struct {
	json, benchstat   bool
	file, page, plots string
	old               *bench.Report
	parity            []report.Parity
}

// create makes the files, so that it does not turn out after minutes that they
// can't be made.
func (o *benchOutput) create() error {
	for _, name := range []string{o.file, o.page} {
		if name == "" {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE, 0o666)
		if err != nil {
			return err
		}
		if err := f.Close(); err != nil {
			return err
		}
	}
	if o.plots != "" {
		return os.MkdirAll(o.plots, 0o777)
	}
	return nil
}

// benchWrite writes what was asked for, and says where it is.
func (a *app) benchWrite(r *bench.Report, o *benchOutput) error {
	if err := o.create(); err != nil {
		return err
	}
	records, shown := (*bench.Report).JSON, (*bench.Report).Table
	if o.benchstat {
		records = (*bench.Report).Benchstat
	}
	if o.file != "" {
		if err := toFile(o.file, func(w io.Writer) error { return records(r, w) }); err != nil {
			return err
		}
	} else if o.json || o.benchstat {
		shown = records
	}
	if err := shown(r, a.stdout); err != nil {
		return err
	}
	plain := o.file == "" && (o.json || o.benchstat) // nothing but records goes to stdout
	if o.old != nil && !plain {
		fmt.Fprintln(a.stdout)
		if err := report.WriteChanges(a.stdout, report.Compare(o.old, r)); err != nil {
			return err
		}
	}
	say := a.stdout
	if plain {
		say = a.stderr
	}
	if o.page != "" {
		extra := report.Extra{Parity: o.parity, Old: o.old}
		if err := toFile(o.page, func(w io.Writer) error { return report.Write(w, r, extra) }); err != nil {
			return err
		}
		fmt.Fprintf(say, "\nthe page: %s\n", o.page)
	}
	if o.plots != "" {
		files, err := report.Plots(o.plots, r)
		if err != nil {
			return err
		}
		fmt.Fprintf(say, "\n%d pictures in %s\n", len(files), o.plots)
	}
	return nil
}

// toFile lets write write a file.
func toFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

func readRecords(name string) (*bench.Report, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := bench.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

// shortParity compares backends as weft parity -short does, for the page.
func (a *app) shortParity(backends []string) (ps []report.Parity) {
	p := parityRun{opt: fixture.Options{Short: true}, workers: kernels.ThisMachine().Usable, line: newProgress(a.stderr)}
	for _, b := range backends {
		add[float32](&p, b)
		add[float64](&p, b)
	}
	for _, s := range p.run() {
		i := slices.IndexFunc(ps, func(o report.Parity) bool {
			return o.Function == s.Function && o.Backend == s.Backend && o.Type == s.Type
		})
		if i < 0 {
			i = len(ps)
			ps = append(ps, report.Parity{Function: s.Function, Backend: s.Backend, Type: s.Type})
		}
		ps[i].Cases += s.Cases
		ps[i].Failures += s.Failures
		ps[i].Worst = max(ps[i].Worst, s.Worst)
	}
	return ps
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
