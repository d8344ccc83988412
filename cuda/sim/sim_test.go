package sim

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/cuda/internal/ptx"
)

// planted is the library with the kernels in testdata.
func planted(t *testing.T) string { return Library(t, filepath.Join("testdata", "planted.cu")) }

// entry is a kernel in testdata/planted.cu: block size and the parameters, in
// PTX's types.
type entry struct {
	name    string
	threads int
	params  string
}

var entries = []entry{
	{"neighbour", 64, "u64"},
	{"missing_barrier", 64, "u64"},
	{"two_rounds", 64, "u64"},
	{"missing_second_barrier", 64, "u64"},
	{"write_at", 32, "u64 u64"},
	{"read_at", 32, "u64 u64 u64"},
	{"unwritten_shared", 32, "u64"},
	{"deadlock", 64, "u64"},
	{"add_one", 32, "u64"},
	{"add_one_until", 32, "u64"},
	{"numbers", 32, "f32 f64 u64 u64"},
	{"copies", 32, "u64 u64"},
	{"missing_copy_wait", 32, "u64 u64"},
	{"boxes_right", 64, "map u64"},
	{"boxes_no_wait", 64, "map u64"},
	{"boxes_wrong_phase", 64, "map u64"},
	{"boxes_few_bytes", 64, "map u64"},
	{"boxes_many_bytes", 64, "map u64"},
	{"boxes_no_empty_wait", 64, "map u64"},
	{"boxes_no_init", 64, "map u64"},
	{"ones_right", 128, "u64"},
	{"ones_no_fence", 128, "u64"},
	{"ones_no_wait", 128, "u64"},
	{"ones_other_descriptors", 128, "u64"},
	{"beyond_dynamic", 32, "u64"},
}

// text returns PTX for es, as far as the simulated driver reads it.
func text(t *testing.T, isa, target string, es []entry) string {
	hash, err := ptx.Sources("testdata")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "// sources %s\n.version %s\n.target %s\n.address_size 64\n", hash, isa, target)
	for _, e := range es {
		var ps []string
		for i, p := range strings.Fields("u64 " + e.params) { // after the word that stops it
			if p == "map" {
				ps = append(ps, fmt.Sprintf("\t.param .align 64 .b8 %s_param_%d[128]", e.name, i))
				continue
			}
			ps = append(ps, fmt.Sprintf("\t.param .%s %s_param_%d", p, e.name, i))
		}
		fmt.Fprintf(&b, ".visible .entry %s(\n%s\n)\n.maxntid %d, 1, 1\n{\n}\n", e.name, strings.Join(ps, ",\n"), e.threads)
	}
	return b.String()
}

// machine is a device with the planted kernels.
type machine struct {
	t *testing.T
	driver.Driver
	module driver.Module
}

func start(t *testing.T) *machine {
	t.Helper()
	runtime.LockOSThread()
	drv, err := driver.Open()
	if err != nil {
		t.Fatal(err)
	}
	m := &machine{t: t, Driver: drv}
	m.must(drv.Init())
	c := one(m, func() (driver.Context, error) { return drv.RetainContext(0) })
	m.must(drv.SetContext(c))
	return m
}

func (m *machine) must(err error) {
	m.t.Helper()
	if err != nil {
		m.t.Fatal(err)
	}
}

func one[V any](m *machine, f func() (V, error)) V {
	m.t.Helper()
	v, err := f()
	m.must(err)
	return v
}

func (m *machine) load() *machine {
	m.t.Helper()
	m.module = one(m, func() (driver.Module, error) { return m.LoadModule([]byte(text(m.t, "7.0", "sm_80", entries))) })
	return m
}

func (m *machine) alloc(n int64) driver.Ptr {
	m.t.Helper()
	return one(m, func() (driver.Ptr, error) { return m.Alloc(n) })
}

// shared is, among the arguments of launch, how much dynamic shared memory, and
// word the word that stops the kernel.
type shared int
type word driver.Ptr

// launch runs a kernel with pointers and integers for arguments.
func (m *machine) launch(s driver.Stream, name string, args ...any) error {
	m.t.Helper()
	f := one(m, func() (driver.Function, error) { return m.Function(m.module, name) })
	threads := one(m, func() (int, error) { return m.FunctionAttribute(f, driver.FuncMaxThreads) })
	a := new(driver.Args)
	stop := driver.Ptr(0)
	for _, v := range args {
		if w, ok := v.(word); ok {
			stop = driver.Ptr(w)
		}
	}
	a.Ptr(stop)
	for _, v := range args {
		switch v := v.(type) {
		case driver.Ptr:
			a.Ptr(v)
		case int:
			a.Int(v)
		case float32:
			a.F32(v)
		case float64:
			a.F64(v)
		case driver.Tiles:
			a.Tiles(v)
		case shared:
			a.Shared(int(v))
		}
	}
	return m.Launch(f, driver.Dim{X: 1, Y: 1, Z: 1}, driver.Dim{X: uint32(threads), Y: 1, Z: 1}, s, a)
}

func get[E any](m *machine, p driver.Ptr, n int) []E {
	m.t.Helper()
	v := make([]E, n)
	m.must(m.ToHost(unsafe.Pointer(&v[0]), p, int64(n)*int64(unsafe.Sizeof(v[0]))))
	return v
}

// cases each run in a process of their own, with the variables.
var cases = map[string]struct {
	env []string
	run func(t *testing.T)
}{
	"arguments": {nil, func(t *testing.T) {
		m := start(t).load()
		p := m.alloc(24)
		m.must(m.launch(0, "numbers", float32(1.5), 2.25, -3, p))
		if got := get[float64](m, p, 3); got[0] != 1.5 || got[1] != 2.25 || got[2] != -3 {
			t.Errorf("got %v", got)
		}
	}},
	"missing barrier, forward":        {[]string{"WEFT_SIM_SCHEDULE=forward"}, func(t *testing.T) { barrier(t, "neighbour", "missing_barrier") }},
	"missing barrier, shuffled":       {[]string{"WEFT_SIM_SCHEDULE=shuffled"}, func(t *testing.T) { barrier(t, "neighbour", "missing_barrier") }},
	"missing second barrier, reverse": {[]string{"WEFT_SIM_SCHEDULE=reverse"}, func(t *testing.T) { barrier(t, "two_rounds", "missing_second_barrier") }},
	"write behind the end":            {nil, func(t *testing.T) { bounds(t, "write_at", 10, driver.IllegalAddress) }},
	"write just before the start":     {nil, func(t *testing.T) { bounds(t, "write_at", -1, driver.IllegalAddress) }},
	"write far behind the end":        {nil, func(t *testing.T) { bounds(t, "write_at", 5000, driver.IllegalAddress) }},
	"write before the start":          {nil, func(t *testing.T) { bounds(t, "write_at", -4096, driver.IllegalAddress) }},
	"read far behind the end":         {nil, func(t *testing.T) { bounds(t, "read_at", 5000, driver.IllegalAddress) }},
	"deadlock": {nil, func(t *testing.T) {
		m := start(t).load()
		broken(m, m.launch(0, "deadlock", m.alloc(256)), driver.LaunchTimeout)
	}},
	"unwritten shared memory": {nil, func(t *testing.T) {
		m := start(t).load()
		p := m.alloc(128)
		m.must(m.launch(0, "add_one", p)) // leaves 0 or 1 where nothing cleans up
		m.must(m.launch(0, "unwritten_shared", p))
		if got := get[float32](m, p, 32); !math.IsNaN(float64(got[0])) || got[1] != 1 {
			t.Errorf("got %v, want a NaN and ones", got[:2])
		}
	}},
	"unwritten device memory": {nil, func(t *testing.T) {
		m := start(t).load()
		if got := get[float32](m, m.alloc(4), 1); !math.IsNaN(float64(got[0])) {
			t.Errorf("new memory holds %v, want NaN", got[0])
		}
	}},
	"missing wait for a copy": {[]string{"WEFT_SIM_LAZY=1"}, func(t *testing.T) {
		m := start(t).load()
		p := m.alloc(4)
		m.must(m.Memset32Async(p, 7, 1, 0))
		h := one(m, func() (unsafe.Pointer, error) { return m.AllocHost(4) })
		*(*uint32)(h) = 1
		m.must(m.ToHostAsync(h, p, 4, 0))
		if v := *(*uint32)(h); v != 1 {
			t.Errorf("a copy that nobody waited for has been done: %d", v)
		}
		m.must(m.SyncStream(0))
		if v := *(*uint32)(h); v != 7 {
			t.Errorf("after the wait there is %d, want 7", v)
		}
	}},
	"missing wait between streams": {[]string{"WEFT_SIM_LAZY=1"}, func(t *testing.T) {
		m := start(t).load()
		p := m.alloc(128)
		var s [2]driver.Stream
		for i := range s {
			s[i] = one(m, func() (driver.Stream, error) { return m.NewStream(driver.StreamNonBlocking) })
		}
		h := one(m, func() (unsafe.Pointer, error) { return m.AllocHost(128) })
		run := func(wait bool) float32 {
			m.must(m.Memset32Async(p, 0x7fc00000, 32, s[0]))
			m.must(m.SyncStream(s[0]))
			m.must(m.Memset32Async(p, 0, 32, s[0]))
			if wait {
				e := one(m, func() (driver.Event, error) { return m.NewEvent(0) })
				m.must(m.RecordEvent(e, s[0]))
				m.must(m.WaitEvent(s[1], e))
			}
			m.must(m.launch(s[1], "add_one", p))
			m.must(m.ToHostAsync(h, p, 128, s[1]))
			m.must(m.SyncStream(s[1]))
			v := *(*float32)(h)
			m.must(m.SyncStream(s[0]))
			return v
		}
		if v := run(true); v != 1 {
			t.Errorf("with a wait: %v, want 1", v)
		}
		if v := run(false); !math.IsNaN(float64(v)) {
			t.Errorf("without a wait: %v, want what was there before", v)
		}
	}},
	"lazy events": {[]string{"WEFT_SIM_LAZY=1"}, func(t *testing.T) {
		m := start(t).load()
		e := one(m, func() (driver.Event, error) { return m.NewEvent(0) })
		m.must(m.RecordEvent(e, 0))
		if err := m.QueryEvent(e); err != driver.NotReady {
			t.Errorf("first query: %v, want not ready", err)
		}
		if err := m.QueryEvent(e); err != nil {
			t.Errorf("second query: %v", err)
		}
	}},
	"stale PTX": {nil, func(t *testing.T) {
		m := start(t)
		for name, c := range map[string]struct {
			text string
			want driver.Result
		}{
			"sources":        {strings.Replace(text(t, "7.0", "sm_80", entries), "// sources ", "// sources 0", 1), driver.InvalidPTX},
			"parameter":      {text(t, "7.0", "sm_80", []entry{{"add_one", 32, "u32"}}), driver.InvalidPTX},
			"parameters":     {text(t, "7.0", "sm_80", []entry{{"add_one", 32, "u64 u64"}}), driver.InvalidPTX},
			"block":          {text(t, "7.0", "sm_80", []entry{{"add_one", 64, "u64"}}), driver.InvalidPTX},
			"kernel":         {text(t, "7.0", "sm_80", []entry{{"add_two", 32, "u64"}}), driver.InvalidPTX},
			"newer ISA":      {text(t, "9.0", "sm_80", entries), driver.UnsupportedPTX},
			"newer target":   {text(t, "7.0", "sm_90", entries), driver.NoBinary},
			"another target": {text(t, "7.0", "sm_70a", entries), driver.NoBinary},
			"no PTX":         {"hello", driver.InvalidImage},
		} {
			_, err := m.LoadModule([]byte(c.text))
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
			if c.want == driver.InvalidPTX && !strings.Contains(err.Error(), "stale PTX") {
				t.Errorf("%s: the log is lost: %v", name, err)
			}
		}
		m.load()
	}},
	"wrong use": {nil, func(t *testing.T) {
		m := start(t).load()
		p := m.alloc(100)
		b := make([]byte, 200)
		if err := m.ToDevice(p, unsafe.Pointer(&b[0]), 101); err != driver.InvalidValue {
			t.Errorf("a copy that is too long: %v", err)
		}
		if err := m.ToHost(unsafe.Pointer(&b[0]), p+50, 51); err != driver.InvalidValue {
			t.Errorf("a copy that is too long: %v", err)
		}
		if _, err := m.Function(m.module, "nothing"); err != driver.NotFound {
			t.Errorf("a kernel that is not there: %v", err)
		}
		f := one(m, func() (driver.Function, error) { return m.Function(m.module, "add_one") })
		a := new(driver.Args)
		a.Ptr(0)
		a.Ptr(p)
		if err := m.Launch(f, driver.Dim{X: 1, Y: 1, Z: 1}, driver.Dim{X: 64, Y: 1, Z: 1}, 0, a); err != driver.InvalidValue {
			t.Errorf("a block of another size: %v", err)
		}
		if err := m.Free(p + 1); err != driver.InvalidValue {
			t.Errorf("freeing what was not allocated: %v", err)
		}
		m.must(m.Free(p))
		if err := m.FreeStream(12345); err != driver.InvalidHandle {
			t.Errorf("a stream that is none: %v", err)
		}
	}},
	"copies without a wait": {nil, func(t *testing.T) {
		m := start(t).load()
		x, out := m.numbers(128), m.alloc(128)
		m.must(m.launch(0, "copies", x, out, shared(512)))
		if got := get[float32](m, out, 32); got[0] != 127 || got[31] != 96 {
			t.Errorf("with a wait: %v", got)
		}
		m.must(m.launch(0, "missing_copy_wait", x, out, shared(512)))
		if got := get[float32](m, out, 32); !math.IsNaN(float64(got[0])) {
			t.Errorf("without a wait: %v, want NaN", got)
		}
	}},
	"bulk copies":                     {nil, func(t *testing.T) { boxes(t, "boxes_right", 0) }},
	"bulk copies, lost wait":          {nil, func(t *testing.T) { boxes(t, "boxes_no_wait", driver.LaunchFailed) }},
	"bulk copies, wrong phase":        {nil, func(t *testing.T) { boxes(t, "boxes_wrong_phase", driver.LaunchFailed) }},
	"bulk copies, too few bytes":      {nil, func(t *testing.T) { boxes(t, "boxes_few_bytes", driver.LaunchFailed) }},
	"bulk copies, too many bytes":     {nil, func(t *testing.T) { boxes(t, "boxes_many_bytes", driver.LaunchTimeout) }},
	"bulk copies, buffer in use":      {nil, func(t *testing.T) { boxes(t, "boxes_no_empty_wait", driver.LaunchFailed) }},
	"bulk copies, no barrier":         {nil, func(t *testing.T) { boxes(t, "boxes_no_init", driver.LaunchFailed) }},
	"warpgroup products":              {nil, func(t *testing.T) { ones(t, "ones_right", 0) }},
	"warpgroup products, no fence":    {nil, func(t *testing.T) { ones(t, "ones_no_fence", driver.LaunchFailed) }},
	"warpgroup products, no wait":     {nil, func(t *testing.T) { ones(t, "ones_no_wait", driver.LaunchFailed) }},
	"warpgroup products, descriptors": {nil, func(t *testing.T) { ones(t, "ones_other_descriptors", driver.LaunchFailed) }},
	"beyond dynamic shared memory": {nil, func(t *testing.T) {
		m := start(t).load()
		broken(m, m.launch(0, "beyond_dynamic", m.alloc(128), shared(1024)), driver.IllegalAddress)
	}},
	"dynamic shared memory": {nil, func(t *testing.T) {
		m := start(t).load()
		f := one(m, func() (driver.Function, error) { return m.Function(m.module, "beyond_dynamic") })
		a := new(driver.Args)
		a.Ptr(0)
		a.Ptr(m.alloc(128))
		a.Shared(228 << 10)
		one := driver.Dim{X: 1, Y: 1, Z: 1}
		if err := m.Launch(f, one, driver.Dim{X: 32, Y: 1, Z: 1}, 0, a); err != driver.InvalidValue {
			t.Errorf("more than a block can have: %v", err)
		}
	}},
	"a word that stops": {nil, func(t *testing.T) {
		m := start(t).load()
		p := one(m, func() (unsafe.Pointer, error) { return m.AllocHost(4) })
		flag := (*uint32)(p)
		x := m.numbers(32)
		for round := range 3 {
			*flag = uint32(round % 2)
			m.must(m.launch(0, "add_one_until", word(uintptr(p)), x))
		}
		if got := get[float32](m, x, 1); got[0] != 2 {
			t.Errorf("two additions and one that was stopped: %v, want 2", got[0])
		}
		m.must(m.launch(0, "add_one", x)) // that nobody can stop need not look
	}},
	"a word that is not read": {nil, func(t *testing.T) {
		m := start(t).load()
		p := one(m, func() (unsafe.Pointer, error) { return m.AllocHost(4) })
		*(*uint32)(p) = 0
		broken(m, m.launch(0, "add_one", word(uintptr(p)), m.numbers(32)), driver.LaunchFailed)
	}},
	"tensor maps": {nil, func(t *testing.T) {
		m := start(t).load()
		p := m.alloc(4096)
		for _, bad := range []driver.Tiles{
			{Base: p + 4, Rows: 8, Words: 32, Stride: 128, BoxRows: 8},
			{Base: p, Rows: 8, Words: 32, Stride: 132, BoxRows: 8},
			{Base: p, Rows: 0, Words: 32, Stride: 128, BoxRows: 8},
			{Base: p, Rows: 8, Words: 32, Stride: 128, BoxRows: 257},
		} {
			if err := m.launch(0, "boxes_right", bad, p); err != driver.InvalidValue {
				t.Errorf("%+v: %v, want %v", bad, err, driver.InvalidValue)
			}
		}
	}},
	"contexts belong to threads": {nil, func(t *testing.T) {
		m := start(t).load()
		done := make(chan error)
		go func() {
			runtime.LockOSThread()
			_, err := m.Alloc(4)
			done <- err
		}()
		if err := <-done; err != driver.InvalidContext {
			t.Errorf("a call on another thread: %v, want %v", err, driver.InvalidContext)
		}
	}},
}

// barrier runs a good kernel, whose result must be right, and a bad one, whose
// result must not be.
func barrier(t *testing.T, good, bad string) {
	m := start(t).load()
	p := m.alloc(256)
	steps := 1
	if strings.Contains(good, "two") {
		steps = 2
	}
	right := func(kernel string) bool {
		m.must(m.launch(0, kernel, p))
		for i, v := range get[int32](m, p, 64) {
			if int(v) != (i+steps)%64 {
				return false
			}
		}
		return true
	}
	if !right(good) {
		t.Errorf("%s gave a wrong result", good)
	}
	if right(bad) {
		t.Errorf("%s gave the right result: the bug goes unseen", bad)
	}
}

// numbers returns memory with 0, 1, … in it.
func (m *machine) numbers(n int) driver.Ptr {
	p := m.alloc(int64(4 * n))
	x := make([]float32, n)
	for i := range x {
		x[i] = float32(i)
	}
	m.must(m.ToDevice(p, unsafe.Pointer(&x[0]), int64(4*n)))
	return p
}

// seen checks that a kernel's work ended with want, or, if want is an error but
// the work just went wrong, that its result is not right.
func (m *machine) seen(want driver.Result, right func() bool) {
	m.t.Helper()
	err := m.SyncStream(0)
	switch {
	case want == 0 && (err != nil || !right()):
		m.t.Errorf("%v, or a wrong result", err)
	case want != 0 && err == nil && right():
		m.t.Error("the bug goes unseen")
	case want == driver.LaunchTimeout && err != want:
		m.t.Errorf("%v, want %v", err, want)
	}
}

// boxes adds up the numbers from 0 to 511, which bulk copies bring.
func boxes(t *testing.T, kernel string, want driver.Result) {
	m := start(t).load()
	out := m.alloc(4)
	tiles := driver.Tiles{Base: m.numbers(512), Rows: 16, Words: 32, Stride: 128, BoxRows: 8}
	m.must(m.launch(0, kernel, tiles, out, shared(1040)))
	m.seen(want, func() bool { return get[float32](m, out, 1)[0] == 511*256 })
}

func ones(t *testing.T, kernel string, want driver.Result) {
	m := start(t).load()
	out := m.alloc(512)
	m.must(m.launch(0, kernel, out, shared(32768)))
	m.seen(want, func() bool {
		for _, v := range get[float32](m, out, 128) {
			if v != 16 {
				return false
			}
		}
		return true
	})
}

// bounds runs a kernel that looks at element at of ten.
func bounds(t *testing.T, kernel string, at int, want driver.Result) {
	m := start(t).load()
	p, out := m.alloc(40), m.alloc(4)
	args := []any{p, 3}
	if kernel == "read_at" {
		args = append(args, out)
	}
	m.must(m.launch(0, kernel, args...))
	m.must(m.SyncStream(0))
	args[1] = at
	broken(m, m.launch(0, kernel, args...), want)
}

// broken checks that work which began with launch's answer failed with want,
// and that the device then does nothing more while the process goes on.
func broken(m *machine, launch error, want driver.Result) {
	m.t.Helper()
	if launch != nil {
		m.t.Errorf("the launch itself said %v, want the error later", launch)
	}
	if err := m.SyncStream(0); err != want {
		m.t.Errorf("waiting for it: %v, want %v", err, want)
	}
	if _, err := m.Alloc(4); err != want {
		m.t.Errorf("the next call: %v, want %v", err, want)
	}
}

func TestSimulatedDriver(t *testing.T) {
	library := planted(t)
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := append(c.env, driver.LibraryVariable+"="+library, "WEFT_TEST_CASE="+name)
			out, err := Rerun(t, "TestSimulatedDriverChild", env...)
			if err != nil || !strings.Contains(out, "--- PASS") {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func TestSimulatedDriverChild(t *testing.T) {
	if !Rerunning() {
		t.Skip("started by TestSimulatedDriver")
	}
	cases[os.Getenv("WEFT_TEST_CASE")].run(t)
}
