//go:build !(amd64 || arm64) || noasm

package kernels

// Without [cpu.OnStack] nothing may be hidden: operands belong on the heap.

// hide returns p as it is.
func hide[T Float](p *T) *T { return p }

// hide2 is hide for two pointers.
func hide2[T Float](p, q *T) (*T, *T) { return p, q }

// held returns x for a problem that is hidden itself. As far as escape
// analysis knows, it also keeps x.
func held[T Float](x []T) []T {
	if keep != nil {
		keep(x)
	}
	return x
}

// keep is nil, but the compiler can't know.
var keep func(any)
