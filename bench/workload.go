package bench

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Shape is the size of a problem: op(A) of M×K and op(B) of K×N for a product,
// A of M×N for a matrix and a vector, N for vectors.
type Shape struct{ M, N, K int }

// String returns the shape as it stands in the name of a record: "n=64", or
// "m=2048/n=16/k=2048".
func (s Shape) String() string {
	switch {
	case s.M == s.N && (s.K == s.N || s.K == 0), s.M == 0:
		return fmt.Sprintf("n=%d", s.N)
	case s.K == 0:
		return fmt.Sprintf("m=%d/n=%d", s.M, s.N)
	}
	return fmt.Sprintf("m=%d/n=%d/k=%d", s.M, s.N, s.K)
}

// label is String for a table.
func (s Shape) label() string {
	switch {
	case s.M == 0 && s.N >= 100 && strings.Trim(strconv.Itoa(s.N)[1:], "0") == "":
		d := strconv.Itoa(s.N)
		return fmt.Sprintf("%ce%d", d[0], len(d)-1)
	case s.M == s.N && (s.K == s.N || s.K == 0), s.M == 0:
		return strconv.Itoa(s.N)
	case s.K == 0:
		return fmt.Sprintf("%dx%d", s.M, s.N)
	}
	return fmt.Sprintf("%dx%d, k %d", s.M, s.N, s.K)
}

// length is the size of vectors, by which columns of a table are ordered.
func (s Shape) length() int {
	if s.M == 0 {
		return s.N
	}
	return 0
}

// ParseShape reads "1000", "1e6", "2000x100" (m×n) or "2048x16x2048" (m×n×k).
func ParseShape(text string) (Shape, error) {
	var d []int
	for f := range strings.SplitSeq(text, "x") {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil || v < 1 || v > 1e9 || v != float64(int(v)) {
			return Shape{}, fmt.Errorf("size %q: want a number like 1000 or 1e6, MxN or MxNxK", text)
		}
		d = append(d, int(v))
	}
	switch len(d) {
	case 1:
		return Shape{N: d[0]}, nil
	case 2:
		return Shape{M: d[0], N: d[1]}, nil
	case 3:
		return Shape{d[0], d[1], d[2]}, nil
	}
	return Shape{}, fmt.Errorf("size %q has more than three dimensions", text)
}

// A workload is something to measure. FLOPs and counts of elements are those
// of one call.
type workload struct {
	op     string
	family *family
	shapes []Shape // by default

	// Either flops is set, for what is held against the rate of fused
	// multiply-adds, or elems, the number of elements of all operands, for what
	// is held against reading them once.
	flops, elems func(Shape) float64

	// perElem is the floating-point operations for each of elems, or comparisons
	// where there is nothing else.
	perElem float64
	// short is what a short run takes of the shapes.
	short []Shape
}

// family is a group of workloads with shapes of one kind, which share a table.
type family struct {
	name, title string
	// fit gives a shape that was asked for the form of the family; it returns
	// false if that has too many or too few dimensions.
	fit func(Shape) (Shape, bool)
	// room returns the elements of the operands, see operands.
	room func(Shape) [3]int
}

var (
	products = &family{
		name: "gemm", title: "Matrix products",
		fit: func(s Shape) (Shape, bool) {
			if s.M == 0 {
				s = cube(s.N)
			}
			return s, s.K != 0
		},
		room: func(s Shape) [3]int { return [3]int{s.M * s.K, s.K * s.N, s.M * s.N} },
	}
	matvecs = &family{
		name: "matvec", title: "Matrix and vector",
		fit: func(s Shape) (Shape, bool) {
			if s.M == 0 {
				s.M = s.N
			}
			return s, s.K == 0
		},
		room: func(s Shape) [3]int { return [3]int{s.M * s.N, max(s.M, s.N), max(s.M, s.N)} },
	}
	level3 = &family{
		name: "level3", title: "Symmetric and triangular matrices, order n",
		fit:  func(s Shape) (Shape, bool) { return cube(s.N), s.M == 0 },
		room: func(s Shape) [3]int { return [3]int{s.N * s.N, s.N * s.N, s.N * s.N} },
	}
	complexProducts = &family{
		name: "complex", title: "Products of complex matrices",
		fit:  products.fit,
		room: func(s Shape) [3]int { return [3]int{2 * s.M * s.K, 2 * s.K * s.N, 2 * s.M * s.N} },
	}
	factorizations = &family{
		name: "lapack", title: "Factorisations, order n",
		fit:  vectorFit,
		room: factorRoom,
	}

	vectorFit = func(s Shape) (Shape, bool) { return s, s.M == 0 }
	vectorFor = func(s Shape) [3]int { return [3]int{s.N, s.N, s.N} }

	reductions = &family{name: "reductions", title: "Reductions", fit: vectorFit, room: vectorFor}
	vectors    = &family{name: "vectors", title: "Vectors", fit: vectorFit, room: vectorFor}

	realWork = &family{
		name: "digits", title: "Handwritten digits",
		fit:  func(s Shape) (Shape, bool) { return s, false },
		room: func(Shape) [3]int { return [3]int{} },
	}
)

func cube(n int) Shape { return Shape{n, n, n} }

// workloads is everything there is to measure, in the order of the report.
var workloads = []workload{
	{op: "Gemm", family: products, flops: times(2),
		shapes: []Shape{
			cube(8), cube(16), cube(17), cube(32), cube(33), cube(64), cube(128),
			cube(256), cube(512), cube(1024), cube(2048),
			{2048, 2048, 64}, {2048, 16, 2048}, {64, 64, 8192}, {1, 4096, 4096},
		},
		short: []Shape{cube(16), cube(64), cube(256), cube(1024)}},
	{op: "Syrk", family: level3, flops: times(1), shapes: orders, short: orders[1:2]},
	{op: "Trsm", family: level3, flops: times(1), shapes: orders, short: orders[1:2]},
	{op: "Symm", family: level3, flops: times(2), shapes: orders, short: orders[1:2]},
	{op: "GemmC", family: complexProducts, flops: times(8), shapes: []Shape{cube(16), cube(64), cube(256), cube(512)}, short: []Shape{cube(256)}},

	// The customary counts; the last two, with all vectors, are only names for a
	// time, since the work depends on the method: n³ times 9 and 22, as of
	// reduction, QR iteration and back-transformation.
	{op: "Potrf", family: factorizations, flops: cubic(1. / 3), shapes: factorOrders, short: factorOrders[1:2]},
	{op: "Getrf", family: factorizations, flops: cubic(2. / 3), shapes: factorOrders, short: factorOrders[1:2]},
	{op: "Geqrf", family: factorizations, flops: cubic(4. / 3), shapes: factorOrders, short: factorOrders[1:2]},
	{op: "Syev", family: factorizations, flops: cubic(9), shapes: []Shape{{N: 32}, {N: 128}, {N: 512}}, short: []Shape{{N: 128}}},
	{op: "Gesvd", family: factorizations, flops: cubic(22), shapes: []Shape{{N: 32}, {N: 128}, {N: 512}}, short: []Shape{{N: 128}}},

	{op: "GemvN", family: matvecs, shapes: squares, elems: area, perElem: 2, short: squares[1:2]},
	{op: "GemvT", family: matvecs, shapes: squares, elems: area, perElem: 2, short: squares[1:2]},
	{op: "Ger", family: matvecs, shapes: squares, elems: area, perElem: 2, short: squares[1:2]},

	{op: "Sum", family: reductions, shapes: lengths, elems: per(1), perElem: 1, short: few},
	{op: "Dot", family: reductions, shapes: lengths, elems: per(2), perElem: 1, short: few},
	{op: "Asum", family: reductions, shapes: lengths, elems: per(1), perElem: 1, short: few},
	{op: "Nrm2", family: reductions, shapes: lengths, elems: per(1), perElem: 2, short: few},
	{op: "Max", family: reductions, shapes: lengths, elems: per(1), perElem: 1, short: few},
	{op: "ArgMax", family: reductions, shapes: lengths, elems: per(1), perElem: 1, short: few},
	{op: "Iamax", family: reductions, shapes: lengths, elems: per(1), perElem: 1, short: few},
	{op: "Var", family: reductions, shapes: lengths, elems: per(1), perElem: 3, short: few},

	{op: "Axpy", family: vectors, shapes: lengths, elems: per(2), perElem: 1, short: few},
	{op: "Scal", family: vectors, shapes: lengths, elems: per(1), perElem: 1, short: few},
	{op: "Add", family: vectors, shapes: lengths, elems: per(3), perElem: 1. / 3, short: few},
	{op: "Mul", family: vectors, shapes: lengths, elems: per(3), perElem: 1. / 3, short: few},
	{op: "Fill", family: vectors, shapes: lengths, elems: per(1), short: few},

	{op: "KNN", family: realWork, shapes: []Shape{{N: digitCount}}, flops: func(Shape) float64 { return knnFLOPs }},
	{op: "PCA", family: realWork, shapes: []Shape{{N: digitCount}}, flops: func(Shape) float64 { return pcaFLOPs }},
}

var (
	lengths = []Shape{{N: 1e2}, {N: 1e3}, {N: 1e4}, {N: 1e5}, {N: 1e6}, {N: 1e7}}
	few     = []Shape{{N: 1e3}, {N: 1e6}}
	squares = []Shape{{M: 100, N: 100}, {M: 1000, N: 1000}, {M: 4000, N: 4000}}

	orders       = []Shape{cube(64), cube(256), cube(1024)}
	factorOrders = []Shape{{N: 64}, {N: 256}, {N: 1024}}
)

func times(c float64) func(Shape) float64 {
	return func(s Shape) float64 { return c * float64(s.M) * float64(s.N) * float64(s.K) }
}

func cubic(c float64) func(Shape) float64 {
	return func(s Shape) float64 { return c * float64(s.N) * float64(s.N) * float64(s.N) }
}

func area(s Shape) float64 { return float64(s.M)*float64(s.N) + float64(s.M+s.N) }

func per(c float64) func(Shape) float64 {
	return func(s Shape) float64 { return c * float64(s.N) }
}

// work returns what one call does, in the unit of its rate, and that unit.
func (w *workload) work(s Shape, elem int) (float64, string) {
	if w.flops != nil {
		return w.flops(s), "GFLOP/s"
	}
	return w.elems(s) * float64(elem), "GB/s"
}

// intensity returns the floating-point operations for each byte of the operands,
// each counted once, or 0 if there are none.
func (w *workload) intensity(s Shape, elem int) float64 {
	if w.flops == nil {
		return w.perElem / float64(elem)
	}
	room := w.family.room(s)
	if w.family == factorizations {
		room = [3]int{s.N * s.N}
	}
	if n := room[0] + room[1] + room[2]; n > 0 {
		return w.flops(s) / float64(n*elem)
	}
	return 0
}

// Names of what is not a workload but can be asked for like one.
const (
	opLimits     = "limits"
	opPause      = "pause"
	opContention = "contention"
	opFork       = "fork"
)

// Ops returns the names that Options.Ops understands: workloads, then families
// and the special measurements.
func Ops() []string {
	var ops, families []string
	for _, w := range workloads {
		ops = append(ops, w.op)
		if !slices.Contains(families, w.family.name) && !strings.EqualFold(w.family.name, w.op) {
			families = append(families, w.family.name)
		}
	}
	return slices.Concat(ops, families, []string{opLimits, opFork, opPause, opContention})
}

// selection is the part of the workloads that was asked for.
type selection struct {
	workloads                       []workload
	limits, fork, pause, contention bool
}

// choose returns the workloads that names ask for, in their order, with shapes
// instead of their own if there are any. No name means everything but pause and
// contention, which take their own time.
// A short run takes few shapes, unless some are given, and no real workload.
func choose(names []string, shapes []Shape, short bool) (selection, error) {
	var sel selection
	picked := make([]bool, len(workloads))
	for _, name := range names {
		known := true
		switch strings.ToLower(name) {
		case opLimits:
			sel.limits = true
		case opFork:
			sel.fork = true
		case opPause:
			sel.pause = true
		case opContention:
			sel.contention = true
		default:
			known = false
		}
		for i, w := range workloads {
			if strings.EqualFold(name, w.op) || strings.EqualFold(name, w.family.name) {
				known, picked[i] = true, true
			}
		}
		if !known {
			return sel, fmt.Errorf("op %q: there are %s", name, strings.Join(Ops(), ", "))
		}
	}
	for i, w := range workloads {
		if len(names) > 0 && !picked[i] {
			continue
		}
		if short {
			w.shapes = w.short
		}
		if len(shapes) > 0 {
			w.shapes = nil
			for _, s := range shapes {
				if s, ok := w.family.fit(s); ok {
					w.shapes = append(w.shapes, s)
				}
			}
		}
		if len(w.shapes) > 0 {
			sel.workloads = append(sel.workloads, w)
		}
	}
	if len(names) == 0 {
		sel.limits, sel.fork = true, true
	} else if len(sel.workloads) == 0 && slices.Contains(picked, true) {
		return sel, errors.New("no op that was asked for takes a size that was asked for")
	}
	return sel, nil
}
