package driver

import (
	"errors"
	"fmt"
)

// Result is a CUresult that is not CUDA_SUCCESS.
type Result int32

// The results that weft tells apart. Others are passed on.
const (
	InvalidValue    Result = 1
	OutOfMemory     Result = 2
	NotInitialized  Result = 3
	Deinitialized   Result = 4
	StubLibrary     Result = 34
	Unavailable     Result = 46
	NoDevice        Result = 100
	InvalidDevice   Result = 101
	InvalidImage    Result = 200
	InvalidContext  Result = 201
	NoBinary        Result = 209
	InvalidPTX      Result = 218
	UnsupportedPTX  Result = 222
	InvalidHandle   Result = 400
	NotFound        Result = 500
	NotReady        Result = 600
	IllegalAddress  Result = 700
	LaunchTooLarge  Result = 701
	LaunchTimeout   Result = 702
	LaunchFailed    Result = 719
	NotPermitted    Result = 800
	NotSupported    Result = 801
	SystemNotReady  Result = 802
	VersionMismatch Result = 803
	Unknown         Result = 999
)

var names = map[Result]string{
	InvalidValue:    "CUDA_ERROR_INVALID_VALUE",
	OutOfMemory:     "CUDA_ERROR_OUT_OF_MEMORY",
	NotInitialized:  "CUDA_ERROR_NOT_INITIALIZED",
	Deinitialized:   "CUDA_ERROR_DEINITIALIZED",
	StubLibrary:     "CUDA_ERROR_STUB_LIBRARY",
	Unavailable:     "CUDA_ERROR_DEVICE_UNAVAILABLE",
	NoDevice:        "CUDA_ERROR_NO_DEVICE",
	InvalidDevice:   "CUDA_ERROR_INVALID_DEVICE",
	InvalidImage:    "CUDA_ERROR_INVALID_IMAGE",
	InvalidContext:  "CUDA_ERROR_INVALID_CONTEXT",
	NoBinary:        "CUDA_ERROR_NO_BINARY_FOR_GPU",
	InvalidPTX:      "CUDA_ERROR_INVALID_PTX",
	UnsupportedPTX:  "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
	InvalidHandle:   "CUDA_ERROR_INVALID_HANDLE",
	NotFound:        "CUDA_ERROR_NOT_FOUND",
	NotReady:        "CUDA_ERROR_NOT_READY",
	IllegalAddress:  "CUDA_ERROR_ILLEGAL_ADDRESS",
	LaunchTooLarge:  "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
	LaunchTimeout:   "CUDA_ERROR_LAUNCH_TIMEOUT",
	LaunchFailed:    "CUDA_ERROR_LAUNCH_FAILED",
	NotPermitted:    "CUDA_ERROR_NOT_PERMITTED",
	NotSupported:    "CUDA_ERROR_NOT_SUPPORTED",
	SystemNotReady:  "CUDA_ERROR_SYSTEM_NOT_READY",
	VersionMismatch: "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
	Unknown:         "CUDA_ERROR_UNKNOWN",
}

func (r Result) Error() string {
	if n, ok := names[r]; ok {
		return fmt.Sprintf("%s (%d)", n, int32(r))
	}
	return fmt.Sprintf("CUDA error %d", int32(r))
}

// ErrNoLibrary says that this machine has no driver library.
var ErrNoLibrary = errors.New("no CUDA driver library")

// ErrNoBinding says that this build has no way to call a driver.
var ErrNoBinding = errors.New("this build can't call a CUDA driver")

// check turns a status into an error.
func check(r int32) error {
	if r == 0 {
		return nil
	}
	return Result(r)
}
