package main

import (
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"strings"

	"github.com/weftgo/weft/bench"
	"github.com/weftgo/weft/kernels"
)

// about is what info tells.
type about struct {
	Go       string            `json:"go"`
	OS       string            `json:"os"`
	Arch     string            `json:"arch"`
	Machine  kernels.Machine   `json:"machine"`
	Backends []backendInfo     `json:"backends"` // best first
	Default  string            `json:"default,omitempty"`
	Error    string            `json:"error,omitempty"` // why there is no default
	Env      map[string]string `json:"env"`             // the variables that are set
}

type backendInfo struct {
	Name     string `json:"name"`
	Features string `json:"features"`
	Usable   bool   `json:"usable"`
	Why      string `json:"why,omitempty"` // not
	Remedy   string `json:"remedy,omitempty"`
}

// variables are what changes weft's choice of code, or Go's.
var variables = []string{"WEFT_BACKEND", "WEFT_REQUIRE", "WEFT_WORKERS", "WEFT_TRACE", "WEFT_CUDA_LIBRARY", "WEFT_CUDA_MEMORY", "WEFT_CUDA_CACHE", "GOMAXPROCS", "GODEBUG"}

func (a *app) info(args []string) int {
	f := a.flags("info", "Shows the processor, its caches, the backends and, for those that can't be\nused here, why and what would help. The exit code is 1 if the environment\nasks for what can't be had.")
	asJSON := f.Bool("json", false, "write JSON")
	if code, ok := a.parse(f, args); !ok {
		return code
	}
	i := a.look()
	var err error
	if *asJSON {
		e := json.NewEncoder(a.stdout)
		e.SetIndent("", " ")
		err = e.Encode(i)
	} else {
		err = i.write(a.stdout)
	}
	switch {
	case err != nil:
		return a.fail(f, err)
	case i.Error != "":
		return exitFail
	}
	return exitOK
}

// look finds out what info tells.
func (a *app) look() about {
	i := about{
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		Machine: kernels.ThisMachine(), Env: map[string]string{},
	}
	for _, b := range kernels.Backends() {
		info := backendInfo{Name: b.Name, Features: b.Features, Usable: b.Err == nil}
		if b.Err != nil {
			info.Why = strings.TrimPrefix(b.Err.Error(), b.Name+": ")
			info.Remedy = remedy(b.Name, &i.Machine)
			if strings.HasPrefix(b.Name, "cuda") { // it knows what would help
				info.Remedy = "a GPU of compute capability 8.0 or newer and NVIDIA's driver, 450 or newer"
				if why, help, ok := strings.Cut(info.Why, "; "); ok {
					info.Why, info.Remedy = why, help
				}
			}
		}
		i.Backends = append(i.Backends, info)
	}
	if e, err := kernels.Default[float64](); err != nil {
		i.Error = err.Error()
	} else {
		i.Default = e.Backend()
	}
	for _, v := range variables {
		if s, ok := a.getenv(v); ok {
			i.Env[v] = s
		}
	}
	return i
}

// remedy says what would make a backend usable.
func remedy(backend string, m *kernels.Machine) string {
	level := map[string]int{"avx2": 3, "avx512": 4}[backend]
	switch {
	case level == 0:
		return ""
	case m.Arch != "amd64":
		return "none: it is made of amd64 instructions"
	case noasm:
		return "build without -tags noasm"
	case m.Level < level:
		return fmt.Sprintf("a processor of level x86-64-v%d; in a virtual machine or emulator, let the guest see the host's features", level)
	}
	return "an operating system that saves the registers of these instructions"
}

func (i *about) write(w io.Writer) error {
	var b strings.Builder
	m := &i.Machine
	row := func(name, format string, args ...any) {
		fmt.Fprintf(&b, "%-12s%s\n", name, fmt.Sprintf(format, args...))
	}
	name := m.Name
	if name == "" {
		name = "name unknown"
	}
	row("processor", "%s", name)
	level := ""
	if m.Level > 0 {
		level = fmt.Sprintf(", level x86-64-v%d", m.Level)
	}
	row("system", "%s/%s%s, %s", i.OS, i.Arch, level, i.Go)
	row("cores", "%d physical, %d logical; GOMAXPROCS %d", m.PhysicalCores, m.LogicalCores, m.Usable)
	var caches []string
	for _, c := range []struct {
		name string
		size int
	}{{"L1 data", m.L1D}, {"L2", m.L2}, {"L3", m.L3}} {
		if c.size > 0 {
			caches = append(caches, c.name+" "+bench.Bytes(c.size))
		}
	}
	if caches == nil {
		caches = []string{"unknown"}
	}
	row("caches", "%s", strings.Join(caches, ", "))
	if m.FMA {
		row("FMA", "in hardware")
	} else {
		row("FMA", "not in hardware: results are the same bits, computed slowly in software")
	}
	b.WriteString("\nbackends, best first\n")
	for _, k := range i.Backends {
		state := "usable"
		switch {
		case !k.Usable:
			state = "no"
		case k.Name == i.Default:
			state = "default"
		}
		fmt.Fprintf(&b, "  %-10s%-9s%s\n", k.Name, state, k.Features)
		if !k.Usable {
			fmt.Fprintf(&b, "  %-10swhy: %s\n", "", k.Why)
			if k.Remedy != "" {
				fmt.Fprintf(&b, "  %-10sit needs: %s\n", "", k.Remedy)
			}
		}
	}
	if len(i.Env) > 0 {
		b.WriteString("\nenvironment\n")
		for _, v := range variables {
			if s, ok := i.Env[v]; ok {
				fmt.Fprintf(&b, "  %s=%s\n", v, s)
			}
		}
	}
	if i.Error != "" {
		fmt.Fprintf(&b, "\nerror: %s\n", i.Error)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
