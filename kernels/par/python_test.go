package par_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/weftgo/weft/dist"
	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/par"
	"github.com/weftgo/weft/kernels/vmath"
)

// The bodies of these examples are the code of docs/from-python.md, word for
// word: TestFromPython compares them.

func Example_thread() {
	var both sync.WaitGroup
	sums := make([]int, 2)
	both.Go(func() { sums[0] = 1 + 2 })
	both.Go(func() { sums[1] = 3 + 4 })
	both.Wait()
	fmt.Println(sums)
	// Output: [3 7]
}

func Example_lock() {
	var mu sync.Mutex
	visits := map[string]int{}
	par.For(context.Background(), 100, func(i int) {
		mu.Lock()
		defer mu.Unlock()
		visits["home"]++
	})
	fmt.Println(visits["home"])
	// Output: 100
}

func Example_semaphore() {
	ctx := context.Background()
	seats := semaphore.NewWeighted(2)
	if err := seats.Acquire(ctx, 1); err != nil { // ends with ctx, too
		return
	}
	defer seats.Release(1)
	fmt.Println(seats.TryAcquire(1), seats.TryAcquire(1))
	// Output: true false
}

func Example_condition() {
	var mu sync.Mutex
	changed := sync.NewCond(&mu)
	items := 0
	go func() {
		mu.Lock()
		items = 3
		mu.Unlock()
		changed.Broadcast()
	}()
	mu.Lock()
	for items == 0 {
		changed.Wait()
	}
	fmt.Println(items)
	mu.Unlock()
	// Output: 3
}

func Example_event() {
	ready := make(chan struct{})
	go func() {
		close(ready) // set()
	}()
	select {
	case <-ready: // wait(timeout=10)
		fmt.Println("ready")
	case <-time.After(10 * time.Second):
		fmt.Println("too late")
	}
	// Output: ready
}

func Example_queue() {
	queue := make(chan int, 10) // Queue(maxsize=10)
	go func() {
		defer close(queue)
		for i := range 3 {
			queue <- i // put
		}
	}()
	for i := range queue { // get, until it is closed
		fmt.Print(i, " ")
	}
	// Output: 0 1 2
}

func Example_pool() {
	words := []string{"warp", "and", "weft"}
	lengths := make([]int, len(words))
	err := par.Map(context.Background(), lengths, words, func(s string) int { return len(s) })
	fmt.Println(lengths, err)
	// Output: [4 3 4] <nil>
}

func Example_imap() {
	ctx := context.Background()
	words := par.Source(slices.Values([]string{"warp", "and", "weft"}))
	upper := func(_ context.Context, s string) (string, error) { return strings.ToUpper(s), nil }
	for s, err := range par.Stage(ctx, words, upper, par.WithWorkers(4)) {
		fmt.Print(s, " ", err, " ")
	}
	// Output: WARP <nil> AND <nil> WEFT <nil>
}

func Example_process() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel() // the process is killed when ctx ends
	err := exec.CommandContext(ctx, "no-such-program", "argument").Run()
	fmt.Println(errors.Is(err, exec.ErrNotFound))
	// Output: true
}

func Example_ranks() {
	err := dist.Run(func(c *dist.Comm) error { // mpirun -n 4 has four of these
		squares, err := dist.Map(context.Background(), c, []int{1, 2, 3}, func(_ context.Context, x int) (int, error) {
			return x * x, nil
		})
		if c.Rank() == 0 {
			fmt.Println(squares, err)
		}
		return err
	})
	fmt.Println(err)
	// Output:
	// [1 4 9] <nil>
	// <nil>
}

func Example_pipe() {
	type message struct {
		text  string
		reply chan int
	}
	pipe := make(chan message)
	go func() {
		m := <-pipe
		m.reply <- len(m.text)
	}()
	m := message{"hello", make(chan int)}
	pipe <- m
	fmt.Println(<-m.reply)
	// Output: 5
}

func Example_sharedMemory() {
	var done atomic.Int64
	shared := make([]float64, 1000) // goroutines see the same memory
	par.ForRange(context.Background(), len(shared), 100, func(lo, hi int) {
		kernels.Fill(shared[lo:hi], 1)
		done.Add(1)
	})
	fmt.Println(kernels.Sum(shared), done.Load())
	// Output: 1000 10
}

func Example_gather() {
	var page, picture string
	err := par.DoIO(context.Background(), 2,
		func(ctx context.Context) error { page = "a page"; return nil },
		func(ctx context.Context) error { picture = "a picture"; return nil },
	)
	fmt.Println(page, picture, err)
	// Output: a page a picture <nil>
}

func Example_waitFor() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	slow := func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }
	err := par.DoIO(ctx, 1, slow)
	fmt.Println(errors.Is(err, context.DeadlineExceeded))
	// Output: true
}

func Example_cancel() {
	ctx, cancel := context.WithCancel(context.Background())
	result := make(chan error, 1)
	go func() { result <- par.For(ctx, 1_000_000, func(i int) { time.Sleep(time.Millisecond) }) }()
	cancel()
	fmt.Println(<-result)
	// Output: context canceled
}

func Example_future() {
	ctx := context.Background()
	sum := kernels.NewPromise[float64]()
	go func() { sum.Resolve(kernels.Sum([]float64{1, 2, 3}), nil) }() // set_result
	select {
	case <-sum.Future().Done(): // like a context's
	case <-ctx.Done():
	}
	total, err := sum.Future().Wait(ctx) // await
	fmt.Println(total, err)
	// Output: 6 <nil>
}

func Example_arrays() {
	x := []float64{0, 0.5, 1}
	y := make([]float64, len(x))
	vmath.Exp(y, x) // one call, all cores: no map needed
	par.Map(context.Background(), x, x, func(v float64) float64 { return 1 / (1 + v) })
	fmt.Printf("%.3f %.3f\n", y, x)
	// Output: [1.000 1.649 2.718] [1.000 0.667 0.500]
}

// The code of the page is that of the examples.
func TestFromPython(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("no files here")
	}
	read := func(file string) string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(string(text), "\r\n", "\n")
	}
	examples := map[string]string{}
	source := regexp.MustCompile(`(?s)\nfunc Example_(\w+)\(\) \{\n(.*?)\t// Output:.*?\n}\n`)
	for _, m := range source.FindAllStringSubmatch(read("python_test.go"), -1) {
		lines := strings.Split(m[2], "\n")
		for i := range lines {
			lines[i] = strings.TrimPrefix(lines[i], "\t")
		}
		examples[strings.Join(lines, "\n")] = m[1]
	}
	blocks := 0
	for _, m := range regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(read("../../docs/from-python.md"), -1) {
		blocks++
		if _, ok := examples[m[1]]; !ok {
			t.Errorf("no example has this code of the page:\n%s", m[1])
		}
		delete(examples, m[1])
	}
	if blocks < 10 {
		t.Errorf("%d blocks of code", blocks)
	}
	for _, name := range examples {
		t.Errorf("the page lacks Example_%s", name)
	}
}
