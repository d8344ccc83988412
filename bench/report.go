package bench

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"slices"
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
	Forks      []Fork       `json:"forks,omitempty"`
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
	Peers    []Peer          `json:"peers,omitempty"`
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
	Median  float64   `json:"median,omitempty"`
	Call    float64   `json:"call,omitempty"` // seconds taken off for calling
	Samples []float64 `json:"samples"`
	Batches int       `json:"batches"`
	Clock   string    `json:"clock"`

	Rate  float64 `json:"rate"`
	Unit  string  `json:"unit"`
	Bound string  `json:"bound"`
	Limit float64 `json:"limit,omitempty"`
	Gonum float64 `json:"gonum,omitempty"`

	Peer   string  `json:"peer,omitempty"`   // who is best of gonum and the peers
	Versus float64 `json:"versus,omitempty"` // the time of the best, divided by this
	Called float64 `json:"called,omitempty"` // the same with the calls of peers counted

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
	for _, p := range b.peers {
		h.Peers = append(h.Peers, p.Peer)
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

// Read reads what JSON has written, also in an earlier version.
func Read(in io.Reader) (*Report, error) {
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	r := &Report{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, err
	}
	for i := range r.Records {
		c := &r.Records[i]
		for d := range strings.SplitSeq(c.Shape, "/") {
			name, value, _ := strings.Cut(d, "=")
			n, err := strconv.Atoi(value)
			field := map[string]*int{"m": &c.shape.M, "n": &c.shape.N, "k": &c.shape.K}[name]
			if err != nil || n < 1 || field == nil {
				return nil, fmt.Errorf("record %s: no shape", c.Name())
			}
			*field = n
		}
		if c.Versus == 0 && c.Gonum > 0 {
			c.Peer, c.Versus = nameGonum, c.Gonum // before there were peers
		}
		if f := familyOf(c.Op); f != nil && f != realWork {
			if s, ok := f.fit(c.shape); ok {
				c.shape = s
			}
		}
	}
	return r, nil
}

// Family returns the title of the group of functions that c belongs to.
func (c *Record) Family() string {
	if f := familyOf(c.Op); f != nil {
		return f.title
	}
	return "Others"
}

// Titles returns those that Family can return, in the order of a report.
func Titles() (ts []string) {
	for _, f := range families() {
		ts = append(ts, f.title)
	}
	return append(ts, "Others")
}

// Size returns the size of a problem that one number says all of, or else 0.
func (c *Record) Size() int {
	if strings.Contains(c.Shape, "/") || familyOf(c.Op) == realWork {
		return 0
	}
	return c.shape.N
}

// Intensity returns the floating-point operations for each byte of operands, or
// 0 if c is of no such kind, and GFLOPs the billions of them in a second.
func (c *Record) Intensity() float64 {
	w := workloadOf(c.Op)
	if w.family == nil || w.family == realWork {
		return 0
	}
	elem := 8
	if c.Type == "f32" || c.Type == "c64" {
		elem = 4
	}
	return w.intensity(c.shape, elem)
}

// GFLOPs is described with Intensity.
func (c *Record) GFLOPs() float64 {
	if c.Unit == "GB/s" {
		return c.Rate * c.Intensity()
	}
	return c.Rate
}

// Own reports whether a record is of weft.
func (r *Report) Own(c *Record) bool { return slices.Contains(r.Header.Backends, c.Backend) }

// finish fills in what needs all records and limits.
func (r *Report) finish(g *gauge) {
	gonum, best, called := map[string]float64{}, map[string]*Record{}, map[string]float64{}
	key := func(c *Record) string { return fmt.Sprint(c.Op, c.Type, c.Shape, c.Workers) }
	for i := range r.Records {
		c := &r.Records[i]
		if c.Backend == nameGonum {
			gonum[key(c)] = c.Seconds
		}
		if r.Own(c) {
			continue
		}
		if o := best[key(c)]; o == nil || c.Seconds < o.Seconds {
			best[key(c)] = c
		}
		if t := called[key(c)]; t == 0 || c.Seconds+c.Call < t {
			called[key(c)] = c.Seconds + c.Call
		}
	}
	for i := range r.Records { // before anything is rounded
		if c := &r.Records[i]; r.Own(c) {
			c.Gonum = round(gonum[key(c)] / c.Seconds)
			if o := best[key(c)]; o != nil {
				c.Peer, c.Versus = o.Backend, round(o.Seconds/c.Seconds)
				c.Called = round(called[key(c)] / c.Seconds)
			}
		}
	}
	for i := range g.best {
		g.best[i].Rate = round(g.best[i].Rate)
	}
	r.Limits = g.best
	for i := range r.Records {
		c := &r.Records[i]
		if r.Own(c) {
			c.Limit = round(g.find(c.Backend, c.Bound, c.Workers))
		}
		c.Seconds, c.Rate, c.Median, c.Call = round(c.Seconds), round(c.Rate), round(c.Median), round(c.Call)
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
		jsonLines(&b, ",\n", "forks", r.Forks, true),
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
