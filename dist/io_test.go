package dist

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/array"
)

// sharedFolder returns a folder that all ranks know.
func sharedFolder(t *testing.T, c *Comm) string {
	name := make([]byte, 1000)
	if c.Rank() == 0 {
		copy(name, t.TempDir())
	}
	must(t, Bcast(c, 0, name))
	return string(bytes.TrimRight(name, "\x00"))
}

func TestRanksNpy(t *testing.T) {
	ranks(t, func(c *Comm) {
		testNpy[float64](t, c)
		testNpy[float32](t, c)
	})
}

// What is written is read, by this package and by kernels/array.
func testNpy[T kernels.Float](t *testing.T, c *Comm) {
	r, gs, dir := source(8), grids(t, c), sharedFolder(t, c)
	for _, d := range [][2]int{{0, 3}, {3, 0}, {1, 1}, {70, 50}, {5, 90}, {3, 150_000}} {
		a := random[T](r, d[0], d[1])
		path := filepath.Join(dir, "a.npy")
		must(t, spread(r, gs, a).WriteNpy(path))
		g := gs[r.IntN(len(gs))]
		m, err := ReadNpy[T](g, path, 1+r.IntN(20), 1+r.IntN(20))
		must(t, err)
		if m.Rows != d[0] || m.Cols != d[1] || bitsDiffer(collected(t, m).Data, a.Data) >= 0 {
			t.Fatalf("%v: another matrix was read", d)
		}
		if c.Rank() == 0 {
			f, err := os.Open(path)
			must(t, err)
			b, err := array.ReadNpy[T](f)
			must(t, err)
			must(t, f.Close())
			if x, ok := b.Data(); !ok || len(x) != len(a.Data) || bitsDiffer(x, a.Data) >= 0 {
				t.Fatalf("%v: kernels/array reads another matrix", d)
			}
			files, err := os.ReadDir(dir)
			must(t, err)
			if len(files) != 1 {
				t.Fatalf("%d files are left, want 1", len(files))
			}
		}
		must(t, c.Barrier())
	}
}

// A file that won't do is the same error on all ranks, and what was there stays.
func TestRanksNpyErrors(t *testing.T) {
	ranks(t, func(c *Comm) {
		g, dir := grids(t, c)[0], sharedFolder(t, c)
		path := filepath.Join(dir, "a.npy")
		header := func(h array.NpyHeader) string { return string(h.Append(nil)) }
		for _, f := range [][2]string{
			{"want 2", header(array.NpyHeader{Type: "f8", Shape: []int{1}}) + "12345678"},
			{`type "f4"`, header(array.NpyHeader{Type: "f4", Shape: []int{1, 2}}) + "12345678"},
			{"column order", header(array.NpyHeader{Type: "f8", Shape: []int{1, 1}, Fortran: true}) + "12345678"},
			{"big-endian", header(array.NpyHeader{Type: "f8", Shape: []int{1, 1}, BigEndian: true}) + "12345678"},
			{"7 bytes", header(array.NpyHeader{Type: "f8", Shape: []int{1, 1}}) + "1234567"},
			{"9 bytes", header(array.NpyHeader{Type: "f8", Shape: []int{1, 1}}) + "123456789"},
			{"those of", header(array.NpyHeader{Type: "f8", Shape: []int{math.MaxInt, math.MaxInt}}) + "12345678"},
			{"not an .npy", "something else altogether"},
			{"no header", ""},
		} {
			name, content := f[0], f[1]
			if c.Rank() == 0 {
				must(t, os.WriteFile(path, []byte(content), 0o666))
			}
			must(t, c.Barrier())
			_, err := ReadNpy[float64](g, path, 2, 2)
			if !errors.Is(err, ErrFile) || !strings.Contains(err.Error(), name) {
				t.Errorf("%q: %v", name, err)
			}
			must(t, c.Barrier())
		}
		_, err := ReadNpy[float64](g, filepath.Join(dir, "none.npy"), 2, 2)
		if !errors.Is(err, ErrFile) {
			t.Errorf("no file: %v", err)
		}
		m := NewMatrix[float64](g, 3, 3, 2, 2)
		if err := m.WriteNpy(filepath.Join(dir, "none", "a.npy")); !errors.Is(err, ErrFile) {
			t.Errorf("no folder: %v", err)
		}
		// A folder has the name: the rename fails, and nothing is left beside it.
		if c.Rank() == 0 {
			must(t, os.Mkdir(filepath.Join(dir, "folder.npy"), 0o777))
		}
		must(t, c.Barrier())
		if err := m.WriteNpy(filepath.Join(dir, "folder.npy")); !errors.Is(err, ErrFile) {
			t.Errorf("a folder: %v", err)
		}
		if c.Rank() == 0 {
			files, err := os.ReadDir(dir)
			must(t, err)
			if len(files) != 2 {
				t.Errorf("%d files are left, want 2", len(files))
			}
		}
	})
}
