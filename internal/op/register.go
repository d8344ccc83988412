package op

import "sync"

var (
	registerMu sync.Mutex
	registered []func() []*Backend
)

// Register adds a source of backends beside the processor's. A package calls
// it from an init function, so that an import is all it takes; the source is
// asked once, when the first engine is opened.
func Register(source func() []*Backend) {
	registerMu.Lock()
	defer registerMu.Unlock()
	registered = append(registered, source)
}

// Registered returns the backends of all registered sources.
func Registered() []*Backend {
	registerMu.Lock()
	defer registerMu.Unlock()
	var bs []*Backend
	for _, source := range registered {
		bs = append(bs, source()...)
	}
	return bs
}
