// Reductions. A vector is cut into chunks, a chunk into rows of virtual lanes;
// each lane is one chain in increasing order that starts from +0, and the lanes
// are joined by halving (fallback/reduce.go is the specification). The results
// of the chunks are joined by a tree (cpu/reduce.go, pairwise): level by level,
// neighbours are added and a last one without neighbour goes up as it is.
#include "common.h"

#define REDUCE_THREADS 128 // four chunks in a block

// The rows whose loads are under way at a time: 32 loads for each thread of one
// vector, which is 4 to 8 KiB for each chunk.
#define REDUCE_LOADS 32
template <class T> constexpr int ROWS = REDUCE_LOADS / Def<T>::PER;

// lanes reduces n elements, at most a chunk, by f over the lanes, on one warp.
// Its lane 0 gets the result.
template <class T, class F> DEVICE T lanes(const F &f, int n) {
	constexpr int L = Def<T>::LANES, PER = Def<T>::PER, R = ROWS<T>;
	const int t = threadIdx.x & 31, rows = n / L;
	T acc[PER] = {};
	int r = 0;
	for (; r + R <= rows; r += R) {
		typename F::Item v[R][PER];
#pragma unroll
		for (int i = 0; i < R; i++)
#pragma unroll
			for (int p = 0; p < PER; p++) v[i][p] = f.load((r + i) * L + p * 32 + t);
#pragma unroll
		for (int i = 0; i < R; i++)
#pragma unroll
			for (int p = 0; p < PER; p++) acc[p] = f.step(acc[p], v[i][p]);
	}
	for (; r <= rows; r++)
#pragma unroll
		for (int p = 0; p < PER; p++) {
			const int i = r * L + p * 32 + t;
			if (i < n) acc[p] = f.step(acc[p], f.load(i));
		}
	T s = acc[0];
	if (PER == 2) s = acc[0] + acc[PER - 1];
#pragma unroll
	for (int h = 16; h >= 1; h /= 2) s = s + shuffle_down(s, h);
	return s;
}

// What one element of a reduction is, and how a lane takes it in.
template <class T> struct One {
	typedef T Item;
	const T *x;
	DEVICE_METHOD T load(int i) const { return x[i]; }
};
template <class T> struct Sum : One<T> {
	DEVICE_METHOD T step(T acc, T v) const { return acc + v; }
};
template <class T> struct Asum : One<T> {
	DEVICE_METHOD T step(T acc, T v) const { return acc + magnitude(v); }
};
template <class T> struct SumSq : One<T> {
	DEVICE_METHOD T step(T acc, T v) const { return fused(v, v, acc); }
};
template <class T> struct SumSqScaled : One<T> {
	T scale;
	DEVICE_METHOD T step(T acc, T v) const {
		const T s = scale * v;
		return fused(s, s, acc);
	}
};
template <class T> struct SqDev : One<T> {
	T mean;
	DEVICE_METHOD T step(T acc, T v) const {
		const T d = v - mean;
		return fused(d, d, acc);
	}
};
template <class T> struct Pair { T x, y; };
template <class T> struct Dot {
	typedef Pair<T> Item;
	const T *x, *y;
	DEVICE_METHOD Pair<T> load(int i) const { return {x[i], y[i]}; }
	DEVICE_METHOD T step(T acc, Pair<T> v) const { return fused(v.x, v.y, acc); }
};

// Where the chunk of this warp starts, how long it is, and its number; a warp
// behind the last has nothing to do.
template <class T> struct Chunk {
	index_t number, start;
	int n;
	DEVICE_METHOD explicit Chunk(index_t total) {
		number = (index_t)blockIdx.x * (REDUCE_THREADS / 32) + threadIdx.x / 32;
		start = number * Def<T>::CHUNK;
		const index_t left = total - start;
		n = left < Def<T>::CHUNK ? (left < 0 ? 0 : (int)left) : Def<T>::CHUNK;
	}
	DEVICE_METHOD bool empty() const { return n == 0; }
	DEVICE_METHOD bool first() const { return (threadIdx.x & 31) == 0; } // the thread that holds the result
};

// chunks sets part[c] to the reduction of chunk c of n elements.
template <class T, class F> DEVICE void chunks(Stop stop, F f, index_t n, T *part) {
	if (stopped(stop)) return;
	const Chunk<T> c(n);
	if (c.empty()) return;
	f.x += c.start;
	const T s = lanes<T>(f, c.n);
	if (c.first()) part[c.number] = s;
}
template <class T> DEVICE void chunks_dot(Stop stop, const T *x, const T *y, index_t n, T *part) {
	if (stopped(stop)) return;
	const Chunk<T> c(n);
	if (c.empty()) return;
	const T s = lanes<T>(Dot<T>{x + c.start, y + c.start}, c.n);
	if (c.first()) part[c.number] = s;
}

KERNEL(REDUCE_THREADS, sum_f32, const float *x, index_t n, float *part) { chunks(stop, Sum<float>{{x}}, n, part); }
KERNEL(REDUCE_THREADS, sum_f64, const double *x, index_t n, double *part) { chunks(stop, Sum<double>{{x}}, n, part); }
KERNEL(REDUCE_THREADS, asum_f32, const float *x, index_t n, float *part) { chunks(stop, Asum<float>{{x}}, n, part); }
KERNEL(REDUCE_THREADS, asum_f64, const double *x, index_t n, double *part) { chunks(stop, Asum<double>{{x}}, n, part); }
KERNEL(REDUCE_THREADS, sumsq_f32, const float *x, index_t n, float *part) { chunks(stop, SumSq<float>{{x}}, n, part); }
KERNEL(REDUCE_THREADS, sumsq_f64, const double *x, index_t n, double *part) { chunks(stop, SumSq<double>{{x}}, n, part); }
KERNEL(REDUCE_THREADS, dot_f32, const float *x, const float *y, index_t n, float *part) { chunks_dot(stop, x, y, n, part); }
KERNEL(REDUCE_THREADS, dot_f64, const double *x, const double *y, index_t n, double *part) { chunks_dot(stop, x, y, n, part); }

// The tree over m results of chunks, by one block. join(i, j) takes result j
// into result i.
#define JOIN_THREADS 512
template <class J> DEVICE void tree(index_t m, const J &join) {
	for (index_t s = 1; s < m; s *= 2) {
		for (index_t i = 2 * s * threadIdx.x; i + s < m; i += 2 * s * JOIN_THREADS) join(i, i + s);
		__syncthreads();
	}
}

template <class T> struct JoinSum {
	T *part;
	DEVICE_METHOD void operator()(index_t i, index_t j) const { part[i] = part[i] + part[j]; }
};

// join leaves the sum of m parts in part[0].
KERNEL(JOIN_THREADS, join_f32, float *part, index_t m) { if (!stopped(stop)) tree(m, JoinSum<float>{part}); }
KERNEL(JOIN_THREADS, join_f64, double *part, index_t m) { if (!stopped(stop)) tree(m, JoinSum<double>{part}); }

// Nrm2 takes its sum of squares s as it is unless that left the range in which
// it is accurate; the next two kernels do nothing then. cpu/reduce.go has the
// reasons and the numbers.
DEVICE bool accurate(float s) { return s != s || (s >= 0x1p-80f && s <= 0x1.fffffep127f); }
DEVICE bool accurate(double s) { return s != s || (s >= 0x1p-960 && s <= 0x1.fffffffffffffp1023); }

// scale returns the power of two that brings m to [1, 2), or as near as a power
// of two that the type has comes: 2 to the power 127 - E or 1023 - E, where E is
// the exponent field of m.
DEVICE float scale(float m) {
	const unsigned e = __builtin_bit_cast(unsigned, m) >> 23;
	return __builtin_bit_cast(float, e >= 254 ? 1u << 22 : (254 - e) << 23);
}
DEVICE double scale(double m) {
	const unsigned long long e = __builtin_bit_cast(unsigned long long, m) >> 52;
	return __builtin_bit_cast(double, e >= 2046 ? 1ull << 51 : (2046 - e) << 52);
}

// warp_largest gives all of the warp the largest of its 32 values.
template <class T> DEVICE T warp_largest(T m) {
#pragma unroll
	for (int h = 16; h >= 1; h /= 2) {
		const T o = shuffle_down(m, h);
		if (o > m) m = o;
	}
	return broadcast(m);
}

// scan gives take the elements of x that are this thread's, with their places:
// many loads are under way at a time.
template <class T, class F> DEVICE void scan(const T *x, int n, const F &take) {
	int i = threadIdx.x & 31;
	for (; i + 32 * (REDUCE_LOADS - 1) < n; i += 32 * REDUCE_LOADS) {
		T v[REDUCE_LOADS];
#pragma unroll
		for (int u = 0; u < REDUCE_LOADS; u++) v[u] = x[i + 32 * u];
#pragma unroll
		for (int u = 0; u < REDUCE_LOADS; u++) take(v[u], i + 32 * u);
	}
	for (; i < n; i += 32) take(x[i], i);
}

// largest sets part[c] to the largest magnitude in chunk c.
template <class T> DEVICE void largest(Stop stop, const T *x, index_t n, const T *s, T *part) {
	if (stopped(stop)) return;
	const Chunk<T> c(n);
	if (c.empty() || accurate(*s)) return;
	T m = 0;
	scan(x + c.start, c.n, [&](T v, int) {
		v = magnitude(v);
		if (v > m) m = v;
	});
	m = warp_largest(m);
	if (c.first()) part[c.number] = m;
}
KERNEL(REDUCE_THREADS, largest_f32, const float *x, index_t n, const float *s, float *part) { largest(stop, x, n, s, part); }
KERNEL(REDUCE_THREADS, largest_f64, const double *x, index_t n, const double *s, double *part) { largest(stop, x, n, s, part); }

// sumsq_scaled sets all[0] to the largest of large, which has one for each
// chunk, and part[c] to the sum of the squares of chunk c scaled by it.
template <class T> DEVICE void sumsq_scaled(Stop stop, const T *x, index_t n, const T *s, const T *large, T *all, T *part) {
	if (stopped(stop)) return;
	const Chunk<T> c(n);
	if (c.empty() || accurate(*s)) return;
	const index_t count = (n + Def<T>::CHUNK - 1) / Def<T>::CHUNK;
	T m = 0;
	for (index_t i = threadIdx.x & 31; i < count; i += 32)
		if (large[i] > m) m = large[i];
	m = warp_largest(m);
	const T sum = lanes<T>(SumSqScaled<T>{{x + c.start}, scale(m)}, c.n);
	if (c.first()) part[c.number] = sum;
	if (c.first() && c.number == 0) all[0] = m;
}
KERNEL(REDUCE_THREADS, sumsq_scaled_f32, const float *x, index_t n, const float *s, const float *large, float *all, float *part) { sumsq_scaled(stop, x, n, s, large, all, part); }
KERNEL(REDUCE_THREADS, sumsq_scaled_f64, const double *x, index_t n, const double *s, const double *large, double *all, double *part) { sumsq_scaled(stop, x, n, s, large, all, part); }

// moments sets mean[c] and dev[c] to the mean of chunk c and the sum of squared
// deviations from it. The second pass over the chunk finds it in a cache.
template <class T> DEVICE void moments(Stop stop, const T *x, index_t n, T *mean, T *dev) {
	if (stopped(stop)) return;
	const Chunk<T> c(n);
	if (c.empty()) return;
	const T m = broadcast(lanes<T>(Sum<T>{{x + c.start}}, c.n)) / (T)c.n;
	const T d = lanes<T>(SqDev<T>{{x + c.start}, m}, c.n);
	if (c.first()) mean[c.number] = m, dev[c.number] = d;
}
KERNEL(REDUCE_THREADS, moments_f32, const float *x, index_t n, float *mean, float *dev) { moments(stop, x, n, mean, dev); }
KERNEL(REDUCE_THREADS, moments_f64, const double *x, index_t n, double *mean, double *dev) { moments(stop, x, n, mean, dev); }

// Count, mean and sum of squared deviations of a part of a vector, in double
// for both types.
struct Moments { double n, mean, m2; };

// The moments of two parts taken together (T. Chan, G. Golub, R. LeVeque, The
// American Statistician 37(3), 1983), each operation rounded: cpu/reduce.go.
struct JoinMoments {
	Moments *part;
	DEVICE_METHOD void operator()(index_t i, index_t j) const {
		const Moments a = part[i], b = part[j];
		const double n = a.n + b.n, d = b.mean - a.mean, f = b.n / n;
		part[i] = {n, a.mean + d * f, (a.m2 + b.m2) + (d * d) * (a.n * f)};
	}
};

// variance joins the moments of the m chunks of n elements, in work, and
// leaves the sample variance in out.
template <class T> DEVICE void variance(Stop stop, const T *mean, const T *dev, index_t m, index_t n, Moments *work, T *out) {
	if (stopped(stop)) return;
	for (index_t i = threadIdx.x; i < m; i += JOIN_THREADS) {
		const index_t left = n - i * Def<T>::CHUNK;
		work[i] = {(double)(left < Def<T>::CHUNK ? left : Def<T>::CHUNK), (double)mean[i], (double)dev[i]};
	}
	__syncthreads();
	tree(m, JoinMoments{work});
	if (threadIdx.x == 0) out[0] = (T)(work[0].m2 / (work[0].n - 1));
}
KERNEL(JOIN_THREADS, variance_f32, const float *mean, const float *dev, index_t m, index_t n, Moments *work, float *out) { variance(stop, mean, dev, m, n, work, out); }
KERNEL(JOIN_THREADS, variance_f64, const double *mean, const double *dev, index_t m, index_t n, Moments *work, double *out) { variance(stop, mean, dev, m, n, work, out); }

// An element that may be the extreme: its place is negative if there is none.
// The first NaN goes before everything, then the extreme value, then the lower
// place; -0 and +0 are equal. So any order of comparisons finds the same one.
template <class T> struct Found {
	T v;
	index_t at;
};
template <class T, bool MAX> DEVICE bool better(Found<T> a, Found<T> b) {
	if (a.at < 0 || b.at < 0) return b.at < 0 && a.at >= 0;
	const bool an = a.v != a.v, bn = b.v != b.v;
	if (an || bn) return an && (!bn || a.at < b.at);
	if (a.v == b.v) return a.at < b.at;
	return MAX ? a.v > b.v : a.v < b.v;
}
DEVICE index_t shuffle_down(index_t v, int d) {
	const unsigned lo = shuffle_down((int)v, d), hi = shuffle_down((int)(v >> 32), d);
	return (index_t)((unsigned long long)hi << 32 | lo);
}

// warp_best gives lane 0 of the warp the best of all 32.
template <class T, bool MAX> DEVICE Found<T> warp_best(Found<T> f) {
#pragma unroll
	for (int h = 16; h >= 1; h /= 2) {
		const Found<T> g = {shuffle_down(f.v, h), shuffle_down(f.at, h)};
		if (better<T, MAX>(g, f)) f = g;
	}
	return f;
}

// extremes finds the best element of each chunk.
template <class T, bool MAX> DEVICE void extremes(Stop stop, const T *x, index_t n, T *value, index_t *at) {
	if (stopped(stop)) return;
	const Chunk<T> c(n);
	if (c.empty()) return;
	Found<T> f = {0, -1};
	scan(x + c.start, c.n, [&](T v, int i) {
		const Found<T> g = {v, c.start + i};
		if (better<T, MAX>(g, f)) f = g;
	});
	f = warp_best<T, MAX>(f);
	if (c.first()) value[c.number] = f.v, at[c.number] = f.at;
}

// best leaves the best of m elements found in value[0] and at[0].
template <class T, bool MAX> DEVICE void best(Stop stop, T *value, index_t *at, index_t m) {
	if (stopped(stop)) return;
	__shared__ T values[JOIN_THREADS / 32];
	__shared__ index_t places[JOIN_THREADS / 32];
	const int t = threadIdx.x, lane = t & 31, warp = t / 32;
	Found<T> f = {0, -1};
	for (index_t i = t; i < m; i += JOIN_THREADS) {
		const Found<T> g = {value[i], at[i]};
		if (better<T, MAX>(g, f)) f = g;
	}
	f = warp_best<T, MAX>(f);
	if (lane == 0) values[warp] = f.v, places[warp] = f.at;
	__syncthreads();
	if (warp == 0) {
		f = {0, -1};
		if (lane < JOIN_THREADS / 32) f = {values[lane], places[lane]};
		f = warp_best<T, MAX>(f);
		if (lane == 0) value[0] = f.v, at[0] = f.at;
	}
}

KERNEL(REDUCE_THREADS, max_f32, const float *x, index_t n, float *value, index_t *at) { extremes<float, true>(stop, x, n, value, at); }
KERNEL(REDUCE_THREADS, max_f64, const double *x, index_t n, double *value, index_t *at) { extremes<double, true>(stop, x, n, value, at); }
KERNEL(REDUCE_THREADS, min_f32, const float *x, index_t n, float *value, index_t *at) { extremes<float, false>(stop, x, n, value, at); }
KERNEL(REDUCE_THREADS, min_f64, const double *x, index_t n, double *value, index_t *at) { extremes<double, false>(stop, x, n, value, at); }
KERNEL(JOIN_THREADS, join_max_f32, float *value, index_t *at, index_t m) { best<float, true>(stop, value, at, m); }
KERNEL(JOIN_THREADS, join_max_f64, double *value, index_t *at, index_t m) { best<double, true>(stop, value, at, m); }
KERNEL(JOIN_THREADS, join_min_f32, float *value, index_t *at, index_t m) { best<float, false>(stop, value, at, m); }
KERNEL(JOIN_THREADS, join_min_f64, double *value, index_t *at, index_t m) { best<double, false>(stop, value, at, m); }
