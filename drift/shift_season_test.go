package drift_test

import (
	"math"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/drift"
	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// seasonal makes panes of four hours whose mean follows the day.
type seasonal struct {
	*model
	size  float64 // of the season
	shift float64
	at    int // next pane
	start time.Time
}

const (
	seasonHours = 4
	seasonRows  = 500
	seasonPanes = 14 * 24 / seasonHours
)

func newSeasonal(seed uint64, size float64) *seasonal {
	return &seasonal{model: newModel(seed), size: size, start: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)}
}

func (s *seasonal) panes(t testing.TB, ref *profile.Reference, n int) profile.Comparison {
	t.Helper()
	out := profile.Comparison{Reference: ref, Current: ref.Geometry().New(profile.CountsOnly), Window: report.Window{Scale: n}}
	for range n {
		from := s.start.Add(time.Duration(s.at*seasonHours) * time.Hour)
		s.mean = s.shift + s.size*math.Sin(2*math.Pi*float64(from.Hour())/24)
		p := s.window(t, ref, 1, seasonRows).Panes[0]
		p.Start, p.End = from, from.Add(seasonHours*time.Hour)
		out.Panes = append(out.Panes, p)
		if err := p.AddTo(out.Current); err != nil {
			t.Fatal(err)
		}
		s.at++
	}
	return out
}

// known is a reference of two weeks.
func (s *seasonal) known(t testing.TB, times bool) *profile.Reference {
	t.Helper()
	c := s.panes(t, newModel(40).reference(t, 20), seasonPanes)
	if !times {
		for _, p := range c.Panes {
			p.Start, p.End = time.Time{}, time.Time{}
		}
	}
	ref, err := profile.NewReference(c.Current, c.Panes, profile.Provenance{})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// What the hour of the day explains is no wandering: a shift that hides in the
// season of a reference without times is found where there are times.
func TestShiftKnowsTheSeason(t *testing.T) {
	timed, timeless := newSeasonal(41, .3).known(t, true), newSeasonal(41, .3).known(t, false)
	for _, from := range []int{0, 3, 33} { // a Monday's night and day, a weekend
		live := newSeasonal(42, .3)
		live.at = from
		for _, s := range (drift.Shift{}).Evaluate(live.panes(t, timed, 4)) {
			if s.P < 1e-3 || s.Effect.Words != "" {
				t.Errorf("pane %d, %v: P = %v without a change (%s)", from, s.Subject, s.P, s.Effect.Words)
			}
		}
		live = newSeasonal(43, .3)
		live.at, live.shift = from, .3
		found := shiftOf(t, drift.Shift{}.Evaluate(live.panes(t, timed, 4)), "amount")
		live = newSeasonal(43, .3)
		live.at, live.shift = from, .3
		hidden := shiftOf(t, drift.Shift{}.Evaluate(live.panes(t, timeless, 4)), "amount")
		if found.P > 1e-5 || hidden.P < 1e-3 {
			t.Errorf("pane %d, shift of .3 sd: P = %v with season slots, %v without", from, found.P, hidden.P)
		}
		if math.Abs(found.Effect.Size-.3) > .1 || found.Effect.Component != "location" {
			t.Errorf("pane %d: %s of %v, want .3", from, found.Effect.Component, found.Effect.Size)
		}
		if found.Effect.Detectable >= hidden.Effect.Detectable {
			t.Errorf("detectable: %v with season slots, %v without", found.Effect.Detectable, hidden.Effect.Detectable)
		}
	}
}

// Where there is nothing to take out, times change nothing: without a season,
// over a day or more, and in windows without times.
func TestShiftWithoutSeasonIsUnchanged(t *testing.T) {
	same := func(what string, a, b []report.Signal) {
		t.Helper()
		for i := range a {
			if a[i].P != b[i].P || a[i].Value != b[i].Value || a[i].Critical != b[i].Critical {
				t.Errorf("%s, %v: P %v and %v, value %v and %v", what, a[i].Subject, a[i].P, b[i].P, a[i].Value, b[i].Value)
			}
		}
	}
	evaluate := func(ref *profile.Reference, size float64, panes int, times bool) []report.Signal {
		live := newSeasonal(45, size)
		live.shift = .1
		c := live.panes(t, ref, panes)
		for _, p := range c.Panes {
			if !times {
				p.Start, p.End = time.Time{}, time.Time{}
			}
		}
		return drift.Shift{}.Evaluate(c)
	}
	timed, timeless := newSeasonal(44, 0).known(t, true), newSeasonal(44, 0).known(t, false)
	for _, panes := range []int{1, 2, 4, 16} {
		same("no season", evaluate(timed, 0, panes, true), evaluate(timeless, 0, panes, true))
	}
	timed, timeless = newSeasonal(46, .3).known(t, true), newSeasonal(46, .3).known(t, false)
	same("four days", evaluate(timed, .3, 16, true), evaluate(timeless, .3, 16, true))
	same("window without times", evaluate(timed, .3, 2, false), evaluate(timeless, .3, 2, false))
}
