package dist

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// Tests whose names begin with TestRanks run on every rank of a job. go test
// runs them in a process of its own, the only rank there, and TestUnderMPI runs
// them again under mpirun with 1, 2 and 4 ranks: what is tested is this program
// itself.

// childVariable is set for what mpirun starts; its value says what to do
// instead of tests, if anything.
const childVariable = "WEFT_DIST_TEST"

// full is whether to take the time for everything.
var full = os.Getenv("WEFT_TEST") == "full"

// deadline is how long a job may take, however busy the machine is.
const deadline = 5 * time.Minute

func TestMain(m *testing.M) {
	what, child := os.LookupEnv(childVariable)
	if f := programs[what]; f != nil {
		f()
		os.Exit(0)
	}
	if !child {
		os.Exit(m.Run())
	}
	err := Run(func(c *Comm) error {
		if code := m.Run(); code != 0 {
			return fmt.Errorf("exit code %d", code)
		}
		return nil
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// programs are what mpirun can start instead of tests.
var programs = map[string]func(){}

// ranks runs a test on the world, on all ranks. A rank that fails ends the
// job, or else the others would wait for it.
func ranks(t *testing.T, f func(c *Comm)) {
	t.Helper()
	c, err := Init()
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if t.Failed() && c.Size() > 1 {
			fmt.Fprintf(os.Stderr, "rank %d of %d: %s failed\n", c.Rank(), c.Size(), t.Name())
			c.Abort(1)
		}
	}()
	f(c)
	if err := c.Barrier(); err != nil {
		t.Fatal(err)
	}
}

func TestUnderMPI(t *testing.T) {
	if _, child := os.LookupEnv(childVariable); child {
		t.Skip("under mpirun")
	}
	for _, n := range []int{1, 2, 4} {
		t.Run(fmt.Sprintf("n=%d", n), func(t *testing.T) {
			args := []string{"-test.run=^TestRanks", "-test.v", "-test.timeout=" + deadline.String()}
			if !full {
				args = append(args, "-test.short")
			}
			out, err := mpirun(t, n, "", args...)
			if err != nil {
				t.Errorf("%v\n%s", err, out)
			}
			if got := strings.Count(out, "--- PASS: TestRanksCollectives"); err == nil && got != n {
				t.Errorf("passed on %d ranks of %d\n%s", got, n, out)
			}
		})
	}
}

// lacks skips a test for want of what could be installed: .ci/run installs it.
func lacks(t testing.TB, err error) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(err)
	}
	t.Skip(err)
}

// mpirun runs this program on n ranks of this machine, which talk through
// shared memory alone. what is put in childVariable.
func mpirun(t testing.TB, n int, what string, args ...string) (output string, err error) {
	t.Helper()
	path, err := exec.LookPath("mpirun")
	if err == nil && !canForeign {
		err = errors.New("this build has no MPI")
	}
	if err != nil {
		lacks(t, fmt.Errorf("%w (%s)", err, packages))
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(context.Background(), deadline+10*time.Second)
	defer stop()
	cmd := exec.CommandContext(ctx, path, append([]string{"-n", fmt.Sprint(n), "--oversubscribe", "--allow-run-as-root", "--bind-to", "none",
		"--mca", "mpi_yield_when_idle", "1", "--mca", "btl", "self,vader", "--mca", "plm", "isolated", "--mca", "oob_tcp_if_include", "lo", self}, args...)...)
	// One worker a rank: there are more ranks than processors already.
	cmd.Env = append(os.Environ(), childVariable+"="+what, "WEFT_WORKERS=1", "OPENBLAS_NUM_THREADS=1")
	cmd.WaitDelay = 5 * time.Second
	b, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		err = fmt.Errorf("mpirun hangs: %w", ctx.Err())
	}
	return string(b), err
}
