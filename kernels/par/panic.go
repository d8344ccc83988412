package par

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Panic is a panic of a body, as it goes on in the caller.
type Panic struct {
	Value any    // what the body panicked with
	Stack []byte // the stack of the goroutine that ran the body
}

// Error gives the value and the stack, so that a program that ends by it shows
// both.
func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Unwrap returns the value if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// failure is how a body ended that did not do what it should: by an error, a
// panic or, if both are nil, runtime.Goexit.
type failure struct {
	err   error
	panic *Panic
}

// caught returns the failure of a body that has not returned, where v is what
// recover gave. A panic that comes out of a call inside keeps the stack that it
// has.
func caught(v any) failure {
	if v == nil {
		return failure{}
	}
	p, ok := v.(*Panic)
	if !ok {
		p = &Panic{v, debug.Stack()}
	}
	return failure{panic: p}
}

// end ends the call as f's body ended: it returns the error, or does not
// return.
func (f failure) end() error {
	switch {
	case f.err != nil:
		return f.err
	case f.panic != nil:
		panic(f.panic)
	}
	runtime.Goexit()
	return nil
}
