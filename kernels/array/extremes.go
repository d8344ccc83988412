package array

// fourRows takes four rows of elements, the first of which is number r of their
// vectors, into the best element of each vector so far and its number.
type fourRows[T Element] func(best []T, at []int64, x0, x1, x2, x3 []T, r int64)

// sideways sets dst to the reduction by f of the vectors of v, if many of them
// lie side by side in storage, and reports whether they did: row after row goes
// into the results of all of them, in the order of the vectors.
func sideways[D, T Element](dst *Array[D], a *Array[T], v *vectors, f fourRows[T], positions bool) bool {
	w := &v.kept
	n := w.n[0]
	if w.s[1][0] != 1 || n < 8 || v.n < 2 || v.red.nd == 1 && v.red.s[0][0] == 1 {
		return false
	}
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
				rows, step := v.red.n[0], v.red.s[0][0]
				row := func(k int) []T {
					// Behind the last row, it again: it changes nothing.
					p := from + v.red.off[0] + min(k, rows-1)*step
					return a.data[p : p+m]
				}
				for k := 0; k < rows; k += 4 {
					f(best[:m], at, row(k), row(k+1), row(k+2), row(k+3), r+int64(k))
				}
				r += int64(rows)
			}
			results := as[D](best[:m])
			if positions {
				results = as[D](at[:m])
			}
			to := w.off[0] + i*w.s[0][0]
			for _, y := range results {
				dst.data[to] = y
				to += w.s[0][0]
			}
		}
	}
	scratchPool.Put(s)
	return true
}

// largestRows is fourRows for Max without positions.
func largestRows[T Number](best []T, _ []int64, x0, x1, x2, x3 []T, _ int64) {
	maximumRun(best, best, x0)
	maximumRun(best, best, x1)
	maximumRun(best, best, x2)
	maximumRun(best, best, x3)
}

// smallestRows is fourRows for Min without positions.
func smallestRows[T Number](best []T, _ []int64, x0, x1, x2, x3 []T, _ int64) {
	minimumRun(best, best, x0)
	minimumRun(best, best, x1)
	minimumRun(best, best, x2)
	minimumRun(best, best, x3)
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
