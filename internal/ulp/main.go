// Command ulp measures the errors of the elementary functions, in units in the
// last place.
//
//	go run ./internal/ulp                   # float32, every value there is
//	go run ./internal/ulp -step 1009        # every 1009th
//	go run ./internal/ulp -f64 200000 -dump DIR   # float64, for check.py
//
// The errors of float32 are against math's functions of float64, whose own
// errors are some 1e-8 of a unit of float32. For float64 the command writes
// arguments and results to files, which check.py in this folder holds against
// mpmath.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/weftgo/weft/internal/fixture"
	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

func main() {
	log.SetFlags(0)
	backend := flag.String("backend", "", "the backend to measure; the best one if empty")
	only := flag.String("f", "", "functions, separated by commas; all if empty")
	step := flag.Uint64("step", 1, "take every step-th float32")
	f64 := flag.Int("f64", 0, "measure float64, at about so many arguments")
	dump := flag.String("dump", ".", "folder for the files of float64")
	flag.Parse()
	if *backend == "" {
		*backend = best()
	}
	wanted := func(name string) bool {
		return *only == "" || slices.Contains(strings.Split(*only, ","), name)
	}
	if *f64 > 0 {
		writeFloat64(*backend, *dump, *f64, wanted)
		return
	}
	e, err := kernels.Open[float32](*backend)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%-9s %9s  at\n", "float32", "ulp")
	for f := op.Exp; f < op.Sqrt; f++ {
		if wanted(f.String()) {
			w := exhaust(e, f, *step)
			fmt.Printf("%-9s %9.6f  %v (%v, not %v)\n", f, w.ulp, w.x, w.got, w.want)
		}
	}
}

// best is the first backend that can be used.
func best() string {
	for _, b := range kernels.Backends() {
		if b.Err == nil {
			return b.Name
		}
	}
	panic("no backend")
}

// worst is the largest error so far.
type worst struct {
	ulp    float64
	x, got float32
	want   float64
}

// exhaust measures f at every step-th float32.
func exhaust(e *kernels.Engine[float32], f op.Unary, step uint64) worst {
	var (
		total worst
		mu    sync.Mutex
		wg    sync.WaitGroup
	)
	workers := runtime.GOMAXPROCS(0)
	e = e.WithWorkers(1)
	reference := fixture.Unary(f)
	for w := range workers {
		wg.Go(func() {
			const n = 4096
			x, y := make([]float32, n), make([]float32, n)
			var max worst
			for from := uint64(w) * n * step; from < 1<<32; from += uint64(workers) * n * step {
				for i := range x {
					x[i] = math.Float32frombits(uint32(min(from+uint64(i)*step, 1<<32-1)))
				}
				e.Unary(f, y, x)
				for i, v := range x {
					want := reference(float64(v))
					if u := fixture.ULPs(y[i], want); u > max.ulp {
						max = worst{u, v, y[i], want}
					}
				}
			}
			mu.Lock()
			defer mu.Unlock()
			if max.ulp > total.ulp {
				total = max
			}
		})
	}
	wg.Wait()
	return total
}

// writeFloat64 writes pairs of an argument and a result, of each function to a
// file of its own.
func writeFloat64(backend, dir string, n int, wanted func(string) bool) {
	e, err := kernels.Open[float64](backend)
	if err != nil {
		log.Fatal(err)
	}
	for f := op.Exp; f < op.Sqrt; f++ {
		if !wanted(f.String()) {
			continue
		}
		x := arguments(f, n)
		y := make([]float64, len(x))
		e.Unary(f, y, x)
		write(filepath.Join(dir, f.String()), x, y)
	}
	for f := op.Pow; f < op.Minimum; f++ {
		if !wanted(f.String()) {
			continue
		}
		x, y := pairs(f, n)
		z := make([]float64, len(x))
		e.Binary(f, z, x, y)
		write(filepath.Join(dir, f.String()), x, y, z)
	}
}

func write(path string, columns ...[]float64) {
	file, err := os.Create(path)
	if err != nil {
		log.Fatal(err)
	}
	w := bufio.NewWriter(file)
	for i := range columns[0] {
		for _, c := range columns {
			binary.Write(w, binary.LittleEndian, c[i])
		}
	}
	if err := errors.Join(w.Flush(), file.Close()); err != nil {
		log.Fatal(err)
	}
}

// arguments returns numbers of all magnitudes, of those where f is neither 0
// nor infinite nor 1 in particular, and of those where it is difficult.
func arguments(f op.Unary, n int) []float64 {
	r := rand.New(rand.NewPCG(1, uint64(f)))
	var x []float64
	both := func(v float64) { x = append(x, v, -v) }
	if f == op.Sin || f == op.Cos || f == op.Tan {
		// The float64 that comes nearest to a multiple of pi/2 of all (J.-M.
		// Muller, Elementary Functions), and its neighbours in other ranges.
		for e := -40; e <= 971; e++ {
			both(math.Ldexp(6381956970095103, e))
		}
		both(math.MaxFloat64)
	}
	for range n / 8 {
		both(math.Float64frombits(r.Uint64() >> 1 % (0x7ff << 52)))
		both(math.Ldexp(1+r.Float64(), r.IntN(24)-14))
		both(math.Ldexp(1+r.Float64(), r.IntN(4)-3))
		switch f {
		case op.Exp, op.Expm1, op.Sinh, op.Cosh, op.Sigmoid, op.Softplus:
			both(750 * r.Float64())
		case op.Exp2:
			both(1080 * r.Float64())
		case op.Sin, op.Cos, op.Tan:
			// Near a multiple of pi/2.
			k := float64(r.IntN(1 << (1 + r.IntN(20))))
			both(math.Float64frombits(math.Float64bits(math.FMA(k, math.Pi/2, k*6.123233995736766e-17)) + uint64(r.IntN(3))))
		case op.Log, op.Log2, op.Log10, op.Acos, op.Asin, op.Cbrt:
			both(1 + math.Ldexp(r.Float64()-0.5, -r.IntN(50)))
		case op.Log1p:
			both(math.Ldexp(r.Float64(), -r.IntN(50)) - 1)
		default:
			both(8 * r.Float64())
		}
	}
	return x
}

func pairs(f op.Binary, n int) (x, y []float64) {
	r := rand.New(rand.NewPCG(2, uint64(f)))
	any := func() float64 { return math.Float64frombits(r.Uint64() >> 1 % (0x7ff << 52)) }
	for i := range n {
		var a, b float64
		switch {
		case f == op.Atan2 && i%2 == 0:
			a, b = any(), any()
		case f == op.Atan2:
			a, b = r.NormFloat64(), r.NormFloat64()
		case i%3 == 0: // any finite result
			a = any()
			b = (2*r.Float64() - 1) * 760 / math.Log(a)
		case i%3 == 1:
			a, b = math.Ldexp(1+r.Float64(), r.IntN(8)-4), 40*r.Float64()-20
		default: // near 1
			a = 1 + math.Ldexp(r.Float64()-0.5, -r.IntN(50))
			b = (2*r.Float64() - 1) * 700 / math.Log(a)
		}
		if f == op.Atan2 {
			a, b = math.Copysign(a, r.Float64()-0.5), math.Copysign(b, r.Float64()-0.5)
		}
		x, y = append(x, a), append(y, b)
	}
	return x, y
}
