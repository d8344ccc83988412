package par

import (
	"context"
	"fmt"

	"github.com/weftgo/weft/kernels"
)

// For calls body(i) for each i from 0 to n-1, side by side, in no order that a
// body may rely on. Bodies may be as short as some 100 nanoseconds; a worker
// takes several of these at a time. The body may return an error or not:
//
//	err := par.For(ctx, len(files), func(i int) error { return read(files[i]) })
//
// The error is the one that a loop from 0 on would have met first. See the
// package's comment for workers, errors, panics and the end of ctx.
func For[F func(i int) | func(i int) error](ctx context.Context, n int, body F, options ...Option) error {
	atLeast("For", "n", n, 0)
	var f func(int) error
	switch body := any(body).(type) {
	case func(int):
		f = func(i int) error { body(i); return nil }
	case func(int) error:
		f = body
	}
	return do(ctx, width(n, options), n, claimMost, f)
}

// ForRange calls body(lo, hi) for each chunk of 0 to n-1: elements lo to hi-1,
// where lo is a multiple of grain ≥ 1 and hi is lo+grain or, at the end, n. So
// the chunks depend on n and grain only, never on the workers. A grain that
// takes some ten microseconds costs next to nothing and leaves enough chunks to
// share. The body may return an error or not; the error is that of the first
// chunk that has one.
func ForRange[F func(lo, hi int) | func(lo, hi int) error](ctx context.Context, n, grain int, body F, options ...Option) error {
	chunks := count("ForRange", n, grain)
	var f func(int) error
	switch body := any(body).(type) {
	case func(int, int):
		f = func(i int) error { lo := i * grain; body(lo, min(n-lo, grain)+lo); return nil }
	case func(int, int) error:
		f = func(i int) error { lo := i * grain; return body(lo, min(n-lo, grain)+lo) }
	}
	return do(ctx, width(chunks, options), chunks, claimMost, f)
}

// Map sets dst[i] to f(src[i]) for all i. The slices are equally long; they may
// be the same one, and must not overlap otherwise. The function may return an
// error or not; after an error, the first one in order, the elements from there
// on hold what they held or what they should. For a sequence that is not a
// slice, or a function that waits, see [Stage].
func Map[Y, X any, F func(X) Y | func(X) (Y, error)](ctx context.Context, dst []Y, src []X, f F, options ...Option) error {
	n := len(src)
	if len(dst) != n {
		panic(&kernels.ShapeError{Func: "par.Map", Arg: "dst", Has: fmt.Sprintf("length %d", len(dst)), Want: fmt.Sprintf("%d (that of src)", n)})
	}
	var set func(int) error
	switch f := any(f).(type) {
	case func(X) Y:
		set = func(i int) error { dst[i] = f(src[i]); return nil }
	case func(X) (Y, error):
		set = func(i int) error {
			y, err := f(src[i])
			if err == nil {
				dst[i] = y
			}
			return err
		}
	}
	return do(ctx, width(n, options), n, claimMost, set)
}

// width returns how many goroutines may share a call on n items.
func width(n int, options []Option) int {
	w := min(n, Workers())
	if bound := merge(options).workers; bound != 0 {
		w = min(w, bound)
	}
	return w
}

// count returns how many chunks of grain there are in n elements.
func count(call string, n, grain int) int {
	atLeast(call, "n", n, 0)
	atLeast(call, "grain", grain, 1)
	if n == 0 {
		return 0
	}
	return (n-1)/grain + 1
}
