//go:build !(amd64 || arm64) || noasm

package cpu

import "unsafe"

// KnowsStack says whether OnStack can tell. Where it can't, no operand may be
// hidden from escape analysis.
const KnowsStack = false

// OnStack returns false: operands are not hidden, so none is on a stack.
func OnStack(unsafe.Pointer) bool { return false }
