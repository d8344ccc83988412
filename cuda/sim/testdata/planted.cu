// Kernels with a bug each, and some without, to see that the simulated machine
// shows the one and not the other.
#include "simulator.h"

typedef long long index_t;

// Each thread takes what its neighbour stored: right only with the barrier.
KERNEL(64, neighbour, int *out) {
	__shared__ int s[64];
	const int t = threadIdx.x;
	s[t] = t;
	__syncthreads();
	out[t] = s[(t + 1) % 64];
}
KERNEL(64, missing_barrier, int *out) {
	__shared__ int s[64];
	const int t = threadIdx.x;
	s[t] = t;
	out[t] = s[(t + 1) % 64];
}

// Two rounds through one buffer: without the second barrier a fast thread
// overwrites what a slow one has yet to read.
KERNEL(64, two_rounds, int *out) {
	__shared__ int s[64];
	const int t = threadIdx.x;
	int v = t;
	for (int round = 0; round < 2; round++) {
		s[t] = v;
		__syncthreads();
		v = s[(t + 1) % 64];
		__syncthreads();
	}
	out[t] = v;
}
KERNEL(64, missing_second_barrier, int *out) {
	__shared__ int s[64];
	const int t = threadIdx.x;
	int v = t;
	for (int round = 0; round < 2; round++) {
		s[t] = v;
		__syncthreads();
		v = s[(t + 1) % 64];
	}
	out[t] = v;
}

KERNEL(32, write_at, float *x, index_t i) {
	if (threadIdx.x == 0) x[i] = 1;
}
KERNEL(32, read_at, const float *x, index_t i, float *out) {
	if (threadIdx.x == 0) out[0] = x[i];
}
KERNEL(32, unwritten_shared, float *out) {
	__shared__ float s[32];
	if (threadIdx.x > 0) s[threadIdx.x] = 1;
	__syncthreads();
	out[threadIdx.x] = s[threadIdx.x];
}
KERNEL(64, deadlock, int *out) {
	if (threadIdx.x & 16) __syncthreads();
	else out[threadIdx.x] = shuffle_down((int)threadIdx.x, 1);
}
KERNEL(32, add_one, float *x) { x[threadIdx.x] += 1; }
KERNEL(32, add_one_until, float *x) {
	if (!stop || !any_of_block(threadIdx.x == 0 && look(stop) != 0)) x[threadIdx.x] += 1;
}
KERNEL(32, numbers, float a, double b, index_t c, double *out) {
	if (threadIdx.x == 0) out[0] = a, out[1] = b, out[2] = (double)c;
}

// Copies that take their time: what was not waited for is not there.
template <bool WAIT> static void staged(const float *x, float *out) {
	float *s = (float *)dynamic_shared();
	const int t = threadIdx.x;
	cp_async(s + 4 * t, x + 4 * t);
	cp_async_commit();
	if (WAIT) cp_async_wait<0>();
	__syncthreads();
	out[t] = s[127 - t];
}
KERNEL(32, copies, const float *x, float *out) { staged<true>(x, out); }
KERNEL(32, missing_copy_wait, const float *x, float *out) { staged<false>(x, out); }

// Two boxes of eight rows through one buffer. The last thread adds them up.
enum { NONE, NO_WAIT, WRONG_PHASE, FEW_BYTES, MANY_BYTES, NO_EMPTY_WAIT, NO_INIT };
template <int BUG> static void boxes(const TensorMap *map, float *out) {
	unsigned char *s = dynamic_shared();
	unsigned long long *full = (unsigned long long *)(s + 1024), *empty = full + 1;
	const int t = threadIdx.x, bytes = BUG == FEW_BYTES ? 512 : BUG == MANY_BYTES ? 2048 : 1024;
	if (t == 0 && BUG != NO_INIT) {
		mbarrier_init(full, 1), mbarrier_init(empty, 1);
		mbarrier_fence();
	}
	__syncthreads();
	if (t == 0)
		for (int i = 0; i < 2; i++) {
			if (BUG != NO_EMPTY_WAIT) mbarrier_wait(empty, i ^ 1);
			mbarrier_expect(full, bytes);
			copy_tile(s, map, 0, 8 * i, full);
		}
	if (t == 32) {
		float sum = 0;
		for (int i = 0; i < 2; i++) {
			if (BUG != NO_WAIT) mbarrier_wait(full, BUG == WRONG_PHASE ? i ^ 1 : i);
			for (int k = 0; k < 256; k++) sum += ((const float *)s)[k];
			mbarrier_arrive(empty);
		}
		out[0] = sum;
	}
}
#define BOXES(name, BUG) \
	KERNEL(64, name, TensorMap map, float *out) { boxes<BUG>(PARAMETER(name, 1, map), out); }
BOXES(boxes_right, NONE)
BOXES(boxes_no_wait, NO_WAIT)
BOXES(boxes_wrong_phase, WRONG_PHASE)
BOXES(boxes_few_bytes, FEW_BYTES)
BOXES(boxes_many_bytes, MANY_BYTES)
BOXES(boxes_no_empty_wait, NO_EMPTY_WAIT)
BOXES(boxes_no_init, NO_INIT)

// A warpgroup's product of ones: sixteen steps of bfloat16 for each element.
enum { NO_FENCE = 10, NO_PRODUCT_WAIT, OTHER_DESCRIPTORS };
template <int BUG> static void ones(float *out) {
	unsigned short *s = (unsigned short *)dynamic_shared();
	const int t = threadIdx.x;
	for (int i = t; i < 16384; i += 128) s[i] = 0x3f80;
	__syncthreads();
	float acc[128] = {};
	if (BUG != NO_FENCE) wgmma_fence();
	const unsigned long long d = (unsigned long long)shared_address(s) >> 4 | 1ull << 16 | 64ull << 32 | 1ull << 62;
	wgmma_bf16(acc, BUG == OTHER_DESCRIPTORS && t == 5 ? d + 2 : d, d);
	wgmma_commit();
	if (BUG != NO_PRODUCT_WAIT) wgmma_wait<0>(acc);
	else wgmma_wait<1>(acc);
	out[t] = acc[t];
}
KERNEL(128, ones_right, float *out) { ones<NONE>(out); }
KERNEL(128, ones_no_fence, float *out) { ones<NO_FENCE>(out); }
KERNEL(128, ones_no_wait, float *out) { ones<NO_PRODUCT_WAIT>(out); }
KERNEL(128, ones_other_descriptors, float *out) { ones<OTHER_DESCRIPTORS>(out); }

KERNEL(32, beyond_dynamic, float *out) {
	float *s = (float *)dynamic_shared();
	s[1024 / 4 + threadIdx.x] = 1;
	out[threadIdx.x] = 1;
}
