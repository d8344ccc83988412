package kernels

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/weftgo/weft/internal/cost"
	"github.com/weftgo/weft/internal/op"
)

func TestPays(t *testing.T) {
	// A device of 10 TFLOP/s behind 10 GB/s and 20 microseconds, a processor
	// of 200 GFLOP/s.
	s := &cost.Speeds{Latency: 20e-6, Bandwidth: 10e9, Work: 5e12}
	const host = 100e9
	for _, c := range []struct {
		m, n, k int
		beta    float32
		pays    bool
	}{
		{256, 256, 256, 0, true}, {2048, 2048, 2048, 0, true}, {2048, 2048, 2048, 1, true},
		{4096, 4096, 8, 0, false}, {64, 64, 4096, 0, false}, {4096, 4096, 100, 0, true}, {4096, 4096, 100, 1, false},
	} {
		p := &op.Gemm[float32]{Beta: c.beta, C: op.View[float32]{Rows: c.m, Cols: c.n}, A: op.View[float32]{Cols: c.k}}
		work, bytes := load(p)
		if got := pays(s, work, bytes, host); got != c.pays {
			t.Errorf("%+v: %v; the device %v s, the processor %v s", c, got, s.Seconds(work, bytes), work/host)
		}
	}
	if pays(&cost.Speeds{}, 1e15, 1, 1) {
		t.Error("a device without speed pays")
	}
}

// sleeper is a device or a processor that takes so many seconds in all, for each
// byte and for each multiply-add.
func sleeper(calls *int, latency, perByte, perWork float64) *op.Table[float64] {
	return &op.Table[float64]{Gemm: func(p *op.Gemm[float64]) {
		*calls++
		work, bytes := load(p)
		time.Sleep(time.Duration(1e9 * (latency + bytes*perByte + work*perWork)))
	}}
}

func TestRouter(t *testing.T) {
	var onHost, onDevice int
	var failure error
	r := &router[float64]{
		host: sleeper(&onHost, 0, 0, 1e-11), dev: sleeper(&onDevice, 0, 0, 0),
		failed: func() error { return failure },
	}
	r.begin.Do(func() {}) // the speeds are given below
	product := func(n int) {
		r.gemm(&op.Gemm[float64]{C: op.View[float64]{Rows: n, Cols: n}, A: op.View[float64]{Cols: n}})
	}
	check := func(what string, h, d int) {
		t.Helper()
		if onHost != h || onDevice != d {
			t.Errorf("%s: %d on the host, %d on the device; want %d, %d", what, onHost, onDevice, h, d)
		}
		onHost, onDevice = 0, 0
	}
	product(100)
	check("a small product", 1, 0)
	if r.rate.Load() != 0 {
		t.Error("a small product has been timed")
	}
	product(1000)
	check("a large product on an unknown device", 1, 0)
	if rate := math.Float64frombits(r.rate.Load()); rate < 1e9 || rate > 1e11 {
		t.Errorf("the processor does %v in a second", rate)
	}
	s := &cost.Speeds{Latency: 1e-6, Bandwidth: 1e12, Work: 1e13}
	r.speeds.Store(s)
	product(100)
	check("a small product", 1, 0)
	product(1000)
	check("a large product", 0, 1)
	r.speeds.Store(&cost.Speeds{})
	product(1000)
	check("a device that never pays", 1, 0)
	r.speeds.Store(s)
	failure = errors.New("lost")
	product(1000)
	check("a device that is set aside", 1, 0)
}

// The speeds of a device that only sleeps are found, and one that is slow is
// found out soon. Sleep is rough on a busy machine.
func TestMeasure(t *testing.T) {
	var calls int
	s := measure(sleeper(&calls, 3e-3, 1e-9, 1e-11))
	if s.Latency < 3e-3 || s.Latency > 1 || s.Bandwidth <= 0 || s.Bandwidth > 2e10 {
		t.Errorf("%+v", s)
	}
	calls = 0
	if s = measure(sleeper(&calls, 0, 0, 2e-7)); s.Work != 0 || calls > 20 || pays(s, 1e15, 1, 1) {
		t.Errorf("a slow device: %+v after %d products", s, calls)
	}
}

// The first large product starts the measurement, and does not wait for it.
func TestRouterMeasures(t *testing.T) {
	var onHost, onDevice int
	r := &router[float64]{host: sleeper(&onHost, 0, 0, 0), dev: sleeper(&onDevice, 0, 0, 2e-7), failed: func() error { return nil }}
	r.gemm(&op.Gemm[float64]{C: op.View[float64]{Rows: 300, Cols: 300}, A: op.View[float64]{Cols: 300}})
	for range 10_000 {
		if r.speeds.Load() != nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	if s := r.speeds.Load(); onHost != 1 || s == nil || onDevice == 0 {
		t.Errorf("%d on the host, %d on the device, speeds %+v", onHost, onDevice, s)
	}
}

func TestCalibrate(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes on an emulator")
	}
	t.Run("f32", testCalibrate[float32])
	t.Run("f64", testCalibrate[float64])
}

// A device whose products are right is used; one that is wrong in one bit of one
// element, or panics, is not, and an event says why.
func testCalibrate[T Float](t *testing.T) {
	b, err := find("fallback")
	if err != nil {
		t.Fatal(err)
	}
	host := op.TableOf[T](b)
	for _, c := range []struct {
		name  string
		after func(p *op.Gemm[T]) // a product of the device
		want  string              // in the event
	}{
		{"right", func(*op.Gemm[T]) {}, ""},
		{"last bit", func(p *op.Gemm[T]) {
			if x := &p.C.Data[len(p.C.Data)-1]; p.C.Rows > 1000 {
				*x = nextUp(*x)
			}
		}, "element 1550,1540"},
		{"zero", func(p *op.Gemm[T]) { clear(p.C.Data[:1]) }, "element 0,0"},
		{"panics", func(p *op.Gemm[T]) { panic("planted") }, "planted"},
	} {
		var events []Event
		OnEvent(func(e Event) { events = append(events, e) })
		dev := &op.Table[T]{Gemm: func(p *op.Gemm[T]) {
			if p.Beta != 0 { // those without are timed, and this is not to be slow
				host.Gemm(p)
				c.after(p)
			}
		}}
		r := &router[T]{name: "fake", host: host, dev: dev, failed: func() error { return nil }}
		r.calibrate()
		OnEvent(nil)
		s := r.speeds.Load()
		switch {
		case s == nil || (s.Work > 0) != (c.want == ""):
			t.Errorf("%s: speeds %+v", c.name, s)
		case c.want == "" && len(events) > 0:
			t.Errorf("%s: %v", c.name, events)
		case c.want != "" && (len(events) != 1 || events[0].Backend != "fake" || events[0].Func != "Gemm" ||
			!strings.Contains(events[0].Err.Error(), c.want) || !strings.Contains(events[0].Err.Error(), "weft parity")):
			t.Errorf("%s: events %+v", c.name, events)
		}
	}
}

func nextUp[T Float](x T) T {
	if op.Size[T]() == 4 {
		return T(math.Nextafter32(float32(x), math.MaxFloat32))
	}
	return T(math.Nextafter(float64(x), math.MaxFloat64))
}
