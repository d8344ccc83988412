package op

import "unsafe"

// Device is a backend's memory and the streams that work on what lies there.
//
// A problem on a device is the same Gemm, Gemv or Ger as on the host, with
// slices whose memory is the device's: an address, a length, and nobody on the
// host reads through them. So one set of checks, and one vocabulary, serves
// both.
//
// The methods may be called by many goroutines at once.
type Device interface {
	// Alloc returns memory of at least so many bytes, of arbitrary contents,
	// for work on streams. AllocHost returns host memory that the device copies
	// from and to by itself. If memory can't be had the error is an *OutOfMemory.
	Alloc(bytes int) (Memory, error)
	AllocHost(bytes int) (Memory, error)

	// Free takes memory back that no work under way uses. It does not wait, so
	// that it may be called where work is reported to be over.
	Free(Memory)

	// NewStream returns a stream without work. Work that Go's workers do is
	// shared by so many of them at most.
	NewStream(workers int) (Stream, error)

	Use() MemoryUse
	SetLimit(bytes int64) // the most that is held, what is kept included
	Trim() error          // gives back what is kept for later

	// Offers reports whether products of that profile can be computed.
	Offers(Profile) bool

	// Failure says why the device is set aside; nil if it is not.
	Failure() error
}

// Memory is a block of memory. The zero Memory is none.
type Memory struct {
	Ptr   unsafe.Pointer // an address of the device, or of the host
	Class int64          // bytes that it takes
	Host  bool
}

// MemoryUse says how much device memory is held.
type MemoryUse struct {
	InUse int64 // bytes of operands and of what work on them needs
	Kept  int64 // bytes kept for later
	Limit int64 // the most that both may be
}

// OutOfMemory is the error that memory can't be had, after all that was kept
// for later has been given back.
type OutOfMemory struct{ Err error }

func (e *OutOfMemory) Error() string { return e.Err.Error() }
func (e *OutOfMemory) Unwrap() error { return e.Err }

// Stream is work in order. What is enqueued begins by itself, and two streams
// run side by side. One goroutine at a time may use a stream.
//
// An error in the work stops it: what follows is skipped until Clear is called
// with that error. Marks are not skipped.
type Stream interface {
	// Copy copies bytes: to the device from host memory that the device
	// allocated, back, or from one place on the device to another.
	Copy(dst, src unsafe.Pointer, bytes int, d Direction)

	// Mark calls f when the work before it is over, with what stopped the
	// stream if anything has. f must return soon and use no stream. It may be
	// nil.
	Mark(f func(error)) Mark

	// WaitFor lets the work that follows wait for a mark of a stream of the
	// same device. If that stream had been stopped, this one is, too.
	WaitFor(Mark)

	// Clear lets the work that follows be done, if err is what stopped it.
	Clear(err error)

	// Within returns the same stream for work that asks c: when c says so it
	// stops, within a millisecond or two, and that is an error of the stream,
	// c.Err. Work done under c is counted.
	Within(c *Control) Stream

	// Close gives the stream back when its work is over; it does not wait.
	Close()

	F32() Queue[float32]
	F64() Queue[float64]
}

// Mark is a point in the work of a stream.
type Mark any

// Direction is that of a copy.
type Direction uint8

// The directions.
const (
	ToDevice Direction = iota
	ToHost
	OnDevice
)

// Queue is the functions of a [Table], enqueued on a stream. Operands lie on the
// stream's device. As in a Table, nothing is empty.
type Queue[T Float] interface {
	// Reduce hands f(x), or f(x, y), to r.
	Reduce(f Reduction, x, y []T, r Result[T])

	// Arg is Reduce for the functions that return an index.
	Arg(f Reduction, x []T, r Result[int])

	// Map sets dst = f(alpha, x, y).
	Map(f Map, alpha T, dst, x, y []T)

	Gemv(*Gemv[T])
	Ger(*Ger[T])
	ScaleRows(beta T, c View[T])
	Gemm(*Gemm[T])
	Products(*Products[T])
}

// QueueOf returns s's queue for T.
func QueueOf[T Float](s Stream) Queue[T] {
	if Size[T]() == 4 {
		return any(s.F32()).(Queue[T])
	}
	return any(s.F64()).(Queue[T])
}

// Result takes the result of a reduction, or why there is none. It is called
// once, returns soon and uses no stream.
type Result[R any] interface{ Set(v R, err error) }

// Reduction names a function of vectors with one number for its result.
type Reduction uint8

// The reductions.
const (
	Sum Reduction = iota
	Asum
	Nrm2
	Var
	Dot
	Max
	Min
	ArgMax
	ArgMin
)

var reductionNames = [...]string{"Sum", "Asum", "Nrm2", "Var", "Dot", "Max", "Min", "ArgMax", "ArgMin"}

// String returns the function's name.
func (f Reduction) String() string { return reductionNames[f] }

// Operations returns what the function counts for on n elements, see [Control].
func (f Reduction) Operations(n int) float64 {
	return float64([...]int{Sum: 1, Asum: 1, Nrm2: 2, Var: 4, Dot: 2, ArgMin: 0}[f]) * float64(n)
}

// Map names a function that works element by element.
type Map uint8

// The maps.
const (
	Axpy Map = iota // dst = fma(alpha, x, dst)
	Scal            // dst = alpha*dst
	Fill            // dst = alpha
	Add
	Sub
	Mul
	Div
)

var mapNames = [...]string{"Axpy", "Scal", "Fill", "Add", "Sub", "Mul", "Div"}

// String returns the function's name.
func (f Map) String() string { return mapNames[f] }

// Operations returns what the function counts for on n elements, see [Control].
func (f Map) Operations(n int) float64 {
	return float64([...]int{Axpy: 2, Scal: 1, Add: 1, Sub: 1, Mul: 1, Div: 1}[f]) * float64(n)
}

// Products is a batch of checked products of the same shape, in a profile.
//
// The first is Gemm, and may have a single row or column in any profile but
// Exact. If As is nil, the operands of number i lie i times a stride behind
// it; a stride of zero has all use the same A or B. Else they lie where As, Bs
// and Cs say, with Gemm's strides of rows.
type Products[T Float] struct {
	Profile                   Profile
	Gemm                      Gemm[T]
	Count                     int // at least one
	StrideA, StrideB, StrideC int // in elements
	As, Bs, Cs                [][]T
}

// At returns product number i.
func (p *Products[T]) At(i int) Gemm[T] {
	g := p.Gemm
	if p.As != nil {
		g.A.Data, g.B.Data, g.C.Data = p.As[i], p.Bs[i], p.Cs[i]
	} else {
		g.A.Data, g.B.Data, g.C.Data = behind(g.A.Data, i*p.StrideA), behind(g.B.Data, i*p.StrideB), behind(g.C.Data, i*p.StrideC)
	}
	return g
}

// behind returns as many elements as x has, from the i-th after its first: x
// shows the first operand of a batch and has the capacity of all.
func behind[T Float](x []T, i int) []T { return x[i : i+len(x) : cap(x)] }

// Reduce returns f(x), or f(x, y), for a function whose result is no index.
func (t *Table[T]) Reduce(f Reduction, w int, x, y []T) T {
	switch f {
	case Sum:
		return t.Sum(w, x)
	case Asum:
		return t.Asum(w, x)
	case Nrm2:
		return t.Nrm2(w, x)
	case Var:
		return t.Var(w, x)
	case Dot:
		return t.Dot(w, x, y)
	case Max:
		return t.Max(w, x)
	case Min:
		return t.Min(w, x)
	}
	panic("op: " + f.String() + " returns an index")
}

// Arg returns ArgMax or ArgMin of x.
func (t *Table[T]) Arg(f Reduction, w int, x []T) int {
	if f == ArgMax {
		return t.ArgMax(w, x)
	}
	return t.ArgMin(w, x)
}

// Map sets dst = f(alpha, x, y).
func (t *Table[T]) Map(f Map, w int, alpha T, dst, x, y []T) {
	switch f {
	case Axpy:
		t.Axpy(w, alpha, x, dst)
	case Scal:
		t.Scal(w, alpha, dst)
	case Fill:
		t.Fill(w, dst, alpha)
	case Add:
		t.Add(w, dst, x, y)
	case Sub:
		t.Sub(w, dst, x, y)
	case Mul:
		t.Mul(w, dst, x, y)
	case Div:
		t.Div(w, dst, x, y)
	}
}
