//go:build !static && ((arm64 && (darwin || linux || windows)) || (amd64 && (windows || (noasm && (darwin || linux)))))

package bench

import "github.com/ebitengine/purego"

// repeat calls a foreign function n times and returns its last result.
func repeat(fn uintptr, n int, args []uintptr) (result uintptr) {
	for range n {
		result, _, _ = purego.SyscallN(fn, args...)
	}
	return result
}
