package par

import (
	"strconv"

	"github.com/weftgo/weft/kernels"
)

// Workers returns how many goroutines share a call: WEFT_WORKERS, or GOMAXPROCS
// if that is less or the former is not set. It panics if WEFT_WORKERS is no
// number of at least 1, as the kernels do.
func Workers() int {
	e, err := kernels.Default[float64]()
	if err != nil {
		panic(err)
	}
	return e.Workers()
}

// Option is how a call differs from the ordinary. Options never change results.
type Option struct{ workers, buffer int }

// WithWorkers bounds a call to n ≥ 1 goroutines, the caller's included. More
// than [Workers] says are not to be had, except by [Stage]: there it is the
// number of goroutines of the stage, one unless given. Calls inside the bodies
// have bounds of their own.
func WithWorkers(n int) Option {
	atLeast("WithWorkers", "n", n, 1)
	return Option{workers: n}
}

// WithBuffer lets a [Stage] be n ≥ 0 results ahead of who takes them, beside
// those that its workers are busy with; without it, as many as it has workers.
// Other calls have no use for it.
func WithBuffer(n int) Option {
	atLeast("WithBuffer", "n", n, 0)
	return Option{buffer: n + 1}
}

// merge returns what several options say, the later ones first. Fields that
// none has set are zero; buffer is one more than what was asked for.
func merge(options []Option) (o Option) {
	for _, p := range options {
		if p.workers != 0 {
			o.workers = p.workers
		}
		if p.buffer != 0 {
			o.buffer = p.buffer
		}
	}
	return o
}

// atLeast panics if argument arg of a call is less than least.
func atLeast(call, arg string, n, least int) {
	if n < least {
		panic(&kernels.ShapeError{Func: "par." + call, Arg: arg, Has: strconv.Itoa(n), Want: "at least " + strconv.Itoa(least)})
	}
}
