package dist

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"unsafe"

	"github.com/weftgo/weft/internal/op"
	"github.com/weftgo/weft/kernels"
)

// scalapack is the loaded library.
type scalapack struct {
	handle uintptr
	name   string
	mu     sync.Mutex
	known  map[string]uintptr
}

// scalapackNames are what the library is called: by Debian and its kin, and by
// Fedora, conda and those who build it.
var scalapackNames = []string{
	"libscalapack-openmpi.so.2.2", "libscalapack-openmpi.so.2.1", "libscalapack-openmpi.so",
	"libscalapack.so.2.2", "libscalapack.so.2.1", "libscalapack.so.2", "libscalapack.so",
}

var loadScaLAPACK = sync.OnceValues(func() (*scalapack, error) {
	if !canForeign {
		return nil, fmt.Errorf("%w: this build calls no libraries; they are called on Linux, without the tag static", ErrNoScaLAPACK)
	}
	names := scalapackNames
	if path := os.Getenv("WEFT_SCALAPACK_LIBRARY"); path != "" {
		names = []string{path}
	}
	var h uintptr
	var name string
	var err error
	for _, name = range names {
		var e error
		if h, e = openLibrary(name); e == nil {
			err = nil
			break
		}
		if err == nil {
			err = e
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w: install libscalapack-openmpi2.2 (Debian, Ubuntu) or scalapack-openmpi (Fedora), or name the library in "+
			"WEFT_SCALAPACK_LIBRARY: %v", ErrNoScaLAPACK, err)
	}
	l := &scalapack{handle: h, name: name, known: map[string]uintptr{}}
	for _, s := range []string{"Csys2blacs_handle", "Cblacs_gridinit", "Cblacs_gridexit", "Cfree_blacs_system_handle",
		"pdgetrf_", "pdgetrs_", "pdpotrf_", "pdpotrs_", "pdgeqrf_", "pdorgqr_", "pdgels_", "pdsyev_", "pdsyevd_"} {
		if l.find(s) == 0 || s[0] == 'p' && l.find("ps"+s[2:]) == 0 {
			return nil, fmt.Errorf("%w: the library has no %s, or none for float32: it is another, or older than ScaLAPACK 2", ErrNoScaLAPACK, s)
		}
	}
	return l, nil
})

// ScaLAPACKLibrary returns the name of the library that factorisations on several
// ranks call, once MPI has been started. The error wraps [ErrNoScaLAPACK].
func ScaLAPACKLibrary() (name string, err error) {
	l, err := loadScaLAPACK()
	if err != nil {
		return "", err
	}
	return l.name, nil
}

func (l *scalapack) find(name string) uintptr {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.known[name]
	if !ok {
		a = symbol(l.handle, name)
		l.known[name] = a
	}
	return a
}

// session is the use of ScaLAPACK by the ranks of a grid for one call of ours.
type session[T kernels.Float] struct {
	l       *scalapack
	g       *Grid
	call    string
	system  int32 // BLACS's name for the communicator
	context int32
}

// open starts a session on all ranks of g, or on none. It is for a matrix of
// rows×cols and n elements of workspace, which are checked first.
func open[T kernels.Float](g *Grid, call string, rows, cols, n int) (*session[T], error) {
	if err := g.countable(call, rows, cols, n); err != nil {
		return nil, err // all ranks see the same numbers
	}
	l, err := loadScaLAPACK()
	if err = agree(g.comm, err); err != nil {
		return nil, err
	}
	s := &session[T]{l: l, g: g, call: call}
	s.system = int32(foreign(l.find("Csys2blacs_handle"), g.comm.handle()))
	context, order := new(int32), []byte("C\x00") // ranks go down columns
	*context = s.system
	foreign(l.find("Cblacs_gridinit"), uintptr(unsafe.Pointer(context)), uintptr(unsafe.Pointer(&order[0])), uintptr(g.cols), uintptr(g.rows))
	s.context = *context
	return s, nil
}

func (s *session[T]) close() {
	foreign(s.l.find("Cblacs_gridexit"), uintptr(uint32(s.context)))
	foreign(s.l.find("Cfree_blacs_system_handle"), uintptr(uint32(s.system)))
}

// frame holds the arguments of a Fortran routine, which takes them all by their
// addresses. It is in the heap, so what it points to is, too, and nothing moves.
type frame struct {
	ints  [32]int32
	chars [32]byte
	keep  [32]unsafe.Pointer
	args  [32]uintptr
}

var frames = sync.Pool{New: func() any { return new(frame) }}

// routine calls the routine of s's type, "getrf" for pdgetrf or psgetrf, and
// returns its info, after the last of args. Arguments are an int, a byte for a
// CHARACTER, or slices, which have elements. After all, the lengths of CHARACTERs
// go by value.
func (s *session[T]) routine(name string, args ...any) int {
	prefix := "pd"
	if op.Size[T]() == 4 {
		prefix = "ps"
	}
	f := frames.Get().(*frame)
	lengths := 0
	for i, a := range args {
		switch a := a.(type) {
		case int:
			f.ints[i] = int32(a)
			f.keep[i] = unsafe.Pointer(&f.ints[i])
		case byte:
			f.chars[i] = a
			f.keep[i] = unsafe.Pointer(&f.chars[i])
			lengths++
		case []int32:
			f.keep[i] = unsafe.Pointer(&a[0])
		case []T:
			f.keep[i] = unsafe.Pointer(&a[0])
		default:
			panic(fmt.Sprintf("dist: argument %d of %s is of type %T", i, name, a))
		}
	}
	n := len(args)
	f.ints[n] = 0
	f.keep[n] = unsafe.Pointer(&f.ints[n])
	n++
	for i, p := range f.keep[:n] {
		f.args[i] = uintptr(p)
	}
	for range lengths {
		f.args[n] = 1
		n++
	}
	foreign(s.l.find(prefix+name+"_"), f.args[:n]...)
	info := int(f.ints[len(args)])
	runtime.KeepAlive(f)
	*f = frame{}
	frames.Put(f)
	return info
}

// withWork calls a routine whose last arguments are a workspace and its length,
// after asking it for how much it needs. If more is not zero, there is also an
// integer workspace and its length, and the first is longer by more.
func (s *session[T]) withWork(name string, more int, args ...any) (info int) {
	work, iwork := make([]T, 1), make([]int32, 1)
	spaces := func(lwork, liwork int) []any {
		if more > 0 {
			return append(args[:len(args):len(args)], work, lwork, iwork, liwork)
		}
		return append(args[:len(args):len(args)], work, lwork)
	}
	if info := s.routine(name, spaces(-1, -1)...); info != 0 {
		return info
	}
	// A float32 may have rounded the length down.
	n := float64(work[0])
	work = make([]T, int(n+n*0x1p-22)+1+more)
	iwork = make([]int32, max(int(iwork[0]), 1))
	return s.routine(name, spaces(len(work), len(iwork))...)
}

// errInfo is what ScaLAPACK says of its arguments, which would be our mistake.
var errInfo = errors.New("dist: ScaLAPACK refused an argument")

// failed returns, on all ranks, nil if info is zero on all, and else an error that
// wraps cause.
func (s *session[T]) failed(info int, cause error) error {
	var err error
	switch {
	case info < 0:
		err = fmt.Errorf("%w: %s: info = %d", errInfo, s.call, info)
	case info > 0:
		err = fmt.Errorf("%w: %s: info = %d", cause, s.call, info)
	}
	return agree(s.g.comm, err)
}
