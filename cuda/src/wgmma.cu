// Products on the tensor cores of compute capability 9.0, from the operands that
// tensor.cu prepares. The copy engine brings slabs of 128 bytes of each line,
// swizzled, to a ring of buffers; one warpgroup asks for them, two multiply.
#include "common.h"

#define WGMMA_THREADS 384
#define WGMMA_BM 128
#define WGMMA_BN 256
#define WGMMA_STAGES 4

// The kinds of instruction: 64 lines of A by 256 of B, 32 bytes of each.
struct WarpgroupTF32 {
	DEVICE_METHOD static void mma(float (&d)[128], unsigned long long a, unsigned long long b) { wgmma_tf32(d, a, b); }
};
struct WarpgroupBF16 {
	DEVICE_METHOD static void mma(float (&d)[128], unsigned long long a, unsigned long long b) { wgmma_bf16(d, a, b); }
};
struct WarpgroupF16 {
	DEVICE_METHOD static void mma(float (&d)[128], unsigned long long a, unsigned long long b) { wgmma_f16(d, a, b); }
};

// descriptor describes lines of 128 bytes, swizzled, to wgmma: groups of eight are
// 1024 bytes apart.
DEVICE unsigned long long descriptor(const void *p) {
	return (shared_address(p) & 0x3ffff) >> 4 | 1ull << 16 | (1024ull >> 4) << 32 | 1ull << 62;
}

// Where a walk through the ring is: the buffer, and the parity of the round.
struct Ring {
	int at = 0, round = 0;
	DEVICE_METHOD void next() {
		if (++at == WGMMA_STAGES) at = 0, round ^= 1;
	}
};

// wgmma computes the tiles of a batch of Cs, one after the other: as many blocks
// as there are multiprocessors go through them in turn. The slabs of the next tile
// are on their way while this one is stored.
template <class F>
DEVICE void wgmma(Stop stop, index_t m, index_t n, index_t slabs, float alpha, const TensorMap *amap, index_t arows, const TensorMap *bmap, index_t brows, float beta,
                  float *c, index_t ldc, index_t cstep, index_t batch) {
	if (stopped(stop)) return;
	constexpr int ASIZE = WGMMA_BM * SLAB, BSIZE = WGMMA_BN * SLAB;
	__shared__ bool quits[WGMMA_STAGES]; // the slab of this buffer is not there: the work was stopped
	unsigned char *const as = dynamic_shared(), *const bs = as + WGMMA_STAGES * ASIZE;
	unsigned long long *const full = (unsigned long long *)(bs + WGMMA_STAGES * BSIZE), *const empty = full + WGMMA_STAGES;
	const index_t down = (m + WGMMA_BM - 1) / WGMMA_BM, across = (n + WGMMA_BN - 1) / WGMMA_BN, tiles = down * across * batch;
	const int t = threadIdx.x % 128, group = threadIdx.x / 128;
	if (threadIdx.x == 0) {
		for (int s = 0; s < WGMMA_STAGES; s++) mbarrier_init(full + s, 1), mbarrier_init(empty + s, 8); // 8 warps multiply
		mbarrier_fence();
	}
	__syncthreads();

	Ring ring;
	if (group == 0) {
		fewer_registers<40>();
		if (t != 0) return;
		unsigned since = 0; // slabs, over all tiles
		for (index_t tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
			const Place at(tile, down, across);
			const int arow = (int)(at.number * arows) + at.i * WGMMA_BM, brow = (int)(at.number * brows) + at.j * WGMMA_BN;
			for (index_t s = 0; s < slabs; s++, ring.next()) {
				mbarrier_wait(empty + ring.at, ring.round ^ 1); // the first round finds all of them empty
				const bool quit = stop && ++since % 128 == 0 && look(stop) != 0;
				quits[ring.at] = quit;
				if (quit) {
					mbarrier_arrive(full + ring.at); // shows it to those who wait
					return;
				}
				mbarrier_expect(full + ring.at, ASIZE + BSIZE);
				copy_tile(as + ring.at * ASIZE, amap, (int)s * (SLAB / 4), arow, full + ring.at);
				copy_tile(bs + ring.at * BSIZE, bmap, (int)s * (SLAB / 4), brow, full + ring.at);
			}
		}
	} else {
		more_registers<232>();
		for (index_t tile = blockIdx.x; tile < tiles; tile += gridDim.x) {
			float acc[128];
#pragma unroll
			for (int i = 0; i < 128; i++) acc[i] = 0;
			int last = 0; // the buffer that may still be read
			for (index_t s = 0; s < slabs; s++, ring.next()) {
				mbarrier_wait(full + ring.at, ring.round);
				if (stop && quits[ring.at]) {
					wgmma_wait<0>(acc);
					return;
				}
				const unsigned long long a = descriptor(as + ring.at * ASIZE + (group - 1) * 64 * SLAB), b = descriptor(bs + ring.at * BSIZE);
				wgmma_fence();
#pragma unroll
				for (int k = 0; k < SLAB / 32; k++) F::mma(acc, a + 2 * k, b + 2 * k);
				wgmma_commit();
				wgmma_wait<1>(acc);
				if (s > 0 && t % 32 == 0) mbarrier_arrive(empty + last);
				last = ring.at;
			}
			wgmma_wait<0>(acc);
			if (t % 32 == 0) mbarrier_arrive(empty + last);

			const Place at(tile, down, across);
			float *const p = operand(c, cstep, at.number);
			const bool pairs = ((index_t)p | ldc * 4) % 8 == 0;
			const index_t row = (index_t)at.i * WGMMA_BM + (group - 1) * 64 + t / 32 * 16 + t % 32 / 4, col = (index_t)at.j * WGMMA_BN + t % 4 * 2;
#pragma unroll
			for (int h = 0; h < 2; h++) {
				const index_t y = row + h * 8;
				if (y >= m) continue;
#pragma unroll
				for (int j = 0; j < 32; j++)
					store_pair<float>(p + y * ldc + col + j * 8, acc[4 * j + 2 * h], acc[4 * j + 2 * h + 1], alpha, beta, n - col - j * 8, pairs);
			}
		}
	}
}

#define WGMMA(F, name)                                                                                                                                   \
	KERNEL_MANY(WGMMA_THREADS, 1, gemm_##name##_128x256, index_t m, index_t n, index_t slabs, float alpha, TensorMap a, index_t arows, TensorMap b,     \
	            index_t brows, float beta, float *c, index_t ldc, index_t cstep, index_t batch) {                                                        \
		wgmma<F>(stop, m, n, slabs, alpha, PARAMETER(gemm_##name##_128x256, 5, a), arows, PARAMETER(gemm_##name##_128x256, 7, b), brows, beta, c, ldc, cstep, \
		         batch);                                                                                                                                 \
	}
WGMMA(WarpgroupTF32, tf32)
WGMMA(WarpgroupBF16, bf16)
WGMMA(WarpgroupF16, f16)
