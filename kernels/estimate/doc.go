// Package estimate says what a call will take before it is made: operations,
// memory traffic, memory, and the time on a machine.
//
//	w := estimate.Gemm[float64](2000, 2000, 2000)
//	w.FLOPs                                         // 1.6e10
//	m := estimate.Measure(engine)                   // of kernels.Default or kernels.Open; once
//	w.On(m)                                         // 160ms
//	g, err := estimate.MeasureDevice[float64](dev)  // of kernels.OpenDevice: operands that are placed there
//	w.Memory <= free                                // operands and workspace, before they are placed on a device
//
// Functions have the names of what they are about: those of package kernels and
// of gonum's BLAS, of kernels/lapack, and of kernels/array. Sizes are those of the
// call; one that is negative panics with a [*kernels.ShapeError].
//
// # Counts
//
// FLOPs are the conventional ones, additions and multiplications, by which rates
// are published: 2·m·n·k for a product, and for factorisations the formulas of
// LAPACK Working Note 41 (S. Blackford, J. Dongarra, Installation Guide for LAPACK,
// 1999, appendix C) with their terms of lower order. A division, a square root,
// a comparison and an elementary function count as one each. Where an algorithm
// decides as it goes, and for eigenvectors and singular vectors, what is counted
// is said at the function. The engine executes more: blocks of reflectors are
// products with a triangle in them. docs/estimates.md has the ratios.
//
// Bytes are compulsory traffic: every operand that is read counted once, and
// every one that is written.
//
// # Time
//
// The model is a roofline with an overhead (S. Williams, A. Waterman, D. Patterson,
// Comm. ACM 52(4), 2009). A product takes time for the call, for each byte of its
// operands and for each multiply-add; it is the model by which package kernels
// decides whether a device pays. All that is bound by memory takes its bytes at
// the speed measured for operands of that size, which is a curve over the levels
// of the caches. A factorisation takes what the calls that it makes take, by a
// walk through its blocks.
//
// The machine is taken to be idle, the operands where they were used last. On
// an idle machine most estimates are within a factor of 1.5; see docs/estimates.md.
package estimate
