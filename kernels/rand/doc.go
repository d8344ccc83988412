// Package rand makes random numbers that are functions of a counter: number i
// of a stream is computed from the seed, the stream and i, without the numbers
// before it. So a slice is filled by all workers at once, in any order, with
// the same bits as by one; a program can jump to any place; and streams that
// belong to tasks don't depend on who does which task when.
//
//	g := rand.New(42)
//	x := make([]float64, 1_000_000)
//	rand.Normal(g, x, 0, 1)        // numpy: Generator(Philox(42)).normal(0, 1, n)
//	rand.Uniform(g, x, -1, 1)      // the numbers that follow
//	h := g.Split(7)                // another stream, for task 7
//	r := randv2.New(g)             // all of math/rand/v2 on the same numbers
//
// The generator is Philox4x32-10 of J. Salmon, M. Moraes, R. Dror and D. Shaw,
// Parallel random numbers: as easy as 1, 2, 3 (SC 2011), which passes the
// batteries of TestU01. It is the one that GPU libraries use by default. It is
// not for secrets: use crypto/rand for these.
//
// # The numbers, to the bit
//
// A stream is a sequence of 32-bit words w[0], w[1], …. Block b of four words,
// w[4b] to w[4b+3], is Philox4x32-10 with the counter (b mod 2^32, b div 2^32,
// s mod 2^32, s div 2^32) and the key (seed mod 2^32, seed div 2^32), where s is
// the number of the stream. A generator stands before a word p, zero at first.
// Uint32 is w[p], Uint64 is w[p] + 2^32·w[p+1], and p moves behind what was
// used.
//
// The functions that fill a slice use one word for each element of float32 and
// two for the others; element i is made from u[i], its word or its Uint64, and
// p moves by n or 2n. So filling a slice in two parts gives what filling it at
// once does. In these formulas each operation is rounded once in the type T of
// the elements, and Log, Sin, Cos and Sqrt are those of kernels/vmath, which
// have the same bits everywhere.
//
//	Uniform      v·(b-a) + a, with v = (u[i] div 2^8)·2^-24 for float32 and
//	             (u[i] div 2^11)·2^-53 for float64; and the largest number
//	             below b if that is not below b
//	Exponential  -Log(q)·mean, with q = u[i]·2^-32 + 2^-33 for float32, where
//	             u[i] is rounded to float32 first, and 1 - v for float64
//	Normal       p is first moved up to an even word (float32: not moved). Words
//	             4b to 4b+3 make two values of float64, words 2b and 2b+1 two of
//	             float32: with u and u' their first and second number, q of u as
//	             above, v' of u' as above, r = Sqrt(-2·Log(q)), t = v'·2π, the
//	             first is r·Cos(t) and the second r·Sin(t), each times sd, plus
//	             mean. (G. Box, M. Muller, Ann. Math. Statist. 29(2), 1958.)
//	Integers     lo + (u[i]·(hi-lo)) div 2^64
//
// Fills are shared by the workers of the kernels (see package par) from some
// ten thousand elements on.
package rand
