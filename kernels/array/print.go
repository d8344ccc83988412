package array

import (
	"math"
	"strconv"
	"strings"
)

// How arrays are printed: NumPy's defaults.
const (
	printDigits = 8    // after the point, at most
	printAll    = 1000 // elements; of more only the edges are shown
	printEdge   = 3    // elements at each end of an axis
	printWidth  = 75   // characters of a line
)

// String returns a as NumPy prints it: the shortest decimals that tell its
// elements apart, at most eight after the point, in columns of equal width, and
// only the edges of what has more than a thousand elements.
func (a *Array[T]) String() string {
	if a.size() == 0 {
		return "[]"
	}
	p := printer[T]{a: a, brief: a.size() > printAll}
	var shown []T
	p.visit(0, a.off, &shown)
	p.format = formatter(shown, a.nd == 0)
	if a.nd == 0 {
		return p.format(a.data[a.off])
	}
	return p.print(0, a.off, " ", printWidth)
}

type printer[T Element] struct {
	a      *Array[T]
	brief  bool
	format func(T) string
}

// edges returns how many elements of an axis are shown first and last.
func (p *printer[T]) edges(n int) (head, tail int) {
	if p.brief && n > 2*printEdge {
		return printEdge, printEdge
	}
	return 0, n
}

// visit collects the elements that are shown.
func (p *printer[T]) visit(k, at int, shown *[]T) {
	if k == p.a.nd {
		*shown = append(*shown, p.a.data[at])
		return
	}
	n := p.a.shape[k]
	head, tail := p.edges(n)
	for i := range n {
		if i < head || i >= n-tail {
			p.visit(k+1, at+i*p.a.stride[k], shown)
		}
	}
}

// print returns the part of a from axis k on. Lines after the first begin with
// indent; width is what a line may have before the brackets that close it.
func (p *printer[T]) print(k, at int, indent string, width int) string {
	n := p.a.shape[k]
	head, tail := p.edges(n)
	var b strings.Builder
	b.WriteByte('[')
	if k < p.a.nd-1 {
		gap := strings.Repeat("\n", p.a.nd-1-k)
		for i := range n {
			switch {
			case i >= head && i < n-tail:
				if i == head {
					b.WriteString(indent + "..." + gap)
				}
				continue
			case i > 0:
				b.WriteString(indent)
			}
			b.WriteString(p.print(k+1, at+i*p.a.stride[k], indent+" ", width-1))
			if i < n-1 {
				b.WriteString(gap)
			}
		}
		b.WriteByte(']')
		return b.String()
	}
	line := indent
	begun := false // the first line, whose indent is the bracket
	flush := func(s string) {
		if !begun {
			s = s[len(indent):]
		}
		begun = true
		b.WriteString(s)
	}
	word := func(s string) {
		if len(line)+len(s) > width-1 && len(line) > len(indent) {
			flush(strings.TrimRight(line, " ") + "\n")
			line = indent
		}
		line += s
	}
	for i := range n {
		switch {
		case i < head || i >= n-tail:
			word(p.format(p.a.data[at+i*p.a.stride[k]]))
		case i == head:
			word("...")
		default:
			continue
		}
		if i < n-1 {
			line += " "
		}
	}
	flush(line)
	b.WriteByte(']')
	return b.String()
}

// formatter returns how elements are written among those that are shown.
func formatter[T Element](shown []T, alone bool) func(T) string {
	switch kindOf[T]() {
	case kindBool:
		return func(v T) string {
			switch {
			case !one[bool](v):
				return "False"
			case alone:
				return "True"
			}
			return " True"
		}
	case kindInt32, kindInt64:
		width := 0
		text := func(v T) string {
			if kindOf[T]() == kindInt32 {
				return strconv.FormatInt(int64(one[int32](v)), 10)
			}
			return strconv.FormatInt(one[int64](v), 10)
		}
		for _, v := range shown {
			width = max(width, len(text(v)))
		}
		return func(v T) string { return pad(text(v), width) }
	}
	if alone {
		return func(v T) string { return scalarText(wide(v), kindOf[T]().size()*8) }
	}
	x := make([]float64, len(shown))
	for i, v := range shown {
		x[i] = wide(v)
	}
	f := floatFormat(x, kindOf[T]().size()*8)
	return func(v T) string { return f(wide(v)) }
}

// wide is a float as float64.
func wide[T Element](v T) float64 {
	if kindOf[T]() == kindFloat32 {
		return float64(one[float32](v))
	}
	return one[float64](v)
}

func pad(s string, width int) string {
	return strings.Repeat(" ", max(0, width-len(s))) + s
}

// scalarText is a float on its own: all digits that tell it apart.
func scalarText(v float64, bits int) string {
	switch x := math.Abs(v); {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 0):
		return strings.ToLower(strings.TrimPrefix(strconv.FormatFloat(v, 'g', -1, bits), "+"))
	case x != 0 && (x < 1e-4 || x >= 1e16):
		return strconv.FormatFloat(v, 'e', -1, bits)
	}
	s := strconv.FormatFloat(v, 'f', -1, bits)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// floatFormat returns how the elements of x are written: with a point at one
// place, or with exponents if they are large, small or far apart.
func floatFormat(x []float64, bits int) func(float64) string {
	lo, hi := math.Inf(1), 0.0
	special := 0 // the width that nan and inf need
	for _, v := range x {
		switch {
		case math.IsNaN(v):
			special = max(special, 3)
		case math.IsInf(v, 1):
			special = max(special, 3)
		case math.IsInf(v, -1):
			special = max(special, 4)
		case v != 0:
			lo, hi = min(lo, math.Abs(v)), max(hi, math.Abs(v))
		}
	}
	exponent := hi > 0 && (hi >= 1e8 || lo < 1e-4 || hi/lo > 1000)
	left, digits, power := 0, 0, 0 // characters before the point, behind it, and of exponents
	for _, v := range x {
		if v-v != 0 {
			continue
		}
		whole, fraction, _ := strings.Cut(digitsOf(v, exponent, -1, bits), ".")
		left = max(left, len(whole))
		fraction, tail, _ := strings.Cut(fraction, "e")
		digits = max(digits, len(fraction))
		power = max(power, len(tail))
	}
	right := digits
	if exponent {
		right += len("e") + power
	}
	left = max(left, special-right-1)
	return func(v float64) string {
		if v-v != 0 {
			return pad(scalarText(v, bits), left+1+right)
		}
		fixed := -1
		if exponent {
			fixed = digits
		}
		s := digitsOf(v, exponent, fixed, bits)
		if mantissa, tail, ok := strings.Cut(s, "e"); ok {
			s = mantissa + "e" + tail[:1] + strings.Repeat("0", power-len(tail)) + tail[1:]
		}
		point := strings.IndexByte(s, '.')
		s = strings.Repeat(" ", max(0, left-point)) + s
		return s + strings.Repeat(" ", max(0, left+1+right-len(s)))
	}
}

// digitsOf writes a finite number with the shortest digits that tell it apart,
// rounded to printDigits after the point, or with a fixed number of them. There
// is always a point.
func digitsOf(v float64, exponent bool, fixed, bits int) string {
	verb := byte('f')
	if exponent {
		verb = 'e'
	}
	s := strconv.FormatFloat(v, verb, -1, bits)
	mantissa, exp, _ := strings.Cut(s, "e")
	if exponent {
		exp = "e" + exp
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if len(fraction) > printDigits {
		s = strconv.FormatFloat(v, verb, printDigits, bits)
		mantissa, exp, _ = strings.Cut(s, "e")
		if exponent {
			exp = "e" + exp
		}
		whole, fraction, _ = strings.Cut(mantissa, ".")
		fraction = strings.TrimRight(fraction, "0")
	}
	if fixed > len(fraction) {
		fraction += strings.Repeat("0", fixed-len(fraction))
	}
	return whole + "." + fraction + exp
}
