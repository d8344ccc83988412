package ptx

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestTextIsMadeFromSources(t *testing.T) {
	sources, err := Sources(filepath.Join("..", "..", "src"))
	if err != nil {
		t.Fatal(err)
	}
	for _, image := range Images {
		if !bytes.Contains(image.Text, []byte("// sources "+sources+"\n")) {
			t.Errorf("%s.ptx was made from other sources; run go generate ./cuda/internal/ptx", image.Name)
		}
	}
}

func TestHead(t *testing.T) {
	for _, image := range Images {
		for _, line := range []string{".version " + image.ISA, ".target " + image.Name} {
			if !bytes.Contains(image.Text, []byte("\n"+line+"\n")) {
				t.Errorf("%s.ptx has no line %q", image.Name, line)
			}
		}
	}
}

// Every operation must round as IEEE 754 says and keep subnormals, or results
// differ from the processor's.
func TestInstructionsAreExact(t *testing.T) {
	arithmetic := regexp.MustCompile(`^\s*(?:@%p\d+\s+)?((?:add|sub|mul|fma|mad|div|sqrt|rcp|cvt)\S*f(?:32|64)\S*)`)
	for _, image := range Images {
		seen := 0
		for line := range strings.Lines(string(image.Text)) {
			m := arithmetic.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			seen++
			in := "." + strings.TrimSuffix(m[1], ";")
			bad := strings.Contains(in, ".ftz") || strings.Contains(in, ".approx") || strings.Contains(in, ".full") || strings.Contains(in, ".sat")
			rounds := strings.Contains(in, ".rn.") || strings.HasPrefix(in, ".cvt.f64.f32")
			if bad || !rounds {
				t.Errorf("%s: %s", image.Name, strings.TrimSpace(line))
			}
		}
		if seen < 1000 {
			t.Errorf("%s: found %d arithmetic instructions, want thousands", image.Name, seen)
		}
	}
}

// Tensor cores add in an order of their own: only kernels that are asked for by
// name may use them.
func TestTensorCoresHaveNames(t *testing.T) {
	entry := regexp.MustCompile(`\.entry (\w+)\(`)
	fast := regexp.MustCompile(`^gemm_(tf32|bf16|f16|tensor)_`)
	for _, image := range Images {
		name, used := "", map[string]bool{}
		for line := range strings.Lines(string(image.Text)) {
			if m := entry.FindStringSubmatch(line); m != nil {
				name = m[1]
			}
			if strings.Contains(line, "mma.") || strings.Contains(line, "mma_async") {
				used[name] = true
				if !fast.MatchString(name) {
					t.Errorf("%s: %s has %s", image.Name, name, strings.TrimSpace(line))
				}
			}
		}
		if want := 8; len(used) < want {
			t.Errorf("%s: %d kernels use tensor cores, want at least %d", image.Name, len(used), want)
		}
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		capability, driver int
		want               string // name of the image, or a part of the error
	}{
		{80, 11000, "sm_80"},
		{80, 12040, "sm_80"},
		{90, 12040, "sm_90a"},
		{90, 11080, "sm_80"},
		{89, 12040, "sm_80"},
		{120, 13000, "sm_80"},
		{75, 13000, "capability is 7.5"},
		{80, 10020, "CUDA 10.2,"},
		{80, 10020, "450"},
	} {
		image, err := Choose(c.capability, c.driver)
		switch {
		case err != nil && !strings.Contains(err.Error(), c.want):
			t.Errorf("Choose(%d, %d): %v, want %q", c.capability, c.driver, err, c.want)
		case err == nil && image.Name != c.want:
			t.Errorf("Choose(%d, %d) = %s, want %q", c.capability, c.driver, image.Name, c.want)
		}
	}
}

// The real assembler, from a toolkit or NVIDIA's Python package
// nvidia-cuda-nvcc, must take the text for devices of all generations, and find
// registers for everything.
func TestAssembles(t *testing.T) {
	ptxas := os.Getenv("PTXAS")
	if ptxas == "" {
		ptxas = "ptxas"
	}
	if _, err := exec.LookPath(ptxas); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("%v; name one in the variable PTXAS", err)
	}
	for _, image := range Images {
		text := filepath.Join(t.TempDir(), image.Name+".ptx")
		if err := os.WriteFile(text, image.Text, 0o644); err != nil {
			t.Fatal(err)
		}
		archs := []string{image.Name}
		if !image.Exact {
			archs = append(archs, "sm_90")
		}
		for _, arch := range archs {
			out, err := exec.Command(ptxas, "-v", "-arch="+arch, "-o", os.DevNull, text).CombinedOutput()
			if err != nil {
				t.Errorf("%s for %s: %v\n%s", image.Name, arch, err, out)
				continue
			}
			for line := range strings.Lines(string(out)) {
				if strings.Contains(line, "spill") && !strings.Contains(line, " 0 bytes spill stores, 0 bytes spill loads") {
					t.Errorf("%s for %s: %s", image.Name, arch, strings.TrimSpace(line))
				}
			}
		}
	}
}
