//go:build (amd64 || arm64) && !noasm

package kernels

// hide returns p hidden from escape analysis.
func hide[T Float](p *T) *T { return problem(p) }
