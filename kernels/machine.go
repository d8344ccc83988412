package kernels

import "github.com/weftgo/weft/cpu"

// Machine is what weft knows about the processor it runs on: its name and
// features, cores and caches.
type Machine = cpu.Info

// ThisMachine reads the processor's own description. Features whose register
// state the operating system does not save count as absent.
func ThisMachine() Machine { return cpu.Detect() }
