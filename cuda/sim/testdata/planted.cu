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
KERNEL(32, numbers, float a, double b, index_t c, double *out) {
	if (threadIdx.x == 0) out[0] = a, out[1] = b, out[2] = (double)c;
}
