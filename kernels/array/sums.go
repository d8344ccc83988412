package array

// side is how many vectors are taken side by side: rows of so many elements
// stay in a core's first cache, and the lanes of so many sums fill half of the
// second.
const side = 1024

// lanesOf returns how many lanes the definition of a sum has, and how many
// elements a chunk (docs/numerics.md).
func lanesOf[T Element]() (lanes, chunk int) {
	lanes = 256 / kindOf[T]().size()
	return lanes, 512 * lanes
}

// lanesSideways sets dst to the sums, or products, of the vectors of v, which lie
// side by side in storage. It is kernels.Sum's definition with rows of many
// vectors' elements in place of elements: rows join lanes, lanes join by halving,
// and chunks by the tree. The definition begins with lanes of unit, 0 or 1; here
// it is joined once, at the end: all that it changes is a -0.
func lanesSideways[T Element](dst, a *Array[T], v *vectors, join func(d, x, y []T), unit T) {
	w := &v.kept
	n := w.n[0]
	lanes, chunk := lanesOf[T]()
	wide := min(n, side)
	size := kindOf[T]().size()
	s := scratchPool.Get().(*scratch)
	acc := room[T](&s.a, min(lanes, v.n)*wide, size)
	joined := tree[T]{room: room[T](&s.b, treeDepth(v.n, chunk)*wide, size)}
	spare := room[T](&s.c, 3*wide, size)
	units := spare[2*wide : 3*wide]
	fill(units, unit)
	for ok := true; ok; ok = w.next(1) {
		for i := 0; i < n; i += wide {
			m := min(wide, n-i)
			r := rows[T]{a.data, w.off[1] + i*w.s[1][0], w.s[1][0], m, spare}
			joined.start(m)
			if v.red.nd == 1 && (m >= 64 || r.stride != 1) {
				step := v.red.s[0][0]
				for done := 0; done < v.n; done += chunk {
					k := min(chunk, v.n-done)
					byLanes(acc, lanes, k, &r, done*step, step, join)
					halve(acc, min(lanes, k), m, join)
					joined.add(acc[:m], join)
				}
			} else {
				byRows(acc, lanes, chunk, v, &r, &joined, join)
			}
			out := acc[:m]
			to := w.off[0] + i*w.s[0][0]
			if w.s[0][0] == 1 {
				out = dst.data[to : to+m]
			}
			join(out, joined.result(join), units[:m])
			if w.s[0][0] != 1 {
				scatter(dst.data, to, w.s[0][0], out)
			}
		}
	}
	scratchPool.Put(s)
}

// rows are the elements of m vectors that stand in one place of each.
type rows[T Element] struct {
	data      []T
	at        int // of the first vector's first
	stride, m int
	spare     []T // room for two
}

// row returns the row at an offset; only two that have to be gathered are there at
// a time, under the numbers 0 and 1.
func (r *rows[T]) row(offset, number int) []T {
	from := r.at + offset
	if r.stride == 1 {
		return r.data[from : from+r.m]
	}
	x := r.spare[number*r.m : (number+1)*r.m]
	gather(x, r.data, from, r.stride)
	return x
}

// byLanes joins k rows, step apart from an offset on, to their lanes, one lane
// after the other: that one stays in the first cache.
func byLanes[T Element](acc []T, lanes, k int, r *rows[T], offset, step int, join func(d, x, y []T)) {
	for lane := range min(lanes, k) {
		sum := acc[lane*r.m : (lane+1)*r.m]
		x := r.row(offset+lane*step, 0)
		if lane+lanes >= k {
			copy(sum, x)
			continue
		}
		join(sum, x, r.row(offset+(lane+lanes)*step, 1))
		for j := lane + 2*lanes; j < k; j += lanes {
			join(sum, sum, r.row(offset+j*step, 0))
		}
	}
}

// byRows joins all rows to their lanes in the order of the rows.
func byRows[T Element](acc []T, lanes, chunk int, v *vectors, r *rows[T], joined *tree[T], join func(d, x, y []T)) {
	m := r.m
	used := 0 // rows of the chunk
	for more := true; more; more = v.red.next(1) {
		n, step := v.red.n[0], v.red.s[0][0]
		for j := 0; j < n; {
			lane := used % lanes
			// Rows without gaps make one long vector.
			k := 1
			if step == m && r.stride == 1 {
				k = min(n-j, lanes-lane)
			}
			sum := acc[lane*m : (lane+k)*m]
			var x []T
			if k == 1 {
				x = r.row(v.red.off[0]+j*step, 0)
			} else {
				x = r.data[r.at+v.red.off[0]+j*step:][:k*m]
			}
			if used < lanes {
				copy(sum, x)
			} else {
				join(sum, sum, x)
			}
			j += k
			if used += k; used == chunk {
				halve(acc, lanes, m, join)
				joined.add(acc[:m], join)
				used = 0
			}
		}
	}
	if used > 0 {
		halve(acc, min(used, lanes), m, join)
		joined.add(acc[:m], join)
	}
}

// halve joins lanes of m numbers into the first. Lanes that were not used hold
// units in the definition and nothing here.
func halve[T Element](acc []T, lanes, m int, join func(d, x, y []T)) {
	h := 1
	for 2*h < lanes {
		h *= 2
	}
	for ; h > 0 && lanes > 1; h /= 2 {
		k := min(lanes-h, h)
		join(acc[:k*m], acc[:k*m], acc[h*m:(h+k)*m])
		lanes = h
	}
}

// tree joins the results of chunks, m numbers each, in the order of the
// definition: like a binary counter, where a digit holds 2^i chunks.
type tree[T Element] struct {
	room   []T
	m      int
	chunks int
}

// treeDepth returns how many rows a tree needs for so many elements.
func treeDepth(n, chunk int) int {
	depth := 2
	for c := (n + chunk - 1) / chunk; c > 1; c /= 2 {
		depth++
	}
	return depth
}

func (t *tree[T]) start(m int) { t.m, t.chunks = m, 0 }

// row returns digit i.
func (t *tree[T]) row(i int) []T { return t.room[i*t.m : (i+1)*t.m] }

func (t *tree[T]) add(x []T, join func(d, x, y []T)) {
	i := 0
	for ; t.chunks>>i&1 != 0; i++ {
		join(x, t.row(i), x)
	}
	copy(t.row(i), x)
	t.chunks++
}

// result returns what all chunks make; the tree is used up.
func (t *tree[T]) result(join func(d, x, y []T)) []T {
	var sum []T
	for i := 0; t.chunks>>i != 0; i++ {
		if t.chunks>>i&1 == 0 {
			continue
		}
		if sum != nil {
			join(t.row(i), t.row(i), sum)
		}
		sum = t.row(i)
	}
	return sum
}

// lanesStreamed sets dst to the sums or products f of the vectors of v, which are
// long and have gaps: chunk after chunk is brought together in storage.
func lanesStreamed[D, T Element](dst *Array[D], a *Array[T], v *vectors, f func(x []T) D, join func(d, x, y []T)) {
	_, chunk := lanesOf[T]()
	red := &v.red
	cols, most := red.n[0], 1
	if red.nd > 1 {
		most = red.n[1]
	}
	// A piece is some rows of the last axis, or a part of one.
	long := min(cols, chunk)
	high := min(most, max(1, chunk/cols))
	s := scratchPool.Get().(*scratch)
	size := kindOf[T]().size()
	buf := room[T](&s.a, chunk+long*high, size)
	joined := tree[T]{room: room[T](&s.b, treeDepth(v.n, chunk), size)}
	part := room[D](&s.c, 1, size)
	w := &v.kept
	for ok := true; ok; ok = w.next(0) {
		joined.start(1)
		held := 0
		for more := true; more; more = red.next(2) {
			for i := 0; i < most; i += high {
				for j := 0; j < cols; j += long {
					piece := nest{nd: 2}
					piece.n[0], piece.s[0][0] = min(long, cols-j), red.s[0][0]
					piece.n[1], piece.s[0][1] = min(high, most-i), red.s[0][1]
					from := w.off[1] + red.off[0] + i*red.s[0][1] + j*red.s[0][0]
					gatherVectors(buf[held:], 0, a.data, from, 0, 1, piece, 0)
					held += piece.n[0] * piece.n[1]
					used := 0
					for ; held-used >= chunk; used += chunk {
						part[0] = f(buf[used : used+chunk])
						joined.add(as[T](part), join)
					}
					copy(buf, buf[used:held])
					held -= used
				}
			}
		}
		if held > 0 {
			part[0] = f(buf[:held])
			joined.add(as[T](part), join)
		}
		dst.data[w.off[0]] = as[D](joined.result(join))[0]
	}
	scratchPool.Put(s)
}
