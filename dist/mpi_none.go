//go:build static || !linux || !(amd64 || arm64)

package dist

import (
	"fmt"
	"runtime"
)

func openMPI(l launch) (carrier, func() error, error) {
	return nil, nil, fmt.Errorf("%w: this program was started by %s, but this build has no MPI: "+
		"it needs linux on amd64 or arm64, and no build tag static (here: %s/%s)", ErrNoMPI, l.by, runtime.GOOS, runtime.GOARCH)
}

// Library returns an error that wraps [ErrNoMPI]: this build has none.
func Library() (string, error) {
	return "", fmt.Errorf("%w: this build has none: it needs linux on amd64 or arm64, and no build tag static", ErrNoMPI)
}
