package cuda

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/weftgo/weft/cuda/internal/device"
	"github.com/weftgo/weft/cuda/internal/ptx"
	"github.com/weftgo/weft/internal/op"
)

// entries returns the entry points of an image with their block sizes.
func entries(t *testing.T, text []byte) map[string]int {
	t.Helper()
	es := map[string]int{}
	for _, m := range regexp.MustCompile(`(?s)\.entry (\w+)\(.*?\.maxntid (\d+), 1, 1`).FindAllSubmatch(text, -1) {
		es[string(m[1])], _ = strconv.Atoi(string(m[2]))
	}
	return es
}

// The plans name each kernel of each image, with its block size, and no other.
func TestEntries(t *testing.T) {
	planned := map[string]int{}
	plan := func(threads int, ks ...kernel) {
		for _, k := range ks {
			planned[k[0]], planned[k[1]] = threads, threads
		}
	}
	plan(reduceThreads, kSum, kAsum, kSumSq, kLargest, kSumSqScaled, kDot, kMoments, kMax, kMin, kGemv)
	plan(joinThreads, kJoin, kVariance, kJoinMax, kJoinMin, kGemvJoin)
	plan(vectorThreads, kAxpy, kScale, kFill, kAdd, kSub, kMul, kDiv, kScaleRows)
	plan(transThreads, kGemvTrans)
	plan(gerThreads, kGer)
	for _, p := range gemmPolicies {
		for i, size := range []int{4, 8} {
			if p.size == 0 || p.size == size {
				planned[p.entry[i]] = p.threads
			}
		}
	}
	for _, p := range prepared {
		if p.entry != "" {
			planned[p.entry] = prepareThreads
		}
	}
	common := planned
	for _, image := range ptx.Images {
		planned := maps.Clone(common)
		for _, p := range tensorPolicies {
			if p.image == "" || p.image == image.Name {
				planned[p.entry] = p.threads
			}
		}
		got := entries(t, image.Text)
		if !maps.Equal(got, planned) {
			t.Errorf("%s has the entries\n%v\nand the plans have\n%v", image.Name, got, planned)
		}
	}
}

// The numbers that plans and kernels share are written twice.
func TestShapesAgreeWithSources(t *testing.T) {
	text := map[string]string{}
	for _, f := range []string{"reduce.cu", "vector.cu", "gemv.cu", "gemm.cu"} {
		b, err := os.ReadFile("src/" + f)
		if err != nil {
			t.Fatal(err)
		}
		text[f] = string(b)
	}
	for _, c := range []struct {
		file, pattern string
		want          int
	}{
		{"reduce.cu", `REDUCE_THREADS (\d+)`, reduceThreads},
		{"reduce.cu", `JOIN_THREADS (\d+)`, joinThreads},
		{"vector.cu", `VECTOR_THREADS (\d+)`, vectorThreads},
		{"vector.cu", `VECTOR_EACH (\d+)`, vectorPerBlock / vectorThreads},
		{"gemv.cu", `TRANS_THREADS (\d+)`, transThreads},
		{"gemv.cu", `constexpr int ROWS = (\d+)`, transRows},
		{"gemv.cu", `slab\[2\]\[ROWS\]\[(\d+)\]`, transColumns},
		{"gemv.cu", `GER_THREADS (\d+)`, gerThreads},
		{"gemv.cu", `GER_ROWS (\d+)`, gerRows},
	} {
		m := regexp.MustCompile(c.pattern).FindStringSubmatch(text[c.file])
		if m == nil || m[1] != strconv.Itoa(c.want) {
			t.Errorf("%s: %s: %v, the plans have %d", c.file, c.pattern, m, c.want)
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^GEMM\(\w+, (f\d\d), (\d+), (\d+), (\d+), (\d+), (\d+), \d+\)`).FindAllStringSubmatch(text["gemm.cu"], -1) {
		n := make([]int, 7)
		for i := 2; i < 7; i++ {
			n[i], _ = strconv.Atoi(m[i])
		}
		i := slices.IndexFunc(gemmPolicies, func(p gemmPolicy) bool {
			return (p.size == 0 || named("")[p.size/8] == "_"+m[1]) && slices.ContainsFunc(p.entry[:], func(e string) bool { return e == "gemm_"+m[2]+"x"+m[3]+"_"+m[1] })
		})
		if i < 0 {
			t.Fatalf("%s is in no policy", m[0])
		}
		p := gemmPolicies[i]
		if p.rows != n[2] || p.cols != n[3] || p.depth != n[4] || p.threads != n[2]/n[5]*n[3]/n[6] {
			t.Errorf("%s: the policy has %+v", m[0], p)
		}
	}
}

func TestChooseGemm(t *testing.T) {
	for _, c := range []struct {
		multiprocessors, m, n int
		f32, f64              string
	}{
		{132, 8192, 8192, "gemm_128x128", "gemm_128x64"},
		{132, 1024, 1024, "gemm_64x64", "gemm_64x64"},
		{132, 2, 2, "gemm_32x32", "gemm_32x32"},
		{2, 129, 2, "gemm_32x32", "gemm_32x32"},
		{2, 129, 128, "gemm_128x128", "gemm_128x64"},
	} {
		if p := chooseGemm[float32](90, c.multiprocessors, c.m, c.n, 1); !strings.HasPrefix(p.entry[0], c.f32) {
			t.Errorf("f32 %d×%d on %d: %s, want %s", c.m, c.n, c.multiprocessors, p.entry[0], c.f32)
		}
		if p := chooseGemm[float64](90, c.multiprocessors, c.m, c.n, 1); !strings.HasPrefix(p.entry[1], c.f64) {
			t.Errorf("f64 %d×%d on %d: %s, want %s", c.m, c.n, c.multiprocessors, p.entry[1], c.f64)
		}
	}
}

// What the coordinates of a tensor map can't count goes to the kernels that
// have addresses.
func TestTensorPlanOfManyRows(t *testing.T) {
	d := &device.Info{Capability: 90, Driver: 12040, Multiprocessors: 132}
	for _, c := range []struct {
		m, n, k, batch int
		wgmma          bool
	}{
		{8192, 8192, 8192, 1, true},
		{1<<31 - 128, 256, 64, 1, true},
		{1<<31 - 127, 256, 64, 1, false}, // padded to 2³¹
		{256, 1<<31 - 256, 64, 1, true},
		{256, 1<<31 - 255, 64, 1, false},
		{1<<31 - 1, 256, 64, 1, false},
		{8192, 8192, 32 * (1<<26 - 1), 1, true}, // words of a row, tf32
		{8192, 8192, 32*(1<<26-1) + 1, 1, false},
		{512, 512, 64, 1 << 30, true}, // some of the batch at a time
	} {
		p := product[float32]{profile: op.TF32, m: c.m, n: c.n, k: c.k, batch: c.batch}
		plan := p.tensorPlan(d)
		if got := plan.policy.image != ""; got != c.wgmma {
			t.Errorf("%+v: %s", c, plan.policy.entry)
		}
		if plan.policy.image != "" && (max(plan.aRows, plan.bRows)*plan.atOnce > 1<<31-1 || plan.slabs*32 > 1<<31-1) {
			t.Errorf("%+v: %+v", c, plan)
		}
	}
}

// The device does what the definition of a reduction says, with numbers of its
// own for it.
func TestDefinition(t *testing.T) {
	for _, want := range []string{
		"LANES = 256 / sizeof(T)",
		"CHUNK = 512 * LANES",
	} {
		b, err := os.ReadFile("src/common.h")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(b), want) {
			t.Errorf("src/common.h does not say %q", want)
		}
	}
	if op.Lanes[float32]() != 64 || op.Chunk[float64]() != 512*32 {
		t.Error("the definition has changed; so must src/common.h")
	}
}

func TestParseMemory(t *testing.T) {
	for s, want := range map[string]int64{
		"1": 1, "4096": 4096, "4096B": 4096, "8GiB": 8 << 30, "8 GiB": 8 << 30, "512MiB": 512 << 20, "3KiB": 3 << 10, "50%": -50, "100%": -100,
		"": 0, "0": 0, "-1GiB": 0, "8GB": 0, "GiB": 0, "101%": 0, "1.5GiB": 0, "9999999999999GiB": 0, "much": 0,
	} {
		bytes, percent, err := parseMemory(s)
		if got := bytes - int64(percent); got != want || (err == nil) != (want != 0) {
			t.Errorf("parseMemory(%q) = %d bytes, %d%%, %v", s, bytes, percent, err)
		}
	}
}
