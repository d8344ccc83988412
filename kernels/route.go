package kernels

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/weftgo/weft/internal/cost"
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

// pays reports whether so many multiply-adds on so many bytes are done sooner
// on a device of these speeds than by a processor that does host of them in a
// second.
func pays(s *cost.Speeds, work, bytes, host float64) bool {
	return s.Work > 0 && margin*s.Seconds(work, bytes) < work/host
}

// load returns the multiply-adds of a product, and the bytes that it moves to
// the device and back.
func load[T Float](p *op.Gemm[T]) (work, bytes float64) {
	work, elements := cost.Gemm(p.C.Rows, p.C.Cols, p.A.Cols, p.Beta != 0)
	return work, elements * float64(op.Size[T]())
}

// router decides where products are done.
type router[T Float] struct {
	name      string // of the device
	host, dev *op.Table[T]
	failed    func() error // why the device is set aside

	// The device starts and is measured while the processor does the first
	// products: nobody waits for it. The processor is measured by doing them.
	begin  sync.Once
	speeds atomic.Pointer[cost.Speeds] // nil until they are known
	rate   atomic.Uint64               // best of the processor, the bits of a float64
}

func (r *router[T]) gemm(p *op.Gemm[T]) { r.product(p, r.host, r.dev, nil) }

// within returns the table of the default engine bound to c.
func (r *router[T]) within(c *op.Control) op.Table[T] {
	t, dev := r.host.Within(c), r.dev
	if dev.Within != nil {
		bound := dev.Within(c)
		dev = &bound
	}
	host := t
	t.Gemm = func(p *op.Gemm[T]) { r.product(p, &host, dev, c) }
	t.Within = r.within
	return t
}

// product does p on one of the two tables, both bound to c if there is one.
func (r *router[T]) product(p *op.Gemm[T], host, dev *op.Table[T], c *op.Control) {
	work, bytes := load(p)
	if work < askFrom || r.failed() != nil {
		host.Gemm(p)
		return
	}
	r.begin.Do(func() { go r.calibrate() })
	rate := math.Float64frombits(r.rate.Load())
	if s := r.speeds.Load(); s != nil && rate > 0 && pays(s, work, bytes, rate) {
		dev.Gemm(p)
		return
	}
	start := time.Now()
	host.Gemm(p)
	if c.Interrupted() {
		return
	}
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
			t.Within = r.within
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
		s = &cost.Speeds{}
	}
	r.speeds.Store(s)
	if err != nil {
		op.Report(op.Event{Backend: r.name, Func: "Gemm", Err: fmt.Errorf(
			"%w; the default engine does not use the device: run weft parity -backend %s", err, r.name)})
	}
}

func (r *router[T]) trial() (s *cost.Speeds, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("trial products panicked: %v", v)
		}
	}()
	if s = measure(r.dev); s.Work > 0 {
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

// measure finds the speeds of a device, see [cost.Measure].
func measure[T Float](dev *op.Table[T]) *cost.Speeds {
	x, y := make([]T, cost.Side*cost.Side), make([]T, cost.Side*cost.Side)
	s := cost.Measure(op.Size[T](), func(m, n, k int) time.Duration {
		start := time.Now()
		dev.Gemm(&op.Gemm[T]{
			Workers: 1, Alpha: 1,
			A: op.View[T]{Data: x, Rows: m, Cols: k, RowStride: k, ColStride: 1},
			B: op.View[T]{Data: x, Rows: k, Cols: n, RowStride: n, ColStride: 1},
			C: op.View[T]{Data: y, Rows: m, Cols: n, RowStride: n, ColStride: 1},
		})
		return time.Since(start)
	})
	return &s
}
