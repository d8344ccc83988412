package estimate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// What follows is about package array, whose results lie in new memory. For the
// functions whose names end in To, and results that are there, the functions of
// BLAS and [Map] and [Reduce] tell the time.

// Elementwise is an elementwise function of package array, by its name as in
// [Map], on arrays of n elements that lie side by side.
func Elementwise[T kernels.Float](f string, n int) Work[T] { return Map[T](f, n).fresh(float64(n)) }

// Along is a reduction of package array, by its name as in [Reduce], along the
// axis of the given length before, after and of which there are so many elements:
// an array of shape outer × length × inner becomes one of outer × inner.
func Along[T kernels.Float](f string, outer, length, inner int) Work[T] {
	natural(f, "outer, length or inner", outer, length, inner)
	r, ok := reductions[f]
	if !ok {
		unknown("Along", f)
	}
	x, y, z := float64(outer), float64(length), float64(inner)
	w := matrices[T](fmt.Sprintf("%s %d×%d×%d along 1", f, outer, length, inner), r.flops*x*y*z, r.vectors*x*y*z+x*z, 0)
	w.seconds = func(m *Machine[T]) float64 {
		if inner == 1 {
			return 5*x*m.Call + x*m.elementwise(m.Read, m.ReadAll, r.function, y, r.vectors*y)
		}
		// Whole rows are taken in, one after the other.
		return x*y*m.Call + max(m.matrix(m.Read, m.ReadAll, r.vectors*x*y*z), m.touch(m.Update, 2*z)*x*y/2)
	}
	return w.fresh(x * z)
}

// Sort sorts so many lines of n elements: log₂(n) comparisons an element are
// counted. Lines of some thousands and more are sorted by their bytes, in a time that
// grows with n alone.
func Sort[T kernels.Float](lines, n int) Work[T] {
	natural("Sort", "lines or n", lines, n)
	x, y, bits := float64(lines), float64(n), float64(8*op.Size[T]())
	logs := 0.0
	for k := 1; k < n; k *= 2 {
		logs++
	}
	w := matrices[T](fmt.Sprintf("Sort %d×%d", lines, n), x*y*logs, 2*x*y, 0)
	w.Memory += 16 * y
	w.seconds = func(m *Machine[T]) float64 {
		each := 4 * m.Scalar // to keys and back
		if y < 64*bits {
			each += logs * mergeStep * m.Scalar
		} else {
			moved := 16*y*m.Update.at(16*y)/y + radixStep*m.Scalar
			each += bits/8*moved + bits/8*m.Scalar
		}
		return x * (m.Call + y*each)
	}
	return w.fresh(x * y)
}

const (
	mergeStep = 0.7 // operations that a comparison is worth, with the branch that it is
	radixStep = 1.6 // and placing an element by a byte
)

// MatMul is array's product of so many pairs of matrices of m×k and k×n.
func MatMul[T kernels.Float](batch, m, k, n int) Work[T] {
	natural("MatMul", "batch, m, k or n", batch, m, k, n)
	w := Gemm[T](m, n, k).Times(batch)
	w.Memory *= float64(batch)
	w = w.fresh(float64(batch) * float64(m) * float64(n))
	return w.named("MatMul %d of %d×%d·%d×%d", batch, m, k, k, n)
}

// Einsum is array's sum of products: the labels as in array.Einsum, and the shape
// of each operand. Operands are joined from left to right, and each joint is a
// batch of products. It panics with a [*kernels.ShapeError] if the labels don't
// fit.
func Einsum[T kernels.Float](spec string, shapes ...[]int) Work[T] {
	in, out, arrow := strings.Cut(strings.ReplaceAll(spec, " ", ""), "->")
	terms := strings.Split(in, ",")
	misfit := func(has, want string) {
		panic(&kernels.ShapeError{Func: "Einsum", Arg: "spec", Has: has, Want: want})
	}
	if len(terms) != len(shapes) {
		misfit(fmt.Sprintf("%d operands", len(terms)), fmt.Sprint(len(shapes)))
	}
	lengths := map[rune]float64{}
	for i, t := range terms {
		if len(t) != len(shapes[i]) {
			misfit(fmt.Sprintf("%d labels %q", len(t), t), fmt.Sprintf("%d (dimensions of the operand)", len(shapes[i])))
		}
		for k, c := range t {
			natural("Einsum", "length", shapes[i][k])
			if l, ok := lengths[c]; ok && l != float64(shapes[i][k]) {
				misfit(fmt.Sprintf("%v and %d for %q", l, shapes[i][k], c), "one length")
			}
			lengths[c] = float64(shapes[i][k])
		}
	}
	if !arrow {
		for c := rune('A'); c <= 'z'; c++ {
			if strings.Count(in, string(c)) == 1 {
				out += string(c)
			}
		}
	}
	for _, c := range out {
		if _, ok := lengths[c]; !ok {
			misfit(fmt.Sprintf("%q in the result", c), "labels of operands")
		}
	}
	elements := func(labels string) float64 {
		n := 1.0
		for _, c := range labels {
			n *= lengths[c]
		}
		return n
	}
	r := Work[T]{Name: "Einsum " + spec, seconds: func(*Machine[T]) float64 { return 0 }}
	join := func(w Work[T]) {
		name, memory := r.Name, r.Memory
		r = r.Then(w).named("%s", name)
		r.Memory = memory
	}
	result := distinct(terms[0])
	r.Memory = elements(terms[0]) * size[T]()
	for i := 0; i < len(terms); i++ {
		rest := out + strings.Join(terms[i+1:], "")
		term := distinct(terms[i])
		keep := rest
		if i > 0 {
			keep += result
			r.Memory += elements(terms[i]) * size[T]()
		}
		// Labels that nobody else has are summed first.
		if left := only(term, keep); left != term {
			join(Along[T]("Sum", int(elements(left)), int(elements(term)/max(elements(left), 1)), 1))
			term = left
		}
		if i == 0 {
			result = term
			continue
		}
		shared := only(result, term)
		batch := only(shared, rest)
		summed := except(shared, rest)
		left, right := except(result, shared), except(term, shared)
		join(MatMul[T](int(elements(batch)), int(elements(left)), int(elements(summed)), int(elements(right))))
		// Axes that are not in the order of a product are copied there.
		join(Map[T]("Copy", int(elements(term))))
		result = batch + left + right
		r.Memory += elements(result) * size[T]()
	}
	if len(terms) == 1 || result != out {
		join(Elementwise[T]("Copy", int(elements(out))))
	}
	moved := elements(out)
	for _, t := range terms {
		moved += elements(t)
	}
	r.Bytes = moved * size[T]()
	return r
}

// only returns the labels of s that set has too, except those that it has not.
func only(s, set string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(set, c) {
			return c
		}
		return -1
	}, s)
}

func except(s, set string) string {
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(set, c) {
			return -1
		}
		return c
	}, s)
}

// distinct returns the labels of s, each once.
func distinct(s string) string {
	var r []rune
	for _, c := range s {
		if !slices.Contains(r, c) {
			r = append(r, c)
		}
	}
	return string(r)
}

// Linear algebra of package array, for one matrix: the functions of kernels/lapack
// on copies. For a batch, see [Work.Times].

// Solve is array.Solve: [Gesv] of order n for cols columns.
func Solve[T kernels.Float](n, cols int) Work[T] {
	x, y := float64(n), float64(cols)
	return copied(Gesv[T](n, cols), x*x+x*y).named("Solve %d, %d", n, cols)
}

// Inv is array.Inv: [Getrf] and [Getri].
func Inv[T kernels.Float](n int) Work[T] {
	x := float64(n)
	return copied(both(Getrf[T](n, n), Getri[T](n), x*x), x*x).named("Inv %d", n)
}

// Det is array.Det: [Getrf].
func Det[T kernels.Float](n int) Work[T] {
	return copied(Getrf[T](n, n), float64(n)*float64(n)).named("Det %d", n)
}

// Cholesky is array.Cholesky: [Potrf].
func Cholesky[T kernels.Float](n int) Work[T] {
	return copied(Potrf[T](n), float64(n)*float64(n)).named("Cholesky %d", n)
}

// QR is array.QR: [Geqrf] and [Orgqr].
func QR[T kernels.Float](m, n int) Work[T] {
	k := min(m, n)
	w := both(Geqrf[T](m, n), Orgqr[T](m, k, k), 0)
	return copied(w, float64(m)*float64(n)+float64(k)*float64(n)).named("QR %d×%d", m, n)
}

// EigH is array.EigH: [Syev] with vectors.
func EigH[T kernels.Float](n int) Work[T] {
	return copied(Syev[T](n, true), float64(n)*float64(n)).named("EigH %d", n)
}

// SVD is array.SVD: [Gesvd] with vectors.
func SVD[T kernels.Float](m, n int) Work[T] {
	return copied(Gesvd[T](m, n, true), 3*float64(m)*float64(n)).named("SVD %d×%d", m, n)
}

// Lstsq is array.Lstsq for cols right sides: [SVD] and two products.
func Lstsq[T kernels.Float](m, n, cols int) Work[T] {
	k := min(m, n)
	w := SVD[T](m, n).Then(MatMul[T](1, k, m, cols)).Then(MatMul[T](1, n, k, cols))
	return w.named("Lstsq %d×%d, %d", m, n, cols)
}

// Pinv is array.Pinv: [SVD] and a product.
func Pinv[T kernels.Float](m, n int) Work[T] {
	return SVD[T](m, n).Then(MatMul[T](1, n, min(m, n), m)).named("Pinv %d×%d", m, n)
}

// copied returns w on copies of so many elements.
func copied[T kernels.Float](w Work[T], elements float64) Work[T] {
	before := w.seconds
	w.Memory += elements * size[T]()
	w.seconds = func(m *Machine[T]) float64 { return before(m) + m.touch(m.Update, 2*elements) }
	return w.fresh(elements)
}
