package lapack

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels"
)

func testBidiagonalValues[T kernels.Float](t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 10, 33, 100, 257} {
		for name, f := range tridiagonals[T](n) {
			t.Run(fmt.Sprintf("%s/%d", name, n), func(t *testing.T) {
				d, e := make([]T, n), make([]T, n-1)
				f(d, e)
				b := bidiagonal[T]{d: slices.Clone(d), e: slices.Clone(e)}
				if !b.iterate() {
					t.Fatal("no convergence of the QR method")
				}
				b.sort()
				if !bidiagonalValues(d, e) {
					t.Fatal("no convergence")
				}
				for i, v := range d {
					if diff := math.Abs(float64(v) - float64(b.d[i])); !(diff <= 4*float64(n+10)*float64(unit[T]())*float64(b.d[0])) {
						t.Fatalf("singular value %d is %v, want %v, off by %.2g of the largest", i, v, b.d[i], diff/float64(b.d[0]))
					}
				}
			})
		}
	}
}

func TestBidiagonalValues(t *testing.T) {
	t.Run("float64", testBidiagonalValues[float64])
	t.Run("float32", testBidiagonalValues[float32])
}
