package bench

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// Table writes the report for people to read: for the best backend each
// measurement, for the others a summary.
func (r *Report) Table(w io.Writer) error {
	var b strings.Builder
	r.head(&b)
	r.limitsTable(&b)
	if len(r.Records) > 0 {
		for _, backend := range r.detailed() {
			r.backendTables(&b, backend)
		}
		r.digitsTable(&b)
		r.peerTable(&b)
		r.summary(&b)
	}
	r.forkTable(&b)
	r.pauseTable(&b)
	r.contentionTable(&b)
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// detailed returns the backends whose measurements are all shown: the best,
// and the others too if that is not much.
func (r *Report) detailed() []string {
	if len(r.Records) <= 60 {
		return r.Header.Backends
	}
	return r.Header.Backends[:1]
}

func (r *Report) head(b *strings.Builder) {
	h := &r.Header
	m := &h.Machine
	fmt.Fprintf(b, "%s, %s%s\n", cmp.Or(m.Name, "processor unknown"), plural(m.Usable, "worker"), caches(m.L1D, m.L2, m.L3))
	fmt.Fprintf(b, "%s/%s, %s, %s", h.OS, h.Arch, h.Go, h.Date.Format(time.RFC3339))
	if h.Commit != "" {
		fmt.Fprintf(b, ", commit %.12s", h.Commit)
	}
	fmt.Fprintf(b, "\nbackends: %s\n", strings.Join(h.Backends, ", "))
	for _, p := range h.Peers {
		fmt.Fprintf(b, "peer: %s, %s\n", p.Name, cmp.Or(p.Version, p.Path))
	}
}

func caches(sizes ...int) (text string) {
	for i, n := range sizes {
		if n > 0 {
			text += fmt.Sprintf(", L%d %s", i+1, Bytes(n))
		}
	}
	return text
}

// Bytes returns a size for people to read.
func Bytes(n int) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	}
	return fmt.Sprintf("%d B", n)
}

// Grid is a table whose cells have several right-aligned parts.
type Grid struct {
	Title string
	Heads []string // of the columns
	Rows  []GridRow
}

// GridRow is a row: at most one cell for each column.
type GridRow struct {
	Label string
	Cells [][]string
}

// write writes g, unless it is empty.
func (g *Grid) write(b *strings.Builder) {
	if len(g.Rows) > 0 {
		b.WriteString("\n" + g.String())
	}
}

func (g *Grid) String() string {
	var b strings.Builder
	b.WriteString(g.Title + "\n")
	label := 0
	widths := make([][]int, len(g.Heads))
	for _, r := range g.Rows {
		label = max(label, width(r.Label))
		for i, c := range r.Cells {
			for j, part := range c {
				if j == len(widths[i]) {
					widths[i] = append(widths[i], 0)
				}
				widths[i][j] = max(widths[i][j], width(part))
			}
		}
	}
	var line strings.Builder
	pad := func(n int) { line.WriteString(strings.Repeat(" ", max(n, 0))) }
	flush := func() {
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
		line.Reset()
	}
	pad(label + 2)
	for i, h := range g.Heads {
		total := len(widths[i]) - 1
		for _, w := range widths[i] {
			total += w
		}
		if less := width(h) - total; less > 0 && len(widths[i]) > 0 {
			widths[i][0] += less
			total += less
		}
		pad(2 + total - width(h))
		line.WriteString(h)
	}
	flush()
	for _, r := range g.Rows {
		line.WriteString("  " + r.Label)
		pad(label - width(r.Label))
		for i, c := range r.Cells {
			line.WriteString(" ")
			for j, w := range widths[i] {
				part := ""
				if j < len(c) {
					part = c[j]
				}
				pad(1 + w - width(part))
				line.WriteString(part)
			}
		}
		flush()
	}
	return b.String()
}

func width(s string) int { return len([]rune(s)) }

// digits3 writes a positive number with about three digits.
func digits3(v float64) string {
	switch {
	case v == 0 || math.IsNaN(v) || math.IsInf(v, 0):
		return ""
	case v >= 99.95:
		return fmt.Sprintf("%.0f", v)
	case v >= 9.995:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func times2(v float64) string {
	switch {
	case v == 0 || math.IsNaN(v) || math.IsInf(v, 0):
		return ""
	case v >= 9.95:
		return fmt.Sprintf("%.0fx", v)
	}
	return fmt.Sprintf("%.1fx", v)
}

func percent(v, of float64) string {
	if of == 0 || math.IsNaN(v) {
		return ""
	}
	return fmt.Sprintf("%.0f%%", 100*v/of)
}

// seconds writes a time for people to read.
func seconds(s float64) string {
	switch {
	case s == 0:
		return "0"
	case s < 1e-6:
		return digits3(s*1e9) + " ns"
	case s < 1e-3:
		return digits3(s*1e6) + " µs"
	case s < 1:
		return digits3(s*1e3) + " ms"
	}
	return digits3(s) + " s"
}

func (r *Report) limitsTable(b *strings.Builder) {
	if len(r.Limits) == 0 {
		return
	}
	g := Grid{Title: "Limits of this machine: fused multiply-adds, reading", Heads: heads(r.Header.Workers)}
	type row struct{ backend, what string }
	var rows []row
	cells := map[row][][]string{}
	for _, l := range r.Limits {
		k := row{l.Backend, l.What}
		if cells[k] == nil {
			rows = append(rows, k)
			cells[k] = make([][]string, len(g.Heads))
		}
		i := slices.Index(r.Header.Workers, l.Workers)
		cells[k][i] = []string{digits3(l.Rate), l.Unit}
	}
	for _, k := range rows {
		g.Rows = append(g.Rows, GridRow{fmt.Sprintf("%-9s%s", k.backend, k.what), cells[k]})
	}
	g.write(b)
}

func heads(workers []int) (h []string) {
	for _, w := range workers {
		h = append(h, plural(w, "worker"))
	}
	return h
}

// pivot makes a grid of some records, with the columns given and a row for
// each label.
func (r *Report) pivot(title string, columns []string, keep func(*Record) bool, row, column func(*Record) string, cell func(*Record) []string) *Grid {
	g := &Grid{Title: title, Heads: columns}
	for i := range r.Records {
		c := &r.Records[i]
		if !keep(c) {
			continue
		}
		y := slices.IndexFunc(g.Rows, func(o GridRow) bool { return o.Label == row(c) })
		if y < 0 {
			y = len(g.Rows)
			g.Rows = append(g.Rows, GridRow{row(c), make([][]string, len(columns))})
		}
		g.Rows[y].Cells[slices.Index(columns, column(c))] = cell(c)
	}
	return g
}

func workloadOf(op string) *workload {
	for i := range workloads {
		if workloads[i].op == op {
			return &workloads[i]
		}
	}
	return &workload{} // of a newer or older version
}

func familyOf(op string) *family { return workloadOf(op).family }

// three is the usual cell: rate, per cent of the limit, times gonum.
func three(c *Record) []string {
	return []string{digits3(c.Rate), percent(c.Rate, c.Limit), times2(c.Gonum)}
}

func (r *Report) backendTables(b *strings.Builder, backend string) {
	const what = "per cent of the limit, times gonum"
	typeAndWorkers := func(c *Record) string { return c.Type + ", " + plural(c.Workers, "worker") }
	of := func(fs ...*family) func(*Record) bool {
		return func(c *Record) bool { return c.Backend == backend && slices.Contains(fs, familyOf(c.Op)) }
	}
	for _, f := range []*family{products, level3, complexProducts, factorizations, matvecs} {
		unit := "GFLOP/s"
		if f == matvecs {
			unit = "GB/s"
		}
		r.pivot(fmt.Sprintf("%s, %s: %s, %s", f.title, backend, unit, what),
			r.labels(of(f), typeAndWorkers), of(f),
			func(c *Record) string { return c.Op + " " + c.shape.label() },
			typeAndWorkers, three).write(b)
	}
	size := func(c *Record) string { return c.shape.label() }
	for _, t := range []string{"f32", "f64"} {
		for _, w := range r.Header.Workers {
			keep := func(c *Record) bool {
				return of(reductions, vectors)(c) && c.Type == t && c.Workers == w
			}
			r.pivot(fmt.Sprintf("Vectors, %s, %s, %s: GB/s, %s", backend, t, plural(w, "worker"), what),
				r.labels(keep, size), keep, func(c *Record) string { return c.Op }, size, three).write(b)
		}
	}
}

// labels returns the labels of some records, those of small problems first.
func (r *Report) labels(keep func(*Record) bool, label func(*Record) string) []string {
	var some []*Record
	for i := range r.Records {
		if keep(&r.Records[i]) {
			some = append(some, &r.Records[i])
		}
	}
	slices.SortStableFunc(some, func(a, b *Record) int { return cmp.Compare(a.shape.length(), b.shape.length()) })
	var labels []string
	for _, c := range some {
		if l := label(c); !slices.Contains(labels, l) {
			labels = append(labels, l)
		}
	}
	return labels
}

func (r *Report) digitsTable(b *strings.Builder) {
	workers := func(c *Record) string { return plural(c.Workers, "worker") }
	r.pivot(fmt.Sprintf("%d handwritten digits, %d nearest neighbours and %d principal components: time, times gonum", digitCount, knnNeighbours, pcaWanted),
		heads(r.Header.Workers),
		func(c *Record) bool { return familyOf(c.Op) == realWork },
		func(c *Record) string {
			return fmt.Sprintf("%s %s %-9s%.2f%% %s", c.Op, c.Type, c.Backend, 100*c.Quality, c.Measure)
		},
		workers,
		func(c *Record) []string { return []string{seconds(c.Seconds), times2(c.Gonum)} }).write(b)
}

// summary compares backends by geometric means over all that was measured.
func (r *Report) summary(b *strings.Builder) {
	g := Grid{Title: "Geometric means: per cent of the backend's own limit, times gonum", Heads: heads(r.Header.Workers)}
	for _, f := range families() {
		for _, backend := range r.Header.Backends {
			row := GridRow{Label: fmt.Sprintf("%-46s%s", f.title, backend)}
			some := false
			for _, w := range r.Header.Workers {
				var limit, gonum mean
				for i := range r.Records {
					c := &r.Records[i]
					if c.Backend != backend || c.Workers != w || familyOf(c.Op) != f {
						continue
					}
					if f != realWork {
						limit.add(c.Rate / c.Limit)
					}
					gonum.add(c.Gonum)
				}
				row.Cells = append(row.Cells, []string{percent(limit.value(), 1), times2(gonum.value())})
				some = some || gonum.n+limit.n > 0
			}
			if some {
				g.Rows = append(g.Rows, row)
			}
		}
	}
	g.write(b)
}

// worstShown is the number of rows of the table of the worst.
const worstShown = 25

// peerTable holds the best backend against the best peer: geometric means, and
// where weft is furthest behind.
func (r *Report) peerTable(b *strings.Builder) {
	if len(r.Header.Peers) == 0 {
		return
	}
	g := Grid{
		Title: "Times as fast as the best of gonum and the peers, geometric means, and with the calls of peers counted: " + r.Header.Backends[0],
		Heads: heads(r.Header.Workers),
	}
	for _, f := range families() {
		row := GridRow{Label: f.title}
		for _, w := range r.Header.Workers {
			var own, called mean
			for i := range r.Records {
				if c := &r.Records[i]; c.Backend == r.Header.Backends[0] && c.Workers == w && familyOf(c.Op) == f {
					own.add(c.Versus)
					called.add(c.Called)
				}
			}
			row.Cells = append(row.Cells, []string{ratio(own.value()), ratio(called.value())})
		}
		if strings.Join(row.Cells[0], "") != "" {
			g.Rows = append(g.Rows, row)
		}
	}
	g.write(b)
	worst := r.Worst(r.Header.Backends[0])
	all := len(worst)
	worst = worst[:min(len(worst), worstShown)]
	g = Grid{
		Title: fmt.Sprintf("Where %s is furthest behind the best: %d of %d rows", r.Header.Backends[0], len(worst), all),
		Heads: []string{"time", "median", "of the limit", "the best", "has", "taken off", "ratio", "as called"},
	}
	for _, c := range worst {
		o := r.Best(c)
		g.Rows = append(g.Rows, GridRow{
			fmt.Sprintf("%s %s %s, %s", c.Op, c.Type, c.Shape, plural(c.Workers, "worker")),
			[][]string{
				{seconds(c.Seconds)}, {seconds(c.Median)}, {percent(c.Rate, c.Limit)},
				{c.Peer}, {seconds(o.Seconds)}, {seconds(o.Call)}, {ratio(c.Versus)}, {ratio(c.Called)},
			},
		})
	}
	g.write(b)
}

// Worst returns the records of a backend that were held against someone, those
// first that are furthest behind.
func (r *Report) Worst(backend string) []*Record {
	var cs []*Record
	for i := range r.Records {
		if c := &r.Records[i]; c.Backend == backend && c.Versus > 0 {
			cs = append(cs, c)
		}
	}
	slices.SortStableFunc(cs, func(a, b *Record) int { return cmp.Compare(a.Versus, b.Versus) })
	return cs
}

// Best returns the record that c was held against, or an empty one.
func (r *Report) Best(c *Record) *Record {
	for i := range r.Records {
		if o := &r.Records[i]; o.Backend == c.Peer && o.Op == c.Op && o.Type == c.Type && o.Shape == c.Shape && o.Workers == c.Workers {
			return o
		}
	}
	return &Record{}
}

// families returns the families there are, in the order of the report.
func families() (fs []*family) {
	for i := range workloads {
		if f := workloads[i].family; !slices.Contains(fs, f) {
			fs = append(fs, f)
		}
	}
	return fs
}

// ratio writes a ratio where a few per cent matter.
func ratio(v float64) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return digits3(v) + "x"
}

func (r *Report) forkTable(b *strings.Builder) {
	g := Grid{Title: "Sharing a call among workers", Heads: []string{"one worker", "all", "so sharing costs"}}
	for _, f := range r.Forks {
		label := fmt.Sprintf("%s %s, %s, %s", f.Op, f.Backend, f.Shape, plural(f.Workers, "worker"))
		g.Rows = append(g.Rows, GridRow{label, [][]string{{seconds(f.One)}, {seconds(f.All)}, {seconds(max(f.Cost, 0))}}})
	}
	g.write(b)
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
		return math.NaN()
	}
	return math.Exp(m.logs / float64(m.n))
}

func (r *Report) pauseTable(b *strings.Builder) {
	if len(r.Pauses) == 0 {
		return
	}
	g := Grid{Title: "Stopping the world for a garbage collection takes at most", Heads: []string{"half", "99%", "all", "stops"}}
	for _, p := range r.Pauses {
		label := p.During
		if p.Workers > 0 {
			label += ", " + plural(p.Workers, "worker")
		}
		g.Rows = append(g.Rows, GridRow{label, [][]string{{seconds(p.P50)}, {seconds(p.P99)}, {seconds(p.Max)}, {fmt.Sprint(p.Stops)}}})
	}
	g.write(b)
}

func (r *Report) contentionTable(b *strings.Builder) {
	if len(r.Contention) == 0 {
		return
	}
	g := Grid{Title: "Gemm beside processes that spin: median time (95%), times that of one worker, both undisturbed"}
	find := func(t, shape string, w, spinning int) *Contention {
		i := slices.IndexFunc(r.Contention, func(c Contention) bool {
			return c.Type == t && c.Shape == shape && c.Workers == w && c.Spinning == spinning
		})
		if i < 0 {
			return &Contention{}
		}
		return &r.Contention[i]
	}
	for _, n := range contentionCases {
		g.Heads = append(g.Heads, fmt.Sprintf("%d spinning", n))
	}
	for i := range r.Contention {
		c := &r.Contention[i]
		if c.Spinning != 0 {
			continue
		}
		row := GridRow{Label: fmt.Sprintf("%s %s %s, %s", c.Type, c.Backend, c.Shape, plural(c.Workers, "worker"))}
		for _, n := range contentionCases {
			o := find(c.Type, c.Shape, c.Workers, n)
			row.Cells = append(row.Cells, []string{
				seconds(o.Median), "(" + seconds(o.P95) + ")",
				times2(o.Median / find(c.Type, c.Shape, 1, 0).Median),
				times2(o.Median / c.Median),
			})
		}
		g.Rows = append(g.Rows, row)
	}
	g.write(b)
}
