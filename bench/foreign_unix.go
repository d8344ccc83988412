//go:build !static && (amd64 || arm64) && (darwin || linux)

package bench

import (
	"os"
	"unsafe"

	"github.com/ebitengine/purego"
)

// dlopen loads a library, and before it the mathematical functions of the C
// library, which MKL uses without saying so.
func dlopen(name string) (uintptr, error) {
	_, _ = purego.Dlopen("libm.so.6", purego.RTLD_NOW|purego.RTLD_GLOBAL)
	return purego.Dlopen(name, purego.RTLD_NOW|purego.RTLD_LOCAL)
}

func dlsym(handle uintptr, name string) uintptr {
	fn, err := purego.Dlsym(handle, name)
	if err != nil {
		return 0
	}
	return fn
}

// standard returns a function of the C library.
func standard(name string) uintptr { return dlsym(purego.RTLD_DEFAULT, name) }

// setForeignEnv sets a variable for Go and for libraries, which have the C
// library's copy of the environment; an empty value removes it.
func setForeignEnv(name, value string) {
	n, v := append([]byte(name), 0), append([]byte(value), 0)
	if value == "" {
		_ = os.Unsetenv(name)
		if fn := standard("unsetenv"); fn != 0 {
			purego.SyscallN(fn, uintptr(unsafe.Pointer(&n[0])))
		}
		return
	}
	_ = os.Setenv(name, value)
	if fn := standard("setenv"); fn != 0 {
		purego.SyscallN(fn, uintptr(unsafe.Pointer(&n[0])), uintptr(unsafe.Pointer(&v[0])), 1)
	}
}
