package cost

import (
	"math"
	"testing"
	"time"
)

// A machine that keeps to the model is measured as what it is, and what is
// foretold is what it takes.
func TestMeasureFindsTheModel(t *testing.T) {
	for _, truth := range []Speeds{
		{Latency: 1e-6, Bandwidth: 2e10, Work: 1e11},  // a processor
		{Latency: 30e-6, Bandwidth: 1e10, Work: 5e12}, // a device, far away
		{Latency: 1e-6, Bandwidth: 1e12, Work: 2e10},  // memory is no matter
	} {
		const size = 8
		m := Measure(size, func(m, n, k int) time.Duration {
			work, elements := Gemm(m, n, k, false)
			return time.Duration(truth.Seconds(work, elements*size) * 1e9)
		})
		for _, side := range []int{16, 200, 1000, 4000} {
			work, elements := Gemm(side, side, side, false)
			got, want := m.Seconds(work, elements*size), truth.Seconds(work, elements*size)
			if math.Abs(got/want-1) > 0.1 {
				t.Errorf("%+v: products of %d take %.3g seconds, foretold are %.3g by %+v", truth, side, want, got, m)
			}
		}
	}
}

// What is too slow to be measured is not worth asking for.
func TestMeasureGivesUp(t *testing.T) {
	var asked int
	m := Measure(4, func(m, n, k int) time.Duration {
		asked += m * n * k
		return time.Duration(m*n*k) * 100 // ten million a second
	})
	if m.Work != 0 {
		t.Errorf("Work is %g, want 0", m.Work)
	}
	if asked > Side*Side*Side/8 {
		t.Errorf("%d multiply-adds were asked for to learn that", asked)
	}
}

func TestGemm(t *testing.T) {
	work, elements := Gemm(2, 3, 5, false)
	if work != 30 || elements != 10+15+6 {
		t.Errorf("%g multiply-adds on %g elements", work, elements)
	}
	if _, elements = Gemm(2, 3, 5, true); elements != 10+15+12 {
		t.Errorf("%g elements with C read", elements)
	}
}
