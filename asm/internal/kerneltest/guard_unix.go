//go:build unix

package kerneltest

import (
	"os"
	"syscall"
	"testing"
)

var pageSize = os.Getpagesize()

// guarded returns size bytes, a multiple of the page size, between two pages
// whose access faults.
func guarded(t *testing.T, size int) []byte {
	mem, err := syscall.Mmap(-1, 0, size+2*pageSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(mem) })
	for _, page := range [][]byte{mem[:pageSize], mem[pageSize+size:]} {
		if err := syscall.Mprotect(page, syscall.PROT_NONE); err != nil {
			t.Fatal(err)
		}
	}
	return mem[pageSize : pageSize+size : pageSize+size]
}
