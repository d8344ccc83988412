// probe.cu: a kernel for each wrapper of an instruction that clang.h has for the
// device and the simulator for the host, to hold the one against the other on a
// GPU (cuda/gpucheck). Not part of weft.cu.
#include "common.h"

KERNEL(32, probe_shuffle_down, const int *x, int *y) { y[threadIdx.x] = shuffle_down(x[threadIdx.x], 5); }
KERNEL(32, probe_shuffle_down_f64, const double *x, double *y) { y[threadIdx.x] = shuffle_down(x[threadIdx.x], 3); }
KERNEL(32, probe_broadcast, const float *x, float *y) { y[threadIdx.x] = broadcast(x[threadIdx.x]); }
KERNEL(32, probe_broadcast_f64, const double *x, double *y) { y[threadIdx.x] = broadcast(x[threadIdx.x]); }
KERNEL(32, probe_fused, const float *x, float *y) { y[threadIdx.x] = fused(x[threadIdx.x], x[31 - threadIdx.x], x[0]); }
KERNEL(32, probe_fused_f64, const double *x, double *y) { y[threadIdx.x] = fused(x[threadIdx.x], x[31 - threadIdx.x], x[0]); }
KERNEL(32, probe_f16, const float *x, unsigned short *y) { y[threadIdx.x] = __builtin_bit_cast(unsigned short, (_Float16)x[threadIdx.x]); }

// One thread in turn says so, the last time none.
KERNEL(64, probe_any, const unsigned *x, unsigned *y) {
	const unsigned t = threadIdx.x;
	unsigned seen = look(x + t);
	for (unsigned i = 0; i < 33; i++) seen = seen * 3 + any_of_block(i < 32 && t == 2 * i);
	y[t] = seen;
}

KERNEL(32, probe_copy, const int *x, int *y) {
	int *s = (int *)dynamic_shared();
	const int t = threadIdx.x;
	for (int i = 0; i < 2; i++) cp_async(s + 4 * t + 128 * i, x + 4 * t + 128 * i), cp_async_commit();
	cp_async_wait<1>();
	__syncthreads();
	for (int i = 0; i < 4; i++) y[4 * t + i] = s[127 - 4 * t - i];
	cp_async_wait<0>();
	__syncthreads();
	for (int i = 0; i < 4; i++) y[128 + 4 * t + i] = s[255 - 4 * t - i];
}

KERNEL(32, probe_matrices, const unsigned *x, unsigned *y) {
	unsigned *s = (unsigned *)dynamic_shared();
	const int t = threadIdx.x;
	for (int i = 0; i < 4; i++) s[4 * t + i] = x[4 * t + i];
	__syncthreads();
	unsigned d[4];
	load_matrices(d, s + 4 * (t ^ 5));
	for (int i = 0; i < 4; i++) y[4 * t + i] = d[i];
}

#define PROBE_MMA(name)                                                                              \
	KERNEL(32, probe_##name, const unsigned *x, float *y) {                                          \
		const int t = threadIdx.x;                                                                   \
		unsigned a[4];                                                                               \
		float d[4];                                                                                  \
		for (int i = 0; i < 4; i++) a[i] = x[i * 32 + t], d[i] = (float)(x[(6 + i) * 32 + t] & 15); \
		name(d, a, x[4 * 32 + t], x[5 * 32 + t]);                                                    \
		for (int i = 0; i < 4; i++) y[i * 32 + t] = d[i];                                            \
	}
PROBE_MMA(mma_tf32)
PROBE_MMA(mma_bf16)
PROBE_MMA(mma_f16)
KERNEL(32, probe_mma_f64, const double *x, double *y) {
	const int t = threadIdx.x;
	double a[8], b[4], d[4];
	for (int i = 0; i < 8; i++) a[i] = x[i * 32 + t];
	for (int i = 0; i < 4; i++) b[i] = x[(8 + i) * 32 + t], d[i] = x[(12 + i) * 32 + t];
	mma_f64(d, a, b);
	for (int i = 0; i < 4; i++) y[i * 32 + t] = d[i];
}

#if !defined(__CUDA__) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
// Two boxes of 16 rows of a matrix of 24 rows and 40 words: the second reaches
// over both edges.
KERNEL(64, probe_copy_tile, TensorMap map, unsigned *y) {
	unsigned char *s = dynamic_shared();
	unsigned long long *full = (unsigned long long *)(s + 4096);
	const TensorMap *m = PARAMETER(probe_copy_tile, 1, map);
	const int t = threadIdx.x;
	if (t == 0) {
		mbarrier_init(full, 1);
		mbarrier_fence();
	}
	__syncthreads();
	if (t == 0) {
		mbarrier_expect(full, 4096);
		copy_tile(s, m, 0, 0, full);
		copy_tile(s + 2048, m, 32, 16, full);
	}
	mbarrier_wait(full, 0);
	for (int i = t; i < 1024; i += 64) y[i] = ((unsigned *)s)[i];
}

// 64 lines of a and 256 of b, 32 words each, multiplied slab by slab.
#define PROBE_WGMMA(name)                                                                                                            \
	KERNEL_MANY(128, 1, probe_##name, TensorMap a, TensorMap b, float *y) {                                                         \
		unsigned char *s = dynamic_shared(), *sb = s + 64 * 128;                                                                      \
		unsigned long long *full = (unsigned long long *)(sb + 256 * 128);                                                            \
		const TensorMap *ma = PARAMETER(probe_##name, 1, a), *mb = PARAMETER(probe_##name, 2, b);                                     \
		const int t = threadIdx.x;                                                                                                    \
		if (t == 0) {                                                                                                                 \
			mbarrier_init(full, 1);                                                                                                   \
			mbarrier_fence();                                                                                                         \
		}                                                                                                                             \
		__syncthreads();                                                                                                              \
		if (t == 0) {                                                                                                                 \
			mbarrier_expect(full, (64 + 256) * 128);                                                                                  \
			copy_tile(s, ma, 0, 0, full);                                                                                             \
			copy_tile(sb, mb, 0, 0, full);                                                                                            \
		}                                                                                                                             \
		mbarrier_wait(full, 0);                                                                                                       \
		fewer_registers<160>();                                                                                                       \
		float acc[128];                                                                                                               \
		_Pragma("unroll") for (int i = 0; i < 128; i++) acc[i] = (float)(t - i);                                                      \
		const unsigned long long d = 1ull << 16 | (1024ull >> 4) << 32 | 1ull << 62;                                                 \
		wgmma_fence();                                                                                                                \
		_Pragma("unroll") for (int k = 0; k < 4; k++) name(acc, (shared_address(s) >> 4 | d) + 2 * k, (shared_address(sb) >> 4 | d) + 2 * k); \
		wgmma_commit();                                                                                                               \
		wgmma_wait<0>(acc);                                                                                                           \
		_Pragma("unroll") for (int i = 0; i < 128; i++) y[i * 128 + t] = acc[i];                                                      \
	}
PROBE_WGMMA(wgmma_tf32)
PROBE_WGMMA(wgmma_bf16)
PROBE_WGMMA(wgmma_f16)
#endif
