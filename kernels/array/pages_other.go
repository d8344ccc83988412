//go:build !linux

package array

// wantHugePages would ask the system for large pages under x.
func wantHugePages[T Element]([]T) {}
