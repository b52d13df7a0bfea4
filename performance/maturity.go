package performance

import (
	"fmt"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Maturity reports how labels come: "labels.maturity", the share of followed
// predictions of the window whose truth is known, and "labels.lag_p50" and
// "labels.lag_p95", how long those labels took. All describe.
//
// Lags come from thirteen cells, from a minute to 30 days, linear within a cell: a
// lag is right to its cell. Labels that are still to come count as later than all
// that came: a quantile that they may reach is undefined, as it is beyond 30 days.
type Maturity struct{}

// Evaluate returns nothing: labels are looked at when they are.
func (Maturity) Evaluate(profile.Comparison) []report.Signal { return nil }

// EvaluateOutcomes returns the three signals, of early windows too.
func (Maturity) EvaluateOutcomes(c profile.Comparison) []report.Signal {
	if c.Current == nil || c.Current.Outcomes == nil {
		return nil
	}
	o := c.Current.Outcomes
	s := labelSignal(c, "labels.maturity")
	if o.Predictions == 0 {
		s.Undefined = true
		s.Warnings = []report.Warning{{Code: report.WarnUndefined, Text: "no prediction of this window was followed"}}
	}
	f := proportion(float64(min(o.Labelled, o.Predictions)), float64(o.Predictions), "")
	s.Value, s.Low, s.High = f.Value, f.Low, f.High
	signals := []report.Signal{s}
	waiting := float64(o.Predictions) - float64(min(o.Labelled, o.Predictions))
	if !c.Early {
		waiting = 0 // of a mature window: who has no label yet is not waited for
	}
	for _, q := range []struct {
		name string
		q    float64
	}{{"labels.lag_p50", .5}, {"labels.lag_p95", .95}} {
		s := labelSignal(c, q.name)
		lag, ok := lagQuantile(&o.Delays, waiting, q.q)
		s.Value = lag.Seconds()
		if !ok {
			s.Value, s.Undefined = 0, true
			s.Warnings = []report.Warning{{Code: report.WarnUndefined, Text: fmt.Sprintf(
				"%.0f %% of the labels have not come yet, or took more than 30 days", 100*(1-q.q))}}
		}
		signals = append(signals, s)
	}
	return signals
}

func labelSignal(c profile.Comparison, name string) report.Signal {
	return report.Signal{
		Name: name, Unit: report.UnitOf(name), Subject: report.Subject{Kind: report.KindModel}, Window: c.Window,
		Current: c.Current.Outcomes.Labelled,
	}
}

// lagQuantile is the q-quantile of the delays, with so many more that are later
// than all; false where it is not known.
func lagQuantile(d *profile.Delays, waiting, q float64) (time.Duration, bool) {
	counts, limits := d.Total(), profile.DelayLimits()
	total := waiting
	for _, n := range counts {
		total += float64(n)
	}
	if total == 0 {
		return 0, false
	}
	target, passed, from := q*total, 0.0, time.Duration(0)
	for i, limit := range limits {
		n := float64(counts[i])
		if n > 0 && passed+n >= target {
			return from + time.Duration(float64(limit-from)*(target-passed)/n), true
		}
		passed, from = passed+n, limit
	}
	return 0, false
}
