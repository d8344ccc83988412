//go:build (amd64 || arm64) && !noasm

package cpu

import "github.com/weftgo/weft/asm/base"

// pause tells the processor that this is a waiting loop.
func pause() { base.Pause() }
