package dist

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

// What can go wrong in a program that is right.
var (
	ErrNoMPI     = errors.New("dist: no Open MPI")
	ErrOtherMPI  = errors.New("dist: another MPI than Open MPI")
	ErrTooLarge  = errors.New("dist: more elements than 32 bits count")
	ErrTruncated = errors.New("dist: the message is longer than the buffer")
)

// errCancelled is the end of a receive that was taken back.
var errCancelled = errors.New("dist: cancelled")

// Error is what MPI reports about a call.
type Error struct {
	Call       string // the function, "Recv"
	Rank, Size int    // who called it
	Class      int    // MPI's error class
	Text       string // what MPI says
}

func (e *Error) Error() string {
	return fmt.Sprintf("dist: %s on rank %d of %d: %s", e.Call, e.Rank, e.Size, e.Text)
}

// Is makes errors.Is(err, ErrTruncated) work.
func (e *Error) Is(target error) bool { return target == ErrTruncated && e.Class == classTruncate }

const classTruncate = 15 // MPI_ERR_TRUNCATE

// Run calls f with the communicator of all ranks and ends MPI after it: what a
// program's main is made of.
//
//	func main() {
//		if err := dist.Run(work); err != nil {
//			log.Fatal(err)
//		}
//	}
//
// A rank that fails ends the whole job, since the others would wait for it for
// ever: if f panics, or calls runtime.Goexit, its rank, message and stack go to
// standard error and all ranks are ended, with exit code 2; if f returns an error,
// with the error and exit code 1. Where there is only one rank, Run ends MPI
// and returns the error or passes the panic on. An error of [Init] is returned.
func Run(f func(c *Comm) error) error {
	c, err := Init()
	if err != nil {
		return err
	}
	if c.size == 1 {
		return errors.Join(f(c), c.Close())
	}
	if err := c.guard(f); err != nil {
		fmt.Fprintf(os.Stderr, "dist: rank %d of %d on %s: %v\n", c.rank, c.size, Host(), err)
		c.Abort(1)
	}
	return c.Close()
}

// guard calls f and ends the job if it doesn't return.
func (c *Comm) guard(f func(c *Comm) error) error {
	returned := false
	defer func() {
		if returned {
			return
		}
		what := "runtime.Goexit was called"
		if v := recover(); v != nil {
			what = "panic: " + panicText(v)
		}
		fmt.Fprintf(os.Stderr, "dist: rank %d of %d on %s: %s\n\n%s", c.rank, c.size, Host(), what, debug.Stack())
		c.Abort(2)
	}()
	err := f(c)
	returned = true
	return err
}

func panicText(v any) string {
	if err, ok := v.(error); ok {
		return err.Error()
	}
	return fmt.Sprint(v)
}

// Host returns the name of the machine that this rank runs on, without its
// domain.
func Host() string {
	name, err := os.Hostname()
	if err != nil {
		return "an unknown host"
	}
	name, _, _ = strings.Cut(name, ".")
	return name
}
