package cpu

import (
	"encoding/binary"
	"runtime"
	"unsafe"

	"github.com/weftgo/weft/fallback"
	"github.com/weftgo/weft/internal/op"
)

// Meter holds the measuring kernels of one level. They do nothing but run into
// a limit of the machine with the instructions of that level, so that the
// speed of a function can be held against what the level could do at best.
type Meter struct {
	Backend string // of this level

	// FMA runs n turns of independent fused multiply-adds on registers; a turn
	// is so many floating-point operations, two for each fused one.
	FMAF32, FMAF64   func(n int)
	FLOPF32, FLOPF64 int

	// Read loads n bytes from p, a multiple of ReadStep, and drops them.
	Read     func(p *byte, n int)
	ReadStep int
}

// Meters returns the measuring kernels of the levels that this machine and this
// build can use, best first.
func Meters() []Meter {
	return append(isaMeters(), Meter{
		Backend: "fallback",
		FMAF32:  fmaTurns[float32], FLOPF32: 2 * fmaDepth * fallback.GemmNR,
		FMAF64: fmaTurns[float64], FLOPF64: 2 * fmaDepth * fallback.GemmNR,
		Read: readWords, ReadStep: 64,
	})
}

// fmaDepth is the number of fused multiply-adds on each element in a turn.
const fmaDepth = 64

// fmaTurns is the best that plain Go is known to do: a row of the product's own
// kernel, with operands in the first-level cache. Go's compiler keeps no
// accumulators in registers across math.FMA, and has none for float32.
func fmaTurns[T op.Float](n int) {
	var a [fmaDepth]T
	var b [fmaDepth * fallback.GemmNR]T
	var c [fallback.GemmNR]T
	for i := range b {
		a[i%fmaDepth], b[i] = 1, 1
	}
	for range n {
		fallback.Gemm(1, fmaDepth, &a[0], fmaDepth, 1, &b[0], fallback.GemmNR, &c[0], fallback.GemmNR, modeZero, 0, fallback.GemmNR)
	}
}

// readWords loads n bytes a word at a time, as plain Go does.
func readWords(p *byte, n int) {
	var a, b, c, d uint64
	for x := unsafe.Slice(p, n); len(x) >= 64; x = x[64:] {
		a |= binary.NativeEndian.Uint64(x) | binary.NativeEndian.Uint64(x[32:])
		b |= binary.NativeEndian.Uint64(x[8:]) | binary.NativeEndian.Uint64(x[40:])
		c |= binary.NativeEndian.Uint64(x[16:]) | binary.NativeEndian.Uint64(x[48:])
		d |= binary.NativeEndian.Uint64(x[24:]) | binary.NativeEndian.Uint64(x[56:])
	}
	runtime.KeepAlive(a | b | c | d)
}
