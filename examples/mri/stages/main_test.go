package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/gif"
	"io"
	"os"
	"testing"

	"github.com/weftgo/weft/examples/mri/nifti"
)

func Example() {
	if err := run(context.Background(), nifti.Functional, os.Stdout, io.Discard); err != nil {
		fmt.Println(err)
	}
	// Output:
	// volume    mean  spread  filtered out  change
	//      0  3626.3   424.6         175.3       -
	//      1  3626.7   425.9         172.1    32.6
	//      2  3630.8   425.0         172.0    25.0
	//      3  3645.4   423.6         173.8    37.0
	//      4  3654.8   423.7         172.5    32.6
	//      5  3644.6   424.6         173.6    42.0
	//      6  3638.6   420.9         171.5    37.3
	//      7  3633.9   425.5         173.1    31.9
	//      8  3637.7   427.3         172.8    31.8
	//      9  3636.7   428.2         172.9    32.4
	//     10  3642.1   428.4         173.2    30.8
	//     11  3637.7   425.0         172.6    32.6
	//     12  3645.5   424.7         173.4    30.7
	//     13  3640.2   425.1         171.4    31.8
	//     14  3635.8   428.2         172.6    31.8
	//     15  3635.4   425.3         173.4    40.0
	//     16  3635.9   429.1         174.2    36.0
	//     17  3638.7   427.0         173.6    30.1
	//     18  3631.2   422.4         172.7    28.1
	//     19  3630.3   424.0         172.3    29.5
}

// The picture has a frame for each volume, in order, as large as the slices.
func TestPicture(t *testing.T) {
	var b bytes.Buffer
	if err := run(context.Background(), nifti.Functional, io.Discard, &b); err != nil {
		t.Fatal(err)
	}
	movie, err := gif.DecodeAll(&b)
	if err != nil {
		t.Fatal(err)
	}
	if len(movie.Image) != 20 {
		t.Errorf("%d frames, want 20", len(movie.Image))
	}
	white := 0
	for _, c := range movie.Image[0].Pix {
		if c == 255 {
			white++
		}
	}
	if s := movie.Image[0].Bounds().Size(); s.X != 3*17*6 || s.Y != 21*6 || white != 36 {
		t.Errorf("frame of %v with %d white dots, want (306,126) with 36", s, white)
	}
}

// An end of the context ends the pipeline, which then writes no picture.
func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	enough := errors.New("enough")
	var b bytes.Buffer
	err := run(ctx, nifti.Functional, writer(func(line []byte) {
		if bytes.HasPrefix(line, []byte("     3 ")) {
			cancel(enough)
		}
	}), &b)
	if !errors.Is(err, enough) || b.Len() != 0 {
		t.Errorf("error %v and %d bytes, want %v and none", err, b.Len(), enough)
	}
}

type writer func([]byte)

func (w writer) Write(b []byte) (int, error) {
	w(b)
	return len(b), nil
}
