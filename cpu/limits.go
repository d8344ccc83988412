package cpu

import (
	"encoding/binary"
	"math"
	"runtime"
	"unsafe"

	"github.com/weftgo/weft/fallback"
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
		FMAF32:  fmaTurns32, FLOPF32: 2 * fmaDepth * fallback.GemmNR,
		FMAF64: fmaTurns64, FLOPF64: 2 * fmaChains,
		Read: readWords, ReadStep: 64,
	})
}

// fmaChains is the number of chains in fmaTurns64: two units times a latency
// of four cycles.
const fmaChains = 8

func fmaTurns64(n int) {
	a, b, c, d, e, f, g, h := 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0
	x, y := float64(n), 1/float64(n)
	for range n {
		a, b = math.FMA(x, y, a), math.FMA(x, y, b)
		c, d = math.FMA(x, y, c), math.FMA(x, y, d)
		e, f = math.FMA(x, y, e), math.FMA(x, y, f)
		g, h = math.FMA(x, y, g), math.FMA(x, y, h)
	}
	runtime.KeepAlive(a + b + c + d + e + f + g + h)
}

const fmaDepth = 4

// fmaTurns32 is the best that plain Go is known to do for float32, where it
// has no fused multiply-add: one row of the product's own kernel.
func fmaTurns32(n int) {
	var a [fmaDepth]float32
	var b [fmaDepth * fallback.GemmNR]float32
	var c [fallback.GemmNR]float32
	for i := range b {
		a[i%fmaDepth], b[i] = 1, 1
	}
	for range n {
		fallback.Gemm(1, fmaDepth, &a[0], fmaDepth, 1, &b[0], fallback.GemmNR, &c[0], fallback.GemmNR, modeAdd, 0, fallback.GemmNR)
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
