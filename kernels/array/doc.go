// Package array is n-dimensional arrays on weft's kernels: what people reach for
// NumPy for.
//
//	a := array.FromSlice(data, 1000, 3)
//	m := array.Mean(a, array.Axis(0))                      // of each column
//	z := array.Div(array.Sub(a, m), array.Std(a, array.Axis(0)))
//	c := array.MatMul(z.T(), z)
//	fmt.Println(c.View(array.To(2), array.All.By(-1)))     // c[:2, ::-1]
//
// # Arrays and views
//
// An [Array] is a shape, strides and storage that it may share. Methods select
// and rearrange: View, T, Transpose, MoveAxis, Reshape, Squeeze, Broadcast and
// Diagonal give views, which copy nothing (Reshape does where it must). Writing
// to a view writes to what it views. Functions compute, and give new row-major
// arrays. There are at most [MaxDims] dimensions; axes and positions that are
// negative count from the end.
//
// # Destinations
//
// A function F that gives an array has a form FTo that writes it into its first
// argument, which may be a view of any layout; one that gives several has as many
// destinations. Elementwise, dst may have a larger shape that the operands
// broadcast to, and may be an operand itself; any other element in common with an
// operand is refused. Elementwise functions, Sum, sorting and cumulative
// functions into a destination allocate nothing once warm; other reductions may
// allocate a few small objects. Linear algebra works in memory of its own and
// copies its results. Where the shape of the result depends on the elements, the
// destination has what is needed (CompressTo, NonzeroTo), or room (UniqueTo,
// BincountTo).
//
// # Misuse and failure
//
// Shapes that don't fit, axes and positions that don't exist, and destinations
// that overlap operands panic with a *kernels.ShapeError before anything is
// written. Files that are malformed and matrices that can't be factored give
// errors.
//
// # The same bits
//
// Results depend on the elements and the shape and not on strides, the backend
// or the number of workers: a transposed view and its copy give the same bits.
// A reduction over axes is weft's reduction of the vector of the elements, in
// row-major order of those axes (docs/numerics.md). The factorisations are those
// of package kernels/lapack, in the type of the elements, and a matrix of a batch
// has the bits that it has alone. Everything is computed by the default engine
// of package kernels.
package array
