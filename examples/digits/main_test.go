package main

import (
	"fmt"
	"os"
)

func Example() {
	if err := run(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 1297 digits to learn from, 500 to read, of 64 pixels
	// the mean of all zeros:
	// ..:%#:..
	// ..#%*#..
	// .:%:,#:.
	// .-#..+=.
	// .-#..+=.
	// .:%,.#-.
	// ..%+*%,.
	// ..:%%-..
	// 3 nearest neighbours: 96.8 % right
	//   in  2 directions, which have 28 % of the variance: 56.6 %
	//   in  5 directions, which have 55 % of the variance: 88.8 %
	//   in 10 directions, which have 74 % of the variance: 94.2 %
	//   in 20 directions, which have 90 % of the variance: 96.2 %
	// softmax regression, cross entropy 0.131: 90.8 % right
	// [[48  0  0  0  1  0  1  0  0  0]
	//  [ 0 40  0  1  0  0  0  0  0 10]
	//  [ 0  0 47  2  0  0  0  0  0  0]
	//  [ 0  1  0 39  0  3  0  3  5  0]
	//  [ 0  0  0  0 46  0  2  0  3  0]
	//  [ 0  0  0  0  0 50  1  0  0  0]
	//  [ 0  2  0  0  0  0 49  0  0  0]
	//  [ 0  0  0  0  0  0  0 49  1  0]
	//  [ 0  1  0  0  0  2  0  0 41  2]
	//  [ 0  0  0  1  0  2  0  0  2 45]]
}
