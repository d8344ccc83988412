//go:build !static

package main

// A build with the tag static leaves CUDA out: what finds the driver's library
// at run time makes a Linux program a dynamic one.
import _ "github.com/weftgo/weft/cuda"
