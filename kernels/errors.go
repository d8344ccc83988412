package kernels

import "fmt"

// ShapeError is what a function panics with when its arguments don't fit each
// other. Nothing has been written then.
type ShapeError struct {
	Func string // the function, "Gemm"
	Arg  string // the argument, "b"
	Has  string // what it has, "4 rows"
	Want string // what it should have, "5 (columns of a)"
}

func (e *ShapeError) Error() string {
	return fmt.Sprintf("kernels: %s: %s has %s, want %s", e.Func, e.Arg, e.Has, e.Want)
}

// BackendError says why a backend can't be used.
type BackendError struct {
	Name string // as asked for
	From string // the environment variable that asked, or empty
	Err  error
}

func (e *BackendError) Error() string {
	if e.From != "" {
		return fmt.Sprintf("kernels: %s: backend %q: %v", e.From, e.Name, e.Err)
	}
	return fmt.Sprintf("kernels: backend %q: %v", e.Name, e.Err)
}

func (e *BackendError) Unwrap() error { return e.Err }
