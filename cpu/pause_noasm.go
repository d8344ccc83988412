//go:build !(amd64 || arm64) || noasm

package cpu

import "runtime"

// pause lets others run: there is no instruction for it in plain Go.
func pause() { runtime.Gosched() }
