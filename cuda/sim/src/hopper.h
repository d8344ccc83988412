// hopper.h: the host bodies of what only devices of compute capability 9.0 have.
// Each is our reading of the PTX ISA, and awaits its comparison on a device
// (cuda/gpucheck).
#pragma once

typedef sim::TensorMap TensorMap;
#define PARAMETER(kernel, index, name) (&name)

static inline void mbarrier_init(unsigned long long *b, unsigned count) { sim::mbarrier_init((uint64_t *)b, count); }
static inline void mbarrier_fence() {}
static inline void mbarrier_arrive(unsigned long long *b) { sim::mbarrier_arrive((uint64_t *)b); }
static inline void mbarrier_expect(unsigned long long *b, unsigned bytes) { sim::mbarrier_expect((uint64_t *)b, bytes); }
static inline void mbarrier_wait(unsigned long long *b, unsigned parity) { sim::mbarrier_wait((uint64_t *)b, parity); }
static inline void copy_tile(void *to, const TensorMap *map, int word, int row, unsigned long long *b) {
	sim::copy_tile(to, map, word, row, (uint64_t *)b);
}

namespace sim {
// lines reads n lines of 32 bytes as a descriptor names them: by groups of eight,
// swizzled where the address says.
template <class As, int N> void lines(uint64_t d, float (&out)[N][As::K]) {
	if (d >> 62 != 1) trap("wgmma: a descriptor of another layout than rows of 128 bytes, swizzled");
	const unsigned start = (d & 0x3fff) << 4, apart = (d >> 32 & 0x3fff) << 4;
	for (int i = 0; i < N; i++) {
		unsigned char row[32];
		for (int half = 0; half < 2; half++) {
			const unsigned a = start + i / 8 * apart + i % 8 * 128 + half * 16;
			memcpy(row + half * 16, at_shared_address(a ^ (a >> 7 & 7) << 4), 16);
		}
		for (int k = 0; k < As::K; k++) out[i][k] = As::get(row, k);
	}
}

// wgmma does a product of a warpgroup. Thread t has rows t/4%8 and eight more of
// the sixteen of its warp, and of each eight columns two.
template <class As> void wgmma(const Product &p) {
	static thread_local float a[64][As::K], bt[256][As::K], b[As::K][256], c[64][256];
	lines<As>(p.a, a), lines<As>(p.b, bt);
	for (int k = 0; k < As::K; k++)
		for (int j = 0; j < 256; j++) b[k][j] = bt[j][k];
	auto place = [&](int t, int i) -> float & { return c[t / 32 * 16 + t % 32 / 4 + i / 2 % 2 * 8][i / 4 * 8 + t % 4 * 2 + i % 2]; };
	for (int t = 0; t < 128; t++)
		for (int i = 0; i < 128; i++) place(t, i) = p.acc[t][i];
	multiply(c, a, b);
	for (int t = 0; t < 128; t++)
		for (int i = 0; i < 128; i++) p.acc[t][i] = place(t, i);
}

struct Wgmma {
	uint64_t a, b;
	float *acc;
};
template <class As> void issue(const void *const *in, void *const *) {
	Product p = {wgmma<As>, ((const Wgmma *)in[0])->a, ((const Wgmma *)in[0])->b, {}};
	for (int t = 0; t < 128; t++) {
		const Wgmma &w = *(const Wgmma *)in[t];
		if (w.a != p.a || w.b != p.b) return fail("wgmma: the threads of a warpgroup have other descriptors");
		p.acc[t] = w.acc;
	}
	Products &q = products();
	if (!q.fenced) return fail("wgmma without a fence");
	q.under_way.push_back(p);
}
template <unsigned N> void finish(const void *const *, void *const *) {
	Products &q = products();
	q.fenced = false;
	if (q.groups.size() <= N) return;
	const size_t done = q.groups.size() - N, n = q.groups[done - 1];
	for (size_t i = 0; i < n; i++) q.under_way[i].op(q.under_way[i]);
	q.under_way.erase(q.under_way.begin(), q.under_way.begin() + n);
	q.groups.erase(q.groups.begin(), q.groups.begin() + done);
	for (size_t &g : q.groups) g -= n;
}
} // namespace sim

#define WGMMA_HOST(name, As)                                                                \
	static inline void name(float (&d)[128], unsigned long long a, unsigned long long b) { \
		const sim::Wgmma w = {a, b, d};                                                      \
		sim::meet(128, sim::issue<sim::As>, &w, nullptr);                                    \
	}
WGMMA_HOST(wgmma_tf32, AsTF32)
WGMMA_HOST(wgmma_bf16, AsBF16)
WGMMA_HOST(wgmma_f16, AsF16)

static inline void wgmma_fence() {
	sim::meet(128, [](const void *const *, void *const *) { sim::products().fenced = true; }, nullptr, nullptr);
}
static inline void wgmma_commit() {
	sim::meet(128, [](const void *const *, void *const *) {
		sim::Products &q = sim::products();
		q.groups.push_back(q.under_way.size());
	}, nullptr, nullptr);
}
template <int N> static inline void wgmma_wait(float (&)[128]) { sim::meet(128, sim::finish<N>, nullptr, nullptr); }

template <int N> static inline void fewer_registers() {
	static_assert(N >= 24 && N <= 256 && N % 8 == 0, "setmaxnreg");
	sim::meet(128, [](const void *const *, void *const *) {}, nullptr, nullptr);
}
template <int N> static inline void more_registers() { fewer_registers<N>(); }
