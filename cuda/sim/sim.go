// Package sim builds a simulated CUDA driver: a library that takes the place
// of libcuda.so.1 and runs the kernels of cuda/src on the processor, so that
// the whole backend is tested on machines without a GPU.
//
// It needs a C++ compiler (g++ 12 or newer, or what the variable CXX names).
// The sources, in folder src, say what it checks and how to make it fail.
package sim

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/weftgo/weft/cuda/internal/ptx"
	"golang.org/x/sys/cpu"
)

//go:embed src
var sources embed.FS

// stub answers for each of the entry points that gorgonia.org/cu links to and
// weft does not call.
const stub = "__attribute__((visibility(\"default\"))) int %s(void) { return 801; }\n"

// Build compiles the driver with the kernels that the file includes and
// returns the path of the library. What was built before is used again.
func Build(kernels string) (library string, err error) {
	kernels, err = filepath.Abs(kernels)
	if err != nil {
		return "", err
	}
	hash, err := ptx.Sources(filepath.Dir(kernels))
	if err != nil {
		return "", err
	}
	b := build{kernels: kernels, hash: hash, cxx: os.Getenv("CXX")}
	if b.cxx == "" {
		b.cxx = "g++"
	}
	version, err := exec.Command(b.cxx, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("no C++ compiler: %w", err)
	}
	// -march=native would do, but a cache may be shared between machines.
	if cpu.X86.HasFMA && cpu.X86.HasAVX2 {
		b.flags = []string{"-mfma", "-mavx2"}
	}
	key := sha256.New()
	fmt.Fprintln(key, kernels, hash, b.cxx, b.flags, runtime.GOARCH)
	key.Write(version)
	fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if text, err := sources.ReadFile(path); err == nil {
			fmt.Fprintln(key, path, len(text))
			key.Write(text)
		}
		return err
	})
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	dir := filepath.Join(cache, "weft", "cuda-sim", hex.EncodeToString(key.Sum(nil))[:24])
	library = filepath.Join(dir, "libcuda.so.1")
	if _, err := os.Stat(library); err == nil {
		return library, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return "", err
	}
	b.dir, err = os.MkdirTemp(filepath.Dir(dir), "build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(b.dir)
	if err := b.run(); err != nil {
		return "", err
	}
	// Of several that build at once the first wins.
	if err := os.Rename(b.dir, dir); err != nil {
		if _, statErr := os.Stat(library); statErr != nil {
			return "", err
		}
	}
	return library, nil
}

// build is one run of the compiler in a folder of its own.
type build struct {
	kernels, hash, cxx, dir string
	flags                   []string
}

func (b *build) run() error {
	if err := os.CopyFS(b.dir, must(fs.Sub(sources, "src"))); err != nil {
		return err
	}
	symbols, err := os.ReadFile(filepath.Join(b.dir, "symbols.txt"))
	if err != nil {
		return err
	}
	var stubs strings.Builder
	driver, err := os.ReadFile(filepath.Join(b.dir, "driver.cc"))
	if err != nil {
		return err
	}
	for _, s := range strings.Fields(string(symbols)) {
		if !bytes.Contains(driver, []byte("API "+s+"(")) {
			fmt.Fprintf(&stubs, "extern \"C\" "+stub, s)
		}
	}
	if err := os.WriteFile(filepath.Join(b.dir, "stubs.cc"), []byte(stubs.String()), 0o644); err != nil {
		return err
	}
	unit := fmt.Sprintf(`#include "simulator.h"
#include %q
static thread_local char anchor;
extern "C" SIM_API void *weft_anchor() { return &anchor; }
extern "C" SIM_API const char *weft_sources() { return %q; }
`, b.kernels, b.hash)
	if err := os.WriteFile(filepath.Join(b.dir, "kernels.cc"), []byte(unit), 0o644); err != nil {
		return err
	}
	common := []string{"-std=c++20", "-O2", "-g1", "-fPIC", "-pthread", "-shared", "-fvisibility=hidden", "-Wall", "-Wextra"}
	err = b.compile(append(common, "-Wl,-soname,libcuda.so.1", "-o", "libcuda.so.1",
		"machine.cc", "ptx.cc", "driver.cc", "stubs.cc", "-ldl")...)
	if err != nil {
		return err
	}
	// For the linker of a build with gorgonia.org/cu.
	if err := os.Symlink("libcuda.so.1", filepath.Join(b.dir, "libcuda.so")); err != nil {
		return err
	}
	// Each operation rounds on its own, as on the device, and the kernels look
	// at memory as bytes, numbers and vectors.
	args := append(common, b.flags...)
	return b.compile(append(args, "-ffp-contract=off", "-fno-strict-aliasing", "-Wno-unknown-pragmas",
		"-I.", "-I"+filepath.Dir(b.kernels), "-o", "kernels.so", "kernels.cc", "libcuda.so.1")...)
}

func (b *build) compile(args ...string) error {
	cmd := exec.Command(b.cxx, args...)
	cmd.Dir = b.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%v: %w\n%s", cmd.Args, err, out)
	}
	return nil
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Available says why the simulated driver can't be built here, or returns nil.
func Available() error {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		return fmt.Errorf("the simulated driver runs on linux/amd64 and linux/arm64, not %s/%s", runtime.GOOS, runtime.GOARCH)
	}
	cxx := os.Getenv("CXX")
	if cxx == "" {
		cxx = "g++"
	}
	if _, err := exec.LookPath(cxx); err != nil {
		return fmt.Errorf("no C++ compiler for the simulated driver (Debian: g++): %w", err)
	}
	return nil
}

// Library is Build for tests: it skips the test where there is no compiler,
// which in CI is a failure.
func Library(t testing.TB, kernels string) string {
	t.Helper()
	if err := Available(); err != nil {
		if os.Getenv("CI") == "true" && runtime.GOOS == "linux" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	library, err := Build(kernels)
	if err != nil {
		t.Fatal(err)
	}
	return library
}

// Rerun runs the named test of this test binary again, in a process of its own
// whose environment has in addition to this one's the given variables, and
// returns its output. It is how a test meets a driver that fails.
func Rerun(t testing.TB, test string, env ...string) (output string, err error) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$", "-test.v", "-test.count=1", "-test.timeout=5m")
	cmd.Env = append(os.Environ(), env...)
	cmd.Env = append(cmd.Env, "WEFT_SIM_RERUN="+test)
	// The binding that links the library finds it by this.
	for _, v := range cmd.Env {
		if library, ok := strings.CutPrefix(v, "WEFT_CUDA_LIBRARY="); ok && library != "" {
			cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+filepath.Dir(library))
		}
	}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Rerunning reports whether this process was started by Rerun.
func Rerunning() bool { return os.Getenv("WEFT_SIM_RERUN") != "" }
