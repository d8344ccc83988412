package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/weftgo/weft/bench"
	"github.com/weftgo/weft/kernels"
)

// TestMain lets the test be the process that spins, or one that mpirun starts.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == mpiCheckCommand {
		a := app{ctx: context.Background(), stdout: os.Stdout, stderr: os.Stderr, getenv: os.LookupEnv}
		os.Exit(a.run(os.Args[1:]))
	}
	if len(os.Args) == 2 && os.Args[1] == spinCommand {
		bench.Spin(os.Stdin, os.Stdout)
		return
	}
	os.Exit(m.Run())
}

// weft runs the command.
func weft(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	a := app{
		ctx: t.Context(), stdin: strings.NewReader(""), stdout: &out, stderr: &errs,
		getenv: func(name string) (string, bool) {
			value, ok := map[string]string{"WEFT_WORKERS": "7"}[name]
			return value, ok
		},
	}
	code = a.run(args)
	return code, out.String(), errs.String()
}

func TestInfo(t *testing.T) {
	code, out, _ := weft(t, "info")
	if code != exitOK {
		t.Errorf("exit code %d", code)
	}
	for _, want := range []string{"processor", "caches", "fallback", "WEFT_WORKERS=7", "default"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	code, out, _ = weft(t, "info", "-json")
	var i about
	if err := json.Unmarshal([]byte(out), &i); err != nil || code != exitOK {
		t.Fatalf("exit code %d, %v", code, err)
	}
	if len(i.Backends) < 3 || i.Default == "" || i.Machine.Usable < 1 {
		t.Errorf("got %+v", i)
	}
	for _, b := range i.Backends {
		if !b.Usable && (b.Why == "" || b.Remedy == "") {
			t.Errorf("%s can't be used, and there is no reason or no remedy", b.Name)
		}
	}
}

func TestParity(t *testing.T) {
	if testing.Short() {
		t.Skip("seconds under an emulator")
	}
	best := kernels.Backends()
	name := "fallback"
	for _, b := range best {
		if b.Err == nil {
			name = b.Name
			break
		}
	}
	var r parityReport
	code, out, stderr := weft(t, "parity", "-short", "-type", "f32", "-backend", name, "-json")
	if err := json.Unmarshal([]byte(out), &r); err != nil || code != exitOK || r.Cases == 0 {
		t.Fatalf("exit code %d, %d problems, %v\n%s", code, r.Cases, err, stderr)
	}
	var table strings.Builder
	if err := r.write(&table); err != nil || !strings.Contains(table.String(), name+" f32") || !strings.Contains(table.String(), "Gemm") {
		t.Errorf("%v\n%s", err, table.String())
	}
}

func TestParityShowsFailures(t *testing.T) {
	r := parityReport{Cases: 5, Failures: 2, Suites: []suiteResult{
		{Backend: "avx2", Type: "f32", Function: "Sum", Family: "bits", Cases: 3, Failures: 2, First: "it is odd"},
		{Backend: "avx2", Type: "f32", Function: "Sum", Family: "bounded", Cases: 2, Worst: 0.25},
	}}
	var out strings.Builder
	if err := r.write(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"2 FAILED", "2 of 3 failed", "it is odd"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
}

func TestBench(t *testing.T) {
	args := []string{"bench", "-op", "Sum,gemm", "-size", "64", "-type", "f64", "-time", "100ms", "-peer", "none"}
	code, out, stderr := weft(t, args...)
	if code != exitOK || !strings.Contains(out, "Gemm 64") || !strings.Contains(stderr, "about") {
		t.Errorf("exit code %d\n%s%s", code, out, stderr)
	}
	code, out, _ = weft(t, append(args, "-benchstat")...)
	if code != exitOK || !strings.Contains(out, "BenchmarkGemm/f64/fallback/n=64/w=1-") {
		t.Errorf("exit code %d\n%s", code, out)
	}
	file := filepath.Join(t.TempDir(), "out.json")
	code, out, _ = weft(t, append(args, "-o", file)...)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var r bench.Report
	if err := json.Unmarshal(data, &r); err != nil || len(r.Records) == 0 || len(r.Limits) == 0 {
		t.Errorf("exit code %d, %d records, %d limits, %v", code, len(r.Records), len(r.Limits), err)
	}
	if !strings.Contains(out, "Gemm 64") {
		t.Errorf("no table beside the file:\n%s", out)
	}
}

func TestBenchReport(t *testing.T) {
	dir := t.TempDir()
	records, page, plots := filepath.Join(dir, "a.json"), filepath.Join(dir, "new", "a.html"), filepath.Join(dir, "plots")
	code, out, stderr := weft(t, "bench", "-op", "gemm,fork", "-size", "16,32", "-type", "f64", "-backend", "fallback", "-time", "100ms",
		"-peer", "none", "-o", records, "-report", page, "-plots", plots)
	if code != exitOK || !strings.Contains(out, "the page: "+page) || !strings.Contains(out, "pictures in "+plots) {
		t.Fatalf("exit code %d\n%s%s", code, out, stderr)
	}
	for file, want := range map[string]string{page: "test problems gave what weft defines", filepath.Join(plots, "gemm-f64-1.svg"): "Gemm f64"} {
		text, err := os.ReadFile(file)
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s: no %q, %v", file, want, err)
		}
	}
	// The same without measuring, held against itself.
	code, out, stderr = weft(t, "bench", "-from", records, "-compare", records, "-report", page)
	if code != exitOK || !strings.Contains(out, "0 beyond the noise; geometric mean 1.00x") || !strings.Contains(out, "Gemm 32") {
		t.Errorf("exit code %d\n%s%s", code, out, stderr)
	}
	code, out, stderr = weft(t, "bench", "-from", records, "-json", "-report", page)
	if r := new(bench.Report); code != exitOK || json.Unmarshal([]byte(out), r) != nil || !strings.Contains(stderr, "the page") {
		t.Errorf("exit code %d, more than records on stdout:\n%s", code, out)
	}
	if err := os.WriteFile(records, []byte("{}x"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"-from", records}, {"-compare", page}, {"-peer", "none", "-o", dir}, {"-peer", "none", "-report", filepath.Join(records, "x.html")},
	} {
		if code, _, stderr := weft(t, append([]string{"bench"}, args...)...); code != exitFail || stderr == "" {
			t.Errorf("%v: exit code %d, %q", args, code, stderr)
		}
	}
}

func TestBenchTune(t *testing.T) {
	code, out, _ := weft(t, "bench", "-tune", "-backend", "fallback")
	if code != exitOK || strings.Count(out, "fallback f") != 2 || !strings.Contains(out, "KC") || !strings.Contains(out, "fork") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

func TestBenchContention(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	code, out, stderr := weft(t, "bench", "-op", "contention", "-type", "f32", "-time", "200ms")
	if code != exitOK || !strings.Contains(out, "3 spinning") {
		t.Errorf("exit code %d\n%s%s", code, out, stderr)
	}
}

// TestLosesOneProcessor has another process hold one of two or more processors: a
// product on all workers may then lose as much as that processor was worth.
func TestLosesOneProcessor(t *testing.T) {
	if os.Getenv("WEFT_TEST") != "full" {
		t.Skip("takes a minute, and a machine at rest: set WEFT_TEST=full")
	}
	all := runtime.GOMAXPROCS(0)
	if all < 2 {
		t.Skip("one processor")
	}
	const noise, tries = 1.1, 3
	var complaints []string
	for range tries {
		complaints = nil
		compared := 0
		code, out, stderr := weft(t, "bench", "-op", "contention", "-json", "-time", "20s")
		if code != exitOK {
			t.Fatalf("exit code %d\n%s", code, stderr)
		}
		r, err := bench.Read(strings.NewReader(out))
		if err != nil {
			t.Fatal(err)
		}
		for _, held := range r.Contention {
			if held.Workers != all || held.Spinning != 1 {
				continue
			}
			for _, rest := range r.Contention {
				if rest.Type != held.Type || rest.Shape != held.Shape || rest.Workers != all || rest.Spinning != 0 {
					continue
				}
				compared++
				if most := rest.Median * float64(all) / float64(all-1) * noise; held.Median > most {
					complaints = append(complaints, fmt.Sprintf("%s %s: %.3g s, at rest %.3g s, want at most %.3g s",
						held.Type, held.Shape, held.Median, rest.Median, most))
				}
			}
		}
		if compared == 0 {
			t.Fatalf("nothing to compare among %d rows", len(r.Contention))
		}
		if complaints == nil {
			return
		}
	}
	t.Error(strings.Join(complaints, "\n"))
}

func TestBenchInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	a := app{ctx: ctx, stdout: &out, stderr: &errs, getenv: func(string) (string, bool) { return "", false }}
	if code := a.run([]string{"bench", "-op", "Sum", "-json", "-peer", "none"}); code != exitFail {
		t.Errorf("exit code %d\n%s", code, errs.String())
	}
}

func TestWrongUse(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"", "usage"},
		{"solve", "there is no command"},
		{"info -x", "-json"},
		{"info now", "unexpected argument"},
		{"parity -backend sse", "avx512, avx2, fallback"},
		{"parity -backend ,", "empty name"},
		{"parity -type f16", "there are f32, f64"},
		{"parity -workers none", "want a number"},
		{"bench -op Lu", "there are Gemm"},
		{"bench -backend sse", "avx512, avx2, fallback"},
		{"bench -type f16", "there are f32, f64"},
		{"bench -size big", "want a number"},
		{"bench -op Sum -size 2x2", "takes a size"},
		{"bench -op Sum -size 1e9", "GiB"},
		{"bench -workers 100000", "GOMAXPROCS"},
		{"bench -workers 0", "at least 1"},
		{"bench -json -benchstat", "exclude"},
		{"bench -time -1s", "more than nothing"},
		{"bench -op Sum -peer /nowhere/libx.so", "/nowhere/libx.so"},
		{"bench -tune -backend sse", "avx512, avx2, fallback"},
		{"bench -from a.json -size 3", "-from and -size exclude"},
		{"bench -tune -report x.html", "-tune and -report exclude"},
	} {
		code, _, stderr := weft(t, strings.Fields(test.args)...)
		if code != exitUsage || !strings.Contains(stderr, test.want) {
			t.Errorf("weft %s: exit code %d, no %q in\n%s", test.args, code, test.want, stderr)
		}
	}
	for _, args := range [][]string{{"help"}, {"bench", "-h"}} {
		if code, _, _ := weft(t, args...); code != exitOK {
			t.Errorf("weft %v: exit code %d", args, code)
		}
	}
}
