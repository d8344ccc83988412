//go:build !noasm

package main

// noasm says that this build has no assembly.
const noasm = false
