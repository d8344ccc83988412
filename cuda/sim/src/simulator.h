// simulator.h: the CUDA vocabulary of the kernels for the host's compiler, on
// top of the simulated machine: what cuda/src/clang.h is for the device.
#pragma once
#include "machine.h"
#include <cstring>

#define __device__
#define __shared__ static thread_local // a worker runs one block at a time
#define __align__(n) __attribute__((aligned(n)))
#define __forceinline__ inline
#define DEVICE static inline
#define DEVICE_METHOD inline

// An entry point registers itself with its name, block size and parameters, of
// which the first is the word that stops it.
#define KERNEL(threads, name, ...)                                     \
	extern "C" void name(const unsigned *stop, __VA_ARGS__);           \
	static const sim::Entry name##_entry = sim::entry(#name, threads, name); \
	extern "C" void name([[maybe_unused]] const unsigned *stop, __VA_ARGS__)

#define KERNEL_MANY(threads, blocks, name, ...) KERNEL(threads, name, __VA_ARGS__)

#define threadIdx (sim::here->thread)
#define blockIdx (sim::here->block)
#define gridDim (sim::here->grid)

static inline void __syncthreads() { sim::barrier(); }

static inline float fused(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
static inline double fused(double x, double y, double z) { return __builtin_fma(x, y, z); }
static inline float magnitude(float x) { return __builtin_fabsf(x); }
static inline double magnitude(double x) { return __builtin_fabs(x); }

namespace sim {
template <class T> uint64_t bits(T v) {
	static_assert(sizeof(T) <= 8, "at most eight bytes");
	uint64_t b = 0;
	memcpy(&b, &v, sizeof v);
	return b;
}
template <class T> T from_bits(uint64_t b) {
	T v;
	memcpy(&v, &b, sizeof v);
	return v;
}
} // namespace sim

template <class T> static inline T shuffle_down(T v, int d) {
	const uint64_t *all = sim::exchange(sim::bits(v));
	const unsigned from = sim::here->lane + d;
	return from < 32 ? sim::from_bits<T>(all[from]) : v;
}
template <class T> static inline T broadcast(T v) { return sim::from_bits<T>(sim::exchange(sim::bits(v))[0]); }
static inline int afresh(int v) { return v; }
static inline unsigned look(const unsigned *p) {
	sim::looked();
	return __atomic_load_n(p, __ATOMIC_ACQUIRE);
}
static inline bool any_of_block(bool v) {
	static thread_local bool any; // of the one block that a worker runs
	sim::barrier();
	any = false;
	sim::barrier();
	if (v) any = true;
	sim::barrier();
	return any;
}

#include "tensor.h"
#include "hopper.h"
