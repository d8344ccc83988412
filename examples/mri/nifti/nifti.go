// Package nifti reads a functional MRI series: volumes of voxels, one after the
// other in time.
package nifti

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"fmt"

	"github.com/weftgo/weft/kernels/array"
)

// Functional is a small series. DATA.md says where it is from.
//
//go:embed mri-functional.nii
var Functional []byte

// Series is a file in memory.
type Series struct {
	shape            []int
	voxels           []byte
	slope, intercept float64
}

// Open reads the header of a little-endian NIfTI-1 file of 16-bit integers in
// four dimensions. (R. Cox et al., A (sort of) new image data format standard:
// NIfTI-1, 2004.)
func Open(file []byte) (*Series, error) {
	var header struct {
		Size      int32
		_         [36]byte
		Dim       [8]int16
		_         [14]byte
		Type      int16
		_         [36]byte
		Offset    float32
		Slope     float32
		Intercept float32
	}
	if err := binary.Read(bytes.NewReader(file), binary.LittleEndian, &header); err != nil {
		return nil, fmt.Errorf("header: %w", err)
	}
	const int16s = 4
	if header.Size != 348 || header.Type != int16s || header.Dim[0] != 4 {
		return nil, fmt.Errorf("header: %d bytes, type %d, %d dimensions; want 348, %d, 4",
			header.Size, header.Type, header.Dim[0], int16s)
	}
	s := &Series{slope: float64(header.Slope), intercept: float64(header.Intercept)}
	n := 1
	for k := 4; k > 0; k-- {
		d := int(header.Dim[k])
		if d < 1 || d > len(file) {
			return nil, fmt.Errorf("header: axis %d has length %d", k, d)
		}
		s.shape = append(s.shape, d)
		n *= d
	}
	start := int(header.Offset)
	if start < 348 || start > len(file) || (len(file)-start)/2 < n {
		return nil, fmt.Errorf("%d voxels from byte %d on in a file of %d bytes", n, start, len(file))
	}
	s.voxels = file[start:][:2*n]
	if s.slope == 0 {
		s.slope, s.intercept = 1, 0
	}
	return s, nil
}

// Len returns how many volumes there are.
func (s *Series) Len() int { return s.shape[0] }

// Volume returns the voxels of volume t (slice, row, column), scaled as the
// file says.
func (s *Series) Volume(t int) *array.Array[float64] {
	n := len(s.voxels) / s.Len()
	return s.scaled(s.voxels[t*n:][:n], s.shape[1:])
}

// All returns the voxels of all volumes (time, slice, row, column).
func (s *Series) All() *array.Array[float64] { return s.scaled(s.voxels, s.shape) }

func (s *Series) scaled(voxels []byte, shape []int) *array.Array[float64] {
	raw := array.FromFunc(func(i []int) int32 {
		return int32(int16(binary.LittleEndian.Uint16(voxels[2*i[0]:])))
	}, len(voxels)/2)
	x := array.Convert[float64](raw.Reshape(shape...))
	return array.FMA(x, array.Scalar(s.slope), array.Scalar(s.intercept))
}
