// common.h: what all kernels share. The files of this folder are compiled by
// clang for the device and by the host's compiler for the simulated driver
// (cuda/sim); only this header knows the difference.
//
// Rules: an entry point is made by KERNEL, which also states its block size;
// its parameters are pointers, 64-bit integers and numbers, eight bytes at the
// most. Before them KERNEL puts one called stop; a block begins with a look at
// it and, if it may take longer than a millisecond, looks again. What the two compilers spell differently gets a wrapper below or in
// the simulator's header, never an #ifdef in a kernel.
#pragma once

#if defined(__CUDA__)
#include "clang.h"
#else
#include "simulator.h"
#endif

// The definition of a reduction (internal/op): virtual lanes, and elements in a
// chunk. A warp does a chunk, so a thread has PER of the lanes.
template <class T> struct Def {
	static constexpr int LANES = 256 / sizeof(T);
	static constexpr int CHUNK = 512 * LANES;
	static constexpr int PER = LANES / 32;
};

typedef long long index_t;

// The host stops work by setting a word of its memory. Work that nobody can stop
// has no word.
typedef const unsigned *Stop;

// stopped tells all threads of a block alike whether to go on. With a word it is
// a barrier, and takes the way to the host and back.
DEVICE bool stopped(Stop stop) { return stop && any_of_block(threadIdx.x == 0 && look(stop) != 0); }

// As many elements as one load of 16 bytes takes. As a vector type it stays one
// load; a struct would be taken apart.
template <class T> struct Pack {
	static constexpr int N = 16 / sizeof(T);
	typedef T Vec __attribute__((vector_size(16)));
};

// pack loads a Pack, from an address that is a multiple of 16.
template <class T> DEVICE typename Pack<T>::Vec pack(const T *p) { return *(const typename Pack<T>::Vec *)p; }
