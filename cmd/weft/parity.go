package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"sync"

	"github.com/weftgo/weft/bench"
	"github.com/weftgo/weft/internal/fixture"
	"github.com/weftgo/weft/kernels"
)

const paritySummary = `Puts weft's test problems to every backend that can be used on this machine, and
compares: exact results with each other, rounded ones with a wider computation and
the bound of their error, all bits with those of plain Go. The exit code is 1 if
anything fails.

The table gives for each function the number of problems, what came of them, and the
largest error as a part of its bound.`

// parityReport is the outcome, for people and for -json.
type parityReport struct {
	Machine  kernels.Machine `json:"machine"`
	Cases    int             `json:"cases"`
	Failures int             `json:"failures"`
	Suites   []suiteResult   `json:"suites"`
}

// suiteResult is the outcome of one function, type and family of problems on
// one backend.
type suiteResult struct {
	Backend  string  `json:"backend"`
	Workers  int     `json:"workers"`
	Type     string  `json:"type"`
	Function string  `json:"function"`
	Family   string  `json:"family"`
	Cases    int     `json:"cases"`
	Failures int     `json:"failures"`
	First    string  `json:"first,omitempty"` // what is wrong in the first that failed
	Worst    float64 `json:"worst,omitempty"` // largest error as a part of its bound
}

func (a *app) parity(args []string) int {
	f := a.flags("parity", paritySummary)
	var backends, types list
	f.Var(&backends, "backend", "`names` of backends, separated by commas (default: all that can be used here)")
	f.Var(&types, "type", "element `types`: f32, f64 (default: both)")
	short := f.Bool("short", false, "a part of the problems")
	asJSON := f.Bool("json", false, "write JSON")
	workers := f.String("workers", "all", "at most this `number` of workers for a call")
	seed := f.Uint64("seed", 0, "a `number` that gives other random problems")
	if code, ok := a.parse(f, args); !ok {
		return code
	}
	m := kernels.ThisMachine()
	w, err := strconv.Atoi(*workers)
	switch {
	case *workers == "all":
		w = m.Usable
	case err != nil || w < 1:
		return a.wrong(f, fmt.Errorf("workers %q: want a number of at least 1, or all", *workers))
	}
	if backends, err = bench.Backends(backends); err != nil {
		return a.wrong(f, err)
	}
	for _, t := range types {
		if t != "f32" && t != "f64" {
			return a.wrong(f, fmt.Errorf("type %q: there are f32, f64", t))
		}
	}
	if err := environment(); err != nil {
		return a.fail(f, err)
	}
	p := parityRun{
		opt: fixture.Options{Short: *short, Seed: *seed}, workers: w,
		line: newProgress(a.stderr),
	}
	for _, b := range backends {
		if len(types) == 0 || slices.Contains(types, "f32") {
			add[float32](&p, b)
		}
		if len(types) == 0 || slices.Contains(types, "f64") {
			add[float64](&p, b)
		}
	}
	r := parityReport{Machine: m, Suites: p.run()}
	for _, s := range r.Suites {
		r.Cases += s.Cases
		r.Failures += s.Failures
	}
	if *asJSON {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", " ")
		err = e.Encode(r)
	} else {
		err = r.write(a.stdout)
	}
	switch {
	case err != nil:
		return a.fail(f, err)
	case r.Failures > 0:
		return exitFail
	}
	return exitOK
}

// parityRun is a set of backends and types to be tried.
type parityRun struct {
	opt     fixture.Options
	workers int
	line    *progress
	jobs    []parityJob
}

// parityJob is one backend and type.
type parityJob struct {
	name string
	run  func(fixture.Options) []suiteResult
}

// add adds a backend, held against plain Go with a single worker.
func add[T kernels.Float](p *parityRun, backend string) {
	w := p.workers
	edges := kernels.Edges(backend)
	p.jobs = append(p.jobs, parityJob{backend, func(opt fixture.Options) []suiteResult {
		e, err := kernels.Open[T](backend)
		if err != nil {
			panic(err) // it was usable when it was chosen
		}
		ref, err := kernels.Open[T]("fallback")
		if err != nil {
			panic(err) // it always is
		}
		opt.Edges = edges
		var rs []suiteResult
		for _, r := range fixture.Run(e.WithWorkers(w), fixture.Engine[T](ref.WithWorkers(1)), opt) {
			rs = append(rs, suiteResult{backend, w, r.Type, r.Function, r.Family, r.Cases, r.Failures, r.First, r.MaxRatio})
		}
		return rs
	}})
}

// run tries all backends and types, side by side.
func (p *parityRun) run() []suiteResult {
	var (
		wait    sync.WaitGroup
		mu      sync.Mutex
		shares  = make([]float64, len(p.jobs))
		results = make([][]suiteResult, len(p.jobs))
	)
	for i, j := range p.jobs {
		opt := p.opt
		opt.Progress = func(done, total int) {
			if done%64 != 0 && done != total {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			shares[i] = float64(done) / float64(total)
			sum := 0.0
			for _, s := range shares {
				sum += s
			}
			p.line.show(sum/float64(len(shares)), j.name)
		}
		wait.Go(func() { results[i] = j.run(opt) })
	}
	wait.Wait()
	p.line.clear()
	return slices.Concat(results...)
}

func (r *parityReport) write(w io.Writer) error {
	type column struct{ backend, typ string }
	var columns []column
	var functions []string
	cells := map[string]map[column]*parityCell{}
	for _, s := range r.Suites {
		c := column{s.Backend, s.Type}
		if !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
		if cells[s.Function] == nil {
			functions = append(functions, s.Function)
			cells[s.Function] = map[column]*parityCell{}
		}
		if cells[s.Function][c] == nil {
			cells[s.Function][c] = &parityCell{}
		}
		k := cells[s.Function][c]
		k.cases += s.Cases
		k.failures += s.Failures
		k.worst = max(k.worst, s.Worst)
	}
	g := bench.Grid{Title: "Problems of each function, what came of them, the largest error as a part of its bound"}
	for _, c := range columns {
		g.Heads = append(g.Heads, c.backend+" "+c.typ)
	}
	for _, name := range functions {
		row := bench.GridRow{Label: name}
		for _, c := range columns {
			row.Cells = append(row.Cells, cells[name][c].parts())
		}
		g.Rows = append(g.Rows, row)
	}
	if _, err := io.WriteString(w, g.String()); err != nil {
		return err
	}
	for _, s := range r.Suites {
		if s.Failures > 0 {
			fmt.Fprintf(w, "\n%s, %s, %s, %s: %d of %d failed; the first:\n  %s\n", s.Backend, s.Type, s.Function, s.Family, s.Failures, s.Cases, s.First)
		}
	}
	verdict := "all as defined, to the bit"
	if r.Failures > 0 {
		verdict = fmt.Sprintf("%d FAILED", r.Failures)
	}
	_, err := fmt.Fprintf(w, "\n%d problems: %s\n", r.Cases, verdict)
	return err
}

// parityCell is what one function, backend and type come to.
type parityCell struct {
	cases, failures int
	worst           float64
}

func (c *parityCell) parts() []string {
	switch {
	case c == nil:
		return nil
	case c.failures > 0:
		return []string{fmt.Sprint(c.cases), fmt.Sprintf("%d FAILED", c.failures), ""}
	case c.worst == 0:
		return []string{fmt.Sprint(c.cases), "ok", ""}
	}
	return []string{fmt.Sprint(c.cases), "ok", fmt.Sprintf("%.2f", c.worst)}
}
