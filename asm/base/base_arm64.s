//go:build arm64 && !noasm

#include "textflag.h"

// func Pause()
TEXT ·Pause(SB), NOSPLIT, $0-0
	YIELD
	RET

// func StackBounds() (lo, hi uintptr)
TEXT ·StackBounds(SB), NOSPLIT, $0-16
	MOVD 0(g), R0 // g.stack.lo
	MOVD 8(g), R1 // g.stack.hi
	MOVD R0, lo+0(FP)
	MOVD R1, hi+8(FP)
	RET
