package cuda_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/weftgo/weft/internal/fixture"
	"github.com/weftgo/weft/internal/fixture/placed"
	"github.com/weftgo/weft/kernels"
)

func TestPlaced(t *testing.T) {
	needDriver(t)
	opt := fixture.Options{Short: true, Families: []string{"definition", "hostile"}}
	if full {
		opt = fixture.Options{}
	}
	placed.Parity(t, "cuda", opt)
}

func TestStreams(t *testing.T) {
	needDriver(t)
	placed.Suite(t, "cuda")
}

// What goes wrong on a device comes out of Wait, once, and no result is wrong.
func TestPlacedFaults(t *testing.T) {
	lasting := []string{
		"WEFT_SIM_FAULT=scale_f64:3", "WEFT_SIM_LOST=17", "WEFT_SIM_FAIL=cuEventQuery:5:999", // the short form
		"WEFT_SIM_FAULT=sum_f64", "WEFT_SIM_FAULT=gemm_32x32_f64:2", "WEFT_SIM_LOST=1", "WEFT_SIM_FAIL=cuEventRecord:4:719",
		"WEFT_SIM_FAIL=cuMemcpyHtoDAsync_v2:3:719", "WEFT_SIM_FAIL=cuModuleLoadDataEx:1:218", "WEFT_SIM_FAIL=cuStreamCreate:1:719",
	}
	passing := []string{
		"cuLaunchKernel:6:1", "cuMemAlloc_v2:3:2", "cuMemHostAlloc:2:2", "cuStreamWaitEvent:1:1", // the short form
		"cuLaunchKernel:1:1", "cuMemcpyHtoDAsync_v2:2:1", "cuMemcpyDtoHAsync_v2:1:1", "cuModuleGetFunction:2:500", "cuEventCreate:1:2",
		"cuStreamCreate:1:2",
	}
	if !full {
		lasting, passing = lasting[:3], passing[:4]
	}
	for i, fault := range lasting {
		for lazy := range 2 {
			if full || i%2 == lazy {
				rerun(t, "TestPlacedFaultsChild", fault, fmt.Sprintf("WEFT_SIM_LAZY=%d", lazy), "WEFT_TEST_ASIDE=1")
			}
		}
	}
	for _, fault := range passing {
		rerun(t, "TestPlacedFaultsChild", "WEFT_SIM_FAIL="+fault)
	}
}

func TestPlacedFaultsChild(t *testing.T) {
	child(t)
	dev, err := kernels.OpenDevice("cuda")
	if err != nil {
		t.Fatal(err)
	}
	var errs []error
	for round := range 6 {
		before := len(errs)
		errs = append(errs, placedWork(t, dev)...)
		switch {
		case dev.Failure() != nil && len(errs) == before:
			t.Errorf("round %d: no error on a device that is set aside", round)
		case dev.Failure() == nil && len(errs) > before && round > 1:
			t.Errorf("round %d: still %v", round, errs[before])
		}
	}
	if len(errs) == 0 {
		t.Fatal("nothing went wrong: was there no fault?")
	}
	t.Log(errs[0])
	for _, err := range errs {
		var d *kernels.DeviceError
		if !errors.As(err, &d) || d.Device != "cuda" {
			t.Errorf("%T: %v", err, err)
		}
	}
	if aside := os.Getenv("WEFT_TEST_ASIDE") != ""; aside != (dev.Failure() != nil) {
		t.Errorf("Failure: %v", dev.Failure())
	}
	// Calls on host slices are done by the processor.
	everything(t)
	if dev.Failure() != nil {
		if _, err := kernels.OpenDevice("cuda"); err == nil {
			t.Error("a device that is set aside can be opened")
		}
		return
	}
	if err := dev.Close(); err != nil {
		t.Error(err)
	}
	for range 1000 {
		if dev.Memory().InUse == 0 {
			return
		}
		time.Sleep(time.Millisecond)
	}
	t.Errorf("memory %+v after all", dev.Memory())
}

// placedWork lets two streams work together and returns the errors. What comes
// without one must be right.
func placedWork(t *testing.T, dev *kernels.Device) (errs []error) {
	bad := func(err error) bool {
		if err != nil {
			errs = append(errs, err)
		}
		return err != nil
	}
	ctx, stop := context.WithTimeout(context.Background(), time.Minute)
	defer stop()
	a, err := dev.NewStream()
	if bad(err) {
		return errs
	}
	defer a.Close()
	b, err := dev.NewStream()
	if bad(err) {
		return errs
	}
	defer b.Close()
	const n = 40
	m, err := kernels.PlaceMatrix[float64](dev, n, n)
	if bad(err) {
		return errs
	}
	defer m.Free()
	x := make([]float64, n*n)
	for i := range x {
		x[i] = float64(i % 7)
	}
	px, err := kernels.UploadVector(a, x)
	if bad(err) {
		a.Wait(ctx)
		return errs
	}
	defer px.Free()
	kernels.FillOn(a, m.Vector(), 1)
	kernels.ScalOn(a, 2, m.Vector())
	b.WaitFor(a.Record())
	kernels.AxpyOn(b, 3, px, m.Vector())
	sum := kernels.SumOn(b, m.Vector())
	a.WaitFor(b.Record())
	c, err := kernels.PlaceMatrix[float64](dev, n, n)
	if !bad(err) {
		defer c.Free()
		kernels.GemmOn(a, kernels.NoTrans, kernels.Trans, 1, m, m, 0, c)
		out := kernels.NewMatrix[float64](n, n)
		if !bad(kernels.Download(ctx, a, out, c)) {
			for i := range n {
				for j := range n {
					want := 0.0
					for k := range n {
						want += (2 + 3*x[i*n+k]) * (2 + 3*x[j*n+k])
					}
					if out.Data[i*n+j] != want {
						t.Fatalf("element %d, %d is %v, want %v", i, j, out.Data[i*n+j], want)
					}
				}
			}
		} else if out.Data[0] != 0 {
			t.Error("a download that failed wrote")
		}
	}
	var want float64
	for _, v := range x {
		want += 2 + 3*v
	}
	if v, err := sum.Wait(ctx); !bad(err) && v != want {
		t.Fatalf("sum %v, want %v", v, want)
	}
	bad(b.Wait(ctx))
	bad(a.Wait(ctx))
	if dev.Failure() != nil {
		return errs
	}
	// Both have told, and go on.
	for _, st := range []*kernels.Stream{a, b} {
		if err := st.Wait(ctx); err != nil {
			t.Errorf("an error is told twice: %v", err)
		}
	}
	if bad(kernels.UploadVectorTo(a, px, x)) {
		a.Wait(ctx)
		return errs
	}
	v, err := kernels.MaxOn(a, px).Wait(ctx)
	if bad(err) {
		bad(a.Wait(ctx))
	} else if v != 6 {
		t.Fatalf("max %v", v)
	}
	return errs
}

// Beyond the memory of the device: what is kept goes first, then there is a
// clear error, and the device stays in use.
func TestPlacedOutOfMemory(t *testing.T) {
	rerun(t, "TestPlacedOutOfMemoryChild", "WEFT_SIM_MEMORY=3", "WEFT_TEST_WANT=3145728 is the limit")
	rerun(t, "TestPlacedOutOfMemoryChild", "WEFT_CUDA_MEMORY=3MiB", "WEFT_TEST_WANT=3145728 is the limit")
	rerun(t, "TestPlacedOutOfMemoryChild", "WEFT_SIM_FREE=3", "WEFT_TEST_WANT=CUDA_ERROR_OUT_OF_MEMORY")
}

func TestPlacedOutOfMemoryChild(t *testing.T) {
	child(t)
	dev, err := kernels.OpenDevice("cuda")
	if err != nil {
		t.Fatal(err)
	}
	st, err := dev.NewStream()
	if err != nil {
		t.Fatal(err)
	}
	// Sizes that each fit, but not together with what the ones before left
	// behind.
	for _, n := range []int{1000, 100_000, 50_000, 200_000, 130_000, 300_000, 30_000} {
		x, err := kernels.PlaceVector[float64](dev, n)
		if err != nil {
			t.Fatal(err)
		}
		kernels.FillOn(st, x, 2)
		f := kernels.SumOn(st, x)
		x.Free()
		if v, err := f.Wait(t.Context()); v != float64(2*n) || err != nil {
			t.Errorf("Sum of %d: %v, %v", n, v, err)
		}
	}
	x, err := kernels.PlaceVector[float64](dev, 300_000)
	if err != nil {
		t.Fatal(err)
	}
	_, err = kernels.PlaceVector[float64](dev, 300_000)
	if !kernels.OutOfMemory(err) || !strings.Contains(err.Error(), os.Getenv("WEFT_TEST_WANT")) {
		t.Errorf("error %v, want %q", err, os.Getenv("WEFT_TEST_WANT"))
	}
	x.Free()
	if _, err = kernels.PlaceVector[float64](dev, 300_000); err != nil {
		t.Error(err)
	}
	if err := dev.Failure(); err != nil {
		t.Error(err)
	}
}
