// Package limits runs into the limits of the processor: how many fused
// multiply-adds it does in a second and how fast it reads memory, with the
// instructions of each backend. Package bench holds the functions of package
// kernels against them.
package limits

import "github.com/weftgo/weft/cpu"

// Meter holds the measuring kernels of one backend of the processor.
type Meter = cpu.Meter

// Meters returns the meters of the backends that this machine and this build
// can use, best first.
func Meters() []Meter { return cpu.Meters() }

// Plan is the block sizes and thresholds that a backend has chosen for this
// machine.
type Plan = cpu.Plan

// Plans returns the plans of the backends that this machine and this build can
// use, best first, for each type.
func Plans() []Plan { return cpu.Plans() }
