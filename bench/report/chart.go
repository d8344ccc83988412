package report

import (
	"fmt"
	"html"
	"math"
	"slices"
	"strings"
)

// Chart is lines and points in a coordinate system, drawn as SVG.
type Chart struct {
	Title  string
	Text   string // says what there is to see, for who can't
	X, Y   Axis
	Series []Series
	W, H   float64

	// LabelWidth is the room at the right for the names of the series.
	LabelWidth float64
}

// Axis is linear from zero, or logarithmic over what there is.
type Axis struct {
	Label    string
	Log      bool
	Min, Max float64              // if not zero, at least this is shown
	Tick     func(float64) string // by default a short number
}

// Series is one line.
type Series struct {
	Name   string
	Style  int  // colour and marker, see styles
	Main   bool // drawn last, and thicker
	Limit  bool // a dashed line without markers
	NoLine bool // markers only
	NoName bool
	Points []Point
}

// Point is a measurement; Note is what a pointer on it shows, Name is written
// beside it, at the left if Left is true.
type Point struct {
	X, Y float64
	Note string
	Name string
	Left bool
}

// styles are colours by Okabe and Ito, which those see apart who don't see all
// colours, on white and on black; each has a marker too. The first is weft's.
var styles = []struct {
	light, dark string
	marker      string
}{
	{"#0072b2", "#4fb3ea", "circle"},
	{"#b24a00", "#ff8a3d", "square"},
	{"#8a6500", "#f0b429", "diamond"},
	{"#00795a", "#2fcf9f", "up"},
	{"#a8437f", "#ec8fc3", "down"},
	{"#6b6b6b", "#a8a8a8", "cross"},
	{"#3d3d8f", "#9d9df0", "plus"},
	{"#7a1f3d", "#f08fa8", "square"},
	{"#4d4d4d", "#c4c4c4", "circle"},
}

// StyleSheet is what the charts' elements look like.
func StyleSheet() string {
	var light, dark strings.Builder
	for i, s := range styles {
		fmt.Fprintf(&light, "--s%d:%s;", i, s.light)
		fmt.Fprintf(&dark, "--s%d:%s;", i, s.dark)
	}
	var b strings.Builder
	fmt.Fprintf(&b, ":root{--ink:#1b1f24;--soft:#5b6470;--line:#d7dce2;--paper:#fff;%s}\n", light.String())
	fmt.Fprintf(&b, "@media screen and (prefers-color-scheme:dark){:root{--ink:#e8eaed;--soft:#a2abb6;--line:#39414b;--paper:#14181d;%s}}\n", dark.String())
	b.WriteString(`svg.chart{font:11px system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif}
svg.chart text{fill:var(--soft)}
svg.chart .title{font-size:13px;font-weight:600;fill:var(--ink)}
svg.chart .grid{stroke:var(--line);stroke-width:1;fill:none}
svg.chart .axis{stroke:var(--soft);stroke-width:1;fill:none}
svg.chart .limit{stroke:var(--soft);stroke-width:1.2;stroke-dasharray:5 3;fill:none}
svg.chart .l{fill:none;stroke-width:1.3;stroke-linejoin:round}
svg.chart .main{stroke-width:2.6}
svg.chart .name{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
svg.chart .strong{font-weight:700}
`)
	for i := range styles {
		fmt.Fprintf(&b, "svg.chart .l.c%d{stroke:var(--s%d)}svg.chart .m.c%d{fill:var(--s%d);stroke:var(--s%d)}svg.chart text.c%d{fill:var(--s%d)}\n", i, i, i, i, i, i, i)
	}
	return b.String()
}

const (
	leftRoom   = 44
	topRoom    = 26
	bottomRoom = 36
)

// scale maps values to places.
type scale struct {
	axis     Axis
	lo, hi   float64 // values, or their logarithms
	from, to float64
}

func (c *Chart) scale(axis Axis, value func(Point) float64, from, to float64) scale {
	lo, hi := math.Inf(1), math.Inf(-1)
	see := func(v float64) {
		if axis.Log && !(v > 0) {
			return
		}
		lo, hi = min(lo, v), max(hi, v)
	}
	for _, s := range c.Series {
		for _, p := range s.Points {
			see(value(p))
		}
	}
	if axis.Min > 0 {
		see(axis.Min)
	}
	if axis.Max > 0 {
		see(axis.Max)
	}
	if lo > hi {
		lo, hi = 1, 10
	}
	s := scale{axis: axis, from: from, to: to}
	if axis.Log {
		s.lo, s.hi = math.Log10(lo), math.Log10(hi)
		pad := max(0.03*(s.hi-s.lo), 0.04)
		s.lo, s.hi = s.lo-pad, s.hi+pad
	} else {
		s.lo, s.hi = 0, 1.06*hi
	}
	return s
}

func (s *scale) at(v float64) float64 {
	if s.axis.Log {
		v = math.Log10(v)
	}
	return s.from + (v-s.lo)/(s.hi-s.lo)*(s.to-s.from)
}

// ticks returns round values, few enough to have room.
func (s *scale) ticks(room float64) (ts []float64) {
	n := math.Abs(s.to-s.from) / room
	if s.axis.Log {
		step := max(1, math.Ceil((s.hi-s.lo)/n))
		for e := math.Ceil(s.lo); e <= s.hi; e += step {
			ts = append(ts, math.Pow(10, e))
		}
		for _, digits := range [][]float64{{1, 2, 5}, {1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9}} {
			if len(ts) >= 3 {
				break
			}
			ts = nil // too few decades
			for e := math.Floor(s.lo); e <= s.hi; e++ {
				for _, d := range digits {
					if v := d * math.Pow(10, e); math.Log10(v) >= s.lo && math.Log10(v) <= s.hi {
						ts = append(ts, v)
					}
				}
			}
		}
		return ts
	}
	step := math.Pow(10, math.Floor(math.Log10(s.hi/n)))
	for _, m := range []float64{1, 2, 5, 10} {
		if s.hi/(m*step) <= n {
			step *= m
			break
		}
	}
	for i := 0; float64(i)*step <= s.hi; i++ {
		ts = append(ts, float64(i)*step)
	}
	return ts
}

// SVG returns the chart as an element of a page, or, if alone is true, as a file.
func (c *Chart) SVG(alone bool) string {
	var b strings.Builder
	id := slug(c.Title)
	right := c.W - max(c.LabelWidth, 8)
	x := c.scale(c.X, func(p Point) float64 { return p.X }, leftRoom, right)
	y := c.scale(c.Y, func(p Point) float64 { return p.Y }, c.H-bottomRoom, topRoom)
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 %g %g" role="img" aria-labelledby="%s-t %s-d"`, c.W, c.H, id, id)
	if alone {
		fmt.Fprintf(&b, ` width="%g" height="%g"><style>%s</style><rect width="100%%" height="100%%" style="fill:var(--paper)"/>`, c.W, c.H, StyleSheet())
	} else {
		b.WriteString(">")
	}
	fmt.Fprintf(&b, "\n<title id=\"%s-t\">%s</title><desc id=\"%s-d\">%s</desc>\n", id, html.EscapeString(c.Title), id, html.EscapeString(c.Text))
	fmt.Fprintf(&b, `<text class="title" x="4" y="14">%s</text>`+"\n", html.EscapeString(c.Title))

	for _, t := range y.ticks(34) {
		fmt.Fprintf(&b, `<path class="grid" d="M%d %.1fH%.1f"/><text x="%d" y="%.1f" text-anchor="end">%s</text>`, leftRoom, y.at(t), right, leftRoom-5, y.at(t)+3.5, c.Y.tick(t))
	}
	for _, t := range x.ticks(44) {
		fmt.Fprintf(&b, `<path class="axis" d="M%.1f %.1fv4"/><text x="%.1f" y="%.1f" text-anchor="middle">%s</text>`, x.at(t), c.H-bottomRoom, x.at(t), c.H-bottomRoom+16, c.X.tick(t))
	}
	fmt.Fprintf(&b, `<path class="axis" d="M%d %.1fH%.1f"/>`, leftRoom, c.H-bottomRoom, right)
	fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="middle">%s</text><text x="%d" y="%d" text-anchor="end">%s</text>`+"\n",
		(leftRoom+right)/2, c.H-5, html.EscapeString(c.X.Label), int(right), 14, html.EscapeString(c.Y.Label))

	order := slices.Clone(c.Series)
	slices.SortStableFunc(order, func(a, b Series) int { return rank(a) - rank(b) })
	for _, s := range order {
		s.draw(&b, &x, &y)
	}
	c.pointNames(&b, &x, &y, order)
	c.names(&b, &y, right)
	b.WriteString("</svg>\n")
	return b.String()
}

// rank puts limits below everything, and the main series on top.
func rank(s Series) int {
	switch {
	case s.Limit:
		return 0
	case s.Main:
		return 2
	}
	return 1
}

func (s *Series) draw(b *strings.Builder, x, y *scale) {
	class := fmt.Sprintf("l c%d", s.Style)
	if s.Main {
		class += " main"
	}
	if s.Limit {
		class = "limit"
	}
	if !s.NoLine && len(s.Points) > 1 {
		fmt.Fprintf(b, `<path class="%s" d="`, class)
		for i, p := range s.Points {
			fmt.Fprintf(b, "%c%.1f %.1f", "ML"[min(i, 1)], x.at(p.X), y.at(p.Y))
		}
		b.WriteString(`"/>`)
	}
	for _, p := range s.Points {
		px, py := x.at(p.X), y.at(p.Y)
		if s.Limit {
			continue
		}
		r := 2.4
		if s.Main {
			r = 3.2
		}
		fmt.Fprintf(b, `<path class="m c%d" d="%s"><title>%s</title></path>`, s.Style, marker(styles[s.Style].marker, px, py, r), html.EscapeString(p.Note))
	}
	b.WriteString("\n")
}

// marker returns the outline of a marker about a place.
func marker(kind string, x, y, r float64) string {
	switch kind {
	case "square":
		return fmt.Sprintf("M%.1f %.1fh%.1fv%.1fh%.1fz", x-r, y-r, 2*r, 2*r, -2*r)
	case "diamond":
		return fmt.Sprintf("M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fz", x, y-1.4*r, 1.4*r, 1.4*r, -1.4*r, 1.4*r, -1.4*r, -1.4*r)
	case "up":
		return fmt.Sprintf("M%.1f %.1fl%.1f %.1fh%.1fz", x, y-1.2*r, 1.2*r, 2.2*r, -2.4*r)
	case "down":
		return fmt.Sprintf("M%.1f %.1fl%.1f %.1fh%.1fz", x, y+1.2*r, 1.2*r, -2.2*r, -2.4*r)
	case "cross":
		return fmt.Sprintf("M%.1f %.1fl%.1f %.1fM%.1f %.1fl%.1f %.1f", x-r, y-r, 2*r, 2*r, x-r, y+r, 2*r, -2*r)
	case "plus":
		return fmt.Sprintf("M%.1f %.1fv%.1fM%.1f %.1fh%.1f", x, y-1.3*r, 2.6*r, x-1.3*r, y, 2.6*r)
	}
	return fmt.Sprintf("M%.1f %.1fa%.1f %.1f 0 1 0 %.1f 0a%.1f %.1f 0 1 0 %.1f 0z", x-r, y, r, r, 2*r, r, r, -2*r)
}

// pointNames writes the names of points beside them, where they don't cover
// each other: the first stand where they should, others a line higher or lower.
func (c *Chart) pointNames(b *strings.Builder, x, y *scale, order []Series) {
	const letter, line = 6.2, 11.0
	type box struct{ x0, y0, x1, y1 float64 }
	var taken []box
	for _, s := range order {
		for _, p := range s.Points {
			if p.Name == "" {
				continue
			}
			lines := strings.Split(p.Name, "\n")
			px, py := x.at(p.X)+7, y.at(p.Y)+3.5
			switch {
			case s.Limit && p.Left:
				py -= 8 // above a level one
			case s.Limit:
				px, py = px+1, py+9 // below a line that rises
			case len(lines) > 1:
				px, py = px-7, py-line*float64(len(lines))-4
			}
			longest := 0
			for _, l := range lines {
				longest = max(longest, len([]rune(l)))
			}
			if p.Left {
				px -= letter*float64(longest) + 14
			}
			w, h := letter*float64(longest), line*float64(len(lines))
			at := box{px, py - line, px + w, py - line + h}
			for _, shift := range []float64{0, -1, 1, -2, 2, -3, 3} {
				try := box{at.x0, at.y0 + shift*line, at.x1, at.y1 + shift*line}
				if !slices.ContainsFunc(taken, func(o box) bool {
					return try.x0 < o.x1 && o.x0 < try.x1 && try.y0 < o.y1-1 && o.y0 < try.y1-1
				}) {
					at = try
					break
				}
			}
			taken = append(taken, at)
			class := fmt.Sprintf("name c%d", s.Style)
			if s.Limit {
				class = "name"
			}
			for i, l := range lines {
				fmt.Fprintf(b, `<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, at.x0, at.y0+line*float64(i+1), html.EscapeString(l))
			}
		}
	}
	b.WriteString("\n")
}

// names writes the names of the series beside their last points, far enough
// apart to be read.
func (c *Chart) names(b *strings.Builder, y *scale, right float64) {
	type label struct {
		s  *Series
		at float64
	}
	var ls []label
	for i := range c.Series {
		if s := &c.Series[i]; !s.NoName && len(s.Points) > 0 {
			ls = append(ls, label{s, y.at(s.Points[len(s.Points)-1].Y) + 3.5})
		}
	}
	if c.LabelWidth == 0 {
		return
	}
	slices.SortStableFunc(ls, func(a, b label) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	const apart = 12
	top, bottom := topRoom+4.0, c.H-bottomRoom+4
	for i := range ls {
		ls[i].at = max(ls[i].at, top+apart*float64(i))
		if i > 0 {
			ls[i].at = max(ls[i].at, ls[i-1].at+apart)
		}
	}
	for i := len(ls) - 1; i >= 0; i-- {
		ls[i].at = min(ls[i].at, bottom-apart*float64(len(ls)-1-i))
		if i < len(ls)-1 {
			ls[i].at = min(ls[i].at, ls[i+1].at-apart)
		}
	}
	for _, l := range ls {
		class := fmt.Sprintf("c%d", l.s.Style)
		if l.s.Limit {
			class = ""
		}
		if l.s.Main {
			class += " strong"
		}
		fmt.Fprintf(b, `<text class="%s" x="%.1f" y="%.1f">%s</text>`, class, right+7, l.at, html.EscapeString(l.s.Name))
	}
}

func (a *Axis) tick(v float64) string {
	if a.Tick != nil {
		return a.Tick(v)
	}
	return short(v)
}

// short writes a round number in few letters.
func short(v float64) string {
	switch {
	case v >= 1e6:
		return fmt.Sprintf("%gM", v/1e6)
	case v >= 1e4:
		return fmt.Sprintf("%gk", v/1e3)
	case v > 0 && v < 1e-3:
		return fmt.Sprintf("%.0e", v)
	}
	return fmt.Sprintf("%g", math.Round(v*1e6)/1e6)
}

// slug makes an identifier of a title.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	return strings.Trim(b.String(), "-")
}
