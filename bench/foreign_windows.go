//go:build !static && (amd64 || arm64)

package bench

import (
	"os"

	"golang.org/x/sys/windows"
)

func dlopen(name string) (uintptr, error) {
	h, err := windows.LoadLibrary(name)
	return uintptr(h), err
}

func dlsym(handle uintptr, name string) uintptr {
	fn, err := windows.GetProcAddress(windows.Handle(handle), name)
	if err != nil {
		return 0
	}
	return fn
}

// standard returns a function of the C library.
func standard(name string) uintptr {
	c, err := dlopen("msvcrt.dll")
	if err != nil {
		return 0
	}
	return dlsym(c, name)
}

func setForeignEnv(name, value string) { _ = os.Setenv(name, value) }
