package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/weftgo/weft/internal/op"
)

// The default engine gives a product on host slices to a device where that
// pays: where an import added a device that can be used, nobody pinned a
// backend, and the model below expects the way there and back to be worth it.
// The bits are the same on both: a device is asked for some products first, and
// one that has other bits than the processor is not used. Products are all that
// ever pays: the other functions move as many bytes as they have work to do, and
// the processor's memory is faster than the way to a device.

// askFrom is how many multiply-adds a product has, at least, that the model is
// asked about: the processor does fewer in less than a millisecond.
const askFrom = 1 << 24

// margin is how much faster a device must be expected to be: both estimates
// are rough, and a product on the processor holds up nobody's device.
const margin = 1.25

// speeds are what the model knows of a device, for one type of elements.
type speeds struct {
	latency   float64 // seconds that a call takes, whatever its size
	bandwidth float64 // bytes a second, operands and results
	work      float64 // multiply-adds a second; zero if the device never pays
}

// pays reports whether so many multiply-adds on so many bytes are done sooner
// on the device than by a processor that does host of them in a second.
func (s *speeds) pays(work, bytes, host float64) bool {
	return s.work > 0 && margin*(s.latency+bytes/s.bandwidth+work/s.work) < work/host
}

// cost returns the multiply-adds of a product, and the bytes that it moves to
// the device and back.
func cost[T Float](p *op.Gemm[T]) (work, bytes float64) {
	m, n, k := float64(p.C.Rows), float64(p.C.Cols), float64(p.A.Cols)
	moved := m*k + k*n + m*n
	if p.Beta != 0 {
		moved += m * n
	}
	return m * n * k, moved * float64(op.Size[T]())
}

// router decides where products are done.
type router[T Float] struct {
	name      string // of the device
	host, dev *op.Table[T]
	failed    func() error // why the device is set aside

	// The device starts and is measured while the processor does the first
	// products: nobody waits for it. The processor is measured by doing them.
	begin  sync.Once
	speeds atomic.Pointer[speeds] // nil until they are known
	rate   atomic.Uint64          // best of the processor, the bits of a float64
}

func (r *router[T]) gemm(p *op.Gemm[T]) {
	work, bytes := cost(p)
	if work < askFrom || r.failed() != nil {
		r.host.Gemm(p)
		return
	}
	r.begin.Do(func() { go r.calibrate() })
	rate := math.Float64frombits(r.rate.Load())
	if s := r.speeds.Load(); s != nil && rate > 0 && s.pays(work, bytes, rate) {
		r.dev.Gemm(p)
		return
	}
	start := time.Now()
	r.host.Gemm(p)
	if now := work / max(time.Since(start).Seconds(), 1e-9); now > rate {
		r.rate.Store(math.Float64bits(now)) // of two at once either will do
	}
}

// route returns the table of the default engine: that of b, with the first
// device that can be used beside it.
func route[T Float](b *op.Backend) *op.Table[T] {
	added := all()[:len(all())-len(host())]
	for _, d := range added {
		if d.Err == nil && d.Device != nil {
			t := *op.TableOf[T](b)
			r := &router[T]{name: d.Name, host: op.TableOf[T](b), dev: op.TableOf[T](d), failed: d.Device.Failure}
			t.Gemm = r.gemm
			return &t
		}
	}
	return op.TableOf[T](b)
}

// calibrate finds the speeds of the device, and whether its products are right:
// one that has a wrong bit, or panics, is not used, and an event says so.
func (r *router[T]) calibrate() {
	s, err := r.trial()
	if err != nil {
		s = &speeds{}
	}
	r.speeds.Store(s)
	if err != nil {
		op.Report(op.Event{Backend: r.name, Func: "Gemm", Err: fmt.Errorf(
			"%w; the default engine does not use the device: run weft parity -backend %s", err, r.name)})
	}
}

func (r *router[T]) trial() (s *speeds, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("trial products panicked: %v", v)
		}
	}()
	if s = measure(r.dev); s.work > 0 {
		err = agree(r.dev, r.host)
	}
	return s, err
}

// trials are the sizes of products whose bits are compared: a device may have a
// kernel for each of small, middle and large results, and edges are worth a look.
var trials = [][3]int{{2, 2, 2}, {37, 65, 129}, {257, 129, 300}, {801, 790, 33}, {1551, 1541, 17}}

// agree returns an error if a product of random numbers does not have the same
// bits on the device and on the host.
func agree[T Float](dev, host *op.Table[T]) error {
	r := rand.New(rand.NewPCG(1, 2))
	noise := func(n int) []T {
		x := make([]T, n)
		for i := range x {
			x[i] = T(r.NormFloat64())
		}
		return x
	}
	for _, s := range trials {
		m, n, k := s[0], s[1], s[2]
		a, b, want := noise(m*k), noise(k*n), noise(m*n)
		got := slices.Clone(want)
		product := func(t *op.Table[T], c []T) {
			t.Gemm(&op.Gemm[T]{
				Workers: 1, Alpha: 1.25, Beta: -0.75,
				A: op.View[T]{Data: a, Rows: m, Cols: k, RowStride: k, ColStride: 1},
				B: op.View[T]{Data: b, Rows: k, Cols: n, RowStride: 1, ColStride: k}, // transposed
				C: op.View[T]{Data: c, Rows: m, Cols: n, RowStride: n, ColStride: 1},
			})
		}
		product(dev, got)
		product(host, want)
		for i := range got {
			g, w := float64(got[i]), float64(want[i])
			if math.Float64bits(g) != math.Float64bits(w) {
				return fmt.Errorf("%T: element %d,%d of a product with m=%d n=%d k=%d is %x, the processor has %x",
					got[i], i/n, i%n, m, n, k, g, w)
			}
		}
	}
	return nil
}

// patience is the longest a single product may take while speeds are measured:
// what is slower does not pay, or is a simulation.
const patience = 20 * time.Millisecond

// measure finds the speeds of a device by a handful of products, in a few
// milliseconds once it has started.
func measure[T Float](dev *op.Table[T]) *speeds {
	const side = 512
	x, y := make([]T, side*side), make([]T, side*side)
	product := func(m, n, k int) time.Duration {
		start := time.Now()
		dev.Gemm(&op.Gemm[T]{
			Workers: 1, Alpha: 1,
			A: op.View[T]{Data: x, Rows: m, Cols: k, RowStride: k, ColStride: 1},
			B: op.View[T]{Data: x, Rows: k, Cols: n, RowStride: n, ColStride: 1},
			C: op.View[T]{Data: y, Rows: m, Cols: n, RowStride: n, ColStride: 1},
		})
		return time.Since(start)
	}
	// seconds is the best of some.
	seconds := func(m, n, k int) float64 {
		best := product(m, n, k)
		for i := 0; i < 3 && best < patience; i++ {
			best = min(best, product(m, n, k))
		}
		return max(best.Seconds(), 1e-9)
	}
	product(2, 2, 2) // the device starts
	s := &speeds{latency: seconds(2, 2, 2)}
	size := float64(op.Size[T]())

	// Much to move and little to do.
	s.bandwidth = (side*side + 2*side + 2*side) * size / rest(seconds(side, 2, side), s.latency)

	// Much to do, in steps, so that a slow device is found out early. What is
	// left of the time is at least a twentieth: it may be less than the noise.
	for _, n := range []int{64, 256, side} {
		t := seconds(n, n, n)
		if t > patience.Seconds() {
			return &speeds{}
		}
		s.work = float64(n*n*n) / rest(t, s.latency+float64(3*n*n)*size/s.bandwidth)
	}
	return s
}

// rest returns what is left of t seconds without a part of them.
func rest(t, part float64) float64 { return max(t-part, t/20) }
