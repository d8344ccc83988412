package bench

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"unsafe"

	"github.com/weftgo/weft/kernels"
)

// disagreement says what a peer gets wrong.
type disagreement struct{ peer, op, why string }

func (d disagreement) String() string {
	return fmt.Sprintf("%s left out of %s: %s", d.peer, d.op, d.why)
}

// checkShape is the shape on which peers are held against weft: odd, and of
// different sizes where the workload has them, so that nothing is right by
// chance.
func checkShape(f *family) Shape {
	switch f {
	case products, complexProducts:
		return Shape{37, 29, 41}
	case matvecs:
		return Shape{M: 37, N: 29}
	case level3:
		return cube(45)
	case factorizations:
		return Shape{N: 45}
	}
	return Shape{N: 1001}
}

// check does each workload once with the peer and once with weft, and returns
// where the two differ by more than rounding.
func (l *library[T]) check(ws []workload) (wrong []disagreement) {
	e, err := kernels.Default[T]()
	if err != nil {
		return nil // Run fails for the same reason
	}
	own := weft(e)
	for i := range ws {
		w := &ws[i]
		if l.foreign[w.op] == nil || own.calls[w.op] == nil {
			continue
		}
		one := *w
		one.shapes = []Shape{checkShape(w.family)}
		var o [2]*operands[T]
		for i := range o {
			o[i] = newOperands(&one, one.shapes[0], newBuffers[T]([]workload{one}))
		}
		own.calls[w.op](o[0], 1)
		l.foreign[w.op](o[1]).result(w.op)
		if why := differ(w.op, o[0], o[1]); why != "" {
			wrong = append(wrong, disagreement{l.name, w.op, why})
		}
	}
	return wrong
}

// differ compares results of op and says where they differ.
func differ[T kernels.Float](op string, want, got *operands[T]) string {
	compare := func(what string, want, got []T) string {
		scale := 0.0
		for _, v := range want {
			scale = max(scale, math.Abs(float64(v)))
		}
		eps := 0x1p-52
		if unsafe.Sizeof(T(0)) == 4 {
			eps = 0x1p-23
		}
		for i := range want {
			// That is no bound of an error, but a slip is larger by far.
			if d := math.Abs(float64(got[i] - want[i])); !(d <= 1000*eps*scale) {
				return fmt.Sprintf("%s %d is %v, want %v", what, i, got[i], want[i])
			}
		}
		return ""
	}
	switch op {
	case "Iamax", "ArgMax":
		if got.index != want.index {
			return fmt.Sprintf("index %d, want %d", got.index, want.index)
		}
		return ""
	case "Dot", "Asum", "Nrm2", "Sum", "Max":
		return compare("result", []T{want.number}, []T{got.number})
	case "Ger":
		return compare("element", want.x, got.x)
	case "Getrf", "Geqrf": // by columns
		return compare("element", want.z, transposed(got.z, got.N))
	case "Syev", "Gesvd":
		// Values are unique; so are vectors, but for their signs.
		why := compare("value", sorted(want.f.values), sorted(got.f.values))
		if op == "Syev" {
			return cmp.Or(why, compare("vector's element", magnitudes(want.z), magnitudes(transposed(got.z, got.N))))
		}
		return cmp.Or(why, compare("left vector's element", magnitudes(want.f.u), magnitudes(got.f.u)),
			compare("right vector's element", magnitudes(want.f.vt), magnitudes(got.f.vt)))
	}
	return compare("element", want.z, got.z)
}

func transposed[T kernels.Float](a []T, n int) []T {
	t := make([]T, n*n)
	for i := range n {
		for j := range n {
			t[j*n+i] = a[i*n+j]
		}
	}
	return t
}

func sorted[T kernels.Float](x []T) []T {
	x = slices.Clone(x)
	slices.Sort(x)
	return x
}

func magnitudes[T kernels.Float](x []T) []T {
	x = slices.Clone(x)
	for i, v := range x {
		x[i] = max(v, -v)
	}
	return x
}
