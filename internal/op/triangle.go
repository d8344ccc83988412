package op

// TriBlock is a block T of a triangular matrix, of N rows, that multiplies the
// columns of a matrix B or, to solve, of which the columns of B are the right
// sides. N is a few hundred at the most: larger triangles are products and
// blocks.
//
// The coefficients are such that all that is left to do is to add multiples of
// rows. Coef holds N×N numbers, of which those below the diagonal count if
// Lower is set and those above it otherwise: the elements of T or, to solve,
// their negatives. Diag is the diagonal, nil if it is all ones. To solve, Inv
// holds what rows are multiplied by instead of being divided by Diag, where it
// is not zero.
//
// B is first multiplied by Alpha, if that is not one. Rows are taken four at a
// time, in the order in which they find what they need: those that take nothing
// from others first to solve, last to multiply. To solve, each element of the
// four rows takes in one chain of fused multiply-adds the rows known before the
// four, in increasing order, and then, row by row, those known among the four,
// the farthest first, and is divided. To multiply, it is multiplied by the
// diagonal, takes in those among the four, the farthest first, and then the
// rows beyond, in increasing order.
type TriBlock[T Float] struct {
	Solve, Lower bool
	N            int
	Alpha        T
	Coef         []T
	Diag, Inv    []T
}

// Tri is one checked call of a TriBlock, whose operands are not empty. B has
// TriBlock.N rows and a unit stride, and shares nothing with the rest.
type Tri[T Float] struct {
	Workers int
	TriBlock[T]
	B View[T]
}
