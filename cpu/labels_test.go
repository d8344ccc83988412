package cpu

import (
	"context"
	"runtime"
	"runtime/pprof"
	"sync/atomic"
	"testing"
	"time"
)

// labelled is a task whose items note whether they have the labels of the caller.
type labelled struct {
	want         Labels
	caller       uint64
	others, bare atomic.Int32
}

func (l *labelled) item(int) {
	if CurrentLabels() != l.want {
		l.bare.Add(1)
	}
	if stackOf() != l.caller {
		l.others.Add(1)
	}
	time.Sleep(time.Millisecond)
}

// stackOf returns a number that goroutines differ in.
func stackOf() (id uint64) {
	var buf [64]byte
	for _, c := range buf[len("goroutine "):runtime.Stack(buf[:], false)] {
		if c < '0' || c > '9' {
			break
		}
		id = 10*id + uint64(c-'0')
	}
	return id
}

// Workers have the labels of who calls while they work for them, and none
// before and after.
func TestLabels(t *testing.T) {
	if runtime.GOMAXPROCS(0) == 1 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	}
	run := func() *labelled {
		l := &labelled{want: CurrentLabels(), caller: stackOf()}
		for range 100 { // until a worker has come
			if fork(2, 20, l); l.others.Load() > 0 {
				break
			}
		}
		return l
	}
	check := func(what string, l *labelled) {
		t.Helper()
		if l.bare.Load() > 0 || l.others.Load() == 0 {
			t.Errorf("%s: %d items with other labels, %d on a worker", what, l.bare.Load(), l.others.Load())
		}
	}
	check("without labels", run())
	pprof.Do(context.Background(), pprof.Labels("a", "b"), func(context.Context) {
		if CurrentLabels() == (Labels{}) {
			t.Error("labels can't be seen")
		}
		check("with labels", run())
	})
	check("without labels again", run())
}
