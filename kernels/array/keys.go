package array

import (
	"math"
	"slices"
	"unsafe"
)

// Sorting and selecting work on keys: unsigned integers in the order of the
// elements. Among floats -0 comes before +0, and all NaNs are one key, the last.

// toKeys writes the keys of x.
func toKeys[T Number](keys []uint64, x []T) {
	switch kindOf[T]() {
	case kindFloat32:
		for i, v := range as[float32](x) {
			b := math.Float32bits(v)
			b ^= uint32(int32(b)>>31) | 1<<31
			if v != v {
				b = math.MaxUint32
			}
			keys[i] = uint64(b)
		}
	case kindFloat64:
		for i, v := range as[float64](x) {
			b := math.Float64bits(v)
			b ^= uint64(int64(b)>>63) | 1<<63
			if v != v {
				b = math.MaxUint64
			}
			keys[i] = b
		}
	case kindInt32:
		for i, v := range as[int32](x) {
			keys[i] = uint64(uint32(v) ^ 1<<31)
		}
	case kindInt64:
		for i, v := range as[int64](x) {
			keys[i] = uint64(v) ^ 1<<63
		}
	}
}

// fromKeys writes the elements of keys. The key of NaN becomes one NaN. There is
// no branch: which sign comes next can't be foretold.
func fromKeys[T Number](x []T, keys []uint64) {
	switch kindOf[T]() {
	case kindFloat32:
		x := as[float32](x)
		for i, k := range keys {
			b := uint32(k)
			x[i] = math.Float32frombits(b ^ (uint32(int32(^b)>>31) | 1<<31))
		}
	case kindFloat64:
		x := as[float64](x)
		for i, k := range keys {
			x[i] = math.Float64frombits(k ^ (uint64(int64(^k)>>63) | 1<<63))
		}
	case kindInt32:
		x := as[int32](x)
		for i, k := range keys {
			x[i] = int32(uint32(k) ^ 1<<31)
		}
	case kindInt64:
		x := as[int64](x)
		for i, k := range keys {
			x[i] = int64(k ^ 1<<63)
		}
	}
}

// keyBits returns how many bits a key has.
func keyBits[T Number]() int { return kindOf[T]().size() * 8 }

// sortKeys sorts keys of so many bits. It needs as much memory again, and the
// result is in keys or in spare.
func sortKeys(keys, spare []uint64, bits int) []uint64 {
	up, down := true, true
	for i := 1; i < len(keys) && (up || down); i++ {
		up = up && keys[i-1] <= keys[i]
		down = down && keys[i-1] > keys[i]
	}
	switch {
	case up:
		return keys
	case down:
		slices.Reverse(keys)
		return keys
	case len(keys) < 64*bits: // measured, as is the limit in sortTags
		copy(spare, keys)
		mergeSort(keys, spare[:len(keys)])
		return keys
	}
	keys, _ = radix(keys, spare, nil, nil, bits)
	return keys
}

// sortTags returns tags in the order of their keys; equal keys keep theirs. It
// needs as much memory again, and changes all.
func sortTags(keys, spare []uint64, tags, spareTags []int64, bits int) []int64 {
	if len(keys) < 8*bits {
		copy(spare, keys)
		copy(spareTags, tags)
		mergeSortTags(keys, spare, tags, spareTags)
		return tags
	}
	_, tags = radix(keys, spare, tags, spareTags, bits)
	return tags
}

// radix sorts keys of so many bits byte by byte from the last to the first, and
// with them what stands in tags, if it is not nil. The sort is stable. Bytes that
// all keys share are passed over. (D. Knuth, The Art of Computer Programming 3,
// 5.2.5.)
func radix(keys, spare []uint64, tags, spareTags []int64, bits int) ([]uint64, []int64) {
	var counts [8][256]int
	for _, k := range keys {
		counts[0][uint8(k)]++
		counts[1][uint8(k>>8)]++
		counts[2][uint8(k>>16)]++
		counts[3][uint8(k>>24)]++
	}
	if bits == 64 {
		for _, k := range keys {
			counts[4][uint8(k>>32)]++
			counts[5][uint8(k>>40)]++
			counts[6][uint8(k>>48)]++
			counts[7][uint8(k>>56)]++
		}
	}
	for d := range bits / 8 {
		at, shift := &counts[d], uint(8*d)&63
		if len(keys) == 0 || at[uint8(keys[0]>>shift)] == len(keys) {
			continue
		}
		sum := 0
		for i, n := range at {
			at[i] = sum
			sum += n
		}
		if tags == nil {
			for _, k := range keys {
				b := uint8(k >> shift)
				p := at[b]
				at[b] = p + 1
				spare[p] = k
			}
		} else {
			for i, k := range keys {
				b := uint8(k >> shift)
				p := at[b]
				at[b] = p + 1
				spare[p] = k
				spareTags[p] = tags[i]
			}
			tags, spareTags = spareTags, tags
		}
		keys, spare = spare, keys
	}
	return keys, tags
}

// selectKey brings the k-th smallest key to position k, what is not larger
// before it and what is not smaller behind it. (C. Hoare, Find, CACM 4(7),
// 1961; the pivot is a median of nine, and what does not shrink is sorted.)
func selectKey(keys []uint64, k int) {
	for rounds := 0; len(keys) > 32; rounds++ {
		if rounds > 64 {
			break
		}
		n := len(keys)
		s := n / 8
		pivot := median3(
			median3(keys[0], keys[s], keys[2*s]),
			median3(keys[3*s], keys[4*s], keys[5*s]),
			median3(keys[6*s], keys[7*s], keys[n-1]))
		i, j := 0, n-1
		for i <= j {
			for keys[i] < pivot {
				i++
			}
			for keys[j] > pivot {
				j--
			}
			if i <= j {
				keys[i], keys[j] = keys[j], keys[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			keys = keys[:j+1]
		case k >= i:
			keys, k = keys[i:], k-i
		default:
			return // between them all equal the pivot
		}
	}
	slices.Sort(keys)
}

func median3(a, b, c uint64) uint64 { return max(min(a, b), min(max(a, b), c)) }

// equalZeros gives -0 the key of +0.
func equalZeros(keys []uint64, bits int, float bool) {
	if !float {
		return
	}
	minus := uint64(1)<<(bits-1) - 1
	for i, k := range keys {
		if k == minus {
			keys[i] = minus + 1
		}
	}
}

// words returns n keys of memory that p keeps.
func words(p *[]float64, n int) []uint64 {
	room[float64](p, n, 8)
	return unsafe.Slice((*uint64)(unsafe.Pointer(unsafe.SliceData(*p))), n)
}

// toInts is keys as positions.
func toInts(keys []uint64) []int64 {
	return unsafe.Slice((*int64)(unsafe.Pointer(unsafe.SliceData(keys))), len(keys))
}
