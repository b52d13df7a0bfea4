package alert

import (
	"math"
	"testing"

	"github.com/tidemark-ml/tidemark/report"
)

func tails() report.Critical {
	return report.CriticalValues(func(a float64) float64 { return math.Sqrt(-math.Log(a)) })
}

func TestStatusOfOneSignal(t *testing.T) {
	const alpha = .1 / 720
	warn := func(code report.Code) []report.Warning { return []report.Warning{{Code: code}} }
	for _, c := range []struct {
		name     string
		signal   report.Signal
		learning bool
		want     report.Status
		limit    bool
	}{
		{"no change", report.Signal{Evidence: report.Drift, HasP: true, P: .5, Critical: tails()}, false, report.OK, true},
		{"at α", report.Signal{Evidence: report.Drift, HasP: true, P: alpha}, false, report.Breach, false},
		{"within 3α", report.Signal{Evidence: report.Drift, HasP: true, P: 2.9 * alpha}, false, report.Warn, false},
		{"beyond 3α", report.Signal{Evidence: report.Drift, HasP: true, P: 3.1 * alpha}, false, report.OK, false},
		{"undefined hides nothing", report.Signal{Evidence: report.Drift, HasP: true, Undefined: true}, false, report.Insufficient, false},
		{"undefined while learning", report.Signal{Evidence: report.Drift, Undefined: true}, true, report.Insufficient, false},
		{"not a number", report.Signal{Evidence: report.Drift, HasP: true, P: math.NaN()}, false, report.Insufficient, false},
		{"no probability", report.Signal{Evidence: report.Drift, HasP: true, P: 1.5}, false, report.Insufficient, false},
		{"learning", report.Signal{Evidence: report.Drift, HasP: true}, true, report.Learning, false},
		{"no blocks", report.Signal{Evidence: report.Drift, HasP: true, Warnings: warn(report.WarnNoBlocks)}, false, report.Learning, false},
		{"small sample", report.Signal{Evidence: report.Drift, HasP: true, Warnings: warn(report.WarnSmallSample)}, false, report.Insufficient, false},
		{"failed", report.Signal{Evidence: report.Drift, HasP: true, Warnings: warn(report.WarnFailed)}, false, report.Insufficient, false},
		{"estimated decides", report.Signal{Evidence: report.Drift, HasP: true, Warnings: warn(report.WarnEstimated)}, false, report.Breach, false},
		{"rule broken", report.Signal{Evidence: report.Quality, HasP: true, P: 0}, false, report.Breach, false},
		{"rule kept", report.Signal{Evidence: report.Quality, HasP: true, P: 1}, false, report.OK, false},
		{"describes, small", report.Signal{Value: 1, Critical: tails()}, false, report.OK, true},
		{"describes, large", report.Signal{Value: 9, Critical: tails()}, false, report.Breach, true},
		{"describes, no limit", report.Signal{Value: 9}, false, report.OK, false},
		{"describes by p-value", report.Signal{Value: 9, HasP: true, P: 1e-9}, false, report.Breach, false},
		{"describes, broken limits", report.Signal{Value: 9, Critical: report.Critical{math.NaN()}}, false, report.OK, false},
		{"evidence without p-value", report.Signal{Evidence: report.Quality, Value: 9, Critical: tails()}, false, report.Breach, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.signal.Threshold, c.signal.HasThreshold, c.signal.Status = 7, true, report.Warn // not the evaluator's
			c.signal.Window = report.Window{Scale: 1}
			r := &report.Report{Pane: 1, Signals: []report.Signal{c.signal}}
			if c.learning {
				r.Learning = &report.Progress{}
			}
			(&Policy{}).Decide(r)
			s := r.Signals[0]
			same(t, "status", s.Status, c.want)
			same(t, "has threshold", s.HasThreshold, c.limit)
			if !s.HasThreshold && s.Threshold != 0 {
				t.Errorf("threshold %v, yet none", s.Threshold)
			}
			deciding := c.want == report.Breach && c.signal.Evidence != "" && c.signal.HasP
			same(t, "incidents", len(r.Incidents) > 0, deciding)
		})
	}
}

// The threshold is the critical value at the p-value that would have breached.
func TestThresholds(t *testing.T) {
	d := stand{policy: &Policy{}}
	signals := make([]report.Signal, 0, 20)
	for i := range 10 {
		s := drift(string(rune('a'+i)), .5, 0)
		s.Critical = tails()
		signals = append(signals, s)
		signals = append(signals, report.Signal{Name: "drift.psi", Subject: s.Subject, Critical: tails()})
	}
	r := d.next(signals...)
	want, _ := tails().At(.1 / 720 / 10)
	for _, s := range r.Signals {
		if math.Abs(s.Threshold-want) > 1e-12 {
			t.Errorf("threshold of %s %s: %v, want %v: α over ten subjects", s.Name, s.Subject, s.Threshold, want)
		}
	}
}

func TestWarningsCanBeSwitchedOff(t *testing.T) {
	d := stand{policy: &Policy{WarnFactor: 1}}
	same(t, "status", d.next(drift("a", .2/720, 1)).Signals[0].Status, report.OK)
}

func TestNilReport(t *testing.T) { (&Policy{}).Decide(nil) }
