package driver

import (
	"errors"
	"strings"
	"testing"
	"unsafe"
)

func TestArgs(t *testing.T) {
	a := new(Args)
	a.Ptr(0x123456789a)
	a.Int(-2)
	a.F32(1.5)
	a.F64(-2.5)
	ps := a.pointers()
	if *(*uint64)(ps[0]) != 0x123456789a || *(*int64)(ps[1]) != -2 || *(*float32)(ps[2]) != 1.5 || *(*float64)(ps[3]) != -2.5 {
		t.Error("the driver would read other values")
	}
	for i, p := range ps[:a.Len()] {
		if p != unsafe.Pointer(&a.cells[i]) {
			t.Errorf("argument %d has no cell of its own", i)
		}
	}
	a.Reset()
	if a.Len() != 0 {
		t.Error("arguments left after Reset")
	}
	for i := range MaxArgs {
		a.Int(i)
	}
}

func TestResults(t *testing.T) {
	if check(0) != nil {
		t.Error("success is an error")
	}
	err := check(700)
	if err != IllegalAddress || !strings.Contains(err.Error(), "CUDA_ERROR_ILLEGAL_ADDRESS (700)") {
		t.Errorf("700 is %v", err)
	}
	if got := Result(12345).Error(); got != "CUDA error 12345" {
		t.Error(got)
	}
}

func TestNoLibrary(t *testing.T) {
	if Binding != "purego" {
		t.Skip("the library is linked, or there is no binding")
	}
	t.Setenv(LibraryVariable, t.TempDir()+"/libcuda.so.1")
	if _, err := Open(); !errors.Is(err, ErrNoLibrary) {
		t.Errorf("Open without a library: %v", err)
	}
}
