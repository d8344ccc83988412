package array

import (
	"fmt"
	"strings"
)

// Einsum returns a sum of products, written as axis labels: "ij,jk->ik" is the
// matrix product, "ij->j" the sums of columns, "ii->i" the diagonal, "bij,bkj->bik"
// a batch of products with a transpose. Labels are letters, one for each axis
// of an operand; a label that is not in the result is summed over. Without an
// arrow the result has the labels that occur once, in alphabetical order.
//
// Operands are joined from left to right: a label that neither the result nor a
// later operand has is summed within an operand by [Sum], or between two by
// [MatMul]. It panics with a *kernels.ShapeError if the labels don't fit.
func Einsum[T Float](spec string, operands ...*Array[T]) *Array[T] {
	in, out, arrow := strings.Cut(strings.ReplaceAll(spec, " ", ""), "->")
	terms := strings.Split(in, ",")
	if len(terms) != len(operands) {
		fail("Einsum", "spec", fmt.Sprintf("%d operands", len(terms)), fmt.Sprint(len(operands)))
	}
	if !arrow {
		out = once(in)
	}
	for _, c := range out {
		if !strings.ContainsRune(in, c) || strings.Count(out, string(c)) > 1 {
			fail("Einsum", "spec", fmt.Sprintf("%q in the result", c), "labels of operands, each once")
		}
	}
	var acc labelled[T]
	for i, a := range operands {
		x := label(terms[i], a)
		rest := out + strings.Join(terms[i+1:], "")
		if i == 0 {
			acc = x.sumExcept(rest)
			continue
		}
		acc = contract(acc, x.sumExcept(acc.labels+rest), rest)
	}
	r := acc.ordered(out)
	if len(operands) == 1 || !r.contiguous() {
		return r.Copy()
	}
	return r
}

// EinsumTo is [Einsum] into dst, which has the shape of the result. It works in
// memory of its own, so dst may share elements with operands.
func EinsumTo[T Float](dst *Array[T], spec string, operands ...*Array[T]) {
	deliver("EinsumTo", nil, result[T]{"dst", dst, Einsum(spec, operands...)})
}

// once returns the labels that occur once, in alphabetical order.
func once(in string) string {
	var b strings.Builder
	for c := rune('A'); c <= 'z'; c++ {
		if strings.Count(in, string(c)) == 1 {
			b.WriteRune(c)
		}
	}
	return b.String()
}

// labelled is an array with a letter for each axis.
type labelled[T Float] struct {
	*Array[T]
	labels string
}

// label names the axes of a. Axes of one name become their diagonal.
func label[T Float](labels string, a *Array[T]) labelled[T] {
	if len(labels) != a.nd {
		fail("Einsum", "spec", fmt.Sprintf("%d labels %q", len(labels), labels), fmt.Sprintf("%d (dimensions of the operand)", a.nd))
	}
	r := labelled[T]{Array: &Array[T]{a.data, layout{off: a.off}}}
	for k := range a.nd {
		c := labels[k]
		if c|0x20 < 'a' || c|0x20 > 'z' {
			fail("Einsum", "spec", fmt.Sprintf("%q", c), "letters")
		}
		if at := strings.IndexByte(r.labels, c); at >= 0 {
			if r.shape[at] != a.shape[k] {
				fail("Einsum", "operand", fmt.Sprintf("%d and %d for %q", r.shape[at], a.shape[k], c), "one length")
			}
			r.stride[at] += a.stride[k]
			continue
		}
		r.labels += string(c)
		r.push("Einsum", a.shape[k], a.stride[k])
	}
	return r
}

// sumExcept sums over the labels that are not in keep.
func (x labelled[T]) sumExcept(keep string) labelled[T] {
	var axes []int
	left := ""
	for k, c := range x.labels {
		if strings.ContainsRune(keep, c) {
			left += string(c)
		} else {
			axes = append(axes, k)
		}
	}
	if axes == nil {
		return x
	}
	return labelled[T]{Sum(x.Array, Axis(axes...)), left}
}

// ordered returns x with its axes in the order of labels.
func (x labelled[T]) ordered(labels string) *Array[T] {
	axes := make([]int, len(labels))
	for i, c := range labels {
		axes[i] = strings.IndexRune(x.labels, c)
	}
	return x.Transpose(axes...)
}

// contract returns the product of x and y, summed over the labels that both
// have and rest has not.
func contract[T Float](x, y labelled[T], rest string) labelled[T] {
	var both, summed, left, right string
	for k, c := range x.labels {
		at := strings.IndexRune(y.labels, c)
		switch {
		case at < 0:
			left += string(c)
			continue
		case x.shape[k] != y.shape[at]:
			fail("Einsum", "operand", fmt.Sprintf("%d and %d for %q", x.shape[k], y.shape[at], c), "one length")
		}
		if strings.ContainsRune(rest, c) {
			both += string(c)
		} else {
			summed += string(c)
		}
	}
	for _, c := range y.labels {
		if !strings.ContainsRune(x.labels, c) {
			right += string(c)
		}
	}
	if len(both+left+right) > MaxDims {
		fail("Einsum", "product", fmt.Sprintf("%d dimensions", len(both+left+right)), fmt.Sprintf("at most %d", MaxDims))
	}
	length := func(a labelled[T], labels string) (shape []int, n int) {
		n = 1
		for _, c := range labels {
			d := a.shape[strings.IndexRune(a.labels, c)]
			shape, n = append(shape, d), n*d
		}
		return shape, n
	}
	sb, nb := length(x, both)
	sl, nl := length(x, left)
	sr, nr := length(y, right)
	_, ns := length(x, summed)
	var p *Array[T]
	if summed == "" {
		p = Mul(x.ordered(both+left).Reshape(nb, nl, 1), y.ordered(both+right).Reshape(nb, 1, nr))
	} else {
		p = MatMul(x.ordered(both+left+summed).Reshape(nb, nl, ns), y.ordered(both+summed+right).Reshape(nb, ns, nr))
	}
	shape := append(append(sb, sl...), sr...)
	return labelled[T]{p.Reshape(shape...), both + left + right}
}
