package alert

import (
	"math"
	"testing"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// levels finds by trying the α that a single signal of a kind gets.
func levelOf(policy func() *Policy, others []report.Signal, kind report.Evidence, scale int) float64 {
	low, high := -12.0, 0.0 // log10
	for range 60 {
		mid := (low + high) / 2
		d := stand{policy: policy()}
		s := scaled(drift("probe", math.Pow(10, mid), 1), scale)
		s.Evidence = kind
		if d.next(append([]report.Signal{s}, others...)...).Signals[0].Status == report.Breach {
			low = mid
		} else {
			high = mid
		}
	}
	return math.Pow(10, low)
}

func TestSpentBudget(t *testing.T) {
	other := func(kind report.Evidence, scale int) report.Signal {
		s := scaled(drift("other", 1, 0), scale)
		s.Evidence = kind
		return s
	}
	hourly := func() *Policy { return &Policy{} }
	for _, c := range []struct {
		name   string
		policy func() *Policy
		others []report.Signal
		kind   report.Evidence
		scale  int
		want   float64
	}{
		{"drift alone spends everything", hourly, nil, report.Drift, 1, .1 / 720},
		{"scale 2", hourly, nil, report.Drift, 2, .3 / 720},
		{"scale 64, every 16 panes", hourly, nil, report.Drift, 64, .2 * 16 / 720},
		{"unplanned scale 20 counts as 16", hourly, nil, report.Drift, 20, .2 * 4 / 720},
		{"another kind takes its share", hourly, []report.Signal{other(report.Prediction, 1)}, report.Drift, 1, .1 / 720 * .5 / .7},
		{"but only at its own scale", hourly, []report.Signal{other(report.Prediction, 4)}, report.Drift, 1, .1 / 720},
		{"a kind of the user's own", hourly, []report.Signal{other("mine", 1)}, report.Drift, 1, .1 / 720 * .5 / .6},
		{"shares can be set", func() *Policy {
			return &Policy{Shares: map[report.Evidence]float64{report.Quality: 1.5}}
		}, []report.Signal{other(report.Quality, 1)}, report.Drift, 1, .1 / 720 * .25},
		{"three replicas", func() *Policy { return &Policy{Replicas: 3} }, nil, report.Drift, 1, .1 / 2160},
		{"panes win over the duration", func() *Policy { return &Policy{Panes: 100, Budget: time.Hour} }, nil, report.Drift, 1, .1 / 100},
		{"a week", func() *Policy { return &Policy{Budget: 7 * 24 * time.Hour} }, nil, report.Drift, 1, .1 / 168},
		{"never weaker than .05", func() *Policy { return &Policy{Panes: 2} }, nil, report.Drift, 64, .05},
		{"one look", func() *Policy { return &Policy{Level: .05} }, nil, report.Drift, 1, .05},
		{"one look, two scales", func() *Policy { return &Policy{Level: .05} }, []report.Signal{other(report.Drift, 2)}, report.Drift, 1, .05 * .1 / .4},
		{"nonsense is ignored", func() *Policy { return &Policy{Panes: math.NaN(), Level: 7, Replicas: -1, Budget: -1} }, nil, report.Drift, 1, .1 / 720},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := levelOf(c.policy, c.others, c.kind, c.scale); math.Abs(got/c.want-1) > 1e-6 {
				t.Errorf("breach up to p = %v, want %v", got, c.want)
			}
		})
	}
}

func TestShareOfZeroDescribes(t *testing.T) {
	d := stand{policy: &Policy{Shares: map[report.Evidence]float64{report.Drift: 0}}}
	r := d.next(drift("a", 0, 2))
	if len(r.Incidents) != 0 {
		t.Errorf("a kind without share opened %v", r.Incidents)
	}
}

// A kind that comes and goes keeps its share while it is away: otherwise its
// part would be spent twice.
func TestShareIsKeptWhileAway(t *testing.T) {
	d := stand{policy: &Policy{}}
	label := drift("auc", 1, 0)
	label.Evidence = report.Prediction
	d.next(drift("a", 1, 0), label)
	full := .1 / 720
	if got := d.next(drift("a", full*.9, 1)).Signals[0].Status; got == report.Breach {
		t.Error("the share of an absent kind was spent by drift")
	}
	for range 721 {
		d.next(drift("a", 1, 0))
	}
	same(t, "after a budget period without it", d.next(drift("a", full*.9, 1)).Signals[0].Status, report.Breach)
}

func TestPaceFollowsTheMedianPane(t *testing.T) {
	p := &Policy{}
	same(t, "before any window", p.Horizon(), 720)
	feed := func(pane int, length time.Duration) {
		at := epoch.Add(time.Duration(pane) * time.Hour)
		p.Decide(&report.Report{Pane: uint64(pane), At: at, Signals: []report.Signal{
			{Window: report.Window{Start: at.Add(-length), End: at, Scale: 1, Pane: uint64(pane)}},
		}})
	}
	for pane := 1; pane <= 9; pane++ {
		feed(pane, 5*time.Minute)
	}
	feed(10, time.Second) // a flush
	feed(11, 9*time.Hour) // a quiet night
	same(t, "five-minute panes", p.Horizon(), 8640)
}

func TestKindsAreBounded(t *testing.T) {
	d := stand{policy: &Policy{}}
	for i := range maxKinds + 5 {
		s := drift("a", .9, 1)
		s.Evidence = report.Evidence(rune('A' + i))
		d.next(s)
	}
	same(t, "capped", d.policy.Capped(), 5)
}
