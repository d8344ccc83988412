package bench

import (
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"github.com/weftgo/weft/kernels"
)

// A BLAS is called by the names and conventions of its Fortran interface, which
// all have: every argument is a pointer. Integers are stored in 64 bits, so that
// libraries with either size of them read them. Matrices are stored by columns
// there, and what is A here is its transpose: the routines are asked for what
// gives the same result, from the same operands, in the same place.

// foreignOp says how to have a workload done by a BLAS.
type foreignOp[T kernels.Float] struct {
	name string // of the routine, with * for the letter of the type
	bind func(o *operands[T]) *arguments
	// before, if not nil, is done before each call.
	before func(o *operands[T])
}

// arguments are those of one call.
type arguments struct {
	args []uintptr
	keep []any // what they point to
}

// put makes arguments: pointers to numbers, to each letter of a text, to the
// begin of a slice; a uintptr is passed as it is.
func put[T kernels.Float](list ...any) *arguments {
	a := &arguments{}
	add := func(p unsafe.Pointer, keep any) {
		a.args, a.keep = append(a.args, uintptr(p)), append(a.keep, keep)
	}
	for _, v := range list {
		switch v := v.(type) {
		case uintptr:
			a.args = append(a.args, v)
		case string:
			for i := range v {
				c := []byte{v[i], 0}
				add(unsafe.Pointer(&c[0]), c)
			}
		case int:
			n := []int64{int64(v)}
			add(unsafe.Pointer(&n[0]), n)
		case T:
			n := []T{v, 0} // with an imaginary part, for who reads one
			add(unsafe.Pointer(&n[0]), n)
		case []T:
			add(unsafe.Pointer(unsafe.SliceData(v)), v)
		case []int64:
			add(unsafe.Pointer(unsafe.SliceData(v)), v)
		case []byte:
			add(unsafe.Pointer(unsafe.SliceData(v)), v)
		default:
			panic(fmt.Sprintf("bench: no way to pass a %T", v))
		}
	}
	return a
}

// length is the hidden argument of compiled Fortran for a text of one letter.
const length = uintptr(1)

// foreignOps returns what a BLAS can be asked for.
func foreignOps[T kernels.Float]() map[string]foreignOp[T] {
	type o = operands[T]
	zero, one := T(0), T(1)
	again := func(matrix func(f *factors[T]) []T) func(*o) {
		return func(o *o) { copy(o.z, matrix(o.f)) }
	}
	byRows := again(func(f *factors[T]) []T { return f.a })
	byColumns := again(func(f *factors[T]) []T { return f.at })
	vector := func(o *o) *arguments { return put[T](o.N, o.x, 1) }
	three := func(o *o) *arguments { return put[T](uintptr(o.N), o.x, o.y, o.z) }
	product := func(o *o) *arguments {
		return put[T]("NN", o.N, o.M, o.K, one, o.y, o.N, o.x, o.K, zero, o.z, o.N)
	}
	return map[string]foreignOp[T]{
		"Gemm": {name: "*gemm_", bind: product},
		"GemvN": {name: "*gemv_", bind: func(o *o) *arguments {
			return put[T]("T", o.N, o.M, one, o.x, o.N, o.y, 1, zero, o.z, 1)
		}},
		"GemvT": {name: "*gemv_", bind: func(o *o) *arguments {
			return put[T]("N", o.N, o.M, one, o.x, o.N, o.y, 1, zero, o.z, 1)
		}},
		"Ger": {name: "*ger_", bind: func(o *o) *arguments {
			return put[T](o.N, o.M, T(tiny), o.z, 1, o.y, 1, o.x, o.N)
		}},

		"Dot":    {name: "*dot_", bind: func(o *o) *arguments { return put[T](o.N, o.x, 1, o.y, 1) }},
		"Asum":   {name: "*asum_", bind: vector},
		"Nrm2":   {name: "*nrm2_", bind: vector},
		"Iamax":  {name: "i*amax_", bind: vector},
		"Sum":    {name: "*sum_", bind: vector}, // this and the next two only OpenBLAS has
		"Max":    {name: "*max_", bind: vector},
		"ArgMax": {name: "i*max_", bind: vector},
		"Axpy":   {name: "*axpy_", bind: func(o *o) *arguments { return put[T](o.N, T(tiny), o.x, 1, o.z, 1) }},
		"Scal":   {name: "*scal_", bind: func(o *o) *arguments { return put[T](o.N, T(-1), o.z, 1) }},
		"Add":    {name: "v*Add", bind: three}, // this and the next only MKL has
		"Mul":    {name: "v*Mul", bind: three},

		"Syrk": {name: "*syrk_", bind: func(o *o) *arguments {
			return put[T]("UT", o.N, o.K, one, o.x, o.K, zero, o.z, o.N)
		}},
		"Trsm": {name: "*trsm_", bind: func(o *o) *arguments {
			return put[T]("RUNN", o.N, o.M, one, o.x, o.M, o.z, o.N)
		}},
		"Symm": {name: "*symm_", bind: func(o *o) *arguments {
			return put[T]("RU", o.N, o.M, one, o.x, o.M, o.y, o.N, zero, o.z, o.N)
		}},
		"GemmC": {name: "*gemm_", bind: product},

		"Potrf": {name: "*potrf_", before: byRows, bind: func(o *o) *arguments {
			return put[T]("U", o.N, o.z, o.N, make([]int64, 1), length)
		}},
		"Getrf": {name: "*getrf_", before: byColumns, bind: func(o *o) *arguments {
			return put[T](o.N, o.N, o.z, o.N, make([]int64, o.N), make([]int64, 1))
		}},
		"Geqrf": {name: "*geqrf_", before: byColumns, bind: func(o *o) *arguments {
			work := make([]T, 64*o.N)
			return put[T](o.N, o.N, o.z, o.N, o.f.tau, work, len(work), make([]int64, 1))
		}},
		"Syev": {name: "*syevd_", before: byRows, bind: func(o *o) *arguments {
			work, integers := make([]T, 1+(6+64)*o.N+2*o.N*o.N), make([]int64, 3+5*o.N)
			return put[T]("VU", o.N, o.z, o.N, o.f.values, work, len(work), integers, len(integers), make([]int64, 1), length, length)
		}},
		"Gesvd": {name: "*gesdd_", before: byRows, bind: func(o *o) *arguments {
			work := make([]T, 4*o.N*o.N+(7+64)*o.N)
			return put[T]("A", o.N, o.N, o.z, o.N, o.f.values, o.f.vt, o.N, o.f.u, o.N, work, len(work),
				make([]int64, 8*o.N), make([]int64, 1), length)
		}},
	}
}

// letter returns the letter of T in the name of the routine for op.
func letter[T kernels.Float](op string) string {
	i := 0
	if op == "GemmC" {
		i = 2
	}
	if unsafe.Sizeof(T(0)) == 8 {
		i++
	}
	return "sdcz"[i : i+1]
}

// foreignCall is a routine with its arguments.
type foreignCall[T kernels.Float] struct {
	routine
	*arguments
	before   func(*operands[T])
	operands *operands[T]
}

// run calls it n times.
func (c *foreignCall[T]) run(n int) {
	if c.before == nil {
		c.call(n, c.args)
	} else {
		for range n {
			c.before(c.operands)
			c.call(1, c.args)
		}
	}
	runtime.KeepAlive(c)
}

// cost returns the seconds that calling takes when n calls are made at a time.
func (c *foreignCall[T]) cost(n int) float64 {
	if c.before != nil {
		n = 1
	}
	cost := foreignCosts[len(c.args)]()
	return cost.way/float64(n) + cost.each
}

// result calls it once and leaves what it returns in the operands.
func (c *foreignCall[T]) result(op string) {
	o := c.operands
	switch op {
	case "Dot", "Asum", "Nrm2", "Sum", "Max":
		if unsafe.Sizeof(T(0)) == 4 {
			o.number = T(c.float32(c.args))
		} else {
			o.number = T(c.float64(c.args))
		}
	case "Iamax", "ArgMax":
		o.index = int(uint32(c.call(1, c.args))) - 1
	default:
		c.run(1)
	}
	runtime.KeepAlive(c)
}

// peerLibrary returns a peer as a library.
func peerLibrary[T kernels.Float](p *peer) *library[T] {
	l := &library[T]{name: p.Name, peer: p, foreign: map[string]func(o *operands[T]) *foreignCall[T]{}}
	for op, f := range foreignOps[T]() {
		r := p.routine(strings.ReplaceAll(f.name, "*", letter[T](op)))
		if r == nil {
			continue
		}
		l.foreign[op] = func(o *operands[T]) *foreignCall[T] {
			return &foreignCall[T]{r, f.bind(o), f.before, o}
		}
	}
	return l
}
