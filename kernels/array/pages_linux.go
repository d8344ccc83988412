package array

import (
	"syscall"
	"unsafe"
)

// hugePage is the size of a large page of memory, and from is the size from which
// on an array asks for them, so that a pass over it looks up fewer addresses
// (NumPy asks from the same size).
const (
	hugePage = 2 << 20
	hugeFrom = 4 << 20
)

// wantHugePages asks the system for large pages under x, which is new. Systems
// that don't have them, or give them to all, take no notice.
func wantHugePages[T Element](x []T) {
	size := uintptr(len(x) * kindOf[T]().size())
	if size < hugeFrom {
		return
	}
	const adviseHugePage = 14 // MADV_HUGEPAGE
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(x))) % hugePage
	b := bytesOf(x)[skip:]
	syscall.Madvise(b[:len(b)/hugePage*hugePage], adviseHugePage)
}
