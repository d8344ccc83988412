package bench

import (
	"time"

	"golang.org/x/sys/unix"
)

// now reads c. Only differences mean something.
func (c clock) now() time.Duration {
	var ts unix.Timespec
	id := int32(unix.CLOCK_MONOTONIC)
	switch c {
	case threadTime:
		id = unix.CLOCK_THREAD_CPUTIME_ID
	case processTime:
		id = unix.CLOCK_PROCESS_CPUTIME_ID
	}
	if err := unix.ClockGettime(id, &ts); err != nil {
		return c.wall()
	}
	return time.Duration(ts.Nano())
}

// name says what c measures on this system.
func (c clock) name() string { return [...]string{"wall", "thread", "process"}[c] }
