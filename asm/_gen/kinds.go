package main

import (
	"fmt"
	"math/bits"
	"reflect"
	"strings"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// isa is one instruction set: its package, its vector and what its vectors
// can do about a piece that is shorter than a vector.
type isa struct {
	name  string
	bytes int // of a vector
	regs  []reg.VecPhysical
	masks bool // opmask registers: any access can leave lanes out at no cost
}

var (
	avx2 = &isa{name: "avx2", bytes: 32, regs: []reg.VecPhysical{
		reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7,
		reg.Y8, reg.Y9, reg.Y10, reg.Y11, reg.Y12, reg.Y13, reg.Y14, reg.Y15}}
	avx512 = &isa{name: "avx512", bytes: 64, masks: true, regs: []reg.VecPhysical{
		reg.Z0, reg.Z1, reg.Z2, reg.Z3, reg.Z4, reg.Z5, reg.Z6, reg.Z7,
		reg.Z8, reg.Z9, reg.Z10, reg.Z11, reg.Z12, reg.Z13, reg.Z14, reg.Z15,
		reg.Z16, reg.Z17, reg.Z18, reg.Z19, reg.Z20, reg.Z21, reg.Z22, reg.Z23,
		reg.Z24, reg.Z25, reg.Z26, reg.Z27, reg.Z28, reg.Z29, reg.Z30, reg.Z31}}
	isas = []*isa{avx2, avx512}
)

// elem is one element type. Its packed and scalar suffixes complete the
// mnemonics: VADD becomes VADDPS, VADDPD, VADDSS or VADDSD.
type elem struct {
	suffix         string // of exported names
	goType         string
	size           int
	packed, scalar string
}

var (
	f32   = &elem{"F32", "float32", 4, "PS", "SS"}
	f64   = &elem{"F64", "float64", 8, "PD", "SD"}
	elems = []*elem{f32, f64}
)

// lanes is the number of elements of type e in a vector of s.
func (s *isa) lanes(e *elem) int { return s.bytes / e.size }

// virtualBytes is the width of one row of a reduction: 64 float32 or 32
// float64 lanes, whatever the registers. It is part of the definition of the
// result, see doc.go of the generated packages.
const virtualBytes = 256

// width says how much of a vector an instruction works on.
type width int

const (
	whole  width = iota // all lanes
	masked              // the lanes of opmask K1; avx512 only
	single              // one element, in an XMM register
	couple              // one complex number, in an XMM register
)

// emitter writes the functions of one file.
type emitter struct {
	*build.Context
	*isa
	tail Mem // see tailMasks
	iota Mem // see counting

	pool     map[string]Mem // see placeOf
	poolBits []poolConst
}

// kernel is an emitter within one function of one element type.
type kernel struct {
	*emitter
	*elem
}

// specialize replaces T in a signature by the element type.
func specialize(signature string, e *elem) string {
	return strings.ReplaceAll(signature, "T", e.goType)
}

// begin starts a function on elements of type e, for which T stands in the
// signature. Its documentation follows the name.
func (g *emitter) begin(e *elem, name, signature string, doc ...string) kernel {
	g.Function(name)
	g.Attributes(attr.NOSPLIT)
	g.SignatureExpr(specialize(signature, e))
	if len(doc) > 0 {
		doc[0] = name + " " + doc[0]
		g.Doc(doc...)
	}
	g.Pragma("noescape")
	return kernel{g, e}
}

// end leaves the function; upper halves of registers are cleared because
// what runs next may use legacy SSE instructions.
func (k kernel) end() {
	k.VZEROUPPER()
	k.RET()
}

// instr emits the instruction of that mnemonic.
func (k kernel) instr(mnemonic string, ops ...Op) {
	m := reflect.ValueOf(k.Context).MethodByName(mnemonic)
	if !m.IsValid() {
		panic("no instruction " + mnemonic)
	}
	args := make([]reflect.Value, len(ops))
	for i, op := range ops {
		args[i] = reflect.ValueOf(op)
	}
	m.Call(args)
}

// do emits an instruction on packed elements: do("VADD", …) is VADDPS or
// VADDPD. Operands are in Go's order, the destination last. A mnemonic's
// further suffix follows a dot: "VMOVU.Z" is VMOVUPS with zeroing.
func (k kernel) do(stem string, ops ...Op) {
	stem, rest, dotted := strings.Cut(stem, ".")
	name := stem + k.packed
	if dotted {
		name += "_" + rest
	}
	k.instr(name, ops...)
}

// doAs is do for any width: packed, or the scalar form for single; for single
// and couple on the XMM part of its registers.
func (k kernel) doAs(w width, stem string, ops ...Op) {
	low := make([]Op, len(ops))
	for i, op := range ops {
		low[i] = k.as(w, op)
	}
	if w == single {
		k.instr(stem+k.scalar, low...)
	} else {
		k.do(stem, low...)
	}
}

// as gives the part of a register that w is about.
func (k kernel) as(w width, op Op) Op {
	if v, ok := op.(reg.VecPhysical); ok && (w == single || w == couple) {
		return v.AsX()
	}
	return op
}

// zero clears all of r.
func (k kernel) zero(r Op) {
	if k.masks {
		k.VPXORQ(r, r, r)
	} else {
		k.VXORPS(r, r, r)
	}
}

// load reads one vector, or the part of it that w says; masked lanes become
// +0 and are not accessed.
func (k kernel) load(w width, m Mem, r reg.VecPhysical) {
	switch w {
	case whole:
		k.do("VMOVU", m, r)
	case masked:
		k.do("VMOVU.Z", m, reg.K1, r)
	case single:
		k.instr("VMOV"+k.scalar, m, r.AsX())
	case couple:
		k.instr(k.moveCouple(), m, r.AsX())
	}
}

// moveCouple is the instruction that moves a complex number.
func (k kernel) moveCouple() string {
	if k.elem == f32 {
		return "VMOVSD"
	}
	return "VMOVUPD"
}

// store is the inverse of load.
func (k kernel) store(w width, r reg.VecPhysical, m Mem) {
	switch w {
	case whole:
		k.do("VMOVU", r, m)
	case masked:
		k.do("VMOVU", r, reg.K1, m)
	case single:
		k.instr("VMOV"+k.scalar, r.AsX(), m)
	case couple:
		k.instr(k.moveCouple(), r.AsX(), m)
	}
}

// broadcast fills r with the element at m.
func (k kernel) broadcast(m Mem, r reg.VecPhysical) { k.instr("VBROADCAST"+k.scalar, m, r) }

// broadcastParam fills r with a parameter.
func (k kernel) broadcastParam(name string, r reg.VecPhysical) { k.broadcast(k.param(name), r) }

// param is where a parameter lies.
func (k kernel) param(name string) Mem {
	p, err := k.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// pointer and integer load parameters into general registers.
func (k kernel) pointer(name string) reg.GPVirtual { return k.integer(name) }

func (k kernel) integer(name string) reg.GPVirtual {
	r := k.GP64()
	k.Load(k.Param(name), r)
	return r
}

// stride loads a parameter that counts elements and scales it to bytes.
func (k kernel) stride(name string) reg.GPVirtual {
	r := k.integer(name)
	k.SHLQ(Imm(uint64(k.shift())), r)
	return r
}

// shift is the binary logarithm of the element size.
func (k kernel) shift() int {
	if k.size == 8 {
		return 3
	}
	return 2
}

// shiftOf is the binary logarithm of n.
func (k kernel) shiftOf(n int) int { return bits.TrailingZeros(uint(n)) }

// add adds a constant to a general register.
func (k kernel) add(n int, r reg.Register) { k.ADDQ(I32(int32(n)), r) }

// sub subtracts a constant from a general register.
func (k kernel) sub(n int, r reg.Register) { k.SUBQ(I32(int32(n)), r) }

// maskFor sets opmasks K1, K2, … to the first n lanes of so many consecutive
// vectors. It needs n < 128 (BZHI reads eight bits); n is not changed.
func (k kernel) maskFor(n reg.GPVirtual, vectors int) {
	all := k.GP64()
	k.MOVQ(I32(-1), all)
	k.BZHIQ(n, all, all)
	for v := range vectors {
		if v > 0 {
			k.SHRQ(Imm(uint64(k.lanes(k.elem))), all)
		}
		// Instructions on eight lanes ignore the upper half of a mask.
		k.KMOVW(all.As32(), opmasks[v])
	}
}

var opmasks = []reg.OpmaskPhysical{reg.K1, reg.K2, reg.K3, reg.K4}

// attrTable is the attributes of a table of constants.
const attrTable = attr.RODATA | attr.NOPTR

// tailMasks emits the table from which tailMask loads, once per file: a
// vector of set bits and then one of clear bits.
func (g *emitter) tailMasks() {
	g.tail = g.StaticGlobal("tailMasks")
	g.DataAttributes(attrTable)
	for i := 0; i < 2*g.bytes; i += 8 {
		var set U64
		if i < g.bytes {
			set = ^set
		}
		g.AddDatum(i, set)
	}
}

// counting emits a table of 32-bit numbers from 0 up, a vector of which holds
// the indices of a shift by the number that it begins with.
func (g *emitter) counting() {
	g.iota = g.StaticGlobal("counting")
	g.DataAttributes(attrTable)
	for i := range 2 * g.bytes / 4 {
		g.AddDatum(4*i, U32(i))
	}
}

// tailMask loads r with a mask of the first n lanes, 0 < n < lanes, for
// VMASKMOV and VBLENDV; n is not changed.
func (k kernel) tailMask(n reg.GPVirtual, r reg.VecPhysical) {
	at, back := k.GP64(), k.GP64()
	k.LEAQ(k.tail.Offset(k.bytes), at)
	k.MOVQ(n, back)
	k.NEGQ(back)
	k.do("VMOVU", Mem{Base: at, Index: back, Scale: uint8(k.size)}, r)
}

// matrixRows addresses the rows of a matrix that is walked along its
// columns. x86 scales an index register by 1, 2, 4 or 8, so a pointer and
// 1, 3, 5 and 7 times the stride in registers reach nine rows, and one
// addition per nine rows moves to the next column.
type matrixRows struct {
	bases   []reg.GPVirtual
	strides map[int]reg.GPVirtual // 1, 3, 5, 7 times the stride, as far as needed
}

const rowsPerBase = 9

// rows prepares to address n rows from base with a stride in bytes. Both
// registers belong to the result. The base may be nil if n is at most
// rowsPerBase and only from is used.
func (k kernel) rows(base, stride reg.GPVirtual, n int) matrixRows {
	r := matrixRows{[]reg.GPVirtual{base}, map[int]reg.GPVirtual{1: stride}}
	for i := rowsPerBase; i < n; i += rowsPerBase {
		next := k.GP64()
		k.LEAQ(Mem{Base: r.bases[len(r.bases)-1], Index: stride, Scale: 8}, next)
		k.ADDQ(stride, next)
		r.bases = append(r.bases, next)
	}
	if n > 3 {
		r.strides[3] = k.GP64()
		k.LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, r.strides[3])
	}
	if n > 5 {
		r.strides[5] = k.GP64()
		k.LEAQ(Mem{Base: stride, Index: stride, Scale: 4}, r.strides[5])
	}
	if n > 7 {
		r.strides[7] = k.GP64()
		k.LEAQ(Mem{Base: r.strides[3], Index: stride, Scale: 4}, r.strides[7])
	}
	return r
}

// at is the address of row i, disp bytes further along.
func (r matrixRows) at(i, disp int) Mem {
	return r.from(Mem{Base: r.bases[i/rowsPerBase], Disp: disp}, i%rowsPerBase)
}

// from is the address i rows below m, which has no index and i < rowsPerBase.
func (r matrixRows) from(m Mem, i int) Mem {
	if i > 0 {
		scale := 1
		for i%2 == 0 {
			i, scale = i/2, scale*2
		}
		m.Index, m.Scale = r.strides[i], uint8(scale)
	}
	return m
}

// label makes the name of a label that occurs once per index.
func label(name string, i int) string { return fmt.Sprintf("%s%d", name, i) }
