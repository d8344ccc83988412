package bench

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas/blas64"
	gonum "gonum.org/v1/gonum/blas/gonum"
	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"
)

// shortRun measures little in little time.
func shortRun(t *testing.T, opt Options) *Report {
	t.Helper()
	opt.Time, opt.NoPeers = 300*time.Millisecond, true
	b, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRunOfAllFamilies(t *testing.T) {
	small, _ := ParseShape("100")
	r := shortRun(t, Options{
		Ops: []string{"Gemm", "level3", "complex", "lapack", "GemvN", "GemvT", "Ger", "reductions", "vectors"}, Shapes: []Shape{small},
		Types: []string{"f64"},
	})
	var seen []string
	for _, c := range r.Records {
		if !(c.Seconds > 0 && c.Rate > 0) || math.IsInf(c.Rate, 0) || len(c.Samples) == 0 || c.Batches == 0 {
			t.Errorf("%s: %+v", c.Name(), c)
		}
		if c.Backend != nameGonum && !(c.Limit > 0) {
			t.Errorf("%s: no limit", c.Name())
		}
		if !slices.Contains(seen, c.Op) {
			seen = append(seen, c.Op)
		}
	}
	for _, w := range workloads {
		if w.family != realWork && !slices.Contains(seen, w.op) {
			t.Errorf("%s was not measured", w.op)
		}
	}
	var out bytes.Buffer
	if err := r.Table(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Limits", "Matrix products", "Matrix and vector", "Vectors", "Geometric", "Gemm 100", "1e2"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "NaN") {
		t.Errorf("NaN in\n%s", out.String())
	}
}

func TestLimits(t *testing.T) {
	r := shortRun(t, Options{Ops: []string{"limits"}, Workers: []int{1}})
	m := kernels.ThisMachine()
	if want := len(r.Header.Backends) * (2 + len(levels(m))); len(r.Limits) != want {
		t.Errorf("%d limits, want %d", len(r.Limits), want)
	}
	for _, l := range r.Limits { // what it is exactly depends on who else is busy
		if !(l.Rate > 0.005) || l.Rate > 1e5 {
			t.Errorf("%+v", l)
		}
	}
}

func TestJSON(t *testing.T) {
	r := shortRun(t, Options{Ops: []string{"Dot"}, Shapes: []Shape{{N: 1000}}, Types: []string{"f64"}})
	var out bytes.Buffer
	if err := r.JSON(&out); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(out.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if err := back.JSON(&again); err != nil || again.String() != out.String() {
		t.Errorf("not the same after reading: %v\n%s\n%s", err, out.String(), again.String())
	}
}

// TestRead reads what was written, with all that a record can have, and what an
// earlier version wrote.
func TestRead(t *testing.T) {
	r := Report{
		Header: Header{Backends: []string{"avx2"}, Peers: []Peer{{"blis", "0.9", "/lib/libblis.so"}}, Workers: []int{2}},
		Records: []Record{{
			Op: "Gemm", Type: "f32", Backend: "avx2", Shape: "m=3/n=4/k=5", Workers: 2, Seconds: 1e-6, Median: 2e-6, Samples: []float64{1e-6},
			Batches: 3, Clock: "wall", Rate: 1, Unit: "GFLOP/s", Bound: "FMA f32", Limit: 2, Gonum: 3, Peer: "blis", Versus: 0.5,
		}, {Op: "Dot", Type: "f64", Backend: "blis", Shape: "n=7", Workers: 2, Seconds: 1e-8, Call: 4e-9, Samples: []float64{1e-8}}},
		Forks: []Fork{{"Sum f64", "avx2", "n=65536", 2, 1e-5, 6e-6, 1e-6}},
	}
	var out bytes.Buffer
	if err := r.JSON(&out); err != nil {
		t.Fatal(err)
	}
	back, err := Read(&out)
	if err != nil {
		t.Fatal(err)
	}
	r.Records[0].shape, r.Records[1].shape = Shape{3, 4, 5}, Shape{N: 7}
	if !reflect.DeepEqual(&r, back) {
		t.Errorf("got %+v\nwant %+v", back, &r)
	}
	if k := back.Records[0].Intensity(); math.Abs(k-120./(4*(15+20+12))) > 1e-12 {
		t.Errorf("intensity %v", k)
	}
	const old = `{"header":{"backends":["avx2"]},"records":[{"op":"Gemm","type":"f64","backend":"avx2","shape":"n=9","gonum":4}]}`
	if back, err = Read(strings.NewReader(old)); err != nil {
		t.Fatal(err)
	}
	if c := &back.Records[0]; c.shape != cube(9) || c.Size() != 9 || c.Peer != nameGonum || c.Versus != 4 {
		t.Errorf("%+v", c)
	}
	for _, bad := range []string{"", "{", "{}x", `{"records":[{"shape":"n=0"}]}`, `{"records":[{"shape":"q=3"}]}`, `{"records":[{}]}`} {
		if _, err := Read(strings.NewReader(bad)); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}

// TestGonumStaysPlain: what weft is held against must not be weft.
func TestGonumStaysPlain(t *testing.T) {
	if _, ok := blas64.Implementation().(gonum.Implementation); !ok {
		t.Errorf("blas64 is %T", blas64.Implementation())
	}
}

func TestBenchstat(t *testing.T) {
	r := Report{Records: []Record{{
		Op: "Gemm", Type: "f32", Backend: "avx2", Shape: "n=1024", Workers: 1,
		Seconds: 1e-3, Samples: []float64{1e-3, 2e-3}, Batches: 9, Rate: 100, Unit: "GFLOP/s",
	}}}
	r.Header.Machine.Usable = 2
	var out bytes.Buffer
	if err := r.Benchstat(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"BenchmarkGemm/f32/avx2/n=1024/w=1-2\t9\t1e+06 ns/op\t100 GFLOP/s\n",
		"BenchmarkGemm/f32/avx2/n=1024/w=1-2\t9\t2e+06 ns/op\t50 GFLOP/s\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestMeasureIsFair(t *testing.T) {
	wait := func(d time.Duration) func(int) {
		return func(n int) {
			for range n {
				for start := time.Now(); time.Since(start) < d; {
				}
			}
		}
	}
	cs := []*candidate{
		{call: wait(20 * time.Microsecond)}, {call: wait(80 * time.Microsecond)}, {call: wait(30 * time.Millisecond)},
	}
	measure(cs, 60*time.Millisecond)
	for i, want := range []float64{20e-6, 80e-6, 30e-3} {
		if c := cs[i]; c.best < 0.99*want || c.best > 5*want || len(c.samples) == 0 {
			t.Errorf("candidate %d: best %g, want about %g; %d samples", i, c.best, want, len(c.samples))
		}
	}
}

func TestShapes(t *testing.T) {
	for _, test := range []struct{ text, name, label string }{
		{"1e6", "n=1000000", "1e6"},
		{"300", "n=300", "3e2"},
		{"250", "n=250", "250"},
		{"64x64x64", "n=64", "64"},
		{"20x30", "m=20/n=30", "20x30"},
		{"20x30x40", "m=20/n=30/k=40", "20x30, k 40"},
	} {
		s, err := ParseShape(test.text)
		if err != nil || s.String() != test.name || s.label() != test.label {
			t.Errorf("%s: %q, %q, %v", test.text, s.String(), s.label(), err)
		}
	}
	for _, bad := range []string{"", "x", "0", "-3", "1.5", "2x2x2x2", "1e99", "NaN"} {
		if s, err := ParseShape(bad); err == nil {
			t.Errorf("%q: no error, %v", bad, s)
		}
	}
}

func TestDigits(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds, minutes under an emulator")
	}
	t.Run("f32", digitsTest[float32])
	t.Run("f64", digitsTest[float64])
}

func digitsTest[T kernels.Float](t *testing.T) {
	want := explainedByGonum(t)
	var first *digits[T]
	for _, l := range append(libraries[T]([]string{"fallback"}, 1), weft(mustDefault[T](t))) {
		d := newDigits[T]()
		accuracy := d.knn(l.gemm)
		if accuracy < 0.98 {
			t.Errorf("%s: %.2f %% of the digits recognised", l.name, 100*accuracy)
		}
		explained := d.pca(l.gemm)
		if math.Abs(explained-want) > 1e-5 {
			t.Errorf("%s: ten components explain %.6f, want %.6f", l.name, explained, want)
		}
		if first == nil {
			first = d
		}
		if !slices.Equal(d.guess, first.guess) {
			t.Errorf("%s: other guesses", l.name)
		}
	}
}

// explainedByGonum is the result of pca by gonum's eigenvalues of the whole
// covariance.
func explainedByGonum(t *testing.T) float64 {
	pixels, _ := readDigits()
	var cov mat.SymDense
	stat.CovarianceMatrix(&cov, mat.NewDense(digitCount, digitPixels, pixels), nil)
	var eigen mat.EigenSym
	if !eigen.Factorize(&cov, false) {
		t.Fatal("gonum finds no eigenvalues")
	}
	values := eigen.Values(nil) // ascending
	return floats.Sum(values[digitPixels-pcaWanted:]) / floats.Sum(values)
}

func mustDefault[T kernels.Float](t *testing.T) *kernels.Engine[T] {
	e, err := kernels.Default[T]()
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestPause(t *testing.T) {
	b, err := New(Options{Time: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	b.pauses(t.Context(), "idle", 0, nil)
	if p := b.report.Pauses[0]; p.Stops == 0 || !(p.P50 > 0 && p.P50 <= p.P99 && p.P99 <= p.Max) {
		t.Errorf("%+v", p)
	}
}

func TestLibrariesKnowTheirWork(t *testing.T) {
	for _, l := range libraries[float64]([]string{"fallback"}, 1) {
		for op := range l.calls {
			if !slices.ContainsFunc(workloads, func(w workload) bool { return w.op == op }) {
				t.Errorf("%s: %s is no workload", l.name, op)
			}
		}
		for _, w := range workloads {
			if l.calls[w.op] == nil && l.name != nameGonum {
				t.Errorf("%s: no %s", l.name, w.op)
			}
		}
	}
}

func TestShortRunIsShort(t *testing.T) {
	b, err := New(Options{Short: true, NoPeers: true})
	if err != nil {
		t.Fatal(err)
	}
	all, err := New(Options{NoPeers: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.backends) != 1 || 3*b.steps() > all.steps() || b.Estimate() > 40*time.Second {
		t.Errorf("%d backends, %d steps of %d, %v", len(b.backends), b.steps(), all.steps(), b.Estimate())
	}
	for _, w := range b.sel.workloads {
		for _, s := range w.shapes {
			if !slices.Contains(workloadOf(w.op).shapes, s) {
				t.Errorf("%s %v is in short runs only", w.op, s)
			}
		}
	}
}

func TestForks(t *testing.T) {
	r := shortRun(t, Options{Ops: []string{"fork"}})
	if r.Header.Workers[len(r.Header.Workers)-1] == 1 {
		t.Skip("one processor")
	}
	if len(r.Forks) != 2 {
		t.Fatalf("%+v", r.Forks)
	}
	for _, f := range r.Forks {
		if !(f.One > 0 && f.All > 0 && f.Cost < f.All) || f.Workers < 2 {
			t.Errorf("%+v", f)
		}
	}
	var out strings.Builder
	if err := r.Table(&out); err != nil || !strings.Contains(out.String(), "Sharing a call") {
		t.Errorf("%v\n%s", err, out.String())
	}
}
