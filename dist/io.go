package dist

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"os"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/array"
)

// ErrFile is what errors about files wrap, on all ranks.
var ErrFile = errors.New("dist: file")

// ReadNpy reads a matrix from a file in NumPy's .npy format: two dimensions, in
// row-major order, little-endian, of type T. The file is one that all ranks see.
// Each reads whole rows of it, in pieces of some megabytes, and they exchange
// what they have read. The matrix is on grid g in blocks of rowBlock×colBlock, as
// of [NewMatrix]. All ranks call it.
//
// A file that can't be read or is not such a file, or not of the length that its
// header says, is the same error on all ranks; it wraps [ErrFile]. No memory is
// taken before the length is known to be right.
func ReadNpy[T kernels.Float](g *Grid, path string, rowBlock, colBlock int) (*Matrix[T], error) {
	c := g.comm
	f, err := os.Open(path)
	if err == nil {
		defer f.Close()
	}
	var shape []int // rows, columns, where the elements begin
	if err == nil {
		shape, err = npyShape[T](f)
	}
	if err = agree(c, fileError(err)); err != nil {
		return nil, err
	}
	// A file that some ranks see differently is one to refuse.
	first := append([]int(nil), shape...)
	if err := Bcast(c, 0, first); err != nil {
		return nil, err
	}
	for i := range shape {
		if shape[i] != first[i] {
			err = fmt.Errorf("%w: %s is not the same file for all ranks", ErrFile, path)
		}
	}
	if err = agree(c, err); err != nil {
		return nil, err
	}
	m := NewMatrix[T](g, shape[0], shape[1], rowBlock, colBlock)
	var failed error // of this rank, which goes on exchanging
	var buf []byte
	err = m.inPieces(func(i int, rows kernels.Matrix[T], exchange func() error) error {
		n := len(rows.Data) * op.Size[T]()
		buf = grown(buf, n)
		at := int64(shape[2]) + int64(i)*int64(m.Cols)*int64(op.Size[T]())
		if _, err := f.ReadAt(buf, at); err != nil && failed == nil {
			failed = fileError(err)
		}
		if _, err := binary.Decode(buf, binary.LittleEndian, rows.Data); err != nil {
			return err
		}
		return exchange()
	}, true)
	if err == nil {
		err = agree(c, failed)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// npyShape returns the rows and columns of a file, and where its elements begin.
func npyShape[T kernels.Float](f *os.File) ([]int, error) {
	h, at, err := array.ReadNpyHeader(f)
	if err != nil {
		return nil, err
	}
	name := f.Name()
	switch {
	case len(h.Shape) != 2:
		return nil, fmt.Errorf("%s has %d dimensions, want 2", name, len(h.Shape))
	case h.Type != npyType[T]():
		return nil, fmt.Errorf("%s has elements of type %q, want %q", name, h.Type, npyType[T]())
	case h.Fortran:
		return nil, fmt.Errorf("%s is in column order, want row order", name)
	case h.BigEndian:
		return nil, fmt.Errorf("%s is big-endian, want little-endian", name)
	}
	hi, n := bits.Mul64(uint64(h.Shape[0]), uint64(h.Shape[1]))
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if have := uint64(info.Size()-at) / uint64(op.Size[T]()); hi != 0 || have != n || uint64(info.Size()-at)%uint64(op.Size[T]()) != 0 {
		return nil, fmt.Errorf("%s has %d bytes of elements, want those of %d×%d", name, info.Size()-at, h.Shape[0], h.Shape[1])
	}
	return []int{h.Shape[0], h.Shape[1], int(at)}, nil
}

func npyType[T kernels.Float]() string { return fmt.Sprint("f", op.Size[T]()) }

// WriteNpy writes a matrix to a file in NumPy's .npy format, as [ReadNpy] reads
// it, on a file system that all ranks see. All ranks call it. They write whole
// rows, in pieces, to a file of another name beside it, which gets the name at
// the end: there is never a part of a matrix under it. The error, which wraps
// [ErrFile], is the same on all ranks, and leaves what was there.
func (m *Matrix[T]) WriteNpy(path string) error {
	c := m.grid.comm
	header := array.NpyHeader{Type: npyType[T](), Shape: []int{m.Rows, m.Cols}}.Append(nil)
	temporary := fmt.Sprintf("%s.%d.part", path, os.Getpid()) // rank 0's
	var err error
	if c.Rank() == 0 {
		err = create(temporary, header)
	}
	if err = agree(c, fileError(err)); err != nil {
		return err
	}
	err = m.writeRows(temporary, len(header))
	if c.Rank() == 0 {
		if err == nil {
			err = os.Rename(temporary, path)
		}
		if err != nil {
			os.Remove(temporary)
		}
	}
	return agree(c, fileError(err))
}

// writeRows writes the elements to a file that rank 0 knows the name of.
func (m *Matrix[T]) writeRows(name string, at int) (err error) {
	c := m.grid.comm
	length := []int{len(name)}
	if err := Bcast(c, 0, length); err != nil {
		return err
	}
	text := append(make([]byte, 0, length[0]), name...)[:length[0]]
	if err := Bcast(c, 0, text); err != nil {
		return err
	}
	f, failed := os.OpenFile(string(text), os.O_WRONLY, 0)
	if err := agree(c, fileError(failed)); err != nil {
		if failed == nil {
			f.Close()
		}
		return err
	}
	var buf []byte
	err = m.inPieces(func(i int, rows kernels.Matrix[T], exchange func() error) error {
		if err := exchange(); err != nil {
			return err
		}
		n := len(rows.Data) * op.Size[T]()
		buf = grown(buf, n)
		if _, err := binary.Encode(buf, binary.LittleEndian, rows.Data); err != nil {
			return err
		}
		if _, err := f.WriteAt(buf, int64(at)+int64(i)*int64(m.Cols)*int64(op.Size[T]())); err != nil && failed == nil {
			failed = err
		}
		return nil
	}, false)
	if e := f.Close(); failed == nil {
		failed = e
	}
	if err != nil {
		return err
	}
	return agree(c, fileError(failed))
}

// create makes a new file that begins with header.
func create(name string, header []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
	if err != nil {
		return err
	}
	_, err = f.Write(header)
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		os.Remove(name)
	}
	return err
}

func fileError(err error) error {
	if err == nil || errors.Is(err, ErrFile) {
		return err
	}
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("%w: %w", ErrFile, err)
}

func grown(b []byte, n int) []byte {
	if cap(b) < n {
		b = make([]byte, n)
	}
	return b[:n]
}

// inPieces calls f with the rows from i on that are this rank's of each piece of
// the matrix, and with what moves them to the matrix, if in is set, or from it. All
// ranks get equally many pieces, some without rows.
func (m *Matrix[T]) inPieces(f func(i int, rows kernels.Matrix[T], exchange func() error) error, in bool) error {
	c := m.grid.comm
	if m.Rows == 0 || m.Cols == 0 {
		return nil
	}
	size, me := c.Size(), c.Rank()
	per := max(1, min((m.Rows+size-1)/size, thinPiece/m.Cols))
	whole := m.part()
	var buf []T
	for i := 0; i < m.Rows; i += per * size {
		n := min(per*size, m.Rows-i)
		p := part[T]{layout: layout{cyclic{n, per, size, 0}, cyclic{m.Cols, m.Cols, 1, 0}}}
		p.local = inBuffer(&buf, p.rows.count(me), m.Cols)
		whole.i = i
		err := f(i+me*per, p.local, func() error {
			if in {
				return move(c, whole, p, n, m.Cols, false)
			}
			return move(c, p, whole, n, m.Cols, false)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
