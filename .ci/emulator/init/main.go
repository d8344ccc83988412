// Command init is the first and only process of the emulated machine: it runs
// one program and hands its output and exit code to the emulator on the host.
//
// Output leaves the machine through Bochs' debug port 0xe9 rather than through
// the emulated serial port: one REP OUTSB moves a whole buffer, where an
// emulated UART costs thousands of instructions for each byte. The serial port
// carries the kernel's messages only, so the two never mix.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
)

// job is what the host wants to be run; its twin is in the host's main.go.
type job struct {
	Path  string
	Args  []string
	Env   []string
	Dir   string
	Token string
	Log   bool // hand out the kernel's messages first
}

const (
	debugPort    = 0xe9
	shutdownPort = 0x8900
)

// outString writes n bytes from p to an I/O port.
//
//go:noescape
func outString(port uint16, p *byte, n int)

type port uint16

func (p port) Write(b []byte) (int, error) {
	if len(b) > 0 {
		outString(uint16(p), &b[0], len(b))
	}
	return len(b), nil
}

func main() {
	// I/O privilege belongs to a thread, so stay on the one that has it.
	runtime.LockOSThread()
	if err := syscall.Iopl(3); err != nil {
		fmt.Println("init: iopl:", err) // the serial console
		os.Exit(1)
	}
	var j job
	code := 125
	b, err := os.ReadFile("/job.json")
	if err == nil {
		err = json.Unmarshal(b, &j)
	}
	if err == nil {
		if j.Log {
			const readAll = 3
			buf := make([]byte, 256<<10)
			n, _ := syscall.Klogctl(readAll, buf)
			fmt.Fprintf(port(debugPort), "%slog;%s", j.Token, buf[:max(n, 0)])
		}
		io.WriteString(port(debugPort), j.Token+"start;")
		code, err = run(&j)
	}
	if err != nil {
		fmt.Fprintln(port(debugPort), "init:", err)
	}
	fmt.Fprintf(port(debugPort), "%sexit=%d;", j.Token, code)
	io.WriteString(port(shutdownPort), "Shutdown")
	select {}
}

func run(j *job) (int, error) {
	for _, m := range []struct{ fs, dir string }{
		{"devtmpfs", "/dev"},
		{"proc", "/proc"},
		{"sysfs", "/sys"},
	} {
		if err := os.MkdirAll(m.dir, 0o755); err != nil {
			return 125, err
		}
		if err := syscall.Mount("none", m.dir, m.fs, 0, ""); err != nil {
			return 125, fmt.Errorf("mount %s: %w", m.fs, err)
		}
	}
	if err := os.MkdirAll("/tmp", 0o777); err != nil {
		return 125, err
	}
	cmd := exec.Command(j.Path)
	cmd.Args = append([]string{j.Path}, j.Args...)
	cmd.Env = j.Env
	cmd.Dir = j.Dir
	r, w, err := os.Pipe()
	if err != nil {
		return 125, err
	}
	cmd.Stdout, cmd.Stderr = w, w
	if err := cmd.Start(); err != nil {
		return 125, err
	}
	w.Close()
	// Not io.Copy in another goroutine: this thread is the one that may write.
	buf := make([]byte, 32<<10)
	for {
		n, err := r.Read(buf)
		port(debugPort).Write(buf[:n])
		if err != nil {
			break
		}
	}
	err = cmd.Wait()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		if ws, ok := exit.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
			return 128 + int(ws.Signal()), nil
		}
		return exit.ExitCode(), nil
	}
	if err != nil {
		return 125, err
	}
	return 0, nil
}
