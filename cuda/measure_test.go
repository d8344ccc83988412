//go:build linux && (amd64 || arm64)

package cuda

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/bare"
	"github.com/weftgo/weft/cuda/internal/device"
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/cuda/internal/ptx"
	"github.com/weftgo/weft/internal/op"
)

// The measurements of gpucheck/check.sh, which says in WEFT_GPU_CHECK where the
// results go. WEFT_GPU_CHECK_TINY makes all sizes small, to see on the simulated
// driver that they run; WEFT_CUBLAS names a library to compare with.

// measured is one line of a result.
type measured struct {
	What    string  `json:"what"`
	Type    string  `json:"type,omitempty"`
	Size    int     `json:"size"`
	Seconds float64 `json:"seconds"` // the median
	Rate    float64 `json:"rate,omitempty"`
	Unit    string  `json:"unit,omitempty"`
	Peer    string  `json:"peer,omitempty"`
	Ratio   float64 `json:"ratio,omitempty"` // of our rate to the peer's
}

// meter takes measurements on the bare device.
type meter struct {
	t       *testing.T
	g       *bare.GPU
	info    device.Info
	blas    *bare.Blas
	tiny    bool
	records []measured
	until   time.Time
}

func newMeter(t *testing.T) *meter {
	dir := os.Getenv("WEFT_GPU_CHECK")
	if dir == "" {
		t.Skip("runs in gpucheck/check.sh")
	}
	g, err := bare.Open()
	if err != nil {
		t.Fatal(err)
	}
	m := &meter{t: t, g: g, tiny: os.Getenv("WEFT_GPU_CHECK_TINY") != "", until: time.Now().Add(80 * time.Second)}
	m.info = device.Info{Capability: g.Capability, Multiprocessors: g.Multiprocessors, Driver: g.Version}
	image, err := ptx.Choose(g.Capability, g.Version)
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Load(image.Text); err != nil {
		t.Fatal(err)
	}
	if path := os.Getenv("WEFT_CUBLAS"); path != "" {
		if m.blas, err = bare.OpenBlas(path); err != nil {
			t.Logf("no cuBLAS: %v", err)
		}
	}
	t.Cleanup(func() {
		b, err := json.MarshalIndent(m.records, "", "\t")
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, t.Name()+".json"), append(b, '\n'), 0o644)
		}
		if err != nil {
			t.Error(err)
		}
	})
	return m
}

func (m *meter) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func (m *meter) add(r measured) {
	m.records = append(m.records, r)
	line := fmt.Sprintf("%-24s %s %8d  %10.6f ms", r.What, r.Type, r.Size, r.Seconds*1e3)
	if r.Unit != "" {
		line += fmt.Sprintf("  %9.2f %s", r.Rate, r.Unit)
	}
	if r.Ratio != 0 {
		line += fmt.Sprintf("  %.2f of %s", r.Ratio, r.Peer)
	}
	fmt.Println(line)
}

// late reports whether the rest had better be left out.
func (m *meter) late() bool { return time.Now().After(m.until) }

// random returns device memory with n random numbers, the same ones again every
// few millions.
func random[T op.Float](m *meter, n int) driver.Ptr {
	size := op.Size[T]()
	p, err := m.g.Alloc(int64(n * size))
	m.must(err)
	r := rand.New(rand.NewPCG(1, uint64(n)))
	x := make([]T, min(n, 4<<20))
	for i := range x {
		x[i] = T(r.Float64()*2 - 1)
	}
	m.must(m.g.ToDevice(p, unsafe.Pointer(&x[0]), int64(len(x)*size)))
	for at := len(x); at < n; at += len(x) {
		m.must(m.g.OnDeviceAsync(p+driver.Ptr(at*size), p, int64(min(len(x), n-at)*size), 0))
	}
	m.must(m.g.SyncStream(0))
	return p
}

// medians times several pieces of work in turn, so that all meet the same
// clocks, and returns the median seconds of each.
func (m *meter) medians(fs ...func() error) []float64 {
	m.t.Helper()
	inner := make([]int, len(fs))
	var total float64
	for i, f := range fs {
		var s float64
		for range 2 { // warms up; loads code
			var err error
			s, err = m.g.Time(f)
			m.must(err)
		}
		inner[i] = max(1, min(50, int(100e-6/max(s, 1e-7))))
		total += s * float64(inner[i])
	}
	turns := max(5, min(40, int(0.4/max(total, 1e-6))))
	if m.tiny {
		turns = 1
	}
	times := make([][]float64, len(fs))
	for range turns {
		for i, f := range fs {
			s, err := m.g.Time(func() error {
				for range inner[i] {
					if err := f(); err != nil {
						return err
					}
				}
				return nil
			})
			m.must(err)
			times[i] = append(times[i], s/float64(inner[i]))
		}
	}
	out := make([]float64, len(fs))
	for i, ts := range times {
		slices.Sort(ts)
		out[i] = ts[len(ts)/2]
	}
	return out
}

// TestMeasureGemm holds products of every profile against cuBLAS: with the same
// operands, and for 16-bit profiles also with operands that are 16-bit already,
// against the kernel without the preparation of its operands.
func TestMeasureGemm(t *testing.T) {
	m := newMeter(t)
	sizes := []int{256, 512, 1024, 2048, 4096, 8192, 16384}
	if m.tiny {
		sizes = []int{96}
	}
	for _, n := range sizes {
		measureGemm[float32](m, n)
		measureGemm[float64](m, n)
	}
}

func measureGemm[T op.Float](m *meter, n int) {
	typ, elem := "f32", bare.R32F
	if op.Size[T]() == 8 {
		typ, elem = "f64", bare.R64F
	}
	a, b, c := random[T](m, n*n), random[T](m, n*n), random[T](m, n*n)
	defer func() {
		for _, p := range []driver.Ptr{a, b, c} {
			m.must(m.g.Free(p))
		}
	}()
	for profile := range op.Profile(op.Profiles) {
		if !offers[T](&m.info, profile) || m.late() {
			continue
		}
		o := func(p driver.Ptr) operand { return operand{matrix: matrix{ptr: p, rs: n, cs: 1}} }
		p := product[T]{profile: profile, m: n, n: n, k: n, alpha: 1, batch: 1, a: o(a), b: o(b), c: o(c)}
		scratch, err := m.g.Alloc(int64(max(p.scratch(&m.info), 1)))
		m.must(err)
		work := []func() error{func() error { return p.enqueue(&m.info, m.g, scratch) }}
		names := []string{"Gemm " + profile.String()}
		if profile != op.Exact {
			plan := p.tensorPlan(&m.info)
			work = append(work, func() error {
				p.multiply(&m.info, m.g, &plan, 1, scratch, scratch+driver.Ptr(plan.aBytes), p.c)
				return nil
			})
			names = append(names, "  prepared, "+plan.policy.entry)
		}
		if m.blas != nil {
			compute := map[op.Profile]int{op.TF32: bare.FastTF32, op.BF16: bare.Fast16BF, op.F16: bare.Fast16F, op.Tensor: bare.Compute64F}[profile]
			if profile == op.Exact {
				compute = map[string]int{"f32": bare.Compute32F, "f64": bare.Compute64F}[typ]
			}
			work = append(work, func() error { return m.blas.Gemm(n, n, n, a, n, b, n, false, c, elem, elem, compute) })
			if in := map[op.Profile]int{op.BF16: bare.R16BF, op.F16: bare.R16F}[profile]; in != 0 {
				plan := p.tensorPlan(&m.info)
				work = append(work, func() error {
					return m.blas.Gemm(n, n, n, scratch, plan.depth, scratch+driver.Ptr(plan.aBytes), plan.depth, true, c, in, elem, bare.Compute32F)
				})
			}
		}
		times := m.medians(work...)
		rate := func(s float64) float64 { return 2 * float64(n) * float64(n) * float64(n) / s / 1e12 }
		for i, s := range times {
			r := measured{Type: typ, Size: n, Seconds: s, Rate: rate(s), Unit: "TFLOP/s"}
			if i < len(names) {
				r.What = names[i]
				if peers := times[len(names):]; len(peers) > 0 {
					r.Peer, r.Ratio = "cuBLAS", peers[min(i, len(peers)-1)]/s
				}
			} else {
				r.What = fmt.Sprintf("cuBLAS %v %d", profile, i-len(names))
			}
			m.add(r)
		}
		m.must(m.g.Free(scratch))
	}
}

// TestMeasureBatch holds many small products against cuBLAS.
func TestMeasureBatch(t *testing.T) {
	m := newMeter(t)
	sizes, batch := []int{16, 32, 64, 128}, 10000
	if m.tiny {
		sizes, batch = []int{16, 64}, 4
	}
	for _, n := range sizes {
		measureBatch[float32](m, n, batch)
		measureBatch[float64](m, n, batch)
	}
}

func measureBatch[T op.Float](m *meter, n, batch int) {
	typ := map[int]string{4: "f32", 8: "f64"}[op.Size[T]()]
	a, b, c := random[T](m, n*n*batch), random[T](m, n*n*batch), random[T](m, n*n*batch)
	for profile := range op.Profile(op.Profiles) {
		if !offers[T](&m.info, profile) || m.late() {
			continue
		}
		o := func(p driver.Ptr) operand { return operand{matrix{ptr: p, rs: n, cs: 1}, n * n} }
		p := product[T]{profile: profile, m: n, n: n, k: n, alpha: 1, batch: batch, a: o(a), b: o(b), c: o(c)}
		scratch, err := m.g.Alloc(int64(max(p.scratch(&m.info), 1)))
		m.must(err)
		work := []func() error{func() error { return p.enqueue(&m.info, m.g, scratch) }}
		if m.blas != nil {
			work = append(work, func() error { return m.blas.Batched(n, batch, a, b, c, op.Size[T]() == 8) })
		}
		times := m.medians(work...)
		r := measured{What: fmt.Sprintf("Batch ×%d %v", batch, profile), Type: typ, Size: n, Seconds: times[0], Unit: "TFLOP/s"}
		r.Rate = 2 * float64(n*n*n*batch) / times[0] / 1e12
		if len(times) > 1 {
			r.Peer, r.Ratio = "cuBLAS", times[1]/times[0]
		}
		m.add(r)
		m.must(m.g.Free(scratch))
	}
	for _, p := range []driver.Ptr{a, b, c} {
		m.must(m.g.Free(p))
	}
}

// TestMeasureReductions holds reductions against a copy on the device, which
// reads and writes as many bytes as it is counted for.
func TestMeasureReductions(t *testing.T) {
	m := newMeter(t)
	sizes := []int{1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20, 1 << 30, 4 << 30}
	if m.tiny {
		sizes = []int{1 << 20}
	}
	for _, bytes := range sizes {
		measureReductions[float32](m, bytes)
		measureReductions[float64](m, bytes)
	}
}

func measureReductions[T op.Float](m *meter, bytes int) {
	if m.late() {
		return
	}
	size := op.Size[T]()
	n := bytes / size
	typ := map[int]string{4: "f32", 8: "f64"}[size]
	x, y := random[T](m, n), random[T](m, n)
	count, blocks := chunks[T](n)
	part, err := m.g.Alloc(int64(count * size))
	m.must(err)
	at, err := m.g.Alloc(int64(count * 8))
	m.must(err)
	two := func(k *kernel, pair bool) func() error {
		return func() error {
			a := m.g.Launch(entryFor[T](k), blocks, reduceThreads)
			a.Ptr(x)
			if pair {
				a.Ptr(y)
			}
			a.Int(n)
			a.Ptr(part)
			a = m.g.Launch(entryFor[T](&kJoin), 1, joinThreads)
			a.Ptr(part)
			a.Int(count)
			return nil
		}
	}
	largest := func() error {
		a := m.g.Launch(entryFor[T](&kMax), blocks, reduceThreads)
		a.Ptr(x)
		a.Int(n)
		a.Ptr(part)
		a.Ptr(at)
		a = m.g.Launch(entryFor[T](&kJoinMax), 1, joinThreads)
		a.Ptr(part)
		a.Ptr(at)
		a.Int(count)
		return nil
	}
	copied := func() error { return m.g.OnDeviceAsync(y, x, int64(bytes), 0) }
	times := m.medians(copied, two(&kSum, false), two(&kAsum, false), two(&kSumSq, false), two(&kDot, true), largest)
	for i, what := range []string{"copy", "Sum", "Asum", "sum of squares", "Dot", "Max"} {
		moved := float64(bytes)
		if what == "copy" || what == "Dot" {
			moved *= 2
		}
		r := measured{What: what, Type: typ, Size: bytes, Seconds: times[i], Rate: moved / times[i] / 1e9, Unit: "GB/s"}
		if i > 0 {
			r.Peer, r.Ratio = "copy", r.Rate/(2*float64(bytes)/times[0]/1e9)
		}
		m.add(r)
	}
	for _, p := range []driver.Ptr{x, y, part, at} {
		m.must(m.g.Free(p))
	}
}

// TestMeasureCosts is what a launch and a transfer cost.
func TestMeasureCosts(t *testing.T) {
	m := newMeter(t)
	x, err := m.g.Alloc(64)
	m.must(err)
	fill := func() error {
		a := m.g.Launch(kFill[0], 1, vectorThreads)
		a.Int(1)
		a.F32(1)
		a.Ptr(x)
		return nil
	}
	launches, bytes := 1000, int64(256<<20)
	if m.tiny {
		launches, bytes = 10, 1<<20
	}
	start := time.Now()
	s, err := m.g.Time(func() error {
		for range launches {
			if err := fill(); err != nil {
				return err
			}
		}
		return nil
	})
	m.must(err)
	m.add(measured{What: "launch, on the device", Size: launches, Seconds: s / float64(launches)})
	m.add(measured{What: "launch, whole", Size: launches, Seconds: time.Since(start).Seconds() / float64(launches)})
	start = time.Now()
	for range launches {
		m.must(fill())
		m.must(m.g.Flush())
		m.must(m.g.SyncStream(0))
	}
	m.add(measured{What: "launch and wait", Size: launches, Seconds: time.Since(start).Seconds() / float64(launches)})
	h, err := m.g.AllocHost(bytes)
	m.must(err)
	d, err := m.g.Alloc(bytes)
	m.must(err)
	clear(unsafe.Slice((*byte)(h), bytes))
	times := m.medians(func() error { return m.g.ToDeviceAsync(d, h, bytes, 0) }, func() error { return m.g.ToHostAsync(h, d, bytes, 0) })
	for i, what := range []string{"to the device", "to the host"} {
		m.add(measured{What: what, Size: int(bytes), Seconds: times[i], Rate: float64(bytes) / times[i] / 1e9, Unit: "GB/s"})
	}
}
