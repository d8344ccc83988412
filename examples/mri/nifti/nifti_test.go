package nifti

import (
	"slices"
	"testing"

	"github.com/weftgo/weft/kernels/array"
)

func TestMalformed(t *testing.T) {
	for _, n := range []int{0, 100, 348, len(Functional) - 1} {
		if _, err := Open(Functional[:n]); err == nil {
			t.Errorf("no error for the first %d bytes", n)
		}
	}
}

func TestVolume(t *testing.T) {
	s, err := Open(Functional)
	if err != nil {
		t.Fatal(err)
	}
	all := s.All()
	for v := range s.Len() {
		got, want := s.Volume(v), all.View(array.At(v))
		if !slices.Equal(got.Shape(), want.Shape()) || !array.AllTrue(array.Equal(got, want)).Item() {
			t.Errorf("volume %d is not that of All", v)
		}
	}
}
