package array

// Short vectors of keys are sorted by merging, long ones by radix (keys.go).

// mergeSort sorts dst by merging halves (D. Knuth, The Art of Computer
// Programming 3, 5.2.4). spare holds the same keys, and is lost.
// No branch depends on a key but in the leaves' lengths.
func mergeSort(dst, spare []uint64) {
	n := len(dst)
	if n <= 4 {
		sortFew(dst)
		return
	}
	h := n / 2
	mergeSort(spare[:h], dst[:h])
	mergeSort(spare[h:], dst[h:])
	merge(dst, spare)
}

// sortFew sorts up to four keys by a network.
func sortFew(x []uint64) {
	switch len(x) {
	case 2:
		x[0], x[1] = min(x[0], x[1]), max(x[0], x[1])
	case 3:
		a, b, c := min(x[0], x[1]), max(x[0], x[1]), x[2]
		b, c = min(b, c), max(b, c)
		x[0], x[1], x[2] = min(a, b), max(a, b), c
	case 4:
		a, b := min(x[0], x[1]), max(x[0], x[1])
		c, d := min(x[2], x[3]), max(x[2], x[3])
		a, c = min(a, c), max(a, c)
		b, d = min(b, d), max(b, d)
		x[0], x[1], x[2], x[3] = a, min(b, c), max(b, c), d
	}
}

// merge sets dst to the two sorted halves of src. It works from both ends at
// once, which are independent chains of operations, and each takes half of the
// keys: so neither half can run out.
func merge(dst, src []uint64) {
	n := len(dst)
	src = src[:n]
	h := n / 2
	i, j, p, q := 0, h, h-1, n-1
	for k := range h {
		a, b := src[i], src[j]
		c := 0
		if b < a {
			c = 1
		}
		dst[k] = min(a, b)
		i += 1 - c
		j += c
		a, b = src[p], src[q]
		c = 0
		if b < a {
			c = 1
		}
		dst[n-1-k] = max(a, b)
		p -= c
		q -= 1 - c
	}
	if n&1 != 0 {
		if i <= p {
			j = i
		}
		dst[h] = src[j]
	}
}

// mergeSortTags is mergeSort of keys with what stands in tags. Equal keys keep
// their order.
func mergeSortTags(dst, spare []uint64, tags, spareTags []int64) {
	n := len(dst)
	if n < 2 {
		return
	}
	h := n / 2
	mergeSortTags(spare[:h], dst[:h], spareTags[:h], tags[:h])
	mergeSortTags(spare[h:], dst[h:], spareTags[h:], tags[h:])
	mergeTags(dst, spare, tags, spareTags)
}

// mergeTags is merge of keys with what stands in tags.
func mergeTags(dst, src []uint64, tags, from []int64) {
	n := len(dst)
	src, tags, from = src[:n], tags[:n], from[:n]
	h := n / 2
	i, j, p, q := 0, h, h-1, n-1
	for k := range h {
		a, b := src[i], src[j]
		c := 0
		if b < a {
			c = 1
		}
		dst[k], tags[k] = min(a, b), from[i^(i^j)&-c] // j if c is 1
		i += 1 - c
		j += c
		a, b = src[p], src[q]
		c = 0
		if b < a {
			c = 1
		}
		dst[n-1-k], tags[n-1-k] = max(a, b), from[q^(q^p)&-c]
		p -= c
		q -= 1 - c
	}
	if n&1 != 0 {
		if i <= p {
			j = i
		}
		dst[h], tags[h] = src[j], from[j]
	}
}
