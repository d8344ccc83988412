//go:build (amd64 || arm64) && !(cgo && cuda)

package driver

import (
	"os"
	"strings"

	"github.com/ebitengine/purego"
)

// names are where the driver's library may be, the first that loads is taken.
// WSL keeps it outside the linker's path.
var libraryNames = []string{"libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"}

// openLibrary loads the driver's library. missing reports whether there is
// none, rather than one that doesn't load.
func openLibrary(path string) (handle uintptr, missing bool, err error) {
	handle, err = purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err == nil {
		return handle, false, nil
	}
	_, statErr := os.Stat(path)
	missing = os.IsNotExist(statErr) && strings.Contains(err.Error(), "No such file")
	return 0, missing, err
}

func symbol(handle uintptr, name string) (uintptr, error) { return purego.Dlsym(handle, name) }
