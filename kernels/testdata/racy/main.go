// Command racy calls kernels on one goroutine while another writes to the
// operand that its argument names. A race build must find that out.
package main

import (
	"os"
	"sync"

	"github.com/weftgo/weft/kernels"
)

func main() {
	const n = 50
	a, b, c := kernels.NewMatrix[float64](n, n), kernels.NewMatrix[float64](n, n+7), kernels.NewMatrix[float64](n, n)
	b.Cols = n
	x, y := make([]float64, n), make([]float64, n)
	writes := map[string]*float64{
		"a": &a.Data[n*n-1], "b": &b.Data[3], "c": &c.Data[77], "x": &x[n-1], "y": &y[0],
		"gap":  &b.Data[n+2], // between two rows: nobody reads it
		"none": new(float64),
	}
	var wg sync.WaitGroup
	wg.Go(func() { *writes[os.Args[1]] = 1 })
	kernels.Gemm(kernels.Trans, kernels.NoTrans, 1, a, b, 1, c)
	kernels.Axpy(1, x, y)
	wg.Wait()
}
