package alert

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/tidemark-ml/tidemark/report"
)

func TestSeverity(t *testing.T) {
	size := func(v float64) report.Effect { return report.Effect{Component: "location", Size: v} }
	for _, c := range []struct {
		name   string
		signal report.Signal
		want   report.Severity
		pages  bool
	}{
		{"drift .05", report.Signal{Evidence: report.Drift, Effect: size(.05)}, report.Info, false},
		{"drift -.15", report.Signal{Evidence: report.Drift, Effect: size(-.15)}, report.Low, false},
		{"drift .3", report.Signal{Evidence: report.Drift, Effect: size(.3)}, report.Medium, false},
		{"drift -.6", report.Signal{Evidence: report.Drift, Effect: size(-.6)}, report.High, true},
		{"prediction .3", report.Signal{Evidence: report.Prediction, Effect: size(.3)}, report.Medium, true},
		{"prediction .15", report.Signal{Evidence: report.Prediction, Effect: size(.15)}, report.Low, false},
		{"size not known", report.Signal{Evidence: report.Drift}, report.Medium, false},
		{"rule broken", report.Signal{Evidence: report.Quality, HasP: true, Effect: size(.001)}, report.High, true},
		{"missing .3", report.Signal{Evidence: report.Quality, HasP: true, P: 1e-9, Effect: size(.3)}, report.Medium, false},
		{"performance 6 %", report.Signal{Evidence: report.Performance, Effect: size(-.06)}, report.High, true},
		{"performance 6 %, 1.5 % at least", report.Signal{Evidence: report.Performance,
			Effect: report.Effect{Component: "auc", Size: -.06, Low: -.1, High: -.015}}, report.Medium, true},
		{"performance, interval covers 0", report.Signal{Evidence: report.Performance,
			Effect: report.Effect{Component: "auc", Size: -.06, Low: -.1, High: .01}}, report.Low, false},
		{"operational", report.Signal{Evidence: report.Operational, Effect: size(.04)}, report.Medium, true},
		{"kpi .7", report.Signal{Evidence: report.KPI, Effect: size(.7)}, report.High, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			same(t, "severity", SeverityOf(&c.signal), c.want)
			in := report.Incident{Severity: c.want, Evidence: []report.Signal{c.signal}}
			same(t, "pages", Pages(&in), c.pages)
		})
	}
}

func TestCause(t *testing.T) {
	about := func(kind report.Kind, name string) report.Signal {
		s := drift(name, 1e-9, .6)
		s.Subject.Kind = kind
		return s
	}
	first := drift("amount", 1e-20, 1.2)
	metric := func(name, segment, words string) report.Signal {
		s := about(report.KindMetric, name)
		s.Subject.Segment, s.Effect.Words, s.Evidence = segment, words, report.Performance
		return s
	}
	revenue := about(report.KindMetric, "revenue")
	revenue.Evidence = report.KPI
	silent := report.Signal{Name: "quality.missing", Value: .3, Threshold: .1, HasThreshold: true,
		Subject: report.Subject{Kind: report.KindFeature, Name: "age", Segment: "tenant=acme"}}
	for _, c := range []struct {
		signals []report.Signal
		want    string
	}{
		{[]report.Signal{first}, "amount: mean up 1.2 sd"},
		{[]report.Signal{first, about(report.KindFeature, "b")}, "amount: mean up 1.2 sd; b moved with it"},
		{[]report.Signal{first, about(report.KindFeature, "b"), about(report.KindFeature, "c"), about(report.KindMetric, "auc")},
			"amount: mean up 1.2 sd; b, c and metric auc moved with it"},
		{[]report.Signal{first, about(report.KindPair, "a×b"), about(report.KindMetric, "auc"), about(report.KindGroup, "sex=f")},
			"amount: mean up 1.2 sd; pair a×b, metric auc and group sex=f moved with it"},
		{[]report.Signal{first, about("feature", "b"), about("feature", "c"), about("feature", "d"), about("feature", "e"), about("feature", "f"), about(report.KindMetric, "g")},
			"amount: mean up 1.2 sd; b, c, d, 2 more features and 1 more metric moved with it"},
		{[]report.Signal{revenue, first, about("feature", "b")}, "metric revenue: mean up 0.6 sd; with it amount: mean up 1.2 sd; b moved with it"},
		{[]report.Signal{about(report.KindPrediction, "score")}, "prediction score: mean up 0.6 sd"},
		{[]report.Signal{metric("brier", "", "Brier score 0.17 → 0.25"), metric("roc_auc", "", "")},
			"Brier score 0.17 → 0.25; ROC AUC moved with it"},
		{[]report.Signal{metric("brier", "t=b", "Brier score 0.17 → 0.4"), metric("brier", "t=a", ""), metric("brier", "", "Brier score 0.17 → 0.25"), metric("log_loss", "t=b", "")},
			"Brier score 0.17 → 0.25, most in t=b; log loss in t=b moved with it"},
		{[]report.Signal{metric("brier", "t=b", "Brier score 0.17 → 0.4")}, "Brier score 0.17 → 0.4 in t=b"},
		{[]report.Signal{silent}, "age in tenant=acme: quality.missing is 0.3, beyond 0.1"},
	} {
		var members []*member
		for i := range c.signals {
			members = append(members, &member{evidence: kept(&c.signals[i])})
		}
		same(t, "cause", cause(members), c.want)
	}
}

func TestTextsAreCutAtACharacter(t *testing.T) {
	long := cut(strings.Repeat("é", maxText))
	if len(long) > maxText || !strings.HasSuffix(long, "é…") {
		t.Errorf("%d bytes ending in %q", len(long), long[len(long)-6:])
	}
	same(t, "invalid", cut("a\xffb"), "a\uFFFDb")
}

func TestAccept(t *testing.T) {
	d := stand{policy: &Policy{}}
	play(&d, "a - - - b - - -")
	d.policy.Accept(d.last.At, "price list of March")
	play(&d, "- a")
	same(t, "incidents", story(d.last), "a resolved 7, b resolved 8, a open")
	var kinds []string
	for _, e := range d.last.Events {
		kinds = append(kinds, e.Kind)
	}
	same(t, "events, newest first", kinds, []string{
		EventOpened, EventAccepted, EventResolved, EventResolved, EventOpened, EventOpened,
	})
	same(t, "why", d.last.Events[1].Text, "accepted as the new reference: price list of March")
}

// The checkpoint and a page may reach for the policy while a pane is decided.
func TestConcurrentSafe(t *testing.T) {
	d := stand{policy: &Policy{}}
	var group sync.WaitGroup
	group.Go(func() { play(&d, "a - x9 b - x9 ab") })
	for range 20 {
		group.Go(func() {
			d.policy.Accept(epoch, "test")
			if _, err := d.policy.MarshalBinary(); err != nil || d.policy.Horizon() < 1 || d.policy.Capped() > 0 {
				t.Error("want a state, a horizon and nothing capped")
			}
		})
	}
	group.Wait()
	same(t, "last incident is open", d.last.Incidents[0].Opened.IsZero(), false)
}

// Events of the monitor are kept, and those it carried over are not doubled.
func TestEventsOfOthers(t *testing.T) {
	d := stand{policy: &Policy{}}
	d.next(drift("a", 1e-9, 1))
	own := d.last.Events
	version := report.Event{At: d.last.At.Add(time30), Kind: "version", Text: "2"}
	r := &report.Report{Pane: 2, At: d.last.At.Add(2 * time30), Events: append([]report.Event{version}, own...)}
	d.policy.Decide(r)
	same(t, "events", fmt.Sprint(r.Events), fmt.Sprint(append([]report.Event{version}, own...)))
}

const time30 = 30 * 60 * 1e9
