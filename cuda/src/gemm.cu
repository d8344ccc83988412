// The exact product: each element of C is one chain of fused multiply-adds in
// increasing k, from beta*c or zero, with alpha multiplied into A first. No
// split of k, no tensor cores: the bits are those of every other backend.
#include "common.h"

// Slab loads BX lines of BK steps of an operand from global to shared memory:
// element (x, k) of the operand is p[x*xs + k*ks], and line x of step k goes to
// dst[k][x]. Whichever stride is one, neighbouring threads read neighbouring
// elements. The elements stay in registers between fetch and put, while the
// block computes with the slab before.
template <class T, int BX, int BK, int THREADS> struct Slab {
	static constexpr int EACH = BX * BK / THREADS, LD = BX + Pack<T>::N; // the rows of dst spread over the banks
	static_assert(THREADS % BX == 0 && THREADS % BK == 0 && BX * BK % THREADS == 0, "shape");
	const T *src; // of this thread's first element
	index_t step, advance;
	bool along; // its elements follow each other across the lines, not the steps
	int lines;  // that lie in the operand, from its first on
	int first;  // its first step
	int to;     // where in dst it begins
	T v[EACH];

	DEVICE_METHOD Slab(const T *p, index_t xs, index_t ks, index_t x0, index_t total) {
		const int t = threadIdx.x;
		along = ks == 1;
		const int x = along ? t / BK : t % BX;
		first = along ? t % BK : t / BX;
		src = p + (x0 + x) * xs + first * ks;
		step = along ? THREADS / BK * xs : THREADS / BX * ks;
		// From the last element of a slab to the first of the next.
		advance = BK * ks - EACH * step;
		lines = (int)(total - x0 < BX ? total - x0 : BX) - x;
		to = first * LD + x;
	}
	// in reports whether element e lies in the operand, of which left steps are
	// left.
	DEVICE_METHOD bool in(int e, int left) const {
		return along ? lines > e * (THREADS / BK) && first < left : lines > 0 && first + e * (THREADS / BX) < left;
	}
	// fetch reads the next slab. Lines and steps behind the end read as pad.
	DEVICE_METHOD void fetch(index_t left, T pad) {
		if (left >= BK && in(EACH - 1, BK)) {
#pragma unroll
			for (int e = 0; e < EACH; e++, src += step) v[e] = *src;
		} else {
			const int n = left < BK ? (int)left : BK;
#pragma unroll
			for (int e = 0; e < EACH; e++, src += step) v[e] = in(e, n) ? *src : pad;
		}
		src += advance;
	}
	// put stores what fetch read.
	DEVICE_METHOD void put(T (*dst)[LD]) const {
		T *q = dst[0] + to;
		const int apart = along ? THREADS / BK : THREADS / BX * LD;
#pragma unroll
		for (int e = 0; e < EACH; e++, q += apart) *q = v[e];
	}
	// scale multiplies it by alpha, but for the steps behind the end.
	DEVICE_METHOD void scale(index_t left, T alpha) {
		const int n = left < BK ? (int)left : BK;
#pragma unroll
		for (int e = 0; e < EACH; e++)
			if (along ? first < n : first + e * (THREADS / BX) < n) v[e] = alpha * v[e];
	}
};

// operand returns the matrix of product number i in a batch: step elements from
// one to the next, or, if step is negative, p is a list of addresses.
template <class P> DEVICE P *operand(P *p, index_t step, index_t i) { return step < 0 ? ((P *const *)p)[i] : p + i * step; }

// gemm computes a BM×BN tile of a C in slabs of BK steps; a thread does TM×TN
// elements, in groups as wide as a load of 16 bytes from shared memory. A warp
// is four threads high and eight wide, so that its loads of A and of B are of
// few different addresses each.
//
// A last slab that is not full is padded: A with -0 and B with +0. Their
// product is -0, the one number that changes no sum, not even one of -0.
template <class T, int BM, int BN, int BK, int TM, int TN>
DEVICE void gemm(Stop stop, index_t m, index_t n, index_t K, T alpha, const T *a, index_t ars, index_t acs, index_t astep, const T *b, index_t brs, index_t bcs,
                 index_t bstep, T beta, T *c, index_t ldc, index_t cstep) {
	if (stopped(stop)) return;
	constexpr int V = Pack<T>::N, LX = 8, LY = 4, WM = LY * TM, WN = LX * TN, ACROSS = BN / WN, THREADS = BM / WM * ACROSS * 32;
	typedef typename Pack<T>::Vec Vec;
	typedef Slab<T, BM, BK, THREADS> SlabA;
	typedef Slab<T, BN, BK, THREADS> SlabB;
	__shared__ __align__(16) T as[2][BK][SlabA::LD];
	__shared__ __align__(16) T bs[2][BK][SlabB::LD];
	const index_t across = (n + BN - 1) / BN, tiles = (m + BM - 1) / BM * across;
	const index_t number = blockIdx.x / tiles, tile = blockIdx.x % tiles;
	int ti = (int)(tile / across), tj = (int)(tile % across);
	const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;
	const int y0 = warp / ACROSS * WM + lane / LX * V, x0 = warp % ACROSS * WN + lane % LX * V;
	c = operand(c, cstep, number);

	SlabA sa(operand(a, astep, number), ars, acs, (index_t)ti * BM, m);
	SlabB sb(operand(b, bstep, number), bcs, brs, (index_t)tj * BN, n);
	sa.fetch(K, (T)-0.0);
	sb.fetch(K, (T)0);
	sa.scale(K, alpha);
	sa.put(as[0]);
	sb.put(bs[0]);

	// Row r of this thread's elements of C, and the first column of group g.
	auto row = [&](int r) { return (index_t)ti * BM + y0 + r / V * (LY * V) + r % V; };
	auto col = [&](int g) { return (index_t)tj * BN + x0 + g * (LX * V); };
	const bool wide = ((index_t)c | ldc * (index_t)sizeof(T)) % 16 == 0;
	T acc[TM][TN];
#pragma unroll
	for (int r = 0; r < TM; r++)
#pragma unroll
		for (int g = 0; g < TN / V; g++) {
			const T *p = c + row(r) * ldc + col(g);
			Vec v = {};
			if (beta != 0 && row(r) < m) {
				if (wide && col(g) + V <= n) v = pack(p);
				else
#pragma unroll
					for (int s = 0; s < V; s++) v[s] = col(g) + s < n ? p[s] : (T)0;
			}
#pragma unroll
			for (int s = 0; s < V; s++) acc[r][g * V + s] = beta != 0 ? beta * v[s] : (T)0;
		}
	__syncthreads();

	int buf = 0;
	for (index_t left = K;; buf ^= 1) {
		left -= BK;
		const bool more = left > 0;
		if (more && left % (64 * BK) < BK && stopped(stop)) return;
		if (more) {
			sa.fetch(left, (T)-0.0);
			sb.fetch(left, (T)0);
		}
#pragma unroll
		for (int kk = 0; kk < BK; kk++) {
			Vec av[TM / V], bv[TN / V];
#pragma unroll
			for (int g = 0; g < TM / V; g++) av[g] = pack(&as[buf][kk][y0 + g * (LY * V)]);
#pragma unroll
			for (int g = 0; g < TN / V; g++) bv[g] = pack(&bs[buf][kk][x0 + g * (LX * V)]);
#pragma unroll
			for (int r = 0; r < TM; r++)
#pragma unroll
				for (int s = 0; s < TN; s++) acc[r][s] = fused(av[r / V][r % V], bv[s / V][s % V], acc[r][s]);
		}
		if (!more) break;
		sa.scale(left, alpha);
		sa.put(as[buf ^ 1]); // last read before the last barrier
		sb.put(bs[buf ^ 1]);
		__syncthreads();
	}
	ti = afresh(ti), tj = afresh(tj); // addresses kept during the loop would take many registers
#pragma unroll
	for (int r = 0; r < TM; r++)
#pragma unroll
		for (int g = 0; g < TN / V; g++) {
			if (row(r) >= m) continue;
			T *p = c + row(r) * ldc + col(g);
			Vec v;
#pragma unroll
			for (int s = 0; s < V; s++) v[s] = acc[r][g * V + s];
			if (wide && col(g) + V <= n) *(Vec *)p = v;
			else
#pragma unroll
				for (int s = 0; s < V; s++)
					if (col(g) + s < n) p[s] = v[s];
		}
}

#define GEMM(T, suffix, BM, BN, BK, TM, TN, BLOCKS) \
	KERNEL_MANY((BM / TM) * (BN / TN), BLOCKS, gemm_##BM##x##BN##_##suffix, index_t m, index_t n, index_t k, T alpha, const T *a, index_t ars,   \
	       index_t acs, index_t astep, const T *b, index_t brs, index_t bcs, index_t bstep, T beta, T *c, index_t ldc, index_t cstep) { \
		gemm<T, BM, BN, BK, TM, TN>(stop, m, n, k, alpha, a, ars, acs, astep, b, brs, bcs, bstep, beta, c, ldc, cstep);                  \
	}
GEMM(float, f32, 128, 128, 8, 16, 8, 2)
GEMM(float, f32, 64, 64, 16, 8, 4, 4)
GEMM(float, f32, 32, 32, 8, 4, 4, 10)
GEMM(double, f64, 128, 64, 8, 8, 8, 2)
GEMM(double, f64, 64, 64, 8, 4, 8, 2)
GEMM(double, f64, 32, 32, 8, 4, 4, 6)
