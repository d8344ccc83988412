package dist

import (
	"fmt"
	"unsafe"
)

// Op is how a reduction combines two elements.
type Op uint8

// The operations of reductions. Min and Max of floating-point numbers are NaN
// if one of the two is, and take -0 for less than 0; complex numbers have
// neither. Sums and products of integers wrap around.
const (
	Sum Op = iota
	Prod
	Min
	Max
)

func (op Op) String() string {
	if int(op) < len(opNames) {
		return opNames[op]
	}
	return fmt.Sprintf("Op(%d)", uint8(op))
}

var opNames = [...]string{"Sum", "Prod", "Min", "Max"}

// Allreduce sets x[i], on all ranks, to the combination of what the ranks have
// in x[i]. Lengths and op must be the same on all.
//
// Ranks are combined in a fixed tree: first 0 with 1, 2 with 3 and so on, then
// the results of these pairs in the same way, and at each level the last one
// waits if it has no partner. So the bits depend on the number of ranks, which
// is the number of terms, and on nothing else: not on the length of x, on
// where ranks run, or on the library, as those of MPI_Allreduce do. All
// ranks have the same bits. For a reduction of data that is spread over ranks,
// with bits that don't depend on the number of ranks either, see [Vector].
//
// Each rank sends and receives about 2·len(x) elements, the least that is
// possible, or (Size()-1)·len(x) in one step where that is little. c keeps
// memory of the size of the longest x for that. Each rank combines with one
// worker. On an error x holds anything.
func Allreduce[T Element](c *Comm, op Op, x []T) error {
	r, err := newReduction("Allreduce", c, op, x)
	if err != nil {
		return err
	}
	defer c.collective("Allreduce")()
	return r.all(c.via.do)
}

// Reduce sets x[i] on root as [Allreduce] does on all ranks, with the same
// bits. On the others x keeps its values.
func Reduce[T Element](c *Comm, root int, op Op, x []T) error {
	c.checkRank("Reduce", "root", root)
	r, err := newReduction("Reduce", c, op, x)
	if err != nil {
		return err
	}
	defer c.collective("Reduce")()
	return r.to(root, c.via.do)
}

// reduction is one of x over the ranks.
type reduction[T Element] struct {
	rank, size int
	combine    func(z, x, y []T) // z[i] = op(x[i], y[i])
	x          []T
	room       *room
}

// room is memory for what comes from the other ranks. One reduction at a time
// uses it; it is kept for the next.
type room []uint64

func take[T Element](r *room, n int) []T {
	words := (n*kindOf[T]().size() + 7) / 8
	if words > len(*r) {
		*r = make(room, words)
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(*r))), n)
}

func newReduction[T Element](call string, c *Comm, op Op, x []T) (*reduction[T], error) {
	combine := combiner[T](op)
	if combine == nil {
		unfit(call, "op", fmt.Sprintf("%v of %T", op, *new(T)), "an operation on that type")
	}
	// Parts of equal size from all ranks are one element longer than x at most.
	return &reduction[T]{c.rank, c.size, combine, x, &c.room}, tooLarge(call, "x, with one more for each rank,", len(x)+c.size)
}

// fewBytes is up to how many bytes from all ranks are brought together on each
// to be combined there. It saves one of two steps, at the price of more data.
const fewBytes = 64 << 10

// all reduces on all ranks. do carries out an operation.
func (r *reduction[T]) all(do func(*operation) error) error {
	n, kind := len(r.x), kindOf[T]()
	if r.size == 1 || n == 0 {
		return nil
	}
	if n*r.size*kind.size() <= fewBytes {
		y := take[T](r.room, n*r.size)
		err := do(&operation{verb: allgather, kind: kind, x: address(r.x), y: address(y), xn: int32(n), yn: int32(n)})
		if err == nil {
			tree(r.combine, r.rank, r.size, r.x, r.x, y)
		}
		return err
	}
	p, z, err := r.part(do, true)
	if err != nil {
		return err
	}
	return do(&operation{verb: allgatherv, kind: kind, inPlace: true, xn: int32(len(z)), y: address(r.x), yv: p})
}

// to reduces on root.
func (r *reduction[T]) to(root int, do func(*operation) error) error {
	if r.size == 1 || len(r.x) == 0 {
		return nil
	}
	p, z, err := r.part(do, r.rank == root)
	if err != nil {
		return err
	}
	o := &operation{verb: gatherv, kind: kindOf[T](), x: address(z), xn: int32(len(z)), peer: int32(root)}
	if r.rank == root {
		o.inPlace, o.y, o.yv = true, address(r.x), p
	}
	return do(o)
}

// part cuts x in one part for each rank and returns the rank's own, reduced:
// in its place in x, or in the room for what comes from the others. p are the
// parts.
func (r *reduction[T]) part(do func(*operation) error, inPlace bool) (p *parts, z []T, err error) {
	p, in := newParts(r.size), newParts(r.size)
	for i, at := 0, 0; i < r.size; i++ {
		next := len(r.x) * (i + 1) / r.size
		p.counts[i], p.offsets[i] = int32(next-at), int32(at)
		at = next
	}
	n := int(p.counts[r.rank])
	for i := range r.size {
		in.counts[i], in.offsets[i] = int32(n), int32(n*i)
	}
	y := take[T](r.room, n*r.size)
	mine := r.x[p.offsets[r.rank]:][:n]
	z = y[n*r.rank:][:n] // where nothing comes to
	if inPlace {
		z = mine
	}
	p.counts[r.rank], in.counts[r.rank] = 0, 0 // mine stays
	err = do(&operation{verb: alltoallv, kind: kindOf[T](), x: address(r.x), xn: int32(len(r.x)), xv: p, y: address(y), yv: in})
	p.counts[r.rank] = int32(n)
	if err == nil {
		tree(r.combine, r.rank, r.size, z, mine, y)
	}
	return p, z, err
}

// tree sets z to the combination of the ranks' parts: of mine, this rank's, and
// of the others in y, where each rank has room for len(z) elements. z is mine,
// or this rank's room. What y holds is lost.
func tree[E any](combine func(z, x, y []E), rank, size int, z, mine, y []E) {
	n := len(z)
	part := func(i int) []E {
		if i == rank {
			return mine
		}
		return y[i*n : i*n+n]
	}
	for step := 1; step < size; step *= 2 {
		for i := 0; i+step < size; i += 2 * step {
			to := y[i*n : i*n+n]
			if 2*step >= size {
				to = z
			}
			combine(to, part(i), part(i+step))
			if i == rank {
				mine = to
			}
		}
	}
}
