//go:build !amd64 || noasm

package cpu

// isaMeters returns the meters of the levels with assembly, none of which this
// build has.
func isaMeters() []Meter { return nil }
