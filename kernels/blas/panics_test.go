package blas

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// TestPanics calls every routine with wrong arguments, one and two at a time,
// and expects gonum's panics, and nothing written by a call that panics.
func TestPanics(t *testing.T) {
	var gn gonum.Implementation
	for _, iface := range []reflect.Type{
		reflect.TypeFor[blas.Float32](), reflect.TypeFor[blas.Float64](),
		reflect.TypeFor[blas.Complex64](), reflect.TypeFor[blas.Complex128](),
	} {
		for i := range iface.NumMethod() {
			name := iface.Method(i).Name
			ours := reflect.ValueOf(Implementation{}).MethodByName(name)
			theirs := reflect.ValueOf(gn).MethodByName(name)
			t.Run(name, func(t *testing.T) { comparePanics(t, ours, theirs) })
		}
	}
}

func comparePanics(t *testing.T, ours, theirs reflect.Value) {
	ft := ours.Type()
	// What to put for each argument; the first is right. Dimensions come
	// before slices, and a number after a slice is its stride.
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
			choices = append(choices, []any{2, 0, 3, -1})
		case in.Kind() == reflect.Int:
			choices = append(choices, []any{4, 1, 0, -4, 2})
		case in.Kind() == reflect.Slice:
			slicesSeen = true
			var c []any
			for _, n := range []int{12, 0, 1, 5, 6, 9} {
				c = append(c, reflect.MakeSlice(in, n, n).Interface())
			}
			choices = append(choices, c)
		case in.Kind() == reflect.Struct:
			return // a rotation: gonum's own
		default:
			choices = append(choices, []any{reflect.ValueOf(2).Convert(reflect.TypeFor[float32]()).Interface(), 0, 1})
		}
	}
	args := make([]int, len(choices))
	try := func() {
		got, gotWrote := outcome(ours, choices, args)
		want, _ := outcome(theirs, choices, args)
		if _, theirFault := want.(error); theirFault {
			return // an index out of range
		}
		if got != want || got != nil && gotWrote {
			t.Fatalf("arguments %v: panics with %v, want %v (wrote: %v)", describe(choices, args), got, want, gotWrote)
		}
	}
	for i := range choices {
		for a := range choices[i] {
			args[i] = a
			for j := i + 1; j < len(choices); j++ {
				for b := range choices[j] {
					args[j] = b
					try()
				}
				args[j] = 0
			}
		}
		args[i] = 0
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
	var in, before []reflect.Value
	for i, a := range args {
		v := reflect.ValueOf(choices[i][a])
		want := f.Type().In(i)
		switch {
		case v.Kind() == reflect.Slice:
			c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			for k := range v.Len() {
				c.Index(k).Set(number(float64(k%3)+1, v.Type().Elem()))
			}
			v = c
			before = append(before, reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, 0), c))
		case v.Type() != want:
			v = number(toFloat(v), want)
		}
		in = append(in, v)
	}
	defer func() {
		panicked = recover()
		after := slices.DeleteFunc(in, func(v reflect.Value) bool { return v.Kind() != reflect.Slice })
		for i := range after {
			if !reflect.DeepEqual(after[i].Interface(), before[i].Interface()) {
				wrote = true
			}
		}
	}()
	f.Call(in)
	return nil, false
}

func toFloat(v reflect.Value) float64 { return v.Convert(reflect.TypeFor[float64]()).Float() }

func number(x float64, t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	if v.CanComplex() {
		v.SetComplex(complex(x, 0))
	} else {
		v.Set(reflect.ValueOf(x).Convert(t))
	}
	return v
}
