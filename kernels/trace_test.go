package kernels

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/weftgo/weft/internal/op"
	xtrace "golang.org/x/exp/trace"
)

// recorded returns the regions and tasks, and the shapes that they log, of what
// f does.
func recorded(t *testing.T, f func()) (regions, tasks, shapes []string) {
	t.Helper()
	var buf bytes.Buffer
	if err := trace.Start(&buf); err != nil {
		t.Skip("somebody else traces: ", err)
	}
	f()
	trace.Stop()
	r, err := xtrace.NewReader(&buf)
	if err != nil {
		t.Fatal(err)
	}
	open := map[xtrace.TaskID]string{}
	for {
		e, err := r.ReadEvent()
		if err == io.EOF {
			return regions, tasks, shapes
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e.Kind() {
		case xtrace.EventRegionEnd:
			regions = append(regions, e.Region().Type)
		case xtrace.EventTaskBegin:
			open[e.Task().ID] = e.Task().Type
		case xtrace.EventTaskEnd:
			tasks = append(tasks, open[e.Task().ID])
		case xtrace.EventLog:
			if l := e.Log(); l.Category == "weft" {
				shapes = append(shapes, l.Message)
			}
		}
	}
}

// All functions, short ones too, are regions of an engine that was asked for
// them, with the same results.
func TestTrace(t *testing.T) {
	plain, err := Open[float64]("fallback")
	if err != nil {
		t.Fatal(err)
	}
	e := plain.WithTrace()
	x, y := []float64{3, 1, 2}, []float64{1, 1, 1}
	m := Matrix[float64]{Rows: 2, Cols: 3, Data: []float64{1, 2, 3, 4, 5, 6}, Stride: 3}
	c := Matrix[float64]{Rows: 2, Cols: 2, Data: make([]float64, 4), Stride: 2}
	regions, _, shapes := recorded(t, func() {
		if s, d, i := e.Sum(x), e.Dot(x, y), e.ArgMax(x); s != 6 || d != 6 || i != 0 {
			t.Errorf("%v, %v, %v", s, d, i)
		}
		e.Axpy(2, x, y)
		e.Unary(op.Exp, x, x)
		e.Gemm(NoTrans, Trans, 1, m, m, 0, c)
		e.Gemv(NoTrans, 1, m, y, 0, c.Data[:2])
		plain.Sum(x)
	})
	want := []string{"Sum f64 fallback", "Dot f64 fallback", "ArgMax f64 fallback", "Axpy f64 fallback", "Exp f64 fallback", "Gemm f64 fallback", "Gemv f64 fallback"}
	if !slices.Equal(regions, want) {
		t.Errorf("regions %q\nwant %q", regions, want)
	}
	if !slices.Contains(shapes, "m=2 n=2 k=3") || !slices.Contains(shapes, "n=3") {
		t.Errorf("shapes %q", shapes)
	}
	if !slices.Equal(y, []float64{7, 3, 5}) {
		t.Errorf("Axpy gave %v", y)
	}
}

// A backend whose own tables are replaced is traced, its short functions once.
func TestTraceBackends(t *testing.T) {
	host, err := find("fallback")
	if err != nil {
		t.Fatal(err)
	}
	b := *host
	b.Device = nil
	traceBackends([]*op.Backend{&b}, nil)
	e := &Engine[float32]{table: &b.F32, name: b.Name, workers: 1}
	regions, _, _ := recorded(t, func() {
		if s := e.Asum([]float32{1, -2}); s != 3 {
			t.Errorf("the sum is %v", s)
		}
	})
	if !slices.Equal(regions, []string{"Asum f32 fallback"}) {
		t.Errorf("regions %q", regions)
	}
}

// Work on the streams of a device is a task.
func TestTraceStream(t *testing.T) {
	b, err := find("fallback")
	if err != nil {
		t.Fatal(err)
	}
	_, tasks, shapes := recorded(t, func() {
		s, err := tracedDevice{b.Device, "gpu"}.NewStream(1)
		if err != nil {
			t.Fatal(err)
		}
		over := make(chan float64, 1)
		q := op.QueueOf[float64](s)
		x := []float64{1, 2, 3}
		q.Map(op.Scal, 2, x, nil, nil)
		q.Reduce(op.Sum, x, nil, result{over})
		if v := <-over; v != 12 {
			t.Errorf("the sum is %v", v)
		}
		done := make(chan struct{})
		s.Mark(func(error) { close(done) })
		<-done
		s.Close()
	})
	if want := []string{"Scal f64 gpu", "Sum f64 gpu"}; !slices.Equal(tasks, want) || !slices.Equal(slices.Compact(shapes), []string{"n=3"}) {
		t.Errorf("tasks %q with shapes %q, want %q", tasks, shapes, want)
	}
}

type result struct{ over chan float64 }

func (r result) Set(v float64, _ error) { r.over <- v }

// Samples of a profile say whose work they are, on workers too, and the labels
// that a goroutine had are there again after a call.
func TestProfileLabels(t *testing.T) {
	if testing.Short() || runtime.GOOS == "js" {
		t.Skip("a profile takes a while")
	}
	e, err := Open[float64]("fallback")
	if err != nil {
		t.Fatal(err)
	}
	e = e.WithTrace()
	const n = 200
	m := Matrix[float64]{Rows: n, Cols: n, Data: make([]float64, n*n), Stride: n}
	c := Matrix[float64]{Rows: n, Cols: n, Data: make([]float64, n*n), Stride: n}
	var buf bytes.Buffer
	if err := pprof.StartCPUProfile(&buf); err != nil {
		t.Skip("somebody else profiles: ", err)
	}
	pprof.Do(t.Context(), pprof.Labels("whose", "the-caller"), func(context.Context) {
		for start := time.Now(); time.Since(start) < 300*time.Millisecond; {
			e.Gemm(NoTrans, NoTrans, 1, m, m, 0, c)
			for again := time.Now(); time.Since(again) < 10*time.Millisecond; {
			}
		}
	})
	pprof.StopCPUProfile()
	z, err := gzip.NewReader(&buf)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	// The strings of a profile are in its table if a sample has them.
	for _, want := range []string{"weft", "Gemm", "backend", "fallback", "m=200 n=200 k=200", "the-caller"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in the profile", want)
		}
	}
}

// An engine that was not asked allocates nothing for it; the table is that of its
// backend.
func TestTraceOff(t *testing.T) {
	if tracing() {
		t.Skip("WEFT_TRACE asks for it")
	}
	e, err := Open[float32]("fallback")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := find("fallback")
	if e.table != &b.F32 {
		t.Error("there is a table around the table")
	}
}
