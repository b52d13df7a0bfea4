package alert

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/tidemark-ml/tidemark/internal/stat"
	"github.com/tidemark-ml/tidemark/report"
)

// null simulates a healthy model: uniform p-values, all scales, and returns the
// incidents per T panes. Dependent scales share one p-value per feature.
type null struct {
	features  int
	dependent bool
	strict    bool
	drifted   int // of the features have drifted for good
}

const horizon = 100 // panes per false incident

func (n null) run(seed uint64, periods int) (incidents, closes float64) {
	random := rand.New(rand.NewPCG(seed, 99))
	d := stand{policy: &Policy{Panes: horizon, Strict: n.strict, Reopen: -1, Remember: -1}}
	seen, panes := map[string]bool{}, 0
	names := make([]string, n.features)
	for i := range names {
		names[i] = fmt.Sprint("f", i)
	}
	for range periods * horizon {
		r := d.next(n.pane(random, d.pane+1, names)...)
		if breaches(r) {
			panes++
		}
		for _, in := range r.Incidents {
			seen[in.ID] = true
		}
	}
	return float64(len(seen)) / float64(periods), float64(panes) / float64(periods)
}

func (n null) pane(random *rand.Rand, pane uint64, names []string) []report.Signal {
	var signals []report.Signal
	for i, name := range names {
		shared := random.Float64()
		for _, plan := range report.Scales() {
			if pane%uint64(plan.Every) != 0 {
				continue
			}
			p := random.Float64()
			if n.dependent {
				p = shared
			}
			if i < n.drifted {
				p = 1e-12
			}
			signals = append(signals, scaled(report.Signal{
				Name: "drift.shift", Subject: feature(name), Evidence: report.Drift, P: p, HasP: true,
			}, plan.Panes))
		}
	}
	return signals
}

func breaches(r *report.Report) bool {
	for _, s := range r.Signals {
		if s.Status == report.Breach {
			return true
		}
	}
	return false
}

// At most one false incident per T panes, whatever the number of features and
// however the scales depend on each other; and not much less where nothing
// depends, as a budget that is not spent is power given away.
func TestFalseIncidentsStayWithinTheBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	for _, n := range []null{
		{features: 1}, {features: 20}, {features: 100},
		{features: 1, dependent: true}, {features: 20, dependent: true}, {features: 100, dependent: true},
		{features: 20, strict: true},
	} {
		t.Run(fmt.Sprintf("%+v", n), func(t *testing.T) {
			const seeds = 3
			periods := min(60, max(8, 400/n.features))
			var incidents, closes float64
			for seed := range uint64(seeds) {
				i, c := n.run(seed+1, periods)
				incidents, closes = incidents+i/seeds, closes+c/seeds
			}
			t.Logf("%d features: %.2f incidents, %.2f panes with a breach per %d panes", n.features, incidents, closes, horizon)
			slack := 3 / math.Sqrt(float64(seeds*periods)) // 3 standard errors of a Poisson mean of 1
			if incidents > 1+slack || closes > 1+slack {
				t.Errorf("%.2f incidents and %.2f panes with a breach per horizon, want at most 1 (+%.2f)", incidents, closes, slack)
			}
			if low := .85 - slack; !n.dependent && incidents < low-.15 {
				t.Errorf("%.2f incidents per horizon: the budget is not spent", incidents)
			}
		})
	}
}

// Half of the features have drifted and stay so. With one family for all, each
// null feature would be held against some 25·α; with those in an open incident
// apart the budget holds.
func TestLastingDriftDoesNotSpendTheBudgetOfTheRest(t *testing.T) {
	if testing.Short() {
		t.Skip("long, and of one goroutine: left out with -short")
	}
	n := null{features: 40, drifted: 20}
	const periods = 30
	incidents, _ := n.run(7, periods)
	naive := n.naive(7, periods)
	t.Logf("false incidents per %d panes: %.2f, with one family for all %.2f", horizon, incidents-1./periods, naive)
	if incidents > 1+3/math.Sqrt(periods) {
		t.Errorf("%.2f incidents per horizon, want at most 1", incidents)
	}
	if naive < 4 {
		t.Errorf("one family for all gives %.2f: this test does not show what it is for", naive)
	}
}

// naive counts the panes in which one Benjamini–Hochberg family per scale
// rejects a null feature.
func (n null) naive(seed uint64, periods int) float64 {
	random := rand.New(rand.NewPCG(seed, 99))
	names := make([]string, n.features)
	count := 0
	for pane := range uint64(periods * horizon) {
		families := map[int][]float64{}
		for _, s := range n.pane(random, pane+1, names) {
			families[s.Window.Scale] = append(families[s.Window.Scale], s.P)
		}
		hit := false
		for _, plan := range report.Scales() {
			alpha := plan.Weight * float64(plan.Every) / horizon
			for i, a := range stat.BenjaminiHochberg(families[plan.Panes]) {
				hit = hit || i >= n.drifted && a <= alpha
			}
		}
		if hit {
			count++
		}
	}
	return float64(count) / float64(periods)
}

func BenchmarkDecide(b *testing.B) {
	for _, features := range []int{20, 100, 1000} {
		b.Run(fmt.Sprint(features), func(b *testing.B) {
			names := make([]string, features)
			for i := range names {
				names[i] = fmt.Sprint("f", i)
			}
			signals := null{features: features}.pane(rand.New(rand.NewPCG(1, 2)), 16, names)
			d := stand{policy: &Policy{}}
			for b.Loop() {
				d.next(signals...)
			}
		})
	}
}
