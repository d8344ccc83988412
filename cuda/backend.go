package cuda

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/weftgo/weft/cuda/internal/device"
	"github.com/weftgo/weft/cuda/internal/driver"
	"github.com/weftgo/weft/cuda/internal/ptx"
	"github.com/weftgo/weft/internal/op"
)

func init() { op.Register(backends) }

// backends returns a backend for each device, or one that says why there is
// none.
func backends() []*op.Backend {
	options, err := environment(os.Getenv)
	if err != nil {
		return []*op.Backend{{Name: "cuda", Err: err}}
	}
	devices, err := device.Find(options)
	if err != nil {
		return []*op.Backend{{Name: "cuda", Err: err}}
	}
	var bs []*op.Backend
	for i, d := range devices {
		name := "cuda"
		if i > 0 {
			name = fmt.Sprintf("cuda:%d", i)
		}
		bs = append(bs, backend(name, d))
	}
	return bs
}

func backend(name string, d *device.Device) *op.Backend {
	b := &op.Backend{
		Name: name,
		Features: fmt.Sprintf("%s, %.1f GiB, compute capability %d.%d, driver for CUDA %s (%s)", d.Name,
			float64(d.Memory)/(1<<30), d.Capability/10, d.Capability%10, ptx.Version(d.Driver), driver.Binding),
		Err: d.Err,
	}
	if d.Err == nil {
		g := newGPU(d, name)
		b.F32, b.F64 = table[float32](g, nil), table[float64](g, nil)
		b.Edges = edges()
		b.Device = &place{g}
	}
	return b
}

// table returns the functions, bound to c if that is not nil.
func table[T op.Float](g *gpu, c *op.Control) op.Table[T] {
	e := &engine[T]{g, c}
	reduce := func(f op.Reduction) func(w int, x []T) T {
		return func(w int, x []T) T { return e.reduce(f, w, x, nil) }
	}
	binary := func(f op.Map) func(w int, dst, x, y []T) {
		return func(w int, dst, x, y []T) { e.apply(f, w, 0, dst, x, y) }
	}
	return op.Table[T]{
		Sum: reduce(op.Sum), Asum: reduce(op.Asum), Nrm2: reduce(op.Nrm2), Var: reduce(op.Var),
		Max: reduce(op.Max), Min: reduce(op.Min),
		Dot:    func(w int, x, y []T) T { return e.reduce(op.Dot, w, x, y) },
		ArgMax: func(w int, x []T) int { return e.arg(op.ArgMax, w, x) },
		ArgMin: func(w int, x []T) int { return e.arg(op.ArgMin, w, x) },
		Axpy:   func(w int, alpha T, x, y []T) { e.apply(op.Axpy, w, alpha, y, x, nil) },
		Scal:   func(w int, alpha T, x []T) { e.apply(op.Scal, w, alpha, x, nil, nil) },
		Fill:   func(w int, x []T, v T) { e.apply(op.Fill, w, v, x, nil, nil) },
		Add:    binary(op.Add), Sub: binary(op.Sub), Mul: binary(op.Mul), Div: binary(op.Div),
		Gemv: e.gemv, Ger: e.ger, Gemm: e.gemm, ScaleRows: e.scaleRows,
		Within: func(c *op.Control) op.Table[T] { return table[T](g, c) },
	}
}

// engine holds the functions of a table.
type engine[T op.Float] struct {
	gpu *gpu
	ctl *op.Control
}

// edges returns the sizes at which kernels change path.
func edges() []int {
	es := []int{32, op.Lanes[float32](), transRows, vectorPerBlock, gerColumns, gerRows}
	for _, p := range gemmPolicies {
		es = append(es, p.rows, p.cols, p.depth)
	}
	slices.Sort(es)
	return slices.Compact(es)
}

// environment reads the options.
func environment(getenv func(string) string) (options device.Options, err error) {
	switch s := getenv("WEFT_CUDA_CACHE"); s {
	case "", "on":
	case "off":
		options.NoCache = true
	default:
		return options, fmt.Errorf("WEFT_CUDA_CACHE=%q, want on or off", s)
	}
	if s := getenv("WEFT_CUDA_MEMORY"); s != "" {
		options.MemoryLimit, options.MemoryPercent, err = parseMemory(s)
		if err != nil {
			return options, fmt.Errorf("WEFT_CUDA_MEMORY=%q, want a size such as 8GiB, 512MiB or 50%%", s)
		}
	}
	return options, nil
}

// parseMemory reads a size in bytes, KiB, MiB, GiB or percent.
func parseMemory(s string) (bytes int64, percent int, err error) {
	digits := strings.TrimRight(s, "%KMGTiB ")
	n, err := strconv.ParseInt(digits, 10, 64)
	if err == nil && n <= 0 {
		err = errors.New("not positive")
	}
	if err != nil {
		return 0, 0, err
	}
	switch unit := strings.TrimSpace(s[len(digits):]); {
	case unit == "%" && n <= 100:
		return 0, int(n), nil
	case unit == "" || unit == "B":
		return n, 0, nil
	case unit == "KiB" && n < 1<<50:
		return n << 10, 0, nil
	case unit == "MiB" && n < 1<<40:
		return n << 20, 0, nil
	case unit == "GiB" && n < 1<<30:
		return n << 30, 0, nil
	}
	return 0, 0, errors.New("unknown unit")
}
