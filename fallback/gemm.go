package fallback

import (
	"math"
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// The largest tile of Gemm. A row of it is updated by a few values of k in
// turn; long rows give independent chains to work on, and rows of 64 keep the
// four rows of b and the row of c in the first-level cache.
const (
	GemmMR = 8
	GemmNR = 64
)

// Gemm computes a tile of a product,
//
//	c[i][j] = fma(a[i][k-1], b[k-1][j], … fma(a[i][0], b[0][j], start)),
//
// for i < rows ≤ GemmMR and j < cols ≤ GemmNR, where a[i][p] is
// a[i*ars+p*acs], b[p][j] is b[p*brs+j], c[i][j] is c[i*ldc+j], and start is
// zero, c[i][j] or beta*c[i][j] for mode 0, 1 or 2. With mode 0, c is not
// read. Higher bits of mode are hints to other kernels.
func Gemm[T op.Float](rows, k int, a *T, ars, acs int, b *T, brs int, c *T, ldc, mode int, beta T, cols int) {
	for i := range rows {
		row := unsafe.Slice(at(c, i*ldc), cols)
		switch mode & 3 {
		case 0:
			clear(row)
		case 2:
			for j := range row {
				row[j] *= beta
			}
		}
		ai := at(a, i*ars)
		switch row := any(row).(type) {
		case []float64:
			gemmRow64(k, (*float64)(unsafe.Pointer(ai)), acs, (*float64)(unsafe.Pointer(b)), brs, row)
		case []float32:
			gemmRow32(k, (*float32)(unsafe.Pointer(ai)), acs, (*float32)(unsafe.Pointer(b)), brs, row)
		}
	}
}

// gemmRow64 adds the product of a row of k elements and a k×len(c) matrix to
// c. Four steps of the chain at a time, so that c is loaded and stored once
// for four.
func gemmRow64(k int, a *float64, acs int, b *float64, brs int, c []float64) {
	p := 0
	for ; p+4 <= k; p += 4 {
		x0, x1, x2, x3 := *at(a, p*acs), *at(a, (p+1)*acs), *at(a, (p+2)*acs), *at(a, (p+3)*acs)
		b0 := unsafe.Slice(at(b, p*brs), len(c))[:len(c)]
		b1 := unsafe.Slice(at(b, (p+1)*brs), len(c))[:len(c)]
		b2 := unsafe.Slice(at(b, (p+2)*brs), len(c))[:len(c)]
		b3 := unsafe.Slice(at(b, (p+3)*brs), len(c))[:len(c)]
		for j, s := range c {
			s = math.FMA(x0, b0[j], s)
			s = math.FMA(x1, b1[j], s)
			s = math.FMA(x2, b2[j], s)
			c[j] = math.FMA(x3, b3[j], s)
		}
	}
	for ; p < k; p++ {
		x := *at(a, p*acs)
		for j, y := range unsafe.Slice(at(b, p*brs), len(c)) {
			c[j] = math.FMA(x, y, c[j])
		}
	}
}

// gemmRow32 is gemmRow64 for float32. The accumulators stay in float64
// between steps, rounded to float32 after each.
func gemmRow32(k int, a *float32, acs int, b *float32, brs int, c []float32) {
	var wide [GemmNR]float64
	acc := wide[:len(c)]
	for j, s := range c {
		acc[j] = float64(s)
	}
	for p := range k {
		x := float64(*at(a, p*acs))
		for j, y := range unsafe.Slice(at(b, p*brs), len(acc)) {
			prod, z := x*float64(y), acc[j]
			s := prod + z
			if needsOdd(s) {
				s = roundOdd(prod, z, s)
			}
			acc[j] = float64(float32(s))
		}
	}
	for j, s := range acc {
		c[j] = float32(s)
	}
}

// Pack copies k rows of nr contiguous elements, brs apart, to dst.
func Pack[T op.Float](nr, k int, b *T, brs int, dst *T) {
	for p := range k {
		copy(unsafe.Slice(at(dst, p*nr), nr), unsafe.Slice(at(b, p*brs), nr))
	}
}

// Transpose copies lines of n elements, bs apart, to n lines, ds apart:
// dst[p*ds+j] = b[j*bs+p].
func Transpose[T op.Float](lines, n int, b *T, bs int, dst *T, ds int) {
	for j := range lines {
		for p, v := range unsafe.Slice(at(b, j*bs), n) {
			*at(dst, p*ds+j) = v
		}
	}
}
