package estimate

import (
	"math"
	"runtime"
	"time"

	"github.com/weftgo/weft/internal/cost"
	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/limits"
)

// Machine is what the model knows of a backend on a machine, for one type of
// elements. [Measure] and [MeasureDevice] fill it; one that is not at hand may be
// filled in by hand or read from JSON.
type Machine[T kernels.Float] struct {
	Backend string
	Workers int // that share a call

	One, All  Speeds  // of products, by one worker and by all
	ForkGemm  float64 // multiply-adds from which all share a product
	ForkBytes float64 // bytes from which they share another call
	Fork      float64 // seconds that sharing costs

	Call         float64 // seconds of a call that does next to nothing
	Read, Update Curve   // of reading, and of reading two and writing one, by one worker
	ReadAll      Curve   // the same by all
	UpdateAll    Curve
	Functions    map[string]float64 // seconds an element of elementwise functions, by one worker
	Scalar       float64            // seconds of a plane rotation of two numbers in plain Go
	Fresh        Curve              // of memory that Go's allocator gives, and the first writing to it
	Lanes        int                // elements in a register
}

// Speeds are those of products: seconds a call, bytes and multiply-adds a second.
type Speeds = cost.Speeds

// Curve is seconds a byte by the size of what a call works on, ascending.
// Between the points it is a line over the logarithm of the size.
type Curve []Point

// Point is a point of a [Curve].
type Point struct {
	Bytes   float64 // that the operands have
	Seconds float64 // for each of them
}

// at returns the seconds a byte for operands of so many bytes.
func (c Curve) at(bytes float64) float64 {
	for i, p := range c {
		if bytes > p.Bytes && i+1 < len(c) {
			continue
		}
		if i == 0 || bytes >= p.Bytes {
			return p.Seconds
		}
		q := c[i-1]
		f := math.Log(bytes/q.Bytes) / math.Log(p.Bytes/q.Bytes)
		return q.Seconds + f*(p.Seconds-q.Seconds)
	}
	return 0
}

// gemm returns the seconds of a product that kernels/blas is asked for.
func (m *Machine[T]) gemm(rows, cols, k float64, reads bool) float64 {
	if rows < 1 || cols < 1 || k < 1 {
		return 0
	}
	return 3*m.Call + m.product(rows, cols, k, reads)
}

// product returns the seconds of a product of m×k and k×n, C read if reads.
func (m *Machine[T]) product(rows, cols, k float64, reads bool) float64 {
	if rows < 1 || cols < 1 || k < 1 {
		return 0
	}
	if rows < 2 || cols < 2 {
		return m.matrix(m.Read, m.ReadAll, rows*cols*k)
	}
	// Columns that are not there take part in a register all the same.
	wide := max(cols, float64(m.Lanes))
	elements := rows*k + k*cols + rows*cols
	if reads {
		elements += rows * cols
	}
	bytes := elements * size[T]()
	s, memory, more := m.One, m.Read, 0.0
	if m.Workers > 1 && rows*cols*k >= m.ForkGemm {
		s, memory, more = m.All, m.ReadAll, m.Fork
	}
	return more + s.Latency + max(bytes/s.Bandwidth, bytes*memory.at(bytes)) + rows*wide*k/s.Work
}

// tri returns the seconds of a product or solution with a triangle of order n and
// cols columns.
func (m *Machine[T]) tri(n, cols float64) float64 {
	const blockTri = 128
	if n <= blockTri {
		s, work := m.One, n*n*cols/2
		if m.Workers > 1 && work >= m.ForkGemm {
			s = m.All
		}
		return s.Latency + n*n*m.Scalar/4 + work/(triangleSpeed*s.Work) + n/4*m.Call + n*cols*size[T]()/s.Bandwidth
	}
	h := half(n, 8)
	return m.tri(h, cols) + m.gemm(n-h, cols, h, true) + m.tri(n-h, cols)
}

// triangleSpeed is the speed of small triangles as a share of that of products.
const triangleSpeed = 0.6

// syrk returns the seconds of a symmetric update of order n and depth k.
func (m *Machine[T]) syrk(n, k float64) float64 {
	const leafUpdate = 1024
	if n <= leafUpdate {
		return m.gemm(n, n/2, k, true)
	}
	h := half(n, 8)
	return m.syrk(h, k) + m.gemm(n-h, h, k, true) + m.syrk(n-h, k)
}

// half returns half of n, brought up to a multiple of unit, as kernels/blas and
// kernels/lapack cut.
func half(n, unit float64) float64 { return math.Ceil(math.Floor(n/2)/unit) * unit }

// matrix returns the seconds of a call that goes once through a matrix of so many
// elements.
func (m *Machine[T]) matrix(one, all Curve, elements float64) float64 {
	bytes := elements * size[T]()
	return m.Call + m.stream(one, all, bytes, bytes)
}

// touch returns the seconds of going through so many elements, by one worker.
func (m *Machine[T]) touch(c Curve, elements float64) float64 {
	bytes := elements * size[T]()
	return bytes * c.at(bytes)
}

// stream returns the seconds of moving bytes of operands that have set bytes.
func (m *Machine[T]) stream(one, all Curve, bytes, set float64) float64 {
	if m.Workers > 1 && bytes >= m.ForkBytes {
		return m.Fork + bytes*all.at(set)
	}
	return bytes * one.at(set)
}

// alloc returns the seconds of having so many bytes from Go's allocator.
func (m *Machine[T]) alloc(bytes float64) float64 {
	const small = 32 << 10 // such blocks are at hand
	if bytes <= small {
		return 6e-7 + bytes*m.Read.at(0)
	}
	return 6e-7 + bytes*m.Fresh.at(bytes)
}

// subject is what is measured: calls on so many elements or of such a shape, and
// how long one takes. all says whether workers share it.
type subject[T kernels.Float] struct {
	product      func(all bool, m, n, k int) time.Duration
	read, update func(all bool, n int) time.Duration
}

// Measure finds out what a machine does with e. It takes some tenths of a
// second, and 80 MB of memory for that time, more with a larger third-level cache; keep
// what it returns. What it finds on a busy machine is that of a busy machine.
func Measure[T kernels.Float](e *kernels.Engine[T]) *Machine[T] {
	m := &Machine[T]{Backend: e.Backend(), Workers: e.Workers()}
	one := e.WithWorkers(1)
	engine := func(all bool) *kernels.Engine[T] {
		if all {
			return e
		}
		return one
	}
	info := kernels.ThisMachine()
	l3 := min(max(info.L3, 8<<20), 32<<20)
	n := 2 * l3 / op.Size[T]()
	x := make([]T, n)
	fill(x, 1)
	y, z := x[n/3:2*n/3], x[2*n/3:]
	s := subject[T]{
		product: func(all bool, rows, cols, k int) time.Duration {
			e := engine(all)
			a := kernels.Matrix[T]{Rows: rows, Cols: k, Data: x[:rows*k], Stride: k}
			b := kernels.Matrix[T]{Rows: k, Cols: cols, Data: y[:k*cols], Stride: cols}
			c := kernels.Matrix[T]{Rows: rows, Cols: cols, Data: z[:rows*cols], Stride: cols}
			return each(func() { e.Gemm(kernels.NoTrans, kernels.NoTrans, 1, a, b, 0, c) })
		},
		read: func(all bool, n int) time.Duration {
			e := engine(all)
			return parts(n, l3, func(lo, hi int) { e.Sum(x[lo:hi]) })
		},
		update: func(all bool, n int) time.Duration {
			e, n := engine(all), n/3
			return parts(n, l3, func(lo, hi int) { e.Add(z[lo:hi], x[lo:hi], y[lo:hi]) })
		},
	}
	m.Lanes = 1
	for _, p := range limits.Plans() {
		if p.Backend == m.Backend && (p.Type == "f32") == (op.Size[T]() == 4) {
			m.Lanes = max(p.NR/2, 1)
			m.ForkGemm, m.ForkBytes = float64(p.ForkGemm), float64(p.ForkBytes)
		}
	}
	l1, l2 := max(info.L1D, 16<<10), max(info.L2, 256<<10)
	m.measure(&s, []int{l1 / 2, l2 / 2, 2 * l2, l3 / 2, 2 * l3})
	m.functions(one, x, y, z)
	for _, bytes := range []int{64 << 10, 1 << 20, 16 << 20} {
		m.Fresh = append(m.Fresh, Point{float64(bytes), fresh(bytes/op.Size[T](), x) / float64(bytes)})
	}
	m.Scalar = scalar(x[:1024], y[:1024])
	return m
}

// measure fills in what a subject has.
func (m *Machine[T]) measure(s *subject[T], sizes []int) {
	products := func(all bool) Speeds {
		v := cost.Measure(op.Size[T](), func(rows, cols, k int) time.Duration { return s.product(all, rows, cols, k) })
		if v.Work == 0 { // slower than the model's patience: one look is enough
			const n = 128
			v = Speeds{Latency: s.product(all, 2, 2, 2).Seconds(), Bandwidth: 1e12}
			v.Work = n * n * n / s.product(all, n, n, n).Seconds()
		}
		// Others may have held up the largest product: a smaller one that was
		// faster, with all that it costs, is a bound.
		for n := 96; n <= 384; n *= 2 {
			v.Work = max(v.Work, float64(n*n*n)/s.product(all, n, n, n).Seconds())
		}
		return v
	}
	curve := func(all bool, from float64, call func(bool, int) time.Duration) (c Curve) {
		for _, bytes := range sizes {
			if b := float64(bytes); b >= from {
				t := call(all, bytes/op.Size[T]()).Seconds()
				c = append(c, Point{b, max(t-m.Call, t/20) / b})
			}
		}
		return c
	}
	m.Call = s.read(false, 1).Seconds()
	m.One = products(false)
	m.Read, m.Update = curve(false, 0, s.read), curve(false, 0, s.update)
	m.All, m.ReadAll, m.UpdateAll = m.One, m.Read, m.Update
	if m.Workers > 1 {
		m.All = products(true)
		m.ReadAll, m.UpdateAll = curve(true, m.ForkBytes, s.read), curve(true, m.ForkBytes, s.update)
		m.Fork = 3e-6
	}
}

// functions measures the elementwise functions, in the range where most are
// defined.
func (m *Machine[T]) functions(e *kernels.Engine[T], x, y, z []T) {
	const n = 2048
	x, y, z = x[:n], y[:n], z[:n]
	for i := range x {
		x[i] = T(float32(i+1) / (n + 1))
		y[i] = x[i]
	}
	m.Functions = map[string]float64{}
	note := func(name string, f func()) { m.Functions[name] = max(each(f).Seconds()-m.Call, 1e-9) / n }
	for f := range op.NumUnary {
		note(f.String(), func() { e.Unary(f, z, x) })
	}
	for f := range op.NumBinary {
		note(f.String(), func() { e.Binary(f, z, x, y) })
	}
	note("Div", func() { e.Div(z, x, y) })
	note("Var", func() { e.Var(x) })
	note("Nrm2", func() { e.Nrm2(x) })
	note("ArgMax", func() { e.ArgMax(x) })
	note("Max", func() { e.Max(x) })
}

// scalar measures a loop of plain Go: a rotation, as the methods for eigenvalues
// consist of.
func scalar[T kernels.Float](x, y []T) float64 {
	t := each(func() {
		y := y[:len(x)]
		for i, v := range x {
			w := y[i]
			x[i] = T(0.8*v) + T(0.6*w)
			y[i] = T(0.8*w) - T(0.6*v)
		}
	})
	return t.Seconds() / float64(len(x))
}

// fresh returns the seconds of taking memory for n elements and filling it, beyond
// those of filling memory that is there.
func fresh[T kernels.Float](n int, there []T) float64 {
	rounds := max(2, 1<<18/n)
	new, old := time.Duration(math.MaxInt64), time.Duration(math.MaxInt64)
	for range 4 {
		start := time.Now()
		for range rounds {
			fill(make([]T, n), 1)
		}
		made := time.Now()
		for range rounds {
			fill(there[:n], 1)
		}
		new, old = min(new, made.Sub(start)), min(old, time.Since(made))
		runtime.GC() // as it will be: what was forgotten is taken again
	}
	return max(new-old, 1).Seconds() / float64(rounds)
}

// each returns the time of one of many calls of f, the best of some rounds of
// some 100 microseconds.
func each(f func()) time.Duration {
	const round = 50 * time.Microsecond
	f()
	calls, best := 1, time.Duration(math.MaxInt64)
	for rounds := 0; rounds < 10; {
		start := time.Now()
		for range calls {
			f()
		}
		t := time.Since(start)
		best = min(best, max(t/time.Duration(calls), 1))
		if t > 20*time.Millisecond { // one look is enough
			break
		}
		if t >= round {
			rounds++
		} else {
			calls *= 2
		}
	}
	return best
}

// parts returns the time of f on n elements. More than fit in a cache of so many
// bytes are taken in eight parts, of which the best counts: a whole would be held
// up whenever the machine is.
func parts(n, cache int, f func(lo, hi int)) time.Duration {
	const cut = 8
	if n < cache/8 {
		return each(func() { f(0, n) })
	}
	best := time.Duration(math.MaxInt64)
	for range 3 {
		for k := range cut {
			start := time.Now()
			f(k*n/cut, (k+1)*n/cut)
			best = min(best, time.Since(start))
		}
	}
	return best * cut
}

// fill writes x, so that its memory is there.
func fill[T kernels.Float](x []T, v T) {
	for i := range x {
		x[i] = v
	}
}
