package estimate

import (
	"context"
	"time"

	"github.com/weftgo/weft/kernels"
)

// MeasureDevice finds out what a device does with operands that are placed on it:
// products, reductions and vectors, a call at a time, waiting for each included.
// It takes some tenths of a second, and 96 MB of the device's memory for that
// time. The elementwise functions that devices don't have, and steps that the
// processor does, are taken to cost nothing; copies to the device and back are
// not in it. The error says what the device has against it.
func MeasureDevice[T kernels.Float](d *kernels.Device) (*Machine[T], error) {
	st, err := d.NewStream()
	if err != nil {
		return nil, err
	}
	defer st.Close()
	const bytes = 32 << 20 // of each of three operands
	n := bytes / int(size[T]())
	var x [3]kernels.PlacedVector[T]
	for i := range x {
		if x[i], err = kernels.PlaceVector[T](d, n); err != nil {
			return nil, err
		}
		defer x[i].Free()
		kernels.FillOn(st, x[i], 1)
	}
	var failed error
	timed := func(enqueue func()) time.Duration {
		return each(func() {
			enqueue()
			if err := st.Wait(context.Background()); err != nil && failed == nil {
				failed = err
			}
		})
	}
	s := subject[T]{
		product: func(_ bool, rows, cols, k int) time.Duration {
			a, b, c := x[0].Slice(0, rows*k).Matrix(rows, k), x[1].Slice(0, k*cols).Matrix(k, cols), x[2].Slice(0, rows*cols).Matrix(rows, cols)
			return timed(func() { kernels.GemmOn(st, kernels.NoTrans, kernels.NoTrans, 1, a, b, 0, c) })
		},
		read: func(_ bool, n int) time.Duration {
			return timed(func() { kernels.SumOn(st, x[0].Slice(0, n)) })
		},
		update: func(_ bool, n int) time.Duration {
			n = max(n/3, 1)
			return timed(func() { kernels.AddOn(st, x[2].Slice(0, n), x[0].Slice(0, n), x[1].Slice(0, n)) })
		},
	}
	m := &Machine[T]{Backend: d.Name(), Workers: 1, Lanes: 1}
	m.measure(&s, []int{64 << 10, 1 << 20, 4 << 20, bytes})
	if failed != nil {
		return nil, failed
	}
	return m, nil
}
