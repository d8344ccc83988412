// Gen makes the PTX of package ptx from the sources in cuda/src:
//
//	go generate ./cuda/internal/ptx
//
// With -source and -to it makes another file of cuda/src and leaves the text in
// another folder:
//
//	go run ./cuda/internal/ptx/gen -source cuda/src/probe.cu -to out
//
// It needs clang-19, or the clang that the variable CLANG names; no CUDA
// toolkit is involved.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/weftgo/weft/cuda/internal/ptx"
)

func main() {
	// go generate runs in the folder of package ptx.
	source := flag.String("source", filepath.Join("..", "..", "src", "weft.cu"), "the kernels")
	to := flag.String("to", ".", "the folder for the text")
	flag.Parse()
	for _, image := range ptx.Images {
		text, err := generate(*source, image)
		if err == nil {
			err = os.WriteFile(filepath.Join(*to, image.Name+".ptx"), text, 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "gen:", err)
			os.Exit(1)
		}
	}
}

func compiler() string {
	if c := os.Getenv("CLANG"); c != "" {
		return c
	}
	return "clang-19"
}

// generate compiles the kernels in a file. Every operation keeps its own
// rounding (-ffp-contract=off), and subnormals are kept, which is clang's
// default and nvcc's.
func generate(source string, image ptx.Image) ([]byte, error) {
	sources, err := ptx.Sources(filepath.Dir(source))
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(compiler(), "-x", "cuda", "--cuda-device-only",
		"--cuda-gpu-arch="+image.Name, "--cuda-feature=+ptx"+strings.ReplaceAll(image.ISA, ".", ""),
		"-nocudainc", "-nocudalib", "-std=c++17", "-O3", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror",
		"-S", "-o", "-", source)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", cmd.Args, err, stderr.Bytes())
	}
	return slim(out, sources), nil
}

// slim removes blank lines and the compiler's remarks, so that a change to a
// kernel shows as just that, and adds what the text was made from.
func slim(text []byte, sources string) []byte {
	var b bytes.Buffer
	b.WriteString("// Code generated from cuda/src by cuda/internal/ptx/gen. DO NOT EDIT.\n")
	fmt.Fprintf(&b, "// sources %s\n", sources)
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "//")
		if line = strings.TrimRight(line, " \t\n"); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.Bytes()
}
