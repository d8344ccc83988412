package kernels

import (
	"math"

	"github.com/weftgo/weft/internal/op"
)

// The functions of this package on placed operands. Each checks its arguments,
// enqueues on st and returns; the rules, the definition and the bits are those
// of the function whose name it has without "On". Operands of another device
// than the stream's, and such that were freed, are wrong use, too.

// SumOn enqueues [Sum].
func SumOn[T Float](st *Stream, x PlacedVector[T]) Future[T] {
	return reduceOn(st, op.Sum, x, 0)
}

// AsumOn enqueues [Asum].
func AsumOn[T Float](st *Stream, x PlacedVector[T]) Future[T] {
	return reduceOn(st, op.Asum, x, 0)
}

// Nrm2On enqueues [Nrm2].
func Nrm2On[T Float](st *Stream, x PlacedVector[T]) Future[T] {
	return reduceOn(st, op.Nrm2, x, 0)
}

// MaxOn enqueues [Max].
func MaxOn[T Float](st *Stream, x PlacedVector[T]) Future[T] {
	return reduceOn(st, op.Max, x, T(math.Inf(-1)))
}

// MinOn enqueues [Min].
func MinOn[T Float](st *Stream, x PlacedVector[T]) Future[T] {
	return reduceOn(st, op.Min, x, T(math.Inf(1)))
}

// ArgMaxOn enqueues [ArgMax].
func ArgMaxOn[T Float](st *Stream, x PlacedVector[T]) Future[int] { return argOn(st, op.ArgMax, x) }

// ArgMinOn enqueues [ArgMin].
func ArgMinOn[T Float](st *Stream, x PlacedVector[T]) Future[int] { return argOn(st, op.ArgMin, x) }

// reduceOn enqueues a reduction, which is empty for a vector without elements.
func reduceOn[T Float](st *Stream, f op.Reduction, x PlacedVector[T], empty T) Future[T] {
	sideBySide(f.String(), "x", x)
	s := st.begin(f.String())
	defer st.end()
	s.use(f.String(), "x", x.at)
	r := newFuture[T](s, f.String())
	if x.v.N == 0 {
		r.Set(empty, nil)
	} else {
		op.QueueOf[T](st.queue).Reduce(f, x.v.Data, nil, r)
	}
	return Future[T]{r}
}

func argOn[T Float](st *Stream, f op.Reduction, x PlacedVector[T]) Future[int] {
	sideBySide(f.String(), "x", x)
	s := st.begin(f.String())
	defer st.end()
	s.use(f.String(), "x", x.at)
	r := newFuture[int](s, f.String())
	if x.v.N == 0 {
		r.Set(-1, nil)
	} else {
		op.QueueOf[T](st.queue).Arg(f, x.v.Data, r)
	}
	return Future[int]{r}
}

// DotOn enqueues [Dot].
func DotOn[T Float](st *Stream, x, y PlacedVector[T]) Future[T] {
	sideBySide("Dot", "x", x)
	sideBySide("Dot", "y", y)
	sameLen("Dot", "y", x.v.N, y.v.Data, "length of x")
	s := st.begin("Dot")
	defer st.end()
	s.use("Dot", "x", x.at)
	s.use("Dot", "y", y.at)
	r := newFuture[T](s, "Dot")
	if x.v.N == 0 {
		r.Set(0, nil)
	} else {
		op.QueueOf[T](st.queue).Reduce(op.Dot, x.v.Data, y.v.Data, r)
	}
	return Future[T]{r}
}

// mean makes the mean of n elements of their sum.
type mean[T Float] struct {
	*future[T]
	n int
}

func (m mean[T]) Set(sum T, err error) { m.future.Set(sum/T(m.n), err) }

// MeanOn enqueues [Mean].
func MeanOn[T Float](st *Stream, x PlacedVector[T]) Future[T] {
	sideBySide("Mean", "x", x)
	s := st.begin("Mean")
	defer st.end()
	s.use("Mean", "x", x.at)
	r := newFuture[T](s, "Mean")
	if x.v.N == 0 {
		r.Set(T(math.NaN()), nil)
	} else {
		op.QueueOf[T](st.queue).Reduce(op.Sum, x.v.Data, nil, mean[T]{r, x.v.N})
	}
	return Future[T]{r}
}

// VarOn enqueues [Var].
func VarOn[T Float](st *Stream, x PlacedVector[T]) Future[T] {
	if x.v.N < 2 {
		x.v.N = 0
	}
	return reduceOn(st, op.Var, x, T(math.NaN()))
}

// AxpyOn enqueues [Axpy].
func AxpyOn[T Float](st *Stream, alpha T, x, y PlacedVector[T]) {
	sideBySide("Axpy", "x", x)
	sideBySide("Axpy", "y", y)
	sameLen("Axpy", "y", x.v.N, y.v.Data, "length of x")
	noOverlap("Axpy", "y", y.v.Data, "x", x.v.Data, true)
	mapOn(st, op.Axpy, alpha, "y", y, x, PlacedVector[T]{})
}

// ScalOn enqueues [Scal].
func ScalOn[T Float](st *Stream, alpha T, x PlacedVector[T]) {
	sideBySide("Scal", "x", x)
	mapOn(st, op.Scal, alpha, "x", x, PlacedVector[T]{}, PlacedVector[T]{})
}

// FillOn enqueues [Fill].
func FillOn[T Float](st *Stream, x PlacedVector[T], v T) {
	sideBySide("Fill", "x", x)
	mapOn(st, op.Fill, v, "x", x, PlacedVector[T]{}, PlacedVector[T]{})
}

// AddOn enqueues [Add].
func AddOn[T Float](st *Stream, dst, x, y PlacedVector[T]) { binaryOn(st, op.Add, dst, x, y) }

// SubOn enqueues [Sub].
func SubOn[T Float](st *Stream, dst, x, y PlacedVector[T]) { binaryOn(st, op.Sub, dst, x, y) }

// MulOn enqueues [Mul].
func MulOn[T Float](st *Stream, dst, x, y PlacedVector[T]) { binaryOn(st, op.Mul, dst, x, y) }

// DivOn enqueues [Div].
func DivOn[T Float](st *Stream, dst, x, y PlacedVector[T]) { binaryOn(st, op.Div, dst, x, y) }

func binaryOn[T Float](st *Stream, f op.Map, dst, x, y PlacedVector[T]) {
	call := f.String()
	sideBySide(call, "dst", dst)
	sideBySide(call, "x", x)
	sideBySide(call, "y", y)
	sameLen(call, "x", dst.v.N, x.v.Data, "length of dst")
	sameLen(call, "y", dst.v.N, y.v.Data, "length of dst")
	noOverlap(call, "dst", dst.v.Data, "x", x.v.Data, true)
	noOverlap(call, "dst", dst.v.Data, "y", y.v.Data, true)
	mapOn(st, f, 0, "dst", dst, x, y)
}

// mapOn enqueues a map of checked operands.
func mapOn[T Float](st *Stream, f op.Map, alpha T, arg string, dst, x, y PlacedVector[T]) {
	s := st.begin(f.String())
	defer st.end()
	s.use(f.String(), arg, dst.at)
	s.use(f.String(), "x", x.at)
	s.use(f.String(), "y", y.at)
	if dst.v.N > 0 {
		op.QueueOf[T](st.queue).Map(f, alpha, dst.v.Data, x.v.Data, y.v.Data)
	}
}

// GemvOn enqueues [Gemv]. x and y may be columns of a matrix.
func GemvOn[T Float](st *Stream, tA Transpose, alpha T, a PlacedMatrix[T], x PlacedVector[T], beta T, y PlacedVector[T]) {
	v := view("Gemv", "tA", tA, "a", &a.m)
	if x.v.N != v.Cols {
		mismatch("Gemv", "x", x.v.N, "element", v.Cols, "columns of op(a)")
	}
	if y.v.N != v.Rows {
		mismatch("Gemv", "y", y.v.N, "element", v.Rows, "rows of op(a)")
	}
	s := st.begin("Gemv")
	defer st.end()
	s.use("Gemv", "a", a.at)
	s.use("Gemv", "x", x.at)
	s.use("Gemv", "y", y.at)
	if y.v.N == 0 {
		return
	}
	out := columnOf(y.v)
	noOverlapMatrix("Gemv", "y", out, "a", &a.m)
	noOverlapMatrix("Gemv", "y", out, "x", columnOf(x.v))
	gemvOn(op.QueueOf[T](st.queue), alpha, v, x.v, beta, y.v)
}

// columnOf returns v as a matrix of one column.
func columnOf[T Float](v op.Vector[T]) *op.Matrix[T] {
	return &op.Matrix[T]{Rows: v.N, Cols: 1, Data: v.Data, Stride: v.Inc}
}

// gemvOn enqueues a product of checked operands, y not empty.
func gemvOn[T Float](q op.Queue[T], alpha T, a op.View[T], x op.Vector[T], beta T, y op.Vector[T]) {
	switch {
	case alpha != 0 && a.Cols != 0:
		q.Gemv(&op.Gemv[T]{Alpha: alpha, Beta: beta, A: a, X: x, Y: y})
	case beta != 1:
		q.ScaleRows(beta, op.View[T]{Data: y.Data, Rows: y.N, Cols: 1, RowStride: y.Inc, ColStride: 1})
	}
}

// GerOn enqueues [Ger].
func GerOn[T Float](st *Stream, alpha T, x, y PlacedVector[T], a PlacedMatrix[T]) {
	sideBySide("Ger", "x", x)
	sideBySide("Ger", "y", y)
	if x.v.N != a.m.Rows {
		mismatch("Ger", "x", x.v.N, "element", a.m.Rows, "rows of a")
	}
	if y.v.N != a.m.Cols {
		mismatch("Ger", "y", y.v.N, "element", a.m.Cols, "columns of a")
	}
	s := st.begin("Ger")
	defer st.end()
	s.use("Ger", "x", x.at)
	s.use("Ger", "y", y.at)
	s.use("Ger", "a", a.at)
	if x.v.N == 0 || y.v.N == 0 || alpha == 0 {
		return
	}
	noOverlapMatrix("Ger", "a", &a.m, "x", rowOf(x.v.Data))
	noOverlapMatrix("Ger", "a", &a.m, "y", rowOf(y.v.Data))
	op.QueueOf[T](st.queue).Ger(&op.Ger[T]{Alpha: alpha, X: x.v.Data, Y: y.v.Data, A: view("Ger", "", NoTrans, "a", &a.m)})
}

// GemmOn enqueues [Gemm].
func GemmOn[T Float](st *Stream, tA, tB Transpose, alpha T, a, b PlacedMatrix[T], beta T, c PlacedMatrix[T]) {
	g := gemmOf(tA, tB, alpha, &a.m, &b.m, beta, &c.m)
	s := st.begin("Gemm")
	defer st.end()
	s.use("Gemm", "a", a.at)
	s.use("Gemm", "b", b.at)
	s.use("Gemm", "c", c.at)
	if c.m.Rows == 0 || c.m.Cols == 0 {
		return
	}
	noOverlapMatrix("Gemm", "c", &c.m, "a", &a.m)
	noOverlapMatrix("Gemm", "c", &c.m, "b", &b.m)
	gemmOn(op.QueueOf[T](st.queue), &g)
}

// gemmOf returns a product whose shapes it has checked.
func gemmOf[T Float](tA, tB Transpose, alpha T, a, b *Matrix[T], beta T, c *Matrix[T]) op.Gemm[T] {
	va, vb, vc := view("Gemm", "tA", tA, "a", a), view("Gemm", "tB", tB, "b", b), view("Gemm", "", NoTrans, "c", c)
	if va.Rows != vc.Rows || vb.Cols != vc.Cols || va.Cols != vb.Rows {
		badGemm(tA, tB, a, b, c)
	}
	return op.Gemm[T]{Alpha: alpha, Beta: beta, A: va, B: vb, C: vc}
}

// gemmOn enqueues a checked product: what Engine.Gemm makes of it.
func gemmOn[T Float](q op.Queue[T], g *op.Gemm[T]) {
	switch {
	case g.Alpha == 0 || g.A.Cols == 0:
		if g.Beta != 1 {
			q.ScaleRows(g.Beta, g.C)
		}
	case g.C.Cols == 1:
		gemvOn(q, g.Alpha, g.A, column(g.B), g.Beta, column(g.C))
	case g.C.Rows == 1:
		gemvOn(q, g.Alpha, g.B.T(), column(g.A.T()), g.Beta, column(g.C.T()))
	default:
		q.Gemm(g)
	}
}
