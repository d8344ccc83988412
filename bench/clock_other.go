//go:build !linux

package bench

import "time"

// now reads c; only the time on the wall is known here.
func (c clock) now() time.Duration { return c.wall() }

// name says what c measures on this system.
func (c clock) name() string { return "wall" }
