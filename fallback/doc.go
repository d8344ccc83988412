// Package fallback holds the kernels in plain Go: the readable specification
// of every kernel of weft, and what runs where there is no assembly.
//
// A kernel works on one goroutine, on at most a chunk or a tile, and trusts
// its arguments. Vectors come as a pointer to the first element and a length,
// as the assembly kernels take them; strides count elements. docs/numerics.md
// puts the definitions in words.
package fallback

import (
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// at returns the address of element i of the array that starts at p.
func at[T op.Float](p *T, i int) *T {
	return (*T)(unsafe.Add(unsafe.Pointer(p), i*op.Size[T]()))
}
