// Package dist is for programs of many processes, on one machine or many, over
// MPI: the same program runs on every rank, and ranks exchange messages.
//
//	err := dist.Run(func(c *dist.Comm) error {
//		x := work(c.Rank(), c.Size())
//		return dist.Allreduce(c, dist.Sum, x) // on all ranks
//	})
//
// Started by itself a program is the only rank, in pure Go. Under mpirun it
// loads Open MPI 4 or 5, without cgo, on Linux on amd64 and arm64; elsewhere,
// and with the build tag static, it is refused there with an error.
// docs/cluster.md says what to install and how to run on a cluster.
//
// # Messages
//
// [Send], [Recv] and [Sendrecv] go between two ranks; [Bcast], [Scatter],
// [Gather], [Allgather], [Alltoall], [Reduce], [Allreduce] and [Comm.Barrier]
// are collective: all ranks of a [Comm] call them, in the same order, and with
// arguments that fit each other. Elements are numbers of any type. The forms
// with an I start an operation and return a [kernels.Future]. [Map] spreads
// independent jobs over ranks.
//
// Functions may be called by many goroutines at once; but collective ones of
// one communicator one at a time, or they would be in no order. Goroutines that
// work side by side take a [Comm.Dup] each.
//
// # Errors
//
// Arguments of a call that don't fit each other panic with a
// [*kernels.ShapeError] before anything is sent. That arguments fit those of
// other ranks can't be seen by a rank alone: if they don't, calls fail with
// [ErrTruncated], or wait for ever. What MPI reports is an [*Error]. A rank
// that fails must not leave the others waiting: [Run] ends the job.
//
// # Reproducibility
//
// What reductions return depends on the values and the number of ranks, not on
// the library, the network or where ranks run. [Vector] and the products of
// [Matrix] have bits that don't depend on the number of ranks either.
package dist
