package par

import (
	"context"
	"math/bits"
)

// Reduce computes leaf(lo, hi) for the chunks of 0 to n-1 that [ForRange] has,
// side by side, and joins their results in order by a fixed tree: of one chunk,
// its result; of m > 1 chunks, join of the first p and the other m-p, where p
// is the largest power of two below m. So the result is the same to the last
// bit for any number of workers, also if join rounds, like a sum of floating-
// point numbers. It is the tree of the kernels, see docs/numerics.md.
//
// The leaf may return an error or not; the error is that of the first chunk
// that has one, with the zero R. The result for n = 0 is leaf(0, 0). Joins are
// done by the caller's goroutine once all chunks are over.
func Reduce[R any, F func(lo, hi int) R | func(lo, hi int) (R, error)](ctx context.Context, n, grain int, leaf F, join func(a, b R) R, options ...Option) (R, error) {
	chunks := max(count("Reduce", n, grain), 1)
	results := make([]R, chunks)
	var f func(int) error
	switch leaf := any(leaf).(type) {
	case func(int, int) R:
		f = func(i int) error { lo := i * grain; results[i] = leaf(lo, min(n-lo, grain)+lo); return nil }
	case func(int, int) (R, error):
		f = func(i int) (err error) { lo := i * grain; results[i], err = leaf(lo, min(n-lo, grain)+lo); return err }
	}
	if err := do(ctx, width(chunks, options), chunks, claimMost, f); err != nil {
		var zero R
		return zero, err
	}
	return tree(results, join), nil
}

// tree joins at least one result.
func tree[R any](results []R, join func(a, b R) R) R {
	m := len(results)
	if m == 1 {
		return results[0]
	}
	p := 1 << (bits.Len(uint(m-1)) - 1)
	return join(tree(results[:p], join), tree(results[p:], join))
}
