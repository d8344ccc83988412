// clang.h: the CUDA vocabulary that the kernels use, for clang without a CUDA
// toolkit (-nocudainc -nocudalib). Whatever is not here is not used.
#pragma once

#if !defined(__clang_major__)
#error "compile with clang"
#endif

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __host__ __attribute__((host))
#define __shared__ __attribute__((shared))
#define __align__(n) __attribute__((aligned(n)))
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))

struct uint3 { unsigned x, y, z; };
struct dim3 { unsigned x, y, z; };
#include <__clang_cuda_builtin_vars.h>

// The block size and, of KERNEL_MANY, the blocks that a multiprocessor is to
// hold at least, which limits the registers. The first parameter is the word
// that stops the work.
#define KERNEL(threads, name, ...) extern "C" __global__ void __launch_bounds__(threads) name([[maybe_unused]] const unsigned *stop, __VA_ARGS__)
#define KERNEL_MANY(threads, blocks, name, ...) \
	extern "C" __global__ void __launch_bounds__(threads, blocks) name([[maybe_unused]] const unsigned *stop, __VA_ARGS__)

#define DEVICE static __device__ __forceinline__
#define DEVICE_METHOD __device__ __forceinline__

// fma.rn, one rounding; never by contraction, which is switched off.
DEVICE float fused(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
DEVICE double fused(double x, double y, double z) { return __builtin_fma(x, y, z); }
DEVICE float magnitude(float x) { return __builtin_fabsf(x); }
DEVICE double magnitude(double x) { return __builtin_fabs(x); }

// The value that the thread d lanes up the warp has; all 32 take part.
DEVICE int shuffle_down(int v, int d) { return __nvvm_shfl_sync_down_i32(~0u, v, d, 31); }
DEVICE float shuffle_down(float v, int d) { return __nvvm_shfl_sync_down_f32(~0u, v, d, 31); }
DEVICE double shuffle_down(double v, int d) {
	long long b = __builtin_bit_cast(long long, v);
	unsigned lo = shuffle_down((int)b, d), hi = shuffle_down((int)(b >> 32), d);
	return __builtin_bit_cast(double, (long long)((unsigned long long)hi << 32 | lo));
}

// The value that lane 0 of the warp has.
DEVICE float broadcast(float v) { return __nvvm_shfl_sync_idx_f32(~0u, v, 0, 31); }
DEVICE double broadcast(double v) {
	long long b = __builtin_bit_cast(long long, v);
	unsigned lo = __nvvm_shfl_sync_idx_i32(~0u, (int)b, 0, 31), hi = __nvvm_shfl_sync_idx_i32(~0u, (int)(b >> 32), 0, 31);
	return __builtin_bit_cast(double, (long long)((unsigned long long)hi << 32 | lo));
}

// A word of the host's memory as it is now.
DEVICE unsigned look(const unsigned *p) { return *(const volatile unsigned *)p; }

// Whether any thread of the block says so: a barrier.
DEVICE bool any_of_block(bool v) { return __nvvm_bar0_or(v); }

// The same value, of which the compiler does not know that it is the same.
DEVICE int afresh(int v) {
	asm volatile("" : "+r"(v));
	return v;
}

// The dynamic shared memory of the block.
extern __shared__ __align__(1024) unsigned char shared_bytes[];
DEVICE unsigned char *dynamic_shared() { return shared_bytes; }

// An address in shared memory as instructions take it.
DEVICE unsigned shared_address(const void *p) {
	return (unsigned)(unsigned long long)(const __attribute__((address_space(3))) char *)p;
}

// cp_async copies 16 bytes to shared memory; groups of copies are waited for in
// order until N are under way, each thread for its own.
DEVICE void cp_async(void *shared, const void *global) {
	asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(shared_address(shared)), "l"(global) : "memory");
}
DEVICE void cp_async_commit() { asm volatile("cp.async.commit_group;" ::: "memory"); }
template <int N> DEVICE void cp_async_wait() { asm volatile("cp.async.wait_group %0;" ::"n"(N) : "memory"); }

// load_matrices loads four matrices of eight rows of 16 bytes; lane l names row
// l%8 of matrix l/8, and gets word l%4 of row l/4 of each.
DEVICE void load_matrices(unsigned (&d)[4], const void *row) {
	asm volatile("ldmatrix.sync.aligned.m8n8.x4.shared.b16 {%0, %1, %2, %3}, [%4];"
	             : "=r"(d[0]), "=r"(d[1]), "=r"(d[2]), "=r"(d[3])
	             : "r"(shared_address(row))
	             : "memory");
}

// Products on tensor cores, d += a*b, of a warp: a has 16 rows, b 8 columns, and
// a row of a or column of b is 32 bytes (128 of double). PTX ISA, "Matrix
// fragments", says which lane holds what.
#define MMA(name, shape, type)                                                                                            \
	DEVICE void name(float (&d)[4], const unsigned (&a)[4], unsigned b0, unsigned b1) {                                    \
		asm volatile("mma.sync.aligned." shape ".row.col.f32." type "." type ".f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, " \
		             "{%8, %9}, {%0, %1, %2, %3};"                                                                        \
		             : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])                                                      \
		             : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b0), "r"(b1));                                     \
	}
MMA(mma_tf32, "m16n8k8", "tf32")
MMA(mma_bf16, "m16n8k16", "bf16")
MMA(mma_f16, "m16n8k16", "f16")

DEVICE void mma_f64(double (&d)[4], const double (&a)[8], const double (&b)[4]) {
#if __CUDA_ARCH__ >= 900
	asm volatile("mma.sync.aligned.m16n8k16.row.col.f64.f64.f64.f64 {%0, %1, %2, %3}, {%4, %5, %6, %7, %8, %9, %10, %11}, "
	             "{%12, %13, %14, %15}, {%0, %1, %2, %3};"
	             : "+d"(d[0]), "+d"(d[1]), "+d"(d[2]), "+d"(d[3])
	             : "d"(a[0]), "d"(a[1]), "d"(a[2]), "d"(a[3]), "d"(a[4]), "d"(a[5]), "d"(a[6]), "d"(a[7]), "d"(b[0]), "d"(b[1]), "d"(b[2]),
	               "d"(b[3]));
#else
#pragma unroll
	for (int i = 0; i < 8; i++) // half i%2 of the rows, quarter i/2 of the steps
		asm volatile("mma.sync.aligned.m8n8k4.row.col.f64.f64.f64.f64 {%0, %1}, {%2}, {%3}, {%0, %1};"
		             : "+d"(d[i % 2 * 2]), "+d"(d[i % 2 * 2 + 1])
		             : "d"(a[i]), "d"(b[i / 2]));
#endif
}

#if defined(__CUDA_ARCH_FEAT_SM90_ALL)

// What follows is for compute capability 9.0 alone.

struct __align__(64) TensorMap { unsigned char opaque[128]; };

// PARAMETER returns the address of a parameter of a kernel, which instructions
// take where it is; clang 19 would give that of a copy.
#define PARAMETER(kernel, index, name)                                                            \
	({                                                                                            \
		(void)name;                                                                               \
		const TensorMap *p_;                                                                      \
		asm("{ .reg .b64 p; mov.b64 p, " #kernel "_param_" #index "; cvta.param.u64 %0, p; }" : "=l"(p_)); \
		p_;                                                                                       \
	})

// Barriers in shared memory that count arrivals and bytes copied. A wait is for
// the end of the phase of that parity.
DEVICE void mbarrier_init(unsigned long long *b, unsigned count) {
	asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(b)), "r"(count) : "memory");
}
// mbarrier_fence shows new barriers to the copy engine.
DEVICE void mbarrier_fence() { asm volatile("fence.mbarrier_init.release.cluster;\n\tfence.proxy.async.shared::cta;" ::: "memory"); }
DEVICE void mbarrier_arrive(unsigned long long *b) {
	asm volatile("{ .reg .b64 s; mbarrier.arrive.shared::cta.b64 s, [%0]; }" ::"r"(shared_address(b)) : "memory");
}
DEVICE void mbarrier_expect(unsigned long long *b, unsigned bytes) {
	asm volatile("{ .reg .b64 s; mbarrier.arrive.expect_tx.shared::cta.b64 s, [%0], %1; }" ::"r"(shared_address(b)), "r"(bytes) : "memory");
}
DEVICE void mbarrier_wait(unsigned long long *b, unsigned parity) {
	unsigned done;
	do asm volatile("{ .reg .pred p; mbarrier.try_wait.parity.shared::cta.b64 p, [%1], %2; selp.u32 %0, 1, 0, p; }"
		            : "=r"(done)
		            : "r"(shared_address(b)), "r"(parity)
		            : "memory");
	while (!done);
}

// copy_tile copies a box that begins at a word of a row, by the copy engine, and
// counts its bytes on b.
DEVICE void copy_tile(void *to, const TensorMap *map, int word, int row, unsigned long long *b) {
	asm volatile("cp.async.bulk.tensor.2d.shared::cluster.global.mbarrier::complete_tx::bytes [%0], [%1, {%2, %3}], [%4];" ::"r"(shared_address(to)),
	             "l"(map), "r"(word), "r"(row), "r"(shared_address(b))
	             : "memory");
}

// A warpgroup's products, d += a*b, of 64 lines of a and 256 of b, 32 bytes each,
// under way until they are waited for.
#define WGMMA_D16(i)                                                                                                                \
	"+f"(d[i]), "+f"(d[i + 1]), "+f"(d[i + 2]), "+f"(d[i + 3]), "+f"(d[i + 4]), "+f"(d[i + 5]), "+f"(d[i + 6]), "+f"(d[i + 7]),      \
		"+f"(d[i + 8]), "+f"(d[i + 9]), "+f"(d[i + 10]), "+f"(d[i + 11]), "+f"(d[i + 12]), "+f"(d[i + 13]), "+f"(d[i + 14]), "+f"(d[i + 15])
#define WGMMA_D WGMMA_D16(0), WGMMA_D16(16), WGMMA_D16(32), WGMMA_D16(48), WGMMA_D16(64), WGMMA_D16(80), WGMMA_D16(96), WGMMA_D16(112)
#define WGMMA_INSTRUCTION(name, shape, type, majors)                                                 \
	DEVICE void name(float (&d)[128], unsigned long long a, unsigned long long b) {                   \
		asm volatile("wgmma.mma_async.sync.aligned." shape ".f32." type "." type " "                  \
		             "{%0, %1, %2, %3, %4, %5, %6, %7, %8, %9, %10, %11, %12, %13, %14, %15, %16, %17, %18, %19, %20, %21, %22, %23, %24, %25, %26, %27, %28, %29, %30, %31, " \
		             "%32, %33, %34, %35, %36, %37, %38, %39, %40, %41, %42, %43, %44, %45, %46, %47, %48, %49, %50, %51, %52, %53, %54, %55, %56, %57, %58, %59, %60, %61, %62, %63, " \
		             "%64, %65, %66, %67, %68, %69, %70, %71, %72, %73, %74, %75, %76, %77, %78, %79, %80, %81, %82, %83, %84, %85, %86, %87, %88, %89, %90, %91, %92, %93, %94, %95, " \
		             "%96, %97, %98, %99, %100, %101, %102, %103, %104, %105, %106, %107, %108, %109, %110, %111, %112, %113, %114, %115, %116, %117, %118, %119, %120, %121, %122, %123, %124, %125, %126, %127}, " \
		             "%128, %129, 1, 1, 1" majors ";"                                                         \
		             : WGMMA_D                                                                        \
		             : "l"(a), "l"(b)                                                                 \
		             : "memory");                                                                     \
	}
WGMMA_INSTRUCTION(wgmma_tf32, "m64n256k8", "tf32", "")
WGMMA_INSTRUCTION(wgmma_bf16, "m64n256k16", "bf16", ", 0, 0")
WGMMA_INSTRUCTION(wgmma_f16, "m64n256k16", "f16", ", 0, 0")

// The fence comes before the first product after registers were written; a wait
// is for all groups of products but the last N, which the values depend on.
DEVICE void wgmma_fence() { asm volatile("wgmma.fence.sync.aligned;" ::: "memory"); }
DEVICE void wgmma_commit() { asm volatile("wgmma.commit_group.sync.aligned;" ::: "memory"); }
template <int N> DEVICE void wgmma_wait(float (&d)[128]) { asm volatile("wgmma.wait_group.sync.aligned %128;" : WGMMA_D : "n"(N) : "memory"); }

// The registers of a warpgroup, by what others can do without.
template <int N> DEVICE void fewer_registers() { asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(N)); }
template <int N> DEVICE void more_registers() { asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(N)); }

#endif
