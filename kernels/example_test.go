package kernels_test

import (
	"context"
	"fmt"
	"log"

	"github.com/weftgo/weft/kernels"
)

func ExampleSum() {
	x := []float64{1, 2, 3, 4}
	fmt.Println(kernels.Sum(x), kernels.Mean(x), kernels.Max(x), kernels.ArgMax(x))
	// Output: 10 2.5 4 3
}

func ExampleDot() {
	x := []float32{1, 2, 3}
	y := []float32{4, 5, 6}
	fmt.Println(kernels.Dot(x, y))
	// Output: 32
}

func ExampleAxpy() {
	x := []float64{1, 2, 3}
	y := []float64{10, 20, 30}
	kernels.Axpy(2, x, y)
	fmt.Println(y)
	// Output: [12 24 36]
}

func ExampleGemm() {
	a := kernels.Matrix[float64]{Rows: 2, Cols: 3, Stride: 3, Data: []float64{
		1, 2, 3,
		4, 5, 6,
	}}
	b := kernels.Matrix[float64]{Rows: 2, Cols: 3, Stride: 3, Data: []float64{
		1, 0, 1,
		0, 1, 0,
	}}
	c := kernels.NewMatrix[float64](2, 2)
	kernels.Gemm(kernels.NoTrans, kernels.Trans, 1, a, b, 0, c) // c = a*bᵀ
	fmt.Println(c.Data[:2])
	fmt.Println(c.Data[2:])
	// Output:
	// [4 2]
	// [10 5]
}

// A pinned engine has the functions of the package as methods. The same call
// gives the same bits on each.
func ExampleOpen() {
	e, err := kernels.Open[float32]("fallback")
	if err != nil {
		fmt.Println(err)
		return
	}
	x := make([]float32, 1_000_000)
	e.Fill(x, 0.1)
	fmt.Println(e.Sum(x) == e.WithWorkers(3).Sum(x), e.Sum(x) == kernels.Sum(x))
	// Output: true true
}

func ExampleBackends() {
	for _, b := range kernels.Backends() {
		if b.Name == "fallback" {
			fmt.Println(b.Name, b.Features, b.Err)
		}
	}
	// Output: fallback plain Go <nil>
}

func ExampleOpenDevice() {
	dev, err := kernels.OpenDevice("") // a GPU if there is one, else the processor
	if err != nil {
		log.Fatal(err)
	}
	defer dev.Close()
	st, err := dev.NewStream()
	if err != nil {
		log.Fatal(err)
	}
	x, err := kernels.UploadVector(st, []float64{1, 2, 3, 4})
	if err != nil {
		log.Fatal(err)
	}
	// All of this is enqueued; nothing has to be done before Wait returns.
	kernels.ScalOn(st, 10, x)
	kernels.AddOn(st, x.Slice(0, 2), x.Slice(0, 2), x.Slice(2, 4))
	f := kernels.SumOn(st, x)
	sum, err := f.Wait(context.Background())
	fmt.Println(sum, err)
	// Output: 170 <nil>
}
