package kernels

import "github.com/weftgo/weft/internal/op"

// Event is something worth knowing that happened in a call which was completed
// all the same: a device failed and the processor finished its work, or its
// trial products were wrong and the default engine does without it.
type Event = op.Event

// OnEvent has f called with every event, on the goroutine of the call in which
// it happens, or of the trial. There is one f for the process; nil drops events.
func OnEvent(f func(Event)) {
	if f == nil {
		f = func(Event) {}
	}
	op.HandleEvents(f)
}
