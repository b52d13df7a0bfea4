package monitor

import (
	"slices"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// event puts an entry on the timeline; it appears in the next report.
func (k *keeper) event(at time.Time, kind, text string) {
	k.pending = append(k.pending, report.Event{At: at, Kind: kind, Text: text})
}

// takeEvents returns the entries since the last report.
func (k *keeper) takeEvents() []report.Event {
	e := k.pending
	k.pending = nil
	return e
}

// remember moves the report's events that are new, the decider's included, to
// the timeline and shows the recent ones, newest first. A decider may show its
// whole timeline again.
func (k *keeper) remember(r *report.Report) {
	known := k.events.Last(keptEvents, nil)
	slices.SortStableFunc(r.Events, func(a, b report.Event) int { return a.At.Compare(b.At) })
	for _, e := range r.Events {
		if !slices.Contains(known, e) && !old(e, known) {
			k.events.Push(e)
		}
	}
	r.Events = k.events.Last(keptEvents, nil)
	slices.Reverse(r.Events)
}

// old reports whether an event is from before the timeline's memory, so that it
// was shown and dropped already.
func old(e report.Event, known []report.Event) bool {
	return len(known) == keptEvents && e.At.Before(known[0].At)
}
