package rand_test

import (
	"context"
	"fmt"
	randv2 "math/rand/v2"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/par"
	"github.com/weftgo/weft/kernels/rand"
)

// Python: numpy.random.Generator(numpy.random.Philox(42)).normal(10, 2, 1_000_000).
// The numbers are others: weft's generator has words of 32 bits, NumPy's of 64.
func ExampleNormal() {
	x := make([]float64, 1_000_000)
	rand.Normal(rand.New(42), x, 10, 2)
	fmt.Printf("mean %.2f, variance %.2f\n", kernels.Mean(x), kernels.Var(x))
	// Output: mean 10.00, variance 4.00
}

// All of math/rand/v2 works on a generator.
func ExampleNew() {
	r := randv2.New(rand.New(1))
	dice := make([]int, 10)
	for i := range dice {
		dice[i] = 1 + r.IntN(6)
	}
	fmt.Println(dice)
	// Output: [6 5 6 4 4 6 1 1 4 6]
}

// Each task has numbers of its own, whoever does it and when: the result does
// not depend on the workers.
func ExamplePhilox_Split() {
	g := rand.New(7)
	inside := make([]int, 100)
	par.For(context.Background(), len(inside), func(task int) {
		h := g.Split(task)
		var x, y [1000]float64
		rand.Uniform(h, x[:], 0, 1)
		rand.Uniform(h, y[:], 0, 1)
		for i := range x {
			if float64(x[i]*x[i])+float64(y[i]*y[i]) < 1 {
				inside[task]++
			}
		}
	})
	total := 0
	for _, n := range inside {
		total += n
	}
	fmt.Printf("pi is about %.3f\n", 4*float64(total)/100_000)
	// Output: pi is about 3.144
}

// Any number is there without those before it.
func ExamplePhilox_At() {
	g := rand.New(3)
	for range 5 {
		g.Uint64()
	}
	fmt.Println(g.Uint64() == rand.New(3).At(5))
	// Output: true
}
