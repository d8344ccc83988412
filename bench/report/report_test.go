package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/weftgo/weft/bench"
)

// sample is a record with two backends, a peer and everything that is shown.
func sample() *bench.Report {
	const text = `{
"header": {"machine":{"name":"A <processor> & more","usable":2,"l1d":32768,"l2":524288,"l3":4194304},
 "date":"2026-01-02T03:04:05Z","go":"go1.26","os":"linux","arch":"amd64","backends":["avx2","fallback"],
 "peers":[{"name":"openblas","version":"0.3"}],"workers":[1,2],"seconds":3},
"limits": [{"backend":"avx2","what":"FMA f32","workers":1,"rate":100,"unit":"GFLOP/s"},
 {"backend":"avx2","what":"L1","workers":1,"rate":180,"unit":"GB/s"},
 {"backend":"avx2","what":"memory","workers":1,"rate":20,"unit":"GB/s"}],
"records": [
 {"op":"Gemm","type":"f32","backend":"avx2","shape":"n=16","workers":1,"seconds":2e-7,"samples":[2e-7,2.1e-7],"batches":9,"rate":41,"unit":"GFLOP/s","bound":"FMA f32","limit":100,"peer":"openblas","versus":0.5},
 {"op":"Gemm","type":"f32","backend":"openblas","shape":"n=16","workers":1,"seconds":1e-7,"samples":[1e-7],"call":3e-9,"batches":9,"rate":82,"unit":"GFLOP/s"},
 {"op":"Gemm","type":"f32","backend":"avx2","shape":"n=64","workers":1,"seconds":5e-6,"samples":[5e-6],"batches":9,"rate":95,"unit":"GFLOP/s","bound":"FMA f32","limit":100,"peer":"gonum","versus":9},
 {"op":"Gemm","type":"f32","backend":"gonum","shape":"n=64","workers":1,"seconds":4.5e-5,"samples":[4.5e-5],"batches":9,"rate":11,"unit":"GFLOP/s"},
 {"op":"Gemm","type":"f32","backend":"avx2","shape":"m=2048/n=16/k=64","workers":2,"seconds":5e-5,"samples":[5e-5],"batches":9,"rate":150,"unit":"GFLOP/s","peer":"gonum","versus":2},
 {"op":"Sum","type":"f64","backend":"avx2","shape":"n=100","workers":1,"seconds":1e-8,"samples":[1e-8],"batches":9,"rate":80,"unit":"GB/s","bound":"L1","limit":180,"gonum":2},
 {"op":"Sum","type":"f64","backend":"avx2","shape":"n=1000","workers":1,"seconds":6e-8,"samples":[6e-8],"batches":9,"rate":133,"unit":"GB/s","bound":"L1","limit":180,"gonum":3},
 {"op":"Unheard","type":"f64","backend":"avx2","shape":"n=7","workers":1,"seconds":1e-8,"samples":[1e-8],"batches":9,"rate":80,"unit":"GB/s"}],
"forks": [{"op":"Sum f64","backend":"avx2","shape":"n=65536","workers":2,"one":1e-5,"all":6e-6,"cost":1e-6}],
"notes": ["mkl left out of Dot: <why>"]
}`
	r, err := bench.Read(strings.NewReader(text))
	if err != nil {
		panic(err)
	}
	return r
}

func TestPage(t *testing.T) {
	r := sample()
	var out bytes.Buffer
	extra := Extra{Old: sample(), Parity: []Parity{
		{"Sum", "avx2", "f32", 10, 0, 0.25}, {"Sum", "avx2", "f64", 10, 3, 0}, {"Dot", "avx2", "f32", 5, 0, 0},
	}}
	if err := Write(&out, r, extra); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, want := range []string{
		"A &lt;processor&gt; &amp; more", "3 of 25 test problems failed", "Gemm f32", "m=2048/n=16/k=64",
		"0.50", "openblas", "3.00 ns", "Roofline, f32", "Sum f64, 1 worker", "&lt;why&gt;", "prefers-color-scheme", "@media print",
		"Gemm/f32/avx2/n=16/w=1", "Sharing a call",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in the page", want)
		}
	}
	for _, c := range r.Worst("avx2") { // every row is there
		if !strings.Contains(page, `<td class="left">`+c.Shape) {
			t.Errorf("no row for %s", c.Name())
		}
	}
	// Nothing is fetched: the only address is the name of a format.
	for _, m := range regexp.MustCompile(`(?i)(https?:)?//[a-z0-9.]+[^"'\s]*|src=|@import|url\(`).FindAllString(page, -1) {
		if m != "http://www.w3.org/2000/svg" {
			t.Errorf("the page refers to %s", m)
		}
	}
	// The page is as strict as XML but for the void elements of its head.
	text := regexp.MustCompile(`<!DOCTYPE html>|<meta [^>]*>`).ReplaceAllString(page, "")
	wellFormed(t, "the page", text)
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("two elements have the id %s", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(`href="#([^"]*)"|aria-labelledby="(\S+) (\S+)"`).FindAllStringSubmatch(page, -1) {
		for _, id := range m[1:] {
			if id != "" && !ids[id] {
				t.Errorf("a reference to %s, which is not there", id)
			}
		}
	}
}

func wellFormed(t *testing.T, what, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	d.Entity = xml.HTMLEntity
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Errorf("%s: %v", what, err)
			return
		}
	}
}

func TestPageOfNothing(t *testing.T) {
	var out bytes.Buffer
	if err := Write(&out, &bench.Report{}, Extra{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "NaN") {
		t.Error("NaN")
	}
}

func TestPlots(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "plots")
	files, err := Plots(dir, sample())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, filepath.Base(f))
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		wellFormed(t, f, string(text))
		if strings.Contains(string(text), "NaN") || strings.Contains(string(text), "Inf") {
			t.Errorf("%s has places that are none", f)
		}
	}
	if got := strings.Join(names, " "); got != "roofline-f32.svg roofline-f64.svg gemm-f32-1.svg sum-f64-1.svg" {
		t.Errorf("files %s", got)
	}
}

func TestCompare(t *testing.T) {
	old, now := sample(), sample()
	for i := range now.Records {
		switch c := &now.Records[i]; c.Name() {
		case "Gemm/f32/avx2/n=64/w=1":
			c.Seconds, c.Samples = 1e-5, []float64{1e-5} // half as fast
		case "Gemm/f32/avx2/n=16/w=1":
			c.Seconds, c.Samples = 1.95e-7, []float64{1.95e-7} // within its samples
		case "Sum/f64/avx2/n=100/w=1":
			c.Seconds, c.Samples = 5e-9, []float64{5e-9, 5e-9, 9e-9} // twice as fast
		case "Sum/f64/avx2/n=1000/w=1":
			c.Op = "New"
		}
	}
	cs := Compare(old, now)
	if len(cs) != len(now.Records)-1 {
		t.Fatalf("%d changes", len(cs))
	}
	if c := cs[0]; c.Name != "Gemm/f32/avx2/n=64/w=1" || !c.Real || c.Ratio != 0.5 {
		t.Errorf("first %+v", c)
	}
	if c := cs[1]; c.Name != "Sum/f64/avx2/n=100/w=1" || !c.Real || c.Ratio != 2 {
		t.Errorf("second %+v", c)
	}
	for _, c := range cs[2:] {
		if c.Real {
			t.Errorf("%+v is no change", c)
		}
	}
	var out strings.Builder
	if err := WriteChanges(&out, cs); err != nil || !strings.Contains(out.String(), "0.50x *") || !strings.Contains(out.String(), "7 records, 2 beyond") {
		t.Errorf("%v\n%s", err, out.String())
	}
	out.Reset()
	if err := WriteChanges(&out, nil); err != nil || !strings.Contains(out.String(), "no record") {
		t.Errorf("%v\n%s", err, out.String())
	}
}

// TestStoredRecords reads what earlier versions wrote, and makes a page of it.
func TestStoredRecords(t *testing.T) {
	files, err := filepath.Glob("../results/*/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d records, %v", len(files), err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := bench.Read(f)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var page bytes.Buffer
		if err := Write(&page, r, Extra{}); err != nil || page.Len() < 10000 || r.Header.Date.Before(time.Unix(0, 0)) {
			t.Errorf("%s: %d bytes, %v", name, page.Len(), err)
		}
	}
}

func TestScales(t *testing.T) {
	for _, s := range []scale{
		{axis: Axis{}, hi: 0.3, to: 200}, {axis: Axis{}, hi: 1234, to: 200},
		{axis: Axis{Log: true}, lo: 1, hi: 7, to: 300}, {axis: Axis{Log: true}, lo: 0.1, hi: 0.5, to: 300},
	} {
		ts := s.ticks(40)
		if len(ts) < 2 || len(ts) > 9 {
			t.Errorf("%+v: ticks %v", s, ts)
		}
		for _, v := range ts {
			if p := s.at(v); p < s.from-1e-9 || p > s.to+1e-9 {
				t.Errorf("%+v: tick %v is outside", s, v)
			}
		}
	}
}
