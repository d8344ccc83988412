//go:build amd64

package driver

import "golang.org/x/sys/windows"

// nvcuda.dll is in the system folder, and nowhere else is looked for it.
var libraryNames = []string{"nvcuda.dll"}

func openLibrary(path string) (handle uintptr, missing bool, err error) {
	flags := uintptr(windows.LOAD_LIBRARY_SEARCH_SYSTEM32)
	if path != libraryNames[0] {
		flags = windows.LOAD_LIBRARY_SEARCH_DEFAULT_DIRS | windows.LOAD_LIBRARY_SEARCH_DLL_LOAD_DIR
	}
	h, err := windows.LoadLibraryEx(path, 0, flags)
	return uintptr(h), err == windows.ERROR_MOD_NOT_FOUND, err
}

func symbol(handle uintptr, name string) (uintptr, error) {
	return windows.GetProcAddress(windows.Handle(handle), name)
}
