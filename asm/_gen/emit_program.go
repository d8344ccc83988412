package main

import (
	"fmt"
	"math"
	"slices"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// From a program to assembly. Each operation is one instruction, in the order
// of the program. Values stay in registers as long as there are any; then the
// one that is needed last goes to the stack. As many constants as leave room
// for the values are loaded before the loop, the others are operands in memory.
// A function with a program for usual arguments does that for several vectors
// side by side, as long as it meets no other; the whole program takes a vector
// where it does, and what is left at the end.

// home is where the values of a program are while its code is emitted.
type home struct {
	kernel
	p      *program
	uses   map[*node][]int // positions of the operations that use it, yet to come
	vec    map[*node]reg.VecPhysical
	opmask map[*node]reg.OpmaskPhysical
	slot   map[*node]Mem
	free   []reg.VecPhysical
	freeK  []reg.OpmaskPhysical
	spare  []Mem // slots that are free again
	locked []*node
	pinned map[*node]bool             // constants that keep their register
	kept   map[uint64]reg.VecPhysical // the same by their bits
	stack  int                        // bytes for values that have left their registers
	moves  int                        // loads and stores but for those of the elements
}

// placeOf gives the place of a constant in memory, once per file.
func (g *emitter) placeOf(bits uint64, e *elem) Mem {
	if g.pool == nil {
		g.pool = map[string]Mem{}
	}
	name := fmt.Sprintf("c%d_%x", 8*e.size, bits)
	if m, ok := g.pool[name]; ok {
		return m
	}
	g.pool[name] = Mem{Symbol: Symbol{Name: name, Static: true}, Base: reg.StaticBase}
	g.poolBits = append(g.poolBits, poolConst{name, bits, e})
	return g.pool[name]
}

type poolConst struct {
	name string
	bits uint64
	elem *elem
}

// constants emits the constants of a file. AVX-512 broadcasts an element from
// memory within an instruction; AVX2 needs it in all lanes.
func (g *emitter) constants() {
	for _, c := range g.poolBits {
		g.StaticGlobal(c.name)
		g.DataAttributes(attr.RODATA | attr.NOPTR)
		bytes := g.bytes
		if g.masks {
			bytes = c.elem.size
		}
		for i := 0; i < bytes; i += c.elem.size {
			if c.elem == f32 {
				g.AddDatum(i, U32(c.bits))
			} else {
				g.AddDatum(i, U64(c.bits))
			}
		}
	}
}

// at returns operand n of an instruction that may be memory: its register, or
// where it lies, and whether it is a single element to be broadcast.
func (h *home) at(n *node) (Op, bool) {
	if n.op == opConst {
		if r, ok := h.vec[n]; ok {
			return r, false
		}
		h.moves++
		return h.placeOf(n.imm, h.p.width), h.masks
	}
	if r, ok := h.vec[n]; ok {
		return r, false
	}
	h.moves++
	return h.slot[n], false
}

// constantsByUse returns the constants of p, those that are used most first.
func constantsByUse(p *program) []*node {
	uses := map[*node]int{}
	var list []*node
	for _, n := range p.live() {
		for _, a := range n.args {
			if a.op == opConst {
				if uses[a] == 0 {
					list = append(list, a)
				}
				uses[a]++
			}
		}
	}
	slices.SortStableFunc(list, func(a, b *node) int { return uses[b] - uses[a] })
	return list
}

// constant loads one into r.
func (h *home) constant(bits uint64, e *elem, r reg.VecPhysical) {
	if bits == 0 {
		h.zero(r)
	} else {
		h.instr("VBROADCAST"+e.scalar, h.placeOf(bits, e), r)
	}
}

// in returns the register of n, loading it if necessary.
func (h *home) in(n *node) reg.VecPhysical {
	if r, ok := h.vec[n]; ok {
		h.locked = append(h.locked, n)
		return r
	}
	r := h.take()
	if n.op == opConst {
		h.constant(n.imm, h.p.width, r)
		h.moves++
	} else {
		m, _ := h.at(n)
		h.wide("VMOVU", m, r)
	}
	h.vec[n] = r
	h.locked = append(h.locked, n)
	return r
}

// wide emits an instruction on vectors of the program's width.
func (h *home) wide(stem string, ops ...Op) { kernel{h.emitter, h.p.width}.do(stem, ops...) }

// integers emits an instruction on the integers of the program's width; one
// says that an operand is a single element to be broadcast.
func (h *home) integers(stem string, one bool, ops ...Op) {
	stem += map[*elem]string{f32: "D", f64: "Q"}[h.p.width]
	if one {
		stem += "_BCST"
	}
	h.instr(stem, ops...)
}

// take returns a register for a new value.
func (h *home) take() reg.VecPhysical {
	if n := len(h.free); n > 0 {
		r := h.free[n-1]
		h.free = h.free[:n-1]
		return r
	}
	// Evict the value whose next use is the furthest; of equals, the oldest.
	var victim *node
	for n := range h.vec {
		if h.pinned[n] || slices.Contains(h.locked, n) {
			continue
		}
		if victim == nil || h.next(n) > h.next(victim) || h.next(n) == h.next(victim) && n.id < victim.id {
			victim = n
		}
	}
	r := h.vec[victim]
	if _, saved := h.slot[victim]; !saved && victim.op != opConst {
		m := h.newSlot()
		h.wide("VMOVU", r, m)
		h.slot[victim] = m
		h.moves++
	}
	delete(h.vec, victim)
	return r
}

func (h *home) newSlot() Mem {
	if n := len(h.spare); n > 0 {
		m := h.spare[n-1]
		h.spare = h.spare[:n-1]
		return m
	}
	h.stack += h.bytes
	return h.AllocLocal(h.bytes)
}

// next is the position of the next use of n.
func (h *home) next(n *node) int {
	if u := h.uses[n]; len(u) > 0 {
		return u[0]
	}
	return math.MaxInt
}

// dying reports whether the operation in hand is the last to use n.
func (h *home) dying(n *node) bool { return n.op != opConst && len(h.uses[n]) == 0 }

// result returns the register for the result of an operation, once its
// operands have been fetched: that of one that dies, or a new one.
func (h *home) result(args ...*node) reg.VecPhysical {
	for _, a := range args {
		if r, ok := h.vec[a]; ok && h.dying(a) {
			delete(h.vec, a)
			return r
		}
	}
	return h.take()
}

// run emits the operations of p on the inputs that load fetches and returns
// the registers of the results.
func (h *home) run(p *program, load func(i int, r reg.VecPhysical), stop func()) (out []reg.VecPhysical) {
	h.p = p
	live := p.live()
	for _, n := range p.nodes {
		if r, ok := h.kept[n.imm]; ok && n.op == opConst {
			h.vec[n], h.pinned[n] = r, true
		}
	}
	h.uses = map[*node][]int{}
	for i, n := range live {
		for j, a := range n.args {
			if !slices.Contains(n.args[:j], a) {
				h.uses[a] = append(h.uses[a], i)
			}
		}
	}
	for _, n := range p.out {
		h.uses[n] = append(h.uses[n], len(live))
	}
	for _, n := range live {
		h.locked = h.locked[:0]
		for j, a := range n.args {
			if !slices.Contains(n.args[:j], a) {
				h.uses[a] = h.uses[a][1:]
			}
		}
		switch {
		case n.op == opInput:
			r := h.take()
			load(int(n.imm), r)
			h.vec[n] = r
		case n.op == opGuard:
			if h.masks {
				k := h.opmask[n.args[0]]
				h.KTESTW(k, k)
			} else {
				bits := h.GP32()
				h.instr("VMOVMSK"+h.p.width.packed, h.in(n.args[0]), bits)
				h.TESTL(bits, bits)
			}
			stop()
		case n.kind == mask && h.masks:
			h.opmask[n] = h.maskOp(n)
		default:
			r := h.vecOp(n)
			h.vec[n] = r
			if len(h.uses[n]) == 0 {
				panic("a result without a use")
			}
		}
		h.bury(n.args)
	}
	h.locked = h.locked[:0]
	for _, n := range p.out {
		out = append(out, h.in(n))
	}
	for n, r := range h.vec {
		if delete(h.vec, n); !h.pinned[n] {
			h.free = append(h.free, r)
		}
	}
	// The order of a map is none.
	slices.SortFunc(h.free, func(a, b reg.VecPhysical) int { return int(b.PhysicalIndex()) - int(a.PhysicalIndex()) })
	return out
}

// bury gives back what belongs to values that are not used again.
func (h *home) bury(args []*node) {
	for _, a := range args {
		if len(h.uses[a]) > 0 || h.pinned[a] {
			continue
		}
		if r, ok := h.vec[a]; ok {
			delete(h.vec, a)
			h.free = append(h.free, r)
		}
		if k, ok := h.opmask[a]; ok {
			delete(h.opmask, a)
			h.freeK = append(h.freeK, k)
		}
		if m, ok := h.slot[a]; ok {
			delete(h.slot, a)
			h.spare = append(h.spare, m)
		}
	}
}

// maskOp emits an operation whose result is an opmask.
func (h *home) maskOp(n *node) reg.OpmaskPhysical {
	if len(h.freeK) == 0 {
		// Go on for the sake of the count.
		h.stack += mostStack + 1
		return reg.K1
	}
	k := h.freeK[len(h.freeK)-1]
	h.freeK = h.freeK[:len(h.freeK)-1]
	switch n.op {
	case opCmp:
		a := h.in(n.args[0])
		m, one := h.at(n.args[1])
		h.wide("VCMP"+dotted(one), Imm(n.imm), m, a, k)
	case opIGreater:
		a := h.in(n.args[0])
		m, one := h.at(n.args[1])
		h.integers("VPCMPGT", one, m, a, k)
	case opMaskAnd:
		h.KANDW(h.opmask[n.args[0]], h.opmask[n.args[1]], k)
	case opMaskOr:
		h.KORW(h.opmask[n.args[0]], h.opmask[n.args[1]], k)
	case opMaskAndNot:
		h.KANDNW(h.opmask[n.args[0]], h.opmask[n.args[1]], k)
	default:
		panic("no mask operation")
	}
	return k
}

func dotted(one bool) string {
	if one {
		return ".BCST"
	}
	return ""
}

// stems are the instructions with two operands, the first in a register.
var stems = map[opcode]string{
	opAdd: "VADD", opSub: "VSUB", opMul: "VMUL", opDiv: "VDIV", opMin: "VMIN", opMax: "VMAX",
	opAnd: "VAND", opOr: "VOR", opXor: "VXOR", opMaskAnd: "VAND", opMaskOr: "VOR",
}

func commutes(op opcode) bool {
	switch op {
	case opAdd, opMul, opAnd, opOr, opXor, opIAdd, opMaskAnd, opMaskOr:
		return true
	}
	return false
}

// vecOp emits an operation whose result is a vector.
func (h *home) vecOp(n *node) reg.VecPhysical {
	a := n.args[0]
	var b *node
	if len(n.args) > 1 {
		b = n.args[1]
	}
	if commutes(n.op) && !h.held(a) && h.held(b) {
		a, b = b, a
	}
	switch n.op {
	case opAdd, opSub, opMul, opDiv, opMin, opMax, opAnd, opOr, opXor, opMaskAnd, opMaskOr:
		ra := h.in(a)
		m, one := h.operand(b)
		r := h.result(a, b)
		h.wide(stems[n.op]+dotted(one), m, ra, r)
		return r
	case opIAdd, opISub, opIGreater:
		ra := h.in(a)
		m, one := h.operand(b)
		r := h.result(a, b)
		stem := map[opcode]string{opIAdd: "VPADD", opISub: "VPSUB", opIGreater: "VPCMPGT"}[n.op]
		h.integers(stem, one, m, ra, r)
		return r
	case opAndNot, opMaskAndNot: // the instruction inverts its first operand
		rb := h.in(b)
		m, one := h.operand(a)
		r := h.result(a, b)
		h.wide("VANDN"+dotted(one), m, rb, r)
		return r
	case opScale:
		ra := h.in(a)
		m, one := h.operand(b)
		r := h.result(a, b)
		h.wide("VSCALEF"+dotted(one), m, ra, r)
		return r
	case opSqrt:
		m, one := h.operand(a)
		r := h.result(a)
		h.wide("VSQRT"+dotted(one), m, r)
		return r
	case opRound:
		m, one := h.operand(a)
		r := h.result(a)
		stem := "VROUND"
		if h.masks {
			stem = "VRNDSCALE"
		}
		h.wide(stem+dotted(one), Imm(n.imm), m, r)
		return r
	case opShl, opShr:
		ra := h.in(a)
		r := h.result(a)
		stem := "VPSLL"
		if n.op == opShr {
			stem = "VPSRL"
		}
		h.integers(stem, false, Imm(n.imm), ra, r)
		return r
	case opCmp:
		ra := h.in(a)
		m, _ := h.operand(b)
		r := h.result(a, b)
		h.wide("VCMP", Imm(n.imm), m, ra, r)
		return r
	case opSelect:
		return h.choose(n)
	case opFMA, opFNMA:
		return h.fused(n)
	}
	panic("no instruction for an operation")
}

// held reports whether n is in a register.
func (h *home) held(n *node) bool { _, ok := h.vec[n]; return ok }

// operand is at, and keeps a register that it returns.
func (h *home) operand(n *node) (Op, bool) {
	if h.held(n) {
		h.locked = append(h.locked, n)
	}
	return h.at(n)
}

// choose emits a selection.
func (h *home) choose(n *node) reg.VecPhysical {
	m, yes, no := n.args[0], n.args[1], n.args[2]
	if h.masks {
		rn := h.in(no)
		my, one := h.operand(yes)
		r := h.result(yes, no)
		h.wide("VBLENDM"+dotted(one), my, rn, h.opmask[m], r)
		return r
	}
	rm := h.in(m)
	switch {
	case no.op == opConst && no.imm == 0:
		my, _ := h.operand(yes)
		r := h.result(m, yes)
		h.wide("VAND", my, rm, r)
		return r
	case yes.op == opConst && yes.imm == 0:
		mn, _ := h.operand(no)
		r := h.result(m, no)
		h.wide("VANDN", mn, rm, r)
		return r
	}
	rn := h.in(no)
	my, _ := h.operand(yes)
	r := h.result(m, yes, no)
	h.wide("VBLENDV", rm, my, rn, r)
	return r
}

// fused emits a fused multiply-add, which overwrites one of its operands.
func (h *home) fused(n *node) reg.VecPhysical {
	a, b, c := n.args[0], n.args[1], n.args[2]
	stem := "VFMADD"
	if n.op == opFNMA {
		stem = "VFNMADD"
	}
	if !h.held(a) && h.held(b) {
		a, b = b, a
	}
	overwrite := func(x *node) bool { return h.held(x) && h.dying(x) }
	switch {
	case overwrite(c) && a != c && b != c:
		rc, ra := h.in(c), h.in(a)
		m, one := h.operand(b)
		delete(h.vec, c)
		h.wide(stem+"231"+dotted(one), m, ra, rc)
		return rc
	case overwrite(a) && a != b && a != c && h.held(b):
		ra, rb := h.in(a), h.in(b)
		m, one := h.operand(c)
		delete(h.vec, a)
		h.wide(stem+"213"+dotted(one), m, rb, ra)
		return ra
	case overwrite(b) && a != b && b != c && h.held(a):
		ra, rb := h.in(a), h.in(b)
		m, one := h.operand(c)
		delete(h.vec, b)
		h.wide(stem+"213"+dotted(one), m, ra, rb)
		return rb
	case overwrite(a) && a != b && a != c:
		ra, rc := h.in(a), h.in(c)
		m, one := h.operand(b)
		delete(h.vec, a)
		h.wide(stem+"132"+dotted(one), m, rc, ra)
		return ra
	}
	// None can go: start from a copy of c.
	ra := h.in(a)
	m, one := h.operand(b)
	from, _ := h.operand(c)
	r := h.take()
	switch {
	case c.op == opConst && !h.held(c):
		h.constant(c.imm, h.p.width, r)
	case h.held(c):
		h.wide("VMOVA", from, r)
	default:
		h.wide("VMOVU", from, r)
	}
	h.wide(stem+"231"+dotted(one), m, ra, r)
	return r
}

// function emits the kernel of a program: dst[i] = f(x[i]), or f(x[i], y[i]),
// for n elements; usual is the one for usual arguments, or nil.
func (g *emitter) function(p, usual *program, name string, doc ...string) {
	if usual == nil {
		pinned, _ := g.pinned(p, name)
		g.emit(p, nil, name, pinned, doc...)
		return
	}
	for u := mostSideBySide; ; u-- {
		side := usual.sideBySide(u)
		pinned, stack := g.pinned(side, name)
		if u == 1 || stack <= mostStack {
			g.emit(p, side, name, pinned, doc...)
			return
		}
	}
}

// pinned returns the constants to be held in registers, so many as make for
// the fewest accesses to memory, and how many bytes of stack p takes with them.
func (g *emitter) pinned(p *program, name string) (list []*node, stack int) {
	list = constantsByUse(p)
	best, fewest := 0, math.MaxInt
	for k := range min(len(list), len(g.regs)-4) + 1 {
		trial := &emitter{Context: build.NewContext(), isa: g.isa}
		h := trial.begin(p.elem, name, "func()").home(list[:k])
		h.run(p, func(int, reg.VecPhysical) {}, func() {})
		if h.moves < fewest {
			best, fewest, stack = k, h.moves, h.stack
		}
		if h.moves > fewest+2 {
			break // values go to the stack
		}
	}
	return list[:best], stack
}

// home returns a home that keeps some constants in registers, once pin has
// loaded them.
func (k kernel) home(pinned []*node) *home {
	h := &home{kernel: k, vec: map[*node]reg.VecPhysical{}, opmask: map[*node]reg.OpmaskPhysical{}, slot: map[*node]Mem{},
		pinned: map[*node]bool{}, kept: map[uint64]reg.VecPhysical{}}
	h.free = slices.Clone(k.regs)
	slices.Reverse(h.free)
	h.freeK = []reg.OpmaskPhysical{reg.K7, reg.K6, reg.K5, reg.K4, reg.K3, reg.K2}
	for _, c := range pinned {
		h.kept[c.imm] = h.free[0]
		h.free = h.free[1:]
	}
	return h
}

// emit emits the kernel of a program with some constants in registers. A last
// vector that is not whole goes through a buffer on the stack, or with AVX-512
// through a mask.
func (g *emitter) emit(p, usual *program, name string, pinned []*node, doc ...string) {
	args, result := []string{"x", "y", "z"}[:p.inputs], ""
	list := "dst, x"
	for _, a := range args[1:] {
		list += ", " + a
	}
	if p.guard != nil {
		result = " int"
	}
	k := g.begin(p.elem, name, "func("+list+" *T, n int)"+result, doc...)
	lanes := g.bytes / p.width.size
	part := lanes * p.elem.size // bytes of the elements of one vector
	n, dst := k.integer("n"), k.pointer("dst")
	var in []reg.GPVirtual
	for _, a := range args {
		in = append(in, k.pointer(a))
	}
	h := k.home(pinned)
	var buffer []Mem
	target := k.GP64()
	if !g.masks {
		for range max(1, p.inputs) {
			buffer = append(buffer, k.AllocLocal(g.bytes))
		}
	}
	forward := func(vectors int) {
		for _, q := range append(slices.Clone(in), dst) {
			k.add(part*vectors, q)
		}
		k.sub(lanes*vectors, n)
	}
	k.TESTQ(n, n)
	k.JLE(LabelRef("done"))
	for _, c := range pinned {
		h.constant(c.imm, p.width, h.kept[c.imm])
	}
	k.Label("next")
	if usual != nil {
		u := len(usual.out)
		k.CMPQ(n, Imm(uint64(lanes*u)))
		k.JL(LabelRef("one"))
		out := h.run(usual, func(i int, r reg.VecPhysical) {
			k.fetch(p, Mem{Base: in[i%p.inputs], Disp: i / p.inputs * part}, r, whole)
		}, func() { k.JNZ(LabelRef("one")) })
		for v, r := range out {
			k.put(p, r, Mem{Base: dst, Disp: v * part}, whole)
		}
		forward(u)
		k.JNZ(LabelRef("next"))
		k.JMP(LabelRef("done"))
		k.Label("one")
	}
	if g.masks {
		k.MOVL(U32(1<<lanes-1), target.As32())
		k.KMOVW(target.As32(), reg.K1)
		k.CMPQ(n, Imm(uint64(lanes)))
		k.JGE(LabelRef("whole"))
		k.maskFor(n, 1)
	} else {
		k.CMPQ(n, Imm(uint64(lanes)))
		k.JL(LabelRef("short"))
	}
	k.Label("whole")
	r := h.run(p, func(i int, r reg.VecPhysical) { k.fetch(p, Mem{Base: in[i]}, r, masked) }, func() { k.JNZ(LabelRef("stop")) })[0]
	k.put(p, r, Mem{Base: dst}, masked)
	forward(1)
	k.JG(LabelRef("next"))
	if !g.masks {
		k.JE(LabelRef("done"))
		k.Comment("The last vector was not whole: copy its elements from the buffer.")
		k.add(lanes, n)
		low := k.low(p, k.regs[1])
		k.clip(p, n, k.regs[0])
		k.do("VMOVU", buffer[0], low)
		k.do("VMASKMOV", low, k.low(p, k.regs[0]), Mem{Base: target})
	}
	k.Label("done")
	if p.guard != nil {
		k.leaveWith(n, true)
	} else {
		k.end()
	}
	if !g.masks {
		k.Label("short")
		k.Comment("Fewer elements than a vector has: take them from a buffer.")
		k.clip(p, n, k.regs[0])
		for i, q := range in {
			low := k.low(p, k.regs[1])
			k.do("VMASKMOV", Mem{Base: q}, k.low(p, k.regs[0]), low)
			k.do("VMOVU", low, buffer[i])
			k.LEAQ(buffer[i], q)
		}
		k.MOVQ(dst, target)
		k.LEAQ(buffer[0], dst)
		k.JMP(LabelRef("whole"))
	}
	if p.guard != nil {
		k.Label("stop")
		k.leaveWith(n, false)
	}
}

// leaveWith returns how many elements are done: all, or all but the n that
// are left.
func (k kernel) leaveWith(n reg.GPVirtual, all bool) {
	done := k.integer("n")
	if !all {
		k.SUBQ(n, done)
	}
	k.Store(done, k.ReturnIndex(0))
	k.end()
}

// low is the part of r that holds the elements of one vector as they are in
// memory.
func (k kernel) low(p *program, r reg.VecPhysical) reg.Register {
	if p.elem == p.width {
		return r
	}
	if k.masks {
		return r.AsY()
	}
	return r.AsX()
}

// clip sets r to a mask of the first n elements, 0 < n < lanes.
func (k kernel) clip(p *program, n reg.GPVirtual, r reg.VecPhysical) { k.tailMask(n, r) }

// fetch loads one vector of elements at m: all, or those of K1 if w is masked
// and there are masks.
func (k kernel) fetch(p *program, m Mem, r reg.VecPhysical, w width) {
	mask := k.masks && w == masked
	switch {
	case p.elem == p.width && mask:
		k.do("VMOVU.Z", m, reg.K1, r)
	case p.elem == p.width:
		k.do("VMOVU", m, r)
	case mask:
		k.VCVTPS2PD_Z(m, reg.K1, r)
	default:
		k.VCVTPS2PD(m, r)
	}
}

// put is the inverse of fetch.
func (k kernel) put(p *program, r reg.VecPhysical, m Mem, w width) {
	low := k.low(p, r)
	switch {
	case p.elem == p.width:
	case k.masks:
		k.VCVTPD2PS(r, low)
	default:
		k.VCVTPD2PSY(r, low)
	}
	if k.masks && w == masked {
		k.do("VMOVU", low, reg.K1, m)
	} else {
		k.do("VMOVU", low, m)
	}
}
