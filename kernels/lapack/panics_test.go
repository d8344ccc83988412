package lapack

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/lapack/gonum"
)

// TestPanics calls routines with wrong arguments, one and two at a time, and
// expects gonum's panics, and nothing written by a call that panics.
func TestPanics(t *testing.T) {
	for _, name := range []string{
		"Dpotrf", "Dpotrs", "Dpotri", "Dtrtri", "Dtrtrs", "Dgetrf", "Dgetrs", "Dgetri", "Dgesv",
		"Dgeqrf", "Dgelqf", "Dormqr", "Dormlq", "Dorgqr", "Dorglq", "Dgels",
	} {
		ours := reflect.ValueOf(Implementation{}).MethodByName(name)
		theirs := reflect.ValueOf(gonum.Implementation{}).MethodByName(name)
		t.Run(name, func(t *testing.T) { comparePanics(t, ours, theirs) })
	}
}

func comparePanics(t *testing.T, ours, theirs reflect.Value) {
	ft := ours.Type()
	// What to put for each argument; the first is right. Dimensions come
	// before slices, and a number after a slice is its stride or length.
	var choices [][]any
	slicesSeen := false
	for i := range ft.NumIn() {
		switch in := ft.In(i); {
		case in == reflect.TypeFor[blas.Transpose]():
			choices = append(choices, []any{blas.NoTrans, blas.Trans, blas.ConjTrans, blas.Transpose(0)})
		case in == reflect.TypeFor[blas.Uplo]():
			choices = append(choices, []any{blas.Upper, blas.Lower, blas.All})
		case in == reflect.TypeFor[blas.Diag]():
			choices = append(choices, []any{blas.NonUnit, blas.Unit, blas.Diag('X')})
		case in == reflect.TypeFor[blas.Side]():
			choices = append(choices, []any{blas.Left, blas.Right, blas.Side(0)})
		case in.Kind() == reflect.Int && !slicesSeen:
			choices = append(choices, []any{2, 0, 1, 3, -1})
		case in.Kind() == reflect.Int:
			choices = append(choices, []any{12, 4, 2, 1, 0, -1, -4})
		case in == reflect.TypeFor[[]int]():
			choices = append(choices, []any{make([]int, 2), []int{}, make([]int, 1), make([]int, 3)})
		default:
			slicesSeen = true
			var c []any
			// tau has two elements, other operands may have more.
			for _, n := range []int{30, 0, 1, 2, 3, 5, 13} {
				c = append(c, make([]float64, n))
			}
			choices = append(choices, c)
		}
	}
	args := make([]int, len(choices))
	tried := 0
	try := func() {
		got, wrote := outcome(ours, choices, args)
		want, _ := outcome(theirs, choices, args)
		if _, theirFault := want.(error); theirFault {
			return // an index out of range
		}
		if want != nil {
			tried++
		}
		if got != want || got != nil && wrote {
			t.Fatalf("arguments %v: panics with %v, want %v (wrote: %v)", describe(choices, args), got, want, wrote)
		}
	}
	for i := range choices {
		for a := range choices[i] {
			args[i] = a
			for j := i + 1; j < len(choices); j++ {
				for b := range choices[j] {
					args[j] = b
					try()
					// The length of tau must be right, too, to get further.
					for k := range choices {
						if s, ok := choices[k][0].([]float64); ok && len(s) == 30 && k != i && k != j && args[k] == 0 {
							args[k] = 3
							try()
							args[k] = 0
						}
					}
				}
				args[j] = 0
			}
		}
		args[i] = 0
	}
	if tried < 50 {
		t.Fatalf("gonum panicked %d times only", tried)
	}
}

func describe(choices [][]any, args []int) (s []string) {
	for i, a := range args {
		v := choices[i][a]
		if r := reflect.ValueOf(v); r.Kind() == reflect.Slice {
			s = append(s, fmt.Sprintf("[%d]", r.Len()))
		} else {
			s = append(s, fmt.Sprint(v))
		}
	}
	return s
}

// outcome calls f and returns what it panics with, and whether it has written.
func outcome(f reflect.Value, choices [][]any, args []int) (panicked any, wrote bool) {
	var in []reflect.Value
	var before, after [][]float64
	for i, a := range args {
		switch v := choices[i][a].(type) {
		case []float64:
			c := make([]float64, len(v))
			for k := range c {
				c[k] = float64(k*k%7) + 1
			}
			before, after = append(before, slices.Clone(c)), append(after, c)
			in = append(in, reflect.ValueOf(c))
		case []int:
			in = append(in, reflect.ValueOf(slices.Clone(v)))
		default:
			in = append(in, reflect.ValueOf(v))
		}
	}
	defer func() {
		panicked = recover()
		wrote = !reflect.DeepEqual(before, after)
	}()
	f.Call(in)
	return nil, false
}
