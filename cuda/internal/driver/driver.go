// Package driver is the seam to the CUDA driver: the calls that weft makes,
// as one interface, with two bindings behind it. The default finds the
// library at run time and needs no cgo; the tag cuda selects gorgonia.org/cu.
//
// A context is current for an operating-system thread, so all calls on a
// device come from one locked thread (package device); nothing here locks.
package driver

import "unsafe"

// Handles of the driver. Zero is none; the zero Stream is the default stream.
type (
	Device   int32
	Context  uintptr
	Module   uintptr
	Function uintptr
	Stream   uintptr
	Event    uintptr
)

// Ptr is an address in device memory.
type Ptr uint64

// Attribute is a property of a device, numbered as in cuda.h.
type Attribute int32

const (
	MaxThreadsPerBlock      Attribute = 1
	MultiprocessorCount     Attribute = 16
	ComputeCapabilityMajor  Attribute = 75
	ComputeCapabilityMinor  Attribute = 76
	MaxSharedPerBlockOptin  Attribute = 97
	MemoryPoolsSupported    Attribute = 115
	MemoryClockRate         Attribute = 36
	GlobalMemoryBusWidth    Attribute = 37
	L2CacheSize             Attribute = 38
	MaxSharedPerBlock       Attribute = 8
	AsyncEngineCount        Attribute = 40
	MaxThreadsPerMultiproc  Attribute = 39
	UnifiedAddressing       Attribute = 41
	ComputeMode             Attribute = 20
	ConcurrentManagedAccess Attribute = 89
)

// FunctionAttribute is a property of a kernel, numbered as in cuda.h.
type FunctionAttribute int32

const (
	FuncMaxThreads    FunctionAttribute = 0
	FuncSharedSize    FunctionAttribute = 1
	FuncLocalSize     FunctionAttribute = 3
	FuncRegisters     FunctionAttribute = 4
	FuncPTXVersion    FunctionAttribute = 5
	FuncDynamicShared FunctionAttribute = 8
)

// Flags.
const (
	StreamNonBlocking  uint32 = 1 // does not wait for the default stream
	EventDisableTiming uint32 = 2
)

// Dim is the extent of a grid or of a block.
type Dim struct{ X, Y, Z uint32 }

// Driver is the calls that weft makes. An error is a Result, or says which
// part of a binding is missing.
type Driver interface {
	Init() error
	Version() (int, error) // 12040 for CUDA 12.4
	DeviceCount() (int, error)
	Device(ordinal int) (Device, error)
	DeviceName(Device) (string, error)
	DeviceMemory(Device) (int64, error)
	DeviceAttribute(Device, Attribute) (int, error)

	// The primary context of a device, and the context of this thread.
	RetainContext(Device) (Context, error)
	ReleaseContext(Device) error
	SetContext(Context) error

	LoadModule(image []byte) (Module, error) // PTX text
	UnloadModule(Module) error
	Function(m Module, name string) (Function, error)
	FunctionAttribute(Function, FunctionAttribute) (int, error)
	SetFunctionAttribute(f Function, a FunctionAttribute, v int) error
	Launch(f Function, grid, block Dim, s Stream, args *Args) error // args on the heap

	// EncodeTiles writes a tensor map, 128 bytes at a multiple of 64. Drivers
	// before 12.0 have no such thing: NotSupported.
	EncodeTiles(to unsafe.Pointer, t *Tiles) error

	NewStream(flags uint32) (Stream, error)
	FreeStream(Stream) error
	SyncStream(Stream) error
	WaitEvent(Stream, Event) error // later work of the stream waits for the event
	NewEvent(flags uint32) (Event, error)
	FreeEvent(Event) error
	RecordEvent(Event, Stream) error
	QueryEvent(Event) error // NotReady while work before it is under way
	SyncEvent(Event) error
	Elapsed(start, end Event) (milliseconds float32, err error)

	MemoryInfo() (free, total int64, err error)
	Alloc(bytes int64) (Ptr, error)
	Free(Ptr) error
	AllocAsync(bytes int64, s Stream) (Ptr, error) // NotSupported by drivers before 11.2
	FreeAsync(Ptr, Stream) error
	AllocHost(bytes int64) (unsafe.Pointer, error) // pinned
	FreeHost(unsafe.Pointer) error

	// Copies. The asynchronous ones take pinned host memory.
	ToDevice(dst Ptr, src unsafe.Pointer, bytes int64) error
	ToHost(dst unsafe.Pointer, src Ptr, bytes int64) error
	ToDeviceAsync(dst Ptr, src unsafe.Pointer, bytes int64, s Stream) error
	ToHostAsync(dst unsafe.Pointer, src Ptr, bytes int64, s Stream) error
	OnDeviceAsync(dst, src Ptr, bytes int64, s Stream) error
	Memset32Async(dst Ptr, v uint32, words int64, s Stream) error

	ErrorName(Result) string
	ErrorString(Result) string
}

// LibraryVariable names the environment variable that holds the path of the
// driver library, for a library in an unusual place and for the simulator.
const LibraryVariable = "WEFT_CUDA_LIBRARY"
