package kernels

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"runtime/trace"

	"github.com/weftgo/weft/cpu"
	"github.com/weftgo/weft/internal/op"
)

// Tracing is a table around a table: each function opens a region of
// runtime/trace, sets pprof labels, and calls what it wraps. An engine that was
// not asked for it has the table of its backend, so it costs nothing there.

// WithTrace returns the same engine with each call a region in runtime/trace and
// a set of pprof labels.
//
// The type of a region is the function, the type of the elements and the backend,
// "Gemm f64 avx2"; go tool trace lists regions by it, with their times, and what
// a region logs under "weft" is the shape, "m=100 n=200 k=300". In a CPU profile
// samples have the labels weft (the function), type, backend and shape, those of
// the workers that share the call, too; go tool pprof -tags lists them. After the
// call the goroutine has the labels that it had before.
//
// Results have the same bits. A call takes about a microsecond more, and
// allocates: of calls on short vectors a trace mostly shows itself. The
// environment variable WEFT_TRACE=1 does the same for all engines and for the
// work on streams. docs/estimates.md shows how to look at it.
func (e *Engine[T]) WithTrace() *Engine[T] {
	f := *e
	if !tracing() { // else it is done already
		f.table = traced(e.table, e.name)
	}
	return &f
}

// tracing reports whether the environment asks for traces.
func tracing() bool {
	v := os.Getenv("WEFT_TRACE")
	return v != "" && v != "0"
}

// traceBackends has all calls of backends traced, and the work on the streams of
// those that were added. The work on the streams of the processor is calls.
func traceBackends(host, added []*op.Backend) {
	for _, b := range append(added[:len(added):len(added)], host...) {
		if b.Err == nil {
			b.F32, b.F64 = *traced(&b.F32, b.Name), *traced(&b.F64, b.Name)
		}
	}
	for _, b := range added {
		if b.Device != nil {
			b.Device = tracedDevice{b.Device, b.Name}
		}
	}
}

// span is a function that is traced.
type span struct{ function, elements, backend, region string }

// spanner returns what makes the spans of a backend.
func spanner[T Float](backend string) func(function string) span {
	elements := fmt.Sprintf("f%d", 8*op.Size[T]())
	return func(function string) span {
		return span{function, elements, backend, function + " " + elements + " " + backend}
	}
}

// begin starts a call of some shape; what it returns ends it.
func (s *span) begin(format string, args ...any) (end func()) {
	shape := fmt.Sprintf(format, args...)
	before := cpu.CurrentLabels()
	ctx := context.Background()
	pprof.SetGoroutineLabels(pprof.WithLabels(ctx, pprof.Labels("weft", s.function, "type", s.elements, "backend", s.backend, "shape", shape)))
	r := trace.StartRegion(ctx, s.region)
	trace.Log(ctx, "weft", shape)
	return func() {
		r.End()
		before.Set()
	}
}

// traced returns a table around t.
func traced[T Float](t *op.Table[T], backend string) *op.Table[T] {
	inner := *t // a backend's own table may be replaced by this one
	t = &inner
	name := spanner[T](backend)
	value := func(f string, call func(int, []T) T) func(int, []T) T {
		s := name(f)
		return func(w int, x []T) T {
			defer s.begin("n=%d", len(x))()
			return call(w, x)
		}
	}
	index := func(f string, call func(int, []T) int) func(int, []T) int {
		s := name(f)
		return func(w int, x []T) int {
			defer s.begin("n=%d", len(x))()
			return call(w, x)
		}
	}
	binary := func(f string, call func(w int, dst, x, y []T)) func(w int, dst, x, y []T) {
		s := name(f)
		return func(w int, dst, x, y []T) {
			defer s.begin("n=%d", len(dst))()
			call(w, dst, x, y)
		}
	}
	dot, axpy, scal, fill := name("Dot"), name("Axpy"), name("Scal"), name("Fill")
	compare, mulAdd := name("Compare"), name("MulAdd")
	gemv, ger, gemm, gemmtr := name("Gemv"), name("Ger"), name("Gemm"), name("Gemmtr")
	symv, tri, scale := name("Symv"), name("Tri"), name("ScaleRows")
	r := *t
	r.Sum, r.Asum, r.Nrm2, r.Var = value("Sum", t.Sum), value("Asum", t.Asum), value("Nrm2", t.Nrm2), value("Var", t.Var)
	r.Max, r.Min = value("Max", t.Max), value("Min", t.Min)
	r.ArgMax, r.ArgMin, r.Iamax = index("ArgMax", t.ArgMax), index("ArgMin", t.ArgMin), index("Iamax", t.Iamax)
	r.Dot = func(w int, x, y []T) T {
		defer dot.begin("n=%d", len(x))()
		return t.Dot(w, x, y)
	}
	r.Axpy = func(w int, alpha T, x, y []T) {
		defer axpy.begin("n=%d", len(x))()
		t.Axpy(w, alpha, x, y)
	}
	r.Scal = func(w int, alpha T, x []T) {
		defer scal.begin("n=%d", len(x))()
		t.Scal(w, alpha, x)
	}
	r.Fill = func(w int, x []T, v T) {
		defer fill.begin("n=%d", len(x))()
		t.Fill(w, x, v)
	}
	r.Add, r.Sub, r.Mul, r.Div = binary("Add", t.Add), binary("Sub", t.Sub), binary("Mul", t.Mul), binary("Div", t.Div)
	r.Unary = func(w int, f op.Unary, dst, x []T) {
		s := name(f.String())
		defer s.begin("n=%d", len(x))()
		t.Unary(w, f, dst, x)
	}
	r.Binary = func(w int, f op.Binary, dst, x, y []T) {
		s := name(f.String())
		defer s.begin("n=%d", len(x))()
		t.Binary(w, f, dst, x, y)
	}
	r.Compare = func(w int, f op.Comparison, dst []bool, x, y []T) {
		defer compare.begin("n=%d", len(x))()
		t.Compare(w, f, dst, x, y)
	}
	r.MulAdd = func(w int, dst, x, y, z []T) {
		defer mulAdd.begin("n=%d", len(x))()
		t.MulAdd(w, dst, x, y, z)
	}
	r.Gemv = func(p *op.Gemv[T]) {
		defer gemv.begin("m=%d n=%d", p.A.Rows, p.A.Cols)()
		t.Gemv(p)
	}
	r.Ger = func(p *op.Ger[T]) {
		defer ger.begin("m=%d n=%d", p.A.Rows, p.A.Cols)()
		t.Ger(p)
	}
	r.Gemm = func(p *op.Gemm[T]) {
		defer gemm.begin("m=%d n=%d k=%d", p.C.Rows, p.C.Cols, p.A.Cols)()
		t.Gemm(p)
	}
	r.Gemmtr = func(p *op.Gemmtr[T]) {
		defer gemmtr.begin("n=%d k=%d", p.C.Rows, p.A.Cols)()
		t.Gemmtr(p)
	}
	r.Symv = func(p *op.Symv[T]) {
		defer symv.begin("n=%d", len(p.X))()
		t.Symv(p)
	}
	r.Tri = func(p *op.Tri[T]) {
		defer tri.begin("n=%d columns=%d", p.N, p.B.Rows*p.B.Cols/max(p.N, 1))()
		t.Tri(p)
	}
	r.ScaleRows = func(w int, beta T, c op.View[T]) {
		defer scale.begin("m=%d n=%d", c.Rows, c.Cols)()
		t.ScaleRows(w, beta, c)
	}
	r.Complex = tracedComplex(&t.Complex, name)
	r.Short = op.ShortOf(&r)
	if t.Within != nil {
		r.Within = func(c *op.Control) op.Table[T] {
			bound := t.Within(c)
			return *traced(&bound, backend)
		}
	}
	return &r
}

// tracedComplex is traced for complex numbers.
func tracedComplex[T Float](t *op.Complex[T], name func(string) span) op.Complex[T] {
	gemm, gemv, ger := name("GemmComplex"), name("GemvComplex"), name("GerComplex")
	scal, axpy, dot, iamax := name("ScalComplex"), name("AxpyComplex"), name("DotComplex"), name("IamaxComplex")
	return op.Complex[T]{
		Gemm: func(p *op.GemmComplex[T]) {
			defer gemm.begin("m=%d n=%d k=%d", p.C.Rows, p.C.Cols, p.A.Cols)()
			t.Gemm(p)
		},
		Gemv: func(p *op.GemvComplex[T]) {
			defer gemv.begin("m=%d n=%d", p.A.Rows, p.A.Cols)()
			t.Gemv(p)
		},
		Ger: func(p *op.GerComplex[T]) {
			defer ger.begin("m=%d n=%d", p.A.Rows, p.A.Cols)()
			t.Ger(p)
		},
		Scal: func(re, im T, x []T) {
			defer scal.begin("n=%d", len(x)/2)()
			t.Scal(re, im, x)
		},
		Axpy: func(re, im T, x, y []T) {
			defer axpy.begin("n=%d", len(x)/2)()
			t.Axpy(re, im, x, y)
		},
		Dot: func(x, y []T) [4]T {
			defer dot.begin("n=%d", len(x)/2)()
			return t.Dot(x, y)
		},
		Iamax: func(x []T) int {
			defer iamax.begin("n=%d", len(x)/2)()
			return t.Iamax(x)
		},
	}
}

// A device that works by itself has no goroutine whose time a region could be.
// Each call on its streams is a task of runtime/trace instead, which begins when
// the work before it is over and ends when it is over itself.

type tracedDevice struct {
	op.Device
	backend string
}

func (d tracedDevice) NewStream(workers int) (op.Stream, error) {
	s, err := d.Device.NewStream(workers)
	if err != nil {
		return nil, err
	}
	return tracedOn(s, d.backend), nil
}

func tracedOn(s op.Stream, backend string) *tracedStream {
	f32 := tracedQueue[float32]{s.F32(), s, spanner[float32](backend)}
	f64 := tracedQueue[float64]{s.F64(), s, spanner[float64](backend)}
	return &tracedStream{s, backend, f32, f64}
}

type tracedStream struct {
	op.Stream
	backend string
	f32     tracedQueue[float32]
	f64     tracedQueue[float64]
}

func (s *tracedStream) Within(c *op.Control) op.Stream {
	return tracedOn(s.Stream.Within(c), s.backend)
}

func (s *tracedStream) F32() op.Queue[float32] { return &s.f32 }
func (s *tracedStream) F64() op.Queue[float64] { return &s.f64 }

type tracedQueue[T Float] struct {
	q    op.Queue[T]
	s    op.Stream
	name func(string) span
}

// task enqueues work as a task.
func (q *tracedQueue[T]) task(function string, enqueue func(), format string, args ...any) {
	var t *trace.Task
	region, shape := q.name(function).region, fmt.Sprintf(format, args...)
	q.s.Mark(func(error) {
		var ctx context.Context
		ctx, t = trace.NewTask(context.Background(), region)
		trace.Log(ctx, "weft", shape)
	})
	enqueue()
	q.s.Mark(func(error) { t.End() })
}

func (q *tracedQueue[T]) Reduce(f op.Reduction, x, y []T, r op.Result[T]) {
	q.task(f.String(), func() { q.q.Reduce(f, x, y, r) }, "n=%d", len(x))
}

func (q *tracedQueue[T]) Arg(f op.Reduction, x []T, r op.Result[int]) {
	q.task(f.String(), func() { q.q.Arg(f, x, r) }, "n=%d", len(x))
}

func (q *tracedQueue[T]) Map(f op.Map, alpha T, dst, x, y []T) {
	q.task(f.String(), func() { q.q.Map(f, alpha, dst, x, y) }, "n=%d", len(dst))
}

func (q *tracedQueue[T]) Gemv(p *op.Gemv[T]) {
	q.task("Gemv", func() { q.q.Gemv(p) }, "m=%d n=%d", p.A.Rows, p.A.Cols)
}

func (q *tracedQueue[T]) Ger(p *op.Ger[T]) {
	q.task("Ger", func() { q.q.Ger(p) }, "m=%d n=%d", p.A.Rows, p.A.Cols)
}

func (q *tracedQueue[T]) ScaleRows(beta T, c op.View[T]) {
	q.task("ScaleRows", func() { q.q.ScaleRows(beta, c) }, "m=%d n=%d", c.Rows, c.Cols)
}

func (q *tracedQueue[T]) Gemm(p *op.Gemm[T]) {
	q.task("Gemm", func() { q.q.Gemm(p) }, "m=%d n=%d k=%d", p.C.Rows, p.C.Cols, p.A.Cols)
}

func (q *tracedQueue[T]) Products(p *op.Products[T]) {
	g := &p.Gemm
	q.task("Gemm", func() { q.q.Products(p) }, "m=%d n=%d k=%d count=%d %v", g.C.Rows, g.C.Cols, g.A.Cols, p.Count, p.Profile)
}
