package kernels_test

import (
	"testing"

	"github.com/weftgo/weft/internal/fixture"
	"github.com/weftgo/weft/kernels"
)

// Fuzz targets choose sizes and a seed; package fixture makes a problem of
// them for every backend and both types.

func try(t *testing.T, function string, m, n, k int, seed uint64) {
	t.Helper()
	for _, b := range kernels.Backends() {
		if b.Err == nil {
			tryType[float32](t, b.Name, function, m, n, k, seed)
			tryType[float64](t, b.Name, function, m, n, k, seed)
		}
	}
}

func tryType[T kernels.Float](t *testing.T, name, function string, m, n, k int, seed uint64) {
	t.Helper()
	workers := int(seed>>2%4) + 1
	err := fixture.Try(open[T](t, name).WithWorkers(workers), open[T](t, "fallback"), function, m, n, k, seed)
	if err != nil {
		t.Errorf("%s, %d workers: %v", name, workers, err)
	}
}

func FuzzGemm(f *testing.F) {
	f.Add(uint16(1), uint16(1), uint16(1), uint64(0))
	f.Add(uint16(6), uint16(16), uint16(64), uint64(1))
	f.Add(uint16(13), uint16(33), uint16(257), uint64(2))
	f.Add(uint16(100), uint16(90), uint16(80), uint64(3))
	f.Add(uint16(0), uint16(5), uint16(5), uint64(4))
	f.Add(uint16(1), uint16(200), uint16(300), uint64(9))
	f.Fuzz(func(t *testing.T, m, n, k uint16, seed uint64) {
		try(t, "Gemm", int(m%150), int(n%300), int(k%400), seed)
	})
}

func FuzzGemv(f *testing.F) {
	f.Add(uint16(1), uint16(1), uint64(0))
	f.Add(uint16(8), uint16(130), uint64(1))
	f.Add(uint16(400), uint16(399), uint64(14))
	f.Add(uint16(3), uint16(0), uint64(3))
	f.Add(uint16(5), uint16(2100), uint64(5))
	f.Fuzz(func(t *testing.T, m, n uint16, seed uint64) {
		try(t, "Gemv", int(m%600), int(n%3000), 1, seed)
		try(t, "Ger", int(m%600), int(n%300), 1, seed)
	})
}

func FuzzReduce(f *testing.F) {
	f.Add(uint32(0), uint64(0))
	f.Add(uint32(63), uint64(1))
	f.Add(uint32(1000), uint64(2))
	f.Add(uint32(33000), uint64(7))
	f.Add(uint32(140001), uint64(15))
	f.Fuzz(func(t *testing.T, n uint32, seed uint64) {
		for _, function := range []string{"Sum", "Dot", "Asum", "Nrm2", "Mean", "Var", "Max", "Min", "ArgMax", "ArgMin"} {
			try(t, function, 1, int(n%200_000), 1, seed)
		}
	})
}
