// Functions of vectors, element by element: fallback/vector.go.
#include "common.h"

#define VECTOR_THREADS 256
#define VECTOR_EACH 4 // elements for each thread, a block's width apart

// each calls f for the elements of this thread.
template <class F> DEVICE void each(Stop stop, index_t n, const F &f) {
	if (stopped(stop)) return;
	const index_t first = (index_t)blockIdx.x * (VECTOR_THREADS * VECTOR_EACH) + threadIdx.x;
#pragma unroll
	for (int u = 0; u < VECTOR_EACH; u++) {
		const index_t i = first + u * VECTOR_THREADS;
		if (i < n) f(i);
	}
}

template <class T> struct Axpy {
	T alpha;
	const T *x;
	T *y;
	DEVICE_METHOD void operator()(index_t i) const { y[i] = fused(alpha, x[i], y[i]); }
};
template <class T> struct Scale {
	T alpha;
	const T *x;
	T *dst;
	DEVICE_METHOD void operator()(index_t i) const { dst[i] = alpha * x[i]; }
};
template <class T> struct Fill {
	T v;
	T *dst;
	DEVICE_METHOD void operator()(index_t i) const { dst[i] = v; }
};
template <class T> struct Binary { // dst may be x or y
	T *dst;
	const T *x, *y;
};
template <class T> struct Add : Binary<T> {
	DEVICE_METHOD void operator()(index_t i) const { this->dst[i] = this->x[i] + this->y[i]; }
};
template <class T> struct Sub : Binary<T> {
	DEVICE_METHOD void operator()(index_t i) const { this->dst[i] = this->x[i] - this->y[i]; }
};
template <class T> struct Mul : Binary<T> {
	DEVICE_METHOD void operator()(index_t i) const { this->dst[i] = this->x[i] * this->y[i]; }
};
template <class T> struct Div : Binary<T> {
	DEVICE_METHOD void operator()(index_t i) const { this->dst[i] = this->x[i] / this->y[i]; }
};

KERNEL(VECTOR_THREADS, axpy_f32, index_t n, float alpha, const float *x, float *y) { each(stop, n, Axpy<float>{alpha, x, y}); }
KERNEL(VECTOR_THREADS, axpy_f64, index_t n, double alpha, const double *x, double *y) { each(stop, n, Axpy<double>{alpha, x, y}); }
KERNEL(VECTOR_THREADS, scale_f32, index_t n, float alpha, const float *x, float *dst) { each(stop, n, Scale<float>{alpha, x, dst}); }
KERNEL(VECTOR_THREADS, scale_f64, index_t n, double alpha, const double *x, double *dst) { each(stop, n, Scale<double>{alpha, x, dst}); }
KERNEL(VECTOR_THREADS, fill_f32, index_t n, float v, float *dst) { each(stop, n, Fill<float>{v, dst}); }
KERNEL(VECTOR_THREADS, fill_f64, index_t n, double v, double *dst) { each(stop, n, Fill<double>{v, dst}); }
KERNEL(VECTOR_THREADS, add_f32, index_t n, float *dst, const float *x, const float *y) { each(stop, n, Add<float>{{dst, x, y}}); }
KERNEL(VECTOR_THREADS, add_f64, index_t n, double *dst, const double *x, const double *y) { each(stop, n, Add<double>{{dst, x, y}}); }
KERNEL(VECTOR_THREADS, sub_f32, index_t n, float *dst, const float *x, const float *y) { each(stop, n, Sub<float>{{dst, x, y}}); }
KERNEL(VECTOR_THREADS, sub_f64, index_t n, double *dst, const double *x, const double *y) { each(stop, n, Sub<double>{{dst, x, y}}); }
KERNEL(VECTOR_THREADS, mul_f32, index_t n, float *dst, const float *x, const float *y) { each(stop, n, Mul<float>{{dst, x, y}}); }
KERNEL(VECTOR_THREADS, mul_f64, index_t n, double *dst, const double *x, const double *y) { each(stop, n, Mul<double>{{dst, x, y}}); }
KERNEL(VECTOR_THREADS, div_f32, index_t n, float *dst, const float *x, const float *y) { each(stop, n, Div<float>{{dst, x, y}}); }
KERNEL(VECTOR_THREADS, div_f64, index_t n, double *dst, const double *x, const double *y) { each(stop, n, Div<double>{{dst, x, y}}); }

// scale_rows sets c = beta*c for a matrix whose rows are ld apart, or zero
// without reading c if beta is zero.
template <class T> struct ScaleRows {
	T beta, *c;
	index_t cols, ld;
	DEVICE_METHOD void operator()(index_t i) const {
		T *p = c + i / cols * ld + i % cols;
		*p = beta == 0 ? (T)0 : beta * *p;
	}
};
KERNEL(VECTOR_THREADS, scale_rows_f32, index_t rows, index_t cols, float beta, float *c, index_t ld) { each(stop, rows * cols, ScaleRows<float>{beta, c, cols, ld}); }
KERNEL(VECTOR_THREADS, scale_rows_f64, index_t rows, index_t cols, double beta, double *c, index_t ld) { each(stop, rows * cols, ScaleRows<double>{beta, c, cols, ld}); }
