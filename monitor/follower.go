package monitor

import (
	"encoding/binary"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Follower sees labelled rows one after the other, as their labels come: what a
// sequential detector needs. It has state of its own, of this process alone, and
// is called by one goroutine at a time. It is given rows from when there is a
// reference, and must not keep them. Signals is asked at the end of every pane; a
// window that it does not set is the pane's.
//
// One that is [Stateful] is saved and restored with the monitor.
type Follower interface {
	Follow(reference *profile.Reference, rows []profile.Joined)
	Signals() []report.Signal
}

// WithFollowers adds followers.
func WithFollowers(f ...Follower) Option {
	return option(func(c *config) { c.followers = append(c.followers, f...) })
}

const (
	feedRows  = 4096 // labelled rows that wait for the followers; more are dropped
	feedBatch = 256  // rows that a follower is given at once, at most
	feedTail  = 24   // bytes after an encoded row: truth, and the time of its label
)

// feed keeps labelled rows, in order, until the followers have seen them.
type feed struct {
	followers []Follower
	reference atomic.Pointer[profile.Reference]
	dropped   atomic.Uint64

	// Guarded by the intake's mutex.
	geometry *profile.Geometry
	rows     []byte
	size     int

	mu     sync.Mutex // one goroutine at a time
	spare  []byte
	joined []profile.Joined
}

func newFeed(c *config) *feed { return &feed{followers: c.followers} }

// use drops what waits and makes room for rows cut as g says.
func (f *feed) use(g *profile.Geometry) {
	if len(f.followers) == 0 {
		return
	}
	f.geometry, f.size = g, g.JoinedSize()+feedTail
	f.rows = make([]byte, 0, feedRows*f.size)
}

// add keeps a labelled row; the intake's mutex is held.
func (f *feed) add(g *profile.Geometry, j *profile.Joined) {
	if len(f.followers) == 0 {
		return
	}
	if len(f.rows)+f.size > cap(f.rows) {
		f.dropped.Add(1)
		return
	}
	f.rows = g.AppendJoined(f.rows, j)
	f.rows = binary.LittleEndian.AppendUint64(f.rows, math.Float64bits(j.Truth))
	f.rows = binary.LittleEndian.AppendUint64(f.rows, uint64(j.Labelled.Unix()))
	f.rows = binary.LittleEndian.AppendUint64(f.rows, uint64(j.Labelled.Nanosecond()))
}

// deliver gives the followers what waits for them. The intake's mutex is not
// held, so that rows and labels go on being taken in.
func (k *keeper) deliver() {
	f := k.intake.join.feed
	if len(f.followers) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	k.intake.mu.Lock()
	g, rows := f.geometry, f.rows
	if cap(f.spare) != cap(rows) {
		f.spare = make([]byte, 0, cap(rows))
	}
	f.rows, f.spare = f.spare[:0], rows
	k.intake.mu.Unlock()
	reference := f.reference.Load()
	if reference == nil || len(rows) == 0 {
		return
	}
	f.decode(g, rows, func(joined []profile.Joined) {
		for _, follower := range f.followers {
			err := guard(partOf("follower", follower), func() error { follower.Follow(reference, joined); return nil })
			if err != nil {
				k.fail("follower", err)
			}
		}
	})
}

// decode calls visit with rows of an encoding, some at a time.
func (f *feed) decode(g *profile.Geometry, rows []byte, visit func([]profile.Joined)) {
	if f.joined == nil {
		f.joined = make([]profile.Joined, feedBatch)
	}
	size, n, target := g.JoinedSize(), 0, g.Schema().Target()
	for ; len(rows) > 0; rows = rows[size+feedTail:] {
		j, tail := &f.joined[n], rows[size:]
		at := time.Unix(int64(binary.LittleEndian.Uint64(tail[8:])), int64(binary.LittleEndian.Uint64(tail[16:]))).UTC()
		truth := decodeTruth(target, math.Float64frombits(binary.LittleEndian.Uint64(tail)))
		if g.DecodeJoined(rows[:size], j) != nil || !j.Judge(target, truth, at) {
			continue
		}
		if n++; n == len(f.joined) {
			visit(f.joined)
			n = 0
		}
	}
	if n > 0 {
		visit(f.joined[:n])
	}
}

// followed are the signals of the followers at the end of a pane.
func (k *keeper) followed(pane report.Window) (signals []report.Signal) {
	f := k.intake.join.feed
	if len(f.followers) == 0 || f.reference.Load() == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, follower := range f.followers {
		s, err := signalsOf(partOf("follower", follower), pane, follower.Signals)
		if err != nil {
			k.fail("follower", err)
		}
		for i := range s {
			if s[i].Window == (report.Window{}) {
				s[i].Window = pane
			}
		}
		signals = append(signals, s...)
	}
	return signals
}
