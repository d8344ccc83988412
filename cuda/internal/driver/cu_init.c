//go:build linux && cgo && cuda

#include <cuda.h>

// gorgonia.org/cu calls cuInit when the program starts and ends the program if
// that fails. The linker leads the call here (--wrap=cuInit): it always
// succeeds, and weft decides later by what the driver said.

CUresult __real_cuInit(unsigned int flags);

static CUresult said = CUDA_ERROR_NOT_INITIALIZED;

CUresult __wrap_cuInit(unsigned int flags) {
	said = __real_cuInit(flags);
	return CUDA_SUCCESS;
}

CUresult weft_cuda_init_result(void) { return said; }
