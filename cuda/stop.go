package cuda

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/device"
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/internal/op"
)

// A context stops kernels by a word of pinned memory. The end of the context
// sets it, without a call of the driver, and every block of a kernel looks at
// it: at its start and, where it may run for long, again and again. Only work
// under a context has a word; other kernels see a null pointer and don't look.

// stop is a Control on a device.
type stop struct {
	ctl *op.Control
	*word
}

// word is what kernels look at. It does not keep the Control: when that is
// forgotten, and so all work under it over, the word is used again.
type word struct {
	gpu     *gpu
	set     atomic.Bool // before the word is
	unwatch func() bool

	mu sync.Mutex
	at *uint32 // nil once it is given back
}

func (w *word) Word() driver.Ptr { return driver.Ptr(uintptr(unsafe.Pointer(w.at))) }

func (s *stop) Asked() error {
	s.ctl.Stopped()
	return s.ctl.Err()
}

func (s *stop) Set() error {
	if !s.set.Load() {
		return nil
	}
	return s.Asked()
}

// raise sets the word. It is called at the end of the context.
func (w *word) raise() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.at != nil {
		w.set.Store(true)
		atomic.StoreUint32(w.at, 1)
	}
}

// free gives the word back.
func (w *word) free() {
	w.unwatch()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.gpu.words.put(w.at)
	w.at = nil
}

// stopOf returns c on the device; nil if there is no c.
func (g *gpu) stopOf(c *op.Control) (device.Stop, error) {
	if c == nil {
		return nil, nil
	}
	made := c.Attached(g, func() any {
		at, err := g.words.get(g)
		if err != nil {
			return err
		}
		w := &word{gpu: g, at: at}
		w.unwatch = context.AfterFunc(c.Context(), w.raise)
		runtime.AddCleanup(c, (*word).free, w)
		return &stop{c, w}
	})
	if err, failed := made.(error); failed {
		return nil, err
	}
	return made.(*stop), nil
}

// words are the words of a device, in pinned memory that it keeps.
type words struct {
	mu   sync.Mutex
	idle []*uint32
}

// wordApart is the distance of words: no two of them in what the device reads at
// a time.
const wordApart = 128

func (ws *words) get(g *gpu) (*uint32, error) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if len(ws.idle) == 0 {
		page, err := g.AllocPinned(pageBytes)
		if err != nil {
			return nil, err
		}
		for at := 0; at < pageBytes; at += wordApart {
			ws.idle = append(ws.idle, (*uint32)(unsafe.Add(page.Ptr, at)))
		}
	}
	w := ws.idle[len(ws.idle)-1]
	ws.idle = ws.idle[:len(ws.idle)-1]
	atomic.StoreUint32(w, 0)
	return w, nil
}

func (ws *words) put(w *uint32) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	ws.idle = append(ws.idle, w)
}
