package rollout

import (
	"errors"
	"fmt"
	"time"

	"github.com/tidemark-ml/tidemark/profile"
)

// Plan says how a candidate is tried against the model in place and what
// decides. Only Name, Base, Candidate and Target have no default.
type Plan struct {
	// Name seeds the assignment: the same name gives the same key the same arm,
	// in every replica and after every restart. Another trial needs another name,
	// or the same users are tried on again.
	Name string
	// Base and Candidate name the versions, for people.
	Base, Candidate string
	// Target is what both models answer.
	Target profile.Target

	// Steps are the ramp, shares ascending. nil means 1 %, 5 %, 25 % and 50 %.
	Steps []Step
	// Metrics decide. nil means [DefaultMetrics].
	Metrics []Metric
	// Loss judges an answer when its label comes; see [MetricLoss]. nil means
	// [Misclassified], and is an error for a regression that has that metric.
	Loss Loss

	// Alpha is the probability of rolling back a candidate that is no worse, and
	// that of promoting one that is worse by the margin, each over the whole
	// trial however often it is looked at. 0 means .05.
	Alpha float64
	// Maturity is how long labels take to come in. Nothing is promoted before,
	// and labels are waited for twice as long, at least a week. 0 means no wait.
	Maturity time.Duration
	// Horizon ends the trial undecided. 0 means 14 days.
	Horizon time.Duration
	// MaxRequests ends the trial undecided after so many requests. 0 means none.
	MaxRequests uint64
	// MaxPending bounds the predictions that wait for a label, about 100 bytes
	// each. Beyond, they are sampled by hash of the id. 0 means 16,384.
	MaxPending int

	// AdviseOnly leaves the candidate's share at that of the first step, whatever
	// is decided. Otherwise steps advance, and a rollback, a void trial and an
	// undecided one set it to 0 at once.
	AdviseOnly bool
	// OnDecision is called after each step of the ramp and when the trial ends,
	// by the goroutine whose request, label or question brought the decision,
	// with no lock held. A panic in it is caught and counted.
	OnDecision func(Decision)
	// Now is the clock. nil means time.Now.
	Now func() time.Time
}

// Step is one step of the ramp. It lasts until the candidate has had Requests
// requests and Time has passed.
type Step struct {
	Share    float64 // of the keys that go to the candidate, in (0, .5]
	Requests uint64  // of the candidate; 0 means 1,000
	Time     time.Duration
}

// Slack is how much worse the candidate may be: up to
// base·(1+Relative) + Absolute, or base·(1-Relative) - Absolute where higher is
// better.
type Slack struct {
	Absolute float64
	Relative float64
}

// MetricKind says what the values of a metric are.
type MetricKind uint8

// The kinds of metric.
const (
	// Rate is of values 0 and 1. It is decided by an exact e-process.
	Rate MetricKind = iota
	// Mean is of numbers, cut off at bounds. It is decided by an asymptotic
	// confidence sequence.
	Mean
)

// Metric is one thing that decides a trial.
type Metric struct {
	// Name is one of the Metric constants, or that of a business metric, which
	// [Trial.Record] brings.
	Name           string
	Kind           MetricKind
	Unit           string // for people
	HigherIsBetter bool
	// Tolerance: worse by more than this rolls back.
	Tolerance Slack
	// Margin: surely worse by less than this allows promotion. It must be more
	// than Tolerance for a trial of equal models to end in a promotion.
	Margin Slack
	// Low and High are where the values of a Mean are cut off. Both 0 means that
	// they are learned: the .1 % and 99.9 % quantiles of the first 1,000 values of
	// the base, which then count for nothing else.
	Low, High float64
	// Optional metrics roll back, but a promotion does not wait for them.
	Optional bool
}

// Names of the metrics that a trial measures by itself.
const (
	MetricErrors  = "errors"  // share of requests that failed or panicked
	MetricInvalid = "invalid" // share of answers that are no score, or no declared class
	MetricLatency = "latency" // mean duration of a request, seconds
	MetricLoss    = "loss"    // mean loss of the answers whose label has come
)

// DefaultMetrics are errors and invalid answers (at most half a point more),
// latency (at most 10 % more) and, once labels come, the loss (at most one point
// more). A service whose labels do not come within the horizon leaves the loss
// out, or its trials never end in a promotion.
func DefaultMetrics() []Metric {
	return []Metric{
		{Name: MetricErrors, Margin: Slack{Absolute: .005}},
		{Name: MetricInvalid, Margin: Slack{Absolute: .005}},
		{Name: MetricLatency, Kind: Mean, Unit: "s", Margin: Slack{Relative: .1}},
		{Name: MetricLoss, Margin: Slack{Absolute: .01}},
	}
}

// Bounds of a plan: they bound the memory of a trial.
const (
	maxSteps   = 8
	maxMetrics = 16
	maxPending = 1 << 20
	minWait    = 7 * 24 * time.Hour
)

// resolve fills in the defaults and reports every mistake.
func (p Plan) resolve() (Plan, error) {
	if p.Steps == nil {
		p.Steps = []Step{{Share: .01}, {Share: .05}, {Share: .25}, {Share: .5}}
		for i := range p.Steps {
			p.Steps[i].Time = 30 * time.Minute
		}
	}
	if p.Metrics == nil {
		p.Metrics = DefaultMetrics()
	}
	p.Steps, p.Metrics = append([]Step(nil), p.Steps...), append([]Metric(nil), p.Metrics...)
	p.Alpha = orDefault(p.Alpha, .05)
	p.Horizon = orDefault(p.Horizon, 14*24*time.Hour)
	p.MaxPending = orDefault(p.MaxPending, 1<<14)
	p.Now = now(p.Now)
	return p, errors.Join(p.validate(), p.validateSteps(), p.resolveMetrics())
}

func orDefault[T comparable](v, fallback T) T {
	if v == *new(T) {
		return fallback
	}
	return v
}

func (p *Plan) validate() error {
	var errs []error
	fail := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("rollout: plan %q: "+format, append([]any{p.Name}, args...)...))
		}
	}
	fail(p.Name != "", "it has no name; the assignment is seeded with it")
	fail(p.Base != "" && p.Candidate != "" && p.Base != p.Candidate,
		"versions %q and %q; name the base and the candidate differently", p.Base, p.Candidate)
	fail(p.Alpha > 0 && p.Alpha <= .2, "alpha %v is not in (0, .2]", p.Alpha)
	fail(p.Maturity >= 0 && p.Horizon > p.Maturity, "horizon %v does not lie after maturity %v", p.Horizon, p.Maturity)
	fail(p.MaxPending >= 16 && p.MaxPending <= maxPending, "%d pending predictions; 16 to %d are possible", p.MaxPending, maxPending)
	fail(p.Target.Task != profile.MulticlassTask || len(p.Target.Classes) > 1, "a multiclass target needs its classes")
	return errors.Join(errs...)
}

func (p *Plan) validateSteps() error {
	if len(p.Steps) == 0 || len(p.Steps) > maxSteps {
		return fmt.Errorf("rollout: plan %q: %d steps; 1 to %d are possible", p.Name, len(p.Steps), maxSteps)
	}
	last := 0.0
	for i := range p.Steps {
		s := &p.Steps[i]
		if !(s.Share > last && s.Share <= .5) {
			return fmt.Errorf("rollout: plan %q: step %d has share %v; shares ascend and end at .5 at most", p.Name, i+1, s.Share)
		}
		if s.Time < 0 {
			return fmt.Errorf("rollout: plan %q: step %d lasts %v", p.Name, i+1, s.Time)
		}
		last, s.Requests = s.Share, orDefault(s.Requests, 1000)
	}
	return nil
}

// resolveMetrics settles the kind and bounds of the metrics a trial measures by
// itself.
func (p *Plan) resolveMetrics() (err error) {
	if len(p.Metrics) == 0 || len(p.Metrics) > maxMetrics {
		return fmt.Errorf("rollout: plan %q: %d metrics; 1 to %d are possible", p.Name, len(p.Metrics), maxMetrics)
	}
	seen := map[string]bool{}
	for i := range p.Metrics {
		m := &p.Metrics[i]
		if m.Name == MetricLoss {
			if m.Kind = Rate; p.Loss != nil || p.Target.Task == profile.RegressionTask {
				m.Kind, m.Low, m.High = Mean, 0, 1
			}
			var lossErr error
			p.Loss, lossErr = lossOf(p.Loss, p.Target)
			err = errors.Join(err, lossErr)
		}
		err = errors.Join(err, m.validate(p.Name, seen[m.Name]))
		seen[m.Name] = true
	}
	return err
}

func (m *Metric) validate(plan string, twice bool) error {
	var errs []error
	fail := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf("rollout: plan %q: metric %q: "+format, append([]any{plan, m.Name}, args...)...))
		}
	}
	fail(m.Name != "" && len(m.Name) <= 64 && !twice, "its name must be 1 to 64 bytes and its own")
	fail(m.Kind <= Mean, "unknown kind %d", m.Kind)
	fail(m.Kind == Mean || (m.Low == 0 && m.High == 0), "a rate has no bounds")
	fail(m.Low <= m.High && max(-m.Low, m.High) <= biggest, "bounds [%v, %v]", m.Low, m.High)
	for _, s := range [2]Slack{m.Tolerance, m.Margin} {
		fail(s.Absolute >= 0 && s.Relative >= 0 && s.Relative < 1 && finite(s.Absolute), "slack %+v; both are at least 0, Relative below 1", s)
	}
	fail(m.Margin != Slack{} || m.Optional, "it has no Margin, so nothing could ever be promoted; set one or make it Optional")
	switch m.Name {
	case MetricErrors, MetricInvalid:
		fail(m.Kind == Rate && !m.HigherIsBetter, "it is a rate of which less is better")
	case MetricLatency, MetricLoss:
		fail((m.Kind == Mean || m.Name == MetricLoss) && !m.HigherIsBetter, "it is a mean of which less is better")
	}
	return errors.Join(errs...)
}

// wait is how long a label is waited for.
func (p *Plan) wait() time.Duration { return max(2*p.Maturity, minWait) }
