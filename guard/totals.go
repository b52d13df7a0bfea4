package guard

import (
	"iter"

	"github.com/tidemark-ml/tidemark/report"
)

// outcomes of a call in the totals.
const (
	byModel    = "model"
	byFallback = "fallback"
	byError    = "error"
)

// Totals implements [report.Tallier]. ml.guard.calls adds up to the finished calls.
func (g *Guard[In, Out]) Totals() iter.Seq[report.Total] {
	return func(yield func(report.Total) bool) {
		name := report.Attribute{Key: report.AttrGuard, Value: g.policy.Name}
		going := true
		add := func(total string, kind report.TotalKind, value float64, attributes ...report.Attribute) {
			going = going && yield(report.Total{Name: total, Kind: kind, Value: value, Attributes: append([]report.Attribute{name}, attributes...)})
		}
		g.totalCalls(add)
		g.totalEvents(add)
		if g.limit != nil {
			add(report.TotalGuardRunning, report.Gauge, float64(len(g.limit.slots)))
			add(report.TotalGuardWaiting, report.Gauge, float64(g.limit.waiting.Load()))
		}
		if g.breaker.active {
			add(report.TotalGuardBreaker, report.Gauge, float64(g.breaker.state()))
			for s := range g.breaker.entered {
				add(report.TotalGuardTransitions, report.Counter, float64(g.breaker.entered[s].Load()), report.Attribute{Key: report.AttrState, Value: State(s).String()})
			}
		}
		if g.watch != nil {
			g.watch.totals(add)
		}
	}
}

type adder func(total string, kind report.TotalKind, value float64, attributes ...report.Attribute)

func why(reason string) report.Attribute {
	return report.Attribute{Key: report.AttrReason, Value: reason}
}

func (g *Guard[In, Out]) totalCalls(add adder) {
	outcome := func(v string) report.Attribute { return report.Attribute{Key: report.AttrOutcome, Value: v} }
	add(report.TotalGuardCalls, report.Counter, float64(g.counts.answered.sum()), outcome(byModel), why(None.String()))
	for r := BadInput; r < reasons; r++ {
		if g.covers[r] {
			add(report.TotalGuardCalls, report.Counter, float64(g.counts.fallback[r].Load()), outcome(byFallback), why(r.String()))
		}
		add(report.TotalGuardCalls, report.Counter, float64(g.counts.errors[r].Load()), outcome(byError), why(r.String()))
	}
}

func (g *Guard[In, Out]) totalEvents(add adder) {
	c := &g.counts
	add(report.TotalGuardAbandoned, report.Counter, float64(c.abandoned.Load()), why("abandoned"))
	add(report.TotalGuardAbandoned, report.Counter, float64(c.returned.Load()), why("returned"))
	add(report.TotalGuardAbandoned, report.Counter, float64(c.latePanics.Load()), why("panicked"))
	add(report.TotalGuardEvents, report.Counter, float64(c.waited.Load()), why("waited"))
	add(report.TotalGuardEvents, report.Counter, float64(c.fallbackErrors.Load()), why("fallback_failed"))
	add(report.TotalGuardEvents, report.Counter, float64(c.unobserved.Load()), why("unreadable"))
}

func (w *watch) totals(add adder) {
	w.mu.Lock()
	c := w.tallied
	w.mu.Unlock()
	now := w.conformal.coverage(false)
	add(report.TotalGuardLabels, report.Counter, float64(now.hits), why("covered"))
	add(report.TotalGuardLabels, report.Counter, float64(now.labels-now.hits), why("missed"))
	add(report.TotalGuardLabels, report.Counter, float64(c.unmatched), why("unmatched"))
	add(report.TotalGuardLabels, report.Counter, float64(c.unusable), why("unusable"))
	add(report.TotalGuardLabels, report.Counter, float64(c.forgotten), why("forgotten"))
	if now.known {
		add(report.TotalGuardCoverage, report.Gauge, now.share)
	}
}
