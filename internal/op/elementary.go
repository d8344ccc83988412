package op

// Unary is an elementwise function of one argument.
type Unary uint8

// The functions of one argument. Those up to Gelu are approximated, by the
// programs in asm/_gen/elementary.go; the others have one right answer.
const (
	Exp Unary = iota
	Exp2
	Expm1
	Log
	Log2
	Log10
	Log1p
	Sin
	Cos
	Tan
	Asin
	Acos
	Atan
	Sinh
	Cosh
	Tanh
	Sigmoid
	Softplus
	Cbrt
	Erf
	Gelu

	Sqrt
	Abs
	Neg
	Floor
	Ceil
	Trunc
	Round
	NumUnary
)

var unaryNames = [NumUnary]string{
	"Exp", "Exp2", "Expm1", "Log", "Log2", "Log10", "Log1p", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan",
	"Sinh", "Cosh", "Tanh", "Sigmoid", "Softplus", "Cbrt", "Erf", "Gelu",
	"Sqrt", "Abs", "Neg", "Floor", "Ceil", "Trunc", "Round",
}

func (f Unary) String() string { return unaryNames[f] }

// Binary is an elementwise function of two arguments.
type Binary uint8

// The functions of two arguments. Pow and Atan2 are approximated.
const (
	Pow Binary = iota
	Atan2
	Minimum
	Maximum
	Copysign
	Smaller
	Larger
	NumBinary
)

var binaryNames = [NumBinary]string{"Pow", "Atan2", "Minimum", "Maximum", "Copysign", "Smaller", "Larger"}

// Comparison is a relation of two numbers, false if one is NaN but for
// NotEqual.
type Comparison uint8

// The comparisons; the others are these with operands exchanged.
const (
	Equal Comparison = iota
	NotEqual
	Less
	LessEqual
	NumComparison
)

var comparisonNames = [NumComparison]string{"Equal", "NotEqual", "Less", "LessEqual"}

func (c Comparison) String() string { return comparisonNames[c] }

func (f Binary) String() string { return binaryNames[f] }
