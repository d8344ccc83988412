package dist

// cyclic is one dimension of a block-cyclic layout: n indices, in blocks that
// are dealt out to procs processes in turn, the first one to process first.
type cyclic struct {
	n, block, procs, first int
}

// owner returns the process that index i is on.
func (d cyclic) owner(i int) int { return (i/d.block + d.first) % d.procs }

// local returns the number of index i among those of its process.
func (d cyclic) local(i int) int { return i/d.block/d.procs*d.block + i%d.block }

// global returns index number l of process p.
func (d cyclic) global(p, l int) int {
	turn := (p - d.first + d.procs) % d.procs
	return (l/d.block*d.procs+turn)*d.block + l%d.block
}

// count returns how many indices process p has.
func (d cyclic) count(p int) int {
	turn := (p - d.first + d.procs) % d.procs
	whole := d.n / d.block
	c := whole / d.procs * d.block
	switch rest := whole % d.procs; {
	case turn < rest:
		c += d.block
	case turn == rest:
		c += d.n % d.block
	}
	return c
}

// most returns how many indices the process with the most of them has.
func (d cyclic) most() int { return d.count(d.first) }

// span is n consecutive indices that are consecutive on both sides of a move,
// from number src there and number dst here.
type span struct{ src, dst, n int }

// spans returns what process ps of src has to give to process pd of dst if
// indices i to i+n-1 of src become j to j+n-1 of dst.
func spans(dst cyclic, pd, j int, src cyclic, ps, i, n int) []span {
	var rs []span
	// The blocks of src that ps has begin with the first one at or after i.
	turn := (ps - src.first + src.procs) % src.procs
	b := i / src.block
	b += ((turn-b)%src.procs + src.procs) % src.procs
	for ; b*src.block < i+n; b += src.procs {
		lo, hi := max(b*src.block, i), min((b+1)*src.block, i+n)
		// Within it, the blocks of dst that pd has.
		for lo < hi {
			at := lo - i + j // the index in dst
			m := min(hi-lo, dst.block-at%dst.block)
			if dst.owner(at) == pd {
				r := span{src.local(lo), dst.local(at), m}
				if k := len(rs) - 1; k >= 0 && rs[k].src+rs[k].n == r.src && rs[k].dst+rs[k].n == r.dst {
					rs[k].n += m
				} else {
					rs = append(rs, r)
				}
			}
			lo += m
		}
	}
	return rs
}

// total returns how many indices are in spans.
func total(rs []span) (n int) {
	for _, r := range rs {
		n += r.n
	}
	return n
}

// layout says where the elements of a matrix are. Process row p and column q
// are rank p*cols.procs+q.
type layout struct{ rows, cols cyclic }

// place returns the process row and column of a rank. A rank that has no
// place in the layout, because there are more of them, has row -1.
func (l layout) place(rank int) (p, q int) {
	if rank >= l.rows.procs*l.cols.procs {
		return -1, 0
	}
	return rank / l.cols.procs, rank % l.cols.procs
}

// shape returns the rows and columns of a rank's part.
func (l layout) shape(rank int) (rows, cols int) {
	p, q := l.place(rank)
	if p < 0 {
		return 0, 0
	}
	return l.rows.count(p), l.cols.count(q)
}

// whole is the layout of a matrix that is all on one of size ranks.
func whole(rows, cols, root, size int) layout {
	return layout{cyclic{rows, max(rows, 1), size, root}, cyclic{cols, max(cols, 1), 1, 0}}
}
