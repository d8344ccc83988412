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
	// loss of a portfolio in a month, 1000000 scenarios, in % of its worth
	//           value at risk                     expected shortfall
	// level   simulated  std. error   exact   simulated  std. error   exact
	// 95.0 %     4.1672      0.0059  4.1702      5.3426      0.0069  5.3450
	// 99.0 %     6.0942      0.0105  6.0862      7.0413      0.0128  7.0389
	// 99.9 %     8.2273      0.0264  8.2338      8.9815      0.0331  9.0121
	// the most careful portfolio that returns 0.5 % a month
	//               held  simulated  exact   in %
	// shares        35.0      34.88  35.28
	// small firms   15.0      14.71  14.31
	// bonds         30.0      14.10  13.76
	// gold           5.0       1.99   1.83
	// property      15.0      34.33  34.81
	// return        0.45      0.499  0.500
	// scatter       2.81      3.279  3.287
}

// The portfolio held is a black dot, right of the line of the efficient ones.
func TestPicture(t *testing.T) {
	var b bytes.Buffer
	if err := run(io.Discard, &b); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	red, black := -1, -1
	for x := range img.Bounds().Dx() {
		switch r, g, _, _ := img.At(x, 172).RGBA(); {
		case r == 0 && g == 0:
			black = x
		case red < 0 && r > 0xc000 && g < 0x4000:
			red = x
		}
	}
	if red < 0 || black < red {
		t.Errorf("line at %d, dot up to %d", red, black)
	}
}
