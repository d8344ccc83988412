// Products on tensor cores, for the profiles that are asked for by name. First
// each operand is prepared: rounded to the profile's type and laid out anew, the
// lines of A and the columns of B one after the other, with zeros behind the last
// step and behind the last line, up to whole tiles. So there is one layout for
// all transpositions, strides and alignments, and no tile has an edge but in C.
#include "common.h"

// A slab is 128 bytes of each line of a tile, in shared memory as well.
#define SLAB 128

// The types that operands are rounded to, to nearest, ties to even. A NaN stays
// one; what leaves the range becomes infinite.
DEVICE unsigned rounded(float v, int drop) { // drops bits at the end
	const unsigned b = __builtin_bit_cast(unsigned, v);
	if (v != v) return 0x7fc00000;
	return (b + (1u << (drop - 1)) - 1 + (b >> drop & 1)) >> drop << drop;
}
struct TF32 {
	typedef float From;
	typedef unsigned Stored;
	DEVICE_METHOD static unsigned round(float v) { return rounded(v, 13); }
	DEVICE_METHOD static void mma(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) { mma_tf32(d, a, b0, b1); }
};
struct BF16 {
	typedef float From;
	typedef unsigned short Stored;
	DEVICE_METHOD static unsigned short round(float v) { return (unsigned short)(rounded(v, 16) >> 16); }
	DEVICE_METHOD static void mma(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) { mma_bf16(d, a, b0, b1); }
};
struct F16 {
	typedef float From;
	typedef unsigned short Stored;
	DEVICE_METHOD static unsigned short round(float v) { return __builtin_bit_cast(unsigned short, (_Float16)v); }
	DEVICE_METHOD static void mma(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) { mma_f16(d, a, b0, b1); }
};
struct F64 {
	typedef double From;
	typedef double Stored;
	DEVICE_METHOD static double round(double v) { return v; }
};

#define PREPARE_THREADS 256
#define PREPARE_TILE 64

// prepare writes rows lines of depth elements for each of a batch of operands, of
// which line x, step k is p[x*xs + k*ks] for x < lines, k < steps, and else zero.
template <class F>
DEVICE void prepare(Stop stop, const typename F::From *p, index_t xs, index_t ks, index_t step, index_t lines, index_t steps, index_t rows, index_t depth,
                    typename F::Stored *out) {
	if (stopped(stop)) return;
	typedef typename F::From From;
	typedef typename F::Stored Stored;
	constexpr int E = PREPARE_TILE, U = 16 / sizeof(Stored);
	__shared__ From s[E][E + 1];
	const index_t across = (depth + E - 1) / E, tiles = (rows + E - 1) / E * across;
	const index_t number = blockIdx.x / tiles, tile = blockIdx.x % tiles;
	const index_t x0 = tile / across * E, k0 = tile % across * E;
	p = operand(p, step, number), out += number * rows * depth;
	const int t = threadIdx.x;
#pragma unroll 4
	for (int i = t; i < E * E; i += PREPARE_THREADS) { // neighbours read neighbours
		const int x = ks == 1 ? i / E : i % E, k = ks == 1 ? i % E : i / E;
		s[x][k] = x0 + x < lines && k0 + k < steps ? p[(x0 + x) * xs + (k0 + k) * ks] : (From)0;
	}
	__syncthreads();
#pragma unroll 4
	for (int i = t; i < E * E / U; i += PREPARE_THREADS) {
		const int x = i / (E / U), k = i % (E / U) * U;
		typename Pack<Stored>::Vec v;
#pragma unroll
		for (int u = 0; u < U; u++) v[u] = F::round(s[x][k + u]);
		if (x0 + x < rows && k0 + k < depth) *(typename Pack<Stored>::Vec *)(out + (x0 + x) * depth + k0 + k) = v;
	}
}

#define PREPARE(F, name, From, Stored)                                                                                                            \
	KERNEL(PREPARE_THREADS, prepare_##name, const From *p, index_t xs, index_t ks, index_t step, index_t lines, index_t steps, index_t rows, index_t depth, \
	       Stored *out) {                                                                                                                          \
		prepare<F>(stop, p, xs, ks, step, lines, steps, rows, depth, out);                                                                              \
	}
PREPARE(TF32, tf32, float, unsigned)
PREPARE(BF16, bf16, float, unsigned short)
PREPARE(F16, f16, float, unsigned short)
PREPARE(F64, tensor, double, double)

// A tile's place: eight rows of tiles are gone through column by column, so that
// the tiles under way at a time share what they read in the second-level cache.
struct Place {
	index_t number; // of the product in the batch
	int i, j;
	DEVICE_METHOD Place(index_t at, index_t down, index_t across) {
		number = at / (down * across), at %= down * across;
		const index_t first = at / (8 * across) * 8, rows = down - first < 8 ? down - first : 8;
		at %= 8 * across;
		i = (int)(first + at % rows), j = (int)(at / rows);
	}
};

// store_pair stores alpha*v + beta*c for two neighbours in a row of C, of which
// the first is at p and left lie in C. pairs says that both may be stored at once.
template <class T> DEVICE void store_pair(T *p, T v0, T v1, T alpha, T beta, index_t left, bool pairs) {
	typedef T Two __attribute__((vector_size(2 * sizeof(T))));
	if (left <= 0) return;
	Two v = {alpha * v0, alpha * v1};
	if (left >= 2 && pairs) {
		if (beta != 0) {
			const Two c = *(const Two *)p;
			v[0] = fused(beta, c[0], v[0]), v[1] = fused(beta, c[1], v[1]);
		}
		*(Two *)p = v;
		return;
	}
	p[0] = beta != 0 ? fused(beta, p[0], v[0]) : v[0];
	if (left >= 2) p[1] = beta != 0 ? fused(beta, p[1], v[1]) : v[1];
}

// swizzle returns where 16 bytes of a line are in its row of a tile in shared
// memory: neighbouring rows have them in other banks, also when four lanes each
// read from two rows.
DEVICE int swizzle(int row, int chunk) { return row * SLAB + ((chunk ^ ((row & 1) << 2 | (row >> 1 & 3))) * 16); }

// A warp's part of a product: WM×WN elements, from lines of a and of b in shared
// memory.
template <class F, int WM, int WN> struct WarpTile {
	typedef float Acc;
	float acc[WM / 16][WN / 8][4] = {};
	DEVICE_METHOD void step(const unsigned char *a, const unsigned char *b) {
		const int lane = threadIdx.x % 32;
#pragma unroll
		for (int s = 0; s < SLAB / 32; s++) {
			unsigned af[WM / 16][4], bf[WN / 16][4];
#pragma unroll
			for (int i = 0; i < WM / 16; i++) load_matrices(af[i], a + swizzle(i * 16 + lane % 16, 2 * s + lane / 16));
#pragma unroll
			for (int j = 0; j < WN / 16; j++) load_matrices(bf[j], b + swizzle(j * 16 + lane % 8 + lane / 16 * 8, 2 * s + lane / 8 % 2));
#pragma unroll
			for (int i = 0; i < WM / 16; i++)
#pragma unroll
				for (int j = 0; j < WN / 8; j++) F::mma(acc[i][j], af[i], bf[j / 2][j % 2 * 2], bf[j / 2][j % 2 * 2 + 1]);
		}
	}
};
// A slab of doubles is one step. Lane t of four takes steps 2t and 2t+1 of each
// eight, of A and of B, where the instruction has t and t+4: the order of the
// steps is free, and the loads are twice as long.
template <int WM, int WN> struct WarpTile<F64, WM, WN> {
	typedef double Acc;
	double acc[WM / 16][WN / 8][4] = {};
	DEVICE_METHOD void step(const unsigned char *a, const unsigned char *b) {
		const int g = threadIdx.x % 32 / 4, t = threadIdx.x % 4;
		double bf[WN / 8][4];
#pragma unroll
		for (int j = 0; j < WN / 8; j++)
#pragma unroll
			for (int q = 0; q < 2; q++) {
				const auto v = pack((const double *)(b + swizzle(j * 8 + g, 4 * q + t)));
				bf[j][2 * q] = v[0], bf[j][2 * q + 1] = v[1];
			}
#pragma unroll
		for (int i = 0; i < WM / 16; i++) {
			double af[8];
#pragma unroll
			for (int q = 0; q < 4; q++) { // half q%2 of the rows, half q/2 of the steps
				const auto v = pack((const double *)(a + swizzle(i * 16 + q % 2 * 8 + g, q / 2 * 4 + t)));
				af[q / 2 * 4 + q % 2] = v[0], af[q / 2 * 4 + 2 + q % 2] = v[1];
			}
#pragma unroll
			for (int j = 0; j < WN / 8; j++) mma_f64(acc[i][j], af, bf[j]);
		}
	}
};

// tensor computes a BM×BN tile of a C from prepared operands of slabs slabs, with
// arows and brows lines for each product. A warp does WM×WN of it; the copies of
// STAGES-1 slabs are under way at a time.
template <class F, int BM, int BN, int WM, int WN, int STAGES, class T>
DEVICE void tensor(Stop stop, index_t m, index_t n, index_t slabs, T alpha, const unsigned char *a, index_t arows, const unsigned char *b, index_t brows, T beta, T *c,
                   index_t ldc, index_t cstep) {
	if (stopped(stop)) return;
	constexpr int THREADS = BM / WM * (BN / WN) * 32, STAGE = (BM + BN) * SLAB;
	const Place at(blockIdx.x, (m + BM - 1) / BM, (n + BN - 1) / BN);
	const index_t line = slabs * SLAB;
	unsigned char *const shared = dynamic_shared();
	const int t = threadIdx.x, warp = t / 32;
	a += (at.number * arows + (index_t)at.i * BM) * line, b += (at.number * brows + (index_t)at.j * BN) * line;
	a += t / 8 * line + t % 8 * 16, b += t / 8 * line + t % 8 * 16;

	int to = 0, from = 0; // the buffers that are filled and used next
	int more = (int)slabs;
	auto fetch = [&] {
		if (more > 0) {
			unsigned char *p = shared + to * STAGE;
#pragma unroll
			for (int r = 0; r < BM; r += THREADS / 8) cp_async(p + swizzle(r + t / 8, t % 8), a + r * line);
#pragma unroll
			for (int r = 0; r < BN; r += THREADS / 8) cp_async(p + BM * SLAB + swizzle(r + t / 8, t % 8), b + r * line);
			a += SLAB, b += SLAB;
		}
		cp_async_commit(); // an empty group behind the end keeps the count
		more--;
		if (++to == STAGES) to = 0;
	};
	WarpTile<F, WM, WN> tile;
	const int y0 = warp / (BN / WN) * WM, x0 = warp % (BN / WN) * WN;
#pragma unroll
	for (int s = 0; s < STAGES - 1; s++) fetch();
	while (more > 1 - STAGES) {
		if (more % (sizeof(T) == 8 ? 32 : 256) == 0 && stopped(stop)) {
			cp_async_wait<0>(); // nothing may arrive in shared memory that is gone
			return;
		}
		cp_async_wait<STAGES - 2>();
		__syncthreads(); // the slab is there for all, and all are done with the one before
		fetch();
		const unsigned char *p = shared + from * STAGE;
		tile.step(p + y0 * SLAB, p + (BM + x0) * SLAB);
		if (++from == STAGES) from = 0;
	}

	// The place is found again: what it takes to hold it would be missed above.
	const Place end(afresh((int)blockIdx.x), (m + BM - 1) / BM, (n + BN - 1) / BN);
	c = operand(c, cstep, end.number);
	const bool pairs = ((index_t)c | ldc * (index_t)sizeof(T)) % (2 * sizeof(T)) == 0;
	const index_t row = (index_t)end.i * BM + y0 + t % 32 / 4, col = (index_t)end.j * BN + x0 + t % 4 * 2;
#pragma unroll
	for (int i = 0; i < WM / 16; i++)
#pragma unroll
		for (int h = 0; h < 2; h++) {
			const index_t y = row + i * 16 + h * 8;
			if (y >= m) continue;
#pragma unroll
			for (int j = 0; j < WN / 8; j++)
				store_pair<T>(c + y * ldc + col + j * 8, tile.acc[i][j][2 * h], tile.acc[i][j][2 * h + 1], alpha, beta, n - col - j * 8, pairs);
		}
}

#define TENSOR(F, name, T, BM, BN, WM, WN, STAGES)                                                                                                \
	KERNEL((BM / WM) * (BN / WN) * 32, gemm_##name##_##BM##x##BN, index_t m, index_t n, index_t slabs, T alpha, const unsigned char *a, index_t arows, \
	       const unsigned char *b, index_t brows, T beta, T *c, index_t ldc, index_t cstep) {                                                       \
		tensor<F, BM, BN, WM, WN, STAGES>(stop, m, n, slabs, alpha, a, arows, b, brows, beta, c, ldc, cstep);                                          \
	}
TENSOR(TF32, tf32, float, 128, 128, 64, 64, 3)
TENSOR(TF32, tf32, float, 64, 64, 32, 32, 3)
TENSOR(BF16, bf16, float, 128, 128, 64, 64, 3)
TENSOR(BF16, bf16, float, 64, 64, 32, 32, 3)
TENSOR(F16, f16, float, 128, 128, 64, 64, 3)
TENSOR(F16, f16, float, 64, 64, 32, 32, 3)
TENSOR(F64, tensor, double, 128, 128, 64, 32, 3)
TENSOR(F64, tensor, double, 64, 64, 32, 32, 3)
