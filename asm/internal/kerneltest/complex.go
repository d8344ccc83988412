package kerneltest

import (
	"math"
	"testing"
)

// testComplex tests the kernels of complex numbers, which are pairs.
func (s Set[T]) testComplex(t *testing.T) {
	t.Run("Pack", s.testPackComplex)
	t.Run("Vectors", s.testVectorsComplex)
	t.Run("Dot", s.testDotComplex)
}

func (s Set[T]) testPackComplex(t *testing.T) {
	ab, ad := newArena[T](t), newArena[T](t)
	for k := range 40 {
		for turn := range places {
			kind, conj := kinds[turn%len(kinds)], turn%2 == 1
			gap := []int{0, 1, 5}[k%3]
			element := func(b []T, at int) (re, im T) {
				re, im = b[at], b[at+1]
				if conj {
					im = -im
				}
				return re, im
			}
			// Rows of NR, turned and not.
			expect := func(name string, dst []T, of func(p, j int) (re, im T)) {
				t.Helper()
				for p := range k {
					for j := range s.NR / 2 {
						re, im := of(p, j)
						for i, want := range []T{re, im, -im, re} {
							at := (2*p+i/2)*s.NR + 2*j + i%2
							if !same(dst[at], want) {
								t.Fatalf("%s: k=%d turn=%d: element %d is %v, want %v", name, k, turn, at, dst[at], want)
							}
						}
					}
				}
				if !ad.intact() {
					t.Fatalf("%s: k=%d turn=%d: wrote outside", name, k, turn)
				}
			}
			if stride := s.NR + gap; !conj {
				b := ab.put(data[T](21, kind, max(0, (k-1)*stride+s.NR)), turn)
				dst := ad.take(2*k*s.NR, turn+k%5)
				s.PackComplex(k, ptr(b), stride, ptr(dst))
				expect("PackComplex", dst, func(p, j int) (T, T) { return element(b, p*stride+2*j) })
			}
			stride := 2*k + gap
			b := ab.put(data[T](22, kind, (s.NR/2-1)*stride+2*k), turn)
			dst := ad.take(2*k*s.NR, turn+k%5)
			s.PackComplexTrans(k, ptr(b), stride, ptr(dst), conj)
			expect("PackComplexTrans", dst, func(p, j int) (T, T) { return element(b, j*stride+2*p) })

			lines := turn % 4 * s.TransposeUnit / 2
			ds := 2*lines + []int{0, 3}[turn/2%2]
			b = ab.put(data[T](23, kind, max(0, (lines-1)*stride+2*k)), turn)
			dst = ad.take(max(0, (k-1)*ds+2*lines), turn+k%5)
			s.TransposeComplex(lines, k, ptr(b), stride, ptr(dst), ds, conj)
			for i, got := range dst {
				p, j := i/max(ds, 1), i%max(ds, 1)
				if j >= 2*lines {
					if bits(got) != bits(mark[T]()) {
						t.Fatalf("TransposeComplex: lines=%d n=%d: wrote between lines", lines, k)
					}
					continue
				}
				re, im := element(b, j/2*stride+2*p)
				if want := []T{re, im}[j%2]; !same(got, want) {
					t.Fatalf("TransposeComplex: lines=%d n=%d: element %d is %v, want %v", lines, k, i, got, want)
				}
			}
			if !ad.intact() {
				t.Fatalf("TransposeComplex: lines=%d n=%d: wrote outside", lines, k)
			}
		}
	}
}

func (s Set[T]) testVectorsComplex(t *testing.T) {
	ax, ay := newArena[T](t), newArena[T](t)
	lengths(0, func(n, place int) {
		for _, kind := range kindsFor(n) {
			vx, vy := data[T](24, kind, 2*n), data[T](25, kind, 2*n)
			re, im := T(-1.7), T(0.3)
			if kind == "tiny" {
				re, im = data[T](26, kind, 1)[0], data[T](27, kind, 1)[0]
			}
			check := func(name string, dst []T, want func(xr, xi, yr, yi T) (T, T)) {
				t.Helper()
				for i := 0; i < len(dst); i += 2 {
					wr, wi := want(vx[i], vx[i+1], vy[i], vy[i+1])
					if !same(dst[i], wr) || !same(dst[i+1], wi) {
						t.Fatalf("%s: n=%d place=%d %s: number %d is %v %v, want %v %v", name, n, place, kind, i/2, dst[i], dst[i+1], wr, wi)
					}
				}
				if !ax.intact() || !ay.intact() {
					t.Fatalf("%s: n=%d place=%d: wrote outside", name, n, place)
				}
			}
			x, y := ax.put(vx, place), ay.put(vy, place+n%5)
			s.AxpyComplex(re, im, ptr(x), ptr(y), n)
			check("AxpyComplex", y, func(xr, xi, yr, yi T) (T, T) {
				return fma(-im, xi, fma(re, xr, yr)), fma(im, xr, fma(re, xi, yi))
			})
			product := func(xr, xi, _, _ T) (T, T) { return T(re*xr) - T(im*xi), T(re*xi) + T(im*xr) }
			y = ay.take(2*n, place+n%5)
			s.ScaleComplex(re, im, ptr(x), ptr(y), n)
			check("ScaleComplex", y, product)
			d := ay.take(n, place+n%5)
			s.AbsSumComplex(ptr(x), n, ptr(d))
			for i, got := range d {
				if want := abs(vx[2*i]) + abs(vx[2*i+1]); !same(got, want) {
					t.Fatalf("AbsSumComplex: n=%d place=%d %s: element %d is %v, want %v", n, place, kind, i, got, want)
				}
			}
			if !ay.intact() {
				t.Fatalf("AbsSumComplex: n=%d place=%d: wrote outside", n, place)
			}
			s.ScaleComplex(re, im, ptr(x), ptr(x), n)
			check("ScaleComplex in place", x, product)
		}
	})
}

func abs[T Float](x T) T { return T(math.Abs(float64(x))) }

func (s Set[T]) testDotComplex(t *testing.T) {
	ax, ay, ao := newArena[T](t), newArena[T](t), newArena[T](t)
	check := func(vx, vy []T, place int) {
		t.Helper()
		n := len(vx) / 2
		x, y, out := ax.put(vx, place), ay.put(vy, place+n%5), ao.take(4, place+n%3)
		s.DotComplex(ptr(x), ptr(y), n, ptr(out))
		for i := range 2 {
			l := make([]T, lanes[T]()/2)
			for j, v := range vx {
				l[j%len(l)] = fma(v, vy[j^i], l[j%len(l)])
			}
			for h := len(l) / 2; h >= 2; h /= 2 {
				for j := range h {
					l[j] += l[j+h]
				}
			}
			if got := out[2*i : 2*i+2]; !same(got[0], l[0]) || !same(got[1], l[1]) {
				t.Fatalf("DotComplex: n=%d place=%d: sums %d are %v, want %v", n, place, 2*i, got, l[:2])
			}
		}
		if !ao.intact() {
			t.Fatalf("DotComplex: n=%d place=%d: wrote outside", n, place)
		}
	}
	lengths(0, func(n, place int) {
		for _, kind := range kinds {
			check(data[T](28, kind, 2*n), data[T](29, kind, 2*n), place)
		}
	})
	// Every lane -0, alone and with all the others.
	tiny := data[T](30, "tiny", 2)[0]
	for n := range 2 * lanes[T]() {
		vx, vy := make([]T, 2*n), make([]T, 2*n)
		for i := range vx {
			vx[i], vy[i] = tiny*tiny+tiny*T(1e-12), -tiny
		}
		check(vx, vy, n)
	}
}
