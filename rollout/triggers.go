package rollout

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/tidemark-ml/tidemark/report"
)

// Triggers reads a monitor's reports and says when it is time to train anew. Give
// it to the monitor by monitor.WithExporter; the zero value, with OnFire set, is
// what most services can start with.
//
// A kind fires once: when its condition has held in so many reports in a row. It
// is armed again when the condition has been absent from Rearm reports in a row,
// or when another version or reference reports, which is what retraining ends in.
//
// Set the fields before the first report. Methods may be called concurrently.
type Triggers struct {
	// OnFire is called by the monitor's exporting goroutine and should hand on
	// quickly. A panic in it is caught and counted; it fires no second time.
	OnFire func(Trigger)
	// PerformanceFor reports in a row must show a breach of performance. 0 means
	// 3, negative never.
	PerformanceFor int
	// DriftFor reports in a row must show an open incident of at least medium
	// severity about drift: of a feature, of pairs, of the predictions. 0 means 24,
	// negative never.
	DriftFor int
	// CoverageFor reports in a row must show at least Coverage of some feature's
	// values where the training data had none: unseen, out of the declared range,
	// or in cells empty in the reference. 0 means 3 reports and .05, negative never.
	CoverageFor int
	Coverage    float64
	// Age is how old a model may get, counted from Trained. Either zero means that
	// age does not matter.
	Age     time.Duration
	Trained time.Time
	// Rearm is described above. 0 means 24.
	Rearm int

	mu     sync.Mutex
	state  map[TriggerKind]*arming
	last   []Trigger // newest last
	fired  [len(triggerKinds)]uint64
	panics uint64
}

// TriggerKind says what a trigger is about.
type TriggerKind string

// The kinds of trigger.
const (
	TriggerPerformance TriggerKind = "performance"
	TriggerDrift       TriggerKind = "drift"
	TriggerCoverage    TriggerKind = "coverage"
	TriggerAge         TriggerKind = "age"
)

var triggerKinds = [...]TriggerKind{TriggerPerformance, TriggerDrift, TriggerCoverage, TriggerAge}

// Trigger is a reason to train anew, with its evidence.
type Trigger struct {
	Kind  TriggerKind  `json:"kind"`
	Model report.Model `json:"model"`
	At    time.Time    `json:"at"`    // the report that fired it
	Since time.Time    `json:"since"` // the first report in a row
	Text  string       `json:"text"`  // one sentence
	// Evidence and Incidents are those of the report that fired it, at most 16.
	Evidence  []report.Signal   `json:"evidence,omitempty"`
	Incidents []report.Incident `json:"incidents,omitempty"`
}

// arming is where a kind stands.
type arming struct {
	Held, Quiet int // reports in a row with and without the condition
	Since       time.Time
	Fired       bool
	Model       report.Model // that it fired for
}

const (
	maxEvidence = 16
	keptFired   = 16
)

// Start implements [report.Exporter].
func (t *Triggers) Start(report.Source) error {
	if t.Coverage < 0 || t.Coverage > 1 || t.Age < 0 || t.Rearm < 0 {
		return fmt.Errorf("rollout: triggers: coverage %v, age %v, rearm %d; a coverage in [0, 1] and nothing negative is possible", t.Coverage, t.Age, t.Rearm)
	}
	if t.Age > 0 && t.Trained.IsZero() {
		return errors.New("rollout: triggers: an Age needs Trained, the time the model was trained")
	}
	return nil
}

// Shutdown implements [report.Exporter]; there is nothing to end.
func (t *Triggers) Shutdown(context.Context) error { return nil }

// Export implements [report.Exporter]: it looks at a report and fires.
func (t *Triggers) Export(_ context.Context, r *report.Report) error {
	t.mu.Lock()
	fire := t.look(r)
	t.mu.Unlock()
	for _, trigger := range fire {
		t.tell(trigger)
	}
	return nil
}

func (t *Triggers) tell(trigger Trigger) {
	if t.OnFire == nil {
		return
	}
	defer func() {
		if recover() != nil {
			t.mu.Lock()
			t.panics++
			t.mu.Unlock()
		}
	}()
	t.OnFire(trigger)
}

// look moves every kind by one report and returns what fires.
func (t *Triggers) look(r *report.Report) (fire []Trigger) {
	if t.state == nil {
		t.state = map[TriggerKind]*arming{}
	}
	for i, kind := range triggerKinds {
		found, need, holds := t.condition(kind, r)
		if need < 0 {
			continue
		}
		a := t.state[kind]
		if a == nil {
			a = &arming{}
			t.state[kind] = a
		}
		if !a.step(r, holds, need, orDefault(t.Rearm, 24)) {
			continue
		}
		found.Kind, found.Model, found.At, found.Since = kind, r.Model, r.At, a.Since
		t.fired[i]++
		if t.last = append(t.last, found); len(t.last) > keptFired {
			t.last = t.last[1:]
		}
		fire = append(fire, found)
	}
	return fire
}

// step counts a report and reports whether the kind fires.
func (a *arming) step(r *report.Report, holds bool, need, rearm int) bool {
	if a.Fired && (a.Model.Version != r.Model.Version || a.Model.Reference != r.Model.Reference) {
		*a = arming{}
	}
	if !holds {
		a.Held, a.Quiet = 0, a.Quiet+1
		if a.Quiet >= rearm {
			a.Fired = false
		}
		return false
	}
	if a.Held++; a.Held == 1 {
		a.Since = r.At
	}
	a.Quiet = 0
	if a.Fired || a.Held < need {
		return false
	}
	a.Fired, a.Model = true, r.Model
	return true
}

// condition reports whether a kind's condition holds, with its evidence, and in
// how many reports it has to; negative means never.
func (t *Triggers) condition(kind TriggerKind, r *report.Report) (found Trigger, need int, holds bool) {
	switch kind {
	case TriggerPerformance:
		found.Evidence = breaches(r)
		found.Text = fmt.Sprintf("performance has dropped: %s", names(found.Evidence))
		return found, orDefault(t.PerformanceFor, 3), len(found.Evidence) > 0
	case TriggerDrift:
		found.Incidents = drifts(r)
		found.Text = fmt.Sprintf("drift lasts: %s", causes(found.Incidents))
		return found, orDefault(t.DriftFor, 24), len(found.Incidents) > 0
	case TriggerCoverage:
		found.Evidence = gaps(r, orDefault(t.Coverage, .05))
		found.Text = fmt.Sprintf("live values lie where the training data had none: %s", names(found.Evidence))
		return found, orDefault(t.CoverageFor, 3), len(found.Evidence) > 0
	}
	if t.Age == 0 || t.Trained.IsZero() {
		return found, -1, false
	}
	age := r.At.Sub(t.Trained)
	found.Text = fmt.Sprintf("the model was trained %.0f days ago, more than %.0f", age.Hours()/24, t.Age.Hours()/24)
	return found, 1, age >= t.Age
}

// breaches are the performance signals beyond their threshold.
func breaches(r *report.Report) (found []report.Signal) {
	for _, s := range r.Signals {
		if s.Evidence == report.Performance && s.Status == report.Breach && len(found) < maxEvidence {
			found = append(found, s)
		}
	}
	return found
}

// drifts are the open incidents that matter and are about the data.
func drifts(r *report.Report) (found []report.Incident) {
	for _, in := range r.Incidents {
		about := slices.ContainsFunc(in.Evidence, func(s report.Signal) bool {
			return s.Evidence == report.Drift || s.Evidence == report.Prediction || s.Evidence == report.Multivariate
		})
		if in.Open() && in.Severity >= report.Medium && about && len(found) < maxEvidence {
			found = append(found, in)
		}
	}
	return found
}

// gaps are the shares of the newest pane's values where the reference has none.
func gaps(r *report.Report, share float64) (found []report.Signal) {
	for _, s := range r.Signals {
		if (s.Name == "quality.unseen" || s.Name == "quality.out_of_range") && s.Window.Scale == 1 && !s.Undefined && s.Value >= share {
			found = append(found, s)
		}
	}
	for _, d := range r.Distributions {
		if s := gap(&d); s.Value >= share {
			found = append(found, s)
		}
	}
	return found[:min(len(found), maxEvidence)]
}

// gap is the share of current values in cells that are empty in the reference.
func gap(d *report.Distribution) report.Signal {
	s := report.Signal{Name: "rollout.coverage", Unit: report.UnitOf("rollout.coverage"), Subject: d.Subject}
	empty := uint64(0)
	for i, n := range d.Reference {
		s.Reference += n
		if i < len(d.Current) {
			s.Current += d.Current[i]
			if n == 0 {
				empty += d.Current[i]
			}
		}
	}
	if s.Reference == 0 || s.Current == 0 {
		s.Undefined = true
		return s
	}
	s.Value = float64(empty) / float64(s.Current)
	return s
}

func names(signals []report.Signal) (text string) {
	for i, s := range signals {
		if i == 4 {
			return fmt.Sprintf("%s and %d more", text, len(signals)-4)
		}
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s of %s is %.4g", s.Name, s.Subject, s.Value)
	}
	return text
}

func causes(incidents []report.Incident) (text string) {
	for i, in := range incidents {
		if i > 0 {
			text += "; "
		}
		text += in.Cause
	}
	return text
}

// Fired returns the last triggers, newest first.
func (t *Triggers) Fired() []Trigger {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := slices.Clone(t.last)
	slices.Reverse(list)
	return list
}

// Panel implements [report.Paneler].
func (t *Triggers) Panel() report.Panel {
	p := report.Panel{Title: "Retraining", State: "no trigger", Status: report.OK,
		Tables: []report.Table{{Columns: []string{"fired", "kind", "why"}}}}
	for _, f := range t.Fired() {
		p.Tables[0].Rows = append(p.Tables[0].Rows, []string{f.At.UTC().Format(time.RFC3339), string(f.Kind), f.Text})
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, kind := range triggerKinds {
		if a := t.state[kind]; a != nil && a.Fired {
			p.State, p.Status = "retrain", report.Warn
			p.Facts = append(p.Facts, report.Fact{Name: string(kind), Value: "fired, not armed", Status: report.Warn})
		}
	}
	return p
}

// Totals implements [report.Tallier].
func (t *Triggers) Totals() iter.Seq[report.Total] {
	t.mu.Lock()
	fired := t.fired
	t.mu.Unlock()
	return func(yield func(report.Total) bool) {
		for i, kind := range triggerKinds {
			if !yield(counter(report.TotalRolloutTriggers, fired[i], report.Attribute{Key: report.AttrTrigger, Value: string(kind)})) {
				return
			}
		}
	}
}

// MarshalBinary returns what has fired and where each kind stands, so that a
// restart fires nothing twice. A monitor with a checkpoint calls it.
func (t *Triggers) MarshalBinary() ([]byte, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return json.Marshal(t.state)
}

// UnmarshalBinary goes on where a marshalled Triggers was. The error wraps
// [ErrCorrupt] and leaves it as it was.
func (t *Triggers) UnmarshalBinary(data []byte) error {
	var state map[TriggerKind]*arming
	if err := json.Unmarshal(data, &state); err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	for kind, a := range state {
		if !slices.Contains(triggerKinds[:], kind) || a == nil || a.Held < 0 || a.Quiet < 0 {
			return fmt.Errorf("%w: trigger %q", ErrCorrupt, kind)
		}
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.state = state
	return nil
}
