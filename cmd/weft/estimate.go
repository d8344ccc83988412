package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/weftgo/weft/bench"
	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/array"
	"github.com/weftgo/weft/kernels/blas"
	"github.com/weftgo/weft/kernels/estimate"
	"github.com/weftgo/weft/kernels/lapack"
	gonumblas "gonum.org/v1/gonum/blas"
	gonumlapack "gonum.org/v1/gonum/lapack"
)

const estimateSummary = `Says what a call will take on this machine, before it is made:

  weft estimate gemm 2000 2000 2000    a product of 2000×2000 and 2000×2000
  weft estimate svd 5000 300           a decomposition

Without a call it makes some of many kinds and sizes, of which none takes longer than
a second, and shows how near the estimates are.`

func (a *app) estimate(args []string) int {
	f := a.flags("estimate", estimateSummary)
	typ := f.String("type", "f64", "element `type`: f32 or f64")
	backend := f.String("backend", "", "`name` of the backend (default: weft's)")
	workers := f.Int("workers", 0, "`number` of workers (default: all)")
	measure := f.Bool("measure", false, "make the call, too")
	machine := f.Bool("machine", false, "write what is known of this machine, as JSON")
	call := []string{}
	for { // flags may stand behind the call
		if err := f.Parse(args); err != nil {
			code, _ := a.parse(f, args)
			return code
		}
		if args = f.Args(); len(args) == 0 {
			break
		}
		call, args = append(call, args[0]), args[1:]
	}
	if *workers < 0 {
		return a.wrong(f, fmt.Errorf("workers %d: want at least 1", *workers))
	}
	o := estimateRun{app: a, call: call, backend: *backend, workers: *workers, measure: *measure, machine: *machine}
	var err error
	switch *typ {
	case "f32":
		err = estimates[float32](&o)
	case "f64":
		err = estimates[float64](&o)
	default:
		err = errUse{fmt.Errorf("type %q: there are f32, f64", *typ)}
	}
	var use errUse
	switch {
	case errors.As(err, &use):
		return a.wrong(f, err)
	case err != nil:
		return a.fail(f, err)
	}
	return exitOK
}

// errUse is wrong use of the command.
type errUse struct{ error }

type estimateRun struct {
	*app
	call             []string
	backend          string
	workers          int
	measure, machine bool
}

// estimates does what o asks for.
func estimates[T kernels.Float](o *estimateRun) error {
	e, err := kernels.Default[T]()
	if o.backend != "" {
		e, err = kernels.Open[T](o.backend)
	}
	if err != nil {
		return err
	}
	if o.workers > 0 {
		e = e.WithWorkers(o.workers)
	}
	ks := kinds(e)
	if len(o.call) > 0 {
		k, sizes, err := parseCall(ks, o.call)
		if err != nil {
			return errUse{err}
		}
		m := estimate.Measure(e)
		o.describe(m.Backend, m.Workers)
		w := k.work(sizes)
		fmt.Fprintf(o.stdout, "%s\n", w.Name)
		fmt.Fprintf(o.stdout, "  operations  %.4g\n  traffic     %.4g bytes\n  memory      %.4g bytes\n", w.FLOPs, w.Bytes, w.Memory)
		fmt.Fprintf(o.stdout, "  time        %v\n", round(w.On(m)))
		if o.measure {
			fmt.Fprintf(o.stdout, "  measured    %v\n", round(measured(k, sizes, m.Workers)))
		}
		return nil
	}
	m := estimate.Measure(e)
	if o.machine {
		enc := json.NewEncoder(o.stdout)
		enc.SetIndent("", " ")
		return enc.Encode(m)
	}
	o.describe(m.Backend, m.Workers)
	return table(o, ks, m)
}

func (o *estimateRun) describe(backend string, workers int) {
	fmt.Fprintf(o.stdout, "%s, %s, %s\n\n", kernels.ThisMachine().Name, backend, plural(workers, "worker"))
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// kind is a call that can be estimated: its name, how many sizes it has, and what
// to do before it and for it.
type kind[T kernels.Float] struct {
	name  string
	sizes int
	array bool // on the default engine, whichever was asked for
	work  func(n []int) estimate.Work[T]
	call  func(n []int) (before, call func())
	table [][]int
}

// noise returns n numbers between -1 and 1, the same each time.
func noise[T kernels.Float](n int) []T {
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]T, n)
	for i := range x {
		x[i] = T(2*r.Float64() - 1)
	}
	return x
}

// definite returns a symmetric matrix with positive eigenvalues.
func definite[T kernels.Float](n int) []T {
	x := noise[T](n * n)
	for i := range n {
		for j := range i {
			x[j*n+i] = x[i*n+j]
		}
		x[i*n+i] = T(n)
	}
	return x
}

// kinds returns what can be estimated, and on which sizes that is tried.
func kinds[T kernels.Float](e *kernels.Engine[T]) []kind[T] {
	b, l := blas.RealOf(e), lapack.RealOf(e)
	const no, left, low = gonumblas.NoTrans, gonumblas.Left, gonumblas.Lower
	// inPlace is a call that overwrites x.
	inPlace := func(x []T, call func(x []T)) (func(), func()) {
		y := make([]T, len(x))
		return func() { copy(y, x) }, func() { call(y) }
	}
	ks := []kind[T]{{
		name: "Gemm", sizes: 3,
		work: func(n []int) estimate.Work[T] { return estimate.Gemm[T](n[0], n[1], n[2]) },
		call: func(n []int) (func(), func()) {
			x, y, z := noise[T](n[0]*n[2]), noise[T](n[2]*n[1]), make([]T, n[0]*n[1])
			ma, mb := kernels.Matrix[T]{Rows: n[0], Cols: n[2], Data: x, Stride: n[2]}, kernels.Matrix[T]{Rows: n[2], Cols: n[1], Data: y, Stride: n[1]}
			mc := kernels.Matrix[T]{Rows: n[0], Cols: n[1], Data: z, Stride: n[1]}
			return nil, func() { e.Gemm(kernels.NoTrans, kernels.NoTrans, 1, ma, mb, 0, mc) }
		},
		table: [][]int{{8, 8, 8}, {32, 32, 32}, {100, 100, 100}, {300, 300, 300}, {1000, 1000, 1000}, {1600, 1600, 1600}, {2000, 2000, 16}, {16, 2000, 2000}, {2000, 16, 2000}, {40, 40, 20000}},
	}, {
		name: "Syrk", sizes: 2,
		work: func(n []int) estimate.Work[T] { return estimate.Syrk[T](n[0], n[1]) },
		call: func(n []int) (func(), func()) {
			x, z := noise[T](n[0]*n[1]), make([]T, n[0]*n[0])
			return nil, func() { b.Syrk(low, no, n[0], n[1], 1, x, n[1], 0, z, n[0]) }
		},
		table: [][]int{{100, 100}, {1000, 1000}},
	}, {
		name: "Trsm", sizes: 2,
		work: func(n []int) estimate.Work[T] { return estimate.Trsm[T](n[0], n[1]) },
		call: func(n []int) (func(), func()) {
			x := definite[T](n[0])
			return inPlace(noise[T](n[0]*n[1]), func(y []T) { b.Trsm(left, low, no, gonumblas.NonUnit, n[0], n[1], 1, x, n[0], y, n[1]) })
		},
		table: [][]int{{64, 64}, {300, 300}, {1000, 1000}, {1000, 10}},
	}, {
		name: "Gemv", sizes: 2,
		work: func(n []int) estimate.Work[T] { return estimate.Gemv[T](n[0], n[1]) },
		call: func(n []int) (func(), func()) {
			x, y, z := noise[T](n[0]*n[1]), noise[T](n[1]), make([]T, n[0])
			ma := kernels.Matrix[T]{Rows: n[0], Cols: n[1], Data: x, Stride: n[1]}
			return nil, func() { e.Gemv(kernels.NoTrans, 1, ma, y, 0, z) }
		},
		table: [][]int{{30, 30}, {200, 200}, {1000, 1000}, {4000, 4000}},
	}, {
		name: "Symv", sizes: 1,
		work: func(n []int) estimate.Work[T] { return estimate.Symv[T](n[0]) },
		call: func(n []int) (func(), func()) {
			x, y, z := noise[T](n[0]*n[0]), noise[T](n[0]), make([]T, n[0])
			return nil, func() { b.Symv(low, n[0], 1, x, n[0], y, 1, 0, z, 1) }
		},
		table: [][]int{{200}, {2000}},
	}, {
		name: "Ger", sizes: 2,
		work: func(n []int) estimate.Work[T] { return estimate.Ger[T](n[0], n[1]) },
		call: func(n []int) (func(), func()) {
			x, y, z := noise[T](n[0]), noise[T](n[1]), make([]T, n[0]*n[1])
			return nil, func() { b.Ger(n[0], n[1], 1e-9, x, 1, y, 1, z, n[1]) }
		},
		table: [][]int{{100, 100}, {2000, 2000}},
	}}

	// Vectors.
	reduce, maps := estimate.Functions()
	for _, f := range reduce {
		k := kind[T]{name: f, sizes: 1, work: func(n []int) estimate.Work[T] { return estimate.Reduce[T](f, n[0]) }}
		k.call = func(n []int) (func(), func()) {
			x, y := noise[T](n[0]), noise[T](n[0])
			return nil, reduceCall(e, f, x, y)
		}
		switch f {
		case "Sum", "Dot":
			k.table = [][]int{{100}, {10_000}, {1_000_000}, {10_000_000}}
		case "Nrm2", "Var", "ArgMax":
			k.table = [][]int{{10_000}, {1_000_000}}
		}
		ks = append(ks, k)
	}
	for _, f := range maps {
		if f == "Copy" {
			continue // is part of others
		}
		k := kind[T]{name: f, sizes: 1, work: func(n []int) estimate.Work[T] { return estimate.Map[T](f, n[0]) }}
		k.call = func(n []int) (func(), func()) {
			x, y, z := noise[T](n[0]), noise[T](n[0]), make([]T, n[0])
			for i, v := range x { // where most functions are defined
				x[i] = max(v, -v)
			}
			return nil, mapCall(e, f, z, x, y)
		}
		switch f {
		case "Axpy", "Add":
			k.table = [][]int{{100}, {10_000}, {1_000_000}, {10_000_000}}
		case "Exp", "Log", "Sin", "Pow", "Sqrt", "Div":
			k.table = [][]int{{1000}, {1_000_000}}
		}
		ks = append(ks, k)
	}

	// Factorisations.
	square := [][]int{{20}, {100}, {300}, {1000}}
	ks = append(ks, kind[T]{
		name: "Potrf", sizes: 1, table: append(square, []int{2000}),
		work: func(n []int) estimate.Work[T] { return estimate.Potrf[T](n[0]) },
		call: func(n []int) (func(), func()) {
			return inPlace(definite[T](n[0]), func(x []T) { l.Potrf(low, n[0], x, n[0]) })
		},
	}, kind[T]{
		name: "Getrf", sizes: 2, table: [][]int{{20, 20}, {100, 100}, {300, 300}, {1000, 1000}, {2000, 2000}, {4000, 60}},
		work: func(n []int) estimate.Work[T] { return estimate.Getrf[T](n[0], n[1]) },
		call: func(n []int) (func(), func()) {
			p := make([]int, min(n[0], n[1]))
			return inPlace(noise[T](n[0]*n[1]), func(x []T) { l.Getrf(n[0], n[1], x, n[1], p) })
		},
	}, kind[T]{
		name: "Geqrf", sizes: 2, table: [][]int{{20, 20}, {100, 100}, {300, 300}, {1000, 1000}, {4000, 100}},
		work: func(n []int) estimate.Work[T] { return estimate.Geqrf[T](n[0], n[1]) },
		call: func(n []int) (func(), func()) {
			tau, work := make([]T, min(n[0], n[1])), make([]T, n[1])
			return inPlace(noise[T](n[0]*n[1]), func(x []T) { l.Geqrf(n[0], n[1], x, n[1], tau, work, len(work)) })
		},
	}, kind[T]{
		name: "Gels", sizes: 3, table: [][]int{{2000, 50, 1}, {500, 300, 10}},
		work: func(n []int) estimate.Work[T] { return estimate.Gels[T](n[0], n[1], n[2]) },
		call: func(n []int) (func(), func()) {
			y := noise[T](max(n[0], n[1]) * n[2])
			work := make([]T, max(1, min(n[0], n[1])+max(n[0], n[1], n[2])))
			return inPlace(noise[T](n[0]*n[1]), func(x []T) { l.Gels(no, n[0], n[1], n[2], x, n[1], y, n[2], work, len(work)) })
		},
	}, kind[T]{
		name: "SyevValues", sizes: 1, table: [][]int{{100}, {500}},
		work: func(n []int) estimate.Work[T] { return estimate.Syev[T](n[0], false) },
		call: func(n []int) (func(), func()) {
			w, work := make([]T, n[0]), make([]T, 3*n[0])
			return inPlace(definite[T](n[0]), func(x []T) { l.Syev(gonumlapack.EVNone, low, n[0], x, n[0], w, work, len(work)) })
		},
	}, kind[T]{
		name: "Syev", sizes: 1, table: square,
		work: func(n []int) estimate.Work[T] { return estimate.Syev[T](n[0], true) },
		call: func(n []int) (func(), func()) {
			w, work := make([]T, n[0]), make([]T, 3*n[0])
			return inPlace(definite[T](n[0]), func(x []T) { l.Syev(gonumlapack.EVCompute, low, n[0], x, n[0], w, work, len(work)) })
		},
	}, kind[T]{
		name: "GesvdValues", sizes: 2, table: [][]int{{300, 300}, {1000, 100}},
		work: func(n []int) estimate.Work[T] { return estimate.Gesvd[T](n[0], n[1], false) },
		call: func(n []int) (func(), func()) { return svdCall(l, gonumlapack.SVDNone, n[0], n[1]) },
	}, kind[T]{
		name: "Gesvd", sizes: 2, table: [][]int{{20, 20}, {100, 100}, {300, 300}, {700, 700}, {1000, 100}},
		work: func(n []int) estimate.Work[T] { return estimate.Gesvd[T](n[0], n[1], true) },
		call: func(n []int) (func(), func()) { return svdCall(l, gonumlapack.SVDStore, n[0], n[1]) },
	})
	for _, k := range arrayKinds[T]() {
		k.array = true
		ks = append(ks, k)
	}
	return ks
}

func svdCall[T kernels.Float](l lapack.Real[T], job gonumlapack.SVDJob, m, n int) (before, call func()) {
	x, k := noise[T](m*n), min(m, n)
	s, u, v, work := make([]T, k), make([]T, m*k), make([]T, k*n), make([]T, max(3*k+max(m, n), 5*k))
	return nil, func() { l.Gesvd(job, job, m, n, x, n, s, u, k, v, n, work, len(work)) }
}

// reduceCall returns a call of the reduction of that name.
func reduceCall[T kernels.Float](e *kernels.Engine[T], f string, x, y []T) func() {
	one := map[string]func([]T) T{"Sum": e.Sum, "Mean": e.Mean, "Asum": e.Asum, "Nrm2": e.Nrm2, "Var": e.Var, "Max": e.Max, "Min": e.Min}
	index := map[string]func([]T) int{"ArgMax": e.ArgMax, "ArgMin": e.ArgMin, "Iamax": e.Iamax}
	if g := one[f]; g != nil {
		return func() { g(x) }
	}
	if g := index[f]; g != nil {
		return func() { g(x) }
	}
	return func() { e.Dot(x, y) }
}

// mapCall returns a call of the elementwise function of that name.
func mapCall[T kernels.Float](e *kernels.Engine[T], f string, dst, x, y []T) func() {
	for u := range op.NumUnary {
		if u.String() == f {
			return func() { e.Unary(u, dst, x) }
		}
	}
	for b := range op.NumBinary {
		if b.String() == f {
			return func() { e.Binary(b, dst, x, y) }
		}
	}
	return map[string]func(){
		"Axpy": func() { e.Axpy(1e-9, x, dst) }, "Scal": func() { e.Scal(1.0000001, dst) }, "Fill": func() { e.Fill(dst, 1) },
		"Add": func() { e.Add(dst, x, y) }, "Sub": func() { e.Sub(dst, x, y) }, "Mul": func() { e.Mul(dst, x, y) },
		"Div": func() { e.Div(dst, x, y) }, "MulAdd": func() { e.MulAdd(dst, x, y, x) },
	}[f]
}

// arrayKinds are those of package array.
func arrayKinds[T kernels.Float]() []kind[T] {
	matrix := func(m, n int) *array.Array[T] { return array.FromSlice(noise[T](m*n), m, n) }
	positive := func(n int) *array.Array[T] { return array.FromSlice(definite[T](n), n, n) }
	ks := []kind[T]{{
		name: "array.Add", sizes: 1, table: [][]int{{1000}, {100_000}, {3_000_000}},
		work: func(n []int) estimate.Work[T] { return estimate.Elementwise[T]("Add", n[0]) },
		call: func(n []int) (func(), func()) {
			x := matrix(1, n[0])
			return nil, func() { array.Add(x, x) }
		},
	}, {
		name: "array.Exp", sizes: 1, table: [][]int{{1000}, {1_000_000}},
		work: func(n []int) estimate.Work[T] { return estimate.Elementwise[T]("Exp", n[0]) },
		call: func(n []int) (func(), func()) {
			x := matrix(1, n[0])
			return nil, func() { array.Exp(x) }
		},
	}, {
		name: "array.Sum", sizes: 3, table: [][]int{{100, 1000, 1}, {1, 1000, 1000}, {100, 100, 100}},
		work: func(n []int) estimate.Work[T] { return estimate.Along[T]("Sum", n[0], n[1], n[2]) },
		call: func(n []int) (func(), func()) {
			x := array.FromSlice(noise[T](n[0]*n[1]*n[2]), n...)
			return nil, func() { array.Sum(x, array.Axis(1)) }
		},
	}, {
		name: "array.Sort", sizes: 2, table: [][]int{{1, 1000}, {100, 100}, {1, 100_000}, {1, 1_000_000}},
		work: func(n []int) estimate.Work[T] { return estimate.Sort[T](n[0], n[1]) },
		call: func(n []int) (func(), func()) {
			x := matrix(n[0], n[1])
			return nil, func() { array.Sort(x, 1) }
		},
	}, {
		name: "array.MatMul", sizes: 4, table: [][]int{{1, 500, 500, 500}, {100, 30, 30, 30}},
		work: func(n []int) estimate.Work[T] { return estimate.MatMul[T](n[0], n[1], n[2], n[3]) },
		call: func(n []int) (func(), func()) {
			x, y := array.FromSlice(noise[T](n[0]*n[1]*n[2]), n[:3]...), array.FromSlice(noise[T](n[0]*n[2]*n[3]), n[0], n[2], n[3])
			return nil, func() { array.MatMul(x, y) }
		},
	}, {
		name: "array.Einsum bij,bkj->bik", sizes: 4, table: [][]int{{20, 100, 100, 100}},
		work: func(n []int) estimate.Work[T] {
			return estimate.Einsum[T]("bij,bkj->bik", []int{n[0], n[1], n[2]}, []int{n[0], n[3], n[2]})
		},
		call: func(n []int) (func(), func()) {
			x, y := array.FromSlice(noise[T](n[0]*n[1]*n[2]), n[:3]...), array.FromSlice(noise[T](n[0]*n[3]*n[2]), n[0], n[3], n[2])
			return nil, func() { array.Einsum("bij,bkj->bik", x, y) }
		},
	}}
	square := func(name string, work func(int) estimate.Work[T], call func(*array.Array[T]), sizes ...int) {
		k := kind[T]{name: "array." + name, sizes: 1, work: func(n []int) estimate.Work[T] { return work(n[0]) }}
		k.call = func(n []int) (func(), func()) {
			x := positive(n[0])
			return nil, func() { call(x) }
		}
		for _, n := range sizes {
			k.table = append(k.table, []int{n})
		}
		ks = append(ks, k)
	}
	square("Solve", func(n int) estimate.Work[T] { return estimate.Solve[T](n, n) }, func(x *array.Array[T]) { array.Solve(x, x) }, 100, 600)
	square("Inv", estimate.Inv[T], func(x *array.Array[T]) { array.Inv(x) }, 100, 600)
	square("Det", estimate.Det[T], func(x *array.Array[T]) { array.Det(x) }, 100, 600)
	square("Cholesky", estimate.Cholesky[T], func(x *array.Array[T]) { array.Cholesky(x) }, 100, 600)
	square("QR", func(n int) estimate.Work[T] { return estimate.QR[T](n, n) }, func(x *array.Array[T]) { array.QR(x) }, 100, 600)
	square("EigH", estimate.EigH[T], func(x *array.Array[T]) { array.EigH(x) }, 100, 400)
	square("SVD", func(n int) estimate.Work[T] { return estimate.SVD[T](n, n) }, func(x *array.Array[T]) { array.SVD(x) }, 100, 300)
	square("Pinv", func(n int) estimate.Work[T] { return estimate.Pinv[T](n, n) }, func(x *array.Array[T]) { array.Pinv(x) }, 200)
	return ks
}

// parseCall finds a kind by its name, in any case and without "array.", and reads
// the sizes. One size may stand for all.
func parseCall[T kernels.Float](ks []kind[T], call []string) (k kind[T], sizes []int, err error) {
	at := slices.IndexFunc(ks, func(k kind[T]) bool { return strings.EqualFold(k.name, call[0]) })
	if at < 0 {
		at = slices.IndexFunc(ks, func(k kind[T]) bool { return strings.EqualFold(k.name, "array."+call[0]) })
	}
	if at < 0 {
		var names []string
		for _, k := range ks {
			names = append(names, k.name)
		}
		return k, nil, fmt.Errorf("there is no estimate for %q; there are %s", call[0], strings.Join(names, ", "))
	}
	k = ks[at]
	for _, s := range call[1:] {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			return k, nil, fmt.Errorf("size %q: want a number of at least 1", s)
		}
		sizes = append(sizes, n)
	}
	if len(sizes) == 1 {
		sizes = slices.Repeat(sizes, k.sizes)
	}
	if len(sizes) != k.sizes {
		return k, nil, fmt.Errorf("%s takes %s, and there are %d", k.name, plural(k.sizes, "size"), len(sizes))
	}
	return k, sizes, nil
}

// measured returns how long a call takes: the best of some rounds. That of a
// single worker is processor time, so that it can be told on a busy machine.
func measured[T kernels.Float](k kind[T], sizes []int, workers int) time.Duration {
	start := time.Now()
	now := func() time.Duration { return time.Since(start) }
	if workers == 1 {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		now = bench.ThreadTime
	}
	before, call := k.call(sizes)
	best := time.Duration(math.MaxInt64)
	calls := 1
	for begin := time.Now(); time.Since(begin) < 200*time.Millisecond || best == math.MaxInt64; {
		if before != nil {
			before()
		}
		start := now()
		for range calls {
			call()
		}
		t := now() - start
		if t > 0 { // a thread's clock may stand still
			best = min(best, t/time.Duration(calls))
		}
		if before == nil && t < 20*time.Microsecond {
			calls *= 2
		}
	}
	return best
}

// table shows estimates beside what was measured.
func table[T kernels.Float](o *estimateRun, ks []kind[T], m *estimate.Machine[T]) error {
	var ratios []float64
	if m.Workers == 1 {
		for i := range ks { // arrays are computed on the default engine
			if e, err := kernels.Default[T](); ks[i].array && (err != nil || e.Workers() != 1) {
				ks[i].table = nil
			}
		}
	}
	w := tabwriter.NewWriter(o.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "call\tGFLOP\tGFLOP/s\testimated\tmeasured\tratio\t")
	for _, k := range ks {
		if k.array && o.backend != "" {
			continue
		}
		for _, n := range k.table {
			if o.ctx.Err() != nil {
				w.Flush()
				return errors.New("interrupted; this is what there was")
			}
			work := k.work(n)
			will, did := work.On(m), measured(k, n, m.Workers)
			r := float64(will) / float64(max(did, 1))
			ratios = append(ratios, max(r, 1/r))
			name := work.Name
			if k.array && !strings.HasPrefix(name, "array") {
				name = "array." + name
			}
			fmt.Fprintf(w, "%s\t%.3g\t%.1f\t%v\t%v\t%.2f\t\n", name, work.FLOPs/1e9, work.FLOPs/float64(max(did, 1)), round(will), round(did), r)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	slices.Sort(ratios)
	within := func(f float64) int { return 100 * sortedBelow(ratios, f) / len(ratios) }
	_, err := fmt.Fprintf(o.stdout, "\n%d calls: %d %% within a factor of 1.25, %d %% of 1.5, %d %% of 2; the median is %.2f, the worst %.2f\n",
		len(ratios), within(1.25), within(1.5), within(2), ratios[len(ratios)/2], ratios[len(ratios)-1])
	return err
}

// sortedBelow returns how many of x are at most f.
func sortedBelow(x []float64, f float64) int {
	n, _ := slices.BinarySearchFunc(x, f, func(v, f float64) int { return cmp.Or(cmp.Compare(v, f), -1) })
	return n
}

// round returns t with three digits.
func round(t time.Duration) time.Duration {
	unit := time.Duration(1)
	for t/unit >= 1000 {
		unit *= 10
	}
	return t.Round(unit)
}
