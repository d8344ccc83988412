package lapack

import (
	"cmp"
	"slices"
	"sync"

	"github.com/weftgo/weft/kernels"
	"gonum.org/v1/gonum/blas"
)

// conquer is what the divide-and-conquer methods for eigenvalues and singular
// values share. Vectors are rows of matrices. A block of size n at lo has
// numbers d[lo:lo+n], and vectors in these rows, and columns from lo on. Two
// blocks are joined by a change of rank one, which takes these steps:
//
//   - Poles that the change does not move, or that are too close to another,
//     are put aside (deflate).
//   - The others move to the roots of a secular equation (roots).
//   - The new vectors are combinations of the old, one product of matrices for
//     each half of the columns (combine).
//
// A block's rows are in the order in which that leaves them; order says where
// they belong.
type conquer[T kernels.Float] struct {
	r Real[T]
	d []T
	z []T // for each of d, its element of the vector that makes the change

	kind     []byte // which columns of a vector aren't zero
	order    []int  // of each finished block, its indices by ascending d
	kept     []int  // indices of the poles, ascending
	deflated []int
	place    []int // for each kept one, its place among the gathered rows

	eq   secular[T] // of the kept ones
	w    []T
	coef []T // k×k: poles minus roots, then the new vectors' coefficients
	ld   int
	rows []T // the old vectors, gathered

	vectors, square, gathered *buffer[T]
}

// The columns of a vector that are not zero: those of the left block, of the
// right block, or both.
const (
	inLeft byte = iota
	inBoth
	inRight
)

// conquers are those that are not in use, for each type: their indices are
// used again.
var conquers [2]sync.Pool

func newConquer[T kernels.Float](r Real[T], d []T, squares bool) *conquer[T] {
	n := len(d)
	c, ok := conquers[size[T]()/8].Get().(*conquer[T])
	if !ok {
		c = &conquer[T]{}
	}
	c.r, c.d, c.ld = r, d, oddLines[T](n)
	c.vectors, c.square, c.gathered = take[T](4*n), take[T](n*c.ld), take[T](n*(n+1))
	v := c.vectors.data
	c.z, c.w = v[:n], v[n:2*n]
	c.eq = secular[T]{d: v[2*n : 2*n : 3*n], z: v[3*n : 3*n], squares: squares}
	c.coef, c.rows = c.square.data, c.gathered.data
	c.kind = slices.Grow(c.kind[:0], n)[:n]
	c.order, c.place = slices.Grow(c.order[:0], n)[:n], slices.Grow(c.place[:0], n)[:n]
	c.kept, c.deflated = slices.Grow(c.kept[:0], n), slices.Grow(c.deflated[:0], n)
	return c
}

func (c *conquer[T]) free() {
	c.vectors.drop()
	c.square.drop()
	c.gathered.drop()
	c.r, c.d, c.z, c.w, c.eq, c.coef, c.rows = Real[T]{}, nil, nil, nil, secular[T]{}, nil, nil
	conquers[size[T]()/8].Put(c)
}

// sort sets the order of a finished block.
func (c *conquer[T]) sort(lo, n int) {
	o := c.order[lo : lo+n]
	for i := range o {
		o[i] = lo + i
	}
	slices.SortStableFunc(o, func(i, j int) int { return cmp.Compare(c.d[i], c.d[j]) })
}

// begin empties the lists of poles.
func (c *conquer[T]) begin() {
	c.kept, c.deflated = c.kept[:0], c.deflated[:0]
	c.eq.d, c.eq.z = c.eq.d[:0], c.eq.z[:0]
}

// keep makes index i the next pole.
func (c *conquer[T]) keep(i int) {
	c.kept = append(c.kept, i)
	c.eq.d = append(c.eq.d, c.d[i])
	c.eq.z = append(c.eq.z, c.z[i])
}

// merge rotates the vectors of the poles i and j such that z[i] becomes zero
// and z[j] is norm = √(z[i]²+z[j]²), with cosine cs and sine sn, and puts i aside.
func (c *conquer[T]) merge(i, j int, cs, sn, norm T, matrices ...rowVectors[T]) {
	c.z[i], c.z[j] = 0, norm
	if c.kind[i] != c.kind[j] {
		c.kind[i], c.kind[j] = inBoth, inBoth
	}
	for _, v := range matrices {
		rotate(v.row(i), v.row(j), cs, sn)
	}
	c.deflated = append(c.deflated, i)
}

// roots solves the equation of the kept poles, sets coef and the equation's z
// to what the vectors are made of, and passes each root on.
func (c *conquer[T]) roots(root func(j int, x T)) {
	for j := range c.kept {
		o, eta := c.eq.root(j, c.coef[j*c.ld:])
		root(j, c.eq.value(o, eta))
	}
	c.eq.weights(c.coef, c.ld, c.w)
}

// arrange finds the places of the kept rows among the gathered ones: first
// those in the left block, then those in both, then those in the right one. It
// returns how many there are in the left block only, and not in the right one
// only.
func (c *conquer[T]) arrange() (left, both int) {
	p := 0
	for kind := inLeft; kind <= inRight; kind++ {
		switch kind {
		case inBoth:
			left = p
		case inRight:
			both = p
		}
		for k, i := range c.kept {
			if c.kind[i] == kind {
				c.place[k] = p
				p++
			}
		}
	}
	return left, both
}

// rowVectors is the part of a matrix that holds the vectors of a block at lo.
type rowVectors[T kernels.Float] struct {
	a         []T
	ld, lo    int
	left, all int // columns: of the left block, and of both
}

func (v *rowVectors[T]) row(i int) []T { return v.a[i*v.ld+v.lo:][:v.all] }

// combine replaces the kept rows of v by the products of coef with them, which
// become the block's first rows, and puts the deflated ones behind them. The
// columns of coef are in the places that arrange gave them.
func (c *conquer[T]) combine(v rowVectors[T], left, both int) {
	k, right := len(c.kept), v.all-v.left
	l := c.rows[:both*v.left]
	r := c.rows[len(l):][:(k-left)*right]
	rest := c.rows[len(l)+len(r):]
	for q, i := range c.kept {
		row, p := v.row(i), c.place[q]
		if p < both {
			copy(l[p*v.left:][:v.left], row)
		}
		if p >= left {
			copy(r[(p-left)*right:][:right], row[v.left:])
		}
	}
	for q, i := range c.deflated {
		copy(rest[q*v.all:][:v.all], v.row(i))
	}
	to := v.a[v.lo*v.ld+v.lo:]
	c.product(k, v.left, both, c.coef, l, to, v.ld)
	c.product(k, right, k-left, c.coef[left:], r, to[v.left:], v.ld)
	for q := range c.deflated {
		copy(v.row(v.lo+k+q), rest[q*v.all:][:v.all])
	}
}

// product computes one half of the columns of the new vectors.
func (c *conquer[T]) product(k, cols, inner int, coef, rows, to []T, ld int) {
	if k > 0 && cols > 0 {
		c.r.Gemm(blas.NoTrans, blas.NoTrans, k, cols, inner, 1, coef, c.ld, rows, cols, 0, to, ld)
	}
}

// arrangeRows puts all n rows of cols elements in order, or in reverse.
func (c *conquer[T]) arrangeRows(a []T, ld, cols int, reverse bool) {
	n := len(c.order)
	for i, from := range c.order {
		if reverse {
			i = n - 1 - i
		}
		copy(c.rows[i*cols:][:cols], a[from*ld:])
	}
	for i := range n {
		copy(a[i*ld:][:cols], c.rows[i*cols:])
	}
}
