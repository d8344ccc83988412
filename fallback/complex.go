package fallback

import (
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// Complex numbers lie as pairs of real ones, real part and imaginary part.
// Counts n and k are of pairs here, strides and nr of real numbers.

// PackComplex packs k rows of nr/2 pairs, brs apart, each as two rows of nr:
// the pairs as they lie, (re, im), and turned, (-im, re). A real product of
// (x, y), pairs of A, and these two rows is then the complex one.
func PackComplex[T op.Float](nr, k int, b *T, brs int, dst *T) {
	for p := range k {
		row := unsafe.Slice(at(dst, 2*p*nr), 2*nr)
		for j, v := range unsafe.Slice(at(b, p*brs), nr) {
			row[j] = v
			if j%2 == 0 {
				row[nr+j+1] = v
			} else {
				row[nr+j-1] = -v
			}
		}
	}
}

// PackComplexTrans is PackComplex for nr/2 columns of k pairs, bcs apart. It
// packs the conjugates of the numbers if conj is set.
func PackComplexTrans[T op.Float](nr, k int, b *T, bcs int, dst *T, conj bool) {
	for j := 0; j < nr; j += 2 {
		column := unsafe.Slice(at(b, j/2*bcs), 2*k)
		for p := range k {
			re, im := column[2*p], column[2*p+1]
			if conj {
				im = -im
			}
			*at(dst, 2*p*nr+j), *at(dst, 2*p*nr+j+1) = re, im
			*at(dst, (2*p+1)*nr+j), *at(dst, (2*p+1)*nr+j+1) = -im, re
		}
	}
}

// TransposeComplex copies lines of n pairs, bs apart, or their conjugates, to n
// lines, ds apart: pair j of line p of dst is pair p of line j of b.
func TransposeComplex[T op.Float](lines, n int, b *T, bs int, dst *T, ds int, conj bool) {
	for j := range lines {
		line := unsafe.Slice(at(b, j*bs), 2*n)
		for p := range n {
			im := line[2*p+1]
			if conj {
				im = -im
			}
			*at(dst, p*ds+2*j), *at(dst, p*ds+2*j+1) = line[2*p], im
		}
	}
}

// ScaleComplex multiplies n pairs by re + i·im; dst may be x.
func ScaleComplex[T op.Float](re, im T, x, dst *T, n int) {
	s, d := unsafe.Slice(x, 2*n), unsafe.Slice(dst, 2*n)
	for p := 0; p < 2*n; p += 2 {
		a, b := s[p], s[p+1]
		d[p], d[p+1] = T(re*a)-T(im*b), T(re*b)+T(im*a)
	}
}

// AxpyComplex adds re + i·im times n pairs of x to those of y, by two fused
// multiply-adds for each part.
func AxpyComplex[T op.Float](re, im T, x, y *T, n int) {
	s, d := unsafe.Slice(x, 2*n), unsafe.Slice(y, 2*n)
	for p := 0; p < 2*n; p += 2 {
		a, b := s[p], s[p+1]
		d[p] = FMA(-im, b, FMA(re, a, d[p]))
		d[p+1] = FMA(im, a, FMA(re, b, d[p+1]))
	}
}

// DotComplex sums the products of the parts of n pairs: re·re, im·im, re·im and
// im·re of x and y, in this order. Each pair of sums is a reduction over half
// as many lanes as a real one has, joined by halving until two are left.
func DotComplex[T op.Float](x, y *T, n int, out *T) {
	var straight, crossed [maxLanes / 2]T
	L := op.Lanes[T]() / 2
	s, t := unsafe.Slice(x, 2*n), unsafe.Slice(y, 2*n)
	for i, v := range s {
		l := i % L
		straight[l] = FMA(v, t[i], straight[l])
		crossed[l] = FMA(v, t[i^1], crossed[l])
	}
	for h := L / 2; h >= 2; h /= 2 {
		for i := range h {
			straight[i] += straight[i+h]
			crossed[i] += crossed[i+h]
		}
	}
	*at(out, 0), *at(out, 1), *at(out, 2), *at(out, 3) = straight[0], straight[1], crossed[0], crossed[1]
}

// AbsSumComplex sets dst to |re| + |im| of n pairs.
func AbsSumComplex[T op.Float](x *T, n int, dst *T) {
	s, d := unsafe.Slice(x, 2*n), unsafe.Slice(dst, n)
	for i := range d {
		re, im := s[2*i], s[2*i+1]
		d[i] = max(re, -re) + max(im, -im)
	}
}
