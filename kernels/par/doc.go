// Package par runs the parts of a program side by side, as the kernels of weft
// run inside: on the same workers, with the same results however many there
// are, and to the end or until the first error.
//
// Three kinds of parallelism, and what they are to a Python program:
//
//	For, ForRange, Map, Reduce   the same work on many items; Pool.map, prange
//	Do, DoIO                     different tasks; ThreadPoolExecutor, asyncio.gather
//	Pipeline: Source, Stage, …   items go through stages; generators, Queue, imap
//
// # Workers
//
// For, ForRange, Map, Reduce and Do are done by the caller's goroutine and the
// workers of the kernels, of which there are as many as [Workers] says less
// one: WEFT_WORKERS, at most GOMAXPROCS. A call inside a body, of this package
// or of a kernel, is shared by those who are idle just then, so calls nested in
// calls never have more workers than that, unless the program has an engine
// with more (kernels.Engine.WithWorkers). A call waits only for items that
// somebody has begun: it can't deadlock, and if all workers are busy elsewhere
// the caller does it alone. Goroutines that a program starts by itself, and
// those of DoIO and Stage, come on top: each is the caller of what it calls.
//
// A body that waits, for a network, a disk or another goroutine, holds up a
// worker that others would have used, though nobody waits for that worker.
// Tasks that wait belong in DoIO or in a stage of a pipeline, which have
// goroutines of their own.
//
// # Results
//
// Who does what is decided on the way, and nothing of it shows: chunks depend
// on n and grain alone, sums are joined by one tree, stages keep the order.
// An error is that of the item that comes first, which a plain loop would have
// met; with Do and DoIO, whose tasks have no order, the one that came first.
//
// # Ending early
//
// Once a body has failed, or ctx has ended, items that have not begun are left
// out, and the call returns as soon as those that have begun are over. A call
// that ctx has cut short returns context.Cause(ctx). A panic in a body goes on
// in the caller as a [*Panic] that has the worker's stack; runtime.Goexit in a
// body, which testing's FailNow calls, ends the caller's goroutine. No
// goroutine is left behind in any case.
//
// Wrong arguments panic with a [*kernels.ShapeError] before anything is done.
package par
