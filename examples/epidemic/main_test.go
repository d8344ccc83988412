package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"os"
	"testing"

	"github.com/weftgo/weft/kernels/par"
)

func Example() {
	if err := run(context.Background(), os.Stdout, io.Discard); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 2000 epidemics among 5000 people, each ill one infects 2.0
	//                             simulated  standard error  theory
	// dying out early                 0.494           0.011   0.500
	// people reached by the rest     3982.5             2.0  3984.1
	// scatter of that                  64.9             1.4    64.5
	// day  ill: 10 %  median  90 % of the outbreaks, and without chance
	//   2          3      10    32                          7
	//   4         12      68   207                         52
	//   6         74     364   693                        303
	//   8        355     688   794                        750
	//  10        279     488   722                        552
	//  12         94     194   487                        221
	//  14         29      61   188                         73
	//  16          7      19    68                         23
	//  18          1       6    22                          7
}

// One worker finds what all find, and draws the same picture.
func TestWorkers(t *testing.T) {
	var out, picture [2]bytes.Buffer
	for i, workers := range []int{1, par.Workers()} {
		if err := run(context.Background(), &out[i], &picture[i], par.WithWorkers(workers)); err != nil {
			t.Fatal(err)
		}
	}
	if out[0].String() != out[1].String() || !bytes.Equal(picture[0].Bytes(), picture[1].Bytes()) {
		t.Errorf("with one worker\n%swith all\n%s", &out[0], &out[1])
	}
	if img, err := png.Decode(&picture[0]); err != nil || img.Bounds().Dx() != 6*(moments-1) {
		t.Error("no picture", err)
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out bytes.Buffer
	if err := run(ctx, &out, io.Discard); !errors.Is(err, context.Canceled) || out.Len() != 0 {
		t.Errorf("error %v after %q, want %v", err, &out, context.Canceled)
	}
}
