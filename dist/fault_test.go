package dist

import (
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// faults are programs in which rank 1 goes wrong while the others wait for it,
// and what mpirun's output must say.
var faults = map[string]struct {
	f    func(c *Comm) error
	want []string
}{
	"panic":     {func(*Comm) error { panic("the matrix is upside down") }, []string{"rank 1 of", "panic: the matrix is upside down", "fault_test.go"}},
	"error":     {func(*Comm) error { return errors.New("the disk is full") }, []string{"rank 1 of", "the disk is full"}},
	"wrong use": {func(c *Comm) error { return Bcast(c, 99, []int{1}) }, []string{"rank 1 of", "dist.Bcast", "99", "fault_test.go"}},
	"nil":       {func(*Comm) error { return dereference(nil) }, []string{"rank 1 of", "nil pointer", "fault_test.go"}},
	"divide":    {func(c *Comm) error { return fmt.Errorf("%d", 1/(c.Rank()-1)) }, []string{"rank 1 of", "divide by zero"}},
	"Goexit":    {func(*Comm) error { runtime.Goexit(); return nil }, []string{"rank 1 of", "Goexit", "fault_test.go"}},
	"goroutine": {func(c *Comm) error { go panic("elsewhere"); return c.Barrier() }, []string{"panic: elsewhere", "fault_test.go", "mpirun"}},
	"exit":      {func(*Comm) error { os.Exit(0); return nil }, []string{"mpirun"}},
	"fatal":     {func(*Comm) error { log.Fatal("no licence"); return nil }, []string{"no licence", "mpirun"}},
	"killed":    {func(*Comm) error { return kill() }, []string{"signal 9"}},
}

func kill() error {
	p, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = p.Kill()
	}
	time.Sleep(time.Minute)
	return err
}

//go:noinline
func dereference(p *int) error { return fmt.Errorf("%d", *p) }

func init() {
	for name, fault := range faults {
		programs[name] = func() {
			err := Run(func(c *Comm) error {
				if c.Rank() == 1 {
					return fault.f(c)
				}
				_, err := Recv(c, 1, 0, make([]byte, 1)) // which never comes
				return err
			})
			if err != nil {
				log.Fatal(err)
			}
		}
	}
	programs["init"] = func() {
		c, err := Init()
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("rank", c.Rank(), "of", c.Size(), c.Close())
	}
	programs["recover"] = func() {
		c, err := Init()
		if err != nil {
			log.Fatal(err)
		}
		for range 3 {
			func() {
				defer func() { fmt.Println("recovered:", recover()) }()
				_ = dereference(nil)
			}()
		}
		if err := errors.Join(c.Barrier(), c.Close()); err != nil {
			log.Fatal(err)
		}
		if _, err := Init(); err == nil {
			log.Fatal("MPI began twice")
		}
	}
}

// A rank that goes wrong ends the job within seconds, and says why.
func TestFaults(t *testing.T) {
	for name, fault := range faults {
		if !full && name != "panic" && name != "exit" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			out, err := mpirun(t, 3, name)
			if err == nil {
				t.Error("mpirun reports success")
			}
			if d := time.Since(begin); d > 30*time.Second {
				t.Error("the job ended after", d)
			}
			for _, want := range fault.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in the output", want)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// Under MPI what is wrong in Go is Go's to report: MPI takes no signals.
func TestRecoverUnderMPI(t *testing.T) {
	out, err := mpirun(t, 2, "recover")
	if err != nil || strings.Count(out, "recovered: runtime error: invalid memory address") != 6 {
		t.Errorf("%v\n%s", err, out)
	}
}

// start runs this program by itself with an environment.
func start(t *testing.T, env ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(append(os.Environ(), childVariable+"=init"), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return string(out)
}

// Started by itself, a program is the only rank, and needs no library.
func TestAlone(t *testing.T) {
	if out := start(t, "WEFT_MPI_LIBRARY=/nowhere/libmpi.so"); out != "rank 0 of 1 <nil>\n" {
		t.Error(out)
	}
}

// What is missing or of another kind is refused with what to install.
func TestLibraries(t *testing.T) {
	if !canForeign {
		out := start(t, "OMPI_COMM_WORLD_SIZE=2")
		if !strings.Contains(out, ErrNoMPI.Error()) || !strings.Contains(out, "linux on amd64 or arm64") {
			t.Error(out)
		}
		return
	}
	const mpich = `#include <string.h>
int MPI_Get_library_version(char *s, int *n) { strcpy(s, "MPICH Version:      4.0.2\nMPICH Release date: ..."); *n = strlen(s); return 0; }`
	const old = `#include <string.h>
int MPI_Get_library_version(char *s, int *n) { strcpy(s, "Open MPI v3.1.6, package: x"); *n = strlen(s); return 0; }`
	const hollow = `#include <string.h>
int MPI_Get_library_version(char *s, int *n) { strcpy(s, "Open MPI v4.1.4, package: x"); *n = strlen(s); return 0; }`
	for _, c := range []struct {
		name, source, path string
		want               []string
	}{
		{"none", "", "/nowhere/libmpi.so", []string{ErrNoMPI.Error(), "apt-get install openmpi-bin", "dnf install openmpi", "/nowhere/libmpi.so"}},
		{"no MPI", "", "libm.so.6", []string{ErrNoMPI.Error(), "libm.so.6 is no MPI library"}},
		{"MPICH", mpich, "", []string{ErrOtherMPI.Error(), "MPICH Version", "openmpi-bin"}},
		{"old", old, "", []string{ErrNoMPI.Error(), "v3.1.6", "version 4"}},
		{"hollow", hollow, "", []string{ErrOtherMPI.Error(), "has no "}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.source != "" {
				c.path = compile(t, c.source)
			}
			out := start(t, "OMPI_COMM_WORLD_SIZE=2", "OMPI_COMM_WORLD_RANK=0", libraryVariable+"="+c.path)
			for _, want := range c.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in %q", want, out)
				}
			}
		})
	}
}

// compile makes a shared library of a C program.
func compile(t *testing.T, source string) string {
	t.Helper()
	cc, err := exec.LookPath("gcc")
	if err != nil {
		lacks(t, err)
	}
	dir := t.TempDir()
	c, so := filepath.Join(dir, "lib.c"), filepath.Join(dir, "libmpi.so.12")
	if err := os.WriteFile(c, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(cc, "-shared", "-fPIC", "-o", so, c).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return so
}

// Who started a process is read from the environment.
func TestLaunched(t *testing.T) {
	for _, c := range []struct {
		name string
		env  map[string]string
		want launch
		err  error
	}{
		{"by itself", nil, launch{"itself", false, 1}, nil},
		{"mpirun", map[string]string{"OMPI_COMM_WORLD_SIZE": "3", "PMIX_RANK": "1"}, launch{"Open MPI's mpirun", true, 3}, nil},
		{"mpirun in a step", map[string]string{"OMPI_COMM_WORLD_SIZE": "3", "SLURM_STEP_NUM_TASKS": "2"}, launch{"Open MPI's mpirun", true, 3}, nil},
		{"srun with PMIx", map[string]string{"PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "8"}, launch{"Slurm's srun", true, 8}, nil},
		{"another PMIx", map[string]string{"PMIX_RANK": "0"}, launch{"a launcher with PMIx", true, 0}, nil},
		{"srun with PMI2", map[string]string{"PMI_RANK": "0", "PMI_SIZE": "8", "SLURM_STEP_NUM_TASKS": "8"}, launch{"Slurm's srun", true, 8}, nil},
		{"srun alone", map[string]string{"SLURM_STEP_NUM_TASKS": "8"}, launch{}, ErrNoMPI},
		{"srun of one", map[string]string{"SLURM_STEP_NUM_TASKS": "1"}, launch{"itself", false, 1}, nil},
		{"MPICH", map[string]string{"PMI_RANK": "0", "PMI_SIZE": "2"}, launch{}, ErrOtherMPI},
		{"MPICH, size unknown", map[string]string{"PMI_RANK": "0"}, launch{}, ErrOtherMPI},
		{"MPICH of one", map[string]string{"PMI_RANK": "0", "PMI_SIZE": "1"}, launch{"itself", false, 1}, nil},
		{"nonsense", map[string]string{"SLURM_STEP_NUM_TASKS": "many"}, launch{"itself", false, 1}, nil},
	} {
		got, err := launched(func(name string) (string, bool) { v, ok := c.env[name]; return v, ok })
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
		if err != nil && !strings.Contains(err.Error(), "mpirun") {
			t.Errorf("%s: %v does not say what to do", c.name, err)
		}
	}
}

// An Open MPI that doesn't know the launcher takes each process for the only
// one, which must not pass for a job of one rank.
func TestSingletons(t *testing.T) {
	if _, err := Library(); err != nil {
		lacks(t, err)
	}
	out := start(t, "PMI_RANK=0", "PMI_SIZE=4", "SLURM_STEP_NUM_TASKS=4", "OMPI_MCA_plm=isolated", "OMPI_MCA_oob_tcp_if_include=lo")
	if !strings.Contains(out, "started 4 processes, of which Open MPI") {
		t.Error(out)
	}
}
