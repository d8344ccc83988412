// Package gpucheck holds what is checked once on a machine with a GPU and no Go:
// `make gpu-check` packs it, check.sh runs it there.
//
// Its test compares each instruction that the kernels use through a wrapper with
// the simulator's body of that wrapper. The answers in testdata are the
// simulator's; a device must give the same.
package gpucheck

import (
	"encoding/json"
	"flag"
	"hash/fnv"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/weftgo/weft/cuda/internal/bare"
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/cuda/internal/ptx"
	"github.com/weftgo/weft/cuda/sim"
)

var (
	update = flag.Bool("update", false, "write testdata/instructions.json anew, from the simulator's answers")
	texts  = flag.String("ptx", "", "the folder with the PTX of src/probe.cu; without it, clang makes it")
)

// probe is a kernel of src/probe.cu, by the numbers that it takes and gives.
type probe struct {
	threads, in, out int      // in and out in words of four bytes
	kind             string   // of what is in a word of the input
	tiles            [][3]int // rows, words and rows of a box for each tensor map of the input
	shared           int
}

var probes = map[string]probe{
	"probe_shuffle_down":     {32, 32, 32, "int", nil, 0},
	"probe_shuffle_down_f64": {32, 64, 64, "f64", nil, 0},
	"probe_broadcast":        {32, 32, 32, "f32", nil, 0},
	"probe_broadcast_f64":    {32, 64, 64, "f64", nil, 0},
	"probe_fused":            {32, 32, 32, "f32", nil, 0},
	"probe_fused_f64":        {32, 64, 64, "f64", nil, 0},
	"probe_f16":              {32, 32, 16, "f32", nil, 0},
	"probe_any":              {64, 64, 64, "int", nil, 0},
	"probe_copy":             {32, 256, 256, "int", nil, 1024},
	"probe_matrices":         {32, 128, 128, "int", nil, 512},
	"probe_mma_tf32":         {32, 320, 128, "small f32", nil, 0},
	"probe_mma_bf16":         {32, 320, 128, "small bf16", nil, 0},
	"probe_mma_f16":          {32, 320, 128, "small f16", nil, 0},
	"probe_mma_f64":          {32, 1024, 256, "small f64", nil, 0},
	"probe_copy_tile":        {64, 24 * 40, 1024, "int", [][3]int{{24, 40, 16}}, 4096 + 8},
	"probe_wgmma_tf32":       {128, 320 * 32, 128 * 128, "small f32", [][3]int{{64, 32, 64}, {256, 32, 256}}, 320*128 + 8},
	"probe_wgmma_bf16":       {128, 320 * 32, 128 * 128, "small bf16", [][3]int{{64, 32, 64}, {256, 32, 256}}, 320*128 + 8},
	"probe_wgmma_f16":        {128, 320 * 32, 128 * 128, "small f16", [][3]int{{64, 32, 64}, {256, 32, 256}}, 320*128 + 8},
}

// input returns words of a kind. Products of the small ones and their sums are
// exact, whatever the order.
func input(n int, kind string) []uint32 {
	w := make([]uint32, n)
	state := uint32(2463534242)
	next := func() uint32 {
		state ^= state << 13
		state ^= state >> 17
		state ^= state << 5
		return state
	}
	small := func() float64 { return float64(int(next()>>8)%9 - 4) }
	// The two bytes of a small number in bfloat16 and in binary16.
	bf16 := func() uint32 { return math.Float32bits(float32(small())) >> 16 }
	f16 := func() uint32 {
		v := small()
		if v == 0 {
			return 0
		}
		f, e := math.Frexp(math.Abs(v))
		b := uint32(e+14)<<10 | uint32((2*f-1)*1024)
		if v < 0 {
			b |= 1 << 15
		}
		return b
	}
	for i := 0; i < n; i++ {
		switch kind {
		case "int":
			w[i] = next()
		case "f32":
			w[i] = math.Float32bits(float32(math.Ldexp(float64(int32(next())), -int(next()%60))))
		case "small f32":
			w[i] = math.Float32bits(float32(small()))
		case "small bf16":
			w[i] = bf16() | bf16()<<16
		case "small f16":
			w[i] = f16() | f16()<<16
		case "f64", "small f64":
			v := small()
			if kind == "f64" {
				v = float64(int32(next())) / 3
			}
			b := math.Float64bits(v)
			w[i], w[i+1] = uint32(b), uint32(b>>32)
			i++
		}
	}
	return w
}

// run returns what a probe leaves, as a hash of its words and the first of them.
func (p *probe) run(g *bare.GPU, name string) (words []uint32, err error) {
	x, err := bare.Upload(g, input(p.in, p.kind))
	if err != nil {
		return nil, err
	}
	words = make([]uint32, p.out)
	y, err := bare.Upload(g, words)
	if err != nil {
		return nil, err
	}
	args := g.Launch(name, 1, p.threads)
	args.Shared(p.shared)
	if p.tiles == nil {
		args.Ptr(x)
	}
	at := x
	for _, t := range p.tiles {
		args.Tiles(driver.Tiles{Base: at, Rows: t[0], Words: t[1], Stride: 4 * t[1], BoxRows: t[2]})
		at += driver.Ptr(4 * t[0] * t[1])
	}
	args.Ptr(y)
	if err := g.Flush(); err != nil {
		return nil, err
	}
	return words, bare.Download(g, words, y)
}

// answer is what a probe gives: enough of it to see where a device differs.
type answer struct {
	Hash  uint64   `json:"hash"`
	First []uint32 `json:"first"`
}

func summary(words []uint32) answer {
	h := fnv.New64a()
	for _, w := range words {
		h.Write([]byte{byte(w), byte(w >> 8), byte(w >> 16), byte(w >> 24)})
	}
	return answer{h.Sum64(), words[:16]}
}

func TestInstructions(t *testing.T) {
	onDevice := os.Getenv(driver.LibraryVariable) != ""
	if !onDevice {
		// The newest device, which has them all.
		library := sim.Library(t, filepath.Join("..", "src", "probe.cu"))
		if !*update {
			if out, err := sim.Rerun(t, "TestInstructions", driver.LibraryVariable+"="+library, "WEFT_SIM_CAPABILITY=90"); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			return
		}
		t.Setenv(driver.LibraryVariable, library)
		t.Setenv("WEFT_SIM_CAPABILITY", "90")
	}
	dir := *texts
	if dir == "" {
		dir = t.TempDir()
		cmd := exec.Command("go", "run", "../internal/ptx/gen", "-source", "../src/probe.cu", "-to", dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%v\n%s", err, out)
			}
			t.Skipf("no PTX of the probes: %v\n%s", err, out)
		}
	}
	g, err := bare.Open()
	if err != nil {
		t.Fatal(err)
	}
	golden := map[string]answer{}
	file := filepath.Join("testdata", "instructions.json")
	if b, err := os.ReadFile(file); err == nil {
		if err := json.Unmarshal(b, &golden); err != nil {
			t.Fatal(err)
		}
	}
	for _, image := range ptx.Images {
		if image.Exact && image.Capability != g.Capability || g.Capability < image.Capability || g.Version < image.Driver {
			t.Logf("%s is not for this device", image.Name)
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, image.Name+".ptx"))
		if err != nil {
			t.Fatal(err)
		}
		if err := g.Load(text); err != nil {
			t.Fatalf("%s: %v", image.Name, err)
		}
		for name, p := range probes {
			if p.tiles != nil && !image.Exact {
				continue
			}
			words, err := p.run(g, name)
			if err != nil {
				t.Fatalf("%s: %s: %v", image.Name, name, err)
			}
			got := summary(words)
			if *update {
				golden[name] = got
				continue
			}
			if want := golden[name]; got.Hash != want.Hash {
				t.Errorf("%s: %s gives %x…, the simulator %x…", image.Name, name, got.First, want.First)
			}
		}
		t.Logf("%s: %d instructions", image.Name, len(probes))
	}
	if *update {
		b, err := json.MarshalIndent(golden, "", "\t")
		if err == nil {
			err = os.WriteFile(file, append(b, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
