package par_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/weftgo/weft/kernels/par"
)

// Python: Pool().map(f, range(n)).
func ExampleFor() {
	squares := make([]int, 6)
	err := par.For(context.Background(), len(squares), func(i int) { squares[i] = i * i })
	fmt.Println(squares, err)
	// Output: [0 1 4 9 16 25] <nil>
}

// The error is the one that a loop would have met first.
func ExampleFor_error() {
	words := []string{"one", "two", "", "four", ""}
	err := par.For(context.Background(), len(words), func(i int) error {
		if words[i] == "" {
			return fmt.Errorf("word %d is empty", i)
		}
		return nil
	})
	fmt.Println(err)
	// Output: word 2 is empty
}

// The middle of a row of numbers and its neighbours, a chunk at a time.
func ExampleForRange() {
	x := []float64{0, 3, 6, 3, 0, 3, 6, 3}
	y := make([]float64, len(x))
	par.ForRange(context.Background(), len(x), 4, func(lo, hi int) {
		for i := max(lo, 1); i < min(hi, len(x)-1); i++ {
			y[i] = (x[i-1] + x[i] + x[i+1]) / 3
		}
	})
	fmt.Println(y)
	// Output: [0 3 4 3 2 3 4 0]
}

// Python: list(executor.map(len, words)).
func ExampleMap() {
	words := []string{"warp", "and", "weft"}
	lengths := make([]int, len(words))
	par.Map(context.Background(), lengths, words, func(s string) int { return len(s) })
	fmt.Println(lengths)
	// Output: [4 3 4]
}

// A sum with the same bits on any number of workers.
func ExampleReduce() {
	sum, err := par.Reduce(context.Background(), 1_000_000, 4096, func(lo, hi int) float64 {
		s := 0.0
		for i := lo; i < hi; i++ {
			s += 1 / float64((i+1)*(i+1))
		}
		return s
	}, func(a, b float64) float64 { return a + b })
	fmt.Printf("%.6f %.6f %v\n", sum, math.Pi*math.Pi/6, err)
	// Output: 1.644933 1.644934 <nil>
}

// Different tasks; the first error ends the others.
func ExampleDo() {
	var total, largest int
	x := []int{3, 1, 4, 1, 5, 9, 2, 6}
	err := par.Do(context.Background(),
		func(context.Context) error {
			for _, v := range x {
				total += v
			}
			return nil
		},
		func(context.Context) error { largest = slices.Max(x); return nil },
	)
	fmt.Println(total, largest, err)
	// Output: 31 9 <nil>
}

// Tasks that wait: all are under way at once. Python: asyncio.TaskGroup.
func ExampleDoIO() {
	letters := make(chan string)
	err := par.DoIO(context.Background(), 2,
		func(ctx context.Context) error { letters <- "a letter"; return nil },
		func(ctx context.Context) error {
			select {
			case s := <-letters:
				return errors.New(s + " has come")
			case <-ctx.Done():
				return ctx.Err()
			}
		},
	)
	fmt.Println(err)
	// Output: a letter has come
}

// Stages work side by side, on different values; what comes out is in order.
func ExampleStage() {
	ctx := context.Background()
	lines := par.Source(slices.Values([]string{"the same bits", "on every", "machine"}))
	words := par.Stage(ctx, lines, func(_ context.Context, s string) ([]string, error) {
		return strings.Fields(s), nil
	})
	counts := par.Stage(ctx, words, func(_ context.Context, w []string) (int, error) {
		return len(w), nil
	}, par.WithWorkers(2))
	for n, err := range counts {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(n)
	}
	// Output:
	// 3
	// 2
	// 1
}
