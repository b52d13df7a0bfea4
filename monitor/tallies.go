package monitor

import (
	"iter"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// tallies are the cumulative counts behind Totals: the closed panes added up,
// what was dropped, and what failed. It is safe for concurrent use.
type tallies struct {
	intake *intake
	keeper *keeper
	late   atomic.Uint64 // rows older than the open pane, in event time
	lost   atomic.Uint64 // rows for which there was no room while cells were learned
	unsent atomic.Uint64 // reports that exporters were too slow for

	// Values beyond the schema and labels cut that no profile has counted.
	surplus, clipped atomic.Uint64

	undeclared, invalidKPI atomic.Uint64 // business figures

	failures failures

	mu     sync.Mutex
	closed *profile.Profile
	panes  uint64
	bound  *profile.Reference // names and reference shares come from it
}

func newTallies(in *intake, k *keeper) *tallies {
	return &tallies{intake: in, keeper: k, failures: newFailures()}
}

// close adds up the pane that cut cuts off, in one step, so that no reader finds
// it in neither the open pane nor the closed ones.
func (t *tallies) close(cut func() *profile.Profile) *profile.Profile {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := cut()
	t.panes++
	if t.closed == nil {
		t.closed = p.Geometry().New(profile.CountsOnly)
	}
	if err := t.closed.Merge(p); err != nil {
		t.keeper.fail("totals", err)
	}
	return p
}

// bind takes names and shares from r.
func (t *tallies) bind(r *profile.Reference) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.bound = r
}

// snapshot adds the open pane to the closed ones, as far as it is drained.
func (t *tallies) snapshot() (p *profile.Profile, bound *profile.Reference) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.intake.mu.Lock()
	defer t.intake.mu.Unlock()
	t.intake.drainQueued()
	p = t.intake.geometry.New(profile.CountsOnly)
	if t.closed != nil {
		p.Merge(t.closed) // one geometry: it changes only before the first pane closes
	}
	p.Merge(t.intake.open)
	return p, t.bound
}

// totals may be called without the mutex.
func (k *keeper) totals() iter.Seq[report.Total] {
	return func(yield func(report.Total) bool) {
		p, bound := k.tallies.snapshot()
		w := totalsWriter{yield: yield, more: true}
		w.predictions(p)
		w.latency(p)
		w.score(p)
		for _, i := range byImportance(p.Geometry()) {
			w.feature(p, i)
			if bound != nil {
				w.cells(p, bound, i)
			}
		}
		k.outcomeTotals(&w)
		k.tallies.health(&w, p)
		for _, t := range k.config.talliers {
			k.tally(&w, t)
		}
	}
}

// byImportance orders the features, the most important first.
func byImportance(g *profile.Geometry) []int {
	s := g.Schema()
	order := make([]int, s.Len())
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := s.Feature(a).Importance, s.Feature(b).Importance; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return order
}

// health yields the library's own counters.
func (t *tallies) health(w *totalsWriter, p *profile.Profile) {
	t.mu.Lock()
	panes := t.panes
	t.mu.Unlock()
	w.count(report.TotalPanes, panes)
	for _, d := range []struct {
		reason string
		n      uint64
	}{
		{"pressure", t.intake.dropped()},
		{"shutdown", t.intake.closed.Load()},
		{"late", t.late.Load()},
		{"learning", t.lost.Load()},
		{"report", t.unsent.Load()},
		{"surplus_value", p.Surplus + t.surplus.Load()},
		{"clipped_label", p.Clipped + t.clipped.Load()},
		{"undeclared_kpi", t.undeclared.Load()},
		{"invalid_kpi", t.invalidKPI.Load()},
		{"kpi", t.intake.labels.dropped[1].Load()},
		{"late_kpi", t.keeper.intake.lateKPIs()},
		{"follower", t.intake.join.feed.dropped.Load()},
	} {
		w.count(report.TotalDropped, d.n, report.Attribute{Key: report.AttrReason, Value: d.reason})
	}
	for _, part := range parts {
		w.count(report.TotalFailures, t.failures[part].Load(), report.Attribute{Key: report.AttrReason, Value: part})
	}
}
