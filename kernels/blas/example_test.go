package blas_test

import (
	"fmt"

	"github.com/weftgo/weft/kernels/blas"
	"gonum.org/v1/gonum/mat"
)

// One call, and gonum's matrices compute on weft.
func ExampleUse() {
	blas.Use()

	a := mat.NewDense(2, 3, []float64{1, 2, 3, 4, 5, 6})
	var ata mat.Dense
	ata.Mul(a.T(), a)
	fmt.Println(mat.Formatted(&ata))
	// Output:
	// ⎡17  22  27⎤
	// ⎢22  29  36⎥
	// ⎣27  36  45⎦
}
