package array

import (
	"archive/zip"
	"io"
	"strings"
)

// Npz is a file of named arrays, as NumPy's savez and savez_compressed write
// them: a zip archive of .npy files.
type Npz struct{ z *zip.Reader }

// OpenNpz reads the directory of an .npz file of size bytes.
func OpenNpz(r io.ReaderAt, size int64) (*Npz, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, &FormatError{"npz", "directory", "not a zip archive", err}
	}
	return &Npz{z}, nil
}

// Names returns the names of the arrays, in the order of the file.
func (z *Npz) Names() []string {
	var names []string
	for _, f := range z.z.File {
		if name, ok := strings.CutSuffix(f.Name, ".npy"); ok {
			names = append(names, name)
		}
	}
	return names
}

// Load reads the array of that name, with the rules of [ReadNpy].
func Load[T Element](z *Npz, name string) (*Array[T], error) {
	for _, f := range z.z.File {
		if f.Name != name+".npy" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, &FormatError{"npz", name, "can't be opened", err}
		}
		defer r.Close()
		a, err := ReadNpy[T](r)
		if err != nil {
			return nil, &FormatError{"npz", name, "can't be read", err}
		}
		// The checksum is compared at the end of the file.
		if n, err := io.Copy(io.Discard, r); err != nil || n > 0 {
			return nil, &FormatError{"npz", name, "the end is not where the array's is", err}
		}
		return a, nil
	}
	return nil, &FormatError{"npz", name, "no array of this name", nil}
}

// NpzWriter writes a file of named arrays.
type NpzWriter struct{ z *zip.Writer }

// NewNpzWriter returns a writer whose Close completes the file.
func NewNpzWriter(w io.Writer) *NpzWriter { return &NpzWriter{zip.NewWriter(w)} }

// Save adds an array, compressed.
func Save[T Element](z *NpzWriter, name string, a *Array[T]) error {
	w, err := z.z.Create(name + ".npy")
	if err != nil {
		return err
	}
	return WriteNpy(w, a)
}

// Close writes the directory. It does not close the writer underneath.
func (z *NpzWriter) Close() error { return z.z.Close() }
