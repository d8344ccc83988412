package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/weftgo/weft/dist"
)

const want = `  mesh  steps  largest error  times less  digest of the temperatures
1/16       26      3.514e-03              70c4859b2f12ff26
1/32      102      9.106e-04        3.86  023658c6de964d3c
1/64      410      2.260e-04        4.03  2984c24e8f7e3a11
1/128    1638      5.657e-05        4.00  a79ea275d8c94d45
`

// program makes this test the program itself, for mpirun to start.
const program = "WEFT_HEAT_TEST"

func TestMain(m *testing.M) {
	if os.Getenv(program) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestAlone(t *testing.T) {
	var out bytes.Buffer
	file := filepath.Join(t.TempDir(), "heat.png")
	if err := dist.Run(func(c *dist.Comm) error { return run(c, &out, file) }); err != nil {
		t.Fatal(err)
	}
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
	drawn, shown := picture(t, file), picture(t, "heat.png")
	if !bytes.Equal(drawn.Pix, shown.Pix) {
		t.Error("heat.png is not what the program draws")
	}
}

func picture(t *testing.T, file string) *image.Paletted {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return p.(*image.Paletted)
}

// The same bits on 2 and on 4 ranks.
func TestRanks(t *testing.T) {
	mpirun, err := exec.LookPath("mpirun")
	if err == nil {
		_, err = dist.Library()
	}
	if err != nil {
		if os.Getenv("CI") != "" { // .ci/run installs it
			t.Fatal(err)
		}
		t.Skip(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{2, 4} {
		cmd := exec.CommandContext(t.Context(), mpirun, "-n", fmt.Sprint(n), "--oversubscribe", "--allow-run-as-root", "--bind-to", "none",
			"--mca", "btl", "self,vader", "--mca", "plm", "isolated", "--mca", "oob_tcp_if_include", "lo", self)
		cmd.Env = append(os.Environ(), program+"=1")
		cmd.WaitDelay = time.Minute
		var problems bytes.Buffer
		cmd.Stderr = &problems
		out, err := cmd.Output()
		if err != nil || string(out) != want {
			t.Errorf("%d ranks: %v\n%s\ngot\n%s\nwant\n%s", n, err, &problems, out, want)
		}
	}
}
