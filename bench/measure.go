package bench

import (
	"math"
	"runtime"
	"slices"
	"time"
)

// clock says which time counts.
type clock uint8

const (
	wallTime    clock = iota
	threadTime        // processor time of the calling thread
	processTime       // processor time of all threads of the process
)

var epoch = time.Now()

func (clock) wall() time.Duration { return time.Since(epoch) }

// candidate is one of several ways to do the same, which take turns.
type candidate struct {
	call  func(n int) // does it n times
	clock clock
	cost  func(n int) float64 // seconds of each of n calls that are not its own
	noisy bool                // leaves threads that take time from others for a while

	best    float64   // seconds for one call, of the fastest batch
	samples []float64 // the best of each stretch
	times   []float64 // of all batches
	batches int
	n       int           // calls in a batch
	spent   time.Duration // on the wall
}

const (
	// stretches is how many samples a measurement gives: as many as benchstat
	// wants for a statement.
	stretches = 6

	// A batch is long against the clock and, with several workers, against the
	// time that workers stay awake after someone else's call.
	batchTime       = 60 * time.Microsecond
	sharedBatchTime = 500 * time.Microsecond

	// Processor time is what counts on a machine with other users, but systems
	// keep it to some microseconds only. A batch that is shorter than this is
	// timed by the wall clock: many of them pass undisturbed.
	coarseTime = 2 * time.Millisecond

	// suspectTime is what another process may hold a processor for: a batch that
	// took less is no proof that the call is that slow.
	suspectTime = 30 * time.Millisecond
)

// measure lets the candidates take turns for about as long as budget says,
// the same share each, but each of them once at least. If some are noisy, turns
// are as long as a stretch, and no one begins before it is quiet.
func measure(cs []*candidate, budget time.Duration) {
	noisy := slices.ContainsFunc(cs, func(c *candidate) bool { return c.noisy })
	for _, c := range cs {
		c.calibrate()
		if noisy {
			quiet()
		}
	}
	share := budget / time.Duration(len(cs))
	for s := range time.Duration(stretches) {
		until := share * (s + 1) / stretches
		best := make([]float64, len(cs))
		for busy := true; busy; {
			busy = false
			for i, c := range cs {
				if c.spent >= until {
					continue
				}
				busy = !noisy
				for turn := true; turn; turn = noisy && c.spent < until {
					if t := c.batch(); best[i] == 0 || t < best[i] {
						best[i] = t
					}
				}
				if noisy {
					quiet()
				}
			}
		}
		for i, c := range cs {
			if c.batches == 0 { // its share went into calibration
				best[i] = c.batch()
			}
			if best[i] > 0 {
				c.samples = append(c.samples, best[i])
			}
		}
	}
}

// calibrate calls c until it knows how many calls make a batch, and which clock
// to trust with it.
func (c *candidate) calibrate() {
	want := batchTime
	if c.clock == wallTime {
		want = sharedBatchTime
	}
	var t time.Duration
	for c.n = 1; ; {
		t = c.once()
		for range 2 { // it may have lost the processor meanwhile
			if t >= want && t < suspectTime {
				t = min(t, c.once())
			}
		}
		if t >= want {
			break
		}
		grow := 100.0
		if t > 0 {
			grow = min(max(1.1*float64(want)/float64(t), 1.1), grow)
		}
		c.n = int(math.Ceil(float64(c.n) * grow))
	}
	if c.n > 1 || t < coarseTime {
		c.best, c.batches, c.times, c.spent = 0, 0, nil, 0 // it was cold, or too short for its clock
	} else {
		c.samples = append(c.samples, c.best)
	}
	if t < coarseTime {
		c.clock = wallTime
	}
}

// once returns the time of one batch.
func (c *candidate) once() time.Duration { return time.Duration(c.batch() * float64(c.n) * 1e9) }

// batch times one batch and returns the seconds for one call.
func (c *candidate) batch() float64 {
	start := wallTime.wall()
	if c.clock == threadTime {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
	}
	if c.n > 1 {
		c.call(1) // fetches operands and wakes workers
	}
	t := c.clock.now()
	c.call(c.n)
	s := (c.clock.now() - t).Seconds() / float64(c.n)
	if c.batches == 0 || s < c.best {
		c.best = s
	}
	c.times = append(c.times, s)
	c.batches++
	c.spent += wallTime.wall() - start
	return s
}

// takeOff takes off what was not the candidate's own, and returns how many
// seconds for each call that were. A function that takes less than calling it
// does can't be told from nothing: a tenth of the cost is left.
func (c *candidate) takeOff() float64 {
	if c.cost == nil {
		return 0
	}
	cost := c.cost(c.n)
	own := func(t float64) float64 { return max(t-cost, cost/10) }
	c.best = own(c.best)
	for i := range c.samples {
		c.samples[i] = own(c.samples[i])
	}
	for i := range c.times {
		c.times[i] = own(c.times[i])
	}
	return cost
}

// median returns the median of all batches.
func (c *candidate) median() float64 {
	slices.Sort(c.times)
	return c.times[len(c.times)/2]
}

// ThreadTime returns the processor time of the calling thread, where the system
// tells it, and the time on the wall elsewhere. Only differences mean something.
// It is what a call on one worker takes on a machine that is busy with others.
func ThreadTime() time.Duration { return threadTime.now() }
