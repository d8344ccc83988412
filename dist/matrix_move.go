package dist

import "github.com/weftgo/weft/kernels"

// move sets the rectangle of rows×cols at dst's place to the one at src's, or
// if trans is set to the transpose of the cols×rows there. All ranks of c call
// it, with the same layouts and places.
//
// In round t a rank sends to the rank t after it what it has for it and receives
// from the rank t before it. A message that would be empty is not sent, as both
// sides know. Nobody waits for ever: the ranks in the earliest round wait only
// for others that are in the same round.
func move[T kernels.Float](c *Comm, dst, src part[T], rows, cols int, trans bool) error {
	me, size := c.Rank(), c.Size()
	r, s := between(dst, me, src, me, rows, cols, trans)
	transfer(dst.local, src.local, r, s, trans)
	var out, in []T
	for t := 1; t < size; t++ {
		to, from := (me+t)%size, (me-t+size)%size
		r, s := between(dst, to, src, me, rows, cols, trans)
		buf := dense(&out, r, s)
		transfer(buf, src.local, numbered(r, false), numbered(s, false), trans)
		r, s = between(dst, me, src, from, rows, cols, trans)
		if err := exchange(c, to, buf.Data, from, dense(&in, r, s).Data); err != nil {
			return err
		}
		transfer(dst.local, dense(&in, r, s), numbered(r, true), numbered(s, true), false)
	}
	return nil
}

// exchange sends x to one rank and receives y from another. Either may be empty
// and is left out then.
func exchange[T kernels.Float](c *Comm, to int, x []T, from int, y []T) (err error) {
	const tag = 1
	switch {
	case len(x) > 0 && len(y) > 0:
		_, err = Sendrecv(c, to, x, from, y, tag)
	case len(x) > 0:
		err = Send(c, to, tag, x)
	case len(y) > 0:
		_, err = Recv(c, from, tag, y)
	}
	return err
}

// between returns the spans of rows and of columns, of dst, that rank s of src
// has for rank d of dst.
func between[T kernels.Float](dst part[T], d int, src part[T], s, rows, cols int, trans bool) (r, c []span) {
	pd, qd := dst.place(d)
	ps, qs := src.place(s)
	if pd < 0 || ps < 0 {
		return nil, nil
	}
	if trans {
		r = spans(dst.rows, pd, dst.i, src.cols, qs, src.j, rows)
		c = spans(dst.cols, qd, dst.j, src.rows, ps, src.i, cols)
	} else {
		r = spans(dst.rows, pd, dst.i, src.rows, ps, src.i, rows)
		c = spans(dst.cols, qd, dst.j, src.cols, qs, src.j, cols)
	}
	return r, c
}

// numbered returns spans that are as many and as long, and lie side by side on
// one side: that of src if src is set.
func numbered(rs []span, src bool) []span {
	ns := make([]span, len(rs))
	n := 0
	for i, r := range rs {
		ns[i] = r
		if src {
			ns[i].src = n
		} else {
			ns[i].dst = n
		}
		n += r.n
	}
	return ns
}

// dense returns a matrix with room for the given rows and columns, in *buf.
func dense[T kernels.Float](buf *[]T, r, c []span) kernels.Matrix[T] {
	rows, cols := total(r), total(c)
	if rows*cols > cap(*buf) {
		*buf = make([]T, rows*cols)
	}
	return kernels.Matrix[T]{Rows: rows, Cols: cols, Data: (*buf)[:rows*cols], Stride: max(cols, 1)}
}

// tile is how many rows and columns are transposed at a time: both sides of it
// stay in a first-level cache.
const tile = 32

// transfer copies the rows r and columns c, of dst, from src or its transpose.
func transfer[T kernels.Float](dst, src kernels.Matrix[T], r, c []span, trans bool) {
	for _, x := range r {
		for _, y := range c {
			if !trans {
				for k := range x.n {
					copy(dst.Data[(x.dst+k)*dst.Stride+y.dst:][:y.n], src.Data[(x.src+k)*src.Stride+y.src:][:y.n])
				}
				continue
			}
			for k0 := 0; k0 < x.n; k0 += tile {
				for l0 := 0; l0 < y.n; l0 += tile {
					for k := k0; k < min(k0+tile, x.n); k++ {
						row := dst.Data[(x.dst+k)*dst.Stride+y.dst+l0:][:min(tile, y.n-l0)]
						at := (y.src+l0)*src.Stride + x.src + k
						for l := range row {
							row[l] = src.Data[at+l*src.Stride]
						}
					}
				}
			}
		}
	}
}
