package main

import (
	"testing"

	"github.com/weftgo/weft/kernels"
	wblas "github.com/weftgo/weft/kernels/blas"
	wlapack "github.com/weftgo/weft/kernels/lapack"
	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/lapack/lapack64"
)

// TestLongley fits on every backend. The coefficients have the same bits
// everywhere, so the numbers of digits are facts, not chance.
func TestLongley(t *testing.T) {
	_, x, y, err := read(data)
	if err != nil {
		t.Fatal(err)
	}
	if m, n := x.Dims(); m != 16 || n != len(certified) {
		t.Fatalf("%d×%d", m, n)
	}
	var first []float64
	for _, b := range kernels.Backends() {
		if b.Err != nil {
			t.Log(b.Name, b.Err)
			continue
		}
		e, err := kernels.Open[float64](b.Name)
		if err != nil {
			t.Fatal(err)
		}
		im := wblas.New(nil, e)
		blas64.Use(im)
		lapack64.Use(wlapack.New(im))
		qr, err := fit(x, y)
		if err != nil {
			t.Fatal(err)
		}
		normal, err := fitNormal(x, y)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range certified {
			if d := digits(qr[i], want); !(d >= 10) {
				t.Errorf("%s: coefficient %d has %.1f digits, want 10", b.Name, i, d)
			}
			if d := digits(normal[i], want); !(d >= 6) {
				t.Errorf("%s, normal equations: coefficient %d has %.1f digits, want 6", b.Name, i, d)
			}
		}
		all := append(qr, normal...)
		if first == nil {
			first = all
		}
		for i := range all {
			if all[i] != first[i] {
				t.Errorf("%s: number %d is %v, on the first backend %v", b.Name, i, all[i], first[i])
			}
		}
	}
}
