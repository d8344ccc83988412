// Package use makes gonum compute on weft by being imported:
//
//	import _ "github.com/weftgo/weft/kernels/blas/use"
package use

import "github.com/weftgo/weft/kernels/blas"

func init() { blas.Use() }
