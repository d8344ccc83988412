package device

import (
	"errors"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/driver"
)

// Memory is a block of device memory. The zero Memory is none.
type Memory struct {
	Ptr  driver.Ptr
	Size int64 // of the block, at least what was asked for
}

// Alloc returns device memory of n bytes with arbitrary contents, aligned to
// 256 bytes. The error is a *MemoryError if there is no room.
func (d *Device) Alloc(n int) (Memory, error) {
	if err := d.Failure(); err != nil {
		return Memory{}, err
	}
	d.settle()
	p, size, err := d.memory.get(max(int64(n), 1))
	return Memory{p, size}, err
}

// Free takes memory back that no work under way uses.
func (d *Device) Free(m Memory) {
	if m.Ptr != 0 && d.Failure() == nil {
		d.memory.put(m.Ptr, m.Size) // an error shows in the next call: it is a lasting one
	}
}

// Trim gives memory that is kept for later back to the driver.
func (d *Device) Trim() error {
	d.settle()
	return errors.Join(d.memory.trim(), d.pinned.trim())
}

// MemoryUse returns the bytes of device memory in use, and those kept for later.
func (d *Device) MemoryUse() (live, spare int64) {
	d.settle()
	return d.memory.use()
}

// Limit returns the most device memory that is held, and SetLimit sets it.
func (d *Device) Limit() int64         { return d.memory.most() }
func (d *Device) SetLimit(bytes int64) { d.memory.setMost(bytes) }

// Retire is Free for the owner, and for functions that it calls: it calls no
// driver and waits for nobody. What is retired is freed by the next call that
// asks for memory.
func (d *Device) Retire(m Memory) {
	d.retiredMu.Lock()
	defer d.retiredMu.Unlock()
	d.retired = append(d.retired, m)
}

// RetirePinned is Retire for pinned memory.
func (d *Device) RetirePinned(p Pinned) {
	d.retiredMu.Lock()
	defer d.retiredMu.Unlock()
	d.retiredPinned = append(d.retiredPinned, p)
}

// settle frees what has been retired.
func (d *Device) settle() {
	d.retiredMu.Lock()
	ms, ps := d.retired, d.retiredPinned
	d.retired, d.retiredPinned = nil, nil
	d.retiredMu.Unlock()
	for _, m := range ms {
		d.Free(m)
	}
	for _, p := range ps {
		d.FreePinned(p)
	}
}

// Pinned is host memory that the device copies from and to by itself. The zero
// Pinned is none.
type Pinned struct {
	Ptr  unsafe.Pointer
	Size int64
}

// AllocPinned returns pinned memory of n bytes with arbitrary contents.
func (d *Device) AllocPinned(n int) (Pinned, error) {
	if err := d.Failure(); err != nil {
		return Pinned{}, err
	}
	d.settle()
	p, size, err := d.pinned.get(max(int64(n), 1))
	return Pinned{p, size}, err
}

// FreePinned takes memory back that no work under way uses.
func (d *Device) FreePinned(p Pinned) {
	if p.Ptr != nil && d.Failure() == nil {
		d.pinned.put(p.Ptr, p.Size)
	}
}
