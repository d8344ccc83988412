// Command ulp measures the errors of the elementary functions, in units in the
// last place.
//
//	go run ./internal/ulp                   # float32, every value there is
//	go run ./internal/ulp -step 1009        # every 1009th
//	go run ./internal/ulp -f64 1000000 -dump DIR   # float64, for check.py
//
// The errors of float32 are against weft's own functions of float64, whose
// errors are 1e-8 of a unit of float32. Those are measured on their own: the
// command writes arguments and results of float64 to files, which check.py in
// this folder holds against MPFR. Published hard cases may be added: -wc names a
// folder with files of CORE-MATH's form, like log.wc, which have an argument in
// hexadecimal on each line, or two and a comma.
package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
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
	pairCount := flag.Uint64("pairs", 1<<30, "measure the functions of two float32 at so many pairs")
	f64 := flag.Int("f64", 0, "measure float64, at about so many arguments")
	dump := flag.String("dump", ".", "folder for the files of float64")
	wc := flag.String("wc", "", "folder with hard cases of float64, like CORE-MATH's log.wc")
	flag.Parse()
	if *backend == "" {
		*backend = best()
	}
	wanted := func(name string) bool {
		return *only == "" || slices.Contains(strings.Split(*only, ","), name)
	}
	if *f64 > 0 {
		writeFloat64(*backend, *dump, *wc, *f64, wanted)
		return
	}
	e, err := kernels.Open[float32](*backend)
	if err != nil {
		log.Fatal(err)
	}
	ref, err := kernels.Open[float64](*backend)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%-9s %9s  at\n", "float32", "ulp")
	for f := op.Exp; f < op.Sqrt; f++ {
		if wanted(f.String()) {
			fmt.Printf("%-9s %v\n", f, exhaust(e, ref, f, *step))
		}
	}
	for f := op.Pow; f < op.Minimum; f++ {
		if wanted(f.String()) {
			fmt.Printf("%-9s %v\n", f, exhaustPairs(e, ref, f, *pairCount))
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
	ulp  float64
	x    []float32
	got  float32
	want float64
}

func (w worst) String() string {
	return fmt.Sprintf("%9.6f  %v (%v, not %v)", w.ulp, w.x, w.got, w.want)
}

// exhaust measures f at every step-th float32, against ref.
func exhaust(e *kernels.Engine[float32], ref *kernels.Engine[float64], f op.Unary, step uint64) worst {
	return share(func(w, workers uint64) worst {
		m := newMeter(e, ref, 1)
		for from := w * batch * step; from < 1<<32; from += workers * batch * step {
			for i := range m.x[0] {
				m.x[0][i] = math.Float32frombits(uint32(min(from+uint64(i)*step, 1<<32-1)))
			}
			m.widen()
			m.e.Unary(f, m.got, m.x[0])
			m.ref.Unary(f, m.want, m.wide[0])
			m.judge()
		}
		return m.worst
	})
}

// exhaustPairs measures f at about n pairs of float32, against ref.
func exhaustPairs(e *kernels.Engine[float32], ref *kernels.Engine[float64], f op.Binary, n uint64) worst {
	return share(func(w, workers uint64) worst {
		m := newMeter(e, ref, 2)
		r := rand.New(rand.NewPCG(3+w, uint64(f)))
		for range n / batch / workers {
			for i := range m.x[0] {
				m.x[0][i], m.x[1][i] = pair32(f, r)
			}
			m.widen()
			m.e.Binary(f, m.got, m.x[0], m.x[1])
			m.ref.Binary(f, m.want, m.wide[0], m.wide[1])
			m.judge()
		}
		return m.worst
	})
}

// share runs f on all processors, each with its number, and returns the worst
// of what they found.
func share(f func(w, workers uint64) worst) (total worst) {
	var (
		mu sync.Mutex
		wg sync.WaitGroup
	)
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			found := f(uint64(w), uint64(workers))
			mu.Lock()
			defer mu.Unlock()
			if found.ulp > total.ulp {
				total = found
			}
		})
	}
	wg.Wait()
	return total
}

// batch is the number of elements of a call.
const batch = 2048

// meter is a function's arguments, results and references, and its largest
// error so far.
type meter struct {
	e         *kernels.Engine[float32]
	ref       *kernels.Engine[float64]
	x         [][]float32
	wide      [][]float64
	got       []float32
	want      []float64
	worst     worst
	tolerated float64
}

func newMeter(e *kernels.Engine[float32], ref *kernels.Engine[float64], args int) *meter {
	m := &meter{e: e.WithWorkers(1), ref: ref.WithWorkers(1), got: make([]float32, batch), want: make([]float64, batch)}
	for range args {
		m.x, m.wide = append(m.x, make([]float32, batch)), append(m.wide, make([]float64, batch))
	}
	return m
}

func (m *meter) widen() {
	for k, x := range m.x {
		for i, v := range x {
			m.wide[k][i] = float64(v)
		}
	}
}

// judge looks for larger errors than the one so far. Most results need no more
// than a comparison with it.
func (m *meter) judge() {
	for i, w := range m.want {
		g := float64(m.got[i])
		wb := math.Float64bits(w)
		if math.Float64bits(g) == wb {
			continue
		}
		// 2^-24 times the unit of float32 at w is always a normal number.
		unit := math.Float64frombits((max(wb>>52&0x7ff, 1023-126) - 23) << 52)
		if math.Abs(g-w) <= m.tolerated*unit && (g < 0) == (w < 0) && g != 0 {
			continue
		}
		if u := fixture.ULPs(m.got[i], w); u > m.worst.ulp {
			m.worst = worst{ulp: u, got: m.got[i], want: w}
			for _, x := range m.x {
				m.worst.x = append(m.worst.x, x[i])
			}
			m.tolerated = u
		}
	}
}

// pair32 returns arguments as pairs does, and some that are exact or special.
func pair32(f op.Binary, r *rand.Rand) (x, y float32) {
	bits := r.Uint64()
	any := func() float32 { return math.Float32frombits(r.Uint32()) }
	switch bits % 8 {
	case 0: // all magnitudes, infinities and NaN too
		return any(), any()
	case 1: // small fractions and integers
		return float32(int8(bits>>8)) / 8, float32(int8(bits>>16)) / 8
	case 2: // near 1
		x = math.Float32frombits(math.Float32bits(1) + uint32(bits>>8)%(1<<(bits>>40%23)) - uint32(bits>>45)%(1<<(bits>>50%23)))
	default:
		x = math.Float32frombits(uint32(bits>>8) % (0xff << 23))
	}
	if f == op.Atan2 {
		y = x * float32(math.Ldexp(r.Float64()*2-1, int(bits>>40%32)-16))
		return x, y
	}
	// Any finite result: y*log2(x) between -152 and 130.
	return x, float32((r.Float64()*282 - 152) / math.Log2(math.Abs(float64(x))))
}

// writeFloat64 writes pairs of an argument and a result, of each function to a
// file of its own.
func writeFloat64(backend, dir, wc string, n int, wanted func(string) bool) {
	e, err := kernels.Open[float64](backend)
	if err != nil {
		log.Fatal(err)
	}
	for f := op.Exp; f < op.Sqrt; f++ {
		if !wanted(f.String()) {
			continue
		}
		x := append(arguments(f, n), published(wc, f.String(), 1)[0]...)
		y := make([]float64, len(x))
		e.Unary(f, y, x)
		write(filepath.Join(dir, f.String()), x, y)
	}
	for f := op.Pow; f < op.Minimum; f++ {
		if !wanted(f.String()) {
			continue
		}
		x, y := pairs(f, n)
		more := published(wc, f.String(), 2)
		x, y = append(x, more[0]...), append(y, more[1]...)
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

// published returns the cases for a function of so many arguments in folder
// wc, each argument in a slice of its own; none if there is no such file. Lines
// that are not of finite numbers are left out.
func published(wc, name string, args int) [][]float64 {
	columns := make([][]float64, args)
	text, err := os.ReadFile(filepath.Join(wc, strings.ToLower(name)+".wc"))
	if wc == "" || errors.Is(err, fs.ErrNotExist) {
		return columns
	}
	if err != nil {
		log.Fatal(err)
	}
lines:
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSpace(line), ",")
		if len(fields) != args {
			continue
		}
		var row []float64
		for _, s := range fields {
			if strings.Contains(s, "0x") && !strings.Contains(s, "p") {
				s += "p0"
			}
			v, err := strconv.ParseFloat(s, 64)
			if err != nil || math.IsInf(v, 0) || v != v {
				continue lines
			}
			row = append(row, v)
		}
		for i, v := range row {
			columns[i] = append(columns[i], v)
		}
	}
	return columns
}

// nearQuadrants returns, for every exponent, the float64 that are nearest to a
// multiple of pi/2: m*2^e = (k+t)*pi/2 with a tiny t for the denominators m of
// the convergents of 2^e*2/pi (W. Kahan, Minimizing q*m-n, 1983).
func nearQuadrants() (x []float64) {
	const bits = 1400
	// pi by Machin's formula.
	one := new(big.Int).Lsh(big.NewInt(1), bits)
	arctan := func(n int64) *big.Int {
		sum, term := new(big.Int), new(big.Int).Div(one, big.NewInt(n))
		for k := int64(0); term.Sign() != 0; k++ {
			part := new(big.Int).Div(term, big.NewInt(2*k+1))
			if k%2 != 0 {
				part.Neg(part)
			}
			sum.Add(sum, part)
			term.Div(term, big.NewInt(n*n))
		}
		return sum
	}
	pi := new(big.Int).Sub(new(big.Int).Mul(arctan(5), big.NewInt(16)), new(big.Int).Mul(arctan(239), big.NewInt(4)))
	limit := big.NewInt(1 << 53)
	for e := -51; e <= 971; e++ {
		// Convergents p/q of a/b = 2^e*2/pi, by Euclid's algorithm.
		a, b := new(big.Int).Lsh(one, uint(e+60)), new(big.Int).Lsh(pi, 59)
		q0, q1 := big.NewInt(1), new(big.Int)
		var best *big.Int
		for b.Sign() != 0 {
			c, r := new(big.Int).DivMod(a, b, new(big.Int))
			a, b = b, r
			q0, q1 = q1, new(big.Int).Add(new(big.Int).Mul(c, q1), q0)
			if q1.Cmp(limit) >= 0 {
				break
			}
			best = q1
		}
		m := float64(best.Int64())
		for k := 1.0; m*k < 1<<53 && k <= 3; k++ {
			x = append(x, math.Ldexp(m*k, e))
		}
	}
	return x
}

// arguments returns numbers of all magnitudes, of those where f is neither 0
// nor infinite nor 1 in particular, and of those where it is difficult.
func arguments(f op.Unary, n int) []float64 {
	r := rand.New(rand.NewPCG(1, uint64(f)))
	var x []float64
	both := func(v float64) { x = append(x, v, -v) }
	if f == op.Sin || f == op.Cos || f == op.Tan {
		for _, v := range nearQuadrants() {
			both(v)
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
			both(700 + 46*r.Float64()) // overflow, and subnormal results
		case op.Exp2:
			both(1080 * r.Float64())
			both(1015 + 60*r.Float64())
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
