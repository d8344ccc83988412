package cuda

import (
	"fmt"
	"math"

	"github.com/weftgo/weft/cuda/internal/device"
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/cuda/internal/ptx"
	"github.com/weftgo/weft/internal/op"
)

// product is C ← alpha·A·B + beta·C on device memory, or a batch of such
// products. A is m×k, B is k×n and C is m×n; no number of them is zero. The
// columns of C are side by side. If beta is zero, C is not read.
type product[T op.Float] struct {
	profile     op.Profile
	m, n, k     int
	alpha, beta T
	a, b, c     operand
	batch       int
}

// operand is the matrices of one name in a batch. Either each is step elements
// after the one before, or step is listed and matrix.ptr is the address of a
// list of addresses, in device memory.
type operand struct {
	matrix
	step int
}

const listed = -1

// launcher takes launches, a device.Stream or what measures one: the caller
// appends the arguments.
type launcher interface {
	Launch(kernel string, grid, block int) *driver.Args
}

// offers reports whether a device computes products of this type in profile p.
func offers[T op.Float](d *device.Info, p op.Profile) bool {
	return p == op.Exact || p.Size() == op.Size[T]()
}

// scratch returns the bytes of device memory that enqueue needs beside the
// operands.
func (p *product[T]) scratch(d *device.Info) int {
	if p.profile == op.Exact {
		return 0
	}
	t := p.tensorPlan(d)
	return t.atOnce * (t.aBytes + t.bBytes)
}

// enqueue writes the launches of the product to s. The work uses scratch, of
// as many bytes as method scratch says, until it is done. After an error
// nothing has been written.
func (p *product[T]) enqueue(d *device.Info, s launcher, scratch driver.Ptr) error {
	if p.profile == op.Exact {
		return p.exact(d, s)
	}
	return p.tensor(d, s, scratch)
}

// exact enqueues the one launch of the exact profile.
func (p *product[T]) exact(d *device.Info, s launcher) error {
	policy := chooseGemm[T](d.Capability, d.Multiprocessors, p.m, p.n, p.batch)
	entry, grid := entryFor[T](&policy.entry), policy.tiles(p.m, p.n)*p.batch
	if err := checkGrid(entry, grid); err != nil {
		return err
	}
	args := s.Launch(entry, grid, policy.threads)
	args.Int(p.m)
	args.Int(p.n)
	args.Int(p.k)
	scalar(args, p.alpha)
	args.Ptr(p.a.ptr)
	args.Int(p.a.rs)
	args.Int(p.a.cs)
	args.Int(p.a.step)
	args.Ptr(p.b.ptr)
	args.Int(p.b.rs)
	args.Int(p.b.cs)
	args.Int(p.b.step)
	scalar(args, p.beta)
	args.Ptr(p.c.ptr)
	args.Int(p.c.rs)
	args.Int(p.c.step)
	return nil
}

func checkGrid(entry string, grid int) error {
	if grid > maxGrid {
		return fmt.Errorf("kernel %s: %d blocks are more than a launch can have", entry, grid)
	}
	return nil
}

// tensorPlan is how a product is done on tensor cores.
type tensorPlan struct {
	policy         *tensorPolicy
	aRows, bRows   int // of a prepared operand
	slabs, depth   int // of each row, in slabs and in elements
	aBytes, bBytes int // of a prepared operand
	atOnce         int // products of the batch
}

func (p *product[T]) tensorPlan(d *device.Info) tensorPlan {
	image := ""
	if i, err := ptx.Choose(d.Capability, d.Driver); err == nil {
		image = i.Name
	}
	t := p.tensorPlanOf(d, image)
	if t.policy.image != "" && !t.mapped() {
		t = p.tensorPlanOf(d, "")
	}
	return t
}

func (p *product[T]) tensorPlanOf(d *device.Info, image string) tensorPlan {
	t := tensorPlan{policy: chooseTensor(p.profile, image, d.Multiprocessors, p.m, p.n, p.batch)}
	t.aRows, t.bRows = ceil(p.m, t.policy.rows)*t.policy.rows, ceil(p.n, t.policy.cols)*t.policy.cols
	bytes := prepared[p.profile].bytes
	t.slabs = ceil(p.k*bytes, slabBytes)
	t.depth = t.slabs * slabBytes / bytes
	t.aBytes, t.bBytes = t.aRows*t.slabs*slabBytes, t.bRows*t.slabs*slabBytes
	t.atOnce = max(1, min(p.batch, maxPrepared/(t.aBytes+t.bBytes)))
	return t
}

// mapped reports whether a tensor map can describe the prepared operands: the
// coordinates of its rows and words have 32 bits with a sign.
func (t *tensorPlan) mapped() bool {
	return max(t.aRows, t.bRows) <= math.MaxInt32/t.atOnce && t.slabs <= math.MaxInt32/(slabBytes/4)
}

// tensor enqueues a product on tensor cores: both operands are prepared
// (src/tensor.cu), then multiplied, some products of a batch at a time.
func (p *product[T]) tensor(d *device.Info, s launcher, scratch driver.Ptr) error {
	t := p.tensorPlan(d)
	a, b := scratch, scratch+driver.Ptr(t.atOnce*t.aBytes)
	grid := func(rows, n int) int { return ceil(rows, prepareTile) * ceil(t.depth, prepareTile) * n }
	for _, g := range []struct {
		entry string
		grid  int
	}{
		{prepared[p.profile].entry, grid(t.aRows, t.atOnce)},
		{prepared[p.profile].entry, grid(t.bRows, t.atOnce)},
		{t.policy.entry, t.policy.tiles(p.m, p.n) * t.atOnce},
	} {
		if err := checkGrid(g.entry, g.grid); err != nil {
			return err
		}
	}
	for i := 0; i < p.batch; i += t.atOnce {
		n := min(t.atOnce, p.batch-i)
		prepare := func(o operand, xs, ks, lines, rows int, to driver.Ptr) {
			args := s.Launch(prepared[p.profile].entry, grid(rows, n), prepareThreads)
			args.Ptr(o.ptr)
			args.Int(xs)
			args.Int(ks)
			args.Int(o.step)
			args.Int(lines)
			args.Int(p.k)
			args.Int(rows)
			args.Int(t.depth)
			args.Ptr(to)
		}
		ai, bi, ci := from[T](p.a, i), from[T](p.b, i), from[T](p.c, i)
		prepare(ai, ai.rs, ai.cs, p.m, t.aRows, a)
		prepare(bi, bi.cs, bi.rs, p.n, t.bRows, b)
		p.multiply(d, s, &t, n, a, b, ci)
	}
	return nil
}

// from returns the operands of a batch from number i on.
func from[T op.Float](o operand, i int) operand {
	if o.step == listed {
		o.ptr += driver.Ptr(8 * i)
	} else {
		o.ptr += driver.Ptr(i * o.step * op.Size[T]())
	}
	return o
}

// multiply enqueues the products of n pairs of prepared operands. The kernels of
// sm_90a take tensor maps in the place of addresses, and go through the tiles
// with a block for each multiprocessor.
func (p *product[T]) multiply(d *device.Info, s launcher, t *tensorPlan, n int, a, b driver.Ptr, c operand) {
	policy := t.policy
	tiles := policy.tiles(p.m, p.n) * n
	prepared := func(args *driver.Args, at driver.Ptr, rows, box int) {
		if policy.image == "" {
			args.Ptr(at)
		} else {
			args.Tiles(driver.Tiles{Base: at, Rows: rows * n, Words: t.slabs * (slabBytes / 4), Stride: t.slabs * slabBytes, BoxRows: box})
		}
		args.Int(rows)
	}
	grid := tiles
	if policy.image != "" {
		grid = min(tiles, d.Multiprocessors)
	}
	args := s.Launch(policy.entry, grid, policy.threads)
	args.Shared(policy.shared)
	args.Int(p.m)
	args.Int(p.n)
	args.Int(t.slabs)
	scalar(args, p.alpha)
	prepared(args, a, t.aRows, policy.rows)
	prepared(args, b, t.bRows, policy.cols)
	scalar(args, p.beta)
	args.Ptr(c.ptr)
	args.Int(c.rs)
	args.Int(c.step)
	if policy.image != "" {
		args.Int(n)
	}
}
