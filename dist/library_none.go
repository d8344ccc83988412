//go:build static || !linux || !(amd64 || arm64)

package dist

import "errors"

// canForeign says whether this build can call foreign functions.
const canForeign = false

func openLibrary(...string) (handle uintptr, err error) {
	return 0, errors.New("this build opens no shared libraries")
}

func symbol(uintptr, string) uintptr { return 0 }

func foreign(uintptr, ...uintptr) uintptr { panic("dist: this build has no foreign functions") }
