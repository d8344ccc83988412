//go:build linux && cgo && cuda

package driver

/*
#cgo LDFLAGS: -Wl,--wrap=cuInit -ldl
#define _GNU_SOURCE
#include <cuda.h>
#include <dlfcn.h>
#include <string.h>

CUresult weft_cuda_init_result(void);

// What follows gorgonia.org/cu lacks.

static CUresult weft_load(CUmodule *m, const void *image, char *log, size_t size) {
	CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
	void *values[] = {log, (void *)size};
	return cuModuleLoadDataEx(m, image, 2, options, values);
}

// Its Launch allocates for each call; this one has its pointers on the stack.
static CUresult weft_launch(CUfunction f, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz,
                            unsigned shared, CUstream s, unsigned long long *cells, int *map_of, char *maps, int first, int n) {
	void *args[20];
	for (int i = 0; i < n; i++) args[i] = map_of[i] ? (void *)(maps + first + 128 * (map_of[i] - 1)) : &cells[i];
	return cuLaunchKernel(f, gx, gy, gz, bx, by, bz, shared, s, args, 0);
}

// The headers have it from CUDA 12.0 on, and so have the drivers; a program
// that was built with older ones uses it where it is.
static CUresult weft_encode_tiles(void *to, int type, unsigned rank, CUdeviceptr base, const void *sizes, const void *strides,
                                  const void *box, const void *steps, int interleave, int swizzle, int promotion, int outside) {
	typedef CUresult encode(void *, int, unsigned, void *, const void *, const void *, const void *, const void *, int, int, int, int);
	encode *f = (encode *)dlsym(RTLD_DEFAULT, "cuTensorMapEncodeTiled");
	if (!f) return CUDA_ERROR_NOT_SUPPORTED;
	char map[128] __attribute__((aligned(64)));
	CUresult r = f(map, type, rank, (void *)base, sizes, strides, box, steps, interleave, swizzle, promotion, outside);
	memcpy(to, map, sizeof map);
	return r;
}

static CUresult weft_alloc_async(CUdeviceptr *p, size_t n, CUstream s) {
#if CUDA_VERSION >= 11020
	return cuMemAllocAsync(p, n, s);
#else
	return CUDA_ERROR_NOT_SUPPORTED;
#endif
}
static CUresult weft_free_async(CUdeviceptr p, CUstream s) {
#if CUDA_VERSION >= 11020
	return cuMemFreeAsync(p, s);
#else
	return CUDA_ERROR_NOT_SUPPORTED;
#endif
}
*/
import "C"

import (
	"bytes"
	"fmt"
	"reflect"
	"unsafe"

	"gorgonia.org/cu"
)

// Binding names the binding of this build.
const Binding = "gorgonia.org/cu"

// linked is the binding over gorgonia.org/cu, which links the driver's library
// to the program: without it a program of this build does not start.
//
// Of that package it uses the functions that take handles. Its Ctx, with a
// goroutine of its own, is not used: package device has one.
type linked struct{}

// Open returns the binding. The library was loaded when the program started.
func Open() (Driver, error) { return linked{}, nil }

// Handles are pointers on both sides.
func context(c Context) cu.CUContext    { return *(*cu.CUContext)(unsafe.Pointer(&c)) }
func module(m Module) cu.Module         { return *(*cu.Module)(unsafe.Pointer(&m)) }
func function(f Function) cu.Function   { return *(*cu.Function)(unsafe.Pointer(&f)) }
func stream(s Stream) cu.Stream         { return *(*cu.Stream)(unsafe.Pointer(&s)) }
func event(e Event) cu.Event            { return *(*cu.Event)(unsafe.Pointer(&e)) }
func handle[H ~uintptr, C any](c *C) H  { return *(*H)(unsafe.Pointer(c)) }
func cstream(s Stream) C.CUstream       { return *(*C.CUstream)(unsafe.Pointer(&s)) }
func cfunction(f Function) C.CUfunction { return *(*C.CUfunction)(unsafe.Pointer(&f)) }

// result turns an error of package cu, whose type has no name outside, into a
// Result.
func result(err error) error {
	if err == nil {
		return nil
	}
	if v := reflect.ValueOf(err); v.Kind() == reflect.Int {
		return Result(v.Int())
	}
	return err
}

func (linked) Init() error           { return check(int32(C.weft_cuda_init_result())) }
func (linked) Version() (int, error) { return cu.Version(), nil }

func (linked) DeviceCount() (int, error) {
	n, err := cu.NumDevices()
	return n, result(err)
}

func (linked) Device(ordinal int) (Device, error) {
	d, err := cu.GetDevice(ordinal)
	return Device(d), result(err)
}

func (linked) DeviceName(d Device) (string, error) {
	s, err := cu.Device(d).Name()
	return s, result(err)
}

func (linked) DeviceMemory(d Device) (int64, error) {
	n, err := cu.Device(d).TotalMem()
	return n, result(err)
}

func (linked) DeviceAttribute(d Device, a Attribute) (int, error) {
	v, err := cu.Device(d).Attribute(cu.DeviceAttribute(a))
	return v, result(err)
}

func (linked) RetainContext(d Device) (Context, error) {
	c, err := cu.Device(d).RetainPrimaryCtx()
	return handle[Context](&c), result(err)
}

func (linked) ReleaseContext(d Device) error { return result(cu.Device(d).ReleasePrimaryCtx()) }
func (linked) SetContext(c Context) error    { return result(cu.SetCurrentContext(context(c))) }

func (linked) LoadModule(image []byte) (Module, error) {
	text := append(image[:len(image):len(image)], 0) // PTX ends with a zero byte
	log := make([]byte, 4096)
	var m C.CUmodule
	err := check(int32(C.weft_load(&m, unsafe.Pointer(&text[0]), (*C.char)(unsafe.Pointer(&log[0])), C.size_t(len(log)))))
	if msg, _, _ := bytes.Cut(log, []byte{0}); err != nil && len(msg) > 0 {
		err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(msg))
	}
	return handle[Module](&m), err
}

func (linked) UnloadModule(m Module) error { return result(module(m).Unload()) }

func (linked) Function(m Module, name string) (Function, error) {
	f, err := module(m).Function(name)
	return handle[Function](&f), result(err)
}

func (linked) FunctionAttribute(f Function, a FunctionAttribute) (int, error) {
	v, err := function(f).Attribute(cu.FunctionAttribute(a))
	return v, result(err)
}

func (linked) SetFunctionAttribute(f Function, a FunctionAttribute, v int) error {
	return check(int32(C.cuFuncSetAttribute(cfunction(f), C.CUfunction_attribute(a), C.int(v))))
}

func (l linked) Launch(f Function, grid, block Dim, s Stream, args *Args) error {
	if err := args.prepare(l, f); err != nil {
		return err
	}
	return check(int32(C.weft_launch(cfunction(f), C.uint(grid.X), C.uint(grid.Y), C.uint(grid.Z),
		C.uint(block.X), C.uint(block.Y), C.uint(block.Z), C.uint(args.shared), cstream(s),
		(*C.ulonglong)(unsafe.Pointer(&args.cells[0])), (*C.int)(unsafe.Pointer(&args.mapOf[0])),
		(*C.char)(unsafe.Pointer(&args.maps[0])), C.int(uintptr(args.tensorMap(0))-uintptr(unsafe.Pointer(&args.maps[0]))), C.int(args.n))))
}

func (linked) EncodeTiles(to unsafe.Pointer, t *Tiles) error {
	n := newTiling(t)
	// What is around the place may hold Go's pointers, which C must not be given.
	m := new([mapSize]byte)
	err := check(int32(C.weft_encode_tiles(unsafe.Pointer(&m[0]), tilesUint32, tilesRank, C.CUdeviceptr(t.Base), unsafe.Pointer(&n.sizes),
		unsafe.Pointer(&n.strides), unsafe.Pointer(&n.box), unsafe.Pointer(&n.steps), interleave, swizzle128, promoteL2_256, outsideZero)))
	*(*[mapSize]byte)(to) = *m
	return err
}

func (linked) NewStream(flags uint32) (Stream, error) {
	s, err := cu.MakeStream(cu.StreamFlags(flags))
	return handle[Stream](&s), result(err)
}

func (linked) FreeStream(s Stream) error {
	c := stream(s)
	return result(c.Destroy())
}

func (linked) SyncStream(s Stream) error         { return result(stream(s).Synchronize()) }
func (linked) WaitEvent(s Stream, e Event) error { return result(stream(s).Wait(event(e), 0)) }

func (linked) NewEvent(flags uint32) (Event, error) {
	e, err := cu.MakeEvent(cu.EventFlags(flags))
	return handle[Event](&e), result(err)
}

func (linked) FreeEvent(e Event) error {
	c := event(e)
	return result(cu.DestroyEvent(&c))
}

func (linked) RecordEvent(e Event, s Stream) error { return result(event(e).Record(stream(s))) }
func (linked) QueryEvent(e Event) error            { return result(event(e).Query()) }
func (linked) SyncEvent(e Event) error             { return result(event(e).Synchronize()) }

func (linked) Elapsed(start, end Event) (float32, error) {
	ms, err := event(start).Elapsed(event(end))
	return float32(ms), result(err)
}

func (linked) MemoryInfo() (free, total int64, err error) {
	free, total, err = cu.MemInfo()
	return free, total, result(err)
}

func (linked) Alloc(bytes int64) (Ptr, error) {
	p, err := cu.MemAlloc(bytes)
	return Ptr(p), result(err)
}

func (linked) Free(p Ptr) error { return result(cu.MemFree(cu.DevicePtr(p))) }

func (linked) AllocAsync(bytes int64, s Stream) (Ptr, error) {
	var p C.CUdeviceptr
	err := check(int32(C.weft_alloc_async(&p, C.size_t(bytes), cstream(s))))
	return Ptr(p), err
}

func (linked) FreeAsync(p Ptr, s Stream) error {
	return check(int32(C.weft_free_async(C.CUdeviceptr(p), cstream(s))))
}

func (linked) AllocHost(bytes int64) (unsafe.Pointer, error) {
	var p unsafe.Pointer
	err := check(int32(C.cuMemHostAlloc(&p, C.size_t(bytes), 0)))
	return p, err
}

func (linked) FreeHost(p unsafe.Pointer) error { return result(cu.MemFreeHost(p)) }

func (linked) ToDevice(dst Ptr, src unsafe.Pointer, bytes int64) error {
	return result(cu.MemcpyHtoD(cu.DevicePtr(dst), src, bytes))
}

func (linked) ToHost(dst unsafe.Pointer, src Ptr, bytes int64) error {
	return result(cu.MemcpyDtoH(dst, cu.DevicePtr(src), bytes))
}

func (linked) ToDeviceAsync(dst Ptr, src unsafe.Pointer, bytes int64, s Stream) error {
	return result(cu.MemcpyHtoDAsync(cu.DevicePtr(dst), src, bytes, stream(s)))
}

func (linked) ToHostAsync(dst unsafe.Pointer, src Ptr, bytes int64, s Stream) error {
	return result(cu.MemcpyDtoHAsync(dst, cu.DevicePtr(src), bytes, stream(s)))
}

func (linked) OnDeviceAsync(dst, src Ptr, bytes int64, s Stream) error {
	return result(cu.MemcpyDtoDAsync(cu.DevicePtr(dst), cu.DevicePtr(src), bytes, stream(s)))
}

func (linked) Memset32Async(dst Ptr, v uint32, words int64, s Stream) error {
	return result(cu.MemsetD32Async(cu.DevicePtr(dst), uint(v), words, stream(s)))
}

func (linked) ErrorName(r Result) string {
	var s *C.char
	if C.cuGetErrorName(C.CUresult(r), &s) != 0 {
		return ""
	}
	return C.GoString(s)
}

func (linked) ErrorString(r Result) string {
	var s *C.char
	if C.cuGetErrorString(C.CUresult(r), &s) != 0 {
		return ""
	}
	return C.GoString(s)
}
