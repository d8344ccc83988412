package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/weftgo/weft/bench"
)

// Parity is what came of the comparison of a backend's results with the
// definitions, for one function and type.
type Parity struct {
	Function, Backend, Type string
	Cases, Failures         int
	Worst                   float64 // largest error as a part of its bound
}

// Extra is what a page shows beside the record.
type Extra struct {
	Parity []Parity
	Old    *bench.Report // to compare with
}

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Funcs(template.FuncMap{
	"number": number, "seconds": seconds, "percent": percent, "workers": workersText,
	"svg":   func(c *Chart) template.HTML { return template.HTML(c.SVG(false)) },
	"ratio": func(v float64) string { return orDash(number(v)) },
	"class": class,
	"bar":   bar,
	"noise": func(v float64) string { return fmt.Sprintf("%.0f%%", 100*(v-1)) },
	"head":  func(rs []tableRow, n int) []tableRow { return rs[:min(n, len(rs))] },
	"tail":  func(rs []tableRow, n int) []tableRow { return rs[min(n, len(rs)):] },
	"rest":  func(n, shown int) int { return n - shown },

	"slugOf": slug,
	"style":  func() template.CSS { return template.CSS(StyleSheet()) },
}).Parse(pageText))

// class says how a ratio is to be coloured.
func class(v float64) string {
	switch {
	case v == 0 || math.IsNaN(v):
		return "none"
	case v < 0.9:
		return "behind"
	case v < 1.05:
		return "even"
	}
	return "ahead"
}

// bar returns the per cent that a bar for a ratio takes, where 50 is even.
func bar(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	return 100 * v / (1 + v)
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// summaryRow is a group of functions: geometric means over its records.
type summaryRow struct {
	Family string
	Cells  []summaryCell // one for each number of workers
}

type summaryCell struct {
	Peer, Gonum, Limit float64
	N                  int
}

// tableRow is a record of the best backend with the one that it was held against.
type tableRow struct {
	*bench.Record
	Best *bench.Record
}

// content is what the template shows.
type content struct {
	*bench.Report
	Extra
	Best      string
	Facts     [][2]string
	Summary   []summaryRow
	Rooflines []picture
	Curves    []curves
	Rows      []tableRow
	Shown     int
	Cases     int
	Failures  int
	Functions []parityRow
	Columns   []string
	Changes   []Change
}

type parityRow struct {
	Function string
	Cells    []Parity
}

// Write writes the page.
func Write(w io.Writer, r *bench.Report, extra Extra) error {
	c := content{Report: r, Extra: extra, Shown: 40, Rooflines: rooflines(r), Curves: allCurves(r)}
	if len(r.Header.Backends) > 0 {
		c.Best = r.Header.Backends[0]
	}
	c.Facts = facts(r)
	c.Summary = summary(r, c.Best)
	for _, k := range r.Worst(c.Best) {
		c.Rows = append(c.Rows, tableRow{k, r.Best(k)})
	}
	for _, p := range extra.Parity {
		c.Cases += p.Cases
		c.Failures += p.Failures
		column := p.Backend + " " + p.Type
		if !slices.Contains(c.Columns, column) {
			c.Columns = append(c.Columns, column)
		}
		i := slices.IndexFunc(c.Functions, func(f parityRow) bool { return f.Function == p.Function })
		if i < 0 {
			i = len(c.Functions)
			c.Functions = append(c.Functions, parityRow{Function: p.Function})
		}
		c.Functions[i].Cells = append(c.Functions[i].Cells, p)
	}
	if extra.Old != nil {
		c.Changes = Compare(extra.Old, r)
	}
	return page.Execute(w, &c)
}

func facts(r *bench.Report) [][2]string {
	h, m := &r.Header, &r.Header.Machine
	fs := [][2]string{
		{"Processor", fmt.Sprintf("%s, %d of %d cores usable", orDash(m.Name), m.Usable, max(m.LogicalCores, m.Usable))},
		{"Caches", fmt.Sprintf("L1 %s, L2 %s, L3 %s", bench.Bytes(m.L1D), bench.Bytes(m.L2), bench.Bytes(m.L3))},
		{"System", fmt.Sprintf("%s/%s, %s", h.OS, h.Arch, h.Go)},
		{"Backends", strings.Join(h.Backends, ", ")},
	}
	for _, w := range h.Workers {
		var text []string
		for _, l := range r.Limits {
			if len(h.Backends) > 0 && l.Backend == h.Backends[0] && l.Workers == w {
				text = append(text, fmt.Sprintf("%s %s %s", l.What, number(l.Rate), l.Unit))
			}
		}
		if len(text) > 0 {
			fs = append(fs, [2]string{"Limits, " + workersText(w), strings.Join(text, ", ")})
		}
	}
	for _, p := range h.Peers {
		fs = append(fs, [2]string{p.Name, orDash(p.Version)})
	}
	if len(h.Peers) == 0 {
		fs = append(fs, [2]string{"Peers", "gonum only; no other BLAS is installed, or this build opens none"})
	}
	if h.Commit != "" {
		fs = append(fs, [2]string{"Commit", fmt.Sprintf("%.12s", h.Commit)})
	}
	return fs
}

func summary(r *bench.Report, best string) (rows []summaryRow) {
	for _, family := range bench.Titles() {
		row := summaryRow{Family: family}
		some := false
		for _, w := range r.Header.Workers {
			var peer, gonum, limit mean
			cell := summaryCell{}
			for i := range r.Records {
				k := &r.Records[i]
				if k.Backend != best || k.Workers != w || k.Family() != family {
					continue
				}
				cell.N++
				peer.add(k.Versus)
				gonum.add(k.Gonum)
				if k.Limit > 0 {
					limit.add(k.Rate / k.Limit)
				}
			}
			cell.Peer, cell.Gonum, cell.Limit = peer.value(), gonum.value(), limit.value()
			row.Cells = append(row.Cells, cell)
			some = some || cell.N > 0
		}
		if some {
			rows = append(rows, row)
		}
	}
	return rows
}

// mean is a geometric mean of the numbers that are known.
type mean struct {
	logs float64
	n    int
}

func (m *mean) add(v float64) {
	if v > 0 && !math.IsInf(v, 0) {
		m.logs += math.Log(v)
		m.n++
	}
}

func (m *mean) value() float64 {
	if m.n == 0 {
		return 0
	}
	return math.Exp(m.logs / float64(m.n))
}

// Plots writes the pictures of the page as SVG files into a directory, which it
// makes if it has to, and returns their names.
func Plots(dir string, r *bench.Report) (files []string, err error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	ps := rooflines(r)
	for _, g := range allCurves(r) {
		ps = append(ps, g.Pictures...)
	}
	for _, p := range ps {
		file := filepath.Join(dir, p.File+".svg")
		if err := os.WriteFile(file, []byte(p.Chart.SVG(true)), 0o666); err != nil {
			return files, err
		}
		files = append(files, file)
	}
	return files, nil
}
