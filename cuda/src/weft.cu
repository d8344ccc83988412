// weft.cu: all kernels, one module. gemv.cu builds on reduce.cu, tensor.cu and
// wgmma.cu on what is before them.
#include "reduce.cu"
#include "vector.cu"
#include "gemv.cu"
#include "gemm.cu"
#include "tensor.cu"
#if !defined(__CUDA__) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
#include "wgmma.cu"
#endif
