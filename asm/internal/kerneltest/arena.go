package kerneltest

import (
	"math"
	"testing"
	"unsafe"
)

// band is the number of elements on either side of an operand that are filled
// with marks and looked at afterwards.
const band = 40

// places is the number of ways in which an arena can lay out an operand.
const places = 6

// arena is memory for one operand, between two pages that fault.
type arena[T Float] struct {
	all  []T
	from int // where the operand is
	n    int
}

func newArena[T Float](t *testing.T) *arena[T] {
	const size = 128 << 10
	mem := guarded(t, size)
	var z T
	return &arena[T]{all: unsafe.Slice((*T)(unsafe.Pointer(&mem[0])), size/unsafe.Sizeof(z))}
}

// take lays out an operand of n elements and marks it and its surroundings.
// Places 0 to 3 are so many elements behind the start of a page, the next one
// ends at the end of a page, and the last is at the very start.
func (a *arena[T]) take(n, place int) []T {
	switch place %= places; place {
	case 4:
		a.from = len(a.all) - n
	case 5:
		a.from = 0
	default:
		a.from = pageSize/int(unsafe.Sizeof(a.all[0])) + place
	}
	a.n = n
	for i := max(0, a.from-band); i < min(len(a.all), a.from+n+band); i++ {
		a.all[i] = mark[T]()
	}
	return a.all[a.from : a.from+n]
}

// put is take with contents.
func (a *arena[T]) put(x []T, place int) []T {
	to := a.take(len(x), place)
	copy(to, x)
	return to
}

// intact reports whether everything around the operand is as take left it.
func (a *arena[T]) intact() bool {
	end := a.from + a.n
	return allMarks(a.all[max(0, a.from-band):a.from]) &&
		allMarks(a.all[end:min(len(a.all), end+band)])
}

func allMarks[T Float](x []T) bool {
	for _, v := range x {
		if bits(v) != bits(mark[T]()) {
			return false
		}
	}
	return true
}

// mark is a NaN that arithmetic does not make.
func mark[T Float]() T {
	var z T
	switch p := any(&z).(type) {
	case *float32:
		*p = math.Float32frombits(0x7fdead00)
	case *float64:
		*p = math.Float64frombits(0x7ffdead000000000)
	}
	return z
}

// bits is the representation of x.
func bits[T Float](x T) uint64 {
	switch x := any(x).(type) {
	case float32:
		return uint64(math.Float32bits(x))
	case float64:
		return math.Float64bits(x)
	}
	panic("unreachable")
}

// same reports whether two results have the same bits, or are both NaN.
func same[T Float](a, b T) bool { return bits(a) == bits(b) || a != a && b != b }

// ptr is the address of the first element; of an empty operand, the place
// where it would be.
func ptr[T Float](x []T) *T { return unsafe.SliceData(x) }
