// tensor.h: the host bodies of the instructions for tensor cores and of the
// asynchronous copies. Each is our reading of the PTX ISA, and awaits its
// comparison on a device (cuda/gpucheck).
#pragma once

static inline unsigned char *dynamic_shared() { return sim::dynamic_shared(); }
static inline unsigned shared_address(const void *p) { return sim::shared_address(p); }

static inline void cp_async(void *shared, const void *global) { sim::copy(shared, global); }
static inline void cp_async_commit() { sim::copy_commit(); }
template <int N> static inline void cp_async_wait() { sim::copy_wait(N); }

static inline void load_matrices(unsigned (&d)[4], const void *row) {
	if ((uintptr_t)row % 16) sim::trap("ldmatrix: misaligned address");
	sim::meet(32, [](const void *const *in, void *const *out) {
		for (int l = 0; l < 32; l++)
			for (int i = 0; i < 4; i++) ((unsigned *)out[l])[i] = ((const unsigned *)in[i * 8 + l / 4])[l % 4];
	}, row, d);
}

// What is in 32 bytes of an operand.
namespace sim {
struct AsTF32 {
	static constexpr int K = 8;
	static float get(const unsigned char *p, int k) {
		unsigned v;
		memcpy(&v, p + 4 * k, 4);
		return from_bits<float>(v & ~0x1fffu); // the instruction does not look at the rest
	}
};
struct AsBF16 {
	static constexpr int K = 16;
	static float get(const unsigned char *p, int k) {
		unsigned short v;
		memcpy(&v, p + 2 * k, 2);
		return from_bits<float>((unsigned)v << 16);
	}
};
struct AsF16 {
	static constexpr int K = 16;
	static float get(const unsigned char *p, int k) {
		_Float16 v;
		memcpy(&v, p + 2 * k, 2);
		return (float)v;
	}
};

// c += a*b for K steps, ROWS×COLS.
template <int ROWS, int COLS, int K> void multiply(float (&c)[ROWS][COLS], const float (&a)[ROWS][K], const float (&b)[K][COLS]) {
	for (int i = 0; i < ROWS; i++)
		for (int k = 0; k < K; k++)
			for (int j = 0; j < COLS; j++) c[i][j] += a[i][k] * b[k][j];
}

// The fragments of m16n8k8 for tf32 are those of m16n8k16 for types of two
// bytes: word t of a row of 16 bytes.
struct MMA {
	float *d;
	const unsigned *a;
	unsigned b[2];
};
template <class As> void mma(const void *const *in, void *const *) {
	unsigned char ab[16][32], bb[8][32];
	float a[16][As::K], b[As::K][8], c[16][8];
	for (int l = 0; l < 32; l++) {
		const MMA &m = *(const MMA *)in[l];
		const int g = l / 4, t = l % 4;
		for (int i = 0; i < 4; i++) memcpy(&ab[g + i % 2 * 8][i / 2 * 16 + t * 4], &m.a[i], 4);
		for (int i = 0; i < 2; i++) memcpy(&bb[g][i * 16 + t * 4], &m.b[i], 4);
		for (int i = 0; i < 4; i++) c[g + i / 2 * 8][t * 2 + i % 2] = m.d[i];
	}
	for (int k = 0; k < As::K; k++) {
		for (int i = 0; i < 16; i++) a[i][k] = As::get(ab[i], k);
		for (int j = 0; j < 8; j++) b[k][j] = As::get(bb[j], k);
	}
	multiply(c, a, b);
	for (int l = 0; l < 32; l++)
		for (int i = 0; i < 4; i++) ((const MMA *)in[l])->d[i] = c[l / 4 + i / 2 * 8][l % 4 * 2 + i % 2];
}
} // namespace sim

static inline void mma_tf32(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
	const sim::MMA m = {d, a, {b0, b1}};
	sim::meet(32, sim::mma<sim::AsTF32>, &m, nullptr);
}
static inline void mma_bf16(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
	const sim::MMA m = {d, a, {b0, b1}};
	sim::meet(32, sim::mma<sim::AsBF16>, &m, nullptr);
}
static inline void mma_f16(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {
	const sim::MMA m = {d, a, {b0, b1}};
	sim::meet(32, sim::mma<sim::AsF16>, &m, nullptr);
}
static inline void mma_f64(double (&d)[4], const double (&a)[8], const double (&b)[4]) {
	struct M {
		double *d;
		const double *a, *b;
	} m = {d, a, b};
	sim::meet(32, [](const void *const *in, void *const *) {
		double a[16][16], b[16][8];
		for (int l = 0; l < 32; l++) {
			const M &m = *(const M *)in[l];
			for (int i = 0; i < 8; i++) a[l / 4 + i % 2 * 8][i / 2 * 4 + l % 4] = m.a[i];
			for (int i = 0; i < 4; i++) b[i * 4 + l % 4][l / 4] = m.b[i];
		}
		for (int l = 0; l < 32; l++)
			for (int i = 0; i < 4; i++) {
				double &s = ((const M *)in[l])->d[i];
				for (int k = 0; k < 16; k++) s = fused(a[l / 4 + i / 2 * 8][k], b[k][l % 4 * 2 + i % 2], s);
			}
	}, &m, nullptr);
}
