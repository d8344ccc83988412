// Package use makes gonum compute on weft, its BLAS and its LAPACK, by being
// imported:
//
//	import _ "github.com/weftgo/weft/kernels/lapack/use"
package use

import "github.com/weftgo/weft/kernels/lapack"

func init() { lapack.Use() }
