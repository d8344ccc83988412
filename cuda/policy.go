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

// gemmPolicies are the kernels of the exact profile, the one that reuses its
// operands most first. A device whose multiprocessors it can't fill with tiles,
// or much of whose tiles would lie outside C, gets the next one. These are
// choices by reasoning: none has been measured on a device.
var gemmPolicies = []gemmPolicy{
	{80, named("gemm_128x128"), 4, 128, 128, 8, 128},
	{80, named("gemm_128x64"), 8, 128, 64, 8, 128},
	{80, named("gemm_64x64"), 4, 64, 64, 16, 128},
	{80, named("gemm_64x64"), 8, 64, 64, 8, 128},
	{80, named("gemm_32x32"), 0, 32, 32, 8, 64},
}

func (p *gemmPolicy) tiles(m, n int) int { return ceil(m, p.rows) * ceil(n, p.cols) }

// chooseGemm returns the kernel for batch products of m rows and n columns.
func chooseGemm[T op.Float](capability, multiprocessors, m, n, batch int) *gemmPolicy {
	least := gemmPolicies[len(gemmPolicies)-1]
	area := least.tiles(m, n) * least.rows * least.cols
	var last *gemmPolicy
	for i := range gemmPolicies {
		p := &gemmPolicies[i]
		if capability < p.capability || p.size != 0 && p.size != op.Size[T]() {
			continue
		}
		last = p
		if tiles := p.tiles(m, n); tiles*batch >= multiprocessors && tiles*p.rows*p.cols < 2*area {
			break
		}
	}
	return last
}

// tensorPolicy is a kernel for products on tensor cores and what it is good for.
type tensorPolicy struct {
	profile    op.Profile
	entry      string
	image      string // the translation that has it, if not all do
	rows, cols int    // of a tile
	threads    int
	shared     int // dynamic shared memory in bytes
}

// tensorPolicies are the kernels of the fast profiles, the one that reuses its
// operands most first. A slab is 128 bytes of each line of a tile.
var tensorPolicies = []tensorPolicy{
	{op.TF32, "gemm_tf32_128x256", "sm_90a", 128, 256, 384, 4*384*slabBytes + 64},
	{op.TF32, "gemm_tf32_128x128", "", 128, 128, 128, 3 * 256 * slabBytes},
	{op.TF32, "gemm_tf32_64x64", "", 64, 64, 128, 3 * 128 * slabBytes},
	{op.BF16, "gemm_bf16_128x256", "sm_90a", 128, 256, 384, 4*384*slabBytes + 64},
	{op.BF16, "gemm_bf16_128x128", "", 128, 128, 128, 3 * 256 * slabBytes},
	{op.BF16, "gemm_bf16_64x64", "", 64, 64, 128, 3 * 128 * slabBytes},
	{op.F16, "gemm_f16_128x256", "sm_90a", 128, 256, 384, 4*384*slabBytes + 64},
	{op.F16, "gemm_f16_128x128", "", 128, 128, 128, 3 * 256 * slabBytes},
	{op.F16, "gemm_f16_64x64", "", 64, 64, 128, 3 * 128 * slabBytes},
	{op.Tensor, "gemm_tensor_128x128", "", 128, 128, 256, 3 * 256 * slabBytes},
	{op.Tensor, "gemm_tensor_64x64", "", 64, 64, 128, 3 * 128 * slabBytes},
}

// Of the kernels that prepare operands, and the bytes of an element they leave.
const (
	slabBytes      = 128
	prepareThreads = 256
	prepareTile    = 64

	// maxPrepared is how many bytes of prepared operands a batch has at a time.
	maxPrepared = 1 << 30
)

var prepared = [op.Profiles]struct {
	entry string
	bytes int
}{
	op.TF32:   {"prepare_tf32", 4},
	op.BF16:   {"prepare_bf16", 2},
	op.F16:    {"prepare_f16", 2},
	op.Tensor: {"prepare_tensor", 8},
}

func (p *tensorPolicy) tiles(m, n int) int { return ceil(m, p.rows) * ceil(n, p.cols) }

// chooseTensor returns the kernel for batch products of m rows and n columns, or
// nil if there is none. A tile is large enough for a device if its tiles keep
// three of four multiprocessors busy.
func chooseTensor(profile op.Profile, image string, multiprocessors, m, n, batch int) *tensorPolicy {
	var last *tensorPolicy
	for i := range tensorPolicies {
		p := &tensorPolicies[i]
		if p.profile != profile || p.image != "" && p.image != image {
			continue
		}
		// No tile wider than C if a smaller one holds it.
		if last = p; 4*p.tiles(m, n)*batch >= 3*multiprocessors && (2*m > p.rows && 2*n > p.cols) {
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
	kLargest     = named("largest")
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
