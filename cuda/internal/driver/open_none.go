//go:build !(linux && (amd64 || arm64)) && !(windows && amd64) && !(linux && cgo && cuda)

package driver

import (
	"fmt"
	"runtime"
)

// Open returns ErrNoBinding: there is no CUDA driver for this system.
func Open() (Driver, error) {
	return nil, fmt.Errorf("%w: no loader for %s/%s", ErrNoBinding, runtime.GOOS, runtime.GOARCH)
}

// Binding names the binding of this build.
const Binding = "none"
