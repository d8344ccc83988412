package array

// Reductions of vectors that lie side by side in storage, row by row into the
// results of all of them.

// sideBySide reports whether vectors lie nearer to each other than the elements
// of one, and so many of them that it pays to take them together.
func (v *vectors) sideBySide(least int) bool {
	s := v.kept.s[1][0]
	if s != 1 {
		least = max(least, 16) // rows have to be gathered
	}
	return v.kept.n[0] >= least && v.n >= 2 && s != 0 && abs(s) < abs(v.red.s[0][0])
}

// foldSideways sets dst to the vectors of v, whose elements are joined one after
// the other.
func foldSideways[T Element](dst, a *Array[T], v *vectors, join func(d, x, y []T)) {
	w := &v.kept
	n := w.n[0]
	wide := min(n, side)
	s := scratchPool.Get().(*scratch)
	spare := room[T](&s.a, 3*wide, kindOf[T]().size())
	for ok := true; ok; ok = w.next(1) {
		for i := 0; i < n; i += wide {
			m := min(wide, n-i)
			r := rows[T]{a.data, w.off[1] + i*w.s[1][0], w.s[1][0], m, spare}
			to := w.off[0] + i*w.s[0][0]
			out := spare[2*wide : 2*wide+m]
			if w.s[0][0] == 1 {
				out = dst.data[to : to+m]
			}
			var first []T
			began := false
			for more := true; more; more = v.red.next(1) {
				for j := range v.red.n[0] {
					offset := v.red.off[0] + j*v.red.s[0][0]
					switch {
					case began:
						join(out, out, r.row(offset, 0))
					case first == nil:
						first = r.row(offset, 0)
					default:
						join(out, first, r.row(offset, 1))
						began = true
					}
				}
			}
			if w.s[0][0] != 1 {
				scatter(dst.data, to, w.s[0][0], out)
			}
		}
	}
	scratchPool.Put(s)
}

// fourRows takes four rows of elements, the first of which is number r of their
// vectors, into the best element of each vector so far and its number.
type fourRows[T Element] func(best []T, at []int64, x0, x1, x2, x3 []T, r int64)

// rowsSideways sets dst to the positions that f finds in the vectors of v.
func rowsSideways[T Element](dst *Array[int64], a *Array[T], v *vectors, f fourRows[T]) {
	w := &v.kept
	n := w.n[0]
	wide := min(n, side)
	s := scratchPool.Get().(*scratch)
	best, at := room[T](&s.a, wide, kindOf[T]().size()), toInts(words(&s.b, wide))
	for ok := true; ok; ok = w.next(1) {
		for i := 0; i < n; i += wide {
			m := min(wide, n-i)
			from := w.off[1] + i
			copy(best[:m], a.data[from+v.red.off[0]:])
			clear(at[:m])
			r := int64(0)
			for more := true; more; more = v.red.next(1) {
				n, step := v.red.n[0], v.red.s[0][0]
				row := func(k int) []T {
					// Behind the last row, it again: it changes nothing.
					p := from + v.red.off[0] + min(k, n-1)*step
					return a.data[p : p+m]
				}
				for k := 0; k < n; k += 4 {
					f(best[:m], at, row(k), row(k+1), row(k+2), row(k+3), r+int64(k))
				}
				r += int64(n)
			}
			scatter(dst.data, w.off[0]+i*w.s[0][0], w.s[0][0], at[:m])
		}
	}
	scratchPool.Put(s)
}

// maxRows is fourRows for ArgMax. Few elements are larger than all before them, so
// its branches are foretold well; the negated comparison lets NaN through.
func maxRows[T Number](best []T, at []int64, x0, x1, x2, x3 []T, r int64) {
	x0, x1, x2, x3 = x0[:len(best)], x1[:len(best)], x2[:len(best)], x3[:len(best)]
	for j, b := range best {
		if v := x0[j]; !(v <= b) && b == b {
			b, best[j], at[j] = v, v, r
		}
		if v := x1[j]; !(v <= b) && b == b {
			b, best[j], at[j] = v, v, r+1
		}
		if v := x2[j]; !(v <= b) && b == b {
			b, best[j], at[j] = v, v, r+2
		}
		if v := x3[j]; !(v <= b) && b == b {
			best[j], at[j] = v, r+3
		}
	}
}

// minRows is fourRows for ArgMin.
func minRows[T Number](best []T, at []int64, x0, x1, x2, x3 []T, r int64) {
	x0, x1, x2, x3 = x0[:len(best)], x1[:len(best)], x2[:len(best)], x3[:len(best)]
	for j, b := range best {
		if v := x0[j]; !(v >= b) && b == b {
			b, best[j], at[j] = v, v, r
		}
		if v := x1[j]; !(v >= b) && b == b {
			b, best[j], at[j] = v, v, r+1
		}
		if v := x2[j]; !(v >= b) && b == b {
			b, best[j], at[j] = v, v, r+2
		}
		if v := x3[j]; !(v >= b) && b == b {
			best[j], at[j] = v, r+3
		}
	}
}
