// Package cuda lets weft compute on NVIDIA's GPUs. A program imports it for
// its effect,
//
//	import _ "github.com/weftgo/weft/cuda"
//
// and package kernels then has the backends "cuda", "cuda:1", …, one for each
// device, found when the first engine is opened. Neither a toolkit nor cgo is
// needed, just NVIDIA's driver; where a device can't be used, the backend's Err
// says why and what helps. Results have the bits of all other backends.
//
// The environment:
//
//	WEFT_CUDA_MEMORY   the most device memory to hold, such as 8GiB or 50%
//	WEFT_CUDA_CACHE    off returns memory to the driver at once, for tools that
//	                   look for accesses out of bounds
//	WEFT_CUDA_LIBRARY  the path of the driver's library
//	WEFT_BACKEND, WEFT_REQUIRE  see package kernels
//
// To find one's way: backend.go lists the devices and fills their tables;
// reduce.go, vector.go, gemv.go and gemm.go are the plans, what is copied and
// launched for a call; policy.go is the data they choose by; call.go moves
// operands. Below, internal/device owns devices, memory and streams, and
// internal/driver is the seam to the driver. The kernels are in src.
package cuda
