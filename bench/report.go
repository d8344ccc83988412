package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/weftgo/weft/kernels"
)

// Report is what a run found out. results/README.md describes the fields.
type Report struct {
	Header     Header       `json:"header"`
	Limits     []Limit      `json:"limits,omitempty"`
	Records    []Record     `json:"records,omitempty"`
	Pauses     []Pause      `json:"pauses,omitempty"`
	Contention []Contention `json:"contention,omitempty"`
	Notes      []string     `json:"notes,omitempty"`
}

// Header says where and when a report was made.
type Header struct {
	Machine  kernels.Machine `json:"machine"`
	Date     time.Time       `json:"date"`
	Go       string          `json:"go"`
	OS       string          `json:"os"`
	Arch     string          `json:"arch"`
	Commit   string          `json:"commit,omitempty"`
	Backends []string        `json:"backends"` // measured, best first
	Workers  []int           `json:"workers"`
	Seconds  float64         `json:"seconds"` // the run took
}

// Record is one measured function.
type Record struct {
	Op      string `json:"op"`
	Type    string `json:"type"`
	Backend string `json:"backend"`
	Shape   string `json:"shape"`
	Workers int    `json:"workers"`

	Seconds float64   `json:"seconds"`
	Samples []float64 `json:"samples"`
	Batches int       `json:"batches"`
	Clock   string    `json:"clock"`

	Rate  float64 `json:"rate"`
	Unit  string  `json:"unit"`
	Bound string  `json:"bound"`
	Limit float64 `json:"limit,omitempty"`
	Gonum float64 `json:"gonum,omitempty"`

	Quality float64 `json:"quality,omitempty"`
	Measure string  `json:"measure,omitempty"`

	shape  Shape
	result *float64
}

// Name returns the record's name, "Gemm/f32/avx2/n=1024/w=1".
func (r *Record) Name() string {
	return fmt.Sprintf("%s/%s/%s/%s/w=%d", r.Op, r.Type, r.Backend, r.Shape, r.Workers)
}

func newHeader(m kernels.Machine, b *Bench) Header {
	h := Header{
		Machine: m, Date: time.Now().UTC().Truncate(time.Second),
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		Backends: b.backends, Workers: b.workers,
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				h.Commit = s.Value
			}
			if s.Key == "vcs.modified" && s.Value == "true" {
				h.Commit += "+"
			}
		}
	}
	return h
}

// finish fills in what needs all records and limits.
func (r *Report) finish(g *gauge) {
	gonum := map[string]float64{}
	key := func(c *Record) string { return fmt.Sprint(c.Op, c.Type, c.Shape, c.Workers) }
	for i := range r.Records {
		if c := &r.Records[i]; c.Backend == nameGonum {
			gonum[key(c)] = c.Seconds
		}
	}
	for i := range g.best {
		g.best[i].Rate = round(g.best[i].Rate)
	}
	r.Limits = g.best
	for i := range r.Records {
		c := &r.Records[i]
		if c.Backend != nameGonum {
			c.Limit = round(g.find(c.Backend, c.Bound, c.Workers))
			c.Gonum = round(gonum[key(c)] / c.Seconds)
		}
		c.Seconds, c.Rate = round(c.Seconds), round(c.Rate)
		for j := range c.Samples {
			c.Samples[j] = round(c.Samples[j])
		}
	}
}

// JSON writes the report as one document, with a line for each record.
func (r *Report) JSON(w io.Writer) error {
	var b bytes.Buffer
	err := errors.Join(
		jsonLines(&b, "{\n", "header", []Header{r.Header}, false),
		jsonLines(&b, ",\n", "limits", r.Limits, true),
		jsonLines(&b, ",\n", "records", r.Records, true),
		jsonLines(&b, ",\n", "pauses", r.Pauses, true),
		jsonLines(&b, ",\n", "contention", r.Contention, true),
		jsonLines(&b, ",\n", "notes", r.Notes, true),
	)
	if err != nil {
		return err
	}
	b.WriteString("\n}\n")
	_, err = w.Write(b.Bytes())
	return err
}

// jsonLines writes a field of an object, a list with an item on each line or the
// one item by itself.
func jsonLines[E any](b *bytes.Buffer, before, name string, items []E, list bool) error {
	if len(items) == 0 {
		return nil
	}
	fmt.Fprintf(b, "%s%q: ", before, name)
	for i, item := range items {
		if list {
			b.WriteString([]string{"[\n  ", ",\n  "}[min(i, 1)])
		}
		text, err := json.Marshal(item)
		if err != nil {
			return err
		}
		b.Write(text)
	}
	if list {
		b.WriteString("\n]")
	}
	return nil
}

// Benchstat writes the records as lines of Go's benchmark format, one for each
// sample.
func (r *Report) Benchstat(w io.Writer) error {
	var b strings.Builder
	h := &r.Header
	fmt.Fprintf(&b, "goos: %s\ngoarch: %s\npkg: github.com/weftgo/weft/bench\ncpu: %s\n", h.OS, h.Arch, h.Machine.Name)
	b.WriteString("Unit GFLOP/s better=higher\nUnit GB/s better=higher\n")
	for i := range r.Records {
		c := &r.Records[i]
		for _, s := range c.Samples {
			fmt.Fprintf(&b, "Benchmark%s-%d\t%d\t%.6g ns/op\t%.5g %s\n",
				c.Name(), h.Machine.Usable, c.Batches, s*1e9, c.Rate*c.Seconds/s, c.Unit)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// round returns v with five significant digits, more than any clock deserves.
func round(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 5, 64), 64)
	if err != nil {
		return v
	}
	return r
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
