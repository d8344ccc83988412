package driver

import (
	"math"
	"unsafe"
)

// MaxArgs is the most arguments that a kernel of weft takes, MaxTiles how many
// of them may be tensor maps.
const (
	MaxArgs  = 20
	MaxTiles = 2
)

// Args are the arguments of a launch. Each number has eight bytes of its own,
// whatever its size: gorgonia.org/cu reads so many behind each pointer.
type Args struct {
	n      int
	cells  [MaxArgs]uint64
	ptrs   [MaxArgs]unsafe.Pointer // to cells and maps, for the driver
	mapOf  [MaxArgs]int32          // the argument is this tensor map, counted from one
	tiles  [MaxTiles]Tiles
	nTiles int
	maps   [MaxTiles*mapSize + mapAlign]byte
	shared int
}

// Tiles is what a tensor map tells the copy engine of devices from capability
// 9.0 on: a matrix in device memory, in words of four bytes, and how many of
// its rows a copy takes. A copy takes 32 words of each row and swizzles the
// rows, of 128 bytes, in shared memory. What lies outside the matrix reads as
// zero.
type Tiles struct {
	Base        Ptr // a multiple of 16
	Rows, Words int
	Stride      int // bytes from row to row, a multiple of 16
	BoxRows     int // at most 256
}

// A tensor map is an opaque object of so many bytes, at a multiple of so many.
const (
	mapSize  = 128
	mapAlign = 64
)

// Reset removes all arguments.
func (a *Args) Reset() { a.n, a.nTiles, a.shared = 0, 0, 0 }

// Len returns the number of arguments.
func (a *Args) Len() int { return a.n }

func (a *Args) put(v uint64) {
	a.cells[a.n], a.mapOf[a.n] = v, 0
	a.n++
}

// Ptr appends an address, Int a 64-bit integer, F32 and F64 a number.
func (a *Args) Ptr(p Ptr)     { a.put(uint64(p)) }
func (a *Args) Int(v int)     { a.put(uint64(v)) }
func (a *Args) F32(v float32) { a.put(uint64(math.Float32bits(v))) } // little-endian
func (a *Args) F64(v float64) { a.put(math.Float64bits(v)) }

// Tiles appends a tensor map, which the launch makes.
func (a *Args) Tiles(t Tiles) {
	a.put(0)
	a.tiles[a.nTiles] = t
	a.nTiles++
	a.mapOf[a.n-1] = int32(a.nTiles)
}

// Shared gives each block n bytes of dynamic shared memory.
func (a *Args) Shared(n int) { a.shared = n }

// staticShared is how much shared memory a block gets without being asked for.
const staticShared = 48 << 10

// prepare does what must be done before a launch of f: it makes the tensor maps
// and asks for much shared memory. Since the arguments are then used by
// address, a must be on the heap and stay where it is.
func (a *Args) prepare(d Driver, f Function) error {
	for i := range a.nTiles {
		if err := d.EncodeTiles(a.tensorMap(i), &a.tiles[i]); err != nil {
			return err
		}
	}
	if a.shared > staticShared {
		return d.SetFunctionAttribute(f, FuncDynamicShared, a.shared)
	}
	return nil
}

// tensorMap returns where map i is.
func (a *Args) tensorMap(i int) unsafe.Pointer {
	p := unsafe.Pointer(&a.maps)
	return unsafe.Add(p, -uintptr(p)%mapAlign+uintptr(i)*mapSize)
}

// pointers returns the array of pointers that cuLaunchKernel takes.
func (a *Args) pointers() *[MaxArgs]unsafe.Pointer {
	for i := range a.n {
		if m := a.mapOf[i]; m > 0 {
			a.ptrs[i] = a.tensorMap(int(m) - 1)
		} else {
			a.ptrs[i] = unsafe.Pointer(&a.cells[i])
		}
	}
	return &a.ptrs
}

// tiling is the numbers of a Tiles as cuTensorMapEncodeTiled takes them: the
// fastest dimension first. It holds what the driver reads by address.
type tiling struct {
	sizes   [2]uint64
	strides [1]uint64
	box     [2]uint32
	steps   [2]uint32
}

func newTiling(t *Tiles) *tiling {
	return &tiling{
		sizes:   [2]uint64{uint64(t.Words), uint64(t.Rows)},
		strides: [1]uint64{uint64(t.Stride)},
		box:     [2]uint32{32, uint32(t.BoxRows)},
		steps:   [2]uint32{1, 1},
	}
}

// The constants of cuTensorMapEncodeTiled that weft uses, numbered as in cuda.h.
const (
	tilesUint32   = 2
	tilesRank     = 2
	interleave    = 0 // none
	swizzle128    = 3
	promoteL2_256 = 3
	outsideZero   = 0
)
