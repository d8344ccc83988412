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
// memory of the size of the longest x for that. On an error x holds anything.
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
	combine    func(x, y []T) // x[i] = op(x[i], y[i])
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
const fewBytes = 16 << 10

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
			copy(r.x, r.tree(y, n))
		}
		return err
	}
	mine, p, err := r.part(do)
	if err != nil {
		return err
	}
	return do(&operation{verb: allgatherv, kind: kind, x: address(mine), xn: int32(len(mine)), y: address(r.x), yv: p})
}

// to reduces on root.
func (r *reduction[T]) to(root int, do func(*operation) error) error {
	if r.size == 1 || len(r.x) == 0 {
		return nil
	}
	mine, p, err := r.part(do)
	if err != nil {
		return err
	}
	o := &operation{verb: gatherv, kind: kindOf[T](), x: address(mine), xn: int32(len(mine)), peer: int32(root)}
	if r.rank == root {
		o.y, o.yv = address(r.x), p
	}
	return do(o)
}

// part cuts x in one part for each rank and returns the rank's own, reduced.
// p are the parts.
func (r *reduction[T]) part(do func(*operation) error) (mine []T, p *parts, err error) {
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
	err = do(&operation{verb: alltoallv, kind: kindOf[T](), x: address(r.x), xv: p, y: address(y), yv: in})
	if err != nil {
		return nil, nil, err
	}
	return r.tree(y, n), p, nil
}

// tree combines the parts of y, n elements from each rank, and returns the
// result, which is the first of them.
func (r *reduction[T]) tree(y []T, n int) []T {
	for step := 1; step < r.size; step *= 2 {
		for i := 0; i+step < r.size; i += 2 * step {
			r.combine(y[i*n:i*n+n], y[(i+step)*n:(i+step)*n+n])
		}
	}
	return y[:n]
}
