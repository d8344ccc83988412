// Command gpu whitens blocks of measurements on a device: each block of rows
// is multiplied by the same square matrix, and the norm of each result is
// wanted. The matrix stays on the device; while one block is computed, the next
// one is on its way there and the one before on its way back.
//
//	go run ./examples/gpu
//	go run ./examples/gpu -device avx2 -blocks 20
//
// Without a GPU the processor is the device: the same program, the same bits.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"time"

	_ "github.com/weftgo/weft/cuda"
	"github.com/weftgo/weft/kernels"
)

func main() {
	device := flag.String("device", "", "`name` of the device (default: a GPU if there is one, else the processor)")
	blocks := flag.Int("blocks", 12, "`number` of blocks")
	rows := flag.Int("rows", 2048, "`number` of rows of a block")
	cols := flag.Int("cols", 512, "`number` of columns")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *device, *blocks, *rows, *cols); err != nil {
		fmt.Fprintln(os.Stderr, "gpu:", err)
		os.Exit(1)
	}
}

// open returns the device and says which it is.
func open(w io.Writer, name string) (*kernels.Device, error) {
	for _, d := range kernels.Devices() {
		if d.Name == "cuda" && d.Err != nil && name == "" {
			fmt.Fprintf(w, "no GPU: %v\n", d.Err)
		}
	}
	dev, err := kernels.OpenDevice(name)
	if err == nil {
		fmt.Fprintf(w, "on %s\n", dev.Name())
	}
	return dev, err
}

// lane is what one of two streams works with.
type lane struct {
	stream  *kernels.Stream
	in, out *kernels.Pinned[float32]      // host memory that the device copies from and to
	x, y    kernels.PlacedMatrix[float32] // the block and its product
	norm    kernels.Future[float32]
	busy    bool
}

func newLane(dev *kernels.Device, rows, cols int) (l *lane, err error) {
	l = &lane{}
	if l.stream, err = dev.NewStream(); err != nil {
		return nil, err
	}
	if l.in, err = kernels.NewPinned[float32](dev, rows*cols); err != nil {
		return nil, err
	}
	if l.out, err = kernels.NewPinned[float32](dev, rows*cols); err != nil {
		return nil, err
	}
	if l.x, err = kernels.PlaceMatrix[float32](dev, rows, cols); err != nil {
		return nil, err
	}
	l.y, err = kernels.PlaceMatrix[float32](dev, rows, cols)
	return l, err
}

// begin enqueues all that is to be done with a block, and returns.
func (l *lane) begin(block int, w kernels.PlacedMatrix[float32]) {
	measure(block, l.in.Data())
	kernels.UploadOn(l.stream, l.x.Vector(), l.in)
	kernels.GemmOn(l.stream, kernels.NoTrans, kernels.Trans, 1, l.x, w, 0, l.y)
	l.norm = kernels.Nrm2On(l.stream, l.y.Vector())
	kernels.DownloadOn(l.stream, l.out, l.y.Vector())
	l.busy = true
}

// end waits for the block that was begun and returns its norm.
func (l *lane) end(ctx context.Context) (float32, error) {
	l.busy = false
	if err := l.stream.Wait(ctx); err != nil {
		return 0, err
	}
	return l.norm.Wait(ctx)
}

// measure makes up the data of a block.
func measure(block int, x []float32) {
	for i := range x {
		x[i] = float32((i*31+block*17)%64)/32 - 1
	}
}

// whitening returns a matrix close to the identity.
func whitening(n int) kernels.Matrix[float32] {
	m := kernels.NewMatrix[float32](n, n)
	for i := range n {
		for j := range n {
			m.Data[i*n+j] = float32(math.Exp(-math.Abs(float64(i - j))))
		}
	}
	return m
}

func run(ctx context.Context, w io.Writer, device string, blocks, rows, cols int) error {
	dev, err := open(w, device)
	if err != nil {
		return err
	}
	defer dev.Close()
	var lanes [2]*lane
	for i := range lanes {
		if lanes[i], err = newLane(dev, rows, cols); err != nil {
			return err
		}
	}
	white, err := kernels.Upload(lanes[0].stream, whitening(cols))
	if err != nil {
		return err
	}
	lanes[1].stream.WaitFor(lanes[0].stream.Record()) // both use it

	var total float64
	start := time.Now()
	for b := range blocks + len(lanes) {
		l := lanes[b%len(lanes)]
		if l.busy {
			norm, err := l.end(ctx)
			if err != nil {
				return err
			}
			total += float64(norm * norm)
			fmt.Fprintf(w, "block %2d: norm %.4f, first element %.4f\n", b-len(lanes), norm, l.out.Data()[0])
		}
		if b < blocks {
			l.begin(b, white)
		}
	}
	took := time.Since(start).Seconds()
	fmt.Fprintf(w, "%d blocks of %d by %d in %.3f s, %.1f GFLOP/s with all copies; norm of all %.4f\n",
		blocks, rows, cols, took, 2*float64(blocks)*float64(rows)*float64(cols)*float64(cols)/took/1e9, math.Sqrt(total))
	return nil
}
