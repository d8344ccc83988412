package op

import "sync/atomic"

// A device may fail while it works for a caller who has host memory only. The
// work is then done by the processor, which a device's package does not see:
// package kernels registers it here.

var (
	host    atomic.Pointer[func() *Backend]
	onEvent atomic.Pointer[func(Event)]
)

// RegisterHost tells which backend finishes the work of a device that fails.
// It is asked at the first failure.
func RegisterHost(f func() *Backend) { host.Store(&f) }

// Host returns the host's table, or nil if there is none.
func Host[T Float]() *Table[T] {
	f := host.Load()
	if f == nil {
		return nil
	}
	b := (*f)()
	if b == nil {
		return nil
	}
	return TableOf[T](b)
}

// Event is something that a user may want to know although the call in which
// it happened was completed.
type Event struct {
	Backend string // "cuda:1"
	Func    string // the call, "Gemm"
	Err     error  // what happened
	Aside   bool   // the backend does its work on the host from now on
}

// HandleEvents has f called with every event, on the goroutine of the call.
func HandleEvents(f func(Event)) { onEvent.Store(&f) }

// Report hands e to who handles events.
func Report(e Event) {
	if f := onEvent.Load(); f != nil {
		(*f)(e)
	}
}
