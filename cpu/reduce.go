package cpu

import (
	"math"
	"unsafe"

	"github.com/weftgo/weft/internal/op"
)

// loops are the loops over one set of kernels: what a table holds.
type loops[T op.Float] struct {
	set    Set[T]
	caches caches
	ctl    *op.Control // asked between pieces of work; nil for a call that goes on to its end
}

// A reduction is cut into chunks of op.Chunk elements, the last one shorter.
// Each chunk has its own lanes, and the results of the chunks are joined by a
// tree: of m results, the tree of the first p and the tree of the others,
// where p is the largest power of two below m. Neither the number of workers
// nor who did which chunk can show.

// pairwise joins results that come one by one, as a binary counter counts:
// level k holds the result of 2^k chunks.
type pairwise[T op.Float] struct {
	level [48]T
	n     uint
}

func (t *pairwise[T]) add(v T) {
	k := 0
	for n := t.n; n&1 != 0; n >>= 1 {
		v = t.level[k] + v
		k++
	}
	t.level[k] = v
	t.n++
}

// total returns the join of at least one result.
func (t *pairwise[T]) total() T {
	k := 0
	for t.n>>k&1 == 0 {
		k++
	}
	v := t.level[k]
	for k++; t.n>>k != 0; k++ {
		if t.n>>k&1 != 0 {
			v = t.level[k] + v
		}
	}
	return v
}

// kind says what a reduction computes for each chunk.
type kind uint8

const (
	kindSum kind = iota
	kindAsum
	kindSumSq
	kindSumSqScaled
	kindDot
	kindMoments
	kindMax
	kindMin
	kindMaxAbs
)

// reduction is a parallel reduction: an item is a run of chunks, and results
// go to one or two numbers for each chunk.
type reduction[T op.Float] struct {
	l      *loops[T]
	kind   kind
	x, y   []T
	scale  T
	per    int // chunks in an item
	first  []T // result, mean, or extreme value of each chunk
	second []T // for moments, the squared deviations; for extremes, 1 if a NaN is there
}

func (r *reduction[T]) item(i int) {
	n := op.Chunk[T]()
	for c := i * r.per; c < min((i+1)*r.per, len(r.first)) && !r.l.ctl.Stopped(); c++ {
		r.chunk(c, c*n, min((c+1)*n, len(r.x)))
	}
}

// chunk does elements lo to hi, which are chunk c. It is a call of its own
// with a stack check, because assembly can't be preempted: a garbage
// collection waits for one chunk at most.
//
//go:noinline
func (r *reduction[T]) chunk(c, lo, hi int) {
	x, s := r.x[lo:hi], &r.l.set
	switch r.kind {
	case kindSum:
		r.first[c] = s.Sum(&x[0], len(x))
	case kindAsum:
		r.first[c] = s.Asum(&x[0], len(x))
	case kindSumSq:
		r.first[c] = s.SumSq(&x[0], len(x))
	case kindSumSqScaled:
		sc := getScratch[T]()
		buf := sc.a.get(len(x))
		s.Scale(r.scale, &x[0], &buf[0], len(x))
		r.first[c] = s.SumSq(&buf[0], len(buf))
		putScratch(sc)
	case kindDot:
		r.first[c] = s.Dot(&x[0], &r.y[lo], len(x))
	case kindMoments:
		m := s.Sum(&x[0], len(x)) / T(len(x))
		r.first[c], r.second[c] = m, s.SqDev(&x[0], len(x), m)
	case kindMax, kindMin, kindMaxAbs:
		m, suspect := s.extreme(r.kind, x)
		r.first[c], r.second[c] = m, 0
		if suspect && s.IndexNaN(&x[0], len(x)) < len(x) {
			r.second[c] = 1
		}
	}
}

// minForkBytes is how much a call must read or write before a second worker
// pays: about 20 microseconds of work from memory, 5 from cache.
const minForkBytes = 512 << 10

// run computes the results of all chunks, in buffers of s.
func (r *reduction[T]) run(w int, s *scratch[T]) {
	chunks := (len(r.x) + op.Chunk[T]() - 1) / op.Chunk[T]()
	r.first, r.second = s.a.get(chunks), s.b.get(chunks)
	w = share(w, len(r.x)*op.Size[T]() >= minForkBytes)
	items := min(chunks, 16*w)
	r.per = (chunks + items - 1) / items
	items = (chunks + r.per - 1) / r.per
	if w > 1 {
		s.reduction = *r
		r.l.fork(w, items, r.work(), s, &s.reduction)
		s.reduction = reduction[T]{}
		return
	}
	for i := range items {
		r.item(i)
		r.l.ctl.Did(r.work() / float64(items))
	}
}

// work returns the operations that the reduction counts for.
func (r *reduction[T]) work() float64 {
	n := float64(len(r.x))
	switch r.kind {
	case kindSum, kindAsum:
		return n
	case kindSumSq, kindDot:
		return 2 * n
	case kindMoments:
		return 4 * n
	}
	return 0
}

// long is a reduction of more than one chunk that joins by addition.
func (l *loops[T]) long(k kind, w int, x, y []T, scale T) T {
	s := getScratch[T]()
	r := reduction[T]{l: l, kind: k, x: x, y: y, scale: scale}
	r.run(w, s)
	var t pairwise[T]
	for _, v := range r.first {
		t.add(v)
	}
	putScratch(s)
	return t.total()
}

func (l *loops[T]) sum(w int, x []T) T {
	if len(x) <= op.Chunk[T]() {
		return l.set.Sum(&x[0], len(x))
	}
	return l.long(kindSum, w, x, nil, 0)
}

func (l *loops[T]) asum(w int, x []T) T {
	if len(x) <= op.Chunk[T]() {
		return l.set.Asum(&x[0], len(x))
	}
	return l.long(kindAsum, w, x, nil, 0)
}

func (l *loops[T]) dot(w int, x, y []T) T {
	if len(x) <= op.Chunk[T]() {
		return l.set.Dot(&x[0], &y[0], len(x))
	}
	return l.long(kindDot, w, x, y, 0)
}

func (l *loops[T]) sumSq(w int, x []T) T {
	if len(x) <= op.Chunk[T]() {
		return l.set.SumSq(&x[0], len(x))
	}
	return l.long(kindSumSq, w, x, nil, 0)
}

// nrm2 takes the root of the plain sum of squares if that is safe.
func (l *loops[T]) nrm2(w int, x []T) T {
	if s := l.sumSq(w, x); plain(s) {
		return T(math.Sqrt(float64(s)))
	}
	return l.scaledNrm2(w, x)
}

func (l *loops[T]) shortNrm2(x *T, n int) T {
	if s := l.set.SumSq(x, n); plain(s) {
		return T(math.Sqrt(float64(s)))
	}
	return l.scaledNrm2(1, unsafe.Slice(x, n))
}

// plain reports whether s is a sum of squares as it should be, or NaN. A sum
// that overflowed is infinite. One that is at least tiny has lost nothing that
// matters to squares which underflowed: 2^40 of them are less than half a
// unit in its last place.
func plain[T op.Float](s T) bool {
	tiny := 0x1p-960
	if op.Size[T]() == 4 {
		tiny = 0x1p-80
	}
	return float64(s) >= tiny && float64(s) <= math.MaxFloat64 || s != s
}

// scaledNrm2 scales the elements by a power of two that brings the largest
// close to one. There is no NaN among them.
func (l *loops[T]) scaledNrm2(w int, x []T) T {
	maxExp := 1023
	if op.Size[T]() == 4 {
		maxExp = 127
	}
	hi, lo := l.max(w, x), l.min(w, x)
	m := float64(max(hi, -lo))
	if m == 0 || math.IsInf(m, 0) {
		return T(m)
	}
	_, e := math.Frexp(m)
	e = min(max(1-e, -maxExp), maxExp)
	scaled := float64(l.long(kindSumSqScaled, w, x, nil, T(math.Ldexp(1, e))))
	return T(float64(math.Sqrt(scaled)) * math.Ldexp(1, -e))
}

// moments are the count, the mean and the sum of squared deviations of a part
// of a vector, in float64 for both element types.
type moments struct{ n, mean, m2 float64 }

// join returns the moments of two parts taken together (T. Chan, G. Golub,
// R. LeVeque, Algorithms for computing the sample variance, The American
// Statistician 37(3), 1983). Each operation is rounded: the conversions keep a
// compiler from fusing them.
func (a moments) join(b moments) moments {
	n := a.n + b.n
	d, f := b.mean-a.mean, b.n/n
	return moments{
		n:    n,
		mean: a.mean + float64(d*f),
		m2:   (a.m2 + b.m2) + float64(float64(d*d)*float64(a.n*f)),
	}
}

// tree joins the moments of chunks lo to hi-1, as pairwise does.
func (r *reduction[T]) tree(lo, hi int) moments {
	if hi-lo == 1 {
		n := op.Chunk[T]()
		return moments{float64(min(n, len(r.x)-lo*n)), float64(r.first[lo]), float64(r.second[lo])}
	}
	p := 1
	for 2*p < hi-lo {
		p *= 2
	}
	return r.tree(lo, lo+p).join(r.tree(lo+p, hi))
}

func (l *loops[T]) variance(w int, x []T) T {
	s := getScratch[T]()
	r := reduction[T]{l: l, kind: kindMoments, x: x}
	r.run(w, s)
	m := r.tree(0, len(r.first))
	putScratch(s)
	return T(m.m2 / (m.n - 1))
}

// extreme calls the kernel for k.
func (s *Set[T]) extreme(k kind, x []T) (T, bool) {
	switch k {
	case kindMax:
		return s.Max(&x[0], len(x))
	case kindMaxAbs:
		return s.MaxAbs(&x[0], len(x))
	}
	return s.Min(&x[0], len(x))
}

// index returns the first element that equals the extreme m.
func (s *Set[T]) index(k kind, x []T, m T) int {
	if k == kindMaxAbs {
		return s.IndexAbsEq(&x[0], len(x), m)
	}
	return s.IndexEq(&x[0], len(x), m)
}

// found is where the extreme of a vector lies.
type found[T op.Float] struct {
	value T    // the extreme; of zeros either; nothing if nan
	chunk []T  // the first chunk with an element equal to value, or with a NaN
	at    int  // where chunk starts
	nan   bool // there is a NaN
}

func (l *loops[T]) find(k kind, w int, x []T) found[T] {
	n := op.Chunk[T]()
	if len(x) <= n {
		m, suspect := l.set.extreme(k, x)
		return found[T]{m, x, 0, suspect && l.set.IndexNaN(&x[0], len(x)) < len(x)}
	}
	s := getScratch[T]()
	r := reduction[T]{l: l, kind: k, x: x}
	r.run(w, s)
	best := 0
	for c, m := range r.first {
		if r.second[c] != 0 {
			best = c
			break
		}
		if k != kindMin && m > r.first[best] || k == kindMin && m < r.first[best] {
			best = c
		}
	}
	f := found[T]{r.first[best], x[best*n : min((best+1)*n, len(x))], best * n, r.second[best] != 0}
	putScratch(s)
	return f
}

// arg returns the index of the first NaN of x or, if there is none, of the
// first element that equals the extreme.
func (l *loops[T]) arg(k kind, w int, x []T) int {
	f := l.find(k, w, x)
	var i int
	if f.nan {
		i = l.set.IndexNaN(&f.chunk[0], len(f.chunk))
	} else {
		i = l.set.index(k, f.chunk, f.value)
	}
	return f.at + min(i, len(f.chunk)-1) // of work that was stopped nothing need be there
}

// value returns x[arg]. Only the sign of a zero and a NaN need the search.
func (l *loops[T]) value(k kind, w int, x []T) T {
	f := l.find(k, w, x)
	if f.nan {
		return T(math.NaN())
	}
	if f.value == 0 {
		return f.chunk[min(l.set.IndexEq(&f.chunk[0], len(f.chunk), 0), len(f.chunk)-1)]
	}
	return f.value
}

func (l *loops[T]) max(w int, x []T) T      { return l.value(kindMax, w, x) }
func (l *loops[T]) min(w int, x []T) T      { return l.value(kindMin, w, x) }
func (l *loops[T]) argMax(w int, x []T) int { return l.arg(kindMax, w, x) }
func (l *loops[T]) argMin(w int, x []T) int { return l.arg(kindMin, w, x) }
func (l *loops[T]) iamax(w int, x []T) int  { return l.arg(kindMaxAbs, w, x) }

// The same for at most a chunk, on the straight way to what is found mostly.

func (l *loops[T]) shortMax(x *T, n int) T {
	if m, suspect := l.set.Max(x, n); !suspect && m != 0 {
		return m
	}
	return l.value(kindMax, 1, unsafe.Slice(x, n))
}

func (l *loops[T]) shortMin(x *T, n int) T {
	if m, suspect := l.set.Min(x, n); !suspect && m != 0 {
		return m
	}
	return l.value(kindMin, 1, unsafe.Slice(x, n))
}

func (l *loops[T]) shortArgMax(x *T, n int) int {
	if m, suspect := l.set.Max(x, n); !suspect {
		return l.set.IndexEq(x, n, m)
	}
	return l.arg(kindMax, 1, unsafe.Slice(x, n))
}

func (l *loops[T]) shortArgMin(x *T, n int) int {
	if m, suspect := l.set.Min(x, n); !suspect {
		return l.set.IndexEq(x, n, m)
	}
	return l.arg(kindMin, 1, unsafe.Slice(x, n))
}

func (l *loops[T]) shortIamax(x *T, n int) int {
	if m, suspect := l.set.MaxAbs(x, n); !suspect {
		return l.set.IndexAbsEq(x, n, m)
	}
	return l.arg(kindMaxAbs, 1, unsafe.Slice(x, n))
}
