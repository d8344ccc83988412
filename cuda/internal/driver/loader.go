//go:build ((linux && (amd64 || arm64)) || (windows && amd64)) && !(linux && cgo && cuda)

package driver

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/ebitengine/purego"
)

// Binding names the binding of this build.
const Binding = "purego"

// loader binds the entry points by their exact versioned names, an interface
// that every driver since CUDA 4 keeps.
type loader struct {
	init, driverGetVersion                                            uintptr
	deviceGetCount, deviceGet, deviceGetName                          uintptr
	deviceTotalMem, deviceGetAttribute                                uintptr
	primaryRetain, primaryRelease, ctxSetCurrent                      uintptr
	moduleLoadDataEx, moduleUnload, moduleGetFunction                 uintptr
	funcGetAttribute, funcSetAttribute, launchKernel                  uintptr
	tensorMapEncodeTiled                                              uintptr
	streamCreate, streamDestroy, streamSynchronize, streamWaitEvent   uintptr
	eventCreate, eventDestroy, eventRecord, eventQuery                uintptr
	eventSynchronize, eventElapsedTime                                uintptr
	memGetInfo, memAlloc, memFree, memAllocAsync, memFreeAsync        uintptr
	memHostAlloc, memFreeHost                                         uintptr
	memcpyHtoD, memcpyDtoH                                            uintptr
	memcpyHtoDAsync, memcpyDtoHAsync, memcpyDtoDAsync, memsetD32Async uintptr
	getErrorName, getErrorString                                      uintptr
}

// bindings pairs each field with the name of its entry point. A name that
// starts with a question mark may be missing.
func (l *loader) bindings() map[string]*uintptr {
	return map[string]*uintptr{
		"cuInit":                       &l.init,
		"cuDriverGetVersion":           &l.driverGetVersion,
		"cuDeviceGetCount":             &l.deviceGetCount,
		"cuDeviceGet":                  &l.deviceGet,
		"cuDeviceGetName":              &l.deviceGetName,
		"cuDeviceTotalMem_v2":          &l.deviceTotalMem,
		"cuDeviceGetAttribute":         &l.deviceGetAttribute,
		"cuDevicePrimaryCtxRetain":     &l.primaryRetain,
		"cuDevicePrimaryCtxRelease_v2": &l.primaryRelease,
		"cuCtxSetCurrent":              &l.ctxSetCurrent,
		"cuModuleLoadDataEx":           &l.moduleLoadDataEx,
		"cuModuleUnload":               &l.moduleUnload,
		"cuModuleGetFunction":          &l.moduleGetFunction,
		"cuFuncGetAttribute":           &l.funcGetAttribute,
		"cuFuncSetAttribute":           &l.funcSetAttribute,
		"cuLaunchKernel":               &l.launchKernel,
		"?cuTensorMapEncodeTiled":      &l.tensorMapEncodeTiled,
		"cuStreamCreate":               &l.streamCreate,
		"cuStreamDestroy_v2":           &l.streamDestroy,
		"cuStreamSynchronize":          &l.streamSynchronize,
		"cuStreamWaitEvent":            &l.streamWaitEvent,
		"cuEventCreate":                &l.eventCreate,
		"cuEventDestroy_v2":            &l.eventDestroy,
		"cuEventRecord":                &l.eventRecord,
		"cuEventQuery":                 &l.eventQuery,
		"cuEventSynchronize":           &l.eventSynchronize,
		"cuEventElapsedTime":           &l.eventElapsedTime,
		"cuMemGetInfo_v2":              &l.memGetInfo,
		"cuMemAlloc_v2":                &l.memAlloc,
		"cuMemFree_v2":                 &l.memFree,
		"?cuMemAllocAsync":             &l.memAllocAsync,
		"?cuMemFreeAsync":              &l.memFreeAsync,
		"cuMemHostAlloc":               &l.memHostAlloc,
		"cuMemFreeHost":                &l.memFreeHost,
		"cuMemcpyHtoD_v2":              &l.memcpyHtoD,
		"cuMemcpyDtoH_v2":              &l.memcpyDtoH,
		"cuMemcpyHtoDAsync_v2":         &l.memcpyHtoDAsync,
		"cuMemcpyDtoHAsync_v2":         &l.memcpyDtoHAsync,
		"cuMemcpyDtoDAsync_v2":         &l.memcpyDtoDAsync,
		"cuMemsetD32Async":             &l.memsetD32Async,
		"cuGetErrorName":               &l.getErrorName,
		"cuGetErrorString":             &l.getErrorString,
	}
}

// Open loads the driver's library: the one that WEFT_CUDA_LIBRARY names, or
// else the system's. The error wraps ErrNoLibrary if there is none.
func Open() (Driver, error) {
	names := libraryNames
	if path := os.Getenv(LibraryVariable); path != "" {
		names = []string{path}
	}
	var first error
	for _, name := range names {
		h, missing, err := openLibrary(name)
		if err == nil {
			return bind(h, name)
		}
		if missing {
			err = fmt.Errorf("%w: %v", ErrNoLibrary, err)
		}
		if first == nil || !missing {
			first = err
		}
	}
	return nil, first
}

func bind(h uintptr, name string) (*loader, error) {
	l := new(loader)
	for sym, addr := range l.bindings() {
		sym, optional := strings.CutPrefix(sym, "?")
		a, err := symbol(h, sym)
		if err != nil && !optional {
			return nil, fmt.Errorf("%s has no %s: %w", name, sym, err)
		}
		if err == nil {
			*addr = a
		}
	}
	return l, nil
}

// call makes a call. The directive moves what its arguments point to to the
// heap: an object on a goroutine's stack moves when that grows.
//
//go:uintptrescapes
func call(fn uintptr, args ...uintptr) error {
	r, _, _ := purego.SyscallN(fn, args...)
	return check(int32(r))
}

// frame is the arguments of a call that is made for every kernel and copy.
// The arguments of call are moved to the heap, which here is saved: no pointer
// in a frame may be to something on a goroutine's stack.
type frame [11]uintptr

var frames = sync.Pool{New: func() any { return new(frame) }}

// callFrame makes a call with n of the arguments in f.
func callFrame(fn uintptr, n int, f frame) error {
	p := frames.Get().(*frame)
	*p = f
	r, _, _ := purego.SyscallN(fn, p[:n]...)
	frames.Put(p)
	return check(int32(r))
}
