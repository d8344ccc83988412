// Package ptx holds the kernels as PTX, which the driver compiles for the
// device it finds, and chooses among them by compute capability.
//
// The text is made from cuda/src by the program in folder gen, which needs
// clang 19 and no CUDA toolkit.
package ptx

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

//go:generate go run ./gen

// Image is one translation of the kernels.
type Image struct {
	Name       string // "sm_80", the target
	ISA        string // "7.0", the version of PTX
	Capability int    // of the devices that take it, at least: 80 for 8.0
	Exact      bool   // that capability and no other
	Driver     int    // of the drivers that take it, at least: 11000 for CUDA 11.0
	Text       []byte
}

//go:embed sm_90a.ptx
var sm90a []byte

//go:embed sm_80.ptx
var sm80 []byte

// Images are the translations, best first.
var Images = []Image{
	{Name: "sm_90a", ISA: "8.0", Capability: 90, Exact: true, Driver: 12000, Text: sm90a},
	{Name: "sm_80", ISA: "7.0", Capability: 80, Driver: 11000, Text: sm80},
}

// Variable names the environment variable that names the image to take, instead
// of the best: to check the others on a device.
const Variable = "WEFT_CUDA_PTX"

var wanted = sync.OnceValue(func() string { return os.Getenv(Variable) })

// Choose returns the best image for a device of that compute capability under
// a driver of that version. The error says what is too old, and what helps.
func Choose(capability, driver int) (*Image, error) {
	least := Images[len(Images)-1]
	if capability < least.Capability {
		return nil, fmt.Errorf("its compute capability is %s, weft's kernels need %s (NVIDIA Ampere, 2020) or newer",
			tenths(capability), tenths(least.Capability))
	}
	if driver < least.Driver {
		return nil, fmt.Errorf("the driver supports CUDA %s, weft's kernels need %s: install a driver of version 450 or newer",
			Version(driver), Version(least.Driver))
	}
	for i := range Images {
		if wanted() != "" && Images[i].Name != wanted() {
			continue
		}
		if Images[i].takes(capability) && driver >= Images[i].Driver {
			return &Images[i], nil
		}
	}
	return nil, fmt.Errorf("%s=%s: there is no such translation for compute capability %s and CUDA %s", Variable, wanted(),
		tenths(capability), Version(driver))
}

func (i *Image) takes(capability int) bool {
	return capability == i.Capability || capability > i.Capability && !i.Exact
}

func tenths(v int) string { return fmt.Sprintf("%d.%d", v/10, v%10) }

// Version spells the version of a driver as that of CUDA: 12.4 for 12040.
func Version(driver int) string { return fmt.Sprintf("%d.%d", driver/1000, driver%1000/10) }

// Sources returns a hash of the kernel sources in dir, the one that the image
// made from them carries in the line "// sources …".
func Sources(dir string) (string, error) {
	var names []string
	for _, pattern := range []string{"*.cu", "*.h"} {
		m, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			return "", err
		}
		names = append(names, m...)
	}
	if len(names) == 0 {
		return "", fmt.Errorf("no kernel sources in %s", dir)
	}
	slices.Sort(names)
	h := sha256.New()
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n", filepath.Base(name), len(text))
		h.Write(text)
	}
	return hex.EncodeToString(h.Sum(nil))[:32], nil
}
