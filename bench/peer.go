package bench

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/weftgo/weft/kernels"
)

// Peer is a BLAS that is installed on this machine, as a report names it.
type Peer struct {
	Name    string `json:"name"` // "openblas", "openblas:haswell", "blis", "mkl", or that of its file
	Version string `json:"version,omitempty"`
	Path    string `json:"path,omitempty"`
}

// PeersVariable is the environment variable with the paths of peers, separated
// like those of PATH, in the form that Options.Peers has.
const PeersVariable = "WEFT_BENCH_PEERS"

// peer is a BLAS that is loaded.
type peer struct {
	Peer
	shared
	threads func(n int) // sets how many threads it may use
}

// known are the peers that are looked for, with the names of their files on
// the systems there are, newest first.
var known = []struct {
	name  string
	files []string
}{
	{"openblas", []string{"libopenblas.so.0", "libopenblas.so", "libopenblas.dylib", "/opt/homebrew/opt/openblas/lib/libopenblas.dylib", "libopenblas.dll"}},
	{"blis", []string{"libblis.so.5", "libblis.so.4", "libblis-mt.so.5", "libblis-mt.so", "libblis.so", "libblis.dylib"}},
	{"mkl", []string{"libmkl_rt.so.3", "libmkl_rt.so.2", "libmkl_rt.so.1", "libmkl_rt.so", "mkl_rt.3.dll", "mkl_rt.2.dll"}},
}

// forced are the core types of OpenBLAS by what a processor must have, best
// first. OpenBLAS chooses by the processor's name, and takes slower kernels
// than it has for one that is newer than itself.
var forced = []struct{ core, feature string }{
	{"SKYLAKEX", "AVX512DQ"},
	{"HASWELL", "AVX2"},
	{"ZEN", "AVX2"},
}

// quietly are variables that keep the threads of peers from spinning for long
// after a call, unless the environment says something else. OpenBLAS's is the
// binary logarithm of processor cycles, the one of Intel's and LLVM's OpenMP
// milliseconds.
var quietly = [][2]string{{"OPENBLAS_THREAD_TIMEOUT", "22"}, {"KMP_BLOCKTIME", "1"}}

const coreVariable = "OPENBLAS_CORETYPE"

// openPeers loads all peers that can be had: those that the given names ask
// for, "path" or "path@CORETYPE" for an OpenBLAS that takes the kernels of that
// processor, then the usual ones. The error says what is wrong with one that was
// asked for.
func openPeers(m kernels.Machine, asked []string) ([]*peer, error) {
	if !foreign {
		if len(asked) > 0 {
			return nil, errForeign
		}
		return nil, nil
	}
	for _, v := range quietly {
		if os.Getenv(v[0]) == "" {
			setForeignEnv(v[0], v[1])
		}
	}
	// Copies come last: a loader that knows one would take it for the library.
	var ps, copies []*peer
	for _, name := range asked {
		file, core, _ := strings.Cut(name, "@")
		p, err := openPeer(file, "")
		if err != nil {
			return nil, fmt.Errorf("peer %s: %w", name, err)
		}
		if core == "" {
			ps = append(ps, p)
			continue
		}
		if p, err = openPeer(file, core); err != nil {
			return nil, fmt.Errorf("peer %s: %w", name, err)
		}
		copies = append(copies, p)
	}
	for _, k := range known {
		p := openFirst(k.files)
		if p == nil || slices.ContainsFunc(ps, func(o *peer) bool { return o.Path == p.Path }) {
			continue
		}
		ps = append(ps, p)
		if core := coreName(p); core != "" && os.Getenv(coreVariable) == "" {
			for _, f := range forced {
				if !slices.Contains(m.Features, f.feature) || strings.EqualFold(f.core, core) {
					continue
				}
				if q, err := openPeer(p.Path, f.core); err == nil {
					copies = append(copies, q)
				}
				break
			}
		}
	}
	ps = append(ps, copies...)
	for i, p := range ps { // names tell them apart
		for n := 2; slices.ContainsFunc(ps[:i], func(o *peer) bool { return o.Name == p.Name }); n++ {
			p.Name = fmt.Sprintf("%s-%d", strings.TrimSuffix(p.Name, fmt.Sprintf("-%d", n-1)), n)
		}
	}
	return ps, nil
}

// openFirst loads the first library that is found, where the loader looks or
// in an active environment of Python or of MKL itself.
func openFirst(files []string) *peer {
	for _, file := range files {
		paths := []string{file}
		for _, root := range []string{os.Getenv("VIRTUAL_ENV"), os.Getenv("CONDA_PREFIX"), os.Getenv("MKLROOT")} {
			if root != "" && !filepath.IsAbs(file) {
				paths = append(paths, filepath.Join(root, "lib", file), filepath.Join(root, "lib", "intel64", file))
			}
		}
		for _, path := range paths {
			if p, err := openPeer(path, ""); err == nil {
				return p
			}
		}
	}
	return nil
}

// openPeer loads a peer. With a core type it loads a copy of the file, since
// the loader would return the library that is there already.
func openPeer(file, core string) (*peer, error) {
	if core == "" {
		s, err := openShared(file)
		if err != nil {
			return nil, err
		}
		return newPeer(s, file)
	}
	before := os.Getenv(coreVariable)
	setForeignEnv(coreVariable, core)
	defer setForeignEnv(coreVariable, before)
	dir, err := os.MkdirTemp("", "weft-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir) // what is loaded stays loaded, except on Windows, where this fails
	copied := filepath.Join(dir, strings.ToLower(core)+"-"+filepath.Base(file))
	if err := copyFile(copied, file); err != nil {
		return nil, err
	}
	s, err := openShared(copied)
	if err != nil {
		return nil, err
	}
	p, err := newPeer(s, file)
	if err != nil {
		return nil, err
	}
	p.Name, p.Path = p.Name+":"+strings.ToLower(core), file
	return p, nil
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return cmp.Or(err, out.Close())
}

// newPeer finds out what BLAS a library is.
func newPeer(s shared, file string) (*peer, error) {
	if s.routine("sgemm_") == nil {
		return nil, fmt.Errorf("%s has no sgemm_, so it is no BLAS", file)
	}
	p := &peer{shared: s, threads: func(int) {}}
	p.Path = cmp.Or(s.path(), file)
	p.Name, _, _ = strings.Cut(strings.TrimPrefix(filepath.Base(file), "lib"), ".")
	text := func(name string, args ...uintptr) string {
		if f := s.routine(name); f != nil {
			return f.text(args)
		}
		return ""
	}
	setThreads := func(name string) {
		if f := s.routine(name); f != nil {
			p.threads = func(n int) { f.call(1, []uintptr{uintptr(n)}) }
		}
	}
	switch {
	case s.routine("openblas_get_config") != nil:
		p.Name, p.Version = "openblas", text("openblas_get_config")
		if core := coreName(p); core != "" && !strings.Contains(p.Version, core) {
			p.Version += ", kernels for " + core
		}
		setThreads("openblas_set_num_threads")
	case s.routine("MKL_Set_Num_Threads") != nil:
		p.Name = "mkl"
		if f := s.routine("mkl_get_version_string"); f != nil {
			b := make([]byte, 200)
			a := put[float64](b, uintptr(len(b)-1))
			f.call(1, a.args)
			runtime.KeepAlive(a)
			p.Version = strings.Join(strings.Fields(strings.TrimRight(string(b), " \x00")), " ")
		}
		setThreads("MKL_Set_Num_Threads")
	case s.routine("bli_info_get_version_str") != nil:
		p.Name, p.Version = "blis", text("bli_info_get_version_str")
		if f := s.routine("bli_arch_query_id"); f != nil {
			p.Version += ", kernels for " + text("bli_arch_string", f.call(1, nil))
		}
		setThreads("bli_thread_set_num_threads")
	}
	return p, nil
}

// coreName returns the processor whose kernels an OpenBLAS takes.
func coreName(p *peer) string {
	if f := p.routine("openblas_get_corename"); f != nil {
		return f.text(nil)
	}
	return ""
}

// foreignCost is what calling a foreign function takes, in seconds: way is the
// way there and back, each what every call takes beside it.
type foreignCost struct{ way, each float64 }

// foreignCosts are the costs by the number of arguments, once measured.
var foreignCosts [maxForeign + 1]func() foreignCost

func init() {
	for i := range foreignCosts {
		foreignCosts[i] = sync.OnceValue(func() foreignCost { return measureForeign(i) })
	}
}

// measureForeign calls a function that does nothing.
func measureForeign(arguments int) (c foreignCost) {
	f := nothing()
	if f == nil {
		return c
	}
	args := make([]uintptr, arguments)
	time := func(calls int) float64 {
		best := 0.0
		for range 100 {
			const batch = 20
			t := wallTime.now()
			for range batch {
				f.call(calls, args)
			}
			if s := (wallTime.now() - t).Seconds() / batch; best == 0 || s < best {
				best = s
			}
		}
		return best
	}
	const many = 101
	one := time(1)
	c.each = max(time(many)-one, 0) / (many - 1)
	c.way = max(one-c.each, 0)
	return c
}

// quiet waits until the threads of a peer have gone to sleep: until a nap of
// this process takes next to no processor time.
func quiet() {
	const nap = 500 * time.Microsecond
	for range 400 {
		if processTime.name() != "process" {
			time.Sleep(20 * time.Millisecond)
			return
		}
		start := processTime.now()
		time.Sleep(nap)
		if processTime.now()-start < nap/5 {
			return
		}
	}
}
