package bench

import (
	"slices"
	"strings"
	"testing"
	"unsafe"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// fakeBLAS is a library whose routines are Go functions.
type fakeBLAS map[string]func(a fakeArgs) float64

func (f fakeBLAS) path() string { return "/nowhere/libfake.so.1" }

func (f fakeBLAS) routine(name string) routine {
	if fn := f[name]; fn != nil {
		return fakeRoutine(fn)
	}
	return nil
}

type fakeRoutine func(a fakeArgs) float64

func (f fakeRoutine) call(n int, args []uintptr) (r uintptr) {
	for range n {
		r = uintptr(f(fakeArgs(args)))
	}
	return r
}
func (f fakeRoutine) float32(args []uintptr) float32 { return float32(f(args)) }
func (f fakeRoutine) float64(args []uintptr) float64 { return f(args) }
func (f fakeRoutine) text([]uintptr) string          { return "" }

// fakeArgs reads arguments as a Fortran routine does.
type fakeArgs []uintptr

func at[E any](a fakeArgs, i int) *E {
	return *(**E)(unsafe.Pointer(&a[i])) // what it points to is alive: the caller keeps it
}

func (a fakeArgs) int(i int) int            { return int(*at[int32](a, i)) }
func (a fakeArgs) num(i int) float64        { return *at[float64](a, i) }
func (a fakeArgs) char(i int) byte          { return *at[byte](a, i) }
func (a fakeArgs) slice(i, n int) []float64 { return unsafe.Slice(at[float64](a, i), n) }

// byColumns is what a Fortran dgemm without transposition does: by rows, it is
// the product of the second matrix with the first.
func byColumns(a fakeArgs) float64 {
	if a.char(0) != 'N' || a.char(1) != 'N' {
		panic("not written for that")
	}
	m, n, k := a.int(2), a.int(3), a.int(4)
	lda, ldb, ldc := a.int(7), a.int(9), a.int(12)
	gonum.Implementation{}.Dgemm(blas.NoTrans, blas.NoTrans, n, m, k, a.num(5),
		a.slice(8, n*ldb), ldb, a.slice(6, k*lda), lda, a.num(10), a.slice(11, n*ldc), ldc)
	return 0
}

func fakePeer(t *testing.T, f fakeBLAS) *peer {
	t.Helper()
	f["sgemm_"] = func(fakeArgs) float64 { return 0 }
	p, err := newPeer(f, "libfake.so.1")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPeerIsHeldAgainstWeft(t *testing.T) {
	dot := func(wrong float64) func(a fakeArgs) float64 {
		return func(a fakeArgs) float64 {
			n := a.int(0)
			return wrong + gonum.Implementation{}.Ddot(n, a.slice(1, n), a.int(2), a.slice(3, n), a.int(4))
		}
	}
	for _, test := range []struct {
		name  string
		blas  fakeBLAS
		wrong []string
	}{
		{"right", fakeBLAS{"dgemm_": byColumns, "ddot_": dot(0)}, nil},
		{"wrong dot", fakeBLAS{"dgemm_": byColumns, "ddot_": dot(1e-3)}, []string{"Dot"}},
		{"does nothing", fakeBLAS{"dgemm_": func(fakeArgs) float64 { return 0 }}, []string{"Gemm"}},
		{"counts from zero", fakeBLAS{"idamax_": func(a fakeArgs) float64 {
			return float64(gonum.Implementation{}.Idamax(a.int(0), a.slice(1, a.int(0)), 1))
		}}, []string{"Iamax"}},
	} {
		l := peerLibrary[float64](fakePeer(t, test.blas))
		var wrong []string
		for _, d := range l.check(workloads) {
			wrong = append(wrong, d.op)
		}
		if !slices.Equal(wrong, test.wrong) {
			t.Errorf("%s: wrong are %v, want %v", test.name, wrong, test.wrong)
		}
	}
}

func TestPeerIsMeasured(t *testing.T) {
	b, err := New(Options{Ops: []string{"Gemm", "Dot"}, Shapes: []Shape{{N: 40}}, Types: []string{"f64"}, NoPeers: true, Time: 1})
	if err != nil {
		t.Fatal(err)
	}
	threads := 0
	p := fakePeer(t, fakeBLAS{"dgemm_": byColumns, "ddot_": func(fakeArgs) float64 { return 0 }})
	p.threads = func(n int) { threads = n }
	b.peers = []*peer{p}
	r, err := b.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if threads != b.all {
		t.Errorf("the last phase ran with %d threads of the peer, want %d", threads, b.all)
	}
	found := false
	for i := range r.Records {
		c := &r.Records[i]
		if c.Backend == "fake" {
			found = true
			if c.Op != "Gemm" || !(c.Seconds > 0) || c.Limit != 0 || c.Versus != 0 {
				t.Errorf("%+v", c)
			}
		}
		if c.Backend == r.Header.Backends[0] && (c.Peer == "" || !(c.Versus > 0)) {
			t.Errorf("%s was held against nobody", c.Name())
		}
	}
	if !found {
		t.Error("no record of the peer")
	}
	if !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "Dot") }) {
		t.Errorf("no word on the wrong dot: %q", r.Notes)
	}
	worst := r.Worst(r.Header.Backends[0])
	for i, c := range worst {
		if o := r.Best(c); o.Backend != c.Peer || i > 0 && worst[i-1].Versus > c.Versus {
			t.Errorf("%d: %s against %s", i, c.Name(), o.Name())
		}
	}
}

func TestPeersThatCantBeHad(t *testing.T) {
	for _, name := range []string{"/nowhere/libblas.so", "/nowhere/libblas.so@ZEN"} {
		if _, err := New(Options{Peers: []string{name}}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := newPeer(fakeBLAS{}, "libm.so.6"); err == nil {
		t.Error("a library without sgemm_ is taken for a BLAS")
	}
}

// TestForeignCall calls a function of the C library many times at once.
func TestForeignCall(t *testing.T) {
	f := nothing()
	if f == nil {
		t.Skip("this build or this system has no foreign functions")
	}
	for n := range maxForeign + 1 {
		args := make([]uintptr, max(n, 1))
		for i := range args {
			args[i] = uintptr(i + 7)
		}
		if got := f.call(1000, args); got != 7 {
			t.Errorf("%d arguments: labs(7) = %d", len(args), got)
		}
	}
	if c := foreignCosts[3](); !(c.way > 0) || c.way > 1e-3 || c.each > 1e-4 {
		t.Errorf("cost of a call: %+v", c)
	}
}

// TestInstalledPeers does every workload with each BLAS of this machine.
func TestInstalledPeers(t *testing.T) {
	if testing.Short() {
		t.Skip("loads large libraries")
	}
	b, err := New(Options{Ops: []string{"limits", "Gemm"}})
	if err != nil {
		t.Fatal(err)
	}
	if len(b.peers) == 0 {
		t.Skip("no BLAS is installed")
	}
	for _, p := range b.peers {
		p.threads(2)
		for _, d := range slices.Concat(peerLibrary[float32](p).check(workloads), peerLibrary[float64](p).check(workloads)) {
			t.Error(d)
		}
		if peerLibrary[float32](p).foreign["Gemm"] == nil {
			t.Errorf("%s has no product", p.Name)
		}
		p.threads(1)
	}
}

// TestCalled has two peers, of which the one that is faster with the calls taken
// off is slower with them counted.
func TestCalled(t *testing.T) {
	record := func(backend string, seconds, call float64) Record {
		return Record{Op: "Dot", Type: "f64", Backend: backend, Shape: "n=16", Workers: 1, Seconds: seconds, Call: call}
	}
	r := Report{
		Header:  Header{Backends: []string{"avx2"}},
		Records: []Record{record("avx2", 8e-9, 0), record("far", 2e-9, 8e-9), record("near", 4e-9, 2e-9)},
	}
	r.finish(&gauge{})
	if c := &r.Records[0]; c.Peer != "far" || c.Versus != 0.25 || c.Called != 0.75 {
		t.Errorf("%s %v, called %v; want far 0.25, called 0.75", c.Peer, c.Versus, c.Called)
	}
}
