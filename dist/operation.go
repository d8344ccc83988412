package dist

import "unsafe"

// verb is what an operation does.
type verb uint8

const (
	send verb = iota
	recv
	sendrecv
	bcast
	scatter
	scatterv
	gather
	gatherv
	allgather
	allgatherv
	alltoall
	alltoallv
	barrier
	verbs // how many there are
)

// verbNames are those of the functions of MPI without their prefix.
var verbNames = [verbs]string{"Send", "Recv", "Sendrecv", "Bcast", "Scatter", "Scatterv", "Gather", "Gatherv",
	"Allgather", "Allgatherv", "Alltoall", "Alltoallv", "Barrier"}

func (v verb) String() string { return verbNames[v] }

// operation is one call of MPI: checked, and with buffers on the heap, where
// nothing moves. Whoever carries it out trusts it.
type operation struct {
	verb verb
	kind kind
	x, y unsafe.Pointer // what is sent; what is received to
	// How many elements: of all of x or y, or for each rank where every rank's
	// part is as large.
	xn, yn    int32
	xv, yv    *parts // the parts, where they differ in size
	peer, tag int32  // the other rank or the root
	from      int32  // whom sendrecv receives from
	status    Status // what was received, afterwards
	inPlace   bool   // the rank's own part is in y already, where it belongs: allgatherv, and gatherv on the root
}

// parts are how the elements of a buffer belong to ranks.
type parts struct {
	counts, offsets []int32
}

// Status tells what a receive received.
type Status struct {
	From, Tag int // who sent it, under which tag
	Count     int // its number of elements
}

// carrier is one communicator of what carries messages: MPI, or nothing where
// there is but one rank.
type carrier interface {
	where() (rank, size int)

	// do carries out an operation and returns when it is over.
	do(o *operation) error

	// begin starts an operation and returns. done is called once, when it is
	// over, unless begin returns an error. cancel takes a receive back that
	// nothing has arrived for; done is then told errCancelled.
	begin(o *operation, done func(error)) (cancel func(), err error)

	// probe reports whether there is a message from a rank under a tag.
	probe(from, tag int32, k kind) (Status, bool, error)

	// split and dup return new communicators; nil from split is none.
	split(color, key int32) (carrier, error)
	dup() (carrier, error)
	free() error

	// abort ends all ranks of the job.
	abort(code int)

	// handle is the communicator in C, or 0.
	handle() uintptr
}

func newParts(ranks int) *parts { return &parts{make([]int32, ranks), make([]int32, ranks)} }
