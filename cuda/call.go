package cuda

import (
	"context"
	"fmt"
	"sync"
	"unsafe"

	"github.com/weftgo/weft/cuda/internal/device"
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/internal/op"
)

// gpu is a device with the calls that it serves.
type gpu struct {
	*device.Device
	name     string
	reported sync.Once // that the device is set aside
	words    words

	mu   sync.Mutex
	room sync.Cond // for another call
	busy int       // calls in use
	idle []*call   // others, the last one used last
}

func newGPU(d *device.Device, name string) *gpu {
	g := &gpu{Device: d, name: name, idle: make([]*call, 0, maxCalls)}
	g.room.L = &g.mu
	return g
}

const (
	// maxCalls is how many calls on host slices a device serves at a time;
	// others wait. More would not make it faster.
	maxCalls = 8

	// stagingBytes is the size of one of a call's two staging buffers: long
	// enough that a copy runs at full speed, small enough that the copy to the
	// buffer and that from it overlap from early on.
	stagingBytes = 2 << 20

	resultBytes = 64
)

// call is one call on host slices: operands go through pinned memory to the
// device, kernels run, results come back the same way.
//
// Everything that touches the caller's memory is done on the caller's own
// goroutine, since it may lie on that goroutine's stack, which moves. So no
// operand is ever stored in a call.
//
// The methods may be used like a program that knows no errors. After the first
// one they do nothing, and wait returns it.
type call struct {
	work
	ctl     *op.Control
	done    *device.Event
	staging [2]struct {
		device.Pinned
		free *device.Event // when the copies from it are done
	}
	turn   int           // which buffer is being filled
	filled int           // so many bytes of it
	result device.Pinned // for results of a few bytes
	taken  int
	pinned []device.Pinned // to give back at the end, like memory
}

// begin returns a call that ctl may stop, a new one if none is idle.
func (g *gpu) begin(ctl *op.Control) (*call, error) {
	stop, err := g.stopOf(ctl)
	if err == nil && ctl.Stopped() {
		err = ctl.Err()
	}
	if err != nil {
		return nil, err
	}
	c, err := g.idleCall()
	if err == nil {
		c.ctl = ctl
		c.stream.Within(stop)
	}
	return c, err
}

func (g *gpu) idleCall() (*call, error) {
	if err := g.Failure(); err != nil {
		return nil, err
	}
	var c *call
	g.mu.Lock()
	for g.busy == maxCalls {
		g.room.Wait()
	}
	g.busy++
	if n := len(g.idle); n > 0 {
		c, g.idle = g.idle[n-1], g.idle[:n-1]
	}
	g.mu.Unlock()
	if c != nil {
		return c, nil
	}
	c, err := g.newCall()
	if err != nil {
		g.leave(nil)
	}
	return c, err
}

// leave makes room for another call, and keeps c, if it is not nil, for it.
func (g *gpu) leave(c *call) {
	g.mu.Lock()
	g.busy--
	if c != nil {
		g.idle = append(g.idle, c)
	}
	g.mu.Unlock()
	g.room.Signal()
}

func (g *gpu) newCall() (c *call, err error) {
	c = &call{work: work{gpu: g}}
	defer func() {
		if err != nil {
			c.discard()
			c = nil
		}
	}()
	if c.stream, err = g.NewStream(); err != nil {
		return c, err
	}
	if c.done, err = g.NewEvent(); err != nil {
		return c, err
	}
	if c.result, err = g.AllocPinned(resultBytes); err != nil {
		return c, err
	}
	for i := range c.staging {
		if c.staging[i].free, err = g.NewEvent(); err != nil {
			return c, err
		}
		if c.staging[i].Pinned, err = g.AllocPinned(stagingBytes); err != nil {
			return c, err
		}
	}
	return c, nil
}

// discard gives back what a call has that could not be made as a whole.
func (c *call) discard() {
	if c.stream != nil {
		c.stream.Close()
	}
	for _, e := range []*device.Event{c.done, c.staging[0].free, c.staging[1].free} {
		if e != nil {
			e.Close()
		}
	}
	for _, p := range []device.Pinned{c.result, c.staging[0].Pinned, c.staging[1].Pinned} {
		c.gpu.FreePinned(p)
	}
}

// end waits for what may still be under way and makes c free for others.
func (c *call) end() {
	c.wait()
	for _, m := range c.memory {
		c.gpu.Free(m)
	}
	for _, p := range c.pinned {
		c.gpu.FreePinned(p)
	}
	c.memory, c.pinned = c.memory[:0], c.pinned[:0]
	c.filled, c.taken, c.err, c.ctl = 0, 0, nil, nil
	c.stream.Within(nil)
	c.gpu.leave(c)
}

// wait submits what has been written and returns when all of it is done.
func (c *call) wait() error {
	c.stream.Record(c.done)
	c.stream.Submit()
	err := c.done.Wait(context.Background())
	for i := range c.staging {
		if f := c.staging[i].free; f.Active() {
			if e := f.Wait(context.Background()); err == nil {
				err = e
			}
		}
	}
	c.filled = 0
	if c.err == nil {
		c.err = err
	}
	return c.err
}

// stage returns room for n bytes, at most stagingBytes, of pinned memory. When
// a buffer is full its copies begin, and the other one's must be done.
func (c *call) stage(n int) unsafe.Pointer {
	if c.ctl.Stopped() {
		c.err = c.ctl.Err()
		return nil
	}
	n = (n + 15) &^ 15
	if c.filled+n > stagingBytes {
		c.stream.Record(c.staging[c.turn].free)
		c.stream.Submit()
		c.turn, c.filled = 1-c.turn, 0
		if f := c.staging[c.turn].free; f.Active() {
			if c.err = f.Wait(context.Background()); c.err != nil {
				return nil
			}
		}
	}
	p := unsafe.Add(c.staging[c.turn].Ptr, c.filled)
	c.filled += n
	return p
}

// put copies x to dst.
func put[T op.Float](c *call, dst driver.Ptr, x []T) {
	size := op.Size[T]()
	for len(x) > 0 {
		n := min(len(x), stagingBytes/size)
		if c.err != nil {
			return
		}
		p := c.stage(n * size)
		if p == nil {
			return
		}
		copy(unsafe.Slice((*T)(p), n), x)
		c.stream.ToDevice(dst, p, n*size)
		dst += driver.Ptr(n * size)
		x = x[n:]
	}
}

// upload returns a copy of x on the device.
func upload[T op.Float](c *call, x []T) driver.Ptr {
	p := allocOf[T](&c.work, len(x))
	put(c, p, x)
	return p
}

// putRows copies rows of cols elements, stride apart in x, to dst, where they
// lie without gaps.
func putRows[T op.Float](c *call, dst driver.Ptr, x []T, rows, cols, stride int) {
	size := op.Size[T]()
	if cols == stride || rows == 1 {
		put(c, dst, x[:rows*cols])
		return
	}
	atOnce := stagingBytes / (cols * size)
	if atOnce == 0 {
		for i := range rows {
			put(c, dst+driver.Ptr(i*cols*size), x[i*stride:][:cols])
		}
		return
	}
	for i := 0; i < rows && c.err == nil; i += atOnce {
		n := min(atOnce, rows-i)
		p := c.stage(n * cols * size)
		if p == nil {
			return
		}
		to := unsafe.Slice((*T)(p), n*cols)
		for r := range n {
			copy(to[r*cols:][:cols], x[(i+r)*stride:])
		}
		c.stream.ToDevice(dst+driver.Ptr(i*cols*size), p, n*cols*size)
	}
}

// uploadVector returns a copy of v with its elements side by side.
func uploadVector[T op.Float](c *call, v op.Vector[T]) vector {
	p := allocOf[T](&c.work, v.N)
	putRows(c, p, v.Data, v.N, 1, v.Inc)
	return vector{p, 1}
}

// stored returns the rows, columns and stride of the matrix that v is, or is
// the transpose of, as it lies in memory.
func stored[T op.Float](v *op.View[T]) (rows, cols, stride int, trans bool) {
	if v.ColStride == 1 {
		return v.Rows, v.Cols, v.RowStride, false
	}
	return v.Cols, v.Rows, v.ColStride, true
}

// allocView returns room on the device for what v shows, in v's own order.
func allocView[T op.Float](c *call, v *op.View[T]) matrix {
	rows, cols, _, trans := stored(v)
	m := matrix{ptr: allocOf[T](&c.work, rows*cols), rs: cols, cs: 1}
	if trans {
		m.rs, m.cs = 1, cols
	}
	return m
}

// uploadView returns a copy of v.
func uploadView[T op.Float](c *call, v *op.View[T]) matrix {
	m := allocView(c, v)
	rows, cols, stride, _ := stored(v)
	putRows(c, m.ptr, v.Data, rows, cols, stride)
	return m
}

// fetch copies n elements back to pinned memory, which is valid after wait and
// until the end of the call. It is nil after an error.
func fetch[T op.Float](c *call, src driver.Ptr, n int) []T {
	if c.err != nil {
		return nil
	}
	bytes := n * op.Size[T]()
	var p unsafe.Pointer
	if bytes <= 8 {
		p = c.small()
	} else {
		m, err := c.gpu.AllocPinned(bytes)
		if err != nil {
			c.err = err
			return nil
		}
		c.pinned = append(c.pinned, m)
		p = m.Ptr
	}
	c.stream.ToHost(p, src, bytes)
	return unsafe.Slice((*T)(p), n)
}

// fetchInt is fetch for one integer.
func fetchInt(c *call, src driver.Ptr) *int64 {
	if c.err != nil {
		return nil
	}
	p := c.small()
	c.stream.ToHost(p, src, 8)
	return (*int64)(p)
}

// small returns pinned memory for a result of eight bytes.
func (c *call) small() unsafe.Pointer {
	p := unsafe.Add(c.result.Ptr, c.taken)
	c.taken = (c.taken + 8) % resultBytes
	return p
}

// host returns the processor's table, to do a call that the device did not:
// its operands are as they were. err says why. A device that is set aside is
// reported once. The rest of a call whose context has ended is nothing, as the
// processor does it.
func (e *engine[T]) host(function string, err error) *op.Table[T] {
	t := op.Host[T]()
	if t == nil {
		panic(fmt.Errorf("cuda: %s: %w", function, err))
	}
	if e.ctl != nil && t.Within != nil {
		bound := t.Within(e.ctl)
		t = &bound
	}
	if e.ctl.Interrupted() {
		return t
	}
	aside := e.gpu.Failure() != nil
	report := func() { op.Report(op.Event{Backend: e.gpu.name, Func: function, Err: err, Aside: aside}) }
	if aside {
		e.gpu.reported.Do(report)
	} else {
		report()
	}
	return t
}
