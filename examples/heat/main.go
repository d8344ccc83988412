// Command heat follows the temperature of a plate whose edges are kept at zero,
// in one process or over ranks that exchange the rows at their borders, and holds
// it against the exact solution:
//
//	go run ./examples/heat
//	go build -o out/heat ./examples/heat && mpirun -n 4 out/heat
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"

	"github.com/weftgo/weft/dist"
	"github.com/weftgo/weft/kernels"
	"github.com/weftgo/weft/kernels/vmath"
)

func main() {
	picture := flag.String("png", "", "write a picture of the plate at four times to this file")
	flag.Parse()
	if err := dist.Run(func(c *dist.Comm) error { return run(c, os.Stdout, *picture) }); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// modes are the waves that the plate starts with: amplitude·sin(pπx)·sin(qπy),
// which decays as exp(-(p²+q²)π²t).
var modes = []struct{ amplitude, p, q float64 }{{1, 1, 1}, {0.5, 2, 3}, {-0.25, 5, 1}}

// end is when it ends, and ratio is the time step over the square of the mesh:
// stable up to a quarter.
const (
	end   = 0.02
	ratio = 0.2
)

// plate is a rank's rows of the (n+1)×(n+1) points of a plate, with a row of the
// neighbours, or of the edge, on both sides.
type plate struct {
	c         *dist.Comm
	n, steps  int
	first     int // the row of the plate that is row 1 here
	now, next kernels.Matrix[float64]
}

// run prints the largest error for finer and finer meshes.
func run(c *dist.Comm, w io.Writer, picture string) error {
	if c.Rank() != 0 {
		w = io.Discard
	}
	fmt.Fprintln(w, "  mesh  steps  largest error  times less  digest of the temperatures")
	last := 0.0
	for _, n := range []int{16, 32, 64, 128} {
		p, err := newPlate(c, n)
		if err != nil {
			return err
		}
		for p.steps < p.all() {
			if err := p.step(); err != nil {
				return err
			}
		}
		worst, err := p.worst()
		if err != nil {
			return err
		}
		whole, err := p.gather()
		if err != nil {
			return err
		}
		factor := ""
		if last > 0 {
			factor = fmt.Sprintf("%.2f", last/worst)
		}
		fmt.Fprintf(w, "1/%-4d  %5d  %13.3e  %10s  %016x\n", n, p.steps, worst, factor, digest(whole))
		last = worst
	}
	if picture == "" {
		return nil
	}
	return draw(c, picture)
}

func newPlate(c *dist.Comm, n int) (*plate, error) {
	inner := n - 1
	if c.Size() > inner {
		return nil, fmt.Errorf("%d ranks for %d rows, want at most as many", c.Size(), inner)
	}
	lo, hi := c.Rank()*inner/c.Size(), (c.Rank()+1)*inner/c.Size()
	p := &plate{c: c, n: n, first: lo + 1}
	p.now = kernels.NewMatrix[float64](hi-lo+2, n+1)
	p.next = kernels.NewMatrix[float64](hi-lo+2, n+1)
	for i := 1; i < p.now.Rows-1; i++ {
		copy(row(p.now, i)[1:n], p.exact(p.first+i-1, 0)[1:n])
	}
	return p, nil
}

// all is the number of steps to the end.
func (p *plate) all() int { return int(math.Round(end / ratio * float64(p.n*p.n))) }

func row(m kernels.Matrix[float64], i int) []float64 { return m.Data[i*m.Stride:][:m.Cols] }

// step does one explicit step of Euler's: u += ratio·(the four neighbours - 4u).
func (p *plate) step() error {
	if err := p.exchange(); err != nil {
		return err
	}
	for i := 1; i < p.now.Rows-1; i++ {
		above, here, below := row(p.now, i-1), row(p.now, i), row(p.now, i+1)
		next := row(p.next, i)
		for j := 1; j < p.n; j++ {
			around := (above[j] + below[j]) + (here[j-1] + here[j+1])
			// Rounded before it is added: the same bits on any processor.
			next[j] = here[j] + float64(ratio*(around-4*here[j]))
		}
	}
	p.now, p.next = p.next, p.now
	p.steps++
	return nil
}

// exchange fetches the rows of the neighbours: first all send theirs down, then up.
func (p *plate) exchange() error {
	up, down, last := p.c.Rank()-1, p.c.Rank()+1, p.now.Rows-1
	if err := p.pass(down, row(p.now, last-1), up, row(p.now, 0)); err != nil {
		return err
	}
	return p.pass(up, row(p.now, 1), down, row(p.now, last))
}

// pass sends one row and receives another; beyond the edges of the plate there is
// nobody.
func (p *plate) pass(to int, x []float64, from int, y []float64) error {
	const tag = 1
	inside := func(rank int) bool { return rank >= 0 && rank < p.c.Size() }
	var err error
	switch {
	case inside(to) && inside(from):
		_, err = dist.Sendrecv(p.c, to, x, from, y, tag)
	case inside(to):
		err = dist.Send(p.c, to, tag, x)
	case inside(from):
		_, err = dist.Recv(p.c, from, tag, y)
	}
	return err
}

// exact returns row i of the exact solution at time t. The functions are weft's,
// which have the same bits everywhere.
func (p *plate) exact(i int, t float64) []float64 {
	sum, x := make([]float64, p.n+1), make([]float64, p.n+1)
	for _, m := range modes {
		for j := range x {
			x[j] = math.Pi * m.q * float64(j) / float64(p.n)
		}
		vmath.Sin(x, x)
		y := []float64{math.Pi * m.p * float64(i) / float64(p.n)}
		vmath.Sin(y, y)
		decay := []float64{-float64(m.p*m.p+m.q*m.q) * (math.Pi * math.Pi) * t}
		vmath.Exp(decay, decay)
		kernels.Axpy(m.amplitude*decay[0]*y[0], x, sum)
	}
	return sum
}

// worst returns the largest error of all ranks.
func (p *plate) worst() (float64, error) {
	t := float64(p.steps) * ratio / float64(p.n*p.n)
	most := []float64{0}
	for i := 1; i < p.now.Rows-1; i++ {
		want := p.exact(p.first+i-1, t)
		for j := 1; j < p.n; j++ {
			most[0] = max(most[0], math.Abs(row(p.now, i)[j]-want[j]))
		}
	}
	err := dist.Allreduce(p.c, dist.Max, most)
	return most[0], err
}

// gather returns the inner rows of all ranks on rank 0.
func (p *plate) gather() ([]float64, error) {
	inner, size := p.n-1, p.c.Size()
	counts := make([]int, size)
	for r := range counts {
		counts[r] = ((r+1)*inner/size - r*inner/size) * (p.n + 1)
	}
	var whole []float64
	if p.c.Rank() == 0 {
		whole = make([]float64, inner*(p.n+1))
	}
	mine := p.now.Data[p.now.Stride : (p.now.Rows-1)*p.now.Stride]
	return whole, dist.Gatherv(p.c, 0, mine, whole, counts)
}

// digest is a fingerprint of all bits.
func digest(x []float64) uint64 {
	h := fnv.New64a()
	binary.Write(h, binary.LittleEndian, x)
	return h.Sum64()
}

// draw writes a picture of the plate at four times, side by side.
func draw(c *dist.Comm, file string) error {
	const n, gap, most = 128, 8, 1.5 // temperatures from -most to most
	p, err := newPlate(c, n)
	if err != nil {
		return err
	}
	shades := palette()
	out := image.NewPaletted(image.Rect(0, 0, 4*(n-1)+3*gap, n-1), append(shades, color.Transparent))
	for i := range out.Pix {
		out.Pix[i] = uint8(len(shades))
	}
	for k, part := range []float64{0, 0.1, 0.4, 1} {
		for float64(p.steps) < part*float64(p.all()) {
			if err := p.step(); err != nil {
				return err
			}
		}
		whole, err := p.gather()
		if err != nil {
			return err
		}
		for i := range len(whole) / (n + 1) {
			for j := 1; j < n; j++ {
				at := (whole[i*(n+1)+j] + most) / (2 * most) * float64(len(shades))
				out.SetColorIndex(k*(n-1+gap)+j-1, i, uint8(min(max(at, 0), float64(len(shades)-1))))
			}
		}
	}
	if c.Rank() != 0 {
		return nil
	}
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	err = png.Encode(f, out)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// palette goes from blue over white to red.
func palette() color.Palette {
	var p color.Palette
	const half = 32
	for i := range 2 * half {
		fade := uint8(255 * min(i, 2*half-1-i) / (half - 1))
		if i < half {
			p = append(p, color.RGBA{fade, fade, 255, 255})
		} else {
			p = append(p, color.RGBA{255, fade, fade, 255})
		}
	}
	return p
}
