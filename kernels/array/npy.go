package array

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unsafe"
)

// The .npy format, versions 1 to 3: a magic string, the length of a header, the
// header, which is a literal of Python, and the elements. (NumPy Enhancement
// Proposal 1.)

const npyMagic = "\x93NUMPY"

// npyHeaderLimit is more than any header of up to MaxDims dimensions takes.
const npyHeaderLimit = 64 << 10

// NpyHeader is what the header of an .npy file says of the elements behind it.
type NpyHeader struct {
	Type      string // "f8", "i4", "b1", …: kind and bytes of an element
	BigEndian bool
	Fortran   bool // in column order
	Shape     []int
}

// ReadNpyHeader reads a header, and nothing behind it: length is where the
// elements begin. What is not such a header gives a [*FormatError].
func ReadNpyHeader(r io.Reader) (h NpyHeader, length int64, err error) {
	in := &counter{r: r}
	h, err = readHeader(in)
	return h, in.n, err
}

// Append appends the header to b, so that the elements begin at a multiple of 64
// bytes from its first.
func (h NpyHeader) Append(b []byte) []byte {
	descr := "<" + h.Type
	switch {
	case h.Type == "b1":
		descr = "|b1"
	case h.BigEndian:
		descr = ">" + h.Type
	}
	var shape strings.Builder
	for _, n := range h.Shape {
		fmt.Fprintf(&shape, "%d, ", n)
	}
	dims := strings.TrimSuffix(shape.String(), " ")
	if len(h.Shape) > 1 {
		dims = strings.TrimSuffix(dims, ",")
	}
	order := "False"
	if h.Fortran {
		order = "True"
	}
	text := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }", descr, order, dims)
	const fixed = len(npyMagic) + 2 + 2
	text += strings.Repeat(" ", 63-(fixed+len(text))%64) + "\n"
	b = append(b, npyMagic...)
	b = append(b, 1, 0, byte(len(text)), byte(len(text)>>8))
	return append(b, text...)
}

// WriteNpy writes a in NumPy's .npy format, little-endian, in column order if a
// is the transpose of a row-major array and in row-major order otherwise.
func WriteNpy[T Element](w io.Writer, a *Array[T]) error {
	return WriteNpyAs(w, a, false, !a.contiguous() && a.T().contiguous())
}

// WriteNpyAs is [WriteNpy] in a given byte order and order of elements: bigEndian,
// and by columns if fortran is set.
func WriteNpyAs[T Element](w io.Writer, a *Array[T], bigEndian, fortran bool) error {
	h := NpyHeader{Type: npyType[T](), BigEndian: bigEndian, Fortran: fortran, Shape: a.shape[:a.nd]}
	b := bufio.NewWriter(w)
	b.Write(h.Append(nil))
	if fortran {
		a = a.T()
	}
	if x, ok := a.Data(); ok && littleEndian != bigEndian {
		b.Write(bytesOf(x)) // more than the buffer goes past it
	} else {
		var word [8]byte
		for v := range a.Elements() {
			x := encode(word[:0], v)
			if bigEndian {
				slices.Reverse(x)
			}
			b.Write(x)
		}
	}
	return b.Flush() // a writer that failed keeps its error
}

// npyType is what a header calls the elements.
func npyType[T Element]() string { return [...]string{"b1", "i4", "i8", "f4", "f8"}[kindOf[T]()] }

// littleEndian says that this machine keeps numbers as little-endian files do.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// bytesOf is x as the bytes it is stored in.
func bytesOf[T Element](x []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(x))), len(x)*kindOf[T]().size())
}

// encode appends v, little-endian.
func encode[T Element](b []byte, v T) []byte {
	switch kindOf[T]() {
	case kindBool:
		if one[bool](v) {
			return append(b, 1)
		}
		return append(b, 0)
	case kindInt32:
		return binary.LittleEndian.AppendUint32(b, uint32(one[int32](v)))
	case kindInt64:
		return binary.LittleEndian.AppendUint64(b, uint64(one[int64](v)))
	case kindFloat32:
		return binary.LittleEndian.AppendUint32(b, math.Float32bits(one[float32](v)))
	}
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(one[float64](v)))
}

// ReadNpy reads an array in NumPy's .npy format, of either order and byte order.
// The file's elements are of type T, or of one whose every value T has: integers
// of 8 and 16 bits, signed or not, become any number, float32 becomes float64,
// and so on. What is not such a file, or ends early, gives a [*FormatError]; no
// more memory is taken than there is file for.
func ReadNpy[T Element](r io.Reader) (*Array[T], error) {
	in := &counter{r: r}
	h, err := readHeader(in)
	if err != nil {
		return nil, err
	}
	decode, width := decoder[T](h)
	if decode == nil {
		return nil, in.errorf(nil, "elements of type %q, which do not all have a value in %v", h.Type, kindOf[T]())
	}
	if len(h.Shape) > MaxDims {
		return nil, in.errorf(nil, "%d dimensions, want at most %d", len(h.Shape), MaxDims)
	}
	n, ok := count(h.Shape)
	if !ok {
		return nil, in.errorf(nil, "a shape of more elements than an address space, %v", h.Shape)
	}
	// The header may lie about n: take memory as elements come.
	const step = 8192
	buf := make([]byte, min(n, step)*width)
	// As in memory? Bools are not: any byte but 0 is true.
	same := littleEndian && !h.BigEndian && h.Type == npyType[T]() && kindOf[T]() != kindBool
	data := make([]T, 0, min(n, step))
	for len(data) < n {
		m := min(n-len(data), step)
		if _, err := io.ReadFull(in, buf[:m*width]); err != nil {
			return nil, in.errorf(err, "%d elements, want %d", len(data), n)
		}
		data = slices.Grow(data, m)
		if same {
			data = data[:len(data)+m]
			copy(bytesOf(data[len(data)-m:]), buf)
			continue
		}
		for i := range m {
			data = append(data, decode(buf[i*width:]))
		}
	}
	if h.Fortran {
		slices.Reverse(h.Shape)
	}
	a := &Array[T]{data[:n:n], rowMajor("ReadNpy", h.Shape)}
	if h.Fortran {
		a = a.T()
	}
	return a, nil
}

// counter counts what is read, for errors to say where.
type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

func (c *counter) errorf(err error, format string, args ...any) error {
	return &FormatError{"npy", fmt.Sprintf("byte %d", c.n), fmt.Sprintf(format, args...), err}
}

func readHeader(in *counter) (h NpyHeader, err error) {
	var start [12]byte
	if _, err := io.ReadFull(in, start[:10]); err != nil {
		return h, in.errorf(err, "no header")
	}
	if string(start[:6]) != npyMagic {
		return h, &FormatError{"npy", "byte 0", "not an .npy file", nil}
	}
	length := int(start[8]) | int(start[9])<<8
	switch start[6] {
	case 1:
	case 2, 3:
		if _, err := io.ReadFull(in, start[10:]); err != nil {
			return h, in.errorf(err, "no header")
		}
		length |= int(start[10])<<16 | int(start[11])<<24
	default:
		return h, &FormatError{"npy", "byte 6", fmt.Sprintf("version %d, want 1 to 3", start[6]), nil}
	}
	if length < 0 || length > npyHeaderLimit {
		return h, in.errorf(nil, "a header of %d bytes, want at most %d", length, npyHeaderLimit)
	}
	text := make([]byte, length)
	at := in.n
	if _, err := io.ReadFull(in, text); err != nil {
		return h, in.errorf(err, "the header ends early")
	}
	p := literal{text: string(text)}
	if problem := p.header(&h); problem != "" {
		return h, &FormatError{"npy", fmt.Sprintf("byte %d", at+int64(p.at)), problem, nil}
	}
	return h, nil
}

// literal reads the literals of Python that headers are made of. Its methods
// return what is wrong at p.at, or "".
type literal struct {
	text string
	at   int
}

// take moves over s, and spaces before it, if it is next.
func (p *literal) take(s string) bool {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	if strings.HasPrefix(p.text[p.at:], s) {
		p.at += len(s)
		return true
	}
	return false
}

// str reads a string without escapes.
func (p *literal) str() (s, problem string) {
	for _, quote := range []string{"'", `"`} {
		if p.take(quote) {
			if n := strings.Index(p.text[p.at:], quote); n >= 0 {
				s = p.text[p.at : p.at+n]
				p.at += n + 1
				return s, ""
			}
			return "", "a string without end"
		}
	}
	return "", "want a string"
}

func (p *literal) header(h *NpyHeader) (problem string) {
	if !p.take("{") {
		return "want {"
	}
	seen := map[string]bool{}
	for !p.take("}") {
		key, problem := p.str()
		if problem != "" {
			return problem
		}
		if seen[key] {
			return fmt.Sprintf("%q twice", key)
		}
		seen[key] = true
		if !p.take(":") {
			return "want :"
		}
		switch key {
		case "descr":
			problem = p.descr(h)
		case "fortran_order":
			switch {
			case p.take("True"):
				h.Fortran = true
			case !p.take("False"):
				problem = "want True or False"
			}
		case "shape":
			problem = p.shape(h)
		default:
			problem = fmt.Sprintf("%q, which headers do not have", key)
		}
		if problem != "" {
			return problem
		}
		if !p.take(",") && !strings.HasPrefix(strings.TrimLeft(p.text[p.at:], " "), "}") {
			return "want , or }"
		}
	}
	for _, key := range []string{"descr", "fortran_order", "shape"} {
		if !seen[key] {
			return fmt.Sprintf("no %q", key)
		}
	}
	if strings.TrimSpace(p.text[p.at:]) != "" {
		return "something behind the header"
	}
	return ""
}

func (p *literal) descr(h *NpyHeader) string {
	s, problem := p.str()
	if problem != "" {
		return problem + " for a type: records are not supported"
	}
	if len(s) < 3 || strings.IndexByte("<>|=", s[0]) < 0 {
		return fmt.Sprintf("type %q", s)
	}
	h.BigEndian, h.Type = s[0] == '>', s[1:]
	return ""
}

func (p *literal) shape(h *NpyHeader) string {
	if !p.take("(") {
		return "want ("
	}
	for !p.take(")") {
		n := 0
		for p.at+n < len(p.text) && p.text[p.at+n] >= '0' && p.text[p.at+n] <= '9' {
			n++
		}
		d, err := strconv.Atoi(p.text[p.at : p.at+n])
		if err != nil {
			return "want a length"
		}
		p.at += n
		h.Shape = append(h.Shape, d)
		if !p.take(",") && !strings.HasPrefix(p.text[p.at:], ")") {
			return "want , or )"
		}
	}
	return ""
}

// decoder returns how an element is read, and its width in bytes. It is nil if
// T does not have all values of the file's type.
func decoder[T Element](h NpyHeader) (decode func(b []byte) T, width int) {
	var order binary.ByteOrder = binary.LittleEndian
	if h.BigEndian {
		order = binary.BigEndian
	}
	k := kindOf[T]()
	// digits is how many bits of an integer T has exactly, its sign apart.
	digits := map[kind]int{kindInt32: 31, kindInt64: 63, kindFloat32: 24, kindFloat64: 53}[k]
	integer := func(bits, width int, f func(b []byte) int64) (func(b []byte) T, int) {
		if bits > digits {
			return nil, 0
		}
		return func(b []byte) (v T) {
			var x [1]T
			convertRun(x[:], []int64{f(b)})
			return x[0]
		}, width
	}
	switch h.Type {
	case "b1":
		if k == kindBool {
			return func(b []byte) T { return one[T](b[0] != 0) }, 1
		}
	case "i1":
		return integer(7, 1, func(b []byte) int64 { return int64(int8(b[0])) })
	case "u1":
		return integer(8, 1, func(b []byte) int64 { return int64(b[0]) })
	case "i2":
		return integer(15, 2, func(b []byte) int64 { return int64(int16(order.Uint16(b))) })
	case "u2":
		return integer(16, 2, func(b []byte) int64 { return int64(order.Uint16(b)) })
	case "i4":
		return integer(31, 4, func(b []byte) int64 { return int64(int32(order.Uint32(b))) })
	case "u4":
		return integer(32, 4, func(b []byte) int64 { return int64(order.Uint32(b)) })
	case "i8":
		return integer(63, 8, func(b []byte) int64 { return int64(order.Uint64(b)) })
	case "f4":
		switch k {
		case kindFloat32:
			return func(b []byte) T { return one[T](math.Float32frombits(order.Uint32(b))) }, 4
		case kindFloat64:
			return func(b []byte) T { return one[T](float64(math.Float32frombits(order.Uint32(b)))) }, 4
		}
	case "f8":
		if k == kindFloat64 {
			return func(b []byte) T { return one[T](math.Float64frombits(order.Uint64(b))) }, 8
		}
	}
	return nil, 0
}
