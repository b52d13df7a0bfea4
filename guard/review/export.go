package review

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
	"github.com/tidemark-ml/tidemark/report"
)

// Start implements [report.Exporter].
func (q *Queue) Start(report.Source) error { return nil }

// Export implements [report.Exporter]: the pane that closed ends a period, and the
// report says which slices are in breach.
func (q *Queue) Export(ctx context.Context, r *report.Report) error {
	q.slices.update(q.policy.Schema, r)
	return q.Release(ctx)
}

// Shutdown implements [report.Exporter]: it releases what was sampled since.
func (q *Queue) Shutdown(ctx context.Context) error { return q.Release(ctx) }

// Names of the signals.
const (
	signalAge       = "review.queue_age"
	signalAgreement = "review.agreement"
	signalPeople    = "review.reviewer_agreement"
)

// Evaluate makes the queue an evaluator: for windows of one pane it describes the
// 90 % quantile of the age of open items, and the agreement of the model, and of
// reviewers, with reviewers. A rule of the decider's can put thresholds on them.
func (q *Queue) Evaluate(c profile.Comparison) []report.Signal {
	if c.Window.Scale > 1 {
		return nil
	}
	s := q.Stats()
	signal := func(name string, value float64, n uint64) report.Signal {
		x := report.Signal{
			Name: name, Unit: report.UnitOf(name), Subject: report.Subject{Kind: report.KindModel},
			Window: c.Window, Value: value, Current: n,
		}
		if n == 0 {
			x.Undefined = true
			x.Warnings = []report.Warning{{Code: report.WarnUndefined, Text: name + ": there is nothing yet to tell it from"}}
		}
		return x
	}
	agreement := signal(signalAgreement, s.All.Rate, s.All.N)
	agreement.Effect.Words = fmt.Sprintf("interval %.2f to %.2f", s.All.Low, s.All.High)
	return []report.Signal{
		signal(signalAge, s.Age.P90.Seconds(), uint64(s.Open)),
		agreement,
		signal(signalPeople, s.People.Rate, s.People.N),
	}
}

// Totals implements [report.Tallier].
func (q *Queue) Totals() iter.Seq[report.Total] {
	return func(yield func(report.Total) bool) {
		s := q.Stats()
		name := report.Attribute{Key: report.AttrGuard, Value: q.policy.Name}
		going := true
		add := func(total string, kind report.TotalKind, value float64, attributes ...report.Attribute) {
			going = going && yield(report.Total{Name: total, Kind: kind, Value: value, Attributes: append([]report.Attribute{name}, attributes...)})
		}
		reason := func(v string) report.Attribute { return report.Attribute{Key: report.AttrReason, Value: v} }
		for _, r := range reasonNames {
			add(report.TotalReviewCandidates, report.Counter, float64(s.Candidates[r]), reason(r))
			add(report.TotalReviewChosen, report.Counter, float64(s.Chosen[r]), reason(r))
		}
		for _, x := range s.ends() {
			add(report.TotalReviewItems, report.Counter, float64(x.n), reason(x.name))
		}
		for _, x := range s.verdicts() {
			add(report.TotalReviewVerdicts, report.Counter, float64(x.n), reason(x.name))
		}
		for _, x := range s.failures() {
			add(report.TotalReviewFailures, report.Counter, float64(x.n), reason(x.name))
		}
		add(report.TotalReviewOpen, report.Gauge, float64(s.Open))
		add(report.TotalReviewAge, report.Gauge, s.Age.P90.Seconds())
	}
}

// named is a count with a name.
type namedCount struct {
	name string
	n    uint64
}

func (s *Stats) ends() []namedCount {
	return []namedCount{{"released", s.Released}, {"resolved", s.Resolved}, {"expired", s.Expired}, {"displaced", s.Displaced}, {"repeated", s.Repeated}}
}

func (s *Stats) verdicts() []namedCount {
	return []namedCount{{"taken", s.Verdicts}, {"unmatched", s.Unmatched}, {"twice", s.Twice}, {"labelled", s.Labelled}, {"unlabelled", s.Unlabelled}}
}

func (s *Stats) failures() []namedCount {
	return []namedCount{{"sink", s.SinkErrors}, {"journal", s.JournalErrors}, {"skipped", s.Skipped}}
}

// Panel implements [report.Paneler].
func (q *Queue) Panel() report.Panel {
	s := q.Stats()
	p := report.Panel{Title: "Review queue: " + q.policy.Name, State: fmt.Sprintf("%d open", s.Open), Status: report.OK}
	if 2*s.Open > q.policy.Capacity || s.Age.Oldest > q.policy.Expire/2 && s.Open > 0 {
		p.Status = report.Warn
		p.Text = "People do not keep up: items will expire or be displaced unseen. Lower the quotas or find reviewers."
	}
	p.Facts = []report.Fact{
		{Name: "age of open items, median", Value: round(s.Age.Median)},
		{Name: "age of open items, 90 %", Value: round(s.Age.P90)},
		{Name: "age of open items, oldest", Value: round(s.Age.Oldest)},
		{Name: "model agrees with people, of all cases", Value: s.All.text()},
		{Name: "model agrees with people, of reviewed ones", Value: s.Model.text()},
		{Name: "people agree with each other", Value: s.People.text()},
	}
	reasons := report.Table{Title: "Why", Columns: []string{"reason", "candidates", "chosen"}}
	for _, r := range reasonNames {
		reasons.Rows = append(reasons.Rows, []string{r, fmt.Sprint(s.Candidates[r]), fmt.Sprint(s.Chosen[r])})
	}
	what := report.Table{Title: "Items and verdicts", Columns: []string{"what", "count"}}
	for _, group := range [][]namedCount{s.ends(), s.verdicts(), s.failures()} {
		for _, x := range group {
			what.Rows = append(what.Rows, []string{x.name, fmt.Sprint(x.n)})
		}
	}
	p.Tables = []report.Table{reasons, what}
	return p
}

func round(d time.Duration) string { return d.Round(time.Second).String() }

func (e Estimate) text() string {
	if !e.Defined {
		return "not known yet"
	}
	return fmt.Sprintf("%.1f %% (%.1f to %.1f, %d items, weighted)", 100*e.Rate, 100*e.Low, 100*e.High, e.N)
}

func (a Agreement) text() string {
	if a.N == 0 {
		return "not known yet"
	}
	text := fmt.Sprintf("%.1f %% (%.1f to %.1f)", 100*a.Rate, 100*a.Low, 100*a.High)
	if a.HasKappa {
		text += fmt.Sprintf(", κ %.2f (%.2f to %.2f)", a.Kappa, a.KappaLow, a.KappaHigh)
	}
	return text
}

var (
	_ report.Exporter = (*Queue)(nil)
	_ report.Paneler  = (*Queue)(nil)
	_ report.Tallier  = (*Queue)(nil)
)
