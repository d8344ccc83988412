//go:build !static && !noasm && (darwin || linux)

#include "textflag.h"

GLOBL ·repeatC(SB), NOPTR|RODATA, $8
DATA ·repeatC(SB)/8, $weft_bench_repeat(SB)

// uintptr_t weft_bench_repeat(struct { uintptr_t fn, n, onStack, args[18]; } *r)
//
// A C function by the System V calling convention: it calls fn n times, n > 0,
// and keeps R12, R13 and RBX, as such functions must. The arguments are stored
// anew each time, since they belong to whom they are passed to.
TEXT weft_bench_repeat(SB), NOSPLIT, $128
	MOVQ R12, 96(SP)
	MOVQ R13, 104(SP)
	MOVQ BX, 112(SP)
	MOVQ DI, R12
	MOVQ 8(R12), R13

again:
	MOVQ 16(R12), CX
	TESTQ CX, CX
	JZ   registers

stack:
	MOVQ 64(R12)(CX*8), AX
	MOVQ AX, -8(SP)(CX*8)
	DECQ CX
	JNZ  stack

registers:
	MOVQ 24(R12), DI
	MOVQ 32(R12), SI
	MOVQ 40(R12), DX
	MOVQ 48(R12), CX
	MOVQ 56(R12), R8
	MOVQ 64(R12), R9
	XORL AX, AX
	MOVQ 0(R12), R11
	CALL R11
	DECQ R13
	JNZ  again

	MOVQ 96(SP), R12
	MOVQ 104(SP), R13
	MOVQ 112(SP), BX
	RET
