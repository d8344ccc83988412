package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weftgo/weft/cuda/internal/ptx"
)

// version of the compiler that made the committed text. Another one may order
// instructions differently.
const version = "19.1.7"

func TestCommittedTextIsCurrent(t *testing.T) {
	out, err := exec.Command(compiler(), "--version").Output()
	if err != nil || !strings.Contains(string(out), version) {
		if os.Getenv("CI") == "true" {
			t.Fatalf("CI needs %s of version %s: %v", compiler(), version, err)
		}
		t.Skipf("no %s of version %s (Debian: clang-19)", compiler(), version)
	}
	for _, image := range ptx.Images {
		text, err := generate(filepath.Join("..", "..", "..", "src", "weft.cu"), image)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, image.Text) {
			t.Errorf("%s.ptx is not what cuda/src gives; run go generate ./cuda/internal/ptx", image.Name)
		}
	}
}
