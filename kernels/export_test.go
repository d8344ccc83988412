package kernels

import "github.com/weftgo/weft/cpu"

const (
	// RaceEnabled says whether this is a race build.
	RaceEnabled = raceEnabled

	// KnowsStack says whether operands on the caller's stack can stay there.
	KnowsStack = cpu.KnowsStack
)
