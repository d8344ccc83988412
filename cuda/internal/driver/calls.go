//go:build ((linux && (amd64 || arm64)) || (windows && amd64)) && !(linux && cgo && cuda)

package driver

import (
	"bytes"
	"fmt"
	"runtime"
	"unsafe"
)

// The calls, in the order of Driver. A result is written to an object made by
// new: as an argument of call it moves to the heap.

func (l *loader) Init() error { return call(l.init, 0) }

func (l *loader) Version() (int, error) {
	v := new(int32)
	err := call(l.driverGetVersion, uintptr(unsafe.Pointer(v)))
	return int(*v), err
}

func (l *loader) DeviceCount() (int, error) {
	n := new(int32)
	err := call(l.deviceGetCount, uintptr(unsafe.Pointer(n)))
	return int(*n), err
}

func (l *loader) Device(ordinal int) (Device, error) {
	d := new(Device)
	err := call(l.deviceGet, uintptr(unsafe.Pointer(d)), uintptr(ordinal))
	return *d, err
}

func (l *loader) DeviceName(d Device) (string, error) {
	buf := new([256]byte)
	err := call(l.deviceGetName, uintptr(unsafe.Pointer(buf)), uintptr(len(buf)), uintptr(d))
	name, _, _ := bytes.Cut(buf[:], []byte{0})
	return string(name), err
}

func (l *loader) DeviceMemory(d Device) (int64, error) {
	n := new(int64)
	err := call(l.deviceTotalMem, uintptr(unsafe.Pointer(n)), uintptr(d))
	return *n, err
}

func (l *loader) DeviceAttribute(d Device, a Attribute) (int, error) {
	v := new(int32)
	err := call(l.deviceGetAttribute, uintptr(unsafe.Pointer(v)), uintptr(a), uintptr(d))
	return int(*v), err
}

func (l *loader) RetainContext(d Device) (Context, error) {
	c := new(Context)
	err := call(l.primaryRetain, uintptr(unsafe.Pointer(c)), uintptr(d))
	return *c, err
}

func (l *loader) ReleaseContext(d Device) error { return call(l.primaryRelease, uintptr(d)) }
func (l *loader) SetContext(c Context) error    { return call(l.ctxSetCurrent, uintptr(c)) }

// The options of cuModuleLoadDataEx that return the assembler's messages.
const (
	jitErrorLog     = 5
	jitErrorLogSize = 6
)

// jit is the options of cuModuleLoadDataEx and where the messages go. It holds
// its own address in an integer, so newJIT makes it on the heap, where nothing
// moves.
type jit struct {
	options [2]uint32
	values  [2]uintptr
	log     [4096]byte
}

//go:noinline
func newJIT() *jit {
	j := &jit{options: [2]uint32{jitErrorLog, jitErrorLogSize}}
	j.values = [2]uintptr{uintptr(unsafe.Pointer(&j.log)), uintptr(len(j.log))}
	return j
}

func (l *loader) LoadModule(image []byte) (Module, error) {
	text := append(image[:len(image):len(image)], 0) // PTX ends with a zero byte
	j, m := newJIT(), new(Module)
	err := call(l.moduleLoadDataEx, uintptr(unsafe.Pointer(m)), uintptr(unsafe.Pointer(&text[0])),
		uintptr(len(j.options)), uintptr(unsafe.Pointer(&j.options)), uintptr(unsafe.Pointer(&j.values)))
	if msg, _, _ := bytes.Cut(j.log[:], []byte{0}); err != nil && len(msg) > 0 {
		err = fmt.Errorf("%w: %s", err, bytes.TrimSpace(msg))
	}
	return *m, err
}

func (l *loader) UnloadModule(m Module) error { return call(l.moduleUnload, uintptr(m)) }

func (l *loader) Function(m Module, name string) (Function, error) {
	b := append([]byte(name), 0)
	f := new(Function)
	err := call(l.moduleGetFunction, uintptr(unsafe.Pointer(f)), uintptr(m), uintptr(unsafe.Pointer(&b[0])))
	return *f, err
}

func (l *loader) FunctionAttribute(f Function, a FunctionAttribute) (int, error) {
	v := new(int32)
	err := call(l.funcGetAttribute, uintptr(unsafe.Pointer(v)), uintptr(a), uintptr(f))
	return int(*v), err
}

func (l *loader) SetFunctionAttribute(f Function, a FunctionAttribute, v int) error {
	return call(l.funcSetAttribute, uintptr(f), uintptr(a), uintptr(v))
}

func (l *loader) Launch(f Function, grid, block Dim, s Stream, args *Args) error {
	if err := args.prepare(l, f); err != nil {
		return err
	}
	err := callFrame(l.launchKernel, 11, frame{uintptr(f), uintptr(grid.X), uintptr(grid.Y), uintptr(grid.Z),
		uintptr(block.X), uintptr(block.Y), uintptr(block.Z), uintptr(args.shared), uintptr(s),
		uintptr(unsafe.Pointer(args.pointers()))})
	runtime.KeepAlive(args)
	return err
}

func (l *loader) EncodeTiles(to unsafe.Pointer, t *Tiles) error {
	if l.tensorMapEncodeTiled == 0 {
		return NotSupported
	}
	n := newTiling(t)
	return call(l.tensorMapEncodeTiled, uintptr(to), tilesUint32, tilesRank, uintptr(t.Base),
		uintptr(unsafe.Pointer(&n.sizes)), uintptr(unsafe.Pointer(&n.strides)), uintptr(unsafe.Pointer(&n.box)),
		uintptr(unsafe.Pointer(&n.steps)), interleave, swizzle128, promoteL2_256, outsideZero)
}

func (l *loader) NewStream(flags uint32) (Stream, error) {
	s := new(Stream)
	err := call(l.streamCreate, uintptr(unsafe.Pointer(s)), uintptr(flags))
	return *s, err
}

func (l *loader) FreeStream(s Stream) error { return call(l.streamDestroy, uintptr(s)) }
func (l *loader) SyncStream(s Stream) error { return call(l.streamSynchronize, uintptr(s)) }
func (l *loader) WaitEvent(s Stream, e Event) error {
	return callFrame(l.streamWaitEvent, 3, frame{uintptr(s), uintptr(e)})
}

func (l *loader) NewEvent(flags uint32) (Event, error) {
	e := new(Event)
	err := call(l.eventCreate, uintptr(unsafe.Pointer(e)), uintptr(flags))
	return *e, err
}

func (l *loader) FreeEvent(e Event) error { return call(l.eventDestroy, uintptr(e)) }
func (l *loader) RecordEvent(e Event, s Stream) error {
	return callFrame(l.eventRecord, 2, frame{uintptr(e), uintptr(s)})
}
func (l *loader) QueryEvent(e Event) error { return callFrame(l.eventQuery, 1, frame{uintptr(e)}) }
func (l *loader) SyncEvent(e Event) error  { return call(l.eventSynchronize, uintptr(e)) }

func (l *loader) Elapsed(start, end Event) (float32, error) {
	ms := new(float32)
	err := call(l.eventElapsedTime, uintptr(unsafe.Pointer(ms)), uintptr(start), uintptr(end))
	return *ms, err
}

func (l *loader) MemoryInfo() (free, total int64, err error) {
	v := new([2]int64)
	err = call(l.memGetInfo, uintptr(unsafe.Pointer(&v[0])), uintptr(unsafe.Pointer(&v[1])))
	return v[0], v[1], err
}

func (l *loader) Alloc(bytes int64) (Ptr, error) {
	p := new(Ptr)
	err := call(l.memAlloc, uintptr(unsafe.Pointer(p)), uintptr(bytes))
	return *p, err
}

func (l *loader) Free(p Ptr) error { return call(l.memFree, uintptr(p)) }

func (l *loader) AllocAsync(bytes int64, s Stream) (Ptr, error) {
	if l.memAllocAsync == 0 {
		return 0, NotSupported
	}
	p := new(Ptr)
	err := call(l.memAllocAsync, uintptr(unsafe.Pointer(p)), uintptr(bytes), uintptr(s))
	return *p, err
}

func (l *loader) FreeAsync(p Ptr, s Stream) error {
	if l.memFreeAsync == 0 {
		return NotSupported
	}
	return call(l.memFreeAsync, uintptr(p), uintptr(s))
}

func (l *loader) AllocHost(bytes int64) (unsafe.Pointer, error) {
	p := new(unsafe.Pointer)
	err := call(l.memHostAlloc, uintptr(unsafe.Pointer(p)), uintptr(bytes), 0)
	return *p, err
}

func (l *loader) FreeHost(p unsafe.Pointer) error { return call(l.memFreeHost, uintptr(p)) }

func (l *loader) ToDevice(dst Ptr, src unsafe.Pointer, bytes int64) error {
	return call(l.memcpyHtoD, uintptr(dst), uintptr(src), uintptr(bytes))
}

func (l *loader) ToHost(dst unsafe.Pointer, src Ptr, bytes int64) error {
	return call(l.memcpyDtoH, uintptr(dst), uintptr(src), uintptr(bytes))
}

func (l *loader) ToDeviceAsync(dst Ptr, src unsafe.Pointer, bytes int64, s Stream) error {
	err := callFrame(l.memcpyHtoDAsync, 4, frame{uintptr(dst), uintptr(src), uintptr(bytes), uintptr(s)})
	runtime.KeepAlive(src)
	return err
}

func (l *loader) ToHostAsync(dst unsafe.Pointer, src Ptr, bytes int64, s Stream) error {
	err := callFrame(l.memcpyDtoHAsync, 4, frame{uintptr(dst), uintptr(src), uintptr(bytes), uintptr(s)})
	runtime.KeepAlive(dst)
	return err
}

func (l *loader) OnDeviceAsync(dst, src Ptr, bytes int64, s Stream) error {
	return callFrame(l.memcpyDtoDAsync, 4, frame{uintptr(dst), uintptr(src), uintptr(bytes), uintptr(s)})
}

func (l *loader) Memset32Async(dst Ptr, v uint32, words int64, s Stream) error {
	return callFrame(l.memsetD32Async, 4, frame{uintptr(dst), uintptr(v), uintptr(words), uintptr(s)})
}

func (l *loader) ErrorName(r Result) string   { return message(l.getErrorName, r) }
func (l *loader) ErrorString(r Result) string { return message(l.getErrorString, r) }

// message returns the string that fn says belongs to r.
func message(fn uintptr, r Result) string {
	p := new(*byte)
	if call(fn, uintptr(r), uintptr(unsafe.Pointer(p))) != nil || *p == nil {
		return ""
	}
	n := 0
	for *(*byte)(unsafe.Add(unsafe.Pointer(*p), n)) != 0 {
		n++
	}
	return string(unsafe.Slice(*p, n))
}
