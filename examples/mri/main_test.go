package main

import (
	"bytes"
	"fmt"
	"image/png"
	"io"
	"os"
	"testing"
)

func Example() {
	if err := run(os.Stdout, io.Discard); err != nil {
		fmt.Println(err)
	}
	// Output:
	// [20 3 21 17] voxels (time, slice, row, column), from 630 to 5572
	// slice   mean  spread in time  mean to spread
	//     0   3494            43.7              91
	//     1   3730            38.2             100
	//     2   3688            39.3             100
	// voxel (0, 10, 8) varies most: 274.4 around 4459
	// 42 of 1071 voxels correlate with it by 0.5 or more, 0.023 on average over all
	// -1.00 to -0.75  1
	// -0.75 to -0.50  9
	// -0.50 to -0.25  122
	// -0.25 to +0.00  370
	// +0.00 to +0.25  380
	// +0.25 to +0.50  157
	// +0.50 to +0.75  27
	// +0.75 to +1.00  4
}

// The picture shows the voxel that all are compared with in full red.
func TestPicture(t *testing.T) {
	var b bytes.Buffer
	if err := run(io.Discard, &b); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s.X != 3*17*12 || s.Y != 21*12 {
		t.Error(s)
	}
	r, g, _, _ := img.At(8*12+3, (20-10)*12+3).RGBA()
	if r>>8 != 255 || g>>8 > 1 {
		t.Error(r>>8, g>>8)
	}
}
