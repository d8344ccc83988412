// fiber.h: stacks, and the switch from one to another.
#pragma once
#include <cstdint>
#include <cstring>

#if !defined(__x86_64__) && !defined(__aarch64__)
#error "fibers are written for x86-64 and AArch64"
#endif

// fiber_switch saves the registers that a call preserves, stores the stack
// pointer in *save and goes on where the stack at to was left.
extern "C" void fiber_switch(void **save, void *to);

// fiber_make prepares a stack, given its upper end, so that the first switch to
// it calls entry, which must not return.
inline void *fiber_make(char *top, void (*entry)()) {
#if defined(__x86_64__)
	void **sp = (void **)((uintptr_t)top & ~(uintptr_t)15);
	*--sp = nullptr; // where a return address would be: keeps the stack aligned
	*--sp = (void *)entry;
	for (int i = 0; i < 6; i++) *--sp = nullptr;
	return sp;
#else
	char *sp = (char *)((uintptr_t)top & ~(uintptr_t)15) - 160;
	memset(sp, 0, 160);
	*(void **)(sp + 88) = (void *)entry; // x30
	return sp;
#endif
}
