// The exact product: each element of C is one chain of fused multiply-adds in
// increasing k, from beta*c or zero, with alpha multiplied into A first. No
// split of k, no tensor cores: the bits are those of every other backend.
#include "common.h"

// Slab loads BX lines of BK steps of an operand from global to shared memory:
// element (x, k) of the operand is src[x*xs + k*ks], and line x of step k goes
// to dst[k][x]. Whichever stride is one, neighbouring threads read neighbouring
// elements. The elements stay in registers between fetch and put, while the
// block computes with the slab before.
template <class T, int BX, int BK, int THREADS> struct Slab {
	static constexpr int EACH = BX * BK / THREADS, LD = BX + Pack<T>::N; // the rows of dst spread over the banks
	static_assert(THREADS % BX == 0 && THREADS % BK == 0 && BX * BK % THREADS == 0, "shape");
	const T *src; // of this thread's first element
	index_t step, advance, lines, depth; // lines and steps left from there
	int x, k, dx, dk;
	T v[EACH];

	DEVICE_METHOD Slab(const T *p, index_t xs, index_t ks, index_t x0, index_t total, index_t K) {
		const int t = threadIdx.x;
		if (ks == 1) x = t / BK, k = t % BK, dx = THREADS / BK, dk = 0;
		else x = t % BX, k = t / BX, dx = 0, dk = THREADS / BX;
		src = p + (x0 + x) * xs + k * ks;
		step = dx * xs + dk * ks, advance = BK * ks;
		lines = total - x0 - x, depth = K - k;
	}
	// fetch reads the next slab. Lines and steps behind the end read as pad.
	DEVICE_METHOD void fetch(T pad) {
		const T *q = src;
		if (lines > (EACH - 1) * dx && depth > (EACH - 1) * dk) {
#pragma unroll
			for (int e = 0; e < EACH; e++, q += step) v[e] = *q;
		} else {
#pragma unroll
			for (int e = 0; e < EACH; e++, q += step) v[e] = lines > e * dx && depth > e * dk ? *q : pad;
		}
		src += advance;
	}
	// put stores what fetch read.
	DEVICE_METHOD void put(T (*dst)[LD]) {
#pragma unroll
		for (int e = 0; e < EACH; e++) dst[k + e * dk][x + e * dx] = v[e];
		depth -= BK;
	}
	// put_scaled stores it times alpha, but for the steps behind the end.
	DEVICE_METHOD void put_scaled(T (*dst)[LD], T alpha) {
#pragma unroll
		for (int e = 0; e < EACH; e++) dst[k + e * dk][x + e * dx] = depth > e * dk ? alpha * v[e] : v[e];
		depth -= BK;
	}
};

// gemm computes a BM×BN tile of C in slabs of BK steps; a thread does TM×TN
// elements, in groups as wide as a load of 16 bytes from shared memory.
//
// A last slab that is not full is padded: A with -0 and B with +0. Their
// product is -0, the one number that changes no sum, not even one of -0.
template <class T, int BM, int BN, int BK, int TM, int TN>
DEVICE void gemm(index_t m, index_t n, index_t K, T alpha, const T *a, index_t ars, index_t acs, const T *b, index_t brs, index_t bcs, T beta, T *c, index_t ldc) {
	constexpr int V = Pack<T>::N, TX = BN / TN, TY = BM / TM, THREADS = TX * TY;
	typedef typename Pack<T>::Vec Vec;
	typedef Slab<T, BM, BK, THREADS> SlabA;
	typedef Slab<T, BN, BK, THREADS> SlabB;
	__shared__ __align__(16) T as[2][BK][SlabA::LD];
	__shared__ __align__(16) T bs[2][BK][SlabB::LD];
	const index_t across = (n + BN - 1) / BN;
	const index_t i0 = blockIdx.x / across * BM, j0 = blockIdx.x % across * BN;
	const int tx = threadIdx.x % TX, ty = threadIdx.x / TX;

	SlabA sa(a, ars, acs, i0, m, K);
	SlabB sb(b, bcs, brs, j0, n, K);
	sa.fetch((T)-0.0);
	sb.fetch((T)0);
	sa.put_scaled(as[0], alpha);
	sb.put(bs[0]);

	// Row r and column s of this thread's elements of C.
	auto row = [&](int r) { return i0 + r / V * (TY * V) + ty * V + r % V; };
	auto col = [&](int s) { return j0 + s / V * (TX * V) + tx * V + s % V; };
	T acc[TM][TN];
#pragma unroll
	for (int r = 0; r < TM; r++)
#pragma unroll
		for (int s = 0; s < TN; s++)
			acc[r][s] = beta != 0 && row(r) < m && col(s) < n ? beta * c[row(r) * ldc + col(s)] : (T)0;
	__syncthreads();

	int buf = 0;
	for (index_t k = 0; k < K; k += BK, buf ^= 1) {
		const bool more = k + BK < K;
		if (more) {
			sa.fetch((T)-0.0);
			sb.fetch((T)0);
		}
#pragma unroll
		for (int kk = 0; kk < BK; kk++) {
			Vec av[TM / V], bv[TN / V];
#pragma unroll
			for (int g = 0; g < TM / V; g++) av[g] = pack(&as[buf][kk][g * (TY * V) + ty * V]);
#pragma unroll
			for (int g = 0; g < TN / V; g++) bv[g] = pack(&bs[buf][kk][g * (TX * V) + tx * V]);
#pragma unroll
			for (int r = 0; r < TM; r++)
#pragma unroll
				for (int s = 0; s < TN; s++) acc[r][s] = fused(av[r / V][r % V], bv[s / V][s % V], acc[r][s]);
		}
		if (more) { // the other buffer was last read before the last barrier
			sa.put_scaled(as[buf ^ 1], alpha);
			sb.put(bs[buf ^ 1]);
			__syncthreads();
		}
	}
#pragma unroll
	for (int r = 0; r < TM; r++)
#pragma unroll
		for (int s = 0; s < TN; s++)
			if (row(r) < m && col(s) < n) c[row(r) * ldc + col(s)] = acc[r][s];
}

#define GEMM(T, suffix, BM, BN, BK, TM, TN)                                                                                                     \
	KERNEL((BM / TM) * (BN / TN), gemm_##BM##x##BN##_##suffix, index_t m, index_t n, index_t k, T alpha, const T *a, index_t ars, index_t acs, \
	       const T *b, index_t brs, index_t bcs, T beta, T *c, index_t ldc) {                                                                  \
		gemm<T, BM, BN, BK, TM, TN>(m, n, k, alpha, a, ars, acs, b, brs, bcs, beta, c, ldc);                                                \
	}
GEMM(float, f32, 128, 128, 16, 8, 8)
GEMM(float, f32, 32, 32, 8, 4, 4)
GEMM(double, f64, 64, 64, 16, 4, 8)
GEMM(double, f64, 32, 32, 8, 4, 4)
