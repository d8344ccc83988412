package dist

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
)

// Comm is a communicator: a group of ranks that exchange messages, which those
// of other communicators never meet. All ranks of a group call its collective
// functions, in the same order.
type Comm struct {
	rank, size int
	via        carrier
	aside      carrier // the same group, for reductions under way
	world      *worlds // if this is the world
	busy       atomic.Bool
	room       room // of the collective function that keeps c busy
	line       line
}

// worlds is what a process has of MPI: one world, once.
type worlds struct {
	mu     sync.Mutex
	comm   *Comm
	closed bool
	close  func() error
}

var world worlds

// Init returns the communicator of all ranks of this job. Under mpirun (or
// another launcher that Open MPI knows, see docs/cluster.md) it loads Open MPI
// and takes part in the job; a program that was started by itself is the only
// rank, needs no MPI and loads none. A second call returns the same
// communicator. [Comm.Close] of it ends MPI, which can't begin again.
//
// The error wraps [ErrNoMPI] if there is no Open MPI, and [ErrOtherMPI] if the
// job was started by another MPI's launcher, or the library is another MPI's;
// its text says what to install. [Run] does all that a program's main needs.
func Init() (*Comm, error) {
	world.mu.Lock()
	defer world.mu.Unlock()
	switch {
	case world.closed:
		return nil, errors.New("dist: Init after the world was closed: MPI begins once in a process")
	case world.comm != nil:
		return world.comm, nil
	}
	l, err := launched(os.LookupEnv)
	if err != nil {
		return nil, err
	}
	var via carrier = newAlone()
	world.close = func() error { return nil }
	if l.ranks != 1 || l.mpi {
		if via, world.close, err = openMPI(l); err != nil {
			return nil, err
		}
	}
	c, err := newComm(via)
	if err != nil {
		return nil, errors.Join(err, world.close())
	}
	c.world = &world
	world.comm = c
	return c, nil
}

// newComm makes a communicator of a carrier, which it owns.
func newComm(via carrier) (*Comm, error) {
	aside, err := via.dup()
	if err != nil {
		return nil, err
	}
	c := &Comm{via: via, aside: aside}
	c.rank, c.size = via.where()
	return c, nil
}

// Rank is this process's number in the group, from 0.
func (c *Comm) Rank() int { return c.rank }

// Size is the number of ranks of the group.
func (c *Comm) Size() int { return c.size }

// Split cuts the group into one for each color. Ranks are ordered by key, and
// where keys are equal by their rank in c. A rank with a negative color is in
// none of the groups and gets nil. All ranks of c call it. Both numbers must
// fit 32 bits.
func (c *Comm) Split(color, key int) (*Comm, error) {
	if int(int32(color)) != color {
		unfit("Split", "color", fmt.Sprintf("the value %d", color), "a number of 32 bits")
	}
	if int(int32(key)) != key {
		unfit("Split", "key", fmt.Sprintf("the value %d", key), "a number of 32 bits")
	}
	defer c.collective("Split")()
	via, err := c.via.split(int32(color), int32(key))
	if err != nil || via == nil {
		return nil, err
	}
	return newComm(via)
}

// Dup returns a communicator of the same ranks. Goroutines that use collective
// functions side by side, and packages with messages of their own, each take
// one. All ranks of c call it.
func (c *Comm) Dup() (*Comm, error) {
	defer c.collective("Dup")()
	via, err := c.via.dup()
	if err != nil {
		return nil, err
	}
	return newComm(via)
}

// Close ends the use of a communicator; all its ranks call it, when nothing of
// theirs is under way on it. Closing the world ends MPI for this process: every
// rank of a job must do it before it exits, or else mpirun takes its end for a
// fault.
func (c *Comm) Close() error {
	done := c.collective("Close")
	if n := c.line.waiting(); n > 0 {
		done()
		return fmt.Errorf("dist: Close with %d reductions under way", n)
	}
	// The communicator stays busy: any further use is refused.
	err := c.aside.free()
	if c.world == nil {
		return errors.Join(err, c.via.free())
	}
	c.world.mu.Lock()
	defer c.world.mu.Unlock()
	c.world.closed, c.world.comm = true, nil
	return errors.Join(err, c.world.close())
}

// Abort ends the job: all ranks of the world, with an exit code for mpirun. It
// does not return.
func (c *Comm) Abort(code int) {
	c.via.abort(code)
	os.Exit(code)
}

// handle returns the communicator in C, an MPI_Comm, or 0 where there is no
// MPI.
func (c *Comm) handle() uintptr { return c.via.handle() }

// collective takes c for a collective operation that returns when it is over,
// and returns what gives it back. Two at once would be in no order.
func (c *Comm) collective(call string) func() {
	if !c.busy.CompareAndSwap(false, true) {
		panic("dist: " + call + ": the communicator is closed, or another goroutine's collective operation is under way on it (see Dup)")
	}
	return func() { c.busy.Store(false) }
}

// checkRank panics unless r is a rank of the group.
func (c *Comm) checkRank(call, arg string, r int) {
	if r < 0 || r >= c.size {
		unfit(call, arg, fmt.Sprintf("the value %d", r), fmt.Sprintf("a rank, 0 to %d", c.size-1))
	}
}
