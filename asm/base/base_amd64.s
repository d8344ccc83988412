//go:build amd64 && !noasm

#include "textflag.h"

// func Pause()
TEXT ·Pause(SB), NOSPLIT, $0-0
	PAUSE
	RET

// func StackBounds() (lo, hi uintptr)
TEXT ·StackBounds(SB), NOSPLIT, $0-16
	MOVQ (TLS), AX   // g
	MOVQ 0(AX), CX   // g.stack.lo
	MOVQ 8(AX), DX   // g.stack.hi
	MOVQ CX, lo+0(FP)
	MOVQ DX, hi+8(FP)
	RET

// func CPUID(leaf, sub uint32) (a, b, c, d uint32)
TEXT ·CPUID(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL sub+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func XGETBV() (lo, hi uint32)
TEXT ·XGETBV(SB), NOSPLIT, $0-8
	XORL CX, CX
	XGETBV
	MOVL AX, lo+0(FP)
	MOVL DX, hi+4(FP)
	RET
