package dist

import (
	"context"
	"fmt"
	"time"
)

// AnySource and AnyTag stand for any rank and any tag in [Recv], [Irecv] and
// [Probe].
const (
	AnySource = -1
	AnyTag    = -1
)

// maxTag is the largest tag that every MPI has room for.
const maxTag = 32767

// Send sends x to rank to, under a tag from 0 to 32767. It returns when x may
// be used again, which may be before or after the message has been received:
// two ranks that first send to each other and then receive wait for ever if
// messages are long. [Sendrecv] is for that.
func Send[T Element](c *Comm, to, tag int, x []T) error {
	o, err := newSend(c, to, tag, x)
	if err != nil {
		return err
	}
	return c.via.do(o)
}

func newSend[T Element](c *Comm, to, tag int, x []T) (*operation, error) {
	c.checkRank("Send", "to", to)
	checkTag("Send", tag, 0)
	return &operation{verb: send, kind: kindOf[T](), x: address(x), xn: int32(len(x)), peer: int32(to), tag: int32(tag)},
		tooLarge("Send", "x", len(x))
}

// Recv receives a message into x: from rank from, or [AnySource], under a tag,
// or [AnyTag]. Messages from one rank under one tag arrive in the order in
// which they were sent. A message may be shorter than x; what it doesn't fill
// keeps its values. If it is longer the error wraps [ErrTruncated] and x holds
// anything; of messages that a rank sends to itself Open MPI 4 may cut off the
// end without an error. Sender and receiver must name the same element type.
//
// Recv waits in MPI, which keeps a processor busy. Where a message may be long
// in coming, or not come, wait for [Irecv].
func Recv[T Element](c *Comm, from, tag int, x []T) (Status, error) {
	o, err := newRecv(c, from, tag, x)
	if err != nil {
		return Status{}, err
	}
	err = c.via.do(o)
	return o.status, err
}

func newRecv[T Element](c *Comm, from, tag int, x []T) (*operation, error) {
	c.checkSource("Recv", from)
	checkTag("Recv", tag, AnyTag)
	return &operation{verb: recv, kind: kindOf[T](), y: address(x), yn: int32(len(x)), peer: int32(from), tag: int32(tag)},
		tooLarge("Recv", "x", len(x))
}

// Sendrecv sends x to rank to and receives into y from rank from, or
// [AnySource], both under the tag, at the same time: in a ring or a halo
// exchange nobody waits for who waits for him. x and y may not overlap.
func Sendrecv[T Element](c *Comm, to int, x []T, from int, y []T, tag int) (Status, error) {
	const call = "Sendrecv"
	c.checkRank(call, "to", to)
	c.checkSource(call, from)
	checkTag(call, tag, 0)
	apart(call, "x", x, "y", y)
	for _, err := range []error{tooLarge(call, "x", len(x)), tooLarge(call, "y", len(y))} {
		if err != nil {
			return Status{}, err
		}
	}
	o := &operation{verb: sendrecv, kind: kindOf[T](), x: address(x), xn: int32(len(x)), y: address(y), yn: int32(len(y)),
		peer: int32(to), from: int32(from), tag: int32(tag)}
	err := c.via.do(o)
	return o.status, err
}

// Probe waits for a message from a rank, or [AnySource], under a tag, or
// [AnyTag], and tells how many elements of type T it has, without receiving it.
// If ctx ends before one is there, Probe returns ctx.Err(). It looks less and
// less often, up to ten thousand times a second, and leaves the processor to
// others meanwhile.
//
// Another goroutine that receives on the same communicator may get the message
// first.
func Probe[T Element](ctx context.Context, c *Comm, from, tag int) (Status, error) {
	c.checkSource("Probe", from)
	checkTag("Probe", tag, AnyTag)
	var p patience
	for {
		s, ok, err := c.via.probe(int32(from), int32(tag), kindOf[T]())
		if ok || err != nil {
			return s, err
		}
		if err := ctx.Err(); err != nil {
			return Status{}, err
		}
		if d := p.next(0); d > 0 {
			sleep(ctx, d)
		}
	}
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

func (c *Comm) checkSource(call string, from int) {
	if from != AnySource {
		c.checkRank(call, "from", from)
	}
}

func checkTag(call string, tag, least int) {
	if tag < least || tag > maxTag {
		unfit(call, "tag", fmt.Sprintf("the value %d", tag), fmt.Sprintf("%d to %d", least, maxTag))
	}
}
