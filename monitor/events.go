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

// remember moves the report's new events, the decider's included, to the
// timeline and shows the recent ones, newest first.
func (k *keeper) remember(r *report.Report) {
	for _, e := range r.Events {
		k.events.Push(e)
	}
	r.Events = k.events.Last(keptEvents, nil)
	slices.Reverse(r.Events)
}

// fail counts and logs a failure; what is the part that failed. It may be called
// without the mutex.
func (k *keeper) fail(what string, err error) {
	k.tallies.failed(what)
	k.config.logger.Error("tidemark", "failed", what, "error", err)
}
