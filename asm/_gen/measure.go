package main

import (
	"fmt"
	"io"

	. "github.com/mmcloughlin/avo/operand"
)

// Kernels that do nothing but run into a limit of the machine, to hold the
// others against.

// peakChains is the number of independent chains of FMAs: two ports times a
// latency of four cycles is eight, and five on some older machines is ten.
const peakChains = 12

// readVecs is the number of loads in a turn of ReadBytes.
const readVecs = 8

func emitMeasure(g *emitter) {
	for _, e := range elems {
		g.peakFMA(e)
	}
	g.readBytes()
}

func (g *emitter) peakFMA(e *elem) {
	k := g.begin(e, "PeakFMA"+e.suffix, "func(n int)",
		"runs n times PeakFMAPerIter independent vector FMAs on registers.")
	n := k.integer("n")
	for i := range peakChains + 2 {
		k.zero(k.regs[i])
	}
	k.TESTQ(n, n)
	k.JLE(LabelRef("done"))
	k.Label("loop")
	for i := range peakChains {
		k.do("VFMADD231", k.regs[peakChains], k.regs[peakChains+1], k.regs[i])
	}
	k.DECQ(n)
	k.JNZ(LabelRef("loop"))
	k.Label("done")
	k.end()
}

func (g *emitter) readBytes() {
	k := g.begin(f32, "ReadBytes", "func(p *byte, n int)",
		"loads n bytes, a multiple of ReadBytesStep, and does nothing with them.")
	p, n := k.integer("p"), k.integer("n")
	k.TESTQ(n, n)
	k.JLE(LabelRef("done"))
	k.Label("loop")
	for v := range readVecs {
		k.VMOVUPS(Mem{Base: p, Disp: v * k.bytes}, k.regs[v])
	}
	k.add(readVecs*k.bytes, p)
	k.sub(readVecs*k.bytes, n)
	k.JG(LabelRef("loop"))
	k.Label("done")
	k.end()
}

func measureTables(w io.Writer, s *isa) {
	fmt.Fprintf(w, `
// What the measuring kernels do per turn.
const (
PeakFMAPerIter = %d // vector FMAs of a turn of PeakFMAF32 and PeakFMAF64
VectorBytes = %d // width of their vectors
ReadBytesStep = %d // bytes of a turn of ReadBytes
)
`, peakChains, s.bytes, readVecs*s.bytes)
}
