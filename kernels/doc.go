// Package kernels is weft's API: dense linear algebra and reductions on
// float32 and float64, computed by the best code that the machine can run.
//
//	s := kernels.Sum(x)
//	kernels.Axpy(2, x, y)
//	kernels.Gemm(kernels.NoTrans, kernels.Trans, 1, a, b, 0, c)
//
// # Backends
//
// At first use the processor is looked at once, and the best backend becomes
// the default: avx512, avx2 or fallback (plain Go). [Backends] lists them all
// with the reason why one can't be used here. [Open] gives an [Engine] pinned
// to one; its methods are the functions of this package. The environment can
// pin the default (WEFT_BACKEND=avx2), demand backends
// (WEFT_REQUIRE=avx512) and bound the workers (WEFT_WORKERS=4; by default
// GOMAXPROCS). What can't be had is an error, never silently replaced.
//
// An import of github.com/weftgo/weft/cuda adds the GPUs. The default engine
// then gives large products to the first of them where the way there and back
// pays, by speeds that it measures beside the first such products: nobody
// waits for that. Pinned engines use their own backend only.
//
// # The same bits
//
// A call with the same arguments gives the same bits on every backend, with
// any number of workers, at any alignment, on any machine. docs/numerics.md
// in the repository defines each function so that another implementation
// could agree. All NaNs count as one value: sign and payload of a NaN are the
// hardware's choice.
//
// # Conventions
//
// Slices are contiguous vectors; a [Matrix] is row-major with a stride counted
// in elements. Wrong use (shapes, lengths, an output that overlaps an input)
// panics with a [*ShapeError] before anything is written. NaN and infinities
// go through as IEEE 754 says; nothing is skipped because a factor is zero,
// except that alpha = 0 leaves the factors unread and beta = 0 leaves the
// output unread, as in BLAS. An empty vector or matrix is legal.
//
// # Placed operands and streams
//
// For work that stays on a device, and for work that overlaps, [OpenDevice]
// gives a place for operands and streams to work on them:
//
//	dev, err := kernels.OpenDevice("cuda")  // or "avx2": the processor is a device, too
//	st, err := dev.NewStream()              // work in order; streams run side by side
//	a, err := kernels.Upload(st, matrix)    // may be changed now
//	kernels.GemmOn(st, kernels.NoTrans, kernels.Trans, 1, a, b, 0, c)
//	f := kernels.SumOn(st, c.Vector())      // enqueued, like all that ends in On
//	s, err := f.Wait(ctx)
//
// Results have the same bits as those of calls on slices. Misuse panics at the
// call; what a device does wrong comes out of a Wait. docs/decisions has the
// reasons (0009).
//
// # Contexts
//
// [Engine.WithContext] and [Stream.WithContext] bind work to a context: it ends
// within two milliseconds of the end of the context, also inside one large
// product, and leaves undefined outputs. [WithProgress] tells how far such work
// is. A [Future] has a channel, like a context, and [Join] and [WaitAll] put
// many of them together; [Stream.SetLimit] bounds what is enqueued. 0015 has the
// reasons.
//
// # Goroutines
//
// All functions may be called from many goroutines at once and allocate
// nothing once warm, those that end in On next to nothing. A call on slices
// uses several goroutines when that pays and returns when all of its work is
// done.
package kernels
