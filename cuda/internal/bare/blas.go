//go:build linux && (amd64 || arm64)

package bare

import (
	"fmt"
	"unsafe"

	"github.com/ebitengine/purego"
	"github.com/weftgo/weft/cuda/internal/driver"
)

// Blas is cuBLAS, to measure against. It works on the context that is current.
type Blas struct {
	handle                            uintptr
	gemmEx, stridedS, stridedD, setup uintptr
	scalars                           *[4]float64 // one and zero of both types, by address
}

// OpenBlas loads the library at path.
func OpenBlas(path string) (*Blas, error) {
	lib, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return nil, err
	}
	b := &Blas{scalars: new([4]float64)}
	b.scalars[0] = 1
	*(*float32)(unsafe.Pointer(&b.scalars[2])) = 1
	for name, to := range map[string]*uintptr{
		"cublasCreate_v2": &b.setup, "cublasGemmEx": &b.gemmEx, "cublasSgemmStridedBatched": &b.stridedS, "cublasDgemmStridedBatched": &b.stridedD,
	} {
		if *to, err = purego.Dlsym(lib, name); err != nil {
			return nil, err
		}
	}
	h := new(uintptr)
	if err := status(purego.SyscallN(b.setup, uintptr(unsafe.Pointer(h)))); err != nil {
		return nil, err
	}
	b.handle = *h
	return b, nil
}

func status(r, _, _ uintptr) error {
	if int32(r) != 0 {
		return fmt.Errorf("cuBLAS status %d", int32(r))
	}
	return nil
}

// Types of elements and of computation, numbered as in library_types.h and
// cublas_api.h.
const (
	R32F        = 0
	R64F        = 1
	R16F        = 2
	R16BF       = 14
	Compute32F  = 68
	Compute64F  = 70
	Fast16F     = 74
	Fast16BF    = 75
	FastTF32    = 77
	noTranspose = 0
	transpose   = 1
)

// scalar returns the addresses of one and of zero.
func (b *Blas) scalar(double bool) (one, zero uintptr) {
	p := uintptr(unsafe.Pointer(b.scalars))
	if double {
		return p, p + 8
	}
	return p + 16, p + 24
}

// Gemm sets C, m×n, to A·B, row-major; with tb, B is stored as n×k with ldb
// elements from row to row, else as k×n.
func (b *Blas) Gemm(m, n, k int, a driver.Ptr, lda int, bb driver.Ptr, ldb int, tb bool, c driver.Ptr, in, out, compute int) error {
	one, zero := b.scalar(out == R64F)
	t := noTranspose
	if tb {
		t = transpose
	}
	// Row-major is column-major transposed: C' = B'·A'.
	return status(purego.SyscallN(b.gemmEx, b.handle, uintptr(t), noTranspose, uintptr(n), uintptr(m), uintptr(k), one,
		uintptr(bb), uintptr(in), uintptr(ldb), uintptr(a), uintptr(in), uintptr(lda), zero,
		uintptr(c), uintptr(out), uintptr(n), uintptr(compute), ^uintptr(0)))
}

// Batched does n×n products that lie one after the other.
func (b *Blas) Batched(n, batch int, a, bb, c driver.Ptr, double bool) error {
	f := b.stridedS
	if double {
		f = b.stridedD
	}
	one, zero := b.scalar(double)
	u, step := uintptr(n), uintptr(n*n)
	return status(purego.SyscallN(f, b.handle, noTranspose, noTranspose, u, u, u, one,
		uintptr(bb), u, step, uintptr(a), u, step, zero, uintptr(c), u, step, uintptr(batch)))
}
