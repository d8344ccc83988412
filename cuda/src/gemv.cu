// Matrix-vector products and the rank-one update: cpu/gemv.go.
#include "common.h"

// start returns where a chain begins: beta*y, or zero without reading y.
template <class T> DEVICE T start(T beta, const T *y) { return beta == 0 ? (T)0 : beta * *y; }

// A row of a matrix times a vector, either with a stride.
template <class T> struct StridedDot {
	typedef Pair<T> Item;
	const T *x, *y;
	index_t incx, incy;
	DEVICE_METHOD Pair<T> load(int i) const { return {x[i * incx], y[i * incy]}; }
	DEVICE_METHOD T step(T acc, Pair<T> v) const { return fused(v.x, v.y, acc); }
};

// gemv computes y[i] = fma(alpha, Dot(A[i], x), beta*y[i]) for A of m×n with
// elements rs apart in a column and cs in a row. A warp does one chunk of one
// row. If rows have one chunk it finishes; else it leaves the chunk's sum in
// part, which gemv_join finishes.
template <class T>
DEVICE void gemv(Stop stop, index_t m, index_t n, T alpha, const T *a, index_t rs, index_t cs, const T *x, index_t incx, T beta, T *y, index_t incy, T *part) {
	if (stopped(stop)) return;
	const index_t chunks = (n + Def<T>::CHUNK - 1) / Def<T>::CHUNK;
	const index_t w = (index_t)blockIdx.x * (REDUCE_THREADS / 32) + threadIdx.x / 32;
	const index_t i = w / chunks, lo = w % chunks * Def<T>::CHUNK;
	if (i >= m) return;
	const int len = n - lo < Def<T>::CHUNK ? (int)(n - lo) : Def<T>::CHUNK;
	T s;
	if (cs == 1 && incx == 1) s = lanes<T>(Dot<T>{a + i * rs + lo, x + lo}, len);
	else s = lanes<T>(StridedDot<T>{a + i * rs + lo * cs, x + lo * incx, cs, incx}, len);
	if ((threadIdx.x & 31) != 0) return;
	if (chunks > 1) part[w] = s;
	else y[i * incy] = fused(alpha, s, start(beta, y + i * incy));
}
KERNEL(REDUCE_THREADS, gemv_f32, index_t m, index_t n, float alpha, const float *a, index_t rs, index_t cs, const float *x, index_t incx, float beta, float *y, index_t incy, float *part) {
	gemv(stop, m, n, alpha, a, rs, cs, x, incx, beta, y, incy, part);
}
KERNEL(REDUCE_THREADS, gemv_f64, index_t m, index_t n, double alpha, const double *a, index_t rs, index_t cs, const double *x, index_t incx, double beta, double *y, index_t incy, double *part) {
	gemv(stop, m, n, alpha, a, rs, cs, x, incx, beta, y, incy, part);
}

// gemv_join joins the sums of the chunks of row blockIdx.x and finishes it.
template <class T> DEVICE void gemv_join(Stop stop, index_t chunks, T alpha, T beta, T *y, index_t incy, T *part) {
	if (stopped(stop)) return;
	part += blockIdx.x * chunks;
	y += blockIdx.x * incy;
	tree(chunks, JoinSum<T>{part});
	if (threadIdx.x == 0) *y = fused(alpha, part[0], start(beta, y));
}
KERNEL(JOIN_THREADS, gemv_join_f32, index_t chunks, float alpha, float beta, float *y, index_t incy, float *part) { gemv_join(stop, chunks, alpha, beta, y, incy, part); }
KERNEL(JOIN_THREADS, gemv_join_f64, index_t chunks, double alpha, double beta, double *y, index_t incy, double *part) { gemv_join(stop, chunks, alpha, beta, y, incy, part); }

// gemv_trans computes the chain y[j] = fma(alpha*x[k], A[k][j], …) in increasing
// k, from beta*y[j], for A of m×n as stored, rows ld apart. A chain can't be
// cut, so a column has one thread; but the loads can: the eight warps of a
// block fetch a slab of 64 rows and 32 columns while the first does the chains
// of the slab before.
#define TRANS_THREADS 256
template <class T>
DEVICE void gemv_trans(Stop stop, index_t m, index_t n, T alpha, const T *a, index_t ld, const T *x, index_t incx, T beta, T *y, index_t incy) {
	if (stopped(stop)) return;
	constexpr int ROWS = 64, EACH = ROWS * 32 / TRANS_THREADS;
	__shared__ T slab[2][ROWS][32], xs[2][ROWS];
	const int lane = threadIdx.x & 31, warp = threadIdx.x / 32;
	const index_t j = (index_t)blockIdx.x * 32 + lane;
	T next[EACH], xnext = 0;
	auto fetch = [&](index_t k) {
#pragma unroll
		for (int e = 0; e < EACH; e++) {
			const index_t r = k + warp + e * (TRANS_THREADS / 32);
			next[e] = r < m && j < n ? a[r * ld + j] : (T)0;
		}
		if (threadIdx.x < ROWS && k + threadIdx.x < m) xnext = x[(k + threadIdx.x) * incx];
	};
	auto store = [&](int b) {
#pragma unroll
		for (int e = 0; e < EACH; e++) slab[b][warp + e * (TRANS_THREADS / 32)][lane] = next[e];
		if (threadIdx.x < ROWS) xs[b][threadIdx.x] = alpha * xnext;
	};
	fetch(0);
	store(0);
	__syncthreads();
	const bool chain = warp == 0 && j < n;
	T acc = chain ? start(beta, y + j * incy) : (T)0;
	int b = 0;
	for (index_t k = 0; k < m; k += ROWS, b ^= 1) {
		const bool more = k + ROWS < m;
		if (more && k % (128 * ROWS) == 0 && stopped(stop)) return;
		if (more) fetch(k + ROWS);
		if (chain) {
			const int rows = m - k < ROWS ? (int)(m - k) : ROWS;
			if (rows == ROWS) {
#pragma unroll 16
				for (int r = 0; r < ROWS; r++) acc = fused(xs[b][r], slab[b][r][lane], acc);
			} else {
				for (int r = 0; r < rows; r++) acc = fused(xs[b][r], slab[b][r][lane], acc);
			}
		}
		if (more) {
			store(b ^ 1);
			__syncthreads();
		}
	}
	if (chain) y[j * incy] = acc;
}
KERNEL(TRANS_THREADS, gemv_trans_f32, index_t m, index_t n, float alpha, const float *a, index_t ld, const float *x, index_t incx, float beta, float *y, index_t incy) {
	gemv_trans(stop, m, n, alpha, a, ld, x, incx, beta, y, incy);
}
KERNEL(TRANS_THREADS, gemv_trans_f64, index_t m, index_t n, double alpha, const double *a, index_t ld, const double *x, index_t incx, double beta, double *y, index_t incy) {
	gemv_trans(stop, m, n, alpha, a, ld, x, incx, beta, y, incy);
}

// ger computes A[i][j] = fma(alpha*x[i], y[j], A[i][j]). A block does 256
// columns of 8 rows.
#define GER_THREADS 256
#define GER_ROWS 8
template <class T> DEVICE void ger(Stop stop, index_t m, index_t n, T alpha, const T *x, const T *y, T *a, index_t ld) {
	if (stopped(stop)) return;
	const index_t across = (n + GER_THREADS - 1) / GER_THREADS;
	const index_t j = blockIdx.x % across * GER_THREADS + threadIdx.x, i0 = blockIdx.x / across * GER_ROWS;
	if (j >= n) return;
	const T v = y[j];
#pragma unroll
	for (int r = 0; r < GER_ROWS; r++)
		if (i0 + r < m) {
			T *p = a + (i0 + r) * ld + j;
			*p = fused(alpha * x[i0 + r], v, *p);
		}
}
KERNEL(GER_THREADS, ger_f32, index_t m, index_t n, float alpha, const float *x, const float *y, float *a, index_t ld) { ger(stop, m, n, alpha, x, y, a, ld); }
KERNEL(GER_THREADS, ger_f64, index_t m, index_t n, double alpha, const double *x, const double *y, double *a, index_t ld) { ger(stop, m, n, alpha, x, y, a, ld); }
