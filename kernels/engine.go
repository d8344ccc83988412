package kernels

import (
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/weftgo/weft/cpu"
	"github.com/weftgo/weft/internal/op"
)

// Engine computes with one backend. It is immutable, may be copied and is
// safe for use by many goroutines. The functions of this package are the
// methods of the default engine.
type Engine[T Float] struct {
	table   *op.Table[T]
	name    string
	workers int
	ctl     *op.Control // of a context; the table is bound to it
}

// Backend describes a way to compute.
type Backend struct {
	Name     string // "avx512", "avx2", "fallback", …
	Features string // what it uses, for people to read
	Err      error  // why it can't be used here; nil if it can
}

// Backends lists the backends, best first, including those that can't be used
// on this machine or in this build.
func Backends() []Backend {
	var bs []Backend
	for _, b := range all() {
		bs = append(bs, Backend{b.Name, b.Features, b.Err})
	}
	return bs
}

// all returns every backend, those of the processor last: one that was added
// by an import was asked for.
var all = sync.OnceValue(func() []*op.Backend {
	added := op.Registered()
	complete(added, best())
	op.RegisterHost(best)
	if tracing() {
		traceBackends(host(), added)
	}
	return append(added, host()...)
})

// host returns the processor's backends.
var host = sync.OnceValue(cpu.Backends)

// best returns the best of them that can be used: at least plain Go can.
func best() *op.Backend {
	for _, b := range host() {
		if b.Err == nil {
			return b
		}
	}
	panic("kernels: no backend can be used")
}

// complete gives backends the functions of host that they leave out.
func complete(bs []*op.Backend, host *op.Backend) {
	for _, b := range bs {
		completeTable(&b.F32, &host.F32)
		completeTable(&b.F64, &host.F64)
	}
}

func completeTable[T Float](t, host *op.Table[T]) {
	fill(t, host)
	if within, hosts := t.Within, host.Within; within != nil && hosts != nil {
		t.Within = func(c *op.Control) op.Table[T] {
			t, h := within(c), hosts(c)
			fill(&t, &h)
			return t
		}
	}
}

// fill gives t the functions of host that it leaves out.
func fill[T Float](t, host *op.Table[T]) {
	if t.Complex.Gemm == nil {
		t.Complex = host.Complex
	}
	if t.Iamax == nil {
		t.Iamax = host.Iamax
	}
	if t.Gemmtr == nil {
		t.Gemmtr = host.Gemmtr
	}
	if t.Symv == nil {
		t.Symv = host.Symv
	}
	if t.Tri == nil {
		t.Tri = host.Tri
	}
	if t.Unary == nil {
		t.Unary, t.Binary, t.MulAdd, t.Compare = host.Unary, host.Binary, host.MulAdd, host.Compare
	}
	if t.Short.Sum == nil {
		t.Short = op.ShortOf(t)
	}
}

var errUnknown = errors.New("unknown name")

func find(name string) (*op.Backend, error) {
	var names []string
	for _, b := range all() {
		if b.Name == name {
			return b, b.Err
		}
		names = append(names, b.Name)
	}
	return nil, fmt.Errorf("%w; there are %s", errUnknown, strings.Join(names, ", "))
}

// Open returns an engine pinned to the backend of that name, see [Backends].
// The error, a [*BackendError], says why it can't be had.
func Open[T Float](name string) (*Engine[T], error) {
	b, err := find(name)
	if err != nil {
		return nil, &BackendError{Name: name, Err: err}
	}
	return &Engine[T]{table: op.TableOf[T](b), name: b.Name, workers: math.MaxInt}, nil
}

// Default returns the engine behind the functions of this package: the best
// backend of the processor, with a device beside it for the products that are
// done sooner there, or the one that WEFT_BACKEND names, with at most
// WEFT_WORKERS workers. The error says which variable asks for what can't be had; the
// functions of this package panic with it.
func Default[T Float]() (*Engine[T], error) {
	d := loadDefaults()
	if op.Size[T]() == 4 {
		return (*Engine[T])(unsafe.Pointer(&d.f32)), d.err
	}
	return (*Engine[T])(unsafe.Pointer(&d.f64)), d.err
}

// engines is what the environment asks for.
type engines struct {
	f32 Engine[float32]
	f64 Engine[float64]
	err error
}

var loadDefaults = sync.OnceValue(func() *engines {
	d := configure(os.Getenv)
	if d.err == nil {
		atomic.StorePointer(&ready[0], unsafe.Pointer(&d.f32))
		atomic.StorePointer(&ready[1], unsafe.Pointer(&d.f64))
	}
	return d
})

// configure chooses the default engines by the environment that getenv reads.
func configure(getenv func(string) string) *engines {
	name := best().Name // a device is used where it is asked for, or pays: see route
	var errs []error
	if pinned := getenv("WEFT_BACKEND"); pinned != "" {
		if _, err := find(pinned); err != nil {
			errs = append(errs, &BackendError{pinned, "WEFT_BACKEND", err})
		} else {
			name = pinned
		}
	}
	if required := getenv("WEFT_REQUIRE"); required != "" {
		for r := range strings.SplitSeq(required, ",") {
			r = strings.TrimSpace(r)
			if _, err := find(r); err != nil {
				errs = append(errs, &BackendError{r, "WEFT_REQUIRE", err})
			}
		}
	}
	workers := math.MaxInt
	if s := getenv("WEFT_WORKERS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			errs = append(errs, fmt.Errorf("kernels: WEFT_WORKERS=%q, want a number of at least 1", s))
		} else {
			workers = n
		}
	}
	b, _ := find(name)
	f32, f64 := &b.F32, &b.F64
	if getenv("WEFT_BACKEND") == "" {
		f32, f64 = route[float32](b), route[float64](b)
	}
	return &engines{
		f32: Engine[float32]{table: f32, name: name, workers: workers},
		f64: Engine[float64]{table: f64, name: name, workers: workers},
		err: errors.Join(errs...),
	}
}

// ready holds the default engines for float32 and float64 once they are known
// to be good. Only their addresses are here, so that def is inlined.
var ready [2]unsafe.Pointer

// def returns the default engine for the functions of this package.
func def[T Float]() *Engine[T] {
	if e := atomic.LoadPointer(&ready[op.Size[T]()/8]); e != nil {
		return (*Engine[T])(e)
	}
	return mustDefault[T]()
}

// mustDefault is def for the first time, and for an environment that asks for
// what can't be had.
func mustDefault[T Float]() *Engine[T] {
	e, err := Default[T]()
	if err != nil {
		panic(err)
	}
	return e
}

// Backend returns the name of the engine's backend.
func (e *Engine[T]) Backend() string { return e.name }

// Workers returns how many goroutines work on one call at the most, the caller's
// included.
func (e *Engine[T]) Workers() int { return min(e.workers, runtime.GOMAXPROCS(0)) }

// WithWorkers returns the same engine, bounded to n ≥ 1 workers: the
// goroutines that work on one call, the caller's included. Results do not
// depend on it.
func (e *Engine[T]) WithWorkers(n int) *Engine[T] {
	if n < 1 {
		panic(&ShapeError{"WithWorkers", "n", strconv.Itoa(n), "at least 1"})
	}
	f := *e
	f.workers = n
	return &f
}

// Operands are hidden from the compiler's escape analysis, which can't see
// through the function values of a table and would move the caller's arrays
// to the heap. In return a call whose operands do lie on the caller's stack
// stays on the caller's goroutine. Arrays there are small: the compiler puts
// none over 128 KiB on a stack.

// smallWork is the size of operands, in bytes, below which no backend uses a
// second worker, so that nobody needs to know where they lie.
const smallWork = 4 << 10

// width returns how many workers a call may use on operands that start at p
// and q.
func (e *Engine[T]) width(p, q *T) int {
	if cpu.KnowsStack && (cpu.OnStack(unsafe.Pointer(p)) || cpu.OnStack(unsafe.Pointer(q))) {
		return 1
	}
	return e.workers
}

// small reports whether n elements are too few for a second worker.
func small[T Float](n int) bool { return n <= smallWork/op.Size[T]() }

// vectorWidth returns how many workers a call on x and y, equally long, may
// use.
func (e *Engine[T]) vectorWidth(x, y []T) int {
	if small[T](len(x)) {
		return 1
	}
	return e.width(&x[0], &y[0])
}

// hideSlice returns x hidden from escape analysis, where that is safe. Give
// the result a name of its own: the analysis does not follow time, and what
// happens to a variable later counts against what it held before.
func hideSlice[T Float](x []T) []T {
	return unsafe.Slice(hide(unsafe.SliceData(x)), len(x))
}

func hideView[T Float](v op.View[T]) op.View[T] {
	return op.View[T]{Data: hideSlice(v.Data), Rows: v.Rows, Cols: v.Cols, RowStride: v.RowStride, ColStride: v.ColStride}
}
