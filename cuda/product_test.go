package cuda

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/device"
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/cuda/internal/ptx"
	"github.com/weftgo/weft/cuda/sim"
	"github.com/weftgo/weft/internal/op"
)

// full asks for more shapes: minutes on the simulated driver.
var fullTest = os.Getenv("WEFT_CUDA_TEST") == "full"

func testDevice(t testing.TB) *device.Device {
	t.Helper()
	if err := sim.Available(); err != nil && os.Getenv("WEFT_CUDA_LIBRARY") == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	ds, err := device.Find(device.Options{NoCache: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ds[0].Close() })
	return ds[0]
}

// onDevice is memory for a test, with what tells whether it was written beside.
type bench struct {
	t testing.TB
	d *device.Device
	s *device.Stream
}

func newBench(t testing.TB) *bench {
	d := testDevice(t)
	s, err := d.NewStream()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return &bench{t, d, s}
}

func (b *bench) alloc(n int) driver.Ptr {
	b.t.Helper()
	m, err := b.d.Alloc(n)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { b.d.Free(m) })
	return m.Ptr
}

func (b *bench) wait() {
	b.t.Helper()
	e, err := b.d.NewEvent()
	if err != nil {
		b.t.Fatal(err)
	}
	b.s.Record(e)
	b.s.Submit()
	if err := e.Wait(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	e.Close()
}

// to copies x to the device, from copies back.
func to[E any](b *bench, x []E) driver.Ptr {
	b.t.Helper()
	n := len(x) * int(unsafe.Sizeof(x[0]))
	p := b.alloc(n)
	h, err := b.d.AllocPinned(n)
	if err != nil {
		b.t.Fatal(err)
	}
	copy(unsafe.Slice((*E)(h.Ptr), len(x)), x)
	b.s.ToDevice(p, h.Ptr, n)
	b.wait()
	b.d.FreePinned(h)
	return p
}

func back[E any](b *bench, p driver.Ptr, x []E) {
	b.t.Helper()
	n := len(x) * int(unsafe.Sizeof(x[0]))
	h, err := b.d.AllocPinned(n)
	if err != nil {
		b.t.Fatal(err)
	}
	b.s.ToHost(h.Ptr, p, n)
	b.wait()
	copy(x, unsafe.Slice((*E)(h.Ptr), len(x)))
	b.d.FreePinned(h)
}

// roundTo is the rounding of a profile, done another way than the kernels do it:
// through the significand that math.Frexp gives.
func roundTo(p op.Profile, v float64) float64 {
	var bits, least int
	var limit float64
	switch p {
	case op.TF32:
		bits, least, limit = 11, -136, 0x1.ffcp127+0x1p116
	case op.BF16:
		bits, least, limit = 8, -133, 0x1.fep127+0x1p119
	case op.F16:
		bits, least, limit = 11, -24, 65520
	default:
		return v
	}
	if math.IsNaN(v) || math.IsInf(v, 0) || v == 0 {
		return v
	}
	if math.Abs(v) >= limit {
		return math.Inf(int(math.Copysign(1, v)))
	}
	_, e := math.Frexp(v)
	ulp := math.Ldexp(1, max(e-bits, least))
	return math.RoundToEven(v/ulp) * ulp
}

// shape is one product to test.
type shape struct {
	m, n, k, batch int
	ta, tb, lists  bool
	alpha, beta    float64
	gap            int // elements behind each row
	skew           int // elements before each operand
}

func (s shape) String() string {
	return fmt.Sprintf("%dx%dx%d×%d ta=%v tb=%v lists=%v alpha=%v beta=%v gap=%d skew=%d", s.m, s.n, s.k, s.batch, s.ta, s.tb, s.lists, s.alpha, s.beta, s.gap, s.skew)
}

// stored matrices of one operand: batch of them, rows×cols with gaps of NaN.
type stack[T op.Float] struct {
	data               []T
	rows, cols, stride int
	step, first        int
}

func newStack[T op.Float](r *rand.Rand, rows, cols, batch, gap, skew int) stack[T] {
	s := stack[T]{rows: rows, cols: cols, stride: cols + gap, first: skew}
	s.step = rows*s.stride + 3
	s.data = make([]T, skew+batch*s.step+5)
	for i := range s.data {
		s.data[i] = T(math.NaN())
	}
	for b := range batch {
		for i := range rows {
			for j := range cols {
				s.data[s.at(b, i, j)] = T(r.NormFloat64())
			}
		}
	}
	return s
}

func (s *stack[T]) at(b, i, j int) int { return s.first + b*s.step + i*s.stride + j }

// place puts the stack on the device as an operand, transposed if trans.
func (s *stack[T]) place(b *bench, trans, lists bool, batch int) (operand, driver.Ptr) {
	p := to(b, s.data)
	size := op.Size[T]()
	o := operand{matrix: matrix{ptr: p + driver.Ptr(s.first*size), rs: s.stride, cs: 1}, step: s.step}
	if trans {
		o.rs, o.cs = 1, s.stride
	}
	if lists {
		addresses := make([]uint64, batch)
		for i := range addresses {
			addresses[i] = uint64(o.ptr) + uint64(i*s.step*size)
		}
		o.ptr, o.step = to(b, addresses), listed
	}
	return o, p
}

// testProduct computes one product and holds it against a sum in float64 of the
// rounded operands, within what adding in the type's precision may lose in any
// order. What lies beside C must stay as it is. It returns the kernel used.
func testProduct[T op.Float](t *testing.T, b *bench, p op.Profile, s shape) (entry string) {
	t.Helper()
	r := rand.New(rand.NewPCG(uint64(s.m*1000+s.n), uint64(s.k)))
	am, ak, bk, bn := s.m, s.k, s.k, s.n
	if s.ta {
		am, ak = ak, am
	}
	if s.tb {
		bk, bn = bn, bk
	}
	a, bb := newStack[T](r, am, ak, s.batch, s.gap, s.skew), newStack[T](r, bk, bn, s.batch, s.gap, s.skew)
	c := newStack[T](r, s.m, s.n, s.batch, s.gap, s.skew)
	if s.beta == 0 { // C is not read
		for i := range c.data {
			c.data[i] = T(math.NaN())
		}
	}
	q := product[T]{profile: p, m: s.m, n: s.n, k: s.k, alpha: T(s.alpha), beta: T(s.beta), batch: s.batch}
	q.a, _ = a.place(b, s.ta, s.lists, s.batch)
	q.b, _ = bb.place(b, s.tb, s.lists, s.batch)
	var data driver.Ptr
	q.c, data = c.place(b, false, s.lists, s.batch)
	if err := q.enqueue(&b.d.Info, b.s, b.alloc(max(1, q.scratch(&b.d.Info)))); err != nil {
		t.Fatalf("%v %v: %v", p, s, err)
	}
	b.wait()
	got := make([]T, len(c.data))
	back(b, data, got)

	eps := 0x1p-23
	if op.Size[T]() == 8 {
		eps = 0x1p-52
	}
	written := make([]bool, len(got))
	bad := 0
	for i := range s.batch {
		for y := range s.m {
			for x := range s.n {
				at := c.at(i, y, x)
				written[at] = true
				sum, mag := 0.0, 0.0
				for k := range s.k {
					ai, bi := a.at(i, y, k), bb.at(i, k, x)
					if s.ta {
						ai = a.at(i, k, y)
					}
					if s.tb {
						bi = bb.at(i, x, k)
					}
					v := roundTo(p, float64(a.data[ai])) * roundTo(p, float64(bb.data[bi]))
					sum += v
					mag += math.Abs(v)
				}
				want, bound := s.alpha*sum, math.Abs(s.alpha)*mag
				if s.beta != 0 {
					want += s.beta * float64(c.data[at])
					bound += math.Abs(s.beta * float64(c.data[at]))
				}
				// Tensor cores may truncate where they align: twice the bound of
				// a sum in any order (Higham, section 4.2).
				bound *= 2 * float64(s.k+4) * eps
				if d := math.Abs(float64(got[at]) - want); !(d <= bound) {
					if bad++; bad < 4 {
						t.Errorf("%v %v: element %d,%d of %d is %v, want %v ± %.2g", p, s, y, x, i, got[at], want, bound)
					}
				}
			}
		}
	}
	for i := range got {
		if !written[i] && math.Float64bits(float64(got[i])) != math.Float64bits(float64(c.data[i])) {
			t.Fatalf("%v %v: element %d beside C has been written", p, s, i)
		}
	}
	if p == op.Exact {
		return chooseGemm[T](b.d.Capability, b.d.Multiprocessors, s.m, s.n, s.batch).entry[0]
	}
	return q.tensorPlan(&b.d.Info).policy.entry
}

// NaN and infinities go through, a zero never hides them, and what is out of a
// type's range becomes infinite.
func TestProductSpecials(t *testing.T) {
	b := newBench(t)
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	for _, p := range []op.Profile{op.Exact, op.TF32, op.BF16, op.F16} {
		for _, c := range []struct{ a, b, want float32 }{
			{inf, 2, inf}, {inf, 0, nan}, {nan, 0, nan}, {0, nan, nan}, {-inf, 3, -inf}, {1, 2, 2},
		} {
			// One product of a row and a column of 40, all zero but for one place.
			a, x := make([]float32, 40), make([]float32, 40)
			a[17], x[17] = c.a, c.b
			got := make([]float32, 1)
			q := product[float32]{profile: p, m: 1, n: 1, k: 40, alpha: 1, batch: 1}
			out := to(b, []float32{nan})
			q.a = operand{matrix: matrix{ptr: to(b, a), rs: 40, cs: 1}}
			q.b = operand{matrix: matrix{ptr: to(b, x), rs: 1, cs: 1}}
			q.c = operand{matrix: matrix{ptr: out, rs: 1, cs: 1}}
			if err := q.enqueue(&b.d.Info, b.s, b.alloc(max(1, q.scratch(&b.d.Info)))); err != nil {
				t.Fatal(err)
			}
			back(b, out, got)
			if got[0] != c.want && (got[0] == got[0] || c.want == c.want) {
				t.Errorf("%v: %v times %v is %v, want %v", p, c.a, c.b, got[0], c.want)
			}
		}
	}
	// 65520 is where binary16 ends.
	for v, want := range map[float32]float32{65519: 65504, 65520: inf, -70000: -inf, 0x1p-24: 0x1p-24, 0x1p-26: 0} {
		q := product[float32]{profile: op.F16, m: 1, n: 1, k: 1, alpha: 1, batch: 1}
		out, got := to(b, []float32{nan}), make([]float32, 1)
		q.a = operand{matrix: matrix{ptr: to(b, []float32{v}), rs: 1, cs: 1}}
		q.b = operand{matrix: matrix{ptr: to(b, []float32{1}), rs: 1, cs: 1}}
		q.c = operand{matrix: matrix{ptr: out, rs: 1, cs: 1}}
		if err := q.enqueue(&b.d.Info, b.s, b.alloc(max(1, q.scratch(&b.d.Info)))); err != nil {
			t.Fatal(err)
		}
		if back(b, out, got); got[0] != want {
			t.Errorf("%v in binary16 is %v, want %v", v, got[0], want)
		}
	}
}

var fastShapes = []shape{
	{1, 1, 1, 1, false, false, false, 1, 0, 0, 0},
	{3, 5, 7, 1, false, true, false, -1.5, 0, 1, 1},
	{64, 64, 64, 1, false, false, false, 1, 0, 0, 0},
	{65, 63, 33, 1, true, false, false, 2, 0.5, 3, 3},
	{17, 70, 130, 3, true, true, false, 1, -1, 2, 1},
	{30, 20, 40, 4, false, true, true, 1, 1, 0, 0},
	{200, 100, 40, 1, false, true, false, 1, 0, 0, 0},
	{130, 257, 65, 1, false, false, false, 1, 0, 0, 0},
	{130, 129, 65, 1, false, false, false, 0.25, 1, 5, 2},
}

func testProfile(t *testing.T, p op.Profile) {
	b := newBench(t)
	if !offers[float32](&b.d.Info, p) && !offers[float64](&b.d.Info, p) {
		t.Fatalf("%v is not offered", p)
	}
	shapes := fastShapes
	if fullTest {
		for _, n := range []int{2, 8, 31, 100, 127, 128, 200, 257, 300} {
			for i := range 4 {
				shapes = append(shapes, shape{n, 300 - n + 1, 2*n + 1, 1, i&1 != 0, i&2 != 0, false, 1, 0, i, i})
			}
		}
	}
	used := map[string]bool{}
	for _, s := range shapes {
		if offers[float32](&b.d.Info, p) {
			used[testProduct[float32](t, b, p, s)] = true
		}
		if offers[float64](&b.d.Info, p) {
			used[testProduct[float64](t, b, p, s)] = true
		}
	}
	image, err := ptx.Choose(b.d.Capability, b.d.Driver)
	if err != nil {
		t.Fatal(err)
	}
	if b.d.Multiprocessors > 8 {
		return // a large device has other kernels for small products
	}
	for _, k := range tensorPolicies {
		if k.profile == p && (k.image == "" || k.image == image.Name) && !used[k.entry] {
			t.Errorf("no shape of this test uses %s", k.entry)
		}
	}
}

// The kernels of newer devices, on a simulated one.
func TestProductProfilesOfHopper(t *testing.T) {
	needSimulator(t)
	if out, err := sim.Rerun(t, "TestProduct(Profiles|Specials)", "WEFT_SIM_CAPABILITY=90", "WEFT_SIM_SCHEDULE=reverse"); err != nil {
		t.Errorf("%v\n%s", err, out[max(0, len(out)-4000):])
	}
}

func needSimulator(t *testing.T) {
	testDevice(t)
	if os.Getenv("WEFT_SIM_CAPABILITY") != "" || sim.Rerunning() || filepath.Base(os.Getenv(driver.LibraryVariable)) == os.Getenv(driver.LibraryVariable) {
		t.Skip("chosen by the environment")
	}
}

func TestProductProfiles(t *testing.T) {
	for p := range op.Profile(op.Profiles) {
		t.Run(p.String(), func(t *testing.T) { testProfile(t, p) })
	}
}
