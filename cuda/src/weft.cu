// weft.cu: all kernels, one module. gemv.cu builds on reduce.cu.
#include "reduce.cu"
#include "vector.cu"
#include "gemv.cu"
#include "gemm.cu"
