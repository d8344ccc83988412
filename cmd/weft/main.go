// Command weft shows what weft can do on this machine and proves it.
//
//	weft info       the processor, the backends, and why not the others
//	weft parity     every function on every backend against weft's definitions
//	weft estimate   what a call will take: operations, memory, time
//	weft bench      speed against the limits of this machine and against other libraries
//	weft mpi-check  whether programs of many processes work here, and how fast messages are
//
// Each has flags; see weft <command> -h.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/weftgo/weft/bench"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	a := app{ctx: ctx, stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.LookupEnv}
	os.Exit(a.run(os.Args[1:]))
}

// Exit codes.
const (
	exitOK    = 0
	exitFail  = 1 // something is wrong with this machine, its environment or weft
	exitUsage = 2 // something is wrong with the command line
)

// app is the command with all that it touches of the outside.
type app struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) (string, bool)
}

type command struct {
	name, what string
	run        func(a *app, args []string) int
}

// commands are what weft understands. spin is for weft's own use: it is the
// other process of the contention benchmark.
var commands = []command{
	{"info", "the processor, the backends, and why not the others", (*app).info},
	{"parity", "every function on every backend against weft's definitions", (*app).parity},
	{"estimate", "what a call will take: operations, memory, time; and how near that is", (*app).estimate},
	{"bench", "speed against the limits of this machine and against other libraries", (*app).bench},
	{mpiCheckCommand, "whether programs of many processes work here, and how fast messages are", (*app).mpiCheck},
	{spinCommand, "", func(a *app, _ []string) int {
		bench.Spin(a.stdin, a.stdout)
		return exitOK
	}},
}

const (
	spinCommand     = "spin"
	mpiCheckCommand = "mpi-check"
)

func (a *app) run(args []string) int {
	if len(args) == 0 {
		a.usage(a.stderr)
		return exitUsage
	}
	switch args[0] {
	case "help", "-h", "-help", "--help":
		a.usage(a.stdout)
		return exitOK
	}
	for _, c := range commands {
		if c.name == args[0] {
			return c.run(a, args[1:])
		}
	}
	fmt.Fprintf(a.stderr, "weft: there is no command %q\n", args[0])
	a.usage(a.stderr)
	return exitUsage
}

func (a *app) usage(w io.Writer) {
	fmt.Fprintln(w, "usage: weft <command> [flags]")
	fmt.Fprintln(w)
	for _, c := range commands {
		if c.what != "" {
			fmt.Fprintf(w, "  %-11s%s\n", c.name, c.what)
		}
	}
	fmt.Fprintln(w, "\nweft <command> -h lists the flags of a command.")
}

// flags returns a flag set for a command that explains itself on stderr.
func (a *app) flags(name, summary string) *flag.FlagSet {
	f := flag.NewFlagSet("weft "+name, flag.ContinueOnError)
	f.SetOutput(a.stderr)
	f.Usage = func() {
		fmt.Fprintf(f.Output(), "usage: weft %s [flags]\n\n%s\n\n", name, summary)
		f.PrintDefaults()
	}
	return f
}

// parse reads the command line. If ok is false, the command ends with code.
func (a *app) parse(f *flag.FlagSet, args []string) (code int, ok bool) {
	switch err := f.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return exitOK, false
	case err != nil:
		return exitUsage, false
	case f.NArg() > 0:
		return a.wrong(f, fmt.Errorf("unexpected argument %q", f.Arg(0))), false
	}
	return exitOK, true
}

// wrong reports wrong use of a command.
func (a *app) wrong(f *flag.FlagSet, err error) int {
	fmt.Fprintf(a.stderr, "%s: %v\n", f.Name(), err)
	return exitUsage
}

// fail reports that a command could not do its work.
func (a *app) fail(f *flag.FlagSet, err error) int {
	fmt.Fprintf(a.stderr, "%s: %v\n", f.Name(), err)
	return exitFail
}

// list is a flag with several values, separated by commas.
type list []string

func (l *list) String() string { return strings.Join(*l, ",") }

func (l *list) Set(s string) error {
	for v := range strings.SplitSeq(s, ",") {
		if v = strings.TrimSpace(v); v == "" {
			return errors.New("empty name in a list")
		}
		*l = append(*l, v)
	}
	return nil
}
