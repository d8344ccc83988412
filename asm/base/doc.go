// Package base has the few machine instructions that Go has no function for
// and that need no vector unit. Each exists where its architecture is named:
//
//	Pause()                                     amd64, arm64
//	StackBounds() (lo, hi uintptr)              amd64, arm64
//	CPUID(leaf, sub uint32) (a, b, c, d uint32) amd64
//	XGETBV() (lo, hi uint32)                    amd64
//
// With the build tag noasm the package is empty.
package base
