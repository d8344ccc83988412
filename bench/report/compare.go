package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/weftgo/weft/bench"
)

// Change is a record of two runs.
type Change struct {
	Name     string
	Old, New float64 // seconds
	Ratio    float64 // Old / New: above one is faster now
	Noise    float64 // as a ratio: 1.03 is three per cent
	Real     bool    // whether the ratio is beyond the noise
}

// leastNoise is what two runs on a quiet machine may differ by.
const leastNoise = 1.03

// Compare holds the records of two runs against each other, by their names, those
// beyond noise first, the slower the earlier. Noise is how far the median of the
// samples of either run lies above its best, three per cent at least.
func Compare(old, now *bench.Report) (cs []Change) {
	before := map[string]*bench.Record{}
	for i := range old.Records {
		before[old.Records[i].Name()] = &old.Records[i]
	}
	for i := range now.Records {
		k := &now.Records[i]
		o := before[k.Name()]
		if o == nil || !(o.Seconds > 0 && k.Seconds > 0) {
			continue
		}
		c := Change{Name: k.Name(), Old: o.Seconds, New: k.Seconds, Ratio: o.Seconds / k.Seconds}
		c.Noise = max(spread(o), spread(k), leastNoise)
		c.Real = c.Ratio > c.Noise || c.Ratio < 1/c.Noise
		cs = append(cs, c)
	}
	slices.SortStableFunc(cs, func(a, b Change) int {
		if a.Real != b.Real {
			if a.Real {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Ratio, b.Ratio)
	})
	return cs
}

// spread returns how far the median of a record's samples lies above the best.
func spread(k *bench.Record) float64 {
	if len(k.Samples) == 0 {
		return 1
	}
	s := slices.Sorted(slices.Values(k.Samples))
	return s[len(s)/2] / k.Seconds
}

// WriteChanges writes changes as a table.
func WriteChanges(w io.Writer, cs []Change) error {
	g := bench.Grid{Title: "Times as fast as before; * is beyond the noise", Heads: []string{"before", "now", "ratio", "noise"}}
	var m mean
	real := 0
	for _, c := range cs {
		mark := ""
		if c.Real {
			mark = "*"
			real++
		}
		m.add(c.Ratio)
		g.Rows = append(g.Rows, bench.GridRow{Label: c.Name, Cells: [][]string{
			{seconds(c.Old)}, {seconds(c.New)}, {number(c.Ratio) + "x", mark}, {fmt.Sprintf("%.0f%%", 100*(c.Noise-1))},
		}})
	}
	text := "no record has a name that the other run has too\n"
	if m.n > 0 {
		text = fmt.Sprintf("%s\n%d records, %d beyond the noise; geometric mean %sx\n", g.String(), len(cs), real, number(m.value()))
	}
	_, err := io.WriteString(w, text)
	return err
}
