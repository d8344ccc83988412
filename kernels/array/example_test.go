package array_test

import (
	"fmt"

	"github.com/weftgo/weft/kernels/array"
)

func Example() {
	a := array.FromRows(
		[]float64{1, 10, 100},
		[]float64{3, 20, 300},
		[]float64{5, 60, 200},
	)
	mean := array.Mean(a, array.Axis(0))
	fmt.Println(mean)
	fmt.Println(array.Sub(a, mean))
	fmt.Println(array.Max(a).Item(), array.ArgMax(a, array.Axis(1)))
	// Output:
	// [  3.  30. 200.]
	// [[  -2.  -20. -100.]
	//  [   0.  -10.  100.]
	//  [   2.   30.    0.]]
	// 300 [2 2 2]
}

func ExampleArray_View() {
	a := array.Arange[int64](0, 20, 1).Reshape(4, 5)
	fmt.Println(a.View(array.Range(1, 3), array.All.By(-2))) // a[1:3, ::-2]
	fmt.Println(a.View(array.At(-1)))                        // a[-1]

	// A view shares its elements.
	a.View(array.All, array.To(2)).Fill(0)
	fmt.Println(a)
	// Output:
	// [[ 9  7  5]
	//  [14 12 10]]
	// [15 16 17 18 19]
	// [[ 0  0  2  3  4]
	//  [ 0  0  7  8  9]
	//  [ 0  0 12 13 14]
	//  [ 0  0 17 18 19]]
}

func ExampleAddTo() {
	a, row := array.Zeros[float32](2, 3), array.FromSlice([]float32{1, 2, 3})
	array.AddTo(a, a, row) // a += row
	array.AddTo(a.T(), a.T(), array.FromSlice([]float32{10, 20}))
	fmt.Println(a)
	// Output:
	// [[11. 12. 13.]
	//  [21. 22. 23.]]
}

func ExampleSum() {
	a := array.Arange(0.0, 6, 1).Reshape(2, 3)
	fmt.Println(array.Sum(a).Item())
	fmt.Println(array.Sum(a, array.Axis(0)))
	fmt.Println(array.Sum(a, array.Axis(1), array.Where(array.Greater(a, array.Scalar(1.0)))))
	// Output:
	// 15
	// [3. 5. 7.]
	// [ 2. 12.]
}

func ExampleEinsum() {
	a := array.Arange(0.0, 6, 1).Reshape(2, 3)
	fmt.Println(array.Einsum("ij,kj->ik", a, a)) // a·aᵀ
	fmt.Println(array.Einsum("ij->j", a))
	// Output:
	// [[ 5. 14.]
	//  [14. 50.]]
	// [3. 5. 7.]
}
