package device

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/weftgo/weft/cuda/internal/driver"
)

// Find loads the driver and returns its devices. The error says why there is
// none, and what helps.
func Find(options Options) ([]*Device, error) {
	drv, err := driver.Open()
	if err != nil {
		return nil, explainOpen(err)
	}
	// cuInit and what follows may leave a mark on their thread.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	if err := drv.Init(); err != nil {
		return nil, explainInit(err)
	}
	version, err := drv.Version()
	if err != nil {
		return nil, fmt.Errorf("the driver does not tell its version: %w", err)
	}
	n, err := drv.DeviceCount()
	if err != nil {
		return nil, explainInit(err)
	}
	if n == 0 {
		return nil, explainInit(driver.NoDevice)
	}
	var devices []*Device
	for i := range n {
		d, err := newDevice(drv, i, version, options)
		if err != nil {
			return nil, fmt.Errorf("device %d: %w", i, err)
		}
		devices = append(devices, d)
	}
	return devices, nil
}

func explainOpen(err error) error {
	switch {
	case errors.Is(err, driver.ErrNoBinding):
		return err
	case errors.Is(err, driver.ErrNoLibrary):
		return fmt.Errorf("%w; install NVIDIA's driver (nvidia-smi must work), or name its library in %s", err, driver.LibraryVariable)
	}
	return fmt.Errorf("the CUDA driver library does not load: %w; reinstall NVIDIA's driver", err)
}

func explainInit(err error) error {
	help := "nvidia-smi may say more"
	switch {
	case errors.Is(err, driver.NoDevice):
		help = "is one installed, and visible here (CUDA_VISIBLE_DEVICES, docker run --gpus all)?"
	case errors.Is(err, driver.StubLibrary):
		help = "the toolkit's stub was loaded in place of the driver; take its folder off the library path"
	case errors.Is(err, driver.VersionMismatch):
		help = "the driver's library and its kernel module are of different versions; reboot after an update"
	case errors.Is(err, driver.SystemNotReady):
		help = "a service that the devices need is not running (nvidia-fabricmanager)"
	}
	if errors.Is(err, driver.NoDevice) {
		return fmt.Errorf("the CUDA driver finds no device: %w; %s", err, help)
	}
	return fmt.Errorf("the CUDA driver does not start: %w; %s", err, help)
}
