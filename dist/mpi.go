//go:build !static && linux && (amd64 || arm64)

package dist

import (
	"errors"
	"fmt"
	"math"
	"os"
	"runtime"
	"strings"
	"sync"
	"unsafe"
)

// The binding of Open MPI, versions 4 and 5, which have one ABI: handles are
// addresses, those of what is predefined are symbols of the library.

// libraryNames are where Open MPI may be, the second where Fedora keeps it
// without being asked to load it.
var libraryNames = []string{"libmpi.so.40", "/usr/lib64/openmpi/lib/libmpi.so.40"}

const (
	threadMultiple = 3
	undefined      = -32766
	errInStatus    = 18
	inPlace        = 1
	maxErrorString = 256
	maxVersion     = 256
)

// binding is the library: addresses of functions and of data.
type binding struct {
	version string

	initThread, finalize, abort, setErrhandler        uintptr
	commRank, commSize, commSplit, commDup, commFree  uintptr
	iprobe, getCount, testsome, cancel, testCancelled uintptr
	errorClass, errorString                           uintptr
	world, commNull, errorsReturn                     uintptr
	types                                             [kinds]uintptr
	calls, starts                                     [verbs]uintptr // MPI_Send, …; MPI_Isend, …

	engine engine
}

// typeNames are the data types of C that are Go's.
var typeNames = [kinds]string{"int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t",
	"float", "double", "c_float_complex", "c_double_complex"}

// load loads the library and looks everything up, but does not begin MPI.
var load = sync.OnceValues(func() (*binding, error) {
	names := libraryNames
	if path := os.Getenv(libraryVariable); path != "" {
		names = []string{path}
	}
	h, err := openLibrary(names...)
	if err != nil {
		return nil, noLibrary(err)
	}
	b := new(binding)
	b.engine.b = b
	if b.version, err = libraryVersion(h, names[0]); err != nil {
		return nil, err
	}
	missing := ""
	find := func(addr *uintptr, name string) {
		if *addr = symbol(h, name); *addr == 0 && missing == "" {
			missing = name
		}
	}
	for name, addr := range map[string]*uintptr{
		"MPI_Init_thread": &b.initThread, "MPI_Finalize": &b.finalize, "MPI_Abort": &b.abort,
		"MPI_Comm_set_errhandler": &b.setErrhandler,
		"MPI_Comm_rank":           &b.commRank, "MPI_Comm_size": &b.commSize,
		"MPI_Comm_split": &b.commSplit, "MPI_Comm_dup": &b.commDup, "MPI_Comm_free": &b.commFree,
		"MPI_Iprobe": &b.iprobe, "MPI_Get_count": &b.getCount, "MPI_Testsome": &b.testsome,
		"MPI_Cancel": &b.cancel, "MPI_Test_cancelled": &b.testCancelled,
		"MPI_Error_class": &b.errorClass, "MPI_Error_string": &b.errorString,
		"ompi_mpi_comm_world": &b.world, "ompi_mpi_comm_null": &b.commNull, "ompi_mpi_errors_return": &b.errorsReturn,
	} {
		find(addr, name)
	}
	for k, name := range typeNames {
		find(&b.types[k], "ompi_mpi_"+name)
	}
	for v, name := range verbNames {
		find(&b.calls[v], "MPI_"+name)
		if verb(v) != sendrecv {
			find(&b.starts[v], "MPI_I"+strings.ToLower(name))
		}
	}
	if missing != "" {
		return nil, fmt.Errorf("%w: %s (%s) has no %s; weft needs Open MPI 4 or 5 (%s)", ErrOtherMPI, names[0], b.version, missing, packages)
	}
	return b, nil
})

// noLibrary returns the error for a library that is not there, and names what
// is there instead.
func noLibrary(err error) error {
	for _, other := range []string{"libmpi.so.12", "libmpich.so.12"} {
		if _, e := openLibrary(other); e == nil {
			return fmt.Errorf("%w: there is %s, of MPICH or one of its kin, whose calls are not those of Open MPI; install Open MPI beside it (%s): %v",
				ErrOtherMPI, other, packages, err)
		}
	}
	return fmt.Errorf("%w: install it (%s): %v", ErrNoMPI, packages, err)
}

// libraryVersion asks a library what it is, and refuses what is not Open MPI 4
// or newer.
func libraryVersion(h uintptr, path string) (string, error) {
	fn := symbol(h, "MPI_Get_library_version")
	if fn == 0 {
		return "", fmt.Errorf("%w: %s is no MPI library (%s)", ErrNoMPI, path, packages)
	}
	buf, n := new([8192]byte), new(int32) // MPICH's text is long
	foreign(fn, uintptr(unsafe.Pointer(buf)), uintptr(unsafe.Pointer(n)))
	text := string(buf[:max(0, min(int(*n), len(buf)))])
	text, _, _ = strings.Cut(strings.TrimRight(text, "\x00"), "\n")
	var major, minor int
	if _, err := fmt.Sscanf(text, "Open MPI v%d.%d", &major, &minor); err != nil {
		return "", fmt.Errorf("%w: %s is %q, whose calls are not those of Open MPI; install Open MPI (%s)", ErrOtherMPI, path, text, packages)
	}
	if major < 4 {
		return "", fmt.Errorf("%w: %s is %q, and weft needs version 4 or newer (%s)", ErrNoMPI, path, text, packages)
	}
	version, _, _ := strings.Cut(text, ",")
	return version, nil
}

// Library loads MPI, without beginning it, and returns its name and version,
// "Open MPI v4.1.4". The error wraps [ErrNoMPI] or [ErrOtherMPI] and says what
// to install.
func Library() (string, error) {
	b, err := load()
	if err != nil {
		return "", err
	}
	return b.version, nil
}

// openMPI begins MPI. It returns the world and what ends MPI.
//
// MPI runs in its mode for any number of threads: goroutines move between
// threads, and one that waits in a call must not keep others from theirs. With
// a lock around calls instead, a Recv would wait for a message that another
// goroutine of the same rank can't bring about. The thread that began MPI must
// end it, so both are done by one goroutine that stays on its thread.
func openMPI(l launch) (carrier, func() error, error) {
	b, err := load()
	if err != nil {
		return nil, nil, err
	}
	begun, end, ended := make(chan error), make(chan struct{}), make(chan error)
	go func() {
		runtime.LockOSThread()
		begun <- b.begin()
		<-end
		ended <- b.check("Finalize", int32(foreign(b.finalize)), 0, 0)
	}()
	if err := <-begun; err != nil {
		return nil, nil, err
	}
	stop := func() error {
		if n := b.engine.underWay(); n > 0 {
			return fmt.Errorf("dist: Close with %d operations under way", n)
		}
		close(end)
		return <-ended
	}
	w := b.communicator(b.world)
	if l.ranks > 0 && w.size != l.ranks {
		return nil, nil, errors.Join(fmt.Errorf("%w: %s started %d processes, of which %s sees %d: it can't talk to that launcher; "+
			"use Open MPI's mpirun, or an Open MPI built for the launcher (docs/cluster.md)", ErrNoMPI, l.by, l.ranks, b.version, w.size), stop())
	}
	// All messages go through a copy of the world, where nobody else's are.
	c, err := w.dup()
	if err != nil {
		return nil, nil, errors.Join(err, stop())
	}
	return c, func() error { return errors.Join(c.free(), stop()) }, nil
}

// forgetful are settings for networks that read and write memory by themselves.
// They keep pages registered that messages went through, and learn that pages
// are given back to the system by watching the C library do it. Go's runtime
// gives memory back behind its back, and messages would go through pages that
// are somebody else's by then. So nothing may be kept. What the user has set
// stays.
var forgetful = map[string]string{
	"OMPI_MCA_mpi_leave_pinned": "0",
	"UCX_RCACHE_ENABLE":         "n",      // UCX
	"UCX_IB_REG_METHODS":        "direct", // its older versions
	"UCX_WARN_UNUSED_ENV_VARS":  "n",      // of which none knows both
}

func (b *binding) begin() error {
	for name, v := range forgetful {
		if _, set := os.LookupEnv(name); !set {
			_ = os.Setenv(name, v) // in C's environment too: purego sees to that
		}
	}
	provided := new(int32)
	if r := int32(foreign(b.initThread, 0, 0, threadMultiple, uintptr(unsafe.Pointer(provided)))); r != 0 {
		return fmt.Errorf("%w: MPI_Init_thread of %s returned %d", ErrNoMPI, b.version, r)
	}
	foreign(b.setErrhandler, b.world, b.errorsReturn)
	if *provided < threadMultiple {
		return fmt.Errorf("%w: %s was built without MPI_THREAD_MULTIPLE, which goroutines need", ErrNoMPI, b.version)
	}
	return nil
}

// check returns the error that a result stands for.
func (b *binding) check(call string, code int32, rank, size int) error {
	if code == 0 {
		return nil
	}
	class, n, text := new(int32), new(int32), new([maxErrorString + 1]byte)
	foreign(b.errorClass, uintptr(code), uintptr(unsafe.Pointer(class)))
	foreign(b.errorString, uintptr(code), uintptr(unsafe.Pointer(text)), uintptr(unsafe.Pointer(n)))
	return &Error{call, rank, size, int(*class), string(text[:max(0, min(int(*n), maxErrorString))])}
}

// communicator is a carrier: one communicator of MPI.
type communicator struct {
	b          *binding
	comm       uintptr
	rank, size int
}

func (b *binding) communicator(comm uintptr) *communicator {
	rank, size := new(int32), new(int32)
	foreign(b.setErrhandler, comm, b.errorsReturn)
	foreign(b.commRank, comm, uintptr(unsafe.Pointer(rank)))
	foreign(b.commSize, comm, uintptr(unsafe.Pointer(size)))
	return &communicator{b, comm, int(*rank), int(*size)}
}

func (c *communicator) where() (rank, size int) { return c.rank, c.size }
func (c *communicator) handle() uintptr         { return c.comm }
func (c *communicator) abort(code int)          { foreign(c.b.abort, c.b.world, uintptr(code)) }

func (c *communicator) check(call string, code int32) error {
	return c.b.check(call, code, c.rank, c.size)
}

// carrier returns what carries the messages of a communicator.
func (b *binding) carrier(comm uintptr) carrier {
	c := b.communicator(comm)
	if c.size == 1 {
		return &single{newAlone(), c}
	}
	return c
}

// single carries messages of one rank to itself, without MPI: Open MPI 4.1 cuts
// such messages off where they are too long for who waits for them, and doesn't
// say so.
type single struct {
	*alone
	c *communicator
}

func (s *single) handle() uintptr                         { return s.c.handle() }
func (s *single) abort(code int)                          { s.c.abort(code) }
func (s *single) split(color, key int32) (carrier, error) { return s.c.split(color, key) }
func (s *single) dup() (carrier, error)                   { return s.c.dup() }
func (s *single) free() error                             { return s.c.free() }

func (c *communicator) split(color, key int32) (carrier, error) {
	if color < 0 {
		color = undefined
	}
	comm := new(uintptr)
	err := c.check("Split", int32(foreign(c.b.commSplit, c.comm, uintptr(color), uintptr(key), uintptr(unsafe.Pointer(comm)))))
	if err != nil || *comm == c.b.commNull {
		return nil, err
	}
	return c.b.carrier(*comm), nil
}

func (c *communicator) dup() (carrier, error) {
	comm := new(uintptr)
	if err := c.check("Dup", int32(foreign(c.b.commDup, c.comm, uintptr(unsafe.Pointer(comm))))); err != nil {
		return nil, err
	}
	return c.b.carrier(*comm), nil
}

func (c *communicator) free() error {
	comm := new(uintptr)
	*comm = c.comm
	return c.check("Close", int32(foreign(c.b.commFree, uintptr(unsafe.Pointer(comm)))))
}

// status is MPI_Status.
type status struct {
	source, tag, err, cancelled int32
	count                       uint64
}

// call is what one call of MPI needs, on the heap: addresses of its parts go to
// C as numbers.
type call struct {
	args    [14]uintptr
	status  status
	request uintptr
	flag    int32
}

var callPool = sync.Pool{New: func() any { return new(call) }}

// arguments sets the arguments of an operation, up to where blocking and
// non-blocking calls differ, and returns how many they are.
func (k *call) arguments(c *communicator, o *operation) int {
	n := 0
	add := func(v ...uintptr) { n += copy(k.args[n:], v) }
	typ := c.b.types[o.kind]
	x, y := uintptr(o.x), uintptr(o.y)
	if o.inPlace {
		x = inPlace
	}
	xn, yn, peer, tag := uintptr(o.xn), uintptr(o.yn), uintptr(o.peer), uintptr(o.tag)
	switch o.verb {
	case send:
		add(x, xn, typ, peer, tag)
	case recv:
		add(y, yn, typ, peer, tag)
	case sendrecv:
		add(x, xn, typ, peer, tag, y, yn, typ, uintptr(o.from), tag)
	case bcast:
		add(x, xn, typ, peer)
	case scatter, gather:
		add(x, xn, typ, y, yn, typ, peer)
	case allgather, alltoall:
		add(x, xn, typ, y, yn, typ)
	case scatterv:
		counts, offsets := o.xv.addresses()
		add(x, counts, offsets, typ, y, yn, typ, peer)
	case gatherv:
		counts, offsets := o.yv.addresses()
		add(x, xn, typ, y, counts, offsets, typ, peer)
	case allgatherv:
		counts, offsets := o.yv.addresses()
		add(x, xn, typ, y, counts, offsets, typ)
	case alltoallv:
		xc, xo := o.xv.addresses()
		yc, yo := o.yv.addresses()
		add(x, xc, xo, typ, y, yc, yo, typ)
	}
	add(c.comm)
	return n
}

func (p *parts) addresses() (counts, offsets uintptr) {
	if p == nil {
		return 0, 0
	}
	return uintptr(unsafe.Pointer(unsafe.SliceData(p.counts))), uintptr(unsafe.Pointer(unsafe.SliceData(p.offsets)))
}

func (c *communicator) do(o *operation) error {
	k := callPool.Get().(*call)
	defer callPool.Put(k)
	n := k.arguments(c, o)
	receives := o.verb == recv || o.verb == sendrecv
	if receives {
		k.args[n] = uintptr(unsafe.Pointer(&k.status))
		n++
	}
	code := int32(foreign(c.b.calls[o.verb], k.args[:n]...))
	runtime.KeepAlive(o)
	if code != 0 {
		return c.check(o.verb.String(), code)
	}
	if receives {
		o.status = c.b.status(&k.status, o.kind)
	}
	return nil
}

// status reads what is in an MPI_Status, which lies on the heap.
func (b *binding) status(s *status, k kind) Status {
	n := new(int32)
	foreign(b.getCount, uintptr(unsafe.Pointer(s)), b.types[k], uintptr(unsafe.Pointer(n)))
	if *n == undefined {
		*n = int32(min(s.count/uint64(k.size()), math.MaxInt32)) // no multiple of the type's size
	}
	return Status{int(s.source), int(s.tag), int(*n)}
}

func (c *communicator) probe(from, tag int32, kind kind) (Status, bool, error) {
	k := callPool.Get().(*call)
	defer callPool.Put(k)
	code := int32(foreign(c.b.iprobe, uintptr(from), uintptr(tag), c.comm,
		uintptr(unsafe.Pointer(&k.flag)), uintptr(unsafe.Pointer(&k.status))))
	if code != 0 || k.flag == 0 {
		return Status{}, false, c.check("Probe", code)
	}
	return c.b.status(&k.status, kind), true, nil
}

func (c *communicator) begin(o *operation, done func(error)) (cancel func(), err error) {
	k := callPool.Get().(*call)
	defer callPool.Put(k)
	n := k.arguments(c, o)
	k.args[n] = uintptr(unsafe.Pointer(&k.request))
	code := int32(foreign(c.b.starts[o.verb], k.args[:n+1]...))
	if code != 0 {
		return nil, c.check(o.verb.String(), code)
	}
	return c.b.engine.add(&pending{c: c, o: o, done: done}, k.request), nil
}
