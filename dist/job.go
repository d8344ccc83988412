package dist

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime/debug"
	"sync"
)

// Map calls f on each element of in, spread over the ranks, and returns what it
// returned, in the order of in. All ranks call Map; in is looked at, and results
// are returned, on rank 0, the others get nil.
//
// A rank gets its next job when it is done with one, so jobs may differ in
// length; each rank does one at a time, rank 0 too, which hands them out
// meanwhile. Jobs should take a millisecond or more. Between ranks elements and
// results are copied by encoding/gob: exported fields, no functions or
// channels. A type that gob can't send panics with a *kernels.ShapeError on all
// ranks.
//
// Jobs that fail don't keep the others from being done. If there are any, the
// error on rank 0 is a [JobErrors] with all of them, and their results are zero
// values. A job fails if f returns an error or panics. When rank 0's ctx ends
// no more jobs are handed out, and those that are left fail with its error; f
// gets the ctx of the rank it runs on. Any other error is one of communication.
// If a process dies, the whole job ends.
func Map[In, Out any](ctx context.Context, c *Comm, in []In, f func(ctx context.Context, in In) (Out, error)) ([]Out, error) {
	checkGob[In]("in")
	checkGob[Out]("f")
	own, err := c.Dup()
	if err != nil {
		return nil, err
	}
	m := &mapping[In, Out]{ctx: ctx, c: own, f: f}
	var out []Out
	if c.rank == 0 {
		out, err = m.manage(in)
	} else {
		err = m.serve()
	}
	return out, errors.Join(err, own.Close())
}

// JobErrors are the jobs of [Map] that failed, in the order of their indices.
type JobErrors []*JobError

// JobError is a job of [Map] that failed.
type JobError struct {
	Index int    // of the element
	Rank  int    // where it ran; -1 if it was not begun
	Text  string // what the error says, or the value of the panic
	Stack string // of the panic, or empty
	Cause string // "canceled" or "deadline" if the error was that of a context
}

func (e *JobError) Error() string {
	switch {
	case e.Rank < 0:
		return fmt.Sprintf("job %d, not begun: %s", e.Index, e.Text)
	case e.Stack != "":
		return fmt.Sprintf("job %d on rank %d: panic: %s\n\n%s", e.Index, e.Rank, e.Text, e.Stack)
	}
	return fmt.Sprintf("job %d on rank %d: %s", e.Index, e.Rank, e.Text)
}

// Unwrap makes errors.Is find the error of a context. Other errors have become
// text, wherever the job ran.
func (e *JobError) Unwrap() error { return causes[e.Cause] }

var causes = map[string]error{"canceled": context.Canceled, "deadline": context.DeadlineExceeded}

// newJobError returns the failure of a job that f returned err for.
func newJobError(err error) *JobError {
	e := &JobError{Text: err.Error()}
	for name, cause := range causes {
		if errors.Is(err, cause) {
			e.Cause = name
		}
	}
	return e
}

func (e JobErrors) Error() string {
	const most = 3
	s := fmt.Sprintf("dist: Map: %d jobs failed", len(e))
	if len(e) == 1 {
		s = "dist: Map: 1 job failed"
	}
	for _, j := range e[:min(len(e), most)] {
		s += "\n" + j.Error()
	}
	if len(e) > most {
		s += fmt.Sprintf("\nand %d more", len(e)-most)
	}
	return s
}

// Unwrap returns the jobs one by one.
func (e JobErrors) Unwrap() []error {
	errs := make([]error, len(e))
	for i, j := range e {
		errs[i] = j
	}
	return errs
}

type mapping[In, Out any] struct {
	ctx context.Context
	c   *Comm
	f   func(context.Context, In) (Out, error)

	mu     sync.Mutex
	next   int
	in     []In
	out    []Out
	failed []*JobError // by index
}

// The messages: from rank 0 a job, or the end; to rank 0 a result. Both begin
// with the index.
const (
	tagJob = iota
	tagEnd
	tagResult
)

const indexBytes = 8

// manage hands out jobs, and does some.
func (m *mapping[In, Out]) manage(in []In) ([]Out, error) {
	m.in, m.out, m.failed = in, make([]Out, len(in)), make([]*JobError, len(in))
	var local sync.WaitGroup
	local.Go(func() {
		for i, ok := m.take(); ok; i, ok = m.take() {
			v, e := run(m.ctx, m.f, m.in[i])
			m.over(i, 0, v, e)
		}
	})
	err := m.remote()
	local.Wait()
	for rank := 1; rank < m.c.size; rank++ {
		err = errors.Join(err, Send[byte](m.c, rank, tagEnd, nil))
	}
	var failed JobErrors
	for _, e := range m.failed {
		if e != nil {
			failed = append(failed, e)
		}
	}
	if err != nil {
		return nil, err
	}
	if failed != nil {
		return m.out, failed
	}
	return m.out, nil
}

// remote keeps the other ranks busy until there are no more jobs.
func (m *mapping[In, Out]) remote() error {
	waiting := 0
	give := func(rank int) error {
		for i, ok := m.take(); ok; i, ok = m.take() {
			msg, err := encode(i, false, m.in[i])
			if err != nil {
				var none Out
				m.over(i, 0, none, &JobError{Text: err.Error()})
				continue
			}
			waiting++
			return Send(m.c, rank, tagJob, msg)
		}
		return nil
	}
	for rank := 1; rank < m.c.size; rank++ {
		if err := give(rank); err != nil {
			return err
		}
	}
	for waiting > 0 {
		s, msg, err := receiveBytes(m.c, AnySource)
		if err != nil {
			return err
		}
		waiting--
		var v Out
		i, failed, err := decode(msg, &v)
		if err != nil {
			return fmt.Errorf("dist: Map: a result from rank %d: %w", s.From, err)
		}
		m.over(i, s.From, v, failed)
		if err := give(s.From); err != nil {
			return err
		}
	}
	return nil
}

// take returns the next job to do. When the context has ended it reports the
// rest as failed.
func (m *mapping[In, Out]) take() (i int, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.ctx.Err(); err != nil {
		for ; m.next < len(m.in); m.next++ {
			e := newJobError(err)
			e.Index, e.Rank = m.next, -1
			m.failed[m.next] = e
		}
	}
	if m.next == len(m.in) {
		return 0, false
	}
	m.next++
	return m.next - 1, true
}

// over takes what came of a job.
func (m *mapping[In, Out]) over(i, rank int, v Out, e *JobError) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e == nil {
		m.out[i] = v
		return
	}
	e.Index, e.Rank = i, rank
	m.failed[i] = e
}

// serve does jobs for rank 0 until the end.
func (m *mapping[In, Out]) serve() error {
	for {
		s, msg, err := receiveBytes(m.c, 0)
		if err != nil || s.Tag == tagEnd {
			return err
		}
		var in In
		var reply []byte
		i, _, err := decode(msg, &in)
		failed := &JobError{}
		if err == nil {
			var v Out
			if v, failed = run(m.ctx, m.f, in); failed == nil {
				reply, err = encode(i, false, v)
			}
		}
		if err != nil {
			failed = &JobError{Text: err.Error()}
		}
		if failed != nil {
			if reply, err = encode(i, true, failed); err != nil {
				return err
			}
		}
		if err := Send(m.c, 0, tagResult, reply); err != nil {
			return err
		}
	}
}

// run calls f in a goroutine of its own, so that it can end as it likes.
func run[In, Out any](ctx context.Context, f func(context.Context, In) (Out, error), in In) (v Out, failed *JobError) {
	over := make(chan struct{})
	go func() {
		returned := false
		defer close(over)
		defer func() {
			if returned {
				return
			}
			text := "runtime.Goexit was called"
			if v := recover(); v != nil {
				text = panicText(v)
			}
			failed = &JobError{Text: text, Stack: string(debug.Stack())}
		}()
		out, err := f(ctx, in)
		returned = true
		if err == nil {
			v = out
			return
		}
		failed = newJobError(err)
	}()
	<-over
	return v, failed
}

// receiveBytes waits for a message, while the processor is left to others.
func receiveBytes(c *Comm, from int) (Status, []byte, error) {
	s, err := Probe[byte](context.Background(), c, from, AnyTag)
	if err != nil {
		return s, nil, err
	}
	msg := make([]byte, s.Count)
	s, err = Recv(c, s.From, s.Tag, msg)
	return s, msg, err
}

// encode returns a message with a job's index and v. A failure instead of a
// value is what failed says. gob has nothing for a type without fields; it
// is not asked.
func encode[V any](i int, failed bool, v V) ([]byte, error) {
	var b bytes.Buffer
	b.Write(binary.LittleEndian.AppendUint64(nil, uint64(i)<<1|uint64(bit(failed))))
	if reflect.TypeFor[V]().Size() == 0 {
		return b.Bytes(), nil
	}
	err := gob.NewEncoder(&b).Encode(&v)
	return b.Bytes(), err
}

// decode reads what encode wrote: into v, or a failure.
func decode[V any](msg []byte, v *V) (i int, failed *JobError, err error) {
	if len(msg) < indexBytes {
		return 0, nil, errors.New("a message without an index")
	}
	head := binary.LittleEndian.Uint64(msg)
	d := gob.NewDecoder(bytes.NewReader(msg[indexBytes:]))
	switch {
	case head&1 != 0:
		failed = new(JobError)
		err = d.Decode(failed)
	case reflect.TypeFor[V]().Size() > 0:
		err = d.Decode(v)
	}
	return int(head >> 1), failed, err
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// checkGob panics if gob can't send values of a type.
func checkGob[T any](arg string) {
	t := reflect.TypeFor[T]()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Size() == 0 || t.Kind() == reflect.Interface {
		return
	}
	if err := gob.NewEncoder(io.Discard).EncodeValue(reflect.New(t)); err != nil {
		unfit("Map", arg, fmt.Sprintf("the type %v: %v", reflect.TypeFor[T](), err), "one that encoding/gob can send")
	}
}
