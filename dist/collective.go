package dist

import (
	"math"
	"unsafe"
)

// Collective functions are called by all ranks of a group, in the same order
// and with arguments that fit each other. A call whose own arguments don't fit
// panics with a *kernels.ShapeError before anything is sent.

// Barrier returns when all ranks have called it.
func (c *Comm) Barrier() error { return c.run(&operation{verb: barrier}) }

// run carries out a collective operation.
func (c *Comm) run(o *operation) error {
	defer c.collective(o.verb.String())()
	return c.via.do(o)
}

// Bcast sets x on all ranks to what root has in x. Lengths must be the same.
func Bcast[T Element](c *Comm, root int, x []T) error {
	o, err := newBcast(c, root, x)
	if err != nil {
		return err
	}
	return c.run(o)
}

func newBcast[T Element](c *Comm, root int, x []T) (*operation, error) {
	c.checkRank("Bcast", "root", root)
	return &operation{verb: bcast, kind: kindOf[T](), x: address(x), xn: int32(len(x)), peer: int32(root)},
		tooLarge("Bcast", "x", len(x))
}

// Scatter sets y to the rank's part of what root has in x: to
// x[rank*len(y):(rank+1)*len(y)]. On root, x has Size()·len(y) elements and
// may not overlap y; elsewhere x is not looked at.
func Scatter[T Element](c *Comm, root int, x, y []T) error {
	o, err := newScatter(c, root, x, y)
	if err != nil {
		return err
	}
	return c.run(o)
}

func newScatter[T Element](c *Comm, root int, x, y []T) (*operation, error) {
	c.checkRank("Scatter", "root", root)
	o := &operation{verb: scatter, kind: kindOf[T](), y: address(y), xn: int32(len(y)), yn: int32(len(y)), peer: int32(root)}
	if c.rank == root {
		wantLen("Scatter", "x", len(x), c.size*len(y), "ranks times the length of y")
		apart("Scatter", "x", x, "y", y)
		o.x = address(x)
	}
	return o, tooLarge("Scatter", "y", len(y))
}

// Scatterv is [Scatter] with parts of any sizes: rank r gets counts[r]
// elements, which in x lie one part after the other. On root counts has a
// length for each rank, x as many elements as they add up to, and y as many as
// its own; elsewhere counts and x are not looked at.
func Scatterv[T Element](c *Comm, root int, x []T, counts []int, y []T) error {
	const call = "Scatterv"
	c.checkRank(call, "root", root)
	o := &operation{verb: scatterv, kind: kindOf[T](), y: address(y), yn: int32(len(y)), peer: int32(root)}
	err := tooLarge(call, "y", len(y))
	if c.rank == root {
		var e error
		if o.xv, e = c.newParts(call, "counts", counts, "x", len(x)); e != nil {
			err = e
		}
		wantLen(call, "y", len(y), counts[root], "the count of this rank")
		apart(call, "x", x, "y", y)
		o.x = address(x)
	}
	if err != nil {
		return err
	}
	return c.run(o)
}

// Gather sets y on root to what the ranks have in x, one rank after the other.
// There y has Size()·len(x) elements and may not overlap x; elsewhere y is not
// looked at. len(x) must be the same on all ranks.
func Gather[T Element](c *Comm, root int, x, y []T) error {
	o, err := newGather(c, root, x, y)
	if err != nil {
		return err
	}
	return c.run(o)
}

func newGather[T Element](c *Comm, root int, x, y []T) (*operation, error) {
	c.checkRank("Gather", "root", root)
	o := &operation{verb: gather, kind: kindOf[T](), x: address(x), xn: int32(len(x)), yn: int32(len(x)), peer: int32(root)}
	if c.rank == root {
		wantLen("Gather", "y", len(y), c.size*len(x), "ranks times the length of x")
		apart("Gather", "x", x, "y", y)
		o.y = address(y)
	}
	return o, tooLarge("Gather", "x", len(x))
}

// Gatherv is [Gather] with parts of any sizes: counts[r] elements come from
// rank r. On root counts has a length for each rank, y as many elements as they
// add up to, and x as many as its own; elsewhere counts and y are not looked
// at.
func Gatherv[T Element](c *Comm, root int, x, y []T, counts []int) error {
	const call = "Gatherv"
	c.checkRank(call, "root", root)
	o := &operation{verb: gatherv, kind: kindOf[T](), x: address(x), xn: int32(len(x)), peer: int32(root)}
	err := tooLarge(call, "x", len(x))
	if c.rank == root {
		var e error
		if o.yv, e = c.newParts(call, "counts", counts, "y", len(y)); e != nil {
			err = e
		}
		wantLen(call, "x", len(x), counts[root], "the count of this rank")
		apart(call, "x", x, "y", y)
		o.y = address(y)
	}
	if err != nil {
		return err
	}
	return c.run(o)
}

// Allgather sets y on all ranks to what the ranks have in x, one rank after the
// other. y has Size()·len(x) elements and may not overlap x. len(x) must be the
// same on all ranks.
func Allgather[T Element](c *Comm, x, y []T) error {
	o, err := newAllgather(c, x, y)
	if err != nil {
		return err
	}
	return c.run(o)
}

func newAllgather[T Element](c *Comm, x, y []T) (*operation, error) {
	wantLen("Allgather", "y", len(y), c.size*len(x), "ranks times the length of x")
	apart("Allgather", "x", x, "y", y)
	return &operation{verb: allgather, kind: kindOf[T](), x: address(x), y: address(y), xn: int32(len(x)), yn: int32(len(x))},
		tooLarge("Allgather", "x", len(x))
}

// Allgatherv is [Allgather] with parts of any sizes: counts[r] elements come
// from rank r. counts is the same on all ranks; x has counts[rank] elements and
// y as many as they add up to.
func Allgatherv[T Element](c *Comm, x, y []T, counts []int) error {
	o, err := newAllgatherv(c, x, y, counts)
	if err != nil {
		return err
	}
	return c.run(o)
}

func newAllgatherv[T Element](c *Comm, x, y []T, counts []int) (*operation, error) {
	const call = "Allgatherv"
	v, err := c.newParts(call, "counts", counts, "y", len(y))
	wantLen(call, "x", len(x), counts[c.rank], "the count of this rank")
	apart(call, "x", x, "y", y)
	return &operation{verb: allgatherv, kind: kindOf[T](), x: address(x), y: address(y), xn: int32(len(x)), yv: v}, err
}

// Alltoall sends a part of x to each rank and sets y to the parts that come
// from them: part s of y on rank r is part r of x on rank s. x and y have the
// same length, a multiple of Size() and the same on all ranks, and may not
// overlap.
func Alltoall[T Element](c *Comm, x, y []T) error {
	o, err := newAlltoall(c, x, y)
	if err != nil {
		return err
	}
	return c.run(o)
}

func newAlltoall[T Element](c *Comm, x, y []T) (*operation, error) {
	const call = "Alltoall"
	wantLen(call, "y", len(y), len(x), "the length of x")
	if len(x)%c.size != 0 {
		unfit(call, "x", elements(len(x)), "a multiple of the number of ranks")
	}
	apart(call, "x", x, "y", y)
	n := len(x) / c.size
	return &operation{verb: alltoall, kind: kindOf[T](), x: address(x), y: address(y), xn: int32(n), yn: int32(n)},
		tooLarge(call, "a part of x", n)
}

// Alltoallv is [Alltoall] with parts of any sizes: xCounts[r] elements go to
// rank r and yCounts[r] come from it. x and y have as many elements as the
// counts add up to.
func Alltoallv[T Element](c *Comm, x []T, xCounts []int, y []T, yCounts []int) error {
	const call = "Alltoallv"
	xv, err := c.newParts(call, "xCounts", xCounts, "x", len(x))
	yv, e := c.newParts(call, "yCounts", yCounts, "y", len(y))
	if err == nil {
		err = e
	}
	wantLen(call, "yCounts[rank]", yCounts[c.rank], xCounts[c.rank], "xCounts[rank], from a rank to itself")
	apart(call, "x", x, "y", y)
	if err != nil {
		return err
	}
	return c.run(&operation{verb: alltoallv, kind: kindOf[T](), x: address(x), y: address(y), xv: xv, yv: yv})
}

// newParts returns parts that lie one after the other, n elements in all.
func (c *Comm) newParts(call, arg string, counts []int, of string, n int) (*parts, error) {
	wantLen(call, arg, len(counts), c.size, "ranks")
	p := newParts(c.size)
	sum := 0
	for r, k := range counts {
		if k < 0 {
			unfit(call, arg, "a negative number", "lengths")
		}
		if sum <= math.MaxInt32 && k <= math.MaxInt32 {
			p.counts[r], p.offsets[r] = int32(k), int32(sum)
		}
		if sum += k; sum < 0 {
			unfit(call, arg, "a sum that overflows an int", elements(n))
		}
	}
	wantLen(call, of, n, sum, "the sum of "+arg)
	return p, tooLarge(call, of, n)
}

// address returns where a slice begins. What it points to moves to the heap,
// for it ends up in an operation.
func address[T Element](x []T) unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(x)) }
