//go:build !race

package kernels

import "github.com/weftgo/weft/internal/op"

func reads[T Float]([]T)              {}
func writes[T Float]([]T)             {}
func writesBools([]bool)              {}
func readsMatrix[T Float](Matrix[T])  {}
func writesMatrix[T Float](Matrix[T]) {}

const raceEnabled = false

func readsView[T Float](op.View[T]) {}
