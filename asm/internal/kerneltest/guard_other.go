//go:build !unix

package kerneltest

import "testing"

const pageSize = 4096

// guarded returns size bytes. Without pages that fault around them a read
// outside shows only if it changes the result.
func guarded(t *testing.T, size int) []byte {
	return make([]byte, size+2*pageSize)[pageSize : pageSize+size]
}
