package cuda

import (
	"math"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/cuda/sim"
	"github.com/weftgo/weft/internal/op"
)

// flag is a word that kernels look at, of which the host says nothing: what
// stops then is only what has looked.
type flag struct{ at *uint32 }

func newFlag(b *bench) flag {
	b.t.Helper()
	p, err := b.d.AllocPinned(4)
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { b.d.FreePinned(p) })
	f := flag{(*uint32)(p.Ptr)}
	f.set(0)
	return f
}

func (f flag) set(v uint32)     { atomic.StoreUint32(f.at, v) }
func (f flag) Word() driver.Ptr { return (&word{at: f.at}).Word() }
func (f flag) Asked() error     { return nil }
func (f flag) Set() error       { return nil }

// Every kernel that writes an output looks at the word before it does. (That each
// block of each kernel looks at all is what the simulated driver sees to.)
func TestKernelsLookFirst(t *testing.T) {
	b := newBench(t)
	g := newGPU(b.d, "cuda")
	s, err := b.d.NewLastingStream()
	if err != nil {
		t.Fatal(err)
	}
	b.s.Close()
	b.s = s
	testLookFirst[float32](b, g)
	testLookFirst[float64](b, g)
}

func testLookFirst[T op.Float](b *bench, g *gpu) {
	const n = 40
	want := make([]T, n*n)
	for i := range want {
		want[i] = T(i)
	}
	x, out := to(b, want), to(b, want)
	data := func(p driver.Ptr) []T { return slice[T](p, n*n) }
	view := op.View[T]{Data: data(x), Rows: n, Cols: n, RowStride: n, ColStride: 1}
	dst := view
	dst.Data = data(out)
	vector := func(p driver.Ptr) op.Vector[T] { return op.Vector[T]{N: n, Data: data(p)[:n], Inc: 1} }
	v := newView(&stream{work: work{gpu: g, stream: b.s}}, nil)
	f := newFlag(b)
	v.stop = f
	q := op.QueueOf[T](v)
	calls := map[string]func(){
		"ScaleRows":  func() { q.ScaleRows(2, dst) },
		"Ger":        func() { q.Ger(&op.Ger[T]{Alpha: 1, X: data(x)[:n], Y: data(x)[:n], A: dst}) },
		"Gemv":       func() { q.Gemv(&op.Gemv[T]{Alpha: 1, A: view, X: vector(x), Y: vector(out)}) },
		"Gemv trans": func() { q.Gemv(&op.Gemv[T]{Alpha: 1, A: view.T(), X: vector(x), Y: vector(out)}) },
	}
	for m := op.Axpy; m <= op.Div; m++ {
		calls[m.String()] = func() { q.Map(m, 3, data(out), data(x), data(x)) }
	}
	for p := range op.Profile(op.Profiles) {
		if offers[T](&b.d.Info, p) {
			calls["Gemm "+p.String()] = func() {
				q.Products(&op.Products[T]{Profile: p, Gemm: op.Gemm[T]{Alpha: 1, A: view, B: view, C: dst}, Count: 1})
			}
		}
	}
	for name, call := range calls {
		got := make([]T, n*n)
		for set := range uint32(2) {
			f.set(1 - set)
			call()
			b.s.Within(nil)
			back(b, out, got)
			same := true
			for i := range got {
				same = same && got[i] == want[i]
			}
			if same != (set == 0) {
				b.t.Errorf("%T, %s: with the word at %d the output is as it was: %v", got[0], name, 1-set, same)
			}
		}
		copyBack(b, out, want)
	}
	for _, m := range v.spare {
		g.Free(m)
	}
}

// A block that runs for long looks again: nothing is written although it had
// begun when the word was set.
func TestKernelsLookAgain(t *testing.T) {
	testLookAgain(t)
	// wgmma's kernels need another device.
	if !sim.Rerunning() {
		out, err := sim.Rerun(t, "TestKernelsLookAgain", "WEFT_SIM_CAPABILITY=90")
		if err != nil {
			t.Errorf("capability 9.0: %v\n%s", err, out)
		}
	}
}

func testLookAgain(t *testing.T) {
	b := newBench(t)
	f := newFlag(b)
	const long = 1 << 30
	ones := make([]float64, 64)
	for i := range ones {
		ones[i] = 1
	}
	x := to(b, ones)
	nothing := make([]float64, 128*256)
	for i := range nothing {
		nothing[i] = math.Pi
	}
	out := to(b, nothing)
	launches := map[string]func(){}
	for i := range gemmPolicies {
		for size, name := range map[int]string{4: gemmPolicies[i].entry[0], 8: gemmPolicies[i].entry[1]} {
			if p := gemmPolicies[i]; p.size == 0 || p.size == size {
				launches[name] = func() { // all elements of A are one number, as are those of B
					a := b.s.Launch(name, 1, p.threads)
					a.Int(p.rows)
					a.Int(p.cols)
					a.Int(long)
					number(a, size, 1)
					for range 2 {
						a.Ptr(x)
						a.Int(0)
						a.Int(0)
						a.Int(0)
					}
					number(a, size, 0)
					a.Ptr(out)
					a.Int(p.cols)
					a.Int(0)
				}
			}
		}
	}
	for i, size := range []int{4, 8} {
		launches[kGemvTrans[i]] = func() {
			a := b.s.Launch(kGemvTrans[i], 1, transThreads)
			a.Int(long)
			a.Int(32)
			number(a, size, 1)
			a.Ptr(x)
			a.Int(0)
			a.Ptr(x)
			a.Int(0)
			number(a, size, 0)
			a.Ptr(out)
			a.Int(1)
		}
	}
	slabs := 4096
	room := to(b, make([]byte, 128*slabs*slabBytes))
	for _, p := range tensorPolicies {
		if p.image != "" && b.d.Capability < 90 {
			continue
		}
		size := 4
		if p.profile == op.Tensor {
			size = 8
		}
		launches[p.entry] = func() {
			a := b.s.Launch(p.entry, 1, p.threads)
			a.Shared(p.shared)
			prepared := func(rows int) {
				if p.image == "" {
					a.Ptr(room)
				} else { // what lies outside of the map is zero
					a.Tiles(driver.Tiles{Base: room, Rows: rows, Words: 32, Stride: slabBytes, BoxRows: rows})
				}
				a.Int(rows)
			}
			a.Int(p.rows)
			a.Int(p.cols)
			a.Int(slabs)
			number(a, size, 1)
			prepared(p.rows)
			prepared(p.cols)
			number(a, size, 0)
			a.Ptr(out)
			a.Int(p.cols)
			a.Int(0)
			if p.image != "" {
				a.Int(1)
			}
		}
	}
	if !fullTest { // one of each source
		for name := range launches {
			switch name {
			case "gemm_64x64_f32", "gemv_trans_f64", "gemm_tensor_64x64", "gemm_bf16_128x256":
			default:
				delete(launches, name)
			}
		}
	}
	got := make([]float64, len(nothing))
	for name, launch := range launches {
		f.set(0)
		b.s.Within(f)
		launch()
		b.s.Within(nil)
		time.AfterFunc(30*time.Millisecond, func() { f.set(1) })
		start := time.Now()
		b.wait()
		took := time.Since(start)
		back(b, out, got)
		for i, v := range got {
			if v != math.Pi {
				t.Errorf("%s: went on to the end, in %v: number %d of the output is %v", name, took, i, v)
				copyBack(b, out, nothing)
				break
			}
		}
		if took < 30*time.Millisecond {
			t.Errorf("%s: over after %v, before it could be stopped", name, took)
		}
	}
}

// number appends a number of size bytes.
func number(a *driver.Args, size int, v float64) {
	if size == 4 {
		a.F32(float32(v))
	} else {
		a.F64(v)
	}
}

// copyBack copies x to what lies at p.
func copyBack[T op.Float](b *bench, p driver.Ptr, x []T) {
	b.t.Helper()
	q := to(b, x)
	b.s.OnDevice(p, q, len(x)*op.Size[T]())
	b.wait()
}

// slice returns n elements that lie on the device.
func slice[T op.Float](p driver.Ptr, n int) []T { return unsafe.Slice((*T)(pointer(p)), n) }
