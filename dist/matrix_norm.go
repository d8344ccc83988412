package dist

import "github.com/weftgo/weft/kernels"

// NormInf returns the largest sum of absolute values of a row, max over i of
// [kernels.Asum] of row i: NaN if there is a NaN, and 0 of no elements. The bits
// don't depend on the grid or the blocks. All ranks call it and get the result.
// Whole rows come together on a rank, in pieces: about as much is sent as there
// is in the matrix.
func (m *Matrix[T]) NormInf() (T, error) { return m.largest(false) }

// NormOne returns the largest sum of absolute values of a column, as
// [Matrix.NormInf] does that of a row.
func (m *Matrix[T]) NormOne() (T, error) { return m.largest(true) }

// NormFro returns √Σ a[i][j]², as [kernels.Nrm2] of the vector of kernels.Nrm2 of
// each row, without overflow or underflow on the way. Else it is as [Matrix.NormInf].
func (m *Matrix[T]) NormFro() (T, error) {
	v, err := m.ofLines(false, kernels.Nrm2[T])
	return kernels.Nrm2(v), err
}

// NormMax returns the largest absolute value: NaN if there is a NaN, and 0 of no
// elements.
func (m *Matrix[T]) NormMax() (T, error) {
	worst := []T{0}
	for i := range m.Local.Rows {
		row := rowOf(m.Local, i)
		if j := kernels.Iamax(row); j >= 0 {
			worst[0] = max(worst[0], row[j], -row[j]) // the built-in keeps NaN
		}
	}
	all := make([]T, m.grid.comm.Size())
	err := Allgather(m.grid.comm, worst, all)
	return kernels.Max(all), err
}

func (m *Matrix[T]) largest(cols bool) (T, error) {
	v, err := m.ofLines(cols, kernels.Asum[T])
	if len(v) == 0 {
		return 0, err
	}
	return kernels.Max(v), err
}

// ofLines returns f of each row, or column, on all ranks.
func (m *Matrix[T]) ofLines(cols bool, f func(x []T) T) ([]T, error) {
	c := m.grid.comm
	me, size := c.Rank(), c.Size()
	lines, long := m.Rows, m.Cols
	if cols {
		lines, long = long, lines
	}
	src := m.part()
	per := max(1, min((lines+size-1)/size, thinPiece/max(long, 1))) // for a rank at a time
	all := make([]T, lines)
	var buf []T
	for i := 0; i < lines; i += per * size {
		p := part[T]{layout: layout{cyclic{min(per*size, lines-i), per, size, 0}, cyclic{long, max(long, 1), 1, 0}}}
		p.local = inBuffer(&buf, p.rows.count(me), long)
		if cols {
			src.j = i
		} else {
			src.i = i
		}
		if err := move(c, p, src, p.rows.n, long, cols); err != nil {
			return all, err
		}
		values, counts := make([]T, p.local.Rows), make([]int, size)
		for k := range values {
			values[k] = f(p.local.Data[k*long:][:long])
		}
		for r := range counts {
			counts[r] = p.rows.count(r)
		}
		if err := Allgatherv(c, values, all[i:i+p.rows.n], counts); err != nil {
			return all, err
		}
	}
	return all, nil
}
