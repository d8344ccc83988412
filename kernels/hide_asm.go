//go:build (amd64 || arm64) && !noasm

package kernels

import "github.com/weftgo/weft/internal/op"

// hide returns p hidden from escape analysis.
func hide[T Float](p *T) *T { return op.Hide(p) }

// hide2 is hide for two pointers.
func hide2[T Float](p, q *T) (*T, *T) { return op.Hide2(p, q) }

// held returns x for a problem that is hidden itself, and x with it.
func held[T Float](x []T) []T { return x }
