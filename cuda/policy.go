package cuda

import (
	"math"

	"github.com/weftgo/weft/internal/op"
)

// The shapes of blocks, as cuda/src has them. A test holds the threads against
// the PTX.
const (
	reduceThreads  = 128 // a chunk for each warp
	joinThreads    = 512
	vectorThreads  = 256
	vectorPerBlock = 4 * vectorThreads
	transThreads   = 256
	transColumns   = 32
	transRows      = 64 // in a slab
	gerThreads     = 256
	gerColumns     = gerThreads
	gerRows        = 8
)

// gemmPolicy is a kernel for products and what it is good for.
type gemmPolicy struct {
	capability        int // at least
	entry             kernel
	size              int // bytes of an element, or 0 for either
	rows, cols, depth int // of a tile, and of a slab
	threads           int
}

// gemmPolicies are the kernels, the one that reuses its operands most first. A
// device whose multiprocessors it can't fill with tiles gets the next one.
// These are choices by reasoning: none has been measured on a device.
var gemmPolicies = []gemmPolicy{
	{80, named("gemm_128x128"), 4, 128, 128, 16, 256},
	{80, named("gemm_64x64"), 8, 64, 64, 16, 128},
	{80, named("gemm_32x32"), 0, 32, 32, 8, 64},
}

func (p *gemmPolicy) tiles(m, n int) int { return ceil(m, p.rows) * ceil(n, p.cols) }

// chooseGemm returns the kernel for a product of m rows and n columns.
func chooseGemm[T op.Float](capability, multiprocessors, m, n int) *gemmPolicy {
	var last *gemmPolicy
	for i := range gemmPolicies {
		p := &gemmPolicies[i]
		if capability < p.capability || p.size != 0 && p.size != op.Size[T]() {
			continue
		}
		if last = p; p.tiles(m, n) >= multiprocessors {
			break
		}
	}
	return last
}

// maxGrid is the most blocks in a launch, far beyond what memory holds.
const maxGrid = math.MaxInt32

func ceil(n, unit int) int { return (n + unit - 1) / unit }

// kernel is the names of an entry point for the two types. A launch chooses
// one and allocates nothing.
type kernel [2]string

func named(name string) kernel { return kernel{name + "_f32", name + "_f64"} }

// entryFor returns the name for a type.
func entryFor[T op.Float](k *kernel) string { return k[op.Size[T]()/8] }

var (
	kSum         = named("sum")
	kAsum        = named("asum")
	kSumSq       = named("sumsq")
	kSumSqScaled = named("sumsq_scaled")
	kDot         = named("dot")
	kJoin        = named("join")
	kMoments     = named("moments")
	kVariance    = named("variance")
	kMax         = named("max")
	kMin         = named("min")
	kJoinMax     = named("join_max")
	kJoinMin     = named("join_min")
	kAxpy        = named("axpy")
	kScale       = named("scale")
	kFill        = named("fill")
	kAdd         = named("add")
	kSub         = named("sub")
	kMul         = named("mul")
	kDiv         = named("div")
	kScaleRows   = named("scale_rows")
	kGemv        = named("gemv")
	kGemvJoin    = named("gemv_join")
	kGemvTrans   = named("gemv_trans")
	kGer         = named("ger")
)
