package array_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"

	. "github.com/weftgo/weft/kernels/array"
)

func TestNpyRoundTrip(t *testing.T) {
	a := random[float64](3, 4, 5)
	a.Set(math.NaN(), 0, 0, 0)
	a.Set(math.Inf(-1), 0, 0, 1)
	for name, v := range views(a) {
		testRoundTrip(t, "float64 "+name, v)
	}
	testRoundTrip(t, "float32", random[float32](7))
	testRoundTrip(t, "int32", Arange[int32](-5, 5, 1).Reshape(2, 5))
	testRoundTrip(t, "int64", FromSlice([]int64{math.MinInt64, math.MaxInt64}))
	testRoundTrip(t, "bool", FromSlice([]bool{true, false, true}, 3, 1))
	testRoundTrip(t, "scalar", Scalar(1.5))
	testRoundTrip(t, "long", random[float64](3, 20001))
	testRoundTrip(t, "long transposed", random[float32](9000, 3).T())
	testRoundTrip(t, "empty", Zeros[float32](0, 7))
}

func testRoundTrip[T Element](t *testing.T, name string, a *Array[T]) {
	t.Helper()
	write := func(w io.Writer) error { return WriteNpy(w, a) }
	testFile(t, name, a, write)
	for _, big := range []bool{false, true} {
		for _, fortran := range []bool{false, true} {
			write := func(w io.Writer) error { return WriteNpyAs(w, a, big, fortran) }
			testFile(t, fmt.Sprint(name, " big ", big, " fortran ", fortran), a, write)
		}
	}
}

func testFile[T Element](t *testing.T, name string, a *Array[T], write func(w io.Writer) error) {
	t.Helper()
	var b bytes.Buffer
	if err := write(&b); err != nil {
		t.Fatal(err)
	}
	if head := b.Len() - a.Size()*elementSize[T](); head%64 != 0 {
		t.Errorf("%s: elements begin at %d, no multiple of 64", name, head)
	}
	r, err := ReadNpy[T](&b)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if !same(r, a) || b.Len() > 0 {
		t.Errorf("%s: %v, want %v", name, r, a)
	}
}

func elementSize[T Element]() int {
	var z T
	switch any(z).(type) {
	case bool:
		return 1
	case int32, float32:
		return 4
	}
	return 8
}

// Files of NumPy's, of each order and of types that T has all values of.
func TestNumPyFiles(t *testing.T) {
	z := openNpz(t, "testdata/files.npz")
	if names := strings.Join(z.Names(), " "); names != "big fortran bigint byte ushort long flag scalar empty complex" {
		t.Error(names)
	}
	check := func(ok bool, what string) {
		t.Helper()
		if !ok {
			t.Error(what)
		}
	}
	check(same(load[float64](t, z, "big"), Arange(0.0, 6, 1).Reshape(2, 3)), "big")
	check(same(load[float32](t, z, "fortran"), Arange[float32](0, 6, 1).Reshape(2, 3)), "fortran")
	check(same(load[float64](t, z, "fortran"), Arange(0.0, 6, 1).Reshape(2, 3)), "fortran as float64")
	check(same(load[int32](t, z, "bigint"), Arange[int32](0, 6, 1).Reshape(3, 2)), "bigint")
	check(same(load[int64](t, z, "bigint"), Arange[int64](0, 6, 1).Reshape(3, 2)), "bigint as int64")
	check(same(load[float32](t, z, "byte"), FromSlice([]float32{-2, -1, 0, 1, 2})), "byte")
	check(same(load[int32](t, z, "ushort"), FromSlice([]int32{0, 65535})), "ushort")
	check(same(load[int64](t, z, "long"), FromSlice([]int64{1 << 62, -1 << 62})), "long")
	check(same(load[bool](t, z, "flag"), FromSlice([]bool{true, false}, 1, 2)), "flag")
	check(same(load[float64](t, z, "scalar"), Scalar(2.5)), "scalar")
	check(same(load[float64](t, z, "empty"), Zeros[float64](0, 4)), "empty")

	// What would lose something is refused, with the place.
	for _, err := range []error{
		second(Load[float32](z, "big")), second(Load[int32](z, "long")), second(Load[float64](z, "long")),
		second(Load[float64](z, "complex")), second(Load[float64](z, "flag")), second(Load[bool](z, "byte")),
		second(Load[float64](z, "missing")),
	} {
		var f *FormatError
		if !errors.As(err, &f) || f.Format != "npz" {
			t.Error(err)
		}
	}
}

func second[A any](_ A, err error) error { return err }

func TestNpz(t *testing.T) {
	var b bytes.Buffer
	w := NewNpzWriter(&b)
	a, m := random[float32](4, 3), FromSlice([]bool{true})
	if err := errors.Join(Save(w, "a", a), Save(w, "dir/m", m), w.Close()); err != nil {
		t.Fatal(err)
	}
	z, err := OpenNpz(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if !same(load[float32](t, z, "a"), a) || !same(load[bool](t, z, "dir/m"), m) {
		t.Error("arrays differ")
	}
	if _, err := OpenNpz(strings.NewReader("PK no zip"), 9); err == nil {
		t.Error("no error for what is not an archive")
	}
	// Any byte that is wrong in the data is found by the checksum.
	damaged := bytes.Clone(b.Bytes())
	damaged[70] ^= 1
	if z, err := OpenNpz(bytes.NewReader(damaged), int64(len(damaged))); err == nil {
		if _, err := Load[float32](z, "a"); err == nil {
			t.Error("no error for damaged data")
		}
	}
}

// npyFile is a file of a header and some data.
func npyFile(header, data string) string {
	return "\x93NUMPY\x01\x00" + string([]byte{byte(len(header)), byte(len(header) >> 8)}) + header + data
}

func TestMalformedNpy(t *testing.T) {
	good := "{'descr': '<f8', 'fortran_order': False, 'shape': (1,), }"
	if _, err := ReadNpy[float64](strings.NewReader(npyFile(good, "12345678"))); err != nil {
		t.Fatal(err)
	}
	huge := "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 100000), }"
	for _, c := range []struct{ file, want string }{
		{"", "byte 0: no header"},
		{"\x93NUMPX\x01\x00\x00\x00", "byte 0: not an .npy file"},
		{"\x93NUMPY\x04\x00\x00\x00", "byte 6: version 4"},
		{"\x93NUMPY\x02\x00\xff\xff\xff\x7f", "byte 12: a header of 2147483647 bytes"},
		{"\x93NUMPY\x01\x00\x40\x00{", "byte 11: the header ends early"},
		{npyFile(good, "1234567"), "byte 74: 0 elements, want 1"},
		{npyFile(huge, "12345678"), "0 elements, want 100000000000000"},
		{npyFile(strings.Replace(huge, "100000)", "10000000000000)", 1), ""), "more elements than an address space"},
		{npyFile(strings.Replace(good, "1,", "99999999999999999999,", 1), ""), "byte 61: want a length"},
		{npyFile(strings.Replace(good, "1,", "-1,", 1), ""), "byte 61: want a length"},
		{npyFile(strings.Replace(good, "1,", "1 2", 1), ""), "byte 63: want , or )"},
		{npyFile(strings.Replace(good, "(1,)", "(1,1,1,1,1,1,1,1,1)", 1), "12345678"), "9 dimensions"},
		{npyFile(strings.Replace(good, "<f8", "<c8", 1), ""), `elements of type "c8"`},
		{npyFile(strings.Replace(good, "<f8", "f", 1), ""), `type "f"`},
		{npyFile(strings.Replace(good, "'<f8'", "[('a', '<f8')]", 1), ""), "records are not supported"},
		{npyFile(strings.Replace(good, "False", "0", 1), ""), "want True or False"},
		{npyFile(strings.Replace(good, "shape", "shade", 1), ""), `"shade", which headers do not have`},
		{npyFile("{'descr': '<f8', }", ""), `no "fortran_order"`},
		{npyFile(strings.Replace(good, "'fortran_order': False", "'descr': '<f8'", 1), ""), `"descr" twice`},
		{npyFile(good+"x", ""), "something behind the header"},
		{npyFile("{'descr", ""), "a string without end"},
		{npyFile("", ""), "want {"},
		{npyFile("{", ""), "want a string"},
	} {
		_, err := ReadNpy[float64](strings.NewReader(c.file))
		var f *FormatError
		if !errors.As(err, &f) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.file, err, c.want)
		}
	}
}

// Whatever the bytes are, reading them ends in an array or an error, and takes
// memory for what is there only.
func FuzzReadNpy(f *testing.F) {
	good := "{'descr': '<f8', 'fortran_order': True, 'shape': (1, 2), }"
	f.Add([]byte(npyFile(good, "1234567812345678")))
	f.Add([]byte(npyFile("{'shape': (900000000000,), 'fortran_order': False, 'descr': '|u1'}", "1")))
	f.Add([]byte(npyFile("{'shape': (), 'fortran_order': False, 'descr': '>i2'}", "12")))
	f.Fuzz(func(t *testing.T, b []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		a, err := ReadNpy[float64](bytes.NewReader(b))
		runtime.ReadMemStats(&after)
		if taken := after.TotalAlloc - before.TotalAlloc; taken > uint64(64*len(b)+1<<20) {
			t.Errorf("%d bytes of memory for a file of %d", taken, len(b))
		}
		if err == nil {
			testRoundTrip(t, "read", a)
		}
	})
}

func TestCSV(t *testing.T) {
	a, err := ReadCSV[float64](strings.NewReader("x,y\n1, 2.5\n-3e2,\n"), ',', 1)
	if err != nil || a.At(0, 1) != 2.5 || a.At(1, 0) != -300 || !math.IsNaN(a.At(1, 1)) || a.Size() != 4 {
		t.Fatal(a, err)
	}
	var b strings.Builder
	if err := WriteCSV(&b, FromRows([]float32{0.1, 2}, []float32{-0, 1e20}), ';'); err != nil || b.String() != "0.1;2\n0;1e+20\n" {
		t.Errorf("%q %v", b.String(), err)
	}
	back, err := ReadCSV[float32](strings.NewReader(b.String()), ';', 0)
	if err != nil || !same(back, FromRows([]float32{0.1, 2}, []float32{0, 1e20})) {
		t.Error(back, err)
	}
	for _, c := range []struct{ text, want string }{
		{"1,2\n3,x\n", `line 2, column 3: "x" is not a number of type int32: invalid syntax`},
		{"1,2\n3\n", "line 2: 1 fields, want 2"},
		{"1,99999999999\n", "value out of range"},
		{"1,\n", "line 1, column 3"},
		{"1,\"2\n", "not a line of fields"},
	} {
		if _, err := ReadCSV[int32](strings.NewReader(c.text), ',', 0); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %s", c.text, err, c.want)
		}
	}
	if a, err := ReadCSV[int64](strings.NewReader(""), ',', 0); err != nil || a.Size() != 0 {
		t.Error(a, err)
	}
}
