package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weftgo/weft/bench"
)

// A picture is a chart with the name of its file.
type picture struct {
	File  string
	Chart *Chart
}

// cast gives everybody in a record a style, the same in all pictures.
type cast map[string]int

func newCast(r *bench.Report) cast {
	c := cast{}
	for i, b := range r.Header.Backends {
		c[b] = []int{0, 8, 6}[min(i, 2)]
	}
	next := 1
	for _, p := range r.Header.Peers {
		c[p.Name] = next
		if next++; next == 5 {
			next = 6
		}
		next = min(next, 7)
	}
	c["gonum"] = 5
	return c
}

// rooflines returns one picture for each type: how much work a function does
// for each byte, and how fast, under the roofs of the machine.
func rooflines(r *bench.Report) (ps []picture) {
	if len(r.Header.Backends) == 0 || len(r.Header.Workers) == 0 {
		return nil
	}
	best, workers := r.Header.Backends[0], r.Header.Workers[0]
	for _, types := range [][]string{{"f32", "c64"}, {"f64", "c128"}} {
		c := &Chart{
			Title: fmt.Sprintf("Roofline, %s, %s, %s", types[0], best, workersText(workers)),
			W:     1000, H: 520, LabelWidth: 30,
			X: Axis{Label: "floating-point operations for each byte of operands", Log: true},
			Y: Axis{Label: "GFLOP/s", Log: true},
		}
		byOp := map[string]*Series{}
		var ops []string
		for i := range r.Records {
			k := &r.Records[i]
			if k.Backend != best || k.Workers != workers || !slices.Contains(types, k.Type) || !(k.Intensity() > 0) {
				continue
			}
			s := byOp[k.Op]
			if s == nil {
				style := slices.Index(bench.Titles(), k.Family()) % len(styles)
				s = &Series{Name: k.Op, Style: style, NoLine: true, NoName: true}
				byOp[k.Op] = s
				ops = append(ops, k.Op)
			}
			s.Points = append(s.Points, Point{
				X: k.Intensity(), Y: k.GFLOPs(),
				Note: fmt.Sprintf("%s %s %s: %s GFLOP/s, %s of the limit", k.Op, k.Type, k.Shape, number(k.GFLOPs()), percent(k.Rate, k.Limit)),
			})
		}
		if len(ops) == 0 {
			continue
		}
		nameClusters(ops, byOp)
		lo := math.Inf(1)
		for _, o := range ops {
			for _, p := range byOp[o].Points {
				lo = min(lo, p.X)
			}
		}
		roofs(c, r, best, types[0], workers, lo, ops, byOp)
		for _, o := range ops {
			c.Series = append(c.Series, *byOp[o])
		}
		c.Text = fmt.Sprintf("Rates of %d functions with %s under the rate of fused multiply-adds and the bandwidths of the caches and the memory. "+
			"The tables of this page have the numbers.", len(ops), best)
		ps = append(ps, picture{"roofline-" + types[0], c})
	}
	return ps
}

// nameClusters names points: one for each function, at its largest intensity,
// and only one for functions that share theirs, at the top.
func nameClusters(ops []string, byOp map[string]*Series) {
	clusters := map[string][]string{}
	var order []string
	for _, o := range ops {
		s := byOp[o]
		lo, hi := s.Points[0].X, s.Points[0].X
		for _, p := range s.Points {
			lo, hi = min(lo, p.X), max(hi, p.X)
		}
		key := fmt.Sprintf("%.1f", 10*math.Log10(hi))
		if hi > 1.1*lo {
			key = o
		}
		if clusters[key] == nil {
			order = append(order, key)
		}
		clusters[key] = append(clusters[key], o)
	}
	for _, key := range order {
		var at *Point
		for _, o := range clusters[key] {
			for i := range byOp[o].Points {
				p := &byOp[o].Points[i]
				if at == nil || key == o && p.X > at.X || key != o && p.Y > at.Y {
					at = p
				}
			}
		}
		names := clusters[key]
		at.Name = strings.Join(names, "\n")
	}
}

// roofs adds the limits of the machine.
func roofs(c *Chart, r *bench.Report, backend, typ string, workers int, lo float64, ops []string, byOp map[string]*Series) {
	hi := 10.0
	for _, o := range ops {
		for _, p := range byOp[o].Points {
			hi = max(hi, p.X)
		}
	}
	lo, hi = lo/2, hi*2
	top := 0.0
	for _, l := range r.Limits {
		if l.Backend == backend && l.Workers == workers && l.What == "FMA "+typ {
			top = l.Rate
		}
	}
	if top == 0 {
		return
	}
	knee := hi
	c.Y.Max = 1.25 * top // room for its name
	for _, l := range r.Limits {
		if l.Backend != backend || l.Workers != workers || l.Unit != "GB/s" {
			continue
		}
		knee = min(knee, top/l.Rate)
		c.Series = append(c.Series, Series{
			Name: l.What, Limit: true, NoName: true,
			Points: []Point{{X: lo, Y: lo * l.Rate, Name: fmt.Sprintf("%s %s GB/s", l.What, number(l.Rate))}, {X: top / l.Rate, Y: top}},
		})
	}
	c.Series = append(c.Series, Series{
		Name: "FMA", Limit: true, NoName: true,
		Points: []Point{{X: knee, Y: top}, {X: hi, Y: top, Name: fmt.Sprintf("fused multiply-adds %s GFLOP/s", number(top)), Left: true}},
	})
}

// curves are the pictures of one group of functions with so many workers.
type curves struct {
	Family   string
	Workers  int
	Pictures []picture
}

// allCurves returns the rate over the size of each function and type, for
// everybody who was measured.
func allCurves(r *bench.Report) (all []curves) {
	who := newCast(r)
	for _, workers := range r.Header.Workers {
		for _, family := range bench.Titles() {
			g := curves{Family: family, Workers: workers}
			var keys [][2]string
			for i := range r.Records {
				k := &r.Records[i]
				key := [2]string{k.Op, k.Type}
				if k.Family() == family && k.Workers == workers && !slices.Contains(keys, key) {
					keys = append(keys, key)
				}
			}
			for _, key := range keys {
				if c := curve(r, who, key[0], key[1], workers); c != nil {
					g.Pictures = append(g.Pictures, picture{slug(fmt.Sprintf("%s-%s-%d", key[0], key[1], workers)), c})
				}
			}
			if len(g.Pictures) > 0 {
				all = append(all, g)
			}
		}
	}
	return all
}

func curve(r *bench.Report, who cast, op, typ string, workers int) *Chart {
	c := &Chart{
		Title: fmt.Sprintf("%s %s, %s", op, typ, workersText(workers)),
		W:     370, H: 236, LabelWidth: 104,
		X: Axis{Label: "n", Log: true},
	}
	limit := Series{Name: "limit", Limit: true}
	names := append(slices.Clone(r.Header.Backends), "gonum")
	for _, p := range r.Header.Peers {
		names = append(names, p.Name)
	}
	most := 0
	for i, name := range names {
		s := Series{Name: name, Style: who[name], Main: i == 0}
		for j := range r.Records {
			k := &r.Records[j]
			if k.Op != op || k.Type != typ || k.Workers != workers || k.Backend != name || k.Size() == 0 {
				continue
			}
			c.Y.Label = k.Unit
			note := fmt.Sprintf("%s, n = %d: %s %s, %s", name, k.Size(), number(k.Rate), k.Unit, seconds(k.Seconds))
			if k.Versus > 0 {
				note += fmt.Sprintf("; %s times %s", number(k.Versus), k.Peer)
			}
			s.Points = append(s.Points, Point{X: float64(k.Size()), Y: k.Rate, Note: note})
			if i == 0 && k.Limit > 0 {
				limit.Points = append(limit.Points, Point{X: float64(k.Size()), Y: k.Limit})
			}
		}
		slices.SortFunc(s.Points, func(a, b Point) int { return cmp.Compare(a.X, b.X) })
		if len(s.Points) > 0 {
			c.Series = append(c.Series, s)
		}
		if i == 0 && len(s.Points) > 0 {
			last := s.Points[len(s.Points)-1]
			c.Text = fmt.Sprintf("%s: %s %s at n = %g. ", name, number(last.Y), c.Y.Label, last.X)
		}
		most = max(most, len(s.Points))
	}
	if most < 2 {
		return nil
	}
	slices.SortFunc(limit.Points, func(a, b Point) int { return cmp.Compare(a.X, b.X) })
	c.Series = append(c.Series, limit)
	c.Text += "Compared with " + strings.Join(names[1:], ", ") + "; the table has the numbers."
	return c
}

func workersText(n int) string {
	if n == 1 {
		return "1 worker"
	}
	return fmt.Sprintf("%d workers", n)
}

// number writes a positive number with about three digits.
func number(v float64) string {
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

func percent(v, of float64) string {
	if !(of > 0) {
		return ""
	}
	return fmt.Sprintf("%.0f%%", 100*v/of)
}

// seconds writes a time.
func seconds(s float64) string {
	switch {
	case s == 0:
		return ""
	case s < 1e-6:
		return number(s*1e9) + " ns"
	case s < 1e-3:
		return number(s*1e6) + " µs"
	case s < 1:
		return number(s*1e3) + " ms"
	}
	return number(s) + " s"
}
