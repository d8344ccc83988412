// clang.h: the CUDA vocabulary that the kernels use, for clang without a CUDA
// toolkit (-nocudainc -nocudalib). Whatever is not here is not used.
#pragma once

#if !defined(__clang_major__)
#error "compile with clang"
#endif

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __host__ __attribute__((host))
#define __shared__ __attribute__((shared))
#define __align__(n) __attribute__((aligned(n)))
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))

struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x, y, z; };
#include <__clang_cuda_builtin_vars.h>

#define KERNEL(threads, name, ...) extern "C" __global__ void __launch_bounds__(threads) name(__VA_ARGS__)

#define DEVICE static __device__ __forceinline__
#define DEVICE_METHOD __device__ __forceinline__

// fma.rn, one rounding; never by contraction, which is switched off.
DEVICE float fused(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
DEVICE double fused(double x, double y, double z) { return __builtin_fma(x, y, z); }
DEVICE float magnitude(float x) { return __builtin_fabsf(x); }
DEVICE double magnitude(double x) { return __builtin_fabs(x); }

// The value that the thread d lanes up the warp has; all 32 take part.
DEVICE int shuffle_down(int v, int d) { return __nvvm_shfl_sync_down_i32(~0u, v, d, 31); }
DEVICE float shuffle_down(float v, int d) { return __nvvm_shfl_sync_down_f32(~0u, v, d, 31); }
DEVICE double shuffle_down(double v, int d) {
	long long b = __builtin_bit_cast(long long, v);
	unsigned lo = shuffle_down((int)b, d), hi = shuffle_down((int)(b >> 32), d);
	return __builtin_bit_cast(double, (long long)((unsigned long long)hi << 32 | lo));
}

// The value that lane 0 of the warp has.
DEVICE float broadcast(float v) { return __nvvm_shfl_sync_idx_f32(~0u, v, 0, 31); }
DEVICE double broadcast(double v) {
	long long b = __builtin_bit_cast(long long, v);
	unsigned lo = __nvvm_shfl_sync_idx_i32(~0u, (int)b, 0, 31), hi = __nvvm_shfl_sync_idx_i32(~0u, (int)(b >> 32), 0, 31);
	return __builtin_bit_cast(double, (long long)((unsigned long long)hi << 32 | lo));
}
