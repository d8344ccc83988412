// Build builds the simulated driver with weft's kernels, run from the root of
// the repository, and prints the path of the library:
//
//	WEFT_CUDA_LIBRARY=$(go run ./cuda/sim/build) weft info
//
// An argument names another file of kernels.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/weftgo/weft/cuda/sim"
)

func main() {
	kernels := filepath.Join("cuda", "src", "weft.cu")
	if len(os.Args) > 1 {
		kernels = os.Args[1]
	}
	library, err := sim.Build(kernels)
	if err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
	fmt.Println(library)
}
