package rollout

import (
	"fmt"
	"time"

	"github.com/tidemark-ml/tidemark/internal/stat"
)

// look decides, and reports whether anything changed. What is worst comes first:
// a trial that cannot be trusted, a candidate that is worse, then the horizon,
// and only then the ramp. Every rule stays valid however often it is looked at.
func (t *Trial) look(at time.Time) bool {
	requests := uint64(0)
	for i := range t.state.Requests {
		requests += t.state.Requests[i][Base] + t.state.Requests[i][Candidate]
	}
	for i := range t.state.Gauges {
		t.state.Gauges[i].record(&t.plan.Metrics[i], requests)
	}
	if p, e := t.ratio(); e >= ratioVoid {
		t.end(Void, at, fmt.Sprintf("keys did not reach the arms in the ratio planned (E %.3g, χ² p %.2g): requests of one arm are lost before they are observed, or replicas differ in their plan", e, p))
		return true
	}
	if worse := t.worse(); len(worse) > 0 {
		t.end(Rollback, at, worse...)
		return true
	}
	if t.exposed(at) {
		if t.state.Step < t.last() {
			t.advance(at)
			return true
		}
		if len(t.lacking(at)) == 0 {
			t.end(Promote, at, fmt.Sprintf("within the margin in every metric that has to be, at level %v", t.plan.Alpha))
			return true
		}
	}
	if at.Sub(t.state.Began) >= t.plan.Horizon || (t.plan.MaxRequests > 0 && requests >= t.plan.MaxRequests) {
		t.end(Inconclusive, at, append([]string{"the horizon came before the evidence; the base stays"}, t.waitingFor(at)...)...)
		return true
	}
	return false
}

// worse says in which metrics the candidate is worse by more than is tolerated.
func (t *Trial) worse() (reasons []string) {
	for i := range t.state.Gauges {
		m, g := &t.plan.Metrics[i], &t.state.Gauges[i]
		if !g.worse(m, t.alphaEach()) {
			continue
		}
		f := g.finding(m, t.plan.Alpha)
		reasons = append(reasons, fmt.Sprintf("%s: worse than tolerated, %.4g against %.4g%s", m.Name, f.Candidate, f.Base, unit(m)))
	}
	return reasons
}

func unit(m *Metric) string {
	if m.Unit == "" {
		return ""
	}
	return " " + m.Unit
}

// exposed reports whether the step has lasted as long as it must.
func (t *Trial) exposed(at time.Time) bool {
	step := t.plan.Steps[t.state.Step]
	return t.state.Requests[t.state.Step][Candidate] >= step.Requests && at.Sub(t.state.StepBegan) >= step.Time
}

// last is the step in which a promotion may come.
func (t *Trial) last() int {
	if t.plan.AdviseOnly {
		return 0 // whoever routes has no ramp of ours
	}
	return len(t.plan.Steps) - 1
}

// advance goes to the next step of the ramp.
func (t *Trial) advance(at time.Time) {
	t.state.Step++
	t.state.StepBegan = at
	t.route.Store(int32(t.state.Step))
}

// lacking says what a promotion still needs, apart from exposure.
func (t *Trial) lacking(at time.Time) (reasons []string) {
	if left := t.plan.Maturity - at.Sub(t.state.Began); left > 0 {
		reasons = append(reasons, fmt.Sprintf("labels need another %v to come in", left.Round(time.Minute)))
	}
	for i := range t.state.Gauges {
		m, g := &t.plan.Metrics[i], &t.state.Gauges[i]
		if !m.Optional && !g.fine(m, t.plan.Alpha) {
			reasons = append(reasons, t.notFine(m, g))
		}
	}
	if p := t.labelP(); p < 1e-3 {
		reasons = append(reasons, fmt.Sprintf("labels come unevenly (χ² p %.2g), so the losses are of different populations", p))
	}
	return reasons
}

func (t *Trial) notFine(m *Metric, g *gauge) string {
	f := g.finding(m, t.plan.Alpha)
	switch {
	case m.Kind == Mean && !g.Learned:
		return fmt.Sprintf("%s: its bounds are still learned, %d of %d values", m.Name, len(g.First), learnedFrom)
	case f.N[Base] == 0 || f.N[Candidate] == 0:
		return fmt.Sprintf("%s has no values yet", m.Name)
	case !f.Bounded:
		return fmt.Sprintf("%s is not yet known to be within its margin: %d and %d values", m.Name, f.N[Candidate], f.N[Base])
	}
	return fmt.Sprintf("%s is not yet known to be within its margin: the difference is in [%.3g, %.3g]%s", m.Name, f.Low, f.High, unit(m))
}

// labelP is the probability of labels as unevenly spread over the arms, in the
// step where it is smallest, times the steps.
func (t *Trial) labelP() float64 {
	least, steps := 1.0, 0.0
	for i := range t.state.Requests {
		var came, missing [2]float64
		for arm := range 2 {
			came[arm] = float64(t.state.Labelled[i][arm])
			missing[arm] = max(0, float64(t.state.Requests[i][arm])-came[arm])
		}
		r, err := stat.PearsonChiSquare([]float64{came[Base], missing[Base]}, []float64{came[Candidate], missing[Candidate]}, false)
		if err != nil {
			continue // an arm without requests
		}
		steps++
		least = min(least, r.P)
	}
	return min(1, least*steps)
}

// waitingFor says what stands between now and a verdict.
func (t *Trial) waitingFor(at time.Time) (reasons []string) {
	step := t.plan.Steps[t.state.Step]
	if have := t.state.Requests[t.state.Step][Candidate]; have < step.Requests {
		reasons = append(reasons, fmt.Sprintf("step %d of %d (%s) has %d of %d requests of the candidate",
			t.state.Step+1, len(t.plan.Steps), percent(step.Share), have, step.Requests))
	}
	if left := step.Time - at.Sub(t.state.StepBegan); left > 0 {
		reasons = append(reasons, fmt.Sprintf("step %d of %d (%s) lasts another %v",
			t.state.Step+1, len(t.plan.Steps), percent(step.Share), left.Round(time.Second)))
	}
	if t.state.Step < t.last() {
		return append(reasons, fmt.Sprintf("%d more steps", t.last()-t.state.Step))
	}
	return append(reasons, t.lacking(at)...)
}
