package dist

import (
	"math"
	"testing"
)

// The numbers of a small case, by hand.
func TestPredictGemm(t *testing.T) {
	on := Machine{Latency: 1e-6, Bandwidth: 1e9, Rate: 1e9}
	// 2×2 processes, parts of 50×50, two panels of 50 steps.
	got := PredictGemm[float64](100, 100, 100, 2, 2, 50, on)
	send := 2 * (1e-6 + 50*50*8/1e9)
	compute := 2 * 50 * 50 * 50 / 1e9
	want := GemmCost{2 * compute, 2 * send, 2 * (send + compute), send + max(send, compute) + compute, 0}
	want.Efficiency = 2e6 / 1e9 / (4 * want.Total)
	for i, v := range [][2]float64{{got.Compute, want.Compute}, {got.Communicate, want.Communicate}, {got.Total, want.Total},
		{got.Overlapped, want.Overlapped}, {got.Efficiency, want.Efficiency}} {
		if math.Abs(v[0]-v[1]) > 1e-12*v[1] {
			t.Errorf("number %d is %v, want %v", i, v[0], v[1])
		}
	}
	if c := PredictGemm[float32](100, 100, 100, 1, 1, 50, on); c.Communicate != 0 || math.Abs(c.Efficiency-1) > 1e-12 {
		t.Errorf("one rank: %+v", c)
	}
	// 64 processes: long messages are scattered and gathered.
	const bytes = 1e8
	if got, want := on.broadcast(64, bytes), (6+63)*1e-6+2*63.0/64*bytes/1e9; math.Abs(got-want) > 1e-12 {
		t.Errorf("a broadcast takes %v, want %v", got, want)
	}
}
