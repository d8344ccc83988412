package device

import (
	"slices"

	"github.com/weftgo/weft/cuda/internal/driver"
)

// Stop is how somebody stops commands of a stream. Commands that have not begun
// when Asked says so are skipped. A kernel that has begun sees it by the word,
// which is pinned memory that the host sets: kernels look at it while they run.
//
// Whether a kernel that is over saw the word, nobody can tell: one that was over
// when Set was still nil did not. So that is asked when the driver says that it
// is over, and an error stops the stream from there on.
type Stop interface {
	Word() driver.Ptr
	Asked() error // why commands are not to begin, nil if they are
	Set() error   // the same once the word may have been set
}

// Within has the commands that follow obey stop; with nil they obey nobody.
func (s *Stream) Within(stop Stop) { s.stop = stop }

// doubt is a stop that kernels begun since the last event known to be over may
// have seen.
type doubt struct {
	stop Stop
	upTo uint64 // the number of the event behind the last of them
}

// doubtOf notes that a kernel obeys stop.
func (s *Stream) doubtOf(stop Stop, upTo uint64) {
	for i := range s.doubts {
		if s.doubts[i].stop == stop {
			s.doubts[i].upTo = max(s.doubts[i].upTo, upTo)
			return
		}
	}
	s.doubts = append(s.doubts, doubt{stop, upTo})
}

// stops returns the stops that the work so far is in doubt of.
func (s *Stream) stops() []Stop {
	if len(s.doubts) == 0 {
		return nil
	}
	all := make([]Stop, len(s.doubts))
	for i := range all {
		all[i] = s.doubts[i].stop
	}
	return all
}

// settled forgets the doubts about work up to an event that is over.
func (s *Stream) settled(number uint64) {
	s.doubts = slices.DeleteFunc(s.doubts, func(d doubt) bool { return d.upTo <= number })
}

// set returns the error of the first stop that may have been seen.
func set(stops []Stop) error {
	for _, stop := range stops {
		if err := stop.Set(); err != nil {
			return err
		}
	}
	return nil
}
