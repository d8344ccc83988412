package bench

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"sync/atomic"
	"time"

	"github.com/weftgo/weft/kernels"
)

// Contention is a product that shares the machine with processes that do
// nothing but hold a processor.
type Contention struct {
	Type     string  `json:"type"`
	Backend  string  `json:"backend"`
	Shape    string  `json:"shape"`
	Workers  int     `json:"workers"`
	Spinning int     `json:"spinning"` // other processes
	Median   float64 `json:"median"`   // seconds for one call, on the wall
	P95      float64 `json:"p95"`
}

const contentionEach = 700 * time.Millisecond

var (
	contentionSizes = []int{256, 512, 1024}
	contentionCases = []int{0, 1, 3} // processes that spin
)

// contentions is how many calls are measured.
func (b *Bench) contentions() int {
	return len(contentionSizes) * len(b.workers) * len(b.types) * len(contentionCases)
}

func (b *Bench) contentionTime() time.Duration {
	n := b.contentions()
	return time.Duration(n)*b.each(n, contentionEach) + time.Second
}

func (b *Bench) measureContention(ctx context.Context) error {
	for i, spinning := range contentionCases {
		b.progress(float64(i)/float64(len(contentionCases)), fmt.Sprintf("contention: %s", fmt.Sprintf("%d spinning", spinning)))
		stop, err := spinners(spinning, b.opt.Spin)
		if err != nil {
			return err
		}
		for _, t := range b.types {
			if t == "f32" {
				contend[float32](ctx, b, t, spinning)
			} else {
				contend[float64](ctx, b, t, spinning)
			}
		}
		stop()
	}
	return nil
}

func contend[T kernels.Float](ctx context.Context, b *Bench, typ string, spinning int) {
	e, err := kernels.Open[T](b.backends[0])
	if err != nil {
		panic(err) // it was there when the run was planned
	}
	each := b.each(b.contentions(), contentionEach)
	for _, n := range contentionSizes {
		s := cube(n)
		work := workload{family: products, shapes: []Shape{s}}
		o := newOperands(&work, s, newBuffers[T]([]workload{work}))
		for _, w := range b.workers {
			if ctx.Err() != nil {
				return
			}
			gemm := weft(e.WithWorkers(w)).calls["Gemm"]
			gemm(o, 1)
			var times []float64
			for start := time.Now(); time.Since(start) < each; {
				t := time.Now()
				gemm(o, 1)
				times = append(times, time.Since(t).Seconds())
			}
			slices.Sort(times)
			b.report.Contention = append(b.report.Contention, Contention{
				typ, e.Backend(), s.String(), w, spinning,
				times[len(times)/2], times[len(times)*95/100],
			})
		}
	}
}

// spinners starts n processes that spin and returns how to end them.
func spinners(n int, command func() *exec.Cmd) (stop func(), err error) {
	var ends []func()
	stop = func() {
		for _, end := range ends {
			end()
		}
	}
	for range n {
		cmd := command()
		in, err := cmd.StdinPipe()
		if err != nil {
			stop()
			return nil, err
		}
		out, err := cmd.StdoutPipe()
		if err == nil {
			err = cmd.Start()
		}
		if err != nil {
			stop()
			return nil, fmt.Errorf("starting a process that spins: %w", err)
		}
		ends = append(ends, func() {
			in.Close()
			_ = cmd.Wait()
		})
		if _, err := io.ReadFull(out, make([]byte, 1)); err != nil {
			stop()
			return nil, fmt.Errorf("a process that should spin: %w", err)
		}
	}
	return stop, nil
}

// Spin holds a processor until stdin ends, which it does at the latest when the
// process that started this one does. It says on stdout when it has begun.
func Spin(stdin io.Reader, stdout io.Writer) {
	var ended atomic.Bool
	go func() {
		_, _ = io.Copy(io.Discard, stdin)
		ended.Store(true)
	}()
	_, _ = stdout.Write([]byte{'s'})
	for !ended.Load() {
	}
}
