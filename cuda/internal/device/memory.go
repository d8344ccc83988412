package device

import (
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/driver"
)

// Memory is a block of device memory. The zero Memory is none.
type Memory struct {
	Ptr  driver.Ptr
	size int64 // of the block, at least what was asked for
}

// Alloc returns device memory of n bytes with arbitrary contents, aligned to
// 256 bytes. The error is a *MemoryError if there is no room.
func (d *Device) Alloc(n int) (Memory, error) {
	if err := d.Failure(); err != nil {
		return Memory{}, err
	}
	p, size, err := d.memory.get(max(int64(n), 1))
	return Memory{p, size}, err
}

// Free takes memory back that no work under way uses.
func (d *Device) Free(m Memory) {
	if m.Ptr != 0 && d.Failure() == nil {
		d.memory.put(m.Ptr, m.size) // an error shows in the next call: it is a lasting one
	}
}

// Trim gives memory that is kept for later back to the driver.
func (d *Device) Trim() error { return d.memory.trim() }

// MemoryUse returns the bytes of device memory in use, and those kept for later.
func (d *Device) MemoryUse() (live, spare int64) { return d.memory.use() }

// Pinned is host memory that the device copies from and to by itself. The zero
// Pinned is none.
type Pinned struct {
	Ptr  unsafe.Pointer
	size int64
}

// AllocPinned returns pinned memory of n bytes with arbitrary contents.
func (d *Device) AllocPinned(n int) (Pinned, error) {
	if err := d.Failure(); err != nil {
		return Pinned{}, err
	}
	p, size, err := d.pinned.get(max(int64(n), 1))
	return Pinned{p, size}, err
}

// FreePinned takes memory back that no work under way uses.
func (d *Device) FreePinned(p Pinned) {
	if p.Ptr != nil && d.Failure() == nil {
		d.pinned.put(p.Ptr, p.size)
	}
}
