package main

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/weftgo/weft/dist"
)

// itself runs this program as the command, behind what goes before it.
func itself(t *testing.T, args ...string) (out string, err error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	for i, a := range args {
		if a == "weft" {
			args[i] = self
		}
	}
	b, err := exec.CommandContext(ctx, args[0], args[1:]...).CombinedOutput()
	return string(b), err
}

func TestMPICheckAlone(t *testing.T) {
	_, missing := dist.Library()
	out, err := itself(t, "weft", mpiCheckCommand)
	want := "ranks      1"
	if missing != nil {
		want = "openmpi-bin"
		if strings.Contains(missing.Error(), "this build has none") {
			want = "this build has none"
		}
	}
	if (err != nil) != (missing != nil) || !strings.Contains(out, want) {
		t.Errorf("%v, want %q in\n%s", err, want, out)
	}
}

func TestMPICheck(t *testing.T) {
	_, err := dist.Library()
	if err == nil {
		_, err = exec.LookPath("mpirun")
	}
	if err != nil {
		if os.Getenv("CI") != "" { // .ci/run installs it
			t.Fatal(err)
		}
		t.Skip(err)
	}
	out, err := itself(t, "mpirun", "-n", "3", "--oversubscribe", "--allow-run-as-root", "--bind-to", "none", "--mca", "btl", "self,vader",
		"--mca", "plm", "isolated", "--mca", "oob_tcp_if_include", "lo", "weft", mpiCheckCommand, "-bytes", "5000")
	for _, want := range []string{"MPI        Open MPI v", "ranks      3\n  0 to 2: ", "         128 ", "        5000 ", "the same bits on all ranks"} {
		if err != nil || !strings.Contains(out, want) {
			t.Fatalf("%v, no %q in\n%s", err, want, out)
		}
	}
	if n := strings.Count(out, "the same bits"); n != 1 {
		t.Errorf("%d ranks write", n)
	}
}

func TestMPICheckUsage(t *testing.T) {
	if code, _, stderr := weft(t, mpiCheckCommand, "-bytes", "3"); code != exitUsage || !strings.Contains(stderr, "-bytes 3") {
		t.Error(code, stderr)
	}
}
