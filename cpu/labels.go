package cpu

import "unsafe"

// Labels are the pprof labels of a goroutine, by which a CPU profile tells whose
// work a sample is. A goroutine has those of the one that started it; workers
// outlive calls, so fork hands them the labels of whoever calls. Package
// runtime/pprof sets labels but does not tell them; these two functions of the
// runtime are kept as they are for such use (go.dev/issue/67401).
type Labels struct{ p unsafe.Pointer }

// CurrentLabels returns the labels of the calling goroutine.
func CurrentLabels() Labels { return Labels{profLabel()} }

// Set gives the calling goroutine these labels.
func (l Labels) Set() { setProfLabel(l.p) }

//go:linkname profLabel runtime/pprof.runtime_getProfLabel
func profLabel() unsafe.Pointer

//go:linkname setProfLabel runtime/pprof.runtime_setProfLabel
func setProfLabel(unsafe.Pointer)
