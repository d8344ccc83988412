package array

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"unsafe"
)

// Logic of bools, which are bytes of 0 or 1, eight at a time.

// bytesOfBools is x as bytes, for encoding/binary to take eight of them as a word.
func bytesOfBools(x []bool) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x))
}

func andRun(d, x, y []bool) {
	n := len(d) &^ 7
	db, xb, yb := bytesOfBools(d), bytesOfBools(x[:len(d)]), bytesOfBools(y[:len(d)])
	for i := 0; i < n; i += 8 {
		binary.LittleEndian.PutUint64(db[i:], binary.LittleEndian.Uint64(xb[i:])&binary.LittleEndian.Uint64(yb[i:]))
	}
	for i := n; i < len(d); i++ {
		d[i] = x[i] && y[i]
	}
}

func orRun(d, x, y []bool) {
	n := len(d) &^ 7
	db, xb, yb := bytesOfBools(d), bytesOfBools(x[:len(d)]), bytesOfBools(y[:len(d)])
	for i := 0; i < n; i += 8 {
		binary.LittleEndian.PutUint64(db[i:], binary.LittleEndian.Uint64(xb[i:])|binary.LittleEndian.Uint64(yb[i:]))
	}
	for i := n; i < len(d); i++ {
		d[i] = x[i] || y[i]
	}
}

func xorRun(d, x, y []bool) {
	n := len(d) &^ 7
	db, xb, yb := bytesOfBools(d), bytesOfBools(x[:len(d)]), bytesOfBools(y[:len(d)])
	for i := 0; i < n; i += 8 {
		binary.LittleEndian.PutUint64(db[i:], binary.LittleEndian.Uint64(xb[i:])^binary.LittleEndian.Uint64(yb[i:]))
	}
	for i := n; i < len(d); i++ {
		d[i] = x[i] != y[i]
	}
}

func notRun(d, x []bool) {
	n := len(d) &^ 7
	db, xb := bytesOfBools(d), bytesOfBools(x[:len(d)])
	for i := 0; i < n; i += 8 {
		binary.LittleEndian.PutUint64(db[i:], binary.LittleEndian.Uint64(xb[i:])^0x0101010101010101)
	}
	for i := n; i < len(d); i++ {
		d[i] = !x[i]
	}
}

// anyOf and allOf look for the first that decides.
func anyOf(x []bool) bool { return slices.Contains(x, true) }

func allOf(x []bool) bool { return !slices.Contains(x, false) }

func countOf(x []bool) int64 {
	b := bytesOfBools(x)
	n := 0
	for ; len(b) >= 8; b = b[8:] {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(b))
	}
	for _, v := range b {
		n += int(v)
	}
	return int64(n)
}
