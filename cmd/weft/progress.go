package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress is a line that says how far a command has come. It shows only on a
// terminal.
type progress struct {
	w     io.Writer
	width int
	last  time.Time
}

// newProgress returns a progress that writes to w, if that is a terminal.
func newProgress(w io.Writer) *progress {
	p := &progress{}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.w, p.width = w, 80
		if n, _, err := term.GetSize(int(f.Fd())); err == nil && n > 0 {
			p.width = n
		}
	}
	return p
}

// show says that a share of the work is done and what comes next.
func (p *progress) show(done float64, next string) {
	const cells = 24
	if p.w == nil || time.Since(p.last) < 50*time.Millisecond {
		return
	}
	p.last = time.Now()
	full := int(done * cells)
	line := fmt.Sprintf("[%s%s] %3.0f%% %s", strings.Repeat("=", full), strings.Repeat(" ", cells-full), 100*done, next)
	if len(line) >= p.width {
		line = line[:p.width-1]
	}
	fmt.Fprintf(p.w, "\r%-*s", p.width-1, line)
}

// clear takes the line away.
func (p *progress) clear() {
	if p.w != nil {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.width-1))
	}
}
