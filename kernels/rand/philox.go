package rand

import (
	"strconv"

	"github.com/weftgo/weft/kernels"
)

// The constants of Philox4x32 (Salmon et al., SC 2011): multipliers of the two
// halves, and what the keys grow by from round to round.
const (
	multiplier0 = 0xD2511F53
	multiplier1 = 0xCD9E8D57
	weyl0       = 0x9E3779B9
	weyl1       = 0xBB67AE85
)

// keys are the keys of the ten rounds, two each.
type keys [20]uint32

func schedule(key uint64) (k keys) {
	k0, k1 := uint32(key), uint32(key>>32)
	for i := 0; i < len(k); i += 2 {
		k[i], k[i+1] = k0, k1
		k0 += weyl0
		k1 += weyl1
	}
	return k
}

func round(c0, c1, c2, c3, k0, k1 uint32) (uint32, uint32, uint32, uint32) {
	p, q := uint64(c0)*multiplier0, uint64(c2)*multiplier1
	return uint32(q>>32) ^ c1 ^ k0, uint32(q), uint32(p>>32) ^ c3 ^ k1, uint32(p)
}

// philox is Philox4x32-10 of the counter whose low and high halves are given,
// without a loop: it takes three quarters of the time.
func (k *keys) philox(low, high uint64) (uint64, uint64) {
	a, b, c, d := uint32(low), uint32(low>>32), uint32(high), uint32(high>>32)
	a, b, c, d = round(a, b, c, d, k[0], k[1])
	a, b, c, d = round(a, b, c, d, k[2], k[3])
	a, b, c, d = round(a, b, c, d, k[4], k[5])
	a, b, c, d = round(a, b, c, d, k[6], k[7])
	a, b, c, d = round(a, b, c, d, k[8], k[9])
	a, b, c, d = round(a, b, c, d, k[10], k[11])
	a, b, c, d = round(a, b, c, d, k[12], k[13])
	a, b, c, d = round(a, b, c, d, k[14], k[15])
	a, b, c, d = round(a, b, c, d, k[16], k[17])
	a, b, c, d = round(a, b, c, d, k[18], k[19])
	return uint64(a) | uint64(b)<<32, uint64(c) | uint64(d)<<32
}

// Philox is a stream of random numbers and a place in it. It is a Source of
// math/rand/v2. Several goroutines must not use one at once; they may have
// streams of their own, see [Philox.Split]. A copy goes on from the same place.
type Philox struct {
	keys         keys
	seed, stream uint64
	place        uint64 // the next word

	// The block that Uint64 and Uint32 have used last.
	block    uint64
	low, top uint64
}

// New returns stream 0 of a seed, at its beginning.
func New(seed uint64) *Philox { return NewStream(seed, 0) }

// NewStream returns a stream of a seed, at its beginning. Streams of one seed
// never have a block in common.
func NewStream(seed, stream uint64) *Philox {
	return &Philox{keys: schedule(seed), seed: seed, stream: stream, block: noBlock}
}

// noBlock is the number of no block: a stream has 2^62.
const noBlock = 1 << 62

// Split returns a new stream, number k ≥ 0 of those that belong to g's. It
// depends on g's seed and stream and on k, not on where g stands, so a task
// may have g.Split(k) whoever does it, and may split that on. The seed and the
// stream, 128 bits, are the block of g's stream with the number 2^63 + k, which
// no number of g is made from: two of the splits of a program are the same
// with the chance of 2^-128 only.
func (g *Philox) Split(k int) *Philox {
	if k < 0 {
		panic(&kernels.ShapeError{Func: "rand.Split", Arg: "k", Has: strconv.Itoa(k), Want: "at least 0"})
	}
	return NewStream(g.keys.philox(1<<63|uint64(k), g.stream))
}

// Seed returns the seed, and the number of the stream.
func (g *Philox) Seed() (seed, stream uint64) { return g.seed, g.stream }

// Position returns the number of the next word.
func (g *Philox) Position() uint64 { return g.place }

// Seek goes to a word of the stream, from where the numbers will be the same
// each time.
func (g *Philox) Seek(word uint64) { g.place = word }

// Skip leaves out n words: one for each float32 or Uint32, two for each float64
// or Uint64.
func (g *Philox) Skip(n uint64) { g.place += n }

// At returns Uint64 number i of the stream, words 2i and 2i+1, and leaves g
// where it is.
func (g *Philox) At(i uint64) uint64 {
	low, top := g.keys.philox(i>>1&(noBlock-1), g.stream)
	if i&1 == 0 {
		return low
	}
	return top
}

// pair returns words 2i and 2i+1.
func (g *Philox) pair(i uint64) uint64 {
	if b := i >> 1; b != g.block {
		g.low, g.top = g.keys.philox(b, g.stream)
		g.block = b
	}
	if i&1 == 0 {
		return g.low
	}
	return g.top
}

// Uint32 returns the next word.
func (g *Philox) Uint32() uint32 {
	v := g.pair(g.place >> 1)
	if g.place&1 != 0 {
		v >>= 32
	}
	g.place++
	return uint32(v)
}

// Uint64 returns the next two words, the first one as the lower half.
func (g *Philox) Uint64() uint64 {
	i := g.place >> 1
	v := g.pair(i)
	if g.place&1 != 0 {
		v = v>>32 | g.pair((i+1)&(1<<63-1))<<32
	}
	g.place += 2
	return v
}

// pairs sets dst[j] to words 2(i+j) and 2(i+j)+1.
func (g *Philox) pairs(dst []uint64, i uint64) {
	if i&1 != 0 && len(dst) > 0 {
		_, dst[0] = g.keys.philox(i>>1, g.stream)
		dst = dst[1:]
		i++
	}
	b := i >> 1
	for ; len(dst) >= 2; dst = dst[2:] {
		dst[0], dst[1] = g.keys.philox(b&(noBlock-1), g.stream)
		b++
	}
	if len(dst) > 0 {
		dst[0], _ = g.keys.philox(b&(noBlock-1), g.stream)
	}
}

// uint64s sets dst[j] to words p+2j and p+2j+1.
func (g *Philox) uint64s(dst []uint64, p uint64) {
	g.pairs(dst, p>>1)
	if p&1 == 0 || len(dst) == 0 {
		return
	}
	var behind [1]uint64
	g.pairs(behind[:], p>>1+uint64(len(dst)))
	for j := range dst[1:] {
		dst[j] = dst[j]>>32 | dst[j+1]<<32
	}
	last := &dst[len(dst)-1]
	*last = *last>>32 | behind[0]<<32
}
