package array

import "fmt"

// Option says over what a reduction runs. Without options it runs over all
// elements and gives an array without dimensions, whose number is
// [Array.Item].
type Option struct {
	what optionKind
	n    int
	axes [MaxDims]int
	mask *Array[bool]
}

type optionKind uint8

const (
	optionAxis optionKind = iota
	optionKeepDims
	optionWhere
	optionSkipNaN
	optionDDof
)

// Axis reduces over these axes only; negative ones count from the last.
func Axis(axes ...int) Option {
	if len(axes) > MaxDims {
		fail("Axis", "axes", fmt.Sprintf("%d numbers", len(axes)), fmt.Sprintf("at most %d", MaxDims))
	}
	o := Option{what: optionAxis, n: len(axes)}
	copy(o.axes[:], axes)
	return o
}

// KeepDims keeps the reduced axes with length one, so that the result
// broadcasts with what it was made from.
func KeepDims() Option { return Option{what: optionKeepDims} }

// Where reduces only the elements where mask, which is broadcast, is true.
func Where(mask *Array[bool]) Option { return Option{what: optionWhere, mask: mask} }

// SkipNaN reduces only the elements that are not NaN.
func SkipNaN() Option { return Option{what: optionSkipNaN} }

// DDof sets what [Var] and [Std] take from the number of elements before they
// divide by it: 0 unless it is given, 1 for the variance of a sample.
func DDof(n int) Option { return Option{what: optionDDof, n: n} }

// options is what a call's options say together.
type options struct {
	reduced        [MaxDims]bool
	keepDims, skip bool
	mask           *Array[bool]
	ddof           int
}

// parse reads the options of a call on an array with layout l.
func parse(call string, l *layout, opts []Option) (o options) {
	named := false
	for i := range opts {
		switch x := &opts[i]; x.what {
		case optionAxis:
			named = true
			for _, k := range x.axes[:x.n] {
				k = l.axis(call, k)
				if o.reduced[k] {
					fail(call, "axis", fmt.Sprintf("%d twice", k), "each axis once")
				}
				o.reduced[k] = true
			}
		case optionKeepDims:
			o.keepDims = true
		case optionWhere:
			o.mask = x.mask
		case optionSkipNaN:
			o.skip = true
		case optionDDof:
			o.ddof = x.n
		}
	}
	if !named {
		for k := range l.nd {
			o.reduced[k] = true
		}
	}
	return o
}

// masked reports whether options take elements out.
func masked(opts []Option) bool {
	for i := range opts {
		if opts[i].what == optionWhere || opts[i].what == optionSkipNaN {
			return true
		}
	}
	return false
}

// result returns the layout of a reduction of l, without strides.
func (o *options) result(l *layout) (r layout) {
	for k, n := range l.shape[:l.nd] {
		switch {
		case !o.reduced[k]:
			r.push("", n, 0)
		case o.keepDims:
			r.push("", 1, 0)
		}
	}
	return r
}
