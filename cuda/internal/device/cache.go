package device

import (
	"errors"
	"fmt"
	"math/bits"
	"sync"

	"github.com/weftgo/weft/cuda/internal/driver"
)

// MemoryError says that memory can't be had, after all that was kept for later
// has been given back.
type MemoryError struct {
	What   string // "device memory" or "pinned host memory"
	Want   int64  // bytes asked for
	InUse  int64  // bytes in use by this program
	Limit  int64  // the most that it may use, if that is the reason
	Driver error  // the driver's refusal, if that is the reason
}

func (e *MemoryError) Error() string {
	s := fmt.Sprintf("%d bytes of %s can't be had, %d are in use", e.Want, e.What, e.InUse)
	if e.Driver != nil {
		return s + ": " + e.Driver.Error()
	}
	return s + fmt.Sprintf(" and %d is the limit", e.Limit)
}

func (e *MemoryError) Unwrap() error { return e.Driver }

// cache hands out blocks of memory and keeps those that come back, since an
// allocation takes the driver longer than a small kernel, and waits for all
// work under way.
type cache[P comparable] struct {
	what    string
	limit   int64 // the most to hold
	keep    int64 // the most to keep of what is not in use
	off     bool
	alloc   func(int64) (P, error)
	release func(P) error

	mu          sync.Mutex
	free        map[int64][]P // by class
	live, spare int64         // bytes in use, bytes kept
}

// class returns n rounded up to one of four sizes for each power of two, so at
// most a quarter is lost.
func class(n int64) int64 {
	if n <= 512 {
		return 512
	}
	unit := int64(1) << (bits.Len64(uint64(n-1)) - 3)
	return (n + unit - 1) / unit * unit
}

// get returns a block of at least n > 0 bytes, and its size.
func (c *cache[P]) get(n int64) (p P, size int64, err error) {
	size = n
	if !c.off {
		size = class(n)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if list := c.free[size]; len(list) > 0 {
		p = list[len(list)-1]
		c.free[size] = list[:len(list)-1]
		c.spare -= size
		c.live += size
		return p, size, nil
	}
	if c.live+size > c.limit {
		size = n // rounding up must not be the reason
	}
	if c.live+size > c.limit {
		return p, 0, &MemoryError{What: c.what, Want: n, InUse: c.live, Limit: c.limit}
	}
	if c.live+c.spare+size > c.limit {
		if err := c.drop(); err != nil {
			return p, 0, err
		}
	}
	p, err = c.alloc(size)
	if errors.Is(err, driver.OutOfMemory) && c.spare > 0 {
		if err := c.drop(); err != nil {
			return p, 0, err
		}
		p, err = c.alloc(size)
	}
	if errors.Is(err, driver.OutOfMemory) {
		return p, 0, &MemoryError{What: c.what, Want: n, InUse: c.live, Driver: err}
	}
	if err != nil {
		return p, 0, err
	}
	c.live += size
	return p, size, nil
}

// put takes a block back. Nothing that is under way may use it.
func (c *cache[P]) put(p P, size int64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live -= size
	if c.off || c.spare+size > c.keep {
		return c.release(p)
	}
	if c.free == nil {
		c.free = map[int64][]P{}
	}
	c.free[size] = append(c.free[size], p)
	c.spare += size
	return nil
}

// trim gives back to the driver what is not in use.
func (c *cache[P]) trim() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drop()
}

// drop is trim with the lock held.
func (c *cache[P]) drop() error {
	var errs []error
	for size, list := range c.free {
		for _, p := range list {
			errs = append(errs, c.release(p))
		}
		c.spare -= size * int64(len(list))
	}
	clear(c.free)
	return errors.Join(errs...)
}

// use returns the bytes in use and those kept for later.
func (c *cache[P]) use() (live, spare int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.live, c.spare
}

// most returns the most that is held, and setMost sets it.
func (c *cache[P]) most() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.limit
}

func (c *cache[P]) setMost(bytes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.limit, c.keep = bytes, bytes
}
