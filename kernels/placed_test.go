package kernels_test

import (
	"testing"

	"github.com/weftgo/weft/internal/fixture"
	"github.com/weftgo/weft/internal/fixture/placed"
	"github.com/weftgo/weft/kernels"
)

// usableDevices returns the names of the devices that can be used here.
func usableDevices() []string {
	var names []string
	for _, d := range kernels.Devices() {
		if d.Err == nil {
			names = append(names, d.Name)
		}
	}
	return names
}

// Every function on placed operands has the bits of its definition, on every
// device.
func TestPlaced(t *testing.T) {
	for _, name := range usableDevices() {
		t.Run(name, func(t *testing.T) {
			placed.Parity(t, name, fixture.Options{Short: true, Families: []string{"definition", "hostile"}})
		})
	}
}

func TestStreams(t *testing.T) {
	for _, name := range usableDevices() {
		t.Run(name, func(t *testing.T) { placed.Suite(t, name) })
	}
}
