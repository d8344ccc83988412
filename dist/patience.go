package dist

import (
	"runtime"
	"time"
)

// patience is how often one looks for what has not happened yet: all the time
// at first, since most messages take microseconds, and then less and less
// often, so that a rank that waits leaves the processor to those it waits for.
// The zero value has just begun to wait.
type patience struct {
	since time.Time
}

const (
	restless  = 50 * time.Microsecond
	longSleep = 100 * time.Microsecond
	slowest   = 500 << 20 // bytes per second that a connection may be expected to carry
)

// next is called when one has looked in vain. It lets other goroutines run and
// returns how long to sleep, or 0. bytes are on their way: as long as they may
// take, the sleep is 0, for many a connection moves only when one looks.
func (p *patience) next(bytes int) time.Duration {
	if p.since.IsZero() {
		p.since = time.Now()
	}
	runtime.Gosched()
	waited := time.Since(p.since)
	if waited < restless+time.Duration(bytes)*time.Second/slowest {
		return 0
	}
	return min(waited/8, longSleep)
}

// happened starts again.
func (p *patience) happened() { p.since = time.Time{} }
